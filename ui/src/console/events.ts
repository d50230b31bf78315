/**
 * The stable codes of audit records, and typed reading of a record's fields.
 * Invariant: the list is the one of the audit format; a test compares both, so a new code without words is noticed.
 */
import type { FieldValue, TimelineEntry } from "../generated/protocol";

const PERMISSIONS = ["view", "control", "clipboard"] as const;
const STEPS = ["requested", "allowed", "refused", "withdrawn"] as const;
/** What can be allowed. */
export type Permission = (typeof PERMISSIONS)[number];
/** What can happen to a permission. */
export type PermissionStep = (typeof STEPS)[number];
export type PermissionCode = `${Permission}.${PermissionStep}`;

export const PLAIN_CODES = [
  "relay.started", "person.added", "person.disabled", "person.disable_denied", "signin.succeeded", "signin.failed", "signin.limited", "signin.second_factor_asked", "signout",
  "person.password_changed", "second_factor.enabled", "second_factor.reset", "second_factor.recovery_used", "second_factor.required",
  "ticket.opened", "ticket.cancelled", "ticket.taken", "ticket.take_denied", "ticket.closed", "ticket.escalated",
  "ticket.returned", "ticket.user_left", "ticket.user_back", "ticket.reopened", "ticket.note_added", "ticket.feedback",
  "consent.asked", "consent.ask_refused", "consent.granted", "consent.refused",
  "session.offered", "session.answered", "session.connected", "session.peer_lost", "session.peer_back",
  "session.stopped", "session.abuse_reported", "session.failed", "session.tampered", "session.ended", "session.signed", "session.head_disputed",
  "view.first_picture", "grant.extended", "input.counted", "input.denied",
  "card.requested", "card.installed", "card.revoked_list", "message.refused", "console.viewed", "console.exported", "figures.person_viewed", "hours.changed",
  "article.changed", "article.solved", "reply.changed", "log.checked",
  "person.erased", "person.erase_denied", "retention.ran", "retention.changed", "keys.lost", "hold.added", "hold.removed", "hold.remove_denied",
] as const;
export type PlainCode = (typeof PLAIN_CODES)[number];

/** Every code there is. */
export const EVENT_CODES: readonly (PlainCode | PermissionCode)[] = [
  ...PLAIN_CODES,
  ...PERMISSIONS.flatMap((permission) => STEPS.map((step): PermissionCode => `${permission}.${step}`)),
];

export function isPlainCode(code: string): code is PlainCode {
  return PLAIN_CODES.some((known) => known === code);
}

/** The two halves of a code about a permission. */
export function permissionCode(code: string): { permission: Permission; step: PermissionStep } | null {
  const [first, second] = code.split(".");
  const permission = PERMISSIONS.find((known) => known === first);
  const step = STEPS.find((known) => known === second);
  return permission === undefined || step === undefined ? null : { permission, step };
}

/** A field as a number; null when it is absent or something else. */
export function numberField(entry: TimelineEntry, name: string): number | null {
  const value: FieldValue | undefined = entry.fields[name];
  return typeof value === "number" ? value : null;
}

/** A field as text; null when it is absent (erased) or something else. */
export function textField(entry: TimelineEntry, name: string): string | null {
  const value: FieldValue | undefined = entry.fields[name];
  return typeof value === "string" ? value : null;
}

/** Is a yes-or-no field there and yes? */
export function flagField(entry: TimelineEntry, name: string): boolean {
  return entry.fields[name] === true;
}
