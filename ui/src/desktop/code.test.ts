/** The code for a call: shown and worded at the user's, typed at the technician's. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CodeView, Side, View } from "../generated/host";
import type { Code } from "../generated/protocol";
import { samples, viewOf } from "../host/samples";
import { errorText, language } from "../i18n";
import { stage, type Stage } from "./fake.stage";

let shown: Stage;
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }));
afterEach(async () => {
  await shown.end();
  vi.useRealTimers();
});
const changed = (view: View, change: object): View => viewOf(view.language, { ...view.side, ...change } as Side, { link: view.link });
const offline = (view: View): View => ({ ...view, link: { link: "connecting" } });
const state = (): string => (shown.get("code-state").textContent ?? "").replaceAll("\u00a0", " ").trim();
const SHOW = { action: "show_code", summary: "On the telephone: reads a code to the technician" };

describe("at the user's", () => {
  test("a code is asked for without filling the form in, with a sentence in the user's language", async () => {
    shown = await stage(samples.home("en"));
    await shown.click("code-show");
    await shown.show(samples.home("fr"));
    await shown.click("code-show");
    expect(shown.host.actions).toEqual([SHOW, { action: "show_code", summary: "Au téléphone\u00a0: lit un code au technicien" }]);
  });

  test("none is offered in an organisation that allows none, which says whom to beware of", async () => {
    shown = await stage(samples.homeNoCodes("en"));
    expect(shown.get("code-none").textContent).toContain("is not your support");
    await shown.show({ ...samples.waiting("en"), organisation: samples.homeNoCodes("en").organisation });
    expect(shown.get("code-none").textContent).toContain("uses no codes");
    expect(shown.all("code-show")).toEqual([]);
  });

  test.each([["busy", changed(samples.home("en"), { busy: true })], ["offline", samples.homeOffline("en")], ["waiting offline", samples.waitingOffline("en")]] as const)("none is asked for while %s", async (_, view) => {
    shown = await stage(view);
    await shown.click("code-show");
    expect(shown.get<HTMLButtonElement>("code-show").disabled).toBe(true);
    expect(shown.host.actions).toEqual([]);
  });

  test("a ticket that waits shows one, to be read group by group and spoken digit by digit, and hides it", async () => {
    shown = await stage(samples.waiting("en"));
    await shown.click("code-show");
    expect(shown.host.actions).toEqual([SHOW]);
    await shown.show(samples.code("en"));
    expect(shown.all("code-show")).toEqual([]);
    const parts = [...shown.get("code-digits").children];
    expect(parts.filter((part) => part.getAttribute("aria-hidden") !== "true").map((part) => part.textContent)).toEqual(["1 0 4 2, 5 8 3, 9 2 1"]);
    expect(parts.filter((part) => part.getAttribute("aria-hidden") === "true").map((part) => part.textContent).join(" ")).toBe("1042 – 583921");
    expect(document.activeElement?.textContent).toBe("Code to read out");
    expect(shown.get("code").textContent).toContain("Never send it by e-mail.");
    await shown.click("code-hide");
    expect(shown.host.actions.at(-1)).toEqual({ action: "hide_code" });
  });

  test("the time that is left is counted down in minutes, and is told to nobody who has not asked", async () => {
    vi.useFakeTimers({ now: Date.now() });
    const code: CodeView = { state: "shown", secret: "000042", until: Date.now() + 600_000, left: 3 };
    shown = await stage(changed(samples.code("en"), { code }));
    expect(shown.get("code-left").textContent).toBe("10\u00a0min");
    await vi.advanceTimersByTimeAsync(61_000);
    expect(shown.get("code-left").textContent).toBe("9\u00a0min");
    expect(shown.get("code-left").closest("[aria-live], [role=status]")).toBeNull();
    expect(state()).toBe("");
  });

  test("tries are told when some were used, and what is over says why and gives another", async () => {
    shown = await stage(samples.codeTried("en"));
    expect(state()).toBe("It can be tried 2 more times.");
    const told = shown.get("code-state");
    await shown.show(samples.codeSpent("en"));
    expect(shown.get("code-state")).toBe(told);
    expect(state()).toContain("tried three times");
    expect(shown.all("code-digits")).toEqual([]);
    await shown.show(samples.codeExpired("en"));
    expect(state()).toContain("ten minutes are over");
    await shown.click("code-again");
    expect(shown.host.actions).toEqual([SHOW]);
    await shown.show(offline(samples.codeExpired("en")));
    await shown.click("code-again");
    expect(shown.host.actions).toHaveLength(1);
  });

  test("who came with a code is not said to be checked, before the session and in it", async () => {
    shown = await stage(samples.consentByCode("en"));
    expect(shown.all("consent-card")).toEqual([]);
    expect(shown.text()).not.toContain("Checked");
    expect(shown.get("consent-unverified").textContent).toContain("not verified");
    expect(shown.get("consent-not-verified").textContent).toContain("you called your own IT support");
    await shown.show(samples.sessionByCode("en"));
    expect(shown.get("unverified").textContent).toBe("(name not verified)");
    await shown.show(samples.session("en"));
    expect(shown.all("unverified")).toEqual([]);
  });

  test("each warning is told and Allow waits for all of them", async () => {
    vi.useFakeTimers({ now: Date.now() });
    shown = await stage(changed(samples.consentNotAskedFor("en"), { allow_from: Date.now() + 5_000 }));
    const warnings = [...shown.get("consent-warnings").querySelectorAll("p")].map(({ dataset }) => dataset.testid);
    expect(warnings).toEqual(["consent-not-asked-for", "consent-first-time"]);
    await shown.click("consent-allow");
    expect(shown.host.actions).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_100);
    await shown.click("consent-allow");
    expect(shown.host.actions).toHaveLength(1);
  });
});

describe("at the technician's", () => {
  test("the key c opens a field, Enter uses what was typed, and nothing of it is kept", async () => {
    shown = await stage(samples.queue("en"));
    await shown.press("c", shown.get("queue-row-T-1001"));
    expect(document.activeElement).toBe(shown.get("code-input"));
    expect(shown.get("code-input").inputMode).toBe("numeric");
    expect(shown.get("code-input").getAttribute("autocomplete")).toBe("off");
    await shown.type("code-input", "T-1042 – 583 921");
    await shown.click("code-use");
    expect(shown.host.actions).toEqual([{ action: "take_by_code", ticket: "T-1042", secret: "583921" }]);
    expect(shown.get("code-checking").textContent).toBe("The code is being checked…");
    await shown.click("code-use");
    expect(shown.host.actions, "once").toHaveLength(1);
    await shown.show(samples.calling("en"));
    expect(shown.get<HTMLInputElement>("code-input").value, "the other machine has not said yet").toBe("T-1042 – 583 921");
    await shown.show(samples.asking("en"));
    expect(shown.all("code-dialog")).toEqual([]);
    await shown.show(samples.queue("en"));
    expect(shown.all("code-dialog")).toEqual([]);
    await shown.click("code-enter");
    expect(shown.get<HTMLInputElement>("code-input").value).toBe("");
  });

  test("what is no code is said, is not sent and stays in the field", async () => {
    shown = await stage(samples.queue("en"));
    await shown.click("code-enter");
    for (const [typed, words] of [["", "Type the code first."], ["583 921", "digits missing"], ["1042 58x 921", "digits only"], ["0042583921", "does not begin with 0"], ["12345678901234567890", "too long"]] as const) {
      await shown.type("code-input", typed);
      await shown.click("code-use");
      expect(shown.get("code-dialog").textContent).toContain(words);
      expect(shown.get("code-input").getAttribute("aria-invalid")).toBe("true");
      expect(shown.get<HTMLInputElement>("code-input").value).toBe(typed);
    }
    expect(shown.host.actions).toEqual([]);
    await shown.click("code-cancel");
    expect(shown.all("code-dialog")).toEqual([]);
  });

  test("when the connection goes meanwhile, the code is kept until it is back", async () => {
    shown = await stage(samples.queue("en"));
    await shown.click("code-enter");
    await shown.type("code-input", "1042583921");
    await shown.show(offline(samples.queue("en")));
    await shown.click("code-use");
    expect(shown.get("code-dialog").textContent).toContain("no connection");
    expect(shown.host.actions).toEqual([]);
    await shown.show(samples.queue("en"));
    await shown.click("code-use");
    expect(shown.host.actions).toHaveLength(1);
  });

  test("an organisation that allows none has none asked for, and the notice of the card says so", async () => {
    shown = await stage(samples.queueCardlessNoCodes("en"));
    expect(shown.get("card-code").textContent).toBe("Your organisation lets nobody help by a code: wait for your card.");
    expect(shown.get("take-why").textContent).toBe("Needs a card.");
    expect(shown.text()).not.toMatch(/c code/);
    await shown.press("c", shown.get("queue-row-T-1001"));
    await shown.show({ ...samples.overWrongCode("en"), organisation: samples.queueCardlessNoCodes("en").organisation });
    await shown.press("c", shown.get("outcome-solved"));
    for (const absent of ["code-dialog", "code-enter", "card-use-code"]) expect(shown.all(absent), absent).toEqual([]);
  });

  test("c is a letter in the filter, and does nothing offline, or for whom has no queue", async () => {
    shown = await stage(samples.queue("en"));
    await shown.press("c", shown.get("filter"));
    await shown.show(offline(samples.queue("en")));
    await shown.press("c", shown.get("queue-row-T-1001"));
    const view = samples.queue("en");
    if (view.side.page !== "queue") throw new Error("no queue");
    await shown.show(changed(view, { person: { ...view.side.person, role: "supervisor" } }));
    await shown.press("c", shown.get("queue-row-T-1001"));
    expect(shown.all("code-dialog")).toEqual([]);
    expect(shown.all("code-enter")).toEqual([]);
  });

  const refused = (code: Code, id: number, params?: Record<string, string>): View => ({ ...samples.queue("en"), notice: { id, error: { code, ...(params && { params }) } } });

  test("what the relay or the other machine says against a code is said there, and what was typed stays to be put right", async () => {
    shown = await stage(samples.queue("en"));
    await shown.click("code-enter");
    await shown.type("code-input", "1024 583 921");
    for (const [nth, [view, words]] of ([
      [refused("unknown_ticket", 1), "You typed T-1024: have the code read again."],
      [refused("ticket_closed", 2), "This ticket is closed. You typed T-1024: have the code read again."],
      [refused("already_taken", 3, { technician: "Zoé" }), "Zoé has already taken this ticket. You typed T-1024"],
      [refused("wrong_code", 4), "Ask the person to read it again"],
      [refused("user_offline", 5), "not connected"],
    ] as const).entries()) {
      await shown.click("code-use");
      expect(shown.get("code-dialog").textContent).not.toContain(words);
      // A wrong code is found out by the other machine, which the page shows meanwhile.
      if (nth === 3) await shown.show(samples.calling("en"));
      await shown.show(view);
      expect(shown.get("code-dialog").textContent).toContain(words);
      expect(shown.get<HTMLInputElement>("code-input").value).toBe("1024 583 921");
      expect(document.activeElement).toBe(shown.get("code-input"));
      expect(shown.host.actions.at(-1), "said once").toEqual({ action: "dismiss_notice" });
    }
    await shown.type("code-input", "1042 583 921");
    expect(shown.get("code-input").getAttribute("aria-invalid")).toBeNull();
  });

  test("what is told of something else meanwhile is neither put away nor taken for the code's fault", async () => {
    shown = await stage(samples.queue("en"));
    await shown.click("code-enter");
    await shown.type("code-input", "1042 583 921");
    await shown.click("code-use");
    const sent = shown.host.actions.length;
    for (const code of ["store_failed", "bad_organisation", "changed_meanwhile", "peer_lost"] as const) {
      await shown.show(refused(code, 7));
      expect(shown.get("code-checking").textContent, code).toBe("The code is being checked…");
      expect(shown.get("code-input").getAttribute("aria-invalid"), code).toBeNull();
    }
    expect(shown.host.actions).toHaveLength(sent);
    expect(shown.all("notice")).toHaveLength(1);
    await shown.show(refused("wrong_code", 8));
    expect(shown.get("code-dialog").textContent).toContain("Ask the person to read it again");
    expect(shown.host.actions.at(-1)).toEqual({ action: "dismiss_notice" });
  });

  test("what did not even reach the program is said there, too", async () => {
    shown = await stage(samples.queue("en"));
    await shown.click("code-enter");
    await shown.type("code-input", "1042 583 921");
    shown.host.refusal = { code: "internal", params: { detail: "pipe" } };
    await shown.click("code-use");
    await shown.show(samples.queue("en"));
    expect(shown.get("code-dialog").textContent).toContain("pipe");
    expect(shown.all("notice")).toEqual([]);
  });

  test("a question that ends without a word closes it, and the page says how it ended", async () => {
    shown = await stage(samples.over("en"));
    await shown.click("code-enter");
    await shown.type("code-input", "1001 583 921");
    await shown.click("code-use");
    await shown.show(samples.calling("en"));
    await shown.show(samples.over("en"));
    expect(shown.all("code-dialog")).toEqual([]);
  });

  test("a session that opens meanwhile puts it away for good", async () => {
    shown = await stage(samples.queue("en"));
    await shown.click("code-enter");
    await shown.show(samples.remote("en"));
    await shown.show(samples.over("en"));
    expect(shown.all("code-dialog")).toEqual([]);
  });

  test("for a ticket in hand a code is typed with a card, too, by its key; the number stands there, and another ticket's is refused", async () => {
    shown = await stage(samples.queueCardless("en"));
    expect(shown.get("card-code").textContent).toContain("Code…");
    for (const over of [samples.over("en"), samples.overUntrusted("en"), samples.overWrongCode("en")]) {
      await shown.show(over);
      expect(shown.get("code-enter").getAttribute("aria-keyshortcuts")).toBe("c");
      await shown.press("c", shown.get("wrapup-note"));
      expect(shown.all("code-dialog"), "it is a letter there").toEqual([]);
      await shown.press("c", shown.get("outcome-solved"));
      expect(shown.get<HTMLInputElement>("code-input").value).toBe("1001 ");
      await shown.click("code-cancel");
    }
    await shown.click("code-enter");
    await shown.type("code-input", "1042 583 921");
    await shown.click("code-use");
    expect(shown.get("code-dialog").textContent).toContain("This code is for ticket T-1042, and you have T-1001. Have it read again");
    await shown.type("code-input", "1001 583 921");
    await shown.click("code-use");
    expect(shown.host.actions).toEqual([{ action: "take_by_code", ticket: "T-1001", secret: "583921" }]);
    await shown.show(samples.calling("en"));
    await shown.press("c", shown.get("withdraw-question"));
    expect(shown.all("code-dialog")).toHaveLength(1);
    await shown.click("code-cancel");
    await shown.press("c", shown.get("withdraw-question"));
    expect(shown.all("code-dialog"), "while its user is asked").toEqual([]);
  });
});

test.each([
  ["en", ["can be tried 2 more times", "can be tried 1 more time.", "no longer good", "Somebody typed a wrong code."]],
  ["fr", ["Il reste 2 essais", "Il reste 1 essai ", "n’est plus valable", "Quelqu’un a saisi un code erroné."]],
] as const)("in %s a wrong code says how often it can still be tried, or that it is over", async (which, [two, one, none, unknown]) => {
  shown = await stage(samples.codeTried(which));
  language.set(which);
  const what = (left?: string): string => errorText({ code: "wrong_code_tried", params: left === undefined ? {} : { left } }).what.replaceAll("\u00a0", " ");
  expect(what("2")).toContain(two);
  expect(what("1")).toContain(one);
  expect(what("0")).toContain(none);
  expect(what()).toBe(unknown);
});
