//! Accounts, technicians' tokens, sign-ins to the console.

use renfort_audit::hash::Digest;
use renfort_core::contract::Account;
use renfort_protocol::{
    ids::{DeviceKey, PersonId},
    people::{Name, Person},
    time::UnixMillis,
};
use sqlx::{Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{
    convert::{int, role_columns, role_of, unsigned},
    orders::order,
};
use crate::store::{
    ConsoleSignIn, Credentials, NewAccount, StoreError,
    orders::{Ordered, PersonChange},
};

pub(super) async fn add(pool: &SqlitePool, new: &NewAccount, at: UnixMillis) -> Result<PersonId, StoreError> {
    let (role, level) = role_columns(new.role);
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let inserted = sqlx::query("INSERT INTO people (login, name, role, level, password) VALUES (?, ?, ?, ?, ?)")
        .bind(new.login.as_str())
        .bind(new.name.as_str())
        .bind(role)
        .bind(level.map(|level| i64::from(u8::from(level))))
        .bind(&new.hash)
        .execute(&mut *transaction)
        .await;
    let id = match inserted {
        Ok(done) => unsigned(done.last_insert_rowid())?,
        Err(error)
            if error
                .as_database_error()
                .is_some_and(|error| error.is_unique_violation()) =>
        {
            return Err(StoreError::LoginTaken);
        }
        Err(error) => return Err(error.into()),
    };
    note_change(&mut transaction, PersonId(id), PersonChange::Added, at).await?;
    transaction.commit().await?;
    Ok(PersonId(id))
}

/// [`Role::Administrator`] in `people.role`, as one that can sign in.
const ACTIVE_ADMINISTRATOR: &str = "role = 'administrator' AND disabled = 0";

/// Is this the only account left that is an administrator's and not disabled?
async fn is_last_administrator(on: &mut SqliteConnection, id: u64) -> Result<bool, StoreError> {
    let query = format!("SELECT count(*) = 1 AND max(id) = ? FROM people WHERE {ACTIVE_ADMINISTRATOR}");
    let last = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
        .bind(int(id))
        .fetch_one(on);
    Ok(last.await?)
}

pub(super) async fn disable(
    pool: &SqlitePool,
    login: &Name,
    even_last: bool,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let row = sqlx::query("SELECT id, disabled FROM people WHERE login = ?")
        .bind(login.as_str())
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(StoreError::UnknownLogin)?;
    let id = unsigned(row.try_get("id")?)?;
    if !even_last && is_last_administrator(&mut transaction, id).await? {
        return Err(StoreError::LastAdministrator);
    }
    let was_active = !row.try_get::<bool, _>("disabled")?;
    if was_active {
        sqlx::query("UPDATE people SET disabled = 1 WHERE id = ?")
            .bind(int(id))
            .execute(&mut *transaction)
            .await?;
        end_sign_ins(&mut transaction, PersonId(id)).await?;
        sqlx::query("DELETE FROM saved_views WHERE person = ?")
            .bind(int(id))
            .execute(&mut *transaction)
            .await?;
        note_change(&mut transaction, PersonId(id), PersonChange::Disabled, at).await?;
    }
    transaction.commit().await?;
    Ok(was_active)
}

/// Forgets everything that the account has signed in to.
pub(super) async fn end_sign_ins(on: &mut SqliteConnection, person: PersonId) -> Result<(), StoreError> {
    for forget in [
        "DELETE FROM tokens WHERE person = ?",
        "DELETE FROM console_sign_ins WHERE person = ?",
    ] {
        sqlx::query(forget).bind(int(person.0)).execute(&mut *on).await?;
    }
    Ok(())
}

/// Orders that the log tells of a change.
pub(super) async fn note_change(
    on: &mut SqliteConnection,
    person: PersonId,
    change: PersonChange,
    at: UnixMillis,
) -> Result<(), StoreError> {
    order(on, &Ordered::Person { person, change }, at).await?;
    Ok(())
}

pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<Credentials>, StoreError> {
    sqlx::query("SELECT * FROM people ORDER BY id")
        .fetch_all(pool)
        .await?
        .iter()
        .map(credentials)
        .collect()
}

pub(super) async fn by_login(pool: &SqlitePool, login: &Name) -> Result<Option<Credentials>, StoreError> {
    let row = sqlx::query("SELECT * FROM people WHERE login = ?")
        .bind(login.as_str())
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(credentials).transpose()
}

pub(super) async fn by_id(pool: &SqlitePool, id: PersonId) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query("SELECT * FROM people WHERE id = ?")
        .bind(int(id.0))
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(account).transpose()
}

