//! What a log that verifies does not tell: sessions without an end, endpoints' reports that never came, and personal values
//! that are not shown.
//!
//! Flow: each verified record goes through [`Watch::see`]; [`Watch::gaps`] says what is open at the end.
//!
//! Invariant: a gap is not a fault. The records are whole; what happened between them is not in them.

use std::collections::{BTreeMap, HashMap};

use renfort_protocol::{
    ids::{SessionId, TicketId},
    time::UnixMillis,
};

use crate::{actor::Actor, export::ExportedRecord, fields::MAX_NUMBER};

/// Code of the record that ends a session.
const ENDED: &str = "session.ended";
/// Field that numbers an endpoint's reports of a session, from 1.
const REPORT: &str = "report";
/// Codes of the records that tell of erased values, in their `fields`.
const ERASING: [&str; 2] = ["person.erased", "retention.ran"];
/// Gaps of missing reports that are named; of further ones only the number is known. A log that lacks more was not
/// written by a relay that lost a message.
pub const MAX_MISSING_REPORTS: usize = 1_000;

/// A session of which the log holds no end: it goes on, or its end was never told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unended {
    /// Which.
    pub session: SessionId,
    /// Its ticket.
    pub ticket: Option<TicketId>,
    /// Its last record.
    pub seq: u64,
    /// When that was written.
    pub at: UnixMillis,
}

/// Reports of one endpoint about one session that the log does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingReports {
    /// Of which session.
    pub session: SessionId,
    /// Which endpoint numbered them.
    pub actor: Actor,
    /// The first that is missing.
    pub from: u64,
    /// The last that is missing.
    pub to: u64,
    /// The record that should have come after them.
    pub seq: u64,
}

/// All that is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gaps {
    /// In the order of their last records.
    pub unended: Vec<Unended>,
    /// In the order of the log, at most [`MAX_MISSING_REPORTS`].
    pub missing_reports: Vec<MissingReports>,
    /// How many there are in all.
    pub missing_reports_total: u64,
    /// Personal values that the records commit to and that are not shown with them.
    pub hidden: u64,
    /// Values that were erased, as the log tells. More that are hidden were left out of the export; fewer, and it shows
    /// some that were erased since.
    pub erased: u64,
}

impl Gaps {
    /// Is nothing open?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.unended.is_empty() && self.missing_reports_total == 0 && self.hidden == self.erased
    }
}

#[derive(Debug, Clone)]
struct Open {
    ticket: Option<TicketId>,
    seq: u64,
    at: UnixMillis,
}

/// Watches a log go by. Its memory grows with the number of sessions and of their endpoints.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    open: HashMap<SessionId, Option<Open>>,
    reports: HashMap<(SessionId, Actor), u64>,
    gaps: Gaps,
}

impl Watch {
    /// Takes the next record.
    pub fn see(&mut self, exported: &ExportedRecord) {
        let record = &exported.record;
        let hidden = record
            .commitments
            .keys()
            .filter(|name| !exported.revealed.contains_key(*name));
        self.gaps.hidden += hidden.count() as u64;
        if ERASING.contains(&record.code.as_str()) {
            let fields = record.number("fields").unwrap_or(0);
            // What a forged log may count beyond is of no account.
            self.gaps.erased = self.gaps.erased.saturating_add(fields).min(MAX_NUMBER);
        }
        let Some(session) = record.session else { return };
        let seen = self.open.entry(session).or_insert(Some(Open {
            ticket: record.ticket,
            seq: record.seq,
            at: record.at,
        }));
        if record.code == ENDED {
            *seen = None;
        } else if let Some(open) = seen {
            open.seq = record.seq;
            open.at = record.at;
        }
        if let Some(number) = record.number(REPORT) {
            self.count(session, record.actor, number, record.seq);
        }
    }

    fn count(&mut self, session: SessionId, actor: Actor, number: u64, seq: u64) {
        let last = self.reports.entry((session, actor)).or_insert(0);
        let from = last.saturating_add(1);
        if number > from {
            self.gaps.missing_reports_total += 1;
            if self.gaps.missing_reports.len() < MAX_MISSING_REPORTS {
                self.gaps.missing_reports.push(MissingReports {
                    session,
                    actor,
                    from,
                    to: number - 1,
                    seq,
                });
            }
        }
        *last = number.max(*last);
    }

    /// What is open after the last record.
    #[must_use]
    pub fn gaps(self) -> Gaps {
        let unended: BTreeMap<u64, Unended> = self
            .open
            .into_iter()
            .filter_map(|(session, open)| {
                let Open { ticket, seq, at } = open?;
                Some((
                    seq,
                    Unended {
                        session,
                        ticket,
                        seq,
                        at,
                    },
                ))
            })
            .collect();
        Gaps {
            unended: unended.into_values().collect(),
            ..self.gaps
        }
    }
}
