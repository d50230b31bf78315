/**
 * Keeps the row that somebody looks at where it is on the screen while rows come and go above it. Flow: before each change
 * of the list the anchor's place is noted, after it the list is scrolled by as much as the anchor moved.
 */

/** The row to hold on to: the chosen one while it is in sight, else the first that is. */
function anchorOf(list: HTMLElement): HTMLElement | null {
  const frame = list.getBoundingClientRect();
  const inSight = (row: HTMLElement): boolean => {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > frame.top && top < frame.bottom;
  };
  const rows = [...list.querySelectorAll<HTMLElement>("[role='option']")];
  return rows.find((row) => row.getAttribute("aria-selected") === "true" && inSight(row)) ?? rows.find(inSight) ?? null;
}

/** Notes where the anchor is; the function that it returns puts it back. */
export function holdSteady(list: HTMLElement): () => void {
  // At the top a new first row is what one wants to see.
  const anchor = list.scrollTop === 0 ? null : anchorOf(list);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  return () => {
    if (anchor === null || !anchor.isConnected) return;
    list.scrollTop += anchor.getBoundingClientRect().top - before;
  };
}
