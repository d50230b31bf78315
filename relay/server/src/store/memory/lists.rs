//! The console's lists, in memory.

use renfort_core::contract::{SessionRecord, TicketRecord};
use renfort_protocol::{
    console::{OutcomeFilter, views::StateFilter},
    people::Stated,
    signalling::EndReason,
    ticket::{Outcome, TicketState},
    time::UnixMillis,
};

use super::{State, supervision};
use crate::store::{
    filter::{Criteria, PageKey, searchable, searchable_summary},
    rows::{ListedSession, ListedTicket, Listing},
};

pub(super) fn sessions(state: &State, criteria: &Criteria, limit: u32) -> Listing<ListedSession> {
    let mut fitting: Vec<&SessionRecord> = state
        .sessions
        .values()
        .filter(|one| {
            common(criteria, &one.user, one.asked_at)
                && state
                    .tickets
                    .get(&one.ticket)
                    .is_some_and(|of| ticket_fits(criteria, &one.user, of))
                && criteria.ticket.is_none_or(|ticket| one.ticket == ticket)
                && criteria
                    .technician
                    .is_none_or(|technician| one.technician.id == technician)
                && criteria.outcome.is_none_or(|outcome| match outcome {
                    OutcomeFilter::Unanswered => unanswered(state, one),
                    outcome => session_ended(one, outcome),
                })
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
                && ticket_fits(criteria, &one.user, one)
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
                    OutcomeFilter::Unanswered => of(one).any(|session| unanswered(state, session)),
                    OutcomeFilter::Reported => of(one).any(|session| session.abuse_reported_at.is_some()),
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

/// What is asked of the ticket itself, and words, whichever the list; `user` is who stands in its row.
fn ticket_fits(criteria: &Criteria, user: &Stated, ticket: &TicketRecord) -> bool {
    let (names, summary) = (searchable(user), searchable_summary(&ticket.summary));
    let machine = user.machine.as_str().to_lowercase();
    criteria
        .words
        .iter()
        .all(|word| names.contains(word) || summary.contains(word))
        && criteria.machine.as_ref().is_none_or(|part| machine.contains(part))
        && criteria
            .history
            .as_ref()
            .is_none_or(|of| supervision::belongs(ticket, of))
        && criteria.level.is_none_or(|level| ticket.level == level)
        && (!criteria.reopened || ticket.reopened > 0)
        && criteria.state.is_none_or(|state| match state {
            StateFilter::Open => ticket.is_open(),
            StateFilter::Waiting => ticket.state == TicketState::Waiting,
            StateFilter::Taken => ticket.state == TicketState::Taken,
            StateFilter::Solved => ticket.state == TicketState::Solved,
            StateFilter::NotSolved => ticket.state == TicketState::NotSolved,
            StateFilter::Cancelled => ticket.state == TicketState::Cancelled,
        })
}

/// A refusal that nothing followed.
fn unanswered(state: &State, session: &SessionRecord) -> bool {
    let place = |one: &SessionRecord| (one.asked_at, one.id.to_string());
    let followed = || {
        state
            .sessions
            .values()
            .any(|later| later.ticket == session.ticket && place(later) > place(session))
    };
    session_ended(session, OutcomeFilter::Refused)
        && state.tickets.get(&session.ticket).is_some_and(TicketRecord::is_open)
        && !followed()
}

fn session_ended(session: &SessionRecord, how: OutcomeFilter) -> bool {
    match how {
        OutcomeFilter::Solved => session.outcome == Some(Outcome::Solved),
        OutcomeFilter::NotSolved => session.outcome == Some(Outcome::NotSolved),
        OutcomeFilter::Escalated => matches!(session.outcome, Some(Outcome::Escalated { .. })),
        OutcomeFilter::Refused | OutcomeFilter::Unanswered => {
            matches!(session.end, Some(EndReason::Refused | EndReason::TimedOut))
        }
        OutcomeFilter::Reported => session.abuse_reported_at.is_some(),
        OutcomeFilter::Open => session.is_open(),
    }
}

fn listing<T>(mut rows: Vec<T>, total: u64, limit: u32, key: fn(&T) -> PageKey) -> Listing<T> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = if more { rows.last().map(key) } else { None };
    Listing { rows, total, next }
}
