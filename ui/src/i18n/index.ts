/**
 * The words, by language. A table of words is one object a language; `en` gives the shape and the others must have it
 * whole, so a missing word fails the type check. Components call the function that `wordsOf` returns, and are drawn again
 * when the language changes.
 * Invariant: no word that a person reads stands outside a table.
 */
import type { Language } from "../generated/protocol";
import { language } from "./language.svelte";
import { en } from "./en";
import { fr } from "./fr";

/** The same words in every language. */
export type Table<Words> = Readonly<Record<Language, Words>>;

/** A function that gives the words in the current language. */
export function wordsOf<Words>(table: Table<Words>): () => Words {
  return () => table[language.current];
}

/** The desktop app's words, and those of the shared components. */
export const t = wordsOf({ en, fr });

export { language, preferredLanguage } from "./language.svelte";
export { counted, type Counted } from "./plural";
export { errorText, type ErrorText } from "./errors";
export * from "./time";
