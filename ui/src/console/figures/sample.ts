/** Figures for the fake relay: the same for the same question, with a weekend that is quiet and a Monday that is not. */
import type {
  Backlog, Day, FigureGroup, Figures, FiguresQuery, HoursShown, PersonFigures, PersonQuery, Spread, TeamFigures, Technician,
} from "../../generated/protocol";
import { dateOf, daysFrom, plusDays } from "./period";

const MINUTE = 60_000;

export const HOURS: HoursShown = {
  time_zone: "Europe/Paris",
  week: [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? [{ from: "08:00", to: "18:00" }] : [])) as HoursShown["week"],
  holidays: [],
};

const NO_BACKLOG: Backlog = { hours: 0, day: 0, three_days: 0, week: 0, month: 0, older: 0 };
const NO_SPREAD: Spread = { count: 0, median_ms: null, p90_ms: null };

export const NO_FIGURES: Figures = {
  opened: 0, cancelled: 0, waiting: NO_SPREAD, first_response: NO_SPREAD, resolution: NO_SPREAD, solved: 0, not_solved: 0, reopened: 0,
  first_contact: { part: 0, of: 0 }, first_contact_open: 0, handled_by_first_level: { part: 0, of: 0 }, resolved_by_first_level: { part: 0, of: 0 },
  escalations: { one_to_two: 0, one_to_three: 0, two_to_three: 0 }, backlog: NO_BACKLOG, satisfaction: { asked: 0, answered: 0, solved: 0 }, deflections: 0,
};

/** A number from 0 to 1 that belongs to a day. */
function draw(day: Day, salt: number): number {
  const wave = Math.sin((dateOf(day).getTime() / 86_400_000) * 12.9898 + salt * 78.233) * 43_758.5453;
  return wave - Math.floor(wave);
}

function figuresOf(from: Day, days: number): Figures {
  let opened = 0;
  for (let index = 0; index < days; index += 1) {
    const day = plusDays(from, index);
    const weekday = (dateOf(day).getUTCDay() + 6) % 7;
    if (weekday < 5) opened += Math.round((weekday === 0 ? 14 : 8) + draw(day, 1) * 5);
  }
  if (opened === 0) return NO_FIGURES;
  const part = (share: number, salt: number): number => Math.round(opened * (share + (draw(from, salt) - 0.5) * 0.1));
  const spread = (count: number, median: number, salt: number): Spread => {
    const ms = Math.round(median * (0.7 + draw(from, salt) * 0.6)) * MINUTE;
    return { count, median_ms: ms, p90_ms: Math.round(ms * 3.4) };
  };
  const solved = part(0.84, 2);
  const not_solved = part(0.06, 3);
  const answered = Math.round((solved + not_solved) * 0.58);
  return {
    opened,
    cancelled: part(0.05, 4),
    waiting: spread(opened, 11, 5),
    first_response: spread(part(0.93, 6), 9, 7),
    resolution: spread(part(0.8, 8), 52, 9),
    solved,
    not_solved,
    reopened: part(0.05, 10),
    first_contact: { part: part(0.66, 11), of: solved + not_solved },
    first_contact_open: part(0.1, 12),
    handled_by_first_level: { part: part(0.84, 13), of: part(0.93, 6) },
    resolved_by_first_level: { part: part(0.62, 14), of: solved },
    escalations: { one_to_two: part(0.12, 15), one_to_three: part(0.02, 16), two_to_three: part(0.04, 17) },
    backlog: { hours: 3 + Math.round(draw(from, 18) * 4), day: 4, three_days: Math.round(draw(from, 19) * 5), week: 2, month: Math.round(draw(from, 20) * 2), older: 1 },
    satisfaction: { asked: solved + not_solved, answered, solved: Math.round(answered * 0.91) },
    deflections: part(0.18, 21),
  };
}

/** What a relay with some work would answer. */
export function sampleFigures(query: FiguresQuery, now: number): TeamFigures {
  const groups: FigureGroup[] = [];
  for (let from = query.from; from <= query.to; ) {
    const weekday = (dateOf(from).getUTCDay() + 6) % 7;
    const ends = { day: from, week: plusDays(from, 6 - weekday), month: plusDays(`${plusDays(`${from.slice(0, 8)}01`, 31).slice(0, 8)}01`, -1) }[query.by];
    const to = ends < query.to ? ends : query.to;
    groups.push({ from, to, figures: figuresOf(from, daysFrom(from, to)) });
    from = plusDays(to, 1);
  }
  const days = daysFrom(query.from, query.to);
  return {
    from: query.from, to: query.to, at: now, whole: figuresOf(query.from, days), before: figuresOf(plusDays(query.from, -days), days),
    groups, hours: HOURS, one_person: false,
  };
}

/** The same without anything in it. */
export function emptyFigures(query: FiguresQuery, now: number): TeamFigures {
  const full = sampleFigures(query, now);
  return { ...full, whole: NO_FIGURES, before: NO_FIGURES, groups: full.groups.map((group) => ({ ...group, figures: NO_FIGURES })) };
}

export function samplePerson(query: PersonQuery, technician: Technician): PersonFigures {
  return {
    technician, from: query.from, to: query.to,
    figures: {
      tickets: 41, solved: 35, not_solved: 2, escalated: 4, reopened: { part: 3, of: 37 },
      handling: { count: 37, median_ms: 31 * MINUTE, p90_ms: 96 * MINUTE }, satisfaction: { asked: 37, answered: 22, solved: 20 },
    },
  };
}
