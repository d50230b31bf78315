/**
 * Places of the console, as the part of the address after `#`: `#/sessions?person=martin`, `#/tickets`,
 * `#/session/<id>`, `#/ticket/T-1042`, `#/person/<name>`, `#/machine/<name>`, `#/live`,
 * `#/figures?period=lastWeek`, `#/articles` (see articles/place), `#/log`. Invariant: `placeOf(addressOf(place))` is `place`, so a link can be sent to a colleague.
 */
import type { SessionId, TicketId } from "../generated/protocol";
import { articlesAddressOf, type ArticlesPlace, articlesPlaceOf } from "./articles/place";
import { type FilterForm, formOf, MAX_PERSON_CHARS, parametersOf } from "./filter";
import { formOf as periodOf, parametersOf as periodParameters, type PeriodForm } from "./figures/period";

/** One page and what it shows. */
export type Place =
  | { page: "sessions"; filter: FilterForm }
  | { page: "tickets"; filter: FilterForm }
  /** `entry`: the record that a link points at, by its number in the log. */
  | { page: "session"; id: SessionId; entry?: number }
  | { page: "ticket"; id: TicketId; entry?: number }
  | { page: "person" | "machine"; name: string }
  | { page: "live" }
  | { page: "figures"; period: PeriodForm }
  | ArticlesPlace
  | { page: "log" }
  | { page: "nowhere" };

/** Reads the hash of an address; nothing means the list of sessions. */
export function placeOf(hash: string): Place {
  const text = hash.replace(/^#/, "");
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  const search = mark < 0 ? "" : text.slice(mark + 1);
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length === 0 || (parts.length === 1 && parts[0] === "sessions")) {
    return { page: "sessions", filter: formOf(new URLSearchParams(search)) };
  }
  if (parts.length === 1 && parts[0] === "tickets") {
    return { page: "tickets", filter: formOf(new URLSearchParams(search)) };
  }
  if (parts.length === 1 && parts[0] === "log") return { page: "log" };
  if (parts.length === 1 && parts[0] === "figures") return { page: "figures", period: periodOf(new URLSearchParams(search)) };
  if (parts.length === 1 && parts[0] === "live") return { page: "live" };
  const articles = articlesPlaceOf(parts, search);
  if (articles !== null) return articles;
  const id = parts[1] ?? "";
  if (parts.length !== 2) return { page: "nowhere" };
  if (parts[0] === "session" && /^[0-9a-f]{32}$/.test(id)) return { page: "session", id, ...entryOf(search) };
  if (parts[0] === "ticket" && /^T-[1-9]\d{0,14}$/.test(id)) return { page: "ticket", id, ...entryOf(search) };
  if (parts[0] === "person" || parts[0] === "machine") {
    const name = decoded(id).trim();
    if (name !== "" && [...name].length <= MAX_PERSON_CHARS) return { page: parts[0], name };
  }
  return { page: "nowhere" };
}

function entryOf(search: string): { entry?: number } {
  const entry = new URLSearchParams(search).get("entry") ?? "";
  return /^\d{1,15}$/.test(entry) ? { entry: Number(entry) } : {};
}

/** Nothing when it is not rightly encoded. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The hash for a place, `#` included. */
export function addressOf(place: Place): string {
  switch (place.page) {
    case "sessions":
    case "tickets": {
      const search = parametersOf(place.filter).toString();
      return `#/${place.page}${search === "" ? "" : `?${search}`}`;
    }
    case "session":
    case "ticket": return `#/${place.page}/${place.id}${place.entry === undefined ? "" : `?entry=${place.entry}`}`;
    case "person":
    case "machine": return `#/${place.page}/${encodeURIComponent(place.name)}`;
    case "figures": {
      const search = periodParameters(place.period).toString();
      return `#/figures${search === "" ? "" : `?${search}`}`;
    }
    case "articles":
    case "article":
    case "replies": return articlesAddressOf(place);
    case "live": return "#/live";
    case "log": return "#/log";
    case "nowhere": return "#/";
  }
}
