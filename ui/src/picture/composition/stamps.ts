/**
 * Which update wrote each pixel last, as far as an older one, or a frame of video, may still come.
 *
 * Invariant: a pixel that has no stamp of its own was written by an update that is older than all that may still come.
 */
import { room, type Picture } from "./picture";
import type { Rect } from "./wire";

export class Stamps {
  /** Empty until there was need of it. */
  #numbers = new Uint32Array(0);
  #highest = 0;

  clear(): void {
    this.#numbers = new Uint32Array(0);
    this.#highest = 0;
  }

  /** Has nothing with a higher number been written anywhere? */
  isNewest(sequence: number): boolean {
    return sequence >= this.#highest;
  }

  /** The highest update that wrote a pixel, or any lower number. */
  at(place: number): number {
    return this.#numbers[place] ?? 0;
  }

  /** Takes note of what an update wrote. */
  add(sequence: number, picture: Picture, rect: Rect): void {
    if (this.#numbers.length === 0) this.#numbers = room(picture.pixels.length);
    const numbers = this.#numbers;
    for (let y = rect.y; y < rect.y + rect.height; y += 1) {
      const start = picture.at(rect.x, y);
      if (this.isNewest(sequence)) numbers.fill(sequence, start, start + rect.width);
      else for (let at = start; at < start + rect.width; at += 1) if ((numbers[at] as number) < sequence) numbers[at] = sequence;
    }
    this.#highest = Math.max(this.#highest, sequence);
  }

  /** Writes a row of pixels where nothing newer stands. */
  write(sequence: number, picture: Picture, start: number, source: Uint32Array): void {
    if (this.isNewest(sequence)) {
      picture.pixels.set(source, start);
      return;
    }
    const { pixels } = picture;
    for (let at = 0; at < source.length; at += 1) {
      if ((this.#numbers[start + at] as number) <= sequence) pixels[start + at] = source[at] as number;
    }
  }
}
