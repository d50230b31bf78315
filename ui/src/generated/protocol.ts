// Generated from relay/protocol by `cargo xtask generate`. Do not edit.

export type UnixMillis = number;

export type TicketId = string;

export type PersonId = number;

export type SessionId = string;

export type RequestId = string;

export type DeviceKey = string;

export type Nonce = string;

export type Signature = string;

export type Token = string;

export type Level = 1 | 2 | 3;

export type Role = { "role": "technician", 
/**
 * The queue they work on.
 */
level: Level, } | { "role": "supervisor" } | { "role": "administrator" };

export type Person = { 
/**
 * The account.
 */
id: PersonId, 
/**
 * As shown to users and colleagues.
 */
name: Line, } & ({ "role": "technician", 
/**
 * The queue they work on.
 */
level: Level, } | { "role": "supervisor" } | { "role": "administrator" });

export type Technician = { 
/**
 * The account.
 */
id: PersonId, 
/**
 * Their name.
 */
name: Line, 
/**
 * Their level.
 */
level: Level, };

export type Stated = { 
/**
 * The person's name as their session on the machine gives it, or as they typed it.
 */
name: Line, 
/**
 * The machine's name.
 */
machine: Line, };

export type Impact = "person" | "team" | "organisation";

export type Urgency = "low" | "medium" | "high";

export type Priority = 1 | 2 | 3 | 4 | 5;

export type Outcome = { "outcome": "solved" } | { "outcome": "not_solved" } | { "outcome": "escalated", 
/**
 * The level that takes over.
 */
to: Level, };

export type TicketState = "waiting" | "taken" | "solved" | "not_solved" | "cancelled";

export type Note = { 
/**
 * When.
 */
at: UnixMillis, 
/**
 * Who wrote it.
 */
author: Technician, 
/**
 * The text.
 */
text: Text, };

export type UserTicket = { 
/**
 * Its number.
 */
id: TicketId, 
/**
 * What was asked.
 */
summary: Line, 
/**
 * When it was opened.
 */
opened_at: UnixMillis, 
/**
 * Where it stands.
 */
state: TicketState, 
/**
 * Place in the queue, 1 is next; only while waiting.
 */
position: number | null, 
/**
 * Who has it.
 */
technician: Technician | null, 
/**
 * What the technician wrote for the user at the end.
 */
message: Text | null, 
/**
 * The last session on it, told plainly.
 */
receipt: Receipt | null, 
/**
 * What the user answered to "solved?".
 */
feedback: boolean | null, };

export type QueueEntry = { 
/**
 * Its number.
 */
id: TicketId, 
/**
 * What was asked.
 */
summary: Line, 
/**
 * Who asks.
 */
user: Stated, 
/**
 * The user's language (BCP 47), to be greeted in it.
 */
language: Language, 
/**
 * How many are stuck.
 */
impact: Impact, 
/**
 * How badly.
 */
urgency: Urgency, 
/**
 * Both, as one number.
 */
priority: Priority, 
/**
 * The level whose queue it is in.
 */
level: Level, 
/**
 * Where it stands.
 */
state: TicketState, 
/**
 * When it was opened.
 */
opened_at: UnixMillis, 
/**
 * Since when it waits in this queue (an escalated ticket waits anew).
 */
waiting_since: UnixMillis, 
/**
 * How often it came back.
 */
reopened: number, 
/**
 * Is the user's app connected now?
 */
user_online: boolean, 
/**
 * Who has it.
 */
technician: Technician | null, };

export type TicketDetail = { 
/**
 * As in the queue.
 */
entry: QueueEntry, 
/**
 * Oldest first.
 */
notes: Array<Note>, 
/**
 * Sessions so far, oldest first.
 */
sessions: Array<Receipt>, 
/**
 * The same device's earlier tickets, newest first, at most 20.
 */
earlier: Array<EarlierTicket>, };

export type EarlierTicket = { 
/**
 * Its number.
 */
id: TicketId, 
/**
 * What was asked.
 */
summary: Line, 
/**
 * When.
 */
opened_at: UnixMillis, 
/**
 * How it ended, or where it stands.
 */
state: TicketState, 
/**
 * What the technician wrote for the user.
 */
message: Text | null, };

export type Language = "en" | "fr";

export type Receipt = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * Who helped.
 */
technician: Technician, 
/**
 * When the user said yes.
 */
