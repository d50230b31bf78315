/**
 * Where a record went that does not stand in its place (the audit format, "Order").
 * Invariant: only a record that fits its own hash counts as standing somewhere; any other line is a place and no more.
 */

/** What is wrong with the order, by its stable name. */
export type Disorder = "missing" | "swapped" | "moved" | "repeated";

export interface Displaced {
  readonly fault: Disorder;
  /** The number that should stand there. */
  readonly seq: number;
  /** The number that stands there. */
  readonly found: number;
  /** Where a moved record stands, or the other place of a repeated one; counted from 0. */
  readonly at: number | null;
}

/** Sees the lines behind a record that stands in the place of an earlier one, up to the checkpoint. */
export class Search {
  #next: number;
  #elsewhere: number | null = null;
  #again: number | null = null;

  constructor(private readonly seq: number, private readonly found: number) {
    this.#next = seq + 1;
  }

  /** Takes the number of the next line's record; null where the line is none. */
  see(number: number | null): void {
    const place = this.#next;
    this.#next += 1;
    if (number === this.seq) this.#elsewhere ??= place;
    else if (number === this.found) this.#again ??= place;
  }

  get outcome(): Displaced {
    const { seq, found } = this;
    if (this.#elsewhere === null) return { fault: "missing", seq, found, at: null };
    if (this.#again !== null) return { fault: "repeated", seq, found, at: this.#again };
    return this.#elsewhere === found ? { fault: "swapped", seq, found, at: null } : { fault: "moved", seq, found, at: this.#elsewhere };
  }
}
