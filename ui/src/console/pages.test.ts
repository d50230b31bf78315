import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { language } from "../i18n";
import App from "./App.svelte";
import { FakeApi } from "./fake";
import { chooseSingleKeys } from "./keys.svelte";
import { en } from "./pages.en";
import { fr } from "./pages.fr";
import { sampleRelay } from "./sample";
import { liveSample } from "./sample.live";

/** Longest wait for anything, in milliseconds: other tests run beside these. */
const PATIENCE_MS = 5_000;
vi.setConfig({ testTimeout: 4 * PATIENCE_MS });

let api: FakeApi;
let app: Record<string, unknown> | null = null;

beforeEach(() => {
  api = new FakeApi(sampleRelay(Date.now(), 30));
  language.set("en");
  chooseSingleKeys(true);
});

afterEach(async () => {
  if (app !== null) await unmount(app);
  app = null;
  document.body.replaceChildren();
});

function open(hash: string): void {
  history.replaceState(null, "", hash);
  app = mount(App, { target: document.body, props: { api } });
}

const all = (id: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];

function one<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const [found] = all(id);
  if (found === undefined) throw new Error(`no ${id} in: ${(document.body.textContent ?? "").slice(0, 400)}`);
  return found as Kind;
}

const shown = (id: string): Promise<HTMLElement> => vi.waitFor(() => one(id), { timeout: PATIENCE_MS });
const gone = (id: string): Promise<void> => vi.waitFor(() => expect(all(id)).toEqual([]));

