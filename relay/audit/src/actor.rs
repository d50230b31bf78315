//! Who did something, as records name them.
//!
//! Invariant: the text form ([`Actor`]'s `Display`) reads back as the same actor and no two actors share one.

use std::{fmt, str::FromStr};

use renfort_protocol::ids::{DeviceKey, PersonId, SessionId, TicketId};
use serde::{Deserialize, Serialize};

use crate::hash::Digest;

/// Separates this hash from every other of a device key.
const DEVICE_CONTEXT: &[u8] = b"renfort audit device v1\0";

/// How records name a device: SHA-256 over [`DEVICE_CONTEXT`] and its public key.
#[must_use]
pub fn device_hash(device: &DeviceKey) -> Digest {
    Digest::of(&[DEVICE_CONTEXT, &device.0])
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Actor {
    /// `relay`: the relay by itself (a time ran out), or somebody it does not know.
    Relay,
    /// `operator`: whoever runs the relay's command line.
    Operator,
    /// `person:<number>`: an account.
    Person(PersonId),
    /// `device:<hash>`: a user, by [`device_hash`].
    Device(Digest),
}

/// A text that names no actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an actor")]
pub struct ActorError;

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relay => f.write_str("relay"),
            Self::Operator => f.write_str("operator"),
            Self::Person(id) => write!(f, "person:{}", id.0),
            Self::Device(hash) => write!(f, "device:{hash}"),
        }
    }
}

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let actor = match text.split_once(':') {
            None if text == "relay" => Self::Relay,
            None if text == "operator" => Self::Operator,
            Some(("person", number)) => Self::Person(PersonId(number.parse().map_err(|_| ActorError)?)),
            Some(("device", hash)) => Self::Device(Digest::try_from(hash.to_owned()).map_err(|_| ActorError)?),
            _ => return Err(ActorError),
        };
        // `person:+7` and `person:007` parse as numbers; only one text may name an actor.
        if actor.to_string() == text {
            Ok(actor)
        } else {
            Err(ActorError)
        }
    }
}

impl TryFrom<String> for Actor {
    type Error = ActorError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.to_string()
    }
}

/// Names one encryption key: a person's data in one session, or in one ticket outside any session, or, in neither, in one
/// record: what is erased for its age, or because it is about somebody else too, must not share a key with what stays.
/// Its text form (`device:…/T-1001`, `person:3/<session>`, `person:3/#17`) is what a store keys its keys by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyScope {
    /// Whose data.
    pub subject: Actor,
    /// In which session.
    pub session: Option<SessionId>,
    /// In which ticket; only when there is no session.
    pub ticket: Option<TicketId>,
    /// In which record, by its number; counts only when there is neither.
    pub record: u64,
}

impl fmt::Display for KeyScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.session, &self.ticket) {
            (Some(session), _) => write!(f, "{}/{session}", self.subject),
            (None, Some(ticket)) => write!(f, "{}/{ticket}", self.subject),
            (None, None) => write!(f, "{}/#{}", self.subject, self.record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_reads_back_and_has_one_text_only() {
        for actor in [
            Actor::Relay,
            Actor::Operator,
            Actor::Person(PersonId(7)),
            Actor::Device(device_hash(&DeviceKey([3; 32]))),
        ] {
            assert_eq!(actor.to_string().parse(), Ok(actor));
        }
        for wrong in [
            "",
            "Relay",
            "person:",
            "person:07",
            "person:+7",
            "person:-1",
            "device:ab",
            "relay:",
        ] {
            assert_eq!(wrong.parse::<Actor>(), Err(ActorError), "{wrong:?}");
        }
    }
}
