//! What the relay keeps, behind one trait: SQLite on disk, and a store in memory that dies with the process.
//!
//! Flow: the writer opens a [`Transaction`], applies the broker's changes and adds sealed records, and commits; everything
//! else only reads. What the command line changes is the exception: it keeps an order ([`orders`]) with it, which a running
//! relay takes up.
//!
//! Invariant: what a committed transaction wrote is on disk before [`Transaction::commit`] returns, and nothing of an
//! uncommitted one is ever seen.

pub mod articles;
pub mod cards;
pub mod erasing;
pub mod filter;
pub mod memory;
pub mod orders;
pub mod rows;
pub mod second_factor;
pub mod settings;
pub mod sqlite;
pub mod supervision;

use async_trait::async_trait;
use renfort_audit::{hash::Digest, personal::PersonalKey, record::Record};
use renfort_core::contract::{Account, Change, SessionRecord, Snapshot, StoredTicket};
use renfort_protocol::{
    ids::{DeviceKey, PersonId, SessionId, TicketId},
    people::{Name, Role},
    time::UnixMillis,
};

use self::{
    filter::Criteria,
    rows::{ListedSession, ListedTicket, Listing},
};

/// Why the store refused.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk, or the room given to the database, is full.
    #[error("there is no room left for the database")]
    Full,
    /// The database could not be reached, read or written.
    #[error("the database failed: {0}")]
    Failed(String),
    /// The database holds what it cannot hold.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Somebody else already has this sign-in name.
    #[error("there is already an account with this login")]
    LoginTaken,
    /// It is the only active administrator's account.
    #[error("this is the last active administrator")]
    LastAdministrator,
    /// No account has this sign-in name.
    #[error("there is no account with this login")]
    UnknownLogin,
}

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Sign-in name; unique whatever the case (of ASCII letters).
    pub login: Name,
    /// As shown.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// Password hash, a PHC string.
    pub hash: String,
}

/// An account with what only the command line and sign-in see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// Its sign-in name.
    pub login: Name,
    /// Password hash, a PHC string.
    pub hash: String,
}

/// A sign-in to the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleSignIn {
    /// Whose.
    pub person: PersonId,
    /// When it began.
    pub signed_in_at: UnixMillis,
    /// When it was last used.
    pub used_at: UnixMillis,
    /// SHA-256 of the page's key, without which the cookie is worth nothing.
    pub page: Digest,
}

/// A personal field of a record, encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedField {
    /// Its name.
    pub name: String,
    /// Which key opens it: text of [`renfort_audit::actor::KeyScope`].
    pub scope: String,
    /// Made by [`renfort_audit::personal::encrypt`].
    pub sealed: Vec<u8>,
}

/// A record with what opens its commitments, encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRecord {
    /// The record.
    pub record: Record,
    /// Its hash, as computed when it was written.
    pub hash: Digest,
    /// Its personal fields.
    pub personal: Vec<SealedField>,
}

impl LoggedRecord {
    /// The ticket that names or texts came to with this record.
    fn tells_names_in(&self) -> Option<TicketId> {
        self.record.ticket.filter(|_| !self.personal.is_empty())
    }
}

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Records that it covers.
    pub size: u64,
    /// Its text.
    pub text: String,
    /// The Merkle tree's complete subtrees at that size.
    pub peaks: Vec<Digest>,
}

/// Did a batch of changes fit what is stored?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// All of it is in the transaction.
    All,
    /// A record had another version than expected; nothing of the batch is in the transaction, which can go on.
    Conflict,
}

/// One atomic write. Dropped without [`Transaction::commit`], it leaves nothing.
#[async_trait]
pub trait Transaction: Send {
    /// Applies one batch of changes, all or nothing.
    ///
    /// # Errors
    /// When the store fails; the transaction is then good for nothing but to be dropped.
    async fn apply(&mut self, changes: &[Change]) -> Result<Applied, StoreError>;

    /// Number that the session's next record gets.
    ///
    /// # Errors
    /// When the store fails.
    async fn next_session_seq(&mut self, session: SessionId) -> Result<u64, StoreError>;

    /// Adds a record at the end of the log.
    ///
    /// # Errors
    /// When the store fails, or when the log already has a record of this number.
    async fn add_record(&mut self, logged: &LoggedRecord) -> Result<(), StoreError>;

    /// Adds a checkpoint.
    ///
    /// # Errors
    /// When the store fails.
    async fn add_checkpoint(&mut self, checkpoint: &StoredCheckpoint) -> Result<(), StoreError>;

    /// Holds a ticket or a session; once it is held, holding it again changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    async fn hold(&mut self, hold: &erasing::NewHold, at: UnixMillis) -> Result<(), StoreError>;

