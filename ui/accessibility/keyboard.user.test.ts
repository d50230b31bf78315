/** A user's whole way, by keyboard alone. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Stage, USER } from "./stage";
import { expectHere, stops, tabTo } from "./walk";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(() => stage.size(USER));
afterEach(() => expect(stage.faults()).toEqual([]));
afterAll(() => stage.close());

test("the organisation is imported", async () => {
  await stage.app("organisation");
  await expectHere(stage, /^h1 Who helps you/);
  await tabTo(stage, "organisation-link");
  await stage.type("renfort://import/abc");
  await stage.press("Enter");
  expect(await stage.actions()).toEqual([{ action: "import_organisation", text: "renfort://import/abc" }]);
  await tabTo(stage, "notice-dismiss");
  await stage.press("Enter");
  await stage.next("organisation", { notice: null });
  await expectHere(stage, /^h1 Who helps you/);
});

test("help is asked for, with who is stuck and how badly", async () => {
  await stage.app("home");
  await expectHere(stage, /^h1 Get help/);
  await tabTo(stage, "get-help-summary");
  await stage.type("Excel does not start");
  await tabTo(stage, "impact-person");
  await stage.press("ArrowRight");
  await expectHere(stage, "impact-team");
  await tabTo(stage, "urgency-low");
  await stage.press("Space", "ArrowDown", "ArrowDown");
  await tabTo(stage, "get-help");
  await stage.press("Enter");
  expect(await stage.actions()).toContainEqual({ action: "request_help", summary: "Excel does not start", impact: "team", urgency: "high" });
  await stage.next("waiting");
  await expectHere(stage, /^h1 Help is on its way/);
});

test("what is missing is led to, field by field", async () => {
  await stage.app("home");
  await tabTo(stage, "get-help");
  await stage.press("Enter");
  await expectHere(stage, "get-help-summary");
  await stage.type("It is slow");
  await stage.press("Enter");
  await expectHere(stage, "impact-person");
});

test("a request is withdrawn after the question, which keeps the focus and gives it back", async () => {
  await stage.app("waiting");
  await tabTo(stage, "cancel-ticket");
  await stage.press("Enter");
  await expectHere(stage, "dialog-close");
  expect(await stops(stage)).toEqual(["cancel-keep", "cancel-confirm"]);
  await stage.press("Escape");
  await expectHere(stage, "cancel-ticket");
  await stage.press("Enter");
  await tabTo(stage, "cancel-confirm");
  await stage.press("Enter");
  expect((await stage.actions()).at(-1)).toEqual({ action: "cancel_ticket" });
  await stage.next("finished");
  await expectHere(stage, /^h1 Help has ended/);
});

test("a code is shown, begins where it can be heard, and is hidden without losing the focus", async () => {
  await stage.app("home");
  await tabTo(stage, "code-show");
  await stage.press("Enter");
  expect(await stage.actions()).toEqual([{ action: "show_code", summary: "On the telephone: reads a code to the technician" }]);
  await stage.next("code");
  await expectHere(stage, /^h2 Code to read out/);
  await tabTo(stage, "code-hide");
  await stage.next("codeExpired");
  await expectHere(stage, "code-hide");
  await tabTo(stage, "code-again");
  await stage.press("Enter");
  await stage.next("code");
  await expectHere(stage, /^h2 Code to read out/);
  await tabTo(stage, "code-hide");
  await stage.press("Space");
  expect((await stage.actions()).map((action) => action.action)).toEqual(["show_code", "hide_code"]);
  await stage.next("waiting");
  await expectHere(stage, /^h1 Help is on its way/);
});

test("consent: nothing by chance, refusing comes before allowing", async () => {
  await stage.app("consent");
  await expectHere(stage, /^h1 Claire Fontaine would like to see your screen/);
  await stage.press("Enter", "Space");
  expect(await stage.actions()).toEqual([]);
  await stage.press("Tab");
  await expectHere(stage, "consent-view");
  await stage.press("Space");
  await stage.press("Tab");
  await expectHere(stage, "consent-control");
  await stage.press("Space");
  await stage.press("Tab");
  await expectHere(stage, "consent-clipboard");
  await tabTo(stage, "consent-refuse");
  await stage.press("Enter");
  await stage.press("Tab");
  await expectHere(stage, "consent-allow");
  await stage.press("Space");
  expect(await stage.actions()).toEqual([
    { action: "answer_consent", allow: false, capabilities: [], time_box_ms: 1_800_000 },
    { action: "answer_consent", allow: true, capabilities: ["view", "control"], time_box_ms: 1_800_000 },
  ]);
});

test("a button that waits for the answer keeps the focus, and takes no second press", async () => {
  await stage.app("consent");
  await tabTo(stage, "consent-allow");
  await stage.page.evaluate(() => {
    const view = window.stand.view();
    if (view?.side.page === "consent") window.stand.show({ ...view, side: { ...view.side, busy: true } });
  });
  await expectHere(stage, "consent-allow");
  expect(await stage.get("consent-allow").getAttribute("aria-disabled")).toBe("true");
  await stage.press("Enter", "Space");
  expect(await stage.actions()).toEqual([]);
});

test("in a session: more time, taking back, messages, stop", async () => {
  await stage.app("sessionControl");
  await expectHere(stage, /^h1 Help from Claire Fontaine/);
  for (const testid of ["extend", "switch-control", "switch-clipboard"]) {
    await tabTo(stage, testid);
    await stage.press("Space");
  }
  await tabTo(stage, "chat-input");
  await stage.type("thanks");
  await stage.press("Enter");
  await tabTo(stage, "stop");
  await stage.press("Space");
  expect((await stage.actions()).map((action) => action.action)).toEqual(["extend", "withdraw", "withdraw", "chat", "stop"]);
  await stage.next("finished");
  await expectHere(stage, /^h1 Help has ended/);
});

test("a question takes the focus from a message that is being written, and gives it back", async () => {
  await stage.app("session");
  await tabTo(stage, "chat-input");
  await stage.type("half a sent");
  await stage.next("sessionQuestion");
  await expectHere(stage, /^h2 Claire Fontaine asks to use your mouse/);
  await stage.type("ence ");
  await stage.press("Enter");
  expect(await stage.actions()).toEqual([]);
  await stage.press("Tab");
  await expectHere(stage, "control-clipboard");
  await stage.press("Tab");
  await expectHere(stage, "control-refuse");
  await stage.press("Tab");
  await expectHere(stage, "control-allow");
  await stage.press("Enter");
  expect(await stage.actions()).toEqual([{ action: "answer_request", capability: "control", allow: true, clipboard: false }]);
  await stage.next("sessionControl");
  await expectHere(stage, "chat-input");
  expect(await stage.get("chat-input").inputValue()).toBe("half a sent");
});

/** The window as it opens, as the stories place it, and as small as it gets. */
test.each([[480, 720], [560, 740], [380, 480]])("both answers to a question are in sight in a window of %i by %i", async (width, height) => {
  await stage.size({ width, height });
  for (const language of ["en", "fr"] as const) {
    for (const [page, answers] of [
      ["sessionQuestion", ["control-refuse", "control-allow", "stop"]],
      ["consent", ["consent-refuse", "consent-allow"]],
      ["consentByCode", ["consent-refuse", "consent-allow"]],
    ] as const) {
      await stage.app(page, { language, theme: "light" });
      for (const answer of answers) {
        const hit = await stage.get(answer).evaluate((button) => {
          const box = button.getBoundingClientRect();
          return button.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
        });
        expect(hit, `${answer}, ${language}`).toBe(true);
      }
    }
  }
});

