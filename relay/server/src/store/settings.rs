//! Settings that the command line makes while a relay may be running: a name and a text.

use async_trait::async_trait;

use super::StoreError;

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
}
