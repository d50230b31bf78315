//! Rows of the console's lists, as the store gives them, and as the console shows them.

use renfort_core::contract::{SessionRecord, TicketRecord};
use renfort_protocol::{
    console::{SessionRow, TicketRow},
    ticket::Summary,
    time::UnixMillis,
};

use super::filter::PageKey;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many fit in all, whatever the page.
    pub total: u64,
    /// Where the next page begins; none when this is the last.
    pub next: Option<PageKey>,
}

/// A session with what the list shows of its ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    /// The session.
    pub record: SessionRecord,
    /// What its ticket asks.
    pub summary: Summary,
}

/// A ticket with what the list shows of its sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTicket {
    /// The ticket.
    pub record: TicketRecord,
    /// How many sessions it had.
    pub sessions: u32,
}

impl ListedSession {
    /// Names it for the next page.
    #[must_use]
    pub fn page_key(&self) -> PageKey {
        PageKey {
            at: self.record.asked_at,
            id: self.record.id.to_string(),
        }
    }

    /// As the console shows it at `now`: a view or control that still goes on counts until then.
    #[must_use]
    pub fn into_row(self, now: UnixMillis) -> SessionRow {
        let record = self.record;
        let running = |since: Option<UnixMillis>| since.map_or(0, |since| now.since(since));
        SessionRow {
            viewed_ms: record.viewed_ms.saturating_add(running(record.viewed_since)),
            controlled_ms: record.controlled_ms.saturating_add(running(record.controlled_since)),
            id: record.id,
            ticket: record.ticket,
            summary: self.summary,
            user: record.user,
            technician: record.technician,
            asked_at: record.asked_at,
            started_at: record.started_at,
            ended_at: record.ended_at,
            end: record.end,
            outcome: record.outcome,
            counts: record.counts,
            abuse_reported: record.abuse_reported_at.is_some(),
        }
    }
}

impl ListedTicket {
    /// Names it for the next page.
    #[must_use]
    pub fn page_key(&self) -> PageKey {
        PageKey {
            at: self.record.opened_at,
            id: self.record.id.0.to_string(),
        }
    }

    /// As the console shows it.
    #[must_use]
    pub fn into_row(self) -> TicketRow {
        let record = self.record;
        TicketRow {
            priority: record.priority(),
            waited_ms: record.waited_ms(),
            handled_ms: record.handled_ms(),
            id: record.id,
            summary: record.summary,
            user: record.user,
            impact: record.impact,
            urgency: record.urgency,
            state: record.state,
            level: record.level,
            technician: record.technician,
            opened_at: record.opened_at,
            closed_at: record.closed_at,
            reopened: record.reopened,
            feedback: record.feedback,
            sessions: self.sessions,
            abuse_reported: !record.barred.is_empty(),
        }
    }
}
