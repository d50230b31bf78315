/**
 * All that must hold of one scene in each language: axe finds nothing in either theme; everything to use has a name in that
 * language; with more contrast asked for every text has it; it stands with wider spacing, at 200 % and in 320 px.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { layoutFaults } from "./layout";
import { namesOf } from "./names";
import { CONTRAST, COLOURS, found } from "./rules";
import type { Scene } from "./scenes";
import { BANNER, LANGUAGES, Stage } from "./stage";

/** WCAG 1.4.10: as a window of 1280 px at 400 %. */
const NARROW = { width: 320, height: 512 };
/** WCAG 1.4.4: each window as it opens, at 200 %. The banner keeps its size. */
const zoomed = ({ width, height }: Scene["size"]): Scene["size"] => ({ width: width / 2, height: height / 2 });
/** WCAG 1.4.12. */
const SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }";

export function everythingHolds(scenes: readonly Scene[]): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterEach(() => expect(stage.faults()).toEqual([]));
  afterAll(() => stage.close());

  const theme = (name: "light" | "dark"): Promise<void> => stage.page.evaluate((chosen) => void (document.documentElement.dataset.theme = chosen), name);

  describe.each(scenes.map((scene) => [scene.name, scene] as const))("%s", (_, scene) => {
    test.each(LANGUAGES)("%s", async (language) => {
      await stage.size(scene.size);
      await scene.show(stage, { language, theme: "light" });
      expect(await stage.page.evaluate(() => document.documentElement.lang)).toBe(language);
      expect(await found(stage), "light").toBe("");
      expect(await namesOf(stage, language)).toEqual({ nameless: [], foreign: [] });
      await theme("dark");
      expect(await found(stage, COLOURS), "dark").toBe("");
      // What follows depends on the language by the length of its words only, and French has the longer ones.
      if (language !== "fr") return;
      await stage.page.emulateMedia({ contrast: "more" });
      for (const name of ["dark", "light"] as const) {
        await theme(name);
        expect(await found(stage, CONTRAST), `${name}, more contrast`).toBe("");
      }
      await stage.page.emulateMedia({ contrast: "no-preference" });
      const spaced = await stage.page.addStyleTag({ content: SPACED });
      await stage.settled();
      expect((await layoutFaults(stage)).join("\n"), "wider spacing").toBe("");
      await spaced.evaluate((element) => (element as Element).remove());
      for (const size of scene.size === BANNER ? [NARROW] : [NARROW, zoomed(scene.size)]) {
        await stage.size(size);
        expect((await layoutFaults(stage)).join("\n"), `${size.width} px`).toBe("");
      }
    });
  });
}
