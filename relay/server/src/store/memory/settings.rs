//! Settings in memory.

use async_trait::async_trait;
use renfort_protocol::time::UnixMillis;

use super::MemoryStore;
use crate::store::{StoreError, orders::Ordered, settings::Settings};

#[async_trait]
impl Settings for MemoryStore {
    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.read(|state| state.settings.get(name).cloned()))
    }

    async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.change(|state| {
            state.settings.insert(name.to_owned(), value.to_owned());
            Ok(())
        })
        .await
    }

    async fn put_ordered(&self, name: &str, value: &str, what: &Ordered, at: UnixMillis) -> Result<(), StoreError> {
        self.change(|state| {
            state.settings.insert(name.to_owned(), value.to_owned());
            state.order(what.clone(), at);
            Ok(())
        })
        .await
    }
}
