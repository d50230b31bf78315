//! The head of a session that has ended: what its records come to, for each endpoint to sign with its device key.
//!
//! Flow: when everything that an endpoint reported is recorded, it asks for the head ([`crate::signalling::ToRelay::ShowHead`]),
//! holds it against what it knows itself ([`SessionHead::holds`]), and signs it ([`SessionHead::signed_bytes`]) or says that
//! it disagrees.
//!
//! Invariant: a head has one spelling only, so that a signature is over the same bytes everywhere.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{RecordHash, SessionId, TicketId};

/// Separates this signature from every other use of the device key.
pub const HEAD_CONTEXT: &[u8] = b"renfort head v1\0";

/// Which end of a session an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// The user's machine, which shows its screen.
    Sharer,
    /// The technician's.
    Viewer,
}

/// What the log holds of a session. Members stand in alphabetical order, which is the canonical one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SessionHead {
    /// Hash of the last of those records.
    pub last: RecordHash,
    /// Records of the session: the one after them is number `records` of the session.
    pub records: u64,
    /// Reports of this endpoint among them.
    pub reports: u64,
    /// Which endpoint it was told.
    pub role: Endpoint,
    /// The session.
    pub session: SessionId,
    /// Its ticket.
    pub ticket: TicketId,
}

impl SessionHead {
    /// The bytes that are signed: context, then canonical JSON (RFC 8785).
    ///
    /// # Panics
    /// Never: the type has no member that JSON cannot hold.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = HEAD_CONTEXT.to_vec();
        bytes.extend(serde_json::to_vec(self).expect("a head is plain JSON"));
        bytes
    }

    /// Is it what this endpoint knows of its session: the same session, ticket and end of it, and every report that it made?
    #[must_use]
    pub fn holds(&self, session: SessionId, ticket: TicketId, role: Endpoint, reports: u64) -> bool {
        self.session == session && self.ticket == ticket && self.role == role && self.reports == reports
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};

    use super::*;
    use crate::ids::{DeviceKey, Signature};

    #[derive(Deserialize)]
    struct Vector {
        seed: RecordHash,
        key: DeviceKey,
        head: SessionHead,
        signed: String,
        signature: Signature,
    }

    #[test]
    fn the_signed_bytes_are_those_of_the_vectors() {
        let vectors: Vec<Vector> = serde_json::from_str(include_str!("../vectors/session-head.json")).unwrap();
        assert!(!vectors.is_empty());
        for vector in vectors {
            let bytes = vector.head.signed_bytes();
            assert_eq!(String::from_utf8(bytes.clone()).unwrap(), vector.signed);
            let pair = Ed25519KeyPair::from_seed_unchecked(&vector.seed.0).unwrap();
            assert_eq!(pair.sign(&bytes).as_ref(), vector.signature.0);
            let key = UnparsedPublicKey::new(&ED25519, vector.key.0);
            assert!(key.verify(&bytes, &vector.signature.0).is_ok());
            let other = SessionHead {
                records: vector.head.records + 1,
                ..vector.head
            };
            assert!(key.verify(&other.signed_bytes(), &vector.signature.0).is_err());
        }
    }

    #[test]
    fn a_head_holds_only_for_what_the_endpoint_knows_itself() {
        let (session, ticket) = (SessionId([1; 16]), TicketId(1001));
        let head = SessionHead {
            last: RecordHash([2; 32]),
            records: 9,
            reports: 4,
            role: Endpoint::Sharer,
            session,
            ticket,
        };
        assert!(head.holds(session, ticket, Endpoint::Sharer, 4));
        assert!(!head.holds(session, ticket, Endpoint::Sharer, 5));
        assert!(!head.holds(session, ticket, Endpoint::Viewer, 4));
        assert!(!head.holds(session, TicketId(1002), Endpoint::Sharer, 4));
        assert!(!head.holds(SessionId([3; 16]), ticket, Endpoint::Sharer, 4));
    }
}
