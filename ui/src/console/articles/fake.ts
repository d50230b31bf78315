/** Articles and canned replies in memory, refusing as the relay does, for tests and for looking at the pages. */
import type { Article, ArticleFilter, ArticleHead, ArticleList, ArticleText, Author, CannedReply, Language } from "../../generated/protocol";
import { ApiError } from "../api";
import type { ArticlesApi } from "./api";

const folded = (text: string): string => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

export class FakeShelf implements ArticlesApi {
  /** Every version of every text, oldest first. */
  readonly versions: ArticleText[] = [];
  kept: CannedReply[] = [];
  author: Author = { id: 7, name: "Claire Fontaine" };
  now = 1_700_000_000_000;
  #last = 0;

  /** Called before each answer; throws what the test wants refused. */
  before: (call: string) => Promise<void> = () => Promise.resolve();

  texts(): ArticleText[] {
    const newest = new Map<string, ArticleText>();
    for (const text of this.versions) newest.set(`${text.article}/${text.language}`, text);
    return [...newest.values()];
  }

  put(text: Pick<ArticleText, "article" | "language" | "title" | "body"> & Partial<ArticleText>): ArticleText {
    const before = this.texts().find((one) => one.article === text.article && one.language === text.language);
    const next: ArticleText = { version: (before?.version ?? 0) + 1, state: before?.state ?? "draft", action: before ? "changed" : "created", author: this.author, at: this.now, ticket: null, ...text };
    this.versions.push(next);
    return next;
  }

  #article(id: string): Article {
    const texts = this.texts().filter(({ article }) => article === id);
    if (texts.length === 0) throw ApiError.of("unknown_article");
    return { id, texts };
  }

  #current(id: string, language: Language, version: number): ArticleText {
    const text = this.#article(id).texts.find((one) => one.language === language);
    if (!text) throw ApiError.of("unknown_article");
    if (text.version !== version) throw new ApiError({ code: "changed_meanwhile", params: { author: text.author.name } });
    return text;
  }

  async articles(filter: ArticleFilter): Promise<ArticleList> {
    await this.before(`articles ${JSON.stringify(filter)}`);
    const ids = [...new Set(this.texts().map(({ article }) => article))];
    const rows = ids.map((id) => ({ id, texts: this.#article(id).texts }));
    const words = folded(filter.search ?? "").split(/\s+/).filter((word) => word !== "");
    const fits = rows.filter(
      ({ texts }) =>
        texts.some((text) => (!filter.language || text.language === filter.language) && (!filter.state || text.state === filter.state)) &&
        (!filter.missing || texts.every((text) => text.language !== filter.missing)) &&
        (words.length === 0 || texts.some((text) => words.every((word) => folded(`${text.title} ${text.body}`).includes(word)))),
    );
    return { rows: fits, total: rows.length };
  }

  async article(id: string): Promise<Article> {
    await this.before(`article ${id}`);
    return this.#article(id);
  }

  async writeArticle(article: { language: Language; title: string; body: string }): Promise<Article> {
    await this.before("write");
    this.#last += 1;
    return this.#article(this.put({ ...article, article: this.#last.toString(16).padStart(32, "0") }).article);
  }

  async saveArticle(id: string, language: Language, { version, title, body }: { version: number | null; title: string; body: string }): Promise<Article> {
    await this.before("save");
    if (version !== null) this.#current(id, language, version);
    this.put({ article: id, language, title, body });
    return this.#article(id);
  }

  async stepArticle(id: string, language: Language, step: "publish" | "withdraw", version: number): Promise<Article> {
    await this.before(step);
    const { title, body } = this.#current(id, language, version);
    const state = step === "publish" ? "published" : "withdrawn";
    this.put({ article: id, language, title, body, state, action: state });
    return this.#article(id);
  }

  async restoreArticle(id: string, language: Language, version: number, from: number): Promise<Article> {
    await this.before("restore");
    this.#current(id, language, version);
    const { title, body } = await this.articleVersion(id, language, from);
    this.put({ article: id, language, title, body, action: "restored" });
    return this.#article(id);
  }

  async articleHistory(id: string, language: Language): Promise<ArticleHead[]> {
    await this.before("history");
    return this.versions.filter((text) => text.article === id && text.language === language).toReversed();
  }

  articleVersion(id: string, language: Language, version: number): Promise<ArticleText> {
    const found = this.versions.find((text) => text.article === id && text.language === language && text.version === version);
    return found ? Promise.resolve(found) : Promise.reject(ApiError.of("unknown_article"));
  }

  async replies(): Promise<CannedReply[]> {
    await this.before("replies");
    return [...this.kept].sort((one, other) => one.title.localeCompare(other.title));
  }

  async saveReply(id: string | null, { version, ...content }: Parameters<ArticlesApi["saveReply"]>[1]): Promise<CannedReply> {
    await this.before("save reply");
    const before = this.kept.find((reply) => reply.id === id);
    if (id !== null && !before) throw ApiError.of("unknown_reply");
    if (before && before.version !== version) throw new ApiError({ code: "changed_meanwhile", params: { author: before.author.name } });
    this.#last += 1;
    const saved: CannedReply = { id: id ?? this.#last.toString(16).padStart(32, "a"), version: (version ?? 0) + 1, ...content, author: this.author, at: this.now };
    this.kept = [...this.kept.filter((reply) => reply.id !== saved.id), saved];
    return saved;
  }

  async removeReply(id: string, version: number): Promise<void> {
    await this.before("remove reply");
    const before = this.kept.find((reply) => reply.id === id);
    if (!before) throw ApiError.of("unknown_reply");
    if (before.version !== version) throw new ApiError({ code: "changed_meanwhile", params: { author: before.author.name } });
    this.kept = this.kept.filter((reply) => reply.id !== id);
  }
}
