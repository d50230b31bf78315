//! Erasing on disk: blanking rows in the writing transaction, deleting keys, and leaving no bytes of either behind.

use async_trait::async_trait;
use renfort_audit::{
    actor::device_hash,
    keeping::{HoldCode, HoldReason},
};
use renfort_core::{
    contract::{SessionRecord, StoredTicket, TicketRecord},
    erasure::{Erasure, ErasureOf},
};
use renfort_protocol::{
    article::ArticleText,
    console::views::SavedView,
    erased,
    figures::Purpose,
    ids::{DeviceKey, PersonId, TicketId},
    people::Name,
    reply::CannedReply,
    ticket::Note,
    time::UnixMillis,
};
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::{
    SqliteStore,
    convert::{from_json, int, to_json, unsigned},
    keys, log,
    orders::order,
    second_factor, snapshot, supervision,
    write::{Refusal, put_session, put_ticket},
};
use crate::store::{
    LoggedRecord, SealedField, StoreError,
    erasing::{ErasedKey, Erasing, Hold, HoldError, NewHold, Removal, Whom},
    orders::Ordered,
    supervision::folded,
};

/// How often it is tried to empty a journal that somebody still reads.
const CHECKPOINT_TRIES: u32 = 5;

/// Blanks what an erasure names. False when a ticket is open or on hold, or an account still in use.
pub(super) async fn erase(on: &mut SqliteConnection, erasure: &Erasure) -> Result<bool, Refusal> {
    if let ErasureOf::Account(person) = erasure.of
        && !erase_account(on, person, erasure.of).await?
    {
        return Ok(false);
    }
    for ticket in &erasure.tickets {
        if !erase_ticket(on, *ticket, erasure.of).await? {
            return Ok(false);
        }
    }
    for view in &erasure.views {
        sqlx::query("DELETE FROM saved_views WHERE id = ?")
            .bind(int(*view))
            .execute(&mut *on)
            .await?;
    }
    Ok(true)
}

async fn erase_ticket(on: &mut SqliteConnection, id: TicketId, of: ErasureOf) -> Result<bool, Refusal> {
    let row = sqlx::query(
        "SELECT record, erased, EXISTS (SELECT 1 FROM holds WHERE holds.ticket = number) AS held \
         FROM tickets WHERE number = ?",
    )
    .bind(int(id.0))
    .fetch_optional(&mut *on)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let mut record: TicketRecord = from_json(row.try_get("record")?)?;
    let mut sessions: Vec<SessionRecord> = Vec::new();
    for session in sqlx::query("SELECT record FROM sessions WHERE ticket = ?")
        .bind(int(id.0))
        .fetch_all(&mut *on)
        .await?
    {
        sessions.push(from_json(session.try_get("record")?)?);
    }
    if row.try_get::<bool, _>("held")? || of.is_stopped_by(&record, &sessions) {
        return Ok(false);
    }
    let version = record.version;
    if of.blank_ticket(&mut record) && !put_ticket(on, &record, Some(version)).await? {
        return Ok(false);
    }
    for mut session in sessions {
        let version = session.version;
        if of.blank_session(&mut session) && !put_session(on, &session, Some(version)).await? {
            return Ok(false);
        }
    }
    for row in sqlx::query("SELECT id, note FROM notes WHERE ticket = ?")
        .bind(int(id.0))
        .fetch_all(&mut *on)
        .await?
    {
        let mut note: Note = from_json(row.try_get("note")?)?;
        if of.blank_note(&mut note) {
            sqlx::query("UPDATE notes SET note = ? WHERE id = ?")
                .bind(to_json(&note)?)
                .bind(row.try_get::<i64, _>("id")?)
                .execute(&mut *on)
                .await?;
        }
    }
    if of == ErasureOf::Everybody {
        sqlx::query("UPDATE tickets SET erased = 1 WHERE number = ?")
            .bind(int(id.0))
            .execute(&mut *on)
            .await?;
    }
    Ok(true)
}

/// There is something to erase in a ticket again.
pub(super) async fn names_came(on: &mut SqliteConnection, ticket: TicketId) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE tickets SET erased = 0 WHERE number = ? AND erased = 1")
        .bind(int(ticket.0))
        .execute(on)
        .await?;
    Ok(())
}