test("what was written under a question is out of reach, and Stop is not", async () => {
  await stage.app("sessionQuestion");
  const reached = await stops(stage);
  expect(reached).not.toContain("chat-input");
  expect(reached).toContain("stop");
});

test("at the end: the answer, and back", async () => {
  await stage.app("finished");
  await tabTo(stage, "solved-yes");
  await stage.press("Enter");
  await tabTo(stage, "back-home");
  await stage.press("Enter");
  expect((await stage.actions()).map((action) => action.action)).toEqual(["feedback", "leave"]);
  await stage.next("home");
  await expectHere(stage, /^h1 Get help/);
});

test("settings open over the page and close with Escape", async () => {
  await stage.app("home");
  await tabTo(stage, "settings", "Shift+Tab");
  await stage.press("Enter");
  await expectHere(stage, "dialog-close");
  expect(await stops(stage)).toEqual(["language-select", "theme-select", "name-input", "be-technician"]);
  await stage.press("Escape");
  await expectHere(stage, "settings");
});

const ORDER = {
  organisation: ["organisation-choose", "organisation-link", "organisation-import", "notice-dismiss"],
  home: ["get-help-summary", "impact-person", "urgency-low", "get-help", "code-show"],
  waiting: ["code-show", "cancel-ticket"],
  code: ["code-hide", "cancel-ticket"],
  codeExpired: ["code-hide", "code-again", "cancel-ticket"],
  consentByCode: ["consent-view", "consent-control", "consent-clipboard", "time-30", "consent-refuse", "consent-allow"],
  consent: ["consent-view", "consent-control", "consent-clipboard", "time-30", "consent-refuse", "consent-allow"],
  sessionControl: ["extend", "switch-view", "switch-control", "switch-clipboard", "div Messages with Claire Fontaine", "chat-input", "stop", "report-abuse"],
  sessionQuestion: ["control-clipboard", "control-refuse", "control-allow", "stop", "report-abuse"],
  finished: ["solved-no", "solved-yes", "save-receipt", "back-home", "report-abuse"],
} as const;

test.each(Object.entries(ORDER))("%s: Tab goes from the heading through all in the order of reading, and out", async (sample, order) => {
  await stage.app(sample as keyof typeof ORDER);
  expect(await stops(stage)).toEqual(order);
  await stage.app(sample as keyof typeof ORDER);
  expect((await stops(stage, "Shift+Tab")).at(-1)).toBe("settings");
});

test("the banner: more time and stop", async () => {
  await stage.size({ width: 640, height: 60 });
  await stage.banner("sessionControl");
  await tabTo(stage, "banner-extend");
  await stage.press("Enter");
  await tabTo(stage, "banner-stop");
  await stage.press("Enter");
  expect((await stage.actions()).map((action) => action.action)).toEqual(["extend", "stop"]);
});
