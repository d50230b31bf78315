import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Language, TimelineEntry } from "../generated/protocol";
import { EVENT_CODES } from "./events";
import { DEVICE } from "./sample";
import { ERASED } from "../i18n/erased";
import { isolated, partsOf } from "../i18n/isolated";
import { type Cast, tell } from "./sentences";
import { en } from "./sentences.en";
import { fr } from "./sentences.fr";

const sentences = { en, fr };
const LANGUAGES: Language[] = ["en", "fr"];
const cast: Cast = { user: "Jeanne Martin", technician: "Alice Durand", people: new Map([[3, "Alice Durand"], [2, "Nora Lemaire"]]) };

const counts = { keys: 142, clicks: 34, clipboard_to_user: 1, clipboard_from_user: 2, chat: 7 };
const login = { method: "console", login: "alice", address: "192.0.2.7" };
/** For each code its fields, as the relay writes them. */
const FIELDS: Record<string, TimelineEntry["fields"]> = {
  "relay.started": { version: "0.1.0" },
  "person.added": { person: 3, role: "technician", level: 2, login: "alice", name: "Alice Durand" },
  "person.disabled": { person: 3 },
  "person.disable_denied": { person: 3 },
  "signin.succeeded": { method: "console", person: 2, address: "192.0.2.7" },
  "signin.failed": { ...login, reason: "second_factor" },
  "signin.second_factor_asked": { method: "password", person: 3, address: "192.0.2.7" },
  "person.password_changed": { person: 3 },
  "second_factor.enabled": { person: 3 },
  "second_factor.reset": { person: 3 },
  "second_factor.recovery_used": { person: 3, left: 9 },
  "second_factor.required": { required: true },
  "signin.limited": { ...login, seconds: 30 },
  signout: { person: 2 },
  "ticket.opened": { impact: "team", urgency: "high", language: "fr", level: 1, name: "Jeanne Martin", machine: "PC-7", summary: "Printer" },
  "ticket.cancelled": { waited_ms: 90_000 },
  "ticket.taken": { person: 3, level: 1, waited_ms: 90_000, technician: "Alice Durand" },
  "ticket.take_denied": { error: "already_taken" },
  "ticket.closed": { outcome: "solved", handled_ms: 600_000, message_chars: 12 },
  "ticket.escalated": { from: 1, to: 2 },
  "ticket.returned": { person: 3, reason: "signed_out" },
  "ticket.reopened": { times: 2 },
  "ticket.note_added": { chars: 54 },
  "ticket.feedback": { solved: false },
  "consent.asked": { capabilities: "view control", answer_by: 1_700_000_060_000 },
  "consent.ask_refused": { error: "card_needed", fault: "expired", card: "ab".repeat(8) },
  "session.tampered": { report: 1, happened_at: 1_700_000_000_000, what: "offer" },
  "session.signed": { role: "sharer", records: 12, reports: 4, head: "ab".repeat(32), signature: "cd".repeat(64), key: "ef".repeat(32) },
  "session.head_disputed": { role: "viewer", reports: 4, claimed: 5 },
  "card.requested": { device: "ab".repeat(32) },
  "card.installed": { card: "ab".repeat(8), person: 3, device: "ab".repeat(32), expires_at: 1_700_000_000_000 },
  "card.revoked_list": { number: 2, revoked: 1 },
  "consent.granted": { capabilities: "view", expires_at: 1_700_001_800_000 },
  "consent.refused": { timed_out: true },
  "session.offered": { attempt: 1, fingerprint: "ab" },
  "session.answered": { attempt: 1, fingerprint: "cd" },
  "session.connected": { report: 0, happened_at: 1_700_000_000_000, capture: "x11", codec: "h264" },
  "view.first_picture": { after_ms: 840 },
  "session.peer_back": { after_ms: 4_200 },
  "session.abuse_reported": { happened_at: 5, chars: 28, sentence: "They asked for my bank card." },
  "session.failed": { error: "no_screen" },
  "session.ended": { reason: "stopped_by_user", viewed_ms: 300_000, controlled_ms: 120_000, ...counts },
  "grant.extended": { expires_at: 1_700_002_100_000 },
  "input.counted": counts,
  "input.denied": { reason: "own_window", times: 3 },
  "message.refused": { message: "offer", error: "not_allowed" },
  "console.viewed": { view: "sessions", rows: 100, search: "martin" },
  "console.exported": { view: "audit", format: "csv", rows: 18_000 },
  "figures.person_viewed": { person: 3, from: "2026-11-01", to: "2026-11-30", purpose: "Yearly review, agreed" },
  "hours.changed": { time_zone: "Europe/Paris", week: "mon 08:00-18:00", holidays: 11 },
  "article.changed": { article: "ab".repeat(16), language: "fr", action: "published", version: 3 },
  "reply.changed": { reply: "cd".repeat(16), action: "removed" },
  "article.solved": { article: "ab".repeat(16), language: "fr" },
  "ticket.user_left": { since: 1_700_000_000_000 },
  "log.checked": { records: 18_000, root: "ab", fault: "altered" },
  "person.erased": { of: "name", tickets: 3, sessions: 2, fields: 9, held: 1 },
  "person.erase_denied": { of: "account", person: 3, reason: "open", tickets: 1 },
  "retention.ran": { months: 12, tickets: 40, sessions: 12, fields: 130 },
  "retention.changed": { months: 24 },
  "keys.lost": {},
  "hold.added": { reason: "A complaint is examined" },
  "hold.remove_denied": { cause: "abuse_reported", reason: "It was examined" },
  "hold.removed": { cause: "abuse_reported", since: 1_700_000_000_000, reason: "It was examined" },
};

