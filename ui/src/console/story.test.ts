import { describe, expect, it } from "vitest";
import type { TimelineEntry } from "../generated/protocol";
import { ALICE, DEVICE, fullDetail, type Step, story, timeline } from "./sample";
import { type Chapter, chaptersOf, type Line, type RecordLine } from "./story";
import { textsOf } from "./texts";

const START = new Date(2026, 4, 4, 9, 0).getTime();
const { row } = fullDetail(START);
const PERSON = `person:${ALICE.id}`;

const told = (steps: readonly Step[], open = false): Chapter[] => chaptersOf(timeline(START, row.id, steps), [row.id], open);
const lines = (chapters: readonly Chapter[]): Line[] => chapters.flatMap((chapter) => chapter.lines);
const records = (chapters: readonly Chapter[]): RecordLine[] =>
  lines(chapters).flatMap((line) => (line.line === "fold" ? line.records : line.line === "record" ? [line] : []));
const kinds = (chapters: readonly Chapter[]): string[] => chapters.map(({ kind }) => kind);

describe("a timeline", () => {
  it("shows every record once", () => {
    const entries = timeline(START, row.id, story(START));
    const seqs = records(chaptersOf(entries, [row.id], false)).map(({ entry }) => entry.seq);
    expect(seqs.toSorted((a, b) => a - b)).toEqual(entries.map(({ seq }) => seq));
  });

  it("has the chapters of a story, each as long as it lasted", () => {
    const chapters = told(story(START));
    expect(kinds(chapters)).toEqual(["asking", "waiting", "session", "outcome", "after"]);
    expect(chapters.map(({ from, to }) => (to ?? 0) - from)).toEqual([0, 192_000, 410_000, 1_000 + 13_000, 0]);
    expect(chapters[2]).toMatchObject({ session: row.id, number: 1 });
  });

  it("says how many records of the session are missing, and where", () => {
    const entries = timeline(START, row.id, story(START));
    const [gone] = entries.splice(6, 2);
    const all = lines(chaptersOf(entries, [row.id], false));
    const at = all.findIndex(({ line }) => line === "missing");
    expect(all[at]).toMatchObject({ line: "missing", count: 2 });
    const next = all[at + 1];
    expect(next?.line === "record" && next.entry.session_seq).toBe((gone?.session_seq ?? 0) + 2);
  });

  it("misses nothing when the log is whole", () => {
    expect(lines(told(story(START))).some(({ line }) => line === "missing")).toBe(false);
  });

  it("shows a pause and a new day", () => {
    const steps: Step[] = [[0, DEVICE, "ticket.opened"], [90_000, PERSON, "ticket.note_added"], [86_400_000, PERSON, "ticket.note_added"]];
    expect(lines(told(steps)).map(({ line }) => line)).toEqual(["day", "record", "record", "day", "pause", "record"]);
  });

  it("puts a late report where it happened, and says how late it came", () => {
    const steps: Step[] = [
      [0, DEVICE, "session.connected", { happened_at: START }],
      [30_000, PERSON, "ticket.note_added"],
      [40_000, DEVICE, "control.allowed", { happened_at: START + 10_000 }],
    ];
    expect(records(told(steps)).map(({ entry, late }) => [entry.code, late])).toEqual([
      ["session.connected", 0], ["control.allowed", 30_000], ["ticket.note_added", 0],
    ]);
  });
});

