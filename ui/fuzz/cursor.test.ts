// @vitest-environment node
/** The shape of the user's pointer, which the user's machine sends. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fits, MAX_CURSOR_SIDE, unpacked } from "../src/picture/cursor/shape";
import { holds, SOAK_MS, text } from "./inputs";

const byte = fc.nat(255);
const pixel = fc.tuple(byte, byte, byte, byte);
/** A run of like pixels, or some pixels one by one. */
const stretch = fc.oneof(
  fc.record({ head: fc.integer({ min: 0x80, max: 0xff }), stored: fc.tuple(pixel) }),
  fc.array(pixel, { minLength: 1, maxLength: 6 }).map((stored) => ({ head: stored.length - 1, stored })),
);
const coded = (bytes: readonly number[]): string => btoa(String.fromCharCode(...bytes));
const packed = fc.array(stretch, { maxLength: 12 }).map((all) => ({
  bytes: all.flatMap(({ head, stored }) => [head, ...stored.flat()]),
  long: all.reduce((sum, { head, stored }) => sum + (head < 0x80 ? stored.length : head - 0x80 + 2), 0),
}));
const side = fc.integer({ min: -1, max: MAX_CURSOR_SIDE + 1 });

test("a pointer's shape has the pixels that its size says, or is none", { timeout: SOAK_MS }, async () => {
  const anything = fc.record({ width: side, height: side, x: side, y: side, pixels: fc.oneof(packed.map(({ bytes }) => coded(bytes)), text()) });
  // As wide as all of its pixels, so that most of them are one.
  const fitting = fc.tuple(packed, fc.nat(2), fc.nat(3)).map(([{ bytes, long }, x, more]) => ({ width: long, height: 1, x, y: 0, pixels: coded(bytes.slice(0, bytes.length - (more === 3 ? 1 : 0))) }));
  await holds(fc.oneof(anything, fitting), (shape) => {
    const image = unpacked(shape);
    if (image === null) return;
    expect(fits(image)).toBe(true);
    expect(image.pixels.length).toBe(shape.width * shape.height * 4);
  });
});

test("a pointer's shape of stretches that fill it is one", { timeout: SOAK_MS }, async () => {
  await holds(packed, ({ bytes, long }) => {
    const image = unpacked({ width: long, height: 1, x: 0, y: 0, pixels: coded(bytes) });
    expect(image !== null).toBe(long >= 1 && long <= MAX_CURSOR_SIDE);
  });
});
