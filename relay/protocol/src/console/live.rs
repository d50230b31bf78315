//! What goes on now: who waits, who is at work, which sessions are open. Never a picture of a screen.
//!
//! | method and path | query | answer |
//! |---|---|---|
//! | `POST live` | none | [`LiveOpening`]; recorded in the log |
//! | `GET live` | [`LivePoll`] | [`Live`] with an `ETag`, or 304 when nothing changed; not recorded |
//!
//! A page opens once and then polls. A relay that was restarted knows no openings: the poll is refused with
//! [`crate::error::Code::OutOfOrder`], and the page opens anew.
//!
//! Invariant: `at` alone does not change the `ETag`; everything else does.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    grant::Capabilities,
    ids::{RequestId, SessionId, TicketId},
    people::{Level, Stated, Technician},
    ticket::{Priority, Summary},
    time::UnixMillis,
};

/// Rows in each list of [`Live`]; further ones are only counted.
pub const LIVE_ROWS: usize = 200;

/// A page that may poll now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LiveOpening {
    /// To be shown at each poll.
    pub opening: RequestId,
    /// What goes on.
    pub live: Live,
}

/// The opening that polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LivePoll {
    /// [`LiveOpening::opening`].
    pub opening: RequestId,
}

/// What goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Live {
    /// The relay's clock at this answer.
    pub at: UnixMillis,
    /// Since when the relay runs.
    pub relay_since: UnixMillis,
    /// Users' apps that are connected.
    pub users_online: u64,
    /// Waiting tickets in all.
    pub waiting_total: u64,
    /// Waiting tickets in the order of their queues, level by level; at most [`LIVE_ROWS`].
    pub waiting: Vec<LiveTicket>,
    /// Technicians who are connected, or who have a ticket; at most [`LIVE_ROWS`].
    pub technicians: Vec<LiveTechnician>,
    /// Open sessions in all.
    pub sessions_total: u64,
    /// Sessions that were asked for or go on, oldest first; at most [`LIVE_ROWS`].
    pub sessions: Vec<LiveSession>,
}

/// A ticket that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LiveTicket {
    /// The ticket.
    pub id: TicketId,
    /// What it asks.
    pub summary: Summary,
    /// Who asks.
    pub user: Stated,
    /// Impact and urgency.
    pub priority: Priority,
    /// The level whose queue it is in.
    pub level: Level,
    /// When it was opened.
    pub opened_at: UnixMillis,
    /// Since when it waits in this queue.
    pub waiting_since: UnixMillis,
    /// How often it came back.
    pub reopened: u32,
    /// Is the user's app connected?
    pub user_online: bool,
    /// A session on it was reported as abuse; whoever that was can no longer take it.
    pub abuse_reported: bool,
}

/// What a technician does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "doing", rename_all = "snake_case")]
pub enum Doing {
    /// Nothing that the relay knows of.
    Free,
    /// Has a ticket without a session: before a question, or wrapping up.
    Holding {
        /// Which ticket.
        ticket: TicketId,
    },
    /// Waits for a user's answer.
    Asking {
        /// On which ticket.
        ticket: TicketId,
        /// When the question was put.
        since: UnixMillis,
    },
    /// Is in a session.
    InSession {
        /// On which ticket.
        ticket: TicketId,
        /// The session.
        session: SessionId,
        /// When the user said yes.
        since: UnixMillis,
    },
}

/// A technician at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LiveTechnician {
    /// Who.
    pub technician: Technician,
    /// Connected now?
    pub online: bool,
    /// Doing what.
    #[serde(flatten)]
    pub doing: Doing,
}

/// A session that was asked for or goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LiveSession {
    /// The session.
    pub id: SessionId,
    /// Its ticket.
    pub ticket: TicketId,
    /// What the ticket asks.
    pub summary: Summary,
    /// Who is helped.
    pub user: Stated,
    /// Who helps.
    pub technician: Technician,
    /// When it was asked for.
    pub asked_at: UnixMillis,
    /// When the question lapses.
    pub answer_by: UnixMillis,
    /// When the user said yes.
    pub started_at: Option<UnixMillis>,
    /// What is allowed now; nothing before the yes.
    pub capabilities: Capabilities,
    /// When that ends, on the user's clock.
    pub expires_at: Option<UnixMillis>,
    /// Is the screen seen now, as the endpoints reported?
    pub viewing: bool,
    /// Is control held now?
    pub controlling: bool,
    /// Is the user's app connected to the relay?
    pub user_online: bool,
    /// Is the technician's?
    pub technician_online: bool,
}
