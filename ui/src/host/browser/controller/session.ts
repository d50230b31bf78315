/**
 * The technician's side of a session: the question to the user, the viewer, the end.
 * Invariant: what the relay is told of an end is told until it has heard it, and only what is this side's to tell.
 */
import type { Action } from "../../../generated/host";
import type { DeviceKey, EndReason, Grant, SessionId, SessionInfo, Signal, Signature, SignedReady, Tampered, WireError } from "../../../generated/protocol";
import { deviceOf, type Asked } from "../binding/ask";
import type { Verdict } from "../binding/check";
import type { ViewerCommand, ViewerEvent } from "../session/events";
import { Agreement, type Step } from "./agreement";
import type { Desk } from "./desk";
import type { Heads } from "./heads";
import type { Effect, Tell } from "./events";
import type { Uplink } from "./uplink";
import { Viewed } from "./viewed";

export class SessionAtDesk {
  /** The question that is on its way. */
  #asked: Asked | null = null;

  constructor(
    private readonly desk: Desk,
    private readonly relay: Uplink,
    private readonly push: (effect: Effect) => void,
    private readonly tell: Tell,
    private readonly device: () => DeviceKey,
    private readonly heads: Heads,
  ) {}

  /** What a person does in a session, or about one. False when it is about something else. */
  act(action: Action, now: number): boolean {
    const viewed = this.desk.session;
    switch (action.action) {
      case "withdraw_question":
        if (viewed && !viewed.grant) this.endIfAny();
        else this.#outOfOrder();
        return true;
      case "end_session":
        if (viewed) this.endIfAny();
        else this.#outOfOrder();
        return true;
      case "request":
        viewed?.request(action.capability);
        this.#tellViewer({ command: "request", capability: action.capability });
        return true;
      case "give_back":
        viewed?.giveBack(action.capability);
        this.#tellViewer({ command: "give_back", capability: action.capability });
        return true;
      case "choose_key_mode":
        if (viewed) viewed.keyboard = { ...viewed.keyboard, choice: action.choice };
        else this.#outOfOrder();
        return true;
      case "type_text":
        if (viewed?.isTyping) this.#outOfOrder();
        else this.#tellViewer({ command: "type", text: action.text });
        return true;
      case "stop_typing":
        // Once it is typed, only its progress was read.
        if (viewed?.isTyping) this.#tellViewer({ command: "stop_typing" });
        else if (viewed) viewed.typing = null;
        return true;
      case "chat":
        viewed?.talk.write(true, now, action.text);
        this.#tellViewer({ command: "chat", text: action.text });
        return true;
      default:
        return false;
    }
  }

  /** A question of ours is signed and on its way; its nonce is ours until it is revealed. */
  asks(asked: Asked): void {
    this.#asked = asked;
  }

  userIsAsked(info: SessionInfo, now: number): void {
    if (this.desk.isIn(info.id)) return;
    this.#close("lost");
    this.desk.over = null;
    const agreement = this.#asked && Agreement.ofQuestion(info, this.#asked);
    this.#asked = null;
    if (!agreement) return this.#distrust(info.id, "ask", now);
    this.#enter(info, agreement, now);
  }

