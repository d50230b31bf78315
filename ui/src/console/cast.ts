/** Who is who in a record: names for the actors of a timeline. */
import type { Me, Note, SessionRow, TicketRow, TimelineEntry } from "../generated/protocol";
import { numberField, textField } from "./events";
import type { Cast } from "./sentences";

/** What a cast is made of. */
export interface Told {
  ticket: TicketRow;
  /** Those that the page has, oldest first. */
  sessions: readonly SessionRow[];
  notes: readonly Note[];
  timeline: readonly TimelineEntry[];
}

/** Gives the cast for each record; the technician may be another one in another session of the ticket. */
export function castOf(detail: Told, me: Me): (entry: TimelineEntry) => Cast {
  const people = new Map<number, string>();
  const add = ({ id, name }: { id: number; name: string }): void => void people.set(id, name);
  me.technicians.forEach(add);
  detail.notes.forEach(({ author }) => add(author));
  for (const entry of detail.timeline) {
    // A name at the time of the event; later lists may not hold the account any more.
    const person = numberField(entry, "person");
    const name = textField(entry, entry.code === "ticket.taken" ? "technician" : "name");
    if (person !== null && name !== null && !people.has(person)) people.set(person, name);
  }
  if (detail.ticket.technician !== null) add(detail.ticket.technician);
  detail.sessions.forEach(({ technician }) => add(technician));
  add(me.person);

  const asked = new Map<string, string>();
  for (const { code, session, actor } of detail.timeline) {
    const name = people.get(Number(actor.replace(/^person:/, "")));
    if (code === "consent.asked" && session !== null && name !== undefined) asked.set(session, name);
  }
  const user = detail.ticket.user.name;
  const helper = detail.sessions.at(-1)?.technician ?? detail.ticket.technician;
  return ({ session }) => ({
    user,
    technician: (session === null ? undefined : asked.get(session)) ?? helper?.name ?? "–",
    people,
  });
}
