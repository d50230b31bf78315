/** Canned replies in the technician's chat, and the draft article at the end. */
import { afterEach, expect, test } from "vitest";
import type { TechnicianPage, View } from "../generated/host";
import type { CannedReply } from "../generated/protocol";
import { CLAIRE, CLAIRE_SIGNED_IN, detail, samples, viewOf } from "../host/samples";
import { stage, type Stage } from "./fake.stage";

let shown: Stage;
afterEach(() => shown.end());

const reply = (title: string, en: string | null, fr: string | null = null): CannedReply => ({
  id: [...title].map((char) => char.charCodeAt(0).toString(16)).join("").padEnd(32, "0"), version: 1, team: null, title, en, fr, author: { id: 1, name: "Ada" }, at: 1,
});
const REPLIES = [reply("Hello", "Hello {user}, this is {technician}.", "Bonjour {user}, ici {technician}."), reply("Restart", "Please restart {machine}.", null)];

function changed(view: View, change: Partial<Extract<TechnicianPage, { page: "ticket" }>>): View {
  return viewOf(view.language, { ...view.side, ...change } as View["side"]);
}
const session = (change: Partial<Extract<TechnicianPage, { page: "ticket" }>> = {}): View =>
  changed(samples.remote("en"), { detail: detail("fr", { state: "taken", technician: CLAIRE }), person: CLAIRE_SIGNED_IN, ...change });

async function chatting(): Promise<void> {
  shown = await stage(session());
  await shown.click("chat-toggle");
  shown.get("chat-input").focus();
}
const input = (): HTMLTextAreaElement => shown.get<HTMLTextAreaElement>("chat-input");
const options = (): string[] => shown.all("reply-option").map((option) => option.querySelector("bdi")?.textContent ?? "");

test("a slash fetches the replies; typing narrows, arrows choose, Enter inserts in the user's language, a second Enter sends", async () => {
  await chatting();
  await shown.type("chat-input", "/");
  expect(shown.host.actions).toEqual([{ action: "show_replies" }]);
  expect(shown.text()).toContain("Fetching");
  await shown.show(session({ replies: REPLIES }));
  expect(options()).toEqual(["Hello", "Restart"]);
  expect(document.getElementById(input().getAttribute("aria-controls") ?? "")?.getAttribute("role")).toBe("listbox");
  await shown.press("ArrowDown", input());
  expect(document.getElementById(input().getAttribute("aria-activedescendant") ?? "")?.textContent).toContain("Restart");
  await shown.type("chat-input", "/hel");
  expect(options()).toEqual(["Hello"]);
  await shown.press("Enter", input());
  expect(input().value).toBe("Bonjour Jeanne Martin, ici Claire Fontaine.");
  expect(shown.host.actions).toEqual([{ action: "show_replies" }, { action: "hide_replies" }]);
  await shown.press("Enter", input());
  expect(shown.host.actions.at(-1)).toEqual({ action: "chat", text: "Bonjour Jeanne Martin, ici Claire Fontaine." });
  expect(input().value).toBe("");
});

test("a reply that is not in the user's language is marked, and follows what is written already", async () => {
  await chatting();
  await shown.type("chat-input", "Un instant.");
  await shown.click("replies-open");
  await shown.show(session({ replies: REPLIES }));
  expect(shown.all("reply-option")[1]?.textContent).toContain("in English only");
  shown.all("reply-option")[1]?.click();
  await shown.show(session());
  expect(input().value).toBe("Un instant. Please restart PC-COMPTA-04.");
});

test("Escape closes the list and leaves the text as it is meant", async () => {
  await chatting();
  await shown.type("chat-input", "/etc");
  await shown.show(session({ replies: REPLIES }));
  expect(shown.text()).toContain("No canned reply fits");
  await shown.press("Enter", input());
  expect(shown.host.actions).toEqual([{ action: "show_replies" }]);
  await shown.press("Escape", input());
  expect(shown.all("reply-picker")).toEqual([]);
  await shown.type("chat-input", "/etc/hosts");
  expect(shown.all("reply-picker")).toEqual([]);
  await shown.press("Enter", input());
  expect(shown.host.actions.at(-1)).toEqual({ action: "chat", text: "/etc/hosts" });
});

test("where there is no reply yet, the list says where they are kept", async () => {
  await chatting();
  await shown.click("replies-open");
  await shown.show(session({ replies: [] }));
  expect(shown.text()).toContain("kept in the console");
});

test("hostile replies are text", async () => {
  await chatting();
  await shown.type("chat-input", "/");
  await shown.show(session({ replies: [reply("<img src=x onerror=alert(1)>", "<script>{user}</script>" + "x".repeat(900))] }));
  expect(shown.get("reply-option").querySelector("img, script")).toBeNull();
});

test("a user's chat has no canned replies", async () => {
  shown = await stage(samples.session("en"));
  await shown.type("chat-input", "/");
  expect(shown.host.actions).toEqual([]);
  expect(shown.all("replies-open")).toEqual([]);
});

const over = (change: Partial<Extract<TechnicianPage, { page: "ticket" }>> = {}): View =>
  changed(samples.over("en"), { detail: detail("fr", { state: "taken", technician: CLAIRE, summary: "Jeanne Martin : imprimante bloquée" }), ...change });

test("a draft article is made without names, kept first, and then the ticket is closed", async () => {
  shown = await stage(over());
  await shown.click("outcome-solved");
  await shown.type("wrapup-message", "J’ai vidé la file sur PC-COMPTA-04.");
  await shown.click("draft-make");
  expect(shown.get<HTMLInputElement>("draft-title").value).toBe("[…] : imprimante bloquée");
  expect(shown.get<HTMLTextAreaElement>("draft-body").value).toContain("# Ce qui a aidé\n\nJ’ai vidé la file sur […].");
  expect(shown.get("draft").textContent).toContain("replaced by […]");
  await shown.type("draft-title", "Imprimante bloquée");
  await shown.click("wrapup-submit");
  const body = shown.get<HTMLTextAreaElement>("draft-body").value;
  expect(shown.host.actions).toEqual([{ action: "draft_article", language: "fr", title: "Imprimante bloquée", body }]);
  await shown.show(over({ busy: true }));
  await shown.show(over({ drafted: true }));
  expect(shown.host.actions.at(-1)).toEqual({ action: "wrap_up", outcome: "solved", message: "J’ai vidé la file sur PC-COMPTA-04.", note: null });
  expect(shown.text()).toContain("The draft is kept");
});

test("a draft that is refused stays, and the ticket stays open", async () => {
  shown = await stage(over());
  await shown.click("outcome-solved");
  await shown.click("draft-make");
  await shown.click("wrapup-submit");
  await shown.show(over({ busy: true }));
  await shown.show(over());
  expect(shown.host.actions).toHaveLength(1);
  expect(shown.get<HTMLInputElement>("draft-title").value).not.toBe("");
  await shown.click("draft-discard");
  await shown.click("wrapup-submit");
  expect(shown.host.actions.at(-1)).toEqual({ action: "wrap_up", outcome: "solved", message: null, note: null });
});

test("an empty draft is not sent, and says what is missing", async () => {
  shown = await stage(over());
  await shown.click("outcome-solved");
  await shown.click("draft-make");
  await shown.type("draft-title", " ");
  await shown.click("wrapup-submit");
  expect(shown.host.actions).toEqual([]);
  expect(shown.text()).toContain("needs a title and a text");
});