  #enter(info: SessionInfo, agreement: Agreement, now: number): void {
    this.desk.session = new Viewed(info, agreement, this.desk.keyboard);
    this.#follow(info.id, agreement.heard(info), now);
  }

  ready(ready: SignedReady, now: number): void {
    this.#agree((agreement) => agreement.ready(ready), now);
  }

  granted(grant: Grant, allowance: Signature, now: number): void {
    this.#agree((agreement) => agreement.granted(grant, allowance), now);
  }

  checked(session: SessionId, verdict: Verdict, now: number): void {
    if (this.desk.isIn(session)) this.#agree((agreement) => agreement.checked(verdict), now);
  }

  /** Of the session that is asked for; there is one at a time, and what comes after its end is nobody's. */
  #agree(next: (agreement: Agreement) => Step[], now: number): void {
    const viewed = this.desk.session;
    if (viewed) this.#follow(viewed.info.id, next(viewed.agreement), now);
  }

  #follow(session: SessionId, steps: readonly Step[], now: number): void {
    for (const step of steps) {
      switch (step.step) {
        case "check":
          this.push({ effect: "check", session, check: step.check });
          break;
        case "reveal":
          // While the relay is away it waits: a welcome that knows of no reveal has it said again.
          if (this.relay.online) this.relay.ask({ type: "reveal", reveal: step.reveal }, null);
          break;
        case "begin":
          this.#begin(step);
          break;
        case "wrong_code":
          return this.#wrongCode(session);
        case "distrust":
          return this.#distrust(session, step.what, now);
      }
    }
  }

  #begin({ grant, bound }: Extract<Step, { step: "begin" }>): void {
    const viewed = this.desk.session;
    if (!viewed) return;
    viewed.grant = grant;
    if (viewed.returned) {
      this.heads.forget(viewed.info.id);
    } else {
      this.relay.begin(viewed.info.id);
      this.heads.begun(viewed.info);
    }
    this.push({ effect: "start_viewer", session: viewed.info.id, grant, bound });
    if (viewed.returned) this.relay.signal(viewed.info.id, { signal: "restart" });
    for (const signal of viewed.takeEarly()) this.toViewer(viewed.info.id, { command: "signal", signal });
  }

  /** From the user's machine, by way of the relay. */
  signal(session: SessionId, signal: Signal): void {
    const viewed = this.desk.session;
    if (viewed?.info.id !== session) return;
    if (viewed.grant) this.toViewer(session, { command: "signal", signal });
    else viewed.tooEarly(signal);
  }

  /** After a reconnection, or a reload of the page: what the relay holds of a session. */
  onReturn(info: SessionInfo | null, now: number): void {
    const desk = this.desk;
    if (desk.ending && desk.ending.session !== info?.id) desk.ending = null;
    if (desk.session && desk.session.info.id !== info?.id) this.#close("lost");
    if (!info) return;
    if (desk.ending) return this.#endAtRelay(desk.ending.session, desk.ending.reason);
    if (desk.isIn(info.id)) return this.#agree((agreement) => agreement.heard(info), now);
    // The question reached the relay, and its word of that did not reach us.
    if (this.#asked?.ask.ask.session === info.id) return this.userIsAsked(info, now);
    desk.over = null;
    // Another device of this account asked, or the nonce went with an earlier run of this page: nobody can go on with it.
    if (deviceOf(info.ask.ask.credential) !== this.device() || info.reveal === null) return this.#leave(info.id, "failed");
    this.#enter(info, Agreement.ofReturn(info, info.reveal), now);
    // Unless it was not even ours.
    if (desk.session) desk.session.returned = true;
  }

  #leave(session: SessionId, reason: EndReason): void {
    this.desk.over = reason;
    this.#endAtRelay(session, reason);
  }

  /** What was typed is not what stands on the user's screen. */
  #wrongCode(session: SessionId): void {
    this.#close("wrong_code");
    this.#leave(session, "wrong_code");
    this.tell({ code: "wrong_code" });
  }

  /** Something was not as it was sent, or not from whom it should be: nothing of the session goes on. */
  #distrust(session: SessionId, what: Tampered, now: number): void {
    this.relay.report(session, now, { event: "tampered", what });
    this.#close("untrusted");
    this.#leave(session, "untrusted");
    this.tell({ code: "untrusted", params: { what } });
  }

  ended(session: SessionId, reason: EndReason): void {
    const desk = this.desk;
    if (desk.isIn(session)) {
      this.#close(reason);
      if (reason === "wrong_code") this.tell({ code: "wrong_code" });
      return;
    }
    if (desk.ending?.session !== session) return;
    desk.ending = null;
    // What the log says is truer than what this end made of the other's silence.
    if (!desk.session) desk.over = reason;
  }

  #close(reason: EndReason): void {
    const viewed = this.desk.session;
    if (!viewed) return;
    this.desk.session = null;
    if (viewed.grant) this.toViewer(viewed.info.id, { command: "end", reason });
    this.desk.over = reason;
  }

  viewerEvent(session: SessionId, event: ViewerEvent, now: number): void {
    switch (event.event) {
      case "report":
        if (this.relay.report(session, event.at, event.report)) return;
        // Nothing happens unrecorded.
        if (this.desk.isIn(session)) {
          this.tell({ code: "not_recorded" });
          this.endIfAny();
        }
        return;
      case "signal":
        return this.relay.signal(session, event.signal);
      case "tampered":
        if (this.desk.isIn(session)) this.#distrust(session, event.what, now);
        return;
      case "ended":
        this.heads.ended(session);
        return this.#viewerEnded(session, event.reason, event.error);
      default:
        if (this.desk.isIn(session)) this.desk.session?.happened(event, now);
    }
  }

  #viewerEnded(session: SessionId, reason: EndReason, error: WireError | null): void {
    if (!this.desk.isIn(session)) return;
    this.desk.session = null;
    this.desk.over = reason;
    // Stop, the time box and a card taken back are the user's side's to tell: the relay takes them from nobody else.
    if (reason !== "stopped_by_user" && reason !== "expired" && reason !== "card_revoked") this.#endAtRelay(session, reason);
    if (error) this.tell(error);
  }

  #endAtRelay(session: SessionId, reason: EndReason): void {
    this.desk.ending = { session, reason };
    const told = this.relay.requests.any((purpose) => purpose.what === "end" && purpose.session === session);
    if (this.relay.online && !told) this.relay.ask({ type: "end_session", session, reason }, { what: "end", session });
  }

  endTold(session: SessionId): void {
    if (this.desk.ending?.session === session) this.desk.ending = null;
  }

  /** Ends what is asked for or on; the person leaves. */
  endIfAny(): void {
    const viewed = this.desk.session;
    if (!viewed) return;
    const reason: EndReason = viewed.grant ? "ended_by_technician" : "withdrawn";
    this.#close(reason);
    this.#endAtRelay(viewed.info.id, reason);
  }

  #tellViewer(command: ViewerCommand): void {
    const viewed = this.desk.session;
    if (viewed?.grant) this.toViewer(viewed.info.id, command);
    else this.#outOfOrder();
  }

  toViewer(session: SessionId, command: ViewerCommand): void {
    this.push({ effect: "to_viewer", session, command });
  }

  /** A click that came too late, or twice: nothing is done, and the person is told. */
  #outOfOrder(): void {
    this.tell({ code: "out_of_order" });
  }
}