started_at: UnixMillis, 
/**
 * When it ended; none while it goes on.
 */
ended_at: UnixMillis | null, 
/**
 * Time the screen was seen, in milliseconds.
 */
viewed_ms: number, 
/**
 * Time control was held, in milliseconds.
 */
controlled_ms: number, 
/**
 * What was done.
 */
counts: Counts, 
/**
 * How the technician ended it.
 */
outcome: Outcome | null, };

export type Counts = { 
/**
 * Keys pressed.
 */
keys: number, 
/**
 * Buttons pressed.
 */
clicks: number, 
/**
 * Texts the technician put into the user's clipboard.
 */
clipboard_to_user: number, 
/**
 * Texts the technician received from the user's clipboard.
 */
clipboard_from_user: number, 
/**
 * Chat messages, both ways.
 */
chat: number, };

export type Capability = "view" | "control" | "clipboard";

export type Grant = { 
/**
 * The session it belongs to.
 */
session: SessionId, 
/**
 * The ticket that the session belongs to.
 */
ticket: TicketId, 
/**
 * Whom it was given to.
 */
technician: PersonId, 
/**
 * What is allowed.
 */
capabilities: Array<Capability>, 
/**
 * When it ends, on the user's clock.
 */
expires_at: UnixMillis, };

export type Code = "malformed" | "too_large" | "too_fast" | "wrong_version" | "out_of_order" | "not_allowed" | "sign_in_failed" | "sign_in_limited" | "sign_in_expired" | "bad_signature" | "unknown_ticket" | "unknown_session" | "already_taken" | "ticket_open" | "ticket_closed" | "user_offline" | "session_open" | "bad_escalation" | "grant_expired" | "not_granted" | "not_recorded" | "busy" | "shutting_down" | "replaced" | "bad_organisation" | "relay_unreachable" | "relay_untrusted" | "peer_lost" | "no_screen" | "no_input" | "store_failed" | "internal";

export type WireError = { 
/**
 * What went wrong.
 */
code: Code, 
/**
 * What its wording needs.
 */
params?: { [key in string]: string }, };

export type Organisation = { 
/**
 * Version of this form: 1.
 */
version: number, 
/**
 * As shown to users.
 */
name: Line, 
/**
 * Addresses of the relays, `wss://host[:port]` (or `ws://` on loopback), tried in order.
 */
relays: Array<string>, 
/**
 * The organisation's public key; an installation pins it.
 */
key: DeviceKey, 
/**
 * When it was signed.
 */
issued_at: UnixMillis, };

export type OrganisationFile = { 
/**
 * What is declared.
 */
organisation: Organisation, 
/**
 * By the key inside.
 */
signature: Signature, };

export type Withdrawn = "by_user" | "by_technician" | "expired" | "session_ended" | "peer_lost";

export type InputDenied = "not_granted" | "expired" | "own_window" | "paused" | "failed";

export type ReportedEvent = { "event": "connected", 
/**
 * Capture backend that is used (`x11`, `scrap`).
 */
capture: string, 
/**
 * Video codec that is used (`h264`).
 */
codec: string, } | { "event": "first_picture", 
/**
 * Milliseconds from the grant to the picture.
 */
after_ms: number, } | { "event": "peer_lost" } | { "event": "peer_back", 
/**
 * How long it was away, in milliseconds.
 */
after_ms: number, } | { "event": "requested", 
/**
 * What was asked.
 */
capability: Capability, } | { "event": "allowed", 
/**
 * What was allowed.
 */
capability: Capability, } | { "event": "refused", 
/**
 * What was refused.
 */
capability: Capability, 
/**
 * No answer came.
 */
timed_out: boolean, } | { "event": "withdrawn", 
/**
 * What.
 */
capability: Capability, 
/**
 * Why.
 */
reason: Withdrawn, } | { "event": "extended", 
/**
 * The new end.
 */
expires_at: UnixMillis, } | { "event": "counted", 
/**
 * How much.
 */
counts: Counts, } | { "event": "input_denied", 
/**
 * Why.
 */
reason: InputDenied, 
/**
 * How often.
 */
times: number, } | { "event": "stopped" } | { "event": "failed", 
/**
 * The error's code.
 */
code: Code, };

export type Button = "left" | "middle" | "right" | "back" | "forward";

