/**
 * Reading the lines of an exported log, in their one right spelling (the audit format, "Canonical bytes" and "Export").
 * Invariant: a line that is read is, character for character, what the relay's own programs would write for its value.
 */

/** What one JSON value of the log can be. */
export type Json = string | number | boolean | null | { readonly [name: string]: Json };

const HASH = /^[0-9a-f]{64}$/;
const SESSION = /^[0-9a-f]{32}$/;
const TICKET = /^T-[1-9]\d{0,14}$/;
const ACTOR = /^(?:relay|operator|person:(0|[1-9]\d{0,19})|device:[0-9a-f]{64})$/;
const ASCII = /^[\x00-\x7f]*$/;
const LARGEST_PERSON = 2n ** 64n;

export interface LogRecord {
  readonly actor: string;
  readonly at: number;
  readonly code: string;
  readonly commitments: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<string, Json>;
  readonly prev: string;
  readonly seq: number;
  readonly session: string | null;
  readonly session_seq: number | null;
  readonly ticket: string | null;
  readonly v: number;
}

export interface ExportedRecord {
  readonly hash: string;
  readonly record: LogRecord;
  /** The bytes that are hashed, as text. */
  readonly canonical: string;
  readonly revealed: ReadonlyMap<string, { readonly salt: string; readonly value: string }>;
}

export interface Header {
  readonly key: string;
  readonly origin: string;
}

type Members = Readonly<Record<string, Json>>;

/** The text of a value, with members sorted and no white space (RFC 8785). */
export function canonical(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Json)}`).join(",")}}`;
}

/** The value of a line, or nothing when the line is not that value's one spelling. */
export function parsed(line: string): Json | undefined {
  try {
    const value = JSON.parse(line) as Json;
    return isPlain(value) && canonical(value) === line ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Texts whole, names in ASCII, numbers whole and exact; no lists. */
function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case "string": return isWhole(value);
    case "boolean": return true;
    case "number": return Number.isSafeInteger(value) && value >= 0;
    case "object":
      if (value === null) return true;
      if (Array.isArray(value)) return false;
      return Object.entries(value).every(([name, member]) => ASCII.test(name) && isPlain(member));
    default: return false;
  }
}

/** Has no half of a surrogate pair: such a text has no UTF-8. */
function isWhole(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

function members(value: Json | undefined, names: readonly string[]): Members | null {
  if (typeof value !== "object" || value === null) return null;
  const found = Object.keys(value);
  return found.length === names.length && names.every((name) => Object.hasOwn(value, name)) ? value : null;
}

function mapOf<T>(value: Json | undefined, each: (member: Json) => T | null): Map<string, T> | null {
  if (typeof value !== "object" || value === null) return null;
  const map = new Map<string, T>();
  for (const name of Object.keys(value)) {
    const member = each(value[name] as Json);
    if (member === null) return null;
    map.set(name, member);
  }
  return map;
}

const text = (value: Json | undefined, pattern: RegExp): value is string => typeof value === "string" && pattern.test(value);
const hash = (value: Json): string | null => (text(value, HASH) ? value : null);

function isActor(value: Json | undefined): value is string {
  const found = typeof value === "string" ? ACTOR.exec(value) : null;
  return found !== null && (found[1] === undefined || BigInt(found[1]) < LARGEST_PERSON);
}

const RECORD = ["actor", "at", "code", "commitments", "denied", "fields", "prev", "seq", "session", "session_seq", "ticket", "v"];

function recordOf(value: Json | undefined): LogRecord | null {
  const found = members(value, RECORD);
  if (found === null) return null;
  const { actor, at, code, denied, prev, seq, session, session_seq, ticket, v } = found;
  const commitments = mapOf(found.commitments, hash);
  const fields = mapOf(found.fields, (field) => (field === null || typeof field === "object" ? null : field));
  const fits =
    isActor(actor) && typeof at === "number" && typeof code === "string" && typeof denied === "boolean" && text(prev, HASH) && typeof seq === "number" &&
    (session === null || text(session, SESSION)) && (session_seq === null || typeof session_seq === "number") && (ticket === null || text(ticket, TICKET)) &&
    typeof v === "number" && v <= 0xffff;
  return fits && commitments !== null && fields !== null ? { actor, at, code, commitments, fields, prev, seq, session, session_seq, ticket, v } : null;
}

/** A record's line; nothing when it is malformed. */
export function exportedRecord(line: string): ExportedRecord | null {
  const found = members(parsed(line), ["hash", "record", "revealed"]);
  const record = recordOf(found?.record);
  const revealed = mapOf(found?.revealed, (shown) => {
    const opening = members(shown, ["salt", "value"]);
    return opening !== null && text(opening.salt, HASH) && typeof opening.value === "string" ? { salt: opening.salt, value: opening.value } : null;
  });
  if (found === null || record === null || revealed === null || !text(found.hash, HASH)) return null;
  return { hash: found.hash, record, canonical: canonical(found.record as Json), revealed };
}

/** The first line; nothing when it is none. */
export function header(line: string): Header | null {
  const found = members(parsed(line), ["export", "key", "origin"]);
  const fits = found?.export === "renfort audit v1" && text(found.key, HASH) && text(found.origin, /^[\x21-\x2a\x2c-\x7e]{1,200}$/);
  return fits ? { key: found.key as string, origin: found.origin as string } : null;
}

/** The signed checkpoint of the last line; nothing when it is none. */
export function trailer(line: string): string | null {
  const found = members(parsed(line), ["checkpoint"]);
  return typeof found?.checkpoint === "string" ? found.checkpoint : null;
}
