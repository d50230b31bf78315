/**
 * Where this technician moved the pointer to, so that the user's own moves are told from what comes back of theirs.
 * Invariant: a place is forgotten after a while, the last one never.
 */
import type { InputEvent } from "../../generated/protocol";
import type { Point } from "../pointer";

/** More than are under way on any connection that can be worked on, at one a frame. */
const KEPT = 128;
const KEPT_MS = 3_000;

export class Moves {
  #sent: (Point & { at: number })[] = [];

  /** Something was sent; `now` in milliseconds. True when it moves the pointer. */
  sent(event: InputEvent, now: number): boolean {
    if (!("x" in event)) return false;
    this.#sent.push({ x: event.x, y: event.y, at: now });
    if (this.#sent.length > KEPT) this.#sent.shift();
    return true;
  }

  /** Is the pointer there because of this technician? */
  brought({ x, y }: Point, now: number): boolean {
    const last = this.#sent.at(-1);
    return this.#sent.some((sent) => sent.x === x && sent.y === y && (sent === last || now - sent.at < KEPT_MS));
  }
}
