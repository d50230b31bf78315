/**
 * Where the tests put a page: the app, the banner or the console, with a fake behind its seam. One document shows them one
 * after the other, without loading anything again.
 *
 * Flow: `show` takes down what stands there and mounts the next; `next` gives the app another view, as its program would.
 * Invariant: nothing of a page is left when the next one stands, neither its elements nor its look nor its address.
 */
import { mount, unmount } from "svelte";
import Banner from "../../src/banner/Banner.svelte";
import ConsoleApp from "../../src/console/App.svelte";
import { FakeApi } from "../../src/console/fake";
import { sampleRelay } from "../../src/console/sample";
import "../../src/design/base.css";
import "../../src/design/tokens.css";
import App from "../../src/desktop/App.svelte";
import { FakePicture } from "../../gallery/picture";
import type { Action, View } from "../../src/generated/host";
import type { Code } from "../../src/generated/protocol";
import { FakeHost } from "../../src/host/fake";
import { loopbackPicture } from "../../src/host/loopback";
import { samples } from "../../src/host/samples";
import { language } from "../../src/i18n";
import { spoken } from "./spoken";

/** The article that the stand's relay has in both languages. */
const ARTICLE = "0a".repeat(16);

export type Sample = keyof typeof samples;

/** In which language and colours (the desktop's when there is no theme), and what people wrote instead of the sample's texts. */
export interface Look {
  language: "en" | "fr";
  theme: View["theme"];
  written?: string;
  /** The app itself paints the picture, where the page says. */
  surface?: boolean;
}

/** What stands behind the console. */
export interface Behind {
  hash: string;
  /** How many sessions the relay holds. */
  sessions?: number;
  signedOut?: boolean;
  /** The answers to the first calls. */
  refusals?: Code[];
  /** Answers never come. */
  silent?: boolean;
  broken?: boolean;
}

let standing: Record<string, unknown> | null = null;
let host: FakeHost | null = null;
let api: FakeApi | null = null;

const target = (): HTMLElement => {
  const found = document.getElementById("app");
  if (!found) throw new Error("the stand has no #app");
  return found;
};

async function clear(hash = ""): Promise<void> {
  if (standing) await unmount(standing);
  standing = null;
  host = null;
  api = null;
  target().replaceChildren();
  document.title = "";
  const { dataset } = document.documentElement;
  delete dataset.theme;
  delete dataset.density;
  history.replaceState(null, "", hash === "" ? location.pathname : hash);
  window.scrollTo(0, 0);
}

function viewOf(sample: Sample, look: Look): View {
  const view: View = { ...samples[sample](look.language), theme: look.theme };
  return look.written === undefined ? view : spoken(view, look.written);
}

async function showApp(sample: Sample, look: Look, banner = false): Promise<void> {
  await clear();
  host = new FakeHost(viewOf(sample, look));
  host.picture = (canvas, events) => loopbackPicture(() => Promise.resolve({ url: "ws://127.0.0.1:1/", token: "", surface: look.surface ?? false }), canvas, events);
  standing = mount(banner ? Banner : App, { target: target(), props: { host } });
}

async function showConsole(behind: Behind, look: Look): Promise<void> {
  await clear(behind.hash);
  language.set(look.language);
  Object.assign(document.documentElement.dataset, { theme: look.theme, density: "dense" });
  const relay = sampleRelay(Date.now(), behind.sessions ?? 6);
  if (behind.broken) relay.log = { ...relay.log, broken: { seq: 1042, fault: "altered" } };
  api = new FakeApi(look.written === undefined ? relay : spoken(relay, look.written));
  stock(api.shelf, look.written);
  api.signedIn = !behind.signedOut;
  api.refusals.push(...(behind.refusals ?? []));
  if (behind.silent) api.delayMs = 3_600_000;
  standing = mount(ConsoleApp, { target: target(), props: { api } });
}

/** An article in both languages, another in French only, and a canned reply. */
function stock(shelf: FakeApi["shelf"], written: string | undefined): void {
  const body = (own: string): string => written ?? own;
  shelf.put({ article: ARTICLE, language: "en", title: body("No sound in the headset"), body: body("1. Unplug it.\n2. Wait for **ten seconds**.\n\nSee [the guide](https://example.org)."), state: "published" });
  shelf.put({ article: ARTICLE, language: "fr", title: body("Le casque reste muet"), body: body("Débranchez-le, **attendez**, rebranchez-le.") });
  shelf.put({ article: "ab".repeat(16), language: "fr", title: body("Mot de passe oublié"), body: body("Appelez le 12.") });
  shelf.kept = [{ id: "cd".repeat(16), version: 1, author: shelf.author, at: shelf.now, team: null, title: body("Hello"), en: body("Hello {user}, I am {technician}."), fr: null }];
}

const stand = {
  showApp,
  showConsole,
  clear,
  /** The program's next view. */
  next(sample: Sample, look: Look, change: Partial<View> = {}): void {
    host?.show({ ...viewOf(sample, look), ...change });
  },
  /** The view that is shown, and another in its place. */
  view: (): View | null => host?.current ?? null,
  show: (view: View): void => host?.show(view),
  /** What was done since the last call. */
  actions: (): Action[] => host?.actions.splice(0) ?? [],
  /** The console's next call is refused. */
  refuse: (code: Code): void => void api?.refusals.push(code),
  /** What the console asked for since the last call. */
  calls: (): string[] => api?.calls.splice(0) ?? [],
};

window.WebSocket = FakePicture as unknown as typeof WebSocket;
Object.assign(window, { stand });
export type Stand = typeof stand;
