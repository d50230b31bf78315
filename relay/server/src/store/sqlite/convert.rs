//! Between SQLite's types and ours.

use renfort_protocol::people::{Level, Role};
use serde::{Serialize, de::DeserializeOwned};

use crate::store::StoreError;

/// SQLite's primary result code for "database or disk is full" (sqlite.org/rescode.html#full).
const SQLITE_FULL: i32 = 13;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(|error| error.code())
            .and_then(|code| code.parse::<i32>().ok());
        // The primary code is the low byte of the extended one.
        match code {
            Some(code) if code & 0xff == SQLITE_FULL => Self::Full,
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// SQLite's integers are signed. What we count stays far below the limit.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Back again.
pub(super) fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Damaged("a negative number".to_owned()))
}

/// A record as JSON.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(error.to_string()))
}

/// Back again.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// A value that is one word in JSON.
pub(super) fn word(value: impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Failed("a value is no word".to_owned())),
    }
}

/// A role's columns.
pub(super) const fn role_columns(role: Role) -> (&'static str, Option<Level>) {
    match role {
        Role::Technician { level } => ("technician", Some(level)),
        Role::Supervisor => ("supervisor", None),
        Role::Administrator => ("administrator", None),
    }
}

/// Back again.
pub(super) fn role_of(word: &str, level: Option<i64>) -> Result<Role, StoreError> {
    let level = level
        .and_then(|level| u8::try_from(level).ok())
        .and_then(|level| Level::try_from(level).ok());
    match (word, level) {
        ("technician", Some(level)) => Ok(Role::Technician { level }),
        ("supervisor", None) => Ok(Role::Supervisor),
        ("administrator", None) => Ok(Role::Administrator),
        _ => Err(StoreError::Damaged("an account's role".to_owned())),
    }
}
