/**
 * Frames of video that were announced and are not there yet, and where copies have taken what they will show.
 *
 * A copy out of a place where a frame is still to come takes older pixels. So that the picture is the same as if the frame had been
 * there, each pixel that was copied so remembers which pixel of which frame comes there, until it is written again.
 *
 * Invariant: a pixel remembers nothing but a frame that is announced, or was given up.
 */
import { room, type Picture } from "./picture";
import type { Stamps } from "./stamps";
import type { Rect } from "./wire";

/** The one of the lowest update is given up for one more. */
const MAX_ANNOUNCED = 64;
/**
 * Frames whose pixels a copy takes along: those of the highest updates. More than that are on their way only where video stands still, and a
 * copy's cost is bounded, as no frame's rectangles overlap.
 */
const TAKEN_ALONG = 4;
/** A pixel remembers a mark times this, and the place in the frame: both fit into 32 bits. */
const PLACES = 2 ** 25;
/** Marks go from 1 to this: twice as many as there are frames, so that those given up are looked for only now and then. */
const LAST_MARK = 127;

export interface Announcement {
  readonly sequence: number;
  readonly timestamp: number;
  /** What of the frame is shown. */
  readonly rects: readonly Rect[];
}

interface Marked {
  readonly sequence: number;
  readonly timestamp: number;
  readonly rects: Rect[];
  readonly mark: number;
}

export const meets = (one: Rect, other: Rect): boolean =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

function union(one: Rect | null, other: Rect): Rect {
  if (one === null) return other;
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  return { x, y, width: Math.max(one.x + one.width, other.x + other.width) - x, height: Math.max(one.y + one.height, other.y + other.height) - y };
}

export class Coming {
  /** In the order of the updates. */
  #announced: Marked[] = [];
  /** The last update whose frame came. */
  #last = 0;
  #mark = 0;
  /** Marks that a pixel may remember. */
  #marks = new Set<number>();
  /** What each pixel remembers, 0: nothing. Empty until there was need of it. */
  #taken = new Uint32Array(0);
  /** Where something is remembered. */
  #within: Rect | null = null;

  constructor(private readonly stamps: Stamps) {}

  /** A picture begins, of which nothing is to come. */
  begin(): void {
    this.#announced = [];
    this.#mark = 0;
    this.#marks.clear();
    this.#taken = new Uint32Array(0);
    this.#within = null;
  }

  /** Is a frame of this update, or of a lower one, to come? */
  hasUpTo(sequence: number): boolean {
    const lowest = this.#announced[0];
    return lowest !== undefined && lowest.sequence <= sequence;
  }

  /** Is one with this timestamp to come? */
  has(timestamp: number): boolean {
    return this.#announced.some((announcement) => announcement.timestamp === timestamp);
  }

