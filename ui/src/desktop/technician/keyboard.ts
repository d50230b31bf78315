/** Both keyboards and how keys are sent, in words. */
import type { KeyboardView } from "../../generated/host";
import type { KeyboardLayout } from "../../generated/protocol";
import { t } from "../../i18n";
import { keyMode, layoutId } from "../../picture/mode";

/** A layout as people call it; one that has no such name as XKB calls it. */
export function layoutName(layout: KeyboardLayout | null): string {
  const words = t().keyboard;
  if (!layout) return words.unknown;
  const names: Readonly<Record<string, string>> = words.names;
  const id = layoutId(layout);
  return (Object.hasOwn(names, id) ? names[id] : undefined) ?? id;
}

/** For example: "You: QWERTY (US) · User: AZERTY (France) · character mode". */
export function keyboardLine(keyboard: KeyboardView): string {
  return t().keyboard.line(layoutName(keyboard.mine), layoutName(keyboard.theirs), t().keyboard.modes[keyMode(keyboard)]);
}
