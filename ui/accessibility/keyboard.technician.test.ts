/** A technician's whole way, by keyboard alone: into the user's machine and out again. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Stage, TECHNICIAN } from "./stage";
import { expectHere, here, stops, tabTo } from "./walk";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(() => stage.size(TECHNICIAN));
afterEach(() => expect(stage.faults()).toEqual([]));
afterAll(() => stage.close());

const sent = (): Promise<string[]> => stage.page.evaluate(() => (window as unknown as { sent: string[] }).sent.splice(0));
const does = async (): Promise<string[]> => (await stage.actions()).map((action) => action.action);

test("signing in leads into the queue", async () => {
  await stage.app("signIn");
  await expectHere(stage, "sign-in-login");
  await stage.type("claire");
  await tabTo(stage, "sign-in-password");
  await stage.type("secret");
  await stage.press("Enter");
  expect(await stage.actions()).toEqual([{ action: "sign_in", login: "claire", password: "secret" }]);
  await stage.next("queue");
  await expectHere(stage, "queue-row-T-1001");
});

test("an empty queue begins on its heading", async () => {
  await stage.app("queueEmpty");
  await expectHere(stage, /^h1 Queue/);
});

test("a ticket is chosen and taken", async () => {
  await stage.app("queue");
  await stage.press("Home");
  await expectHere(stage, "queue-row-T-1007");
  expect((await here(stage)).fault).toBe("");
  await stage.press("j");
  await expectHere(stage, "queue-row-T-1003");
  await stage.press("ArrowDown");
  await expectHere(stage, "queue-row-T-1001");
  await tabTo(stage, "take");
  await stage.press("Enter");
  expect(await stage.actions()).toContainEqual({ action: "take_ticket", ticket: "T-1001" });
  await stage.next("asking");
  await expectHere(stage, /^h1 Waiting for Jeanne Martin/);
  await tabTo(stage, "withdraw-question");
  await stage.press("Enter");
  expect(await does()).toEqual(["withdraw_question"]);
});

test("the filter is reached and left", async () => {
  await stage.app("queue");
  await stage.press("/");
  await expectHere(stage, "filter");
  await stage.type("payroll");
  await stage.press("Escape");
  expect((await here(stage)).name).toMatch(/^queue-(row|list)/);
});

test("a code that is read out is typed and used, or given up, from the keyboard", async () => {
  await stage.app("queue");
  await stage.press("c");
  await expectHere(stage, "code-input");
  expect(await stops(stage)).toEqual(["code-cancel", "code-use"]);
  await stage.press("Escape");
  await expectHere(stage, "queue-row-T-1001");
  await stage.press("c");
  await stage.press("Enter");
  await expectHere(stage, "code-input");
  await stage.type("1042 583 921");
  await stage.press("Enter");
  expect(await stage.actions()).toEqual([{ action: "take_by_code", ticket: "T-1042", secret: "583921" }]);
  await expectHere(stage, "code-input");
  await stage.next("asking");
  await expectHere(stage, /^h1 Waiting for Jeanne Martin/);
});

test("without a card, Take leads to the way by code", async () => {
  await stage.app("queueCardless");
  await tabTo(stage, "take");
  await stage.press("Enter");
  await expectHere(stage, /^div You cannot ring anybody yet/);
  await tabTo(stage, "card-use-code");
  await stage.press("Enter");
  await expectHere(stage, "code-input");
  await stage.press("Escape");
  await expectHere(stage, "card-use-code");
  expect(await stage.actions()).toEqual([]);
});

test("a code for the ticket in hand is typed behind its number", async () => {
  await stage.app("over");
  await stage.press("c");
  await expectHere(stage, "code-input");
  await stage.type("583 921");
  await stage.press("Enter");
  expect(await stage.actions()).toEqual([{ action: "take_by_code", ticket: "T-1001", secret: "583921" }]);
  await stage.press("Escape");
  await expectHere(stage, /^h1 How did it end/);
});

test("letters do nothing outside the queue", async () => {
  await stage.app("queue");
  await tabTo(stage, "sign-out", "Shift+Tab");
  await stage.press("t", "c", "j", "/");
  await expectHere(stage, "sign-out");
  expect(await does()).toEqual([]);
});

test("a row that somebody else takes hands the focus to the list", async () => {
  await stage.app("queue");
  await stage.press("Home");
  await expectHere(stage, "queue-row-T-1007");
  await stage.page.evaluate(() => {
    const view = window.stand.view();
    if (view?.side.page === "queue") window.stand.show({ ...view, side: { ...view.side, tickets: view.side.tickets.filter(({ id }) => id !== "T-1007"), detail: null } });
  });
  await expectHere(stage, /^queue-list/);
  await stage.press("ArrowDown");
  expect((await here(stage)).name).toMatch(/^queue-row-/);
});

test("a message that is dismissed hands the focus to the page", async () => {
  await stage.app("queue");
  await stage.next("queue", { notice: { id: 3, error: { code: "busy" } } });
  await tabTo(stage, "notice-dismiss", "Shift+Tab");
  await stage.press("Enter");
  await stage.next("queue");
  await expectHere(stage, /^h1 Queue/);
});

test("control is asked for, and the focus stays while the answer is awaited and when it comes", async () => {
  await stage.app("remote");
  await expectHere(stage, /^h1 Session with Jeanne Martin/);
  await tabTo(stage, "request-control", "Shift+Tab");
  await stage.press("Enter");
  expect(await does()).toEqual(["request"]);
  await stage.next("remoteRefused");
  await expectHere(stage, "request-control");
  await stage.press("Enter");
  expect(await does()).toEqual([]);
  await stage.next("remoteControl");
  await expectHere(stage, "give-back-control");
});

test("the keyboard goes to the user's machine and comes back with Ctrl twice, as the page says", async () => {
  await stage.app("remoteControl");
  await tabTo(stage, "remote-keys");
  expect(await stage.get("keyboard-hint").innerText()).toContain("press Ctrl twice");
  const hint = await stage.get("remote-keys").evaluate((keys) => document.getElementById(keys.getAttribute("aria-describedby") ?? "")?.textContent);
  expect(hint).toContain("press Ctrl twice");
  await sent();
  await stage.press("a", "Tab", "Escape", "/");
  await expectHere(stage, "remote-keys");
  expect((await here(stage)).fault).toBe("");
  const keys = (await sent()).filter((event) => event.includes('"pressed":true'));
  for (const key of ['"a"', '"Tab"', '"Escape"', '"/"']) expect(keys.join()).toContain(key);
  await stage.press("Control", "Control");
  await expectHere(stage, "give-back-control");
  expect((await sent()).join()).toContain("release_all");
  await stage.press("Tab");
  await expectHere(stage, "special-keys");
});

test("without control the picture is one stop among others", async () => {
  await stage.app("remote");
  await tabTo(stage, "remote-keys");
  await sent();
  await stage.press("a");
  expect((await sent()).filter((event) => event.includes('"key"'))).toEqual([]);
  await stage.press("Shift+Tab");
  expect((await here(stage)).name).not.toBe("remote-keys");
});

test("special keys: a menu with arrows, closed by Escape", async () => {
  await stage.app("remoteControl");
  await tabTo(stage, "special-keys", "Shift+Tab");
  await stage.press("Enter");
  await expectHere(stage, "special-ctrl_alt_del");
  await stage.press("End");
  await expectHere(stage, "special-print_screen");
  await stage.press("Escape");
  await expectHere(stage, "special-keys");
  await sent();
  await stage.press("Enter", "Enter");
  await expectHere(stage, "remote-keys");
  expect((await sent()).join()).toContain("Delete");
});

test("messages, the ticket and its notes, and the end", async () => {
  await stage.app("remote");
  await tabTo(stage, "chat-toggle", "Shift+Tab");
  await stage.press("Enter");
  await tabTo(stage, "chat-input");
  await stage.type("one moment");
  await stage.press("Enter");
  await tabTo(stage, "ticket-toggle", "Shift+Tab");
  await stage.press("Enter");
  await tabTo(stage, "note-input");
  await stage.type("queue cleared");
  await stage.press("Control+Enter");
  await tabTo(stage, "end-session", "Shift+Tab");
  await stage.press("Enter");
  expect(await does()).toEqual(["chat", "add_note", "end_session"]);
  await stage.next("over");
  await expectHere(stage, /^h1 How did it end/);
});

test("the ticket is closed with an outcome, a message and a note", async () => {
  await stage.app("over");
  await tabTo(stage, "outcome-solved");
  await stage.press("Space");
  await tabTo(stage, "wrapup-message");
  await stage.type("It prints again.");
  await tabTo(stage, "wrapup-note");
  await stage.type("Job removed.");
  await stage.press("Control+Enter");
  expect(await stage.actions()).toContainEqual({ action: "wrap_up", outcome: "solved", message: "It prints again.", note: "Job removed." });
  await stage.next("queue");
  await expectHere(stage, "queue-row-T-1001");
});

test("without an outcome the focus goes to the question", async () => {
  await stage.app("over");
  await tabTo(stage, "wrapup-submit");
  await stage.press("Enter");
  await expectHere(stage, "outcome-solved");
});

test.each(["signIn", "queue", "queueEmpty", "asking", "remote", "over"] as const)("%s: Tab comes out at both ends", async (sample) => {
  await stage.app(sample);
  const forth = await stops(stage);
  await stage.app(sample);
  const back = await stops(stage, "Shift+Tab");
  expect(forth.length + back.length).toBeGreaterThan(2);
});