    /// Makes it durable.
    ///
    /// # Errors
    /// When it did not become durable; then nothing of it is visible.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// The relay's store.
#[async_trait]
pub trait Store:
    articles::Articles
    + cards::Cards
    + erasing::Erasing
    + orders::Orders
    + second_factor::SecondFactors
    + settings::Settings
    + supervision::Supervision
    + Send
    + Sync
    + 'static
{
    /// Begins a write. Only one can be under way; a further one waits.
    ///
    /// # Errors
    /// When the store fails.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Keys for these scopes, in their order; missing ones are made of `fresh` and durable before this returns.
    ///
    /// # Errors
    /// When the store fails.
    async fn keys_or_new(
        &self,
        scopes: &[String],
        fresh: &mut (dyn FnMut() -> PersonalKey + Send),
    ) -> Result<Vec<PersonalKey>, StoreError>;

    /// The key of a scope; none when there never was one, or when it was erased.
    ///
    /// # Errors
    /// When the store fails.
    async fn key(&self, scope: &str) -> Result<Option<PersonalKey>, StoreError>;

    /// What the broker starts with.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn snapshot(&self) -> Result<Snapshot, StoreError>;

    /// Records from number `from` on, at most `limit`, in order.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn records(&self, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError>;

    /// Hashes of the records from number `from` on, at most `limit`, in order.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn hashes(&self, from: u64, limit: u64) -> Result<Vec<Digest>, StoreError>;

    /// Records of a ticket outside any session, and of the ticket's given session, in order.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn timeline(&self, ticket: TicketId, session: SessionId) -> Result<Vec<LoggedRecord>, StoreError>;

    /// The newest checkpoint.
    ///
    /// # Errors
    /// When the store fails.
    async fn checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError>;

    /// Sessions that fit, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn sessions(&self, criteria: &Criteria, limit: u32) -> Result<Listing<ListedSession>, StoreError>;

    /// Tickets that fit, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn tickets(&self, criteria: &Criteria, limit: u32) -> Result<Listing<ListedTicket>, StoreError>;

    /// One session.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn session(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError>;

    /// One ticket with its notes and sessions.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn ticket(&self, id: TicketId) -> Result<Option<StoredTicket>, StoreError>;

    /// Adds an account.
    ///
    /// # Errors
    /// When the login is taken or the store fails.
    async fn add_person(&self, account: &NewAccount, at: UnixMillis) -> Result<PersonId, StoreError>;

    /// Disables an account. False when it was disabled already: nothing is changed then.
    ///
    /// # Errors
    /// When there is none, when no active administrator would be left and that is not wanted (`even_last`), or when the
    /// store fails.
    async fn disable_person(&self, login: &Name, even_last: bool, at: UnixMillis) -> Result<bool, StoreError>;

    /// All accounts, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    async fn people(&self) -> Result<Vec<Credentials>, StoreError>;

    /// The account of a sign-in name.
    ///
    /// # Errors
    /// When the store fails.
    async fn credentials(&self, login: &Name) -> Result<Option<Credentials>, StoreError>;

    /// One account.
    ///
    /// # Errors
    /// When the store fails.
    async fn account(&self, id: PersonId) -> Result<Option<Account>, StoreError>;

    /// The account that a technician's token belongs to, when it is of this device and not expired.
    ///
    /// # Errors
    /// When the store fails.
    async fn token(&self, hash: &Digest, device: &DeviceKey, now: UnixMillis) -> Result<Option<Account>, StoreError>;

    /// Keeps a sign-in to the console.
    ///
    /// # Errors
    /// When the store fails.
    async fn put_console_sign_in(&self, hash: &Digest, sign_in: &ConsoleSignIn) -> Result<(), StoreError>;

    /// Notes that a sign-in to the console was used; one that is no longer kept stays forgotten.
    ///
    /// # Errors
    /// When the store fails.
    async fn note_console_use(&self, hash: &Digest, at: UnixMillis) -> Result<(), StoreError>;

    /// Reads a sign-in to the console.
    ///
    /// # Errors
    /// When the store fails.
    async fn console_sign_in(&self, hash: &Digest) -> Result<Option<ConsoleSignIn>, StoreError>;

    /// Forgets a sign-in to the console.
    ///
    /// # Errors
    /// When the store fails.
    async fn delete_console_sign_in(&self, hash: &Digest) -> Result<(), StoreError>;

    /// Forgets technicians' tokens that expired, cards that did so long ago, and sign-ins to the console that began before `console_before`.
    ///
    /// # Errors
    /// When the store fails.
    async fn forget_expired(&self, now: UnixMillis, console_before: UnixMillis) -> Result<(), StoreError>;

    /// Lets go of files and connections; everything committed is already durable.
    async fn close(&self);
}
