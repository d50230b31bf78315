//! What goes into the broker and what comes out: inputs, effects, stored records.
//!
//! Flow: the caller feeds [`Input`]s with the time, carries out every [`Effect`] in order, and feeds back the results.
//!
//! Invariant: a stored record holds everything that the broker needs to go on with it after a restart.

use std::collections::BTreeSet;

use renfort_audit::{hash::Digest, record::Entry};
use renfort_protocol::{
    article::ArticleText,
    binding::{Reveal, SignedAsk, SignedReady},
    card::{SignedCard, SignedCardRequest, SignedRevocations},
    error::WireError,
    grant::{Capabilities, Grant},
    ids::{DeviceKey, Nonce, PersonId, ReplyId, RequestId, SessionId, Signature, TicketId},
    people::{Level, Name, Person, Stated, Technician},
    reply::CannedReply,
    second_factor::SecondFactorCode,
    signalling::{EndReason, FromRelay, Password},
    ticket::{Counts, Impact, Language, Note, NoteText, Outcome, Priority, Receipt, Summary, TicketState, Urgency},
    time::UnixMillis,
};
use serde::{Deserialize, Serialize};

use crate::second_factor::SecondFactorRefusal;
pub use crate::{
    articles::{Answer, Question},
    erasure::Erasure,
};

/// A connection, numbered by the caller; a number is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conn(pub u64);

/// One append to the store, numbered by the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppendId(pub u64);

/// What happened outside.
#[derive(Debug)]
pub enum Input {
    /// A WebSocket was accepted.
    Connected {
        /// Its number.
        conn: Conn,
        /// The peer's network address without port, as text.
        address: String,
        /// Fresh random challenge.
        nonce: Nonce,
    },
    /// A text frame came in. The broker looks at its size first.
    Frame {
        /// From whom.
        conn: Conn,
        /// The frame's payload.
        text: Vec<u8>,
    },
    /// The WebSocket is gone.
    Disconnected {
        /// Which.
        conn: Conn,
    },
    /// Answer to [`Effect::CheckPassword`].
    PasswordChecked {
        /// Whose.
        conn: Conn,
        /// What the store says.
        result: Checked,
    },
    /// Answer to [`Effect::CheckToken`].
    TokenChecked {
        /// Whose.
        conn: Conn,
        /// What the store says.
        result: Checked,
    },
    /// Answer to [`Effect::Consult`].
    Consulted {
        /// Who asked.
        conn: Conn,
        /// Their request's id.
        re: u32,
        /// What the store holds; none when it could not say.
        answer: Option<Answer>,
    },
    /// The append is on disk.
    Committed {
        /// Which.
        append: AppendId,
    },
    /// The append did not happen, no part of it.
    Failed {
        /// Which.
        append: AppendId,
        /// Why.
        reason: FailReason,
    },
    /// Everything that this person has signed in to has ended: the password or the second factor changed.
    SignInsEnded {
        /// Who.
        person: PersonId,
    },
    /// Accounts were added, changed or disabled; all of them as they are now.
    AccountsChanged {
        /// All accounts.
        accounts: Vec<Account>,
    },
    /// Names and texts of closed tickets are to be erased, with the records that tell of it: one [`Change::Erase`] and
    /// what goes with it. When it no longer fits what is stored, nothing of it is done.
    Erase {
        /// What becomes durable together.
        batch: Box<Batch>,
    },
    /// Cards or a list of revoked cards were brought to the relay; all of them as they are now.
    CardsChanged {
        /// Technicians' cards.
        cards: Vec<SignedCard>,
        /// The newest list; one that is not newer than the one before changes nothing.
        revocations: Option<SignedRevocations>,
    },
    /// [`crate::Broker::poll_timeout`] has come.
    Tick,
}

/// An account as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub person: Person,
    /// May no longer sign in.
    pub disabled: bool,
}

/// What the store says of a password or token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// It fits this account. (A disabled account is refused by the broker.)
    Good(Account),
    /// It fits none, or has expired.
    Wrong,
    /// The password fits this account, and its second factor does not let anybody in.
    Halfway {
        /// Whose password it is.
        person: PersonId,
        /// Why.
        why: SecondFactorRefusal,
    },
    /// The store could not say.
    Unavailable,
}

