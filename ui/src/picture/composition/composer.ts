/**
 * Updates to a picture: the rule of `src-tauri/picture/src/composer.rs`, with the same vectors.
 *
 * Flow: `take` reads an update, waits for those that it needs, and carries out whatever has become possible; `frame` paints
 * the rectangles that a frame of video was announced for. What changed is given back, for a canvas to be painted.
 *
 * The rule: an update is carried out as soon as every update up to its `after` has been, the lowest first when several may be.
 * When it is carried out later than one with a higher number, it writes only where none of those has written.
 *
 * Invariant: whatever comes in, nothing but `Refused` is thrown, and what waits is bounded.
 */
import { Coming, meets } from "./coming";
import { Decoder } from "./exact";
import { Picture } from "./picture";
import { Refused } from "./refused";
import { Stamps } from "./stamps";
import { area, pixelsOf, read, TILE, type Operation, type Rect, type Update } from "./wire";

/** How far an update may be ahead of the last up to which all have been carried out. */
const MAX_AHEAD = 1_024;
/** Rectangles that an update announces of frames. */
const MAX_ANNOUNCED_RECTS = 128;
/** Bytes of updates that wait for others. */
const MAX_WAITING_BYTES = 8 << 20;
/** Pixels of updates that wait for others, so that carrying them all out at once takes a known time. */
const MAX_WAITING_PIXELS = 1 << 28;

/** What became of an update, or of a frame. */
export interface Composed {
  /** What changed of the picture; may overlap. */
  readonly changed: Rect[];
  /** All of the picture is to be shown: it has another size, or began anew. */
  began: boolean;
}

/** What a frame of video is read from; its pixels are as a `Picture` has them. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

/** An update that waits. Its bytes take far less room than what they say. */
interface Waiting {
  readonly after: number;
  readonly pixels: number;
  readonly bytes: Uint8Array;
}

export class Composer {
  #picture = new Picture(0, 0);
  #complete = 0;
  readonly #waiting = new Map<number, Waiting>();
  #waitingBytes = 0;
  #waitingPixels = 0;
  /** The update with which this picture began. */
  #began = 0;
  /** It took another's place, which is shown until something is written to this one. */
  #blank = false;
  /** Was there a picture, to be shown, before the update that came last? */
  #shows = false;
  /** Those above `complete` that have been carried out, too. */
  readonly #early = new Set<number>();
  readonly #kept = new Map<number, Uint32Array>();
  readonly #decoder = new Decoder();
  readonly #stamps = new Stamps();
  readonly #coming = new Coming(this.#stamps);
  /** The update that is being carried out announces video, of which what it writes itself is kept free. */
  #announces = false;

  /** As it is now; without pixels before the first update, and another object whenever it begins anew. */
  get picture(): Picture {
    return this.#picture;
  }

  /** Every update up to this one has been carried out. */
  get complete(): number {
    return this.#complete;
  }

