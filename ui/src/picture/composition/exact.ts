/**
 * Lossless pixels; how they are written stands in `src-tauri/picture/src/exact/mod.rs`.
 *
 * Flow: coded -> unpacked (`zstd`) -> cells, each drawn from the palette or shaded from its neighbours -> pixels as a
 * `Picture` has them.
 */
import { OPAQUE } from "./picture";
import { Refused } from "./refused";
import { shade } from "./shade";
import { EXACT_PIXELS, Reader } from "./wire";
import { Unpacker } from "./zstd/unpacker";

const CELL_WIDTH = 64;
const CELL_HEIGHT = 16;
/** First byte of a pixel of two. */
const TWO = 240;
/** Byte after which a colour stands that is not in the palette. */
const OUTSIDE = 255;
/** Colours of a full palette: what one byte and what two can name. */
const MOST_COLOURS = TWO + (OUTSIDE - TWO) * 256;

const SOLID = 0;
const ALONE = 1;
const BEGINS = 2;
const CONTINUES = 3;

interface Palette {
  readonly colours: Uint32Array;
  length: number;
}

const noColours = (): Palette => ({ colours: new Uint32Array(MOST_COLOURS), length: 0 });

/** Part of a rectangle, from its corner. */
interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Decodes rectangles. Keeps what the next part of a stream needs. */
export class Decoder {
  readonly #alone = { unpacker: new Unpacker(), palette: noColours() };
  readonly #stream = { unpacker: new Unpacker(), palette: noColours() };
  /** Place of the next part; none before a stream begins. */
  #next: number | null = null;
  readonly #pixels = new Uint32Array(EXACT_PIXELS);

  /** The pixels of a rectangle row by row. They are overwritten by the next call. */
  decode(coded: Uint8Array, width: number, height: number): Uint32Array {
    const pixels = this.#pixels.subarray(0, width * height);
    const input = new Reader(coded, "pixels");
    const kind = input.byte();
    if (kind === SOLID) {
      pixels.fill(colour(input.bytes(3), 0));
      if (input.left > 0) throw new Refused("pixels", "length");
      return pixels;
    }
    if (kind > CONTINUES) throw new Refused("pixels", "kind");
    const { unpacker, palette } = kind === ALONE ? this.#alone : this.#stream;
    if (kind === CONTINUES) {
      if (this.#next !== input.byte()) throw new Refused("pixels", "missing");
      this.#next = (this.#next + 1) & 0xff;
    } else {
      palette.length = 0;
      if (kind === BEGINS) this.#next = 1;
    }
    const length = input.number();
    if (length > mostBytes(width, height)) throw new Refused("pixels", "length");
    const packed = input.bytes(input.left);
    const plain = kind === ALONE ? unpacker.whole(packed, length) : kind === BEGINS ? unpacker.first(packed, length) : unpacker.next(packed, length);
    fill(pixels, width, height, palette, plain);
    return pixels;
  }
}

const count = (width: number, height: number): number => Math.ceil(width / CELL_WIDTH) * Math.ceil(height / CELL_HEIGHT);

/** No plain form of a rectangle is longer: a full palette, a bit for each cell, and each pixel outside of it. */
const mostBytes = (width: number, height: number): number => 8 + 3 * MOST_COLOURS + count(width, height) + 4 * width * height;

/** Red, green and blue, as a pixel. */
const colour = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | OPAQUE) >>> 0;

/** Band by band, from the left. */
function cells(width: number, height: number): Cell[] {
  const cells: Cell[] = [];
  for (let y = 0; y < height; y += CELL_HEIGHT) {
    for (let x = 0; x < width; x += CELL_WIDTH) cells.push({ x, y, width: Math.min(CELL_WIDTH, width - x), height: Math.min(CELL_HEIGHT, height - y) });
  }
  return cells;
}

function fill(pixels: Uint32Array, width: number, height: number, palette: Palette, plain: Uint8Array): void {
  const input = new Reader(plain, "pixels");
  const added = input.number();
  if (palette.length + added > MOST_COLOURS) throw new Refused("pixels", "palette");
  const colours = input.bytes(3 * added);
  for (let at = 0; at < colours.length; at += 3) palette.colours[palette.length++] = colour(colours, at);

  const kind = input.byte();
  if (kind > 1) throw new Refused("pixels", "kind");
  const kinds = kind === 1 ? input.bytes(Math.ceil(count(width, height) / 8)) : null;
  const shaded: Cell[] = [];
  let differences = 0;
  for (const [number, cell] of cells(width, height).entries()) {
    if (kinds !== null && (((kinds[number >> 3] as number) >> (number & 7)) & 1) === 1) {
      shaded.push(cell);
      differences += cell.width * cell.height;
    } else draw(pixels, width, cell, palette, input);
  }
  const [greens, reds, blues] = [input.bytes(differences), input.bytes(differences), input.bytes(differences)];
  if (input.left > 0) throw new Refused("pixels", "length");
  let at = 0;
  for (const cell of shaded) {
    shade(pixels, width, cell, greens, reds, blues, at);
    at += cell.width * cell.height;
  }
}

/** Column by column. */
function draw(pixels: Uint32Array, stride: number, cell: Cell, { colours, length }: Palette, input: Reader): void {
  const { source } = input;
  const bottom = cell.height * stride;
  let at = input.at;
  const corner = cell.y * stride + cell.x;
  for (let column = corner; column < corner + cell.width; column += 1) {
    for (let target = column; target < column + bottom; target += stride) {
      if (at >= source.length) throw new Refused("pixels", "cut_off");
      const first = source[at] as number;
      if (first === OUTSIDE) {
        if (at + 4 > source.length) throw new Refused("pixels", "cut_off");
        pixels[target] = colour(source, at + 1);
        at += 4;
        continue;
      }
      let place = first;
      at += 1;
      if (first >= TWO) {
        if (at >= source.length) throw new Refused("pixels", "cut_off");
        place = TWO + (first - TWO) * 256 + (source[at] as number);
        at += 1;
      }
      if (place >= length) throw new Refused("pixels", "palette");
      pixels[target] = colours[place] as number;
    }
  }
  input.at = at;
}
