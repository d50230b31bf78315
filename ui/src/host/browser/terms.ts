/**
 * Checks of what both the relay and the user's machine speak of: capabilities, grants, errors, and how ids are written.
 * Invariant: an id is lower-case hexadecimal of its one length, so that it is equal exactly when its text is.
 */
import type { WireError } from "../../generated/protocol";
import { listOf, matching, object, oneOf, record, string, whole, type Check } from "./shape";

export const session = matching(/^[0-9a-f]{32}$/);
export const ticket = matching(/^T-[1-9][0-9]{0,14}$/);
/** A device's key, a nonce, a token, a hash. */
export const bytes32 = matching(/^[0-9a-f]{64}$/);
export const signature = matching(/^[0-9a-f]{128}$/);

export const capability = oneOf("view", "control", "clipboard");
export const grant = object({ session, ticket, technician: whole, capabilities: listOf(capability), expires_at: whole });

export const endReason = oneOf("stopped_by_user", "ended_by_technician", "refused", "timed_out", "withdrawn", "expired", "lost", "failed", "untrusted", "abuse_reported", "wrong_code");

const params: Check<Record<string, string>> = (value) =>
  Object.fromEntries(Object.entries(record(value)).map(([name, param]) => [name, string(param)]));

/** A code of a later version is not known here; it is kept, and worded as any other fault. */
export const error: Check<WireError> = (value) => {
  const members = record(value);
  const code = matching(/^[a-z_]{1,40}$/)(members.code) as WireError["code"];
  return members.params === undefined ? { code } : { code, params: params(members.params) };
};
