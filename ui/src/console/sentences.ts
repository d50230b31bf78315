/**
 * A record told as a sentence. Each language has one function per code; this module gives them who did it and the
 * fields in readable form, and tells records it does not know by their code and fields.
 * Invariant: what people wrote or are called stands between isolates (U+2068, U+2069), so that a name cannot change the
 * reading of the sentence around it.
 */
import type { Counts, Language, TimelineEntry } from "../generated/protocol";
import { ERASED } from "../i18n/erased";
import { isolated } from "../i18n/isolated";
import { day, sameDay, span, timeToTheSecond } from "./durations";
import {
  flagField, isPlainCode, numberField, type Permission, permissionCode, type PermissionStep, type PlainCode, textField,
} from "./events";
import { reasons } from "./reasons";

/** What a sentence can say. Names and texts come isolated; our own words for people begin as in the middle of a sentence. */
export interface Said {
  /** Who did it. */
  who: string;
  /** Did the user's machine record it, rather than the technician's or the relay? */
  byUser: boolean;
  /** The person helped, and the person helping. */
  user: string;
  technician: string;
  /** A text; when it is gone, the word for "erased" or this one. */
  text(name: string, gone?: string): string;
  /** A text that may rightly be absent. */
  optional(name: string): string | null;
  /** One of a few fixed words, not for reading. */
  word(name: string): string;
  number(name: string): number;
  flag(name: string): boolean;
  /** A duration. */
  span(name: string): string;
  /** A duration under some seconds, with a decimal: "0.8 s". */
  brief(name: string): string;
  /** An instant. */
  time(name: string): string;
  /** The account with this number. */
  person(name: string): string;
  /** Why, from an error's code. */
  error(name: string): string;
  counts: Counts;
}

/** One language's sentences. */
export interface Sentences {
  plain: Record<PlainCode, (said: Said) => string>;
  permission: (permission: Permission, step: PermissionStep, said: Said) => string;
  /** For a code that this console does not know. */
  unknown: (code: string, fields: readonly (readonly [string, string])[]) => string;
  /** When a command was run, where that was not when it was written; with the day where that is another one. */
  ordered: (time: string, day: string | null) => string;
  /** In place of a personal field that was erased. */
  erased: string;
  /** In place of a name that was erased. */
  user: string;
  technician: string;
  relay: string;
  operator: string;
  account: (number: string) => string;
}

/** Whom a timeline is about, and who is called what, or was: with the relay's word for names that were erased. */
export interface Cast {
  user: string;
  technician: string;
  /** Accounts by number. */
  people: ReadonlyMap<number, string>;
}

/** Who did it, by name. */
export function whoDid(actor: string, cast: Cast, sentences: Sentences): string {
  if (actor === "relay") return sentences.relay;
  if (actor === "operator") return sentences.operator;
  if (actor.startsWith("device:")) return named(cast.user, sentences.user);
  return account(actor.replace(/^person:/, ""), cast, sentences);
}

function account(number: string, cast: Cast, sentences: Sentences): string {
  const name = cast.people.get(Number(number));
  // Whoever is known by number and had a name to erase, helped here.
  return name === undefined ? sentences.account(number) : named(name, sentences.technician);
}

function named(name: string, gone: string): string {
  return name === ERASED ? gone : isolated(name);
}

/** As it begins a sentence; a name is left as it is. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A command that was written later than this after it was run, or that much before by the relay's clock, says when it was. */
const AT_ONCE_MS = 60_000;

function ordered(entry: TimelineEntry, sentences: Sentences, language: Language): string {
  const at = numberField(entry, "ordered_at");
  if (at === null || Math.abs(entry.at - at) <= AT_ONCE_MS) return "";
  return ` ${sentences.ordered(timeToTheSecond(at, language), sameDay(at, entry.at) ? null : day(at, language))}`;
}

/** The sentence for `entry` in one language. */
export function tell(entry: TimelineEntry, cast: Cast, sentences: Sentences, language: Language): string {
  const said = saying(entry, cast, sentences, language);
  if (isPlainCode(entry.code)) return capital(sentences.plain[entry.code](said)) + ordered(entry, sentences, language);
  const about = permissionCode(entry.code);
  if (about !== null) return capital(sentences.permission(about.permission, about.step, said));
  return sentences.unknown(entry.code, Object.entries(entry.fields).map(([name, value]) => [name, isolated(String(value))]));
}

function saying(entry: TimelineEntry, cast: Cast, sentences: Sentences, language: Language): Said {
  const number = (name: string): number => numberField(entry, name) ?? 0;
  const optional = (name: string): string | null => {
    const text = textField(entry, name);
    return text === null ? null : isolated(text);
  };
  return {
    who: whoDid(entry.actor, cast, sentences),
    byUser: entry.actor.startsWith("device:"),
    user: named(cast.user, sentences.user),
    technician: named(cast.technician, sentences.technician),
    text: (name, gone = sentences.erased) => optional(name) ?? gone,
    optional,
    word: (name) => textField(entry, name) ?? "",
    number,
    flag: (name) => flagField(entry, name),
    span: (name) => span(number(name), language),
    brief: (name) => brief(number(name), language),
    time: (name) => timeToTheSecond(number(name), language),
    person: (name) => account(String(number(name)), cast, sentences),
    error: (name) => {
      const code = textField(entry, name) ?? "";
      const words: Partial<Record<string, string>> = reasons[language];
      return words[code] ?? code;
    },
    counts: {
      keys: number("keys"),
      clicks: number("clicks"),
      clipboard_to_user: number("clipboard_to_user"),
      clipboard_from_user: number("clipboard_from_user"),
      chat: number("chat"),
    },
  };
}

function brief(ms: number, language: Language): string {
  if (ms >= 10_000) return span(ms, language);
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(ms / 1000)}\u00a0s`;
}
