import { describe, expect, test } from "vitest";
import { decode } from "./message";

/** A rectangle message, with whatever length of pixels. */
function rectangle(numbers: number[], pixels: number): ArrayBuffer {
  const message = new ArrayBuffer(16 + pixels);
  const view = new DataView(message);
  view.setUint8(0, 1);
  numbers.forEach((number, index) => view.setUint16(2 + index * 2, number, true));
  new Uint8Array(message, 16).forEach((_, index, all) => (all[index] = index & 255));
  return message;
}

test("a rectangle is read where it lies, without copying its pixels", () => {
  const message = rectangle([300, 3, 298, 2, 2, 1], 8);
  const decoded = decode(message);
  expect(decoded).toMatchObject({ kind: "rectangle", screen: { width: 300, height: 3 }, x: 298, y: 2, width: 2, height: 1 });
  if (decoded?.kind !== "rectangle") throw new Error("no rectangle");
  expect([...decoded.pixels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(decoded.pixels.buffer).toBe(message);
});

test("the same bytes as the program writes are understood", () => {
  const bytes = Uint8Array.from([1, 0, 44, 1, 3, 0, 42, 1, 2, 0, 2, 0, 1, 0, 0, 0, ...Array<number>(8).fill(9)]);
  // x = 298 in little endian is 42, 1.
  expect(decode(bytes.buffer)).toMatchObject({ x: 298, y: 2, width: 2, height: 1 });
  expect(decode(Uint8Array.from([2, 0, 2, 1, 3, 0]).buffer)).toEqual({ kind: "pointer", x: 258, y: 3 });
  const cursor = Uint8Array.from([4, 0, 2, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(decode(cursor.buffer)).toEqual({ kind: "cursor", cursor: { width: 2, height: 1, x: 1, y: 0, pixels: Uint8ClampedArray.of(1, 2, 3, 4, 5, 6, 7, 8) } });
  expect(decode(Uint8Array.from([4, ...Array<number>(15).fill(0)]).buffer)).toEqual({ kind: "cursor", cursor: "hidden" });
});

describe("what is no message is nothing, and does not throw", () => {
  const wrong: [string, ArrayBuffer][] = [
    ["nothing", new ArrayBuffer(0)],
    ["one byte", new ArrayBuffer(1)],
    ["a pointer cut short", Uint8Array.from([2, 0, 1, 0, 1]).buffer],
    ["a header cut short", rectangle([10, 10, 0, 0, 1, 1], 0).slice(0, 15)],
    ["pixels cut short", rectangle([10, 10, 0, 0, 2, 2], 15)],
    ["pixels too many", rectangle([10, 10, 0, 0, 2, 2], 17)],
    ["beyond the right edge", rectangle([10, 10, 9, 0, 2, 1], 8)],
    ["beyond the bottom", rectangle([10, 10, 0, 10, 1, 1], 4)],
    ["no width", rectangle([10, 10, 0, 0, 0, 1], 0)],
    ["a screen without size", rectangle([0, 0, 0, 0, 0, 0], 0)],
    ["the largest numbers", rectangle([65535, 65535, 65535, 65535, 65535, 65535], 64)],
    ["a cursor cut short", Uint8Array.from([4, 0, 1, 0, 1, 0, 0, 0, 0, 0]).buffer],
    ["a cursor without pixels", Uint8Array.from([4, 0, 1, 0, 1, ...Array<number>(11).fill(0)]).buffer],
    ["a cursor without height", Uint8Array.from([4, 0, 1, ...Array<number>(13).fill(0)]).buffer],
    ["a cursor that points beside itself", Uint8Array.from([4, 0, 1, 0, 1, 0, 1, ...Array<number>(13).fill(0)]).buffer],
    ["a cursor that is too wide", Uint8Array.from([4, 0, 129, 0, 1, ...Array<number>(11 + 129 * 4).fill(0)]).buffer],
    ["kind 0", new ArrayBuffer(20)],
    ["an unknown kind", Uint8Array.from({ length: 20 }, () => 200).buffer],
  ];
  test.each(wrong)("%s", (_, message) => expect(decode(message)).toBeNull());

  test("any bytes at all", () => {
    let seed = 7;
    const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff);
    for (let round = 0; round < 2_000; round += 1) {
      const bytes = Uint8Array.from({ length: next() % 64 }, () => next() & 255);
      if (bytes.length > 0) bytes[0] = next() % 5;
      const decoded = decode(bytes.buffer);
      if (decoded?.kind === "rectangle") expect(decoded.x + decoded.width).toBeLessThanOrEqual(decoded.screen.width);
    }
  });
});
