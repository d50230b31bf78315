/** Sessions, tickets and records for the fake relay: the ordinary, and what people really type. */
import type {
  Counts, LogStatus, Me, SessionDetail, SessionRow, Technician, TicketRow, TimelineEntry,
} from "../generated/protocol";
import type { FakeRelay } from "./fake";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const DEVICE = `device:${"5c".repeat(32)}`;
export const ALICE: Technician = { id: 3, name: "Alice Durand", level: 1 };
export const BASILE: Technician = { id: 4, name: "Basile N’Guessan", level: 2 };

export const ME: Me = {
  person: { id: 2, name: "Nora Lemaire", role: "supervisor" },
  organisation: "Hôpital de la Croix-Rouge",
  technicians: [{ ...ALICE, role: "technician" }, { ...BASILE, role: "technician" }],
};

export const NO_COUNTS: Counts = { keys: 0, clicks: 0, clipboard_to_user: 0, clipboard_from_user: 0, chat: 0 };

/** One record; `after` is in milliseconds. */
export type Step = [after: number, actor: string, code: string, fields?: TimelineEntry["fields"], own?: boolean];

/** Records in order, numbered like a log; those that are `own` belong to the session and are numbered in it. */
export function timeline(start: number, session: string, steps: readonly Step[], firstSeq = 1040): TimelineEntry[] {
  let inSession = 0;
  return steps.map(([after, actor, code, fields = {}, own = !code.startsWith("ticket.")], index) => ({
    seq: firstSeq + index * 3,
    at: start + after,
    session: own ? session : null,
    session_seq: own ? inSession++ : null,
    actor,
    code,
    denied: /(refused|denied|failed|limited)$/.test(code) && code !== "session.failed",
    fields,
  }));
}

/** The whole way: waiting, asking, seeing, controlling, a lost contact, the end. */
export function story(start: number): Step[] {
  const person = `person:${ALICE.id}`;
  let report = 0;
  const reported = (after: number, fields: TimelineEntry["fields"] = {}): TimelineEntry["fields"] =>
    ({ report: report++, happened_at: start + after - 40, ...fields });
  return [
    [0, DEVICE, "ticket.opened", { impact: "team", urgency: "high", language: "fr", level: 1, name: "Jeanne Martin", machine: "PC-ACCUEIL-07", summary: "L’imprimante du service n’imprime plus les étiquettes" }],
    [192_000, person, "ticket.taken", { person: ALICE.id, level: 1, technician: ALICE.name, waited_ms: 192_000 }],
    [195_000, person, "consent.asked", { capabilities: "view", answer_by: start + 255_000 }],
    [203_000, DEVICE, "consent.granted", { capabilities: "view", expires_at: start + 2_003_000 }],
    [203_200, DEVICE, "session.offered", { attempt: 1, fingerprint: "ab".repeat(32) }],
    [203_300, person, "session.answered", { attempt: 1, fingerprint: "cd".repeat(32) }],
    [203_900, DEVICE, "session.connected", reported(203_900, { capture: "x11", codec: "h264" })],
    [204_100, person, "view.first_picture", reported(204_100, { after_ms: 1_100 })],
    [241_000, DEVICE, "control.requested", reported(241_000)],
    [250_000, DEVICE, "control.refused", reported(250_000, { timed_out: false, by: "user" })],
    [262_000, DEVICE, "control.requested", reported(262_000)],
    [268_000, DEVICE, "control.allowed", reported(268_000)],
    [300_000, DEVICE, "input.counted", reported(300_000, { keys: 38, clicks: 12, clipboard_to_user: 1, clipboard_from_user: 0, chat: 2 })],
    [322_000, DEVICE, "input.denied", reported(322_000, { reason: "own_window", times: 3 })],
    [361_000, person, "session.peer_lost", reported(361_000)],
    [361_200, DEVICE, "session.peer_lost", reported(361_200)],
    [374_000, person, "session.peer_back", reported(374_000, { after_ms: 13_000 })],
    [374_300, DEVICE, "session.peer_back", reported(374_300, { after_ms: 13_100 })],
    [420_000, DEVICE, "grant.extended", reported(420_000, { expires_at: start + 2_303_000 })],
    [540_000, DEVICE, "input.counted", reported(540_000, { keys: 104, clicks: 22, clipboard_to_user: 0, clipboard_from_user: 1, chat: 5 })],
    [561_000, DEVICE, "control.withdrawn", reported(561_000, { reason: "by_technician" })],
    [602_000, person, "session.ended", { reason: "ended_by_technician", viewed_ms: 385_000, controlled_ms: 280_000, keys: 142, clicks: 34, clipboard_to_user: 1, clipboard_from_user: 1, chat: 7 }],
    [641_000, person, "ticket.note_added", { chars: 96 }],
    [642_000, person, "ticket.closed", { outcome: "solved", handled_ms: 450_000, message_chars: 74 }],
    [655_000, DEVICE, "ticket.feedback", { solved: true }],
  ];
}

export function sessionId(number: number): string {
  return number.toString(16).padStart(8, "0").repeat(4);
}

export function ticketRow(part: Partial<TicketRow> & { id: string; opened_at: number }): TicketRow {
  return {
    summary: "L’imprimante du service n’imprime plus les étiquettes",
    user: { name: "Jeanne Martin", machine: "PC-ACCUEIL-07" },
    impact: "team", urgency: "high", priority: 2, state: "solved", level: 1, technician: ALICE,
    closed_at: part.opened_at + 642_000, waited_ms: 192_000, handled_ms: 450_000, reopened: 0, feedback: true, sessions: 1, abuse_reported: false,
    ...part,
  };
}

