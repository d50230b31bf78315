/** One view of each page, for tests and the gallery. Times are given as offsets from `NOW`. */
import type { CardView, CodeView, Side, TechnicianPage, TechnicianSession, UserPage, View } from "../generated/host";
import type { CannedReply, Grant, Language, Level, Person, QueueEntry, Receipt, SessionInfo, ShownArticle, SignedAsk, SignedCard, Suggestion, Technician, TicketDetail, UserTicket, Words } from "../generated/protocol";

export const NOW = Date.now();
const MINUTE = 60_000;
const SESSION = "0123456789abcdef0123456789abcdef";

export const CLAIRE: Technician = { id: 7, name: "Claire Fontaine", level: 1 };
export const CLAIRE_SIGNED_IN: Person = { ...CLAIRE, role: "technician" };
const USER = { name: "Jeanne Martin", machine: "PC-COMPTA-04" };
const SUMMARY: Record<Language, string> = {
  en: "The printer on the second floor prints blank pages",
  fr: "L’imprimante du deuxième étage sort des pages blanches",
};

export const receipt: Receipt = {
  session: SESSION,
  technician: CLAIRE,
  started_at: NOW - 6 * MINUTE,
  ended_at: NOW - 3 * MINUTE,
  viewed_ms: 3 * MINUTE,
  controlled_ms: 2 * MINUTE,
  counts: { keys: 45, clicks: 12, clipboard_to_user: 1, clipboard_from_user: 0, chat: 3 },
  outcome: { outcome: "solved" },
};

export function userTicket(language: Language, change: Partial<UserTicket> = {}): UserTicket {
  return {
    id: "T-1001",
    summary: SUMMARY[language],
    opened_at: NOW - 4 * MINUTE,
    state: "waiting",
    position: 3,
    technician: null,
    message: null,
    receipt: null,
    feedback: null,
    ...change,
  };
}

export const grant = (...capabilities: Grant["capabilities"]): Grant => ({
  session: SESSION,
  ticket: "T-1001",
  technician: CLAIRE.id,
  capabilities,
  expires_at: NOW + 29 * MINUTE + 12_000,
});

const DAY = 24 * 60 * MINUTE;
export const WORDS: Words = ["gazelle", "tunnel"];
export const DEVICE = "1f3a9c0be2d47a65".repeat(4);

/** Of Claire's device; the signatures are none. */
export const signedCard = (change: Partial<SignedCard["card"]> = {}): SignedCard => ({
  card: { version: 1, serial: "5c".repeat(8), person: CLAIRE.id, name: CLAIRE.name, level: CLAIRE.level, device: DEVICE, issued_at: NOW - 10 * DAY, expires_at: NOW + 80 * DAY, ...change },
  signature: "00".repeat(64),
});
export const signedAsk = (): SignedAsk => ({
  ask: { version: 2, session: SESSION, ticket: "T-1001", capabilities: ["view"], asked_at: NOW, commitment: "00".repeat(32), credential: { by: "card", card: signedCard() } },
  signature: "00".repeat(64),
});
export const sessionInfo = (change: Partial<SessionInfo> = {}): SessionInfo => ({
  id: SESSION, ticket: "T-1001", technician: CLAIRE, user: USER, asked: ["view"], asked_at: NOW, answer_by: NOW + 53_000,
  ask: signedAsk(), ready: null, reveal: null, grant: null, allowance: null, reported: 0, ...change,
});
const GOOD: CardView = { card: "good", until: NOW + 80 * DAY };
const needed = (change: Partial<Extract<CardView, { card: "needed" }>> = {}): CardView => ({ card: "needed", fault: "missing", fingerprint: "1f3a 9c0b e2d4 7a65", requested: true, ...change });

const chat = (language: Language, technician: boolean): { id: number; mine: boolean; at: number; text: string }[] => [
  { id: 1, mine: technician, at: NOW - 2 * MINUTE, text: language === "fr" ? "Bonjour, je regarde la file d’impression." : "Hello, I am looking at the print queue." },
  { id: 2, mine: !technician, at: NOW - MINUTE, text: language === "fr" ? "Merci ! C’est depuis ce matin." : "Thank you! It began this morning." },
];

