/**
 * The page's one state and its only writer, as the desktop app has one for both sides; here there is only the technician's.
 *
 * Flow: `handle` takes an event and the time, changes the state, and gives back effects, to be carried out in order. No
 * clock, no network, no storage in here.
 * Invariant: what the page shows is computed from the state (`view`) and never stored beside it. An event of an earlier
 * target of the connection changes nothing.
 */
import type { Action, TechnicianPage, View } from "../../../generated/host";
import type {
  Code,
  CodeSecret,
  Identity,
  Language,
  Outcome,
  TicketId,
  Token,
  Welcomed,
  WireError,
} from "../../../generated/protocol";
import type { LinkEvent } from "../relay";
import type { ToTechnician } from "../relay-wire";
import type { Settings } from "../storage";
import type { Asked, Means } from "../binding/ask";
import { isNamed } from "../binding/card";
import { articleDeed } from "./articles";
import { cardRequest, cardView, goodCard, technicianOf } from "./card";
import { Desk } from "./desk";
import type { AskWhy, Effect, Event } from "./events";
import { technicianPage } from "./page";
import type { Profile } from "./profile";
import { Heads } from "./heads";
import { SessionAtDesk } from "./session";
import { Uplink } from "./uplink";

/** Out of order only means that an earlier report, sent with it, did not get through. */
const PASSING: ReadonlySet<Code> = new Set(["not_recorded", "busy", "shutting_down", "too_fast", "out_of_order"]);

/** A code's second part, as it is shown. */
const SECRET = /^[0-9]{6}$/;

type Welcome = Extract<LinkEvent, { link: "online" }>;
type WelcomedTechnician = Extract<Welcomed, { as: "technician" }>;

export class Technician {
  readonly #relay: Uplink;
  readonly #desk = new Desk();
  readonly #session: SessionAtDesk;
  readonly #heads: Heads;
  #effects: Effect[] = [];
  #now = 0;
  #notice: View["notice"] = null;
  #notices = 0;
  #signingIn = false;
  /** The relay has asked for the code of the second factor. */
  #secondFactor = false;
  /** Another tab or program took this account's place. */
  #elsewhere = false;

  constructor(
    private readonly profile: Profile,
    private settings: Settings,
    private token: Token | null,
  ) {
    const push = (effect: Effect): void => void this.#effects.push(effect);
    this.#relay = new Uplink((request) => push({ effect: "send", request }));
    this.#heads = new Heads(this.#relay, push);
    this.#session = new SessionAtDesk(this.#desk, this.#relay, push, (error) => this.#tell(error), () => this.#desk.device, this.#heads);
  }

