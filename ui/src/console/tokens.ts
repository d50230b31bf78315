/**
 * What is typed into the search: words, and tokens such as `level:2`, `state:waiting` or `person:"Jeanne Martin"`, in the
 * reader's language or in English. Flow: typed text -> `parse` -> fields of the filter, and the words that remain.
 * Invariant: nothing that was typed is lost: what is no token stays a word.
 */
import type { Language, Person } from "../generated/protocol";
import {
  equalForms, type FilterField, type FilterForm, formOf, isDay, LEVELS, OUTCOMES, SINCES, STATES, ticketNumber,
} from "./filter";

/** Names of fields and of their values, by language; the first of each is the one that is suggested. */
interface Vocabulary {
  fields: Record<Exclude<FilterField, "text" | "reopened">, readonly string[]>;
  /** `is:…` */
  is: readonly string[];
  values: {
    state: Record<(typeof STATES)[number], readonly string[]>;
    outcome: Record<(typeof OUTCOMES)[number], readonly string[]>;
    since: Record<(typeof SINCES)[number], readonly string[]>;
    reopened: readonly string[];
  };
}

export const VOCABULARY: Record<Language, Vocabulary> = {
  en: {
    fields: {
      ticket: ["ticket"], person: ["person", "user"], machine: ["machine", "pc"], technician: ["technician", "tech"],
      level: ["level"], state: ["state"], outcome: ["outcome"], since: ["since"], from: ["from"], to: ["to"],
    },
    is: ["is"],
    values: {
      state: { open: ["open"], waiting: ["waiting"], taken: ["taken", "in-hand"], solved: ["solved"], not_solved: ["not-solved"], cancelled: ["cancelled"] },
      outcome: { solved: ["solved"], not_solved: ["not-solved"], escalated: ["escalated"], refused: ["refused"], unanswered: ["unanswered"], reported: ["reported"], open: ["open"] },
      since: { today: ["today"], week: ["week", "7d"], month: ["month", "30d"] },
      reopened: ["reopened"],
    },
  },
  fr: {
    fields: {
      ticket: ["ticket"], person: ["personne"], machine: ["poste"], technician: ["technicien", "tech"],
      level: ["niveau"], state: ["etat"], outcome: ["issue"], since: ["depuis"], from: ["du"], to: ["au"],
    },
    is: ["est"],
    values: {
      state: { open: ["ouvert"], waiting: ["attente", "en-attente"], taken: ["pris", "pris-en-charge"], solved: ["resolu"], not_solved: ["non-resolu"], cancelled: ["annule"] },
      outcome: { solved: ["resolu"], not_solved: ["non-resolu"], escalated: ["transmis"], refused: ["refus", "refuse"], unanswered: ["sans-suite"], reported: ["signale"], open: ["en-cours"] },
      since: { today: ["aujourdhui", "jour"], week: ["semaine", "7j"], month: ["mois", "30j"] },
      reopened: ["rouvert"],
    },
  },
};

/** What became of the typed text. */
export interface Parsed {
  /** The form with what the tokens say. */
  form: FilterForm;
  /** What remains, for the search box. */
  rest: string;
  /** The words of it that are searched for: without a token that is still being typed. */
  words: string;
  /** Tokens whose value makes no sense, as typed. */
  unknown: readonly string[];
}

/** Without accents, apostrophes and case. */
const plain = (text: string): string => text.normalize("NFD").replace(/[\p{M}’']/gu, "").toLowerCase();

/**
 * Reads what was typed. Only what `complete` allows is taken as a token: while somebody types, the last word is not
 * finished yet, and only Enter or a space after it says so.
 */
export function parse(typed: string, form: FilterForm, technicians: readonly Person[], complete: boolean): Parsed {
  let next = form;
  const rest: string[] = [];
  const words: string[] = [];
  const unknown: string[] = [];
  const pieces = typed.match(/[^\s"«»:]+:(?:"[^"]*"?|«[^»]*»?|\S*)|\S+/gu) ?? [];
  const openEnd = !complete && !/\s$/.test(typed);
  pieces.forEach((piece, index) => {
    const unfinished = openEnd && index === pieces.length - 1;
    const fields = fieldsOf(piece, technicians);
    if (fields === null || unfinished || fields === "unknown") rest.push(piece);
    if (fields === null || (fields === "unknown" && !unfinished)) words.push(piece);
    if (unfinished) return;
    if (fields === "unknown") unknown.push(piece);
    else if (fields !== null) next = { ...next, ...fields };
  });
  // A trailing space is being typed too.
  const tail = openEnd || rest.length === 0 || complete ? "" : " ";
  return { form: equalForms(next, form) ? form : next, rest: rest.join(" ") + tail, words: words.join(" "), unknown };
}

/** The fields that a piece sets; null when it is a plain word. */
function fieldsOf(piece: string, technicians: readonly Person[]): Partial<FilterForm> | "unknown" | null {
  if (/^t-\d+$/i.test(piece)) {
    const ticket = ticketNumber(piece);
    return ticket === null ? null : { ticket };
  }
  const colon = piece.indexOf(":");
  if (colon <= 0) return null;
  const name = plain(piece.slice(0, colon));
  const value = piece.slice(colon + 1).replace(/^["«\s\u00a0]+|["»\s\u00a0]+$/g, "");
  const field = fieldNamed(name);
  if (field === null) return null;
  if (value === "") return "unknown";
  return valueOf(field, value, technicians) ?? "unknown";
}

type Named = keyof Vocabulary["fields"] | "reopened";

function fieldNamed(name: string): Named | null {
  for (const { fields, is } of Object.values(VOCABULARY)) {
    if (is.includes(name)) return "reopened";
    for (const [field, names] of Object.entries(fields)) {
      if (names.includes(name)) return field as Named;
    }
  }
  return null;
}

function valueOf(field: Named, value: string, technicians: readonly Person[]): Partial<FilterForm> | null {
  switch (field) {
    case "ticket": {
      const ticket = ticketNumber(value);
      return ticket === null ? null : { ticket };
    }
    case "person": case "machine":
      return { [field]: formOf(new URLSearchParams({ [field]: value }))[field] };
    case "technician": {
      const found = technicians.filter(({ name }) => plain(name).includes(plain(value)));
      const [one] = found.length === 1 ? found : found.filter(({ name }) => plain(name) === plain(value));
      return one === undefined ? null : { technician: String(one.id) };
    }
    case "level": return LEVELS.some((level) => level === value) ? { level: value as FilterForm["level"] } : null;
    case "from": case "to": return isDay(value) ? { [field]: value, since: "" } : null;
    case "state": return known("state", STATES, value);
    case "outcome": return known("outcome", OUTCOMES, value);
    case "since": {
      const since = known("since", SINCES, value);
      return since === null ? null : { ...since, from: "", to: "" };
    }
    case "reopened":
      return Object.values(VOCABULARY).some(({ values }) => values.reopened.includes(plain(value))) ? { reopened: "yes" } : null;
  }
}

function known<Field extends "state" | "outcome" | "since", Value extends string>(
  field: Field, all: readonly Value[], typed: string,
): Partial<FilterForm> | null {
  const word = plain(typed);
  const found = all.find((value) =>
    value === word || Object.values(VOCABULARY).some(({ values }) => (values[field] as unknown as Record<Value, readonly string[]>)[value].includes(word)));
  return found === undefined ? null : { [field]: found };
}
