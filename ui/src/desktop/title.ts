/** What the window is about, for whoever goes from window to window or from page to page without seeing them. */
import type { Side, View } from "../generated/host";
import type { UserTicket } from "../generated/protocol";
import { t } from "../i18n";
import { plain } from "../i18n/isolated";
import { shownOf } from "./user/shown";
import { callerName } from "./technician/caller";

export function titleOf(view: View): string {
  const page = view.organisation ? pageOf(view.side) : t().organisation.title;
  return `${waiting(view.side)}${plain(page)} · ${t().app.unnamed}`;
}

/** How many wait stands first, where a tab shows no more. */
function waiting(side: Side): string {
  const count = side.page === "queue" ? side.tickets.filter(({ state }) => state === "waiting").length : 0;
  return count === 0 ? "" : `(${count}) `;
}

function pageOf(side: Side): string {
  const page = side.role === "user" ? shownOf(side) : side;
  return page.page === "waiting" ? waitingFor(page.ticket) : titles(side);
}

const waitingFor = ({ technician }: UserTicket): string => (technician ? t().waiting.takenBy(technician.name) : t().waiting.title);

function titles(side: Side): string {
  switch (side.page) {
    case "home": return t().home.title;
    case "waiting": return waitingFor(side.ticket);
    case "consent": return t().consent.title(side.session.technician.name);
    case "session": return t().session.title(side.technician.name);
    case "finished": return side.ticket.state === "cancelled" ? t().finished.cancelled : t().finished.title;
    case "sign_in": return t().signIn.title;
    case "queue": return t().workbench.queue;
    case "ticket": return ticketOf(side);
  }
}

function ticketOf({ detail, session }: Extract<Side, { page: "ticket" }>): string {
  switch (session.stage) {
    case "asking": return t().asking.title(callerName(detail.entry.user));
    case "open": return t().remote.canvas(callerName(detail.entry.user));
    case "over": return t().wrapUp.title;
  }
}
