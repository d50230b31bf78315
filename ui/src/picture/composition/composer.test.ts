// @vitest-environment node
/** What a sharer may do that the shared vectors do not show, and what it may not. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Composer } from "./composer";
import { OPAQUE, Picture } from "./picture";
import type { Reason } from "./refused";
import { begin, cases, copy, exact, keep, recall, refused, solid, update, updates, video } from "./sample";

/** Red, green and blue of a pixel. */
const at = ({ picture }: Composer, x: number, y: number): number[] => [...picture.bytes.subarray(4 * picture.at(x, y), 4 * picture.at(x, y) + 3)];

function begun(width = 100, height = 80): Composer {
  const composer = new Composer();
  composer.take(update(1, 0, begin(width, height)));
  return composer;
}

const refusal = (act: () => unknown): Reason | null => refused(act)?.reason ?? null;

describe("updates", () => {
  test("say what they changed", () => {
    const composer = new Composer();
    const whole = { x: 0, y: 0, width: 100, height: 80 };
    const [left, right] = [solid([0, 0, 50, 80], 0x102030), solid([50, 0, 50, 80], 0x405060)];
    expect(composer.take(update(1, 0, begin(100, 80), left))).toEqual({ changed: [whole, { ...whole, width: 50 }], began: true });
    expect(composer.take(update(2, 1, right))).toEqual({ changed: [{ ...whole, x: 50, width: 50 }], began: false });
    expect(composer.take(update(2, 1, right)).changed).toEqual([]);
    expect([at(composer, 49, 79), at(composer, 50, 0)]).toEqual([[0x10, 0x20, 0x30], [0x40, 0x50, 0x60]]);
  });

  test("that wait are what they were when they came", () => {
    const composer = begun();
    const third = update(3, 2, solid([0, 0, 1, 1], 0x00ff00));
    expect(composer.take(third).changed).toEqual([]);
    expect(composer.missing(16)).toEqual([2]);
    third.fill(0);
    expect(composer.take(update(2, 1, solid([0, 0, 2, 1], 0xff0000))).changed.length).toBe(2);
    expect([at(composer, 0, 0), at(composer, 1, 0), composer.complete]).toEqual([[0, 255, 0], [255, 0, 0], 3]);
  });

  test("that are late leave alone what newer ones wrote, also by copies and recalls", () => {
    const composer = begun(200, 200);
    composer.take(update(2, 1, solid([0, 0, 64, 64], 0xff0000), keep(7, 0, 0)));
    composer.take(update(5, 2, solid([100, 0, 10, 200], 0x0000ff)));
    composer.take(update(3, 2, copy([90, 0, 64, 64], 0, 0)));
    composer.take(update(4, 2, recall(7, 90, 100)));
    for (const y of [0, 100]) expect([99, 100, 109, 110].map((x) => at(composer, x, y)[0])).toEqual([255, 0, 0, 255]);
    expect(composer.complete).toBe(5);
  });

  test("may be far ahead, but not too far", () => {
    const composer = begun();
    const far = (sequence: number): Uint8Array => update(sequence, 1, solid([0, 0, 1, 1], 0));
    expect(refusal(() => composer.take(far(1_026)))).toBe("too_far_ahead");
    expect(refusal(() => composer.take(far(1_025)))).toBe(null);
    expect(composer.missing(3)).toEqual([2, 3, 4]);
  });

  test("that wait are bounded", () => {
    const composer = begun();
    // As large as one may be; the first four bytes are its number and what it waits for.
    const large = update(200, 2, exact([0, 0, 1, 1], new Array<number>(256 * 1024 - 12).fill(0)));
    expect(large.length).toBe(256 * 1024);
    const take = (sequence: number): void => {
      large.set(update(sequence, 2));
      composer.take(large);
    };
    const taken = Array.from({ length: 40 }, (_, number) => refusal(() => take(200 + number)));
    expect(taken.filter((reason) => reason === null).length).toBe(32);
    expect(taken.at(-1)).toBe("too_far_ahead");
    // What they wait for does not have to wait, and is carried out; then they are, and hold no pixels.
    expect(refusal(() => composer.take(update(2, 1, solid([0, 0, 1, 1], 0))))).toBe("pixels");
    expect(composer.complete).toBe(2);
  });

  test("that wait are of so many pixels, and video counts", () => {
    const composer = begun(16_384, 2_048);
    const film = (sequence: number): Uint8Array => update(sequence, 2, video(1, [0, 0, 16_384, 2_048]));
    const taken = Array.from({ length: 9 }, (_, number) => refusal(() => composer.take(film(3 + number))));
    expect(taken).toEqual([...new Array<null>(8).fill(null), "too_far_ahead"]);
    expect(refusal(() => composer.take(update(2, 1, copy([0, 0, 16_384, 2_048], 0, 0))))).toBe(null);
    expect(composer.complete).toBe(10);
    // Those that were carried out leave their room to others.
    expect(refusal(() => composer.take(update(13, 11, video(1, [0, 0, 16_384, 2_048]))))).toBe(null);
  });

  test("of many pixels are refused before they take long", () => {
    const composer = begun(4_096, 4_096);
    const half = copy([0, 0, 4_096, 2_048], 0, 1);
    expect(refusal(() => composer.take(update(2, 1, half, half, half, half)))).toBe(null);
    expect(refusal(() => composer.take(update(3, 2, half, half, half, half, copy([0, 0, 1, 1], 0, 0))))).toBe("too_much");
    const twice = [solid([0, 0, 100, 80], 1), solid([0, 0, 100, 80], 2)];
    expect(refusal(() => new Composer().take(update(1, 0, begin(100, 80), twice[0] as number[])))).toBe(null);
    expect(refusal(() => new Composer().take(update(1, 0, begin(100, 80), ...twice)))).toBe("too_much");
    // It is the picture that begins that counts, not the one before.
    expect(refusal(() => begun().take(update(2, 1, begin(50, 40), solid([0, 0, 50, 40], 1), solid([0, 0, 1, 1], 1))))).toBe("too_much");
    // Nothing of it is carried out.
    const other = begun();
    expect(refusal(() => other.take(update(2, 1, ...twice, video(1, [0, 0, 1, 1]))))).toBe("too_much");
    expect(at(other, 0, 0)).toEqual([0, 0, 0]);
  });

  test("count each tile, kept or recalled, as all of its pixels", () => {
    const tiles = [keep(0, 0, 0), recall(0, 36, 16), keep(1, 0, 0)];
    expect(refusal(() => begun().take(update(2, 1, ...tiles)))).toBe(null);
    expect(refusal(() => begun().take(update(2, 1, ...tiles, keep(2, 0, 0))))).toBe("too_much");
  });

  test("that are cut off anywhere are refused, or another update", () => {
    for (const each of cases) {
      const [first, ...others] = updates(each) as [Uint8Array, ...Uint8Array[]];
      for (const whole of others) {
        // Long ones are cut at some places only.
        for (let length = 0; length < whole.length; length += 1 + (whole.length >> 6)) {
          const composer = new Composer();
          composer.take(first);
          const reason = refusal(() => composer.take(whole.subarray(0, length)));
          if (reason !== null) expect(composer.picture.pixels.every((pixel) => pixel === OPAQUE), each.name).toBe(true);
        }
      }
    }
    // Thousands of pictures: seconds on a slow machine.
  }, 30_000);
});

