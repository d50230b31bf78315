//! The supervisor's console: what its pages fetch from the relay, as JSON under `/v1/console/`.
//!
//! | method and path | body or query | answer |
//! |---|---|---|
//! | `POST sign-in` | [`SignIn`] | [`SignedIn`] and a cookie (`HttpOnly`, `SameSite=Strict`, `Secure` under TLS) |
//! | `POST sign-out` | none | 204 |
//! | `GET me` | none | [`Me`] |
//! | `GET sessions` | [`Filter`] | [`Page`] of [`SessionRow`] |
//! | `GET tickets` | [`Filter`] | [`Page`] of [`TicketRow`] |
//! | `GET session/{id}` | none | [`SessionDetail`] |
//! | `GET ticket/{id}` | [`story::StoryPart`] | [`story::TicketStory`] |
//! | `GET history` | [`history::HistoryOf`] | [`history::History`] |
//! | `POST live`, `GET live` | see [`live`] | what goes on now |
//! | `GET views`, `POST views`, `PUT views/{id}`, `DELETE views/{id}` | see [`views`] | saved views |
//! | `GET log` | none | [`LogStatus`], after checking the whole log |
//! | `GET export/{sessions,tickets,audit}.{csv,jsonl}` | [`Filter`] | the file |
//! | `GET articles` | [`crate::article::ArticleFilter`] | [`crate::article::ArticleList`] |
//! | `POST articles` | [`crate::article::NewArticle`] | [`crate::article::Article`] |
//! | `GET articles/{id}` | none | [`crate::article::Article`] |
//! | `POST articles/{id}/{language}` | [`crate::article::SaveArticle`] | [`crate::article::Article`] |
//! | `POST articles/{id}/{language}/{publish,withdraw}` | [`crate::article::OfVersion`] | [`crate::article::Article`] |
//! | `POST articles/{id}/{language}/restore` | [`crate::article::RestoreArticle`] | [`crate::article::Article`] |
//! | `GET articles/{id}/{language}/history` | none | list of [`crate::article::ArticleHead`] |
//! | `GET articles/{id}/{language}/history/{version}` | none | [`crate::article::ArticleText`] |
//! | `GET replies` | none | list of [`crate::reply::CannedReply`] |
//! | `POST replies`, `POST replies/{id}` | [`crate::reply::SaveReply`] | [`crate::reply::CannedReply`] |
//! | `POST replies/{id}/remove` | [`crate::article::OfVersion`] | 204 |
//!
//! Every request but `sign-in` also carries the page's key, [`SignedIn::page_key`], in the header
//! [`PAGE_KEY_HEADER`]. A cookie without it opens nothing.
//!
//! An error is a [`crate::error::WireError`] with status 400, 401, 403, 404, 409, 413, 429, 500 or 503.

pub mod history;
pub mod live;
pub mod story;
pub mod views;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ids::{SessionId, TicketId, Token},
    people::{Name, Person, Stated, Technician},
    second_factor::SecondFactorCode,
    signalling::{EndReason, Password},
    ticket::{Counts, Impact, NoteText, Outcome, Priority, Summary, TicketState, Urgency},
    time::UnixMillis,
};

/// Name and password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignIn {
    /// Sign-in name.
    pub login: Name,
    /// Password.
    pub password: Password,
    /// The code of the second factor, once the relay has asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub second_factor: Option<SecondFactorCode>,
}

/// Header in which a page shows its key, in hexadecimal. No form and no link can send it, and no page of another site
/// without asking first (CORS), so it also tells our own pages' requests from forged ones.
pub const PAGE_KEY_HEADER: &str = "x-renfort-page";

/// Somebody signed in to the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedIn {
    /// Who.
    pub me: Me,
    /// The other half of the sign-in, beside the cookie: for the page to keep, where no cookie goes.
    pub page_key: Token,
}

/// Who is signed in, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Me {
    /// The account.
    pub person: Person,
    /// The organisation's name.
    pub organisation: Name,
    /// All technicians, for the filter; none for a technician, who has no such filter.
    pub technicians: Vec<Person>,
}

/// What to list. Every member narrows; none means everything, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// One ticket.
    pub ticket: Option<TicketId>,
    /// Words, each to be found in summary, name or machine, whatever the case.
    pub text: Option<String>,
    /// Part of the user's name or machine, whatever the case.
    pub person: Option<String>,
    /// Part of the machine's name, whatever the case.
    pub machine: Option<String>,
    /// A technician's account.
    pub technician: Option<u64>,
    /// The level that has the ticket, or had it last.
    pub level: Option<crate::people::Level>,
    /// Where the ticket stands.
    pub state: Option<views::StateFilter>,
    /// Only tickets that came back.
    pub reopened: Option<bool>,
    /// Not before.
    pub from: Option<UnixMillis>,
    /// Before.
    pub to: Option<UnixMillis>,
    /// How it ended.
    pub outcome: Option<OutcomeFilter>,
    /// [`Page::next`] of the page before.
    pub after: Option<String>,
}

