/**
 * Errors in words. They reach the interface as a code with parameters; each code has, in each language, what happened and
 * a way out. Invariant: a code that this version does not know is worded too.
 */
import type { Code, WireError } from "../generated/protocol";
import { t } from "./index";
import { isolated } from "./isolated";

/** What happened, and what the person can do. */
export interface ErrorText {
  what: string;
  todo: string;
}
export type Params = Readonly<Partial<Record<string, string>>>;
export type ErrorTable = Readonly<Record<Code, ErrorText | ((params: Params) => ErrorText)>>;

/** Parameters that hold words of people or of programs; the others are numbers and ids. */
const WRITTEN: readonly string[] = ["technician", "file", "detail"];

function said(params: Params): Params {
  return Object.fromEntries(Object.entries(params).map(([name, text]) => [name, text !== undefined && WRITTEN.includes(name) ? isolated(text) : text]));
}

/** An error in the current language; words of others in it are marked by `isolated`. */
export function errorText(error: WireError): ErrorText {
  const table: Partial<ErrorTable> = t().errors;
  const words = (Object.hasOwn(table, error.code) ? table[error.code] : undefined) ?? t().errors.internal;
  return typeof words === "function" ? words(said(error.params ?? {})) : words;
}
