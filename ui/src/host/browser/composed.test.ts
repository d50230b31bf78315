// @vitest-environment node
import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import type { Picture } from "../../picture/composition/picture";
import { begin, solid, update, video } from "../../picture/composition/sample";
import { afterwards, ComposedPicture } from "./composed";
import type { Rect } from "../../picture/composition/wire";
import type { Frame } from "./frames";

const [RED, BLACK] = [0xff0000, 0x000000];
let picture: Picture | null;
let areas: number[];
let answers: string[];
let ends: string[];
let released: number[];
let composed: ComposedPicture;
let clock: number;
/** What is to be done once everything that has come was heard of; none: it is done at once. */
let later: (() => void)[] | null;

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
  [picture, areas, answers, ends, released, clock, later] = [null, [], [], [], [], 0, null];
  const events = {
    onChanged: (now: Picture, changed: readonly Rect[]): void => {
      picture = now;
      areas.push(...changed.map(({ width, height }) => width * height));
    },
    onAcknowledgement: (said: Uint8Array): void => void answers.push(Buffer.from(said).toString("hex")),
    onMalformed: (reason: string): void => void ends.push(reason),
    onUnfit: (): void => void ends.push("unfit"),
  };
  composed = new ComposedPicture(
    events,
    (act) => (later === null ? act() : void later.push(act)),
    () => (clock += 3),
  );
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
    if ("answer" in step) expect(answers.at(-1) ?? null, step.message).toBe(step.answer);
  }
});

/** What is said: of this picture so many messages have come, so many are composed, and up to this update all were carried out. */
const said = (about: number, ...counts: readonly [number, number, number]): string =>
  [about.toString(16).padStart(2, "0"), ...counts.map((count) => count.toString(16).padStart(8, "0"))].join("");

test("what has come is said, and what was carried out is painted, only where it changed, and said, too", () => {
  expect(composed.begun).toBe(false);
  message(1, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, solid([10, 10, 5, 4], RED)));
  expect([composed.begun, areas, answers]).toEqual([true, [8_000, 20], [said(1, 1, 0, 0), said(1, 1, 1, 1), said(1, 2, 1, 1), said(1, 2, 2, 2)]]);
  expect([at(10, 10), at(9, 10)]).toEqual([RED, BLACK]);
  // One that waits for another has come, and so has one that was there.
  message(1, update(4, 3, solid([0, 0, 1, 1], RED)));
  message(1, update(2, 1, solid([0, 0, 100, 80], RED)));
  expect([areas.length, answers.slice(4), at(0, 0)]).toEqual([2, [said(1, 3, 2, 2), said(1, 3, 3, 2), said(1, 4, 3, 2), said(1, 4, 4, 2)], BLACK]);
  message(1, update(3, 2, solid([1, 0, 1, 1], RED)));
  expect([answers.at(-1), at(0, 0), at(1, 0)]).toEqual([said(1, 5, 5, 4), RED, RED]);
});

test("another picture takes the place of the one before, of which nothing late is shown", () => {
  message(1, update(1, 0, begin(100, 80), solid([0, 0, 100, 80], RED)));
  // It overtakes what was sent before it.
  message(2, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, solid([0, 0, 100, 80], RED)));
  expect([at(0, 0), answers]).toEqual([BLACK, [said(1, 1, 0, 0), said(1, 1, 1, 1), said(2, 1, 0, 0), said(2, 1, 1, 1)]]);
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
  expect([answers.length, ends, released.toSorted()]).toEqual([4, [], [7, 8]]);
});

/** What was put off is done; what that puts off waits. */
const turn = (): void => later?.splice(0).forEach((act) => act());

test("what comes together is heard of before any of it is composed, and painted once", () => {
  later = [];
  message(1, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, solid([10, 10, 5, 4], RED)));
  expect([later.length, answers, areas]).toEqual([1, [], []]);
  turn();
  expect([later.length, answers, areas]).toEqual([0, [said(1, 2, 0, 0), said(1, 2, 2, 2)], [8_000]]);
});

