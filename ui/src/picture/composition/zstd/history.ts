/**
 * What was unpacked lately, which later bytes may repeat.
 *
 * Invariant: it never grows beyond what was made room for, and gives nothing that was not unpacked before.
 */
import { Refused } from "../refused";

/** Shorter ones are copied byte by byte, which takes less time than a call. */
const SHORT = 24;

export class History {
  #bytes = new Uint8Array(0);
  /** What was unpacked lies between these two. */
  #first = 0;
  #at = 0;
  #end = 0;
  #window = 0;

  /** Forgets everything. Nothing is repeated from further back than `window` bytes. */
  begin(window: number): void {
    this.#first = 0;
    this.#at = 0;
    this.#end = 0;
    this.#window = window;
  }

  /** Makes room for so many bytes, and no more; `endless` when others will follow them. */
  expect(length: number, endless: boolean): void {
    const kept = Math.min(this.#at - this.#first, this.#window);
    if (this.#at + length > this.#bytes.length) {
      // Room for as much again as is kept, so that what is kept moves seldom.
      const room = kept + length + (endless ? this.#window : 0);
      const bytes = room > this.#bytes.length ? new Uint8Array(room) : this.#bytes;
      bytes.set(this.#bytes.subarray(this.#at - kept, this.#at));
      this.#bytes = bytes;
      this.#first = 0;
      this.#at = kept;
    }
    this.#end = this.#at + length;
  }

  get at(): number {
    return this.#at;
  }

  get isFull(): boolean {
    return this.#at === this.#end;
  }

  /** The last so many bytes, until `expect` is called again. */
  last(length: number): Uint8Array {
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  append(source: Uint8Array, from: number, to: number): void {
    const at = this.#at;
    if (to - from > this.#end - at) throw new Refused("pixels", "packed");
    this.#at = at + to - from;
    if (to - from > SHORT) {
      this.#bytes.set(source.subarray(from, to), at);
      return;
    }
    const bytes = this.#bytes;
    for (let place = from, target = at; place < to; place += 1, target += 1) bytes[target] = source[place] as number;
  }

  fill(byte: number, length: number): void {
    if (length > this.#end - this.#at) throw new Refused("pixels", "packed");
    this.#bytes.fill(byte, this.#at, this.#at + length);
    this.#at += length;
  }

  /** Appends `length` bytes, each the same as the one `offset` before it. */
  repeat(offset: number, length: number): void {
    const at = this.#at;
    if (length > this.#end - at || offset < 1 || offset > this.#window || offset > at - this.#first) throw new Refused("pixels", "packed");
    this.#at = at + length;
    const bytes = this.#bytes;
    if (length <= SHORT) for (let target = at; target < at + length; target += 1) bytes[target] = bytes[target - offset] as number;
    else if (offset === 1) bytes.fill(bytes[at - 1] as number, at, at + length);
    else {
      // What is there already doubles, until there is enough.
      for (let target = at; target < at + length; ) {
        const step = Math.min(target - at + offset, at + length - target);
        bytes.copyWithin(target, at - offset, at - offset + step);
        target += step;
      }
    }
  }
}
