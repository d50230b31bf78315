/** What goes on, for tests and for looking at the page. */
import type { Live } from "../generated/protocol";
import { ALICE, BASILE, MINUTE, SECOND, sessionId } from "./sample";

/** `at` and `since` are Unix times in milliseconds. */
export function liveSample(at: number, since = at - 3 * 60 * MINUTE): Live {
  return {
    at,
    relay_since: since,
    users_online: 12,
    waiting_total: 2,
    waiting: [
      { id: "T-1101", summary: "Plus personne n’arrive à ouvrir de session", user: { name: "Jeanne Martin", machine: "PC-ACCUEIL-07" }, priority: 1, level: 1, opened_at: at - 9 * MINUTE, waiting_since: at - 9 * MINUTE, reopened: 0, user_online: true, abuse_reported: false },
      { id: "T-1102", summary: "<b>لا أستطيع تسجيل الدخول</b>", user: { name: "فاطمة الزهراء", machine: "PC-RH-02" }, priority: 4, level: 2, opened_at: at - 70 * MINUTE, waiting_since: at - 40 * SECOND, reopened: 1, user_online: false, abuse_reported: true },
    ],
    technicians: [
      { technician: ALICE, online: true, doing: "in_session", ticket: "T-1100", session: sessionId(1100), since: at - 6 * MINUTE },
      { technician: BASILE, online: true, doing: "asking", ticket: "T-1099", since: at - 12 * SECOND },
      { technician: { id: 5, name: "Chloé Petit", level: 1 }, online: true, doing: "free" },
      { technician: { id: 6, name: "Donaudampfschifffahrtsgesellschaftskapitän", level: 3 }, online: false, doing: "holding", ticket: "T-1098" },
    ],
    sessions_total: 2,
    sessions: [
      { id: sessionId(1100), ticket: "T-1100", summary: "L’imprimante n’imprime plus", user: { name: "Zoë 🌻", machine: "LAPTOP-9" }, technician: ALICE, asked_at: at - 6 * MINUTE - 9_000, answer_by: at - 5 * MINUTE, started_at: at - 6 * MINUTE, capabilities: ["control", "view"], expires_at: at + 24 * MINUTE, viewing: true, controlling: true, user_online: true, technician_online: true },
      { id: sessionId(1099), ticket: "T-1099", summary: "Excel se ferme", user: { name: "Marc Petit", machine: "PC-PHARMACIE-NORD-ETAGE-2-POSTE-14" }, technician: BASILE, asked_at: at - 12 * SECOND, answer_by: at + 48 * SECOND, started_at: null, capabilities: [], expires_at: null, viewing: false, controlling: false, user_online: true, technician_online: true },
    ],
  };
}