export type InputEvent = { "input": "move", 
/**
 * Grows with each move of this session.
 */
order: number, 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, } | { "input": "button", 
/**
 * Which.
 */
button: Button, 
/**
 * Down or up.
 */
pressed: boolean, 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, } | { "input": "wheel", 
/**
 * Sideways.
 */
dx: number, 
/**
 * Up and down.
 */
dy: number, 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, } | { "input": "key", 
/**
 * The physical key, `KeyboardEvent.code` (W3C UI Events KeyboardEvent code Values), for example `KeyA`.
 */
code: string, 
/**
 * What it means there, `KeyboardEvent.key`: one character, or a named key, for example `a`, `Enter`.
 */
key: string, 
/**
 * Down or up.
 */
pressed: boolean, } | { "input": "release_all" };

export type ClipboardText = string;

export type FromViewer = { "type": "hello", 
/**
 * [`crate::VERSION`].
 */
version: number, } | { "type": "heartbeat" } | { "type": "request", 
/**
 * What.
 */
capability: Capability, } | { "type": "give_back", 
/**
 * What.
 */
capability: Capability, } | { "type": "input", } & ({ "input": "move", 
/**
 * Grows with each move of this session.
 */
order: number, 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, } | { "input": "button", 
/**
 * Which.
 */
button: Button, 
/**
 * Down or up.
 */
pressed: boolean, 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, } | { "input": "wheel", 
/**
 * Sideways.
 */
dx: number, 
/**
 * Up and down.
 */
dy: number, 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, } | { "input": "key", 
/**
 * The physical key, `KeyboardEvent.code` (W3C UI Events KeyboardEvent code Values), for example `KeyA`.
 */
code: string, 
/**
 * What it means there, `KeyboardEvent.key`: one character, or a named key, for example `a`, `Enter`.
 */
key: string, 
/**
 * Down or up.
 */
pressed: boolean, } | { "input": "release_all" }) | { "type": "clipboard", 
/**
 * The text.
 */
text: ClipboardText, } | { "type": "chat", 
/**
 * The text.
 */
text: Text, } | { "type": "bye" };

export type FromSharer = { "type": "hello", 
/**
 * [`crate::VERSION`].
 */
version: number, } | { "type": "heartbeat" } | { "type": "granted", 
/**
 * The grant.
 */
grant: Grant, 
/**
 * The sharer's clock, so that the viewer can show the time left without trusting its own.
 */
now: UnixMillis, } | { "type": "refused", 
/**
 * What was asked.
 */
capability: Capability, 
/**
 * The user did not answer.
 */
timed_out: boolean, } | { "type": "withdrawn", 
/**
 * What.
 */
capability: Capability, 
/**
 * Why.
 */
reason: Withdrawn, } | { "type": "screen", 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, } | { "type": "pointer", 
/**
 * Grows with each.
 */
order: number, 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, } | { "type": "input_denied", 
/**
 * Why.
 */
reason: InputDenied, } | { "type": "clipboard", 
/**
 * The text.
 */
text: ClipboardText, } | { "type": "chat", 
/**
 * The text.
 */
text: Text, } | { "type": "bye", 
/**
 * Why, when it is an error.
 */
error: WireError | null, };

export type Password = string;

export type Identity = { "as": "user", 
/**
 * The person's name as their session on the machine gives it, or as they typed it.
 */
name: Line, 
/**
 * The machine's name.
 */
machine: Line, } | { "as": "password", 
/**
 * The account's sign-in name.
 */
login: Line, 
/**
 * Their password.
 */
password: Password, } | { "as": "token", 
/**
 * From [`FromRelay::Welcome`].
 */
token: Token, };

export type Signal = { "signal": "offer", 
/**
 * Counts the attempts of this session from 1; answers and candidates of an older one are dropped.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, } | { "signal": "answer", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, } | { "signal": "candidate", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * `candidate:` line.
 */
candidate: Line, 
/**
 * Media section's id.
 */
mid: Line | null, 
/**
 * Media section's index.
 */
index: number | null, } | { "signal": "restart" };

export type Sdp = string;

export type ConsentAnswer = { "answer": "allow", 
/**
 * What is allowed; must hold [`crate::grant::Capability::View`] and nothing that was not asked.
 */
capabilities: Array<Capability>, 
/**
 * Until when.
 */
expires_at: UnixMillis, } | { "answer": "refuse", 
/**
 * Nobody answered.
 */
timed_out: boolean, };

