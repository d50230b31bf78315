/**
 * What a screen reader would say by itself: text that changes inside a live region that was there before, and alerts as they
 * come. A timer is silent, and so is a region that comes with its text already in it. Runs in the page.
 */
import type { Stage } from "./stage";

declare global {
  interface Window {
    announced: string[];
  }
}

export async function listen(stage: Stage): Promise<void> {
  await stage.page.evaluate(() => {
    window.announced = [];
    const LIVE = "[aria-live], [role=status], [role=alert], [role=log], [role=timer]";
    const says = (region: Element): string => (region.textContent ?? "").replaceAll(/[\s\u00a0\u202f]+/g, " ").trim();
    const isLoud = (region: Element): boolean => region.getAttribute("role") !== "timer" && region.getAttribute("aria-live") !== "off";
    const known = new Map<Element, string>();
    for (const region of document.querySelectorAll(LIVE)) known.set(region, says(region));
    new MutationObserver((changes) => {
      for (const region of document.querySelectorAll(LIVE)) {
        const text = says(region);
        const before = known.get(region);
        known.set(region, text);
        const isNew = before === undefined;
        if (text === "" || text === before || !isLoud(region) || (isNew && region.getAttribute("role") !== "alert")) continue;
        const own = changes.some(({ target }) => {
          const around = target instanceof Element ? target : target.parentElement;
          const closest = around?.closest(LIVE);
          return closest === region || (isNew && region.contains(around));
        });
        const hidden = changes.every(({ target }) => (target instanceof Element ? target : target.parentElement)?.closest("[aria-hidden=true]"));
        if ((own || isNew) && !hidden) window.announced.push(text);
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}

/** What was said since the last call. */
export function announced(stage: Stage): Promise<string[]> {
  return stage.page.evaluate(() => window.announced.splice(0));
}
