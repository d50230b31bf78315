// @vitest-environment node
/** Pixels that are none, made to take memory or time. */
import { describe, expect, test } from "vitest";
import { Decoder } from "./exact";
import type { Flaw } from "./refused";
import { block, frame, number, refused } from "./sample";

/** The longest that a refusal may take, in milliseconds of the processor: many times what it does on a slow machine, and nobody gives up yet. */
const PATIENCE_MS = 5_000;

const worked = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

function refusal(coded: readonly number[], width = 64, height = 64): Flaw | null {
  const bytes = Uint8Array.from(coded);
  const began = worked();
  const error = refused(() => new Decoder().decode(bytes, width, height));
  expect(worked() - began).toBeLessThan(PATIENCE_MS);
  if (error !== null) expect(error.reason).toBe("pixels");
  return error?.flaw ?? null;
}

const times = (count: number, bytes: readonly number[]): number[] => Array.from({ length: count }, () => bytes).flat();
const alone = (length: number, packed: readonly number[]): number[] => [1, ...number(length), ...packed];
/** Plain: a palette of one colour, and four drawn pixels. */
const FOUR = [1, 1, 2, 3, 0, 0, 0, 0, 0];
/** A block of these bytes as they are. */
const raw = (bytes: readonly number[], last = true): number[] => [bytes.length * 8 + (last ? 1 : 0), 0, 0, ...bytes];

describe("a frame", () => {
  test("is taken when it is what it says", () => {
    expect(refusal(alone(9, frame(raw(FOUR))), 2, 2)).toBe(null);
    expect(refusal(alone(9, frame(raw(FOUR.slice(0, 5), false), [0x23, 0, 0, 0])), 2, 2)).toBe(null);
  });

  test("of another length than it says is refused", () => {
    expect(refusal(alone(9, frame(raw(FOUR.slice(1)))), 2, 2)).toBe("packed");
    expect(refusal(alone(8, frame(raw(FOUR))), 2, 2)).toBe("packed");
    expect(refusal(alone(9, frame(raw([...FOUR, 0]))), 2, 2)).toBe("packed");
    expect(refusal(alone(9, frame(raw(FOUR, false))), 2, 2)).toBe("packed");
    expect(refusal(alone(9, [...frame(raw(FOUR)), 0]), 2, 2)).toBe("packed");
    expect(refusal(alone(9, frame(raw(FOUR), [1, 0, 0])), 2, 2)).toBe("packed");
  });

  test("of more than a rectangle needs is refused unread", () => {
    expect(refusal(alone(0xffff_ffff, []))).toBe("length");
    expect(refusal(alone(8 + 3 * 4_080 + 4 + 4 * 4_096 + 1, []))).toBe("length");
  });

  test("with a larger window, a dictionary, a length or a sum is refused", () => {
    for (const header of [[0, 0x51], [1, 0x50, 0], [0x20, 9], [4, 0x50], [0]]) {
      expect(refusal(alone(9, [...header, ...raw(FOUR)]), 2, 2)).toBe("packed");
    }
  });

  test("of a gigabyte of zeros is not unpacked", () => {
    // Blocks of one repeated byte.
    expect(refusal(alone(16, frame(times(8_000, [2, 0, 0x10, 0]))))).toBe("packed");
    // Blocks that are empty, so that the end never comes nearer.
    expect(refusal(alone(16, frame(times(80_000, [0, 0, 0]))))).toBe("packed");
  });
});

describe("a block", () => {
  const one = (content: readonly number[]): Flaw | null => refusal(alone(9, frame(block(content))), 2, 2);
  /** Sequences whose codes never change: of literals, offsets and matches. */
  const sequences = (count: number, codes: readonly number[], bits: readonly number[]): number[] => [255, (count - 0x7f00) & 0xff, (count - 0x7f00) >> 8, 0b0101_0100, ...codes, ...bits];

  test("of long matches, over and over, is refused at the first", () => {
    const count = 50_000;
    expect(one([1 << 3, 65, ...sequences(count, [0, 0, 52], [...times(2 * count, [0xff]), 1])])).toBe("packed");
  });

  test("that repeats what is before its beginning is refused", () => {
    expect(one([1 << 3, 65, 1, 0b0101_0100, 0, 10, 5, 0xff, 0x07])).toBe("packed");
  });

  test("with a code whose table never takes a bit is refused", () => {
    const weights = [4, 0xf0, 0x03, 0xff, 0xff];
    expect(one([0x82, (weights.length + 2) << 6, (weights.length + 2) >> 2, ...weights, 1, 1, 0])).toBe("packed");
  });

  test("that uses what no block before it gave is refused", () => {
    expect(one([0x13, 0x40, 0, 0xff, 0])).toBe("packed");
    expect(one([1 << 3, 65, 1, 0b1111_1100, 0xff])).toBe("packed");
  });

  test("cut off anywhere is refused", () => {
    const whole = [1 << 3, 0, 1, 0b0101_0100, 1, 0, 5, 1];
    expect(refusal(alone(9, frame(block(whole))), 2, 2)).toBe("palette");
    for (let length = 0; length < whole.length; length += 1) expect(one(whole.slice(0, length))).toBe("packed");
  });

  test("of large tables, over and over, takes no more time than anybody has", () => {
    // Each block has the three largest tables there are, with one symbol each, and repeats three bytes.
    const [nine, eight] = [[0xf4, 0x3f], [0xf3, 0x1f]] as const;
    const content = [0, 1, 0b1010_1000, ...nine, ...eight, ...nine, 0, 0, 0, 4];
    const count = 16_000;
    const zeros = raw(new Array<number>(16).fill(0), false);
    // All of it is unpacked: the refusal is of the colours in there.
    expect(refusal(alone(16 + 3 * count, frame(zeros, times(count, block(content, false)), [1, 0, 0])), 256, 256)).toBe("palette");
  });
});

test("colours and cells are checked", () => {
  const plain = (bytes: readonly number[], width = 2): Flaw | null => refusal(alone(bytes.length, frame(raw(bytes))), width, 2);
  expect(plain(FOUR)).toBe(null);
  expect(plain([...FOUR, 0])).toBe("length");
  expect(plain(FOUR.slice(0, -1))).toBe("cut_off");
  expect(plain([...FOUR.slice(0, -1), 1])).toBe("palette");
  expect(plain([...FOUR.slice(0, -1), 240, 0])).toBe("palette");
  expect(plain([...FOUR.slice(0, -1), 240])).toBe("cut_off");
  expect(plain([...FOUR.slice(0, -1), 255, 1, 2])).toBe("cut_off");
  expect(plain([...FOUR.slice(0, -1), 255, 1, 2, 3])).toBe(null);
  expect(plain([0xf1, 0x1f, 0, 0])).toBe("palette");
  expect(plain([0, 2, 0, 0, 0, 0])).toBe("kind");
  expect(plain([0, 1, 1, ...times(12, [7])])).toBe(null);
  expect(plain([0, 1, 1, ...times(11, [7])])).toBe("cut_off");
});
