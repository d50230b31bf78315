/**
 * Times and durations in words, for the app and the console alike. All inputs are Unix time or durations in milliseconds.
 * Formatters are made once a language, since a timeline can have thousands of entries.
 */
import type { Language } from "../generated/protocol";
import { counted } from "./plural";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One and several of each unit. */
const UNITS = {
  en: { second: ["second", "seconds"], minute: ["minute", "minutes"], hour: ["hour", "hours"] },
  fr: { second: ["seconde", "secondes"], minute: ["minute", "minutes"], hour: ["heure", "heures"] },
} as const satisfies Record<Language, Record<string, readonly [string, string]>>;

/** "3 minutes ago", "in 2 hours"; under half a minute "now". */
export function relative(at: number, now: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const away = at - now;
  const size = Math.abs(away);
  if (size < MINUTE / 2) return format.format(0, "second");
  if (size < 59.5 * MINUTE) return format.format(Math.round(away / MINUTE) || Math.sign(away), "minute");
  if (size < 23.5 * HOUR) return format.format(Math.round(away / HOUR), "hour");
  return format.format(Math.round(away / DAY), "day");
}

/** Whose habits a language follows: days before months, and 24 hours. */
const HABITS = { en: "en-GB", fr: "fr" } as const satisfies Record<Language, string>;

const EXACT = both({ dateStyle: "full", timeStyle: "medium" });
const STAMP = both({ dateStyle: "medium", timeStyle: "short" });
const DAYS = both({ dateStyle: "full" });
const SECONDS = both({ timeStyle: "medium" });
const MINUTES = both({ timeStyle: "short" });

function both(options: Intl.DateTimeFormatOptions): Record<Language, Intl.DateTimeFormat> {
  return { en: new Intl.DateTimeFormat(HABITS.en, options), fr: new Intl.DateTimeFormat(HABITS.fr, options) };
}

/** Date and time to the second, in the reader's time zone. */
export function exact(at: number, language: Language): string {
  return EXACT[language].format(at);
}

/** Date and time to the minute. */
export function stamp(at: number, language: Language): string {
  return STAMP[language].format(at);
}

/** The day in full. */
export function day(at: number, language: Language): string {
  return DAYS[language].format(at);
}

/** Time of day to the second. */
export function timeToTheSecond(at: number, language: Language): string {
  return SECONDS[language].format(at);
}

/** Time of day, hours and minutes. */
export function timeOfDay(at: number, language: Language): string {
  return MINUTES[language].format(at);
}

/** Do two instants fall on the same day of the reader? */
export function sameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** A duration in words, in at most two units: "12 seconds", "3 minutes", "1 hour 5 minutes". */
export function duration(ms: number, language: Language): string {
  const write = counted(language);
  const n = (count: number, [one, other]: readonly [string, string]): string => write(count, one, other);
  const words = UNITS[language];
  const seconds = Math.max(0, Math.round(ms / SECOND));
  if (seconds < 60) return n(seconds, words.second);
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return n(minutes, words.minute);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return rest === 0 ? n(hours, words.hour) : `${n(hours, words.hour)} ${n(rest, words.minute)}`;
}

/** Time left as on a clock, never negative: "29:59", "1:02:03". Rounded up, so that 0:00 means over. */
export function clock(ms: number): string {
  const all = Math.max(0, Math.ceil(ms / SECOND));
  const seconds = String(all % 60).padStart(2, "0");
  const minutes = Math.floor(all / 60) % 60;
  const hours = Math.floor(all / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** The same for narrow columns: "45 s", "12 min", "3 h", "2 d" / "2 j". */
export function age(ms: number, language: Language): string {
  const space = "\u00a0";
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))}${space}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}${space}min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}${space}h`;
  return `${Math.floor(ms / DAY)}${space}${language === "fr" ? "j" : "d"}`;
}
