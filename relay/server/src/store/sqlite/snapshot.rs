//! Whole tickets and sessions: all that the broker starts with, or one.

use std::collections::HashMap;

use renfort_core::contract::{FIRST_TICKET, KEPT_CLOSED_TICKETS, SessionRecord, Snapshot, StoredTicket, TicketRecord};
use renfort_protocol::ids::{SessionId, TicketId};
use sqlx::{Row, SqlitePool};

use super::{
    cards,
    convert::{from_json, int, unsigned},
    people,
};
use crate::store::StoreError;

/// Numbers of the tickets that the broker starts with; one parameter: how many closed ones.
const KEPT: &str = "SELECT number FROM tickets WHERE state IN ('waiting', 'taken') UNION SELECT number FROM \
                    (SELECT number FROM tickets WHERE state NOT IN ('waiting', 'taken') ORDER BY closed_at DESC LIMIT ?)";

pub(super) async fn snapshot(pool: &SqlitePool) -> Result<Snapshot, StoreError> {
    let last: Option<i64> = sqlx::query_scalar("SELECT max(number) FROM tickets")
        .fetch_one(pool)
        .await?;
    let next_ticket = last.map_or(Ok(FIRST_TICKET), |last| {
        unsigned(last).map(|last| (last + 1).max(FIRST_TICKET))
    })?;
    let accounts = people::all(pool)
        .await?
        .into_iter()
        .map(|person| person.account)
        .collect();
    Ok(Snapshot {
        tickets: tickets(pool, KEPT, int(KEPT_CLOSED_TICKETS as u64)).await?,
        next_ticket,
        accounts,
        cards: cards::cards(pool).await?,
        revocations: cards::revocations(pool).await?,
    })
}

pub(super) async fn ticket(pool: &SqlitePool, id: TicketId) -> Result<Option<StoredTicket>, StoreError> {
    Ok(tickets(pool, "SELECT number FROM tickets WHERE number = ?", int(id.0))
        .await?
        .pop())
}

pub(super) async fn session(pool: &SqlitePool, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
    let record: Option<String> = sqlx::query_scalar("SELECT record FROM sessions WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(pool)
        .await?;
    record.as_deref().map(from_json).transpose()
}

async fn tickets(pool: &SqlitePool, chosen: &'static str, parameter: i64) -> Result<Vec<StoredTicket>, StoreError> {
    let select = |sql: &str| sqlx::AssertSqlSafe(sql.replace("{chosen}", chosen));
    // One transaction, so that the three queries see one state.
    let mut transaction = pool.begin().await?;
    let mut tickets = Vec::new();
    let mut places = HashMap::new();
    let rows = sqlx::query(select(
        "SELECT record FROM tickets WHERE number IN ({chosen}) ORDER BY number",
    ))
    .bind(parameter)
    .fetch_all(&mut *transaction)
    .await?;
    for row in rows {
        let record: TicketRecord = from_json(row.try_get("record")?)?;
        places.insert(record.id, tickets.len());
        tickets.push(StoredTicket {
            record,
            notes: Vec::new(),
            sessions: Vec::new(),
        });
    }
    let rows = sqlx::query(select(
        "SELECT ticket, note FROM notes WHERE ticket IN ({chosen}) ORDER BY id",
    ))
    .bind(parameter)
    .fetch_all(&mut *transaction)
    .await?;
    for row in rows {
        if let Some(&place) = places.get(&TicketId(unsigned(row.try_get("ticket")?)?)) {
            tickets[place].notes.push(from_json(row.try_get("note")?)?);
        }
    }
    let rows = sqlx::query(select(
        "SELECT record FROM sessions WHERE ticket IN ({chosen}) ORDER BY asked_at, id",
    ))
    .bind(parameter)
    .fetch_all(&mut *transaction)
    .await?;
    for row in rows {
        let record: SessionRecord = from_json(row.try_get("record")?)?;
        if let Some(&place) = places.get(&record.ticket) {
            tickets[place].sessions.push(record);
        }
    }
    transaction.commit().await?;
    Ok(tickets)
}
