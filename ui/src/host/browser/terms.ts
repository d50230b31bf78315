/**
 * Checks of what both the relay and the user's machine speak of: capabilities, grants, errors, and how ids are written.
 * Invariant: an id is lower-case hexadecimal of its one length, so that it is equal exactly when its text is.
 */
import type { Capability, EndReason, WireError } from "../../generated/protocol";
import { listOf, matching, object, record, string, whole, wordOf, type Check } from "./shape";

export const session = matching(/^[0-9a-f]{32}$/);
export const ticket = matching(/^T-[1-9][0-9]{0,14}$/);
/** A device's key, a nonce, a token, a hash. */
export const bytes32 = matching(/^[0-9a-f]{64}$/);
export const signature = matching(/^[0-9a-f]{128}$/);

export const capability = wordOf<Capability>({ view: true, control: true, clipboard: true });
export const grant = object({ session, ticket, technician: whole, capabilities: listOf(capability), expires_at: whole });

export const endReason = wordOf<EndReason>({ stopped_by_user: true, ended_by_technician: true, refused: true, timed_out: true, withdrawn: true, expired: true, lost: true, failed: true, untrusted: true, abuse_reported: true, wrong_code: true, card_revoked: true });

const params: Check<Record<string, string>> = (value) =>
  Object.fromEntries(Object.entries(record(value)).map(([name, param]) => [name, string(param)]));

/** A code of a later version is not known here; it is kept, and worded as any other fault. */
export const error: Check<WireError> = (value) => {
  const members = record(value);
  const code = matching(/^[a-z_]{1,40}$/)(members.code) as WireError["code"];
  return members.params === undefined ? { code } : { code, params: params(members.params) };
};
