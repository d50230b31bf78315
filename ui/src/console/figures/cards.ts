/** The headline figures: what each card says, out of the figures of the period and of the one before. */
import type { Figures, Language, Share, Spread } from "../../generated/protocol";
import { span } from "../durations";
import { open } from "./charts";
import type { FigureWords } from "./en";
import { businessSpan, count, percent } from "./format";

export interface Card {
  key: string;
  label: string;
  /** None when there is nothing to tell. */
  value: string | null;
  /** A further figure with its name. */
  second?: { label: string; value: string | null };
  /** What stands under the figure. */
  details: string[];
  before: string | null;
  counted: string;
}

/** All cards, in their order. */
export function cardsOf(now: Figures, before: Figures, w: FigureWords, language: Language): Card[] {
  const write = (value: number): string => count(value, language);
  const part = ({ part: some, of }: Share): string[] => (of === 0 ? [] : [w.of(some, of)]);
  const plain = (key: keyof typeof w.cards, value: (figures: Figures) => number, details: string[] = []): Card => ({
    key, label: w.cards[key].label, value: write(value(now)), details, before: write(value(before)), counted: w.cards[key].counted,
  });
  const shared = (key: "firstContact" | "handled" | "resolved", of: (figures: Figures) => Share, more: string[] = []): Card => ({
    key, label: w.cards[key].label, value: percent(of(now), language), details: [...part(of(now)), ...more],
    before: percent(of(before), language), counted: w.cards[key].counted,
  });
  const timed = (
    key: "waiting" | "response" | "resolution", of: (figures: Figures) => Spread, told: (ms: number, language: Language) => string,
  ): Card => {
    const tell = (ms: number | null): string | null => (ms === null ? null : told(ms, language));
    const { median_ms, p90_ms, count: all } = of(now);
    return {
      key, label: w.cards[key].label, value: tell(median_ms), second: { label: w.p90, value: tell(p90_ms) },
      details: all === 0 ? [] : [w.cards[key].detail(all)], before: tell(of(before).median_ms), counted: w.cards[key].counted,
    };
  };
  const solved = ({ satisfaction }: Figures): Share => ({ part: satisfaction.solved, of: satisfaction.answered });
  const { asked, answered } = now.satisfaction;
  const rate = percent({ part: answered, of: asked }, language);
  const provisional = now.first_contact_open;
  return [
    plain("opened", ({ opened }) => opened, [w.cards.opened.detail(now.cancelled)]),
    timed("waiting", ({ waiting }) => waiting, span),
    timed("response", ({ first_response }) => first_response, businessSpan),
    timed("resolution", ({ resolution }) => resolution, businessSpan),
    shared("firstContact", ({ first_contact }) => first_contact, provisional === 0 ? [] : [w.cards.firstContact.provisional(provisional)]),
    shared("handled", ({ handled_by_first_level }) => handled_by_first_level),
    shared("resolved", ({ resolved_by_first_level }) => resolved_by_first_level),
    {
      key: "satisfaction", label: w.cards.satisfaction.label, value: percent(solved(now), language),
      details: [rate === null || answered === 0 ? w.cards.satisfaction.none : w.cards.satisfaction.detail(rate, answered, asked)],
      before: percent(solved(before), language), counted: w.cards.satisfaction.counted,
    },
    plain("escalations", escalated, [
      w.cards.escalations.detail(now.escalations.one_to_two, now.escalations.one_to_three, now.escalations.two_to_three),
    ]),
    plain("backlog", ({ backlog }) => open(backlog), [w.cards.backlog.detail(now.backlog.month + now.backlog.older)]),
    plain("reopened", ({ reopened }) => reopened),
    plain("deflections", ({ deflections }) => deflections),
  ];
}

function escalated({ escalations }: Figures): number {
  return escalations.one_to_two + escalations.one_to_three + escalations.two_to_three;
}