function write(id: string, text: string): void {
  const field = one<HTMLInputElement>(id);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

function press(key: string, on: EventTarget = document.activeElement ?? document.body): void {
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  flushSync();
}

function submit(id: string): void {
  one(id).closest("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  flushSync();
}

describe("the search", () => {
  it("turns tokens into chips and the address, and the back button takes them away again", async () => {
    open("#/tickets");
    await shown("tickets-row");
    write("filter-text", "printer level:1 ");
    await vi.waitFor(() => expect(location.hash).toBe("#/tickets?text=printer&level=1"));
    expect(one<HTMLInputElement>("filter-text").value).toBe("printer ");
    expect(one("chip-level").textContent).toContain("Level 1");
    await vi.waitFor(() => expect(api.calls).toContain("tickets?text=printer&level=1"));
    one("chip-level").click();
    await vi.waitFor(() => expect(location.hash).toBe("#/tickets?text=printer"));
  });

  it("asks nothing for a token that is still being typed, and takes it on Enter", async () => {
    open("#/tickets");
    await shown("tickets-row");
    write("filter-text", "state:wai");
    await new Promise((done) => setTimeout(done, 500));
    expect(location.hash).toBe("#/tickets");
    write("filter-text", "state:waiting");
    submit("filter-text");
    await vi.waitFor(() => expect(location.hash).toBe("#/tickets?state=waiting"));
    expect(one<HTMLInputElement>("filter-text").value).toBe("");
  });

  it("says which token makes no sense and searches for it as a word", async () => {
    open("#/tickets");
    await shown("tickets-row");
    write("filter-text", "level:9 ");
    expect(one("filter-unknown").textContent).toContain("level:9");
    await vi.waitFor(() => expect(location.hash).toBe("#/tickets?text=level%3A9"));
  });

  it("keeps its keys to itself, and Escape leaves it", async () => {
    open("#/sessions");
    await shown("sessions-row");
    press("/", document.body);
    const field = one<HTMLInputElement>("filter-text");
    expect(document.activeElement).toBe(field);
    for (const key of ["j", "/", "?"]) press(key);
    expect(document.activeElement).toBe(field);
    expect(all("shortcuts")).toEqual([]);
    write("filter-text", "abc");
    press("Escape");
    expect(field.value).toBe("");
    press("Escape");
    expect(document.activeElement).not.toBe(field);
  });
});

describe("keys", () => {
  it("are shown on demand, by key and by button, and can be switched off", async () => {
    open("#/sessions");
    await shown("sessions-row");
    press("?", document.body);
    expect(one("shortcuts").textContent).toContain("next and previous row");
    one<HTMLInputElement>("single-keys").click();
    one("dialog-close").click();
    await gone("shortcuts");
    press("?", document.body);
    press("j", document.body);
    expect(all("shortcuts")).toEqual([]);
    expect(document.activeElement?.closest("tr") ?? null).toBeNull();
    press("ArrowDown", document.body);
    expect(document.activeElement?.closest("tr")).toBe(all("sessions-row")[0]);
    one("shortcuts-open").click();
    await shown("shortcuts");
  });

  it("Escape leads from a ticket that was opened by its address to the list, and never out of the console", async () => {
    open("#/ticket/T-1099");
    await shown("timeline-entry");
    press("Escape", document.body);
    await shown("tickets-row");
    expect(location.hash).toBe("#/tickets");
  });

  it("Home and End mean the rows only while the focus is among them", async () => {
    open("#/tickets");
    await shown("tickets-row");
    press("End", document.body);
    expect(document.activeElement?.closest("tr") ?? null).toBeNull();
    press("j", document.body);
    press("End");
    expect(document.activeElement?.closest("tr")).toBe(all("tickets-row").at(-1));
    press("Home");
    expect(document.activeElement?.closest("tr")).toBe(all("tickets-row")[0]);
  });
});

describe("saved views", () => {
  it("that everybody has are links that can be shared", async () => {
    open("#/tickets");
    await shown("tickets-row");
    const hrefs = ["all", "today", "unanswered", "notSolved", "reopened", "escalated", "reported"].map((key) => one(`view-${key}`).getAttribute("href"));
    expect(hrefs).toEqual([
      "#/tickets", "#/tickets?since=today", "#/tickets?outcome=unanswered", "#/tickets?outcome=not_solved", "#/tickets?reopened=yes", "#/tickets?outcome=escalated", "#/tickets?outcome=reported",
    ]);
    expect(one("view-all").getAttribute("aria-current")).toBe("true");
    expect(all("view-save"), "there is nothing to save").toEqual([]);
  });

  it("are named, kept, renamed, deleted, and brought back", async () => {
    open("#/tickets?level=2");
    await shown("view-save");
    one("view-save").click();
    await shown("view-name");
    submit("view-name");
    expect(one("view-dialog").textContent).toContain("Give it a name.");
    write("view-name", "Mine <b>");
    submit("view-name");
    await gone("view-dialog");
    expect(one("own-view").textContent).toBe("Mine <b>");
    expect(one("own-view").getAttribute("href")).toBe("#/tickets?level=2");
    one("view-manage").click();
    await shown("view-rename");
    write("view-rename", "Ours");
    submit("view-rename");
    await vi.waitFor(() => expect(one("own-view").textContent).toBe("Ours"));
    one("view-remove").click();
    await shown("view-undo");
    expect(all("own-view")).toEqual([]);
    one("view-undo").click();
    await vi.waitFor(() => expect(one("own-view").textContent).toBe("Ours"));
    expect(api.savedViews.map(({ name, filter }) => [name, filter.level])).toEqual([["Ours", 2]]);
  });

  it("of a name that is taken are not kept, and the reason is said", async () => {
    await api.saveView({ name: "Mine", list: "tickets", filter: { ...emptyViewFilter } });
    open("#/tickets?level=2");
    await shown("view-save");
    one("view-save").click();
    await shown("view-name");
    write("view-name", "MINE");
    submit("view-name");
    await vi.waitFor(() => expect(one("view-dialog").textContent).toContain("already have one of this name"));
    expect(api.savedViews).toHaveLength(1);
  });
});

const emptyViewFilter = {
  ticket: null, text: null, person: null, machine: null, technician: null, level: null, state: null, outcome: null, reopened: false,
  since: null, from: null, to: null,
};

describe("a ticket's story", () => {
  it("opens from the list, has its chapters and notes, and marks refusals by word", async () => {
    open("#/tickets");
    await shown("tickets-row");
    const link = document.querySelector<HTMLAnchorElement>('tr[data-id="T-1099"] a[data-open]');
    expect(link?.getAttribute("href")).toBe("#/ticket/T-1099");
    location.hash = "#/ticket/T-1099";
    window.dispatchEvent(new Event("hashchange"));
    await shown("chapter");
    expect(all("chapter").map(({ dataset }) => dataset["chapter"])).toEqual(["asking", "waiting", "session", "outcome", "after"]);
    expect(one("story-note").textContent).toContain("spooler");
    for (const record of all("timeline-entry").filter(({ dataset }) => dataset["denied"] === "true")) expect(record.textContent).toContain("Refused");
  });

  it("that is long comes in parts, and a link to an entry fetches up to it", async () => {
    api.storyRecords = 10;
    const target = api.relay.details[1]?.timeline[14]?.seq ?? 0;
    open(`#/ticket/T-1099?entry=${target}`);
    await shown("timeline-entry");
    const entry = document.getElementById(`entry-${target}`);
    expect(entry?.classList.contains("focused")).toBe(true);
    const before = all("timeline-entry").length;
    one("story-more").click();
    await vi.waitFor(() => expect(all("timeline-entry").length).toBeGreaterThan(before));
  });

  it("gives a link to an entry, into the address bar where there is no clipboard", async () => {
    open("#/ticket/T-1099");
    const entry = await shown("timeline-entry");
    const seq = entry.dataset["seq"];
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: () => Promise.reject(new Error("not allowed")) } });
    one("copy-link").click();
    await vi.waitFor(() => expect(location.hash).toBe(`#/ticket/T-1099?entry=${seq}`));
    vi.unstubAllGlobals();
  });

  it("that does not exist says so, and one that cannot be read can be tried again", async () => {
    open("#/ticket/T-1");
    await shown("ticket-missing");
    api.refusals.push("relay_unreachable");
    location.hash = "#/ticket/T-1099";
    window.dispatchEvent(new Event("hashchange"));
    await shown("console-retry");
    one("console-retry").click();
    await shown("timeline-entry");
  });

  it("names the log's verdict and head on paper", async () => {
    open("#/ticket/T-1099");
    await shown("timeline-entry");
    await vi.waitFor(() => expect(one("print-foot").textContent).toContain(api.relay.log.root));
    expect(one("print-foot").textContent).toContain("the log verifies");
    api.relay.log = { ...api.relay.log, broken: { seq: 3, fault: "altered" } };
    one("log-check").click();
    await vi.waitFor(() => expect(one("print-foot").textContent).toContain("DOES NOT VERIFY"));
  });
});