describe("the story of a ticket with several sessions", () => {
  const [first, second] = ["a".repeat(32), "b".repeat(32)];
  let seq = 0;
  const record = (at: number, code: string, session: string | null = null, actor = PERSON): ReturnType<typeof timeline>[number] =>
    ({ seq: seq++, at: START + at, session, session_seq: null, actor, code, denied: code === "consent.refused", fields: {} });
  const entries = [
    record(0, "ticket.opened", null, DEVICE),
    record(10, "ticket.taken"), record(11, "consent.asked", first), record(20, "consent.refused", first, DEVICE),
    record(30, "consent.asked", second), record(40, "consent.granted", second, DEVICE), record(90, "session.ended", second),
    record(91, "ticket.note_added"), record(92, "ticket.escalated"),
    record(200, "ticket.taken", null, "person:4"), record(300, "ticket.closed", null, "person:4"),
    record(400, "ticket.feedback", null, DEVICE), record(401, "ticket.reopened", null, DEVICE),
  ];

  it("tells refusal, escalation and return in their order", () => {
    const chapters = chaptersOf(entries, [first, second], true);
    expect(kinds(chapters)).toEqual(["asking", "waiting", "session", "session", "outcome", "again", "session", "outcome", "after", "again"]);
    expect(chapters.filter(({ session }) => session !== null).map(({ number }) => number)).toEqual([1, 2]);
    expect(chapters[5]).toMatchObject({ from: START + 92, to: START + 200 });
    expect(chapters.at(-1)?.to, "it waits now").toBeNull();
  });

  it("puts a late report into its own session, though another one has begun", () => {
    const late = { ...record(95, "session.peer_lost", first, DEVICE) };
    const chapters = chaptersOf([...entries, late], [first, second], true);
    const of = chapters.find(({ session }) => session === first);
    expect(of?.lines.some((line) => line.line === "record" && line.entry.seq === late.seq)).toBe(true);
  });

  it("tells a hold of a session when it was placed, and the relay's own beside the report of abuse", () => {
    const chapterOf = (all: readonly TimelineEntry[], seq: number): string | undefined =>
      chaptersOf(all, [first, second], true).find(({ lines: told }) => told.some((line) => line.line === "record" && line.entry.seq === seq))?.kind;
    const upTo = (at: number): TimelineEntry[] => entries.filter((entry) => entry.at <= START + at);
    const during = record(50, "hold.added", second, "operator");
    const ended = record(90, "hold.added", second, "operator");
    const later = record(410, "hold.removed", second, "operator");
    expect(chapterOf([...upTo(40), during], during.seq)).toBe("session");
    expect(chapterOf([...upTo(90), ended], ended.seq)).toBe("outcome");
    const closed = upTo(400);
    expect(chapterOf([...closed, later], later.seq)).toBe("after");
    const report = record(402, "session.abuse_reported", second, DEVICE);
    const own = record(402, "hold.added", second, "relay");
    expect(chapterOf([...closed, report, own], report.seq)).toBe("session");
    expect(chapterOf([...closed, report, own], own.seq)).toBe("session");
  });

  it("of a ticket that nobody has taken yet waits", () => {
    const [opened] = entries;
    if (opened === undefined) throw new Error("no record");
    expect(chaptersOf([opened], [], true).map(({ kind, to }) => [kind, to])).toEqual([["asking", START], ["waiting", null]]);
    expect(kinds(chaptersOf([], [], true))).toEqual([]);
  });
});

describe("small repeated events", () => {
  const counted = (at: number, keys: number): Step => [at, DEVICE, "input.counted", { keys }];

  it("are folded into one line that holds all of them", () => {
    const [fold, ...rest] = lines(told([counted(0, 1), counted(90_000, 2), counted(180_000, 3)])).filter(({ line }) => line !== "day");
    expect(fold).toMatchObject({ line: "fold", kind: "counted" });
    expect(fold?.line === "fold" && fold.records.map(({ entry }) => entry.fields["keys"])).toEqual([1, 2, 3]);
    expect(rest).toEqual([]);
  });

  it("keep a denial apart, by its reason", () => {
    const denied = (at: number, reason: string): Step => [at, DEVICE, "input.denied", { reason, times: 1 }];
    const all = lines(told([counted(0, 1), counted(1, 1), denied(2, "paused"), denied(3, "paused"), denied(4, "own_window"), counted(5, 1)]))
      .filter(({ line }) => line !== "day");
    expect(all.map((line) => (line.line === "fold" ? `${line.kind} ${line.records.length}` : line.line))).toEqual([
      "counted 2", "denied 2", "record", "record",
    ]);
  });

  it("of different people are not one", () => {
    const looked = (at: number, actor: string): Step => [at, actor, "console.viewed", { view: "session", rows: 1 }];
    const all = lines(told([[0, DEVICE, "ticket.opened"], looked(1, "person:2"), looked(2, "person:2"), looked(3, "person:9")]));
    expect(all.filter(({ line }) => line === "fold" || line === "record")).toHaveLength(3);
  });
});

describe("what people wrote", () => {
  it("stands beside the record of its writing, and is never guessed", () => {
    const { timeline: entries, notes, message } = fullDetail(START);
    const exact = [...(message ?? "")].length;
    const closed = entries.map((entry) => (entry.code === "ticket.closed" ? { ...entry, fields: { ...entry.fields, message_chars: exact } } : entry));
    const texts = textsOf(closed, notes, message);
    expect([...texts.notes.values()]).toEqual(notes.map(({ text }) => text));
    expect(texts.message?.text).toBe(message);
    expect(textsOf(closed, [{ at: START, author: ALICE, text: "other" }], "a shorter one")).toEqual({ notes: new Map(), message: null });
  });
});
