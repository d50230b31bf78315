//! The sealed record, version 1, and its canonical bytes.
//!
//! Flow: an [`Entry`] (who, about what, which event) gets its [`Position`] from the log's writer and becomes a
//! [`Record`] by [`seal`]; the personal values leave as [`Opening`]s, to be encrypted beside the record
//! ([`crate::personal`]).
//!
//! Invariant: a record's hash covers every one of its members, and none of a person's clear data.

use std::collections::BTreeMap;

use renfort_protocol::{
    ids::{SessionId, TicketId},
    time::UnixMillis,
};
use serde::{Deserialize, Serialize};

use crate::{
    actor::{Actor, KeyScope},
    event::Event,
    fields::{Field, Fields},
    hash::Digest,
};

/// Version of this record form.
pub const RECORD_VERSION: u16 = 1;

/// Separates commitments from every other hash.
const COMMITMENT_CONTEXT: &[u8] = b"renfort audit commitment v1\0";

/// RFC 6962, 2.1: what a leaf's hash begins with.
const LEAF: &[u8] = &[0];

/// An event with its circumstances, before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, on the relay's clock.
    pub at: UnixMillis,
    /// Ticket that it belongs to.
    pub ticket: Option<TicketId>,
    /// Session that it belongs to.
    pub session: Option<SessionId>,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub event: Event,
}

/// The record's place in the log, known to the log's writer only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Number in the whole log, from 0.
    pub seq: u64,
    /// Number among the records of the same session, from 0; none for an entry without a session.
    pub session_seq: Option<u64>,
    /// [`Record::hash`] of the record before; [`Digest::ZERO`] for the first.
    pub prev: Digest,
}

/// A record as it is hashed, stored and exported. Members stand in alphabetical order, which is the canonical one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Who did it.
    pub actor: Actor,
    /// When, on the relay's clock.
    pub at: UnixMillis,
    /// [`Event::code`].
    pub code: String,
    /// Commitments to the personal fields, see [`commitment`].
    pub commitments: BTreeMap<String, Digest>,
    /// [`Event::denied`].
    pub denied: bool,
    /// Public fields.
    pub fields: Fields,
    /// Hash of the record before.
    pub prev: Digest,
    /// Number in the whole log.
    pub seq: u64,
    /// Session that it belongs to.
    pub session: Option<SessionId>,
    /// Number among that session's records.
    pub session_seq: Option<u64>,
    /// Ticket that it belongs to.
    pub ticket: Option<TicketId>,
    /// [`RECORD_VERSION`].
    pub v: u16,
}

impl Record {
    /// The bytes that are hashed (RFC 8785 restricted to ASCII member names, integers up to 2^53 - 1, booleans, null
    /// and strings).
    ///
    /// # Panics
    /// Never: the type has no member that JSON cannot hold.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a record is plain JSON")
    }

    /// The record's hash: its leaf hash in the Merkle tree (RFC 6962, 2.1), also the next record's `prev`.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&[LEAF, &self.canonical()])
    }

    /// A public text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.fields.get(name)? {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A public number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        match self.fields.get(name)? {
            Field::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// 32 random bytes that keep a commitment from being guessed.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(pub Digest);

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("REDACTED")
    }
}

/// Commits to the value of a personal field: SHA-256 over context, salt, the name's length (one byte), name and value.
#[must_use]
pub fn commitment(name: &str, value: &str, salt: &Salt) -> Digest {
    // Names are constants of this crate, far below 255 bytes; a longer one of a forged file only fails to match.
    let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
    Digest::of(&[
        COMMITMENT_CONTEXT,
        &salt.0.0,
        &[length],
        name.as_bytes(),
        value.as_bytes(),
    ])
}

/// What opens one commitment: to be encrypted, or shown to whoever may see it.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The field's name.
    pub name: String,
    /// Which key encrypts it.
    pub scope: KeyScope,
    /// Its value.
    pub value: String,
    /// The commitment's salt.
    pub salt: Salt,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opening({} of {})", self.name, self.scope)
    }
}

/// A record and what opens its commitments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// To be hashed and stored.
    pub record: Record,
    /// To be encrypted and stored beside it.
    pub openings: Vec<Opening>,
}

/// Makes the record of `entry` at `position`. `random` gives 32 fresh random bytes at each call.
#[must_use]
pub fn seal(entry: &Entry, position: Position, random: &mut dyn FnMut() -> [u8; 32]) -> Sealed {
    let openings: Vec<Opening> = entry
        .event
        .personal(&entry.actor)
        .into_iter()
        .map(|field| Opening {
            name: field.name.to_owned(),
            scope: KeyScope {
                subject: field.subject,
                session: entry.session,
                ticket: if entry.session.is_some() { None } else { entry.ticket },
                record: position.seq,
            },
            value: field.value,
            salt: Salt(Digest(random())),
        })
        .collect();
    let commitments = openings
        .iter()
        .map(|open| (open.name.clone(), commitment(&open.name, &open.value, &open.salt)))
        .collect();
    let record = Record {
        actor: entry.actor,
        at: entry.at,
        code: entry.event.code().to_owned(),
        commitments,
        denied: entry.event.denied(),
        fields: entry.event.fields(),
        prev: position.prev,
        seq: position.seq,
        session: entry.session,
        session_seq: position.session_seq,
        ticket: entry.ticket,
        v: RECORD_VERSION,
    };
    Sealed { record, openings }
}
