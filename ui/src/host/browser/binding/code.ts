/**
 * The technician's end of the code path: SPAKE2 (Abdalla and Pointcheval, CT-RSA 2005) over the code that was typed, in the
 * form of the `spake2` crate, which the desktop app has; then a MAC by which each end shows the other that it has the key.
 *
 * Flow: `begin` -> the element goes with the question -> `Asking.confirm` reads the answer of the user's machine.
 * Invariant: one question is one guess, for us as for them: its state is used up by the first answer. The code itself goes
 * nowhere.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberBE, bytesToNumberLE } from "@noble/curves/utils.js";
import type { CodeSecret, Confirmation, PakeElement, Ready, Sha256, TicketId } from "../../../generated/protocol";
import { bytesOf, hexadecimal } from "./hexadecimal";

type Bytes = Uint8Array<ArrayBuffer>;

const { Point } = ed25519;
const { Fn } = Point;
/** Points of which nobody knows the logarithm: of the end that begins, and of the one that answers. */
const M = Point.fromHex("15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312");
const N = Point.fromHex("f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3");

const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
const TECHNICIAN = utf8("renfort code technician v1");
const USER = utf8("renfort code user v1");
const CONFIRMED_BY = { user: utf8("renfort code confirmed by user v1\0"), technician: utf8("renfort code confirmed by technician v1\0") };
const [WIDE_BYTES, VALUE_BYTES] = [64, 32];
/** What the crate makes a scalar of: 16 bytes more than its size, so that every scalar is as likely as every other. */
const PASSWORD_BITS = 8 * (32 + 16);

const joined = (...parts: readonly Uint8Array[]): Bytes => Uint8Array.from(parts.flatMap((part) => [...part]));
const value = (text: string): Bytes => bytesOf(text, VALUE_BYTES);
const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const hkdf = (info: Bytes): HkdfParams => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info });

async function passwordScalar(password: Bytes): Promise<bigint> {
  const key = await crypto.subtle.importKey("raw", password, "HKDF", false, ["deriveBits"]);
  const wide = await crypto.subtle.deriveBits(hkdf(utf8("SPAKE2 pw")), key, PASSWORD_BITS);
  return Fn.create(bytesToNumberBE(new Uint8Array(wide)));
}

interface State {
  readonly scalar: bigint;
  readonly password: Bytes;
  readonly passwordScalar: bigint;
  readonly element: Bytes;
}

/** Begins with the code as it was typed and fresh random bytes. */
export async function begin(
  ticket: TicketId,
  secret: CodeSecret,
  random: Uint8Array = crypto.getRandomValues(new Uint8Array(WIDE_BYTES)),
): Promise<{ asking: Asking; element: PakeElement }> {
  const password = utf8(`${ticket} ${secret}`);
  const scalar = Fn.create(bytesToNumberLE(random));
  const blinding = await passwordScalar(password);
  const element = joined(Point.BASE.multiply(scalar).add(M.multiply(blinding)).toBytes());
  return { asking: new Asking({ scalar, password, passwordScalar: blinding, element }), element: hexadecimal(element) };
}

/** Between question and answer. */
export class Asking {
  #state: State | null;

  constructor(state: State) {
    this.#state = state;
  }

  /**
   * That this end knows the code, over the transcript; null when the user's machine does not show that it does, and when this
   * was asked before. The readiness must be known to answer our question.
   */
  async confirm({ ask, device, nonce, code }: Ready, transcript: Sha256): Promise<Confirmation | null> {
    const state = this.#state;
    this.#state = null;
    const shared = state && code ? await sharedSecret(state, code.element) : null;
    if (!shared || !code) return null;
    const said = joined(CONFIRMED_BY.user, value(ask), value(device), value(nonce));
    const known = await crypto.subtle.verify("HMAC", await macKey(shared, "user", "verify"), value(code.confirmation), said);
    if (!known) return null;
    const ours = joined(CONFIRMED_BY.technician, value(transcript));
    return hexadecimal(await crypto.subtle.sign("HMAC", await macKey(shared, "technician", "sign"), ours));
  }
}

/** Null when theirs is no point of the group. */
async function sharedSecret({ scalar, password, passwordScalar: blinding, element }: State, theirs: PakeElement): Promise<CryptoKey | null> {
  const shared = sharedPoint(scalar, blinding, theirs);
  if (!shared) return null;
  const whole = joined(await sha256(password), await sha256(TECHNICIAN), await sha256(USER), element, value(theirs), shared);
  return crypto.subtle.importKey("raw", await sha256(whole), "HKDF", false, ["deriveKey"]);
}

function sharedPoint(scalar: bigint, blinding: bigint, theirs: PakeElement): Uint8Array | null {
  try {
    // As in the crate, more than one encoding of a point is read; that the bytes are the same is the transcript's to show.
    return Point.fromBytes(value(theirs), true).subtract(N.multiply(blinding)).multiply(scalar).toBytes();
  } catch {
    return null;
  }
}

function macKey(shared: CryptoKey, by: "user" | "technician", usage: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(hkdf(CONFIRMED_BY[by]), shared, { name: "HMAC", hash: "SHA-256", length: 8 * VALUE_BYTES }, false, [usage]);
}