/// False when the account can still sign in, or there is none.
async fn erase_account(on: &mut SqliteConnection, person: PersonId, of: ErasureOf) -> Result<bool, Refusal> {
    // No password has an empty hash: whoever enables the account again must set one.
    let done = sqlx::query("UPDATE people SET name = ?, login = ?, password = '' WHERE id = ? AND disabled = 1")
        .bind(erased::ERASED)
        .bind(erased_login(person))
        .bind(int(person.0))
        .execute(&mut *on)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    second_factor::remove(&mut *on, person).await?;
    sqlx::query("DELETE FROM card_requests WHERE person = ?")
        .bind(int(person.0))
        .execute(&mut *on)
        .await?;
    sqlx::query("DELETE FROM card_installs WHERE kind = 'card' AND json_extract(content, '$.card.person') = ?")
        .bind(int(person.0))
        .execute(&mut *on)
        .await?;
    for row in
        sqlx::query("SELECT rowid AS id, record FROM article_texts WHERE json_extract(record, '$.author.id') = ?")
            .bind(int(person.0))
            .fetch_all(&mut *on)
            .await?
    {
        let mut text: ArticleText = from_json(row.try_get("record")?)?;
        if of.blank_author(&mut text.author) {
            sqlx::query("UPDATE article_texts SET record = ? WHERE number = ?")
                .bind(to_json(&text)?)
                .bind(row.try_get::<i64, _>("id")?)
                .execute(&mut *on)
                .await?;
        }
    }
    for row in sqlx::query("SELECT record FROM article_versions WHERE json_extract(record, '$.author.id') = ?")
        .bind(int(person.0))
        .fetch_all(&mut *on)
        .await?
    {
        let stored: String = row.try_get("record")?;
        let mut text: ArticleText = from_json(&stored)?;
        if of.blank_author(&mut text.author) {
            sqlx::query("UPDATE article_versions SET record = ? WHERE article = ? AND version = ? AND record = ?")
                .bind(to_json(&text)?)
                .bind(text.article.to_string())
                .bind(int(text.version))
                .bind(stored)
                .execute(&mut *on)
                .await?;
        }
    }
    for row in sqlx::query("SELECT id, record FROM replies WHERE json_extract(record, '$.author.id') = ?")
        .bind(int(person.0))
        .fetch_all(&mut *on)
        .await?
    {
        let mut reply: CannedReply = from_json(row.try_get("record")?)?;
        if of.blank_author(&mut reply.author) {
            sqlx::query("UPDATE replies SET record = ? WHERE id = ?")
                .bind(to_json(&reply)?)
                .bind(row.try_get::<&str, _>("id")?)
                .execute(&mut *on)
                .await?;
        }
    }
    Ok(true)
}

/// A sign-in name that says nothing; no two accounts share one.
fn erased_login(person: PersonId) -> String {
    format!("{} {}", erased::ERASED, person.0)
}

/// [`HoldCode::AbuseReported`] in `holds.code`.
const ABUSE_REPORTED: &str = "abuse_reported";

/// What a hold is for, of its columns `code` and `reason`.
fn hold_reason(code: Option<&str>, reason: &str) -> Result<HoldReason, StoreError> {
    match code {
        None => Purpose::new(reason)
            .map(HoldReason::Stated)
            .map_err(|error| StoreError::Damaged(error.to_string())),
        Some(ABUSE_REPORTED) => Ok(HoldReason::Own {
            code: HoldCode::AbuseReported,
        }),
        Some(_) => Err(StoreError::Damaged("what a hold is for".to_owned())),
    }
}

