/**
 * A code as a technician types it while it is read out: the ticket's number, with or without `T-`, and the secret's digits,
 * grouped in whatever way.
 */
import { CODE_DIGITS } from "../../design/limits";
import type { CodeSecret, TicketId } from "../../generated/protocol";

/** The longest number of a ticket, in digits. */
const TICKET_DIGITS = 15;
/** What people put between digits: spaces, dashes and dots of any kind. */
const BETWEEN = /[\s\p{Dash}.,·_/]+/gu;

/** Why it is no code. */
export type CodeFault = "empty" | "characters" | "short" | "long" | "zero";

/** Both parts, or why it is no code. */
export function codeOf(typed: string): { ticket: TicketId; secret: CodeSecret } | { fault: CodeFault } {
  // Digits of other widths are the same digits.
  const written = typed.normalize("NFKC").replace(BETWEEN, "").replace(/^t/i, "");
  if (written === "") return { fault: "empty" };
  if (!/^[0-9]+$/.test(written)) return { fault: "characters" };
  const [number, secret] = [written.slice(0, -CODE_DIGITS), written.slice(-CODE_DIGITS)];
  if (number === "") return { fault: "short" };
  if (number.length > TICKET_DIGITS) return { fault: "long" };
  if (number.startsWith("0")) return { fault: "zero" };
  return { ticket: `T-${number}`, secret };
}
