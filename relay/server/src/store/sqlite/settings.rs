//! Settings, kept in the table of the relay's own names and values under a prefix of their own.

use async_trait::async_trait;

use super::SqliteStore;
use crate::store::{StoreError, settings::Settings};

fn key(name: &str) -> String {
    format!("setting.{name}")
}

#[async_trait]
impl Settings for SqliteStore {
    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let value = sqlx::query_scalar("SELECT value FROM meta WHERE name = ?")
            .bind(key(name))
            .fetch_optional(&self.readers)
            .await?;
        Ok(value)
    }

    async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(key(name))
        .bind(value)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
