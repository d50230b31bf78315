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

export type Sha256 = string;

export type PakeElement = string;

export type Confirmation = string;

export type CardSerial = string;

export type ArticleId = string;

export type ReplyId = string;

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

export type Impact = "person" | "team" | "organisation" | "not_stated";

export type Urgency = "low" | "medium" | "high" | "not_stated";

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
feedback: boolean | null, 
/**
 * The user reported the last session as abuse.
 */
abuse_reported?: boolean, };

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

export type Left = { "left": "taken", 
/**
 * Who.
 */
by: Technician, } | { "left": "escalated", 
/**
 * Which.
 */
to: Level, } | { "left": "cancelled" } | { "left": "closed" } | { "left": "reassigned" };

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

export type RecordHash = string;

export type Endpoint = "sharer" | "viewer";

export type SessionHead = { 
/**
 * Hash of the last of those records.
 */
last: RecordHash, 
/**
 * Records of the session: the one after them is number `records` of the session.
 */
records: number, 
/**
 * Reports of this endpoint among them.
 */
reports: number, 
/**
 * Which endpoint it was told.
 */
role: Endpoint, 
/**
 * The session.
 */
session: SessionId, 
/**
 * Its ticket.
 */
ticket: TicketId, };

export type Code = "malformed" | "too_large" | "too_fast" | "wrong_version" | "out_of_order" | "not_allowed" | "sign_in_failed" | "sign_in_limited" | "sign_in_expired" | "second_factor_needed" | "second_factor_wrong" | "second_factor_locked" | "second_factor_needed_to_be_set_up" | "bad_signature" | "unknown_ticket" | "unknown_session" | "unknown_view" | "too_many" | "name_taken" | "already_taken" | "ticket_open" | "ticket_closed" | "user_offline" | "session_open" | "against_policy" | "too_early" | "too_late" | "abuse_reported" | "bad_escalation" | "grant_expired" | "not_granted" | "not_recorded" | "busy" | "shutting_down" | "replaced" | "bad_organisation" | "relay_unreachable" | "relay_untrusted" | "peer_lost" | "peer_malformed" | "no_screen" | "no_input" | "store_failed" | "bad_receipt" | "not_saved" | "unknown_article" | "unknown_reply" | "changed_meanwhile" | "unknown_placeholder" | "reply_too_long" | "card_needed" | "wrong_code" | "wrong_code_tried" | "untrusted" | "card_revoked" | "internal";

export type WireError = { 
/**
 * What went wrong.
 */
code: Code, 
/**
 * What its wording needs.
 */
params?: { [key in string]: string }, };

export type Policy = { 
/**
 * What may be allowed at all; holds [`Capability::View`].
 */
capabilities: Array<Capability>, 
/**
 * Longest time that can be given at once, in minutes; none: as long as the program has it.
 */
longest_minutes?: number, 
/**
 * Longest session with all extensions, in minutes; none: as long as the program has it.
 */
longest_total_minutes?: number, 
/**
 * May a technician without a card be let in by a code that is read out on the telephone? Left out where it is so, as in
 * the files that are older than it.
 */
codes?: boolean, };

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
issued_at: UnixMillis, 
/**
 * What its users can allow; absent: whatever they like.
 */
policy?: Policy, };

export type OrganisationFile = { 
/**
 * What is declared.
 */
organisation: Organisation, 
/**
 * By the key inside.
 */
signature: Signature, };

export type CardRequest = { 
/**
 * [`VERSION`].
 */
version: number, 
/**
 * The account that is signed in on the device.
 */
person: PersonId, 
/**
 * Its name.
 */
name: Line, 
/**
 * Its level.
 */
level: Level, 
/**
 * The device's key; the card is good with it only.
 */
device: DeviceKey, 
/**
 * When it was made, on the device's clock.
 */
requested_at: UnixMillis, };

export type SignedCardRequest = { 
/**
 * What is asked.
 */
request: CardRequest, 
/**
 * By the device key inside.
 */
signature: Signature, };

export type Card = { 
/**
 * [`VERSION`].
 */
version: number, 
/**
 * Names the card, so that it can be revoked; drawn at random.
 */
serial: CardSerial, 
/**
 * The account.
 */
person: PersonId, 
/**
 * As users see it.
 */
name: Line, 
/**
 * As users see it.
 */
level: Level, 
/**
 * The device that the card is good with.
 */
device: DeviceKey, 
/**
 * When it was signed.
 */
issued_at: UnixMillis, 
/**
 * The instant from which it is no longer good.
 */
expires_at: UnixMillis, };

export type SignedCard = { 
/**
 * The card.
 */
card: Card, 
/**
 * By the organisation's key.
 */
signature: Signature, };

export type CardFault = "missing" | "version" | "foreign" | "stolen" | "not_yet" | "expired" | "revoked";

export type Revoked = { 
/**
 * Which.
 */
serial: CardSerial, 
/**
 * When it would have expired: from then on it needs no place on the list.
 */
until: UnixMillis, 
/**
 * The device that it was made for, which asks by no code either until then; none when whoever signed the list did not
 * know it.
 */
device?: DeviceKey, };

export type Revocations = { 
/**
 * [`VERSION`].
 */
version: number, 
/**
 * Grows by one with each list: an older list is never taken for a newer one.
 */
number: number, 
/**
 * When it was signed.
 */
issued_at: UnixMillis, 
/**
 * At most [`MAX_REVOKED`].
 */
revoked: Array<Revoked>, };