/// Why an append did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailReason {
    /// A record had another version than expected: somebody else was first.
    Conflict,
    /// It could not be written.
    Storage,
}

/// What the caller does, in this order.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Send a message.
    Send {
        /// To whom.
        conn: Conn,
        /// What.
        message: FromRelay,
    },
    /// Send [`FromRelay::Refused`] with `re` 0 and this error, then close. The broker has already forgotten the
    /// connection; a later [`Input::Disconnected`] for it is ignored.
    Close {
        /// Whom.
        conn: Conn,
        /// Why.
        error: WireError,
    },
    /// Write all of it or nothing, in one transaction, and answer with [`Input::Committed`] or [`Input::Failed`].
    Append {
        /// Its number, growing; appends must become durable in this order.
        append: AppendId,
        /// What.
        batch: Batch,
    },
    /// Look this up and answer with [`Input::Consulted`]. At most one at a time for each connection.
    Consult {
        /// Who asks.
        conn: Conn,
        /// Their request's id.
        re: u32,
        /// What.
        question: Question,
    },
    /// Check a password and, where the account has one, the second factor, whose use is durable before this is answered
    /// with [`Checked::Good`]; and answer with [`Input::PasswordChecked`].
    CheckPassword {
        /// For whom.
        conn: Conn,
        /// Sign-in name.
        login: Name,
        /// Password.
        password: Password,
        /// The code that was given with it.
        second_factor: Option<SecondFactorCode>,
        /// Network address.
        address: String,
    },
    /// Look up a token and answer with [`Input::TokenChecked`]; it must be of this device and not expired.
    CheckToken {
        /// For whom.
        conn: Conn,
        /// SHA-256 of the token.
        hash: Digest,
        /// The device that shows it.
        device: DeviceKey,
    },
}

/// Rows and audit records that become durable together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Row writes, in order.
    pub changes: Vec<Change>,
    /// Audit records, in order.
    pub events: Vec<Entry>,
}

/// One row write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Insert or replace a ticket.
    PutTicket {
        /// The ticket as it will be.
        record: Box<TicketRecord>,
        /// Version that the stored one must have; none: it must not exist.
        expected_version: Option<u64>,
    },
    /// Insert or replace a session.
    PutSession {
        /// The session as it will be.
        record: Box<SessionRecord>,
        /// Version that the stored one must have; none: it must not exist.
        expected_version: Option<u64>,
    },
    /// Append a note.
    AddNote {
        /// To which ticket.
        ticket: TicketId,
        /// The note.
        note: Note,
    },
    /// Keep a sign-in.
    PutToken {
        /// SHA-256 of the token.
        hash: Digest,
        /// Whose.
        person: PersonId,
        /// On which device only.
        device: DeviceKey,
        /// Until when.
        expires_at: UnixMillis,
    },
    /// Write a text of an article and keep the one before as a version. A conflict, too, when there are
    /// [`renfort_protocol::article::MAX_ARTICLES`] already and this would be another one.
    PutArticle {
        /// The text as it will be.
        text: Box<ArticleText>,
        /// Version that the stored one must have; none: the article must not have this language.
        expected_version: Option<u64>,
    },
    /// Insert or replace a canned reply. A conflict, too, when there are [`renfort_protocol::reply::MAX_REPLIES`]
    /// already and this would be another one.
    PutReply {
        /// The reply as it will be.
        reply: Box<CannedReply>,
        /// Version that the stored one must have; none: it must not exist.
        expected_version: Option<u64>,
    },
    /// Remove a canned reply.
    DeleteReply {
        /// Which.
        reply: ReplyId,
        /// Version that the stored one must have.
        expected_version: u64,
    },
    /// Erase names and texts. A conflict when a ticket is open or on hold. The keys that it names are deleted before it
    /// is durable.
    Erase(Box<Erasure>),
    /// Forget an order of the command line, which is carried out by the same batch. A conflict when there is none: it
    /// was carried out already.
    SettleOrder {
        /// Its number.
        id: u64,
    },
    /// Keep a request for a card, in place of an earlier one of the same account and device. Of one account the newest
    /// [`CARD_REQUESTS`] are kept.
    PutCardRequest {
        /// The request.
        request: Box<SignedCardRequest>,
    },
    /// Forget a sign-in.
    DeleteToken {
        /// SHA-256 of the token.
        hash: Digest,
    },
}