export function sessionRow(part: Partial<SessionRow> & { id: string; ticket: string; asked_at: number }): SessionRow {
  return {
    summary: "L’imprimante du service n’imprime plus les étiquettes",
    user: { name: "Jeanne Martin", machine: "PC-ACCUEIL-07" },
    technician: ALICE, started_at: part.asked_at + 8_000, ended_at: part.asked_at + 407_000, end: "ended_by_technician",
    outcome: { outcome: "solved" }, viewed_ms: 385_000, controlled_ms: 280_000,
    counts: { keys: 142, clicks: 34, clipboard_to_user: 1, clipboard_from_user: 1, chat: 7 },
    abuse_reported: false,
    ...part,
  };
}

/** The whole way as the session page gets it. */
export function fullDetail(start: number, number = 1042): SessionDetail {
  const id = sessionId(number);
  const ticket = `T-${number}`;
  return {
    row: sessionRow({ id, ticket, asked_at: start + 195_000 }),
    ticket: ticketRow({ id: ticket, opened_at: start }),
    notes: [{ at: start + 641_000, author: ALICE, text: "File d’impression bloquée par un document de 2 Go.\nService spooler relancé, page de test imprimée." }],
    message: "Votre imprimante fonctionne à nouveau. Le document trop lourd a été retiré.",
    timeline: timeline(start, id, story(start)),
    siblings: [],
  };
}

/** What people really write. */
const SUMMARIES: [summary: string, name: string, machine: string][] = [
  ["Excel se ferme quand j’ouvre le planning de garde", "Marc-Antoine de la Rochefoucauld-Doudeauville", "PC-PHARMACIE-NORD-ETAGE-2-POSTE-14"],
  ["لا أستطيع تسجيل الدخول إلى البريد الإلكتروني", "فاطمة الزهراء", "PC-RH-02"],
  ["<b>Help</b><script>alert(1)</script> & \"quotes\"", "=HYPERLINK(\"http://x\")", "PC-<i>1</i>"],
  ["😀 My screen is upside down 🙃🙃🙃", "Zoë 🌻", "LAPTOP-9"],
  ["Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverwaltungssystemzugangsproblem", "Jürgen Groß", "WS-0451"],
];

const ENDS: Partial<SessionRow>[] = [
  {},
  { outcome: { outcome: "escalated", to: 2 }, technician: BASILE },
  { end: "refused", started_at: null, outcome: null, viewed_ms: 0, controlled_ms: 0, counts: NO_COUNTS },
  { end: "stopped_by_user", outcome: { outcome: "not_solved" }, controlled_ms: 0 },
  { end: "abuse_reported", outcome: null, abuse_reported: true },
  { end: "lost", outcome: null, viewed_ms: 3 * HOUR + 5 * MINUTE },
];

/** A relay with `count` sessions before `now`, the newest still open. */
export function sampleRelay(now: number, count = 60): FakeRelay {
  const details: SessionDetail[] = [];
  const tickets: TicketRow[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = now - (index + 1) * 47 * MINUTE - (index > 20 ? index * 8 * HOUR : 0);
    const detail = index === 0 ? openDetail(now) : fullDetail(start, 1100 - index);
    if (index > 1) {
      const [summary, name, machine] = SUMMARIES[index % SUMMARIES.length] ?? ["?", "?", "?"];
      Object.assign(detail.row, { summary, user: { name, machine } }, ENDS[index % ENDS.length]);
      Object.assign(detail.ticket, { summary, user: { name, machine }, technician: detail.row.technician });
    }
    details.push(detail);
    tickets.push(detail.ticket);
  }
  tickets.unshift(ticketRow({ id: "T-1101", opened_at: now - 3 * MINUTE, state: "waiting", technician: null, closed_at: null, waited_ms: null, handled_ms: null, feedback: null, sessions: 0, priority: 1, impact: "organisation" }));
  const returned = tickets[3];
  if (returned !== undefined) Object.assign(returned, { reopened: 2, feedback: false, state: "not_solved", priority: 4 });
  const first = details[1];
  const second = details[2];
  if (first !== undefined && second !== undefined) first.siblings = [second.row.id];
  const log: LogStatus = {
    records: 18_204,
    root: "9f3c2a71be04d5581c6e7a0f4422b3d9e17f0c55a2b864dd01937ec46ab3f210",
    checkpoint: "renfort/hopital-croix-rouge\n18204\nnzwqcb4E1VgcbnoPRCKz2eF/DFWiuGTdAZN+xGqz8hA=\n\n— renfort/hopital-croix-rouge b2Xk3q8Jm0pV1sT7uYc4Zr9aWfLhNdGoEiKxQvBnCzMtRyUeHjSgDwPlAaFq5O6I\n",
    broken: null,
    checked_at: now,
    audit_months: 12,
    names_since: now - 365 * 24 * 60 * MINUTE,
  };
  return { me: ME, password: "correct horse", details, tickets, log };
}

/** A session that goes on, its user in control of nothing yet. */
function openDetail(now: number): SessionDetail {
  const start = now - 6 * MINUTE;
  const detail = fullDetail(start, 1100);
  detail.timeline = timeline(start, detail.row.id, story(start).slice(0, 12));
  Object.assign(detail.row, { ended_at: null, end: null, outcome: null, viewed_ms: 156_000, controlled_ms: 92_000 });
  Object.assign(detail.ticket, { state: "taken", closed_at: null, handled_ms: null, feedback: null });
  detail.notes = [];
  detail.message = null;
  return detail;
}
