/** Business hours in words: days with the same openings that follow each other are told together. */
import type { HoursShown, Language } from "../../generated/protocol";
import type { FigureWords } from "./en";
import { longDay } from "./format";

/** "Monday to Friday 08:00–18:00; Saturday 09:00–12:00". */
export function weekText(hours: HoursShown, w: FigureWords): string {
  const runs: { first: number; last: number; text: string }[] = [];
  hours.week.forEach((openings, day) => {
    if (openings.length === 0) return;
    const text = w.openings(openings);
    const run = runs.at(-1);
    if (run !== undefined && run.text === text && run.last === day - 1) run.last = day;
    else runs.push({ first: day, last: day, text });
  });
  return runs.map(({ first, last, text }) => `${w.days(first, last)} ${text}`).join("; ");
}

/** The sentence of the page, with the holidays of the period. */
export function hoursText(hours: HoursShown, w: FigureWords, language: Language): string {
  const counted = w.hours(weekText(hours, w), hours.time_zone);
  if (hours.holidays.length === 0) return counted;
  return `${counted} ${w.holidays(hours.holidays.map((day) => longDay(day, language)).join(", "))}`;
}
