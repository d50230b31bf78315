/**
 * The host of a plain browser: the technician's side without the desktop app, at the relay's own address.
 *
 * Flow: the page's actions, the relay's messages and the session's events -> the controller -> effects, carried out here.
 * Invariant: effects are carried out in order, and what they cause comes after them.
 */
import type { Action, View } from "../../generated/host";
import type { KeyboardLayout } from "../../generated/protocol";
import { preferredLanguage, t } from "../../i18n";
import type { Host, PictureEvents, PictureLink } from "../index";
import type { Effect, Event } from "./controller/events";
import type { Served } from "./controller/profile";
import { Technician } from "./controller/technician";
import { putAsk } from "./binding/ask";
import { signRequest } from "./binding/card";
import { verdictOf } from "./binding/check";
import { headBytes, thisDevice } from "./device";
import { ownLayout } from "./layout";
import { BrowserPlace } from "./limits";
import { RelayLink } from "./relay";
import { browserStorage } from "./storage";
import { Viewer } from "./viewer";

/** How often the controller is told that time passes, in milliseconds. */
const TICK_MS = 500;
/** How often the keyboard's layout is looked at, in milliseconds. */
const KEYBOARD_MS = 1_000;

/** The relay's address, from the page's own. */
export function relayAddress({ protocol, host }: Pick<Location, "protocol" | "host">): string {
  return `${protocol === "http:" ? "ws" : "wss"}://${host}`;
}

export class BrowserHost implements Host {
  readonly place = new BrowserPlace(() => this.#viewer?.lookAtClipboard());
  readonly #controller: Technician;
  readonly #relay: RelayLink;
  readonly #device = thisDevice();
  readonly #changed = new Set<(view: View) => void>();
  #viewer: Viewer | null = null;
  #picture: { readonly canvas: HTMLCanvasElement; readonly events: PictureEvents } | null = null;
  #waiting: Event[] = [];
  #carrying = false;
  #keyboard: KeyboardLayout | null = null;

  constructor(organisation: Served, version: string) {
    const relay = relayAddress(location);
    const profile = { organisation, relay, version, language: preferredLanguage(navigator.languages) };
    this.#controller = new Technician(profile, browserStorage.settings(), browserStorage.token());
    this.#relay = new RelayLink({ url: `${relay}/v1/endpoint`, device: this.#device }, (epoch, link) => this.#happened({ event: "link", epoch, link }));
    this.#carryOut(this.#controller.start(Date.now()));
    // Where there is none, the connection says so.
    this.#device.then(({ key }) => this.#happened({ event: "device", key }), () => undefined);
    setInterval(() => this.#happened({ event: "tick" }), TICK_MS);
    this.#listen();
  }

  view(): Promise<View> {
    return Promise.resolve(this.#controller.view());
  }

  onView(changed: (view: View) => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  act(action: Action): Promise<void> {
    this.#happened({ event: "act", action });
    return Promise.resolve();
  }

  openPicture(canvas: HTMLCanvasElement, events: PictureEvents): PictureLink {
    const picture = { canvas, events };
    this.#picture = picture;
    this.#viewer?.picture.attach(canvas, events);
    return {
      send: (event) => this.#picture === picture && (this.#viewer?.input(event) ?? false),
      close: () => {
        if (this.#picture !== picture) return;
        this.#picture = null;
        this.#viewer?.picture.detach(canvas);
      },
    };
  }

  #listen(): void {
    void this.#lookAtKeyboard();
    // Nothing tells of another layout.
    setInterval(() => void this.#lookAtKeyboard(), KEYBOARD_MS);
    window.addEventListener("online", () => this.#relay.retryNow());
    window.addEventListener("offline", () => this.#relay.networkLost());
    // A shortcut meant for the user's machine may close the tab: the browser asks first.
    window.addEventListener("beforeunload", (event) => {
      if (this.#controller.inSession) event.preventDefault();
    });
  }

  async #lookAtKeyboard(): Promise<void> {
    const layout = await ownLayout();
    if (layout?.layout === this.#keyboard?.layout && layout?.variant === this.#keyboard?.variant) return;
    this.#keyboard = layout;
    this.#happened({ event: "own_keyboard", layout });
  }

  #happened(event: Event): void {
    this.#waiting.push(event);
    if (this.#carrying) return;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) this.#carryOut(this.#controller.handle(next, Date.now()));
  }

  #carryOut(effects: Effect[]): void {
    this.#carrying = true;
    for (const effect of effects) this.#apply(effect);
    this.#carrying = false;
    const next = this.#waiting.shift();
    if (next) this.#happened(next);
  }

  #apply(effect: Effect): void {
    switch (effect.effect) {
      case "connect":
        return this.#relay.connect(effect);
      case "identify":
        return this.#relay.identify(effect.identity, effect.language);
      case "disconnect":
        return this.#relay.disconnect();
      case "retry_now":
        return this.#relay.retryNow();
      case "send":
        return this.#relay.send(effect.request);
      case "sign_ask":
        return this.#sign(async () => ({ event: "signed_ask", why: effect.why, asked: await putAsk(await this.#device, effect.wish) }));
      case "sign_card_request":
        return this.#sign(async () => ({ event: "signed_card_request", request: await signRequest(await this.#device, effect.request) }));
      case "check":
        return void verdictOf(effect.check, this.#device).then((verdict) => this.#happened({ event: "checked", session: effect.session, verdict }));
      case "sign_head":
        return void this.#signHead(effect);
      case "start_viewer":
        return this.#startViewer(effect);
      case "to_viewer":
        if (this.#viewer?.id === effect.session) this.#viewer.command(effect.command);
        return;
      case "drop_viewer":
        if (this.#viewer?.id === effect.session) this.#viewer.drop();
        return;
      case "notify":
        return this.#notify(effect.summary);
      case "keep_settings":
        return browserStorage.keepSettings(effect.settings);
      case "keep_token":
        return browserStorage.keepToken(effect.token);
      case "emit":
        for (const changed of this.#changed) changed(effect.view);
    }
  }

  #sign(signed: () => Promise<Event>): void {
    signed().then(
      (event) => this.#happened(event),
      (thrown: unknown) => this.#happened({ event: "not_signed", detail: String(thrown) }),
    );
  }

  async #signHead({ id, head }: Extract<Effect, { effect: "sign_head" }>): Promise<void> {
    const signature = await (await this.#device).sign(headBytes(head));
    this.#relay.send({ id, type: "sign_head", head, signature });
  }

  #startViewer({ session, grant, bound }: Extract<Effect, { effect: "start_viewer" }>): void {
    this.#viewer?.drop();
    const ties = { bound, device: this.#device };
    const viewer = new Viewer(session, grant, ties, (event) => this.#happened({ event: "viewer", session, viewer: event }));
    this.#viewer = viewer;
    if (this.#picture) viewer.picture.attach(this.#picture.canvas, this.#picture.events);
  }

  #notify(summary: string): void {
    if (!document.hidden || !("Notification" in globalThis) || Notification.permission !== "granted") return;
    try {
      new Notification(t().browser.newTicket, { body: summary, tag: "renfort-ticket" });
    } catch {
      // Phones want a service worker for this; the page's title says it too.
    }
  }
}
