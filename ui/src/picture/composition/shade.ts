/** Pixels as differences from what their neighbours foretell: the median predictor of JPEG-LS (ITU-T T.87 section A.4.1). */
import { OPAQUE } from "./picture";

function median(left: number, up: number, corner: number): number {
  const low = left < up ? left : up;
  const high = left < up ? up : left;
  return corner >= high ? low : corner <= low ? high : left + up - corner;
}

/** Red or blue less green, of a byte that begins at this bit. */
const beside = (pixel: number, bit: number): number => ((pixel >>> bit) - (pixel >>> 8)) & 0xff;
const green = (pixel: number): number => (pixel >>> 8) & 0xff;

/** Writes the pixels of a cell; the differences of each channel begin at `first`. */
export function shade(
  pixels: Uint32Array,
  stride: number,
  cell: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  greens: Uint8Array,
  reds: Uint8Array,
  blues: Uint8Array,
  first: number,
): void {
  let place = first;
  for (let y = cell.y; y < cell.y + cell.height; y += 1) {
    const start = y * stride + cell.x;
    // Without one of them, the other is all that is known; without both, black.
    let left = cell.x > 0 ? (pixels[start - 1] as number) : y > 0 ? (pixels[start - stride] as number) : 0;
    let corner = cell.x > 0 && y > 0 ? (pixels[start - stride - 1] as number) : left;
    for (let at = start; at < start + cell.width; at += 1) {
      const up = y > 0 ? (pixels[at - stride] as number) : left;
      const g = (median(green(left), green(up), green(corner)) + (greens[place] as number)) & 0xff;
      const r = (median(beside(left, 0), beside(up, 0), beside(corner, 0)) + g + (reds[place] as number)) & 0xff;
      const b = (median(beside(left, 16), beside(up, 16), beside(corner, 16)) + g + (blues[place] as number)) & 0xff;
      left = (r | (g << 8) | (b << 16) | OPAQUE) >>> 0;
      pixels[at] = left;
      corner = y > 0 ? up : left;
      place += 1;
    }
  }
}