export type SignedRevocations = { 
/**
 * The list.
 */
revocations: Revocations, 
/**
 * By the organisation's key.
 */
signature: Signature, };

export type Ask = { 
/**
 * [`crate::VERSION`]: a relay that names another version to one of the two changes this.
 */
version: number, 
/**
 * The session it would be; chosen at random by the technician's device.
 */
session: SessionId, 
/**
 * For this ticket.
 */
ticket: TicketId, 
/**
 * What is asked.
 */
capabilities: Array<Capability>, 
/**
 * When, on the technician's clock.
 */
asked_at: UnixMillis, 
/**
 * SHA-256 of [`COMMITMENT_CONTEXT`] and the technician's nonce.
 */
commitment: Sha256, 
/**
 * Who asks, and which device signs.
 */
credential: Credential, };

export type SignedAsk = { 
/**
 * What is asked.
 */
ask: Ask, 
/**
 * By the device that the credential names.
 */
signature: Signature, };

export type Ready = { 
/**
 * The session.
 */
session: SessionId, 
/**
 * Of the ask: SHA-256 of [`ASK_CONTEXT`] and its JSON.
 */
ask: Sha256, 
/**
 * The user's machine.
 */
device: DeviceKey, 
/**
 * Whose it is, in their words.
 */
user: Stated, 
/**
 * Fresh, and this session's only.
 */
nonce: Nonce, 
/**
 * To a question that was put with a code, and to no other.
 */
code?: CodeAnswer, };

export type SignedReady = { 
/**
 * What is said.
 */
ready: Ready, 
/**
 * By the device it names.
 */
signature: Signature, };

export type Credential = { "by": "card", 
/**
 * The card.
 */
card: SignedCard, } | { "by": "code", 
/**
 * As they call themselves.
 */
technician: Technician, 
/**
 * Theirs.
 */
device: DeviceKey, 
/**
 * Their end of SPAKE2 over the code ([`crate::code`]).
 */
element: PakeElement, };

export type Reveal = { 
/**
 * Of which session.
 */
session: SessionId, 
/**
 * The nonce that the ask committed to.
 */
nonce: Nonce, 
/**
 * With a code: that this end knows it ([`Transcript::confirmation`]).
 */
confirmation?: Confirmation, 
/**
 * By the technician's device over [`Opened`]: the readiness that it answers is the only one for ever, whoever tells of
 * the session later.
 */
signature: Signature, };

export type Opened = { 
/**
 * Of the session that this opens.
 */
transcript: Sha256, };

export type CodeSecret = string;

export type CodeAnswer = { 
/**
 * Of its end.
 */
element: PakeElement, 
/**
 * That it has the key: over [`USER_CONFIRMATION_CONTEXT`], the ask's hash, its device key and its nonce.
 */
confirmation: Confirmation, };

export type Allowance = { 
/**
 * Of this session.
 */
transcript: Sha256, 
/**
 * What is allowed.
 */
grant: Grant, };

export type End = "sharer" | "viewer";

export type Described = { 
/**
 * Of this session.
 */
transcript: Sha256, 
/**
 * Of the allowance: SHA-256 of [`ALLOWANCE_CONTEXT`] and its JSON.
 */
allowance: Sha256, 
/**
 * Whose description it is.
 */
end: End, 
/**
 * The attempt.
 */
attempt: number, 
/**
 * SHA-256 of the description, which names the certificate of its DTLS.
 */
sdp: Sha256, 
/**
 * In an answer: SHA-256 of the offer's description.
 */
offer: Sha256 | null, };

export type Tampered = "ask" | "card" | "replayed" | "ready" | "reveal" | "allowance" | "offer" | "answer";

export type Words = [string, string];

export type Refuser = "user" | "machine";

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
timed_out: boolean, 
/**
 * Who refused it.
 */
by: Refuser, } | { "event": "withdrawn", 
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
times: number, } | { "event": "tampered", 
/**
 * What.
 */
what: Tampered, } | { "event": "stopped" } | { "event": "failed", 
/**
 * The error's code.
 */
code: Code, };

export type LayoutName = string;

export type KeyboardLayout = { 
/**
 * For example `ch`.
 */
layout: LayoutName, 
/**
 * For example `fr`; none for the layout's own basic variant.
 */
variant: LayoutName | null, };

export type TypedText = string;

export type KeyMode = "physical" | "character";

export type Typing = { 
/**
 * Characters that were typed.
 */
typed: number, 
/**
 * Characters of the text.
 */
of: number, } & ({ "state": "going" } | { "state": "done" } | { "state": "cancelled" } | { "state": "denied", 
/**
 * Why.
 */
reason: InputDenied, });

export type TypingState = { "state": "going" } | { "state": "done" } | { "state": "cancelled" } | { "state": "denied", 
/**
 * Why.
 */
reason: InputDenied, };

export type CursorShape = { width: number, height: number, x: number, y: number, pixels: string };

export type CursorSlot = number;

export type Cursor = { "cursor": "hidden" } | { "cursor": "shape", 
/**
 * Where it is kept while the connection lasts.
 */
slot: CursorSlot, 
/**
 * The shape.
 */
shape: CursorShape, } | { "cursor": "kept", 
/**
 * Where something was put over this connection.
 */
slot: CursorSlot, };

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
 * Which of the two counts. A key that has no `code` counts by its meaning in any case.
 */
