/** The two words that stand on both screens. */
import type { Sha256, Words } from "../../../generated/protocol";
import { WORDS } from "../../../generated/words";

/** One for each of the hash's first two bytes. */
export function wordsOf(hash: Sha256): Words {
  const word = (at: number): string => WORDS[Number.parseInt(hash.slice(at, at + 2), 16)] ?? "";
  return [word(0), word(2)];
}
