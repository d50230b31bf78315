/**
 * What all pages share: the relay, who is signed in, the lists, the log's verdict, the place.
 * Flow: the address changes -> `place` -> the page for it; a call is refused for want of a sign-in -> `signOff`, which
 * keeps the address, so that signing in again shows the same page.
 */
import { createContext, tick } from "svelte";
import type { Filter, Me, SessionRow, TicketRow, WireError } from "../generated/protocol";
import { type ConsoleApi, toApiError } from "./api";
import { Unsaved } from "./articles/editing.svelte";
import { placeFor } from "./articles/place";
import { Listing } from "./listing.svelte";
import { LogCheck } from "./log.svelte";
import { addressOf, type Place, placeOf } from "./route";
import { SavedViews } from "./views.svelte";

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
  /** Are the keyboard's shortcuts shown? */
  shortcuts = $state(false);

  readonly sessions: Listing<SessionRow>;
  readonly tickets: Listing<TicketRow>;
  readonly log: LogCheck;
  readonly views: SavedViews;
  /** Where "all sessions" and "all tickets" lead: the lists as they were left. */
  listAddress = $state("#/sessions");
  ticketsAddress = $state("#/tickets");
  /** Steps since the console was opened in this window, kept with each entry of the history: at 0, "back" would leave. */
  #depth = 0;

  constructor(readonly api: ConsoleApi) {
    const expired = (): void => this.signOff("expired");
    this.sessions = new Listing((filter: Filter, abort) => api.sessions(filter, abort), expired);
    this.tickets = new Listing((filter: Filter, abort) => api.tickets(filter, abort), expired);
    this.log = new LogCheck(api, expired);
    this.views = new SavedViews(api, expired);
  }

  /** What was written of articles and not saved. */
  readonly unsaved = new Unsaved();
  /** Holds a page that has something unsaved: told where somebody wants to go, it says whether they must wait. */
  holding: ((address: string) => boolean) | null = null;

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
    this.place = placeFor(me, this.place);
  }

  signOff(reason: SignedOff): void {
    if (this.me === null) return;
    this.me = null;
    this.signedOff = reason;
    this.sessions.clear();
    this.tickets.clear();
    this.log.clear();
    this.views.clear();
  }

  /** Reads the address. */
  follow(hash: string): void {
    const place = placeFor(this.me, placeOf(hash));
    const kept: unknown = history.state;
    if (typeof kept === "object" && kept !== null && "depth" in kept && typeof kept.depth === "number") this.#depth = kept.depth;
    else {
      // A link was followed, or the console was opened just now.
      if (this.place.page !== "nowhere") this.#depth += 1;
      history.replaceState({ depth: this.#depth }, "");
    }
    this.place = place;
    if (place.page === "sessions") this.listAddress = addressOf(place);
    if (place.page === "tickets") this.ticketsAddress = addressOf(place);
  }

  /** To the page before, or to the list when there is none. */
  back(): void {
    if (this.#depth > 0) history.back();
    else this.go(placeOf(this.place.page === "ticket" ? this.ticketsAddress : this.listAddress));
  }

  /** Changes the address, as a step that *back* undoes or in place of the current one. */
  go(place: Place, how: "push" | "replace" = "push"): void {
    const address = addressOf(place);
    if (this.holding?.(address)) return;
    if (how === "push") history.pushState({ depth: this.#depth + 1 }, "", address);
    else history.replaceState({ depth: this.#depth }, "", address);
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
