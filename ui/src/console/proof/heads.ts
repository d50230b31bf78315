/**
 * What the two endpoints signed of their sessions, checked against a log that is read from its first record (the audit
 * format, "What the endpoints signed").
 * Flow: each record that holds goes through `Heads.see`, which names what is wrong with a signature; `told` counts.
 * Invariant: an endpoint's signature counts only for the log's own records, under that endpoint's key.
 */
import type { ExportedRecord, LogRecord } from "./canonical";
import { isSignedBy } from "./checkpoint";
import { bytesOf, sha256, utf8 } from "./hash";

export type Role = "sharer" | "viewer";

/** What is wrong with an endpoint's answer for its session, by its stable name. */
export type HeadFault = "other_signer" | "wrong_head" | "bad_signature";

/** An endpoint did not agree: by the log it made `reports`, by its own count `claimed`. */
export interface Disagreement {
  readonly session: string;
  readonly role: Role;
  readonly reports: number;
  readonly claimed: number;
  readonly seq: number;
}

/** A report that an endpoint is said to have made after it had signed. */
export interface Unsigned {
  readonly session: string;
  readonly role: Role;
  readonly seq: number;
}

/** Sessions that their user allowed and that have ended, by who signed them. */
export interface Signatures {
  readonly both: number;
  readonly sharerOnly: number;
  readonly viewerOnly: number;
  readonly neither: number;
  /** Signatures whose key is not shown, so that nobody can check them: they count as none. */
  readonly unchecked: number;
  readonly disagreements: readonly Disagreement[];
  readonly disagreementsTotal: number;
  readonly unsigned: readonly Unsigned[];
  readonly unsignedTotal: number;
}

/** Disagreements, and reports after a signature, that are named; further ones are counted. */
const MAX_NAMED = 1_000;
const KEY = /^[0-9a-f]{64}$/;
const SIGNATURE = /^[0-9a-f]{128}$/;
const HEAD_CONTEXT = "renfort head v1\0";
const DEVICE_CONTEXT = utf8("renfort audit device v1\0");
const ROLES = ["sharer", "viewer"] as const;

type End = 0 | 1;
type Answer = "signed" | "unchecked" | "disputed";

/** What a session had come to after one of its records. */
interface Point {
  readonly last: string;
  readonly records: number;
  readonly reports: readonly [number, number];
  readonly ticket: string;
}

class Session {
  /** The ticket's device, and whoever the first record is of. */
  readonly ends: readonly [string | null, string | null];
  reports: readonly [number, number] = [0, 0];
  readonly answers: [Answer | null, Answer | null] = [null, null];
  allowed = false;
  ended = false;
  /** After its end and each record since: what an endpoint can have been told. Empty once both have answered. */
  points: Point[] = [];

  constructor({ actor }: LogRecord, device: string | null) {
    this.ends = [device, actor.startsWith("person:") ? actor : null];
  }

  end(actor: string): End | null {
    const found = this.ends.indexOf(actor);
    return found < 0 ? null : (found as End);
  }

  /** As which end a record answers for the head. */
  answering({ actor, fields }: LogRecord): End | HeadFault {
    const end = this.end(actor);
    if (end === null || fields.get("role") !== ROLES[end]) return "other_signer";
    return this.answers[end] === null ? end : "wrong_head";
  }

  async signature(id: string, end: End, { record: { actor, fields }, revealed }: ExportedRecord): Promise<Answer | HeadFault> {
    const point = this.points.find(({ records }) => records === fields.get("records"));
    if (point === undefined || fields.get("reports") !== point.reports[end]) return "wrong_head";
    const key = revealed.get("key")?.value ?? null;
    if (key !== null && !KEY.test(key)) return "bad_signature";
    const { last, records, ticket } = point;
    const head = utf8(HEAD_CONTEXT + JSON.stringify({ last, records, reports: point.reports[end], role: ROLES[end], session: id, ticket }));
    if (fields.get("head") !== (await sha256(head))) return "wrong_head";
    const signature = fields.get("signature");
    if (typeof signature !== "string" || !SIGNATURE.test(signature)) return "bad_signature";
    if (key === null) return "unchecked";
    const isOwn = end === 1 || actor === `device:${await sha256(DEVICE_CONTEXT, bytesOf(key))}`;
    return isOwn && (await isSignedBy(key, bytesOf(signature), head)) ? "signed" : "bad_signature";
  }
}

