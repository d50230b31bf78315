/**
 * A code as a technician types it while it is read out: the ticket's number, with or without `T-`, and the secret's digits,
 * grouped in whatever way.
 */
import { CODE_DIGITS } from "../../design/limits";
import type { CodeSecret, TicketId } from "../../generated/protocol";

/** The longest number of a ticket that is typed, in digits. They count up: no helpdesk has a thousand million. */
const TICKET_DIGITS = 9;
/** What people put between digits: spaces, dashes and dots of any kind. */
const BETWEEN = /[\s\p{Dash}.,·_/]+/gu;

/** Why it is no code. */
export type CodeFault = "empty" | "characters" | "short" | "long" | "zero";
/** Both parts of a code. */
export interface TypedCode {
  ticket: TicketId;
  secret: CodeSecret;
}

const numberOf = (ticket: TicketId): string => ticket.replace(/^T-/, "");

/** What stands in the field before anything is typed: of the ticket in hand the number is known. */
export const beginningOf = (held: TicketId | null): string => (held === null ? "" : `${numberOf(held)} `);

/** Both parts, or why it is no code. It is for the ticket in hand, where there is one, unless it plainly is not. */
export function codeOf(typed: string, held: TicketId | null = null): TypedCode | { fault: CodeFault } {
  // Digits of other widths are the same digits.
  const written = typed.normalize("NFKC").replace(BETWEEN, "").replace(/^t/i, "");
  const known = held === null ? "" : numberOf(held);
  if (written === "") return { fault: "empty" };
  // All of it was typed behind the number that stood there.
  const digits = known !== "" && new RegExp(`^${known}t?${known}[0-9]{${CODE_DIGITS}}$`, "i").test(written) ? known + written.slice(-CODE_DIGITS) : written;
  if (!/^[0-9]+$/.test(digits)) return { fault: "characters" };
  // What is missing behind the number is missing from the secret.
  const secretBegins = known !== "" && digits.startsWith(known) ? known.length : 1;
  if (digits.length < secretBegins + CODE_DIGITS) return { fault: "short" };
  const [number, secret] = [digits.slice(0, -CODE_DIGITS), digits.slice(-CODE_DIGITS)];
  if (number.length > TICKET_DIGITS) return { fault: "long" };
  if (number.startsWith("0")) return { fault: "zero" };
  return { ticket: `T-${number}`, secret };
}
