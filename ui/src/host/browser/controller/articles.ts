/**
 * Canned replies and drafts of a technician in a browser, as the desktop app has them.
 * Flow: replies are fetched each time they are looked for and shown until they no longer are; a draft is made of the ticket
 * in hand. Invariant: nothing is fetched before somebody looks for it.
 */
import type { Action } from "../../../generated/host";
import type { Desk } from "./desk";
import type { Uplink } from "./uplink";

/** What becomes of a deed: it is none of these, it has no place now, or it is under way. */
export type Outcome = "other" | "out_of_order" | "done";

export function articleDeed(action: Action, desk: Desk, relay: Uplink, needsRelay: () => boolean): Outcome {
  switch (action.action) {
    case "show_replies":
      if (!desk.person) return "out_of_order";
      if (relay.requests.count("replies") === 0 && !needsRelay()) relay.ask({ type: "show_replies" }, { what: "replies" });
      return "done";
    case "hide_replies":
      desk.replies = null;
      return "done";
    case "draft_article": {
      const ticket = desk.inHand;
      if (ticket === null) return "out_of_order";
      const { language, title, body } = action;
      if (!needsRelay()) relay.ask({ type: "draft_article", ticket, language, title, body }, { what: "draft", ticket });
      return "done";
    }
    default:
      return "other";
  }
}