how: KeyMode, 
/**
 * Down or up.
 */
pressed: boolean, } | { "input": "locks", 
/**
 * Caps Lock.
 */
caps: boolean, 
/**
 * Num Lock; none where the technician's system has none.
 */
num: boolean | null, } | { "input": "release_all" };

export type ClipboardText = string;

export type FromViewer = { "type": "hello", 
/**
 * [`crate::VERSION`].
 */
version: number, 
/**
 * I know [`FromSharer::Cursor`], which is not said to anybody else.
 */
cursor: boolean, } | { "type": "heartbeat" } | { "type": "request", 
/**
 * What.
 */
capability: Capability, 
/**
 * When it was first said, on the viewer's clock. The same time is the same question: it is not put to the
 * user a second time.
 */
asked_at: UnixMillis, } | { "type": "give_back", 
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
 * Which of the two counts. A key that has no `code` counts by its meaning in any case.
 */
how: KeyMode, 
/**
 * Down or up.
 */
pressed: boolean, } | { "input": "locks", 
/**
 * Caps Lock.
 */
caps: boolean, 
/**
 * Num Lock; none where the technician's system has none.
 */
num: boolean | null, } | { "input": "release_all" }) | { "type": "type", 
/**
 * The text.
 */
text: TypedText, } | { "type": "stop_typing" } | { "type": "clipboard", 
/**
 * The text.
 */
text: ClipboardText, } | { "type": "clipboard_too_long", 
/**
 * Its length in characters.
 */
characters: number, } | { "type": "chat", 
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
height: number, } | { "type": "keyboard", 
/**
 * None when it is not known (any longer).
 */
layout: KeyboardLayout | null, } | { "type": "typing", 
/**
 * Characters that were typed.
 */
typed: number, 
/**
 * Characters of the text.
 */
of: number, } & ({ "state": "going" } | { "state": "done" } | { "state": "cancelled" } | { "state": "denied", 
/**
 * Why.
 */
reason: InputDenied, }) | { "type": "pointer", 
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
y: number, } | { "type": "cursor", } & ({ "cursor": "hidden" } | { "cursor": "shape", 
/**
 * Where it is kept while the connection lasts.
 */
slot: CursorSlot, 
/**
 * The shape.
 */
shape: CursorShape, } | { "cursor": "kept", 
/**
 * Where something was put over this connection.
 */
slot: CursorSlot, }) | { "type": "input_denied", 
/**
 * Why.
 */
reason: InputDenied, } | { "type": "clipboard", 
/**
 * The text.
 */
text: ClipboardText, } | { "type": "clipboard_too_long", 
/**
 * Its length in characters.
 */
characters: number, } | { "type": "chat", 
/**
 * The text.
 */
text: Text, } | { "type": "bye", 
/**
 * Why. A viewer believes only what is the sharer's to say: stopped, expired, lost, failed.
 */
reason: EndReason, 
/**
 * What went wrong, when something did.
 */
error: WireError | null, };

export type ArticleState = "draft" | "published" | "withdrawn";

export type ArticleAction = "created" | "drafted" | "changed" | "restored" | "published" | "withdrawn";

export type Author = { 
/**
 * The account.
 */
id: PersonId, 
/**
 * Its name.
 */
name: Line, };

export type ArticleText = { 
/**
 * Of which article.
 */
article: ArticleId, 
/**
 * In which language.
 */
language: Language, 
/**
 * Grows by one with each change, from 1.
 */
version: number, 
/**
 * Who may see it.
 */
state: ArticleState, 
/**
 * What this version did.
 */
action: ArticleAction, 
/**
 * Title.
 */
title: Line, 
/**
 * Markdown.
 */
body: Text, 
/**
 * Who made this version.
 */
author: Author, 
/**
 * When.
 */
at: UnixMillis, 
/**
 * The ticket that the text was made of, if it was.
 */
ticket: TicketId | null, };

export type ArticleHead = { 
/**
 * Of which article.
 */
article: ArticleId, 
/**
 * In which language.
 */
language: Language, 
/**
 * Its version.
 */
version: number, 
/**
 * Who may see it.
 */
state: ArticleState, 
/**
 * What this version did.
 */
action: ArticleAction, 
/**
 * Title.
 */
title: Line, 
/**
 * Who made this version.
 */
author: Author, 
/**
 * When.
 */
at: UnixMillis, 
/**
 * The ticket that the text was made of, if it was.
 */
ticket: TicketId | null, };

export type Article = { 
/**
 * Which.
 */
id: ArticleId, 
/**
 * One or two.
 */
texts: Array<ArticleText>, };

export type ArticleRow = { 
/**
 * Which.
 */
id: ArticleId, 
/**
 * One or two.
 */
texts: Array<ArticleHead>, };

export type ArticleList = { 
/**
 * Best match first when something is searched for, else the one that changed last; at most [`MAX_ARTICLES`].
 */
rows: Array<ArticleRow>, 
/**
 * How many there are without any filter.
 */
total: number, };

export type ArticleFilter = { 
/**
 * Words, or beginnings of words, that one text of the article has all of; accents and case do not matter.
 */
search: string | null, 
/**
 * Articles that have a text in this language.
 */
language: Language | null, 
/**
 * Articles that have a text in this state (in `language`, when that is given).
 */
state: ArticleState | null, 
/**
 * Articles without a text in this language.
 */
missing: Language | null, };

