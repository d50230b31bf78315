/**
 * The console's keys. Invariant: a key that somebody types into a field, or presses with Ctrl, Alt or the system's key, is
 * theirs; no page ever takes it. Keys of one character can be switched off, for those who speak to their computer (WCAG 2.2,
 * 2.1.4); the choice is kept in this browser.
 */
const STORED = "renfort.keys";

let single = $state(read());

function read(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

/** Do keys of one character do anything? */
export function singleKeys(): boolean {
  return single;
}

export function chooseSingleKeys(on: boolean): void {
  single = on;
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // Storage is forbidden or full: the choice holds until the page is closed.
  }
}

/** Is this element one that people type into or choose in? */
export function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest("input, select, textarea, [contenteditable], [role='menu'], [role='listbox'], dialog") !== null;
}

/** May a page take this key? */
export function isOurs(event: KeyboardEvent): boolean {
  if (event.key.length === 1 && !single) return false;
  return !event.defaultPrevented && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey && !takesKeys(event.target);
}