describe("a history", () => {
  it("is reached from a name, counts, and names trouble that recurs", async () => {
    open("#/tickets");
    await shown("tickets-row");
    const name = "Jeanne Martin";
    const link = [...document.querySelectorAll<HTMLAnchorElement>("td a")].find((each) => each.textContent === name);
    expect(link?.getAttribute("href")).toBe("#/person/Jeanne%20Martin");
    location.hash = "#/person/Jeanne%20Martin";
    window.dispatchEvent(new Event("hashchange"));
    await shown("history-ticket");
    expect(Number(one("history-tickets").dataset["count"])).toBe(all("history-ticket").length);
    expect(all("trouble").map(({ textContent }) => textContent)).toContainEqual(expect.stringContaining("imprimante"));
    expect(one("companion").textContent).toContain("PC-ACCUEIL-07");
    expect(api.calls).toContain("history?person=Jeanne+Martin");
  });

  it("of a hostile name is text and nothing else", async () => {
    open(`#/machine/${encodeURIComponent("PC-<i>1</i>")}`);
    await shown("history-ticket");
    expect(one("history-name").textContent).toBe("PC-<i>1</i>");
    expect(document.querySelector("main i, main script")).toBeNull();
    for (const written of document.querySelectorAll("main .summary, main [data-testid=history-name]")) expect(written.getAttribute("dir")).toBe("auto");
  });

  it("of nobody says what to do, and pages follow", async () => {
    open("#/person/Nobody");
    expect((await shown("history-empty")).textContent).toContain("must be whole");
    api.pageRows = 2;
    location.hash = "#/machine/LAPTOP-9";
    window.dispatchEvent(new Event("hashchange"));
    await shown("load-more");
    expect(all("history-ticket")).toHaveLength(2);
    one("load-more").click();
    await vi.waitFor(() => expect(all("history-ticket")).toHaveLength(4));
  });
});

