/** What a user does on each page becomes the right action. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Side, UserPage, View } from "../generated/host";
import { grant, samples, viewOf } from "../host/samples";
import { stage, type Stage } from "./fake.stage";

let shown: Stage;
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }));
afterEach(async () => {
  await shown.end();
  vi.useRealTimers();
});
const changed = <Name extends UserPage["page"]>(view: View, change: Partial<Extract<UserPage, { page: Name }>>): View =>
  viewOf(view.language, { ...view.side, ...change } as Side);

/** The person thinks about a report of a session that is over. */
const reporting = (view: View): View => ({ ...view, report: { report: "considered", technician: "Claire Fontaine", running: false } });

test("help is asked for with a sentence, who is stuck and how badly", async () => {
  shown = await stage(samples.home("en"));
  await shown.type("get-help-summary", "  Excel does\nnot start ");
  await shown.click("impact-team");
  await shown.click("urgency-high");
  await shown.click("get-help");
  expect(shown.host.actions).toEqual([{ action: "request_help", summary: "Excel does not start", impact: "team", urgency: "high" }]);
});

test("an unfinished request is not sent; the page says what is missing and leads there", async () => {
  shown = await stage(samples.home("en"));
  await shown.click("get-help");
  expect(shown.host.actions).toEqual([]);
  expect(shown.text()).toContain("Write one sentence");
  expect(document.activeElement).toBe(shown.get("get-help-summary"));
  await shown.type("get-help-summary", "x".repeat(301));
  await shown.click("impact-person");
  await shown.click("urgency-low");
  await shown.click("get-help");
  expect(shown.host.actions).toEqual([]);
  expect(shown.text()).toContain("1 character too many");
  expect(shown.text()).toContain("make it shorter");
});

test("characters are counted as people count them", async () => {
  shown = await stage(samples.home("en"));
  await shown.type("get-help-summary", "👍".repeat(300));
  expect(shown.text()).toContain("0 characters left");
});

test("without a connection no request can be sent", async () => {
  shown = await stage(samples.homeOffline("en"));
  expect(shown.get<HTMLButtonElement>("get-help").disabled).toBe(true);
  await shown.click("reconnect");
  expect(shown.host.actions).toEqual([{ action: "reconnect" }]);
});

test("a ticket is withdrawn only after the question", async () => {
  shown = await stage(samples.waiting("en"));
  expect(shown.get("ticket-number").textContent).toBe("T-1001");
  expect(shown.get("queue-position").textContent).toContain("2");
  await shown.click("cancel-ticket");
  await shown.click("cancel-keep");
  expect(shown.all("cancel-confirm")).toEqual([]);
  expect(shown.host.actions).toEqual([]);
  await shown.click("cancel-ticket");
  await shown.click("cancel-confirm");
  expect(shown.host.actions).toEqual([{ action: "cancel_ticket" }]);
});

test("the consent page starts on its heading, so that no key allows by chance", async () => {
  shown = await stage(samples.consent("en"));
  expect(document.activeElement?.tagName).toBe("H1");
  expect(shown.get("consent-technician").textContent).toBe("Claire Fontaine");
  expect(shown.get("consent-ticket").textContent).toBe("T-1001");
  await shown.press("Enter");
  expect(shown.host.actions).toEqual([]);
});

test("each thing is a switch of its own, off at first, and the time is chosen with it", async () => {
  shown = await stage(samples.consent("en"));
  await shown.click("consent-allow");
  await shown.click("consent-clipboard");
  await shown.click("time-60");
  await shown.click("consent-allow");
  await shown.click("consent-clipboard");
  await shown.click("consent-control");
  await shown.click("consent-allow");
  await shown.click("consent-refuse");
  expect(shown.host.actions).toEqual([
    { action: "answer_consent", allow: true, capabilities: ["view"], time_box_ms: 1_800_000 },
    { action: "answer_consent", allow: true, capabilities: ["view", "clipboard"], time_box_ms: 3_600_000 },
    { action: "answer_consent", allow: true, capabilities: ["view", "control"], time_box_ms: 3_600_000 },
    { action: "answer_consent", allow: false, capabilities: [], time_box_ms: 3_600_000 },
  ]);
});