  /** Those from `complete` up to the highest that came, which have not come; at most `most`. */
  missing(most: number): number[] {
    let highest = this.#complete;
    for (const came of [this.#waiting.keys(), this.#early]) for (const sequence of came) highest = Math.max(highest, sequence);
    const missing: number[] = [];
    for (let sequence = this.#complete + 1; sequence < highest && missing.length < most; sequence += 1) {
      if (!this.#has(sequence)) missing.push(sequence);
    }
    return missing;
  }

  /** Takes an update, in whatever order they come. One that was there already changes nothing. Throws `Refused`. */
  take(bytes: Uint8Array): Composed {
    const update = read(bytes);
    const composed: Composed = { changed: [], began: false };
    if (this.#has(update.sequence)) return composed;
    if (update.sequence - this.#complete > MAX_AHEAD) throw new Refused("too_far_ahead");
    if (update.after > this.#complete) {
      this.#wait(update, bytes);
      return composed;
    }
    this.#shows = this.#picture.width > 0;
    // One that need not wait is no burden, and may be what the others wait for.
    this.#carryOut(update, composed);
    // Each round carries out one, so this ends.
    for (let next = this.#possible(); next !== null; next = this.#possible()) this.#carryOut(read(next), composed);
    return composed;
  }

  /** Is a frame of video with this timestamp announced? */
  wants(timestamp: number): boolean {
    return this.#coming.has(timestamp);
  }

  /**
   * Paints all that was announced of the frame with this timestamp, where neither its own update nor a higher one has written, and where
   * copies have taken it; what was announced before is given up. A frame that is too small, or that was not announced, is not painted.
   */
  frame(timestamp: number, { width, height, pixels }: Frame): Composed {
    const composed: Composed = { changed: [], began: false };
    const announcements = this.#coming.arrived(timestamp);
    // A codec can only say even sizes, so that a frame may have one line or column too many.
    if (announcements.length === 0 || width < this.#picture.width || height < this.#picture.height) return composed;
    for (const { sequence, rects } of announcements) {
      for (const rect of rects) {
        // What the same update writes as pixels stays.
        this.#put(sequence - 1, rect, pixels, rect.y * width + rect.x, width);
        this.#coming.written(sequence - 1, this.#picture, rect, null);
        this.#changed(rect, composed);
        this.#stamp(sequence, rect);
      }
    }
    const elsewhere = this.#coming.paint(announcements, this.#picture, pixels, width);
    if (elsewhere !== null) composed.changed.push(elsewhere);
    return composed;
  }

  #has(sequence: number): boolean {
    return sequence <= this.#complete || this.#waiting.has(sequence) || this.#early.has(sequence);
  }

  #wait(update: Update, bytes: Uint8Array): void {
    const pixels = pixelsOf(update);
    const tooMuch = this.#waitingBytes + bytes.length > MAX_WAITING_BYTES || this.#waitingPixels + pixels > MAX_WAITING_PIXELS;
    if (tooMuch) throw new Refused("too_far_ahead");
    this.#waiting.set(update.sequence, { after: update.after, pixels, bytes: bytes.slice() });
    this.#waitingBytes += bytes.length;
    this.#waitingPixels += pixels;
  }

  /** Takes the lowest out of those that wait and need not any more. */
  #possible(): Uint8Array | null {
    let lowest = Infinity;
    for (const [sequence, { after }] of this.#waiting) if (after <= this.#complete && sequence < lowest) lowest = sequence;
    const found = this.#waiting.get(lowest);
    if (found === undefined) return null;
    this.#waiting.delete(lowest);
    this.#waitingBytes -= found.bytes.length;
    this.#waitingPixels -= found.pixels;
    return found.bytes;
  }

  #carryOut(update: Update, composed: Composed): void {
    const { sequence, after, operations } = update;
    const begin = operations[0]?.do === "begin" ? operations[0] : null;
    if (pixelsOf(update) > 2 * area(begin ?? this.#picture)) throw new Refused("too_much");
    if (!areApart(operations)) throw new Refused("announced");
    // Everything before it has been carried out; what was, and follows it, has not waited for it.
    if (after < this.#began || (begin !== null && this.#early.size > 0)) throw new Refused("early");
    if (begin !== null) this.#began = sequence;
    this.#announces = operations.some((operation) => operation.do === "video");
    for (const operation of operations) this.#operate(sequence, operation, composed);
    if (operations.length === 0 && this.#blank) this.#changed(this.#whole(), composed);
    this.#announces = false;
    this.#early.add(sequence);
    while (this.#early.delete(this.#complete + 1)) this.#complete += 1;
  }

  #operate(sequence: number, operation: Operation, composed: Composed): void {
    switch (operation.do) {
      case "begin":
        this.#begin(operation.width, operation.height);
        composed.began = !this.#blank;
        composed.changed.length = 0;
        if (!this.#blank) composed.changed.push(this.#whole());
        this.#stamp(sequence, this.#whole());
        return;
      case "copy": {
        const { to, x, y } = operation;
        this.#inside(to);
        const from = this.#inside({ x, y, width: to.width, height: to.height });
        const coming = this.#coming.of(this.#picture, from);
        if (this.#stamps.isNewest(sequence)) this.#picture.move(to, x, y);
        else this.#put(sequence, to, this.#picture.cut(from), 0, to.width);
        this.#wrote(sequence, to, composed, coming);
        return;
      }
      case "keep":
        this.#kept.set(operation.slot, this.#picture.cut(this.#inside(tile(operation))));
        return;
      case "recall": {
        const to = this.#inside(tile(operation));
        const kept = this.#kept.get(operation.slot);
        if (kept === undefined) throw new Refused("not_kept");
        this.#put(sequence, to, kept, 0, TILE);
        this.#wrote(sequence, to, composed);
        return;
      }
      case "exact": {
        const { rect, coded } = operation;
        this.#inside(rect);
        // Even when all of its place is taken: a stream goes on with it.
        this.#put(sequence, rect, this.#decoder.decode(coded, rect.width, rect.height), 0, rect.width);
        this.#wrote(sequence, rect, composed);
        return;
      }
      case "video": {
        const { timestamp, rects } = operation;
        for (const rect of rects) this.#inside(rect);
        this.#coming.announce(this.#picture, { sequence, timestamp, rects });
        return;
      }
    }
  }

  #begin(width: number, height: number): void {
    this.#blank = this.#shows;
    this.#stamps.clear();
    this.#kept.clear();
    this.#coming.begin();
    this.#picture = new Picture(width, height);
  }

  #inside(rect: Rect): Rect {
    if (!this.#picture.holds(rect)) throw new Refused("outside");
    return rect;
  }

  #whole(): Rect {
    const { width, height } = this.#picture;
    return { x: 0, y: 0, width, height };
  }

  /** Something is there to be shown. */
  #changed(rect: Rect, composed: Composed): void {
    if (this.#blank) composed.began = true;
    this.#blank = false;
    composed.changed.push(rect);
  }

  /** Takes note of what was written, and of what is to come there. */
  #wrote(sequence: number, { x, y, width, height }: Rect, composed: Composed, coming: Uint32Array | null = null): void {
    const rect = { x, y, width, height };
    this.#coming.written(sequence, this.#picture, rect, coming);
    this.#changed(rect, composed);
    this.#stamp(sequence, rect);
  }

  /** For what is older and may still come. */
  #stamp(sequence: number, rect: Rect): void {
    const frameMayCome = this.#announces || this.#coming.hasUpTo(sequence);
    if (sequence <= this.#complete + 1 && !frameMayCome && this.#stamps.isNewest(sequence)) return;
    this.#stamps.add(sequence, this.#picture, rect);
  }

  /** Writes pixels where nothing newer stands; those of the first row begin at `first`, the next ones `stride` further on. */
  #put(sequence: number, to: Rect, pixels: Uint32Array, first: number, stride: number): void {
    for (let row = 0; row < to.height; row += 1) {
      const start = first + row * stride;
      this.#stamps.write(sequence, this.#picture, this.#picture.at(to.x, to.y + row), pixels.subarray(start, start + to.width));
    }
  }
}

/** Are the rectangles of frames that these announce few, and none of them over another? */
function areApart(operations: readonly Operation[]): boolean {
  const announced = operations.flatMap((operation) => (operation.do === "video" ? operation.rects : []));
  return announced.length <= MAX_ANNOUNCED_RECTS && announced.every((one, at) => !announced.some((other, before) => before < at && meets(one, other)));
}

const tile = ({ x, y }: { readonly x: number; readonly y: number }): Rect => ({ x, y, width: TILE, height: TILE });
