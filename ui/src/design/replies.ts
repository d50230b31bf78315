/**
 * Canned replies: their placeholders, which one somebody looks for, and what is written into the chat. The rules about
 * placeholders are the relay's (relay/protocol, `reply`); `placeholders.json` there is run against both.
 * Invariant: nothing is ever sent by choosing a reply; it is put where one writes.
 */
import type { CannedReply, Language, Placeholder, ReplyContent } from "../generated/protocol";
import { CHAT_LIMIT, NAME_LIMIT } from "./limits";

export const PLACEHOLDERS = ["user", "technician", "ticket", "machine"] as const satisfies readonly Placeholder[];
/** What the placeholders stand for in one chat. */
export type Values = Readonly<Record<Placeholder, string>>;

/**
 * What the chat needs to offer canned replies. A host has them from the relay (`show_replies` is answered by
 * `replies`); it fetches them at `onopen`, shows them in its view (`replies` of a technician's ticket page) until
 * `onclose`, and fetches nothing before.
 */
export interface Canned {
  /** None while they are fetched. */
  replies: readonly CannedReply[] | undefined;
  /** The user's: replies are inserted in it where they exist in it. */
  language: Language;
  values: Values;
  onopen: () => void;
  onclose: () => void;
}

const isPlaceholder = (name: string): name is Placeholder => (PLACEHOLDERS as readonly string[]).includes(name);

/** The names in braces in a text; anything else in braces is plain text. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(/\{([^{}\s]+)\}/gu)].map((match) => match[1] ?? "");
}

/** The first placeholder that there is not. */
export function unknownPlaceholder(text: string): string | undefined {
  return placeholdersOf(text).find((name) => !isPlaceholder(name));
}

/** Could it become longer than a chat message may be? */
export function mayBeTooLong(text: string): boolean {
  return [...text].length + placeholdersOf(text).length * NAME_LIMIT > CHAT_LIMIT;
}

/** The text with its placeholders filled in; a value is never looked into for placeholders. */
export function filled(text: string, values: Values): string {
  return text.replaceAll(/\{([^{}\s]+)\}/gu, (whole, name: string) => (isPlaceholder(name) ? values[name] : whole));
}

/** The text in this language, or in the one that there is. */
export function textIn(reply: ReplyContent, language: Language): { text: string; language: Language } {
  const own = reply[language];
  if (own !== null) return { text: own, language };
  const other: Language = language === "fr" ? "en" : "fr";
  return { text: reply[other] ?? "", language: other };
}

const folded = (text: string): string => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** Replies that have all words of `query` in title or text; those whose title begins with it come first. */
export function matching(replies: readonly CannedReply[], query: string): CannedReply[] {
  const wanted = folded(query.trim());
  const words = wanted.split(/\s+/).filter((word) => word !== "");
  const fits = replies.filter((reply) => {
    const all = folded(`${reply.title}\n${reply.en ?? ""}\n${reply.fr ?? ""}`);
    return words.every((word) => all.includes(word));
  });
  const rank = (reply: CannedReply): number => {
    const title = folded(reply.title);
    return title.startsWith(wanted) ? 0 : words.every((word) => title.includes(word)) ? 1 : 2;
  };
  return fits.sort((one, other) => rank(one) - rank(other));
}
