/** Numbers with their nouns, by each language's own rules ("0 clic", but "0 clicks"). */
import type { Language } from "../generated/protocol";

/** Writes a number and the form of the noun that goes with it. */
export type Counted = (n: number, one: string, other: string) => string;

/** The rule of one language. */
export function counted(language: Language): Counted {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (n, one, other) => `${numbers.format(n)}\u00a0${rules.select(n) === "one" ? one : other}`;
}
