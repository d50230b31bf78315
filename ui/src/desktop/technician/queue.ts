/**
 * The queue as a list that is narrowed and that keys move through. The host sends it in order of work and nothing here
 * changes that. Invariant: what the filter hides is counted, never forgotten.
 */
import type { PersonId, QueueEntry } from "../../generated/protocol";

/** What is shown. Empty members narrow nothing. */
export interface QueueFilter {
  text: string;
  level: "" | "1" | "2" | "3";
  /** This priority and those before it. */
  priority: "" | "1" | "2" | "3" | "4";
  mine: boolean;
}

export function noFilter(): QueueFilter {
  return { text: "", level: "", priority: "", mine: false };
}

/** Without accents and case, so that "helene" finds "Hélène". */
const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Tickets in which every word of the text is found. */
export function matching(tickets: readonly QueueEntry[], text: string): readonly QueueEntry[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return tickets;
  return tickets.filter((ticket) => {
    const all = plain([ticket.id, ticket.summary, ticket.user.name, ticket.user.machine].join(" "));
    return words.every((word) => all.includes(word));
  });
}

/** Tickets that the filter lets through; `me` is whose "mine" is. */
export function narrowed(tickets: readonly QueueEntry[], filter: QueueFilter, me: PersonId): readonly QueueEntry[] {
  return matching(tickets, filter.text).filter(
    ({ level, priority, technician }) =>
      (filter.level === "" || level === Number(filter.level))
      && (filter.priority === "" || priority <= Number(filter.priority))
      && (!filter.mine || technician?.id === me),
  );
}

/**
 * Which row a key leads to from `current` (-1 for none); null when the key does not move. `was` is where the row stood that
 * is no longer there: its neighbours are the next ones, so that nothing jumps to the top.
 */
export function moved(key: string, current: number, count: number, was = -1): number | null {
  if (count === 0) return null;
  const within = (place: number): number => Math.min(count - 1, Math.max(0, place));
  switch (key) {
    case "ArrowDown":
    case "j":
      return current < 0 && was >= 0 ? within(was) : within(current + 1);
    case "ArrowUp":
    case "k":
      return current < 0 ? within(was - 1) : within(current - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