export type NewArticle = { 
/**
 * In which language.
 */
language: Language, 
/**
 * Title.
 */
title: Line, 
/**
 * Markdown.
 */
body: Text, };

export type SaveArticle = { 
/**
 * The version that was edited; none when the article does not have this language yet.
 */
version: number | null, 
/**
 * Title.
 */
title: Line, 
/**
 * Markdown.
 */
body: Text, };

export type OfVersion = { 
/**
 * The version that was looked at.
 */
version: number, };

export type RestoreArticle = { 
/**
 * The version that was looked at.
 */
version: number, 
/**
 * The one to take title and body from.
 */
from: number, };

export type Suggestion = { 
/**
 * Which.
 */
article: ArticleId, 
/**
 * In the language that was asked for, or in the other one when it has no other.
 */
language: Language, 
/**
 * Title.
 */
title: Line, };

export type ShownArticle = { 
/**
 * Which.
 */
article: ArticleId, 
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
body: Text, 
/**
 * When this text last changed.
 */
at: UnixMillis, };

export type Placeholder = "user" | "technician" | "ticket" | "machine";

export type CannedReply = { 
/**
 * Which.
 */
id: ReplyId, 
/**
 * Grows by one with each change, from 1.
 */
version: number, 
/**
 * Who changed it last.
 */
author: Author, 
/**
 * When.
 */
at: UnixMillis, 
/**
 * The team that it is for; none: everybody.
 */
team: Level | null, 
/**
 * By which technicians find it.
 */
title: Line, 
/**
 * In English.
 */
en: Text | null, 
/**
 * In French.
 */
fr: Text | null, };

export type ReplyContent = { 
/**
 * The team that it is for; none: everybody.
 */
team: Level | null, 
/**
 * By which technicians find it.
 */
title: Line, 
/**
 * In English.
 */
en: Text | null, 
/**
 * In French.
 */
fr: Text | null, };

export type SaveReply = { 
/**
 * The version that was edited; none for a new reply.
 */
version: number | null, 
/**
 * The team that it is for; none: everybody.
 */
team: Level | null, 
/**
 * By which technicians find it.
 */
title: Line, 
/**
 * In English.
 */
en: Text | null, 
/**
 * In French.
 */
fr: Text | null, };

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
password: Password, 
/**
 * The code of their second factor, once the relay has asked for it.
 */
second_factor?: SecondFactorCode, } | { "as": "token", 
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
sdp: Sdp, 
/**
 * By the user's machine over [`crate::binding::Described`].
 */
seal: Signature, } | { "signal": "answer", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, 
/**
 * By the technician's device over [`crate::binding::Described`].
 */
seal: Signature, } | { "signal": "candidate", 
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
expires_at: UnixMillis, 
/**
 * By the user's machine over [`crate::binding::Allowance`].
 */
signature: Signature, } | { "answer": "refuse", 
/**
 * Nobody answered.
 */
timed_out: boolean, };

