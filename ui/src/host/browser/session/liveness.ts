/**
 * Heartbeats: when to send one, and since when the other side is silent.
 * Invariant: a peer that was never heard is not "lost" but not there yet; for both, patience ends at the same time.
 */
import { HEARTBEAT_MS, PEER_LOST_MS, SESSION_LOST_MS } from "./limits";

/** Say that we are here; the peer has just been found silent; it was silent for too long. */
export type Due = "beat" | "lost" | "gone";

export class Liveness {
  #heardAt: number;
  #everHeard = false;
  #lost = false;
  #nextBeat: number | null = null;

  constructor(now: number) {
    this.#heardAt = now;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** When something is due next. */
  get next(): number {
    const end = this.#heardAt + (this.#everHeard && !this.#lost ? PEER_LOST_MS : SESSION_LOST_MS);
    return this.#nextBeat === null ? end : Math.min(this.#nextBeat, end);
  }

  /** The channel can be used, or no longer. */
  setOpen(open: boolean, now: number): void {
    this.#nextBeat = open ? now + HEARTBEAT_MS : null;
  }

  /** The peer said something. Gives how long it was away when it had been found silent, in milliseconds. */
  heard(now: number): number | null {
    const away = this.#lost ? Math.max(0, now - this.#heardAt) : null;
    this.#lost = false;
    this.#everHeard = true;
    this.#heardAt = now;
    return away;
  }

  poll(now: number): Due | null {
    if (now >= this.#heardAt + SESSION_LOST_MS) return "gone";
    if (this.#everHeard && !this.#lost && now >= this.#heardAt + PEER_LOST_MS) {
      this.#lost = true;
      return "lost";
    }
    if (this.#nextBeat !== null && now >= this.#nextBeat) {
      this.#nextBeat = now + HEARTBEAT_MS;
      return "beat";
    }
    return null;
  }
}
