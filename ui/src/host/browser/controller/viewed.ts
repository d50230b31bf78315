/**
 * A session that is asked for, or on, as far as it is shown.
 * Invariant: what is shown as allowed comes from the user's machine as soon as it speaks, and from the relay only before
 * that.
 */
import type { KeyboardView, Remark, ScreenView, TechnicianSession } from "../../../generated/host";
import type { Capability, Grant, KeyboardLayout, SessionInfo, Signal, Typing } from "../../../generated/protocol";
import type { ViewerEvent } from "../session/events";
import { CAPABILITIES } from "../session/wishes";
import type { Agreement } from "./agreement";
import { Talk } from "./talk";

/**
 * How long a remark stays, in milliseconds: about refused input, and about a text that was not passed on, which takes
 * reading. Others stay until something else is said.
 */
const STAYS_MS: Partial<Record<Remark["remark"], number>> = { input_denied: 5_000, copied_too_long: 15_000 };

/** Signals that may come before the user's yes is checked; further ones are left out, and asked for anew. */
const EARLY_SIGNALS = 64;

export class Viewed {
  grant: Grant | null = null;
  readonly talk = new Talk();
  keyboard: KeyboardView;
  typing: Typing | null = null;
  /** An earlier run of this page was in it: the sharer made its offer to that one. */
  returned = false;
  #early: Signal[] = [];
  #connected = false;
  #peerLost = false;
  #screen: ScreenView | null = null;
  #requested: readonly Capability[] = [];
  #remark: { readonly remark: Remark; readonly at: number } | null = null;

  /** `mine` is the layout of this machine's keyboard. */
  constructor(
    readonly info: SessionInfo,
    readonly agreement: Agreement,
    mine: KeyboardLayout | null = null,
  ) {
    this.keyboard = { mine, theirs: null, choice: "automatic" };
  }

  /** `answerBy` is when the relay stops waiting, on this machine's clock. */
  view(answerBy: number): TechnicianSession {
    const { words } = this.agreement;
    if (!this.grant) return { stage: "asking", answer_by: answerBy, words };
    return {
      stage: "open",
      grant: this.grant,
      words,
      connected: this.#connected,
      peer_lost: this.#peerLost,
      screen: this.#screen,
      requested: [...this.#requested],
      keyboard: this.keyboard,
      typing: this.typing,
      remark: this.#remark?.remark ?? null,
      chat: this.talk.chat,
      clipboard: this.talk.clipboard,
    };
  }

  /** A signal that came before there is a viewer to take it. */
  tooEarly(signal: Signal): void {
    if (this.#early.length < EARLY_SIGNALS) this.#early.push(signal);
  }

  /** Now there is one. */
  takeEarly(): Signal[] {
    return this.#early.splice(0);
  }

  get isTyping(): boolean {
    return this.typing?.state === "going";
  }

  request(capability: Capability): void {
    this.#requested = CAPABILITIES.filter((each) => each === capability || this.#requested.includes(each));
    this.#remark = null;
  }

  giveBack(capability: Capability): void {
    this.#answered(capability);
  }

  /** True when something that was shown has faded. */
  fade(now: number): boolean {
    const stays = this.#remark ? STAYS_MS[this.#remark.remark.remark] : undefined;
    if (!this.#remark || stays === undefined || now - this.#remark.at < stays) return false;
    this.#remark = null;
    return true;
  }

  happened(event: ViewerEvent, now: number): void {
    switch (event.event) {
      case "connected":
        this.#connected = true;
        break;
      case "granted":
        this.#requested = this.#requested.filter((capability) => !event.grant.capabilities.includes(capability));
        if (this.#requested.length === 0 && this.#remark?.remark.remark === "input_denied") this.#remark = null;
        this.grant = event.grant;
        break;
      case "refused":
        this.#answered(event.capability);
        this.#remark = { remark: { remark: "refused", capability: event.capability, timed_out: event.timed_out }, at: now };
        break;
      // Who asked for it anew while it was taken still has a question open.
      case "withdrawn":
        this.#remark = { remark: { remark: "withdrawn", capability: event.capability, reason: event.reason }, at: now };
        if (this.grant) {
          const capabilities = this.grant.capabilities.filter((capability) => capability !== event.capability);
          this.grant = { ...this.grant, capabilities };
        }
        break;
      case "screen":
        this.#screen = { width: event.width, height: event.height };
        break;
      case "keyboard":
        this.keyboard = { ...this.keyboard, theirs: event.layout };
        break;
      case "typing":
        this.typing = event.typing;
        break;
      case "input_denied":
        this.#remark = { remark: { remark: "input_denied", reason: event.reason }, at: now };
        break;
      case "chat":
        this.talk.write(false, now, event.text);
        break;
      case "clipboard_received":
      case "clipboard_sent":
        this.talk.copied(event.event === "clipboard_received", now, event.characters);
        break;
      case "clipboard_too_long":
        this.#remark = { remark: { remark: "copied_too_long", mine: event.here, characters: event.characters }, at: now };
        break;
      case "peer_lost":
        this.#peerLost = event.lost;
        break;
      case "pointer":
      case "cursor":
      case "signal":
      case "report":
      case "tampered":
      case "ended":
    }
  }

  #answered(capability: Capability): void {
    this.#requested = this.#requested.filter((each) => each !== capability);
  }
}
