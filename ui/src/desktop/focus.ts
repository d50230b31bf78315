/** Where the keyboard is when a page begins, and when a question comes in the middle of one. */
import { rememberFocus } from "../design/focus";

/** Moves the focus to where a new page begins, so that keys and screen readers start there and never on a button. */
export function beginHere(element: HTMLElement): void {
  element.focus({ preventScroll: true });
}

/** As `beginHere`, for a question in the middle of a page: when it goes, the focus goes back to where it was. */
export function interruptHere(element: HTMLElement): () => void {
  const giveBack = rememberFocus();
  beginHere(element);
  return giveBack;
}
