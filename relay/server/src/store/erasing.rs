//! What the store keeps and looks up for erasing: holds, and what a person has.
//!
//! Invariant: nothing of a ticket on hold is erased, whoever asks.

use async_trait::async_trait;
use renfort_audit::{
    hash::Digest,
    keeping::{Erased, HoldCode, HoldReason},
};
use renfort_core::contract::StoredTicket;
use renfort_protocol::{
    console::views::SavedView,
    figures::Purpose,
    ids::{PersonId, SessionId, TicketId},
    people::Name,
    time::UnixMillis,
};
use serde::{Deserialize, Serialize};

use super::{LoggedRecord, SealedField, StoreError};

/// Who is to be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// An account.
    Account(PersonId),
    /// Whoever asked for help from this device, by [`renfort_audit::actor::device_hash`].
    Device(Digest),
    /// Whoever asked for help under this whole name, whatever its case.
    Name {
        /// The name.
        name: Name,
        /// On this machine only.
        machine: Option<Name>,
    },
}

impl Whom {
    /// As the log says it: without a name.
    #[must_use]
    pub const fn erased(&self) -> Erased {
        match self {
            Self::Account(id) => Erased::Account(*id),
            Self::Device(device) => Erased::Device(*device),
            Self::Name { .. } => Erased::Name,
        }
    }
}

/// What is kept from being erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewHold {
    /// The ticket.
    pub ticket: TicketId,
    /// The session that it is about, if it is about one; its ticket is held as a whole.
    pub session: Option<SessionId>,
    /// What for.
    pub reason: HoldReason,
}

/// A hold that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What is held.
    pub what: NewHold,
    /// Since when.
    pub since: UnixMillis,
}

impl NewHold {
    /// What the relay itself holds it for; none where somebody does.
    #[must_use]
    pub const fn cause(&self) -> Option<HoldCode> {
        match &self.reason {
            HoldReason::Own { code } => Some(*code),
            HoldReason::Stated(_) => None,
        }
    }

    /// Is it the same hold? The relay's own and somebody's beside it are two.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.ticket, self.session, self.cause()) == (other.ticket, other.session, other.cause())
    }
}

/// Which hold is to end, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// The ticket.
    pub ticket: TicketId,
    /// The session, if it is about one.
    pub session: Option<SessionId>,
    /// The one that the relay placed for this by itself; else the one that somebody placed.
    pub cause: Option<HoldCode>,
    /// Why it ends.
    pub reason: Purpose,
}

/// Why a hold was not added, or not removed.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// There is no such ticket or session.
    #[error("there is no such ticket or session")]
    Unknown,
    /// It is held already.
    #[error("it is on hold already")]
    Already,
    /// There is no such hold.
    #[error("this is not on hold; `renfort-relay hold list` shows what is")]
    None,
    /// There is only one that the relay placed by itself.
    #[error("the relay itself holds it: {}", HoldReason::Own { code: *.0 })]
    Own(HoldCode),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key that is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedKey {
    /// Its name: text of a [`renfort_audit::actor::KeyScope`].
    pub scope: String,
    /// How many fields it opens.
    pub fields: u64,
}

/// The store, as erasing needs it.
#[async_trait]
pub trait Erasing: Send + Sync + 'static {
    /// Holds, oldest first.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn holds(&self) -> Result<Vec<Hold>, StoreError>;

    /// Holds a ticket, or a session with its ticket, and orders that the log tells of it.
    ///
    /// # Errors
    /// When there is none, when it is held already, or when the store fails.
    async fn add_hold(&self, hold: &NewHold, at: UnixMillis) -> Result<(), HoldError>;

    /// Ends a hold and orders that the log tells of it.
    ///
    /// # Errors
    /// When there is none, or only the relay's own and another one was meant, or when the store fails.
    async fn remove_hold(&self, removal: &Removal, at: UnixMillis) -> Result<(), HoldError>;

    /// The tickets in which somebody appears, oldest first.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn tickets_with(&self, whom: &Whom) -> Result<Vec<StoredTicket>, StoreError>;

    /// Tickets closed before, with anybody's name left and not on hold, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn tickets_due(&self, before: UnixMillis, limit: u32) -> Result<Vec<StoredTicket>, StoreError>;

    /// Scopes of the personal fields in records of a ticket and its sessions, each as often as there are fields.
    ///
    /// # Errors
    /// When the store fails.
    async fn scopes_of_ticket(&self, ticket: TicketId) -> Result<Vec<String>, StoreError>;

    /// Scopes with a key whose subject is this one (a [`renfort_audit::actor::Actor`] as text).
    ///
    /// # Errors
    /// When the store fails.
    async fn scopes_of_subject(&self, subject: &str) -> Result<Vec<String>, StoreError>;

    /// Scopes with a key, each of one record alone, for records before this number, at most `limit`.
    ///
    /// # Errors
    /// When the store fails.
    async fn scopes_of_records_before(&self, seq: u64, limit: u32) -> Result<Vec<String>, StoreError>;

    /// Records of no ticket that have personal fields, from number `from` on, at most `limit`, in order.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn records_of_no_ticket(&self, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError>;

    /// All accounts' saved views.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn all_saved_views(&self) -> Result<Vec<SavedView>, StoreError>;

    /// Personal fields under these keys, with the numbers of their records.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn fields_under(&self, scopes: &[String]) -> Result<Vec<(u64, SealedField)>, StoreError>;

    /// Deletes keys for good. Of each that was there it is kept, with its deletion, for which order it went and how many
    /// fields it opened; those that are gone already are no error, and are not counted again.
    ///
    /// # Errors
    /// When the store fails.
    async fn erase_keys(&self, order: u64, keys: &[ErasedKey]) -> Result<(), StoreError>;

    /// How many fields the keys opened that were deleted for an order.
    ///
    /// # Errors
    /// When the store fails.
    async fn fields_erased_for(&self, order: u64) -> Result<u64, StoreError>;

    /// Forgets what was counted, but for these orders: the log tells of all others.
    ///
    /// # Errors
    /// When the store fails.
    async fn forget_erased(&self, but: &[u64]) -> Result<(), StoreError>;

    /// Leaves no bytes of what was deleted behind in the store's files; with `whole`, of names and texts as well as of
    /// keys, which rewrites everything. False when somebody who reads still needs them: to be tried again.
    ///
    /// # Errors
    /// When the store fails.
    async fn scrub(&self, whole: bool) -> Result<bool, StoreError>;
}
