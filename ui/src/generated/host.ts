// Generated from src-tauri by `cargo xtask generate`. Do not edit.

import type {
  ArticleId,
  CannedReply,
  Capability,
  CardFault,
  CodeSecret,
  EndReason,
  Grant,
  Impact,
  InputDenied,
  KeyboardLayout,
  Language,
  Left,
  Level,
  Line,
  Password,
  Person,
  QueueEntry,
  SecondFactorCode,
  SessionInfo,
  ShownArticle,
  Stated,
  Suggestion,
  Technician,
  Text,
  TicketDetail,
  TicketId,
  TypedText,
  Typing,
  UnixMillis,
  Urgency,
  UserTicket,
  WireError,
  Withdrawn,
  Words,
} from './protocol';

export type Theme = "system" | "light" | "dark";

export type OrganisationView = { 
/**
 * Its name.
 */
name: string, 
/**
 * The relay that is used.
 */
relay: string, 
/**
 * Does it let anybody in by a code?
 */
codes: boolean, };

export type OfferView = { 
/**
 * Its name.
 */
name: string, 
/**
 * The relay that would be used.
 */
relay: string, 
/**
 * Name of the organisation that it would take the place of; none when there is none.
 */
replaces: string | null, };

export type ReportView = { "report": "considered", 
/**
 * Whom it is about.
 */
technician: Line, 
/**
 * Their session is on; it would end.
 */
running: boolean, } | { "report": "closed" };

export type Link = { "link": "idle" } | { "link": "connecting" } | { "link": "online" } | { "link": "offline", 
/**
 * Why.
 */
error: WireError, 
/**
 * Next attempt.
 */
retry_at: UnixMillis, };

export type Notice = { 
/**
 * Grows with each, so that the same error twice is two.
 */
id: number, 
/**
 * What went wrong.
 */
error: WireError, };

export type Question = { 
/**
 * For what.
 */
capability: Capability, 
/**
 * No answer by then is a refusal.
 */
answer_by: UnixMillis, };

export type ChatLine = { 
/**
 * Grows.
 */
id: number, 
/**
 * Written here, or there?
 */
mine: boolean, 
/**
 * When.
 */
at: UnixMillis, 
/**
 * The text.
 */
text: string, };

export type ClipboardLine = { 
/**
 * When.
 */
at: UnixMillis, 
/**
 * To the technician (true), or from them?
 */
to_technician: boolean, 
/**
 * Its length in characters.
 */
characters: number, 
/**
 * False when it was too long, and not passed on.
 */
passed: boolean, };

export type ScreenView = { 
/**
 * Pixels across.
 */
width: number, 
/**
 * Pixels down.
 */
height: number, };

export type KeyboardView = { 
/**
 * Layout of the technician's; none when it is not known.
 */
mine: KeyboardLayout | null, 
/**
 * Layout of the user's; none when it is not known.
 */
theirs: KeyboardLayout | null, 
/**
 * What the technician chose for this session.
 */
choice: KeyModeChoice, };

export type KeyModeChoice = "automatic" | "physical" | "character";

export type Remark = { "remark": "refused", 
/**
 * To what.
 */
capability: Capability, 
/**
 * By silence.
 */
timed_out: boolean, } | { "remark": "withdrawn", 
/**
 * What.
 */
capability: Capability, 
/**
 * Why.
 */
reason: Withdrawn, } | { "remark": "input_denied", 
/**
 * Why.
 */
reason: InputDenied, } | { "remark": "copied_too_long", 
/**
 * The technician copied it (true), or the user.
 */
mine: boolean, 
/**
 * Its length in characters.
 */
characters: number, };

export type ConsentChoices = { 
/**
 * What can be allowed beside seeing.
 */
capabilities: Array<Capability>, 
/**
 * What the organisation does not let them allow.
 */
forbidden: Array<Capability>, 
/**
 * For how long, in milliseconds, growing; at least one.
 */
time_boxes_ms: Array<number>, 
/**
 * The one that is chosen before they choose.
 */
time_box_ms: number, };

export type ConsentWarning = "first_time" | "not_verified" | "not_asked_for";

