//! Stories, histories and saved views on disk.

use async_trait::async_trait;
use renfort_core::contract::SessionRecord;
use renfort_protocol::{
    console::{
        history::{Companion, HISTORY_COMPANIONS, HistoryTotals},
        views::{ListKind, MAX_SAVED_VIEWS, NewView, SavedView, ViewName},
    },
    ids::{PersonId, TicketId},
    people::Name,
    time::UnixMillis,
};
use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::{
    SqliteStore,
    convert::{from_json, int, to_json, unsigned, word},
    log,
};
use crate::store::{
    LoggedRecord, StoreError,
    supervision::{Exactly, Supervision, ViewError, folded},
};

/// The part of `search` before the line end; the same expression as in the index.
pub(super) const PERSON: &str = "substr(search, 1, instr(search, char(10)) - 1)";
/// The part after it.
pub(super) const MACHINE: &str = "substr(search, instr(search, char(10)) + 1)";

/// Narrows tickets to one history.
pub(super) fn narrow(query: &mut QueryBuilder<Sqlite>, of: &Exactly) {
    let (column, value) = match of {
        Exactly::Person(name) => (PERSON, name),
        Exactly::Machine(name) => (MACHINE, name),
    };
    query.push(" AND ").push(column).push(" = ").push_bind(value.clone());
}

