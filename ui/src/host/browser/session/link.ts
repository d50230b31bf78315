/**
 * When to ask for a new offer. The sharer offers; this side answers.
 * Invariant: attempts are numbered upwards from 1; an offer that does not carry a higher number than the current is old.
 */
import { ATTEMPT_MS, BROKEN_MS, RETRY_MS } from "./limits";

type State = { readonly is: "trying" | "broken"; readonly until: number } | { readonly is: "open" };

export class AnswerLink {
  #attempt = 0;
  #state: State;

  /** The first offer is awaited. */
  constructor(now: number) {
    this.#state = { is: "broken", until: now + BROKEN_MS };
  }

  /** The current attempt's number; 0 before the first offer. */
  get attempt(): number {
    return this.#attempt;
  }

  /** When to poll next; null for never. */
  get deadline(): number | null {
    return this.#state.is === "open" ? null : this.#state.until;
  }

  /** An offer came. False when it is an old one. */
  offered(attempt: number, now: number): boolean {
    if (attempt <= this.#attempt) return false;
    this.#attempt = attempt;
    this.#state = { is: "trying", until: now + ATTEMPT_MS };
    return true;
  }

  /** The connection can be used. */
  open(): void {
    this.#state = { is: "open" };
  }

  /** Nothing comes through, or again. */
  interrupted(interrupted: boolean, now: number): void {
    if (interrupted && this.#state.is === "open") this.#state = { is: "broken", until: now + BROKEN_MS };
    else if (!interrupted && this.#state.is === "broken") this.#state = { is: "open" };
  }

  /** The connection is of no further use. */
  closed(now: number): void {
    this.#state = { is: "broken", until: now + RETRY_MS };
  }

  /** Is it time to ask for a new offer? */
  poll(now: number): boolean {
    const due = this.#state.is !== "open" && now >= this.#state.until;
    if (due) this.#state = { is: "broken", until: now + ATTEMPT_MS };
    return due;
  }
}
