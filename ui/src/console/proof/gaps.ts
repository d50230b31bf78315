/**
 * What a log that verifies does not tell: sessions without an end, endpoints' reports that never came, and personal values
 * that are not shown.
 * Invariant: a gap is no fault; the records are whole, what happened between them is not in them.
 */
import type { ExportedRecord } from "./canonical";

/** A session of which the log holds no end: it goes on, or its end was never told. */
export interface Unended {
  readonly session: string;
  readonly ticket: string | null;
  /** Its last record, and when that was written. */
  readonly seq: number;
  readonly at: number;
}

/** Reports `from` to `to` of one endpoint about one session, which should stand before record `seq`. */
export interface MissingReports {
  readonly session: string;
  readonly actor: string;
  readonly from: number;
  readonly to: number;
  readonly seq: number;
}

export interface Gaps {
  readonly unended: readonly Unended[];
  readonly missingReports: readonly MissingReports[];
  readonly missingReportsTotal: number;
  /** Personal values that the records commit to and that are not shown with them. */
  readonly hidden: number;
  /** Values that were erased, as the log tells. */
  readonly erased: number;
}

/** Gaps of missing reports that are named; further ones are counted. */
const MAX_MISSING_REPORTS = 1_000;

/** Codes of the records that tell of erased values, in their `fields`. */
const ERASING: ReadonlySet<string> = new Set(["person.erased", "retention.ran"]);

export class Watch {
  #open = new Map<string, Unended | null>();
  #reports = new Map<string, number>();
  #missing: MissingReports[] = [];
  #total = 0;
  #hidden = 0;
  #erased = 0;

  see({ record, revealed }: ExportedRecord): void {
    const { session, ticket, seq, at, code, actor, commitments, fields } = record;
    for (const name of commitments.keys()) if (!revealed.has(name)) this.#hidden += 1;
    const erased = ERASING.has(code) ? fields.get("fields") : 0;
    // What a forged log may count beyond is of no account.
    if (typeof erased === "number") this.#erased = Math.min(this.#erased + erased, Number.MAX_SAFE_INTEGER);
    if (session === null) return;
    const seen = this.#open.get(session);
    if (code === "session.ended") this.#open.set(session, null);
    else if (seen !== null) this.#open.set(session, { session, ticket: seen === undefined ? ticket : seen.ticket, seq, at });
    const number = fields.get("report");
    if (typeof number !== "number") return;
    const key = `${session} ${actor}`;
    const last = this.#reports.get(key) ?? 0;
    if (number > last + 1) {
      this.#total += 1;
      if (this.#missing.length < MAX_MISSING_REPORTS) this.#missing.push({ session, actor, from: last + 1, to: number - 1, seq });
    }
    this.#reports.set(key, Math.max(number, last));
  }

  gaps(): Gaps {
    const unended = [...this.#open.values()].filter((open) => open !== null).sort((a, b) => a.seq - b.seq);
    return { unended, missingReports: this.#missing, missingReportsTotal: this.#total, hidden: this.#hidden, erased: this.#erased };
  }
}
