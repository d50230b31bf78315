//! Keys of personal fields, in their own database.

use renfort_audit::personal::PersonalKey;
use sqlx::SqlitePool;

use crate::store::StoreError;

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

fn to_key(bytes: Vec<u8>) -> Result<PersonalKey, StoreError> {
    let bytes = bytes
        .try_into()
        .map_err(|_| StoreError::Damaged("a key's length".to_owned()))?;
    Ok(PersonalKey(bytes))
}
