/** What is wrong with the layout of a page as it stands, a line each. Runs in the page. */
import type { Stage } from "./stage";

/**
 * Wider than the window; something to press or to read that lies outside; text that is cut off without being whole
 * elsewhere (`title`).
 */
export function layoutFaults(stage: Stage): Promise<string[]> {
  return stage.page.evaluate(() => {
    const faults: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth - innerWidth} px wider than the window`);
    const called = (element: Element): string => `${element.tagName.toLowerCase()}.${element.className} ${element.getAttribute("data-testid") ?? ""} "${(element.textContent ?? "").trim().slice(0, 40)}"`;
    /** What is meant in two dimensions may be moved in two. */
    const isPicture = (element: Element): boolean => element.closest("[data-plane]") !== null;
    const isUnseen = (element: Element): boolean => {
      for (let at: Element | null = element; at; at = at.parentElement) if (getComputedStyle(at).clipPath === "inset(50%)") return true;
      return false;
    };
    for (const element of document.querySelectorAll<HTMLElement>("#app *")) {
      if (element.closest("[aria-hidden=true], svg, option, [inert]") || !element.checkVisibility({ visibilityProperty: true })) continue;
      const style = getComputedStyle(element);
      const spare = element.scrollWidth - element.clientWidth;
      if (spare > 1 && /auto|scroll/.test(style.overflowX) && !element.matches("input, textarea") && !isPicture(element)) faults.push(`moves sideways by ${spare} px: ${called(element)}`);
      if (element.matches("button, label, td, th, li, dd") && spare > 1 && style.overflowX === "visible" && element.clientWidth > 1 && !isUnseen(element)) faults.push(`spills by ${spare} px: ${called(element)}`);
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      const pressed = element.matches("button, a, input, select, textarea, summary");
      if (!own && !pressed) continue;
      if ((style.opacity === "0" && !pressed) || isUnseen(element)) continue;
      // Cut off on purpose, and whole in its title.
      const titled = element.closest("[title]");
      if (titled && /hidden|clip/.test(getComputedStyle(titled).overflowX)) continue;
      const box = element.getBoundingClientRect();
      if (box.width <= 1 || box.height <= 1) continue;
      if ((box.right > innerWidth + 1 || box.left < -1) && !isPicture(element)) faults.push(`outside: ${called(element)} ${Math.round(box.left)}–${Math.round(box.right)}`);
      if (!own || style.overflowX === "visible" || element.closest("[title]")) continue;
      if (/hidden|clip/.test(style.overflowX) && spare > 1 && element.clientWidth > 0) faults.push(`cut off: ${called(element)}`);
    }
    return faults;
  });
}

/** Text of ours that does not run from left to right, because words of people beside it turned it round. */
export function turnedRound(stage: Stage): Promise<string[]> {
  return stage.page.evaluate(() => {
    const turned: string[] = [];
    const walker = document.createTreeWalker(document.querySelector("#app") ?? document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    const at = (node: Node, index: number): DOMRect => {
      range.setStart(node, index);
      range.setEnd(node, index + 1);
      return range.getBoundingClientRect();
    };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const around = node.parentElement;
      const text = node.textContent ?? "";
      if (!around || around.closest("bdi, [dir=auto], .written, textarea, .unseen, option, svg") || !/^\s*[A-Za-z]{2}/.test(text)) continue;
      const first = text.search(/[A-Za-z]/);
      const [one, next] = [at(node, first), at(node, first + 1)];
      if (one.width > 0 && one.top === next.top && one.left > next.left) turned.push(text.trim().slice(0, 60));
    }
    return turned;
  });
}
