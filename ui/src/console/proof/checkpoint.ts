/**
 * Signed checkpoints (C2SP tlog-checkpoint in a C2SP signed-note, Ed25519 by RFC 8032).
 * Invariant: a checkpoint that is given was signed, character for character, by the key that was asked for.
 */
import { type Bytes, bytesOf, hexOf, sha256, utf8 } from "./hash";
import type { Header } from "./canonical";

export interface Checkpoint {
  readonly size: number;
  /** Hexadecimal. */
  readonly root: string;
}

/** Why a text is no checkpoint of the log. */
export type CheckpointError = "malformed" | "other_log" | "unsigned" | "bad_signature";

/** Begins a signature line: em dash and a space. */
export const MARK = "\u2014 ";
const ED25519_TYPE = 1;

/** Standard base64 in its one spelling (RFC 4648, 4). */
export function base64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = atob(text);
    return btoa(bytes) === text ? Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

/** This browser has no Ed25519 in its WebCrypto, or the page is not a secure one. */
export class NoCrypto extends Error {}

async function importKey(key: string): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey("raw", bytesOf(key), { name: "Ed25519" }, false, ["verify"]);
  } catch (thrown) {
    throw new NoCrypto(String(thrown));
  }
}

/** RFC 8032, 7.1, test 1: some key that every Ed25519 knows. */
const SOME_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/** Throws `NoCrypto` where signatures cannot be checked. */
export async function requireEd25519(): Promise<void> {
  await importKey(SOME_KEY);
}

/** Is this a signature of the bytes by a key that anybody may have written? To be asked after `requireEd25519`. */
export async function isSignedBy(key: string, signature: Bytes, bytes: Bytes): Promise<boolean> {
  try {
    return await crypto.subtle.verify({ name: "Ed25519" }, await importKey(key), signature, bytes);
  } catch {
    // Thirty-two bytes that are no point of the curve.
    return false;
  }
}

interface Claim {
  readonly origin: string;
  readonly size: string;
  readonly root: Uint8Array<ArrayBuffer>;
}

/** What the first lines of a checkpoint tell, not yet verified. */
export function claimOf([origin = "", size = "", root = ""]: readonly string[]): Claim | null {
  const bytes = base64(root);
  const fits = /^[\x21-\x2a\x2c-\x7e]{1,200}$/.test(origin) && /^(?:0|[1-9]\d{0,19})$/.test(size) && bytes?.length === 32;
  return fits ? { origin, size, root: bytes } : null;
}

/** The checkpoint of a signed text, or what is wrong with it. Signatures of other keys (witnesses) are let pass. */
export async function checkpointOf(text: string, log: Header): Promise<Checkpoint | CheckpointError> {
  const end = text.indexOf("\n\n");
  if (end < 0) return "malformed";
  const body = text.slice(0, end + 1);
  const claim = claimOf(body.split("\n"));
  if (claim === null) return "malformed";
  const { origin, size, root } = claim;
  if (origin !== log.origin) return "other_log";
  const signatures = text.slice(end + 2);
  if (!signatures.endsWith("\n")) return "malformed";
  const key = await importKey(log.key);
  const id = (await sha256(utf8(origin), Uint8Array.of(0x0a, ED25519_TYPE), bytesOf(log.key))).slice(0, 8);
  let signed = false;
  for (const line of signatures.slice(0, -1).split("\n")) {
    const space = line.startsWith(MARK) ? line.indexOf(" ", MARK.length) : -1;
    const bytes = space < 0 ? null : base64(line.slice(space + 1));
    if (bytes === null || bytes.length < 4) return "malformed";
    if (line.slice(MARK.length, space) !== origin || hexOf(bytes.subarray(0, 4)) !== id) continue;
    if (!(await crypto.subtle.verify({ name: "Ed25519" }, key, bytes.slice(4), utf8(body)))) return "bad_signature";
    signed = true;
  }
  return signed ? { size: Number(size), root: hexOf(root) } : "unsigned";
}