describe("video", () => {
  const white = (width: number, height: number): { width: number; height: number; pixels: Uint32Array } => ({ width, height, pixels: new Uint32Array(width * height).fill(0xffff_ffff) });

  test("may have a line and a column too many, but none too few", () => {
    const composer = begun(101, 81);
    composer.take(update(2, 1, video(1, [100, 80, 1, 1]), video(2, [0, 0, 1, 1]), video(3, [1, 0, 1, 1])));
    expect(composer.frame(1, white(102, 82)).changed.length).toBe(1);
    expect(composer.frame(2, white(100, 81)).changed).toEqual([]);
    expect(composer.frame(3, white(101, 80)).changed).toEqual([]);
    expect([at(composer, 100, 80), at(composer, 0, 0), at(composer, 1, 0)]).toEqual([[255, 255, 255], [0, 0, 0], [0, 0, 0]]);
  });

  test("is given up for newer video, and when the picture begins anew", () => {
    const composer = begun();
    for (let sequence = 2; sequence < 68; sequence += 1) composer.take(update(sequence, sequence - 1, video(sequence, [0, 0, 1, 1])));
    expect([2, 3, 4, 67].map((timestamp) => composer.wants(timestamp))).toEqual([false, false, true, true]);
    composer.frame(5, white(100, 80));
    expect([4, 5, 6].map((timestamp) => composer.wants(timestamp))).toEqual([false, false, true]);
    composer.take(update(68, 67, begin(100, 80)));
    expect(composer.wants(6)).toBe(false);
  });

  test("that is announced after a later frame was there is given up, as is the lowest of too many", () => {
    const composer = begun();
    composer.take(update(4, 1, video(4, [0, 0, 1, 1])));
    // Too small to be painted; the order of frames is known all the same.
    composer.frame(4, white(10, 10));
    for (const sequence of [2, 3]) composer.take(update(sequence, 1, video(sequence, [0, 0, 1, 1])));
    expect([2, 3].map((timestamp) => composer.wants(timestamp))).toEqual([false, false]);
    for (let sequence = 6; sequence < 70; sequence += 1) composer.take(update(sequence, 1, video(sequence, [0, 0, 1, 1])));
    composer.take(update(5, 1, video(5, [0, 0, 1, 1])));
    expect([5, 6].map((timestamp) => composer.wants(timestamp))).toEqual([false, true]);
  });

  test("of one frame is painted wherever it was announced", () => {
    const composer = begun();
    composer.take(update(2, 1, video(7, [0, 0, 1, 1])));
    composer.take(update(3, 2, video(8, [1, 0, 1, 1])));
    composer.take(update(4, 3, video(7, [2, 0, 1, 1])));
    expect(composer.frame(7, white(100, 80)).changed.map(({ x }) => x)).toEqual([0, 2]);
    expect([0, 1, 2].map((x) => at(composer, x, 0)[0])).toEqual([255, 0, 255]);
    expect(composer.wants(8)).toBe(false);
  });

  test.each(["before", "after"])("leaves alone the pixels of its own update that stand %s it", (place) => {
    const composer = begun();
    const [pixels, film] = [solid([0, 0, 1, 1], 0xff0000), video(7, [0, 0, 2, 1])];
    composer.take(update(2, 1, ...(place === "before" ? [pixels, film] : [film, pixels])));
    composer.frame(7, white(100, 80));
    expect([at(composer, 0, 0), at(composer, 1, 0)]).toEqual([[255, 0, 0], [255, 255, 255]]);
  });

  test("leaves its mark, so that what is older and comes later does not write over it", () => {
    const composer = begun();
    composer.take(update(3, 1, video(7, [0, 0, 1, 1])));
    composer.frame(7, white(100, 80));
    composer.take(update(2, 1, solid([0, 0, 2, 1], 0xff0000)));
    expect([at(composer, 0, 0), at(composer, 1, 0)]).toEqual([[255, 255, 255], [255, 0, 0]]);
  });
});

