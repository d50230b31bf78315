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
    for (let x = cell.x; x < cell.x + cell.width; x += 1) {
      const at = y * stride + x;
      let [g, r, b] = [0, 0, 0];
      if (x > 0 && y > 0) {
        const [left, up, corner] = [pixels[at - 1] as number, pixels[at - stride] as number, pixels[at - stride - 1] as number];
        g = median(green(left), green(up), green(corner));
        r = median(beside(left, 0), beside(up, 0), beside(corner, 0));
        b = median(beside(left, 16), beside(up, 16), beside(corner, 16));
      } else if (x > 0 || y > 0) {
        const only = pixels[x > 0 ? at - 1 : at - stride] as number;
        g = green(only);
        r = beside(only, 0);
        b = beside(only, 16);
      }
      g = (g + (greens[place] as number)) & 0xff;
      r = (r + g + (reds[place] as number)) & 0xff;
      b = (b + g + (blues[place] as number)) & 0xff;
      pixels[at] = (r | (g << 8) | (b << 16) | OPAQUE) >>> 0;
      place += 1;
    }
  }
}