export type EndReason = "stopped_by_user" | "ended_by_technician" | "refused" | "timed_out" | "withdrawn" | "expired" | "lost" | "failed" | "abuse_reported" | "untrusted" | "wrong_code" | "card_revoked";

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
solved: boolean, } | { "type": "ready", 
/**
 * To which session, and whose machine this is.
 */
ready: SignedReady, } | { "type": "reveal", 
/**
 * What is revealed.
 */
reveal: Reveal, } | { "type": "answer_consent", 
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
expires_at: UnixMillis, 
/**
 * By the user's machine over [`crate::binding::Allowance`].
 */
signature: Signature, } | { "answer": "refuse", 
/**
 * Nobody answered.
 */
timed_out: boolean, }) | { "type": "take_ticket", 
/**
 * The question, whose ticket this is.
 */
ask: SignedAsk, } | { "type": "ask_again", 
/**
 * The question.
 */
ask: SignedAsk, } | { "type": "request_card", 
/**
 * The request.
 */
request: SignedCardRequest, } | { "type": "show_ticket", 
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
sdp: Sdp, 
/**
 * By the user's machine over [`crate::binding::Described`].
 */
seal: Signature, } | { "signal": "answer", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, 
/**
 * By the technician's device over [`crate::binding::Described`].
 */
seal: Signature, } | { "signal": "candidate", 
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
timed_out: boolean, 
/**
 * Who refused it.
 */
by: Refuser, } | { "event": "withdrawn", 
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
times: number, } | { "event": "tampered", 
/**
 * What.
 */
what: Tampered, } | { "event": "stopped" } | { "event": "failed", 
/**
 * The error's code.
 */
code: Code, }) | { "type": "report_abuse", 
/**
 * Which.
 */
session: SessionId, 
/**
 * When the user said so, on their clock.
 */
at: UnixMillis, 
/**
 * In their words.
 */
sentence: Text | null, } | { "type": "show_head", 
/**
 * Of which session.
 */
session: SessionId, } | { "type": "sign_head", 
/**
 * The head.
 */
head: SessionHead, 
/**
 * By the device key over [`SessionHead::signed_bytes`].
 */
signature: Signature, } | { "type": "dispute_head", 
/**
 * Of which session.
 */
session: SessionId, 
/**
 * How many reports I made.
 */
reports: number, } | { "type": "show_receipt", 
/**
 * Of which session.
 */
session: SessionId, } | { "type": "suggest", 
/**
 * The sentence so far.
 */
text: Line, 
/**
 * The language to be read in, where there is a choice.
 */
language: Language, } | { "type": "read_article", 
/**
 * Which.
 */
article: ArticleId, 
/**
 * In this language, else in the other.
 */
language: Language, } | { "type": "deflected", 
/**
 * Which.
 */
article: ArticleId, } | { "type": "draft_article", 
/**
 * Of which ticket.
 */
ticket: TicketId, 
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
body: Text, } | { "type": "show_replies" } | { "type": "sign_out" };

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
solved: boolean, } | { "type": "ready", 
/**
 * To which session, and whose machine this is.
 */
ready: SignedReady, } | { "type": "reveal", 
/**
 * What is revealed.
 */
reveal: Reveal, } | { "type": "answer_consent", 
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
expires_at: UnixMillis, 
/**
 * By the user's machine over [`crate::binding::Allowance`].
 */
signature: Signature, } | { "answer": "refuse", 
/**
 * Nobody answered.
 */
timed_out: boolean, }) | { "type": "take_ticket", 
/**
 * The question, whose ticket this is.
 */
ask: SignedAsk, } | { "type": "ask_again", 
/**
 * The question.
 */
ask: SignedAsk, } | { "type": "request_card", 
/**
 * The request.
 */
request: SignedCardRequest, } | { "type": "show_ticket", 
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
sdp: Sdp, 
/**
 * By the user's machine over [`crate::binding::Described`].
 */
seal: Signature, } | { "signal": "answer", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, 
/**
 * By the technician's device over [`crate::binding::Described`].
 */
seal: Signature, } | { "signal": "candidate", 
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
timed_out: boolean, 
/**
 * Who refused it.
 */
by: Refuser, } | { "event": "withdrawn", 
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
times: number, } | { "event": "tampered", 
/**
 * What.
 */
what: Tampered, } | { "event": "stopped" } | { "event": "failed", 
/**
 * The error's code.
 */
code: Code, }) | { "type": "report_abuse", 
/**
 * Which.
 */
session: SessionId, 
/**
 * When the user said so, on their clock.
 */
at: UnixMillis, 
/**
 * In their words.
 */
sentence: Text | null, } | { "type": "show_head", 
/**
 * Of which session.
 */
session: SessionId, } | { "type": "sign_head", 
/**
 * The head.
 */
head: SessionHead, 
/**
 * By the device key over [`SessionHead::signed_bytes`].
 */
signature: Signature, } | { "type": "dispute_head", 
/**
 * Of which session.
 */
session: SessionId, 
/**
 * How many reports I made.
 */
reports: number, } | { "type": "show_receipt", 
/**
 * Of which session.
 */
session: SessionId, } | { "type": "suggest", 
/**
 * The sentence so far.
 */
text: Line, 
/**
 * The language to be read in, where there is a choice.
 */
language: Language, } | { "type": "read_article", 
/**
 * Which.
 */
article: ArticleId, 
/**
 * In this language, else in the other.
 */
language: Language, } | { "type": "deflected", 
/**
 * Which.
 */
article: ArticleId, } | { "type": "draft_article", 
/**
 * Of which ticket.
 */
ticket: TicketId, 
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
body: Text, } | { "type": "show_replies" } | { "type": "sign_out" });

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
 * The technician's question, as their device signed it.
 */
ask: SignedAsk, 
/**
 * What the user's machine said to it.
 */
ready: SignedReady | null, 
/**
 * The technician's nonce.
 */
reveal: Reveal | null, 
/**
 * The user's yes, once given.
 */
grant: Grant | null, 
/**
 * The user's machine's signature under it.
 */
allowance: Signature | null, 
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
queue: Array<QueueEntry>, 
/**
 * The card of this device, when the organisation made one.
 */
card: SignedCard | null, };

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
session: SessionInfo | null, 
/**
 * Cards that the organisation took back.
 */
revocations: SignedRevocations | null, } | { "type": "done", 
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
ticket: TicketId, 
/**
 * Where it went.
 */
why: Left, } | { "type": "detail", 
/**
 * The ticket.
 */
detail: TicketDetail, } | { "type": "head", 
/**
 * The request's id.
 */
re: number, 
/**
 * As the log stands now.
 */
head: SessionHead, } | { "type": "receipt", 
/**
 * The request's id.
 */
re: number, 
/**
 * The proof, in the form of `relay/audit/README.md`.
 */
proof: string, } | { "type": "suggestions", 
/**
 * The request's id.
 */
re: number, 
/**
 * At most [`crate::article::SUGGESTIONS`].
 */
suggestions: Array<Suggestion>, } | { "type": "article", 
/**
 * The request's id.
 */
re: number, 
/**
 * As published.
 */
article: ShownArticle, } | { "type": "replies", 
/**
 * The request's id.
 */
re: number, 
/**
 * In the order of their titles.
 */
replies: Array<CannedReply>, } | { "type": "asked", 
/**
 * The session to be.
 */
session: SessionInfo, } | { "type": "ready", 
/**
 * As it signed it.
 */
ready: SignedReady, } | { "type": "reveal", 
/**
 * What is revealed.
 */
reveal: Reveal, } | { "type": "card", 
/**
 * As the organisation signed it.
 */
card: SignedCard, } | { "type": "revocations", 
/**
 * As the organisation signed it.
 */
revocations: SignedRevocations, } | { "type": "granted", 
/**
 * What was allowed.
 */
grant: Grant, 
/**
 * The user's machine's signature under it.
 */
allowance: Signature, } | { "type": "signal", 
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
sdp: Sdp, 
/**
 * By the user's machine over [`crate::binding::Described`].
 */
seal: Signature, } | { "signal": "answer", 
/**
 * The offer's attempt.
 */
attempt: number, 
/**
 * Session description.
 */
sdp: Sdp, 
/**
 * By the technician's device over [`crate::binding::Described`].
 */
seal: Signature, } | { "signal": "candidate", 
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

export type SecondFactorCode = string;

export type SignIn = { 
/**
 * Sign-in name.
 */
login: Line, 
/**
 * Password.
 */
password: Password, 
/**
 * The code of the second factor, once the relay has asked for it.
 */
second_factor?: SecondFactorCode, };

export type SignedIn = { 
/**
 * Who.
 */
me: Me, 
/**
 * The other half of the sign-in, beside the cookie: for the page to keep, where no cookie goes.
 */
page_key: Token, };

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
 * All technicians, for the filter; none for a technician, who has no such filter.
 */
technicians: Array<Person>, };

