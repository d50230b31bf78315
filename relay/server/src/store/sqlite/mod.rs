//! The store on disk: one SQLite database in WAL mode with full sync, and a second one for the keys of personal fields.
//!
//! Flow: one connection writes, a few read; the command line may write from another process meanwhile.
//!
//! Invariant: every connection has foreign keys on and `synchronous = FULL`, so a commit that returned survives a power
//! cut.

mod articles;
mod cards;
mod convert;
mod erasing;
mod keys;
mod lists;
mod log;
mod orders;
mod people;
mod second_factor;
mod settings;
mod snapshot;
mod supervision;
mod write;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use renfort_audit::{hash::Digest, personal::PersonalKey};
use renfort_core::contract::{Account, SessionRecord, Snapshot, StoredTicket};
use renfort_protocol::{
    ids::{DeviceKey, PersonId, SessionId, TicketId},
    people::Name,
    time::UnixMillis,
};
use sqlx::{
    Connection, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    ConsoleSignIn, Credentials, LoggedRecord, NewAccount, Store, StoreError, StoredCheckpoint, Transaction,
    filter::Criteria,
    orders::Ordered,
    rows::{ListedSession, ListedTicket, Listing},
};
use crate::{
    data::{DataFolder, write_secret},
    error::RelayError,
};

static RELAY_MIGRATIONS: Migrator = sqlx::migrate!("migrations/relay");
static KEY_MIGRATIONS: Migrator = sqlx::migrate!("migrations/keys");

/// How long a write waits for one of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that read. A console page needs one for some milliseconds; further ones wait in line.
const READERS: u32 = 3;

/// What whoever runs the relay may set of the database.
#[derive(Debug, Clone, Copy, Default)]
pub struct SqliteOptions {
    /// Largest size of the database, in pages of 4 KiB; a write beyond is refused as if the disk were full.
    pub max_pages: Option<u32>,
}

/// The store in a data folder.
#[derive(Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    keys: SqlitePool,
}

impl SqliteStore {
    /// Opens or makes the databases and brings them up to date.
    ///
    /// # Errors
    /// When they cannot be opened or migrated, or when the keys are missing of what was recorded.
    pub async fn open(folder: &DataFolder, options: SqliteOptions) -> Result<Self, RelayError> {
        Self::open_as(folder, options, None).await
    }

    /// As [`SqliteStore::open`], where the keys are lost for good: makes a new database for them, and orders that the log
    /// tells it.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], and when they are not lost.
    pub async fn open_without_keys(folder: &DataFolder, at: UnixMillis) -> Result<Self, RelayError> {
        Self::open_as(folder, SqliteOptions::default(), Some(at)).await
    }

    async fn open_as(
        folder: &DataFolder,
        options: SqliteOptions,
        keys_lost: Option<UnixMillis>,
    ) -> Result<Self, RelayError> {
        make_missing(&folder.database())?;
        // In both, so that what is erased is overwritten: a name in a ticket as well as a key.
        let mut relay = connect_options(&folder.database()).pragma("secure_delete", "ON");
        if let Some(pages) = options.max_pages {
            relay = relay.pragma("max_page_count", pages.to_string());
        }
        let writer = pool(1, relay.clone()).await?;
        RELAY_MIGRATIONS
            .run(&writer)
            .await
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        see_to_keys(&writer, &folder.key_database(), keys_lost).await?;
        let keys = connect_options(&folder.key_database()).pragma("secure_delete", "ON");
        let store = Self {
            writer,
            readers: pool(READERS, relay).await?,
            keys: pool(1, keys).await?,
        };
        KEY_MIGRATIONS
            .run(&store.keys)
            .await
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(store)
    }

