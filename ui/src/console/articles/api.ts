/** What the pages of articles and canned replies ask of the relay, a part of the console's seam. Every method throws `ApiError`. */
import type {
  Article, ArticleFilter, ArticleHead, ArticleId, ArticleList, ArticleText, CannedReply, Language, NewArticle, ReplyId, SaveArticle, SaveReply,
} from "../../generated/protocol";

/** What can be done to a text beside changing its words. */
export type Step = "publish" | "withdraw";

export interface ArticlesApi {
  articles(filter: ArticleFilter, abort?: AbortSignal): Promise<ArticleList>;
  article(id: ArticleId, abort?: AbortSignal): Promise<Article>;
  writeArticle(article: NewArticle): Promise<Article>;
  /** `changed_meanwhile` when `version` is no longer the newest. */
  saveArticle(id: ArticleId, language: Language, text: SaveArticle): Promise<Article>;
  stepArticle(id: ArticleId, language: Language, step: Step, version: number): Promise<Article>;
  restoreArticle(id: ArticleId, language: Language, version: number, from: number): Promise<Article>;
  articleHistory(id: ArticleId, language: Language): Promise<ArticleHead[]>;
  articleVersion(id: ArticleId, language: Language, version: number): Promise<ArticleText>;
  replies(): Promise<CannedReply[]>;
  /** A new one without `id`. */
  saveReply(id: ReplyId | null, reply: SaveReply): Promise<CannedReply>;
  removeReply(id: ReplyId, version: number): Promise<void>;
}

/** The calls that these are made of. */
export interface Calls {
  read<T>(path: string, abort?: AbortSignal): Promise<T>;
  post<T>(path: string, value: unknown): Promise<T>;
  tell(path: string, value: unknown): Promise<void>;
  query(filter: ArticleFilter): string;
}

export function articlesOver({ read, post, tell, query }: Calls): ArticlesApi {
  const at = (id: ArticleId, language: Language): string => `articles/${encodeURIComponent(id)}/${language}`;
  return {
    articles: (filter, abort) => read(`articles${query(filter)}`, abort),
    article: (id, abort) => read(`articles/${encodeURIComponent(id)}`, abort),
    writeArticle: (article) => post("articles", article),
    saveArticle: (id, language, text) => post(at(id, language), text),
    stepArticle: (id, language, step, version) => post(`${at(id, language)}/${step}`, { version }),
    restoreArticle: (id, language, version, from) => post(`${at(id, language)}/restore`, { version, from }),
    articleHistory: (id, language) => read(`${at(id, language)}/history`),
    articleVersion: (id, language, version) => read(`${at(id, language)}/history/${version}`),
    replies: () => read("replies"),
    saveReply: (id, reply) => post(id === null ? "replies" : `replies/${encodeURIComponent(id)}`, reply),
    removeReply: (id, version) => tell(`replies/${encodeURIComponent(id)}/remove`, { version }),
  };
}
