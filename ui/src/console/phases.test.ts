import { describe, expect, it } from "vitest";
import type { SessionDetail } from "../generated/protocol";
import { drawn, type Phase, phasesOf, totals } from "./phases";
import { ALICE, DEVICE, fullDetail, type Step, story, timeline } from "./sample";

const START = 1_700_000_000_000;
const ALICES = `person:${ALICE.id}`;

function detailWith(steps: readonly Step[], ended: number | null): SessionDetail {
  const detail = fullDetail(START);
  detail.timeline = timeline(START, detail.row.id, steps);
  detail.row.ended_at = ended === null ? null : START + ended;
  return detail;
}

/** Phases as `kind from-to`, in seconds from the start. */
function told(phases: readonly Phase[]): string[] {
  return phases.map(({ kind, from, to }) => `${kind} ${Math.round((from - START) / 1000)}-${Math.round((to - START) / 1000)}`);
}

describe("the phases of a session", () => {
  it("follow the whole way from the queue to the end", () => {
    expect(told(phasesOf(detailWith(story(START), 602_000), START))).toEqual([
      "waiting 0-192", "taken 192-195", "asked 195-203", "connecting 203-204", "viewing 204-268",
      "controlling 268-361", "lost 361-374", "controlling 374-561", "viewing 561-602",
    ]);
  });

  it("leave no hole and are never empty", () => {
    const phases = phasesOf(detailWith(story(START), 602_000), START);
    phases.forEach(({ from, to }, index) => {
      expect(to).toBeGreaterThan(from);
      expect(phases[index + 1]?.from ?? to).toBe(to);
    });
  });

  it("end with a refusal", () => {
    const steps: Step[] = [...story(START).slice(0, 3), [205_000, DEVICE, "consent.refused", { timed_out: false }], [205_010, "relay", "session.ended", { reason: "refused" }]];
    expect(told(phasesOf(detailWith(steps, 205_010), START)).at(-1)).toBe("asked 195-205");
  });

  it("of an open session go up to now", () => {
    expect(told(phasesOf(detailWith(story(START).slice(0, 8), null), START + 230_000)).at(-1)).toBe("viewing 204-230");
  });

  it("end when the user presses Stop, though the relay hears of it later", () => {
    const steps: Step[] = [
      ...story(START).slice(0, 8),
      [300_000, DEVICE, "session.stopped", { report: 9, happened_at: START + 240_000 - 40 }],
      [300_001, "relay", "session.ended", { reason: "stopped_by_user" }],
    ];
    expect(told(phasesOf(detailWith(steps, 300_001), START)).at(-1)).toBe("viewing 204-240");
  });

  it("trust the order of a machine whose clock is an hour wrong", () => {
    const wrong = 3_600_000;
    const steps: Step[] = [
      ...story(START).slice(0, 6),
      [204_000, DEVICE, "session.connected", { report: 0, happened_at: START + 204_000 + wrong }],
      [270_000, DEVICE, "control.allowed", { report: 1, happened_at: START + 260_000 + wrong }],
    ];
    expect(told(phasesOf(detailWith(steps, null), START + 280_000)).slice(-2)).toEqual(["viewing 204-260", "controlling 260-280"]);
  });

  it("stay lost until both ends hear each other", () => {
    const steps: Step[] = [
      ...story(START).slice(0, 8),
      [210_000, DEVICE, "session.peer_lost"], [211_000, ALICES, "session.peer_lost"],
      [220_000, DEVICE, "session.peer_back"], [222_000, ALICES, "session.peer_back"],
    ];
    expect(told(phasesOf(detailWith(steps, null), START + 230_000)).slice(-3)).toEqual(["viewing 204-210", "lost 210-222", "viewing 222-230"]);
  });

  it("leave out what the ticket went through before, and other sessions of it", () => {
    const detail = detailWith([
      [0, DEVICE, "ticket.opened"], [5_000, ALICES, "ticket.taken"],
      [6_000, ALICES, "consent.asked"], [9_000, DEVICE, "consent.granted", { capabilities: "view" }],
      [50_000, ALICES, "ticket.escalated", { from: 1, to: 2 }], [80_000, "person:4", "ticket.taken"],
      [81_000, "person:4", "consent.asked"], [90_000, DEVICE, "consent.granted", { capabilities: "view" }],
    ], null);
    detail.timeline.filter((entry) => entry.session !== null).slice(0, 2).forEach((entry) => (entry.session = "f".repeat(32)));
    expect(told(phasesOf(detail, START + 95_000))).toEqual(["waiting 50-80", "taken 80-81", "asked 81-90", "connecting 90-95"]);
  });

  it("are none when the log holds nothing", () => {
    expect(phasesOf(detailWith([], null), START)).toEqual([]);
  });
});

describe("the time bar", () => {
  const minute = (kind: Phase["kind"], from: number, to: number): Phase => ({ kind, from: from * 60_000, to: to * 60_000 });

  it("is in proportion to time", () => {
    expect(drawn([minute("viewing", 0, 3), minute("controlling", 3, 4)]).map(({ share }) => share)).toEqual([0.75, 0.25]);
  });

  it("cuts a long wait short, says so, and fills the whole width all the same", () => {
    const bar = drawn([minute("waiting", 0, 600), minute("asked", 600, 601), minute("viewing", 601, 604)]);
    expect(bar.map(({ cut }) => cut)).toEqual([true, false, false]);
    expect(bar[0]?.share).toBeCloseTo(0.2);
    expect(bar.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it("sums up each kind", () => {
    expect(totals([minute("viewing", 0, 1), minute("lost", 1, 2), minute("viewing", 2, 5)])).toEqual([
      { kind: "viewing", ms: 240_000, times: 2 }, { kind: "lost", ms: 60_000, times: 1 },
    ]);
  });
});
