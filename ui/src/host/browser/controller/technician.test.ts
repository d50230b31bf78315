import { beforeEach, expect, test } from "vitest";
import type { Action, View } from "../../../generated/host";
import type { EndReason, Request, Reveal, SessionInfo, SignedAsk, SignedCard, SignedReady, ToRelay } from "../../../generated/protocol";
import type { ToTechnician } from "../relay-wire";
import { CLAIRE, CLAIRE_SIGNED_IN, detail, DEVICE, grant, NOW, queueEntry, sessionInfo, signedCard, WORDS } from "../../samples";
import type { Check, Verdict } from "../binding/check";
import { begin as beginCode } from "../binding/code";
import type { Bound, Transcript } from "../binding/transcript";
import type { ViewerEvent } from "../session/events";
import type { Effect, Event } from "./events";
import { Technician } from "./technician";

const PROFILE = { organisation: "Mairie", relay: "wss://relay", version: "1.0", language: "en" } as const;
const NONE = { language: null, theme: "system", login: null } as const;
const TOKEN = "ab".repeat(32);
const ENTRY = queueEntry(1001, "en");
const TAKEN = queueEntry(1001, "en", { state: "taken", technician: CLAIRE });
const GRANT = grant("view");
const SESSION: SessionInfo = sessionInfo({ user: ENTRY.user, asked_at: 0, answer_by: 60_000 });
const NONCE = "5a".repeat(32);
const ALLOWANCE = "a1".repeat(64);
const READY: SignedReady = { ready: { session: SESSION.id, ask: "00".repeat(32), device: "33".repeat(32), user: ENTRY.user, nonce: "c3".repeat(32) }, signature: "00".repeat(64) };
const TRANSCRIPT: Transcript = { hash: "7e".repeat(32), user: READY.ready.device, words: WORDS };
const REVEAL: Reveal = { session: SESSION.id, nonce: NONCE, signature: "0d".repeat(64) };
const TRANSCRIBED: Verdict = { found: "transcript", transcript: TRANSCRIPT, reveal: REVEAL };
const BOUND: Bound = { transcript: TRANSCRIPT, allowance: "ee".repeat(32) };
/** What the relay holds of a session that is open. */
const ALLOWED: SessionInfo = { ...SESSION, ready: READY, reveal: REVEAL, grant: GRANT, allowance: ALLOWANCE };
const CARD = signedCard({ issued_at: 0, expires_at: 100 * 24 * 60 * 60_000 });

let desk: Technician;
let now: number;
let effects: Effect[];

const handle = (event: Event): Effect[] => {
  effects = desk.handle(event, now);
  return effects;
};
const act = (action: Action): Effect[] => handle({ event: "act", action });
const epoch = (): number => Math.max(0, ...connects.map((connect) => connect.epoch));
let connects: Extract<Effect, { effect: "connect" }>[] = [];
const note = (done: Effect[]): Effect[] => {
  connects.push(...done.filter((effect) => effect.effect === "connect"));
  return done;
};
const relay = (message: ToTechnician): Effect[] => handle({ event: "link", epoch: epoch(), link: { link: "message", message } });
const viewer = (event: ViewerEvent): Effect[] => handle({ event: "viewer", session: SESSION.id, viewer: event });
const sent = (): Request[] => effects.flatMap((effect) => (effect.effect === "send" ? [effect.request] : []));
const kinds = (): string[] => effects.map((effect) => effect.effect);
const view = (): View => desk.view();
const page = (): Extract<View["side"], { role: "technician" }> => view().side as Extract<View["side"], { role: "technician" }>;
const only = <Kind extends ToRelay["type"]>(type: Kind): Extract<Request, { type: Kind }> => {
  const [found] = sent().filter((request) => request.type === type);
  if (!found) throw new Error(`no ${type} among ${JSON.stringify(sent())}`);
  return found as Extract<Request, { type: Kind }>;
};

