/**
 * Names and texts that were erased. The relay puts one fixed text in their place; here it becomes a word of the reader's
 * language.
 */
import { t } from ".";

/** What the relay puts in place of a name or a text that was erased. */
export const ERASED = "[erased]";

/** A name or text for reading. */
export const readable = (text: string): string => (text === ERASED ? t().erased : text);