function isFault(found: End | Answer | HeadFault): found is HeadFault {
  return found === "other_signer" || found === "wrong_head" || found === "bad_signature";
}

/** Follows all sessions of a log. */
export class Heads {
  #devices = new Map<string, string>();
  #sessions = new Map<string, Session>();
  #disagreements: Disagreement[] = [];
  #disagreementsTotal = 0;
  #unsigned: Unsigned[] = [];
  #unsignedTotal = 0;

  /** Takes the next record, which holds in all else; says what is wrong with it here. */
  async see(exported: ExportedRecord): Promise<HeadFault | null> {
    const { record, hash } = exported;
    const { code, actor, ticket, session: id, session_seq: number } = record;
    if (code === "ticket.opened" && ticket !== null && actor.startsWith("device:") && !this.#devices.has(ticket)) this.#devices.set(ticket, actor);
    if (id === null || number === null) return null;
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = new Session(record, ticket === null ? null : (this.#devices.get(ticket) ?? null));
      this.#sessions.set(id, session);
    }
    if (code === "session.signed" || code === "session.head_disputed") {
      const end = session.answering(record);
      if (isFault(end)) return end;
      const answer = code === "session.signed" ? await session.signature(id, end, exported) : "disputed";
      if (isFault(answer)) return answer;
      session.answers[end] = answer;
      if (answer === "disputed") this.#dispute(id, end, record);
    }
    session.allowed ||= code === "consent.granted";
    session.ended ||= code === "session.ended";
    this.#report(id, session, record);
    if (session.answers.every((answer) => answer !== null)) session.points = [];
    else if (session.ended && ticket !== null) session.points.push({ last: hash, records: number + 1, reports: session.reports, ticket });
    return null;
  }

  #dispute(session: string, end: End, { fields, seq }: LogRecord): void {
    const number = (name: string): number => {
      const value = fields.get(name);
      return typeof value === "number" ? value : 0;
    };
    this.#disagreementsTotal += 1;
    if (this.#disagreements.length < MAX_NAMED) this.#disagreements.push({ session, role: ROLES[end], reports: number("reports"), claimed: number("claimed"), seq });
  }

  #report(id: string, session: Session, { actor, fields, seq }: LogRecord): void {
    const report = fields.get("report");
    const end = session.end(actor);
    if (typeof report !== "number" || end === null) return;
    const [sharer, viewer] = session.reports;
    session.reports = end === 0 ? [Math.max(sharer, report), viewer] : [sharer, Math.max(viewer, report)];
    const answer = session.answers[end];
    if (answer === null || answer === "disputed") return;
    this.#unsignedTotal += 1;
    if (this.#unsigned.length < MAX_NAMED) this.#unsigned.push({ session: id, role: ROLES[end], seq });
  }

  /** What is signed after the last record. */
  told(): Signatures {
    const counts = [0, 0, 0, 0];
    let unchecked = 0;
    for (const { answers, allowed, ended } of this.#sessions.values()) {
      unchecked += answers.filter((answer) => answer === "unchecked").length;
      const signed = answers.map((answer) => Number(answer === "signed")) as [number, number];
      if (allowed && ended) counts[2 * signed[0] + signed[1]] = (counts[2 * signed[0] + signed[1]] as number) + 1;
    }
    const [neither, viewerOnly, sharerOnly, both] = counts as [number, number, number, number];
    return {
      both, sharerOnly, viewerOnly, neither, unchecked,
      disagreements: this.#disagreements, disagreementsTotal: this.#disagreementsTotal,
      unsigned: this.#unsigned, unsignedTotal: this.#unsignedTotal,
    };
  }
}
