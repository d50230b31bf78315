//! Keys of personal fields, in their own database.

use renfort_audit::personal::PersonalKey;
use sqlx::SqlitePool;

use super::convert::{int, to_json, unsigned};
use crate::store::{StoreError, erasing::ErasedKey};

pub(super) async fn keys_or_new(
    pool: &SqlitePool,
    scopes: &[String],
    fresh: &mut (dyn FnMut() -> PersonalKey + Send),
) -> Result<Vec<PersonalKey>, StoreError> {
    let mut found = Vec::with_capacity(scopes.len());
    let mut transaction = pool.begin().await?;
    for scope in scopes {
        let stored = sqlx::query_scalar::<_, Vec<u8>>("SELECT key FROM keys WHERE scope = ?")
            .bind(scope)
            .fetch_optional(&mut *transaction)
            .await?;
        found.push(match stored {
            Some(bytes) => to_key(bytes)?,
            None => {
                let key = fresh();
                sqlx::query("INSERT INTO keys (scope, key) VALUES (?, ?)")
                    .bind(scope)
                    .bind(key.0.as_slice())
                    .execute(&mut *transaction)
                    .await?;
                key
            }
        });
    }
    transaction.commit().await?;
    Ok(found)
}

pub(super) async fn key(pool: &SqlitePool, scope: &str) -> Result<Option<PersonalKey>, StoreError> {
    let stored = sqlx::query_scalar::<_, Vec<u8>>("SELECT key FROM keys WHERE scope = ?")
        .bind(scope)
        .fetch_optional(pool)
        .await?;
    stored.map(to_key).transpose()
}

/// Deletes keys and counts, in one step, what they opened.
pub(super) async fn erase(pool: &SqlitePool, order: u64, erased: &[ErasedKey]) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await?;
    for key in erased {
        let deleted = sqlx::query("DELETE FROM keys WHERE scope = ?")
            .bind(&key.scope)
            .execute(&mut *transaction)
            .await?;
        if deleted.rows_affected() == 1 {
            sqlx::query(
                "INSERT INTO erased (ordered, fields) VALUES (?1, ?2) \
                 ON CONFLICT (ordered) DO UPDATE SET fields = fields + ?2",
            )
            .bind(int(order))
            .bind(int(key.fields))
            .execute(&mut *transaction)
            .await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

pub(super) async fn fields_erased_for(pool: &SqlitePool, order: u64) -> Result<u64, StoreError> {
    let fields: Option<i64> = sqlx::query_scalar("SELECT fields FROM erased WHERE ordered = ?")
        .bind(int(order))
        .fetch_optional(pool)
        .await?;
    fields.map_or(Ok(0), unsigned)
}

pub(super) async fn forget_erased(pool: &SqlitePool, but: &[u64]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM erased WHERE ordered NOT IN (SELECT value FROM json_each(?))")
        .bind(to_json(&but)?)
        .execute(pool)
        .await?;
    Ok(())
}

fn to_key(bytes: Vec<u8>) -> Result<PersonalKey, StoreError> {
    let bytes = bytes
        .try_into()
        .map_err(|_| StoreError::Damaged("a key's length".to_owned()))?;
    Ok(PersonalKey(bytes))
}
