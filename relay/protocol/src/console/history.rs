//! What one person asked for, or what happened on one machine, over time.
//!
//! `GET history` with [`HistoryOf`] answers [`History`]. Names and machines are as stated: two people of one name stand
//! in one history.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Page, SessionRow, TicketRow};
use crate::{people::Name, time::UnixMillis};

/// Tickets in one page of a history.
pub const HISTORY_ROWS: u32 = 50;
/// Machines of a person, or people of a machine, that are named.
pub const HISTORY_COMPANIONS: u32 = 20;

/// Whose. Exactly one of `person` and `machine`; both whole, whatever the case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct HistoryOf {
    /// A person's name.
    pub person: Option<Name>,
    /// A machine's name.
    pub machine: Option<Name>,
    /// [`Page::next`] of the page before.
    pub after: Option<String>,
}

/// A history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct History {
    /// Over all of it.
    pub totals: HistoryTotals,
    /// A page of its tickets, newest first.
    pub tickets: Page<HistoryTicket>,
}

/// A ticket with its sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryTicket {
    /// The ticket.
    pub ticket: TicketRow,
    /// Oldest first.
    pub sessions: Vec<SessionRow>,
}

/// Counts over a whole history.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct HistoryTotals {
    /// Tickets.
    pub tickets: u64,
    /// Of them waiting or taken.
    pub open: u64,
    /// Of them solved.
    pub solved: u64,
    /// Of them closed without a solution.
    pub not_solved: u64,
    /// Of them taken back.
    pub cancelled: u64,
    /// Of them such that came back.
    pub reopened: u64,
    /// Sessions on these tickets.
    pub sessions: u64,
    /// Of them refused, or not answered.
    pub refused: u64,
    /// When the first ticket was opened.
    pub first_at: Option<UnixMillis>,
    /// When the last one was.
    pub last_at: Option<UnixMillis>,
    /// The machines of a person, or the people of a machine: most tickets first, at most [`HISTORY_COMPANIONS`].
    pub companions: Vec<Companion>,
}

/// A machine of a person, or a person on a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Companion {
    /// The name, as last stated.
    pub name: Name,
    /// Tickets of both.
    pub tickets: u64,
}
