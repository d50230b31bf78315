/** Tables of finite state entropy (RFC 8878 section 4.1). */
import { Refused } from "../refused";
import { highestBit } from "./bits";

const LEAST_ACCURACY = 5;

/** What each state means: its symbol in the lowest byte, then the bits to read for the next state, then what to add to them. */
export interface Table {
  readonly accuracy: number;
  readonly states: Uint32Array;
}

export const symbolOf = (state: number): number => state & 0xff;
export const bitsOf = (state: number): number => (state >>> 8) & 0xff;
export const baseOf = (state: number): number => state >>> 16;

/** The only symbol there is. */
export const single = (symbol: number): Table => ({ accuracy: 0, states: Uint32Array.of(symbol) });

/** The table of a distribution: how many of its states each symbol has; -1 is less than one. */
export function table(distribution: readonly number[], accuracy: number): Table {
  // Plain loops: a hostile block may ask for the largest tables again and again.
  const size = 1 << accuracy;
  const states = new Uint32Array(size);
  const next = new Uint16Array(distribution.length);
  let high = size - 1;
  for (let symbol = 0; symbol < next.length; symbol += 1) {
    const share = distribution[symbol] as number;
    next[symbol] = Math.abs(share);
    if (share === -1) states[high--] = symbol;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (let symbol = 0; symbol < next.length; symbol += 1) {
    for (let left = distribution[symbol] as number; left > 0; left -= 1) {
      states[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at > high);
    }
  }
  for (let state = 0; state < size; state += 1) {
    const symbol = states[state] as number;
    const number = next[symbol] as number;
    next[symbol] = number + 1;
    const bits = accuracy - highestBit(number);
    states[state] = symbol | (bits << 8) | (((number << bits) - size) << 16);
  }
  return { accuracy, states };
}

/** Reads a distribution between two places of a view, and gives its table and where it ends. */
export function readTable(view: DataView, start: number, end: number, mostAccuracy: number, mostSymbol: number): { table: Table; end: number } {
  const accuracy = LEAST_ACCURACY + (view.getUint8(start) & 15);
  if (accuracy > mostAccuracy) throw new Refused("pixels", "packed");
  const distribution: number[] = [];
  let position = start * 8 + 4;
  const peek = (bits: number): number => (view.getUint32(position >>> 3, true) >>> (position & 7)) & ((1 << bits) - 1);
  let left = 1 << accuracy;
  while (left > 0) {
    if (distribution.length > mostSymbol || position > end * 8) throw new Refused("pixels", "packed");
    // A number from 0 to left + 1; the lowest ones take one bit less.
    const bits = highestBit(left + 1) + 1;
    const short = (1 << bits) - left - 2;
    let value = peek(bits - 1);
    if (value < short) position += bits - 1;
    else {
      value = peek(bits);
      position += bits;
      if (value >= 1 << (bits - 1)) value -= short;
    }
    const share = value - 1;
    left -= Math.abs(share);
    distribution.push(share);
    if (share === 0) {
      let more = 3;
      while (more === 3) {
        if (distribution.length > mostSymbol || position > end * 8 + bits) throw new Refused("pixels", "packed");
        more = peek(2);
        position += 2;
        for (let none = 0; none < more; none += 1) distribution.push(0);
      }
    }
  }
  const after = (position + 7) >>> 3;
  if (distribution.length > mostSymbol + 1 || after > end) throw new Refused("pixels", "packed");
  return { table: table(distribution, accuracy), end: after };
}
