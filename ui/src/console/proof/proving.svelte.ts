/**
 * A check of the log in this page: under way, done, or failed.
 * Invariant: only a check of this relay's own log is remembered, and only when it holds against what was remembered.
 */
import type { WireError } from "../../generated/protocol";
import { ApiError, type ConsoleApi, toApiError } from "../api";
import { checkpointOf, NoCrypto } from "./checkpoint";
import { forget, remember, type Remembered, remembered } from "./remembered";
import { type Outcome, type Proof, prove } from "./verify";

/** What was checked, and what it was held against. */
export interface Checked {
  readonly outcome: Outcome;
  /** Name of the file; null for this relay's log. */
  readonly file: string | null;
  readonly given: boolean;
  readonly remembered: Remembered | null;
  /** Of a file that holds: is it signed by the key of the relay that serves this page? Null where that is not known. */
  readonly own: boolean | null;
}

export type Failure = "no_crypto" | "unreadable" | "stopped" | WireError;

/** Faults that a checkpoint from before brings to light. */
export const FROM_BEFORE: ReadonlySet<string> = new Set(["bad_kept", "cut_off", "rewritten", "other_key"]);

/** Is a log signed by the key that signed this checkpoint? */
async function isSignedAs({ log }: Proof, checkpoint: string): Promise<boolean | null> {
  const read = checkpoint === "" ? "malformed" : await checkpointOf(checkpoint, log);
  return read === "malformed" ? null : typeof read !== "string";
}

/** A file that cannot be read (any more). */
class Unreadable extends Error {}

async function* parts(stream: ReadableStream<Uint8Array>, abort: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      abort.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Whether read to its end or left before, nothing more is wanted of it.
    reader.cancel().catch(() => undefined);
  }
}

/** As `parts`; what breaks off in the middle is told as `broken` says. */
async function* partsOf(stream: ReadableStream<Uint8Array>, abort: AbortSignal, broken: () => Error): AsyncGenerator<Uint8Array> {
  try {
    yield* parts(stream, abort);
  } catch (thrown) {
    throw abort.aborted ? thrown : broken();
  }
}

export class Proving {
  /** Records that hold so far; null when nothing is under way. */
  records = $state<number | null>(null);
  checked = $state.raw<Checked | null>(null);
  failure = $state.raw<Failure | null>(null);
  forgotten = $state(false);
  #abort: AbortController | null = null;

  constructor(private readonly api: ConsoleApi, private readonly onSignedOut: () => void, private readonly now: () => number = Date.now) {}

  /** Reads and checks the log of the relay that serves this page. */
  async here(given: string): Promise<void> {
    const before = remembered();
    await this.#run(null, given, before, "", async (abort) => partsOf(await this.api.exportLog(abort), abort, () => ApiError.of("relay_unreachable")));
    const outcome = this.checked?.outcome;
    if (outcome === undefined || "fault" in outcome) return;
    remember({ checkpoint: outcome.checkpoint, key: outcome.log.key, size: outcome.size, at: this.now() });
  }

  /** Checks a file that was exported before, of whichever relay. `own` is a checkpoint of the one that serves this page, if there is one. */
  async file(file: File, given: string, own: string): Promise<void> {
    await this.#run(file.name, given, null, own, (abort) => Promise.resolve(partsOf(file.stream(), abort, () => new Unreadable())));
  }

  async #run(file: string | null, given: string, before: Remembered | null, own: string, open: (abort: AbortSignal) => Promise<AsyncIterable<Uint8Array>>): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.records = 0;
    this.checked = null;
    this.failure = null;
    this.forgotten = false;
    const pasted = given.trim() === "" ? [] : [given];
    const kept = before === null ? pasted : [before.checkpoint, ...pasted];
    try {
      const outcome = await prove(await open(abort.signal), { key: before?.key ?? null, kept }, (records) => {
        abort.signal.throwIfAborted();
        this.records = records;
      });
      const signed = "fault" in outcome ? null : await isSignedAs(outcome, own);
      if (this.#abort === abort) this.checked = { outcome, file, given: given.trim() !== "", remembered: before, own: signed };
    } catch (thrown) {
      if (this.#abort === abort) this.#failed(thrown, abort.signal.aborted);
    } finally {
      if (this.#abort === abort) this.records = null;
    }
  }

  #failed(thrown: unknown, stopped: boolean): void {
    if (stopped) this.failure = "stopped";
    else if (thrown instanceof NoCrypto) this.failure = "no_crypto";
    else if (thrown instanceof Unreadable) this.failure = "unreadable";
    else {
      const error = toApiError(thrown);
      this.failure = error.wire;
      if (error.signedOut) this.onSignedOut();
    }
  }

  stop(): void {
    this.#abort?.abort();
  }

  forget(): void {
    forget();
    this.checked = null;
    this.forgotten = true;
  }

  /** The page is left. */
  close(): void {
    this.#abort?.abort();
    this.#abort = null;
  }
}
