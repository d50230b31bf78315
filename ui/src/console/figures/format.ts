/** Figures as they are read: durations, shares, days. Business time is never told in days, which would be days of 24 hours. */
import type { Day, Grouping, Language, Share } from "../../generated/protocol";
import { span } from "../durations";
import { dateOf } from "./period";

const SPACE = "\u00a0";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A locale whose dates read as the house's do. */
export function locale(language: Language): string {
  return language === "fr" ? "fr" : "en-GB";
}

/** Time on the business-hours clock: "4 min 32 s", "1 h 05 min", "127 h 30 min". */
export function businessSpan(ms: number, language: Language): string {
  if (ms < HOUR) return span(ms, language);
  const minutes = Math.floor(ms / MINUTE);
  const rest = minutes % 60;
  const hours = `${Math.floor(minutes / 60).toLocaleString(locale(language))}${SPACE}h`;
  return rest === 0 ? hours : `${hours}${SPACE}${String(rest).padStart(2, "0")}${SPACE}min`;
}

/** "83 %"; none of nothing. */
export function percent({ part, of }: Share, language: Language): string | null {
  if (of === 0) return null;
  return (part / of).toLocaleString(locale(language), { style: "percent", maximumFractionDigits: 0 });
}

export function count(value: number, language: Language): string {
  return value.toLocaleString(locale(language));
}

/** A part of a period on an axis: short, the year only for months. */
export function partLabel(day: Day, by: Grouping, language: Language): string {
  const options: Intl.DateTimeFormatOptions = by === "month" ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(locale(language), { ...options, timeZone: "UTC" }).format(dateOf(day));
}

/** "2 – 8 November 2026", in one piece. */
export function range(from: Day, to: Day, language: Language): string {
  const format = new Intl.DateTimeFormat(locale(language), { dateStyle: "medium", timeZone: "UTC" });
  return from === to ? format.format(dateOf(from)) : format.formatRange(dateOf(from), dateOf(to));
}

/** A day in full. */
export function longDay(day: Day, language: Language): string {
  return new Intl.DateTimeFormat(locale(language), { dateStyle: "long", timeZone: "UTC" }).format(dateOf(day));
}

/** Steps between marks of an axis of time, in milliseconds. */
const STEPS = [
  10_000, 30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 96 * HOUR,
];

/** Marks from zero to at least `max`, five steps at most. */
export function timeTicks(max: number): number[] {
  const largest = STEPS[STEPS.length - 1] ?? HOUR;
  const step = STEPS.find((each) => max <= each * 5) ?? largest * Math.ceil(max / (largest * 5));
  return marks(step, max);
}

/** Marks of whole numbers from zero to at least `max`. */
export function countTicks(max: number): number[] {
  let step = 1;
  while (max > step * 5) step *= String(step).startsWith("2") ? 2.5 : 2;
  return marks(step, max);
}

function marks(step: number, max: number): number[] {
  const all = Math.max(1, Math.ceil(max / step));
  return Array.from({ length: all + 1 }, (_, index) => index * step);
}