export type EndReason = "stopped_by_user" | "ended_by_technician" | "refused" | "timed_out" | "withdrawn" | "expired" | "lost" | "failed";

export type ToRelay = { "type": "hello", 
/**
 * [`crate::VERSION`].
 */
version: number, 
/**
 * This installation.
 */
device: DeviceKey, 
/**
 * By `device` over [`hello_bytes`].
 */
signature: Signature, 
/**
 * Who connects.
 */
identity: Identity, 
/**
 * Language of the interface.
 */
language: Language, } | { "type": "open_ticket", 
/**
 * So that it is opened once.
 */
request: RequestId, 
/**
 * In the user's words.
 */
summary: Line, 
/**
 * How many are stuck.
 */
impact: Impact, 
/**
 * How badly.
 */
urgency: Urgency, } | { "type": "cancel_ticket", 
/**
 * Which.
 */
ticket: TicketId, } | { "type": "feedback", 
/**
 * Which.
 */
ticket: TicketId, 
/**
 * Yes or no.
 */
solved: boolean, } | { "type": "answer_consent", 
/**
 * To which question.
 */
session: SessionId, } & ({ "answer": "allow", 
/**
 * What is allowed; must hold [`crate::grant::Capability::View`] and nothing that was not asked.
 */
capabilities: Array<Capability>, 
/**
 * Until when.
 */
expires_at: UnixMillis, } | { "answer": "refuse", 
/**
 * Nobody answered.
 */
timed_out: boolean, }) | { "type": "take_ticket", 
/**
 * Which.
 */
ticket: TicketId, } | { "type": "ask_again", 
/**
 * Which.
 */
ticket: TicketId, } | { "type": "show_ticket", 
/**
 * Which.
 */
ticket: TicketId, } | { "type": "add_note", 
/**
 * To which.
 */
ticket: TicketId, 
/**
 * The note.
 */
text: Text, } | { "type": "wrap_up", 
/**
 * Which.
 */
ticket: TicketId, 
/**
 * For the user, in plain language.
 */
message: Text | null, 
/**
 * For colleagues.
 */
note: Text | null, } & ({ "outcome": "solved" } | { "outcome": "not_solved" } | { "outcome": "escalated", 
/**
 * The level that takes over.
 */
to: Level, }) | { "type": "end_session", 
/**
 * Which.
 */
session: SessionId, 
/**
 * Why.
 */
reason: EndReason, } | { "type": "signal", 
/**
 * Of which session.
 */
session: SessionId, } & ({ "signal": "offer", 
/**
 * Counts the attempts of this session from 1; answers and candidates of an older one are dropped.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, } | { "signal": "answer", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, } | { "signal": "candidate", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * `candidate:` line.
 */
candidate: Line, 
/**
 * Media section's id.
 */
mid: Line | null, 
/**
 * Media section's index.
 */
index: number | null, } | { "signal": "restart" }) | { "type": "report", 
/**
 * Of which session.
 */
session: SessionId, 
/**
 * Counts this endpoint's reports of the session from 1; the relay takes each number once, in order.
 */
number: number, 
/**
 * When it happened, on the endpoint's clock.
 */
at: UnixMillis, } & ({ "event": "connected", 
/**
 * Capture backend that is used (`x11`, `scrap`).
 */
capture: string, 
/**
 * Video codec that is used (`h264`).
 */
codec: string, } | { "event": "first_picture", 
/**
 * Milliseconds from the grant to the picture.
 */
after_ms: number, } | { "event": "peer_lost" } | { "event": "peer_back", 
/**
 * How long it was away, in milliseconds.
 */
after_ms: number, } | { "event": "requested", 
/**
 * What was asked.
 */
capability: Capability, } | { "event": "allowed", 
/**
 * What was allowed.
 */
capability: Capability, } | { "event": "refused", 
/**
 * What was refused.
 */
capability: Capability, 
/**
 * No answer came.
 */
timed_out: boolean, } | { "event": "withdrawn", 
/**
 * What.
 */
capability: Capability, 
/**
 * Why.
 */
reason: Withdrawn, } | { "event": "extended", 
/**
 * The new end.
 */
expires_at: UnixMillis, } | { "event": "counted", 
/**
 * How much.
 */
counts: Counts, } | { "event": "input_denied", 
/**
 * Why.
 */
reason: InputDenied, 
/**
 * How often.
 */
times: number, } | { "event": "stopped" } | { "event": "failed", 
/**
 * The error's code.
 */
code: Code, }) | { "type": "sign_out" };

