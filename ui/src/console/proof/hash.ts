/** SHA-256 by WebCrypto, and the Merkle tree of RFC 6962, section 2.1. Hashes are lower-case hexadecimal. */

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export const utf8 = (text: string): Bytes => encoder.encode(text);

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

// Both run several times a record.
export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 1) text += DIGITS[bytes[at] as number];
  return text;
}

/** The value of a lower-case hexadecimal digit, given by its code. */
const digit = (code: number): number => (code < 0x3a ? code - 0x30 : code - 0x57);

/** The bytes of an even number of lower-case hexadecimal digits. */
export function bytesOf(hex: string): Bytes {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = (digit(hex.charCodeAt(2 * at)) << 4) | digit(hex.charCodeAt(2 * at + 1));
  return bytes;
}

/** The hash of all parts, one after the other. */
export async function sha256(...parts: readonly Bytes[]): Promise<string> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", all)));
}

/** Hash of a leaf (RFC 6962, 2.1). */
export const leaf = (text: string): Promise<string> => sha256(Uint8Array.of(0), utf8(text));

const node = (left: string, right: string): Promise<string> => sha256(Uint8Array.of(1), bytesOf(left), bytesOf(right));

/** A growing tree, kept as the roots of the complete subtrees that make it up. */
export class Tree {
  #size = 0;
  #peaks: string[] = [];

  get size(): number {
    return this.#size;
  }

  async push(hash: string): Promise<void> {
    let top = hash;
    for (let size = this.#size; size % 2 === 1; size = Math.floor(size / 2)) top = await node(this.#peaks.pop() as string, top);
    this.#peaks.push(top);
    this.#size += 1;
  }

  async root(): Promise<string> {
    let root = this.#peaks.at(-1);
    if (root === undefined) return sha256();
    for (const left of this.#peaks.slice(0, -1).reverse()) root = await node(left, root);
    return root;
  }
}
