/**
 * What goes on now, asked of the relay again and again while somebody looks. Flow: open (recorded) -> poll every few
 * seconds -> an answer, "nothing changed", or none; after a restart of the relay the page opens anew by itself.
 * Invariant: at most one question is under way, and none while the page is hidden.
 */
import type { Live, WireError } from "../generated/protocol";
import { type ConsoleApi, toApiError } from "./api";

/** Between two looks, in milliseconds. */
export const POLL_MS = 3_000;
/** After a failure: longer each time, up to this. */
const LONGEST_WAIT_MS = 30_000;
/** A restart of the relay is told for this long, in milliseconds of the relay's clock. */
const RESTART_TOLD_MS = 2 * 60_000;

export class LiveWatch {
  live = $state.raw<Live | null>(null);
  /** What keeps the relay from answering; none while it does. */
  error = $state.raw<WireError | null>(null);
  /** When the relay answered last, by this machine's clock. */
  heardAt = $state(0);
  /** The relay's clock minus this machine's, in milliseconds. */
  skew = $state(0);
  /** The relay was restarted while this page was open. */
  restarted = $state(false);
  paused = $state(false);
  #opening: string | null = null;
  #tag: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | null = null;
  #failures = 0;
  #stopped = true;

  constructor(
    private readonly api: ConsoleApi,
    private readonly onSignedOut: () => void,
    private readonly now: () => number = Date.now,
  ) {}

  start(): void {
    this.#stopped = false;
    void this.look();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
  }

  /** A hidden page asks nothing; one that is shown again asks at once. */
  pause(paused: boolean): void {
    if (paused === this.paused || this.#stopped) return;
    this.paused = paused;
    clearTimeout(this.#timer);
    if (!paused) void this.look();
  }

  async look(): Promise<void> {
    if (this.#abort !== null || this.#stopped) return;
    clearTimeout(this.#timer);
    const abort = new AbortController();
    this.#abort = abort;
    try {
      await this.#ask(abort.signal);
      if (this.#abort !== abort) return;
      this.heardAt = this.now();
      this.error = null;
      this.#failures = 0;
    } catch (thrown) {
      if (this.#abort !== abort) return;
      const error = toApiError(thrown);
      if (error.signedOut) {
        this.stop();
        this.onSignedOut();
        return;
      }
      this.error = error.wire;
      this.#failures += 1;
    } finally {
      if (this.#abort === abort) this.#abort = null;
    }
    if (!this.#stopped && !this.paused) {
      this.#timer = setTimeout(() => void this.look(), Math.min(POLL_MS * 2 ** Math.min(this.#failures, 4), LONGEST_WAIT_MS));
    }
  }

  async #ask(signal: AbortSignal): Promise<void> {
    if (this.#opening !== null) {
      try {
        const answer = await this.api.pollLive(this.#opening, this.#tag, signal);
        if (answer !== null) this.#take(answer.live, answer.tag);
        return;
      } catch (thrown) {
        // The relay knows this opening no more: it was restarted, or the page slept for long.
        if (toApiError(thrown).wire.code !== "out_of_order") throw thrown;
        this.#opening = null;
      }
    }
    const { opening, live } = await this.api.openLive(signal);
    this.#opening = opening;
    this.#take(live, null);
  }

  #take(live: Live, tag: string | null): void {
    const before = this.live;
    if (before !== null && before.relay_since !== live.relay_since) this.restarted = true;
    if (live.at - live.relay_since > RESTART_TOLD_MS) this.restarted = false;
    this.live = live;
    this.#tag = tag;
    this.skew = live.at - this.now();
  }
}