export type CodeView = { "state": "shown", 
/**
 * Its second part; the first is the ticket's number.
 */
secret: CodeSecret, 
/**
 * Until then.
 */
until: UnixMillis, 
/**
 * How often it can still be tried.
 */
left: number, } | { "state": "expired" } | { "state": "spent" };

export type ReceiptView = { "state": "none" } | { "state": "ready" } | { "state": "busy" } | { "state": "saved", 
/**
 * The file's name.
 */
file: string, };

export type UserPage = { "page": "home", 
/**
 * The request is on its way.
 */
busy: boolean, 
/**
 * Articles that may do instead; none when there are none.
 */
help?: HelpView, } | { "page": "waiting", 
/**
 * The ticket.
 */
ticket: UserTicket, 
/**
 * The user reported the last session as abuse.
 */
abuse_reported?: boolean, 
/**
 * The receipt of the last session, to save.
 */
receipt?: ReceiptView, 
/**
 * The code for a technician on the telephone, when the person asked for one.
 */
code?: CodeView, } | { "page": "consent", 
/**
 * The ticket.
 */
ticket: UserTicket, 
/**
 * Who, and what they ask.
 */
session: SessionInfo, 
/**
 * The answer is on its way.
 */
busy: boolean, 
/**
 * What can be chosen.
 */
choices: ConsentChoices, 
/**
 * What the person should think of before they allow anything.
 */
warnings: Array<ConsentWarning>, 
/**
 * Because of the warnings *Allow* works only from then on.
 */
allow_from: UnixMillis | null, 
/**
 * The words on both screens.
 */
words: Words | null, 
/**
 * The technician's card is good until then; none when they came with a code, so that their name is only what they
 * and the relay say.
 */
card_until: UnixMillis | null, } | { "page": "session", 
/**
 * The ticket.
 */
ticket: UserTicket, 
/**
 * Who helps.
 */
technician: Technician, 
/**
 * They came with a code: their name is only what they and the relay say.
 */
by_code?: boolean, 
/**
 * The words on both screens.
 */
words: Words | null, 
/**
 * What is allowed.
 */
grant: Grant, 
/**
 * What the organisation does not let the user allow.
 */
forbidden: Array<Capability>, 
/**
 * No extension goes beyond this; none when there is no such end.
 */
latest: UnixMillis | null, 
/**
 * Are the two machines connected?
 */
connected: boolean, 
/**
 * The technician's side is not heard.
 */
peer_lost: boolean, 
/**
 * The technician asks for more.
 */
question: Question | null, 
/**
 * What was written, oldest first.
 */
chat: Array<ChatLine>, 
/**
 * The last texts that went through the clipboard, newest last, at most 5.
 */
clipboard: Array<ClipboardLine>, } | { "page": "finished", 
/**
 * The ticket with its receipt.
 */
ticket: UserTicket, 
/**
 * The user reported the last session as abuse.
 */
abuse_reported?: boolean, 
/**
 * The answer is on its way.
 */
busy: boolean, 
/**
 * The receipt to save.
 */
receipt: ReceiptView, };

export type TechnicianSession = { "stage": "asking", 
/**
 * The relay stops waiting then.
 */
answer_by: UnixMillis, 
/**
 * The words on both screens; none before the user's machine has answered.
 */
words: Words | null, } | { "stage": "open", 
/**
 * What is allowed, on this machine's clock.
 */
grant: Grant, 
/**
 * The words on both screens.
 */
words: Words | null, 
/**
 * Are the two machines connected?
 */
connected: boolean, 
/**
 * The user's side is not heard.
 */
peer_lost: boolean, 
/**
 * The shared screen; none before the first picture.
 */
screen: ScreenView | null, 
/**
 * Both keyboards.
 */
keyboard: KeyboardView, 
/**
 * The text that is typed on the user's machine, or was until it is dismissed.
 */
typing: Typing | null, 
/**
 * What was asked of the user and is not answered yet.
 */
requested: Array<Capability>, 
/**
 * The last answer, or why something is no longer allowed or was not carried out.
 */
remark: Remark | null, 
/**
 * What was written, oldest first.
 */
chat: Array<ChatLine>, 
/**
 * The last texts that went through the clipboard, newest last, at most 5.
 */
clipboard: Array<ClipboardLine>, } | { "stage": "over", 
/**
 * How the last one ended.
 */
reason: EndReason | null, };

