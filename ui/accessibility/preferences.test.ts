/** What a person has set in their system holds: forced colours, less motion. */
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Stage, TECHNICIAN, USER } from "./stage";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(async () => {
  await stage.page.emulateMedia({ forcedColors: "none" });
  expect(stage.faults()).toEqual([]);
});
afterAll(() => stage.close());

const look = async (element: Locator): Promise<string> => (await element.screenshot({ animations: "disabled", caret: "hide" })).toString("base64");

/** Does the same element look different after that was done? */
async function changes(element: Locator, act: () => Promise<unknown>): Promise<boolean> {
  const before = await look(element);
  await act();
  await stage.drawn();
  return before !== (await look(element));
}

test("in forced colours one sees what is chosen, pressed, current and focused", async () => {
  await stage.page.emulateMedia({ forcedColors: "active" });
  await stage.size(USER);
  await stage.app("home");
  const card = stage.page.locator("label", { has: stage.get("impact-team") });
  expect(await changes(card, async () => {
    await stage.get("impact-team").click();
    await stage.get("get-help-summary").focus();
  })).toBe(true);
  expect(await changes(stage.get("get-help"), () => stage.get("get-help").evaluate((button) => ((button as HTMLButtonElement).disabled = true)))).toBe(true);

  await stage.size(TECHNICIAN);
  await stage.app("queue");
  const row = stage.get("queue-row-T-1003");
  expect(await changes(row, async () => {
    await row.click();
    await stage.get("filter").focus();
    await stage.page.mouse.move(1, 1);
  })).toBe(true);

  await stage.app("remote");
  const toggle = stage.get("chat-toggle");
  expect(await changes(toggle, async () => {
    await toggle.click();
    await stage.get("chat-input").focus();
    await stage.page.mouse.move(1, 400);
  })).toBe(true);

  await stage.console({ hash: "#/sessions" });
  const link = stage.get("nav-tickets");
  const padded = stage.page.getByRole("navigation", { name: "Pages" });
  expect(await changes(padded, async () => {
    await link.click();
    await stage.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await stage.page.mouse.move(1, 700);
  })).toBe(true);
});

test("with less motion asked for, nothing moves by itself", async () => {
  const moving = (): Promise<number> => stage.page.evaluate(() => document.getAnimations().filter(({ playState, effect }) => playState === "running" && Number(effect?.getComputedTiming().endTime) > 50).length);
  await stage.size(USER);
  await stage.app("consent");
  const busy = (): Promise<void> => stage.page.evaluate(() => {
    const view = window.stand.view();
    if (view?.side.page === "consent") window.stand.show({ ...view, side: { ...view.side, busy: true } });
  });
  await busy();
  expect(await moving()).toBe(0);
  await stage.page.emulateMedia({ reducedMotion: "no-preference" });
  expect(await moving()).toBeGreaterThan(0);
  await stage.page.emulateMedia({ reducedMotion: "reduce" });
  await stage.console({ hash: "#/sessions", silent: true });
  expect(await moving()).toBe(0);
});
