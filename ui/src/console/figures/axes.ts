/** Where things stand in a chart, in pixels. One height for all, so that charts in a row line up. */

export const HEIGHT = 230;
export const TOP = 10;
export const BOTTOM = 24;
export const LEFT = 62;
export const RIGHT = 14;
/** Room that a label of a part takes. */
const LABEL = 62;

/** Which labels stand under the axis: as many as fit, evenly. */
export function shownLabels(count: number, width: number): number[] {
  const room = Math.max(1, Math.floor((width - LEFT - RIGHT) / LABEL));
  const step = Math.max(1, Math.ceil(count / room));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}

/** The largest of the values, at least `least`. */
export function largest(values: readonly (number | null)[], least: number): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), least);
}
