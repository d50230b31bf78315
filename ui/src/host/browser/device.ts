/**
 * This browser's device key (Ed25519): made here once, kept where pages of this relay alone can use it, and never readable,
 * not even by this page. A sign-in is good on this device only.
 * Invariant: a browser has one key, however many tabs begin at once.
 */
import { bytesOf, hexadecimal } from "./binding/hexadecimal";
import type { SessionHead } from "../../generated/protocol";

export interface Device {
  /** Public key, in hexadecimal. */
  readonly key: string;
  /** Signs, in hexadecimal. What is signed begins with a context, which makes it good for one use only. */
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
}

/** Separate these signatures from every other use of the key. */
const HELLO_CONTEXT = "renfort hello v1\0";
const HEAD_CONTEXT = "renfort head v1\0";
const [DATABASE, STORE, NAME] = ["renfort", "device", "key"];
const ALGORITHM = { name: "Ed25519" };

/** What a hello's signature covers: context, nonce, public key. */
export function helloBytes(nonce: string, key: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...new TextEncoder().encode(HELLO_CONTEXT), ...bytesOf(nonce, 32), ...bytesOf(key, 32)]);
}

/** What a signature of a session's head covers: context, then its canonical JSON, whose members stand in this order. */
export function headBytes({ last, records, reports, role, session, ticket }: SessionHead): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(HEAD_CONTEXT + JSON.stringify({ last, records, reports, role, session, ticket })));
}

/** Finds the key, or makes it. Fails where the browser has no Ed25519. */
export async function thisDevice(): Promise<Device> {
  const pair = await keptOr(await made());
  const key = hexadecimal(await crypto.subtle.exportKey("raw", pair.publicKey));
  const sign = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => hexadecimal(await crypto.subtle.sign(ALGORITHM, pair.privateKey, bytes));
  return {
    key,
    sign,
  };
}

async function made(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"])) as CryptoKeyPair;
}

/** The kept key, else this one, kept from now on. Where nothing can be kept it is good until the page is closed. */
async function keptOr(fresh: CryptoKeyPair): Promise<CryptoKeyPair> {
  try {
    const database = await done<IDBDatabase>(opening());
    try {
      // One transaction: two tabs that begin at once find the same key.
      const store = database.transaction(STORE, "readwrite").objectStore(STORE);
      const kept = (await done<CryptoKeyPair | undefined>(store.get(NAME))) ?? null;
      if (kept) return kept;
      await done(store.put(fresh, NAME));
      return fresh;
    } finally {
      database.close();
    }
  } catch {
    return fresh;
  }
}

function opening(): IDBOpenDBRequest {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return request;
}

function done<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error ?? new Error("the browser keeps nothing"));
    if ("onblocked" in request) request.onblocked = () => reject(new Error("the browser keeps nothing now"));
  });
}
