/**
 * Zstandard (RFC 8878), for bytes of which the length is known before.
 *
 * A frame comes without its magic number. Its header is two bytes: that there is neither a length nor a sum nor a dictionary,
 * and the window. It is either whole, or a part of one that never ends: some whole blocks, none of them the last.
 *
 * Invariant: memory and time are bounded by the bytes that come in and the length that is expected.
 */
import { Refused } from "../refused";
import { MARGIN } from "./bits";
import { History } from "./history";
import { decode, readCode, type Code } from "./huffman";
import { atFirst, run } from "./sequences";

/** The largest window, as a power of two: 1 MiB. */
const WINDOW_LOG = 20;
const MAX_BLOCK = 1 << 17;
const HEADER = 2;
const BLOCK_HEADER = 3;
/** Fewer bytes have no four codes. */
const FOUR_STREAMS = 6;

export class Unpacker {
  readonly #history = new History();
  #repeats = atFirst();
  #code: Code | null = null;
  #mostBlock = 0;
  /** What came in, with a margin behind it. */
  #input = new Uint8Array(1 << 12);
  #view = new DataView(this.#input.buffer);
  readonly #literals = new Uint8Array(MAX_BLOCK);

  /** Unpacks a whole frame of `length` bytes. They are overwritten by the next call. */
  whole(packed: Uint8Array, length: number): Uint8Array {
    return this.#part(packed, this.#begin(packed), length, true);
  }

  /** Unpacks the first part of a frame. */
  first(packed: Uint8Array, length: number): Uint8Array {
    return this.#part(packed, this.#begin(packed), length, false);
  }

  /** Unpacks the next part. */
  next(packed: Uint8Array, length: number): Uint8Array {
    return this.#part(packed, 0, length, false);
  }

  #begin(packed: Uint8Array): number {
    const [descriptor, window] = packed;
    if (descriptor !== 0 || window === undefined) throw new Refused("pixels", "packed");
    const least = 2 ** (10 + (window >> 3));
    const size = least + (least / 8) * (window & 7);
    if (size > 1 << WINDOW_LOG) throw new Refused("pixels", "packed");
    this.#history.begin(size);
    this.#mostBlock = Math.min(size, MAX_BLOCK);
    this.#repeats = atFirst();
    this.#code = null;
    return HEADER;
  }

  #part(packed: Uint8Array, start: number, length: number, whole: boolean): Uint8Array {
    this.#load(packed);
    this.#history.expect(length, !whole);
    let at = start;
    let last = false;
    while (at < packed.length) {
      if (last || at + BLOCK_HEADER > packed.length) throw new Refused("pixels", "packed");
      const header = this.#view.getUint32(at, true) & 0xff_ffff;
      at += BLOCK_HEADER;
      last = (header & 1) === 1;
      const [kind, size] = [(header >> 1) & 3, header >> 3];
      if (size > this.#mostBlock) throw new Refused("pixels", "packed");
      const end = at + (kind === 1 ? 1 : size);
      if (end > packed.length) throw new Refused("pixels", "packed");
      this.#block(kind, at, end, size);
      at = end;
    }
    if (last !== whole || !this.#history.isFull) throw new Refused("pixels", "packed");
    return this.#history.last(length);
  }

  #load(packed: Uint8Array): void {
    const room = packed.length + MARGIN;
    if (this.#input.length < room) {
      this.#input = new Uint8Array(2 * room);
      this.#view = new DataView(this.#input.buffer);
    }
    this.#input.set(packed);
  }

  #block(kind: number, start: number, end: number, size: number): void {
    const before = this.#history.at;
    switch (kind) {
      case 0:
        this.#history.append(this.#input, start, end);
        return;
      case 1:
        this.#history.fill(this.#input[start] as number, size);
        return;
      case 2: {
        const { literals, end: after } = this.#readLiterals(start, end);
        run(this.#view, after, end, literals, this.#repeats, this.#history);
        if (this.#history.at - before > this.#mostBlock) throw new Refused("pixels", "packed");
        return;
      }
      default:
        throw new Refused("pixels", "packed");
    }
  }

  /** RFC 8878 section 3.1.1.3.1. */
  #readLiterals(start: number, end: number): { literals: Uint8Array; end: number } {
    const low = this.#view.getUint32(start, true);
    const [kind, format] = [low & 3, (low >> 2) & 3];
    if (kind < 2) {
      const [header, length] = format === 1 ? [2, (low & 0xffff) >>> 4] : format === 3 ? [3, (low & 0xff_ffff) >>> 4] : [1, (low & 0xff) >>> 3];
      const first = start + header;
      const after = first + (kind === 0 ? length : 1);
      if (length > this.#mostBlock || after > end) throw new Refused("pixels", "packed");
      if (kind === 0) return { literals: this.#input.subarray(first, after), end: after };
      return { literals: this.#literals.fill(this.#input[first] as number, 0, length).subarray(0, length), end: after };
    }
    const header = format < 2 ? 3 : format + 2;
    const bits = [10, 10, 14, 18][format] as number;
    const length = (low >>> 4) & ((1 << bits) - 1);
    const size = format < 3 ? (low >>> (4 + bits)) & ((1 << bits) - 1) : (low >>> 22) | (this.#view.getUint8(start + 4) << 10);
    const after = start + header + size;
    if (length > this.#mostBlock || after > end) throw new Refused("pixels", "packed");
    let first = start + header;
    if (kind === 2) ({ code: this.#code, end: first } = readCode(this.#view, first, after));
    if (this.#code === null) throw new Refused("pixels", "packed");
    if (format === 0) decode(this.#code, this.#view, first, after, this.#literals, 0, length);
    else this.#four(this.#code, first, after, length);
    return { literals: this.#literals.subarray(0, length), end: after };
  }

  /** Four codes beside each other, the lengths of the first three before them. */
  #four(code: Code, start: number, end: number, length: number): void {
    if (length < FOUR_STREAMS || start + 6 > end) throw new Refused("pixels", "packed");
    const quarter = (length + 3) >> 2;
    let first = start + 6;
    for (let stream = 0; stream < 4; stream += 1) {
      const after = stream < 3 ? first + this.#view.getUint16(start + 2 * stream, true) : end;
      if (after > end) throw new Refused("pixels", "packed");
      decode(code, this.#view, first, after, this.#literals, quarter * stream, Math.min(quarter * (stream + 1), length));
      first = after;
    }
  }
}
