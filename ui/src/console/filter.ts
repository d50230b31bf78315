/**
 * What a list is narrowed to: as the form shows it, as the address keeps it, as the relay takes it.
 * Invariant: the address holds days, not instants, so a shared link means the same days in the reader's time zone.
 */
import type { Filter, OutcomeFilter } from "../generated/protocol";

/** Every outcome that can be chosen, in the order of the menu. */
export const OUTCOMES = ["solved", "not_solved", "escalated", "refused", "open"] as const satisfies readonly OutcomeFilter[];

/** The form's fields, as written; empty means everything. */
export interface FilterForm {
  /** `T-1042`, or what was typed instead. */
  ticket: string;
  person: string;
  /** The account's number. */
  technician: string;
  /** First day, `2026-02-28`. */
  from: string;
  /** Last day, included. */
  to: string;
  outcome: OutcomeFilter | "";
}

export type FilterField = keyof FilterForm;

const FIELDS: readonly FilterField[] = ["ticket", "person", "technician", "from", "to", "outcome"];
/** Longest part of a name that is looked for; names themselves are not longer. */
export const MAX_PERSON_CHARS = 80;

export function emptyForm(): FilterForm {
  return { ticket: "", person: "", technician: "", from: "", to: "", outcome: "" };
}

export function isEmptyForm(form: FilterForm): boolean {
  return FIELDS.every((field) => form[field] === "");
}

/** Reads what an address holds; what makes no sense there is left out. */
export function formOf(parameters: URLSearchParams): FilterForm {
  const outcome = parameters.get("outcome") ?? "";
  const technician = parameters.get("technician") ?? "";
  return {
    ticket: (parameters.get("ticket") ?? "").trim().slice(0, 20),
    person: (parameters.get("person") ?? "").slice(0, MAX_PERSON_CHARS),
    technician: /^\d{1,15}$/.test(technician) ? technician : "",
    from: dayOr(parameters.get("from")),
    to: dayOr(parameters.get("to")),
    outcome: OUTCOMES.find((known) => known === outcome) ?? "",
  };
}

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

/** As the relay takes it. Only for a form without a fault. */
export function filterOf(form: FilterForm): Filter {
  const person = form.person.trim();
  return {
    ticket: form.ticket === "" ? null : ticketNumber(form.ticket),
    person: person === "" ? null : person,
    technician: form.technician === "" ? null : Number(form.technician),
    from: form.from === "" ? null : startOfDay(form.from, 0),
    to: form.to === "" ? null : startOfDay(form.to, 1),
    outcome: form.outcome === "" ? null : form.outcome,
    after: null,
  };
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