function begin(token: string | null = null): void {
  connects = [];
  desk = new Technician(PROFILE, NONE, token);
  effects = note(desk.start(now));
  const started = effects;
  handle({ event: "device", key: DEVICE });
  effects = started;
}
function welcome(session: SessionInfo | null = null, queue = [ENTRY], card: SignedCard | null = CARD): Effect[] {
  const welcomed = { as: "technician" as const, person: CLAIRE_SIGNED_IN, token: TOKEN, queue, card };
  return handle({ event: "link", epoch: epoch(), link: { link: "online", now: 0, welcomed, session, revocations: null } });
}
/** Carries on as a check would that found this; the check must have been asked for. */
function found(kind: Check["check"], verdict: Verdict): Effect[] {
  expect(effects.flatMap((effect) => (effect.effect === "check" ? [effect.check.check] : []))).toEqual([kind]);
  return handle({ event: "checked", session: SESSION.id, verdict });
}
function asked(): void {
  act({ action: "take_ticket", ticket: "T-1001" });
  expect(kinds()).toContain("sign_ask");
  handle({ event: "signed_ask", why: "take_ticket", asked: { ask: SESSION.ask, nonce: NONCE, asking: null } });
}
function untrusted(what: string): void {
  expect(sent().map(({ type }) => type)).toEqual(["report", "end_session"]);
  expect(only("report")).toMatchObject({ session: SESSION.id, event: "tampered", what });
  expect(only("end_session")).toMatchObject({ session: SESSION.id, reason: "untrusted" });
  expect(view().notice?.error).toEqual({ code: "untrusted", params: { what } });
}
function signedIn(): void {
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  welcome();
}
function inSession(): void {
  signedIn();
  asked();
  relay({ type: "queue_changed", entry: TAKEN });
  relay({ type: "detail", detail: { ...detail("en"), entry: TAKEN } });
  relay({ type: "asked", session: SESSION });
  relay({ type: "ready", ready: READY });
  found("ready", TRANSCRIBED);
  relay({ type: "granted", grant: GRANT, allowance: ALLOWANCE });
  found("allowance", { found: "bound", bound: BOUND });
}
/** After a reload, what was agreed is checked anew. */
function checkedAgain(): void {
  found("ask", { found: "ask" });
  found("ready", TRANSCRIBED);
  found("allowance", { found: "bound", bound: BOUND });
}
const end = (reason: EndReason): Effect[] => viewer({ event: "ended", reason, error: null });

beforeEach(() => {
  now = 1_000;
  begin();
});

test("nobody is connected before somebody signs in; a tab that was signed in comes back by itself", () => {
  expect(kinds()).toEqual(["emit"]);
  expect(page()).toEqual({ role: "technician", page: "sign_in", busy: false, login: null, second_factor: false });
  begin(TOKEN);
  expect(effects[0]).toMatchObject({ effect: "connect", identity: { as: "token", token: TOKEN } });
  expect(page()).toMatchObject({ page: "sign_in", busy: true });
});

test("signing in keeps token and name, never the password", () => {
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  expect(effects).toContainEqual({ effect: "keep_settings", settings: { ...NONE, login: "claire" } });
  welcome();
  expect(effects).toContainEqual({ effect: "keep_token", token: TOKEN });
  expect(effects).toContainEqual({ effect: "identify", identity: { as: "token", token: TOKEN }, language: "en" });
  expect(page()).toMatchObject({ page: "queue", person: CLAIRE_SIGNED_IN });
  expect(JSON.stringify([effects, view()])).not.toContain("secret");
});

test("being asked for a second factor is no error, and a wrong one is told and asked for again", () => {
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  handle({ event: "link", epoch: epoch(), link: { link: "rejected", error: { code: "second_factor_needed" } } });
  expect(view().notice).toBeNull();
  expect(page()).toMatchObject({ page: "sign_in", busy: false, second_factor: true });
  note(act({ action: "sign_in", login: "claire", password: "secret", second_factor: "123456" }));
  expect(page()).toMatchObject({ page: "sign_in", busy: true, second_factor: true });
  handle({ event: "link", epoch: epoch(), link: { link: "rejected", error: { code: "second_factor_wrong" } } });
  expect(view().notice?.error.code).toBe("second_factor_wrong");
  expect(page()).toMatchObject({ second_factor: true });
});