export function queueEntry(number: number, language: Language, change: Partial<QueueEntry> = {}): QueueEntry {
  return {
    id: `T-${number}`,
    summary: SUMMARY[language],
    user: USER,
    language,
    impact: "team",
    urgency: "medium",
    priority: 3,
    level: 1,
    state: "waiting",
    opened_at: NOW - 4 * MINUTE,
    waiting_since: NOW - 4 * MINUTE,
    reopened: 0,
    user_online: true,
    technician: null,
    ...change,
  };
}

export function queue(language: Language): QueueEntry[] {
  const french = language === "fr";
  return [
    queueEntry(1007, "fr", { priority: 1, impact: "organisation", urgency: "high", summary: french ? "Plus personne n’arrive à ouvrir de session sur le site" : "Nobody on site can sign in any more", user: { name: "Hélène Dubois-Lacroix", machine: "ACCUEIL-01" }, waiting_since: NOW - 40_000 }),
    queueEntry(1003, "en", { priority: 2, urgency: "high", summary: french ? "Le logiciel de paie se ferme à l’ouverture" : "Payroll closes as soon as it opens", user: { name: "Marc Petit", machine: "PC-RH-12" }, waiting_since: NOW - 22 * MINUTE, user_online: false, reopened: 1 }),
    queueEntry(1001, language),
    queueEntry(1005, "fr", { priority: 4, impact: "person", summary: french ? "Le son ne sort plus du casque" : "No sound in the headset", user: { name: "Aïcha Benali", machine: "PC-VENTE-31" }, waiting_since: NOW - 75 * MINUTE, level: 2 }),
    queueEntry(1006, "en", { priority: 5, impact: "person", urgency: "low", summary: french ? "Ajouter l’écran d’un nouveau collègue" : "Set up a screen for a new colleague", user: { name: "Tom Rivers", machine: "LAPTOP-0042" }, waiting_since: NOW - 26 * 60 * MINUTE, level: 3 as Level }),
  ];
}

export function detail(language: Language, change: Partial<QueueEntry> = {}): TicketDetail {
  const french = language === "fr";
  return {
    entry: queueEntry(1001, language, change),
    notes: [{ at: NOW - 3 * MINUTE, author: CLAIRE, text: french ? "File d’impression bloquée par un travail de 400 pages." : "Print queue is blocked by a job of 400 pages." }],
    sessions: [{ ...receipt, outcome: { outcome: "not_solved" } }],
    earlier: [
      { id: "T-0874", summary: french ? "Mot de passe oublié" : "Forgotten password", opened_at: NOW - 9 * 24 * 60 * MINUTE, state: "solved", message: french ? "Votre mot de passe est de nouveau actif." : "Your password works again." },
      { id: "T-0512", summary: french ? "Écran noir au démarrage" : "Black screen at start", opened_at: NOW - 120 * 24 * 60 * MINUTE, state: "not_solved", message: null },
    ],
  };
}

export function viewOf(language: Language, side: Side, change: Partial<View> = {}): View {
  return {
    language,
    theme: "light",
    version: "0.1.0",
    organisation: { name: "Ville de Clairval", relay: "wss://aide.clairval.example", codes: true },
    link: { link: "online" },
    notice: null,
    offer: null,
    stated: USER,
    side,
    ...change,
  };
}

const ARTICLE = "ab".repeat(16);
const suggestions = (language: Language): Suggestion[] =>
  language === "fr"
    ? [
        { article: ARTICLE, language, title: "L’imprimante sort des pages blanches" },
        { article: "cd".repeat(16), language, title: "Rien ne sort de l’imprimante du couloir, alors que tout paraît normal à l’écran" },
        { article: "ef".repeat(16), language: "en", title: "Scan to e-mail" },
      ]
    : [
        { article: ARTICLE, language, title: "The printer prints blank pages" },
        { article: "cd".repeat(16), language: "fr", title: "Rien ne sort de l’imprimante du couloir" },
      ];
