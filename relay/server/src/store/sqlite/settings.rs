//! Settings, kept in the table of the relay's own names and values under a prefix of their own.

use async_trait::async_trait;
use renfort_protocol::time::UnixMillis;
use sqlx::SqliteConnection;

use super::{SqliteStore, orders::order};
use crate::store::{StoreError, orders::Ordered, settings::Settings};

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
        put(&mut *self.writer.acquire().await?, name, value).await
    }

    async fn put_ordered(&self, name: &str, value: &str, what: &Ordered, at: UnixMillis) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        put(&mut transaction, name, value).await?;
        order(&mut transaction, what, at).await?;
        Ok(transaction.commit().await?)
    }
}

async fn put(on: &mut SqliteConnection, name: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(key(name))
        .bind(value)
        .execute(on)
        .await?;
    Ok(())
}