test("a wrong password and an ended sign-in are told, and forgotten", () => {
  begin(TOKEN);
  handle({ event: "link", epoch: epoch(), link: { link: "rejected", error: { code: "sign_in_expired" } } });
  expect(effects).toContainEqual({ effect: "keep_token", token: null });
  expect(view().notice?.error.code).toBe("sign_in_expired");
  expect(page()).toMatchObject({ page: "sign_in", busy: false });
});

test("an event of an earlier target changes nothing", () => {
  signedIn();
  act({ action: "sign_out" });
  expect(handle({ event: "link", epoch: 1, link: { link: "message", message: { type: "queue_changed", entry: ENTRY } } })).toEqual([]);
  expect(page().page).toBe("sign_in");
});

test("a ticket is taken, its user asked, the yes starts the viewer, an end is told and wrapped up", () => {
  inSession();
  expect(effects).toContainEqual({ effect: "start_viewer", session: SESSION.id, grant: GRANT, bound: BOUND });
  viewer({ event: "connected" });
  expect(page()).toMatchObject({ page: "ticket", session: { stage: "open", connected: true, grant: { capabilities: ["view"] } } });
  act({ action: "end_session" });
  expect(effects).toContainEqual({ effect: "to_viewer", session: SESSION.id, command: { command: "end", reason: "ended_by_technician" } });
  expect(only("end_session")).toMatchObject({ session: SESSION.id, reason: "ended_by_technician" });
  act({ action: "wrap_up", outcome: "escalated", to: 2, message: null, note: "n" });
  const request = only("wrap_up");
  expect(request).toEqual({ id: request.id, type: "wrap_up", ticket: "T-1001", outcome: "escalated", to: 2, message: null, note: "n" });
  expect(page()).toMatchObject({ page: "ticket", busy: true });
  relay({ type: "done", re: request.id });
  expect(page()).toMatchObject({ page: "queue", tickets: [] });
});

test("a ticket that was taken from this technician is told of, whatever they looked at", () => {
  inSession();
  relay({ type: "session_ended", session: SESSION.id, reason: "abuse_reported" });
  relay({ type: "queue_left", ticket: ENTRY.id, why: { left: "reassigned" } });
  expect(page()).toMatchObject({ page: "queue", gone: { id: ENTRY.id, why: { left: "reassigned" } } });
  act({ action: "show_ticket", ticket: null });
  expect(page()).not.toHaveProperty("gone");
});

test("what the user ended is not told to the relay by this side, what was lost is", () => {
  inSession();
  end("stopped_by_user");
  expect(sent().map(({ type }) => type)).toEqual(["show_head"]);
  expect(page()).toMatchObject({ session: { stage: "over", reason: "stopped_by_user" } });
  begin();
  inSession();
  end("lost");
  expect(only("end_session").reason).toBe("lost");
  relay({ type: "session_ended", session: SESSION.id, reason: "stopped_by_user" });
  expect(page()).toMatchObject({ session: { stage: "over", reason: "stopped_by_user" } });
});

test("a reload finds the session again and asks for a new offer, and its reports are numbered on", () => {
  begin(TOKEN);
  welcome({ ...ALLOWED, reported: 3 }, [TAKEN]);
  checkedAgain();
  expect(effects).toContainEqual({ effect: "start_viewer", session: SESSION.id, grant: GRANT, bound: BOUND });
  expect(only("signal")).toMatchObject({ session: SESSION.id, signal: "restart" });
  viewer({ event: "report", at: now, report: { event: "peer_lost" } });
  expect(only("report")).toMatchObject({ number: 4, event: "peer_lost" });
});

