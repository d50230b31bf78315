//! The one writing transaction.

use async_trait::async_trait;
use renfort_core::contract::{Change, SessionRecord, TicketRecord};
use renfort_protocol::{ids::SessionId, ticket::Outcome, time::UnixMillis};
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool};

use super::{
    articles, cards,
    convert::{int, to_json, unsigned, word},
    erasing, orders,
};
use crate::store::{
    Applied, LoggedRecord, StoreError, StoredCheckpoint, Transaction,
    erasing::NewHold,
    filter::{searchable, searchable_summary},
};

pub(super) struct SqliteTransaction(sqlx::Transaction<'static, Sqlite>);

impl SqliteTransaction {
    pub(super) async fn begin(pool: &SqlitePool) -> Result<Self, StoreError> {
        // Taking the write lock at once means waiting for another process here, and never failing halfway.
        Ok(Self(pool.begin_with("BEGIN IMMEDIATE").await?))
    }
}

#[async_trait]
impl Transaction for SqliteTransaction {
    async fn apply(&mut self, changes: &[Change]) -> Result<Applied, StoreError> {
        let mut savepoint = Connection::begin(&mut *self.0).await?;
        for change in changes {
            let fits = match apply_one(&mut savepoint, change).await {
                Ok(fits) => fits,
                // A row that breaks a rule of the tables (the same request twice) does not fit either.
                Err(Refusal::Sql(error)) if is_constraint(&error) => false,
                Err(Refusal::Sql(error)) => return Err(error.into()),
                Err(Refusal::Store(error)) => return Err(error),
            };
            if !fits {
                savepoint.rollback().await?;
                return Ok(Applied::Conflict);
            }
        }
        savepoint.commit().await?;
        Ok(Applied::All)
    }

    async fn next_session_seq(&mut self, session: SessionId) -> Result<u64, StoreError> {
        let last: Option<i64> = sqlx::query_scalar("SELECT max(session_seq) FROM records WHERE session = ?")
            .bind(session.to_string())
            .fetch_one(&mut *self.0)
            .await?;
        last.map_or(Ok(0), |last| Ok(unsigned(last)? + 1))
    }

    async fn add_record(&mut self, logged: &LoggedRecord) -> Result<(), StoreError> {
        let record = &logged.record;
        sqlx::query(
            "INSERT INTO records (seq, code, ticket, session, session_seq, record, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(int(record.seq))
        .bind(&record.code)
        .bind(record.ticket.map(|ticket| int(ticket.0)))
        .bind(record.session.map(|session| session.to_string()))
        .bind(record.session_seq.map(int))
        .bind(String::from_utf8_lossy(&record.canonical()).into_owned())
        .bind(logged.hash.to_string())
        .execute(&mut *self.0)
        .await?;
        for field in &logged.personal {
            sqlx::query("INSERT INTO personal (seq, name, scope, sealed) VALUES (?, ?, ?, ?)")
                .bind(int(record.seq))
                .bind(&field.name)
                .bind(&field.scope)
                .bind(field.sealed.as_slice())
                .execute(&mut *self.0)
                .await?;
        }
        if let Some(ticket) = logged.tells_names_in() {
            erasing::names_came(&mut self.0, ticket).await?;
        }
        Ok(())
    }

    async fn add_checkpoint(&mut self, checkpoint: &StoredCheckpoint) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO checkpoints (size, text, peaks) VALUES (?, ?, ?)")
            .bind(int(checkpoint.size))
            .bind(&checkpoint.text)
            .bind(to_json(&checkpoint.peaks)?)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn hold(&mut self, hold: &NewHold, at: UnixMillis) -> Result<(), StoreError> {
        erasing::hold(&mut self.0, hold, at).await?;
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}

pub(super) enum Refusal {
    Sql(sqlx::Error),
    Store(StoreError),
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn is_constraint(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.is_unique_violation() || error.is_foreign_key_violation() || error.is_check_violation()
    })
}

/// False when what is stored is not what was expected.
async fn apply_one(on: &mut SqliteConnection, change: &Change) -> Result<bool, Refusal> {
    match change {
        Change::PutTicket {
            record,
            expected_version,
        } => put_ticket(on, record, *expected_version).await,
        Change::PutSession {
            record,
            expected_version,
        } => {
            erasing::names_came(on, record.ticket).await?;
            put_session(on, record, *expected_version).await
        }
        Change::AddNote { ticket, note } => {
            erasing::names_came(on, *ticket).await?;
            sqlx::query("INSERT INTO notes (ticket, note) VALUES (?, ?)")
                .bind(int(ticket.0))
                .bind(to_json(note)?)
                .execute(on)
                .await?;
            Ok(true)
        }
        Change::PutToken {
            hash,
            person,
            device,
            expires_at,
        } => {
            sqlx::query("INSERT INTO tokens (hash, person, device, expires_at) VALUES (?, ?, ?, ?)")
                .bind(hash.to_string())
                .bind(int(person.0))
                .bind(device.to_string())
                .bind(int(expires_at.0))
                .execute(on)
                .await?;
            Ok(true)
        }
        Change::PutArticle { text, expected_version } => articles::put(on, text, *expected_version).await,
        Change::PutReply {
            reply,
            expected_version,
        } => articles::put_reply(on, reply, *expected_version).await,
        Change::DeleteReply {
            reply,
            expected_version,
        } => articles::delete_reply(on, *reply, *expected_version).await,
        Change::Erase(erasure) => erasing::erase(on, erasure).await,
        Change::SettleOrder { id } => orders::settle_order(on, *id).await,
        Change::PutCardRequest { request } => cards::put_request(on, request).await,
        Change::DeleteToken { hash } => {
            sqlx::query("DELETE FROM tokens WHERE hash = ?")
                .bind(hash.to_string())
                .execute(on)
                .await?;
            Ok(true)
        }
    }
}

pub(super) async fn put_ticket(
    on: &mut SqliteConnection,
    record: &TicketRecord,
    expected: Option<u64>,
) -> Result<bool, Refusal> {
    let query = match expected {
        None => sqlx::query(
            "INSERT INTO tickets (version, request, device, state, technician, opened_at, closed_at, search, summary, record, number) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING",
        ),
        Some(_) => sqlx::query(
            // Whoever blanks it says afterwards that it is erased.
            "UPDATE tickets SET version = ?, request = ?, device = ?, state = ?, technician = ?, opened_at = ?, \
             closed_at = ?, search = ?, summary = ?, record = ?, erased = 0 WHERE number = ? AND version = ?",
        ),
    };
    let query = query
        .bind(int(record.version))
        .bind(record.request.to_string())
        .bind(record.device.to_string())
        .bind(word(record.state)?)
        .bind(record.technician.as_ref().map(|technician| int(technician.id.0)))
        .bind(int(record.opened_at.0))
        .bind(record.closed_at.map(|at| int(at.0)))
        .bind(searchable(&record.user))
        .bind(searchable_summary(&record.summary))
        .bind(to_json(record)?)
        .bind(int(record.id.0));
    let query = match expected {
        None => query,
        Some(version) => query.bind(int(version)),
    };
    Ok(query.execute(on).await?.rows_affected() == 1)
}

pub(super) async fn put_session(
    on: &mut SqliteConnection,
    record: &SessionRecord,
    expected: Option<u64>,
) -> Result<bool, Refusal> {
    let query = match expected {
        None => sqlx::query(
            "INSERT INTO sessions (version, ticket, technician, asked_at, ended_at, ending, outcome, search, record, id) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        ),
        Some(_) => sqlx::query(
            "UPDATE sessions SET version = ?, ticket = ?, technician = ?, asked_at = ?, ended_at = ?, ending = ?, \
             outcome = ?, search = ?, record = ? WHERE id = ? AND version = ?",
        ),
    };
    let outcome = record.outcome.map(|outcome| match outcome {
        Outcome::Solved => "solved",
        Outcome::NotSolved => "not_solved",
        Outcome::Escalated { .. } => "escalated",
    });
    let query = query
        .bind(int(record.version))
        .bind(int(record.ticket.0))
        .bind(int(record.technician.id.0))
        .bind(int(record.asked_at.0))
        .bind(record.ended_at.map(|at| int(at.0)))
        .bind(record.end.map(word).transpose()?)
        .bind(outcome)
        .bind(searchable(&record.user))
        .bind(to_json(record)?)
        .bind(record.id.to_string());
    let query = match expected {
        None => query,
        Some(version) => query.bind(int(version)),
    };
    Ok(query.execute(on).await?.rows_affected() == 1)
}
