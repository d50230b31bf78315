/** Huffman codes of literals (RFC 8878 section 4.2). */
import { Refused } from "../refused";
import { BackwardBits, highestBit } from "./bits";
import { baseOf, bitsOf, readTable, symbolOf } from "./fse";

const MOST_BITS = 11;
const MOST_WEIGHTS = 255;
const WEIGHTS_ACCURACY = 6;

export interface Code {
  readonly mostBits: number;
  /** For each of the next bits that may come: the symbol in the lower byte, its length above. */
  readonly entries: Uint16Array;
}

/** Reads a code between two places of a view, and gives it and where it ends. */
export function readCode(view: DataView, start: number, end: number): { code: Code; end: number } {
  if (start >= end) throw new Refused("pixels", "packed");
  const header = view.getUint8(start);
  const first = start + 1;
  const after = first + (header < 128 ? header : (header - 126) >> 1);
  if (after > end) throw new Refused("pixels", "packed");
  const weights = header < 128 ? packedWeights(view, first, after) : plainWeights(view, first, header - 127);
  return { code: code(weights), end: after };
}

function plainWeights(view: DataView, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const two = view.getUint8(start + (at >> 1));
    return at % 2 === 0 ? two >> 4 : two & 15;
  });
}

/** Two states take turns, until one wants bits that are not there. */
function packedWeights(view: DataView, start: number, end: number): number[] {
  const { table, end: after } = readTable(view, start, end, WEIGHTS_ACCURACY, MOST_WEIGHTS);
  const bits = new BackwardBits(view, after, end);
  const state = (): number => table.states[bits.read(table.accuracy)] as number;
  let [one, other] = [state(), state()];
  const weights: number[] = [];
  while (weights.length < MOST_WEIGHTS) {
    weights.push(symbolOf(one));
    const next = baseOf(one) + bits.readBeyond(bitsOf(one));
    if (bits.left < 0) {
      weights.push(symbolOf(other));
      return weights;
    }
    [one, other] = [other, table.states[next] as number];
  }
  throw new Refused("pixels", "packed");
}

function code(weights: number[]): Code {
  let sum = 0;
  for (const weight of weights) {
    if (weight > MOST_BITS) throw new Refused("pixels", "packed");
    sum += weight > 0 ? 1 << (weight - 1) : 0;
  }
  if (sum === 0 || weights.length > MOST_WEIGHTS) throw new Refused("pixels", "packed");
  // The last symbol's weight is what lacks to a power of two.
  const mostBits = highestBit(sum) + 1;
  const lacking = (1 << mostBits) - sum;
  if (mostBits > MOST_BITS || (lacking & (lacking - 1)) !== 0) throw new Refused("pixels", "packed");
  weights.push(highestBit(lacking) + 1);

  const entries = new Uint16Array(1 << mostBits);
  let at = 0;
  for (let weight = 1; weight <= mostBits; weight += 1) {
    for (let symbol = 0; symbol < weights.length; symbol += 1) {
      if (weights[symbol] !== weight) continue;
      const width = 1 << (weight - 1);
      entries.fill(symbol | ((mostBits + 1 - weight) << 8), at, at + width);
      at += width;
    }
    // The longest codes come in pairs.
    if (weight === 1 && (at < 2 || at % 2 === 1)) throw new Refused("pixels", "packed");
  }
  return { mostBits, entries };
}

/** Decodes the bytes from `start` to `end` of a view into all of `out` between two places. */
export function decode({ mostBits, entries }: Code, view: DataView, start: number, end: number, out: Uint8Array, from: number, to: number): void {
  const bits = new BackwardBits(view, start, end);
  const first = start * 8;
  const mask = (1 << mostBits) - 1;
  let position = bits.position;
  let at = from;
  // Two at a time, while there are bits for two of the longest.
  const roomy = first + 2 * MOST_BITS;
  for (; position >= roomy && at + 1 < to; at += 2) {
    const low = position - 2 * mostBits;
    const word = view.getUint32(low >>> 3, true) >>> (low & 7);
    const one = entries[(word >>> mostBits) & mask] as number;
    const used = one >>> 8;
    const other = entries[(word >>> (mostBits - used)) & mask] as number;
    out[at] = one;
    out[at + 1] = other;
    position -= used + (other >>> 8);
  }
  for (; at < to; at += 1) {
    bits.position = position;
    const entry = entries[bits.readBeyond(mostBits)] as number;
    out[at] = entry;
    position -= entry >>> 8;
    if (position < first) throw new Refused("pixels", "packed");
  }
  if (position !== first) throw new Refused("pixels", "packed");
}
