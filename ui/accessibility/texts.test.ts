/** What people write, hostile or odd, in every place where it is shown. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { layoutFaults, turnedRound } from "./layout";
import { APP, SCENES } from "./scenes";
import { Stage } from "./stage";
import { TEXTS } from "./texts";

/** As narrow as WCAG asks for. */
const NARROW = { width: 320, height: 512 };

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(() => expect(stage.faults()).toEqual([]));
afterAll(() => stage.close());

describe.each(Object.entries(TEXTS))("%s", (_, written) => {
  test("does no harm and moves nothing, wherever people write it", async () => {
    const wrong: string[] = [];
    for (const scene of SCENES) {
      await stage.size(scene.size);
      await scene.show(stage, { language: "en", theme: "light", written });
      wrong.push(...[...(await layoutFaults(stage)), ...(await turnedRound(stage))].map((fault) => `${scene.name}: ${fault}`));
      // The one image of our own is the user's pointer.
      const made = await stage.page.locator("#app :is(img:not([data-users-pointer] img), script, iframe, b b, [onerror], a[href^='javascript:'])").count();
      if (made > 0) wrong.push(`${scene.name}: ${made} elements were made of a text`);
    }
    expect(wrong.join("\n")).toBe("");
  });
});

test("the measuring finds what is wrong", async () => {
  await stage.size(NARROW);
  await APP[1]?.show(stage, { language: "en", theme: "light" });
  await stage.page.evaluate(() => {
    document.querySelector("main")?.insertAdjacentHTML("beforeend", `<p style="width:900px">wide</p><p style="width:50px;overflow:hidden;white-space:nowrap">cut off at some place</p><p>\u202e</p><p>turned \u202ename asks</p>`);
    document.querySelectorAll("main p").forEach((p) => p.childNodes.length === 1 && p.textContent?.startsWith("turned") && p.replaceChildren("\u202ex", " name asks"));
  });
  const faults = (await layoutFaults(stage)).join("\n");
  expect(faults).toMatch(/outside: p.*"wide"/);
  expect(faults).toMatch(/cut off: p/);
  expect(await turnedRound(stage)).toEqual(["name asks"]);
});
