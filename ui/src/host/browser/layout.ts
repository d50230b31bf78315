/**
 * Which layout the technician's keyboard has. A browser does not name it; some give what each key means (Keyboard Map,
 * WICG), and that is compared with well-known layouts.
 * Invariant: a layout is named only when every key that the browser tells of is as this layout has it.
 */
import type { KeyboardLayout } from "../../generated/protocol";
import layouts from "./layouts.json";

/** What each key means without any modifier: `KeyboardEvent.code` -> character. */
export type KeyMap = ReadonlyMap<string, string>;

interface Keyboard {
  getLayoutMap?(): Promise<KeyMap>;
}

/** Rows of `layouts.json`. The key beside the left Shift is left out: not every keyboard has it. */
const ROWS: readonly (readonly string[])[] = [
  ["Backquote", ..."1234567890".split("").map((digit) => `Digit${digit}`), "Minus", "Equal"],
  [..."QWERTYUIOP".split("").map((letter) => `Key${letter}`), "BracketLeft", "BracketRight", "Backslash"],
  [..."ASDFGHJKL".split("").map((letter) => `Key${letter}`), "Semicolon", "Quote"],
  [..."ZXCVBNM".split("").map((letter) => `Key${letter}`), "Comma", "Period", "Slash"],
];
/** Keys of a layout that must be told of. Fewer say too little. */
const ENOUGH = 40;
/** Dead keys, which browsers write in different ways or leave out. */
const DEAD: ReadonlySet<string> = new Set(["^", "´", "¨", "`", "~"]);

function has(rows: readonly string[], map: KeyMap): boolean {
  let told = 0;
  for (const [at, codes] of ROWS.entries()) {
    const meanings = [...(rows[at] ?? "")];
    for (const [column, code] of codes.entries()) {
      const [meaning, wanted] = [map.get(code), meanings[column] ?? ""];
      if (meaning === undefined) continue;
      told += 1;
      if (meaning !== wanted && !DEAD.has(wanted)) return false;
    }
  }
  return told >= ENOUGH;
}

/** The layout that gives these meanings; null when none of the well-known ones does. */
export function layoutOf(map: KeyMap): KeyboardLayout | null {
  const found = Object.entries(layouts).find(([, rows]) => has(rows, map));
  if (!found) return null;
  const [layout = "", variant] = found[0].split(/[()]/);
  return { layout, variant: variant ?? null };
}

/** The layout now; null when this browser does not say, or it is none of the well-known ones. */
export async function ownLayout(): Promise<KeyboardLayout | null> {
  const { keyboard } = navigator as Navigator & { keyboard?: Keyboard };
  try {
    const map = await keyboard?.getLayoutMap?.();
    return map ? layoutOf(map) : null;
  } catch {
    // A page in a frame may not ask.
    return null;
  }
}
