import { beforeEach, expect, test } from "vitest";
import type { Action } from "../../../generated/host";
import type { SignedAsk } from "../../../generated/protocol";
import type { ToTechnician } from "../relay-wire";
import { CLAIRE, CLAIRE_SIGNED_IN, detail, DEVICE, NOW, queueEntry, signedCard, WORDS } from "../../samples";
import { act, ALLOWANCE, ALLOWED, asked, begin, BOUND, CARD, checkedAgain, clock, effects, end, ENTRY, epoch, found, GRANT, handle, inSession, kinds, NONCE, NONE, note, only, page, READY, relay, REVEAL, sent, SESSION, signedIn, TAKEN, TOKEN, TRANSCRIBED, untrusted, view, viewer, welcome } from "./fake.stage";

beforeEach(() => {
  clock.now = 1_000;
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
  viewer({ event: "report", at: clock.now, report: { event: "peer_lost" } });
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
  clock.now += 5_000;
  handle({ event: "tick" });
  expect(only("report").number).toBe(1);
  relay({ type: "recorded", session: SESSION.id, number: 1 });
  clock.now += 60_000;
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
  clock.now += 4_999;
  expect(handle({ event: "tick" })).toEqual([]);
  clock.now += 1;
  handle({ event: "tick" });
  expect(page()).toMatchObject({ session: { remark: null } });
  act({ action: "request", capability: "control" });
  expect(page()).toMatchObject({ session: { requested: ["control"] } });
  viewer({ event: "refused", capability: "control", timed_out: true });
  clock.now += 600_000;
  expect(handle({ event: "tick" })).toEqual([]);
  expect(page()).toMatchObject({ session: { requested: [], remark: { remark: "refused", timed_out: true } } });
});

test("the question's deadline is on this machine's clock", () => {
  clock.now = 500_000;
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
  expect(effects).toContainEqual({ effect: "sign_ask", why: "take_ticket", wish: { ticket: "T-1001", capabilities: ["view", "control", "clipboard"], at: clock.now, means: { by: "card", card: CARD } } });
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
  for (const change of [{ ticket: "T-1002" }, { capabilities: ["view", "control"] }, { version: 1 }] as const) {
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
  found("allowance", { found: "bound", bound: BOUND }, granted);
  expect(kinds().filter((kind) => kind !== "emit")).toEqual(["start_viewer", "to_viewer"]);
  expect(effects).toContainEqual({ effect: "to_viewer", session: SESSION.id, command: { command: "signal", signal: offer } });
});

test("a reveal that met no relay is said after the next welcome", () => {
  signedIn();
  asked();
  relay({ type: "asked", session: SESSION });
  const ready = relay({ type: "ready", ready: READY });
  handle({ event: "link", epoch: epoch(), link: { link: "offline", error: { code: "relay_unreachable" }, retryMs: 500 } });
  found("ready", TRANSCRIBED, ready);
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
  const request = { version: 1, person: CLAIRE.id, name: CLAIRE.name, level: 1, device: DEVICE, requested_at: clock.now } as const;
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
  clock.now = CARD.card.expires_at - 14 * 24 * 60 * 60_000;
  expect(handle({ event: "tick" })).toEqual([]);
  clock.now += 1;
  expect(handle({ event: "tick" })).toHaveLength(1);
  expect(page()).toMatchObject({ card: { card: "expiring" } });
  clock.now = CARD.card.expires_at;
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
