/** Moves the focus to where a new page begins, so that keys and screen readers start there and never on a button. */
export function beginHere(element: HTMLElement): void {
  element.focus({ preventScroll: true });
}
