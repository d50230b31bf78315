/** Texts as the wire bounds them: counted in characters (Unicode scalar values), free of what misleads. */
import { CLIPBOARD_ENVELOPE, MAX_CLIPBOARD_CHARS, MAX_SESSION_BYTES, MAX_TYPED_CHARS } from "./limits";

/** Characters that change how their neighbours are read, or line ends that are none. */
const MISLEADING = /[\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200e}\u{200f}\u{2028}\u{2029}\u{feff}]/u;
/** Control characters, but for line feed and tab. */
const CONTROL = /[\u{0}-\u{8}\u{b}-\u{1f}\u{7f}-\u{9f}]/u;
/** White space as Unicode has it; JavaScript's own also takes the byte order mark. */
const AROUND = /^\p{White_Space}+|\p{White_Space}+$/gu;
/** Half of a character, which no other program could read. */
const LONE = /\p{Cs}/u;

export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** A text of several lines without the white space around it; null when it may not be sent or shown. */
export function written(text: string, limit: number): string | null {
  const trimmed = text.replace(AROUND, "");
  return trimmed === "" || characters(trimmed) > limit || CONTROL.test(trimmed) || MISLEADING.test(trimmed) || LONE.test(trimmed) ? null : trimmed;
}

/** A text to be typed, with the line ends of one system; null when it cannot be typed. */
export function typed(text: string): string | null {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  const length = characters(lines);
  return length === 0 || length > MAX_TYPED_CHARS || CONTROL.test(lines) || LONE.test(lines) ? null : lines;
}

/** Does a clipboard text fit into a message? Anything may be in it. */
export function fitsClipboard(text: string): boolean {
  if (characters(text) > MAX_CLIPBOARD_CHARS) return false;
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length - 2;
  return bytes <= MAX_SESSION_BYTES - CLIPBOARD_ENVELOPE;
}
