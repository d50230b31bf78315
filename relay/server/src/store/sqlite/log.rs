//! Reading the audit log.

use renfort_audit::hash::Digest;
use renfort_protocol::ids::{SessionId, TicketId};
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use super::convert::{from_json, int, unsigned};
use crate::store::{LoggedRecord, SealedField, StoreError, StoredCheckpoint};

pub(super) async fn records(pool: &SqlitePool, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError> {
    let until = from.saturating_add(u64::from(limit));
    let mut records = sqlx::query("SELECT record, hash FROM records WHERE seq >= ? AND seq < ? ORDER BY seq")
        .bind(int(from))
        .bind(int(until))
        .fetch_all(pool)
        .await?
        .iter()
        .map(logged)
        .collect::<Result<Vec<_>, _>>()?;
    let personal =
        sqlx::query("SELECT seq, name, scope, sealed FROM personal WHERE seq >= ? AND seq < ? ORDER BY seq, name")
            .bind(int(from))
            .bind(int(until))
            .fetch_all(pool)
            .await?;
    attach(&mut records, &personal)?;
    Ok(records)
}

pub(super) async fn hashes(pool: &SqlitePool, from: u64, limit: u64) -> Result<Vec<Digest>, StoreError> {
    sqlx::query("SELECT hash FROM records WHERE seq >= ? AND seq < ? ORDER BY seq")
        .bind(int(from))
        .bind(int(from.saturating_add(limit)))
        .fetch_all(pool)
        .await?
        .iter()
        .map(hash)
        .collect()
}

pub(super) async fn timeline(
    pool: &SqlitePool,
    ticket: TicketId,
    session: SessionId,
) -> Result<Vec<LoggedRecord>, StoreError> {
    const CHOSEN: &str = "ticket = ? AND (session IS NULL OR session = ?)";
    let mut records = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT record, hash FROM records WHERE {CHOSEN} ORDER BY seq"
    )))
    .bind(int(ticket.0))
    .bind(session.to_string())
    .fetch_all(pool)
    .await?
    .iter()
    .map(logged)
    .collect::<Result<Vec<_>, _>>()?;
    let personal = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT seq, name, scope, sealed FROM personal WHERE seq IN (SELECT seq FROM records WHERE {CHOSEN}) ORDER BY seq, name"
    )))
    .bind(int(ticket.0))
    .bind(session.to_string())
    .fetch_all(pool)
    .await?;
    attach(&mut records, &personal)?;
    Ok(records)
}

pub(super) async fn story(
    pool: &SqlitePool,
    ticket: TicketId,
    from: u64,
    limit: u32,
) -> Result<Vec<LoggedRecord>, StoreError> {
    const CHOSEN: &str = "SELECT seq FROM records WHERE ticket = ? AND seq >= ? ORDER BY seq LIMIT ?";
    chosen(pool, CHOSEN, Some(ticket), from, limit).await
}

/// Records of no ticket that have personal fields.
pub(super) async fn of_no_ticket(pool: &SqlitePool, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError> {
    const CHOSEN: &str = "SELECT seq FROM records WHERE ticket IS ? AND seq >= ? \
                          AND EXISTS (SELECT 1 FROM personal WHERE personal.seq = records.seq) ORDER BY seq LIMIT ?";
    chosen(pool, CHOSEN, None, from, limit).await
}

async fn chosen(
    pool: &SqlitePool,
    chosen: &'static str,
    ticket: Option<TicketId>,
    from: u64,
    limit: u32,
) -> Result<Vec<LoggedRecord>, StoreError> {
    let mut lists = Vec::with_capacity(2);
    for select in [
        "SELECT record, hash FROM records WHERE seq IN ({chosen}) ORDER BY seq",
        "SELECT seq, name, scope, sealed FROM personal WHERE seq IN ({chosen}) ORDER BY seq, name",
    ] {
        let rows = sqlx::query(sqlx::AssertSqlSafe(select.replace("{chosen}", chosen)))
            .bind(ticket.map(|ticket| int(ticket.0)))
            .bind(int(from))
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?;
        lists.push(rows);
    }
    let mut records = lists[0].iter().map(logged).collect::<Result<Vec<_>, _>>()?;
    attach(&mut records, &lists[1])?;
    Ok(records)
}

pub(super) async fn checkpoint(pool: &SqlitePool) -> Result<Option<StoredCheckpoint>, StoreError> {
    let row = sqlx::query("SELECT size, text, peaks FROM checkpoints ORDER BY size DESC LIMIT 1")
        .fetch_optional(pool)
        .await?;
    row.map(|row| {
        let peaks: Vec<Digest> = from_json(row.try_get("peaks")?)?;
        Ok(StoredCheckpoint {
            size: unsigned(row.try_get("size")?)?,
            text: row.try_get("text")?,
            peaks,
        })
    })
    .transpose()
}

fn hash(row: &SqliteRow) -> Result<Digest, StoreError> {
    Digest::try_from(row.try_get::<String, _>("hash")?).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn logged(row: &SqliteRow) -> Result<LoggedRecord, StoreError> {
    Ok(LoggedRecord {
        record: from_json(row.try_get("record")?)?,
        hash: hash(row)?,
        personal: Vec::new(),
    })
}

/// Both lists are in the order of `seq`.
fn attach(records: &mut [LoggedRecord], personal: &[SqliteRow]) -> Result<(), StoreError> {
    let mut records = records.iter_mut().peekable();
    for row in personal {
        let seq = unsigned(row.try_get("seq")?)?;
        while records.peek().is_some_and(|logged| logged.record.seq < seq) {
            records.next();
        }
        if let Some(logged) = records.peek_mut().filter(|logged| logged.record.seq == seq) {
            logged.personal.push(SealedField {
                name: row.try_get("name")?,
                scope: row.try_get("scope")?,
                sealed: row.try_get("sealed")?,
            });
        }
    }
    Ok(())
}
