//! Second factors and passwords: what the command line sets and a sign-in uses up.
//!
//! Invariant: of two sign-ins with the same step or the same recovery code, however close, one finds it used. Whatever
//! changes how somebody signs in ends every sign-in that they have.

use std::collections::BTreeSet;

use async_trait::async_trait;
use renfort_audit::hash::Digest;
use renfort_protocol::{ids::PersonId, people::Name, time::UnixMillis};

use super::StoreError;

/// A second factor to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSecondFactor {
    /// The secret, encrypted.
    pub sealed: Vec<u8>,
    /// Hashes of its recovery codes.
    pub recovery: Vec<Digest>,
}

/// A second factor as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecondFactor {
    /// The secret, encrypted.
    pub sealed: Vec<u8>,
    /// The last step that was accepted.
    pub last_step: Option<u64>,
    /// Wrong codes since the last right one.
    pub wrong_codes: u32,
    /// Hashes of the recovery codes that are left, in order.
    pub recovery: Vec<Digest>,
}

/// The store, as second factors need it.
#[async_trait]
pub trait SecondFactors: Send + Sync + 'static {
    /// An account's second factor.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn second_factor(&self, person: PersonId) -> Result<Option<StoredSecondFactor>, StoreError>;

    /// Accounts that have one.
    ///
    /// # Errors
    /// When the store fails.
    async fn with_second_factor(&self) -> Result<BTreeSet<PersonId>, StoreError>;

    /// Gives an account a second factor, in place of an earlier one, and ends its sign-ins.
    ///
    /// # Errors
    /// When there is no such account or the store fails.
    async fn put_second_factor(&self, login: &Name, new: &NewSecondFactor, at: UnixMillis) -> Result<(), StoreError>;

    /// Takes it away and ends the account's sign-ins. False when there was none: then nothing changed.
    ///
    /// # Errors
    /// When there is no such account or the store fails.
    async fn reset_second_factor(&self, login: &Name, at: UnixMillis) -> Result<bool, StoreError>;

    /// Uses a step up, and forgets wrong codes. False when it, or a later one, was used before.
    ///
    /// # Errors
    /// When the store fails.
    async fn use_step(&self, person: PersonId, step: u64) -> Result<bool, StoreError>;

    /// Uses a recovery code up, and forgets wrong codes. False when it was used before.
    ///
    /// # Errors
    /// When the store fails.
    async fn use_recovery_code(&self, person: PersonId, hash: &Digest) -> Result<bool, StoreError>;

    /// One more wrong code.
    ///
    /// # Errors
    /// When the store fails.
    async fn count_wrong_code(&self, person: PersonId) -> Result<(), StoreError>;

    /// Changes a password and ends the account's sign-ins.
    ///
    /// # Errors
    /// When there is no such account or the store fails.
    async fn change_password(&self, login: &Name, hash: &str, at: UnixMillis) -> Result<(), StoreError>;

    /// Ends the sign-ins of every account that has no second factor; gives these accounts.
    ///
    /// # Errors
    /// When the store fails.
    async fn end_sign_ins_without_second_factor(&self) -> Result<BTreeSet<PersonId>, StoreError>;
}
