//! Second factors and passwords on disk.

use std::collections::BTreeSet;

use async_trait::async_trait;
use renfort_audit::hash::Digest;
use renfort_protocol::{ids::PersonId, people::Name, time::UnixMillis};
use sqlx::{Row, SqliteConnection};

use super::{
    SqliteStore,
    convert::{int, unsigned},
    people::{end_sign_ins, note_change},
};
use crate::store::{
    StoreError,
    orders::PersonChange,
    second_factor::{NewSecondFactor, SecondFactors, StoredSecondFactor},
};

async fn id_of(on: &mut SqliteConnection, login: &Name) -> Result<PersonId, StoreError> {
    let id: Option<i64> = sqlx::query_scalar("SELECT id FROM people WHERE login = ?")
        .bind(login.as_str())
        .fetch_optional(on)
        .await?;
    Ok(PersonId(unsigned(id.ok_or(StoreError::UnknownLogin)?)?))
}

/// True when there was one.
pub(super) async fn remove(on: &mut SqliteConnection, person: PersonId) -> Result<bool, sqlx::Error> {
    sqlx::query("DELETE FROM recovery_codes WHERE person = ?")
        .bind(int(person.0))
        .execute(&mut *on)
        .await?;
    let removed = sqlx::query("DELETE FROM second_factors WHERE person = ?")
        .bind(int(person.0))
        .execute(on)
        .await?;
    Ok(removed.rows_affected() == 1)
}

#[async_trait]
impl SecondFactors for SqliteStore {
    async fn second_factor(&self, person: PersonId) -> Result<Option<StoredSecondFactor>, StoreError> {
        let row = sqlx::query("SELECT secret, last_step, wrong_codes FROM second_factors WHERE person = ?")
            .bind(int(person.0))
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let hashes: Vec<String> = sqlx::query_scalar("SELECT hash FROM recovery_codes WHERE person = ? ORDER BY hash")
            .bind(int(person.0))
            .fetch_all(&self.readers)
            .await?;
        let recovery = hashes
            .into_iter()
            .map(|hash| Digest::try_from(hash).map_err(|error| StoreError::Damaged(error.to_string())))
            .collect::<Result<_, _>>()?;
        let last_step: Option<i64> = row.try_get("last_step")?;
        Ok(Some(StoredSecondFactor {
            sealed: row.try_get("secret")?,
            last_step: last_step.map(unsigned).transpose()?,
            wrong_codes: u32::try_from(row.try_get::<i64, _>("wrong_codes")?).unwrap_or(u32::MAX),
            recovery,
        }))
    }

    async fn with_second_factor(&self) -> Result<BTreeSet<PersonId>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar("SELECT person FROM second_factors")
            .fetch_all(&self.readers)
            .await?;
        ids.into_iter().map(|id| unsigned(id).map(PersonId)).collect()
    }

    async fn put_second_factor(&self, login: &Name, new: &NewSecondFactor, at: UnixMillis) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let person = id_of(&mut transaction, login).await?;
        remove(&mut transaction, person).await?;
        sqlx::query("INSERT INTO second_factors (person, secret) VALUES (?, ?)")
            .bind(int(person.0))
            .bind(new.sealed.as_slice())
            .execute(&mut *transaction)
            .await?;
        for hash in &new.recovery {
            sqlx::query("INSERT INTO recovery_codes (person, hash) VALUES (?, ?)")
                .bind(int(person.0))
                .bind(hash.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        end_sign_ins(&mut transaction, person).await?;
        note_change(&mut transaction, person, PersonChange::SecondFactorEnabled, at).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn reset_second_factor(&self, login: &Name, at: UnixMillis) -> Result<bool, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let person = id_of(&mut transaction, login).await?;
        if !remove(&mut transaction, person).await? {
            return Ok(false);
        }
        end_sign_ins(&mut transaction, person).await?;
        note_change(&mut transaction, person, PersonChange::SecondFactorReset, at).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn use_step(&self, person: PersonId, step: u64) -> Result<bool, StoreError> {
        let used = sqlx::query(
            "UPDATE second_factors SET last_step = ?1, wrong_codes = 0 \
             WHERE person = ?2 AND (last_step IS NULL OR last_step < ?1)",
        )
        .bind(int(step))
        .bind(int(person.0))
        .execute(&self.writer)
        .await?;
        Ok(used.rows_affected() == 1)
    }

    async fn use_recovery_code(&self, person: PersonId, hash: &Digest) -> Result<bool, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let used = sqlx::query("DELETE FROM recovery_codes WHERE person = ? AND hash = ?")
            .bind(int(person.0))
            .bind(hash.to_string())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("UPDATE second_factors SET wrong_codes = 0 WHERE person = ?")
            .bind(int(person.0))
            .execute(&mut *transaction)
            .await?;
        if used.rows_affected() == 0 {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn count_wrong_code(&self, person: PersonId) -> Result<(), StoreError> {
        sqlx::query("UPDATE second_factors SET wrong_codes = wrong_codes + 1 WHERE person = ?")
            .bind(int(person.0))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn change_password(&self, login: &Name, hash: &str, at: UnixMillis) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let person = id_of(&mut transaction, login).await?;
        sqlx::query("UPDATE people SET password = ? WHERE id = ?")
            .bind(hash)
            .bind(int(person.0))
            .execute(&mut *transaction)
            .await?;
        end_sign_ins(&mut transaction, person).await?;
        note_change(&mut transaction, person, PersonChange::PasswordChanged, at).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn end_sign_ins_without_second_factor(&self) -> Result<BTreeSet<PersonId>, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let ids: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM people WHERE id NOT IN (SELECT person FROM second_factors)")
                .fetch_all(&mut *transaction)
                .await?;
        let people: BTreeSet<PersonId> = ids
            .into_iter()
            .map(|id| unsigned(id).map(PersonId))
            .collect::<Result<_, _>>()?;
        for person in &people {
            end_sign_ins(&mut transaction, *person).await?;
        }
        transaction.commit().await?;
        Ok(people)
    }
}