#[async_trait]
impl Supervision for SqliteStore {
    async fn story(&self, ticket: TicketId, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError> {
        log::story(&self.readers, ticket, from, limit).await
    }

    async fn sessions_of(&self, tickets: &[TicketId]) -> Result<Vec<SessionRecord>, StoreError> {
        if tickets.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Sqlite>::new("SELECT record FROM sessions WHERE ticket IN (");
        let mut places = query.separated(", ");
        for ticket in tickets {
            places.push_bind(int(ticket.0));
        }
        query.push(") ORDER BY asked_at, id");
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(|row| from_json(row.try_get("record")?)).collect()
    }

    async fn history_totals(&self, of: &Exactly) -> Result<HistoryTotals, StoreError> {
        // One transaction, so that the three queries see one state.
        let mut transaction = self.readers.begin().await?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT count(*) AS tickets, count(*) FILTER (WHERE state IN ('waiting', 'taken')) AS open, \
             count(*) FILTER (WHERE state = 'solved') AS solved, \
             count(*) FILTER (WHERE state = 'not_solved') AS not_solved, \
             count(*) FILTER (WHERE state = 'cancelled') AS cancelled, \
             count(*) FILTER (WHERE json_extract(record, '$.reopened') > 0) AS reopened, \
             min(opened_at) AS first_at, max(opened_at) AS last_at FROM tickets WHERE true",
        );
        narrow(&mut query, of);
        let row = query.build().fetch_one(&mut *transaction).await?;
        let count = |name: &str| -> Result<u64, StoreError> { unsigned(row.try_get(name)?) };
        let instant = |name: &str| -> Result<Option<UnixMillis>, StoreError> {
            let at: Option<i64> = row.try_get(name)?;
            at.map(|at| unsigned(at).map(UnixMillis)).transpose()
        };

        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT count(*) AS sessions, count(*) FILTER (WHERE ending IN ('refused', 'timed_out')) AS refused \
             FROM sessions WHERE ticket IN (SELECT number FROM tickets WHERE true",
        );
        narrow(&mut query, of);
        let sessions = query.push(")").build().fetch_one(&mut *transaction).await?;

        let (other, field) = match of {
            Exactly::Person(_) => (MACHINE, "$.user.machine"),
            Exactly::Machine(_) => (PERSON, "$.user.name"),
        };
        // With max(), SQLite takes the bare column from the row of the maximum (sqlite.org/lang_select.html, 2.4).
        let mut query = QueryBuilder::<Sqlite>::new(format!(
            "SELECT json_extract(record, '{field}') AS name, max(opened_at), count(*) AS tickets FROM tickets WHERE true"
        ));
        narrow(&mut query, of);
        query.push(format!(
            " GROUP BY {other} ORDER BY tickets DESC, {other} LIMIT {HISTORY_COMPANIONS}"
        ));
        let companions = query
            .build()
            .fetch_all(&mut *transaction)
            .await?
            .iter()
            .map(|row| {
                let name: &str = row.try_get("name")?;
                Ok(Companion {
                    name: Name::new(name).map_err(|error| StoreError::Damaged(error.to_string()))?,
                    tickets: unsigned(row.try_get("tickets")?)?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let totals = HistoryTotals {
            tickets: count("tickets")?,
            open: count("open")?,
            solved: count("solved")?,
            not_solved: count("not_solved")?,
            cancelled: count("cancelled")?,
            reopened: count("reopened")?,
            sessions: unsigned(sessions.try_get("sessions")?)?,
            refused: unsigned(sessions.try_get("refused")?)?,
            first_at: instant("first_at")?,
            last_at: instant("last_at")?,
            companions,
        };
        transaction.commit().await?;
        Ok(totals)
    }

    async fn saved_views(&self, person: PersonId) -> Result<Vec<SavedView>, StoreError> {
        let rows = sqlx::query("SELECT id, name, list, filter FROM saved_views WHERE person = ? ORDER BY folded")
            .bind(int(person.0))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(saved_view).collect()
    }

    async fn save_view(&self, person: PersonId, view: &NewView) -> Result<u64, ViewError> {
        let mut transaction = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(StoreError::from)?;
        let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM saved_views WHERE person = ?")
            .bind(int(person.0))
            .fetch_one(&mut *transaction)
            .await
            .map_err(StoreError::from)?;
        if kept >= i64::from(MAX_SAVED_VIEWS) {
            return Err(ViewError::TooMany);
        }
        let kept = sqlx::query("INSERT INTO saved_views (person, name, folded, list, filter) VALUES (?, ?, ?, ?, ?)")
            .bind(int(person.0))
            .bind(view.name.as_str())
            .bind(folded(view.name.as_str()))
            .bind(word(view.list)?)
            .bind(to_json(&view.filter)?)
            .execute(&mut *transaction)
            .await
            .map_err(taken)?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(unsigned(kept.last_insert_rowid())?)
    }

    async fn rename_view(&self, person: PersonId, id: u64, name: &ViewName) -> Result<(), ViewError> {
        let done = sqlx::query("UPDATE saved_views SET name = ?, folded = ? WHERE id = ? AND person = ?")
            .bind(name.as_str())
            .bind(folded(name.as_str()))
            .bind(int(id))
            .bind(int(person.0))
            .execute(&self.writer)
            .await
            .map_err(taken)?;
        found(done.rows_affected())
    }

    async fn delete_view(&self, person: PersonId, id: u64) -> Result<(), ViewError> {
        let done = sqlx::query("DELETE FROM saved_views WHERE id = ? AND person = ?")
            .bind(int(id))
            .bind(int(person.0))
            .execute(&self.writer)
            .await
            .map_err(StoreError::from)?;
        found(done.rows_affected())
    }
}

pub(super) fn saved_view(row: &SqliteRow) -> Result<SavedView, StoreError> {
    let name: &str = row.try_get("name")?;
    Ok(SavedView {
        id: unsigned(row.try_get("id")?)?,
        name: ViewName::new(name).map_err(|error| StoreError::Damaged(error.to_string()))?,
        list: match row.try_get::<&str, _>("list")? {
            "sessions" => ListKind::Sessions,
            _ => ListKind::Tickets,
        },
        filter: from_json(row.try_get("filter")?)?,
    })
}

const fn found(rows: u64) -> Result<(), ViewError> {
    if rows == 1 { Ok(()) } else { Err(ViewError::Unknown) }
}

fn taken(error: sqlx::Error) -> ViewError {
    let unique = error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation());
    if unique {
        ViewError::NameTaken
    } else {
        StoreError::from(error).into()
    }
}
