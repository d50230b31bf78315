/**
 * Keeps the keyboard's focus from getting lost: what opened over a page gives it back, and a focused element that vanishes (a
 * row that somebody else took, a dismissed message) hands it to what stood around it.
 * Invariant: the focus is moved for a person only when they would have lost it.
 */
import { tick } from "svelte";

/** Is the focus on nothing at all? */
const isFocusLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

/** May this element have the focus? */
const isUsable = (element: HTMLElement): boolean => element.isConnected && !element.matches(":disabled, [inert] *");

/** Remembers where the focus is; what it returns brings it back there, unless somebody has moved it elsewhere meanwhile. */
export function rememberFocus(): () => void {
  const before = document.activeElement;
  return () => {
    // What lies under a question takes the focus again only when the question is gone.
    void tick().then(() => {
      if (isFocusLost() && before instanceof HTMLElement && isUsable(before)) before.focus({ preventScroll: true });
    });
  };
}

/** Watches the focus; returns what ends it. */
export function keepFocus(): () => void {
  /** The focused element and everything around it, from the inside out. */
  let path: HTMLElement[] = [];
  /** None while nothing is to be looked at. */
  let looking: ReturnType<typeof setTimeout> | undefined;

  function follow(event: FocusEvent): void {
    path = event.composedPath().filter((each) => each instanceof HTMLElement);
  }

  /** Was it the person who left, for an empty place of the page? */
  function leave(event: FocusEvent): void {
    const left = event.target;
    setTimeout(() => {
      if (left === path[0] && left instanceof HTMLElement && isUsable(left) && isFocusLost()) path = [];
    });
  }

  function look(): void {
    looking = undefined;
    const last = path[0];
    if (last === undefined || !isFocusLost()) return;
    // It was disabled for a while, or it is gone.
    if (last.isConnected) {
      if (isUsable(last)) last.focus({ preventScroll: true });
      return;
    }
    for (const around of path) {
      if (!around.isConnected) continue;
      const next = around.matches("[tabindex]") ? around : around.querySelector<HTMLElement>("h1[tabindex], h2[tabindex]");
      if (next && isUsable(next)) return next.focus({ preventScroll: true });
    }
  }

  const watch = new MutationObserver(() => {
    looking ??= setTimeout(look);
  });
  watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled", "inert"] });
  document.addEventListener("focusin", follow);
  document.addEventListener("focusout", leave);
  return () => {
    clearTimeout(looking);
    watch.disconnect();
    document.removeEventListener("focusin", follow);
    document.removeEventListener("focusout", leave);
  };
}
