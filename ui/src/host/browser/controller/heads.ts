/**
 * Signing the heads of sessions that ended in this page, as the desktop app does.
 * Flow: a session that this page began is remembered; when its viewer has told its last and all of that is recorded, the relay is
 * asked for the head; when it is what this page knows itself it is signed, else disputed.
 * Invariant: nothing is signed that this page did not ask for after its own end, or cannot hold against its own count: a session
 * that an earlier run of it began, or that went on in another tab, is not.
 */
import type { Code, SessionHead, SessionId, SessionInfo, TicketId } from "../../../generated/protocol";
import type { Effect } from "./events";
import type { Uplink } from "./uplink";

/** Sessions whose heads may wait; the oldest is given up when there are more. */
const SESSIONS = 4;
/** Pause before a relay that could not answer is asked again, in milliseconds. */
const RETRY_MS = 5_000;
/** A relay that does not know yet that the session is over says that this is out of order. */
const LATER: ReadonlySet<Code> = new Set(["out_of_order", "busy", "too_fast", "not_recorded", "shutting_down"]);

interface Waiting {
  readonly session: SessionId;
  readonly ticket: TicketId;
  ended: boolean;
  /** The request whose answer is the head; answered once. */
  asked: number | null;
}

export class Heads {
  #waiting: Waiting[] = [];
  #retryAt = 0;

  constructor(
    private readonly relay: Uplink,
    private readonly push: (effect: Effect) => void,
  ) {}

  /** This page begins a session: its question, and the yes to it. */
  begun(info: SessionInfo): void {
    if (this.#of(info.id)) return;
    this.#waiting = [...this.#waiting, { session: info.id, ticket: info.ticket, ended: false, asked: null }].slice(-SESSIONS);
  }

  /** Did this page begin it, and is its head not signed yet? */
  began(session: SessionId): boolean {
    return this.#of(session) !== undefined;
  }

  /** It has told its last. */
  ended(session: SessionId): void {
    const one = this.#of(session);
    if (one) one.ended = true;
  }

  /** Is there one to be asked for? */
  isDue(now: number): boolean {
    return this.#due(now) !== null;
  }

  /** Asks for the next head that is due. */
  ask(now: number): void {
    const due = this.#due(now);
    if (due) due.asked = this.relay.ask({ type: "show_head", session: due.session }, { what: "head", session: due.session });
  }

  came(re: number, head: SessionHead): void {
    const one = this.#of(head.session);
    // Nobody here asked for it.
    if (!one || one.asked !== re || !this.relay.requests.is(re, "head")) return;
    one.asked = null;
    const { session } = one;
    const reports = this.relay.reportsMade(session);
    if (head.ticket === one.ticket && head.role === "viewer" && head.reports === reports) {
      this.push({ effect: "sign_head", id: this.relay.requests.expect({ what: "head", session }), head });
    } else {
      this.relay.ask({ type: "dispute_head", session, reports }, { what: "head", session });
    }
  }

  /** A request about a head was carried out. The answer to the first asks for another; after that, it is done. */
  done(session: SessionId): void {
    if (!this.relay.requests.any((purpose) => purpose.what === "head" && purpose.session === session)) this.forget(session);
  }

  /** Its head is answered, or is not this page's to sign. */
  forget(session: SessionId): void {
    this.#waiting = this.#waiting.filter((one) => one.session !== session);
  }

  /** What other tabs report is not known here. */
  leaveToOthers(): void {
    this.#waiting = [];
  }

  refused(session: SessionId, code: Code, now: number): void {
    if (LATER.has(code)) this.#retryAt = now + RETRY_MS;
    else this.forget(session);
  }

  #due(now: number): Waiting | null {
    if (now < this.#retryAt || !this.relay.online || this.relay.requests.any(({ what }) => what === "head")) return null;
    // The relay must have heard of the end, and hold everything that was reported.
    const told = (session: SessionId): boolean => !this.relay.requests.any((purpose) => purpose.what === "end" && purpose.session === session);
    return this.#waiting.find(({ session, ended }) => ended && told(session) && this.relay.allRecorded(session)) ?? null;
  }

  #of(session: SessionId): Waiting | undefined {
    return this.#waiting.find((one) => one.session === session);
  }
}
