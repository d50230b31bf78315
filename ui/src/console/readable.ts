/**
 * Names and texts that were erased. The relay puts one fixed text in their place; here it becomes a word of the reader's
 * language.
 */
import { w } from "./words";

/** What the relay puts in place of a name or a text that was erased. */
export const ERASED = "[erased]";

/** A name or text for reading. */
export function readable(text: string): string {
  return text === ERASED ? w().sentences.erased : text;
}
