/** Where names and texts were erased, each page says so in the reader's language. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SessionDetail } from "../generated/protocol";
import { language } from "../i18n";
import App from "./App.svelte";
import { FakeApi } from "./fake";
import { ERASED } from "./readable";
import { sampleRelay } from "./sample";
import { liveSample } from "./sample.live";

/** Longest wait for anything, in milliseconds: other tests run beside these. */
const PATIENCE_MS = 5_000;
vi.setConfig({ testTimeout: 4 * PATIENCE_MS });

let api: FakeApi;
let app: Record<string, unknown> | null = null;

/** What the relay puts in their place, wherever the name of a field says that people wrote it or are called so. */
const PERSONAL = new Set(["name", "machine", "summary", "text", "message", "technician"]);
function erased<Kind>(value: Kind): Kind {
  if (Array.isArray(value)) return value.map((each: unknown) => erased(each)) as Kind;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]: [string, unknown]) => [key, typeof field === "string" && PERSONAL.has(key) ? ERASED : erased(field)]),
  ) as Kind;
}

/** In the log, an erased field is not there. */
function told(detail: SessionDetail): SessionDetail {
  const timeline = detail.timeline.map((entry) => ({
    ...entry, fields: Object.fromEntries(Object.entries(entry.fields).filter(([name]) => !PERSONAL.has(name))),
  }));
  return { ...erased(detail), timeline };
}

beforeEach(() => {
  const relay = sampleRelay(Date.now(), 3);
  api = new FakeApi({
    ...relay, me: { ...relay.me, technicians: erased(relay.me.technicians) }, details: relay.details.map(told), tickets: erased(relay.tickets),
  });
  api.live = erased(liveSample(Date.now()));
  language.set("fr");
});

afterEach(async () => {
  if (app !== null) await unmount(app);
  app = null;
  document.body.replaceChildren();
  language.set("en");
});

const shown = (id: string): Promise<HTMLElement> => vi.waitFor(() => {
  const found = document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
  if (found === null) throw new Error(`no ${id} in: ${document.body.textContent}`);
  return found;
}, { timeout: PATIENCE_MS });

it.each([
  ["#/tickets", "tickets-row"],
  ["#/sessions", "sessions-row"],
  ["#/live", "live-ticket"],
  ["#/sessions?technician=3", "chip-technician"],
  ["#/person/[erased]", "history-name"],
  ["the ticket", "ticket-message"],
  ["the session", "session-message"],
])("%s", async (hash, testid) => {
  const detail = api.relay.details.find(({ notes, message }) => notes.length > 0 && message !== null);
  if (detail === undefined) throw new Error("no ticket with notes and a message");
  const address = { "the ticket": `#/ticket/${detail.ticket.id}`, "the session": `#/session/${detail.row.id}` }[hash] ?? hash;
  history.replaceState(null, "", address);
  app = mount(App, { target: document.body, props: { api } });
  await shown(testid);
  flushSync();
  expect(document.body.textContent).not.toContain(ERASED);
  expect(document.title).not.toContain(ERASED);
  if (hash !== "#/sessions?technician=3") expect(document.body.textContent).toContain("[effacé]");
});
