/** Articles suggested while the sentence is written, read in place, and what comes of them. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HelpView, View } from "../generated/host";
import type { ShownArticle, Suggestion } from "../generated/protocol";
import { samples, viewOf } from "../host/samples";
import { stage, type Stage } from "./fake.stage";

let shown: Stage;
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }));
afterEach(async () => {
  await shown.end();
  vi.useRealTimers();
});

const ID = "ab".repeat(16);
const found: Suggestion[] = [
  { article: ID, language: "en", title: "The printer prints blank pages" },
  { article: "cd".repeat(16), language: "fr", title: "Imprimante bloquée" },
];
const article: ShownArticle = { article: ID, language: "en", title: "The printer prints blank pages", body: "1. Switch it **off**\n2. [Manual](https://a.example/)\n\n<script>alert(1)</script>", at: 1 };
const home = (help?: Partial<HelpView>): View =>
  viewOf("en", { role: "user", page: "home", busy: false, ...(help ? { help: { suggestions: [], article: null, solved: false, ...help } } : {}) });

async function write(text: string): Promise<void> {
  shown.get("get-help-summary").focus();
  await shown.type("get-help-summary", text);
}
const pause = (ms = 400): unknown => vi.advanceTimersByTime(ms);

test("articles are looked for once somebody pauses, and no more when the sentence is too short", async () => {
  shown = await stage(samples.home("en"));
  await write("My pr");
  pause(200);
  await write("My  printer ");
  expect(shown.host.actions).toEqual([]);
  pause();
  expect(shown.host.actions).toEqual([{ action: "suggest", text: "My printer" }]);
  await shown.show(home({ suggestions: found }));
  await write("My");
  pause();
  expect(shown.host.actions.at(-1)).toEqual({ action: "suggest", text: null });
  await write("x".repeat(301));
  pause();
  expect(shown.host.actions).toHaveLength(3);
  expect(shown.host.actions.at(-1)).toEqual({ action: "suggest", text: null });
});

test("suggestions are counted aloud, the other language is marked, and each can be read", async () => {
  shown = await stage(home());
  await write("My printer");
  await shown.show(home({ suggestions: found }));
  expect(shown.get("suggestion-count").textContent).toMatch(/^2\sarticles may help\.$/);
  expect(shown.get("suggestion-count").getAttribute("aria-live")).toBe("polite");
  expect(shown.all("suggestion").map((button) => button.textContent?.includes("in French"))).toEqual([false, true]);
  expect(shown.all("suggestion")[1]?.querySelector("bdi")?.lang).toBe("fr");
  await shown.click("suggestion");
  expect(shown.host.actions.at(-1)).toEqual({ action: "read_article", article: ID });
});

test("nothing moves once the sentence is left", async () => {
  shown = await stage(home());
  await write("My printer");
  shown.get("impact-team").focus();
  await shown.show(home({ suggestions: found }));
  expect(shown.all("suggestion")).toEqual([]);
});

test("an article is read in place; going back finds the sentence and what was chosen", async () => {
  shown = await stage(home());
  await write("My printer");
  await shown.click("impact-team");
  await shown.show(home({ suggestions: found, article }));
  expect(document.activeElement?.textContent).toBe(article.title);
  expect(shown.get("article-body").querySelector("strong")?.textContent).toBe("off");
  expect(document.querySelector("script")).toBeNull();
  await shown.click("article-not-solved");
  expect(shown.host.actions.at(-1)).toEqual({ action: "close_article" });
  await shown.show(home({ suggestions: found }));
  expect(shown.get<HTMLTextAreaElement>("get-help-summary").value).toBe("My printer");
  expect(shown.get<HTMLInputElement>("impact-team").checked).toBe(true);
});

test("Escape goes back to the sentence", async () => {
  shown = await stage(home({ article }));
  await shown.press("Escape");
  expect(shown.host.actions).toEqual([{ action: "close_article" }]);
});

test("a link in an article says its address and leads nowhere", async () => {
  shown = await stage(home({ article }));
  const link = shown.get("article-body").querySelector("a") as HTMLAnchorElement;
  const click = new MouseEvent("click", { bubbles: true, cancelable: true });
  link.dispatchEvent(click);
  await shown.show(home({ article }));
  expect(click.defaultPrevented).toBe(true);
  expect(shown.get("link-address").textContent).toBe("https://a.example/");
});

test("it solved the problem: thanks, and the sentence is gone", async () => {
  shown = await stage(home());
  await write("My printer");
  await shown.show(home({ article }));
  await shown.click("article-solved");
  expect(shown.host.actions.at(-1)).toEqual({ action: "article_solved" });
  await shown.show(home({ solved: true }));
  await shown.click("thanks-done");
  expect(shown.host.actions.at(-1)).toEqual({ action: "leave_thanks" });
  await shown.show(home());
  expect(shown.get<HTMLTextAreaElement>("get-help-summary").value).toBe("");
});

test("it did not solve it after all: the sentence is there again", async () => {
  shown = await stage(home());
  await write("My printer");
  await shown.show(home({ solved: true }));
  await shown.click("thanks-after");
  expect(shown.host.actions.at(-1)).toEqual({ action: "not_solved_after_all" });
  await shown.show(home());
  expect(shown.get<HTMLTextAreaElement>("get-help-summary").value).toBe("My printer");
});

test("hostile titles are text and stay in their place", async () => {
  shown = await stage(home());
  await write("My printer");
  const title = "<img src=x onerror=alert(1)> مرحبا " + "x".repeat(80);
  await shown.show(home({ suggestions: [{ article: ID, language: "en", title }] }));
  expect(shown.get("suggestion").querySelector("img")).toBeNull();
  expect(shown.get("suggestion").querySelector("bdi")?.textContent).toBe(title);
});
