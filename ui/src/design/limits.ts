/**
 * Lengths that the wire allows (relay/protocol, `limits`), so that a form can say so before anything is sent.
 * The receiving side checks again. In characters (Unicode scalar values).
 */
export const SUMMARY_LIMIT = 300;
export const NAME_LIMIT = 80;
export const CHAT_LIMIT = 2_000;
export const NOTE_LIMIT = 4_000;
export const ARTICLE_TITLE_LIMIT = 120;
export const ARTICLE_LIMIT = 12_000;
export const REPLY_TITLE_LIMIT = 80;
export const REPLY_LIMIT = 1_000;
export const ABUSE_LIMIT = 500;
export const CLIPBOARD_LIMIT = 50_000;
export const TYPED_LIMIT = 2_000;
/** Digits of a code after the ticket's number. */
export const CODE_DIGITS = 6;
/** How often a code can be tried. */
export const CODE_TRIES = 3;

/** Is the trimmed text there and not too long? */
export function fits(text: string, limit: number): boolean {
  const trimmed = text.trim();
  return trimmed !== "" && [...trimmed].length <= limit;
}