export type TechnicianPage = { "page": "sign_in", 
/**
 * On its way.
 */
busy: boolean, 
/**
 * The name that signed in last.
 */
login: string | null, 
/**
 * The password was right, and the code of the second factor is asked for.
 */
second_factor: boolean, } | { "page": "queue", 
/**
 * Who is signed in.
 */
person: Person, 
/**
 * The card of this device.
 */
card: CardView, 
/**
 * In order of work: priority, then age.
 */
tickets: Array<QueueEntry>, 
/**
 * The ticket that is looked at.
 */
detail: TicketDetail | null, 
/**
 * The ticket that was looked at until it left the queue.
 */
gone?: GoneTicket, 
/**
 * A request (take, note) is on its way.
 */
busy: boolean, } | { "page": "ticket", 
/**
 * Who is signed in.
 */
person: Person, 
/**
 * The card of this device.
 */
card: CardView, 
/**
 * The ticket.
 */
detail: TicketDetail, 
/**
 * How many others wait.
 */
waiting: number, 
/**
 * Where the session stands.
 */
session: TechnicianSession, 
/**
 * Canned replies, while they are looked for.
 */
replies?: Array<CannedReply>, 
/**
 * A draft article was made of this ticket and is kept.
 */
drafted?: boolean, 
/**
 * A request (ask again, note, draft, wrap-up) is on its way.
 */
busy: boolean, };

export type CardView = { "card": "good", 
/**
 * Until then.
 */
until: UnixMillis, } | { "card": "expiring", 
/**
 * Until then.
 */
until: UnixMillis, } | { "card": "needed", 
/**
 * Why.
 */
fault: CardFault, 
/**
 * What the organisation must see when it signs: the beginning of this device's key.
 */
fingerprint: string, 
/**
 * The relay keeps our request.
 */
requested: boolean, };

export type GoneTicket = { 
/**
 * Its number.
 */
id: TicketId, 
/**
 * What it asks.
 */
summary: Line, 
/**
 * Where it went.
 */
why: Left, };

export type HelpView = { 
/**
 * Articles that may answer what is being written, best first.
 */
suggestions: Array<Suggestion>, 
/**
 * The one that is read.
 */
article: ShownArticle | null, 
/**
 * One of them solved it.
 */
solved: boolean, };