export type Filter = { 
/**
 * One ticket.
 */
ticket: TicketId | null, 
/**
 * Words, each to be found in summary, name or machine, whatever the case.
 */
text: string | null, 
/**
 * Part of the user's name or machine, whatever the case.
 */
person: string | null, 
/**
 * Part of the machine's name, whatever the case.
 */
machine: string | null, 
/**
 * A technician's account.
 */
technician: number | null, 
/**
 * The level that has the ticket, or had it last.
 */
level: Level | null, 
/**
 * Where the ticket stands.
 */
state: StateFilter | null, 
/**
 * Only tickets that came back.
 */
reopened: boolean | null, 
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

export type OutcomeFilter = "solved" | "not_solved" | "escalated" | "refused" | "unanswered" | "reported" | "open";

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
counts: Counts, 
/**
 * Its user reported it as abuse.
 */
abuse_reported: boolean, };

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
sessions: number, 
/**
 * A session on it was reported as abuse.
 */
abuse_reported: boolean, };

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
checked_at: UnixMillis, 
/**
 * For how many months names are kept, in the log and in the tickets.
 */
audit_months: number, 
/**
 * The names of what is older are erased, but for what is on hold.
 */
names_since: UnixMillis, };

export type LogFault = { 
/**
 * The record, where one can be named.
 */
seq: number | null, 
/**
 * Stable name of the fault, see the audit format.
 */
fault: string, };

export type Day = string;

export type Purpose = string;

export type Grouping = "day" | "week" | "month";

export type FiguresQuery = { 
/**
 * The first day.
 */
from: Day, 
/**
 * The last day; at most [`MAX_PERIOD_DAYS`] days in all.
 */
to: Day, 
/**
 * How it is divided.
 */
by: Grouping, 
/**
 * Only tickets that are, or were last, at this level.
 */
level: Level | null, 
/**
 * Only tickets of this impact.
 */
impact: Impact | null, };

export type TeamFigures = { 
/**
 * The first day.
 */
from: Day, 
/**
 * The last day.
 */
to: Day, 
/**
 * When they were computed.
 */
at: UnixMillis, 
/**
 * Of the whole period.
 */
whole: Figures, 
/**
 * Of as many days just before.
 */
before: Figures, 
/**
 * Of its parts, in order; the first and the last may be cut by the period.
 */
groups: Array<FigureGroup>, 
/**
 * Which hours count.
 */
hours: HoursShown, 
/**
 * What was asked for (a level, an impact, or fewer than [`MIN_PERSON_DAYS`] days) comes down to the work of one
 * technician, in the period or in the one before it, so it is not shown: every figure is zero.
 */
one_person: boolean, };

export type FigureGroup = { 
/**
 * Its first day.
 */
from: Day, 
/**
 * Its last day.
 */
to: Day, 
/**
 * Its figures.
 */
figures: Figures, };

export type Figures = { 
/**
 * Tickets opened.
 */
opened: number, 
/**
 * Tickets taken back by their users before anybody solved them.
 */
cancelled: number, 
/**
 * Time in a queue until a technician took the ticket, as the clock on the wall has it; each wait counts by itself.
 */
waiting: Spread, 
/**
 * From opening to the first time a technician took the ticket, in business time.
 */
first_response: Spread, 
/**
 * From opening to the last time the ticket was closed as solved, in business time without waiting for the user.
 */
resolution: Spread, 
/**
 * Closings, by a technician, as solved.
 */
solved: number, 
/**
 * Closings, by a technician, as not solved.
 */
not_solved: number, 
/**
 * Tickets that came back from their users.
 */
reopened: number, 
/**
 * Of tickets closed for the first time: those solved by the first technician, not reopened within 7 days.
 */
first_contact: Share, 
/**
 * Of [`Self::first_contact`]'s part: closed less than 7 days ago, so that they may still come back.
 */
first_contact_open: number, 
/**
 * Of tickets taken for the first time: those that a technician of level 1 took.
 */
handled_by_first_level: Share, 
/**
 * Of closings as solved: those by a technician of level 1, never escalated.
 */
resolved_by_first_level: Share, 
/**
 * Escalations to a higher level.
 */
escalations: Escalations, 
/**
 * Tickets open at the end of the part, or now if that is earlier, by their age since opening.
 */
backlog: Backlog, 
/**
 * What users answered to "is it solved?".
 */
satisfaction: Satisfaction, 
/**
 * Self-help articles that solved somebody's problem, so that no ticket was opened.
 */
deflections: number, };

