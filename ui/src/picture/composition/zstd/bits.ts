/**
 * Bits that are read from the end of their bytes to the front, as Zstandard writes them (RFC 8878 section 4.1).
 *
 * Invariant: bits before the first byte are never given; who asks for more than there are is refused.
 */
import { Refused } from "../refused";

/** Bytes behind the last that may be looked at, though they mean nothing. */
export const MARGIN = 8;

/** Place of the highest bit that is 1; the number is above 0. */
export const highestBit = (number: number): number => 31 - Math.clz32(number);

export class BackwardBits {
  /** Bits in front of what was read, counted from the view's beginning. */
  position: number;
  readonly #first: number;

  /** The bytes from `start` to `end` of a view, which goes on for `MARGIN` bytes. The highest 1 of the last only marks it. */
  constructor(
    readonly view: DataView,
    start: number,
    end: number,
  ) {
    const last = end > start ? view.getUint8(end - 1) : 0;
    if (last === 0) throw new Refused("pixels", "packed");
    this.#first = start * 8;
    this.position = (end - 1) * 8 + highestBit(last);
  }

  get left(): number {
    return this.position - this.#first;
  }

  /** At most 24 bits. */
  read(count: number): number {
    const position = this.position - count;
    if (position < this.#first) throw new Refused("pixels", "packed");
    this.position = position;
    return (this.view.getUint32(position >>> 3, true) >>> (position & 7)) & ((1 << count) - 1);
  }

  /** As `read`, with zeros for the bits that are not there any more; `left` is below 0 then. */
  readBeyond(count: number): number {
    const lacking = count - this.left;
    if (lacking <= 0) return this.read(count);
    const bits = lacking < count ? this.read(count - lacking) << lacking : 0;
    this.position = this.#first - lacking;
    return bits;
  }
}