pub(super) async fn by_token(
    pool: &SqlitePool,
    hash: &Digest,
    device: &DeviceKey,
    now: UnixMillis,
) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query(
        "SELECT people.* FROM tokens JOIN people ON people.id = tokens.person \
         WHERE tokens.hash = ? AND tokens.device = ? AND tokens.expires_at > ?",
    )
    .bind(hash.to_string())
    .bind(device.to_string())
    .bind(int(now.0))
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(account).transpose()
}

pub(super) async fn put_console_sign_in(
    pool: &SqlitePool,
    hash: &Digest,
    sign_in: &ConsoleSignIn,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO console_sign_ins (hash, person, signed_in_at, used_at, page) VALUES (?, ?, ?, ?, ?)")
        .bind(hash.to_string())
        .bind(int(sign_in.person.0))
        .bind(int(sign_in.signed_in_at.0))
        .bind(int(sign_in.used_at.0))
        .bind(sign_in.page.to_string())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn note_console_use(pool: &SqlitePool, hash: &Digest, at: UnixMillis) -> Result<(), StoreError> {
    sqlx::query("UPDATE console_sign_ins SET used_at = ? WHERE hash = ?")
        .bind(int(at.0))
        .bind(hash.to_string())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn console_sign_in(pool: &SqlitePool, hash: &Digest) -> Result<Option<ConsoleSignIn>, StoreError> {
    let row = sqlx::query("SELECT person, signed_in_at, used_at, page FROM console_sign_ins WHERE hash = ?")
        .bind(hash.to_string())
        .fetch_optional(pool)
        .await?;
    row.map(|row| {
        Ok(ConsoleSignIn {
            person: PersonId(unsigned(row.try_get("person")?)?),
            signed_in_at: UnixMillis(unsigned(row.try_get("signed_in_at")?)?),
            used_at: UnixMillis(unsigned(row.try_get("used_at")?)?),
            page: Digest::try_from(row.try_get::<String, _>("page")?)
                .map_err(|error| StoreError::Damaged(error.to_string()))?,
        })
    })
    .transpose()
}

pub(super) async fn delete_console_sign_in(pool: &SqlitePool, hash: &Digest) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM console_sign_ins WHERE hash = ?")
        .bind(hash.to_string())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn forget_expired(
    pool: &SqlitePool,
    now: UnixMillis,
    console_before: UnixMillis,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM tokens WHERE expires_at <= ?")
        .bind(int(now.0))
        .execute(pool)
        .await?;
    sqlx::query("DELETE FROM console_sign_ins WHERE signed_in_at < ?")
        .bind(int(console_before.0))
        .execute(pool)
        .await?;
    Ok(())
}

fn account(row: &SqliteRow) -> Result<Account, StoreError> {
    let role = role_of(row.try_get("role")?, row.try_get("level")?)?;
    let id = PersonId(unsigned(row.try_get("id")?)?);
    Ok(Account {
        person: Person {
            id,
            name: name(row, "name")?,
            role,
        },
        disabled: row.try_get("disabled")?,
    })
}

fn credentials(row: &SqliteRow) -> Result<Credentials, StoreError> {
    Ok(Credentials {
        account: account(row)?,
        login: name(row, "login")?,
        hash: row.try_get("password")?,
    })
}

fn name(row: &SqliteRow, column: &str) -> Result<Name, StoreError> {
    Name::new(row.try_get::<&str, _>(column)?).map_err(|error| StoreError::Damaged(error.to_string()))
}