const article = (language: Language): ShownArticle =>
  language === "fr"
    ? { article: ARTICLE, language, title: "L’imprimante sort des pages blanches", at: NOW, body: "C’est presque toujours la **cartouche**.\n\n# À faire\n\n1. Ouvrez le capot avant.\n2. Sortez la cartouche et secouez-la doucement.\n3. Remettez-la et fermez.\n\n> Du toner sur les mains\u00a0? De l’eau *froide*.\n\nTout est dans le [manuel](https://intranet.clairval.example/imprimantes)." }
    : { article: ARTICLE, language, title: "The printer prints blank pages", at: NOW, body: "It is nearly always the **cartridge**.\n\n# What to do\n\n1. Open the front cover.\n2. Take the cartridge out and shake it gently.\n3. Put it back and close the cover.\n\n> Toner on your hands? *Cold* water.\n\nAll of it is in the [manual](https://intranet.clairval.example/printers)." };

type Sample = (language: Language) => View;
const user = (page: (language: Language) => UserPage, change: Partial<View> = {}): Sample => (l) => viewOf(l, { role: "user", ...page(l) }, change);
const technician = (page: (language: Language) => TechnicianPage, change: Partial<View> = {}): Sample => (l) => viewOf(l, { role: "technician", ...page(l) }, change);
type TicketPage = Extract<TechnicianPage, { page: "ticket" }>;
const ticket = (session: (language: Language) => TechnicianSession, change: Partial<TicketPage> = {}): Sample =>
  technician((l) => ({ page: "ticket", person: CLAIRE_SIGNED_IN, card: GOOD, detail: detail(l, { state: "taken", technician: CLAIRE }), waiting: 4, session: session(l), busy: false, ...change }));

const reply = (number: number, title: string, en: string | null, fr: string | null): CannedReply => ({
  id: number.toString(16).padStart(32, "0"), version: 1, team: null, title, en, fr, author: { id: CLAIRE.id, name: CLAIRE.name }, at: NOW,
});
const REPLIES = [
  reply(1, "Bonjour / Hello", "Hello {user}, this is {technician}. I am looking at your ticket {ticket}.", "Bonjour {user}, ici {technician}. Je regarde votre ticket {ticket}."),
  reply(2, "Redémarrer / Restart", "Could you restart {machine}, please? I stay here.", "Pourriez-vous redémarrer {machine}\u00a0? Je reste là."),
  reply(3, "VPN", null, "Le réseau privé se coupe après huit heures\u00a0: reconnectez-vous."),
];

const userSession = (l: Language): Extract<UserPage, { page: "session" }> => ({
  page: "session",
  ticket: userTicket(l, { state: "taken", technician: CLAIRE }),
  technician: CLAIRE,
  words: WORDS,
  grant: grant("view"),
  forbidden: [],
  latest: null,
  connected: true,
  peer_lost: false,
  question: null,
  chat: chat(l, false),
  clipboard: [],
});
const consent = (l: Language): Extract<UserPage, { page: "consent" }> => ({
  page: "consent",
  ticket: userTicket(l, { state: "taken", technician: CLAIRE }),
  session: sessionInfo({ asked: ["view", "control", "clipboard"] }),
  words: WORDS,
  card_until: NOW + 80 * DAY,
  busy: false,
  choices: { capabilities: ["control", "clipboard"], forbidden: [], time_boxes_ms: [15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE], time_box_ms: 30 * MINUTE },
  warnings: [],
  allow_from: null,
});
const waiting = (l: Language, code: CodeView): Extract<UserPage, { page: "waiting" }> => ({ page: "waiting", ticket: userTicket(l, { id: "T-1042", position: 1 }), code });
const codeShown = (left = 3): CodeView => ({ state: "shown", secret: "583921", until: NOW + 9 * MINUTE + 40_000, left });
const openSession = (l: Language): Extract<TechnicianSession, { stage: "open" }> => ({
  stage: "open",
  grant: grant("view"),
  words: WORDS,
  connected: true,
  peer_lost: false,
  screen: { width: 1280, height: 800 },
  keyboard: { mine: { layout: "us", variant: null }, theirs: { layout: "fr", variant: null }, choice: "automatic" },
  typing: null,
  requested: [],
  remark: null,
  chat: chat(l, true),
  clipboard: [],
});
const offline = { link: "offline", error: { code: "relay_unreachable" }, retry_at: NOW + 8_000 } as const;

