import { describe, expect, it } from "vitest";
import { DEVICE, fullDetail, type Step, story, timeline } from "./sample";
import { storyOf } from "./story";

const START = new Date(2026, 4, 4, 9, 0).getTime();
const { row } = fullDetail(START);

describe("a timeline", () => {
  it("shows every record once", () => {
    const entries = timeline(START, row.id, story(START));
    const seqs = storyOf(entries, row.id).flatMap((line) => (line.line === "record" ? [line.entry.seq] : []));
    expect(seqs.toSorted((a, b) => a - b)).toEqual(entries.map(({ seq }) => seq));
  });

  it("says how many records of the session are missing, and where", () => {
    const entries = timeline(START, row.id, story(START));
    const [gone] = entries.splice(6, 2);
    const lines = storyOf(entries, row.id);
    const at = lines.findIndex(({ line }) => line === "missing");
    expect(lines[at]).toMatchObject({ line: "missing", count: 2 });
    const next = lines[at + 1];
    expect(next?.line === "record" && next.entry.session_seq).toBe((gone?.session_seq ?? 0) + 2);
  });

  it("misses nothing when the log is whole", () => {
    expect(storyOf(timeline(START, row.id, story(START)), row.id).some(({ line }) => line === "missing")).toBe(false);
  });

  it("shows a pause and a new day", () => {
    const steps: Step[] = [[0, DEVICE, "ticket.opened"], [59_000, DEVICE, "ticket.reopened"], [86_400_000, DEVICE, "ticket.cancelled"]];
    expect(storyOf(timeline(START, row.id, steps), row.id).map(({ line }) => line)).toEqual([
      "day", "record", "record", "day", "pause", "record",
    ]);
  });

  it("puts a late report where it happened, and says how late it came", () => {
    const steps: Step[] = [
      [0, DEVICE, "session.connected", { happened_at: START }],
      [30_000, "person:3", "ticket.note_added"],
      [40_000, DEVICE, "control.allowed", { happened_at: START + 10_000 }],
    ];
    const records = storyOf(timeline(START, row.id, steps), row.id).filter((line) => line.line === "record");
    expect(records.map(({ entry, late }) => [entry.code, late])).toEqual([
      ["session.connected", 0], ["control.allowed", 30_000], ["ticket.note_added", 0],
    ]);
  });
});
