//! A technician's card: who they are to the organisation, signed by its key, which never lies on the relay.
//!
//! Flow: the technician's device makes a [`CardRequest`]; the organisation's key signs a [`Card`] for it, offline; the
//! relay hands the card out; the user's machine checks it against the key it pinned. A [`Revocations`] list, signed by the
//! same key, takes cards back before they expire.
//!
//! Invariant: what a user is shown of a technician (name, level) comes from a card that passed [`SignedCard::verify`].

use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ids::{CardSerial, DeviceKey, PersonId, Signature},
    people::{Level, Name, Technician},
    signing,
    time::UnixMillis,
};

/// Separates a request's signature from every other use of the device key.
pub const REQUEST_CONTEXT: &[u8] = b"renfort card request v1\0";
/// Separates a card's signature from every other use of the organisation's key.
pub const CARD_CONTEXT: &[u8] = b"renfort card v1\0";
/// Separates a revocation list's signature from every other use of the organisation's key.
pub const REVOCATIONS_CONTEXT: &[u8] = b"renfort revocations v1\0";

/// Version of these forms.
pub const VERSION: u16 = 1;
/// Cards that a list takes back at most; those that have expired need no place on it.
pub const MAX_REVOKED: usize = 500;
/// How far ahead of this machine's clock a card may have been issued, in milliseconds: clocks differ, and a card that is
/// refused for it helps nobody.
pub const CLOCK_TOLERANCE_MS: u64 = 24 * 60 * 60_000;

/// "Please make a card for this device", by the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CardRequest {
    /// [`VERSION`].
    pub version: u16,
    /// The account that is signed in on the device.
    pub person: PersonId,
    /// Its name.
    pub name: Name,
    /// Its level.
    pub level: Level,
    /// The device's key; the card is good with it only.
    pub device: DeviceKey,
    /// When it was made, on the device's clock.
    pub requested_at: UnixMillis,
}

/// A request with the device's signature, which shows that the device has the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedCardRequest {
    /// What is asked.
    pub request: CardRequest,
    /// By the device key inside.
    pub signature: Signature,
}

/// Who holds a device key, in the organisation's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Card {
    /// [`VERSION`].
    pub version: u16,
    /// Names the card, so that it can be revoked; drawn at random.
    pub serial: CardSerial,
    /// The account.
    pub person: PersonId,
    /// As users see it.
    pub name: Name,
    /// As users see it.
    pub level: Level,
    /// The device that the card is good with.
    pub device: DeviceKey,
    /// When it was signed.
    pub issued_at: UnixMillis,
    /// The instant from which it is no longer good.
    pub expires_at: UnixMillis,
}

/// A card with the organisation's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedCard {
    /// The card.
    pub card: Card,
    /// By the organisation's key.
    pub signature: Signature,
}

/// A card that is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Revoked {
    /// Which.
    pub serial: CardSerial,
    /// When it would have expired: from then on it needs no place on the list.
    pub until: UnixMillis,
    /// The device that it was made for, which asks by no code either until then; none when whoever signed the list did not
    /// know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub device: Option<DeviceKey>,
}

/// Cards that are taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Revocations {
    /// [`VERSION`].
    pub version: u16,
    /// Grows by one with each list: an older list is never taken for a newer one.
    pub number: u64,
    /// When it was signed.
    pub issued_at: UnixMillis,
    /// At most [`MAX_REVOKED`].
    pub revoked: Vec<Revoked>,
}

/// A list with the organisation's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedRevocations {
    /// The list.
    pub revocations: Revocations,
    /// By the organisation's key.
    pub signature: Signature,
}

/// Why a card does not say who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CardFault {
    /// There is none.
    #[error("there is no card")]
    Missing,
    /// Of a version this program does not know.
    #[error("the card needs a newer version of the program")]
    Version,
    /// Not signed by this organisation's key: another organisation's, or altered.
    #[error("the card was not signed by this organisation, or was altered")]
    Foreign,
    /// For another device or account than the one that shows it.
    #[error("the card belongs to somebody else")]
    Stolen,
    /// Issued in the future.
    #[error("the card is from the future; is this machine's clock right?")]
    NotYet,
    /// No longer good.
    #[error("the card has expired")]
    Expired,
    /// Taken back by the organisation.
    #[error("the card was revoked")]
    Revoked,
}

impl DeviceKey {
    /// Its first 16 hexadecimal digits in groups of 4, for two people to compare: on the technician's screen, and where
    /// the organisation signs.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digits = self.to_string();
        [&digits[..4], &digits[4..8], &digits[8..12], &digits[12..16]].join(" ")
    }
}

impl CardRequest {
    /// Signs with the device's key, whose public half must be [`CardRequest::device`].
    #[must_use]
    pub fn sign(self, device: &Ed25519KeyPair) -> SignedCardRequest {
        let signature = signing::sign(device, REQUEST_CONTEXT, &self);
        SignedCardRequest {
            request: self,
            signature,
        }
    }
}

impl SignedCardRequest {
    /// Was it made by the device it names, in a version that is known?
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        let request = &self.request;
        request.version == VERSION && signing::is_signed(&request.device, REQUEST_CONTEXT, request, &self.signature)
    }
}

impl Card {
    /// Signs with the organisation's key.
    #[must_use]
    pub fn sign(self, organisation: &Ed25519KeyPair) -> SignedCard {
        let signature = signing::sign(organisation, CARD_CONTEXT, &self);
        SignedCard { card: self, signature }
    }

    /// The technician as users see them.
    #[must_use]
    pub fn technician(&self) -> Technician {
        Technician {
            id: self.person,
            name: self.name.clone(),
            level: self.level,
        }
    }
}

