/** A technician asks with a code that somebody on the telephone reads out. */
import { beforeEach, expect, test } from "vitest";
import type { Reveal, SessionInfo, SignedReady } from "../../../generated/protocol";
import { CLAIRE, detail, DEVICE, queueEntry, WORDS } from "../../samples";
import type { Verdict } from "../binding/check";
import { begin as beginCode } from "../binding/code";
import type { Effect } from "./events";
import { act, ALLOWANCE, asked, begin, BOUND, CARD, clock, effects, ENTRY, epoch, found, GRANT, handle, inSession, kinds, NONCE, note, only, page, PROFILE, READY, relay, REVEAL, sent, SESSION, signedIn, TAKEN, TOKEN, TRANSCRIBED, TRANSCRIPT, view, welcome } from "./fake.stage";

beforeEach(() => {
  clock.now = 1_000;
  begin();
});

const SECRET = "042917";
const { asking: ASKING, element: ELEMENT } = await beginCode("T-1001", SECRET);
const BY_CODE: SessionInfo = { ...SESSION, ask: { ...SESSION.ask, ask: { ...SESSION.ask.ask, credential: { by: "code", technician: CLAIRE, device: DEVICE, element: ELEMENT } } } };
const KNOWN: SignedReady = { ...READY, ready: { ...READY.ready, code: { element: "e1".repeat(32), confirmation: "f2".repeat(32) } } };
const CONFIRMATION = "b4".repeat(32);
const BY_CODE_REVEAL: Reveal = { ...REVEAL, confirmation: CONFIRMATION };
const TRANSCRIBED_BY_CODE: Verdict = { found: "transcript", transcript: TRANSCRIPT, reveal: BY_CODE_REVEAL };
const typed = (ticket = "T-1001", secret = SECRET): Effect[] => act({ action: "take_by_code", ticket, secret });
const wishes = (): unknown[] => effects.flatMap((effect) => (effect.effect === "sign_ask" ? [{ why: effect.why, ...effect.wish }] : []));

/** A technician without a card asked by code, and the user's machine answered. */
function askedByCode(): void {
  begin();
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  welcome(null, [ENTRY], null);
  typed();
  expect(wishes()).toEqual([{ why: "take_ticket", ticket: "T-1001", capabilities: ["view", "control", "clipboard"], at: clock.now, means: { by: "code", technician: CLAIRE, secret: SECRET } }]);
  handle({ event: "signed_ask", why: "take_ticket", asked: { ask: BY_CODE.ask, nonce: NONCE, asking: ASKING } });
  expect(only("take_ticket").ask).toEqual(BY_CODE.ask);
  relay({ type: "queue_changed", entry: TAKEN });
  relay({ type: "detail", detail: { ...detail("en"), entry: TAKEN } });
  relay({ type: "asked", session: BY_CODE });
  relay({ type: "ready", ready: KNOWN });
  const [check] = effects.filter((effect) => effect.effect === "check");
  expect(check?.effect === "check" && check.check).toMatchObject({ check: "ready", ask: BY_CODE.ask.ask, ready: KNOWN, asking: ASKING });
  expect(sent()).toEqual([]);
}

test("with a code one asks without a card, and shows that one knows it with the nonce, as often as it is asked for", () => {
  askedByCode();
  found("ready", TRANSCRIBED_BY_CODE);
  expect(only("reveal").reveal).toEqual(BY_CODE_REVEAL);
  relay({ type: "ready", ready: KNOWN });
  expect(sent()).toMatchObject([{ type: "reveal", reveal: BY_CODE_REVEAL }]);
  welcome({ ...BY_CODE, ready: KNOWN }, [TAKEN], null);
  expect(only("reveal").reveal).toEqual(BY_CODE_REVEAL);
  relay({ type: "granted", grant: GRANT, allowance: ALLOWANCE });
  found("allowance", { found: "bound", bound: BOUND });
  expect(page()).toMatchObject({ session: { stage: "open", words: WORDS } });
  expect(JSON.stringify(view())).not.toContain(SECRET);
});

test("a proof that the relay exchanged is not ours", () => {
  const exchanged: readonly Reveal[] = [{ ...REVEAL, confirmation: "00".repeat(32) }, REVEAL, { ...BY_CODE_REVEAL, signature: "00".repeat(64) }];
  for (const reveal of exchanged) {
    askedByCode();
    found("ready", TRANSCRIBED_BY_CODE);
    welcome({ ...BY_CODE, ready: KNOWN, reveal }, [TAKEN], null);
    expect(only("end_session").reason).toBe("untrusted");
    expect(view().notice?.error).toEqual({ code: "untrusted", params: { what: "reveal" } });
  }
});