    /// Ties a new database to its organisation, and remembers where the organisation file came from.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn adopt(&self, organisation: &DeviceKey, source: &Path) -> Result<(), StoreError> {
        for (name, value) in [
            (ORGANISATION_KEY, organisation.to_string()),
            (ORGANISATION_SOURCE, source.display().to_string()),
        ] {
            sqlx::query("INSERT INTO meta (name, value) VALUES (?, ?)")
                .bind(name)
                .bind(value)
                .execute(&self.writer)
                .await?;
        }
        Ok(())
    }

    /// The organisation's key, and where its file came from.
    ///
    /// # Errors
    /// When the database fails, or was never tied to an organisation.
    pub async fn adopted(&self) -> Result<(DeviceKey, std::path::PathBuf), StoreError> {
        let read = async |name: &'static str| -> Result<String, StoreError> {
            let value = sqlx::query_scalar::<_, String>("SELECT value FROM meta WHERE name = ?")
                .bind(name)
                .fetch_optional(&self.readers)
                .await?;
            value.ok_or_else(|| StoreError::Damaged(format!("no {name}")))
        };
        let key = read(ORGANISATION_KEY)
            .await?
            .parse()
            .map_err(|_| StoreError::Damaged("organisation key".into()))?;
        Ok((key, read(ORGANISATION_SOURCE).await?.into()))
    }
}

const ORGANISATION_KEY: &str = "organisation_key";
const ORGANISATION_SOURCE: &str = "organisation_source";

/// SQLite takes an empty file as a new database, and its journal takes over the file's mode.
fn make_missing(path: &Path) -> Result<(), RelayError> {
    if path.exists() {
        return Ok(());
    }
    write_secret(path, b"")
}

/// Makes the keys' database where nothing was recorded yet, or where the keys are said to be lost: otherwise, new keys would
/// silently take the place of those that a copy may still have.
async fn see_to_keys(relay: &SqlitePool, path: &Path, lost: Option<UnixMillis>) -> Result<(), RelayError> {
    let is_there = std::fs::metadata(path).is_ok_and(|file| file.len() > 0);
    if is_there {
        return match lost {
            None => Ok(()),
            Some(_) => Err(RelayError::Exists(path.to_owned())),
        };
    }
    let has_begun: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM records) OR EXISTS (SELECT 1 FROM people)")
        .fetch_one(relay)
        .await
        .map_err(StoreError::from)?;
    if has_begun {
        let Some(at) = lost else {
            return Err(RelayError::KeysMissing(path.to_owned()));
        };
        // Before the database is there: what is cut off in between is done again, and told twice rather than never.
        let mut connection = relay.acquire().await.map_err(StoreError::from)?;
        orders::order(&mut connection, &Ordered::KeysLost, at).await?;
    }
    make_missing(path)
}

fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
}

