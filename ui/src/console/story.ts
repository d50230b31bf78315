/**
 * A timeline that is read like a story: chapters (the request, waiting, each session, its outcome, what came after) with
 * the records in the order in which things happened, small repeated ones folded, and the days, pauses and missing records
 * between them. Flow: records -> `inOrder` -> one pass that opens chapters -> lines.
 * Invariant: every record of the timeline is there once, and a denial is never folded together with anything else.
 */
import type { SessionId, TimelineEntry } from "../generated/protocol";
import { sameDay } from "./durations";
import { textField } from "./events";
import { type Happened, inOrder } from "./phases";

export interface RecordLine {
  line: "record";
  key: string;
  entry: TimelineEntry;
  at: number;
  /** How much later it reached the relay, in milliseconds; 0 when that is not worth a word. */
  late: number;
}

/** What repeats: input that was counted, input that was denied, looks in the console, steps of connecting. */
export type FoldKind = "counted" | "denied" | "looked" | "connected";

export type Line =
  | { line: "day"; key: string; at: number }
  | { line: "pause"; key: string; ms: number }
  | { line: "missing"; key: string; count: number }
  | { line: "fold"; key: string; kind: FoldKind; records: RecordLine[] }
  | RecordLine;

export type ChapterKind = "asking" | "waiting" | "again" | "session" | "outcome" | "after";

export interface Chapter {
  key: string;
  kind: ChapterKind;
  /** Of a session that was asked for. */
  session: SessionId | null;
  /** Counts the ticket's sessions from 1; 0 for other chapters. */
  number: number;
  from: number;
  /** None: it goes on. */
  to: number | null;
  lines: Line[];
}

/** A pause this long is shown, in milliseconds. */
const PAUSE_MS = 60_000;
/** A report this late is marked, in milliseconds. */
const LATE_MS = 3_000;
/** Fewer of a kind in a row are not folded. */
const FOLDED_FROM = 2;

interface Draft {
  kind: ChapterKind;
  session: SessionId | null;
  from: number;
  to: number | null;
  records: Happened[];
}

/** `sessions` in the order in which they were asked for; `open`: does the ticket wait or is it in hand? */
export function chaptersOf(timeline: readonly TimelineEntry[], sessions: readonly SessionId[], open: boolean): Chapter[] {
  const gaps = gapsOf(timeline);
  const drafts = new Drafts();
  for (const happened of inOrder(timeline)) drafts.take(happened);
  const chapters = drafts.finish(open);
  let last: number | null = null;
  return chapters.map((draft, index) => {
    const lines: Line[] = [];
    let before: number | null = null;
    for (const { entry, at, late } of draft.records) {
      const missing = gaps.get(entry.seq);
      if (missing !== undefined) lines.push({ line: "missing", key: `missing-${entry.seq}`, count: missing });
      if (last === null || !sameDay(last, at)) lines.push({ line: "day", key: `day-${entry.seq}`, at });
      if (before !== null && at - before >= PAUSE_MS) lines.push({ line: "pause", key: `pause-${entry.seq}`, ms: at - before });
      lines.push({ line: "record", key: `record-${entry.seq}`, entry, at, late: late >= LATE_MS ? late : 0 });
      before = at;
      last = at;
    }
    return {
      key: `${index}-${draft.kind}`,
      kind: draft.kind,
      session: draft.session,
      number: draft.session === null ? 0 : sessions.indexOf(draft.session) + 1,
      from: draft.from,
      to: draft.to,
      lines: folded(lines),
    };
  });
}

/** The chapters while they are written. */
class Drafts {
  private readonly all: Draft[] = [];
  /** The ticket went to another queue: whatever comes next, it waited meanwhile. */
  private waitsFrom: number | null = null;
  private closed = false;
  private readonly ended = new Set<SessionId>();

  take(happened: Happened): void {
    const { entry, at } = happened;
    const { code, session } = entry;
    if (this.waitsFrom !== null) {
      this.begin("again", this.waitsFrom);
      this.waitsFrom = null;
    }
    switch (code) {
      case "ticket.opened":
        this.begin("asking", at).records.push(happened);
        return;
      case "ticket.taken":
        this.waited(at);
        this.begin("session", at).records.push(happened);
        return;
      case "ticket.closed": case "ticket.cancelled": case "ticket.escalated":
        this.waited(at);
        this.within("outcome", at).records.push(happened);
        this.closed = code !== "ticket.escalated";
        if (code === "ticket.escalated") this.waitsFrom = at;
        return;
      case "ticket.returned": case "ticket.reopened":
        this.closed = false;
        this.begin("again", at).records.push(happened);
        return;
      case "ticket.feedback":
        this.within("after", at).records.push(happened);
        return;
      case "ticket.note_added":
        (this.isOver() ? this.within("outcome", at) : this.current(at)).records.push(happened);
        return;
      case "console.viewed": case "console.exported":
        // Looking belongs to no session, whichever page was looked at.
        (this.closed || this.isOver() ? this.within("after", at) : this.current(at)).records.push(happened);
        return;
      case "hold.added": case "hold.removed": case "hold.remove_denied":
        // The relay's own stands beside the report that it is for; somebody's where they came to it, whatever it names.
        if (entry.actor === "relay") break;
        (this.closed ? this.within("after", at) : this.isOver() ? this.within("outcome", at) : this.current(at)).records.push(happened);
        return;
    }
    if (session === null) {
      this.current(at).records.push(happened);
      return;
    }
    this.ofSession(session, at).records.push(happened);
    if (code === "session.ended" || code === "consent.refused") {
      this.ended.add(session);
      this.ofSession(session, at).to = at;
    }
  }