test("a wrong code reveals nothing and is told once, whichever end finds it", () => {
  askedByCode();
  found("ready", { found: "wrong_code" });
  expect(sent().map(({ type }) => type)).toEqual(["end_session"]);
  expect(only("end_session")).toMatchObject({ session: SESSION.id, reason: "wrong_code" });
  const told = view().notice;
  expect(told?.error).toEqual({ code: "wrong_code" });
  relay({ type: "session_ended", session: SESSION.id, reason: "wrong_code" });
  relay({ type: "queue_changed", entry: ENTRY });
  expect([view().notice, page().page], "the ticket waits again").toEqual([told, "queue"]);
  relay({ type: "ready", ready: KNOWN });
  expect(sent()).toEqual([]);

  askedByCode();
  found("ready", TRANSCRIBED_BY_CODE);
  relay({ type: "session_ended", session: SESSION.id, reason: "wrong_code" });
  expect(sent()).toEqual([]);
  expect(view().notice?.error).toEqual({ code: "wrong_code" });
  const { id } = view().notice ?? {};
  relay({ type: "session_ended", session: SESSION.id, reason: "wrong_code" });
  expect(view().notice?.id).toBe(id);
  // The next try begins without it.
  relay({ type: "queue_changed", entry: ENTRY });
  typed();
  handle({ event: "signed_ask", why: "take_ticket", asked: { ask: BY_CODE.ask, nonce: NONCE, asking: ASKING } });
  expect(view().notice).toBeNull();
});

test("with a good card a code only says which ticket, and the ticket in hand is asked about anew", () => {
  signedIn();
  typed();
  expect(wishes()).toMatchObject([{ why: "take_ticket", ticket: "T-1001", means: { by: "card", card: CARD } }]);
  expect(JSON.stringify(effects)).not.toContain(SECRET);
  begin();
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  welcome(null, [TAKEN, queueEntry(1002, "en")], null);
  typed();
  expect(wishes()).toMatchObject([{ why: "ask_again", means: { by: "code", secret: SECRET } }]);
  begin();
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  welcome(null, [TAKEN, queueEntry(1002, "en")], null);
  typed("T-1002");
  expect([kinds(), view().notice?.error], "another is in hand").toEqual([["emit"], { code: "session_open" }]);
  inSession();
  typed();
  expect([kinds(), view().notice?.error], "a session is open").toEqual([["emit"], { code: "session_open" }]);
});

test("a card that the user's machine did not believe is not shown to it again: the code does instead", () => {
  signedIn();
  asked();
  relay({ type: "queue_changed", entry: TAKEN });
  relay({ type: "asked", session: SESSION });
  relay({ type: "session_ended", session: SESSION.id, reason: "refused" });
  typed();
  expect(wishes(), "they said no, having seen it").toMatchObject([{ why: "ask_again", means: { by: "card" } }]);
  begin();
  signedIn();
  asked();
  relay({ type: "queue_changed", entry: TAKEN });
  relay({ type: "asked", session: SESSION });
  relay({ type: "session_ended", session: SESSION.id, reason: "untrusted" });
  typed();
  expect(wishes()).toMatchObject([{ why: "ask_again", means: { by: "code", technician: CLAIRE, secret: SECRET } }]);
});

test("an organisation that allows no codes has nobody asked by one", () => {
  begin(null, { ...PROFILE, organisation: { name: "Mairie", codes: false } });
  expect(view().organisation).toEqual({ name: "Mairie", codes: false, relay: "wss://relay" });
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  welcome(null, [ENTRY], null);
  typed();
  expect([kinds(), view().notice?.error]).toEqual([["emit"], { code: "against_policy" }]);
});

test("a device whose card was taken back asks by no code, and it is said why", () => {
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  welcome(null, [ENTRY], null);
  const revoked = [{ serial: "04".repeat(8), until: 9, device: DEVICE }];
  relay({ type: "revocations", revocations: { revocations: { version: 1, number: 1, issued_at: 0, revoked }, signature: "00".repeat(64) } });
  typed();
  expect([wishes(), view().notice?.error]).toEqual([[], { code: "card_needed", params: { fault: "revoked" } }]);
  expect(view().side).toMatchObject({ card: { card: "needed", fault: "revoked" } });
});

test("what is no code is not tried, and nobody is asked without the relay or by who is no technician", () => {
  signedIn();
  for (const secret of ["", "12345", "1234567", "12345a", "\uff11\uff12\uff13\uff14\uff15\uff16", "12 345"]) {
    typed("T-1001", secret);
    expect([kinds(), view().notice?.error], secret).toEqual([["emit"], { code: "wrong_code" }]);
  }
  handle({ event: "link", epoch: epoch(), link: { link: "offline", error: { code: "relay_unreachable" }, retryMs: 500 } });
  typed();
  expect([kinds(), view().notice?.error.code]).toEqual([["emit"], "relay_unreachable"]);
  begin();
  note(act({ action: "sign_in", login: "paul", password: "secret" }));
  const welcomed = { as: "technician" as const, person: { id: 9, name: "Paul", role: "supervisor" as const }, token: TOKEN, queue: [], card: null };
  handle({ event: "link", epoch: epoch(), link: { link: "online", now: 0, welcomed, session: null, revocations: null } });
  typed();
  expect([kinds(), view().notice?.error.code]).toEqual([["emit"], "out_of_order"]);
});

test("after a reload a question by code goes on with what was revealed, and without it cannot", () => {
  begin(TOKEN);
  welcome({ ...BY_CODE, ready: KNOWN, reveal: BY_CODE_REVEAL }, [TAKEN], null);
  found("ask", { found: "ask" });
  found("ready", TRANSCRIBED);
  expect(sent(), "the relay has it").toEqual([]);
  relay({ type: "ready", ready: KNOWN });
  expect(only("reveal").reveal).toEqual(BY_CODE_REVEAL);
  begin(TOKEN);
  welcome({ ...BY_CODE, ready: KNOWN }, [TAKEN], null);
  expect(only("end_session").reason).toBe("failed");
});
