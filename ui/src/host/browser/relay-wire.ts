/**
 * Reading what the relay said.
 * Invariant: what is handed on is a message that a technician may be told, with all its members; what only a user is told,
 * or a later relay may say, is passed over.
 */
import type { Endpoint, FromRelay, Impact, Language, SessionInfo, Signal, TicketState, Urgency, Welcomed } from "../../generated/protocol";
import { boolean, listOf, matching, Misshapen, object, objectWith, optional, record, string, tagged, u16, u32, whole, wordOf, type Check } from "./shape";
import { bytes32, capability, endReason, error, grant, session, signature, ticket } from "./terms";

/** What a page of this kind has a use for. */
export type ToTechnician = Exclude<FromRelay, { type: "ticket" | "suggestions" | "article" | "receipt" | "reveal" }>;

export type Heard =
  | { readonly heard: "message"; readonly message: ToTechnician }
  /** A message, and none for this page. */
  | { readonly heard: "other" }
  | { readonly heard: "malformed" };

const digit =
  <const T extends number>(...digits: readonly T[]): Check<T> =>
  (value) => {
    const found = digits.find((one) => one === value);
    if (found === undefined) throw new Misshapen();
    return found;
  };
const nothing: Check<null> = () => null;

const level = digit(1, 2, 3);
const language = wordOf<Language>({ en: true, fr: true });
const technician = object({ id: whole, name: string, level });
const stated = object({ name: string, machine: string });
const state = wordOf<TicketState>({ waiting: true, taken: true, solved: true, not_solved: true, cancelled: true });
const outcome = tagged("outcome", { solved: {}, not_solved: {}, escalated: { to: level } });

const role = tagged("role", { technician: { level }, supervisor: {}, administrator: {} });
const whoever = object({ id: whole, name: string });
const person: Check<ReturnType<typeof whoever> & ReturnType<typeof role>> = (value) => ({ ...whoever(value), ...role(value) });

const entry = object({
  id: ticket,
  summary: string,
  user: stated,
  language,
  impact: wordOf<Impact>({ person: true, team: true, organisation: true, not_stated: true }),
  urgency: wordOf<Urgency>({ low: true, medium: true, high: true, not_stated: true }),
  priority: digit(1, 2, 3, 4, 5),
  level,
  state,
  opened_at: whole,
  waiting_since: whole,
  reopened: u32,
  user_online: boolean,
  technician: optional(technician),
});

const receipt = object({
  session,
  technician,
  started_at: whole,
  ended_at: optional(whole),
  viewed_ms: whole,
  controlled_ms: whole,
  counts: object({ keys: whole, clicks: whole, clipboard_to_user: whole, clipboard_from_user: whole, chat: whole }),
  outcome: optional(outcome),
});
const detail = object({
  entry,
  notes: listOf(object({ at: whole, author: technician, text: string })),
  sessions: listOf(receipt),
  earlier: listOf(object({ id: ticket, summary: string, opened_at: whole, state, message: optional(string) })),
});

const serial = matching(/^[0-9a-f]{16}$/);
const card = object({
  card: object({ version: u16, serial, person: whole, name: string, level, device: bytes32, issued_at: whole, expires_at: whole }),
  signature,
});
const revocations = object({
  revocations: object({ version: u16, number: whole, issued_at: whole, revoked: listOf(objectWith({ serial, until: whole }, { device: bytes32 })) }),
  signature,
});

const credential = tagged("by", { card: { card }, code: { technician, device: bytes32, element: bytes32 } });
const ask = object({
  ask: object({ version: u16, session, ticket, capabilities: listOf(capability), asked_at: whole, commitment: bytes32, credential }),
  signature,
});
const code = object({ element: bytes32, confirmation: bytes32 });
const ready = object({ ready: objectWith({ session, ask: bytes32, device: bytes32, user: stated, nonce: bytes32 }, { code }), signature });
const reveal = objectWith({ session, nonce: bytes32, signature }, { confirmation: bytes32 });
const info: Check<SessionInfo> = object({
  id: session,
  ticket,
  technician,
  user: stated,
  asked: listOf(capability),
  asked_at: whole,
  answer_by: whole,
  ask,
  ready: optional(ready),
  reveal: optional(reveal),
  grant: optional(grant),
  allowance: optional(signature),
  reported: whole,
});

// Of a user nothing is looked at: who is taken for one here, is in the wrong place.
const welcomed: Check<Welcomed> = tagged("as", {
  user: { ticket: nothing },
  technician: { person, token: bytes32, queue: listOf(entry), card: optional(card) },
});

const reply = object({
  id: session,
  version: whole,
  author: whoever,
  at: whole,
  team: optional(level),
  title: string,
  en: optional(string),
  fr: optional(string),
});

const description = { attempt: u32, sdp: string, seal: signature };
const signal: Check<Signal> = tagged("signal", {
  offer: description,
  answer: description,
  candidate: { attempt: u32, candidate: string, mid: optional(string), index: optional(u16) },
  restart: {},
});

/** Every kind of message that a technician is told. */
const KINDS = {
  challenge: { versions: listOf(u16), nonce: bytes32 },
  welcome: { now: whole, welcomed, session: optional(info), revocations: optional(revocations) },
  done: { re: u32 },
  refused: { re: u32, error },
  queue_changed: { entry },
  queue_left: {
    ticket,
    why: tagged("left", { taken: { by: technician }, escalated: { to: level }, cancelled: {}, closed: {}, reassigned: {} }),
  },
  detail: { detail },
  head: {
    re: u32,
    head: object({ last: bytes32, records: whole, reports: whole, role: wordOf<Endpoint>({ sharer: true, viewer: true }), session, ticket }),
  },
  replies: { re: u32, replies: listOf(reply) },
  asked: { session: info },
  ready: { ready },
  card: { card },
  revocations: { revocations },
  granted: { grant, allowance: signature },
  signal: { session },
  recorded: { session, number: whole },
  session_ended: { session, reason: endReason },
} satisfies Record<ToTechnician["type"], Record<string, Check<unknown>>>;
const told = tagged("type", KINDS);

const message: Check<ToTechnician> = (value) => {
  const read = told(value);
  return read.type === "signal" ? { ...read, ...signal(value) } : read;
};

/** Reads what came over the socket. */
export function read(data: unknown): Heard {
  try {
    const value: unknown = typeof data === "string" ? JSON.parse(data) : null;
    const kind = string(record(value).type);
    return Object.hasOwn(KINDS, kind) ? { heard: "message", message: message(value) } : { heard: "other" };
  } catch (thrown) {
    if (thrown instanceof Misshapen || thrown instanceof SyntaxError) return { heard: "malformed" };
    throw thrown;
  }
}