test("a copy onto itself is as if the source had been put aside", () => {
  const [width, height] = [13, 11];
  const place = fc.record({ x: fc.nat(width - 1), y: fc.nat(height - 1), toX: fc.nat(width - 1), toY: fc.nat(height - 1), wide: fc.integer({ min: 1, max: width }), high: fc.integer({ min: 1, max: height }) });
  fc.assert(
    fc.property(place, ({ x, y, toX, toY, wide, high }) => {
      const to = { x: Math.min(toX, width - wide), y: Math.min(toY, height - high), width: wide, height: high };
      const from = { ...to, x: Math.min(x, width - wide), y: Math.min(y, height - high) };
      const picture = new Picture(width, height);
      for (const number of picture.pixels.keys()) picture.pixels[number] = number;
      const aside = picture.cut(from);
      const before = picture.pixels.slice();
      picture.move(to, from.x, from.y);
      expect(picture.cut(to)).toEqual(aside);
      const outside = [...picture.pixels.keys()].filter((number) => {
        const [column, row] = [number % width, Math.floor(number / width)];
        return column < to.x || column >= to.x + wide || row < to.y || row >= to.y + high;
      });
      for (const number of outside) expect(picture.pixels[number]).toBe(before[number]);
    }),
    { seed: 1 },
  );
});
