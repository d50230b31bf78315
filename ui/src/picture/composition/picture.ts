/**
 * A whole screen in memory: rows from the top, no padding, each pixel the bytes red, green, blue, 255 as a canvas takes them.
 * Read as one number (on the little-endian machines that browsers run on) a pixel has red in its lowest byte.
 */
import { Refused } from "./refused";
import type { Rect } from "./wire";

/** The fourth byte of a pixel, which hides what is behind it. */
export const OPAQUE = 0xff00_0000;

/** Room for so many pixels. A browser may have less memory than a sharer's screen asks for. */
export function room(pixels: number): Uint32Array<ArrayBuffer> {
  try {
    return new Uint32Array(pixels);
  } catch (error) {
    if (error instanceof RangeError) throw new Refused("memory");
    throw error;
  }
}

export class Picture {
  /** One number a pixel. */
  readonly pixels: Uint32Array<ArrayBuffer>;
  /** The same memory, byte by byte: an `ImageData` on it copies nothing. */
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;

  /** Black. */
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = room(width * height).fill(OPAQUE);
    this.bytes = new Uint8ClampedArray(this.pixels.buffer);
  }

  holds({ x, y, width, height }: Rect): boolean {
    return x + width <= this.width && y + height <= this.height;
  }

  /** Where a pixel lies among all. */
  at(x: number, y: number): number {
    return y * this.width + x;
  }

  /** A copy of a rectangle's pixels, row by row. It must be inside. */
  cut({ x, y, width, height }: Rect): Uint32Array {
    const cut = room(width * height);
    for (let row = 0; row < height; row += 1) {
      const start = this.at(x, y + row);
      cut.set(this.pixels.subarray(start, start + width), row * width);
    }
    return cut;
  }

  /** Copies what stands at `x`, `y` to a rectangle, which may overlap it. Both must be inside. */
  move(to: Rect, x: number, y: number): void {
    if (to.width === this.width) {
      const start = this.at(0, y);
      this.pixels.copyWithin(this.at(0, to.y), start, start + to.width * to.height);
      return;
    }
    for (let step = 0; step < to.height; step += 1) {
      // What moves down begins at the bottom, so that no row is read after it was overwritten.
      const row = to.y > y ? to.height - 1 - step : step;
      const start = this.at(x, y + row);
      this.pixels.copyWithin(this.at(to.x, to.y + row), start, start + to.width);
    }
  }
}