test.each([["en", "to allow is to let them see"], ["fr", "autoriser, c’est d’abord laisser voir"]] as const)("in %s seeing has a switch like the others, which says why it stays on", async (language, why) => {
  shown = await stage(samples.consent(language));
  const view = shown.get<HTMLInputElement>("consent-view");
  expect([view.checked, view.getAttribute("aria-readonly"), view.disabled]).toEqual([true, "true", false]);
  expect(document.getElementById(view.getAttribute("aria-describedby") ?? "")?.textContent).toContain(why);
  expect(shown.get("consent-control").hasAttribute("aria-readonly")).toBe(false);
  await shown.click("consent-view");
  expect(view.checked).toBe(true);
  await shown.click("consent-allow");
  expect(shown.host.actions).toMatchObject([{ allow: true, capabilities: ["view"] }]);
});

test("what the organisation does not allow is said and cannot be chosen", async () => {
  shown = await stage(samples.consentNarrow("en"));
  expect(shown.all("consent-clipboard")).toEqual([]);
  expect(shown.get("forbidden-clipboard").textContent).toContain("Your organisation does not allow");
  expect(shown.all("time-30")).toEqual([]);
  await shown.click("consent-control");
  await shown.click("consent-allow");
  expect(shown.host.actions).toEqual([{ action: "answer_consent", allow: true, capabilities: ["view", "control"], time_box_ms: 900_000 }]);
});

test("with a technician who is new, Allow counts down, works after the pause, and refusing works at once", async () => {
  vi.useFakeTimers({ now: Date.now() });
  shown = await stage(changed<"consent">(samples.consent("en"), { warnings: ["first_time"], allow_from: Date.now() + 5_000 }));
  expect(shown.get("consent-first-time").textContent).toContain("You have not been helped by");
  const allow = shown.get<HTMLButtonElement>("consent-allow");
  expect(allow.disabled).toBe(true);
  expect(shown.get("consent-wait").textContent).toContain("(5)");
  expect(shown.get<HTMLButtonElement>("consent-refuse").disabled).toBe(false);
  await vi.advanceTimersByTimeAsync(3_500);
  expect(shown.get("consent-wait").textContent).toContain("(2)");
  expect(shown.text()).not.toContain("You can allow it now.");
  await vi.advanceTimersByTimeAsync(1_600);
  expect(allow.disabled).toBe(false);
  expect(shown.all("consent-wait")).toEqual([]);
  expect(shown.text()).toContain("You can allow it now.");
  await shown.click("consent-allow");
  expect(shown.host.actions).toHaveLength(1);
});

test("who was helped by the technician before is not warned", async () => {
  shown = await stage(samples.consent("en"));
  expect(shown.all("consent-warnings")).toEqual([]);
  expect(shown.get<HTMLButtonElement>("consent-allow").disabled).toBe(false);
});

test("abuse is reported after a question, with or without a sentence", async () => {
  shown = await stage(samples.session("en"));
  await shown.click("report-abuse");
  expect(shown.all("abuse-dialog"), "it is for the program to say that everything rests").toEqual([]);
  await shown.show(samples.sessionReporting("en"));
  expect(shown.get("abuse-rests").textContent).toContain("sees nothing of your screen");
  await shown.click("abuse-cancel");
  await shown.show(samples.session("en"));
  expect(shown.all("abuse-dialog")).toEqual([]);
  await shown.show(samples.sessionReporting("en"));
  await shown.type("abuse-sentence", "x".repeat(501));
  await shown.click("abuse-confirm");
  await shown.type("abuse-sentence", "  They asked for my bank card. ");
  await shown.click("abuse-confirm");
  await shown.show(reporting(samples.finished("en")));
  await shown.type("abuse-sentence", "");
  await shown.click("abuse-confirm");
  expect(shown.host.actions).toEqual([
    { action: "consider_report" },
    { action: "drop_report" },
    { action: "report_abuse", sentence: "They asked for my bank card." },
    { action: "report_abuse", sentence: null },
  ]);
  await shown.show(changed<"finished">(samples.finished("en"), { abuse_reported: true }));
  expect(shown.all("report-abuse")).toEqual([]);
  expect(shown.text()).toContain("passed on to a supervisor");
});