export type Side = { "role": "user", } & ({ "page": "home", 
/**
 * The request is on its way.
 */
busy: boolean, 
/**
 * Articles that may do instead; none when there are none.
 */
help?: HelpView, } | { "page": "waiting", 
/**
 * The ticket.
 */
ticket: UserTicket, 
/**
 * The user reported the last session as abuse.
 */
abuse_reported?: boolean, 
/**
 * The receipt of the last session, to save.
 */
receipt?: ReceiptView, 
/**
 * The code for a technician on the telephone, when the person asked for one.
 */
code?: CodeView, } | { "page": "consent", 
/**
 * The ticket.
 */
ticket: UserTicket, 
/**
 * Who, and what they ask.
 */
session: SessionInfo, 
/**
 * The answer is on its way.
 */
busy: boolean, 
/**
 * What can be chosen.
 */
choices: ConsentChoices, 
/**
 * What the person should think of before they allow anything.
 */
warnings: Array<ConsentWarning>, 
/**
 * Because of the warnings *Allow* works only from then on.
 */
allow_from: UnixMillis | null, 
/**
 * The words on both screens.
 */
words: Words | null, 
/**
 * The technician's card is good until then; none when they came with a code, so that their name is only what they
 * and the relay say.
 */
card_until: UnixMillis | null, } | { "page": "session", 
/**
 * The ticket.
 */
ticket: UserTicket, 
/**
 * Who helps.
 */
technician: Technician, 
/**
 * They came with a code: their name is only what they and the relay say.
 */
by_code?: boolean, 
/**
 * The words on both screens.
 */
words: Words | null, 
/**
 * What is allowed.
 */
grant: Grant, 
/**
 * What the organisation does not let the user allow.
 */
forbidden: Array<Capability>, 
/**
 * No extension goes beyond this; none when there is no such end.
 */
latest: UnixMillis | null, 
/**
 * Are the two machines connected?
 */
connected: boolean, 
/**
 * The technician's side is not heard.
 */
peer_lost: boolean, 
/**
 * The technician asks for more.
 */
question: Question | null, 
/**
 * What was written, oldest first.
 */
chat: Array<ChatLine>, 
/**
 * The last texts that went through the clipboard, newest last, at most 5.
 */
clipboard: Array<ClipboardLine>, } | { "page": "finished", 
/**
 * The ticket with its receipt.
 */
ticket: UserTicket, 
/**
 * The user reported the last session as abuse.
 */
abuse_reported?: boolean, 
/**
 * The answer is on its way.
 */
busy: boolean, 
/**
 * The receipt to save.
 */
receipt: ReceiptView, }) | { "role": "technician", } & ({ "page": "sign_in", 
/**
 * On its way.
 */
busy: boolean, 
/**
 * The name that signed in last.
 */
login: string | null, 
/**
 * The password was right, and the code of the second factor is asked for.
 */
second_factor: boolean, } | { "page": "queue", 
/**
 * Who is signed in.
 */
person: Person, 
/**
 * The card of this device.
 */
card: CardView, 
/**
 * In order of work: priority, then age.
 */
tickets: Array<QueueEntry>, 
/**
 * The ticket that is looked at.
 */
detail: TicketDetail | null, 
/**
 * The ticket that was looked at until it left the queue.
 */
gone?: GoneTicket, 
/**
 * A request (take, note) is on its way.
 */
busy: boolean, } | { "page": "ticket", 
/**
 * Who is signed in.
 */
person: Person, 
/**
 * The card of this device.
 */
card: CardView, 
/**
 * The ticket.
 */
detail: TicketDetail, 
/**
 * How many others wait.
 */
waiting: number, 
/**
 * Where the session stands.
 */
session: TechnicianSession, 
/**
 * Canned replies, while they are looked for.
 */
replies?: Array<CannedReply>, 
/**
 * A draft article was made of this ticket and is kept.
 */
drafted?: boolean, 
/**
 * A request (ask again, note, draft, wrap-up) is on its way.
 */
busy: boolean, });

export type View = { 
/**
 * Language of the interface.
 */
language: Language, 
/**
 * Colours of the interface.
 */
theme: Theme, 
/**
 * The program's version.
 */
version: string, 
/**
 * Whom this installation belongs to; none before the organisation file was imported.
 */
organisation: OrganisationView | null, 
/**
 * The connection to the relay.
 */
link: Link, 
/**
 * Something went wrong; shown until dismissed.
 */
notice: Notice | null, 
/**
 * A link from outside would set this program up; shown until answered.
 */
offer: OfferView | null, 
/**
 * A report of abuse that the person thinks about, whatever page lies below.
 */
report?: ReportView, 
/**
 * Who this person says they are.
 */
stated: Stated, 
/**
 * Which side is shown, and where it stands.
 */
side: Side, };

export type PictureAddress = { 
/**
 * `ws://127.0.0.1:port/`.
 */
url: string, 
/**
 * First message to send.
 */
token: string, 
/**
 * The app can paint the picture itself, where the page says.
 */
surface: boolean, };

export type Placed = { 
/**
 * Width of the page.
 */
across: number, 
/**
 * All that is the picture's, with what is left free around it.
 */
stage: [number, number, number, number], 
/**
 * The picture. May reach beyond the stage, which cuts it then.
 */
picture: [number, number, number, number], 
/**
 * The app paints the user's pointer, too.
 */
pointer: boolean, 
/**
 * What of the page lies over the stage, and is seen over the picture.
 */
covers: Array<[number, number, number, number]>, 
/**
 * The app paints this over the picture, too.
 */
ring: Ring | null, };

export type Ring = { 
/**
 * Its sides, which may overlap at the corners.
 */
sides: [[number, number, number, number], [number, number, number, number], [number, number, number, number], [number, number, number, number]], 
/**
 * Red, green, blue.
 */
colour: [number, number, number], 
/**
 * Dashed: length of a dash, and of what is free after it, in CSS pixels.
 */
dash: number | null, };

export type Place = { "surface": "here" } & Placed | { "surface": "none" };

