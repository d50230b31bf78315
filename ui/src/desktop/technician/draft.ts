/**
 * A draft article from what is known of a ticket. Invariant: the names of its user and of the machine are not in it; other
 * names only a person can find, so whoever keeps a draft is asked to look.
 */
import { ARTICLE_TITLE_LIMIT } from "../../design/limits";
import type { Language, QueueEntry } from "../../generated/protocol";
import { articles as en } from "../../i18n/en.articles";
import { articles as fr } from "../../i18n/fr.articles";

/** Stands where a name stood. */
export const REMOVED = "[…]";
/** A shorter part of a name is as likely to be a word. */
const SHORTEST_PART = 3;

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
const alone = (text: string): string => `(?<![\\p{L}\\p{N}])${escaped(text)}(?![\\p{L}\\p{N}])`;

/**
 * Takes the names out. A whole name is found whatever its case; a part of a person's name only as it is written, since
 * many names are words too.
 */
export function withoutNames(text: string, user: QueueEntry["user"]): string {
  const parts = user.name.split(/[\s\p{P}]+/u).filter((part) => [...part].length >= SHORTEST_PART && /^\p{Lu}/u.test(part));
  let result = text.normalize("NFC");
  for (const whole of [user.name, user.machine]) {
    result = result.replaceAll(new RegExp(alone(whole.normalize("NFC")), "giu"), REMOVED);
  }
  for (const part of parts) {
    result = result.replaceAll(new RegExp(alone(part.normalize("NFC")), "gu"), REMOVED);
  }
  return result.replaceAll(/\[…\](?:[\s-]*\[…\])+/gu, REMOVED);
}

/** Words that a draft's parts begin with, in the language of the draft, which need not be the technician's. */
const PARTS = { en: en.draft, fr: fr.draft } satisfies Record<Language, unknown>;

/** A draft in the ticket's language. */
export function draftOf(entry: QueueEntry, message: string, note: string, earlier: readonly string[]): { title: string; body: string } {
  const { problem, helped } = PARTS[entry.language];
  const helpful = [message, note, ...earlier].map((text) => text.trim()).filter((text) => text !== "");
  const clean = (text: string): string => withoutNames(text, entry.user);
  return {
    title: [...clean(entry.summary)].slice(0, ARTICLE_TITLE_LIMIT).join(""),
    body: `# ${problem}\n\n${clean(entry.summary)}\n\n# ${helped}\n\n${helpful.map(clean).join("\n\n")}`.trimEnd(),
  };
}
