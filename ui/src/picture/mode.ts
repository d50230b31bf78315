/**
 * How keys are sent, from both keyboards and what the technician chose.
 * Invariant: nothing is sent by its place of its own accord unless both layouts are known and the same.
 */
import type { KeyboardView } from "../generated/host";
import type { KeyboardLayout, KeyMode } from "../generated/protocol";

const same = (mine: KeyboardLayout, theirs: KeyboardLayout): boolean => mine.layout === theirs.layout && mine.variant === theirs.variant;

export function keyMode({ mine, theirs, choice }: KeyboardView): KeyMode {
  if (choice !== "automatic") return choice;
  return mine && theirs && same(mine, theirs) ? "physical" : "character";
}

/** A layout as XKB writes it, for example `ch(fr)`. */
export const layoutId = ({ layout, variant }: KeyboardLayout): string => (variant === null ? layout : `${layout}(${variant})`);
