/** What people wrote, beside the record of its writing: the log itself holds only how long it was. */
import type { Note, TimelineEntry } from "../generated/protocol";
import { numberField } from "./events";

export interface Texts {
  /** By the record's number in the log. */
  notes: ReadonlyMap<number, string>;
  message: { seq: number; text: string } | null;
}

/** Matches by what both hold: instant and author of a note, length of the message that closed the ticket last. */
export function textsOf(timeline: readonly TimelineEntry[], notes: readonly Note[], message: string | null): Texts {
  const found = new Map<number, string>();
  const left = [...notes];
  for (const { seq, at, actor, code } of timeline) {
    if (code !== "ticket.note_added") continue;
    const place = left.findIndex((note) => note.at === at && actor === `person:${note.author.id}`);
    const [note] = place < 0 ? [] : left.splice(place, 1);
    if (note !== undefined) found.set(seq, note.text);
  }
  const closed = timeline.findLast(({ code }) => code === "ticket.closed");
  const fits = message !== null && closed !== undefined && numberField(closed, "message_chars") === [...message].length;
  return { notes: found, message: fits ? { seq: closed.seq, text: message } : null };
}
