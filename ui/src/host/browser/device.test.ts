/** What a browser signs is, byte for byte, what the shared vectors say. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SessionHead } from "../../generated/protocol";
import { headBytes } from "./device";

interface Vector {
  readonly key: string;
  readonly head: SessionHead;
  readonly signed: string;
  readonly signature: string;
}

const vectors = JSON.parse(readFileSync("../relay/protocol/vectors/session-head.json", "utf8")) as readonly Vector[];
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

test("a head is signed as the other programs sign it", async () => {
  expect(vectors.length).toBeGreaterThan(0);
  for (const { head, key, signed, signature } of vectors) {
    // However its members stand in the message that it came in.
    const turned = Object.fromEntries(Object.entries(head).reverse()) as unknown as SessionHead;
    expect(new TextDecoder().decode(headBytes(turned))).toBe(signed);
    const verifier = await crypto.subtle.importKey("raw", bytes(key), { name: "Ed25519" }, false, ["verify"]);
    const verify = (data: Uint8Array<ArrayBuffer>): Promise<boolean> => crypto.subtle.verify({ name: "Ed25519" }, verifier, bytes(signature), data);
    expect(await verify(headBytes(head))).toBe(true);
    expect(await verify(headBytes({ ...head, reports: head.reports + 1 }))).toBe(false);
  }
});