/// A ticket as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRecord {
    /// Its number.
    pub id: TicketId,
    /// Grows by one with each write, from 1.
    pub version: u64,
    /// The request that opened it.
    pub request: RequestId,
    /// Whose it is.
    pub device: DeviceKey,
    /// Who asks, as stated when it was opened.
    pub user: Stated,
    /// Their language.
    pub language: Language,
    /// What is asked.
    pub summary: Summary,
    /// How many are stuck.
    pub impact: Impact,
    /// How badly.
    pub urgency: Urgency,
    /// The level that has it, or had it last.
    pub level: Level,
    /// Where it stands.
    pub state: TicketState,
    /// Who has it, or had it last; none while it waits.
    pub technician: Option<Technician>,
    /// When it was opened.
    pub opened_at: UnixMillis,
    /// Since when it waits, or waited last, in its queue.
    pub waiting_since: UnixMillis,
    /// When it was first taken.
    pub first_taken_at: Option<UnixMillis>,
    /// When it was closed; none while it is open.
    pub closed_at: Option<UnixMillis>,
    /// How often it came back.
    pub reopened: u32,
    /// What the technician wrote for the user.
    pub message: Option<NoteText>,
    /// What the user answered to "solved?".
    pub feedback: Option<bool>,
    /// Since when the user's app has been out of reach; none when it is not, or not for long enough to be recorded.
    #[serde(default)]
    pub user_away_since: Option<UnixMillis>,
    /// Technicians whose sessions on it were reported as abuse: it is theirs no more.
    #[serde(default)]
    pub barred: BTreeSet<PersonId>,
}

impl TicketRecord {
    /// Impact and urgency as one number.
    #[must_use]
    pub const fn priority(&self) -> Priority {
        Priority::of(self.impact, self.urgency)
    }

    /// Does it wait, or does somebody have it?
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, TicketState::Waiting | TicketState::Taken)
    }

    /// From opening to the first take, in milliseconds.
    #[must_use]
    pub fn waited_ms(&self) -> Option<u64> {
        self.first_taken_at.map(|taken| taken.since(self.opened_at))
    }

    /// From the first take to closing, in milliseconds.
    #[must_use]
    pub fn handled_ms(&self) -> Option<u64> {
        Some(self.closed_at?.since(self.first_taken_at?))
    }
}

