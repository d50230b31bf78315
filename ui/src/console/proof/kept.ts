/**
 * Finding signed checkpoints in a text that they were kept in: a file, a mail, a ticket (the audit format, "Checking").
 * Invariant: nothing is taken on trust here; what is found is still to be verified.
 */
import { base64, claimOf, MARK } from "./checkpoint";

/** Further lines of a checkpoint's body, and signatures of witnesses, that are looked at. */
const MAX_FURTHER_LINES = 64;
/** Bytes of a key's id and the shortest signature that is taken for one. */
const MIN_SIGNATURE = 8;
const DASH = MARK.trimEnd();

/** A signature, and how many lines it takes: two if it was folded after the name. */
function signatureAt(lines: readonly string[], at: number): { readonly line: string; readonly taken: number } | null {
  if (lines[at]?.startsWith(DASH) !== true) return null;
  const [name = "", onLine, ...more] = lines[at].slice(DASH.length).trim().split(/\s+/);
  const value = onLine ?? lines[at + 1] ?? "";
  // Whoever signs a mail may begin the line with a dash as well.
  const fits = name !== "" && more.length === 0 && (base64(value)?.length ?? 0) >= MIN_SIGNATURE;
  return fits ? { line: `${MARK}${name} ${value}\n`, taken: onLine === undefined ? 2 : 1 } : null;
}

/** The checkpoint that begins with the first of these lines, and how many it takes. */
function checkpointAt(lines: readonly string[]): { readonly text: string; readonly taken: number } | null {
  if (lines.length < 3 || claimOf(lines) === null) return null;
  const within = lines.slice(0, 3 + MAX_FURTHER_LINES);
  const first = within.findIndex((line, at) => at >= 3 && line.startsWith(DASH));
  if (first < 0) return null;
  let text = `${within.slice(0, first).join("\n")}\n\n`;
  let at = first;
  for (let found = signatureAt(within, at); found !== null; found = signatureAt(within, at)) {
    text += found.line;
    at += found.taken;
  }
  return at > first ? { text, taken: at } : null;
}

/** The checkpoints in a text, each as it was signed; none when it holds none. */
export function checkpointsIn(text: string): string[] {
  // Mails come with other line ends, quoted, indented, and with empty lines between or without.
  const lines = text.split("\n").map((line) => line.replace(/^[\s>]+|[\s>]+$/g, "")).filter((line) => line !== "");
  const found: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const checkpoint = checkpointAt(lines.slice(at, at + 3 + MAX_FURTHER_LINES));
    if (checkpoint !== null) found.push(checkpoint.text);
    at += checkpoint?.taken ?? 1;
  }
  return found;
}
