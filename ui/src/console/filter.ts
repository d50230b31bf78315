/**
 * What a list is narrowed to: as the form shows it, as the address keeps it, as the relay takes it.
 * Invariant: the address holds days, not instants, so a shared link means the same days in the reader's time zone.
 */
import type { Filter, Level, OutcomeFilter, Since, StateFilter, ViewFilter } from "../generated/protocol";

/** Every outcome that can be chosen, in the order of the menu. */
export const OUTCOMES = ["solved", "not_solved", "escalated", "refused", "unanswered", "reported", "open"] as const satisfies readonly OutcomeFilter[];
/** Where a ticket can stand. */
export const STATES = ["open", "waiting", "taken", "solved", "not_solved", "cancelled"] as const satisfies readonly StateFilter[];
export const LEVELS = ["1", "2", "3"] as const;
/** Days that end today. */
export const SINCES = ["today", "week", "month"] as const satisfies readonly Since[];
/** How many days before today each begins. */
const DAYS_BACK: Record<Since, number> = { today: 0, week: 6, month: 29 };

/** The form's fields, as written; empty means everything. */
export interface FilterForm {
  /** `T-1042`, or what was typed instead. */
  ticket: string;
  /** Words of the summary, the name or the machine. */
  text: string;
  person: string;
  machine: string;
  /** The account's number. */
  technician: string;
  level: (typeof LEVELS)[number] | "";
  state: StateFilter | "";
  reopened: "yes" | "";
  /** Instead of days: those that end today. */
  since: Since | "";
  /** First day, `2026-02-28`. */
  from: string;
  /** Last day, included. */
  to: string;
  outcome: OutcomeFilter | "";
}

export type FilterField = keyof FilterForm;

export const FIELDS: readonly FilterField[] = [
  "ticket", "text", "person", "machine", "technician", "level", "state", "reopened", "since", "from", "to", "outcome",
];
/** Longest text that is looked for; names themselves are not longer. */
export const MAX_PERSON_CHARS = 80;

export function emptyForm(): FilterForm {
  return {
    ticket: "", text: "", person: "", machine: "", technician: "", level: "", state: "", reopened: "", since: "", from: "", to: "", outcome: "",
  };
}

export function isEmptyForm(form: FilterForm): boolean {
  return FIELDS.every((field) => form[field] === "");
}

/** Reads what an address holds; what makes no sense there is left out. */
export function formOf(parameters: URLSearchParams): FilterForm {
  const one = <Value extends string>(name: FilterField, known: readonly Value[]): Value | "" =>
    known.find((value) => value === parameters.get(name)) ?? "";
  const since = one("since", SINCES);
  const technician = parameters.get("technician") ?? "";
  return {
    ticket: cut((parameters.get("ticket") ?? "").trim(), 20),
    text: cut(parameters.get("text") ?? "", MAX_PERSON_CHARS),
    person: cut(parameters.get("person") ?? "", MAX_PERSON_CHARS),
    machine: cut(parameters.get("machine") ?? "", MAX_PERSON_CHARS),
    technician: /^\d{1,15}$/.test(technician) ? technician : "",
    level: one("level", LEVELS),
    state: one("state", STATES),
    reopened: one("reopened", ["yes"]),
    since,
    // Days that end today leave no room for others.
    from: since === "" ? dayOr(parameters.get("from")) : "",
    to: since === "" ? dayOr(parameters.get("to")) : "",
    outcome: one("outcome", OUTCOMES),
  };
}

/** The beginning of a text, between whole characters. */
const cut = (text: string, characters: number): string => [...text].slice(0, characters).join("");

/** The members that are set, in a fixed order, so that equal filters have equal addresses. */
export function parametersOf(form: FilterForm): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const field of FIELDS) {
    if (form[field] !== "") parameters.set(field, form[field]);
  }
  return parameters;
}

/** `T-1042` from `1042`, `t-1042` or `T 1042`; null when it is no ticket number. */
export function ticketNumber(typed: string): string | null {
  const digits = /^(?:t[\s-]*)?([1-9]\d{0,14})$/i.exec(typed.trim())?.[1];
  return digits === undefined ? null : `T-${digits}`;
}

/** Why a form cannot be sent. */
export type FormFault = "ticket" | "from" | "to" | "order";

export function equalForms(one: FilterForm, other: FilterForm): boolean {
  return FIELDS.every((field) => one[field] === other[field]);
}

export function faultOf(form: FilterForm): FormFault | null {
  if (form.ticket !== "" && ticketNumber(form.ticket) === null) return "ticket";
  if (form.from !== "" && !isDay(form.from)) return "from";
  if (form.to !== "" && !isDay(form.to)) return "to";
  if (form.from !== "" && form.to !== "" && form.from > form.to) return "order";
  return null;
}

/** As the relay takes it. Only for a form without a fault. `now` is Unix time in milliseconds: what "today" means. */
export function filterOf(form: FilterForm, now = Date.now()): Filter {
  const first = form.since === "" ? form.from : dayBefore(now, DAYS_BACK[form.since]);
  return {
    ticket: form.ticket === "" ? null : ticketNumber(form.ticket),
    text: orNull(form.text),
    person: orNull(form.person),
    machine: orNull(form.machine),
    technician: form.technician === "" ? null : Number(form.technician),
    level: form.level === "" ? null : (Number(form.level) as Level),
    state: form.state === "" ? null : form.state,
    reopened: form.reopened === "yes" ? true : null,
    from: first === "" ? null : startOfDay(first, 0),
    to: form.to === "" ? null : startOfDay(form.to, 1),
    outcome: form.outcome === "" ? null : form.outcome,
    after: null,
  };
}

/** As a saved view keeps it. Only for a form without a fault. */
export function viewFilterOf(form: FilterForm): ViewFilter {
  const { ticket, text, person, machine, technician, level, state, outcome } = filterOf(form);
  return {
    ticket, text, person, machine, technician, level, state, outcome,
    reopened: form.reopened === "yes",
    since: form.since === "" ? null : form.since,
    from: form.from === "" ? null : form.from,
    to: form.to === "" ? null : form.to,
  };
}

/** Back again. */
export function formOfView(view: ViewFilter): FilterForm {
  const text = (value: string | number | null): string => (value === null ? "" : String(value));
  const parameters = new URLSearchParams();
  for (const field of FIELDS) {
    const value = view[field];
    parameters.set(field, value === true ? "yes" : value === false ? "" : text(value));
  }
  return formOf(parameters);
}

function orNull(typed: string): string | null {
  const text = typed.trim();
  return text === "" ? null : text;
}

/** The reader's day that is `back` days before `now`. */
function dayBefore(now: number, back: number): string {
  const today = new Date(now);
  const day = new Date(today.getFullYear(), today.getMonth(), today.getDate() - back);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** Midnight of the reader's time zone that begins the day `later` days after `day`. */
function startOfDay(day: string, later: number): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  // The calendar does the adding: a day of the clock change has 23 or 25 hours.
  return new Date(year, month - 1, date + later).getTime();
}

/** Is it a day of the calendar? While a year is being typed it passes through years of antiquity. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year = 0, month = 0, date = 0] = text.split("-").map(Number);
  const read = new Date(year, month - 1, date);
  return year >= 1970 && read.getMonth() === month - 1 && read.getDate() === date;
}

function dayOr(text: string | null): string {
  return text !== null && isDay(text) ? text : "";
}
