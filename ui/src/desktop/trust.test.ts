/** Who is who: the card, the two words on both screens, and what is said when something was changed on its way. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Side, View } from "../generated/host";
import type { CardFault, Tampered } from "../generated/protocol";
import { samples, viewOf } from "../host/samples";
import { errorText, language } from "../i18n";
import { stage, type Stage } from "./fake.stage";

let shown: Stage;
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }));
afterEach(async () => {
  await shown.end();
  vi.useRealTimers();
});
const page = (view: View, change: object): View => viewOf(view.language, { ...view.side, ...change } as Side);
const PAIR = "gazelle – tunnel";

test("a user sees whose card it is, who signed it, and the words to compare, with what to do when they differ", async () => {
  shown = await stage(samples.consent("en"));
  expect(shown.get("consent-card").textContent).toContain("signed by Ville de Clairval");
  expect(shown.get("consent-words").textContent).toContain(PAIR);
  expect(shown.get("consent-words").textContent).toContain("If theirs differ, say no.");
});

test("nobody is asked before there are words to compare", async () => {
  shown = await stage(samples.consentCalling("en"));
  expect(shown.all("consent-allow")).toEqual([]);
  expect(document.title).not.toContain("would like to see");
  await shown.show(samples.consent("en"));
  expect(shown.all("consent-allow")).toHaveLength(1);
  expect(document.title).toContain("would like to see");
});

test("an organisation's name that looks like markup stays text", async () => {
  const view = samples.consent("en");
  shown = await stage({ ...view, organisation: { name: "<b>Mairie</b>", relay: "wss://x", codes: true } });
  expect(shown.get("consent-card").textContent).toContain("<b>Mairie</b>");
  expect(shown.get("consent-card").querySelector("b")).toBeNull();
});

test("both sides keep the words on screen during a session", async () => {
  shown = await stage(samples.session("en"));
  expect(shown.get("two-words").textContent).toBe(PAIR);
  expect(shown.get("session-words").textContent).toContain("press Stop");
  await shown.end();
  shown = await stage(samples.calling("en"));
  expect(shown.get("asking-words").textContent?.trim()).toBe("");
  await shown.show(samples.asking("en"));
  expect(shown.get("asking-words").textContent).toContain(PAIR);
  await shown.show(samples.remote("en"));
  expect(shown.get("session-words").textContent).toContain(PAIR);
  expect(shown.get("session-words").title).toContain("end it here");
});

test("without a card, Take and its key lead to why and what to do, and send nothing", async () => {
  shown = await stage(samples.queueCardless("en"));
  const notice = shown.get("card-needed");
  for (const word of ["You cannot ring anybody yet", "sent to your administrator", "1f3a 9c0b e2d4 7a65", "Your request for a card was sent"]) expect(notice.textContent).toContain(word);
  await shown.press("t", shown.get("queue-row-T-1001"));
  expect(document.activeElement?.id).toBe("queue-card");
  shown.get("filter").focus();
  await shown.click("take");
  expect(document.activeElement?.contains(notice)).toBe(true);
  const take = shown.get<HTMLButtonElement>("take");
  expect([take.getAttribute("aria-disabled"), take.disabled], "disabled, and within reach of the keyboard").toEqual(["true", false]);
  expect(document.getElementById(take.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Needs a card, or a code read out on the telephone.");
  expect(shown.host.actions).toEqual([]);
  await shown.click("request-card");
  expect(shown.host.actions).toEqual([{ action: "request_card" }]);
  await shown.click("card-use-code");
  await shown.type("code-input", "1001 583 921");
  await shown.click("code-use");
  expect(shown.host.actions.at(-1)).toEqual({ action: "take_by_code", ticket: "T-1001", secret: "583921" });
  await shown.click("code-cancel");
  await shown.show(samples.queue("en"));
  expect([take.getAttribute("aria-disabled"), take.getAttribute("aria-describedby"), shown.all("take-why")], "once there is one").toEqual([null, null, []]);
});

test("a request that is not there yet is said, and who has no queue is told of no card", async () => {
  shown = await stage(samples.queueCardExpired("en"));
  expect(shown.get("card-requested").textContent).toContain("not been sent");
  expect(shown.get("card-needed").textContent).toContain("has expired");
  const view = samples.queueCardless("en");
  if (view.side.page !== "queue") throw new Error("no queue");
  await shown.show(page(view, { person: { ...view.side.person, role: "supervisor" } }));
  expect(shown.all("card-needed")).toEqual([]);
});

test("a card that ends soon is said in one line, and tickets are taken as ever", async () => {
  shown = await stage(samples.queueCardExpiring("en"));
  expect(shown.get("card-expiring").textContent).toContain("in time");
  await shown.click("take");
  expect(shown.host.actions).toEqual([{ action: "take_ticket", ticket: "T-1001" }]);
});

test("after a session, asking again without a card leads to why", async () => {
  shown = await stage(samples.overUntrusted("en"));
  expect(shown.get("session-over").textContent).toContain("was changed");
  expect(shown.get("ask-again").getAttribute("aria-disabled")).toBe("true");
  await shown.click("ask-again");
  expect(document.activeElement?.contains(shown.get("card-needed"))).toBe(true);
  expect(shown.host.actions).toEqual([]);
});

describe.each(["en", "fr"] as const)("in %s", (which) => {
  test("a card that was taken back in the middle is told as that on both sides, and nothing was changed", async () => {
    const [tookBack, changed] = which === "en" ? ["took", /was changed|could not show|Nothing was shown/] : ["a retiré la carte", /modifié|pas pu montrer|Rien n’a été montré/];
    shown = await stage(samples.waitingRevoked(which));
    expect(shown.get("notice").textContent).toContain(tookBack);
    expect(shown.text()).not.toMatch(changed);
    await shown.show(samples.overRevoked(which));
    expect(shown.get("session-over").textContent).toContain(tookBack);
    expect(shown.text()).not.toMatch(changed);
  });

  const WHAT: readonly Tampered[] = ["ask", "card", "replayed", "ready", "reveal", "allowance", "offer", "answer"];
  const FAULTS: readonly CardFault[] = ["missing", "version", "foreign", "stolen", "not_yet", "expired", "revoked"];

  test("each thing that can be changed has its words, without jargon, and a way out", async () => {
    shown = await stage(samples.untrusted(which));
    language.set(which);
    for (const what of WHAT) {
      const words = errorText({ code: "untrusted", params: { what } });
      expect(words.what, what).not.toBe(errorText({ code: "untrusted", params: { what: "of_tomorrow" } }).what);
      expect(words.what + words.todo).not.toMatch(/nonce|signature|fingerprint|certificate|certificat|transcript|SDP|DTLS|undefined/i);
      expect(words.todo).toBe(which === "en" ? "Tell your IT service." : "Prévenez votre service informatique.");
    }
    const fault = errorText({ code: "untrusted", params: { what: "card", fault: "expired" } }).what;
    expect(shown.get("notice").textContent).toContain(fault);
    expect(fault).toContain(which === "en" ? "has expired" : "a expiré");
  });

  test("whoever sent a request for a card is not told to ask for one, and what is said else stays", async () => {
    const ask = which === "en" ? /[Aa]sk your administrator/ : /[Dd]emande[zr].*administrateur/;
    const view = samples.queueCardless(which);
    shown = await stage(view);
    for (const fault of FAULTS) {
      for (const requested of [true, false]) {
        const next = page(view, { card: { card: "needed", fault, fingerprint: "1f3a 9c0b e2d4 7a65", requested } });
        await shown.show(next);
        const said = shown.get("card-needed").textContent;
        expect(ask.test(said), `${fault} ${requested}`).toBe(!requested);
      }
    }
    await shown.show(page(view, { card: { card: "needed", fault: "not_yet", fingerprint: "1f3a 9c0b e2d4 7a65", requested: true } }));
    expect(shown.get("card-needed").textContent).toContain(which === "en" ? "Check the clock" : "Vérifiez l’horloge");
  });

  test("whose card was taken back is not led to a code", async () => {
    shown = await stage(samples.overRevoked(which));
    expect(shown.all("card-use-code")).toEqual([]);
    expect(shown.all("code-enter")).toEqual([]);
    expect(shown.get("card-code").textContent).toContain(which === "en" ? "by a code either" : "même avec un code");
  });

  test("each fault of a card has its words; one of a later version is worded as no card", async () => {
    shown = await stage(samples.queueCardless(which));
    language.set(which);
    const said = FAULTS.map((fault) => errorText({ code: "card_needed", params: { fault } }).what);
    expect(new Set(said).size).toBe(FAULTS.length);
    expect(errorText({ code: "card_needed", params: { fault: "toString" } }).what).toBe(said[0]);
    expect(errorText({ code: "card_needed" }).what).toBe(said[0]);
  });
});