export type Spread = { 
/**
 * How many there were.
 */
count: number, 
/**
 * Half of them were at most this long, in milliseconds; none without any.
 */
median_ms: number | null, 
/**
 * Nine of ten were at most this long, in milliseconds; none without any.
 */
p90_ms: number | null, };

export type Share = { 
/**
 * How many.
 */
part: number, 
/**
 * Of how many.
 */
of: number, };

export type Escalations = { 
/**
 * From level 1 to level 2.
 */
one_to_two: number, 
/**
 * From level 1 to level 3.
 */
one_to_three: number, 
/**
 * From level 2 to level 3.
 */
two_to_three: number, };

export type Backlog = { 
/**
 * Under 4 hours.
 */
hours: number, 
/**
 * 4 hours to 1 day.
 */
day: number, 
/**
 * 1 to 3 days.
 */
three_days: number, 
/**
 * 3 to 7 days.
 */
week: number, 
/**
 * 7 to 30 days.
 */
month: number, 
/**
 * 30 days and more.
 */
older: number, };

export type Satisfaction = { 
/**
 * Closings after which the question was asked.
 */
asked: number, 
/**
 * Those that were answered.
 */
answered: number, 
/**
 * Those that were answered with "solved".
 */
solved: number, };

export type HoursShown = { 
/**
 * The time zone's IANA name.
 */
time_zone: string, 
/**
 * Monday to Sunday; each day's opening times, in order, as `08:00`; an end before its start is on the next day.
 */
week: [Array<Opening>, Array<Opening>, Array<Opening>, Array<Opening>, Array<Opening>, Array<Opening>, Array<Opening>], 
/**
 * Closed days inside the period, in order.
 */
holidays: Array<Day>, };

export type Opening = { 
/**
 * `08:00`.
 */
from: string, 
/**
 * `18:00`; `24:00` is midnight at the end of the day.
 */
to: string, };

export type PersonQuery = { 
/**
 * The technician's account.
 */
technician: PersonId, 
/**
 * What for.
 */
purpose: Purpose, 
/**
 * The first day.
 */
from: Day, 
/**
 * The last day; [`MIN_PERSON_DAYS`] to [`MAX_PERIOD_DAYS`] days in all.
 */
to: Day, };

export type PersonFigures = { 
/**
 * Whose.
 */
technician: Technician, 
/**
 * The first day.
 */
from: Day, 
/**
 * The last day.
 */
to: Day, 
/**
 * None when they had fewer than [`MIN_PERSON_TICKETS`] tickets in the period.
 */
figures: OnePerson | null, };

export type OnePerson = { 
/**
 * Different tickets that they took.
 */
tickets: number, 
/**
 * Closings as solved.
 */
solved: number, 
/**
 * Closings as not solved.
 */
not_solved: number, 
/**
 * Tickets that they handed to a higher level.
 */
escalated: number, 
/**
 * Of their closings: those after which the ticket came back within 7 days.
 */
reopened: Share, 
/**
 * From taking a ticket to closing it, in business time without waiting for the user.
 */
handling: Spread, 
/**
 * What users answered after their closings.
 */
satisfaction: Satisfaction, };

export type StoryPart = { 
/**
 * [`TicketStory::next`] of the part before.
 */
from: number | null, };

export type TicketStory = { 
/**
 * As in the list.
 */
ticket: TicketRow, 
/**
 * All its sessions, oldest first.
 */
sessions: Array<SessionRow>, 
/**
 * All its notes, oldest first.
 */
notes: Array<Note>, 
/**
 * What the technician last wrote for the user.
 */
message: Text | null, 
/**
 * Records, oldest first.
 */
timeline: Array<TimelineEntry>, 
/**
 * Number of the record that the next part begins with, when there is one.
 */
next: number | null, };

export type HistoryOf = { 
/**
 * A person's name.
 */
person: Line | null, 
/**
 * A machine's name.
 */
machine: Line | null, 
/**
 * [`Page::next`] of the page before.
 */
after: string | null, };

export type History = { 
/**
 * Over all of it.
 */
totals: HistoryTotals, 
/**
 * A page of its tickets, newest first.
 */
tickets: Page<HistoryTicket>, };

export type HistoryTicket = { 
/**
 * The ticket.
 */
ticket: TicketRow, 
/**
 * Oldest first.
 */
sessions: Array<SessionRow>, };

export type HistoryTotals = { 
/**
 * Tickets.
 */
tickets: number, 
/**
 * Of them waiting or taken.
 */
open: number, 
/**
 * Of them solved.
 */
solved: number, 
/**
 * Of them closed without a solution.
 */
not_solved: number, 
/**
 * Of them taken back.
 */
cancelled: number, 
/**
 * Of them such that came back.
 */
reopened: number, 
/**
 * Sessions on these tickets.
 */
sessions: number, 
/**
 * Of them refused, or not answered.
 */
refused: number, 
/**
 * When the first ticket was opened.
 */
first_at: UnixMillis | null, 
/**
 * When the last one was.
 */
last_at: UnixMillis | null, 
/**
 * The machines of a person, or the people of a machine: most tickets first, at most [`HISTORY_COMPANIONS`].
 */
companions: Array<Companion>, };

export type Companion = { 
/**
 * The name, as last stated.
 */
name: Line, 
/**
 * Tickets of both.
 */
tickets: number, };

