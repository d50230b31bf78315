/**
 * A timeline as it is read: records in the order in which things happened, with the days, the pauses and the missing
 * records between them. Invariant: every record of the timeline is there once.
 */
import type { SessionId, TimelineEntry } from "../generated/protocol";
import { sameDay } from "./durations";
import { inOrder } from "./phases";

export type Line =
  | { line: "day"; key: string; at: number }
  | { line: "pause"; key: string; ms: number }
  | { line: "missing"; key: string; count: number }
  | { line: "record"; key: string; entry: TimelineEntry; at: number; late: number };

/** A pause this long is shown, in milliseconds. */
const PAUSE_MS = 60_000;
/** A report this late is marked, in milliseconds. */
const LATE_MS = 3_000;

export function storyOf(timeline: readonly TimelineEntry[], session: SessionId): Line[] {
  const gaps = gapsOf(timeline, session);
  const lines: Line[] = [];
  let last: number | null = null;
  for (const { entry, at, late } of inOrder(timeline)) {
    const missing = gaps.get(entry.seq);
    if (missing !== undefined) lines.push({ line: "missing", key: `missing-${entry.seq}`, count: missing });
    if (last === null || !sameDay(last, at)) lines.push({ line: "day", key: `day-${entry.seq}`, at });
    if (last !== null && at - last >= PAUSE_MS) lines.push({ line: "pause", key: `pause-${entry.seq}`, ms: at - last });
    lines.push({ line: "record", key: `record-${entry.seq}`, entry, at, late: late >= LATE_MS ? late : 0 });
    last = at;
  }
  return lines;
}

/** How many records are missing before a record, by its number: a session counts its own without a hole. */
function gapsOf(timeline: readonly TimelineEntry[], session: SessionId): Map<number, number> {
  const gaps = new Map<number, number>();
  const own = timeline.filter((entry) => entry.session === session && entry.session_seq !== null);
  let expected = 0;
  for (const entry of own.toSorted((one, other) => one.seq - other.seq)) {
    const number = entry.session_seq ?? expected;
    if (number > expected) gaps.set(entry.seq, number - expected);
    expected = number + 1;
  }
  return gaps;
}
