//! Technicians' cards on disk.

use async_trait::async_trait;
use renfort_core::contract::CARD_REQUESTS;
use renfort_protocol::{
    card::{SignedCard, SignedCardRequest, SignedRevocations},
    time::UnixMillis,
};
use sqlx::{SqliteConnection, SqlitePool};

use super::{
    SqliteStore,
    convert::{from_json, int, to_json},
    orders::order,
    write::Refusal,
};
use crate::store::{
    StoreError,
    cards::{Cards, Installed, KEPT_EXPIRED_MS},
    orders::Ordered,
};

#[async_trait]
impl Cards for SqliteStore {
    async fn card_requests(&self) -> Result<Vec<SignedCardRequest>, StoreError> {
        read(&self.readers, "SELECT request FROM card_requests ORDER BY id").await
    }

    async fn cards(&self) -> Result<Vec<SignedCard>, StoreError> {
        cards(&self.readers).await
    }

    async fn revocations(&self) -> Result<Option<SignedRevocations>, StoreError> {
        revocations(&self.readers).await
    }

    async fn install(&self, content: &Installed, at: UnixMillis) -> Result<bool, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let (kind, name, until, json) = match content {
            Installed::Card(signed) => {
                let until = Some(int(signed.card.expires_at.0));
                ("card", signed.card.serial.to_string(), until, to_json(signed)?)
            }
            Installed::Revocations(signed) => {
                let number = signed.revocations.number;
                let newest: Option<i64> = sqlx::query_scalar(
                    "SELECT max(CAST(name AS INTEGER)) FROM card_installs WHERE kind = 'revocations'",
                )
                .fetch_one(&mut *transaction)
                .await?;
                if newest.is_some_and(|newest| newest >= int(number)) {
                    return Ok(false);
                }
                ("revocations", int(number).to_string(), None, to_json(signed)?)
            }
        };
        let inserted = sqlx::query(
            "INSERT INTO card_installs (at, kind, name, until, content) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (kind, name) DO NOTHING",
        )
        .bind(int(at.0))
        .bind(kind)
        .bind(name)
        .bind(until)
        .bind(json)
        .execute(&mut *transaction)
        .await?;
        let is_new = inserted.rows_affected() == 1;
        if is_new {
            order(&mut transaction, &Ordered::installed(content), at).await?;
        }
        transaction.commit().await?;
        Ok(is_new)
    }
}

pub(super) async fn cards(pool: &SqlitePool) -> Result<Vec<SignedCard>, StoreError> {
    read(
        pool,
        "SELECT content FROM card_installs WHERE kind = 'card' ORDER BY id",
    )
    .await
}

pub(super) async fn revocations(pool: &SqlitePool) -> Result<Option<SignedRevocations>, StoreError> {
    let newest = "SELECT content FROM card_installs WHERE kind = 'revocations' \
                  ORDER BY CAST(name AS INTEGER) DESC LIMIT 1";
    Ok(read(pool, newest).await?.pop())
}

async fn read<T: serde::de::DeserializeOwned>(pool: &SqlitePool, query: &'static str) -> Result<Vec<T>, StoreError> {
    let rows: Vec<String> = sqlx::query_scalar(query).fetch_all(pool).await?;
    rows.iter().map(|json| from_json(json)).collect()
}

/// Keeps a request in place of an earlier one of the same device, and the account's newest ones only.
pub(super) async fn put_request(on: &mut SqliteConnection, signed: &SignedCardRequest) -> Result<bool, Refusal> {
    let person = int(signed.request.person.0);
    sqlx::query("INSERT OR REPLACE INTO card_requests (person, device, request) VALUES (?, ?, ?)")
        .bind(person)
        .bind(signed.request.device.to_string())
        .bind(to_json(signed)?)
        .execute(&mut *on)
        .await?;
    sqlx::query(
        "DELETE FROM card_requests WHERE person = ?1 AND id NOT IN \
         (SELECT id FROM card_requests WHERE person = ?1 ORDER BY id DESC LIMIT ?2)",
    )
    .bind(person)
    .bind(int(CARD_REQUESTS as u64))
    .execute(on)
    .await?;
    Ok(true)
}

/// Forgets cards that expired long ago, and lists that a newer one took the place of.
pub(super) async fn forget_expired(pool: &SqlitePool, now: UnixMillis) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM card_installs WHERE until < ? OR (kind = 'revocations' AND CAST(name AS INTEGER) < \
         (SELECT max(CAST(name AS INTEGER)) FROM card_installs WHERE kind = 'revocations'))",
    )
    .bind(int(now.0.saturating_sub(KEPT_EXPIRED_MS)))
    .execute(pool)
    .await?;
    Ok(())
}
