// @vitest-environment node
/** Exported logs and checkpoints, which anybody may have written. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, exportedRecord, header, parsed, trailer, type Json } from "../src/console/proof/canonical";
import { checkpointOf } from "../src/console/proof/checkpoint";
import { prove } from "../src/console/proof/verify";
import { corpus, holds, json, messageText, nearText, SOAK_MS, text, vectors } from "./inputs";

const { lines } = vectors("audit/vectors/log-proof.json") as { lines: readonly string[] };
const whole = `${lines.slice(0, 8).join("\n")}\n`;
const values = lines.map((line) => JSON.parse(line) as unknown);
const against = { key: null, kept: [] };

const FAULTS = new Set([
  "bad_header", "malformed", "altered", "version", "missing", "swapped", "moved", "repeated", "broken_chain", "session_gap", "wrong_value", "no_checkpoint",
  "bad_checkpoint", "wrong_size", "wrong_root", "other_key", "bad_kept", "rewritten", "cut_off", "foreign_origin", "no_log", "changed_on_the_way", "unreadable_kept", "other_signer", "wrong_head", "bad_signature",
]);

async function* inParts(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("lines of a log", () => {
  test("have one spelling", { timeout: SOAK_MS }, async () => {
    await holds(messageText(values), (line) => {
      const value = parsed(line);
      if (value !== undefined) expect(canonical(value)).toBe(line);
      const record = exportedRecord(line);
      if (record !== null) expect(line).toContain(`"record":${record.canonical}`);
      for (const part of [header(line), trailer(line)]) expect(part === null || value !== undefined).toBe(true);
    });
  });

  test("of whatever a log can hold are read back", { timeout: SOAK_MS }, async () => {
    const plain = (value: unknown): boolean => value === null || ["string", "boolean"].includes(typeof value) || (typeof value === "number" && Number.isSafeInteger(value) && value >= 0);
    const listless = (value: unknown): boolean => typeof value !== "object" || value === null || (!Array.isArray(value) && Object.values(value).every(listless));
    await holds(json().filter(listless), (value) => {
      const members = { value } as unknown as Json;
      const read = parsed(canonical(members));
      if (read !== undefined) expect(read).toEqual(JSON.parse(JSON.stringify(members)));
      // Half a character has no UTF-8.
      else if (plain(value)) expect(value).toMatch(/\p{Cs}/u);
    });
  });
});

describe("a log", () => {
  const files = fc.oneof(
    { weight: 6, arbitrary: nearText([whole, ...corpus("export")]).map((file) => new TextEncoder().encode(file)) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...lines), { maxLength: 10 }).map((some) => new TextEncoder().encode(some.join("\n"))) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  );

  test("holds, or its first fault is named", { timeout: SOAK_MS }, async () => {
    const sound = new Set<string>();
    for (const file of [whole, ...corpus("export")]) {
      const outcome = await prove(inParts(new TextEncoder().encode(file), 64), against);
      if (!("fault" in outcome)) sound.add(outcome.root);
    }
    expect(sound.size).toBeGreaterThan(0);
    await holds(fc.tuple(files, fc.constantFrom(1, 7, 400, 1 << 20)), async ([file, size]) => {
      const outcome = await prove(inParts(file, size), against);
      if ("fault" in outcome) return expect(FAULTS).toContain(outcome.fault);
      // Nobody who has no key made another log that holds.
      expect(sound).toContain(outcome.root);
    });
  });

  test("that was checked before is compared with any text that was kept of it", { timeout: SOAK_MS }, async () => {
    const { log, checkpoint } = await found();
    const kept = fc.oneof(nearText([checkpoint]), text());
    await holds(kept, async (note) => {
      const read = await checkpointOf(note, log);
      if (typeof read === "string") return expect(["malformed", "other_log", "unsigned", "bad_signature"]).toContain(read);
      expect(note.slice(0, note.indexOf("\n\n"))).toBe(checkpoint.slice(0, checkpoint.indexOf("\n\n")));
    });
  });
});

async function found() {
  const outcome = await prove(inParts(new TextEncoder().encode(whole), 1 << 20), against);
  if ("fault" in outcome) throw new Error(`the first log of the vectors has a fault: ${outcome.fault}`);
  return outcome;
}
