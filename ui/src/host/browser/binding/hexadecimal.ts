/** Bytes in lower-case hexadecimal, as the wire has them. */

export const hexadecimal = (bytes: ArrayBuffer | Uint8Array): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Exactly `length` bytes; throws on anything else. */
export function bytesOf(text: string, length: number): Uint8Array<ArrayBuffer> {
  if (text.length !== length * 2 || !/^[0-9a-f]*$/.test(text)) throw new Error(`not ${length} bytes in hexadecimal`);
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
