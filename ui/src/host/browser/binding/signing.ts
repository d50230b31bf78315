/**
 * Signatures and hashes over a context and a message's JSON (Ed25519, RFC 8032; SHA-256, FIPS 180-4), as the protocol has them.
 * Invariant: a context belongs to one kind of message, so a signature is never good for another.
 */
import type { DeviceKey, Sha256, Signature } from "../../../generated/protocol";
import type { Device } from "../device";
import { bytesOf, hexadecimal } from "./hexadecimal";

export const CONTEXT = {
  request: "renfort card request v1\0",
  card: "renfort card v1\0",
  ask: "renfort ask v1\0",
  commitment: "renfort commitment v1\0",
  ready: "renfort ready v1\0",
  transcript: "renfort transcript v1\0",
  opened: "renfort opened v1\0",
  allowance: "renfort allowance v1\0",
  described: "renfort description v1\0",
} as const;
export type Context = keyof typeof CONTEXT;

const [KEY_BYTES, SIGNATURE_BYTES] = [32, 64];
const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<Sha256> {
  return hexadecimal(await crypto.subtle.digest("SHA-256", bytes));
}

/** Of a context and a message's JSON. */
export const hash = (context: Context, json: string): Promise<Sha256> => hashOf(utf8(CONTEXT[context] + json));

/** Of a context and values of 32 bytes each. */
export const hashTogether = (context: Context, ...values: readonly string[]): Promise<Sha256> =>
  hashOf(Uint8Array.from([...utf8(CONTEXT[context]), ...values.flatMap((value) => [...bytesOf(value, 32)])]));

export const hashOfText = (text: string): Promise<Sha256> => hashOf(utf8(text));

/** By this device. */
export const sign = (device: Device, context: Context, json: string): Promise<Signature> => device.sign(utf8(CONTEXT[context] + json));

/** Is this `key`'s signature? What is no key or no signature is not. */
export async function isSigned(key: DeviceKey, context: Context, json: string, signature: Signature): Promise<boolean> {
  try {
    const by = await crypto.subtle.importKey("raw", bytesOf(key, KEY_BYTES), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", by, bytesOf(signature, SIGNATURE_BYTES), utf8(CONTEXT[context] + json));
  } catch {
    return false;
  }
}
