//! Settings that the command line makes while a relay may be running: a name and a text.

use async_trait::async_trait;
use renfort_protocol::time::UnixMillis;

use super::{StoreError, orders::Ordered};

/// The store, as settings need it.
#[async_trait]
pub trait Settings: Send + Sync + 'static {
    /// A setting; none when it was never made.
    ///
    /// # Errors
    /// When the store fails.
    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Makes a setting, in place of an earlier one.
    ///
    /// # Errors
    /// When the store fails.
    async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError>;

    /// The same on somebody's order, which is kept with it.
    ///
    /// # Errors
    /// When the store fails.
    async fn put_ordered(&self, name: &str, value: &str, what: &Ordered, at: UnixMillis) -> Result<(), StoreError>;
}
