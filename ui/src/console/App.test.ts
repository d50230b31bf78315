import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { language } from "../i18n";
import App from "./App.svelte";
import { FakeApi } from "./fake";
import { sampleRelay, sessionId } from "./sample";

/** Longest wait for anything, in milliseconds: other tests run beside these. */
const PATIENCE_MS = 5_000;
vi.setConfig({ testTimeout: 4 * PATIENCE_MS });

let api: FakeApi;
let app: Record<string, unknown> | null = null;

beforeEach(() => {
  api = new FakeApi(sampleRelay(Date.now(), 30));
  language.set("en");
  location.hash = "";
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
  if (found === undefined) throw new Error(`no ${id} in: ${document.body.textContent}`);
  return found as Kind;
}

const shown = (id: string): Promise<HTMLElement> => vi.waitFor(() => one(id), { timeout: PATIENCE_MS });

function write(id: string, text: string): void {
  const field = one<HTMLInputElement>(id);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

async function signIn(password: string): Promise<void> {
  await shown("console-login");
  write("console-login", "nora");
  write("console-password", password);
  document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

describe("signing in", () => {
  it("shows the page that the address asked for", async () => {
    api.signedIn = false;
    open(`#/session/${sessionId(1099)}`);
    await signIn("correct horse");
    await shown("timeline-entry");
    expect(location.hash).toBe(`#/session/${sessionId(1099)}`);
  });

  it("says that name or password is wrong, and empties the password", async () => {
    api.signedIn = false;
    open("#/log");
    await signIn("wrong");
    expect((await shown("sign-in-error")).textContent).toContain("wrong");
    expect(one<HTMLInputElement>("console-password").value).toBe("");
    expect(one<HTMLInputElement>("console-login").value).toBe("nora");
  });

  it("asks for the code only when there is one, and keeps the password no longer than that takes", async () => {
    api.signedIn = false;
    api.secondFactor = "123456";
    open("#/log");
    await signIn("correct horse");
    const field = (await shown("second-factor")) as HTMLInputElement;
    expect(all("sign-in-error")).toEqual([]);
    expect([field.autocomplete, field.inputMode]).toEqual(["one-time-code", "numeric"]);
    const send = async (code: string): Promise<void> => {
      write("second-factor", code);
      document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
      await new Promise((done) => setTimeout(done, 0));
    };
    await send("000000");
    expect((await shown("sign-in-error")).textContent).toContain("wrong, or was used before");
    expect(one<HTMLInputElement>("second-factor").value).toBe("");
    one("second-factor-other").click();
    flushSync();
    expect(all("sign-in-error"), "it was not about a code on paper").toEqual([]);
    one("second-factor-other").click();
    flushSync();
    await send(" 123456 ");
    await vi.waitFor(() => expect(all("second-factor")).toEqual([]));
    expect(api.calls.filter((call) => call.startsWith("sign-in"))).toEqual(["sign-in nora", "sign-in nora 000000", "sign-in nora 123456"]);
  });

  it("takes a recovery code in the same place, and goes back to name and password", async () => {
    api.signedIn = false;
    api.secondFactor = "ABCD-EFGH-IJKL-2345";
    open("#/log");
    await signIn("correct horse");
    await shown("second-factor");
    one("second-factor-other").click();
    flushSync();
    expect(one<HTMLInputElement>("second-factor").inputMode).toBe("text");
    one("second-factor-back").click();
    flushSync();
    expect(one<HTMLInputElement>("console-password").value).toBe("");
  });

  it("asks the relay nothing while a field is empty", async () => {
    api.signedIn = false;
    open("#/log");
    await signIn("");
    flushSync();
    expect(document.body.textContent).toContain("Write your password.");
    expect(api.calls).toEqual(["me"]);
  });

  it("that ended is said, and the place is kept", async () => {
    open("#/sessions?person=martin");
    await shown("sessions-row");
    api.signedIn = false;
    one("refresh").click();
    expect((await shown("sign-in-expired")).textContent).toContain("has ended");
    expect(all("sessions-row")).toEqual([]);
    await signIn("correct horse");
    await shown("sessions-row");
    expect(location.hash).toBe("#/sessions?person=martin");
    expect(one<HTMLInputElement>("filter-person").value).toBe("martin");
  });

  it("is over after signing out, and only when the relay has confirmed it", async () => {
    open("#/sessions");
    await shown("sessions-row");
    api.refusals.push("relay_unreachable");
    one("console-sign-out").click();
    await vi.waitFor(() => expect(document.body.textContent).toContain("still signed in"));
    one("console-sign-out").click();
    await shown("signed-out");
    expect(api.signedIn).toBe(false);
  });
});

describe("a list", () => {
  it("keeps the error in place of the rows until trying again brings them", async () => {
    const { sessions } = api;
    let down = true;
    api.sessions = async (filter) => {
      if (down) api.refusals.push("relay_unreachable");
      return sessions.call(api, filter);
    };
    open("#/sessions");
    expect((await shown("console-error")).textContent).toContain("cannot be reached");
    expect(all("sessions-row")).toEqual([]);
    down = false;
    one("console-retry").click();
    await shown("sessions-row");
    expect(all("console-error")).toEqual([]);
  });

  it("loads the next page below the first", async () => {
    api.pageRows = 20;
    open("#/sessions");
    await shown("load-more");
    expect(all("sessions-row")).toHaveLength(20);
    one("load-more").click();
    await vi.waitFor(() => expect(all("sessions-row")).toHaveLength(30));
    expect(all("load-more")).toEqual([]);
  });

  it("asks for what the address says, and exports the same", async () => {
    open("#/tickets?technician=3&outcome=solved");
    await shown("tickets-row");
    expect(api.calls).toContain("tickets?technician=3&outcome=solved");
    // What the browser would do with the file, this one would go to.
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    for (const form of ["csv", "jsonl"]) {
      one(`export-${form}`).click();
      await vi.waitFor(() => expect(api.calls).toContain(`file /v1/console/export/tickets.${form}?technician=3&outcome=solved`));
    }
  });

  it("puts what is typed into the address and asks once, after a rest", async () => {
    open("#/sessions");
    await shown("sessions-row");
    for (const typed of ["z", "zo", "zoë"]) write("filter-person", typed);
    await vi.waitFor(() => expect(location.hash).toBe("#/sessions?person=zo%C3%AB"));
    await vi.waitFor(() => expect(api.calls.at(-1)).toBe("sessions?person=zo%C3%AB"));
    expect(api.calls.filter((call) => call.startsWith("sessions"))).toHaveLength(2);
  });

  it("does not ask for what is no ticket number", async () => {
    open("#/sessions");
    await shown("sessions-row");
    write("filter-ticket", "abc");
    expect(document.body.textContent).toContain("Such as T-1042");
    await new Promise((done) => setTimeout(done, 500));
    expect(location.hash).toBe("#/sessions");
  });

  it("that is empty says what to do", async () => {
    open("#/sessions?person=nobody");
    expect((await shown("sessions-empty")).textContent).toContain("clear the filter");
  });

  it("goes from row to row by the keyboard, and to the filter", async () => {
    open("#/sessions");
    await shown("sessions-row");
    const press = (key: string): boolean => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    press("j");
    press("ArrowDown");
    expect(document.activeElement?.closest("tr")).toBe(all("sessions-row")[1]);
    press("k");
    expect(document.activeElement?.closest("tr")).toBe(all("sessions-row")[0]);
    press("/");
    expect(document.activeElement).toBe(one("filter-text"));
  });

  it("shows what people wrote as text, markup and formulas included", async () => {
    open("#/sessions");
    await shown("sessions-row");
    expect(document.body.textContent).toContain('<b>Help</b><script>alert(1)</script> & "quotes"');
    expect(document.body.textContent).toContain('=HYPERLINK("http://x")');
    expect(document.querySelector("td b, td script, td i, td a[href^='http']")).toBeNull();
  });
});

describe("a session", () => {
  it("shows its figures, its records and whether the log holds, in both languages", async () => {
    open(`#/session/${sessionId(1099)}`);
    await shown("timeline-entry");
    const figures = { waiting: "192000", handling: "450000", viewed: "385000", controlled: "280000" };
    for (const [name, ms] of Object.entries(figures)) expect(one(`figure-${name}`).dataset.ms).toBe(ms);
    expect(one("figure-keys").textContent).toContain("142");
    expect(one("figure-clicks").textContent).toContain("34");
    await vi.waitFor(() => expect(one("log-status").dataset.state).toBe("verifies"));
    const refused = all("timeline-entry").filter(({ dataset }) => dataset.denied === "true");
    expect(refused.map(({ dataset }) => dataset.code)).toEqual(["control.refused", "input.denied"]);
    for (const record of refused) expect(record.textContent).toContain("Refused");
    language.set("fr");
    flushSync();
    for (const record of refused) expect(record.textContent).toContain("Refus");
    expect(one("log-status").textContent).toContain("Le journal est intègre");
  });

  it("that does not exist says so", async () => {
    open(`#/session/${"0".repeat(32)}`);
    await shown("session-missing");
  });

  it("checks the log once, however many sessions are opened", async () => {
    open(`#/session/${sessionId(1099)}`);
    await shown("timeline-entry");
    location.hash = `#/session/${sessionId(1098)}`;
    window.dispatchEvent(new Event("hashchange"));
    await vi.waitFor(() => expect(api.calls).toContain(`session/${sessionId(1098)}`));
    await shown("timeline-entry");
    expect(api.calls.filter((call) => call === "log")).toHaveLength(1);
  });
});

describe("the log", () => {
  it("that does not verify names the first fault", async () => {
    api.relay.log = { ...api.relay.log, broken: { seq: 1042, fault: "altered" } };
    open("#/log");
    await vi.waitFor(() => expect(one("log-status").dataset.state).toBe("broken"));
    expect(one("log-status").textContent).toContain("record 1042");
    expect(one("log-status").textContent).toContain("was changed after it was written");
  });

  it("is not called verified when checking again fails", async () => {
    open("#/log");
    await vi.waitFor(() => expect(one("log-status").dataset.state).toBe("verifies"));
    api.refusals.push("store_failed");
    one("log-check").click();
    await vi.waitFor(() => expect(one("log-status").dataset.state).toBe("unknown"));
    expect(one("log-records").textContent).toBe("–");
  });
});
