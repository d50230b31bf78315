/**
 * What the user's pointer looks like, from the wire to pixels; how they are packed stands in `relay/protocol/README.md`.
 * Invariant: an image has the pixels that its size says, and its hot spot is one of them.
 */
import type { CursorShape } from "../../generated/protocol";

/** Longest side, in pixels. */
export const MAX_CURSOR_SIDE = 128;
/** How many shapes are kept, to be named again. */
export const CURSOR_SLOTS = 32;

const BYTES_PER_PIXEL = 4;
/** First byte of a run of like pixels, and the shortest. */
const RUN = 0x80;
const LEAST_RUN = 2;

export interface CursorImage {
  readonly width: number;
  readonly height: number;
  /** The pixel that points. */
  readonly x: number;
  readonly y: number;
  /** RGBA, not multiplied by alpha, rows from the top. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** None is known before the user's machine says it, or when it cannot. */
export type Cursor = CursorImage | "hidden";

/** Do size and hot spot belong together? */
export function fits({ width, height, x, y }: Omit<CursorImage, "pixels">): boolean {
  return width > 0 && height > 0 && width <= MAX_CURSOR_SIDE && height <= MAX_CURSOR_SIDE && x < width && y < height;
}

/** The shape's image; null when it is none. */
export function unpacked(shape: CursorShape): CursorImage | null {
  const { width, height, x, y } = shape;
  const packed = fits(shape) ? base64(shape.pixels) : null;
  if (packed === null) return null;
  const pixels = new Uint8ClampedArray(width * height * BYTES_PER_PIXEL);
  let [from, to] = [0, 0];
  while (from < packed.length) {
    const head = packed.charCodeAt(from);
    const [stored, times] = head >= RUN ? [1, head - RUN + LEAST_RUN] : [head + 1, 1];
    const length = stored * BYTES_PER_PIXEL;
    from += 1;
    if (from + length > packed.length || to + length * times > pixels.length) return null;
    for (let time = 0; time < times; time += 1) {
      for (let at = 0; at < length; at += 1) pixels[to + at] = packed.charCodeAt(from + at);
      to += length;
    }
    from += length;
  }
  return to === pixels.length ? { width, height, x, y, pixels } : null;
}

/** One character a byte. There is one way to write bytes: what `atob` would forgive is null. */
function base64(text: string): string | null {
  try {
    const bytes = atob(text);
    return btoa(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