test("a session that goes on in another tab is left without a word, and nothing stale is shown", () => {
  inSession();
  handle({ event: "link", epoch: epoch(), link: { link: "offline", error: { code: "replaced" }, retryMs: 300_000 } });
  expect(effects).toContainEqual({ effect: "drop_viewer", session: SESSION.id });
  expect(kinds()).not.toContain("to_viewer");
  expect(view().link).toMatchObject({ link: "offline", error: { code: "replaced" } });
  expect(page()).toMatchObject({ page: "sign_in", busy: false });
  act({ action: "reconnect" });
  expect(kinds()).toContain("retry_now");
  handle({ event: "link", epoch: epoch(), link: { link: "connecting" } });
  expect(page()).toMatchObject({ page: "sign_in", busy: true });
  welcome(ALLOWED, [TAKEN]);
  checkedAgain();
  expect(only("signal").signal).toBe("restart");
});

test("reports and signals that met no relay are sent after the next welcome, reports until they are recorded", () => {
  inSession();
  handle({ event: "link", epoch: epoch(), link: { link: "offline", error: { code: "relay_unreachable" }, retryMs: 500 } });
  viewer({ event: "report", at: 5, report: { event: "first_picture", after_ms: 4 } });
  viewer({ event: "signal", signal: { signal: "restart" } });
  expect(sent()).toEqual([]);
  welcome(ALLOWED, [TAKEN]);
  expect(sent().map((request) => request.type)).toEqual(["show_ticket", "signal", "report"]);
  const report = only("report");
  relay({ type: "refused", re: report.id, error: { code: "not_recorded" } });
  now += 5_000;
  handle({ event: "tick" });
  expect(only("report").number).toBe(1);
  relay({ type: "recorded", session: SESSION.id, number: 1 });
  now += 60_000;
  expect(handle({ event: "tick" })).toEqual([]);
});

test("clicks that come too late are told and do nothing", () => {
  signedIn();
  for (const action of [{ action: "end_session" }, { action: "withdraw_question" }, { action: "chat", text: "x" }, { action: "ask_again" }, { action: "request_help", summary: "s", impact: "person", urgency: "low" }] as Action[]) {
    act(action);
    expect(kinds(), action.action).toEqual(["emit"]);
    expect(view().notice?.error.code).toBe("out_of_order");
  }
});

test("what needs the relay says so without it", () => {
  signedIn();
  handle({ event: "link", epoch: epoch(), link: { link: "offline", error: { code: "relay_unreachable" }, retryMs: 500 } });
  act({ action: "take_ticket", ticket: "T-1001" });
  expect(sent()).toEqual([]);
  expect(view().notice?.error.code).toBe("relay_unreachable");
});

test("a new ticket is announced once, in order of work", () => {
  signedIn();
  const urgent = queueEntry(1002, "en", { priority: 1 });
  relay({ type: "queue_changed", entry: urgent });
  expect(effects).toContainEqual({ effect: "notify", summary: urgent.summary });
  relay({ type: "queue_changed", entry: urgent });
  expect(kinds()).not.toContain("notify");
  expect(page()).toMatchObject({ tickets: [{ id: "T-1002" }, { id: "T-1001" }] });
});

test("remarks about refused input fade, answers stay", () => {
  inSession();
  viewer({ event: "input_denied", reason: "paused" });
  now += 4_999;
  expect(handle({ event: "tick" })).toEqual([]);
  now += 1;
  handle({ event: "tick" });
  expect(page()).toMatchObject({ session: { remark: null } });
  act({ action: "request", capability: "control" });
  expect(page()).toMatchObject({ session: { requested: ["control"] } });
  viewer({ event: "refused", capability: "control", timed_out: true });
  now += 600_000;
  expect(handle({ event: "tick" })).toEqual([]);
  expect(page()).toMatchObject({ session: { requested: [], remark: { remark: "refused", timed_out: true } } });
});

test("the question's deadline is on this machine's clock", () => {
  now = 500_000;
  signedIn();
  asked();
  relay({ type: "queue_changed", entry: TAKEN });
  relay({ type: "detail", detail: { ...detail("en"), entry: TAKEN } });
  relay({ type: "asked", session: SESSION });
  expect(page()).toMatchObject({ session: { stage: "asking", answer_by: 560_000 } });
});