function entry(code: string, fields = FIELDS[code] ?? {}, actor = DEVICE): TimelineEntry {
  return { seq: 7, at: 1_700_000_000_000, session: null, session_seq: null, actor, code, denied: false, fields };
}

function words(language: Language, told: TimelineEntry): string {
  return tell(told, cast, sentences[language], language).replaceAll(/[\u2068\u2069]/g, "");
}

/** The codes that the relay can write, from its own source. */
function codesOfTheRelay(): string[] {
  const source = (file: string): string =>
    readFileSync(join(import.meta.dirname, "../../../relay/audit/src", file), "utf8");
  const codes = [...source("event.rs").matchAll(/=> "([a-z_.]+)"/g), ...["fields.rs", "keeping.rs"].flatMap((file) => [...source(file).matchAll(/=> "([a-z_]+\.[a-z_]+)"/g)])];
  return codes.map(([, code]) => code ?? "");
}

describe("sentences for records", () => {
  it("are there for exactly the codes that the relay writes", () => {
    expect([...EVENT_CODES].toSorted()).toEqual(codesOfTheRelay().toSorted());
  });

  it.each(LANGUAGES.flatMap((language) => EVENT_CODES.map((code) => [language, code] as const)))("%s: %s is whole", (language, code) => {
    const sentence = words(language, entry(code));
    expect(sentence).toMatch(/^\S.{6,}\.$/u);
    expect(sentence).not.toMatch(/undefined|NaN|null|\[|_|\.\./);
    expect(sentence).not.toContain(code);
  });

  it.each(EVENT_CODES)("%s is worded in each language", (code) => {
    expect(words("fr", entry(code))).not.toBe(words("en", entry(code)));
  });

  it("tell each reason for which a permission ends", () => {
    for (const language of LANGUAGES) {
      const told = ["by_user", "by_technician", "expired", "session_ended", "peer_lost"].map((reason) => words(language, entry("control.withdrawn", { reason })));
      expect(new Set(told).size).toBe(5);
    }
  });

  it("count no input at the end of a session, whose last reports may come after it", () => {
    const none = { keys: 0, clicks: 0, clipboard_to_user: 0, clipboard_from_user: 0, chat: 0 };
    for (const language of LANGUAGES) {
      const ended = (of: typeof counts): string => words(language, entry("session.ended", { ...FIELDS["session.ended"], ...of }));
      expect(ended(none)).toBe(ended(counts));
      expect(ended(counts)).toMatch(/5\u00a0min.*2\u00a0min/);
    }
  });

  it("tell why a ticket went back, and of one from before only that it did", () => {
    const reasons = [
      "signed_out", "account_disabled", "abuse_reported", "refused", "timed_out", "withdrawn", "wrong_code", "stopped_by_user", "lost", "untrusted", "card_revoked", "failed",
    ];
    for (const [language, ends] of [["en", "no longer has it"], ["fr", "ne l’a plus"]] as const) {
      const told = reasons.map((reason) => words(language, entry("ticket.returned", { person: 3, reason })));
      expect(new Set(told).size).toBe(reasons.length);
      for (const sentence of told) {
        expect(sentence).toContain(ends);
        expect(sentence).not.toContain("_");
      }
      expect(words(language, entry("ticket.returned", { person: 3 }))).toMatch(new RegExp(`${ends}\\.$`));
    }
  });

  it("tell what the relay itself holds something for, and else what somebody wrote", () => {
    const own = entry("hold.added", { cause: "abuse_reported" }, "relay");
    expect(words("en", own)).toMatch(/^The relay placed a hold by itself: the user reported abuse\./);
    expect(words("fr", own)).toMatch(/^Le relais a protégé .* l’utilisateur a signalé un abus\./);
    const stated = entry("hold.added", FIELDS["hold.added"], "operator");
    expect(words("en", stated)).toMatch(/^The relay's operator placed a hold.* Reason given: A complaint is examined\.$/);
    expect(words("fr", stated)).toMatch(/^L’exploitant du relais a protégé .* A complaint is examined\.$/);
  });

  it("say of a command that was written more than a minute away when it was run, and only then", () => {
    const at = 1_700_000_000_000;
    const of = (language: Language, away: number) => words(language, entry("person.disabled", { person: 3, ordered_at: at - away }, "operator"));
    for (const away of [0, 60_000, -60_000]) {
      expect(of("en", away)).toMatch(/account of Alice Durand\.$/);
      expect(of("fr", away)).not.toContain("Commande");
    }
    for (const away of [61_000, -61_000]) {
      expect(of("en", away)).toMatch(/Alice Durand\. Ordered at \d\d:\d\d:\d\d\.$/);
      expect(of("fr", away)).toMatch(/Alice Durand\. Commande passée à \d\d:\d\d:\d\d\.$/);
    }
    expect(of("en", 86_400_000)).toMatch(/Ordered at [\d:]+ on .*November 2023\.$/);
    expect(of("fr", 86_400_000)).toMatch(/passée à [\d:]+, le .*novembre 2023\.$/);
  });

  it("tell which hold was ended and why, where the record says so", () => {
    expect(words("en", entry("hold.removed"))).toContain("by itself: the user reported abuse. Reason given: It was examined.");
    expect(words("fr", entry("hold.removed"))).toContain("l’utilisateur a signalé un abus. Motif indiqué");
    const stated = words("en", entry("hold.removed", { since: 1_700_000_000_000, reason: "It was examined" }));
    expect(stated).toContain("ended a hold of this ticket. Reason given: It was examined.");
    // Records from before.
    for (const language of ["en", "fr"] as const) expect(words(language, entry("hold.removed", {}))).not.toMatch(/Reason|Motif/);
  });

  it("say of impact and urgency what was not asked, each by itself", () => {
    const of = (language: "en" | "fr", impact: string, urgency: string) => words(language, entry("ticket.opened", { ...FIELDS["ticket.opened"], impact, urgency }));
    expect(of("en", "person", "not_stated")).toContain("(one person is stuck, how badly was not asked)");
    expect(of("en", "not_stated", "high")).toContain("(how many are stuck was not asked, work is impossible)");
    expect(of("en", "not_stated", "not_stated")).toContain("(how many are stuck and how badly was not asked)");
    expect(of("fr", "person", "not_stated")).toContain("(une personne bloquée, sans dire à quel point)");
    expect(of("fr", "not_stated", "not_stated")).toContain("(sans dire combien de personnes sont bloquées, ni à quel point)");
  });

  it("tell a silence from a refusal", () => {
    for (const code of ["consent.refused", "control.refused", "clipboard.refused"]) {
      expect(words("en", entry(code, { timed_out: true, by: "user" }))).toContain("did not answer");
      expect(words("en", entry(code, { timed_out: false, by: "user" }))).toMatch(/^\S.* refused/u);
    }
  });

  it("tell whom a refusal within the session is by, and blame nobody where it is not recorded", () => {
    for (const code of ["view.refused", "control.refused", "clipboard.refused"]) {
      const told = (by?: string) => words("en", entry(code, { timed_out: false, ...(by === undefined ? {} : { by }) }));
      const of = (by?: string) => words("fr", entry(code, { timed_out: false, ...(by === undefined ? {} : { by }) }));
      expect(told("machine")).toContain("The user's machine refused");
      expect(of("machine")).toContain("Le poste de l’utilisateur a refusé de lui-même");
      expect(told()).toMatch(/^\S.* was refused\.$/u);
      expect(new Set([told("user"), told("machine"), told()]).size).toBe(3);
      expect(new Set([of("user"), of("machine"), of()]).size).toBe(3);
    }
  });

  it("say what is wrong with a card, and else why a question was not put", () => {
    for (const language of LANGUAGES) {
      const faults = ["missing", "version", "foreign", "stolen", "not_yet", "expired", "revoked"];
      const told = faults.map((fault) => words(language, entry("consent.ask_refused", { error: "card_needed", fault })));
      expect(new Set(told).size).toBe(faults.length);
      expect(words(language, entry("consent.ask_refused", { error: "bad_signature" }))).toContain("signature");
    }
  });

  it("say who came with a code instead of a card", () => {
    for (const [language, word] of [["en", "with a code"], ["fr", "avec un code"]] as const) {
      for (const code of ["consent.asked", "consent.ask_refused"]) {
        const by = (fields: TimelineEntry["fields"]): string => words(language, entry(code, { ...FIELDS[code], ...fields }));
        expect(by({ by: "code" }), code).toContain(word);
        expect(by({}), code).not.toContain(word);
      }
      expect(words(language, entry("session.ended", { ...FIELDS["session.ended"], reason: "wrong_code" }))).not.toContain("wrong_code");
    }
  });

  it("name who did it", () => {
    const added = (actor: string): string => words("en", entry("ticket.note_added", { chars: 1 }, actor));
    expect(added("person:3")).toBe("Alice Durand added a note of 1\u00a0character.");
    expect(added("person:99")).toContain("Account 99");
    expect(added("relay")).toContain("The relay");
    expect(added(DEVICE)).toContain("Jeanne Martin");
  });

  it("follow each language's rule for numbers", () => {
    expect(words("fr", entry("ticket.note_added", { chars: 0 }))).toContain("0\u00a0caractère.");
    expect(words("en", entry("ticket.note_added", { chars: 0 }))).toContain("0\u00a0characters.");
  });

  it("say that a personal field was erased", () => {
    expect(words("en", entry("ticket.opened", { impact: "team", urgency: "low" }))).toContain("[erased]");
    expect(words("fr", entry("ticket.opened", { impact: "team", urgency: "low" }))).toContain("[effacé]");
  });

  it("tell user from technician when the names of both were erased", () => {
    const gone: Cast = { user: ERASED, technician: ERASED, people: new Map([[3, ERASED]]) };
    const of = (language: Language, code: string, actor = DEVICE, fields = FIELDS[code] ?? {}): string => tell(entry(code, fields, actor), gone, sentences[language], language);
    expect(of("en", "consent.granted")).toMatch(/^The user allowed the technician to see the screen/);
    expect(of("fr", "consent.granted")).toMatch(/^L’utilisateur a autorisé le technicien à voir l’écran/);
    expect(of("en", "input.counted")).toMatch(/^The technician did/);
    expect(of("fr", "input.counted")).toMatch(/^Actions à distance du technicien\u00a0:/);
    expect(of("fr", "consent.ask_refused", "person:3")).toMatch(/^Une demande du technicien n’a pas été présentée à l’utilisateur/);
    expect(of("en", "ticket.taken", "person:3", { person: 3, level: 1, waited_ms: 90_000 })).toMatch(/^The technician, level 1, took/);
    expect(of("fr", "ticket.opened", DEVICE, { impact: "team", urgency: "low" })).toMatch(/^L’utilisateur, sur \[effacé\], a demandé/);
    // Whose name is not known here is not said to be the technician.
    expect(of("fr", "person.password_changed", "person:3", { person: 9 })).toBe("Le technicien a changé le mot de passe du compte 9.");
    for (const language of LANGUAGES) for (const code of EVENT_CODES) expect(of(language, code), code).not.toContain(ERASED);
  });

  it("fall back to code and fields for a record of a later version", () => {
    const later = entry("recording.started", { kind: "screen", fps: 12 });
    expect(words("en", later)).toBe("recording.started: kind screen, fps 12");
  });
});

describe("what people write", () => {
  it("cannot leave its place in a sentence", () => {
    const evil = "a\u2069 and\u2068 \u2067b <b>";
    const opened = entry("ticket.opened", { ...FIELDS["ticket.opened"], summary: evil });
    const parts = partsOf(tell(opened, cast, en, "en"));
    expect(parts.filter(({ written }) => written).map(({ text }) => text)).toContain("a and b <b>");
    expect(parts.map(({ text }) => text).join("")).not.toMatch(/[\u2066-\u2069]/);
  });

  it("is set apart from the sentence", () => {
    expect(partsOf(`Hello ${isolated("Zoë")}!`)).toEqual([
      { text: "Hello ", written: false }, { text: "Zoë", written: true }, { text: "!", written: false },
    ]);
  });
});
