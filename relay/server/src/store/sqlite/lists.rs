//! The console's lists.

use renfort_protocol::console::{OutcomeFilter, views::StateFilter};
use sqlx::{QueryBuilder, Row, Sqlite, SqlitePool};

use super::{
    convert::{from_json, int, unsigned},
    supervision,
};
use crate::store::{
    StoreError,
    filter::Criteria,
    rows::{ListedSession, ListedTicket, Listing},
};

pub(super) async fn sessions(
    pool: &SqlitePool,
    criteria: &Criteria,
    limit: u32,
) -> Result<Listing<ListedSession>, StoreError> {
    let mut count = QueryBuilder::new("SELECT count(*) FROM sessions");
    narrow_sessions(&mut count, criteria);
    let total = unsigned(count.build_query_scalar::<i64>().fetch_one(pool).await?)?;

    let mut query = QueryBuilder::new(
        "SELECT sessions.record AS record, tickets.record AS ticket FROM sessions \
         JOIN tickets ON tickets.number = sessions.ticket",
    );
    narrow_sessions(&mut query, criteria);
    if let Some(after) = &criteria.after {
        query
            .push(" AND (sessions.asked_at, sessions.id) < (")
            .push_bind(int(after.at.0));
        query.push(", ").push_bind(after.id.clone()).push(")");
    }
    query
        .push(" ORDER BY sessions.asked_at DESC, sessions.id DESC LIMIT ")
        .push_bind(i64::from(limit) + 1);
    let mut rows = Vec::new();
    for row in query.build().fetch_all(pool).await? {
        let ticket: renfort_core::contract::TicketRecord = from_json(row.try_get("ticket")?)?;
        rows.push(ListedSession {
            record: from_json(row.try_get("record")?)?,
            summary: ticket.summary,
        });
    }
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = if more {
        rows.last().map(ListedSession::page_key)
    } else {
        None
    };
    Ok(Listing { rows, total, next })
}

pub(super) async fn tickets(
    pool: &SqlitePool,
    criteria: &Criteria,
    limit: u32,
) -> Result<Listing<ListedTicket>, StoreError> {
    let mut count = QueryBuilder::new("SELECT count(*) FROM tickets");
    narrow_tickets(&mut count, criteria);
    let total = unsigned(count.build_query_scalar::<i64>().fetch_one(pool).await?)?;

    let mut query = QueryBuilder::new(
        "SELECT record, (SELECT count(*) FROM sessions WHERE ticket = number) AS sessions FROM tickets",
    );
    narrow_tickets(&mut query, criteria);
    if let Some(after) = &criteria.after {
        query.push(" AND (opened_at, number) < (").push_bind(int(after.at.0));
        query.push(", ").push_bind(after.id.parse().unwrap_or(0_i64)).push(")");
    }
    query
        .push(" ORDER BY opened_at DESC, number DESC LIMIT ")
        .push_bind(i64::from(limit) + 1);
    let mut rows = Vec::new();
    for row in query.build().fetch_all(pool).await? {
        let sessions = u32::try_from(row.try_get::<i64, _>("sessions")?).unwrap_or(u32::MAX);
        rows.push(ListedTicket {
            record: from_json(row.try_get("record")?)?,
            sessions,
        });
    }
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = if more {
        rows.last().map(ListedTicket::page_key)
    } else {
        None
    };
    Ok(Listing { rows, total, next })
}

fn narrow_sessions(query: &mut QueryBuilder<Sqlite>, criteria: &Criteria) {
    query.push(" WHERE true");
    if let Some(ticket) = criteria.ticket {
        query.push(" AND sessions.ticket = ").push_bind(int(ticket.0));
    }
    if let Some(search) = &criteria.search {
        query
            .push(" AND instr(sessions.search, ")
            .push_bind(search.clone())
            .push(") > 0");
    }
    if let Some(machine) = &criteria.machine {
        query
            .push(" AND instr(substr(sessions.search, instr(sessions.search, char(10)) + 1), ")
            .push_bind(machine.clone())
            .push(") > 0");
    }
    for word in &criteria.words {
        query
            .push(" AND (instr(sessions.search, ")
            .push_bind(word.clone())
            .push(") > 0 OR EXISTS (SELECT 1 FROM tickets WHERE number = sessions.ticket AND instr(summary, ")
            .push_bind(word.clone())
            .push(") > 0))");
    }
    if narrows_ticket(criteria) {
        query.push(" AND sessions.ticket IN (SELECT number FROM tickets WHERE true");
        narrow_ticket(query, criteria);
        query.push(")");
    }
    if let Some(technician) = criteria.technician {
        query.push(" AND sessions.technician = ").push_bind(int(technician.0));
    }
    if let Some(from) = criteria.from {
        query.push(" AND sessions.asked_at >= ").push_bind(int(from.0));
    }
    if let Some(to) = criteria.to {
        query.push(" AND sessions.asked_at < ").push_bind(int(to.0));
    }
    query.push(match criteria.outcome {
        None => "",
        Some(OutcomeFilter::Solved) => " AND sessions.outcome = 'solved'",
        Some(OutcomeFilter::NotSolved) => " AND sessions.outcome = 'not_solved'",
        Some(OutcomeFilter::Escalated) => " AND sessions.outcome = 'escalated'",
        Some(OutcomeFilter::Refused) => " AND sessions.ending IN ('refused', 'timed_out')",
        Some(OutcomeFilter::Unanswered) => {
            " AND sessions.ending IN ('refused', 'timed_out') \
             AND sessions.ticket IN (SELECT number FROM tickets WHERE state IN ('waiting', 'taken')) \
             AND NOT EXISTS (SELECT 1 FROM sessions AS later WHERE later.ticket = sessions.ticket \
             AND (later.asked_at, later.id) > (sessions.asked_at, sessions.id))"
        }
        Some(OutcomeFilter::Reported) => " AND json_extract(sessions.record, '$.abuse_reported_at') IS NOT NULL",
        Some(OutcomeFilter::Open) => " AND sessions.ended_at IS NULL",
    });
}