export type LiveOpening = { 
/**
 * To be shown at each poll.
 */
opening: RequestId, 
/**
 * What goes on.
 */
live: Live, };

export type LivePoll = { 
/**
 * [`LiveOpening::opening`].
 */
opening: RequestId, };

export type Live = { 
/**
 * The relay's clock at this answer.
 */
at: UnixMillis, 
/**
 * Since when the relay runs.
 */
relay_since: UnixMillis, 
/**
 * Users' apps that are connected.
 */
users_online: number, 
/**
 * Waiting tickets in all.
 */
waiting_total: number, 
/**
 * Waiting tickets in the order of their queues, level by level; at most [`LIVE_ROWS`].
 */
waiting: Array<LiveTicket>, 
/**
 * Technicians who are connected, or who have a ticket; at most [`LIVE_ROWS`].
 */
technicians: Array<LiveTechnician>, 
/**
 * Open sessions in all.
 */
sessions_total: number, 
/**
 * Sessions that were asked for or go on, oldest first; at most [`LIVE_ROWS`].
 */
sessions: Array<LiveSession>, };

export type LiveTicket = { 
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
 * Impact and urgency.
 */
priority: Priority, 
/**
 * The level whose queue it is in.
 */
level: Level, 
/**
 * When it was opened.
 */
opened_at: UnixMillis, 
/**
 * Since when it waits in this queue.
 */
waiting_since: UnixMillis, 
/**
 * How often it came back.
 */
reopened: number, 
/**
 * Is the user's app connected?
 */
user_online: boolean, 
/**
 * A session on it was reported as abuse; whoever that was can no longer take it.
 */
abuse_reported: boolean, };

export type Doing = { "doing": "free" } | { "doing": "holding", 
/**
 * Which ticket.
 */
ticket: TicketId, } | { "doing": "asking", 
/**
 * On which ticket.
 */
ticket: TicketId, 
/**
 * When the question was put.
 */
since: UnixMillis, } | { "doing": "in_session", 
/**
 * On which ticket.
 */
ticket: TicketId, 
/**
 * The session.
 */
session: SessionId, 
/**
 * When the user said yes.
 */
since: UnixMillis, };

export type LiveTechnician = { 
/**
 * Who.
 */
technician: Technician, 
/**
 * Connected now?
 */
online: boolean, } & ({ "doing": "free" } | { "doing": "holding", 
/**
 * Which ticket.
 */
ticket: TicketId, } | { "doing": "asking", 
/**
 * On which ticket.
 */
ticket: TicketId, 
/**
 * When the question was put.
 */
since: UnixMillis, } | { "doing": "in_session", 
/**
 * On which ticket.
 */
ticket: TicketId, 
/**
 * The session.
 */
session: SessionId, 
/**
 * When the user said yes.
 */
since: UnixMillis, });

export type LiveSession = { 
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
 * Who is helped.
 */
user: Stated, 
/**
 * Who helps.
 */
technician: Technician, 
/**
 * When it was asked for.
 */
asked_at: UnixMillis, 
/**
 * When the question lapses.
 */
answer_by: UnixMillis, 
/**
 * When the user said yes.
 */
started_at: UnixMillis | null, 
/**
 * What is allowed now; nothing before the yes.
 */
capabilities: Array<Capability>, 
/**
 * When that ends, on the user's clock.
 */
expires_at: UnixMillis | null, 
/**
 * Is the screen seen now, as the endpoints reported?
 */
viewing: boolean, 
/**
 * Is control held now?
 */
controlling: boolean, 
/**
 * Is the user's app connected to the relay?
 */
user_online: boolean, 
/**
 * Is the technician's?
 */
technician_online: boolean, };

export type ListKind = "sessions" | "tickets";

export type StateFilter = "open" | "waiting" | "taken" | "solved" | "not_solved" | "cancelled";

export type Since = "today" | "week" | "month";

export type ViewFilter = { 
/**
 * One ticket.
 */
ticket: TicketId | null, 
/**
 * Words to be found in summary, name or machine.
 */
text: Line | null, 
/**
 * Part of the user's name or machine.
 */
person: Line | null, 
/**
 * Part of the machine's name.
 */
machine: Line | null, 
/**
 * A technician's account.
 */
technician: number | null, 
/**
 * The level that has the ticket, or had it last.
 */
level: Level | null, 
/**
 * Where the ticket stands.
 */
state: StateFilter | null, 
/**
 * How it ended.
 */
outcome: OutcomeFilter | null, 
/**
 * Only tickets that came back.
 */
reopened: boolean, 
/**
 * Days that end today.
 */
since: Since | null, 
/**
 * First day.
 */
from: Day | null, 
/**
 * Last day, included.
 */
to: Day | null, };

export type SavedView = { 
/**
 * Its number, for renaming and deleting.
 */
id: number, 
/**
 * Its name.
 */
name: Line, 
/**
 * Which list.
 */
list: ListKind, 
/**
 * Narrowed to this.
 */
filter: ViewFilter, };

export type NewView = { 
/**
 * Its name.
 */
name: Line, 
/**
 * Which list.
 */
list: ListKind, 
/**
 * Narrowed to this.
 */
filter: ViewFilter, };

export type RenameView = { 
/**
 * The name.
 */
name: Line, };

/** One line of text. */
export type Line = string;
/** Text of several lines. */
export type Text = string;
