/** Frames of video that were announced and are not there yet. */
import type { Rect } from "./wire";

/** The oldest is given up for a newer one. */
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

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  clear(): void {
    this.#all = [];
  }

  add(announcement: Announcement): void {
    if (this.#all.length === MAX_ANNOUNCED) this.#all.shift();
    const later = this.#all.findIndex((other) => other.sequence >= announcement.sequence);
    this.#all.splice(later < 0 ? this.#all.length : later, 0, announcement);
  }

  has(timestamp: number): boolean {
    return this.#all.some((announcement) => announcement.timestamp === timestamp);
  }

  /** Frames come in their own order: those before it are given up. */
  take(timestamp: number): Announcement | null {
    const at = this.#all.findIndex((announcement) => announcement.timestamp === timestamp);
    return at < 0 ? null : (this.#all.splice(0, at + 1).at(-1) ?? null);
  }
}
