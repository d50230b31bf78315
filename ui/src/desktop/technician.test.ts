/** What a technician does becomes the right action, by mouse and by keyboard. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Side, TechnicianPage, TechnicianSession, View } from "../generated/host";
import { CLAIRE, detail, grant, queueEntry, samples, viewOf } from "../host/samples";
import { stage, type Stage } from "./fake.stage";

let shown: Stage;
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }));
afterEach(async () => {
  await shown.end();
  vi.useRealTimers();
});
const page = (view: View, change: object): View => viewOf(view.language, { ...view.side, ...change } as Side);
const open = (view: View, change: Partial<Extract<TechnicianSession, { stage: "open" }>>): View => {
  const side = view.side as Extract<TechnicianPage, { page: "ticket" }>;
  return page(view, { session: { ...side.session, ...change } });
};

test("signing in sends name and password once and forgets the password", async () => {
  shown = await stage(samples.signIn("en"));
  expect(document.activeElement).toBe(shown.get("sign-in-login"));
  await shown.click("sign-in");
  expect(shown.host.actions).toEqual([]);
  await shown.type("sign-in-login", "claire ");
  await shown.type("sign-in-password", " secret ");
  await shown.click("sign-in");
  expect(shown.host.actions).toEqual([{ action: "sign_in", login: "claire", password: " secret " }]);
  expect(shown.get<HTMLInputElement>("sign-in-password").value).toBe("");
});

test("who is asked for a second factor gives it without the password anew, and can go back", async () => {
  shown = await stage(samples.signIn("en"));
  await shown.type("sign-in-login", "claire");
  await shown.type("sign-in-password", "secret");
  await shown.click("sign-in");
  shown.host.show(page(samples.signIn("en"), { login: "claire", second_factor: true }));
  await vi.advanceTimersByTimeAsync(0);
  await shown.type("second-factor", "123 456");
  await shown.click("second-factor-submit");
  expect(shown.host.actions.at(-1)).toEqual({ action: "sign_in", login: "claire", password: "secret", second_factor: "123 456" });
  expect(shown.get<HTMLInputElement>("second-factor").value).toBe("");
  shown.host.show({ ...page(samples.signIn("en"), { login: "claire", second_factor: true }), notice: { id: 2, error: { code: "second_factor_wrong" } } });
  await vi.advanceTimersByTimeAsync(0);
  await shown.click("second-factor-other");
  expect(shown.host.actions.at(-1), "what was said of the app's code is not about one on paper").toEqual({ action: "dismiss_notice" });
  await shown.click("second-factor-back");
  expect(shown.get<HTMLInputElement>("sign-in-password").value).toBe("");
});

test("of a ticket that was opened for a call nobody said how bad it is, and nothing is made up", async () => {
  const entry = queueEntry(1001, "en", { impact: "not_stated", urgency: "not_stated", priority: 4 });
  shown = await stage(page(samples.queue("en"), { tickets: [entry], detail: { ...detail("en"), entry } }));
  expect(shown.text().match(/Not stated/g)).toHaveLength(2);
});

test("who signed in last needs the password only", async () => {
  shown = await stage(page(samples.signIn("en"), { login: "claire" }));
  expect(shown.get<HTMLInputElement>("sign-in-login").value).toBe("claire");
  expect(document.activeElement).toBe(shown.get("sign-in-password"));
});

test("a click shows a ticket, and it is taken with a button", async () => {
  shown = await stage(samples.queue("en"));
  await shown.click("queue-row-T-1007");
  await vi.advanceTimersByTimeAsync(0);
  await shown.click("take");
  expect(shown.host.actions).toEqual([{ action: "show_ticket", ticket: "T-1007" }, { action: "take_ticket", ticket: "T-1007" }]);
});

test("keys move through the queue, ask once where they stop, Enter looks at once and t takes", async () => {
  shown = await stage(page(samples.queue("en"), { detail: null }));
  expect(document.activeElement?.getAttribute("role")).toBe("listbox");
  await shown.press("j");
  await shown.press("j");
  await shown.press("ArrowDown");
  await shown.press("k");
  expect(shown.host.actions).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(shown.host.actions).toEqual([{ action: "show_ticket", ticket: "T-1003" }]);
  expect(shown.get("queue-row-T-1003").getAttribute("aria-selected")).toBe("true");
  expect(document.activeElement).toBe(shown.get("queue-row-T-1003"));
  await shown.press("Enter");
  await vi.advanceTimersByTimeAsync(0);
  expect(shown.host.actions.map(({ action }) => action)).toEqual(["show_ticket", "show_ticket"]);
  await shown.press("t");
  expect(shown.host.actions.at(-1)).toEqual({ action: "take_ticket", ticket: "T-1003" });
});

test("slash leads to the filter, typing there moves nothing, Escape clears it", async () => {
  shown = await stage(samples.queue("en"));
  await shown.press("/");
  expect(document.activeElement).toBe(shown.get("filter"));
  await shown.press("j");
  await shown.type("filter", "helene");
  expect(shown.all("queue-row-T-1007")).toHaveLength(1);
  expect(shown.all("queue-row-T-1001")).toHaveLength(0);
  await shown.press("Escape");
  expect(shown.all("queue-row-T-1001")).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(shown.host.actions).toEqual([]);
});

test("a ticket that somebody else took leaves the list, and nothing is taken instead", async () => {
  shown = await stage(samples.queue("en"));
  const view = samples.queue("en");
  if (view.side.page !== "queue") throw new Error("no queue");
  await shown.show(page(view, { tickets: view.side.tickets.filter((ticket) => ticket.id !== "T-1001"), detail: null }));
  expect(shown.all("take")).toEqual([]);
  await shown.press("t", shown.get("queue-list"));
  expect(shown.host.actions).toEqual([]);
});

test("who took the ticket that was looked at is said, and keys go on where it stood", async () => {
  const view = samples.queue("en");
  if (view.side.page !== "queue") throw new Error("no queue");
  shown = await stage(view);
  const gone = { id: "T-1001", summary: "<b>The printer</b>", why: { left: "taken", by: { ...CLAIRE, id: 99, name: "Bob <i>" } } } as const;
  await shown.show(page(view, { tickets: view.side.tickets.filter((ticket) => ticket.id !== "T-1001"), detail: null, gone }));
  expect(shown.get("queue-gone").textContent).toContain("Bob <i> has taken it.");
  expect(shown.get("queue-gone").querySelector("i, b")).toBeNull();
  await shown.press("ArrowDown", shown.get("queue-list"));
  expect(shown.get("queue-row-T-1005").getAttribute("aria-selected")).toBe("true");
});

test.each([
  [{ left: "escalated", to: 2 }, "level 2"], [{ left: "cancelled" }, "no longer needs help"], [{ left: "closed" }, "was closed"],
  [{ left: "reassigned" }, "Your session has ended. Others go on with this ticket."],
] as const)("where a ticket went is said: %o", async (why, words) => {
  shown = await stage(page(samples.queue("en"), { tickets: [], detail: null, gone: { id: "T-1", summary: "x", why } }));
  expect(shown.get("queue-gone").textContent).toContain(words);
});

test("the queue is narrowed, says how much it hides, and shows all again", async () => {
  shown = await stage(samples.queue("en"));
  expect(shown.get("queue-hidden").textContent?.trim()).toBe("");
  await shown.choose("queue-level", "2");
  expect(shown.all("queue-row-T-1005")).toHaveLength(1);
  expect(shown.all("queue-row-T-1001")).toEqual([]);
  expect(shown.get("queue-hidden").textContent).toContain("4\u00a0tickets are hidden");
  await shown.click("queue-mine");
  expect(shown.get("queue-no-match").textContent).toContain("hides 5\u00a0tickets");
  await shown.click("queue-clear");
  expect(shown.all("queue-row-T-1001")).toHaveLength(1);
  expect(shown.get<HTMLSelectElement>("queue-level").value).toBe("");
  await shown.choose("queue-priority", "1");
  await shown.press("Escape", shown.get("queue-list"));
  expect(shown.all("queue-row-T-1001")).toHaveLength(1);
});

test("a choice stays chosen while tickets come and go", async () => {
  const view = samples.queue("en");
  if (view.side.page !== "queue") throw new Error("no queue");
  shown = await stage(view);
  const [first, ...others] = view.side.tickets;
  if (!first) throw new Error("no ticket");
  await shown.show(page(view, { tickets: [{ ...first, id: "T-2000" }, first, ...others] }));
  expect(shown.get("queue-row-T-1001").getAttribute("aria-selected")).toBe("true");
  await shown.show(page(view, { tickets: others }));
  expect(shown.get("queue-row-T-1001").getAttribute("aria-selected")).toBe("true");
  expect(shown.host.actions).toEqual([]);
});

test("keys pressed in a field, with Ctrl, or outside the queue are not the queue's", async () => {
  shown = await stage(samples.queue("en"));
  for (const key of ["t", "j"]) {
    await shown.press(key, shown.get("filter"));
    await shown.press(key, shown.get("note-input"));
    await shown.press(key, shown.get("queue-level"));
    await shown.press(key, document.body);
  }
  shown.get("queue-list").dispatchEvent(new KeyboardEvent("keydown", { key: "t", ctrlKey: true, bubbles: true }));
  await vi.advanceTimersByTimeAsync(500);
  expect(shown.host.actions).toEqual([]);
});

test("my own ticket in the queue is not taken again", async () => {
  const view = samples.queue("en");
  if (view.side.page !== "queue" || !view.side.detail) throw new Error("no queue");
  const tickets = view.side.tickets.map((ticket) => (ticket.id === "T-1001" ? { ...ticket, state: "taken" as const, technician: CLAIRE } : ticket));
  shown = await stage(page(view, { tickets }));
  expect(shown.all("take")).toEqual([]);
  expect(shown.get("queue-row-T-1001").textContent).toContain("Yours");
});

test("notes are added with a button or with Ctrl+Enter", async () => {
  shown = await stage(samples.queue("en"));
  await shown.type("note-input", " seen before ");
  await shown.click("note-add");
  expect(shown.host.actions).toEqual([{ action: "add_note", text: "seen before" }]);
  await shown.type("note-input", "again");
  shown.get("note-input").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
  expect(shown.host.actions.at(-1)).toEqual({ action: "add_note", text: "again" });
});

test("while asking, the question can be taken back", async () => {
  shown = await stage(samples.asking("en"));
  await shown.click("withdraw-question");
  expect(shown.host.actions).toEqual([{ action: "withdraw_question" }]);
});

test("in a session: control asked and given back, chat, notes, the end", async () => {
  shown = await stage(samples.remote("en"));
  expect(shown.get<HTMLButtonElement>("special-keys").disabled).toBe(true);
  await shown.click("request-control");
  await shown.show(open(samples.remote("en"), { requested: ["control"] }));
  expect(shown.get<HTMLButtonElement>("request-control").disabled).toBe(true);
  await shown.show(samples.remoteControl("en"));
  await shown.click("give-back-control");
  expect(shown.get("unread").textContent).toBe("1");
  await shown.click("chat-toggle");
  expect(shown.all("unread")).toEqual([]);
  await shown.type("chat-input", "done");
  await shown.click("chat-send");
  await shown.click("ticket-toggle");
  await shown.type("note-input", "queue cleared");
  await shown.click("note-add");
  await shown.click("end-session");
  expect(shown.host.actions).toEqual([
    { action: "request", capability: "control" },
    { action: "give_back", capability: "control" },
    { action: "chat", text: "done" },
    { action: "add_note", text: "queue cleared" },
    { action: "end_session" },
  ]);
});

test("a click on the picture without control says why it goes nowhere", async () => {
  shown = await stage(samples.remote("en"));
  shown.get("remote-canvas").dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
  await shown.show(samples.remote("en"));
  expect(shown.get("input-denied").textContent).toContain("Ask for control first");
});

test("special keys open as a menu, walk with arrows, close with Escape", async () => {
  shown = await stage(samples.remoteControl("en"));
  await shown.click("special-keys");
  expect(document.activeElement).toBe(shown.get("special-ctrl_alt_del"));
  await shown.press("ArrowUp");
  expect(document.activeElement).toBe(shown.get("special-print_screen"));
  await shown.press("ArrowDown");
  expect(document.activeElement).toBe(shown.get("special-ctrl_alt_del"));
  await shown.press("Escape");
  expect(shown.all("special-super")).toEqual([]);
  expect(document.activeElement).toBe(shown.get("special-keys"));
});

test("the picture is shown fitted or in its own size", async () => {
  shown = await stage(samples.remote("en"));
  expect(shown.get("fit-toggle").dataset.fitted).toBe("true");
  await shown.click("fit-toggle");
  expect(shown.get("fit-toggle").dataset.fitted).toBe("false");
});

test("after a session the user can be asked again", async () => {
  shown = await stage(samples.over("en"));
  expect(shown.get("session-over").textContent).toContain("stopped");
  await shown.click("ask-again");
  expect(shown.host.actions).toEqual([{ action: "ask_again" }]);
});

test("a ticket is closed with an outcome; without one it is not", async () => {
  shown = await stage(samples.over("en"));
  await shown.click("wrapup-submit");
  expect(shown.host.actions).toEqual([]);
  expect(shown.text()).toContain("Choose one.");
  await shown.click("outcome-solved");
  await shown.type("wrapup-message", "It prints again.");
  await shown.click("wrapup-submit");
  expect(shown.host.actions).toEqual([{ action: "wrap_up", outcome: "solved", message: "It prints again.", note: null }]);
});

test("a ticket is passed on only to a higher level", async () => {
  shown = await stage(samples.over("en"));
  await shown.click("outcome-escalate-3");
  await shown.click("wrapup-submit");
  expect(shown.host.actions).toEqual([{ action: "wrap_up", outcome: "escalated", to: 3, message: null, note: null }]);

  const view = samples.over("en");
  const side = view.side as Extract<TechnicianPage, { page: "ticket" }>;
  const at = (level: 2 | 3): View => page(view, { detail: { ...side.detail, entry: { ...side.detail.entry, level } } });
  await shown.show(at(2));
  expect(shown.all("outcome-escalate-2")).toEqual([]);
  expect(shown.all("outcome-escalate-3")).toHaveLength(1);
  await shown.show(at(3));
  expect(shown.all("outcome-escalate-3")).toEqual([]);
});

test("what was not carried out is said", async () => {
  shown = await stage(open(samples.remoteControl("en"), { remark: { remark: "input_denied", reason: "paused" } }));
  expect(shown.get("remark").textContent).toContain("rests while the user answers");
  await shown.show(open(samples.remote("en"), { grant: grant("view"), remark: { remark: "withdrawn", capability: "control", reason: "by_user" } }));
  expect(shown.get("remark").textContent).toContain("taken back by the user");
});

test("a user who shows nothing has paused: the last picture is covered, and no reason is told", async () => {
  shown = await stage(samples.remotePaused("en"));
  expect(shown.get("remote-lost").textContent).toContain("The user has paused");
  expect(shown.get("remote-canvas").closest(".empty")).not.toBeNull();
  expect(shown.text()).not.toMatch(/abuse|report|supervisor/i);
  await shown.show(samples.remote("en"));
  expect(shown.text()).not.toContain("has paused");
});

test.each([["en", "[erased]"], ["fr", "[effacé]"]] as const)("what was erased is told in the reader's own words, %s", async (language, word) => {
  const view = samples.queue(language);
  if (view.side.role !== "technician" || view.side.page !== "queue" || !view.side.detail) throw new Error("there is a ticket to look at");
  const [earlier] = view.side.detail.earlier;
  if (!earlier) throw new Error("there is an earlier ticket");
  const erased = { ...earlier, summary: "[erased]", message: "[erased]" };
  shown = await stage(page(view, { detail: { ...view.side.detail, earlier: [erased] } }));
  expect(shown.get(`earlier-${earlier.id}`).textContent?.split(word)).toHaveLength(3);
});

test.each([["en", "the user"], ["fr", "l’utilisateur"]] as const)("in %s a user without a name is called %s", async (language, called) => {
  const nameless = (view: View): View => {
    const { detail: shownDetail } = view.side as Extract<TechnicianPage, { page: "ticket" }>;
    return page(view, { detail: { ...shownDetail, entry: { ...shownDetail.entry, user: { name: "?", machine: "PC-1" } } } });
  };
  shown = await stage(nameless(samples.asking(language)));
  expect(document.querySelector("h1")?.textContent).toContain(called);
  expect(document.querySelector("h1")?.textContent).not.toContain("?");
  expect(document.title).toContain(called);
  expect(shown.get("detail").querySelector("dd")?.textContent).toContain(called);
  await shown.show(nameless(samples.remote(language)));
  expect(document.querySelector("h1")?.textContent).toContain(called);
  expect(shown.get("remote-keys").getAttribute("aria-label")).toContain(called);
});