/// False when it is held already.
pub(super) async fn hold(on: &mut SqliteConnection, hold: &NewHold, at: UnixMillis) -> Result<bool, sqlx::Error> {
    let (code, reason) = match &hold.reason {
        HoldReason::Own {
            code: HoldCode::AbuseReported,
        } => (Some(ABUSE_REPORTED), ""),
        HoldReason::Stated(words) => (None, words.as_str()),
    };
    let done = sqlx::query(
        "INSERT INTO holds (at, ticket, session, code, reason) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(int(at.0))
    .bind(int(hold.ticket.0))
    .bind(hold.session.map(|session| session.to_string()))
    .bind(code)
    .bind(reason)
    .execute(on)
    .await?;
    Ok(done.rows_affected() == 1)
}

#[async_trait]
impl Erasing for SqliteStore {
    async fn holds(&self) -> Result<Vec<Hold>, StoreError> {
        let rows = sqlx::query("SELECT at, ticket, session, code, reason FROM holds ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        let damaged = |_| StoreError::Damaged("a hold".to_owned());
        rows.iter()
            .map(|row| {
                let session: Option<&str> = row.try_get("session")?;
                Ok(Hold {
                    what: NewHold {
                        ticket: TicketId(unsigned(row.try_get("ticket")?)?),
                        session: session.map(|text| text.parse().map_err(damaged)).transpose()?,
                        reason: hold_reason(row.try_get("code")?, row.try_get("reason")?)?,
                    },
                    since: UnixMillis(unsigned(row.try_get("at")?)?),
                })
            })
            .collect()
    }

    async fn add_hold(&self, new: &NewHold, at: UnixMillis) -> Result<(), HoldError> {
        let mut transaction = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(StoreError::from)?;
        let known: bool = match new.session {
            None => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM tickets WHERE number = ?1 AND ?2 IS NULL)"),
            Some(_) => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sessions WHERE ticket = ?1 AND id = ?2)"),
        }
        .bind(int(new.ticket.0))
        .bind(new.session.map(|session| session.to_string()))
        .fetch_one(&mut *transaction)
        .await
        .map_err(StoreError::from)?;
        if !known {
            return Err(HoldError::Unknown);
        }
        if !hold(&mut transaction, new, at).await.map_err(StoreError::from)? {
            return Err(HoldError::Already);
        }
        order(&mut transaction, &Ordered::HoldAdded(new.clone()), at).await?;
        Ok(transaction.commit().await.map_err(StoreError::from)?)
    }

    async fn remove_hold(&self, removal: &Removal, at: UnixMillis) -> Result<(), HoldError> {
        let mut transaction = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(StoreError::from)?;
        let code = removal.cause.map(|HoldCode::AbuseReported| ABUSE_REPORTED);
        let since: Option<i64> =
            sqlx::query_scalar("DELETE FROM holds WHERE ticket = ? AND session IS ? AND code IS ? RETURNING at")
                .bind(int(removal.ticket.0))
                .bind(removal.session.map(|session| session.to_string()))
                .bind(code)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(StoreError::from)?;
        let Some(since) = since else {
            let own: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM holds WHERE ticket = ? AND session IS ? AND code IS NOT NULL)",
            )
            .bind(int(removal.ticket.0))
            .bind(removal.session.map(|session| session.to_string()))
            .fetch_one(&mut *transaction)
            .await
            .map_err(StoreError::from)?;
            return Err(if own {
                HoldError::Own(HoldCode::AbuseReported)
            } else {
                HoldError::None
            });
        };
        let (removal, since) = (removal.clone(), UnixMillis(unsigned(since)?));
        order(&mut transaction, &Ordered::HoldRemoved { removal, since }, at).await?;
        Ok(transaction.commit().await.map_err(StoreError::from)?)
    }

    async fn tickets_with(&self, whom: &Whom) -> Result<Vec<StoredTicket>, StoreError> {
        let numbers: Vec<i64> = match whom {
            Whom::Account(person) => {
                sqlx::query_scalar(
                    "SELECT number FROM tickets WHERE technician = ?1 \
                     OR number IN (SELECT ticket FROM sessions WHERE technician = ?1) \
                     OR number IN (SELECT ticket FROM notes WHERE json_extract(note, '$.author.id') = ?1) ORDER BY number",
                )
                .bind(int(person.0))
                .fetch_all(&self.readers)
                .await?
            }
            Whom::Device(hash) => {
                let devices: Vec<String> = sqlx::query_scalar("SELECT DISTINCT device FROM tickets")
                    .fetch_all(&self.readers)
                    .await?;
                let same = |text: &String| text.parse::<DeviceKey>().is_ok_and(|key| device_hash(&key) == *hash);
                sqlx::query_scalar("SELECT number FROM tickets WHERE device = ? ORDER BY number")
                    .bind(devices.into_iter().find(same))
                    .fetch_all(&self.readers)
                    .await?
            }
            Whom::Name { name, machine } => {
                // The same expressions as in the indexes.
                let folded_name = |name: &Name| folded(name.as_str());
                sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                    "SELECT number FROM tickets WHERE {} = ?1 AND (?2 IS NULL OR {} = ?2) ORDER BY number",
                    supervision::PERSON,
                    supervision::MACHINE,
                )))
                .bind(folded_name(name))
                .bind(machine.as_ref().map(folded_name))
                .fetch_all(&self.readers)
                .await?
            }
        };
        self.stored(&numbers).await
    }

    async fn tickets_due(&self, before: UnixMillis, limit: u32) -> Result<Vec<StoredTicket>, StoreError> {
        let numbers: Vec<i64> = sqlx::query_scalar(
            "SELECT number FROM tickets WHERE closed_at < ? AND erased = 0 AND state NOT IN ('waiting', 'taken') \
             AND number NOT IN (SELECT ticket FROM holds) ORDER BY closed_at, number LIMIT ?",
        )
        .bind(int(before.0))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        self.stored(&numbers).await
    }

    async fn scopes_of_ticket(&self, ticket: TicketId) -> Result<Vec<String>, StoreError> {
        let scopes =
            sqlx::query_scalar("SELECT scope FROM personal WHERE seq IN (SELECT seq FROM records WHERE ticket = ?)")
                .bind(int(ticket.0))
                .fetch_all(&self.readers)
                .await?;
        Ok(scopes)
    }

    async fn scopes_of_subject(&self, subject: &str) -> Result<Vec<String>, StoreError> {
        // `0` is the character after `/`.
        let scopes = sqlx::query_scalar("SELECT scope FROM keys WHERE scope >= ? AND scope < ?")
            .bind(format!("{subject}/"))
            .bind(format!("{subject}0"))
            .fetch_all(&self.keys)
            .await?;
        Ok(scopes)
    }

    async fn scopes_of_records_before(&self, seq: u64, limit: u32) -> Result<Vec<String>, StoreError> {
        let scopes = sqlx::query_scalar(
            "SELECT scope FROM keys WHERE instr(scope, '/#') > 0 \
             AND CAST(substr(scope, instr(scope, '/#') + 2) AS INTEGER) < ? LIMIT ?",
        )
        .bind(int(seq))
        .bind(i64::from(limit))
        .fetch_all(&self.keys)
        .await?;
        Ok(scopes)
    }

    async fn records_of_no_ticket(&self, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError> {
        log::of_no_ticket(&self.readers, from, limit).await
    }

    async fn all_saved_views(&self) -> Result<Vec<SavedView>, StoreError> {
        let rows = sqlx::query("SELECT id, name, list, filter FROM saved_views ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(supervision::saved_view).collect()
    }

    async fn fields_under(&self, scopes: &[String]) -> Result<Vec<(u64, SealedField)>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, name, scope, sealed FROM personal WHERE scope IN (SELECT value FROM json_each(?)) \
             ORDER BY seq, name",
        )
        .bind(to_json(&scopes)?)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let field = SealedField {
                    name: row.try_get("name")?,
                    scope: row.try_get("scope")?,
                    sealed: row.try_get("sealed")?,
                };
                Ok((unsigned(row.try_get("seq")?)?, field))
            })
            .collect()
    }

    async fn erase_keys(&self, order: u64, erased: &[ErasedKey]) -> Result<(), StoreError> {
        keys::erase(&self.keys, order, erased).await
    }

    async fn fields_erased_for(&self, order: u64) -> Result<u64, StoreError> {
        keys::fields_erased_for(&self.keys, order).await
    }

    async fn forget_erased(&self, but: &[u64]) -> Result<(), StoreError> {
        keys::forget_erased(&self.keys, but).await
    }

    async fn scrub(&self, whole: bool) -> Result<bool, StoreError> {
        // Deleted rows are overwritten (`secure_delete`), but parts of a page that its rows moved away from are not.
        sqlx::query("VACUUM").execute(&self.keys).await?;
        if whole {
            sqlx::query("VACUUM").execute(&self.writer).await?;
        }
        Ok(empty_journal(&self.keys).await? & empty_journal(&self.writer).await?)
    }
}

impl SqliteStore {
    async fn stored(&self, numbers: &[i64]) -> Result<Vec<StoredTicket>, StoreError> {
        let mut tickets = Vec::with_capacity(numbers.len());
        for number in numbers {
            tickets.extend(snapshot::ticket(&self.readers, TicketId(unsigned(*number)?)).await?);
        }
        Ok(tickets)
    }
}

/// Moves everything out of the write-ahead log and cuts it to nothing; false when somebody still reads there.
async fn empty_journal(pool: &SqlitePool) -> Result<bool, StoreError> {
    for _ in 0..CHECKPOINT_TRIES {
        let busy: i64 = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(pool)
            .await?
            .try_get(0)?;
        if busy == 0 {
            return Ok(true);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Ok(false)
}
