/**
 * What all pages share: the relay, who is signed in, the lists, the log's verdict, the place.
 * Flow: the address changes -> `place` -> the page for it; a call is refused for want of a sign-in -> `signOff`, which
 * keeps the address, so that signing in again shows the same page.
 */
import { createContext, tick } from "svelte";
import type { Filter, Me, SessionRow, TicketRow, WireError } from "../generated/protocol";
import { type ConsoleApi, toApiError } from "./api";
import { Listing } from "./listing.svelte";
import { LogCheck } from "./log.svelte";
import { addressOf, type Place, placeOf } from "./route";

/** Why nobody is signed in. */
export type SignedOff = "never" | "expired" | "signedOut";

export class Console {
  /** None before it is known, or when nobody is signed in. */
  me = $state.raw<Me | null>(null);
  /** None while it is being found out, or when somebody is signed in. */
  signedOff = $state<SignedOff | null>(null);
  /** Who is signed in could not be found out. */
  startError = $state.raw<WireError | null>(null);
  place = $state.raw<Place>({ page: "nowhere" });

  readonly sessions: Listing<SessionRow>;
  readonly tickets: Listing<TicketRow>;
  readonly log: LogCheck;
  /** Where "all sessions" leads: the list as it was left. */
  listAddress = $state("#/sessions");

  constructor(readonly api: ConsoleApi) {
    const expired = (): void => this.signOff("expired");
    this.sessions = new Listing((filter: Filter, abort) => api.sessions(filter, abort), expired);
    this.tickets = new Listing((filter: Filter, abort) => api.tickets(filter, abort), expired);
    this.log = new LogCheck(api, expired);
  }

  /** Finds out who is signed in. */
  async start(): Promise<void> {
    this.startError = null;
    try {
      this.signIn(await this.api.me());
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error.signedOut) this.signedOff = "never";
      else this.startError = error.wire;
    }
  }

  signIn(me: Me): void {
    this.me = me;
    this.signedOff = null;
  }

  signOff(reason: SignedOff): void {
    if (this.me === null) return;
    this.me = null;
    this.signedOff = reason;
    this.sessions.clear();
    this.tickets.clear();
    this.log.clear();
  }

  /** Reads the address. */
  follow(hash: string): void {
    this.place = placeOf(hash);
    if (this.place.page === "sessions" || this.place.page === "tickets") this.listAddress = addressOf(this.place);
  }

  /** Changes the address, as a step that *back* undoes or in place of the current one. */
  go(place: Place, how: "push" | "replace" = "push"): void {
    const address = addressOf(place);
    if (how === "push") history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    this.follow(address);
  }

  /** Turns an error of a page into what it shows; one for want of a sign-in shows the sign-in page. */
  failed(thrown: unknown): WireError {
    const error = toApiError(thrown);
    if (error.signedOut) this.signOff("expired");
    return error.wire;
  }
}

export const [theConsole, setConsole] = createContext<Console>();

/** Puts the focus on the page's heading, so that a screen reader says where it is. */
export async function focusHeading(): Promise<void> {
  await tick();
  document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
}
