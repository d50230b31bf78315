/**
 * What there is between the controller and the relay: the connection as it is shown, and all that waits for it.
 * Invariant: nothing is asked while the connection is down, and reports and signals that met no connection are sent after
 * the next welcome.
 */
import type { Link } from "../../../generated/host";
import type { ReportedEvent, Request, SessionId, SessionInfo, Signal, ToRelay, WireError } from "../../../generated/protocol";
import { Reports } from "./reports";
import { Requests, type Purpose } from "./requests";

/** Signals that wait for the relay to come back; the oldest go first. A session whose offers were lost makes new ones. */
const SIGNALS = 64;
/** Reports that may be under way at once; the next follow as they are recorded. */
const UNDER_WAY = 64;
/** Pause before a report that the relay could not write is sent again, in milliseconds. */
const RETRY_MS = 5_000;

export class Uplink {
  shown: Link = { link: "idle" };
  /** Of the present target; an event of another is none of ours. */
  epoch = 0;
  readonly requests: Requests;
  readonly #reports = new Reports();
  /** What is to be added to the relay's clock to have ours, in milliseconds. */
  #offset = 0;
  #signals: { readonly session: SessionId; readonly signal: Signal }[] = [];
  #retryAt: number | null = null;

  constructor(send: (request: Request) => void) {
    this.requests = new Requests(send);
  }

  get online(): boolean {
    return this.shown.link === "online";
  }

  /** An instant of the relay's clock, on ours. */
  local(relay: number): number {
    return relay + this.#offset;
  }

  /** Another target, or none. */
  retarget(shown: Link): void {
    this.epoch += 1;
    this.requests.forget();
    this.shown = shown;
  }

  /** Welcomed by a relay whose clock says this. */
  up(relayNow: number, now: number): void {
    this.shown = { link: "online" };
    this.#offset = now - relayNow;
  }

  down(error: WireError, retryAt: number): void {
    this.requests.forget();
    this.shown = { link: "offline", error, retry_at: retryAt };
  }

  /** Some of it may have been said by an earlier run of this page, unless this one began it. */
  resume(session: SessionInfo, began: boolean): void {
    this.#reports.recorded(session.id, session.reported);
    if (!began) this.#reports.resume(session.id, session.reported);
  }

  /** This page begins the session: whatever a relay says, nobody reported anything of it for this end. */
  begin(session: SessionId): void {
    this.#reports.begin(session);
  }

  /** Everything that waited for a welcome. */
  catchUp(): void {
    for (const { session, signal } of this.#signals.splice(0)) this.signal(session, signal);
    this.sendReports();
  }

  ask(body: ToRelay, purpose: Purpose | null): number {
    return this.requests.ask(body, purpose);
  }

  /** A signal for the other side; kept when the relay is away. */
  signal(session: SessionId, signal: Signal): void {
    if (this.online) this.ask({ type: "signal", session, ...signal }, null);
    else this.#signals = [...this.#signals, { session, signal }].slice(-SIGNALS);
  }

  /** Signals of a session that goes on elsewhere are nobody's. */
  dropSignals(): void {
    this.#signals = [];
  }

  /** For the log. False when too much waits for it. */
  report(session: SessionId, at: number, event: ReportedEvent): boolean {
    if (!this.#reports.add(session, at, event)) return false;
    this.sendReports();
    return true;
  }

  /** The relay holds everything up to this number. */
  recorded(session: SessionId, number: number): void {
    this.#reports.recorded(session, number);
    this.requests.recorded(session, number);
    this.sendReports();
  }

  /** Does the relay hold everything that was reported of this session? */
  allRecorded(session: SessionId): boolean {
    return this.#reports.allRecorded(session);
  }

  /** How many reports were made of this session. */
  reportsMade(session: SessionId): number {
    return this.#reports.made(session);
  }

  /** The relay could not write a report now. */
  retryReports(now: number): void {
    this.#retryAt = now + RETRY_MS;
  }

  /** The relay wants no more reports of this session. */
  forgetReports(session: SessionId): void {
    this.#reports.forget(session);
  }

  isRetryDue(now: number): boolean {
    return this.#retryAt !== null && now >= this.#retryAt;
  }

  /** What is not recorded and not under way, as far as there is room. */
  sendReports(): void {
    this.#retryAt = null;
    if (!this.online) return;
    const room = Math.max(0, UNDER_WAY - this.requests.count("report"));
    const due = this.#reports.all().filter(({ session, number }) => !this.requests.reports(session, number));
    for (const { session, number, at, event } of due.slice(0, room)) {
      this.ask({ type: "report", session, number, at, ...event }, { what: "report", session, number });
    }
  }
}
