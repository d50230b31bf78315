/** What is narrowed, as words that can be removed one by one. */
import type { Person } from "../generated/protocol";
import type { FilterField, FilterForm } from "./filter";
import { p } from "./pages.words";
import { readable } from "./readable";
import { w } from "./words";

export interface Chip {
  field: FilterField;
  words: string;
}

/** In a fixed order; what stands in the search box is no chip. */
export function chipsOf(form: FilterForm, technicians: readonly Person[]): Chip[] {
  const words = p().search;
  const name = technicians.find(({ id }) => String(id) === form.technician)?.name;
  const all: [FilterField, string][] = [
    ["ticket", form.ticket],
    ["person", form.person && words.person(form.person)],
    ["machine", form.machine && words.machine(form.machine)],
    ["technician", form.technician && words.technician(name === undefined ? w().filter.unknownTechnician(form.technician) : readable(name))],
    ["level", form.level && w().level(Number(form.level))],
    ["state", form.state && p().stateChip(p().states[form.state])],
    ["outcome", form.outcome && w().filter.outcomes[form.outcome]],
    ["reopened", form.reopened && words.reopened],
    ["since", form.since && p().sinces[form.since]],
    ["from", form.from && words.from(form.from)],
    ["to", form.to && words.to(form.to)],
  ];
  return all.filter(([, said]) => said !== "").map(([field, said]) => ({ field, words: said }));
}