test("canned replies are fetched when they are looked for and put away after", () => {
  inSession();
  act({ action: "show_replies" });
  const { id } = only("show_replies");
  act({ action: "show_replies" });
  expect(sent(), "they are on their way").toEqual([]);
  relay({ type: "replies", re: id, replies: [] });
  expect(page()).toMatchObject({ replies: [] });
  relay({ type: "done", re: id });
  act({ action: "hide_replies" });
  expect(page()).not.toHaveProperty("replies");
});

test("a draft is of the ticket in hand and told once it is kept", () => {
  const draft: Action = { action: "draft_article", language: "fr", title: "Imprimante", body: "Éteindre." };
  inSession();
  act(draft);
  const { id } = only("draft_article");
  expect(sent()).toMatchObject([{ ticket: "T-1001", language: "fr", title: "Imprimante", body: "Éteindre." }]);
  expect(page()).toMatchObject({ drafted: false });
  relay({ type: "done", re: id });
  expect(page()).toMatchObject({ drafted: true });
  begin();
  signedIn();
  act(draft);
  expect(view().notice?.error.code).toBe("out_of_order");
});

test("a question is signed before it is put, and nothing is shown of its answer before that was checked", () => {
  signedIn();
  act({ action: "take_ticket", ticket: "T-1001" });
  expect(effects).toContainEqual({ effect: "sign_ask", why: "take_ticket", wish: { ticket: "T-1001", capabilities: ["view", "control", "clipboard"], at: now, means: { by: "card", card: CARD } } });
  expect(sent()).toEqual([]);
  expect(page()).toMatchObject({ busy: true });
  handle({ event: "signed_ask", why: "take_ticket", asked: { ask: SESSION.ask, nonce: NONCE, asking: null } });
  expect(only("take_ticket").ask).toEqual(SESSION.ask);
  relay({ type: "queue_changed", entry: TAKEN });
  relay({ type: "detail", detail: { ...detail("en"), entry: TAKEN } });
  relay({ type: "asked", session: SESSION });
  relay({ type: "ready", ready: READY });
  expect(page()).toMatchObject({ session: { stage: "asking", words: null } });
  expect(sent()).toEqual([]);
  found("ready", TRANSCRIBED);
  expect(only("reveal").reveal).toEqual(REVEAL);
  expect(page()).toMatchObject({ session: { stage: "asking", words: WORDS } });
  // Told again, it is answered again.
  relay({ type: "ready", ready: READY });
  expect(sent()).toMatchObject([{ type: "reveal", reveal: REVEAL }]);
  relay({ type: "granted", grant: GRANT, allowance: ALLOWANCE });
  expect(page()).toMatchObject({ session: { stage: "asking" } });
  found("allowance", { found: "bound", bound: BOUND });
  expect(page()).toMatchObject({ session: { stage: "open", words: WORDS } });
  relay({ type: "ready", ready: READY });
  expect(sent(), "after the yes nobody waits for it").toEqual([]);
});

test("a question that the relay changed, or made up, is nobody's", () => {
  for (const change of [{ ticket: "T-1002" }, { capabilities: ["view", "control"] }, { version: 2 }] as const) {
    begin();
    signedIn();
    asked();
    relay({ type: "asked", session: { ...SESSION, ask: { ...SESSION.ask, ask: { ...SESSION.ask.ask, ...change } as SignedAsk["ask"] } } });
    untrusted("ask");
  }
  begin();
  signedIn();
  relay({ type: "asked", session: SESSION });
  untrusted("ask");
});

test.each([
  ["ready", "ready"],
  ["ready", "reveal"],
] as const)("a %s that does not hold ends it: %s", (check, what) => {
  signedIn();
  asked();
  relay({ type: "asked", session: SESSION });
  relay({ type: "ready", ready: READY });
  found(check, { found: "tampered", what });
  untrusted(what);
});

test("a second, other readiness ends it: whoever made it knows our nonce", () => {
  signedIn();
  asked();
  relay({ type: "asked", session: SESSION });
  relay({ type: "ready", ready: READY });
  found("ready", TRANSCRIBED);
  relay({ type: "ready", ready: { ...READY, ready: { ...READY.ready, nonce: "c4".repeat(32) } } });
  untrusted("ready");
});

