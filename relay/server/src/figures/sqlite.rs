//! The store of the figures on disk: `figures.db`, one SQLite database in WAL mode. It holds nothing that cannot be read
//! from the log again, so it needs no backup.

use std::time::Duration;

use async_trait::async_trait;
use renfort_audit::hash::Digest;
use renfort_figures::{Fact, TicketFacts, What};
use renfort_protocol::{ids::TicketId, ticket::Language, time::UnixMillis};
use sqlx::{
    Row, SqliteConnection, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    reading::READING,
    store::{Deflection, FigureStore, Noted, Progress, Told},
};
use crate::{
    data::{DataFolder, write_secret},
    error::RelayError,
    store::StoreError,
};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/figures");

/// How long a write waits for one of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// One connection adds, one reads. A further reader waits in line.
const CONNECTIONS: u32 = 2;

/// The store in a data folder.
#[derive(Debug)]
pub struct SqliteFigures {
    pool: SqlitePool,
}

impl SqliteFigures {
    /// Opens or makes the database and brings it up to date.
    ///
    /// # Errors
    /// When it cannot be opened or migrated.
    pub async fn open(folder: &DataFolder) -> Result<Self, RelayError> {
        let path = folder.figure_database();
        if !path.exists() {
            // SQLite takes an empty file as a new database, and its journal takes over the file's mode.
            write_secret(&path, b"")?;
        }
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            // What a power cut takes away is read from the log again.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let failed = |error: sqlx::Error| RelayError::Store(error.into());
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await
            .map_err(failed)?;
        MIGRATIONS
            .run(&pool)
            .await
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Self { pool })
    }
}

fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| damaged("a negative number"))
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

async fn add_one(on: &mut SqliteConnection, seq: u64, ticket: TicketId, fact: &Fact) -> Result<(), StoreError> {
    if let What::Opened { .. } = fact.what {
        sqlx::query(
            "INSERT INTO tickets (number, opened_at, last_at, open) VALUES (?, ?, ?, 1) ON CONFLICT DO NOTHING",
        )
        .bind(int(ticket.0))
        .bind(int(fact.at.0))
        .bind(int(fact.at.0))
        .execute(&mut *on)
        .await?;
    }
    let json = serde_json::to_string(&fact.what).map_err(|error| StoreError::Failed(error.to_string()))?;
    let added = sqlx::query(
        "INSERT INTO facts (seq, ticket, at, what) SELECT ?, number, ?, ? FROM tickets WHERE number = ? \
         ON CONFLICT DO NOTHING",
    )
    .bind(int(seq))
    .bind(int(fact.at.0))
    .bind(json)
    .bind(int(ticket.0))
    .execute(&mut *on)
    .await?;
    if added.rows_affected() == 1 {
        sqlx::query("UPDATE tickets SET last_at = max(last_at, ?), open = coalesce(?, open) WHERE number = ?")
            .bind(int(fact.at.0))
            .bind(fact.what.opens())
            .bind(int(ticket.0))
            .execute(on)
            .await?;
    }
    Ok(())
}

#[async_trait]
impl FigureStore for SqliteFigures {
    async fn progress(&self) -> Result<Progress, StoreError> {
        let row = sqlx::query("SELECT next, last FROM progress WHERE reading = ?")
            .bind(READING)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(Progress::default()) };
        let last = row
            .try_get::<Option<String>, _>("last")?
            .map(Digest::try_from)
            .transpose()
            .map_err(|_| damaged("a hash"))?;
        Ok(Progress {
            next: unsigned(row.try_get("next")?)?,
            last,
        })
    }

    async fn add(&self, noted: &[Noted], progress: &Progress) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        for Noted { seq, what } in noted {
            match what {
                Told::Ticket(ticket, fact) => add_one(&mut transaction, *seq, *ticket, fact).await?,
                Told::Deflection(deflection) => {
                    sqlx::query(
                        "INSERT INTO deflections (seq, at, article, language) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    )
                    .bind(int(*seq))
                    .bind(int(deflection.at.0))
                    .bind(deflection.article.to_string())
                    .bind(language_word(deflection.language))
                    .execute(&mut *transaction)
                    .await?;
                }
            }
        }
        sqlx::query("INSERT OR REPLACE INTO progress (id, next, last, reading) VALUES (1, ?, ?, ?)")
            .bind(int(progress.next))
            .bind(progress.last.map(|hash| hash.to_string()))
            .bind(READING)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn reset(&self) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        for statement in [
            "DELETE FROM facts",
            "DELETE FROM tickets",
            "DELETE FROM deflections",
            "DELETE FROM progress",
        ] {
            sqlx::query(statement).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    async fn tickets(
        &self,
        from: UnixMillis,
        to: UnixMillis,
        after: Option<TicketId>,
        limit: u32,
    ) -> Result<Vec<TicketFacts>, StoreError> {
        let rows = sqlx::query(
            "SELECT ticket, at, what FROM facts WHERE ticket IN (SELECT number FROM tickets \
             WHERE number > ? AND opened_at < ? AND (open = 1 OR last_at >= ?) ORDER BY number LIMIT ?) \
             ORDER BY ticket, seq",
        )
        .bind(after.map_or(-1, |after| int(after.0)))
        .bind(int(to.0))
        .bind(int(from.0))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let mut tickets: Vec<TicketFacts> = Vec::new();
        for row in rows {
            let id = TicketId(unsigned(row.try_get("ticket")?)?);
            let what = serde_json::from_str(row.try_get("what")?).map_err(|error| damaged(&error.to_string()))?;
            let fact = Fact {
                at: UnixMillis(unsigned(row.try_get("at")?)?),
                what,
            };
            match tickets.last_mut() {
                Some(last) if last.id == id => last.facts.push(fact),
                _ => tickets.push(TicketFacts { id, facts: vec![fact] }),
            }
        }
        Ok(tickets)
    }

    async fn deflections(&self, from: UnixMillis, to: UnixMillis) -> Result<Vec<Deflection>, StoreError> {
        let rows =
            sqlx::query("SELECT at, article, language FROM deflections WHERE at >= ? AND at < ? ORDER BY at, seq")
                .bind(int(from.0))
                .bind(int(to.0))
                .fetch_all(&self.pool)
                .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Deflection {
                at: UnixMillis(unsigned(row.try_get("at")?)?),
                article: row
                    .try_get::<String, _>("article")?
                    .parse()
                    .map_err(|_| damaged("an article's id"))?,
                language: match row.try_get("language")? {
                    "fr" => Language::Fr,
                    "en" => Language::En,
                    _ => return Err(damaged("a language")),
                },
            })
        };
        rows.iter().map(read).collect()
    }

    async fn forget_before(&self, before: UnixMillis) -> Result<(), StoreError> {
        for statement in [
            "DELETE FROM tickets WHERE open = 0 AND last_at < ?",
            "DELETE FROM deflections WHERE at < ?",
        ] {
            sqlx::query(statement).bind(int(before.0)).execute(&self.pool).await?;
        }
        Ok(())
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

const fn language_word(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Fr => "fr",
    }
}