/// What ties a session to two devices, as they signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The technician's question.
    pub ask: SignedAsk,
    /// What the user's machine said to it.
    pub ready: Option<SignedReady>,
    /// The technician's nonce.
    pub reveal: Option<Reveal>,
    /// What the user's machine signed at the user's yes. The session's own grant goes on from it as the user gives more
    /// time, allows more or takes back, which their machine tells the other directly.
    #[serde(default)]
    pub allowed: Option<Grant>,
    /// Its signature under that.
    pub allowance: Option<Signature>,
}

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The session.
    pub id: SessionId,
    /// Grows by one with each write, from 1.
    pub version: u64,
    /// Its ticket.
    pub ticket: TicketId,
    /// The user's device.
    pub device: DeviceKey,
    /// Who is helped.
    pub user: Stated,
    /// Who helps.
    pub technician: Technician,
    /// What was asked.
    pub asked: Capabilities,
    /// When.
    pub asked_at: UnixMillis,
    /// When the question lapses.
    pub answer_by: UnixMillis,
    /// Who asked and who answered, as their devices signed it; none in sessions from before there were cards.
    #[serde(default)]
    pub binding: Option<Box<Binding>>,
    /// The ticket was taken with this question, which came with a code: until the user says yes it is nobody's.
    #[serde(default)]
    pub provisional: bool,
    /// What the user allows: given with the answer, changed by the reports of extensions, permissions, withdrawals.
    pub grant: Option<Grant>,
    /// When the user said yes.
    pub started_at: Option<UnixMillis>,
    /// When it ended.
    pub ended_at: Option<UnixMillis>,
    /// Why.
    pub end: Option<EndReason>,
    /// How the technician ended the ticket after it.
    pub outcome: Option<Outcome>,
    /// Time the screen was seen, in milliseconds, but for a view that still goes on.
    pub viewed_ms: u64,
    /// Time control was held, in milliseconds, but for control that is still held.
    pub controlled_ms: u64,
    /// Since when the screen is seen.
    pub viewed_since: Option<UnixMillis>,
    /// Since when control is held.
    pub controlled_since: Option<UnixMillis>,
    /// What was done.
    pub counts: Counts,
    /// Highest report number of the user's endpoint.
    pub reported_by_user: u64,
    /// Highest report number of the technician's endpoint.
    pub reported_by_technician: u64,
    /// When the user reported it as abuse, as the relay heard it: from then on it is evidence.
    #[serde(default)]
    pub abuse_reported_at: Option<UnixMillis>,
    /// The user's endpoint signed the session's head, or disputed it.
    #[serde(default)]
    pub head_answered_by_user: bool,
    /// The technician's endpoint signed the session's head, or disputed it.
    #[serde(default)]
    pub head_answered_by_technician: bool,
}

impl SessionRecord {
    /// Is it asked for, or going on?
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Told plainly; none when the user never said yes.
    #[must_use]
    pub fn receipt(&self) -> Option<Receipt> {
        Some(Receipt {
            session: self.id,
            technician: self.technician.clone(),
            started_at: self.started_at?,
            ended_at: self.ended_at,
            viewed_ms: self.viewed_ms,
            controlled_ms: self.controlled_ms,
            counts: self.counts,
            outcome: self.outcome,
        })
    }
}

/// A ticket with its notes and sessions, as loaded at start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTicket {
    /// The ticket.
    pub record: TicketRecord,
    /// Oldest first.
    pub notes: Vec<Note>,
    /// All its sessions, oldest first.
    pub sessions: Vec<SessionRecord>,
}

/// What the store holds at start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Every open ticket, and the newest [`KEPT_CLOSED_TICKETS`] closed ones; in any order.
    pub tickets: Vec<StoredTicket>,
    /// One more than the highest ticket number ever given; at least [`FIRST_TICKET`].
    pub next_ticket: u64,
    /// All accounts.
    pub accounts: Vec<Account>,
    /// Technicians' cards that were brought to the relay.
    pub cards: Vec<SignedCard>,
    /// The newest list of revoked cards.
    pub revocations: Option<SignedRevocations>,
}

/// Number of an organisation's first ticket.
pub const FIRST_TICKET: u64 = 1001;
/// Closed tickets that the broker keeps at hand, for users' feedback and technicians' "earlier tickets"; the one closed
/// longest ago is forgotten first (the store keeps it).
pub const KEPT_CLOSED_TICKETS: usize = 10_000;
/// Requests for a card that are kept of one account; it has that many devices at most.
pub const CARD_REQUESTS: usize = 10;
/// A sign-in lasts this long, in milliseconds: one long working day.
pub const TOKEN_MS: u64 = 14 * 60 * 60_000;

/// What whoever runs the relay may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all; the next is closed with `busy`.
    pub connections: usize,
    /// Connections of one address (IPv6: of its /64) that have not signed in; the next is closed with `busy`.
    pub strangers_per_address: usize,
    /// Users' connections of one address (IPv6: of its /64); a further user is turned away with `busy`. They need no
    /// account, so that one machine could otherwise take every place. High, since a whole site may share an address.
    pub users_per_address: usize,
    /// Open tickets in all; a further one is refused with `busy`.
    pub open_tickets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            strangers_per_address: 32,
            users_per_address: 1_000,
            open_tickets: 10_000,
        }
    }
}
