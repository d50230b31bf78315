/**
 * Places of the console, as the part of the address after `#`: `#/sessions?person=martin`, `#/tickets`,
 * `#/session/<id>`, `#/log`. Invariant: `placeOf(addressOf(place))` is `place`, so a link can be sent to a colleague.
 */
import type { SessionId } from "../generated/protocol";
import { type FilterForm, formOf, parametersOf } from "./filter";

/** One page and what it shows. */
export type Place =
  | { page: "sessions"; filter: FilterForm }
  | { page: "tickets"; filter: FilterForm }
  | { page: "session"; id: SessionId }
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
  const id = parts[1] ?? "";
  if (parts.length === 2 && parts[0] === "session" && /^[0-9a-f]{32}$/.test(id)) return { page: "session", id };
  return { page: "nowhere" };
}

/** The hash for a place, `#` included. */
export function addressOf(place: Place): string {
  switch (place.page) {
    case "sessions":
    case "tickets": {
      const search = parametersOf(place.filter).toString();
      return `#/${place.page}${search === "" ? "" : `?${search}`}`;
    }
    case "session": return `#/session/${place.id}`;
    case "log": return "#/log";
    case "nowhere": return "#/";
  }
}
