/** SHA-256 by WebCrypto, and the Merkle tree of RFC 6962, section 2.1. Hashes are lower-case hexadecimal. */

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export const utf8 = (text: string): Bytes => encoder.encode(text);

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of an even number of hexadecimal digits. */
export function bytesOf(hex: string): Bytes {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
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
