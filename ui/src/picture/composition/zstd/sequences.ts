/** Sequences: how many literals to take, and what to repeat after them (RFC 8878 sections 3.1.1.3.2 and 3.1.1.4). */
import { Refused } from "../refused";
import { BackwardBits } from "./bits";
import { baseOf, bitsOf, readTable, single, symbolOf, table, type Table } from "./fse";
import type { History } from "./history";

/** What a code of lengths stands for: the least, and how many bits to add. */
interface Lengths {
  readonly least: Uint32Array;
  readonly bits: Uint8Array;
}

function lengths(first: number, bits: readonly number[]): Lengths {
  let least = first;
  const all = bits.map((count) => {
    least += 1 << count;
    return least - (1 << count);
  });
  return { least: Uint32Array.from(all), bits: Uint8Array.from(bits) };
}

const times = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);

const LITERALS = lengths(0, [...times(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const MATCHES = lengths(3, [...times(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
/** An offset's code is its number of bits; more than this many reach behind the largest window. */
const MOST_OFFSET_BITS = 20;

interface Kind {
  readonly mostAccuracy: number;
  readonly mostSymbol: number;
  readonly usual: Table;
}

/** In the order in which their tables stand. */
const KINDS = {
  literals: {
    mostAccuracy: 9,
    mostSymbol: 35,
    usual: table([4, 3, ...times(11, 2), 1, 1, 1, ...times(9, 2), 3, 2, ...times(5, 1), ...times(4, -1)], 6),
  },
  offset: { mostAccuracy: 8, mostSymbol: 31, usual: table([...times(6, 1), 2, 2, 2, ...times(15, 1), ...times(5, -1)], 5) },
  match: { mostAccuracy: 9, mostSymbol: 52, usual: table([1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)], 6) },
} as const satisfies Record<string, Kind>;

/** What a block keeps for the next one. */
export interface Repeats {
  offsets: [number, number, number];
  tables: { literals: Table | null; offset: Table | null; match: Table | null };
}

export const atFirst = (): Repeats => ({ offsets: [1, 4, 8], tables: { literals: null, offset: null, match: null } });

/** Carries out the sequences between two places of a view; literals come from the front of `literals`, all of them. */
export function run(view: DataView, start: number, end: number, literals: Uint8Array, repeats: Repeats, out: History): void {
  if (start >= end) throw new Refused("pixels", "packed");
  let at = start;
  // A block cut short gives bytes that follow it; the bits of its sequences are then missing.
  const byte = (): number => view.getUint8(at++);
  let count = byte();
  if (count === 0) {
    if (at !== end) throw new Refused("pixels", "packed");
    out.append(literals, 0, literals.length);
    return;
  }
  if (count === 255) count = byte() + byte() * 256 + 0x7f00;
  else if (count > 127) count = (count - 128) * 256 + byte();
  const modes = byte();
  if ((modes & 3) !== 0) throw new Refused("pixels", "packed");

  const read = (mode: number, { mostAccuracy, mostSymbol, usual }: Kind, before: Table | null): Table => {
    let next = mode === 0 ? usual : before;
    if (mode === 1) {
      const symbol = byte();
      next = symbol > mostSymbol ? null : single(symbol);
    } else if (mode === 2) ({ table: next, end: at } = readTable(view, at, end, mostAccuracy, mostSymbol));
    if (next === null || at > end) throw new Refused("pixels", "packed");
    return next;
  };
  const { tables } = repeats;
  tables.literals = read(modes >> 6, KINDS.literals, tables.literals);
  tables.offset = read((modes >> 4) & 3, KINDS.offset, tables.offset);
  tables.match = read((modes >> 2) & 3, KINDS.match, tables.match);
  carryOut(new BackwardBits(view, at, end), count, tables as Record<keyof typeof KINDS, Table>, literals, repeats, out);
}

function carryOut(bits: BackwardBits, count: number, tables: Record<keyof typeof KINDS, Table>, literals: Uint8Array, repeats: Repeats, out: History): void {
  const { literals: literalTable, offset: offsetTable, match: matchTable } = tables;
  let literalState = literalTable.states[bits.read(literalTable.accuracy)] as number;
  let offsetState = offsetTable.states[bits.read(offsetTable.accuracy)] as number;
  let matchState = matchTable.states[bits.read(matchTable.accuracy)] as number;
  let [last, second, third] = repeats.offsets;
  let taken = 0;
  for (let left = count; left > 0; left -= 1) {
    const offsetBits = symbolOf(offsetState);
    if (offsetBits > MOST_OFFSET_BITS) throw new Refused("pixels", "packed");
    const value = (1 << offsetBits) + bits.read(offsetBits);
    const matchCode = symbolOf(matchState);
    const match = (MATCHES.least[matchCode] as number) + bits.read(MATCHES.bits[matchCode] as number);
    const literalCode = symbolOf(literalState);
    const literal = (LITERALS.least[literalCode] as number) + bits.read(LITERALS.bits[literalCode] as number);

    // 1 to 3 are the last offsets, or, after no literals, the second, the third, and the last less one.
    const which = value > 3 ? 4 : literal === 0 ? value : value - 1;
    const offset = which === 0 ? last : which === 1 ? second : which === 2 ? third : which === 3 ? last - 1 : value - 3;
    if (which > 0) {
      if (which > 1) third = second;
      second = last;
      last = offset;
    }
    if (taken + literal > literals.length) throw new Refused("pixels", "packed");
    out.append(literals, taken, taken + literal);
    taken += literal;
    out.repeat(offset, match);

    if (left > 1) {
      literalState = literalTable.states[baseOf(literalState) + bits.read(bitsOf(literalState))] as number;
      matchState = matchTable.states[baseOf(matchState) + bits.read(bitsOf(matchState))] as number;
      offsetState = offsetTable.states[baseOf(offsetState) + bits.read(bitsOf(offsetState))] as number;
    }
  }
  if (bits.left !== 0) throw new Refused("pixels", "packed");
  repeats.offsets = [last, second, third];
  out.append(literals, taken, literals.length);
}