export type Request = { 
/**
 * Chosen by the endpoint, growing; not 0.
 */
id: number, } & ({ "type": "hello", 
/**
 * [`crate::VERSION`].
 */
version: number, 
/**
 * This installation.
 */
device: DeviceKey, 
/**
 * By `device` over [`hello_bytes`].
 */
signature: Signature, 
/**
 * Who connects.
 */
identity: Identity, 
/**
 * Language of the interface.
 */
language: Language, } | { "type": "open_ticket", 
/**
 * So that it is opened once.
 */
request: RequestId, 
/**
 * In the user's words.
 */
summary: Line, 
/**
 * How many are stuck.
 */
impact: Impact, 
/**
 * How badly.
 */
urgency: Urgency, } | { "type": "cancel_ticket", 
/**
 * Which.
 */
ticket: TicketId, } | { "type": "feedback", 
/**
 * Which.
 */
ticket: TicketId, 
/**
 * Yes or no.
 */
solved: boolean, } | { "type": "answer_consent", 
/**
 * To which question.
 */
session: SessionId, } & ({ "answer": "allow", 
/**
 * What is allowed; must hold [`crate::grant::Capability::View`] and nothing that was not asked.
 */
capabilities: Array<Capability>, 
/**
 * Until when.
 */
expires_at: UnixMillis, } | { "answer": "refuse", 
/**
 * Nobody answered.
 */
timed_out: boolean, }) | { "type": "take_ticket", 
/**
 * Which.
 */
ticket: TicketId, } | { "type": "ask_again", 
/**
 * Which.
 */
ticket: TicketId, } | { "type": "show_ticket", 
/**
 * Which.
 */
ticket: TicketId, } | { "type": "add_note", 
/**
 * To which.
 */
ticket: TicketId, 
/**
 * The note.
 */
text: Text, } | { "type": "wrap_up", 
/**
 * Which.
 */
ticket: TicketId, 
/**
 * For the user, in plain language.
 */
message: Text | null, 
/**
 * For colleagues.
 */
note: Text | null, } & ({ "outcome": "solved" } | { "outcome": "not_solved" } | { "outcome": "escalated", 
/**
 * The level that takes over.
 */
to: Level, }) | { "type": "end_session", 
/**
 * Which.
 */
session: SessionId, 
/**
 * Why.
 */
reason: EndReason, } | { "type": "signal", 
/**
 * Of which session.
 */
session: SessionId, } & ({ "signal": "offer", 
/**
 * Counts the attempts of this session from 1; answers and candidates of an older one are dropped.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, } | { "signal": "answer", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, } | { "signal": "candidate", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * `candidate:` line.
 */
candidate: Line, 
/**
 * Media section's id.
 */
mid: Line | null, 
/**
 * Media section's index.
 */
index: number | null, } | { "signal": "restart" }) | { "type": "report", 
/**
 * Of which session.
 */
session: SessionId, 
/**
 * Counts this endpoint's reports of the session from 1; the relay takes each number once, in order.
 */
number: number, 
/**
 * When it happened, on the endpoint's clock.
 */
at: UnixMillis, } & ({ "event": "connected", 
/**
 * Capture backend that is used (`x11`, `scrap`).
 */
capture: string, 
/**
 * Video codec that is used (`h264`).
 */
codec: string, } | { "event": "first_picture", 
/**
 * Milliseconds from the grant to the picture.
 */
after_ms: number, } | { "event": "peer_lost" } | { "event": "peer_back", 
/**
 * How long it was away, in milliseconds.
 */
after_ms: number, } | { "event": "requested", 
/**
 * What was asked.
 */
capability: Capability, } | { "event": "allowed", 
/**
 * What was allowed.
 */
capability: Capability, } | { "event": "refused", 
/**
 * What was refused.
 */
capability: Capability, 
/**
 * No answer came.
 */
timed_out: boolean, } | { "event": "withdrawn", 
/**
 * What.
 */
capability: Capability, 
/**
 * Why.
 */
reason: Withdrawn, } | { "event": "extended", 
/**
 * The new end.
 */
expires_at: UnixMillis, } | { "event": "counted", 
/**
 * How much.
 */
counts: Counts, } | { "event": "input_denied", 
/**
 * Why.
 */
reason: InputDenied, 
/**
 * How often.
 */
times: number, } | { "event": "stopped" } | { "event": "failed", 
/**
 * The error's code.
 */
code: Code, }) | { "type": "sign_out" });

