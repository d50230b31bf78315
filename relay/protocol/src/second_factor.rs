//! The second factor of a sign-in: what somebody types after name and password.
//!
//! Two things are typed in the same place: six digits that an authenticator shows (RFC 6238), or one of the recovery
//! codes that were given out with it. Spaces and hyphens are for the eye.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::text::Line;

/// Longest code that is looked at, in characters, spaces and hyphens among them.
pub const MAX_CODE_CHARS: usize = 40;

/// A code on its way, of either kind; never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct SecondFactorCode(pub Line<MAX_CODE_CHARS>);

impl std::fmt::Debug for SecondFactorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("REDACTED")
    }
}
