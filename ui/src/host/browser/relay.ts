/**
 * The connection to the relay that served this page: one WebSocket, kept up as long as somebody wants it.
 *
 * Flow: a target is named; challenge -> hello -> welcome; then messages both ways. A lost connection is made anew, later
 * each time.
 * Invariant: every event carries the epoch of the target it belongs to, so that nothing said to an earlier identity is ever
 * taken for the present one.
 */
import type { Code, Identity, Language, Request, SessionInfo, SignedRevocations, Welcomed, WireError } from "../../generated/protocol";
import { helloBytes, type Device } from "./device";
import { read, type ToTechnician } from "./relay-wire";
import { VERSION } from "./session/limits";

/** What the connection tells. */
export type LinkEvent =
  | { readonly link: "connecting" }
  | {
      readonly link: "online";
      readonly now: number;
      readonly welcomed: Welcomed;
      readonly session: SessionInfo | null;
      /** Cards that were taken back. */
      readonly revocations: SignedRevocations | null;
    }
  | { readonly link: "message"; readonly message: ToTechnician }
  /** Tried again by itself. */
  | { readonly link: "offline"; readonly error: WireError; readonly retryMs: number }
  /** The relay does not accept who we are; not tried again. */
  | { readonly link: "rejected"; readonly error: WireError };

/** Who connects. */
export interface Target {
  /** Grows with each target. */
  readonly epoch: number;
  readonly identity: Identity;
  readonly language: Language;
}

/** Number of the hello; requests count on from here. */
export const HELLO_ID = 1;
/** The relay must have welcomed by then, in milliseconds. */
const HELLO_MS = 10_000;
/** First and longest pause before another attempt, in milliseconds; each doubles the last, spread at random. */
const SHORTEST_MS = 500;
const LONGEST_MS = 10_000;
/** Pause after another page or program took our place: coming back at once would take it from that one again and again. */
const REPLACED_MS = 300_000;
/** Requests in the relay's window (200 in 10 s) that are sent at once; a little less than it allows. */
const RATE = 160;
const RATE_WINDOW_MS = 10_000;
/** Requests that wait for the window. When full, the connection is given up: far more than any person makes. */
const PACED = 1_000;

/** Trying again as the same would be refused again. */
const ABOUT_IDENTITY: ReadonlySet<Code> = new Set(["sign_in_failed", "sign_in_limited", "sign_in_expired", "second_factor_needed", "second_factor_wrong", "second_factor_locked",
  "second_factor_needed_to_be_set_up", "not_allowed",
]);

export interface RelayParts {
  readonly url: string;
  readonly device: Promise<Device>;
  readonly make?: (url: string) => WebSocket;
  readonly random?: () => number;
  readonly now?: () => number;
}

export class RelayLink {
  readonly #make: (url: string) => WebSocket;
  readonly #random: () => number;
  readonly #now: () => number;
  #target: Target | null = null;
  #socket: WebSocket | null = null;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #greeting: ReturnType<typeof setTimeout> | undefined;
  #pacing: ReturnType<typeof setTimeout> | undefined;
  #sentAt: number[] = [];
  #paced: string[] = [];
  #welcomed = false;

  constructor(
    private readonly parts: RelayParts,
    private readonly onEvent: (epoch: number, event: LinkEvent) => void,
  ) {
    this.#make = parts.make ?? ((url) => new WebSocket(url));
    this.#random = parts.random ?? Math.random;
    this.#now = parts.now ?? Date.now;
  }

  /** Connects, leaving any other connection. */
  connect(target: Target): void {
    this.#leave();
    this.#target = target;
    this.#failures = 0;
    this.#begin();
  }

