//! Orders of the command line on disk.

use async_trait::async_trait;
use renfort_protocol::time::UnixMillis;
use sqlx::{Row, SqliteConnection};

use super::{
    SqliteStore,
    convert::{from_json, int, to_json, unsigned},
    write::Refusal,
};
use crate::store::{
    StoreError,
    orders::{Order, Ordered, Orders},
};

/// Keeps an order, in the transaction of what it tells of.
pub(super) async fn order(on: &mut SqliteConnection, what: &Ordered, at: UnixMillis) -> Result<u64, StoreError> {
    let done = sqlx::query("INSERT INTO orders (at, what) VALUES (?, ?)")
        .bind(int(at.0))
        .bind(to_json(what)?)
        .execute(on)
        .await?;
    unsigned(done.last_insert_rowid())
}

/// False when there is no such order.
pub(super) async fn settle_order(on: &mut SqliteConnection, id: u64) -> Result<bool, Refusal> {
    let done = sqlx::query("DELETE FROM orders WHERE id = ?")
        .bind(int(id))
        .execute(on)
        .await?;
    Ok(done.rows_affected() == 1)
}

#[async_trait]
impl Orders for SqliteStore {
    async fn put_order(&self, what: &Ordered, at: UnixMillis) -> Result<u64, StoreError> {
        order(&mut *self.writer.acquire().await?, what, at).await
    }

    async fn orders(&self) -> Result<Vec<Order>, StoreError> {
        let rows = sqlx::query("SELECT id, at, what FROM orders ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Order {
                    id: unsigned(row.try_get("id")?)?,
                    at: UnixMillis(unsigned(row.try_get("at")?)?),
                    what: from_json(row.try_get("what")?)?,
                })
            })
            .collect()
    }
}
