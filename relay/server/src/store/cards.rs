//! Technicians' cards: requests that wait for the organisation, and what it signed and somebody brought here.
//!
//! Flow: the broker keeps requests ([`renfort_core::Change::PutCardRequest`]); the command line reads them and brings
//! cards and lists, with an order to record them; a running relay takes those up.
//!
//! Invariant: what is brought stays untouched, and of lists the one with the highest number counts.

use async_trait::async_trait;
use renfort_protocol::{
    card::{SignedCard, SignedCardRequest, SignedRevocations},
    time::UnixMillis,
};

use super::StoreError;

/// Cards that have been expired for this long are forgotten, in milliseconds.
pub const KEPT_EXPIRED_MS: u64 = 30 * 24 * 60 * 60_000;

/// Something that the organisation signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installed {
    /// A technician's card.
    Card(SignedCard),
    /// A list of revoked cards.
    Revocations(SignedRevocations),
}

/// The store, as cards need it.
#[async_trait]
pub trait Cards: Send + Sync + 'static {
    /// Requests for a card, oldest first.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn card_requests(&self) -> Result<Vec<SignedCardRequest>, StoreError>;

    /// All cards that are here, in the order in which they came.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn cards(&self) -> Result<Vec<SignedCard>, StoreError>;

    /// The newest list of revoked cards.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn revocations(&self) -> Result<Option<SignedRevocations>, StoreError>;

    /// Takes a card or a list, and orders that the log tells of it. False when it is here already, or when a list is not newer than the one that is here;
    /// then nothing changes.
    ///
    /// # Errors
    /// When the store fails.
    async fn install(&self, content: &Installed, at: UnixMillis) -> Result<bool, StoreError>;
}
