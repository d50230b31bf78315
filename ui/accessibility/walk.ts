/**
 * A person who has a keyboard and nothing else. Each stop of the Tab key is looked at: is it seen where one is, and is what
 * has the focus in sight?
 */
import { expect } from "vitest";
import type { Stage } from "./stage";

/** Where the focus is. */
export interface Stop {
  /** Its `data-testid`, else what it is and says. */
  name: string;
  /** What is wrong with it; empty when nothing is. */
  fault: string;
}

/** More stops than any page has. */
const MOST_STOPS = 150;

export function here(stage: Stage): Promise<Stop> {
  return stage.page.evaluate(() => {
    const active = document.activeElement;
    if (!(active instanceof HTMLElement) || active === document.body) return { name: "nothing", fault: "" };
    const text = (active.getAttribute("aria-label") ?? active.textContent ?? "").replaceAll(/\s+/g, " ").trim().slice(0, 60);
    const name = active.dataset.testid ?? `${active.tagName.toLowerCase()} ${text}`.trim();
    // The ring may be drawn on the card around an invisible radio button, or on the picture beside the field that has the keys.
    const drawn = (element: Element, pseudo?: string): boolean => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element, pseudo);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    };
    const near = [active, active.parentElement, active.closest("label"), ...(active.closest("main")?.querySelectorAll("[data-plane] *") ?? [])];
    const seen = near.some((element) => element && (drawn(element) || drawn(element, "::after")));
    const box = (active.closest("label") ?? active).getBoundingClientRect();
    const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    const middle = document.elementFromPoint(Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1), Math.min(Math.max(box.y + Math.min(box.height / 2, 20), 0), innerHeight - 1));
    const covered = middle !== null && !active.contains(middle) && !middle.contains(active) && !(active.closest("label")?.contains(middle) ?? false) && box.width > 2;
    return { name, fault: [seen ? "" : "no focus ring", inside ? "" : "out of sight", covered ? `covered by ${middle?.className}` : ""].filter(Boolean).join(", ") };
  });
}

/** Presses Tab until it leads out of the page, or to where it was: the names of all stops. */
export async function stops(stage: Stage, key: "Tab" | "Shift+Tab" = "Tab"): Promise<string[]> {
  const names: string[] = [];
  const faults: string[] = [];
  for (let count = 0; count < MOST_STOPS; count += 1) {
    await stage.page.keyboard.press(key);
    const { name, fault } = await here(stage);
    if (name === "nothing" || (count > 0 && (await isMarked(stage)))) {
      expect(faults).toEqual([]);
      return names;
    }
    if (count === 0) await mark(stage);
    names.push(name);
    if (fault !== "") faults.push(`${name}: ${fault}`);
  }
  throw new Error(`the focus does not come out: ${names.join(", ")}`);
}

const mark = (stage: Stage): Promise<void> => stage.page.evaluate(() => void document.activeElement?.setAttribute("data-first", ""));
const isMarked = (stage: Stage): Promise<boolean> => stage.page.evaluate(() => document.activeElement?.hasAttribute("data-first") ?? false);

/** Presses Tab (or Shift+Tab) until the focus is there, never longer than the page is. */
export async function tabTo(stage: Stage, testid: string, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  const passed: string[] = [];
  for (let count = 0; count < MOST_STOPS; count += 1) {
    await stage.page.keyboard.press(key);
    const { name, fault } = await here(stage);
    expect(fault, name).toBe("");
    if (name === testid) return;
    passed.push(name);
  }
  throw new Error(`${testid} cannot be reached; passed ${passed.slice(0, 40).join(", ")}`);
}

/** Is the focus there? */
export async function expectHere(stage: Stage, name: string | RegExp): Promise<void> {
  await expect.poll(async () => (await here(stage)).name).toMatch(name instanceof RegExp ? name : new RegExp(`^${name}$`));
}