test("once the dialog was painted away, and not before, the window says so; one that is loaded meanwhile says it, too", async () => {
  const closed: View = { ...samples.session("en"), report: { report: "closed" } };
  const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));
  const gone = (): number => shown.host.actions.filter(({ action }) => action === "report_gone").length;
  shown = await stage(samples.sessionReporting("en"));
  await shown.show(closed);
  expect(shown.all("abuse-dialog")).toEqual([]);
  expect(gone()).toBe(0);
  await frame();
  expect(gone(), "what is shown now is not painted yet").toBe(0);
  await frame();
  expect(gone()).toBe(1);
  // Opened again at once, it is not said to be gone.
  await shown.show(samples.sessionReporting("en"));
  await shown.show(closed);
  await shown.show(samples.sessionReporting("en"));
  await frame();
  await frame();
  expect(gone()).toBe(1);
  await shown.end();
  shown = await stage(closed);
  await frame();
  await frame();
  expect(gone()).toBe(1);
});

test("a sentence about a session that ends meanwhile is not lost", async () => {
  shown = await stage(samples.sessionReporting("en"));
  await shown.type("abuse-sentence", "They read my mails.");
  await shown.show(reporting(samples.waiting("en")));
  expect(shown.get<HTMLTextAreaElement>("abuse-sentence").value).toBe("They read my mails.");
  expect(shown.all("abuse-rests")).toEqual([]);
  await shown.click("abuse-confirm");
  expect(shown.host.actions).toEqual([{ action: "report_abuse", sentence: "They read my mails." }]);
});

test("the receipt of the session before is to be had after a report and for a withdrawn ticket, too", async () => {
  shown = await stage(samples.waitingStopped("en"));
  expect(shown.all("report-abuse")).toHaveLength(1);
  await shown.show(samples.waitingReported("en"));
  expect(shown.all("report-abuse")).toEqual([]);
  expect(shown.get("receipt").textContent).toContain("saw your screen");
  await shown.click("save-receipt");
  await shown.show(samples.withdrawn("en"));
  expect(shown.text()).toContain("Your request was withdrawn");
  expect(shown.all("solved-yes")).toEqual([]);
  await shown.click("save-receipt");
  expect(shown.host.actions.map(({ action }) => action)).toEqual(["save_receipt", "save_receipt"]);
  await shown.show(samples.waiting("en"));
  expect(shown.all("save-receipt")).toEqual([]);
});

test("an answer that is on its way is not given twice", async () => {
  shown = await stage(changed<"consent">(samples.consent("en"), { busy: true }));
  expect(shown.get<HTMLButtonElement>("consent-allow").disabled).toBe(true);
  expect(shown.get<HTMLButtonElement>("consent-refuse").disabled).toBe(true);
});

test("during a session: more time, taking back, messages, stop", async () => {
  shown = await stage(samples.sessionControl("en"));
  await shown.click("extend");
  await shown.click("switch-control");
  await shown.click("switch-clipboard");
  await shown.type("chat-input", "  thanks  ");
  await shown.click("chat-send");
  await shown.click("stop");
  expect(shown.host.actions).toEqual([
    { action: "extend" },
    { action: "withdraw", capability: "control" },
    { action: "withdraw", capability: "clipboard" },
    { action: "chat", text: "thanks" },
    { action: "stop" },
  ]);
  expect(shown.get<HTMLInputElement>("chat-input").value).toBe("");
});

test("a question lies over the conversation, keeps the draft, and Stop stays within reach", async () => {
  shown = await stage(samples.session("en"));
  await shown.type("chat-input", "half a sent");
  await shown.show(samples.sessionQuestion("en"));
  expect(document.activeElement?.tagName).toBe("H2");
  await shown.click("control-allow");
  await shown.click("stop");
  expect(shown.host.actions).toEqual([{ action: "answer_request", capability: "control", allow: true, clipboard: false }, { action: "stop" }]);
  await shown.show(samples.session("en"));
  expect(shown.get<HTMLInputElement>("chat-input").value).toBe("half a sent");
});

