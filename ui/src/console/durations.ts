/**
 * Durations as a supervisor compares them: short, to the second, and always in the same form; instants as everywhere.
 * All inputs are milliseconds.
 */
import type { Language } from "../generated/protocol";

export { day, sameDay, stamp, timeToTheSecond } from "../i18n/time";

const SPACE = "\u00a0";

/** "0 s", "12 s", "4 min 32 s", "1 h 05 min", "2 d 3 h" / "2 j 3 h". Two units at most, cut off rather than rounded. */
export function span(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (minutes < 1) return `${seconds}${SPACE}s`;
  if (hours < 1) return two(minutes, "min", seconds % 60, "s");
  if (days < 1) return two(hours, "h", minutes % 60, "min");
  return two(days, language === "fr" ? "j" : "d", hours % 24, "h");
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const head = `${large}${SPACE}${largeUnit}`;
  return small === 0 ? head : `${head}${SPACE}${String(small).padStart(2, "0")}${SPACE}${smallUnit}`;
}

/** ISO 8601 form for `<time datetime>`: "PT272S". */
export function isoSpan(ms: number): string {
  return `PT${Math.max(0, Math.floor(ms / 1000))}S`;
}

/** "+0:12", "+1:02:03": time since the beginning, for narrow columns. */
export function offset(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const pad = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const text = hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
  return `${ms < 0 ? "\u2212" : "+"}${text}`;
}
