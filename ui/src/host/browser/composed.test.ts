// @vitest-environment node
import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import type { Picture } from "../../picture/composition/picture";
import { begin, solid, update, video } from "../../picture/composition/sample";
import { ComposedPicture } from "./composed";
import type { Frame } from "./frames";

const [RED, BLACK] = [0xff0000, 0x000000];
let picture: Picture | null;
let areas: number[];
let answers: string[];
let ends: string[];
let released: number[];
let composed: ComposedPicture;

const message = (about: number, bytes: Uint8Array): void => composed.message(Uint8Array.from([about, ...bytes]));
/** Red, green and blue of a pixel of what was painted last. */
const at = (x: number, y: number): number => {
  const [red = 0, green = 0, blue = 0] = picture?.bytes.subarray(4 * (y * picture.width + x)) ?? [];
  return (red << 16) | (green << 8) | blue;
};
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

/** A frame in one colour; `unread` stands still until it is let go. */
function frame(timestamp: number | null, colour: number, more: Partial<Frame> = {}): Frame {
  const pixel = ((colour >> 16) | (colour & 0xff00) | ((colour & 0xff) << 16) | 0xff00_0000) >>> 0;
  const pixels = (): Promise<Uint32Array> => Promise.resolve(new Uint32Array(100 * 80).fill(pixel));
  return { image: {} as CanvasImageSource, width: 100, height: 80, timestamp, lasts: true, pixels, release: () => released.push(timestamp ?? -1), ...more };
}

beforeEach(() => {
  [picture, areas, answers, ends, released] = [null, [], [], [], []];
  composed = new ComposedPicture({
    onChanged: (now, changed) => {
      picture = now;
      areas.push(...changed.map(({ width, height }) => width * height));
    },
    onAcknowledgement: (said) => answers.push(Buffer.from(said).toString("hex")),
    onMalformed: (reason) => ends.push(reason),
    onUnfit: () => ends.push("unfit"),
  });
});

interface Case {
  readonly name: string;
  readonly steps: readonly ({ readonly message: string } & ({ readonly answer: string | null } | { readonly refused: true }))[];
}
const { cases } = JSON.parse(readFileSync("../relay/protocol/vectors/picture-messages.json", "utf8")) as { cases: readonly Case[] };

test.each(cases)("$name: as the shared vectors say", ({ steps }) => {
  for (const step of steps) {
    answers = [];
    composed.message(Uint8Array.from(Buffer.from(step.message, "hex")));
    expect(ends.length, step.message).toBe("refused" in step ? 1 : 0);
    if ("answer" in step) expect(answers, step.message).toEqual(step.answer === null ? [] : [step.answer]);
  }
});

test("what was carried out is painted, only where it changed, and said at once", () => {
  expect(composed.begun).toBe(false);
  message(1, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, solid([10, 10, 5, 4], RED)));
  expect([composed.begun, areas, answers]).toEqual([true, [8_000, 20], ["0100000001", "0100000002"]]);
  expect([at(10, 10), at(9, 10)]).toEqual([RED, BLACK]);
  // One that waits says nothing, one that was there neither.
  message(1, update(4, 3, solid([0, 0, 1, 1], RED)));
  message(1, update(2, 1, solid([0, 0, 100, 80], RED)));
  expect([areas.length, answers.length, at(0, 0)]).toEqual([2, 2, BLACK]);
  message(1, update(3, 2, solid([1, 0, 1, 1], RED)));
  expect([answers.at(-1), at(0, 0), at(1, 0)]).toEqual(["0100000004", RED, RED]);
});

test("another picture takes the place of the one before, of which nothing late is shown", () => {
  message(1, update(1, 0, begin(100, 80), solid([0, 0, 100, 80], RED)));
  // It overtakes what was sent before it.
  message(2, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, solid([0, 0, 100, 80], RED)));
  expect([at(0, 0), answers]).toEqual([BLACK, ["0100000001", "0200000001"]]);
});