/** An organisation that lets nobody in by a code. */
const NO_CODES = { name: "Ville de Clairval", relay: "wss://aide.clairval.example", codes: false } as const;

/** Every page, by a name that the gallery's address takes. */
export const samples = {
  offer: user(() => ({ page: "home", busy: false }), { offer: { name: "Assistance de l’Agglomération", relay: "wss://secours.example", replaces: "Ville de Clairval" } }),
  organisation: user(() => ({ page: "home", busy: false }), { organisation: null, link: { link: "idle" }, notice: { id: 1, error: { code: "bad_organisation" } } }),
  home: user(() => ({ page: "home", busy: false })),
  homeOffline: user(() => ({ page: "home", busy: false }), { link: offline }),
  homeHelp: user((l) => ({ page: "home", busy: false, help: { suggestions: suggestions(l), article: null, solved: false } })),
  article: user((l) => ({ page: "home", busy: false, help: { suggestions: suggestions(l), article: article(l), solved: false } })),
  thanks: user(() => ({ page: "home", busy: false, help: { suggestions: [], article: null, solved: true } })),
  waiting: user((l) => ({ page: "waiting", ticket: userTicket(l) })),
  homeNoCodes: user(() => ({ page: "home", busy: false }), { organisation: NO_CODES }),
  waitingOffline: user((l) => ({ page: "waiting", ticket: userTicket(l, { position: 1 }) }), { link: offline }),
  waitingTaken: user((l) => ({ page: "waiting", ticket: userTicket(l, { state: "taken", position: null, technician: CLAIRE }) })),
  code: user((l) => waiting(l, codeShown())),
  codeTried: user((l) => waiting(l, codeShown(2)), { notice: { id: 1, error: { code: "wrong_code_tried", params: { left: "2" } } } }),
  codeExpired: user((l) => waiting(l, { state: "expired" })),
  codeSpent: user((l) => waiting(l, { state: "spent" }), { notice: { id: 1, error: { code: "wrong_code_tried", params: { left: "0" } } } }),
  consent: user(consent),
  consentNarrow: user((l) => ({
    ...consent(l),
    choices: { capabilities: ["control"], forbidden: ["clipboard"], time_boxes_ms: [15 * MINUTE], time_box_ms: 15 * MINUTE },
    warnings: ["first_time"],
    allow_from: NOW - 1,
  })),
  consentByCode: user((l) => ({ ...consent(l), card_until: null, warnings: ["not_verified"], allow_from: NOW - 1 })),
  consentNotAskedFor: user((l) => ({ ...consent(l), warnings: ["not_asked_for", "first_time"], allow_from: NOW - 1 })),
  consentCalling: user((l) => ({ ...consent(l), words: null })),
  untrusted: user((l) => ({ page: "waiting", ticket: userTicket(l) }), { notice: { id: 1, error: { code: "untrusted", params: { what: "card", fault: "expired" } } } }),
  waitingRevoked: user((l) => ({ page: "waiting", ticket: userTicket(l, { state: "taken", position: null, technician: CLAIRE, receipt }), receipt: { state: "ready" } }), { notice: { id: 1, error: { code: "card_revoked" } } }),
  session: user(userSession),
  sessionControl: user((l) => ({ ...userSession(l), grant: grant("view", "control", "clipboard"), clipboard: [{ at: NOW, to_technician: false, characters: 27, passed: true }] })),
  sessionByCode: user((l) => ({ ...userSession(l), by_code: true })),
  sessionQuestion: user((l) => ({ ...userSession(l), question: { capability: "control", answer_by: NOW + 41_000 } })),
  sessionNoMore: user((l) => ({ ...userSession(l), grant: grant(), forbidden: ["clipboard"], latest: NOW + 29 * MINUTE })),
  sessionReporting: user((l) => ({ ...userSession(l), grant: grant() }), { report: { report: "considered", technician: CLAIRE.name, running: true } }),
  waitingStopped: user((l) => ({ page: "waiting", ticket: userTicket(l, { state: "taken", position: null, technician: CLAIRE, receipt }), receipt: { state: "ready" } })),
  waitingReported: user((l) => ({ page: "waiting", ticket: userTicket(l, { receipt }), abuse_reported: true, receipt: { state: "ready" } })),
  sessionLost: user((l) => ({ ...userSession(l), peer_lost: true })),
  finished: user((l) => ({
    page: "finished",
    ticket: userTicket(l, { state: "solved", position: null, technician: CLAIRE, receipt, message: l === "fr" ? "J’ai vidé la file d’impression.\nSi cela revient, éteignez l’imprimante une minute." : "I cleared the print queue.\nIf it comes back, switch the printer off for a minute." }),
    busy: false,
    receipt: { state: "ready" },
  })),
  withdrawn: user((l) => ({ page: "finished", ticket: userTicket(l, { state: "cancelled", position: null, receipt }), busy: false, receipt: { state: "ready" } })),
  signIn: technician(() => ({ page: "sign_in", busy: false, login: null, second_factor: false }), { notice: { id: 1, error: { code: "sign_in_failed" } } }),
  queue: technician((l) => ({ page: "queue", person: CLAIRE_SIGNED_IN, card: GOOD, tickets: queue(l), detail: detail(l), busy: false })),
  queueEmpty: technician(() => ({ page: "queue", person: CLAIRE_SIGNED_IN, card: GOOD, tickets: [], detail: null, busy: false })),
  queueCardless: technician((l) => ({ page: "queue", person: CLAIRE_SIGNED_IN, card: needed(), tickets: queue(l), detail: detail(l), busy: false })),
  queueCardlessNoCodes: technician((l) => ({ page: "queue", person: CLAIRE_SIGNED_IN, card: needed(), tickets: queue(l), detail: detail(l), busy: false }), { organisation: NO_CODES }),
  queueCardExpired: technician((l) => ({ page: "queue", person: CLAIRE_SIGNED_IN, card: needed({ fault: "expired", requested: false }), tickets: queue(l), detail: detail(l), busy: false })),
  queueCardExpiring: technician((l) => ({ page: "queue", person: CLAIRE_SIGNED_IN, card: { card: "expiring", until: NOW + 6 * DAY }, tickets: queue(l), detail: detail(l), busy: false })),
  calling: ticket(() => ({ stage: "asking", answer_by: NOW + 58_000, words: null })),
  asking: ticket(() => ({ stage: "asking", answer_by: NOW + 47_000, words: WORDS })),
  remote: ticket(openSession),
  remoteControl: ticket((l) => ({ ...openSession(l), grant: grant("view", "control", "clipboard"), clipboard: [{ at: NOW, to_technician: true, characters: 12, passed: true }] })),
  remoteRefused: ticket((l) => ({ ...openSession(l), requested: ["control"], remark: { remark: "refused", capability: "control", timed_out: true } })),
  remoteReplies: ticket(openSession, { replies: REPLIES }),
  remotePaused: ticket((l) => ({ ...openSession(l), grant: grant(), remark: { remark: "withdrawn", capability: "view", reason: "by_user" } })),
  remoteLost: ticket((l) => ({ ...openSession(l), peer_lost: true })),
  over: ticket(() => ({ stage: "over", reason: "stopped_by_user" })),
  overWrongCode: ticket(() => ({ stage: "over", reason: "wrong_code" }), { card: needed() }),
  overUntrusted: ticket(() => ({ stage: "over", reason: "untrusted" }), { card: needed({ fault: "foreign" }) }),
  overRevoked: ticket(() => ({ stage: "over", reason: "card_revoked" }), { card: needed({ fault: "revoked", requested: false }) }),
} satisfies Record<string, Sample>;