fn narrow_tickets(query: &mut QueryBuilder<Sqlite>, criteria: &Criteria) {
    query.push(" WHERE true");
    if let Some(ticket) = criteria.ticket {
        query.push(" AND number = ").push_bind(int(ticket.0));
    }
    if let Some(search) = &criteria.search {
        query
            .push(" AND instr(search, ")
            .push_bind(search.clone())
            .push(") > 0");
    }
    if let Some(machine) = &criteria.machine {
        query
            .push(" AND instr(substr(search, instr(search, char(10)) + 1), ")
            .push_bind(machine.clone())
            .push(") > 0");
    }
    for word in &criteria.words {
        query.push(" AND (instr(search, ").push_bind(word.clone());
        query.push(") > 0 OR instr(summary, ").push_bind(word.clone());
        query.push(") > 0)");
    }
    narrow_ticket(query, criteria);
    if let Some(technician) = criteria.technician {
        query.push(" AND (technician = ").push_bind(int(technician.0));
        query.push(" OR EXISTS (SELECT 1 FROM sessions WHERE ticket = number AND sessions.technician = ");
        query.push_bind(int(technician.0)).push("))");
    }
    if let Some(from) = criteria.from {
        query.push(" AND opened_at >= ").push_bind(int(from.0));
    }
    if let Some(to) = criteria.to {
        query.push(" AND opened_at < ").push_bind(int(to.0));
    }
    query.push(match criteria.outcome {
        None => "",
        Some(OutcomeFilter::Solved) => " AND state = 'solved'",
        Some(OutcomeFilter::NotSolved) => " AND state = 'not_solved'",
        Some(OutcomeFilter::Escalated) => {
            " AND EXISTS (SELECT 1 FROM records WHERE ticket = number AND code = 'ticket.escalated')"
        }
        Some(OutcomeFilter::Refused) => {
            " AND EXISTS (SELECT 1 FROM sessions WHERE ticket = number AND ending IN ('refused', 'timed_out'))"
        }
        Some(OutcomeFilter::Unanswered) => {
            " AND state IN ('waiting', 'taken') AND (SELECT ending FROM sessions WHERE ticket = number \
             ORDER BY asked_at DESC, id DESC LIMIT 1) IN ('refused', 'timed_out')"
        }
        Some(OutcomeFilter::Reported) => {
            " AND EXISTS (SELECT 1 FROM sessions WHERE ticket = number \
             AND json_extract(sessions.record, '$.abuse_reported_at') IS NOT NULL)"
        }
        Some(OutcomeFilter::Open) => " AND state IN ('waiting', 'taken')",
    });
}

/// Does the filter ask for something of the ticket itself?
const fn narrows_ticket(criteria: &Criteria) -> bool {
    criteria.level.is_some() || criteria.state.is_some() || criteria.reopened || criteria.history.is_some()
}

/// What is asked of the ticket itself, whichever the list.
fn narrow_ticket(query: &mut QueryBuilder<Sqlite>, criteria: &Criteria) {
    if let Some(of) = &criteria.history {
        supervision::narrow(query, of);
    }
    if let Some(level) = criteria.level {
        query
            .push(" AND json_extract(record, '$.level') = ")
            .push_bind(i64::from(u8::from(level)));
    }
    if criteria.reopened {
        query.push(" AND json_extract(record, '$.reopened') > 0");
    }
    query.push(match criteria.state {
        None => "",
        Some(StateFilter::Open) => " AND state IN ('waiting', 'taken')",
        Some(StateFilter::Waiting) => " AND state = 'waiting'",
        Some(StateFilter::Taken) => " AND state = 'taken'",
        Some(StateFilter::Solved) => " AND state = 'solved'",
        Some(StateFilter::NotSolved) => " AND state = 'not_solved'",
        Some(StateFilter::Cancelled) => " AND state = 'cancelled'",
    });
}
