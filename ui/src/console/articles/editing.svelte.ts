/**
 * One language of an article while it is being written.
 * Flow: the stored text is the base; what is typed differs from it until it is saved; a save names the base's version, and
 * when somebody else saved meanwhile, theirs is kept beside and nothing is overwritten.
 * Invariant: what was typed is lost by nobody but its writer: it survives a refused save, an ended sign-in and another page.
 */
import { ARTICLE_LIMIT, ARTICLE_TITLE_LIMIT, fits } from "../../design/limits";
import type { Article, ArticleText, Language, WireError } from "../../generated/protocol";
import { toApiError } from "../api";
import type { ArticlesApi, Step } from "./api";

/** A text that was typed over this version. */
interface Typed {
  title: string;
  body: string;
  version: number | null;
}

/** What was typed and not saved, by person, article and language. */
export class Unsaved {
  readonly #texts = new Map<string, Typed>();

  keep(key: string, text: Typed | null): void {
    if (text) this.#texts.set(key, text);
    else this.#texts.delete(key);
  }

  find(key: string): Typed | undefined {
    return this.#texts.get(key);
  }
}

export class Editing {
  title = $state("");
  body = $state("");
  /** As it is stored; none when this language is not written yet. */
  base = $state.raw<ArticleText | null>(null);
  /** The whole article; none before its first text is saved. */
  article = $state.raw<Article | null>(null);
  busy = $state(false);
  error = $state.raw<WireError | null>(null);
  /** What somebody else saved meanwhile. */
  theirs = $state.raw<ArticleText | null>(null);
  /** A text of before was found again. */
  found = $state(false);
  tried = $state(false);
  done = $state<"saved" | "published" | "withdrawn" | "restored" | null>(null);

  readonly dirty = $derived(this.title !== (this.base?.title ?? "") || this.body !== (this.base?.body ?? ""));
  readonly complete = $derived(fits(this.title, ARTICLE_TITLE_LIMIT) && fits(this.body, ARTICLE_LIMIT));

  constructor(
    readonly api: ArticlesApi,
    readonly language: Language,
    /** Turns an error into what is shown; an ended sign-in shows the sign-in page. */
    readonly failed: (thrown: unknown) => WireError,
    private readonly unsaved: Unsaved,
    private readonly key: string,
  ) {
    const before = unsaved.find(key);
    if (before) this.#takeUp(before);
  }

  /** The article as the relay has it. */
  load(article: Article): void {
    const before = this.unsaved.find(this.key);
    this.#rebase(article);
    if (!before || (before.title === this.title && before.body === this.body)) return;
    this.#takeUp(before);
    // Somebody saved after this was typed: it is for its writer to say which of the two follows.
    if (before.version !== (this.base?.version ?? null)) this.theirs = this.base;
  }

  #takeUp({ title, body }: Typed): void {
    this.title = title;
    this.body = body;
    this.found = true;
  }

  #rebase(article: Article): void {
    this.article = article;
    this.base = article.texts.find(({ language }) => language === this.language) ?? null;
    this.title = this.base?.title ?? "";
    this.body = this.base?.body ?? "";
    this.theirs = null;
    this.found = false;
    this.tried = false;
  }

  /** Something was typed. */
  typed(): void {
    this.done = null;
    this.unsaved.keep(this.key, this.dirty ? { title: this.title, body: this.body, version: this.base?.version ?? null } : null);
  }

  /** Gives up what was typed. */
  discard(): void {
    this.unsaved.keep(this.key, null);
    if (this.article) this.#rebase(this.article);
    else this.title = this.body = "";
    this.found = false;
  }

  /** Saves; tells whether it is saved now. */
  async save(): Promise<boolean> {
    if (this.busy || this.theirs) return false;
    this.tried = true;
    if (!this.complete) return false;
    const { article, language } = this;
    const [title, body, version] = [this.title.trim(), this.body.trim(), this.base?.version ?? null];
    return this.#attempt("saved", () =>
      article ? this.api.saveArticle(article.id, language, { version, title, body }) : this.api.writeArticle({ language, title, body }),
    );
  }

  /** Publishes or withdraws, saving first what is not saved. */
  async step(step: Step): Promise<boolean> {
    if (this.dirty && !(await this.save())) return false;
    const { article, base } = this;
    if (!article || !base || this.busy) return false;
    const done = step === "publish" ? "published" : "withdrawn";
    return this.#attempt(done, () => this.api.stepArticle(article.id, this.language, step, base.version));
  }

  async restore(from: number): Promise<boolean> {
    const { article, base } = this;
    if (!article || !base || this.busy) return false;
    return this.#attempt("restored", () => this.api.restoreArticle(article.id, this.language, base.version, from));
  }

  /** My text is to follow theirs; theirs stays in the history. */
  async saveOver(): Promise<boolean> {
    if (!this.theirs) return false;
    this.base = this.theirs;
    this.theirs = null;
    return this.save();
  }

  takeTheirs(): void {
    this.theirs = null;
    this.error = null;
    this.discard();
  }

  async #attempt(done: NonNullable<Editing["done"]>, call: () => Promise<Article>): Promise<boolean> {
    this.busy = true;
    this.error = null;
    this.done = null;
    try {
      this.#rebase(await call());
      this.unsaved.keep(this.key, null);
      this.done = done;
      return true;
    } catch (thrown) {
      this.error = this.failed(thrown);
      if (toApiError(thrown).wire.code === "changed_meanwhile") await this.#seeTheirs();
      return false;
    } finally {
      this.busy = false;
    }
  }

  async #seeTheirs(): Promise<void> {
    const id = this.article?.id;
    if (id === undefined) return;
    try {
      this.article = await this.api.article(id);
      this.theirs = this.article.texts.find(({ language }) => language === this.language) ?? null;
      this.error = null;
    } catch (thrown) {
      this.error = this.failed(thrown);
    }
  }
}