test("the question for control offers copied texts by a switch of their own, which is off", async () => {
  const answers = () => shown.host.actions.splice(0);
  shown = await stage(samples.sessionQuestion("en"));
  expect(shown.get<HTMLInputElement>("control-clipboard").checked).toBe(false);
  await shown.click("control-clipboard");
  expect(answers(), "it is no answer yet").toEqual([]);
  await shown.click("control-allow");
  await shown.click("control-refuse");
  expect(answers()).toEqual([
    { action: "answer_request", capability: "control", allow: true, clipboard: true },
    { action: "answer_request", capability: "control", allow: false, clipboard: false },
  ]);
  // Not where there is nothing to choose.
  const asked = samples.sessionQuestion("en");
  for (const view of [changed<"session">(asked, { grant: grant("view", "clipboard") }), changed<"session">(asked, { forbidden: ["clipboard"] })]) {
    await shown.show(samples.session("en"));
    await shown.show(view);
    expect(shown.all("control-clipboard")).toEqual([]);
    await shown.click("control-allow");
    expect(answers()).toEqual([{ action: "answer_request", capability: "control", allow: true, clipboard: false }]);
  }
});

test("a switch shows what holds, and turns on what is off", async () => {
  const on = (testid: string): boolean => shown.get<HTMLInputElement>(testid).checked;
  shown = await stage(changed<"session">(samples.session("en"), { grant: grant("view") }));
  expect([on("switch-view"), on("switch-control"), on("switch-clipboard")]).toEqual([true, false, false]);
  await shown.click("switch-control");
  expect(shown.host.actions).toEqual([{ action: "allow", capability: "control" }]);
  expect(on("switch-control")).toBe(false);
  await shown.show(changed<"session">(samples.session("en"), { grant: grant("view", "control") }));
  expect(on("switch-control")).toBe(true);
});

test("without the view nothing else can be turned on, and more time is not given than the organisation allows", async () => {
  shown = await stage(samples.sessionNoMore("en"));
  expect(shown.get<HTMLInputElement>("switch-control").disabled).toBe(true);
  expect(shown.all("switch-clipboard")).toEqual([]);
  expect(shown.get<HTMLButtonElement>("extend").disabled).toBe(true);
  expect(shown.get("no-longer").textContent).toContain("no more time");
});

test("time left is told in minutes, then to the second, and stops at nothing", async () => {
  vi.useFakeTimers({ now: Date.now() });
  const expires_at = Date.now() + 181_000;
  shown = await stage(changed<"session">(samples.session("en"), { grant: { ...grant("view"), expires_at } }));
  expect(shown.get("time-left").textContent).toBe("4\u00a0min");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown.get("time-left").textContent).toBe("3\u00a0min");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown.get("time-left").textContent).toBe("1:01");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(shown.get("time-left").textContent).toBe("0:59");
  await vi.advanceTimersByTimeAsync(100_000);
  expect(shown.get("time-left").textContent).toBe("0:00");
});

test("at the end the answer is a click, and so is going back without one", async () => {
  shown = await stage(samples.finished("en"));
  await shown.click("solved-no");
  await shown.click("solved-yes");
  await shown.click("back-home");
  expect(shown.host.actions).toEqual([{ action: "feedback", solved: false }, { action: "feedback", solved: true }, { action: "leave" }]);
});

test("the receipt can be saved, again too, and what becomes of it is said", async () => {
  const view = samples.finished("en");
  shown = await stage(view);
  await shown.click("save-receipt");
  const [action] = shown.host.actions;
  if (action?.action !== "save_receipt") throw new Error("the receipt was not asked for");
  expect(Math.abs(action.utc_offset)).toBeLessThanOrEqual(24 * 60);
  await shown.show(changed<"finished">(view, { receipt: { state: "busy" } }));
  expect(shown.get("save-receipt").getAttribute("aria-busy")).toBe("true");
  await shown.show(changed<"finished">(view, { receipt: { state: "saved", file: "receipt.html" } }));
  expect(shown.get("receipt-state").textContent).toContain("receipt.html");
  await shown.click("save-receipt");
  expect(shown.host.actions).toHaveLength(2);
  await shown.show(changed<"finished">(view, { receipt: { state: "none" } }));
  expect(shown.all("save-receipt")).toEqual([]);
});

