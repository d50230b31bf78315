/**
 * The technician's end of a session as a state machine without clock, network or timers: asks, sends input, and believes
 * what the sharer says about the grant. The engine of the desktop app has the same one; the vectors that both run are in
 * `relay/protocol/vectors/viewer-session.json`.
 *
 * Flow: a `handle…` method with what happened and the time, then `take` gives what is to be done, in order;
 * `handleTimeout` is called when the instant of `timeout` has come.
 * Invariant: input is sent only while the sharer is heard and says that control is allowed: what a person typed at a
 * frozen picture is not carried out later.
 */
import type { CursorShape, EndReason, FromSharer, FromViewer, Grant, InputEvent, ReportedEvent, Signal, Typing, WireError } from "../../../generated/protocol";
import type { Candidate, Channel, LinkEvent, ViewerCommand, ViewerEffect, ViewerEvent } from "./events";
import { MAX_KEY_BYTES, REMIND_MS, UNSENT_CHAT, VERSION } from "./limits";
import { AnswerLink } from "./link";
import { Liveness } from "./liveness";
import { characters, fitsClipboard, typed } from "./text";
import { TypedText } from "./typing";
import { read } from "./wire";
import { Wishes } from "./wishes";

/** What the sharer may say of a session's end; the rest is the relay's to tell. */
const SHARERS_REASONS: ReadonlySet<EndReason> = new Set(["stopped_by_user", "expired", "lost", "failed", "untrusted", "card_revoked"]);
const bytes = (text: string): number => new TextEncoder().encode(text).length;

function isWithinLimits(event: InputEvent): boolean {
  return event.input !== "key" || (bytes(event.code) <= MAX_KEY_BYTES && bytes(event.key) <= MAX_KEY_BYTES && event.key !== "");
}

export class ViewerSession {
  #grant: Grant;
  readonly #link: AnswerLink;
  readonly #live: Liveness;
  readonly #wishes = new Wishes();
  readonly #typing = new TypedText();
  #effects: ViewerEffect[] = [];
  #open = false;
  #greeted = false;
  #announced = false;
  #pictured = false;
  #clipboard = false;
  #ended = false;
  #moves = 0;
  #pointerOrder = 0;
  /** What the sharer told over this connection, by slot. */
  #cursors: (CursorShape | undefined)[] = [];
  #remindedAt: number | null = null;
  #unsentChat: string[] = [];

  /** Begins with what the relay said was allowed; an offer is awaited. */
  constructor(
    grant: Grant,
    private readonly grantedAt: number,
    now: number,
  ) {
    this.#grant = grant;
    this.#link = new AnswerLink(now);
    this.#live = new Liveness(now);
  }