test("a yes that does not hold, of another session, or to nobody, ends it", () => {
  const until = (): void => {
    begin();
    signedIn();
    asked();
    relay({ type: "asked", session: SESSION });
  };
  until();
  relay({ type: "granted", grant: GRANT, allowance: ALLOWANCE });
  untrusted("allowance");
  until();
  relay({ type: "ready", ready: READY });
  found("ready", TRANSCRIBED);
  relay({ type: "granted", grant: { ...GRANT, session: "11".repeat(16) }, allowance: ALLOWANCE });
  untrusted("allowance");
  until();
  relay({ type: "ready", ready: READY });
  found("ready", TRANSCRIBED);
  relay({ type: "granted", grant: GRANT, allowance: ALLOWANCE });
  found("allowance", { found: "tampered", what: "allowance" });
  untrusted("allowance");
  expect(kinds()).not.toContain("start_viewer");
});

test("an offer that was tampered with ends the session on both sides", () => {
  inSession();
  viewer({ event: "tampered", what: "offer" });
  expect(effects).toContainEqual({ effect: "to_viewer", session: SESSION.id, command: { command: "end", reason: "untrusted" } });
  untrusted("offer");
  expect(page()).toMatchObject({ session: { stage: "over", reason: "untrusted" } });
});

test("an offer that comes while the yes is being checked waits for the viewer", () => {
  signedIn();
  asked();
  relay({ type: "asked", session: SESSION });
  relay({ type: "ready", ready: READY });
  found("ready", TRANSCRIBED);
  const granted = relay({ type: "granted", grant: GRANT, allowance: ALLOWANCE });
  const offer = { type: "signal", session: SESSION.id, signal: "offer", attempt: 1, sdp: "v=0", seal: ALLOWANCE } as const;
  relay(offer);
  expect(kinds()).not.toContain("to_viewer");
  effects = granted;
  found("allowance", { found: "bound", bound: BOUND });
  expect(kinds().filter((kind) => kind !== "emit")).toEqual(["start_viewer", "to_viewer"]);
  expect(effects).toContainEqual({ effect: "to_viewer", session: SESSION.id, command: { command: "signal", signal: offer } });
});

test("a reveal that met no relay is said after the next welcome", () => {
  signedIn();
  asked();
  relay({ type: "asked", session: SESSION });
  const ready = relay({ type: "ready", ready: READY });
  handle({ event: "link", epoch: epoch(), link: { link: "offline", error: { code: "relay_unreachable" }, retryMs: 500 } });
  effects = ready;
  found("ready", TRANSCRIBED);
  expect(sent()).toEqual([]);
  welcome({ ...SESSION, ready: READY }, [TAKEN]);
  expect(only("reveal").reveal).toEqual(REVEAL);
  welcome({ ...SESSION, ready: READY, reveal: REVEAL }, [TAKEN]);
  expect(sent().map(({ type }) => type), "once the relay has it").toEqual(["show_ticket"]);
});

test("after a reload, a question whose nonce is gone, or of another device, cannot go on; an altered one is told", () => {
  begin(TOKEN);
  welcome({ ...SESSION, ready: READY }, [TAKEN]);
  expect(only("end_session").reason).toBe("failed");
  expect(view().notice).toBeNull();
  begin(TOKEN);
  const elsewhere: SignedAsk["ask"] = { ...SESSION.ask.ask, credential: { by: "card", card: signedCard({ device: "99".repeat(32) }) } };
  welcome({ ...ALLOWED, ask: { ...SESSION.ask, ask: elsewhere } }, [TAKEN]);
  expect(only("end_session").reason).toBe("failed");
  begin(TOKEN);
  welcome(ALLOWED, [TAKEN]);
  found("ask", { found: "tampered", what: "ask" });
  untrusted("ask");
  for (const [change, what] of [[{ ready: null }, "ready"], [{ allowance: null }, "allowance"]] as const) {
    begin(TOKEN);
    welcome({ ...ALLOWED, ...change }, [TAKEN]);
    expect(only("report")).toMatchObject({ event: "tampered", what });
    expect(only("end_session").reason).toBe("untrusted");
  }
});