export type SessionInfo = { 
/**
 * The session.
 */
id: SessionId, 
/**
 * Its ticket.
 */
ticket: TicketId, 
/**
 * Who helps.
 */
technician: Technician, 
/**
 * Who is helped.
 */
user: Stated, 
/**
 * What was asked.
 */
asked: Array<Capability>, 
/**
 * When the question was put.
 */
asked_at: UnixMillis, 
/**
 * The relay gives up waiting for an answer then.
 */
answer_by: UnixMillis, 
/**
 * The user's yes, once given.
 */
grant: Grant | null, 
/**
 * The highest report number that the relay holds from this endpoint.
 */
reported: number, };

export type Welcomed = { "as": "user", 
/**
 * Their latest ticket that is open or waits for their feedback.
 */
ticket: UserTicket | null, } | { "as": "technician", 
/**
 * Their account.
 */
person: Person, 
/**
 * For the next connection; a new one after a password, the same after a token.
 */
token: Token, 
/**
 * Tickets that wait, or that they have.
 */
queue: Array<QueueEntry>, };

export type FromRelay = { "type": "challenge", 
/**
 * Versions that the relay speaks.
 */
versions: Array<number>, 
/**
 * To be signed.
 */
nonce: Nonce, } | { "type": "welcome", 
/**
 * The relay's clock.
 */
now: UnixMillis, 
/**
 * Who you are here.
 */
welcomed: Welcomed, 
/**
 * A session that is still open.
 */
session: SessionInfo | null, } | { "type": "done", 
/**
 * The request's id.
 */
re: number, } | { "type": "refused", 
/**
 * The request's id.
 */
re: number, 
/**
 * Why.
 */
error: WireError, } | { "type": "ticket", 
/**
 * The ticket.
 */
ticket: UserTicket, } | { "type": "queue_changed", 
/**
 * The ticket.
 */
entry: QueueEntry, } | { "type": "queue_left", 
/**
 * Which.
 */
ticket: TicketId, } | { "type": "detail", 
/**
 * The ticket.
 */
detail: TicketDetail, } | { "type": "asked", 
/**
 * The session to be.
 */
session: SessionInfo, } | { "type": "granted", 
/**
 * What was allowed.
 */
grant: Grant, } | { "type": "signal", 
/**
 * Of which session.
 */
session: SessionId, } & ({ "signal": "offer", 
/**
 * Counts the attempts of this session from 1; answers and candidates of an older one are dropped.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, } | { "signal": "answer", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, } | { "signal": "candidate", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * `candidate:` line.
 */
candidate: Line, 
/**
 * Media section's id.
 */
mid: Line | null, 
/**
 * Media section's index.
 */
index: number | null, } | { "signal": "restart" }) | { "type": "recorded", 
/**
 * Of which session.
 */
session: SessionId, 
/**
 * Up to this number.
 */
number: number, } | { "type": "session_ended", 
/**
 * Which.
 */
session: SessionId, 
/**
 * Why.
 */
reason: EndReason, };

export type SignIn = { 
/**
 * Sign-in name.
 */
login: Line, 
/**
 * Password.
 */
password: Password, };

export type Me = { 
/**
 * The account.
 */
person: Person, 
/**
 * The organisation's name.
 */
organisation: Line, 
/**
 * All technicians, for the filter.
 */
technicians: Array<Person>, };

export type Filter = { 
/**
 * One ticket.
 */
ticket: TicketId | null, 
/**
 * Part of the user's name or machine, whatever the case.
 */
person: string | null, 
/**
 * A technician's account.
 */
technician: number | null, 
/**
 * Not before.
 */
from: UnixMillis | null, 
/**
 * Before.
 */
to: UnixMillis | null, 
/**
 * How it ended.
 */
outcome: OutcomeFilter | null, 
/**
 * [`Page::next`] of the page before.
 */
after: string | null, };

export type OutcomeFilter = "solved" | "not_solved" | "escalated" | "refused" | "open";

