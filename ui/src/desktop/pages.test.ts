/** Each page shows what it must, in both languages, and nothing of the other language. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Language } from "../generated/protocol";
import { samples } from "../host/samples";
import { stage, type Stage } from "./fake.stage";

const EXPECTED: Record<keyof typeof samples, string[]> = {
  organisation: ["organisation-link", "organisation-import", "organisation-choose", "settings", "notice"],
  offer: ["offer", "offer-decline", "offer-accept"],
  home: ["get-help-summary", "impact-person", "impact-team", "impact-organisation", "urgency-low", "urgency-medium", "urgency-high", "get-help", "code-show"],
  homeOffline: ["offline", "reconnect", "get-help"],
  homeHelp: ["get-help-summary", "suggestion", "get-help"],
  article: ["article", "article-body", "article-solved", "article-not-solved"],
  thanks: ["thanks-done", "thanks-after"],
  homeNoCodes: ["get-help", "code-none"],
  waiting: ["ticket-number", "queue-position", "code-show", "cancel-ticket"],
  waitingOffline: ["ticket-number", "offline"],
  waitingStopped: ["ticket-number", "receipt", "save-receipt", "report-abuse", "cancel-ticket"],
  waitingReported: ["ticket-number", "receipt", "save-receipt", "cancel-ticket"],
  waitingRevoked: ["notice", "receipt"],
  waitingTaken: ["ticket-number", "cancel-ticket"],
  code: ["code-digits", "code-left", "code-state", "code-hide", "ticket-number", "cancel-ticket"],
  codeTried: ["code-digits", "code-state", "notice"],
  codeExpired: ["code-state", "code-again", "code-hide"],
  codeSpent: ["code-state", "code-again", "notice"],
  consentCalling: ["ticket-number"],
  untrusted: ["notice"],
  consent: ["consent-technician", "consent-card", "consent-words", "consent-ticket", "consent-view", "consent-control", "consent-clipboard", "time-30", "consent-allow", "consent-refuse"],
  consentNarrow: ["consent-control", "forbidden-clipboard", "consent-first-time"],
  consentByCode: ["consent-unverified", "consent-words", "consent-not-verified", "consent-allow", "consent-refuse"],
  consentNotAskedFor: ["consent-card", "consent-not-asked-for", "consent-first-time", "consent-allow"],
  session: ["session-words", "extend", "stop", "chat-input", "chat-send", "chat-line", "time-left", "session-state"],
  sessionNoMore: ["switch-view", "no-longer"],
  sessionControl: ["switch-control", "switch-clipboard", "clipboard-line", "stop"],
  sessionByCode: ["unverified", "session-words", "stop"],
  sessionQuestion: ["question", "control-allow", "control-refuse", "stop"],
  sessionReporting: ["abuse-dialog", "abuse-rests", "abuse-sentence", "abuse-cancel", "abuse-confirm"],
  sessionLost: ["stop", "session-state"],
  finished: ["receipt", "message", "solved-yes", "solved-no", "back-home", "report-abuse"],
  withdrawn: ["receipt", "save-receipt", "back-home", "report-abuse"],
  signIn: ["sign-in-login", "sign-in-password", "sign-in", "be-user", "notice", "notice-dismiss"],
  queue: ["queue-row-T-1007", "queue-row-T-1001", "filter", "take", "note-input", "note-add", "earlier-T-0874", "sign-out", "code-enter"],
  queueEmpty: ["queue-empty"],
  queueCardless: ["card-needed", "card-fingerprint", "card-requested", "card-code", "request-card", "card-use-code", "code-enter", "take", "take-why"],
  queueCardlessNoCodes: ["card-needed", "request-card", "take", "take-why"],
  queueCardExpired: ["card-needed", "request-card"],
  queueCardExpiring: ["card-expiring", "take"],
  calling: ["asking-left", "withdraw-question"],
  asking: ["asking-words", "asking-left", "withdraw-question", "detail"],
  remote: ["session-words", "remote-canvas", "request-control", "special-keys", "fit-toggle", "chat-toggle", "ticket-toggle", "end-session", "time-left"],
  remoteControl: ["give-back-control", "clipboard-indicator"],
  remoteRefused: ["request-control", "remark"],
  remoteReplies: ["remote-canvas", "chat-toggle"],
  remotePaused: ["remote-lost", "remark"],
  remoteLost: ["remote-lost"],
  overWrongCode: ["session-over", "card-needed", "code-enter", "ask-again"],
  overRevoked: ["session-over", "card-needed", "request-card"],
  overUntrusted: ["session-over", "card-needed", "ask-again"],
  over: ["ask-again", "outcome-solved", "outcome-not_solved", "outcome-escalate-2", "outcome-escalate-3", "wrapup-message", "wrapup-note", "wrapup-submit"],
};

const OTHER: Record<Language, RegExp> = { en: /[«»]|écran|ticket est/, fr: /\b(screen|the|your|with)\b/ };

let shown: Stage;
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }));
afterEach(async () => {
  await shown.end();
  vi.useRealTimers();
});

describe.each<Language>(["en", "fr"])("in %s", (language) => {
  test.each(Object.keys(samples) as (keyof typeof samples)[])("%s", async (name) => {
    shown = await stage(samples[name](language));
    for (const testid of EXPECTED[name]) expect(shown.all(testid).length, testid).toBeGreaterThan(0);
    expect(shown.text()).not.toMatch(OTHER[language]);
    expect(shown.text()).not.toMatch(/undefined|NaN|\[object/);
    expect(document.documentElement.lang).toBe(language);
    expect(document.querySelectorAll("main")).toHaveLength(1);
    for (const button of document.querySelectorAll("button")) {
      expect((button.getAttribute("aria-label") ?? button.textContent ?? "").trim(), button.outerHTML).not.toBe("");
    }
    for (const field of document.querySelectorAll<HTMLInputElement>("input, select, textarea")) {
      expect(field.labels?.length || field.getAttribute("aria-label"), field.outerHTML).toBeTruthy();
    }
  });
});

test("the document has the theme and the density that the view asks for", async () => {
  shown = await stage({ ...samples.home("en"), theme: "dark" });
  expect(document.documentElement.dataset).toMatchObject({ theme: "dark", density: "calm" });
  await shown.show({ ...samples.queue("en"), theme: "system" });
  expect(document.documentElement.dataset.density).toBe("dense");
  expect(document.documentElement.dataset.theme).toBeUndefined();
});

test("the language changes in place", async () => {
  shown = await stage(samples.home("en"));
  await shown.type("get-help-summary", "My mouse is lost");
  await shown.show(samples.home("fr"));
  expect(shown.text()).toContain("Que se passe-t-il");
  expect(shown.get<HTMLTextAreaElement>("get-help-summary").value).toBe("My mouse is lost");
});