test("without a good card nobody is asked: one is requested once, and it is said why", () => {
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  welcome(null, [ENTRY], null);
  const request = { version: 1, person: CLAIRE.id, name: CLAIRE.name, level: 1, device: DEVICE, requested_at: now } as const;
  expect(effects).toContainEqual({ effect: "sign_card_request", request });
  expect(page()).toMatchObject({ card: { card: "needed", fault: "missing", fingerprint: "1f3a 9c0b e2d4 7a65", requested: false } });
  handle({ event: "signed_card_request", request: { request, signature: ALLOWANCE } });
  relay({ type: "done", re: only("request_card").id });
  expect(page()).toMatchObject({ card: { requested: true } });
  welcome(null, [ENTRY], null);
  expect(kinds(), "once a sign-in").not.toContain("sign_card_request");
  act({ action: "take_ticket", ticket: "T-1001" });
  expect(kinds()).toEqual(["emit"]);
  expect(view().notice?.error).toEqual({ code: "card_needed", params: { fault: "missing" } });
  relay({ type: "card", card: CARD });
  expect(page()).toMatchObject({ card: { card: "good", until: CARD.card.expires_at } });
  expect(view().notice, "what it said is no longer so").toBeNull();
  act({ action: "request_card" });
  expect(kinds(), "before it ends").toContain("sign_card_request");
  begin();
  act({ action: "request_card" });
  expect(view().notice?.error.code, "nobody is signed in").toBe("out_of_order");
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
  expect(wishes()).toEqual([{ why: "take_ticket", ticket: "T-1001", capabilities: ["view", "control", "clipboard"], at: now, means: { by: "code", technician: CLAIRE, secret: SECRET } }]);
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

test("after a reload, a readiness that the nonce was not revealed to is not gone on with", () => {
  begin(TOKEN);
  welcome({ ...SESSION, ready: READY, reveal: REVEAL }, [TAKEN]);
  found("ask", { found: "ask" });
  const [check] = effects.filter((effect) => effect.effect === "check");
  expect(check?.effect === "check" && check.check).toMatchObject({ check: "ready", ready: READY, revealed: REVEAL });
  found("ready", { found: "tampered", what: "reveal" });
  expect(only("end_session").reason).toBe("untrusted");
  expect(view().notice?.error).toEqual({ code: "untrusted", params: { what: "reveal" } });
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

test("a card that is taken back, or ends, is of no use from then on", () => {
  signedIn();
  const list = (number: number, ...serials: string[]): ToTechnician => ({
    type: "revocations",
    revocations: { revocations: { version: 1, number, issued_at: 0, revoked: serials.map((serial) => ({ serial, until: NOW })) }, signature: ALLOWANCE },
  });
  relay(list(2, CARD.card.serial));
  expect(page()).toMatchObject({ card: { card: "needed", fault: "revoked" } });
  relay(list(1));
  expect(page(), "an older list").toMatchObject({ card: { fault: "revoked" } });
  begin();
  signedIn();
  now = CARD.card.expires_at - 14 * 24 * 60 * 60_000;
  expect(handle({ event: "tick" })).toEqual([]);
  now += 1;
  expect(handle({ event: "tick" })).toHaveLength(1);
  expect(page()).toMatchObject({ card: { card: "expiring" } });
  now = CARD.card.expires_at;
  handle({ event: "tick" });
  expect(page()).toMatchObject({ card: { card: "needed", fault: "expired" } });
});

test("a browser that cannot sign says so, and the click can be made again", () => {
  signedIn();
  act({ action: "take_ticket", ticket: "T-1001" });
  handle({ event: "not_signed", detail: "OperationError" });
  expect(view().notice?.error).toEqual({ code: "internal", params: { detail: "OperationError" } });
  expect(page()).toMatchObject({ busy: false });
});

test("a session's head is signed when it is what this page knows, once everything is recorded", () => {
  inSession();
  viewer({ event: "report", at: 5, report: { event: "first_picture", after_ms: 9 } });
  end("stopped_by_user");
  expect(sent().map(({ type }) => type)).not.toContain("show_head");
  relay({ type: "recorded", session: SESSION.id, number: 1 });
  const { id: re } = only("show_head");
  const head = { last: "ab".repeat(32), records: 7, reports: 1, role: "viewer", session: SESSION.id, ticket: "T-1001" } as const;
  relay({ type: "head", re, head });
  const [signing] = effects.filter((effect) => effect.effect === "sign_head");
  expect(signing).toMatchObject({ head });
  relay({ type: "done", re });
  relay({ type: "done", re: signing?.effect === "sign_head" ? signing.id : 0 });
  now += 60_000;
  handle({ event: "tick" });
  expect(sent()).toEqual([]);
});

const HEAD = { last: "ab".repeat(32), records: 7, reports: 0, role: "viewer", session: SESSION.id, ticket: "T-1001" } as const;

test("a head that this page did not ask for after its end is not signed", () => {
  inSession();
  relay({ type: "head", re: 9, head: HEAD });
  expect(kinds(), "the session goes on: a signature over its beginning would hide the rest").not.toContain("sign_head");
  end("stopped_by_user");
  const { id: re } = only("show_head");
  relay({ type: "head", re: re + 1, head: HEAD });
  expect(kinds()).not.toContain("sign_head");
  relay({ type: "head", re, head: HEAD });
  expect(kinds()).toContain("sign_head");
  relay({ type: "head", re, head: HEAD });
  expect(kinds(), "one answer a question").not.toContain("sign_head");
});

test("a session that an earlier run of the page began, or that was in another tab meanwhile, is not signed for", () => {
  begin(TOKEN);
  welcome(ALLOWED, [TAKEN]);
  checkedAgain();
  end("stopped_by_user");
  expect(sent()).toEqual([]);
  begin();
  inSession();
  handle({ event: "link", epoch: epoch(), link: { link: "offline", error: { code: "replaced" }, retryMs: 300_000 } });
  act({ action: "reconnect" });
  welcome({ ...ALLOWED, reported: 2 }, [TAKEN]);
  checkedAgain();
  viewer({ event: "report", at: now, report: { event: "peer_lost" } });
  expect(only("report"), "the other tab reported two").toMatchObject({ number: 3 });
  relay({ type: "recorded", session: SESSION.id, number: 3 });
  end("stopped_by_user");
  expect(sent()).toEqual([]);
});

test("what a relay says was reported before is not counted in a session that this page began", () => {
  signedIn();
  asked();
  relay({ type: "queue_changed", entry: TAKEN });
  relay({ type: "asked", session: SESSION });
  welcome({ ...SESSION, reported: 40 }, [TAKEN]);
  relay({ type: "ready", ready: READY });
  found("ready", TRANSCRIBED);
  relay({ type: "granted", grant: GRANT, allowance: ALLOWANCE });
  found("allowance", { found: "bound", bound: BOUND });
  welcome({ ...ALLOWED, reported: 40 }, [TAKEN]);
  viewer({ event: "report", at: 5, report: { event: "first_picture", after_ms: 9 } });
  expect(only("report")).toMatchObject({ number: 1 });
});

test("a head that does not know all reports is disputed, and one that is not ready yet is asked for again", () => {
  inSession();
  viewer({ event: "report", at: 5, report: { event: "first_picture", after_ms: 9 } });
  relay({ type: "recorded", session: SESSION.id, number: 1 });
  end("stopped_by_user");
  relay({ type: "refused", re: only("show_head").id, error: { code: "out_of_order" } });
  expect(view().notice).toBeNull();
  now += 5_000;
  handle({ event: "tick" });
  const { id: re } = only("show_head");
  relay({ type: "head", re, head: { last: "ab".repeat(32), records: 7, reports: 0, role: "viewer", session: SESSION.id, ticket: "T-1001" } });
  expect(kinds()).not.toContain("sign_head");
  expect(only("dispute_head")).toMatchObject({ session: SESSION.id, reports: 1 });
});
