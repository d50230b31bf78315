//! Who someone is to the organisation.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ids::PersonId, limits::MAX_NAME_CHARS, text::Line};

/// A name of a person, a machine or an organisation.
pub type Name = Line<MAX_NAME_CHARS>;

/// Support level: 1 answers first, 2 diagnoses deeply, 3 are the experts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "u8", into = "u8")]
#[ts(type = "1 | 2 | 3")]
pub enum Level {
    /// First answer.
    One,
    /// Deep diagnosis.
    Two,
    /// Experts.
    Three,
}

/// A number that is no support level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a support level is 1, 2 or 3, not {0}")]
pub struct LevelError(pub u8);

impl TryFrom<u8> for Level {
    type Error = LevelError;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            other => Err(LevelError(other)),
        }
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        match level {
            Level::One => 1,
            Level::Two => 2,
            Level::Three => 3,
        }
    }
}

/// What an account may do. Users have no account: they are known by their device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Role {
    /// Takes tickets and sees screens.
    Technician {
        /// The queue they work on.
        level: Level,
    },
    /// Reads the log and the figures in the console; sees no screen.
    Supervisor,
    /// A supervisor who also keeps the accounts (on the command line).
    Administrator,
}

impl Role {
    /// May they read the log and the figures in the console? Whoever has an account may write articles there.
    #[must_use]
    pub const fn supervises(self) -> bool {
        matches!(self, Self::Supervisor | Self::Administrator)
    }
}

/// An account as others may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Person {
    /// The account.
    pub id: PersonId,
    /// As shown to users and colleagues.
    pub name: Name,
    /// What they may do.
    #[serde(flatten)]
    pub role: Role,
}

impl Person {
    /// As users see them; none when they are no technician.
    #[must_use]
    pub fn technician(&self) -> Option<Technician> {
        let Role::Technician { level } = self.role else {
            return None;
        };
        Some(Technician {
            id: self.id,
            name: self.name.clone(),
            level,
        })
    }
}

/// A technician as the user sees them before saying yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Technician {
    /// The account.
    pub id: PersonId,
    /// Their name.
    pub name: Name,
    /// Their level.
    pub level: Level,
}

/// Who a user says they are. Not verified: shown as such to the technician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Stated {
    /// The person's name as their session on the machine gives it, or as they typed it.
    pub name: Name,
    /// The machine's name.
    pub machine: Name,
}
