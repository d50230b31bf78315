/** The console by keyboard alone: in, through the lists into a session and back, and out. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { ADDRESSES } from "./scenes";
import { Stage, TECHNICIAN } from "./stage";
import { expectHere, stops, tabTo } from "./walk";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(() => stage.size(TECHNICIAN));
afterEach(() => expect(stage.faults()).toEqual([]));
afterAll(() => stage.close());

test("signing in leads to the page that was asked for", async () => {
  await stage.console({ hash: "#/tickets", signedOut: true });
  await expectHere(stage, "console-login");
  await stage.type("nora");
  await tabTo(stage, "console-password");
  await stage.type("correct horse");
  await stage.press("Enter");
  await expectHere(stage, /^h1 Tickets/);
});

test("what is missing is led to, and a refusal empties the password only", async () => {
  await stage.console({ hash: "#/sessions", signedOut: true });
  await stage.type("nora");
  await stage.press("Enter");
  await expectHere(stage, "console-password");
  await stage.type("wrong");
  await stage.press("Enter");
  await stage.get("sign-in-error").waitFor();
  await expectHere(stage, "console-password");
  expect(await stage.get("console-login").inputValue()).toBe("nora");
});

test("the first stop skips to the content", async () => {
  await stage.console({ hash: "#/sessions" });
  await stage.page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await stage.page.evaluate(() => document.body.focus());
  const first = stage.page.locator(".skip");
  await first.focus();
  await stage.press("Enter");
  await expectHere(stage, /^h1 /);
});

test("a session is opened from the list, and going back leads to its row", async () => {
  await stage.console({ hash: "#/sessions" });
  await stage.press("j", "j");
  const row = await stage.page.evaluate(() => document.activeElement?.closest("tr")?.dataset.id);
  expect(row).toBeTruthy();
  await stage.press("Enter");
  await stage.get("timeline-entry").first().waitFor();
  await expectHere(stage, /^h1 /);
  await stage.page.goBack();
  await stage.get("sessions-row").first().waitFor();
  await expect.poll(() => stage.page.evaluate(() => document.activeElement?.closest("tr")?.dataset.id)).toBe(row);
});

test("signing out says so, where the focus is", async () => {
  await stage.console({ hash: "#/log" });
  await tabTo(stage, "console-sign-out", "Shift+Tab");
  await stage.press("Enter");
  await stage.get("signed-out").waitFor();
  await expectHere(stage, "console-login");
});

test("an error is tried again, and the focus is not lost", async () => {
  await stage.console({ hash: "#/sessions", refusals: [] });
  await stage.page.evaluate(() => window.stand.refuse("relay_unreachable"));
  await tabTo(stage, "refresh", "Shift+Tab");
  await stage.press("Enter");
  await stage.get("console-retry").waitFor();
  await tabTo(stage, "console-retry");
  await stage.press("Enter");
  await stage.get("console-retry").waitFor({ state: "detached" });
  await expectHere(stage, /^(h1|refresh)/);
});

test.each(Object.entries(ADDRESSES))("%s: every stop is seen, and Tab comes out", async (_, hash) => {
  await stage.console({ hash, sessions: 3 });
  await stops(stage);
});

test("on the way back, too", async () => {
  await stage.console({ hash: ADDRESSES.figures });
  expect((await stops(stage, "Shift+Tab")).at(-1)).toMatch(/^button Skip/);
});
