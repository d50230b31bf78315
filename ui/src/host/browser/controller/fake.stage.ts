/** The page's controller on a test's stage: a relay, a browser and a clock that do what the test says. */
import { expect } from "vitest";
import type { Action, View } from "../../../generated/host";
import type { EndReason, Request, Reveal, SessionInfo, SignedCard, SignedReady, ToRelay } from "../../../generated/protocol";
import type { ToTechnician } from "../relay-wire";
import { CLAIRE, CLAIRE_SIGNED_IN, detail, DEVICE, grant, queueEntry, sessionInfo, signedCard, WORDS } from "../../samples";
import type { Check, Verdict } from "../binding/check";
import type { Bound, Transcript } from "../binding/transcript";
import type { ViewerEvent } from "../session/events";
import type { Effect, Event } from "./events";
import type { Profile } from "./profile";
import { Technician } from "./technician";

export const PROFILE = { organisation: { name: "Mairie", codes: true }, relay: "wss://relay", version: "1.0", language: "en" } as const;
export const NONE = { language: null, theme: "system", login: null } as const;
export const TOKEN = "ab".repeat(32);
export const ENTRY = queueEntry(1001, "en");
export const TAKEN = queueEntry(1001, "en", { state: "taken", technician: CLAIRE });
export const GRANT = grant("view");
export const SESSION: SessionInfo = sessionInfo({ user: ENTRY.user, asked_at: 0, answer_by: 60_000 });
export const NONCE = "5a".repeat(32);
export const ALLOWANCE = "a1".repeat(64);
export const READY: SignedReady = { ready: { session: SESSION.id, ask: "00".repeat(32), device: "33".repeat(32), user: ENTRY.user, nonce: "c3".repeat(32) }, signature: "00".repeat(64) };
export const TRANSCRIPT: Transcript = { hash: "7e".repeat(32), user: READY.ready.device, words: WORDS };
export const REVEAL: Reveal = { session: SESSION.id, nonce: NONCE, signature: "0d".repeat(64) };
export const TRANSCRIBED: Verdict = { found: "transcript", transcript: TRANSCRIPT, reveal: REVEAL };
export const BOUND: Bound = { transcript: TRANSCRIPT, allowance: "ee".repeat(32) };
/** What the relay holds of a session that is open. */
export const ALLOWED: SessionInfo = { ...SESSION, ready: READY, reveal: REVEAL, grant: GRANT, allowance: ALLOWANCE };
export const CARD = signedCard({ issued_at: 0, expires_at: 100 * 24 * 60 * 60_000 });

/** Of the machine that the page runs on, in milliseconds. */
export const clock = { now: 0 };
/** What came of the last event. */
export let effects: Effect[];
let desk: Technician;

export const handle = (event: Event): Effect[] => {
  effects = desk.handle(event, clock.now);
  return effects;
};
export const act = (action: Action): Effect[] => handle({ event: "act", action });
export const epoch = (): number => Math.max(0, ...connects.map((connect) => connect.epoch));
let connects: Extract<Effect, { effect: "connect" }>[] = [];
export const note = (done: Effect[]): Effect[] => {
  connects.push(...done.filter((effect) => effect.effect === "connect"));
  return done;
};
export const relay = (message: ToTechnician): Effect[] => handle({ event: "link", epoch: epoch(), link: { link: "message", message } });
export const viewer = (event: ViewerEvent): Effect[] => handle({ event: "viewer", session: SESSION.id, viewer: event });
export const sent = (): Request[] => effects.flatMap((effect) => (effect.effect === "send" ? [effect.request] : []));
export const kinds = (): string[] => effects.map((effect) => effect.effect);
export const view = (): View => desk.view();
export const page = (): Extract<View["side"], { role: "technician" }> => view().side as Extract<View["side"], { role: "technician" }>;
export const only = <Kind extends ToRelay["type"]>(type: Kind): Extract<Request, { type: Kind }> => {
  const [found] = sent().filter((request) => request.type === type);
  if (!found) throw new Error(`no ${type} among ${JSON.stringify(sent())}`);
  return found as Extract<Request, { type: Kind }>;
};

export function begin(token: string | null = null, profile: Profile = PROFILE): void {
  connects = [];
  desk = new Technician(profile, NONE, token);
  effects = note(desk.start(clock.now));
  const started = effects;
  handle({ event: "device", key: DEVICE });
  effects = started;
}
export function welcome(session: SessionInfo | null = null, queue = [ENTRY], card: SignedCard | null = CARD): Effect[] {
  const welcomed = { as: "technician" as const, person: CLAIRE_SIGNED_IN, token: TOKEN, queue, card };
  return handle({ event: "link", epoch: epoch(), link: { link: "online", now: 0, welcomed, session, revocations: null } });
}
/** Carries on as a check would that found this; the check must have been asked for, last or then. */
export function found(kind: Check["check"], verdict: Verdict, then = effects): Effect[] {
  expect(then.flatMap((effect) => (effect.effect === "check" ? [effect.check.check] : []))).toEqual([kind]);
  return handle({ event: "checked", session: SESSION.id, verdict });
}
export function asked(): void {
  act({ action: "take_ticket", ticket: "T-1001" });
  expect(kinds()).toContain("sign_ask");
  handle({ event: "signed_ask", why: "take_ticket", asked: { ask: SESSION.ask, nonce: NONCE, asking: null } });
}
export function untrusted(what: string): void {
  expect(sent().map(({ type }) => type)).toEqual(["report", "end_session"]);
  expect(only("report")).toMatchObject({ session: SESSION.id, event: "tampered", what });
  expect(only("end_session")).toMatchObject({ session: SESSION.id, reason: "untrusted" });
  expect(view().notice?.error).toEqual({ code: "untrusted", params: { what } });
}
export function signedIn(): void {
  note(act({ action: "sign_in", login: "claire", password: "secret" }));
  welcome();
}
export function inSession(): void {
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
export function checkedAgain(): void {
  found("ask", { found: "ask" });
  found("ready", TRANSCRIBED);
  found("allowance", { found: "bound", bound: BOUND });
}
export const end = (reason: EndReason): Effect[] => viewer({ event: "ended", reason, error: null });
