/**
 * Runs a viewer's session in the page: gives its state machine what happens, does what it says.
 *
 * Flow: command, input, message, timer -> `ViewerSession` -> effects: connection, clipboard, picture, events to the page.
 * Invariant: nothing of a connection that was left reaches the session any more, and no offer does that the user's machine
 * did not sign.
 */
import type { Grant, InputEvent, SessionId, Signal } from "../../generated/protocol";
import { isOffer, sealAnswer, type Bound } from "./binding/transcript";
import { PageClipboard } from "./clipboard";
import type { Device } from "./device";
import { ScreenPainter } from "./paint";
import { Peer, type PeerEvents } from "./peer";
import type { ViewerCommand, ViewerEffect, ViewerEvent } from "./session/events";
import { ViewerSession } from "./session/viewer";

/** What a viewer needs; each can be replaced in a test. */
export interface ViewerParts {
  readonly now: () => number;
  readonly makePeer: (events: PeerEvents) => Peer;
  readonly makePainter: (onPainted: () => void, onMalformed: (reason: string) => void) => ScreenPainter;
  readonly makeClipboard: (onCopied: (text: string) => void) => PageClipboard;
}

export const browserParts: ViewerParts = {
  now: Date.now,
  makePeer: (events) => new Peer(events),
  makePainter: (onPainted, onMalformed) => new ScreenPainter(onPainted, onMalformed),
  makeClipboard: (onCopied) => new PageClipboard(onCopied),
};

/** A connection that is not answered by then is left to the sharer's next attempt, in milliseconds. */
const CONNECTING_MS = 5_000;

/** What ties the session to the two devices. */
export interface Ties {
  readonly bound: Bound;
  /** Signs this side's answers. */
  readonly device: Promise<Device>;
}

export class Viewer {
  readonly picture: ScreenPainter;
  readonly #session: ViewerSession;
  readonly #clipboard: PageClipboard;
  #peer: Peer | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Signals are taken one after the other: a candidate never overtakes the offer that is being checked. */
  #signals: Promise<void> = Promise.resolve();
  #carrying = false;
  #over = false;

  constructor(
    readonly id: SessionId,
    grant: Grant,
    private readonly ties: Ties,
    private readonly onEvent: (event: ViewerEvent) => void,
    private readonly parts: ViewerParts = browserParts,
  ) {
    const now = parts.now();
    this.#session = new ViewerSession(grant, now, now);
    this.picture = parts.makePainter(
      () => this.#happened((at) => this.#session.handlePicture(at)),
      (reason) => this.#happened((at) => this.#session.handleMalformed(reason, at)),
    );
    this.#clipboard = parts.makeClipboard((text) => this.#happened(() => this.#session.handleCopied(text)));
    this.#wait();
  }

  command(command: ViewerCommand): void {
    if (command.command === "signal") return void (this.#signals = this.#signals.then(() => this.#signalled(command.signal)));
    this.#happened((now) => this.#session.handleCommand(command, now));
  }

  async #signalled(signal: Signal): Promise<void> {
    if (signal.signal === "offer") {
      const genuine = await isOffer(this.ties.bound, signal.attempt, signal.sdp, signal.seal).catch(() => false);
      if (!genuine) {
        if (!this.#over) this.onEvent({ event: "tampered", what: "offer" });
        return;
      }
    }
    this.#happened((now) => this.#session.handleCommand({ command: "signal", signal }, now));
  }

  input(event: InputEvent): boolean {
    this.#happened((now) => this.#session.handleInput(event, now));
    return !this.#over;
  }

  /** The person has just allowed the clipboard to be read. */
  lookAtClipboard(): void {
    void this.#clipboard.look();
  }

  /** Leaves without a word: the session goes on elsewhere. */
  drop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#dropPeer();
    this.#clipboard.close();
    this.picture.close();
  }

  #happened(handle: (now: number) => void): void {
    if (this.#over) return;
    handle(this.parts.now());
    // What is said while effects are carried out waits for its turn behind them.
    if (this.#carrying) return;
    this.#carrying = true;
    this.#session.handleTimeout(this.parts.now());
    for (let effects = this.#session.take(); effects.length > 0; effects = this.#session.take()) {
      for (const effect of effects) this.#carryOut(effect);
    }
    this.#carrying = false;
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const at = this.#over ? null : this.#session.timeout;
    if (at !== null) this.#timer = setTimeout(() => this.#happened(() => undefined), Math.max(0, at - this.parts.now()));
  }

  #carryOut(effect: ViewerEffect): void {
    switch (effect.effect) {
      case "answer":
        return this.#connect(effect.attempt, effect.offer);
      case "add_candidate":
        return this.#peer?.addCandidate(effect.candidate);
      case "send":
        if (this.#peer?.send(effect.channel, JSON.stringify(effect.message)) === false) {
          this.#dropPeer();
          this.#session.handleLink("closed", this.parts.now());
        }
        return;
      case "set_clipboard":
        return void this.#clipboard.set(effect.text);
      case "watch_clipboard":
        return this.#clipboard.watch(effect.watch);
      case "event":
        return this.#told(effect.event);
    }
  }

  #told(event: ViewerEvent): void {
    if (event.event === "screen") this.picture.resize(event.width, event.height);
    // The short way: a pointer that moves changes nothing but the picture.
    else if (event.event === "pointer") return this.picture.point(event.x, event.y);
    else if (event.event === "cursor") return this.picture.look(event.shape);
    if (event.event === "ended") this.drop();
    this.onEvent(event);
  }

  #connect(attempt: number, offer: string): void {
    this.#dropPeer();
    const mine = (handle: (now: number) => void): void => {
      if (this.#peer === peer) this.#happened(handle);
    };
    const peer: Peer = this.parts.makePeer({
      onLink: (event) =>
        mine((now) => {
          if (event === "closed") this.#dropPeer();
          this.#session.handleLink(event, now);
        }),
      onCandidate: (candidate) => mine(() => this.#session.handleCandidate(candidate)),
      onMessage: (channel, text) => mine((now) => this.#session.handleMessage(channel, text, now)),
      onTrack: (track) => {
        if (this.#peer === peer) this.picture.follow(track);
      },
      onUpdates: (channel) => {
        if (this.#peer === peer) this.picture.compose(channel);
      },
    });
    this.#peer = peer;
    const failed = (): void =>
      mine((now) => {
        this.#dropPeer();
        this.#session.handleLink("closed", now);
      });
    const late = setTimeout(failed, CONNECTING_MS);
    this.#answer(peer, attempt, offer)
      .then((signal) => {
        if (this.#peer !== peer) return;
        this.onEvent({ event: "signal", signal });
        peer.answered();
      }, failed)
      .finally(() => clearTimeout(late));
  }

  async #answer(peer: Peer, attempt: number, offer: string): Promise<Signal> {
    const [sdp, device] = [await peer.answer(offer), await this.ties.device];
    return { signal: "answer", attempt, sdp, seal: await sealAnswer(device, this.ties.bound, attempt, offer, sdp) };
  }

  #dropPeer(): void {
    const old = this.#peer;
    this.#peer = null;
    old?.close();
  }
}