  /** Everything that is to be done now, in this order. */
  take(): ViewerEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** When `handleTimeout` wants to be called; null once it is over. */
  get timeout(): number | null {
    if (this.#ended) return null;
    return Math.min(this.#live.next, this.#link.deadline ?? Number.POSITIVE_INFINITY);
  }

  /** Time has passed. That the grant ends is the sharer's to say. */
  handleTimeout(now: number): void {
    for (let due = this.#ended ? null : this.#live.poll(now); due !== null; due = this.#ended ? null : this.#live.poll(now)) {
      if (due === "beat") this.#send("session", { type: "heartbeat" });
      else if (due === "lost") {
        this.#link.interrupted(true, now);
        this.#event({ event: "peer_lost", lost: true });
        this.#report({ event: "peer_lost" }, now);
      } else return this.#end("lost", { code: "peer_lost" });
    }
    if (!this.#ended && this.#link.poll(now)) this.#event({ event: "signal", signal: { signal: "restart" } });
  }

  /** The current connection's state changed. */
  handleLink(event: LinkEvent, now: number): void {
    if (this.#ended) return;
    switch (event) {
      case "open":
        this.#link.open();
        this.#setOpen(true, now);
        this.#send("session", { type: "hello", version: VERSION, cursor: true });
        break;
      case "interrupted":
      case "restored":
        this.#link.interrupted(event === "interrupted", now);
        break;
      case "closed":
        this.#link.closed(now);
        this.#setOpen(false, now);
    }
  }

  /** The current connection found an address of this machine. */
  handleCandidate({ candidate, mid, index }: Candidate): void {
    if (this.#ended) return;
    this.#event({ event: "signal", signal: { signal: "candidate", attempt: this.#link.attempt, candidate, mid, index } });
  }

  /** The page wants something. */
  handleCommand(command: ViewerCommand, now: number): void {
    if (this.#ended) return;
    switch (command.command) {
      case "signal":
        return this.#signal(command.signal, now);
      case "request":
        return this.#ask(this.#wishes.have(command.capability, now));
      case "give_back":
        return this.#ask(this.#wishes.giveBack(command.capability));
      case "type":
        return this.#type(command.text);
      case "stop_typing":
        // The sharer says how far it came.
        if (this.#typing.going) this.#send("session", { type: "stop_typing" });
        return;
      case "chat":
        return this.#chat(command.text);
      case "end":
        this.#send("session", { type: "bye" });
        return this.#end(command.reason, null);
    }
  }

  /** The technician pressed or moved something. */
  handleInput(event: InputEvent, now: number): void {
    if (this.#ended || !isWithinLimits(event)) return;
    // What goes up must get through, even to a peer that seems lost: it may only be slow, and would hold a key down.
    const release = event.input === "release_all" || ((event.input === "button" || event.input === "key") && !event.pressed);
    if (!this.#greeted || (this.#live.lost && !release)) return;
    if (!this.#grant.capabilities.includes("control")) return this.#remind(event, now);
    if (event.input === "move") {
      this.#send("pointer", { type: "input", ...this.#nextMove(event.x, event.y) });
      return;
    }
    // A move that is still under way must not carry the pointer off while the button is held: a newer one goes ahead of
    // the button on its own, ordered way.
    if (event.input === "button" && !this.#live.lost) this.#send("session", { type: "input", ...this.#nextMove(event.x, event.y) });
    this.#send("session", { type: "input", ...event });
  }

  /** A picture was shown. */
  handlePicture(now: number): void {
    if (this.#ended || this.#pictured) return;
    this.#pictured = true;
    this.#report({ event: "first_picture", after_ms: Math.max(0, now - this.grantedAt) }, now);
  }

  /** Pictures cannot be decoded here; `reason` is in the browser's words. */
  handleDecoderFailed(reason: string, now: number): void {
    this.#fail({ code: "internal", params: { detail: reason } }, now);
  }

  /** What came of the picture is none that an honest sharer sends. */
  handleMalformed(reason: string, now: number): void {
    this.#fail({ code: "peer_malformed", params: { detail: reason } }, now);
  }

  /** The technician copied a text. */
  handleCopied(text: string): void {
    if (!this.#clipboard) return;
    const length = characters(text);
    if (fitsClipboard(text)) {
      this.#send("session", { type: "clipboard", text });
      this.#event({ event: "clipboard_sent", characters: length });
    } else {
      this.#send("session", { type: "clipboard_too_long", characters: length });
      this.#event({ event: "clipboard_too_long", here: true, characters: length });
    }
  }

  /** A message came over the current connection. */
  handleMessage(channel: Channel, text: string, now: number): void {
    // What still comes out of a closed connection belongs to nothing any more.
    if (this.#ended || !this.#open) return;
    const reading = read(text);
    if ("error" in reading) return this.#fail(reading.error, now);
    const { message } = reading;
    this.#link.interrupted(false, now);
    const away = this.#live.heard(now);
    if (away !== null) {
      this.#event({ event: "peer_lost", lost: false });
      this.#report({ event: "peer_back", after_ms: away }, now);
    }
    if (channel === "pointer") this.#point(message, now);
    else if (message.type === "hello") this.#greet(message.version, now);
    // A sharer that cannot go on may say so before anything else.
    else if (message.type === "bye") this.#end(SHARERS_REASONS.has(message.reason) ? message.reason : "lost", message.error);
    else if (!this.#greeted) this.#fail({ code: "out_of_order" }, now);
    else this.#act(message, now);
  }

  #point(message: FromSharer, now: number): void {
    if (message.type !== "pointer") return this.#fail({ code: "not_allowed" }, now);
    if (!this.#greeted || message.order <= this.#pointerOrder) return;
    this.#pointerOrder = message.order;
    this.#event({ event: "pointer", x: message.x, y: message.y });
  }

  #act(message: FromSharer, now: number): void {
    switch (message.type) {
      case "granted": {
        const left = Math.max(0, message.grant.expires_at - message.now);
        this.#grant = { ...message.grant, expires_at: now + left };
        this.#wishes.granted(this.#grant.capabilities);
        this.#updateClipboard();
        return this.#event({ event: "granted", grant: this.#grant });
      }
      case "refused":
        this.#wishes.refused(message.capability);
        return this.#event({ event: "refused", capability: message.capability, timed_out: message.timed_out });
      case "withdrawn":
        this.#grant = { ...this.#grant, capabilities: this.#grant.capabilities.filter((capability) => capability !== message.capability) };
        this.#wishes.withdrawn(message.capability);
        this.#updateClipboard();
        return this.#event({ event: "withdrawn", capability: message.capability, reason: message.reason });
      case "screen":
        return this.#event({ event: "screen", width: message.width, height: message.height });
      case "keyboard":
        return this.#event({ event: "keyboard", layout: message.layout });
      case "typing": {
        const { type: _, ...told } = message;
        return this.#typed(this.#typing.progress(told));
      }
      case "cursor": {
        if (message.cursor === "shape") this.#cursors[message.slot] = message.shape;
        const shape = message.cursor === "hidden" ? null : this.#cursors[message.slot];
        if (shape === undefined) return this.#fail({ code: "peer_malformed", params: { detail: "a cursor that was not told" } }, now);
        return this.#event({ event: "cursor", shape });
      }
      case "input_denied":
        return this.#event({ event: "input_denied", reason: message.reason });
      case "clipboard":
        // Otherwise it crossed the technician's own giving back.
        if (!this.#clipboard) return;
        this.#effects.push({ effect: "set_clipboard", text: message.text });
        return this.#event({ event: "clipboard_received", characters: characters(message.text) });
      case "clipboard_too_long":
        if (!this.#clipboard) return;
        return this.#event({ event: "clipboard_too_long", here: false, characters: message.characters });
      case "chat":
        return this.#event({ event: "chat", text: message.text });
      case "pointer":
        return this.#fail({ code: "not_allowed" }, now);
      case "hello":
      case "heartbeat":
      case "bye":
    }
  }

  #greet(version: number, now: number): void {
    if (this.#greeted) return this.#fail({ code: "out_of_order" }, now);
    if (version !== VERSION) return this.#fail({ code: "wrong_version", params: { supported: String(VERSION) } }, now);
    this.#greeted = true;
    this.#pointerOrder = 0;
    this.#cursors = [];
    this.#moves = 0;
    if (!this.#announced) this.#event({ event: "connected" });
    this.#announced = true;
    this.#updateClipboard();
    for (const text of this.#unsentChat.splice(0)) this.#send("session", { type: "chat", text });
    // What was said over an earlier connection may never have come through.
    for (const message of this.#wishes.messages()) this.#send("session", message);
  }

  #signal(signal: Signal, now: number): void {
    switch (signal.signal) {
      case "offer":
        if (!this.#link.offered(signal.attempt, now)) return;
        this.#setOpen(false, now);
        this.#effects.push({ effect: "answer", attempt: signal.attempt, offer: signal.sdp });
        break;
      case "candidate": {
        if (signal.attempt !== this.#link.attempt) return;
        const { candidate, mid, index } = signal;
        this.#effects.push({ effect: "add_candidate", candidate: { candidate, mid, index } });
        break;
      }
      case "answer":
      case "restart":
        this.#fail({ code: "not_allowed" }, now);
    }
  }

  #setOpen(open: boolean, now: number): void {
    this.#open = open;
    this.#greeted = false;
    this.#live.setOpen(open, now);
    this.#typed(this.#typing.cancel());
    this.#updateClipboard();
  }

  #updateClipboard(): void {
    const watch = this.#greeted && !this.#ended && this.#grant.capabilities.includes("clipboard");
    if (this.#clipboard === watch) return;
    this.#clipboard = watch;
    this.#effects.push({ effect: "watch_clipboard", watch });
  }

  #nextMove(x: number, y: number): Extract<InputEvent, { input: "move" }> {
    this.#moves += 1;
    return { input: "move", order: this.#moves, x, y };
  }

  /** A wish is said now, or by `#greet` as soon as there is somebody to say it to. */
  #ask(wish: FromViewer): void {
    if (this.#greeted) this.#send("session", wish);
  }

  /** Has a text typed. While another one is, nothing is done. */
  #type(text: string): void {
    const whole = typed(text);
    if (this.#typing.going || whole === null) return;
    const begun = this.#typing.begin(characters(whole));
    if (!this.#grant.capabilities.includes("control")) return this.#typed(this.#typing.deny("not_granted"));
    // Typed later, it would go wherever the user is by then.
    if (!this.#greeted || this.#live.lost) return this.#typed(this.#typing.cancel());
    this.#typed(begun);
    this.#send("session", { type: "type", text: whole });
  }

  #typed(typing: Typing | null): void {
    if (typing) this.#event({ event: "typing", typing });
  }

  #chat(text: string): void {
    if (this.#greeted) return this.#send("session", { type: "chat", text });
    if (this.#unsentChat.length === UNSENT_CHAT) this.#unsentChat.shift();
    this.#unsentChat.push(text);
  }

  #remind(event: InputEvent, now: number): void {
    const deed = event.input === "wheel" || ((event.input === "button" || event.input === "key") && event.pressed);
    if (!deed || (this.#remindedAt !== null && now < this.#remindedAt + REMIND_MS)) return;
    this.#remindedAt = now;
    this.#event({ event: "input_denied", reason: "not_granted" });
  }

  #fail(error: WireError, now: number): void {
    if (this.#ended) return;
    this.#report({ event: "failed", code: error.code }, now);
    this.#send("session", { type: "bye" });
    this.#end("failed", error);
  }

  #end(reason: EndReason, error: WireError | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#typed(this.#typing.cancel());
    this.#updateClipboard();
    this.#event({ event: "ended", reason, error });
  }

  #send(channel: Channel, message: FromViewer): void {
    if (this.#open) this.#effects.push({ effect: "send", channel, message });
  }

  #event(event: ViewerEvent): void {
    this.#effects.push({ effect: "event", event });
  }

  #report(report: ReportedEvent, at: number): void {
    this.#event({ event: "report", at, report });
  }
}
