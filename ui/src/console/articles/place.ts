/**
 * Places of articles and canned replies in the console's address: `#/articles?missing=en`, `#/article/<id>/fr`,
 * `#/article/new/fr`, `#/replies`. Invariant: what the address says reads back as the same place.
 */
import type { ArticleFilter, ArticleId, ArticleState, Language, Me } from "../../generated/protocol";
import type { Place } from "../route";

/** Longest search, in characters. */
export const SEARCH_LIMIT = 200;
const STATES = ["draft", "published", "withdrawn"] as const satisfies readonly ArticleState[];

export type ArticlesPlace =
  | { page: "articles"; articles: ArticleFilter }
  | { page: "article"; id: ArticleId | "new"; language: Language }
  | { page: "replies" };

export const noFilter = (): ArticleFilter => ({ search: null, language: null, state: null, missing: null });

const languageOf = (text: string | null): Language | null => (text === "en" || text === "fr" ? text : null);

function filterOf(search: URLSearchParams): ArticleFilter {
  return {
    search: [...(search.get("search") ?? "")].slice(0, SEARCH_LIMIT).join("") || null,
    language: languageOf(search.get("language")),
    state: STATES.find((state) => state === search.get("state")) ?? null,
    missing: languageOf(search.get("missing")),
  };
}

/** The place that these parts of an address name; none when they name no page of articles. */
export function articlesPlaceOf(parts: readonly string[], search: string): ArticlesPlace | null {
  const [page, id = "", language = ""] = parts;
  if (page === "articles" && parts.length === 1) return { page, articles: filterOf(new URLSearchParams(search)) };
  if (page === "replies" && parts.length === 1) return { page };
  const known = languageOf(language);
  if (page === "article" && parts.length === 3 && known && (id === "new" || /^[0-9a-f]{32}$/.test(id))) return { page, id, language: known };
  return null;
}

export function articlesAddressOf(place: ArticlesPlace): string {
  switch (place.page) {
    case "articles": {
      const parameters = new URLSearchParams();
      for (const [name, value] of Object.entries(place.articles)) if (value) parameters.set(name, value);
      const text = parameters.toString();
      return `#/articles${text === "" ? "" : `?${text}`}`;
    }
    case "article": return `#/article/${place.id}/${place.language}`;
    case "replies": return "#/replies";
  }
}

export function isArticlesPlace(place: Place): place is ArticlesPlace {
  return place.page === "articles" || place.page === "article" || place.page === "replies";
}

/** Technicians have these pages only; whatever else an address names, they come to the list of articles. */
export function placeFor(me: Me | null, place: Place): Place {
  const writesOnly = me?.person.role === "technician";
  return writesOnly && !isArticlesPlace(place) ? { page: "articles", articles: noFilter() } : place;
}
