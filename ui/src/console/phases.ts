/**
 * The phases of a session, from its timeline: waiting, asked, connecting, viewing, controlling, contact lost.
 * Flow: records in the order in which things happened -> one state machine -> stretches of time without holes.
 * Invariant: each phase begins where the one before ends; none is empty.
 */
import type { SessionDetail, TimelineEntry } from "../generated/protocol";
import { numberField, textField } from "./events";

export const PHASES = ["waiting", "taken", "asked", "connecting", "viewing", "controlling", "lost", "nothing"] as const;
export type PhaseKind = (typeof PHASES)[number];

/** One stretch, in Unix milliseconds of the relay's clock. */
export interface Phase {
  kind: PhaseKind;
  from: number;
  to: number;
}

/** A record with the instant at which it happened, on the relay's clock. */
export interface Happened {
  entry: TimelineEntry;
  at: number;
  /** How much later it reached the relay, in milliseconds. */
  late: number;
}

/**
 * Puts records in the order in which things happened. An endpoint that was cut off reports late, by its own clock, which
 * may be wrong; the quickest of its reports tells by how much.
 */
export function inOrder(timeline: readonly TimelineEntry[]): Happened[] {
  const skews = new Map<string, number>();
  for (const entry of timeline) {
    const happened = numberField(entry, "happened_at");
    if (happened === null) continue;
    skews.set(entry.actor, Math.min(entry.at - happened, skews.get(entry.actor) ?? Infinity));
  }
  return timeline
    .map((entry) => {
      const happened = numberField(entry, "happened_at");
      const at = happened === null ? entry.at : happened + (skews.get(entry.actor) ?? 0);
      return { entry, at, late: entry.at - at };
    })
    .sort((one, other) => one.at - other.at || one.entry.seq - other.entry.seq);
}

/** What is true at one moment of a session. */
class Moment {
  private step: "before" | "waiting" | "taken" | "asked" | "granted" | "connected" | "over" = "before";
  private view = false;
  private control = false;
  /** Who does not hear the other. */
  private readonly lost = new Set<string>();

  take(entry: TimelineEntry): void {
    const { code, actor } = entry;
    switch (code) {
      case "ticket.opened": case "ticket.reopened": case "ticket.escalated": case "ticket.returned":
        this.step = "waiting";
        return;
      case "ticket.taken": this.step = "taken"; return;
      case "consent.asked": this.step = "asked"; return;
      case "consent.granted": {
        const granted = (textField(entry, "capabilities") ?? "").split(" ");
        this.view = granted.includes("view");
        this.control = granted.includes("control");
        this.step = "granted";
        return;
      }
      case "session.connected": case "view.first_picture":
        if (this.step === "granted") this.step = "connected";
        return;
      case "view.allowed": this.view = true; return;
      case "view.withdrawn": this.view = false; return;
      case "control.allowed": this.control = true; return;
      case "control.withdrawn": this.control = false; return;
      case "session.peer_lost": this.lost.add(actor); return;
      case "session.peer_back": this.lost.delete(actor); return;
      case "consent.refused": case "session.stopped": case "session.abuse_reported": case "session.failed": case "session.ended":
        this.step = "over";
        return;
    }
  }

  get kind(): PhaseKind | null {
    switch (this.step) {
      case "before": case "over": return null;
      case "waiting": case "taken": case "asked": return this.step;
      case "granted": return "connecting";
      case "connected":
        if (this.lost.size > 0) return "lost";
        if (!this.view) return "nothing";
        return this.control ? "controlling" : "viewing";
    }
  }
}

/** The phases of `detail`'s session; those of an open one go up to `now`. */
export function phasesOf(detail: SessionDetail, now: number): Phase[] {
  const { row, timeline } = detail;
  const own = inOrder(timeline).filter(({ entry }) => entry.session === null || entry.session === row.id);
  const asked = own.findIndex(({ entry }) => entry.code === "consent.asked" && entry.session === row.id);
  // What a ticket went through before its last time in the queue belongs to its earlier sessions.
  const before = own.slice(0, asked < 0 ? own.length : asked);
  const start = before.findLastIndex(({ entry }) => QUEUED.has(entry.code));
  const phases: Phase[] = [];
  const moment = new Moment();
  let since = 0;
  for (const { entry, at } of own.slice(Math.max(start, 0))) {
    const kind = moment.kind;
    moment.take(entry);
    if (moment.kind === kind) continue;
    if (kind !== null) add(phases, { kind, from: since, to: at });
    since = at;
    if (kind !== null && moment.kind === null) return phases;
  }
  const open = moment.kind;
  if (open !== null) add(phases, { kind: open, from: since, to: Math.max(since, row.ended_at ?? now) });
  return phases;
}

const QUEUED: ReadonlySet<string> = new Set([
  "ticket.opened", "ticket.reopened", "ticket.escalated", "ticket.returned",
]);

function add(phases: Phase[], phase: Phase): void {
  if (phase.to > phase.from) phases.push(phase);
}

/** How long each kind took in all, in the order of `PHASES`. */
export function totals(phases: readonly Phase[]): { kind: PhaseKind; ms: number; times: number }[] {
  return PHASES.map((kind) => {
    const all = phases.filter((phase) => phase.kind === kind);
    return { kind, ms: all.reduce((sum, { from, to }) => sum + to - from, 0), times: all.length };
  }).filter(({ times }) => times > 0);
}

/** A phase as drawn. */
export interface Drawn extends Phase {
  /** Share of the bar's width, 0 to 1; all together are 1. */
  share: number;
  /** Longer than drawn. */
  cut: boolean;
}

/** A wait is never drawn wider than this share, else an hour in the queue hides a session of minutes. */
const WAIT_SHARE = 0.2;

/** The bar: widths in proportion to time, except a wait that would take all the room. */
export function drawn(phases: readonly Phase[]): Drawn[] {
  const isWait = ({ kind }: Phase): boolean => kind === "waiting";
  const sum = (some: readonly Phase[]): number => some.reduce((all, { from, to }) => all + to - from, 0);
  const waits = sum(phases.filter(isWait));
  const rest = sum(phases.filter((phase) => !isWait(phase)));
  const cut = rest > 0 && waits / (waits + rest) > WAIT_SHARE;
  return phases.map((phase) => {
    const ms = phase.to - phase.from;
    if (!cut) return { ...phase, share: ms / (waits + rest), cut: false };
    return isWait(phase)
      ? { ...phase, share: (ms / waits) * WAIT_SHARE, cut: true }
      : { ...phase, share: (ms / rest) * (1 - WAIT_SHARE), cut: false };
  });
}
