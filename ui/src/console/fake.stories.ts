/** Stories and histories of the fake relay, made of what its lists hold. */
import type { History, HistoryOf, TicketRow, TicketStory } from "../generated/protocol";
import type { FakeRelay } from "./fake";

export function storyOf(relay: FakeRelay, id: string, from: number, limit: number): TicketStory | null {
  const ticket = relay.tickets.find((one) => one.id === id);
  if (ticket === undefined) return null;
  const details = relay.details.filter(({ row }) => row.ticket === id).toSorted((one, other) => one.row.asked_at - other.row.asked_at);
  const timeline = details.flatMap((detail) => detail.timeline).filter(({ seq }) => seq >= from);
  return {
    ticket,
    sessions: details.map(({ row }) => row),
    notes: details.flatMap(({ notes }) => notes),
    message: details.at(-1)?.message ?? null,
    timeline: timeline.slice(0, limit),
    next: timeline[limit]?.seq ?? null,
  };
}

export function historyOf(relay: FakeRelay, of: HistoryOf, pageRows: number): History {
  const same = (one: string, other: string | null): boolean => other !== null && one.toLowerCase() === other.toLowerCase();
  const fits = ({ user }: TicketRow): boolean => same(user.name, of.person) || same(user.machine, of.machine);
  const tickets = relay.tickets.filter(fits);
  const sessions = relay.details.map(({ row }) => row).filter((row) => tickets.some(({ id }) => id === row.ticket));
  const count = (state: TicketRow["state"][]): number => tickets.filter((ticket) => state.includes(ticket.state)).length;
  const others = new Map<string, number>();
  for (const { user } of tickets) {
    const name = of.person === null ? user.name : user.machine;
    others.set(name, (others.get(name) ?? 0) + 1);
  }
  const start = of.after === null ? 0 : Number(of.after);
  const end = start + pageRows;
  return {
    totals: {
      tickets: tickets.length, open: count(["waiting", "taken"]), solved: count(["solved"]), not_solved: count(["not_solved"]),
      cancelled: count(["cancelled"]), reopened: tickets.filter(({ reopened }) => reopened > 0).length, sessions: sessions.length,
      refused: sessions.filter((row) => row.end === "refused" || row.end === "timed_out").length,
      first_at: tickets.at(-1)?.opened_at ?? null, last_at: tickets[0]?.opened_at ?? null,
      companions: [...others].map(([name, number]) => ({ name, tickets: number })),
    },
    tickets: {
      rows: tickets.slice(start, end).map((ticket) => ({ ticket, sessions: sessions.filter((row) => row.ticket === ticket.id) })),
      total: tickets.length,
      next: end < tickets.length ? String(end) : null,
    },
  };
}
