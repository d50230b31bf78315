/**
 * The team's figures as the page shows them: what is there, what is under way, what went wrong.
 * Invariant: an answer to a question that is no longer asked is dropped; old figures stay, faded, until new ones come.
 */
import type { FiguresQuery, TeamFigures, WireError } from "../../generated/protocol";
import type { FiguresApi } from "./api";

export class Team {
  figures = $state.raw<TeamFigures | null>(null);
  /** The question that `figures` answer. */
  answered = $state.raw<FiguresQuery | null>(null);
  loading = $state(false);
  error = $state.raw<WireError | null>(null);
  #asked: FiguresQuery | null = null;
  #abort: AbortController | null = null;

  /** `failed` turns what was thrown into what is shown. */
  constructor(private readonly api: FiguresApi, private readonly failed: (thrown: unknown) => WireError) {}

  /** Shows `query`, unless it is shown already. */
  show(query: FiguresQuery): void {
    if (JSON.stringify(query) === JSON.stringify(this.#asked)) return;
    this.#asked = query;
    void this.reload();
  }

  async reload(): Promise<void> {
    const query = this.#asked;
    if (query === null) return;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.loading = true;
    this.error = null;
    try {
      const figures = await this.api.figures(query, abort.signal);
      if (this.#abort !== abort) return;
      this.figures = figures;
      this.answered = query;
    } catch (thrown) {
      if (this.#abort !== abort) return;
      this.error = this.failed(thrown);
      // Figures of another period under this one's name would be read as its own.
      if (this.answered !== query) this.figures = null;
    } finally {
      if (this.#abort === abort) this.loading = false;
    }
  }

  /** The page is left. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
  }
}