export type Page<T> = { 
/**
 * At most [`PAGE_ROWS`].
 */
rows: Array<T>, 
/**
 * How many there are in all.
 */
total: number, 
/**
 * For [`Filter::after`], when there are more.
 */
next: string | null, };

export type SessionRow = { 
/**
 * The session.
 */
id: SessionId, 
/**
 * Its ticket.
 */
ticket: TicketId, 
/**
 * What the ticket asks.
 */
summary: Line, 
/**
 * Who was helped.
 */
user: Stated, 
/**
 * Who helped.
 */
technician: Technician, 
/**
 * When the technician asked.
 */
asked_at: UnixMillis, 
/**
 * When the user said yes.
 */
started_at: UnixMillis | null, 
/**
 * When it ended.
 */
ended_at: UnixMillis | null, 
/**
 * Why it ended.
 */
end: EndReason | null, 
/**
 * How the technician ended the ticket after it.
 */
outcome: Outcome | null, 
/**
 * Time the screen was seen, in milliseconds.
 */
viewed_ms: number, 
/**
 * Time control was held, in milliseconds.
 */
controlled_ms: number, 
/**
 * What was done.
 */
counts: Counts, };

export type TicketRow = { 
/**
 * The ticket.
 */
id: TicketId, 
/**
 * What it asks.
 */
summary: Line, 
/**
 * Who asks.
 */
user: Stated, 
/**
 * How many are stuck.
 */
impact: Impact, 
/**
 * How badly.
 */
urgency: Urgency, 
/**
 * Both, as one number.
 */
priority: Priority, 
/**
 * Where it stands.
 */
state: TicketState, 
/**
 * The level that has it, or had it last.
 */
level: Level, 
/**
 * Who has it, or had it last.
 */
technician: Technician | null, 
/**
 * When it was opened.
 */
opened_at: UnixMillis, 
/**
 * When it was closed.
 */
closed_at: UnixMillis | null, 
/**
 * From opening to the first take, in milliseconds.
 */
waited_ms: number | null, 
/**
 * From the first take to closing, in milliseconds.
 */
handled_ms: number | null, 
/**
 * How often it came back.
 */
reopened: number, 
/**
 * What the user answered to "solved?".
 */
feedback: boolean | null, 
/**
 * Sessions on it.
 */
sessions: number, };

export type TimelineEntry = { 
/**
 * Its number in the log.
 */
seq: number, 
/**
 * When.
 */
at: UnixMillis, 
/**
 * The session it belongs to; a record of the ticket itself has none.
 */
session: SessionId | null, 
/**
 * Its number among the records of that session, from 0: a number that is missing is a record that is missing.
 */
session_seq: number | null, 
/**
 * Who did it, as the record names them: `relay`, `operator`, `person:<number>` or `device:<hash>`.
 */
actor: string, 
/**
 * Stable event code, for example `consent.granted`.
 */
code: string, 
/**
 * Was it carried out, or refused?
 */
denied: boolean, 
/**
 * Its fields, personal ones included; a personal field whose key was erased is absent.
 */
fields: { [key in string]: FieldValue }, };

export type FieldValue = boolean | number | string;

export type SessionDetail = { 
/**
 * As in the list.
 */
row: SessionRow, 
/**
 * Its ticket.
 */
ticket: TicketRow, 
/**
 * Notes on the ticket, oldest first.
 */
notes: Array<Note>, 
/**
 * What the technician wrote for the user.
 */
message: Text | null, 
/**
 * Oldest first.
 */
timeline: Array<TimelineEntry>, 
/**
 * Other sessions on the same ticket, oldest first.
 */
siblings: Array<SessionId>, };

export type LogStatus = { 
/**
 * Records in it.
 */
records: number, 
/**
 * Merkle root over them, in hexadecimal.
 */
root: string, 
/**
 * The latest signed checkpoint, as text.
 */
checkpoint: string, 
/**
 * The first thing that is wrong; none means that everything holds.
 */
broken: LogFault | null, 
/**
 * When this was checked.
 */
checked_at: UnixMillis, };

export type LogFault = { 
/**
 * The record, where one can be named.
 */
seq: number | null, 
/**
 * Stable name of the fault, see the audit format.
 */
fault: string, };

/** One line of text. */
export type Line = string;
/** Text of several lines. */
export type Text = string;