async fn pool(connections: u32, options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        // On a full disk SQLite rolls back by itself, and the connection goes on counting a transaction that is no more:
        // whatever it is asked next is refused. Such a connection is closed, and a new one takes its place.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
    Ok(pool.connect_with(options).await?)
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(write::SqliteTransaction::begin(&self.writer).await?))
    }

    async fn keys_or_new(
        &self,
        scopes: &[String],
        fresh: &mut (dyn FnMut() -> PersonalKey + Send),
    ) -> Result<Vec<PersonalKey>, StoreError> {
        keys::keys_or_new(&self.keys, scopes, fresh).await
    }

    async fn key(&self, scope: &str) -> Result<Option<PersonalKey>, StoreError> {
        keys::key(&self.keys, scope).await
    }

    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        snapshot::snapshot(&self.readers).await
    }

    async fn records(&self, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError> {
        log::records(&self.readers, from, limit).await
    }

    async fn hashes(&self, from: u64, limit: u64) -> Result<Vec<Digest>, StoreError> {
        log::hashes(&self.readers, from, limit).await
    }

    async fn timeline(&self, ticket: TicketId, session: SessionId) -> Result<Vec<LoggedRecord>, StoreError> {
        log::timeline(&self.readers, ticket, session).await
    }

    async fn checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        log::checkpoint(&self.readers).await
    }

    async fn sessions(&self, criteria: &Criteria, limit: u32) -> Result<Listing<ListedSession>, StoreError> {
        lists::sessions(&self.readers, criteria, limit).await
    }

    async fn tickets(&self, criteria: &Criteria, limit: u32) -> Result<Listing<ListedTicket>, StoreError> {
        lists::tickets(&self.readers, criteria, limit).await
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        snapshot::session(&self.readers, id).await
    }

    async fn ticket(&self, id: TicketId) -> Result<Option<StoredTicket>, StoreError> {
        snapshot::ticket(&self.readers, id).await
    }

    async fn add_person(&self, account: &NewAccount, at: UnixMillis) -> Result<PersonId, StoreError> {
        people::add(&self.writer, account, at).await
    }

    async fn disable_person(&self, login: &Name, even_last: bool, at: UnixMillis) -> Result<bool, StoreError> {
        people::disable(&self.writer, login, even_last, at).await
    }

    async fn people(&self) -> Result<Vec<Credentials>, StoreError> {
        people::all(&self.readers).await
    }

    async fn credentials(&self, login: &Name) -> Result<Option<Credentials>, StoreError> {
        people::by_login(&self.readers, login).await
    }

    async fn account(&self, id: PersonId) -> Result<Option<Account>, StoreError> {
        people::by_id(&self.readers, id).await
    }

    async fn token(&self, hash: &Digest, device: &DeviceKey, now: UnixMillis) -> Result<Option<Account>, StoreError> {
        people::by_token(&self.readers, hash, device, now).await
    }

    async fn put_console_sign_in(&self, hash: &Digest, sign_in: &ConsoleSignIn) -> Result<(), StoreError> {
        people::put_console_sign_in(&self.writer, hash, sign_in).await
    }

    async fn note_console_use(&self, hash: &Digest, at: UnixMillis) -> Result<(), StoreError> {
        people::note_console_use(&self.writer, hash, at).await
    }

    async fn console_sign_in(&self, hash: &Digest) -> Result<Option<ConsoleSignIn>, StoreError> {
        people::console_sign_in(&self.readers, hash).await
    }

    async fn delete_console_sign_in(&self, hash: &Digest) -> Result<(), StoreError> {
        people::delete_console_sign_in(&self.writer, hash).await
    }

    async fn forget_expired(&self, now: UnixMillis, console_before: UnixMillis) -> Result<(), StoreError> {
        people::forget_expired(&self.writer, now, console_before).await?;
        cards::forget_expired(&self.writer, now).await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        self.keys.close().await;
    }
}

#[cfg(test)]
mod tests {
    use renfort_protocol::{
        ids::{CardSerial, DeviceKey, PersonId},
        time::UnixMillis,
    };
    use sqlx::{Row, SqlitePool, sqlite::SqlitePoolOptions};

    use super::RELAY_MIGRATIONS;
    use crate::store::orders::{Ordered, PersonChange};

    /// A database as it was before this migration.
    async fn before(version: i64) -> SqlitePool {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect("sqlite::memory:")
            .await
            .unwrap();
        let mut before = sqlx::migrate!("migrations/relay");
        before.migrations = before
            .migrations
            .iter()
            .filter(|one| one.version < version)
            .cloned()
            .collect();
        before.run(&pool).await.unwrap();
        pool
    }

