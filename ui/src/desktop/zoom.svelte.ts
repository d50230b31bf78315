/**
 * How large everything is, where the window has no zoom of its own. Kept on this machine: it is about the eyes in front of
 * this screen, not about the account. Ctrl with + and - goes a step, Ctrl with 0 goes back to 100 %.
 * Invariant: it is one of `ZOOMS`, so that what cannot be read can always be put right.
 */
import type { Place } from "../host";

/** As factors; the largest is what WCAG 1.4.4 asks for. */
export const ZOOMS = [1, 1.25, 1.5, 1.75, 2] as const;
export type Factor = (typeof ZOOMS)[number];

const KEY = "renfort.zoom";

export class Zoom {
  #current = $state<Factor>(1);

  constructor(private readonly zoom: Place["zoom"]) {
    const kept = ZOOMS.find((factor) => String(factor) === read());
    if (zoom && kept !== undefined && kept !== 1) this.set(kept);
  }

  /** Can it be changed here? A browser has its own. */
  get possible(): boolean {
    return this.zoom !== null;
  }

  get current(): Factor {
    return this.#current;
  }

  set(factor: Factor): void {
    this.#current = factor;
    write(String(factor));
    void this.zoom?.(factor);
  }

  /** The keys that every browser has for it, unless they go to the user's machine. */
  readonly onkeydown = (event: KeyboardEvent): void => {
    if (!this.possible || event.defaultPrevented || !event.ctrlKey || event.altKey || event.metaKey) return;
    const at = ZOOMS.indexOf(this.#current);
    const next = { "+": ZOOMS[at + 1], "=": ZOOMS[at + 1], "-": ZOOMS[at - 1], "0": ZOOMS[0] }[event.key];
    if (!["+", "=", "-", "0"].includes(event.key)) return;
    event.preventDefault();
    if (next !== undefined) this.set(next);
  };
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(factor: string): void {
  try {
    localStorage.setItem(KEY, factor);
  } catch {
    // Storage is forbidden or full: it holds until the window is closed.
  }
}