test("a screen that takes another size stays as it was until the first of it is there, or it is said to be black", () => {
  message(1, update(1, 0, begin(100, 80), solid([0, 0, 100, 80], RED)));
  message(1, update(2, 1, begin(50, 40)));
  expect([areas, at(0, 0)]).toEqual([[8_000], RED]);
  message(1, update(3, 2, solid([0, 0, 10, 10], RED)));
  expect([areas, at(0, 0), at(20, 20)]).toEqual([[8_000, 2_000], RED, BLACK]);
  message(1, update(4, 3, begin(100, 80)));
  message(1, update(5, 4));
  message(1, update(6, 5));
  expect([areas, at(0, 0)]).toEqual([[8_000, 2_000, 8_000], BLACK]);
});

test("what no honest sharer sends is told in words", () => {
  message(1, Uint8Array.of(0xff));
  expect(ends).toEqual([expect.stringMatching(/^an update of the picture is refused/)]);
});

test("a frame is painted where it was announced, whichever of the two comes first", async () => {
  message(1, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, video(7, [0, 0, 10, 80])));
  composed.frame(frame(7, RED));
  await settled();
  expect([at(9, 0), at(10, 0), released]).toEqual([RED, BLACK, [7]]);
  composed.frame(frame(8, 0x00ff00));
  composed.frame(frame(9, 0x0000ff));
  await settled();
  expect([at(0, 0), released]).toEqual([RED, [7]]);
  message(1, update(3, 2, video(8, [0, 0, 10, 80])));
  await settled();
  expect([at(0, 0), released]).toEqual([0x00ff00, [7, 8]]);
  message(1, update(4, 3, video(9, [0, 0, 10, 80])));
  await settled();
  expect([at(0, 0), released]).toEqual([0x0000ff, [7, 8, 9]]);
});

test("frames that nothing announces are never painted, and few are kept", async () => {
  message(1, update(1, 0, begin(100, 80)));
  for (const timestamp of [1, 2, 3, 4, 5]) composed.frame(frame(timestamp, RED));
  await settled();
  expect([at(0, 0), released]).toEqual([BLACK, [1, 2]]);
  composed.close();
  expect(released).toEqual([1, 2, 3, 4, 5]);
});

test("what was exact while a frame was read stays", async () => {
  message(1, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, video(7, [0, 0, 100, 80])));
  let read = (_: Uint32Array): void => undefined;
  composed.frame(frame(7, RED, { pixels: () => new Promise((done) => (read = done)) }));
  message(1, update(3, 1, solid([0, 0, 1, 1], 0x123456)));
  read(new Uint32Array(100 * 80).fill(0xffff_ffff));
  await settled();
  expect([at(0, 0), at(1, 0)]).toEqual([0x123456, 0xffffff]);
});

test("a frame that was being read when another picture began is not painted", async () => {
  message(1, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, video(7, [0, 0, 100, 80])));
  composed.frame(frame(7, RED));
  message(2, update(1, 0, begin(100, 80)));
  message(2, update(2, 1, video(7, [0, 0, 100, 80])));
  await settled();
  expect([at(0, 0), released]).toEqual([BLACK, [7]]);
});

test("a frame that does not last is painted at once or not at all", async () => {
  message(1, update(1, 0, begin(100, 80)));
  composed.frame(frame(7, RED, { lasts: false }));
  message(1, update(2, 1, video(7, [0, 0, 100, 80])));
  message(1, update(3, 1, video(8, [0, 0, 100, 80])));
  await settled();
  expect([at(0, 0), released]).toEqual([BLACK, [7]]);
  composed.frame(frame(8, RED, { lasts: false }));
  await settled();
  expect([at(0, 0), released]).toEqual([RED, [7, 8]]);
});

test("a browser that does not tell a frame's timestamp, or gives no pixels, can only have video", async () => {
  message(1, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, video(7, [0, 0, 100, 80])));
  composed.frame(frame(null, RED));
  expect([ends, released]).toEqual([["unfit"], [-1]]);
  composed.frame(frame(7, RED, { pixels: () => Promise.reject(new Error("no")) }));
  await settled();
  expect([ends, released]).toEqual([["unfit", "unfit"], [-1, 7]]);
});

test("after close nothing is told, and every frame is given back", async () => {
  message(1, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, video(7, [0, 0, 100, 80])));
  composed.frame(frame(7, RED));
  composed.close();
  message(1, update(3, 2, solid([0, 0, 1, 1], RED)));
  composed.message(Uint8Array.from([1]));
  composed.frame(frame(8, RED));
  await settled();
  expect([answers.length, ends, released.toSorted()]).toEqual([2, [], [7, 8]]);
});