  /** At the next hello, say this; the connection stays. */
  identify(identity: Identity, language: Language): void {
    if (this.#target) this.#target = { ...this.#target, identity, language };
  }

  disconnect(): void {
    this.#leave();
    this.#target = null;
  }

  /** Does not wait for the next attempt. */
  retryNow(): void {
    if (this.#target && !this.#socket) this.#begin();
  }

  /** The network is gone: whatever is still said would reach nobody. */
  networkLost(): void {
    if (this.#socket) this.#lost(unreachable("the network is gone"));
  }

  /** To the relay; dropped when there is no connection, which the owner knows from the events. */
  send(request: Request): void {
    if (!this.#welcomed) return;
    this.#paced.push(JSON.stringify(request));
    if (this.#paced.length > PACED) this.#lost({ code: "too_fast" });
    else this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#pacing);
    const now = this.#now();
    this.#sentAt = this.#sentAt.filter((at) => now - at < RATE_WINDOW_MS);
    while (this.#paced.length > 0 && this.#sentAt.length < RATE) {
      this.#socket?.send(this.#paced.shift() as string);
      this.#sentAt.push(now);
    }
    const oldest = this.#sentAt[0];
    if (this.#paced.length > 0 && oldest !== undefined) this.#pacing = setTimeout(() => this.#flush(), oldest + RATE_WINDOW_MS - now);
  }

  #begin(): void {
    clearTimeout(this.#retry);
    const target = this.#target;
    if (!target) return;
    this.onEvent(target.epoch, { link: "connecting" });
    // The event may have led to another target.
    if (this.#target !== target || this.#socket) return;
    let socket: WebSocket;
    try {
      socket = this.#make(this.parts.url);
    } catch (thrown) {
      return this.#lost(unreachable(String(thrown)));
    }
    this.#socket = socket;
    this.#greeting = setTimeout(() => this.#lost(unreachable("no welcome in time")), HELLO_MS);
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (this.#socket === socket) this.#read(socket, data);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost(unreachable("the connection was closed"));
    };
  }

  #read(socket: WebSocket, data: unknown): void {
    const said = read(data);
    if (said.heard === "malformed") return this.#lost({ code: "malformed" });
    if (said.heard === "other") return this.#welcomed ? undefined : this.#lost({ code: "out_of_order" });
    const { message } = said;
    if (message.type === "refused" && message.re === 0) return this.#lost(message.error);
    if (this.#welcomed) return this.#tell({ link: "message", message });
    switch (message.type) {
      case "challenge":
        if (!message.versions.includes(VERSION)) {
          return this.#lost({ code: "wrong_version", params: { supported: message.versions.join(", ") } });
        }
        return void this.#hello(socket, message.nonce);
      case "welcome":
        this.#welcomed = true;
        this.#failures = 0;
        clearTimeout(this.#greeting);
        return this.#tell({ link: "online", now: message.now, welcomed: message.welcomed, session: message.session, revocations: message.revocations });
      case "refused":
        return ABOUT_IDENTITY.has(message.error.code) ? this.#rejected(message.error) : this.#lost(message.error);
      case "done":
        return;
      default:
        return this.#lost({ code: "out_of_order" });
    }
  }

  async #hello(socket: WebSocket, nonce: string): Promise<void> {
    try {
      const device = await this.parts.device;
      const signature = await device.sign(helloBytes(nonce, device.key));
      const target = this.#target;
      if (this.#socket !== socket || !target) return;
      const { identity, language } = target;
      const hello: Request = { id: HELLO_ID, type: "hello", version: VERSION, device: device.key, signature, identity, language };
      socket.send(JSON.stringify(hello));
    } catch (thrown) {
      if (this.#socket === socket) this.#rejected({ code: "internal", params: { detail: String(thrown) } });
    }
  }

  #rejected(error: WireError): void {
    const epoch = this.#target?.epoch;
    this.disconnect();
    if (epoch !== undefined) this.onEvent(epoch, { link: "rejected", error });
  }

  #lost(error: WireError): void {
    const target = this.#target;
    this.#leave();
    if (!target) return;
    const retryMs = error.code === "replaced" ? REPLACED_MS : this.#pause();
    this.#retry = setTimeout(() => this.#begin(), retryMs);
    this.onEvent(target.epoch, { link: "offline", error, retryMs });
  }

  /** Between half of a doubling pause and all of it, but never below the shortest. */
  #pause(): number {
    const whole = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    return Math.max(SHORTEST_MS, Math.round(whole * (0.5 + this.#random() / 2)));
  }

  #leave(): void {
    for (const timer of [this.#retry, this.#greeting, this.#pacing]) clearTimeout(timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    this.#paced = [];
    this.#sentAt = [];
    socket?.close();
  }

  #tell(event: LinkEvent): void {
    if (this.#target) this.onEvent(this.#target.epoch, event);
  }
}

const unreachable = (reason: string): WireError => ({ code: "relay_unreachable", params: { reason } });
