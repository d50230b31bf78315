//! The one answer to "may this person do this now?".

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ids::{PersonId, SessionId, TicketId},
    time::UnixMillis,
};

/// One thing that a user can allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// See the screen.
    View,
    /// Move the pointer, press buttons and keys.
    Control,
    /// Exchange clipboard texts.
    Clipboard,
}

/// A set of capabilities, in a stable order on the wire.
pub type Capabilities = std::collections::BTreeSet<Capability>;

/// What a user allowed: to one technician, for one ticket and session, until a moment. Enforced on the user's machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Grant {
    /// The session it belongs to.
    pub session: SessionId,
    /// The ticket that the session belongs to.
    pub ticket: TicketId,
    /// Whom it was given to.
    pub technician: PersonId,
    /// What is allowed.
    pub capabilities: Capabilities,
    /// When it ends, on the user's clock.
    pub expires_at: UnixMillis,
}

/// Why a grant does not cover something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The user did not allow this.
    #[error("the user has not allowed this")]
    NotGranted,
    /// The time box is over.
    #[error("the time the user allowed is over")]
    Expired,
}

impl Grant {
    /// Does this grant cover `capability` at `now`? A grant has ended at the instant of its expiry.
    ///
    /// # Errors
    /// Says why not.
    pub fn allows(&self, capability: Capability, now: UnixMillis) -> Result<(), Denied> {
        if now >= self.expires_at {
            Err(Denied::Expired)
        } else if self.capabilities.contains(&capability) {
            Ok(())
        } else {
            Err(Denied::NotGranted)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_covers_what_it_names_until_it_expires() {
        let grant = Grant {
            session: SessionId([1; 16]),
            ticket: TicketId(1001),
            technician: PersonId(1),
            capabilities: [Capability::View].into(),
            expires_at: UnixMillis(1_000),
        };
        assert_eq!(grant.allows(Capability::View, UnixMillis(999)), Ok(()));
        assert_eq!(grant.allows(Capability::View, UnixMillis(1_000)), Err(Denied::Expired));
        assert_eq!(
            grant.allows(Capability::Control, UnixMillis(0)),
            Err(Denied::NotGranted)
        );
    }
}