test("who answered is thanked and not asked again", async () => {
  const view = samples.finished("en");
  if (view.side.page !== "finished") throw new Error("no finished page");
  shown = await stage(changed<"finished">(view, { ticket: { ...view.side.ticket, feedback: true } }));
  expect(shown.all("solved-yes")).toEqual([]);
  expect(shown.text()).toContain("Thank you");
});

test("settings take effect at once, and lead to the other side", async () => {
  shown = await stage(samples.home("en"));
  await shown.click("settings");
  const choose = (testid: string, index: number): void => {
    const select = shown.get<HTMLSelectElement>(testid);
    select.selectedIndex = index;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  choose("language-select", 0);
  choose("theme-select", 2);
  await shown.type("name-input", " Jeanne M. ");
  await shown.click("name-save");
  await shown.click("be-technician");
  expect(shown.host.actions).toEqual([
    { action: "set_language", language: "fr" },
    { action: "set_theme", theme: "dark" },
    { action: "set_name", name: "Jeanne M." },
    { action: "be_technician" },
  ]);
});

test("the organisation is imported by link or by file, and an empty link is not sent", async () => {
  shown = await stage(samples.organisation("en"));
  await shown.click("organisation-import");
  expect(shown.host.actions).toEqual([]);
  await shown.type("organisation-link", " renfort://import/abc ");
  await shown.click("organisation-import");
  await shown.click("organisation-choose");
  await shown.click("notice-dismiss");
  expect(shown.host.actions).toEqual([
    { action: "import_organisation", text: "renfort://import/abc" },
    { action: "choose_organisation_file" },
    { action: "dismiss_notice" },
  ]);
});

test("a link from outside is asked about, with both names, and closing the question is a no", async () => {
  const view = samples.offer("en");
  shown = await stage(view);
  expect(shown.text()).toContain("Assistance de l’Agglomération");
  expect(shown.text()).toContain("take the place of Ville de Clairval");
  await shown.click("dialog-close");
  await shown.click("offer-decline");
  await shown.click("offer-accept");
  expect(shown.host.actions).toEqual([
    { action: "answer_offer", accept: false },
    { action: "answer_offer", accept: false },
    { action: "answer_offer", accept: true },
  ]);
  await shown.show({ ...view, offer: { name: "Mairie", relay: "wss://mairie.example", replaces: null } });
  expect(shown.text()).not.toContain("take the place");
  await shown.show({ ...view, offer: null });
  expect(shown.all("offer")).toEqual([]);
});

test("a copied text that was too long is told of, whoever copied it", async () => {
  const line = (to_technician: boolean, characters: number) => ({ at: 0, to_technician, characters, passed: false });
  const view = samples.sessionControl("en");
  shown = await stage(changed<"session">(view, { clipboard: [line(true, 60_000)] }));
  const told = (): string => shown.get("clipboard-line").textContent?.replaceAll(/\s+/g, " ") ?? "";
  expect(told()).toContain("The text you copied is too long (60,000 characters, at most 50,000 characters) and was not passed on.");
  await shown.show(changed<"session">(view, { clipboard: [line(false, 60_000)] }));
  expect(told()).toContain("The text that Claire Fontaine copied is too long");
  // Short enough, but full of control characters.
  await shown.show(changed<"session">(view, { clipboard: [line(false, 48_000)] }));
  expect(told()).toContain("takes up too much room (48,000 characters)");
});

test("an action that the program refuses is worded, and can be dismissed", async () => {
  shown = await stage(samples.home("en"));
  shown.host.refusal = { code: "busy" };
  await shown.click("settings");
  await shown.click("be-technician");
  await vi.advanceTimersByTimeAsync(0);
  expect(shown.get("notice").textContent).toContain("too much to do");
  await shown.click("notice-dismiss");
  expect(shown.all("notice")).toEqual([]);
});

test("a question for control names the clipboard only where the organisation lets it be shared", async () => {
  shown = await stage(samples.sessionQuestion("en"));
  expect(shown.get("question").textContent).toContain("copies can be pasted");
  await shown.show(changed<"session">(samples.sessionQuestion("en"), { forbidden: ["clipboard"] }));
  expect(shown.get("question").textContent).not.toContain("copies");
});
