/** The queue as a list that keys move through. The host sends it in order of work and nothing here changes that. */
import type { QueueEntry } from "../../generated/protocol";

/** Without accents and case, so that "helene" finds "Hélène". */
const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Tickets in which every word of the filter is found. */
export function matching(tickets: readonly QueueEntry[], filter: string): readonly QueueEntry[] {
  const words = plain(filter).split(/\s+/).filter(Boolean);
  if (words.length === 0) return tickets;
  return tickets.filter((ticket) => {
    const text = plain([ticket.id, ticket.summary, ticket.user.name, ticket.user.machine].join(" "));
    return words.every((word) => text.includes(word));
  });
}

/** Which row a key leads to from `current` (-1 for none); null when the key does not move. */
export function moved(key: string, current: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case "ArrowDown":
    case "j":
      return Math.min(count - 1, current + 1);
    case "ArrowUp":
    case "k":
      return current < 0 ? 0 : Math.max(0, current - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