  /** Connects, when the tab was signed in before, and shows the first view. */
  start(now: number): Effect[] {
    return this.#turn(now, () => {
      if (this.token) this.#connectAs({ as: "token", token: this.token });
    });
  }

  /** One event, with all its consequences. */
  handle(event: Event, now: number): Effect[] {
    switch (event.event) {
      case "act":
        return this.#turn(now, () => this.#act(event.action));
      case "link":
        return event.epoch === this.#relay.epoch ? this.#turn(now, () => this.#linkEvent(event.link)) : [];
      case "viewer":
        return this.#turn(now, () => this.#session.viewerEvent(event.session, event.viewer, now));
      case "own_keyboard":
        return this.#turn(now, () => this.#desk.keyboardIs(event.layout));
      case "device":
        return this.#turn(now, () => (this.#desk.device = event.key));
      case "signed_ask":
        return this.#turn(now, () => this.#signedAsk(event.why, event.asked));
      case "signed_card_request":
        return this.#turn(now, () => {
          if (this.#relay.online) this.#relay.ask({ type: "request_card", request: event.request }, { what: "request_card" });
        });
      case "not_signed":
        return this.#turn(now, () => {
          this.#desk.signing = false;
          this.#tell({ code: "internal", params: { detail: event.detail } });
        });
      case "checked":
        return this.#turn(now, () => this.#session.checked(event.session, event.verdict, now));
      case "tick":
        return this.#tick(now);
    }
  }

  get inSession(): boolean {
    return this.#desk.session?.grant != null;
  }

  view(): View {
    return {
      language: this.#language,
      theme: this.settings.theme,
      version: this.profile.version,
      organisation: { ...this.profile.organisation, relay: this.profile.relay },
      link: this.#relay.shown,
      notice: this.#notice,
      offer: null,
      stated: { name: this.#desk.person?.name ?? "", machine: "" },
      side: { role: "technician", ...this.#page() },
    };
  }

  #turn(now: number, change: () => unknown): Effect[] {
    this.#now = now;
    change();
    this.#heads.ask(now);
    this.#effects.push({ effect: "emit", view: this.view() });
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #tick(now: number): Effect[] {
    const due = this.#relay.isRetryDue(now);
    const faded = this.#desk.session?.fade(now) ?? false;
    // A card ends, or comes near its end, while nobody does anything.
    const stands = cardView(this.#desk, now).card !== cardView(this.#desk, this.#now).card;
    const changed = faded || stands || this.#heads.isDue(now);
    return due || changed ? this.#turn(now, () => due && this.#relay.sendReports()) : [];
  }

  get #language(): Language {
    return this.settings.language ?? this.profile.language;
  }

  #page(): TechnicianPage {
    const byToken = this.token !== null && !this.#elsewhere;
    return technicianPage(this.#desk, this.#relay, { busy: this.#signingIn || byToken, login: this.settings.login, second_factor: this.#secondFactor }, this.#now);
  }

  #act(action: Action): void {
    if (this.#session.act(action, this.#now)) return;
    switch (action.action) {
      case "set_language":
        this.#keepSettings({ ...this.settings, language: action.language });
        return this.#identify();
      case "set_theme":
        return this.#keepSettings({ ...this.settings, theme: action.theme });
      case "dismiss_notice":
        this.#notice = null;
        return;
      case "reconnect":
        this.#effects.push({ effect: "retry_now" });
        return;
      case "sign_in":
        return this.#signIn(action.login, action.password, action.second_factor ?? undefined);
      case "sign_out":
        return this.#signOut();
      case "show_ticket":
        this.#desk.show(action.ticket);
        if (action.ticket !== null && !this.#needsRelay()) this.#look();
        return;
      case "take_ticket":
        return this.#take(action.ticket);
      case "take_by_code":
        return this.#takeByCode(action.ticket, action.secret);
      case "ask_again":
        return this.#askAgain();
      case "request_card":
        return this.#requestCard();
      case "add_note":
        return this.#addNote(action.text);
      case "wrap_up":
        return this.#wrapUp(action, action.message, action.note);
      default:
        // What is none of the articles' either is a user's deed, which needs the desktop app.
        if (articleDeed(action, this.#desk, this.#relay, () => this.#needsRelay()) !== "done") this.#outOfOrder();
    }
  }

  #signIn(login: string, password: string, code?: string): void {
    if (this.#desk.person || this.#signingIn) return this.#outOfOrder();
    this.#notice = null;
    this.#signingIn = true;
    this.#secondFactor = code !== undefined;
    this.#elsewhere = false;
    if (this.settings.login !== login) this.#keepSettings({ ...this.settings, login });
    this.#connectAs({ as: "password", login, password, ...(code === undefined ? {} : { second_factor: code }) });
  }

  #signInFailed(error: WireError): void {
    this.#signingIn = false;
    this.#desk.person = null;
    if (error.code === "sign_in_expired" || error.code === "sign_in_failed") this.#keepToken(null);
    // Being asked for a second factor is no failure: the page asks for it.
    this.#secondFactor = error.code === "second_factor_needed" || error.code === "second_factor_wrong" || error.code === "second_factor_locked";
    if (error.code !== "second_factor_needed") this.#tell(error);
    this.#disconnect();
  }

  #signOut(): void {
    this.#session.endIfAny();
    if (this.#relay.online) this.#relay.ask({ type: "sign_out" }, { what: "sign_out" });
    this.#desk.forget();
    this.#keepToken(null);
    this.#disconnect();
  }

  #take(ticket: TicketId): void {
    if (this.#desk.inHand !== null) return this.#tell({ code: "session_open" });
    if (this.#needsRelay()) return;
    this.#desk.shown = ticket;
    const means = this.#byCard();
    if (means) this.#sign("take_ticket", ticket, means);
  }

  /** A code was typed. With a good card, unless the other machine did not believe it, it only says which ticket. */
  #takeByCode(ticket: TicketId, secret: CodeSecret): void {
    const { inHand, session, over } = this.#desk;
    if (session || (inHand !== null && inHand !== ticket)) return this.#tell({ code: "session_open" });
    if (!this.profile.organisation.codes) return this.#tell({ code: "against_policy" });
    // What cannot be a code costs its user none of the few tries.
    if (!SECRET.test(secret)) return this.#tell({ code: "wrong_code" });
    if (this.#needsRelay()) return;
    const card = over === "untrusted" ? null : goodCard(this.#desk, this.#now);
    const technician = technicianOf(this.#desk.person);
    if (!technician) return this.#outOfOrder();
    if (!card && isNamed(this.#desk.revocations, this.#desk.device)) return this.#tell({ code: "card_needed", params: { fault: "revoked" } });
    this.#desk.shown = ticket;
    this.#sign(inHand === null ? "take_ticket" : "ask_again", ticket, card ? { by: "card", card } : { by: "code", technician, secret });
  }

  #askAgain(): void {
    const ticket = this.#desk.inHand;
    if (ticket === null || this.#desk.session) return this.#outOfOrder();
    if (this.#needsRelay()) return;
    const means = this.#byCard();
    if (means) this.#sign("ask_again", ticket, means);
  }

  /** Without a code a question needs a good card; null when there is none, which is told. */
  #byCard(): Means | null {
    const card = goodCard(this.#desk, this.#now);
    if (card) return { by: "card", card };
    const stands = cardView(this.#desk, this.#now);
    this.#tell({ code: "card_needed", ...(stands.card === "needed" ? { params: { fault: stands.fault } } : {}) });
    return null;
  }

  /** A question needs this device's signature. */
  #sign(why: AskWhy, ticket: TicketId, means: Means): void {
    if (this.#desk.signing) return this.#outOfOrder();
    this.#desk.signing = true;
    this.#effects.push({ effect: "sign_ask", why, wish: { ticket, capabilities: ["view", "control", "clipboard"], at: this.#now, means } });
  }

  #signedAsk(why: AskWhy, asked: Asked): void {
    // Signed out meanwhile.
    if (!this.#desk.signing) return;
    this.#desk.signing = false;
    if (this.#needsRelay()) return;
    this.#forgetNoticeOf("wrong_code");
    this.#session.asks(asked);
    this.#relay.ask({ type: why, ask: asked.ask }, { what: why });
  }

  #requestCard(): void {
    const request = cardRequest(this.#desk, this.#now);
    if (!request) return this.#outOfOrder();
    if (!this.#needsRelay()) this.#effects.push({ effect: "sign_card_request", request });
  }

  #addNote(text: string): void {
    const ticket = this.#desk.lookedAt;
    if (ticket === null) return this.#outOfOrder();
    if (!this.#needsRelay()) this.#relay.ask({ type: "add_note", ticket, text }, { what: "note" });
  }

  #wrapUp(outcome: Outcome, message: string | null, note: string | null): void {
    const ticket = this.#desk.inHand;
    if (ticket === null) return this.#outOfOrder();
    if (this.#needsRelay()) return;
    const how: Outcome = outcome.outcome === "escalated" ? { outcome: "escalated", to: outcome.to } : { outcome: outcome.outcome };
    this.#relay.ask({ type: "wrap_up", ticket, ...how, message, note }, { what: "wrap_up", ticket });
  }

  #connectAs(identity: Identity): void {
    this.#relay.retarget({ link: "connecting" });
    this.#effects.push({ effect: "connect", epoch: this.#relay.epoch, identity, language: this.#language });
  }

  #disconnect(): void {
    this.#relay.retarget({ link: "idle" });
    this.#effects.push({ effect: "disconnect" });
  }

  /** At the next hello we are this; the connection stays. */
  #identify(): void {
    if (this.token) this.#effects.push({ effect: "identify", identity: { as: "token", token: this.token }, language: this.#language });
  }

  #linkEvent(event: LinkEvent): void {
    switch (event.link) {
      case "connecting":
        this.#elsewhere = false;
        this.#relay.shown = { link: "connecting" };
        return;
      case "online":
        this.#relay.up(event.now, this.#now);
        if (event.welcomed.as === "technician") return this.#welcomed(event.welcomed, event);
        // The relay took us for somebody else; nothing it says now can be for us.
        this.#tell({ code: "out_of_order" });
        return this.#disconnect();
      case "message":
        return this.#relaySaid(event.message);
      case "offline":
        if (this.#signingIn) return this.#signInFailed(event.error);
        if (event.error.code === "replaced") this.#leaveToOthers();
        return this.#relay.down(event.error, this.#now + event.retryMs);
      case "rejected":
        return this.#signInFailed(event.error);
    }
  }

  /** This account works in another tab or program now: nothing here may touch its session, and nothing stale is shown. */
  #leaveToOthers(): void {
    const session = this.#desk.session?.info.id;
    if (session !== undefined) this.#effects.push({ effect: "drop_viewer", session });
    this.#desk.forget();
    this.#relay.dropSignals();
    this.#heads.leaveToOthers();
    this.#elsewhere = true;
  }

  #welcomed({ person, token, queue, card }: WelcomedTechnician, { session, revocations }: Welcome): void {
    const desk = this.#desk;
    if (session) this.#relay.resume(session, this.#heads.began(session.id));
    const first = desk.person === null;
    this.#signingIn = false;
    this.#secondFactor = false;
    this.#keepToken(token);
    this.#identify();
    desk.person = person;
    desk.card = card;
    if (revocations) desk.revoked(revocations.revocations);
    desk.refill(queue);
    this.#session.onReturn(session, this.#now);
    this.#look();
    this.#relay.catchUp();
    // Once after a sign-in, without being told: the administrator only has to say yes.
    if (first && person.role === "technician" && cardView(desk, this.#now).card === "needed") this.#requestCard();
  }

  #relaySaid(message: ToTechnician): void {
    const desk = this.#desk;
    switch (message.type) {
      case "done":
        return this.#done(message.re);
      case "refused":
        return this.#refused(message.re, message.error);
      case "recorded":
        return this.#relay.recorded(message.session, message.number);
      case "queue_changed": {
        const before = desk.inHand;
        if (desk.changed(message.entry)) this.#effects.push({ effect: "notify", summary: message.entry.summary });
        if (desk.inHand === before) return;
        desk.over = null;
        return this.#look();
      }
      case "queue_left":
        return desk.left(message.ticket, message.why);
      case "detail":
        return desk.detailCame(message.detail);
      case "asked":
        return this.#session.userIsAsked(message.session, this.#now);
      case "ready":
        return this.#session.ready(message.ready, this.#now);
      case "granted":
        return this.#session.granted(message.grant, message.allowance, this.#now);
      case "card":
        desk.card = message.card;
        desk.cardRequested = false;
        this.#forgetNoticeOf("card_needed");
        return;
      case "revocations":
        return desk.revoked(message.revocations.revocations);
      case "signal":
        return this.#session.signal(message.session, message);
      case "head":
        return this.#heads.came(message.re, message.head);
      case "session_ended":
        return this.#session.ended(message.session, message.reason);
      case "replies":
        if (desk.person) desk.replies = message.replies;
        return;
      case "challenge":
      case "welcome":
        // A greeting in the middle of a conversation.
        return;
    }
  }

  #done(re: number): void {
    const purpose = this.#relay.requests.take(re);
    switch (purpose?.what) {
      case "wrap_up":
        return this.#desk.wrappedUp(purpose.ticket);
      case "draft":
        return void (this.#desk.drafted = purpose.ticket);
      case "request_card":
        return void (this.#desk.cardRequested = true);
      case "end":
        return this.#session.endTold(purpose.session);
      case "head":
        return this.#heads.done(purpose.session);
      case "report":
        // Done means written, and reports are written in order.
        return this.#relay.recorded(purpose.session, purpose.number);
    }
  }

  #refused(re: number, error: WireError): void {
    const purpose = this.#relay.requests.take(re);
    switch (purpose?.what) {
      case undefined:
      case "sign_out":
        return;
      // The session is over already, which was the wish.
      case "end":
        return this.#session.endTold(purpose.session);
      case "head":
        return this.#heads.refused(purpose.session, error.code, this.#now);
      case "report":
        return PASSING.has(error.code) ? this.#relay.retryReports(this.#now) : this.#relay.forgetReports(purpose.session);
      default:
        return this.#tell(error);
    }
  }

  /** Asks for all about the ticket that is looked at; the relay tells every change of the one in hand by itself. */
  #look(): void {
    const ticket = this.#desk.lookedAt;
    if (ticket !== null && this.#relay.online) this.#relay.ask({ type: "show_ticket", ticket }, { what: "show" });
  }

  /** Says that the relay is needed for this and not there. */
  #needsRelay(): boolean {
    if (!this.#relay.online) this.#tell({ code: "relay_unreachable" });
    return !this.#relay.online;
  }

  #keepSettings(settings: Settings): void {
    this.settings = settings;
    this.#effects.push({ effect: "keep_settings", settings });
  }

  #keepToken(token: Token | null): void {
    if (token === this.token) return;
    this.token = token;
    this.#effects.push({ effect: "keep_token", token });
  }

  #tell(error: WireError): void {
    this.#notices += 1;
    this.#notice = { id: this.#notices, error };
  }

  /** What it asked for was done. */
  #forgetNoticeOf(code: Code): void {
    if (this.#notice?.error.code === code) this.#notice = null;
  }

  /** A click that came too late, or twice: nothing is done, and the person is told. */
  #outOfOrder(): void {
    this.#tell({ code: "out_of_order" });
  }
}

