/**
 * What is to stand in the relay's log, kept until it does.
 * Flow: each report gets its session's next number; after a reconnection everything that is not recorded is due again.
 * Invariant: numbers of a session count upwards without a gap and never name two different things.
 */
import type { ReportedEvent, SessionId } from "../../../generated/protocol";

/** Reports of one session that may wait for the relay. A session that cannot be recorded any more ends. */
export const WAITING = 2_000;
/** Sessions whose last reports may wait; the oldest is given up when there are more. */
const SESSIONS = 8;

export interface Report {
  readonly session: SessionId;
  readonly number: number;
  readonly at: number;
  readonly event: ReportedEvent;
}

interface Book {
  last: number;
  waiting: Report[];
}

export class Reports {
  readonly #books = new Map<SessionId, Book>();

  /** Nothing was reported of it yet. */
  begin(session: SessionId): void {
    Object.assign(this.#book(session), { last: 0, waiting: [] });
  }

  /** Notes it under the next number. False when too many wait. */
  add(session: SessionId, at: number, event: ReportedEvent): boolean {
    const book = this.#book(session);
    if (book.waiting.length >= WAITING) return false;
    book.last += 1;
    book.waiting.push({ session, number: book.last, at, event });
    return true;
  }

  /** The relay holds everything up to this number. */
  recorded(session: SessionId, number: number): void {
    const book = this.#books.get(session);
    if (book) book.waiting = book.waiting.filter((report) => report.number > number);
  }

  /** An earlier run of this page reported up to this number. */
  resume(session: SessionId, number: number): void {
    const book = this.#book(session);
    book.last = Math.max(book.last, number);
  }

  /** The relay wants nothing more of this session. */
  forget(session: SessionId): void {
    const book = this.#books.get(session);
    if (book) book.waiting = [];
  }

  /** Does the relay hold everything that was reported of this session? */
  allRecorded(session: SessionId): boolean {
    return (this.#books.get(session)?.waiting.length ?? 0) === 0;
  }

  /** How many reports were made of this session. */
  made(session: SessionId): number {
    return this.#books.get(session)?.last ?? 0;
  }

  all(): Report[] {
    return [...this.#books.values()].flatMap((book) => book.waiting);
  }

  #book(session: SessionId): Book {
    let book = this.#books.get(session);
    if (!book) {
      const [oldest] = this.#books.keys();
      if (this.#books.size >= SESSIONS && oldest !== undefined) this.#books.delete(oldest);
      book = { last: 0, waiting: [] };
      this.#books.set(session, book);
    }
    return book;
  }
}
