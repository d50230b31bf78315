/**
 * The verdict on the log, shared by all pages: a check reads the whole log and is itself recorded, so it is made once
 * and again only when asked for.
 */
import type { LogStatus, WireError } from "../generated/protocol";
import { type ConsoleApi, toApiError } from "./api";

export class LogCheck {
  status = $state.raw<LogStatus | null>(null);
  checking = $state(false);
  error = $state.raw<WireError | null>(null);
  #abort: AbortController | null = null;

  constructor(private readonly api: ConsoleApi, private readonly onSignedOut: () => void) {}

  /** Checks unless a verdict is there or under way. */
  ensure(): void {
    if (this.status === null && this.error === null && !this.checking) void this.check();
  }

  async check(): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.checking = true;
    this.error = null;
    try {
      const status = await this.api.log(abort.signal);
      if (this.#abort === abort) this.status = status;
    } catch (thrown) {
      if (this.#abort !== abort) return;
      const error = toApiError(thrown);
      // A verdict that is no longer certain is worse than none.
      this.status = null;
      this.error = error.wire;
      if (error.signedOut) this.onSignedOut();
    } finally {
      if (this.#abort === abort) this.checking = false;
    }
  }

  clear(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.status = null;
    this.checking = false;
    this.error = null;
  }
}