export type Action = { "action": "import_organisation", 
/**
 * File content or `renfort://import/…`.
 */
text: string, } | { "action": "choose_organisation_file" } | { "action": "answer_offer", 
/**
 * Yes or no.
 */
accept: boolean, } | { "action": "set_language", 
/**
 * To this.
 */
language: Language, } | { "action": "set_theme", 
/**
 * To this.
 */
theme: Theme, } | { "action": "set_name", 
/**
 * To be shown to technicians.
 */
name: Line, } | { "action": "be_technician" } | { "action": "be_user" } | { "action": "dismiss_notice" } | { "action": "reconnect" } | { "action": "suggest", 
/**
 * What is written so far; none when that is too little.
 */
text: Line | null, } | { "action": "read_article", 
/**
 * Which.
 */
article: ArticleId, } | { "action": "close_article" } | { "action": "article_solved" } | { "action": "not_solved_after_all" } | { "action": "leave_thanks" } | { "action": "request_help", 
/**
 * In their words.
 */
summary: Line, 
/**
 * How many are stuck.
 */
impact: Impact, 
/**
 * How badly.
 */
urgency: Urgency, } | { "action": "cancel_ticket" } | { "action": "show_code", 
/**
 * Of the ticket that is opened for it, when the person has none.
 */
summary: Line, } | { "action": "hide_code" } | { "action": "answer_consent", 
/**
 * Yes or no.
 */
allow: boolean, 
/**
 * What is allowed; of no meaning for a no.
 */
capabilities: Array<Capability>, 
/**
 * For how long, in milliseconds; of no meaning for a no.
 */
time_box_ms: number, } | { "action": "answer_request", 
/**
 * To what.
 */
capability: Capability, 
/**
 * Yes or no.
 */
allow: boolean, 
/**
 * Together with control: may copied texts be exchanged, too? Of no meaning otherwise.
 */
clipboard: boolean, } | { "action": "allow", 
/**
 * What.
 */
capability: Capability, } | { "action": "consider_report" } | { "action": "drop_report" } | { "action": "report_gone" } | { "action": "report_abuse", 
/**
 * In their words.
 */
sentence: Text | null, } | { "action": "withdraw", 
/**
 * What.
 */
capability: Capability, } | { "action": "extend" } | { "action": "stop" } | { "action": "feedback", 
/**
 * Yes or no.
 */
solved: boolean, } | { "action": "leave" } | { "action": "save_receipt", 
/**
 * Minutes by which the person's clock is before UTC.
 */
utc_offset: number, } | { "action": "sign_in", 
/**
 * Name.
 */
login: Line, 
/**
 * Password.
 */
password: Password, 
/**
 * The code of the second factor, once it was asked for.
 */
second_factor?: SecondFactorCode, } | { "action": "request_card" } | { "action": "sign_out" } | { "action": "show_ticket", 
/**
 * Which.
 */
ticket: TicketId | null, } | { "action": "take_ticket", 
/**
 * Which.
 */
ticket: TicketId, } | { "action": "take_by_code", 
/**
 * The code's first part.
 */
ticket: TicketId, 
/**
 * The code's second part.
 */
secret: CodeSecret, } | { "action": "ask_again" } | { "action": "withdraw_question" } | { "action": "request", 
/**
 * What.
 */
capability: Capability, } | { "action": "give_back", 
/**
 * What.
 */
capability: Capability, } | { "action": "choose_key_mode", 
/**
 * By themselves, or so.
 */
choice: KeyModeChoice, } | { "action": "type_text", 
/**
 * The text.
 */
text: TypedText, } | { "action": "stop_typing" } | { "action": "add_note", 
/**
 * The note.
 */
text: Text, } | { "action": "show_replies" } | { "action": "hide_replies" } | { "action": "draft_article", 
/**
 * In this language.
 */
language: Language, 
/**
 * Title.
 */
title: Line, 
/**
 * Markdown.
 */
body: Text, } | { "action": "end_session" } | { "action": "wrap_up", 
/**
 * For the user.
 */
message: Text | null, 
/**
 * For colleagues.
 */
note: Text | null, } & ({ "outcome": "solved" } | { "outcome": "not_solved" } | { "outcome": "escalated", 
/**
 * The level that takes over.
 */
to: Level, }) | { "action": "chat", 
/**
 * The text.
 */
text: Text, };
