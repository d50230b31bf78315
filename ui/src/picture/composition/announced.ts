/** Frames of video that were announced and are not there yet. */
import type { Rect } from "./wire";

/** The one of the lowest update is given up for one more. */
const MAX_ANNOUNCED = 64;

export interface Announcement {
  readonly sequence: number;
  readonly timestamp: number;
  /** What of the frame is shown. */
  readonly rects: readonly Rect[];
}

export class Announced {
  /** In the order of the updates. */
  #all: Announcement[] = [];
  /** The last update whose frame came. */
  #last = 0;

  /** Is there one of this update, or of a lower one? */
  hasUpTo(sequence: number): boolean {
    const lowest = this.#all[0];
    return lowest !== undefined && lowest.sequence <= sequence;
  }

  clear(): void {
    this.#all = [];
  }

  /** One that comes late, so that its frame was given up already, is not remembered. */
  add(announcement: Announcement): void {
    if (announcement.sequence <= this.#last) return;
    const later = this.#all.findIndex((other) => other.sequence > announcement.sequence);
    this.#all.splice(later < 0 ? this.#all.length : later, 0, announcement);
    if (this.#all.length > MAX_ANNOUNCED) this.#all.shift();
  }

  has(timestamp: number): boolean {
    return this.#all.some((announcement) => announcement.timestamp === timestamp);
  }

  /** All that one frame was announced for. Frames come in their own order: what was announced before is given up. */
  take(timestamp: number): Announcement[] {
    const at = this.#all.findLastIndex((announcement) => announcement.timestamp === timestamp);
    const taken = this.#all.splice(0, at + 1);
    this.#last = taken.at(-1)?.sequence ?? this.#last;
    return taken.filter((announcement) => announcement.timestamp === timestamp);
  }
}