  finish(open: boolean): Draft[] {
    if (this.waitsFrom !== null) this.begin("again", this.waitsFrom);
    else if (open && this.last?.kind === "asking") this.begin("waiting", this.last.from);
    this.all.forEach((draft, index) => {
      const next = this.all[index + 1];
      const goesOn = open && (draft.kind === "waiting" || draft.kind === "again" || draft.kind === "session");
      draft.to ??= next !== undefined ? next.from : goesOn ? null : (draft.records.at(-1)?.at ?? draft.from);
    });
    return this.all;
  }

  private get last(): Draft | undefined {
    return this.all.at(-1);
  }

  private begin(kind: ChapterKind, from: number, session: SessionId | null = null): Draft {
    const draft: Draft = { kind, session, from, to: null, records: [] };
    this.all.push(draft);
    return draft;
  }

  /** The present chapter if it is of this kind, or a new one. */
  private within(kind: ChapterKind, at: number): Draft {
    return this.last?.kind === kind ? this.last : this.begin(kind, at);
  }

  /** The present chapter; after the request itself comes the wait. */
  private current(at: number): Draft {
    const { last } = this;
    if (last === undefined) return this.begin("after", at);
    return last.kind === "asking" ? this.begin("waiting", last.from) : last;
  }

  private waited(at: number): void {
    if (this.last?.kind === "asking" && at > this.last.from) this.begin("waiting", this.last.from);
  }

  private ofSession(session: SessionId, at: number): Draft {
    const known = this.all.findLast((draft) => draft.session === session);
    if (known !== undefined) return known;
    const { last } = this;
    if (last?.kind === "session" && last.session === null) {
      last.session = session;
      return last;
    }
    return this.begin("session", at, session);
  }

  /** Is the present chapter a session that has ended? */
  private isOver(): boolean {
    const { last } = this;
    return last !== undefined && (last.kind === "outcome" || (last.session !== null && this.ended.has(last.session)));
  }
}

function foldKind({ code }: TimelineEntry): FoldKind | null {
  switch (code) {
    case "input.counted": return "counted";
    case "input.denied": return "denied";
    case "console.viewed": return "looked";
    case "session.offered": case "session.answered": return "connected";
    default: return null;
  }
}

/** What must be equal for two neighbours to be folded together. */
function foldKey(record: RecordLine): string | null {
  const kind = foldKind(record.entry);
  if (kind === null) return null;
  if (kind === "connected") return kind;
  return `${kind} ${record.entry.actor} ${kind === "denied" ? textField(record.entry, "reason") : ""}`;
}

/** Pauses inside a fold are not told. */
function folded(lines: readonly Line[]): Line[] {
  const out: Line[] = [];
  let run: RecordLine[] = [];
  let pauses: Line[] = [];
  const close = (): void => {
    const [first] = run;
    if (first !== undefined) {
      const kind = foldKind(first.entry);
      if (kind !== null && run.length >= FOLDED_FROM) out.push({ line: "fold", key: `fold-${first.entry.seq}`, kind, records: run });
      else out.push(...run);
    }
    out.push(...pauses);
    run = [];
    pauses = [];
  };
  for (const line of lines) {
    if (line.line === "pause" && run.length > 0 && pauses.length === 0) {
      pauses.push(line);
      continue;
    }
    const key = line.line === "record" ? foldKey(line) : null;
    const [first] = run;
    if (line.line === "record" && key !== null && first !== undefined && foldKey(first) === key) {
      run.push(line);
      pauses = [];
      continue;
    }
    close();
    if (line.line === "record" && key !== null) run.push(line);
    else out.push(line);
  }
  close();
  return out;
}

/** How many records are missing before a record, by its number: each session counts its own without a hole. */
function gapsOf(timeline: readonly TimelineEntry[]): Map<number, number> {
  const gaps = new Map<number, number>();
  const expected = new Map<SessionId, number>();
  for (const { seq, session, session_seq: number } of timeline.toSorted((one, other) => one.seq - other.seq)) {
    if (session === null || number === null) continue;
    const due = expected.get(session) ?? 0;
    if (number > due) gaps.set(seq, number - due);
    expected.set(session, number + 1);
  }
  return gaps;
}
