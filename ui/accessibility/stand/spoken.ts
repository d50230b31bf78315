/**
 * Puts a text in the place of everything that people wrote or are called, in a view or in what a relay holds.
 * Invariant: only texts of people change, so what comes out is as valid as what went in.
 */

/** Fields that hold words of people, whatever object they stand in. */
const WRITTEN: ReadonlySet<string> = new Set([
  "summary", "name", "machine", "text", "message", "organisation", "title", "body", "note", "technician", "login",
]);

export function spoken<Value>(value: Value, text: string): Value {
  return replaced(value, "", text) as Value;
}

function replaced(value: unknown, key: string, text: string): unknown {
  if (typeof value === "string") return WRITTEN.has(key) ? text : value;
  if (Array.isArray(value)) return value.map((each) => replaced(each, key, text));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, name, text)]));
}
