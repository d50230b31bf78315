/**
 * Which page a user sees.
 * Invariant: nobody is asked before there are words to compare.
 */
import type { UserPage } from "../../generated/host";

export function shownOf(page: UserPage): UserPage {
  return page.page === "consent" && page.words === null ? { page: "waiting", ticket: page.ticket } : page;
}
