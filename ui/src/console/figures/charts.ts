/**
 * The charts of the page: which series each has, out of the figures of the parts. The same series are drawn and written
 * as a table.
 */
import type { Backlog, FigureGroup, Figures, Share, Spread } from "../../generated/protocol";

/** How values are written and where marks stand. */
export type Unit = "count" | "percent" | "time" | "business";

/** One series; a value is none where there is nothing to tell. */
export interface Series {
  key: string;
  label: string;
  values: (number | null)[];
}

export interface Chart {
  key: string;
  kind: "line" | "stack";
  unit: Unit;
  title: string;
  /** What a person who does not see the picture should know about it. */
  desc: string;
  series: Series[];
}

/** Words for the charts, by key. */
export interface ChartWords {
  titles: Record<ChartKey, string>;
  descs: Record<ChartKey, string>;
  series: Record<string, string>;
}

export type ChartKey = "tickets" | "waiting" | "response" | "resolution" | "shares" | "backlog" | "satisfaction" | "handed";

export const AGES = ["hours", "day", "three_days", "week", "month", "older"] as const satisfies readonly (keyof Backlog)[];

/** Layers that are hatched, so that they differ from those of like lightness. */
export const HATCHED: ReadonlySet<string> = new Set(["older", "no"]);

type Of = (figures: Figures) => number | null;

const share = (of: (figures: Figures) => Share): Of => (figures) => {
  const { part, of: all } = of(figures);
  return all === 0 ? null : part / all;
};

const spread = (of: (figures: Figures) => Spread): [string, Of][] => [
  ["median", (figures) => of(figures).median_ms],
  ["p90", (figures) => of(figures).p90_ms],
];

const CHARTS: { key: ChartKey; kind: Chart["kind"]; unit: Unit; series: [string, Of][] }[] = [
  { key: "tickets", kind: "line", unit: "count", series: [["opened", ({ opened }) => opened], ["solved", ({ solved }) => solved]] },
  { key: "waiting", kind: "line", unit: "time", series: spread(({ waiting }) => waiting) },
  { key: "response", kind: "line", unit: "business", series: spread(({ first_response }) => first_response) },
  { key: "resolution", kind: "line", unit: "business", series: spread(({ resolution }) => resolution) },
  {
    key: "shares", kind: "line", unit: "percent",
    series: [
      ["firstContact", share((figures) => figures.first_contact)],
      ["handled", share((figures) => figures.handled_by_first_level)],
      ["resolved", share((figures) => figures.resolved_by_first_level)],
    ],
  },
  { key: "backlog", kind: "stack", unit: "count", series: AGES.map((age) => [age, ({ backlog }) => backlog[age]]) },
  {
    key: "satisfaction", kind: "stack", unit: "count",
    series: [
      ["yes", ({ satisfaction }) => satisfaction.solved],
      ["no", ({ satisfaction }) => satisfaction.answered - satisfaction.solved],
      ["silent", ({ satisfaction }) => satisfaction.asked - satisfaction.answered],
    ],
  },
  {
    key: "handed", kind: "line", unit: "count",
    series: [
      ["escalated", ({ escalations }) => escalations.one_to_two + escalations.one_to_three + escalations.two_to_three],
      ["reopened", ({ reopened }) => reopened],
      ["deflected", ({ deflections }) => deflections],
    ],
  },
];

/** Every chart over these parts. */
export function chartsOf(groups: readonly FigureGroup[], words: ChartWords): Chart[] {
  return CHARTS.map(({ key, kind, unit, series }) => ({
    key,
    kind,
    unit,
    title: words.titles[key],
    desc: words.descs[key],
    series: series.map(([name, of]) => ({
      key: name,
      label: words.series[name] ?? name,
      values: groups.map(({ figures }) => of(figures)),
    })),
  }));
}

/** All open tickets. */
export function open(backlog: Backlog): number {
  return AGES.reduce((sum, age) => sum + backlog[age], 0);
}

/** Did nothing at all happen? */
export function isEmpty(figures: Figures): boolean {
  return figures.opened + figures.waiting.count + figures.solved + figures.not_solved + figures.cancelled
    + figures.reopened + figures.deflections + open(figures.backlog) === 0;
}