describe("the live page", () => {
  it("shows who waits, who works and what is allowed, in both languages", async () => {
    open("#/live");
    await shown("live-session");
    expect(all("live-ticket")).toHaveLength(2);
    expect(all("live-technician").map(({ dataset }) => dataset["doing"])).toEqual(["in_session", "asking", "free", "holding"]);
    const [session, asking] = all("live-session");
    expect(session?.textContent).toContain("Controls now");
    expect(session?.textContent).toContain("left");
    expect(asking?.textContent).toContain("Not allowed yet");
    language.set("fr");
    flushSync();
    expect(session?.textContent).toContain("Contrôle en ce moment");
    expect(document.querySelector("main ul b b, main i, main script")).toBeNull();
  });

  it("keeps what it has when the relay is away, and says so", async () => {
    open("#/live");
    await shown("live-session");
    api.refusals.push("relay_unreachable", "relay_unreachable");
    await vi.waitFor(() => expect(one("live-lost").textContent).toContain("does not answer"), { timeout: 5_000 });
    expect(all("live-session")).toHaveLength(2);
    expect(one("live-state").dataset["state"]).toBe("away");
  }, 10_000);

  it("of an idle helpdesk says that nobody waits", async () => {
    api.live = { ...liveSample(Date.now()), waiting: [], waiting_total: 0, technicians: [], sessions: [], sessions_total: 0 };
    open("#/live");
    expect((await shown("live-waiting")).textContent).toContain("Nobody is waiting.");
    expect(one("live-technicians").textContent).toContain("No technician is connected.");
    expect(one("live-sessions").textContent).toContain("No session is open.");
  });

  it("comes back after signing in again", async () => {
    api.signedIn = false;
    open("#/live");
    await shown("console-login");
    write("console-login", "nora");
    write("console-password", "correct horse");
    submit("console-login");
    await shown("live-session");
    expect(location.hash).toBe("#/live");
  });
});

describe("a relay on which nothing has happened", () => {
  it("says how a session comes about", async () => {
    api.relay.details = [];
    api.relay.tickets = [];
    open("#/sessions");
    expect((await shown("sessions-empty")).textContent).toContain("clicks “Get help”");
    expect(one("sessions-empty").querySelectorAll("li")).toHaveLength(3);
  });
});

describe("the words of these pages", () => {
  const leaves = (words: object, path = ""): [string, unknown][] =>
    Object.entries(words).flatMap(([key, value]): [string, unknown][] =>
      typeof value === "object" && value !== null ? leaves(value, `${path}.${key}`) : [[`${path}.${key}`, value]]);

  it("are there in both languages, and French keeps its no-break spaces", () => {
    expect(leaves(fr).map(([path]) => path)).toEqual(leaves(en).map(([path]) => path));
    for (const [path, value] of leaves(fr)) {
      const said = typeof value === "function" ? (value as (...all: number[]) => string)(2, 2) : String(value);
      // There the marks are keys.
      if (!path.startsWith(".keys.")) expect(said, path).not.toMatch(/« | »| [:;?!](?!\w)/);
      expect(said.trim(), path).not.toBe("");
    }
  });
});
