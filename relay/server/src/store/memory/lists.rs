//! The console's lists, in memory.

use renfort_core::contract::{SessionRecord, TicketRecord};
use renfort_protocol::{
    console::OutcomeFilter,
    people::Stated,
    signalling::EndReason,
    ticket::{Outcome, TicketState},
    time::UnixMillis,
};

use super::State;
use crate::store::{
    filter::{Criteria, PageKey, searchable},
    rows::{ListedSession, ListedTicket, Listing},
};

pub(super) fn sessions(state: &State, criteria: &Criteria, limit: u32) -> Listing<ListedSession> {
    let mut fitting: Vec<&SessionRecord> = state
        .sessions
        .values()
        .filter(|one| {
            common(criteria, &one.user, one.asked_at)
                && criteria.ticket.is_none_or(|ticket| one.ticket == ticket)
                && criteria
                    .technician
                    .is_none_or(|technician| one.technician.id == technician)
                && criteria.outcome.is_none_or(|outcome| session_ended(one, outcome))
        })
        .collect();
    fitting.sort_by_key(|one| std::cmp::Reverse((one.asked_at, one.id.to_string())));
    let total = fitting.len() as u64;
    let page = fitting.into_iter().filter(|one| {
        criteria
            .after
            .as_ref()
            .is_none_or(|after| (one.asked_at, one.id.to_string()) < (after.at, after.id.clone()))
    });
    let rows = page.filter_map(|one| {
        let summary = state.tickets.get(&one.ticket)?.summary.clone();
        Some(ListedSession {
            record: one.clone(),
            summary,
        })
    });
    listing(rows.collect(), total, limit, ListedSession::page_key)
}

pub(super) fn tickets(state: &State, criteria: &Criteria, limit: u32) -> Listing<ListedTicket> {
    let of = |ticket: &TicketRecord| {
        let id = ticket.id;
        state.sessions.values().filter(move |session| session.ticket == id)
    };
    let mut fitting: Vec<&TicketRecord> = state
        .tickets
        .values()
        .filter(|one| {
            common(criteria, &one.user, one.opened_at)
                && criteria.ticket.is_none_or(|ticket| one.id == ticket)
                && criteria.technician.is_none_or(|technician| {
                    one.technician.as_ref().is_some_and(|has| has.id == technician)
                        || of(one).any(|session| session.technician.id == technician)
                })
                && criteria.outcome.is_none_or(|outcome| match outcome {
                    OutcomeFilter::Solved => one.state == TicketState::Solved,
                    OutcomeFilter::NotSolved => one.state == TicketState::NotSolved,
                    OutcomeFilter::Escalated => state
                        .records
                        .iter()
                        .any(|logged| logged.record.ticket == Some(one.id) && logged.record.code == "ticket.escalated"),
                    OutcomeFilter::Refused => of(one).any(|session| session_ended(session, OutcomeFilter::Refused)),
                    OutcomeFilter::Open => one.is_open(),
                })
        })
        .collect();
    fitting.sort_by_key(|one| std::cmp::Reverse((one.opened_at, one.id)));
    let total = fitting.len() as u64;
    let page = fitting.into_iter().filter(|one| {
        criteria
            .after
            .as_ref()
            .is_none_or(|after| (one.opened_at, one.id.0) < (after.at, after.id.parse().unwrap_or(0)))
    });
    let rows = page.map(|one| ListedTicket {
        record: one.clone(),
        sessions: u32::try_from(of(one).count()).unwrap_or(u32::MAX),
    });
    listing(rows.collect(), total, limit, ListedTicket::page_key)
}

fn common(criteria: &Criteria, user: &Stated, at: UnixMillis) -> bool {
    criteria
        .search
        .as_ref()
        .is_none_or(|search| searchable(user).contains(search))
        && criteria.from.is_none_or(|from| at >= from)
        && criteria.to.is_none_or(|to| at < to)
}

fn session_ended(session: &SessionRecord, how: OutcomeFilter) -> bool {
    match how {
        OutcomeFilter::Solved => session.outcome == Some(Outcome::Solved),
        OutcomeFilter::NotSolved => session.outcome == Some(Outcome::NotSolved),
        OutcomeFilter::Escalated => matches!(session.outcome, Some(Outcome::Escalated { .. })),
        OutcomeFilter::Refused => matches!(session.end, Some(EndReason::Refused | EndReason::TimedOut)),
        OutcomeFilter::Open => session.is_open(),
    }
}

fn listing<T>(mut rows: Vec<T>, total: u64, limit: u32, key: fn(&T) -> PageKey) -> Listing<T> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = if more { rows.last().map(key) } else { None };
    Listing { rows, total, next }
}
