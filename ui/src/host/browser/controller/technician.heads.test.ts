/** What a session ends in for the record: its head, signed by this page. */
import { beforeEach, expect, test } from "vitest";
import { act, ALLOWANCE, ALLOWED, asked, begin, BOUND, checkedAgain, clock, effects, end, epoch, found, GRANT, handle, inSession, kinds, only, READY, relay, sent, SESSION, signedIn, TAKEN, TOKEN, TRANSCRIBED, view, viewer, welcome } from "./fake.stage";

beforeEach(() => {
  clock.now = 1_000;
  begin();
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
  clock.now += 60_000;
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
  viewer({ event: "report", at: clock.now, report: { event: "peer_lost" } });
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
  clock.now += 5_000;
  handle({ event: "tick" });
  const { id: re } = only("show_head");
  relay({ type: "head", re, head: { last: "ab".repeat(32), records: 7, reports: 0, role: "viewer", session: SESSION.id, ticket: "T-1001" } });
  expect(kinds()).not.toContain("sign_head");
  expect(only("dispute_head")).toMatchObject({ session: SESSION.id, reports: 1 });
});
