// @vitest-environment node
/** The rule in the plainest way, beside the composer: each pixel and the number of the update that wrote it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Composer } from "./composer";
import { OPAQUE } from "./picture";
import { begin, copy, keep, recall, solid, update, video } from "./sample";
import { area, read, type Operation, type Rect, type Update } from "./wire";

const [WIDTH, HEIGHT] = [70, 68];
/** What a frame shows at a place. */
const shows = (at: number): number => (0xffff_ffff - at) >>> 0;
const colour = (coded: Uint8Array): number => (OPAQUE + (coded[3] as number) * 65_536 + (coded[2] as number) * 256 + (coded[1] as number)) >>> 0;

interface Announced {
  readonly sequence: number;
  readonly timestamp: number;
  rects: readonly Rect[];
}

/** A frame, and a place in it. */
interface Coming {
  readonly frame: Announced;
  readonly at: number;
}

class Model {
  shown: number[] = [];
  #ages: number[] = [];
  /** What comes to each pixel that was copied. */
  #coming: (Coming | null)[] = [];
  #kept = new Map<number, number[]>();
  #frames: Announced[] = [];
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
    const givenUp = all.slice(0, last + 1);
    const its = givenUp.filter((frame) => frame.timestamp === timestamp);
    for (const { sequence, rects } of its) {
      for (const at of rects.flatMap((rect) => this.#places(rect))) {
        // What its own update writes stays.
        if ((this.#ages[at] as number) >= sequence) continue;
        this.shown[at] = shows(at);
        this.#ages[at] = sequence;
        this.#coming[at] = null;
      }
    }
    for (const [at, coming] of this.#coming.entries()) if (coming !== null && its.includes(coming.frame)) this.shown[at] = shows(coming.at);
    // What is given up comes nowhere any more.
    this.#coming = this.#coming.map((coming) => (coming !== null && givenUp.includes(coming.frame) ? null : coming));
  }

  #places({ x, y, width, height }: Rect): number[] {
    return Array.from({ length: width * height }, (_, at) => (y + Math.floor(at / width)) * WIDTH + x + (at % width));
  }

  #read(rect: Rect): number[] {
    return this.#places(rect).map((at) => this.shown[at] as number);
  }

  /** What comes to a place, if it stays there until then. */
  #comesTo(at: number): Coming | null {
    const [left, top] = [at % WIDTH, Math.floor(at / WIDTH)];
    const holds = ({ x, y, width, height }: Rect): boolean => left >= x && left < x + width && top >= y && top < y + height;
    const newest = this.#frames.sort((one, other) => one.sequence - other.sequence).slice(-4);
    const frame = newest.findLast(({ sequence, rects }) => sequence > (this.#ages[at] as number) && rects.some(holds));
    return frame === undefined ? (this.#coming[at] ?? null) : { frame, at };
  }

  #write(sequence: number, rect: Rect, pixels: readonly number[], coming: readonly (Coming | null)[] = []): void {
    for (const [number, at] of this.#places(rect).entries()) {
      if ((this.#ages[at] as number) > sequence) continue;
      this.shown[at] = pixels[number] as number;
      this.#ages[at] = sequence;
      this.#coming[at] = coming[number] ?? null;
    }
  }

  #operate(sequence: number, operation: Operation): void {
    const tile = (at: { x: number; y: number }): Rect => ({ x: at.x, y: at.y, width: 64, height: 64 });
    switch (operation.do) {
      case "begin":
        this.shown = new Array<number>(WIDTH * HEIGHT).fill(OPAQUE);
        this.#ages = new Array<number>(WIDTH * HEIGHT).fill(sequence);
        this.#coming = new Array<null>(WIDTH * HEIGHT).fill(null);
        this.#kept.clear();
        this.#frames = [];
        return;
      case "copy": {
        const from = { ...operation.to, x: operation.x, y: operation.y };
        const coming = this.#places(from).map((at) => this.#comesTo(at));
        this.#write(sequence, operation.to, this.#read(from), coming);
        return;
      }
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
        if (sequence > this.#painted) {
          const { timestamp, rects } = operation;
          const same = this.#frames.find((frame) => frame.sequence === sequence && frame.timestamp === timestamp);
          if (same === undefined) this.#frames.push({ sequence, timestamp, rects });
          else same.rects = [...same.rects, ...rects];
        }
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
  fc.tuple(place, fc.nat(0xff_ffff)).map(([to, value]) => ({ announced: null, operation: solid(to, value) })),
  fc.tuple(place, fc.nat(WIDTH), fc.nat(HEIGHT)).map(([to, x, y]) => ({ announced: null, operation: copy(to, Math.min(x, WIDTH - to[2]), Math.min(y, HEIGHT - to[3])) })),
  fc.tuple(fc.nat(4), place).map(([timestamp, rect]) => ({ announced: rect, operation: video(timestamp, rect) })),
);
/** Of what an update announces, nothing overlaps. */
const apart = fc.array(others, { maxLength: 3 }).map((all) => {
  const announced: [number, number, number, number][] = [];
  const meets = ([x, y, width, height]: (typeof announced)[0]): boolean => announced.some(([left, top, across, down]) => x < left + across && left < x + width && y < top + down && top < y + height);
  return all.flatMap((one) => {
    if (one.announced === null) return [one.operation];
    if (meets(one.announced)) return [];
    announced.push(one.announced);
    return [one.operation];
  });
});
const operations = fc.tuple(fc.option(tiles, { freq: 3 }), apart).map(([tile, all]) => (tile === null ? all : [...all, tile]));

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
  const frame = { width: WIDTH, height: HEIGHT, pixels: new Uint32Array(WIDTH * HEIGHT).map((_, at) => shows(at)) };
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
