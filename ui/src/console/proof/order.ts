/**
 * Where a record went that does not stand in its place (the audit format, "Order").
 * Invariant: only a record that fits its own hash counts as standing somewhere, and as the one that is looked for only if it
 * continues the chain that was verified; any other line is a place and no more. That hash is not signed: what a moved record
 * says is not vouched for.
 */

import type { LogRecord } from "./canonical";

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

  /** `prev` is the hash of the last record that stood in its place. */
  constructor(private readonly seq: number, private readonly found: number, private readonly prev: string) {
    this.#next = seq + 1;
  }

  /** Takes the next line's record; null where the line is none. */
  see(record: LogRecord | null): void {
    const place = this.#next;
    this.#next += 1;
    if (record?.seq === this.seq && record.prev === this.prev) this.#elsewhere ??= place;
    else if (record?.seq === this.found) this.#again ??= place;
  }

  get outcome(): Displaced {
    const { seq, found } = this;
    if (this.#elsewhere === null) return { fault: "missing", seq, found, at: null };
    if (this.#again !== null) return { fault: "repeated", seq, found, at: this.#again };
    return this.#elsewhere === found ? { fault: "swapped", seq, found, at: null } : { fault: "moved", seq, found, at: this.#elsewhere };
  }
}