test("what takes long is painted in parts, and what comes in between is heard of", () => {
  later = [];
  for (const number of [1, 2, 3, 4, 5]) message(1, update(number, number - 1, number === 1 ? begin(100, 80) : solid([0, 0, number, 1], RED)));
  turn();
  expect([later.length, answers, areas]).toEqual([1, [said(1, 5, 0, 0), said(1, 5, 3, 3)], [8_000]]);
  message(1, update(6, 5, solid([0, 0, 6, 1], RED)));
  turn();
  expect([later.length, answers.slice(2), areas]).toEqual([0, [said(1, 6, 3, 3), said(1, 6, 6, 6)], [8_000, 4, 5, 6]]);
});

test("what waits to be composed is forgotten when another picture begins, and when it is over", () => {
  later = [];
  message(1, update(1, 0, begin(100, 80), solid([0, 0, 100, 80], RED)));
  message(2, update(1, 0, begin(50, 40)));
  turn();
  expect([areas, answers, at(0, 0)]).toEqual([[2_000], [said(2, 1, 0, 0), said(2, 1, 1, 1)], BLACK]);
  message(2, update(2, 1, solid([0, 0, 1, 1], RED)));
  composed.close();
  turn();
  expect([areas, answers.length]).toEqual([[2_000], 2]);
});

test("of a screen that takes another size in the midst of others, nothing is shown in the wrong place", () => {
  message(1, update(1, 0, begin(100, 80), solid([0, 0, 100, 80], RED)));
  later = [];
  message(1, update(2, 1, solid([90, 70, 10, 10], 0x00ff00)));
  message(1, update(3, 2, begin(50, 40)));
  turn();
  expect([areas, at(0, 0)]).toEqual([[8_000], RED]);
  message(1, update(4, 3, solid([0, 0, 10, 10], 0x00ff00)));
  turn();
  expect([areas, at(0, 0), at(20, 20)]).toEqual([[8_000, 2_000], 0x00ff00, BLACK]);
});

test("a frame that does not last finds its announcement although that waits to be composed", async () => {
  later = [];
  message(1, update(1, 0, begin(100, 80)));
  message(1, update(2, 1, video(7, [0, 0, 100, 80])));
  composed.frame(frame(7, RED, { lasts: false }));
  await settled();
  expect([at(0, 0), released]).toEqual([RED, [7]]);
});

test("two screens of another size in one turn show nothing before there is something of the last", () => {
  later = [];
  message(1, update(1, 0, begin(100, 80), solid([0, 0, 100, 80], RED)));
  message(1, update(2, 1, begin(50, 40)));
  turn();
  expect([areas, picture]).toEqual([[], null]);
  message(1, update(3, 2, solid([0, 0, 10, 10], RED)));
  turn();
  expect(areas).toEqual([2_000]);
});

test.each([
  ["messages", Array.from({ length: 1_025 }, () => new Uint8Array(1))],
  ["bytes", Array.from({ length: 33 }, () => new Uint8Array(256 * 1024))],
])("more %s than a sharer has on the way are refused, and what waits is not composed", (_, many) => {
  later = [];
  message(1, update(1, 0, begin(100, 80)));
  turn();
  let refused = 0;
  for (const bytes of many) {
    composed.message(bytes.fill(1, 0, 1));
    refused += ends.length > 0 ? 1 : 0;
    if (refused === 1) composed.close();
  }
  expect([ends, refused, answers.length]).toEqual([[expect.stringContaining("too_far_ahead")], 1, 2]);
  turn();
  expect([later.length, answers.length]).toEqual([0, 2]);
});

test("what is refused leaves nothing to be done for ever", () => {
  later = [];
  message(1, Uint8Array.of(0xff));
  message(1, update(1, 0, begin(100, 80)));
  turn();
  expect(ends.length).toBe(1);
  composed.close();
  turn();
  expect([later.length, areas]).toEqual([0, []]);
});

test("a task comes after what has happened already", async () => {
  const seen: string[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => seen.push("happened");
  port2.postMessage(null);
  await new Promise<void>((done) => {
    afterwards(() => {
      seen.push("then");
      done();
    });
    void Promise.resolve().then(() => seen.push("first"));
  });
  port1.close();
  expect(seen).toEqual(["first", "happened", "then"]);
});
