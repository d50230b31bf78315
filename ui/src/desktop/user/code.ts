/** How a code is shown so that it is read out without mistakes: digits in small groups, the ticket's number first. */
import type { CodeSecret, TicketId } from "../../generated/protocol";

/** Digits in a group of the second part. */
const GROUP = 3;

/** `1042`, `583`, `921` of ticket `T-1042`. */
export function groupsOf(ticket: TicketId, secret: CodeSecret): { ticket: string; secret: string[] } {
  const groups = Array.from({ length: Math.ceil(secret.length / GROUP) }, (_, at) => secret.slice(at * GROUP, (at + 1) * GROUP));
  return { ticket: ticket.replace(/^T-/, ""), secret: groups };
}

/** As a screen reader is to say it, digit by digit with a rest after each group: `1 0 4 2, 5 8 3, 9 2 1`. */
export function spoken(ticket: TicketId, secret: CodeSecret): string {
  const groups = groupsOf(ticket, secret);
  return [groups.ticket, ...groups.secret].map((group) => [...group].join(" ")).join(", ");
}
