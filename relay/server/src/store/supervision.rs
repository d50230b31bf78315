//! What the console reads and keeps beside its lists: whole stories, histories, saved views.
//!
//! Invariant: a saved view belongs to one account, and no other one ever sees or changes it.

use async_trait::async_trait;
use renfort_core::contract::SessionRecord;
use renfort_protocol::{
    console::{
        history::HistoryTotals,
        views::{NewView, SavedView, ViewName},
    },
    ids::{PersonId, TicketId},
};

use super::{LoggedRecord, StoreError};

/// Whose history, as stated; in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exactly {
    /// A person's whole name.
    Person(String),
    /// A machine's whole name.
    Machine(String),
}

/// A name as it is compared: in lower case as Unicode has it.
#[must_use]
pub fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Why a saved view was not kept or changed.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The account has as many as it can have.
    #[error("there are as many saved views as there can be")]
    TooMany,
    /// The account has one of this name.
    #[error("there is already a saved view of this name")]
    NameTaken,
    /// The account has no such view.
    #[error("there is no such saved view")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The store, as supervisors need it.
#[async_trait]
pub trait Supervision: Send + Sync + 'static {
    /// Records of a ticket, of all its sessions, from number `from` on, at most `limit`, in order.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn story(&self, ticket: TicketId, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError>;

    /// All sessions of these tickets, oldest first.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn sessions_of(&self, tickets: &[TicketId]) -> Result<Vec<SessionRecord>, StoreError>;

    /// Counts over a history.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn history_totals(&self, of: &Exactly) -> Result<HistoryTotals, StoreError>;

    /// An account's views, by name.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn saved_views(&self, person: PersonId) -> Result<Vec<SavedView>, StoreError>;

    /// Keeps a view; gives its number.
    ///
    /// # Errors
    /// When there are too many, when the name is taken, or when the store fails.
    async fn save_view(&self, person: PersonId, view: &NewView) -> Result<u64, ViewError>;

    /// Gives a view another name; its own in another case is another.
    ///
    /// # Errors
    /// When there is none, when the name is taken, or when the store fails.
    async fn rename_view(&self, person: PersonId, id: u64, name: &ViewName) -> Result<(), ViewError>;

    /// Forgets a view.
    ///
    /// # Errors
    /// When there is none or the store fails.
    async fn delete_view(&self, person: PersonId, id: u64) -> Result<(), ViewError>;
}
