/** From the state of the desk to the technician's page. */
import type { TechnicianPage } from "../../../generated/host";
import { cardView } from "./card";
import type { Desk } from "./desk";
import type { Uplink } from "./uplink";

/** Who may be about to sign in, when nobody is. */
export interface SigningIn {
  readonly busy: boolean;
  readonly login: string | null;
  readonly second_factor: boolean;
}

export function technicianPage(desk: Desk, relay: Uplink, signIn: SigningIn, now: number): TechnicianPage {
  const person = desk.person;
  if (!person) return { page: "sign_in", ...signIn };
  const card = cardView(desk, now);
  const busy = desk.signing || relay.requests.any(({ what }) => what === "take_ticket" || what === "note" || what === "ask_again" || what === "draft" || what === "wrap_up");
  const inHand = desk.inHand;
  const detail = desk.detail?.entry.id === desk.lookedAt ? desk.detail : null;
  if (inHand !== null && detail) {
    const session = desk.session?.view(relay.local(desk.session.info.answer_by)) ?? { stage: "over" as const, reason: desk.over };
    const replies = desk.replies ? { replies: [...desk.replies] } : {};
    return { page: "ticket", person, card, detail, waiting: desk.waitingBeside(inHand), session, ...replies, drafted: desk.drafted === inHand, busy };
  }
  // Without its detail, all about the ticket in hand is on its way.
  if (inHand !== null) return { page: "queue", person, card, tickets: desk.tickets, detail: null, busy: true };
  const queue = { page: "queue" as const, person, card, tickets: desk.tickets, detail, busy };
  return desk.gone ? { ...queue, gone: desk.gone } : queue;
}
