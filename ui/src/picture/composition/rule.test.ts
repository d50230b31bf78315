// @vitest-environment node
/** The rule in the plainest way, beside the composer: each pixel and the number of the update that wrote it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Composer } from "./composer";
import { OPAQUE } from "./picture";
import { begin, copy, keep, recall, solid, update, video } from "./sample";
import { area, read, type Operation, type Rect, type Update } from "./wire";

const [WIDTH, HEIGHT] = [70, 68];
const WHITE = 0xffff_ffff;
const colour = (coded: Uint8Array): number => (OPAQUE + (coded[3] as number) * 65_536 + (coded[2] as number) * 256 + (coded[1] as number)) >>> 0;

class Model {
  shown: number[] = [];
  #ages: number[] = [];
  #kept = new Map<number, number[]>();
  #frames: { sequence: number; timestamp: number; rects: readonly Rect[] }[] = [];
  #painted = 0;
  #taken = new Map<number, Update>();
  #carriedOut = new Set<number>();

  get complete(): number {
    let complete = 0;
    while (this.#carriedOut.has(complete + 1)) complete += 1;
    return complete;
  }

  take(update: Update): void {
    if (!this.#taken.has(update.sequence)) this.#taken.set(update.sequence, update);
    for (;;) {
      const complete = this.complete;
      const possible = [...this.#taken.values()].filter(({ sequence, after }) => after <= complete && !this.#carriedOut.has(sequence));
      const next = possible.sort((one, other) => one.sequence - other.sequence)[0];
      if (next === undefined) return;
      for (const operation of next.operations) this.#operate(next.sequence, operation);
      this.#carriedOut.add(next.sequence);
    }
  }

  frame(timestamp: number): void {
    const all = this.#frames.sort((one, other) => one.sequence - other.sequence);
    const last = all.findLastIndex((frame) => frame.timestamp === timestamp);
    this.#painted = all[last]?.sequence ?? this.#painted;
    this.#frames = all.slice(last + 1);
    for (const frame of all.slice(0, last + 1)) {
      if (frame.timestamp !== timestamp) continue;
      for (const rect of frame.rects) this.#write(frame.sequence, rect, new Array<number>(area(rect)).fill(WHITE), false);
    }
  }

  #places({ x, y, width, height }: Rect): number[] {
    return Array.from({ length: width * height }, (_, at) => (y + Math.floor(at / width)) * WIDTH + x + (at % width));
  }

  #read(rect: Rect): number[] {
    return this.#places(rect).map((at) => this.shown[at] as number);
  }

  #write(sequence: number, rect: Rect, pixels: readonly number[], overItself = true): void {
    for (const [number, at] of this.#places(rect).entries()) {
      const age = this.#ages[at] as number;
      if (age > sequence || (age === sequence && !overItself)) continue;
      this.shown[at] = pixels[number] as number;
      this.#ages[at] = sequence;
    }
  }

  #operate(sequence: number, operation: Operation): void {
    const tile = (at: { x: number; y: number }): Rect => ({ x: at.x, y: at.y, width: 64, height: 64 });
    switch (operation.do) {
      case "begin":
        this.shown = new Array<number>(WIDTH * HEIGHT).fill(OPAQUE);
        this.#ages = new Array<number>(WIDTH * HEIGHT).fill(sequence);
        this.#kept.clear();
        this.#frames = [];
        return;
      case "copy":
        this.#write(sequence, operation.to, this.#read({ ...operation.to, x: operation.x, y: operation.y }));
        return;
      case "keep":
        this.#kept.set(operation.slot, this.#read(tile(operation)));
        return;
      case "recall":
        this.#write(sequence, tile(operation), this.#kept.get(operation.slot) as number[]);
        return;
      case "exact":
        this.#write(sequence, operation.rect, new Array<number>(area(operation.rect)).fill(colour(operation.coded)));
        return;
      case "video":
        if (sequence > this.#painted) this.#frames.push({ sequence, ...operation });
    }
  }
}

const place = fc
  .tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
  .map(([x, y, width, height]): [number, number, number, number] => [x, y, Math.min(width, WIDTH - x), Math.min(height, HEIGHT - y)]);
const [left, top] = [fc.nat(WIDTH - 64), fc.nat(HEIGHT - 64)];
/** Of tiles at most one an update, so that none is too much. The slot was filled when the picture began. */
const tiles = fc.oneof(fc.tuple(left, top).map(([x, y]) => keep(0, x, y)), fc.tuple(left, top).map(([x, y]) => recall(0, x, y)));
const others = fc.oneof(
  fc.tuple(place, fc.nat(0xff_ffff)).map(([to, value]) => solid(to, value)),
  fc.tuple(place, fc.nat(WIDTH), fc.nat(HEIGHT)).map(([to, x, y]) => copy(to, Math.min(x, WIDTH - to[2]), Math.min(y, HEIGHT - to[3]))),
  fc.tuple(fc.nat(4), place).map(([timestamp, rect]) => video(timestamp, rect)),
);
const operations = fc.tuple(fc.option(tiles, { freq: 3 }), fc.array(others, { maxLength: 3 })).map(([tile, all]) => (tile === null ? all : [...all, tile]));

/** How far each update waits for others, what it does, and what comes when: another update, or a frame. */
const sessions = fc.array(fc.record({ distance: fc.integer({ min: 1, max: 6 }), operations, anew: fc.nat(9) }), { minLength: 1, maxLength: 12 }).chain((all) => {
  let began = 1;
  const updates = all.map(({ distance, operations, anew }, number) => {
    const sequence = number + 2;
    if (anew === 0) {
      began = sequence;
      return update(sequence, sequence - 1, begin(WIDTH, HEIGHT), keep(0, 0, 0));
    }
    return update(sequence, Math.max(began, sequence - distance), ...operations);
  });
  const comes = fc.shuffledSubarray([...updates, ...updates.slice(0, 3), 0, 1, 2, 3, 4, 0, 1, 2, 3, 4], { minLength: updates.length });
  return comes.map((some) => [...some, ...updates]);
});

test("whatever comes in whatever order, each pixel is that of the highest update that wrote it", () => {
  const frame = { width: WIDTH, height: HEIGHT, pixels: new Uint32Array(WIDTH * HEIGHT).fill(WHITE) };
  fc.assert(
    fc.property(sessions, (comes) => {
      const [composer, model] = [new Composer(), new Model()];
      for (const next of [update(1, 0, begin(WIDTH, HEIGHT), keep(0, 0, 0)), ...comes]) {
        if (typeof next === "number") {
          composer.frame(next, frame);
          model.frame(next);
        } else {
          composer.take(next);
          model.take(read(next));
        }
        expect(composer.complete).toBe(model.complete);
        const { pixels } = composer.picture;
        expect(model.shown.findIndex((pixel, at) => pixel !== pixels[at])).toBe(-1);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});
