/** Every page and state of the app and of the banner. */
import { expect, test } from "vitest";
import { found } from "./rules";
import { everythingHolds } from "./scene";
import { APP } from "./scenes";
import { Stage } from "./stage";

everythingHolds(APP);

test("the checker finds what is wrong", async () => {
  const stage = await Stage.open();
  await stage.app("home");
  await stage.page.evaluate(() => {
    document.documentElement.lang = "";
    const bad = document.createElement("div");
    bad.innerHTML = `<img src="data:,"><button></button><input><a href="#" style="color:#bbb;background:#ccc">pale</a>`;
    document.querySelector("main")?.append(bad);
  });
  const rules = (await found(stage)).split("\n").map((line) => line.split(":")[0]);
  await stage.close();
  for (const rule of ["html-has-lang", "image-alt", "button-name", "label", "color-contrast"]) expect(rules).toContain(rule);
});
