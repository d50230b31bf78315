/**
 * Names and texts that were erased. The relay puts one fixed text in their place; here it becomes a word of the reader's
 * language.
 */
import { ERASED } from "../i18n/erased";
import { w } from "./words";

export { ERASED };

/** A name or text for reading. */
export function readable(text: string): string {
  return text === ERASED ? w().sentences.erased : text;
}
