// @vitest-environment node
/** What the user's machine says, to the page that shows its screen. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { namesOneCertificate } from "../src/host/browser/description";
import { MAX_CHAT_CHARS, MAX_CLIPBOARD_CHARS } from "../src/host/browser/session/limits";
import { characters } from "../src/host/browser/session/text";
import { ViewerSession } from "../src/host/browser/session/viewer";
import { read } from "../src/host/browser/session/wire";
import { corpus, holds, messageText, nearText, SOAK_MS, text, vectors } from "./inputs";

interface Step {
  readonly do: { readonly message?: unknown };
}
const { cases } = vectors("protocol/vectors/viewer-session.json") as { cases: readonly { steps: readonly Step[] }[] };
const heard = cases.flatMap(({ steps }) => steps.flatMap(({ do: { message } }) => (message === undefined ? [] : [message])));

describe("messages of a session", () => {
  test("are read whole, within the wire's limits, or refused with a code", { timeout: SOAK_MS }, async () => {
    await holds(messageText(heard), (said) => {
      const reading = read(said);
      if ("error" in reading) return expect(["malformed", "not_allowed", "too_large"]).toContain(reading.error.code);
      const { message } = reading;
      expect(read(JSON.stringify(message))).toEqual({ message });
      if (message.type === "chat") expect(characters(message.text)).toBeLessThanOrEqual(MAX_CHAT_CHARS);
      if (message.type === "clipboard") expect(characters(message.text)).toBeLessThanOrEqual(MAX_CLIPBOARD_CHARS);
      if (message.type === "granted") expect(message.grant.capabilities.every((one) => ["view", "control", "clipboard"].includes(one))).toBe(true);
    });
  });

  test("a number that JSON can write and nobody does is refused", () => {
    const granted = (technician: string): string =>
      `{"type":"granted","grant":{"session":"${"01".repeat(16)}","ticket":"T-1001","technician":${technician},"capabilities":["view"],"expires_at":1600000},"now":1000000}`;
    expect(read(granted("1"))).toHaveProperty("message");
    for (const technician of ["-0", "-1", "1.5", "1e30"]) expect(read(granted(technician))).toHaveProperty("error");
  });

  test("most of the vectors' messages are a sharer's", () => {
    expect(heard.filter((message) => "message" in read(JSON.stringify(message))).length).toBeGreaterThan(40);
  });
});

/** Some messages, with the time that passes before each, in milliseconds. */
const conversation = fc.array(fc.tuple(messageText(heard), fc.constantFrom(0, 0, 10, 900, 3_000, 70_000), fc.boolean()), { maxLength: 12 });

test("a session ends once, whatever it hears, and nothing comes after that", { timeout: SOAK_MS }, async () => {
  const START = 1_000_000;
  await holds(conversation, (said) => {
    const grant = { session: "01".repeat(16), ticket: "T-1001", technician: 1, capabilities: ["view" as const, "clipboard" as const], expires_at: START + 600_000 };
    const session = new ViewerSession(grant, START, START);
    let [now, ended] = [START, false];
    const look = (): void => {
      for (const effect of session.take()) {
        expect(ended, `${JSON.stringify(effect)} after the end`).toBe(false);
        ended = effect.effect === "event" && effect.event.event === "ended";
      }
      expect(session.timeout === null).toBe(ended);
    };
    session.handleLink("open", now);
    session.handleCommand({ command: "request", capability: "control" }, now);
    look();
    for (const [message, later, pointer] of said) {
      now += later;
      session.handleTimeout(now);
      session.handleMessage(pointer ? "pointer" : "session", message, now);
      session.handleInput({ input: "move", order: 1, x: 1, y: 1 }, now);
      look();
    }
  });
});

describe("session descriptions", () => {
  const DIGEST = `sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`;
  const lines = fc.array(
    fc.oneof(
      fc.constantFrom(`a=fingerprint:${DIGEST}`, `a=fingerprint: ${DIGEST.toLowerCase()} `, "a=fingerprint:sha-1 AB:CD", "a=setup:actpass", ` a=fingerprint:${DIGEST}`),
      nearText([`a=fingerprint:${DIGEST}`]),
      text(),
    ),
    { maxLength: 8 },
  );

  test("are taken with one certificate and no other", { timeout: SOAK_MS }, async () => {
    await holds(fc.tuple(lines, fc.constantFrom("\r\n", "\n", "\r")), ([some, end]) => {
      const sdp = some.join(end);
      if (!namesOneCertificate(sdp)) return;
      const named = sdp.replaceAll("\r", "\n").split("\n").filter((line) => line.startsWith("a=fingerprint:"));
      const digests = named.map((line) => line.slice(line.indexOf(":") + 1).trim().toUpperCase());
      expect(new Set(digests)).toEqual(new Set([digests[0]]));
      expect(digests[0]).toMatch(/^SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    });
  });

  test("those that the desktop app takes are taken", () => {
    expect(corpus("description").filter(namesOneCertificate).length).toBeGreaterThan(0);
  });
});
