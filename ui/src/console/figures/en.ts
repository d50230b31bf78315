/** English words of the page of figures; other languages have the same shape. */
import type { Grouping, Impact, Opening } from "../../generated/protocol";
import { counted } from "../../i18n/plural";
import type { ChartWords } from "./charts";
import type { PeriodFault, Preset } from "./period";

const n = counted("en");
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export const en = {
  title: "Figures",
  nothing: "–",
  asTable: "Show as table",
  asPicture: "Show as chart",
  tableOf: (title: string) => `Table: ${title}`,
  part: "Period",
  print: "Print",
  csv: "CSV",
  csvHint: "The table as a file for spreadsheets (CSV)",
  period: {
    label: "Period and selection",
    preset: "Period",
    presets: {
      thisWeek: "This week", lastWeek: "Last week", thisMonth: "This month", last30: "Last 30 days", last90: "Last 90 days", custom: "From … to …",
    } satisfies Record<Preset, string>,
    from: "First day",
    to: "Last day",
    by: "Divided by",
    bys: { day: "Day", week: "Week", month: "Month" } satisfies Record<Grouping, string>,
    asFits: "As fits",
    level: "Level",
    anyLevel: "All levels",
    levelOf: (level: string) => `Level ${level}`,
    impact: "Who is stuck",
    anyImpact: "Everyone",
    impacts: { person: "One person", team: "A team", organisation: "A site or everyone", not_stated: "Not stated" } satisfies Record<Impact, string>,
    faults: {
      missing: "Choose the first and the last day.",
      order: "This is before the first day.",
      long: "At most 400 days.",
    } satisfies Record<PeriodFault, string>,
  },
  shown: (range: string) => `Figures of ${range}`,
  goesOn: "This period is not over yet.",
  hours: (when: string, zone: string) => `Business hours: ${when} (${zone}).`,
  holidays: (days: string) => `Closed: ${days}.`,
  openings: (openings: readonly Opening[]) => openings.map(({ from, to }) => `${from}–${to}`).join(", "),
  days: (first: number, last: number) => (first === last ? (DAYS[first] ?? "") : `${DAYS[first]} to ${DAYS[last]}`),
  guard: "These are the team’s figures: nobody is named, compared or ranked. One technician’s figures need a supervisor, a stated purpose, at least 7 days and 5 tickets; each look at them is recorded.",
  onePerson: "These figures are not shown",
  onePersonHint: "This selection comes down to the work of one technician. Choose a longer period or more tickets.",
  empty: "Nothing happened in this period",
  emptyHint: "No ticket was opened, taken or closed. Choose a longer period.",
  emptyGo: "The last 90 days",
  before: (value: string) => `Period before: ${value}`,
  beforeNone: "Period before: nothing to compare",
  counted: "What is counted",
  median: "median",
  p90: "9 of 10 within",
  of: (part: number, all: number) => `${part.toLocaleString("en-GB")} of ${all.toLocaleString("en-GB")}`,
  cards: {
    opened: {
      label: "Tickets opened",
      detail: (cancelled: number) => `${cancelled.toLocaleString("en-GB")} taken back by users`,
      counted: "Tickets that users opened in the period, and those that they took back before anybody had closed them.",
    },
    waiting: {
      label: "Waiting time",
      detail: (waits: number) => n(waits, "wait", "waits"),
      counted: "Time that tickets stood in a queue until a technician took them, as the clock on the wall has it, nights included. A ticket that is escalated or comes back waits anew. It counts where the wait ended.",
    },
    response: {
      label: "First response",
      detail: (tickets: number) => n(tickets, "ticket", "tickets"),
      counted: "From opening to the first time a technician took the ticket. Only business hours count, and the clock stands still while the user’s app is out of reach.",
    },
    resolution: {
      label: "Resolution",
      detail: (tickets: number) => n(tickets, "ticket solved", "tickets solved"),
      counted: "From opening to closing as solved, of tickets that did not come back since. Only business hours count, and the clock stands still while the work waits for the user: while a question is open, while their app is out of reach, and between a closing and the user’s word that it is not solved.",
    },
    firstContact: {
      label: "Solved at first contact",
      provisional: (count: number) => `${n(count, "of them was", "of them were")} closed less than 7 days ago and may still come back`,
      counted: "Of tickets closed for the first time in the period: those solved by the technician who took them first, without escalation, and not reopened within 7 days.",
    },
    handled: {
      label: "Handled by level 1",
      counted: "Of tickets taken for the first time in the period: those that a technician of level 1 took.",
    },
    resolved: {
      label: "Solved by level 1",
      counted: "Of closings as solved in the period: those by a technician of level 1, of tickets that were never escalated.",
    },
    escalations: {
      label: "Escalations",
      detail: (a: number, b: number, c: number) => `1→2: ${a} · 1→3: ${b} · 2→3: ${c}`,
      counted: "Times that a ticket was handed to a higher level. A ticket handed on twice counts twice.",
    },
    backlog: {
      label: "Open tickets",
      detail: (old: number) => `${old.toLocaleString("en-GB")} open for 7 days or longer`,
      counted: "Tickets that wait or are being handled at the end of the period, or now if it goes on; their age counts from opening, as the clock on the wall has it.",
    },
    satisfaction: {
      label: "“Solved”, say users",
      detail: (rate: string, answered: number, asked: number) => `${rate} answered (${answered.toLocaleString("en-GB")} of ${asked.toLocaleString("en-GB")})`,
      none: "nobody answered",
      counted: "After each closing the user’s app asks one question: is it solved? This is the share of “solved” among the answers; the response rate is the share of closings that were answered. It speaks of the problem, and is no mark for a technician.",
    },
    reopened: {
      label: "Came back",
      counted: "Times that a user said, in the period, that a closed ticket is not solved.",
    },
    deflections: {
      label: "Solved without a ticket",
      counted: "Times that a user said that a self-help article solved their problem, so that no ticket was opened; once a day for each machine and article. Who it was is not kept. Level and impact do not apply to it.",
    },
  },
  charts: {
    titles: {
      tickets: "Tickets",
      waiting: "Waiting time",
      response: "First response, in business hours",
      resolution: "Resolution, in business hours",
      shares: "First contact and level 1",
      backlog: "Open tickets by age",
      satisfaction: "Is it solved?",
      handed: "Escalated, back again, not needed",
    },
    descs: {
      tickets: "Tickets opened, and closed as solved, in each part of the period.",
      waiting: "Median and 90th percentile of the time that tickets stood in a queue.",
      response: "Median and 90th percentile of the business time until a technician first took a ticket.",
      resolution: "Median and 90th percentile of the business time until a ticket was solved.",
      shares: "Shares of tickets solved at first contact, handled by level 1, and solved by level 1.",
      backlog: "Tickets open at the end of each part, by age since opening.",
      satisfaction: "What users answered after a closing, and how many did not answer.",
      handed: "Escalations, tickets that came back, and problems that an article solved.",
    },
    series: {
      opened: "Opened", solved: "Closed as solved",
      median: "Median", p90: "90th percentile",
      firstContact: "Solved at first contact", handled: "Handled by level 1", resolved: "Solved by level 1",
      hours: "Under 4 hours", day: "Under 1 day", three_days: "1 to 3 days", week: "3 to 7 days", month: "7 to 30 days", older: "30 days and more",
      yes: "Solved", no: "Not solved", silent: "No answer",
      escalated: "Escalated", reopened: "Came back", deflected: "Solved without a ticket",
    },
  } satisfies ChartWords,
  person: {
    title: "One technician",
    hint: "For a conversation, an appraisal that was agreed on, a complaint. Your name, the technician and the purpose are written into the log before the figures are shown.",
    technician: "Technician",
    choose: "Choose…",
    purpose: "Purpose",
    purposeHint: "What the figures are needed for; 10 to 500 characters.",
    show: "Record the purpose and show",
    missing: "Choose a technician.",
    short: "Write at least 10 characters.",
    tooFewDays: "Choose a period of at least 7 days.",
    tooFew: "Fewer than 5 tickets in this period: figures would tell of single cases.",
    of: (name: string, range: string) => `${name}, ${range}`,
    tickets: "Tickets taken",
    solved: "Closed as solved",
    notSolved: "Closed as not solved",
    escalated: "Handed on",
    reopened: "Came back within 7 days",
    handling: "From taking to closing, in business hours",
    satisfaction: "“Solved”, say users",
    hide: "Hide",
  },
};

/** The shape that every language has. */
export type FigureWords = typeof en;