    #[tokio::test]
    async fn a_hold_that_the_relay_placed_before_it_had_codes_gets_its_code_and_others_keep_their_words() {
        let pool = before(13).await;
        sqlx::raw_sql(
            "PRAGMA foreign_keys = OFF; \
             INSERT INTO sessions (id, version, ticket, technician, asked_at, search, record) VALUES \
             ('01', 1, 1, 1, 1, '', '{\"abuse_reported_at\":5}'), ('02', 1, 2, 1, 1, '', '{\"abuse_reported_at\":null}'); \
             INSERT INTO holds (at, ticket, session, reason) VALUES (1, 1, '01', 'The user reported abuse'), \
             (1, 2, '02', 'The user reported abuse'), (1, 2, NULL, 'A complaint')",
        )
        .execute(&pool)
        .await
        .unwrap();
        RELAY_MIGRATIONS.run(&pool).await.unwrap();
        let rows = sqlx::query("SELECT code, reason FROM holds ORDER BY id")
            .fetch_all(&pool)
            .await
            .unwrap();
        let told: Vec<(Option<String>, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let code = Some("abuse_reported".to_owned());
        let own = |words: &str| (None, words.to_owned());
        assert_eq!(
            told,
            [
                (code, String::new()),
                own("The user reported abuse"),
                own("A complaint")
            ]
        );
    }

    #[tokio::test]
    async fn what_the_command_line_did_before_there_were_orders_is_ordered_once_and_in_its_order() {
        let pool = before(15).await;
        sqlx::raw_sql(
            "PRAGMA foreign_keys = OFF; \
             INSERT INTO people_changes (at, kind, person) VALUES (10, 'added', 1), (20, 'added', 2), (50, 'disabled', 2); \
             INSERT INTO card_installs (at, kind, name, until, content) VALUES \
             (5, 'card', '00', 9, '{}'), \
             (30, 'card', '0102030405060708', 9, '{\"card\":{\"serial\":\"0102030405060708\",\"person\":2,\"device\":\"' || \
             lower(hex(zeroblob(32))) || '\",\"expires_at\":9}}'), \
             (40, 'revocations', '3', NULL, '{\"revocations\":{\"number\":3,\"revoked\":[1,2]}}'); \
             INSERT INTO orders (at, what) VALUES (60, '{\"hold_removed\":{\"ticket\":\"T-1001\",\"session\":null}}'); \
             INSERT INTO meta (name, value) VALUES ('people_changes_logged', '1'), ('card_installs_logged', '1'), \
             ('setting.audit_months', '24'), ('setting.audit_months_logged', '12'), \
             ('setting.second_factor.required', 'yes'), ('setting.business_hours', \
             '{\"time_zone\":\"UTC\",\"week\":{\"monday\":[{\"from\":\"08:00\",\"to\":\"12:00\"}]}}')",
        )
        .execute(&pool)
        .await
        .unwrap();
        RELAY_MIGRATIONS.run(&pool).await.unwrap();
        let rows = sqlx::query("SELECT what FROM orders ORDER BY id")
            .fetch_all(&pool)
            .await
            .unwrap();
        let told: Vec<Ordered> = rows
            .iter()
            .map(|row| serde_json::from_str(row.get(0)).unwrap())
            .collect();
        let person = |id, change| Ordered::Person {
            person: PersonId(id),
            change,
        };
        assert!(
            matches!(
                &told[0],
                Ordered::HoldRemoved {
                    since: UnixMillis(60),
                    ..
                }
            ),
            "{told:?}"
        );
        assert_eq!(
            told[1..5],
            [
                person(2, PersonChange::Added),
                Ordered::CardInstalled {
                    card: CardSerial([1, 2, 3, 4, 5, 6, 7, 8]),
                    person: PersonId(2),
                    device: DeviceKey([0; 32]),
                    expires_at: UnixMillis(9),
                },
                Ordered::RevocationsInstalled { number: 3, revoked: 2 },
                person(2, PersonChange::Disabled),
            ]
        );
        assert!(told.contains(&Ordered::RetentionSet { months: 24 }));
        assert!(told.contains(&Ordered::SecondFactorRequired { required: true }));
        assert!(told.iter().any(|one| matches!(one, Ordered::HoursSet(_))));
        assert_eq!(told.len(), 8);
    }
    #[tokio::test]
    async fn a_ticket_that_was_reopened_is_looked_at_once_more_whether_it_is_erased() {
        let pool = before(17).await;
        sqlx::raw_sql(
            "INSERT INTO tickets (number, version, request, device, state, opened_at, search, summary, record, erased) VALUES \
             (1001, 1, 'a', 'a', 'solved', 1, '', '', '{\"reopened\":1}', 1), \
             (1002, 1, 'b', 'b', 'solved', 1, '', '', '{\"reopened\":0}', 1)",
        )
        .execute(&pool)
        .await
        .unwrap();
        RELAY_MIGRATIONS.run(&pool).await.unwrap();
        let erased: Vec<bool> = sqlx::query_scalar("SELECT erased FROM tickets ORDER BY number")
            .fetch_all(&pool)
            .await
            .unwrap();
        assert_eq!(erased, [false, true]);
    }
}
