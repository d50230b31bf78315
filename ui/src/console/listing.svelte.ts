/**
 * One list with its pages: what is shown, what is under way, what went wrong. It outlives its page, so that coming
 * back from a session finds the same rows at the same place.
 * Invariant: an answer to a question that is no longer asked is dropped.
 */
import type { Filter, Page, WireError } from "../generated/protocol";
import { ApiError, toApiError } from "./api";

type Fetch<Row> = (filter: Filter, abort: AbortSignal) => Promise<Page<Row>>;

/** Rows this old are read again when their page is shown again, in milliseconds. */
const FRESH_MS = 60_000;

export class Listing<Row> {
  /** None before the first answer. */
  rows = $state.raw<readonly Row[] | null>(null);
  /** How many there are in all. */
  total = $state(0);
  next = $state<string | null>(null);
  /** The first page is under way. */
  loading = $state(false);
  /** A further page is under way. */
  loadingMore = $state(false);
  error = $state.raw<WireError | null>(null);
  /** The further page failed; the rows that are there stay. */
  moreError = $state.raw<WireError | null>(null);
  /** When the rows were read. */
  readAt = $state(0);
  /** How far the page was scrolled when it was left, in pixels. */
  scrollTop = 0;
  /** The row that was opened last, by its id. */
  opened: string | null = null;

  #asked: string | null = null;
  /** The rows that are shown answer an earlier question. */
  #stale = false;
  #filter: Filter | null = null;
  #abort: AbortController | null = null;

  constructor(
    private readonly fetch: Fetch<Row>,
    private readonly onSignedOut: (error: ApiError) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** Shows `filter`; asks the relay unless these very rows were read a moment ago. */
  show(filter: Filter): void {
    const asked = JSON.stringify(filter);
    const same = asked === this.#asked;
    if (same && (this.loading || (this.rows !== null && this.now() - this.readAt < FRESH_MS))) return;
    if (!same) {
      this.scrollTop = 0;
      this.#stale = this.rows !== null;
    }
    this.#asked = asked;
    this.#filter = filter;
    void this.reload();
  }

  /** Reads the first page again; the old rows stay until the answer is there. */
  async reload(): Promise<void> {
    const filter = this.#filter;
    if (filter === null) return;
    const abort = this.#begin();
    this.loading = true;
    this.error = null;
    this.moreError = null;
    try {
      const page = await this.fetch(filter, abort.signal);
      if (this.#abort !== abort) return;
      this.rows = page.rows;
      this.#stale = false;
      this.#take(page);
      this.readAt = this.now();
    } catch (thrown) {
      if (this.#abort !== abort) return;
      this.error = this.#failed(thrown);
      if (this.#stale) this.#drop();
    } finally {
      if (this.#abort === abort) this.loading = false;
    }
  }

  /** Adds the next page. */
  async more(): Promise<void> {
    const filter = this.#filter;
    if (filter === null || this.next === null || this.loading || this.loadingMore) return;
    const abort = this.#begin();
    this.loadingMore = true;
    this.moreError = null;
    try {
      const page = await this.fetch({ ...filter, after: this.next }, abort.signal);
      if (this.#abort !== abort) return;
      this.rows = [...(this.rows ?? []), ...page.rows];
      this.#take(page);
    } catch (thrown) {
      if (this.#abort === abort) this.moreError = this.#failed(thrown);
    } finally {
      if (this.#abort === abort) this.loadingMore = false;
    }
  }

  /** Forgets everything: another person may sign in. */
  clear(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#asked = null;
    this.#filter = null;
    this.#drop();
    this.loading = false;
    this.loadingMore = false;
    this.error = null;
    this.moreError = null;
    this.scrollTop = 0;
    this.opened = null;
  }

  #drop(): void {
    this.rows = null;
    this.total = 0;
    this.next = null;
    this.#stale = false;
  }

  #begin(): AbortController {
    this.#abort?.abort();
    this.loading = false;
    this.loadingMore = false;
    const abort = new AbortController();
    this.#abort = abort;
    return abort;
  }

  #take(page: Page<Row>): void {
    this.total = page.total;
    this.next = page.next;
  }

  #failed(thrown: unknown): WireError {
    const error = toApiError(thrown);
    if (error.signedOut) this.onSignedOut(error);
    return error.wire;
  }
}
