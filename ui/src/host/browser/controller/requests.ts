/**
 * What was asked of the relay and is not answered yet.
 * Invariant: an answer is matched to its request by number once; when the connection ends, nothing is under way.
 */
import type { Request, SessionId, TicketId, ToRelay } from "../../../generated/protocol";
import { HELLO_ID } from "../relay";

/** What an answer is about. */
export type Purpose =
  | { readonly what: "show" | "take_ticket" | "ask_again" | "request_card" | "note" | "replies" | "sign_out" }
  | { readonly what: "wrap_up" | "draft"; readonly ticket: TicketId }
  | { readonly what: "end" | "head"; readonly session: SessionId }
  | { readonly what: "report"; readonly session: SessionId; readonly number: number };

export class Requests {
  #sent = HELLO_ID;
  readonly #waiting = new Map<number, Purpose>();

  constructor(private readonly send: (request: Request) => void) {}

  /** Sends and remembers what for; without a purpose nobody waits for the answer. Gives the number that it refers to. */
  ask(body: ToRelay, purpose: Purpose | null): number {
    this.#sent += 1;
    if (purpose) this.#waiting.set(this.#sent, purpose);
    this.send({ id: this.#sent, ...body });
    return this.#sent;
  }

  /** Is the request of this number under way, and for this? */
  is(id: number, what: Purpose["what"]): boolean {
    return this.#waiting.get(id)?.what === what;
  }

  /** The number of a request that is sent as soon as it is signed. */
  expect(purpose: Purpose): number {
    this.#sent += 1;
    this.#waiting.set(this.#sent, purpose);
    return this.#sent;
  }

  any(matches: (purpose: Purpose) => boolean): boolean {
    return [...this.#waiting.values()].some(matches);
  }

  /** The answer to this number came. */
  take(id: number): Purpose | null {
    const purpose = this.#waiting.get(id) ?? null;
    this.#waiting.delete(id);
    return purpose;
  }

  /** Reports up to this number are answered. */
  recorded(session: SessionId, number: number): void {
    for (const [id, purpose] of this.#waiting) {
      if (purpose.what === "report" && purpose.session === session && purpose.number <= number) this.#waiting.delete(id);
    }
  }

  /** Is this report under way? */
  reports(session: SessionId, number: number): boolean {
    return this.any((purpose) => purpose.what === "report" && purpose.session === session && purpose.number === number);
  }

  count(what: Purpose["what"]): number {
    return [...this.#waiting.values()].filter((purpose) => purpose.what === what).length;
  }

  /** The connection is another one. */
  forget(): void {
    this.#waiting.clear();
  }
}