impl SignedCard {
    /// Is this a card of the organisation whose key is `organisation`, good at `now`, and not on `revocations`?
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(
        &self,
        organisation: &DeviceKey,
        revocations: Option<&Revocations>,
        now: UnixMillis,
    ) -> Result<(), CardFault> {
        let card = &self.card;
        if card.version != VERSION {
            Err(CardFault::Version)
        } else if !signing::is_signed(organisation, CARD_CONTEXT, card, &self.signature) {
            Err(CardFault::Foreign)
        } else if revocations.is_some_and(|list| list.contains(card.serial)) {
            Err(CardFault::Revoked)
        } else if card.issued_at > now.plus(CLOCK_TOLERANCE_MS) {
            Err(CardFault::NotYet)
        } else if now >= card.expires_at {
            Err(CardFault::Expired)
        } else {
            Ok(())
        }
    }
}

impl Revocations {
    /// Is this card taken back?
    #[must_use]
    pub fn contains(&self, serial: CardSerial) -> bool {
        self.revoked.iter().any(|revoked| revoked.serial == serial)
    }

    /// Was a card of this device taken back? It may have another, which is judged by itself.
    #[must_use]
    pub fn names(&self, device: &DeviceKey) -> bool {
        self.revoked
            .iter()
            .any(|revoked| revoked.device.as_ref() == Some(device))
    }

    /// Signs with the organisation's key.
    #[must_use]
    pub fn sign(self, organisation: &Ed25519KeyPair) -> SignedRevocations {
        let signature = signing::sign(organisation, REVOCATIONS_CONTEXT, &self);
        SignedRevocations {
            revocations: self,
            signature,
        }
    }
}

impl SignedRevocations {
    /// Is it a list of this organisation, of a version and size that are known?
    #[must_use]
    pub fn is_genuine(&self, organisation: &DeviceKey) -> bool {
        let list = &self.revocations;
        list.version == VERSION
            && list.revoked.len() <= MAX_REVOKED
            && signing::is_signed(organisation, REVOCATIONS_CONTEXT, list, &self.signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn card() -> Card {
        Card {
            version: VERSION,
            serial: CardSerial([7; 8]),
            person: PersonId(2),
            name: Name::new("Claire Morvan").unwrap(),
            level: Level::One,
            device: signing::public(&key(2)),
            issued_at: UnixMillis(1_000),
            expires_at: UnixMillis(2_000),
        }
    }

    fn check(card: &SignedCard, now: u64) -> Result<(), CardFault> {
        card.verify(&signing::public(&key(1)), None, UnixMillis(now))
    }

    #[test]
    fn a_card_is_good_until_it_expires() {
        let card = card().sign(&key(1));
        assert_eq!(check(&card, 1_500), Ok(()));
        assert_eq!(check(&card, 2_000), Err(CardFault::Expired));
    }

    #[test]
    fn a_foreign_or_altered_card_is_refused() {
        assert_eq!(check(&card().sign(&key(9)), 1_500), Err(CardFault::Foreign));
        let mut promoted = card().sign(&key(1));
        promoted.card.level = Level::Three;
        assert_eq!(check(&promoted, 1_500), Err(CardFault::Foreign));
    }

    #[test]
    fn a_card_from_the_future_is_refused_beyond_what_clocks_differ() {
        let mut early = card();
        early.issued_at = UnixMillis(CLOCK_TOLERANCE_MS + 10);
        early.expires_at = UnixMillis(CLOCK_TOLERANCE_MS * 2);
        let early = early.sign(&key(1));
        assert_eq!(check(&early, 10), Ok(()));
        assert_eq!(check(&early, 9), Err(CardFault::NotYet));
    }

    #[test]
    fn a_revoked_card_is_refused() {
        let list = Revocations {
            version: VERSION,
            number: 1,
            issued_at: UnixMillis(0),
            revoked: vec![Revoked {
                serial: CardSerial([7; 8]),
                until: UnixMillis(2_000),
                device: None,
            }],
        };
        let signed = list.clone().sign(&key(1));
        assert!(signed.is_genuine(&signing::public(&key(1))));
        assert!(!signed.is_genuine(&signing::public(&key(2))));
        let card = card().sign(&key(1));
        let verdict = card.verify(&signing::public(&key(1)), Some(&list), UnixMillis(1_500));
        assert_eq!(verdict, Err(CardFault::Revoked));
    }

    #[test]
    fn a_list_from_before_it_named_devices_is_as_genuine_as_one_that_does() {
        let old = r#"{"version":1,"number":1,"issued_at":0,"revoked":[{"serial":"0707070707070707","until":2000}]}"#;
        let list: Revocations = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&list).unwrap(), old, "the bytes that were signed");
        let device = signing::public(&key(2));
        assert!(!list.names(&device));
        let mut named = list;
        named.revoked[0].device = Some(device);
        assert!(named.names(&device) && !named.names(&signing::public(&key(3))));
        let mut signed = named.sign(&key(1));
        assert!(signed.is_genuine(&signing::public(&key(1))));
        signed.revocations.revoked[0].device = None;
        assert!(
            !signed.is_genuine(&signing::public(&key(1))),
            "nobody strikes a device off"
        );
    }

    #[test]
    fn a_fingerprint_can_be_read_out() {
        let key = DeviceKey([0xab; 32]);
        assert_eq!(key.fingerprint(), "abab abab abab abab");
    }

    #[test]
    fn a_request_is_its_own_devices() {
        let request = CardRequest {
            version: VERSION,
            person: PersonId(2),
            name: Name::new("Claire Morvan").unwrap(),
            level: Level::One,
            device: signing::public(&key(2)),
            requested_at: UnixMillis(1),
        };
        assert!(request.clone().sign(&key(2)).is_genuine());
        assert!(!request.sign(&key(3)).is_genuine());
    }
}