/// Outcomes to filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeFilter {
    /// Solved.
    Solved,
    /// Not solved.
    NotSolved,
    /// Escalated to a higher level.
    Escalated,
    /// The user refused, or did not answer.
    Refused,
    /// Refused or not answered, and nothing came after it: the ticket is open and has no later session.
    Unanswered,
    /// The user reported it as abuse.
    Reported,
    /// Still going on, or waiting.
    Open,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Page<T> {
    /// At most [`PAGE_ROWS`].
    pub rows: Vec<T>,
    /// How many there are in all.
    pub total: u64,
    /// For [`Filter::after`], when there are more.
    pub next: Option<String>,
}

/// Rows in one [`Page`].
pub const PAGE_ROWS: u32 = 100;

/// A session in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionRow {
    /// The session.
    pub id: SessionId,
    /// Its ticket.
    pub ticket: TicketId,
    /// What the ticket asks.
    pub summary: Summary,
    /// Who was helped.
    pub user: Stated,
    /// Who helped.
    pub technician: Technician,
    /// When the technician asked.
    pub asked_at: UnixMillis,
    /// When the user said yes.
    pub started_at: Option<UnixMillis>,
    /// When it ended.
    pub ended_at: Option<UnixMillis>,
    /// Why it ended.
    pub end: Option<EndReason>,
    /// How the technician ended the ticket after it.
    pub outcome: Option<Outcome>,
    /// Time the screen was seen, in milliseconds.
    pub viewed_ms: u64,
    /// Time control was held, in milliseconds.
    pub controlled_ms: u64,
    /// What was done.
    pub counts: Counts,
    /// Its user reported it as abuse.
    pub abuse_reported: bool,
}

/// A ticket in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TicketRow {
    /// The ticket.
    pub id: TicketId,
    /// What it asks.
    pub summary: Summary,
    /// Who asks.
    pub user: Stated,
    /// How many are stuck.
    pub impact: Impact,
    /// How badly.
    pub urgency: Urgency,
    /// Both, as one number.
    pub priority: Priority,
    /// Where it stands.
    pub state: TicketState,
    /// The level that has it, or had it last.
    pub level: crate::people::Level,
    /// Who has it, or had it last.
    pub technician: Option<Technician>,
    /// When it was opened.
    pub opened_at: UnixMillis,
    /// When it was closed.
    pub closed_at: Option<UnixMillis>,
    /// From opening to the first take, in milliseconds.
    pub waited_ms: Option<u64>,
    /// From the first take to closing, in milliseconds.
    pub handled_ms: Option<u64>,
    /// How often it came back.
    pub reopened: u32,
    /// What the user answered to "solved?".
    pub feedback: Option<bool>,
    /// Sessions on it.
    pub sessions: u32,
    /// A session on it was reported as abuse.
    pub abuse_reported: bool,
}

/// One entry of a timeline: an audit record, readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimelineEntry {
    /// Its number in the log.
    pub seq: u64,
    /// When.
    pub at: UnixMillis,
    /// The session it belongs to; a record of the ticket itself has none.
    pub session: Option<SessionId>,
    /// Its number among the records of that session, from 0: a number that is missing is a record that is missing.
    pub session_seq: Option<u64>,
    /// Who did it, as the record names them: `relay`, `operator`, `person:<number>` or `device:<hash>`.
    pub actor: String,
    /// Stable event code, for example `consent.granted`.
    pub code: String,
    /// Was it carried out, or refused?
    pub denied: bool,
    /// Its fields, personal ones included; a personal field whose key was erased is absent.
    pub fields: BTreeMap<String, FieldValue>,
}

/// A field of an audit record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum FieldValue {
    /// Yes or no.
    Flag(bool),
    /// A count, a duration in milliseconds, an instant.
    Number(u64),
    /// A word.
    Text(String),
}

/// A session with everything the log has of it and of its ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionDetail {
    /// As in the list.
    pub row: SessionRow,
    /// Its ticket.
    pub ticket: TicketRow,
    /// Notes on the ticket, oldest first.
    pub notes: Vec<crate::ticket::Note>,
    /// What the technician wrote for the user.
    pub message: Option<NoteText>,
    /// Oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Other sessions on the same ticket, oldest first.
    pub siblings: Vec<SessionId>,
}

/// Does the log verify?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogStatus {
    /// Records in it.
    pub records: u64,
    /// Merkle root over them, in hexadecimal.
    pub root: String,
    /// The latest signed checkpoint, as text.
    pub checkpoint: String,
    /// The first thing that is wrong; none means that everything holds.
    pub broken: Option<LogFault>,
    /// When this was checked.
    pub checked_at: UnixMillis,
    /// For how many months names are kept, in the log and in the tickets.
    pub audit_months: u32,
    /// The names of what is older are erased, but for what is on hold.
    pub names_since: UnixMillis,
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogFault {
    /// The record, where one can be named.
    pub seq: Option<u64>,
    /// Stable name of the fault, see the audit format.
    pub fault: String,
}
