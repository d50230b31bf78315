/** Articles and canned replies in the console, over a relay in memory that refuses as the real one does. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { language } from "../../i18n";
import App from "../App.svelte";
import { FakeApi } from "../fake";
import { sampleRelay } from "../sample";
import { articlesAddressOf, articlesPlaceOf, noFilter } from "./place";

let api: FakeApi;
let app: Record<string, unknown> | null = null;
const ID = "ab".repeat(16);

beforeEach(() => {
  api = new FakeApi(sampleRelay(Date.now(), 3));
  language.set("en");
});

afterEach(async () => {
  if (app !== null) await unmount(app);
  app = null;
  document.body.replaceChildren();
});

function open(hash: string): void {
  history.replaceState(null, "", hash);
  app = mount(App, { target: document.body, props: { api } });
}
const all = (id: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
function one<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const [found] = all(id);
  if (found === undefined) throw new Error(`no ${id} in: ${document.body.textContent}`);
  return found as Kind;
}
const shown = (id: string): Promise<HTMLElement> => vi.waitFor(() => one(id));
const says = (words: string | RegExp): Promise<void> => vi.waitFor(() => expect(document.body.textContent?.replaceAll(/[\u00a0\s]+/g, " ")).toMatch(words));
async function click(id: string): Promise<void> {
  (await shown(id)).click();
  flushSync();
}
async function write(id: string, text: string): Promise<void> {
  const field = (await shown(id)) as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}
const press = (key: string, init: KeyboardEventInit = {}): boolean =>
  window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }));
async function goTo(hash: string): Promise<void> {
  location.hash = hash;
  await new Promise((done) => setTimeout(done, 20));
  flushSync();
}

describe("places", () => {
  it("read back as they were written", () => {
    for (const place of [
      { page: "articles" as const, articles: noFilter() },
      { page: "articles" as const, articles: { search: "écran & co", language: "fr" as const, state: "draft" as const, missing: "en" as const } },
      { page: "article" as const, id: ID, language: "fr" as const },
      { page: "article" as const, id: "new" as const, language: "en" as const },
      { page: "replies" as const },
    ]) {
      const [path = "", search = ""] = articlesAddressOf(place).slice(2).split("?");
      expect(articlesPlaceOf(path.split("/"), search)).toEqual(place);
    }
    for (const parts of [["article", "x", "fr"], ["article", ID], ["article", ID, "de"], ["replies", "x"], ["article", ID, "fr", "x"]]) {
      expect(articlesPlaceOf(parts, "")).toBeNull();
    }
  });
});

describe("the list", () => {
  it("says what to do when there is no article, and leads there", async () => {
    open("#/articles");
    await shown("articles-empty");
    expect(document.body.textContent).toContain("make one from a solved ticket");
    one("articles-empty").querySelector("button")?.click();
    await shown("article-title");
    expect(location.hash).toBe("#/article/new/en");
  });

  it("is narrowed, shows where a translation is missing, and keeps its filter in the address", async () => {
    api.shelf.put({ article: ID, language: "fr", title: "Imprimante bloquée", body: "x", state: "published" });
    api.shelf.put({ article: "cd".repeat(16), language: "en", title: "Sound", body: "x" });
    open("#/articles?missing=en");
    await vi.waitFor(() => expect(all("article-row")).toHaveLength(1));
    expect(one("article-row").textContent).toContain("Write it in English");
    expect(one("articles-count").textContent).toMatch(/1 of 2/);
    await write("articles-search", "bloquee");
    await vi.waitFor(() => expect(location.hash).toBe("#/articles?search=bloquee&missing=en"));
    expect(all("article-row")).toHaveLength(1);
    await write("articles-search", "nothing like it");
    await click("articles-reset");
    await vi.waitFor(() => expect(all("article-row")).toHaveLength(2));
  });
});

describe("writing", () => {
  it("saves, publishes and withdraws, and says so", async () => {
    open("#/article/new/fr");
    await write("article-title", "  Imprimante ");
    await write("article-text", "Éteignez, **attendez**.");
    expect(one("article-preview").querySelector("strong")?.textContent).toBe("attendez");
    await says("Not saved yet");
    await click("article-save");
    await vi.waitFor(() => expect(location.hash).toMatch(/^#\/article\/[0-9a-f]{32}\/fr$/));
    await click("article-publish");
    await says("users find it from now on");
    expect(api.shelf.texts()[0]).toMatchObject({ title: "Imprimante", state: "published", version: 2 });
    await write("article-text", "Autre.");
    expect(one("article-save").textContent).toContain("visible at once");
    await click("article-withdraw");
    await says("users no longer find it");
    expect(api.shelf.texts()[0]).toMatchObject({ body: "Autre.", state: "withdrawn" });
  });

  it("is saved by Ctrl+S, and an incomplete text is not", async () => {
    api.shelf.put({ article: ID, language: "en", title: "Sound", body: "x" });
    open(`#/article/${ID}/en`);
    await write("article-text", "");
    expect(press("s", { ctrlKey: true })).toBe(false);
    await says("Write a text");
    expect(api.shelf.versions).toHaveLength(1);
    await write("article-text", "Louder.");
    press("s", { ctrlKey: true });
    await says("Saved.");
    expect(api.shelf.versions).toHaveLength(2);
  });

  it("adds a translation, from the other text when that is wanted", async () => {
    api.shelf.put({ article: ID, language: "fr", title: "Son", body: "Plus fort." });
    open(`#/article/${ID}/en`);
    await shown("article-missing");
    await click("article-start");
    await write("article-title", "Sound");
    await click("article-save");
    await vi.waitFor(() => expect(api.shelf.texts()).toHaveLength(2));
    expect(api.shelf.texts()[1]).toMatchObject({ language: "en", title: "Sound", body: "Plus fort." });
  });

  it("warns of names in a draft that was made from a ticket", async () => {
    api.shelf.put({ article: ID, language: "fr", title: "Son", body: "x", ticket: "T-1042" });
    open(`#/article/${ID}/fr`);
    expect((await shown("article-from-ticket")).textContent).toContain("T-1042");
  });

  it("shows hostile texts harmlessly in the preview, the list and the history", async () => {
    const title = "<img src=x onerror=alert(1)>";
    api.shelf.put({ article: ID, language: "en", title, body: "<script>alert(1)</script>\n\n[x](javascript:alert(1)) مرحبا " + "x".repeat(10_000) });
    open(`#/article/${ID}/en`);
    await click("article-history");
    await click("history-look");
    await shown("history-version");
    await goTo("#/articles");
    await shown("article-row");
    expect(document.querySelector("script, img, [onerror]")).toBeNull();
    expect(document.body.textContent).toContain(title);
  });
});

describe("somebody else saving meanwhile", () => {
  beforeEach(async () => {
    api.shelf.put({ article: ID, language: "en", title: "Sound", body: "First." });
    open(`#/article/${ID}/en`);
    await write("article-text", "Mine.");
    api.shelf.author = { id: 9, name: "Bob <b>Durand</b>" };
    api.shelf.put({ article: ID, language: "en", title: "Sound", body: "Theirs." });
    await click("article-save");
    await shown("conflict");
  });

  it("is told with their name and their text, and nothing is overwritten", async () => {
    expect(one("conflict").textContent).toContain("Bob <b>Durand</b>");
    expect(one<HTMLTextAreaElement>("article-text").value).toBe("Mine.");
    await click("conflict-show");
    expect(one("conflict-theirs").textContent).toContain("Theirs.");
    expect(api.shelf.texts()[0]?.body).toBe("Theirs.");
    press("s", { ctrlKey: true });
    expect(api.shelf.versions).toHaveLength(2);
  });

  it("can be followed by mine, and theirs stays in the history", async () => {
    await click("conflict-over");
    await says("Saved.");
    expect(api.shelf.versions.map(({ body }) => body)).toEqual(["First.", "Theirs.", "Mine."]);
  });

  it("can be taken instead of mine", async () => {
    await click("conflict-take");
    await vi.waitFor(() => expect(one<HTMLTextAreaElement>("article-text").value).toBe("Theirs."));
    expect(all("conflict")).toEqual([]);
  });
});

describe("what is not saved", () => {
  beforeEach(async () => {
    api.shelf.put({ article: ID, language: "en", title: "Sound", body: "First." });
    open(`#/article/${ID}/en`);
    await write("article-text", "Mine.");
  });

  it("is asked about before it is left, by a link and by closing the page", async () => {
    await goTo("#/articles");
    await shown("leaving");
    expect(location.hash).toBe(`#/article/${ID}/en`);
    await click("leave-stay");
    expect(one<HTMLTextAreaElement>("article-text").value).toBe("Mine.");
    const unload = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(unload);
    expect(unload.defaultPrevented).toBe(true);
    await goTo("#/articles");
    await click("leave-discard");
    await shown("article-row");
    expect(api.shelf.versions).toHaveLength(1);
  });

  it("is saved on the way out", async () => {
    await goTo("#/articles");
    await click("leave-save");
    await shown("article-row");
    expect(api.shelf.texts()[0]?.body).toBe("Mine.");
  });

  it("survives an ended sign-in, and a colleague's save in between is not overwritten", async () => {
    api.signedIn = false;
    await click("article-save");
    await shown("console-login");
    api.shelf.put({ article: ID, language: "en", title: "Sound", body: "Theirs." });
    await write("console-login", "nora");
    await write("console-password", api.relay.password);
    document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await shown("conflict");
    expect(one<HTMLTextAreaElement>("article-text").value).toBe("Mine.");
    expect(one("article-found").textContent).toContain("is here again");
  });
});

it("an earlier version is looked at and restored as a new one", async () => {
  api.shelf.put({ article: ID, language: "en", title: "Sound", body: "First." });
  api.shelf.put({ article: ID, language: "en", title: "Sound", body: "Second." });
  open(`#/article/${ID}/en`);
  await click("article-history");
  await vi.waitFor(() => expect(all("history-row").map((row) => row.dataset.version)).toEqual(["2", "1"]));
  all("history-look")[1]?.click();
  await click("history-restore");
  await says("earlier text is there again");
  expect(api.shelf.texts()[0]).toMatchObject({ body: "First.", version: 3, action: "restored" });
  await vi.waitFor(() => expect(all("history-row")).toHaveLength(3));
});

describe("a technician", () => {
  beforeEach(() => {
    api.relay.me = { ...api.relay.me, person: { id: 7, name: "Claire", role: "technician", level: 2 }, technicians: [] };
  });

  it("has articles and replies and nothing else, whatever the address says", async () => {
    for (const hash of ["#/", "#/sessions", "#/log", "#/figures", "#/tickets"]) {
      open(hash);
      await shown("articles-empty");
      expect([...document.querySelectorAll("header nav a")].map((link) => link.getAttribute("href"))).toEqual(["#/articles"]);
      expect(document.body.textContent).toContain("Technician of level 2");
      if (app !== null) await unmount(app);
      app = null;
    }
    expect(api.calls.filter((call) => /^(sessions|tickets|log|figures|views|live)/.test(call))).toEqual([]);
  });
});

describe("canned replies", () => {
  it("begin with words about what they are for", async () => {
    open("#/replies");
    await shown("replies-empty");
  });

  it("are written, changed and removed", async () => {
    open("#/replies");
    await click("reply-new");
    await write("reply-title", "Hello");
    await write("reply-text-fr", "Bonjour {user}");
    expect(document.body.textContent).toContain("Bonjour Jeanne Martin");
    await click("reply-save");
    await says("Saved.");
    expect(api.shelf.kept[0]).toMatchObject({ title: "Hello", fr: "Bonjour {user}", en: null, team: null, version: 1 });
    await click("reply-edit");
    await write("reply-text-en", "Hello {user}");
    await click("reply-save");
    await vi.waitFor(() => expect(api.shelf.kept[0]?.version).toBe(2));
    await click("reply-remove");
    await click("reply-remove-confirm");
    await says("Removed.");
    expect(api.shelf.kept).toEqual([]);
  });

  it("are not left half written without a question", async () => {
    open("#/replies");
    await click("reply-new");
    await write("reply-title", "Hello");
    await write("reply-text-en", "Hello {user}");
    await goTo("#/articles");
    await click("leave-stay");
    expect(location.hash).toBe("#/replies");
    await click("reply-cancel");
    await click("leave-stay");
    expect(one<HTMLTextAreaElement>("reply-text-en").value).toBe("Hello {user}");
    await goTo("#/articles");
    await click("leave-save");
    await vi.waitFor(() => expect(location.hash).toBe("#/articles"));
    expect(api.shelf.kept[0]?.title).toBe("Hello");
    open("#/replies");
    await click("reply-edit");
    await write("reply-title", "Bye");
    await click("reply-cancel");
    await click("leave-discard");
    await shown("reply-edit");
    expect(api.shelf.kept[0]?.title).toBe("Hello");
  });

  it("refuse an unknown placeholder, one that could be too long, and an empty one, before anything is sent", async () => {
    open("#/replies");
    await click("reply-new");
    await click("reply-save");
    await says("Give it a title.");
    await says("at least one language");
    await write("reply-title", "Hello");
    await write("reply-text-en", "Hello {name}");
    await says("There is no placeholder {name}.");
    await click("reply-save");
    await write("reply-text-en", "{user}".repeat(24));
    await says("too long for a message");
    await click("reply-save");
    expect(api.calls.filter((call) => call === "save reply")).toEqual([]);
  });

  it("say it when somebody else was faster", async () => {
    const saved = await api.shelf.saveReply(null, { version: null, team: 1, title: "Hello", en: "Hi", fr: null });
    open("#/replies");
    await click("reply-edit");
    await write("reply-text-en", "Mine");
    await api.shelf.saveReply(saved.id, { version: 1, team: 1, title: "Hello", en: "Theirs", fr: null });
    await click("reply-save");
    await says("Claire Fontaine saved it meanwhile");
    expect(one<HTMLTextAreaElement>("reply-text-en").value).toBe("Mine");
  });
});
