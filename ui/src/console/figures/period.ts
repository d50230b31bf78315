/**
 * Periods as a supervisor chooses them, and as the address and the relay know them.
 * Days are texts, `2026-11-23`, which compare as the calendar does; no time zone is involved.
 * Invariant: `formOf(parametersOf(form))` is `form`, and only a form without a fault becomes a query.
 */
import type { Day, FiguresQuery, Grouping, Impact, Level } from "../../generated/protocol";

/** Longest period, in days, as the relay has it. */
export const MAX_DAYS = 400;
/** Fewest days for one technician's figures, as the relay has it. */
export const MIN_PERSON_DAYS = 7;

export const PRESETS = ["thisWeek", "lastWeek", "thisMonth", "last30", "last90", "custom"] as const;
export type Preset = (typeof PRESETS)[number];
export const GROUPINGS = ["day", "week", "month"] as const satisfies readonly Grouping[];
export const IMPACTS = ["person", "team", "organisation", "not_stated"] as const satisfies readonly Impact[];

/** What the fields hold. `from` and `to` count for `custom` only. */
export interface PeriodForm {
  preset: Preset;
  from: Day;
  to: Day;
  /** None: as fits the length. */
  by: Grouping | "";
  level: "" | "1" | "2" | "3";
  impact: Impact | "";
}

export type PeriodFault = "missing" | "order" | "long";

export function emptyPeriod(): PeriodForm {
  return { preset: "last30", from: "", to: "", by: "", level: "", impact: "" };
}

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;

/** Midnight of a day in UTC, for counting; none when there is no such day. */
function utc(day: Day): number | null {
  const parts = SHAPE.exec(day);
  if (parts === null) return null;
  const at = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  return dayAt(at) === day && day >= "1970-01-01" ? at : null;
}

function dayAt(at: number): Day {
  return new Date(at).toISOString().slice(0, 10);
}

/** Is this a day of the calendar? */
export function isDay(text: string): boolean {
  return utc(text) !== null;
}

/** The reader's today. */
export function today(now: number): Day {
  const date = new Date(now);
  return dayAt(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()));
}

/** `count` days later, or earlier. */
export function plusDays(day: Day, count: number): Day {
  return dayAt((utc(day) ?? 0) + count * DAY_MS);
}

/** How many days from one to another, both counted. */
export function daysFrom(from: Day, to: Day): number {
  return Math.round(((utc(to) ?? 0) - (utc(from) ?? 0)) / DAY_MS) + 1;
}

/** The date of a day for formatting, which must be done in UTC. */
export function dateOf(day: Day): Date {
  return new Date(utc(day) ?? 0);
}

/** First and last day of what is chosen. */
export function rangeOf(form: PeriodForm, now: Day): { from: Day; to: Day } {
  const sinceMonday = (dateOf(now).getUTCDay() + 6) % 7;
  const monday = plusDays(now, -sinceMonday);
  switch (form.preset) {
    case "thisWeek": return { from: monday, to: plusDays(monday, 6) };
    case "lastWeek": return { from: plusDays(monday, -7), to: plusDays(monday, -1) };
    case "thisMonth": {
      const first = `${now.slice(0, 8)}01`;
      const next = plusDays(first, 31);
      return { from: first, to: plusDays(`${next.slice(0, 8)}01`, -1) };
    }
    case "last30": return { from: plusDays(now, -29), to: now };
    case "last90": return { from: plusDays(now, -89), to: now };
    case "custom": return { from: form.from, to: form.to };
  }
}

export function faultOf(form: PeriodForm): PeriodFault | null {
  if (form.preset !== "custom") return null;
  if (!isDay(form.from) || !isDay(form.to)) return "missing";
  if (form.to < form.from) return "order";
  return daysFrom(form.from, form.to) > MAX_DAYS ? "long" : null;
}

/** What a period of so many days is divided by when nobody says. */
export function groupingFor(days: number): Grouping {
  if (days <= 31) return "day";
  return days <= 190 ? "week" : "month";
}

/** The relay's question; the form has no fault. */
export function queryOf(form: PeriodForm, now: Day): FiguresQuery {
  const { from, to } = rangeOf(form, now);
  return {
    from,
    to,
    by: form.by === "" ? groupingFor(daysFrom(from, to)) : form.by,
    level: form.level === "" ? null : (Number(form.level) as Level),
    impact: form.impact === "" ? null : form.impact,
  };
}

/** For the address. */
export function parametersOf(form: PeriodForm): URLSearchParams {
  const parameters = new URLSearchParams();
  if (form.preset === "custom") {
    parameters.set("from", form.from);
    parameters.set("to", form.to);
  } else if (form.preset !== emptyPeriod().preset) parameters.set("period", form.preset);
  for (const name of ["by", "level", "impact"] as const) {
    if (form[name] !== "") parameters.set(name, form[name]);
  }
  return parameters;
}

/** Reads the address; what makes no sense is left out. */
export function formOf(parameters: URLSearchParams): PeriodForm {
  const form = emptyPeriod();
  const [from, to] = [parameters.get("from"), parameters.get("to")];
  if (from !== null || to !== null) Object.assign(form, { preset: "custom", from: dayOrNone(from), to: dayOrNone(to) });
  else form.preset = PRESETS.find((known) => known !== "custom" && known === parameters.get("period")) ?? form.preset;
  form.by = GROUPINGS.find((known) => known === parameters.get("by")) ?? "";
  form.level = (["1", "2", "3"] as const).find((known) => known === parameters.get("level")) ?? "";
  form.impact = IMPACTS.find((known) => known === parameters.get("impact")) ?? "";
  return form;
}

function dayOrNone(text: string | null): Day {
  return text !== null && isDay(text) ? text : "";
}