  /**
   * One is; what an update announces of one frame is one. That of an update whose frame, had it come, would have been before one that came,
   * is not remembered.
   */
  announce(picture: Picture, { sequence, timestamp, rects }: Announcement): void {
    if (sequence <= this.#last) return;
    const same = this.#announced.find((other) => other.sequence === sequence && other.timestamp === timestamp);
    if (same !== undefined) {
      same.rects.push(...rects);
      return;
    }
    if (this.#announced.length === MAX_ANNOUNCED) {
      // The new one may be the lowest itself.
      if ((this.#announced[0] as Marked).sequence > sequence) return;
      this.#announced.shift();
    }
    const later = this.#announced.findIndex((other) => other.sequence > sequence);
    const announced = { sequence, timestamp, rects: [...rects], mark: this.#newMark(picture) };
    this.#announced.splice(later < 0 ? this.#announced.length : later, 0, announced);
  }

  /** What comes to the pixels of a rectangle, row by row; null when nothing does. */
  of(picture: Picture, rect: Rect): Uint32Array | null {
    const isTaken = this.#within !== null && meets(this.#within, rect);
    // The newest first: of what comes to a pixel, it is the last.
    const newest = this.#announced.slice(-TAKEN_ALONG).reverse();
    const frames = newest.flatMap((frame) => frame.rects.filter((own) => meets(own, rect)).map((own) => ({ frame, own })));
    if (!isTaken && frames.length === 0) return null;
    const coming = room(rect.width * rect.height);
    for (const { frame, own } of frames) {
      this.#marks.add(frame.mark);
      const [left, right] = [Math.max(own.x, rect.x), Math.min(own.x + own.width, rect.x + rect.width)];
      for (let y = Math.max(own.y, rect.y); y < Math.min(own.y + own.height, rect.y + rect.height); y += 1) {
        for (let x = left; x < right; x += 1) {
          const place = picture.at(x, y);
          const at = (y - rect.y) * rect.width + x - rect.x;
          if (coming[at] === 0 && this.stamps.at(place) < frame.sequence) coming[at] = frame.mark * PLACES + place;
        }
      }
    }
    for (let row = 0; isTaken && row < rect.height; row += 1) {
      const start = picture.at(rect.x, rect.y + row);
      for (let column = 0; column < rect.width; column += 1) {
        const at = row * rect.width + column;
        if (coming[at] === 0) coming[at] = this.#taken[start + column] as number;
      }
    }
    return coming;
  }

  /** An update wrote the pixels of a rectangle, wherever no higher one has: what comes there is forgotten, or, after a copy, is `coming`. */
  written(sequence: number, picture: Picture, rect: Rect, coming: Uint32Array | null): void {
    if (coming === null && (this.#within === null || !meets(this.#within, rect))) return;
    if (this.#taken.length === 0) this.#taken = room(picture.pixels.length);
    for (let row = 0; row < rect.height; row += 1) {
      const start = picture.at(rect.x, rect.y + row);
      for (let column = 0; column < rect.width; column += 1) {
        if (this.stamps.at(start + column) <= sequence) this.#taken[start + column] = coming?.[row * rect.width + column] ?? 0;
      }
    }
    if (coming !== null) this.#within = union(this.#within, rect);
  }

  /** All that the frame with this timestamp was announced for. Frames come in their own order: what was announced before is given up. */
  arrived(timestamp: number): Announcement[] {
    const at = this.#announced.findLastIndex((announcement) => announcement.timestamp === timestamp);
    const until = this.#announced.splice(0, at + 1);
    this.#last = until.at(-1)?.sequence ?? this.#last;
    return until.filter((announcement) => announcement.timestamp === timestamp);
  }

  /**
   * Paints what copies have taken of a frame, whose rows are `stride` pixels, and gives where that was. Nothing of what was given up is
   * remembered any more.
   */
  paint(frames: readonly Announcement[], picture: Picture, pixels: Uint32Array, stride: number): Rect | null {
    const marks = new Set((frames as readonly Marked[]).map(({ mark }) => mark));
    const alive = this.#alive();
    const { width } = picture;
    let painted: Rect | null = null;
    let [row, first, last] = [-1, 0, 0];
    const endRow = (): void => {
      if (row >= 0) painted = union(painted, inRow(row, first, last));
    };
    this.#lookThrough(picture, (x, y, mark, place) => {
      if (marks.has(mark)) {
        // A frame may have a column more than the picture.
        const from = stride === width ? place : Math.floor(place / width) * stride + (place % width);
        picture.pixels[y * width + x] = pixels[from] as number;
        if (row !== y) {
          endRow();
          [row, first] = [y, x];
        }
        last = x;
      }
      return alive.has(mark);
    });
    endRow();
    return painted;
  }

  #newMark(picture: Picture): number {
    const alive = this.#alive();
    do this.#mark = (this.#mark % LAST_MARK) + 1;
    while (alive.has(this.#mark));
    if (this.#marks.has(this.#mark)) {
      // Pixels may remember the frame that had it before.
      this.#lookThrough(picture, (_x, _y, mark) => alive.has(mark));
      this.#marks = alive;
    }
    return this.#mark;
  }

  /** Marks of the frames that are to come. */
  #alive(): Set<number> {
    return new Set(this.#announced.map(({ mark }) => mark));
  }

  /** Keeps what `stays`, of all that is remembered: where, the frame's mark, and the place in it. */
  #lookThrough(picture: Picture, stays: (x: number, y: number, mark: number, place: number) => boolean): void {
    const within = this.#within;
    if (within === null) return;
    this.#within = null;
    for (let y = within.y; y < within.y + within.height; y += 1) {
      let [first, last] = [-1, -1];
      for (let x = within.x; x < within.x + within.width; x += 1) {
        const at = picture.at(x, y);
        const entry = this.#taken[at] as number;
        if (entry === 0) continue;
        if (stays(x, y, Math.floor(entry / PLACES), entry % PLACES)) {
          if (first < 0) first = x;
          last = x;
        } else this.#taken[at] = 0;
      }
      if (first >= 0) this.#within = union(this.#within, inRow(y, first, last));
    }
  }
}

/** The pixels of a row from one to another. */
const inRow = (y: number, first: number, last: number): Rect => ({ x: first, y, width: last - first + 1, height: 1 });
