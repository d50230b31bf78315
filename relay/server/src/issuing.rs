//! Signing technicians' cards and lists of revoked cards with the organisation's key, offline, on a machine that is not the
//! relay.
//!
//! Flow: a request is read and checked ([`read_request`]), shown to whoever holds the key, and signed
//! ([`Issuer::card`]); every card that was ever signed stands in a ledger beside the key, so that it can be revoked by the
//! name on it.
//!
//! Invariant: a card stands in the ledger before anybody has it, and a list that replaces another is whole on disk before
//! it takes its place.

use std::{
    fs,
    path::{Path, PathBuf},
};

use renfort_protocol::{
    card::{Card, MAX_REVOKED, Revocations, Revoked, SignedCard, SignedCardRequest, SignedRevocations, VERSION},
    ids::{CardSerial, DeviceKey, PersonId},
    people::{Level, Name},
    signing,
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{data, error::RelayError, keys, organisation};

/// Name of the ledger's file, beside the key.
pub const LEDGER_FILE: &str = "cards.json";
/// A day, in milliseconds.
pub const DAY_MS: u64 = 24 * 60 * 60_000;
/// Longest life of a card, in days.
pub const MAX_DAYS: u64 = 366;
/// Largest file that is read as a request, card, list or ledger, in bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A card that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The card.
    pub serial: CardSerial,
    /// Whose.
    pub person: PersonId,
    /// The name on it.
    pub name: Name,
    /// The level on it.
    pub level: Level,
    /// The device that it is good with.
    pub device: DeviceKey,
    /// When it was signed.
    pub issued_at: UnixMillis,
    /// When it expires.
    pub expires_at: UnixMillis,
}

/// All cards that were signed with a key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Oldest first.
    pub cards: Vec<Issued>,
}

/// The organisation's key, with the ledger beside it.
#[derive(Debug)]
pub struct Issuer {
    pair: Ed25519KeyPair,
    ledger: PathBuf,
}

impl Issuer {
    /// Reads the key, and makes sure that it is the key of this organisation.
    ///
    /// # Errors
    /// When one of the files cannot be read, or when they do not belong together.
    pub fn open(key: &Path, organisation_file: &Path) -> Result<Self, RelayError> {
        let file = organisation::read(organisation_file)?;
        let pair = keys::load(key)?;
        if signing::public(&pair) != file.organisation.key {
            return Err(RelayError::OtherOrganisationKey(key.to_owned()));
        }
        let ledger = key.parent().unwrap_or(Path::new("")).join(LEDGER_FILE);
        Ok(Self { pair, ledger })
    }

    /// Signs a card that is good from `now` on for `days`.
    ///
    /// # Errors
    /// When there is no randomness, or when the ledger cannot be read or written.
    pub fn card(&self, request: &SignedCardRequest, now: UnixMillis, days: u64) -> Result<SignedCard, RelayError> {
        let request = &request.request;
        let card = Card {
            version: VERSION,
            serial: CardSerial(keys::random()?),
            person: request.person,
            name: request.name.clone(),
            level: request.level,
            device: request.device,
            issued_at: now,
            expires_at: now.plus(days * DAY_MS),
        };
        let mut ledger = self.ledger()?;
        ledger.cards.push(Issued {
            serial: card.serial,
            person: card.person,
            name: card.name.clone(),
            level: card.level,
            device: card.device,
            issued_at: card.issued_at,
            expires_at: card.expires_at,
        });
        replace(&self.ledger, &ledger)?;
        Ok(card.sign(&self.pair))
    }

    /// The cards that were signed with this key.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn ledger(&self) -> Result<Ledger, RelayError> {
        if self.ledger.exists() {
            read(&self.ledger, "a ledger of cards")
        } else {
            Ok(Ledger::default())
        }
    }

    /// Puts cards on the list in `path`, which is made when it is missing; cards that have expired leave it. A list that has
    /// all of them already stays as it is.
    ///
    /// # Errors
    /// When what is there is no list of this organisation, when the list is full, or when a file cannot be written.
    pub fn revoke(&self, path: &Path, cards: &[Revoked], now: UnixMillis) -> Result<Taken, RelayError> {
        let before: Option<SignedRevocations> = path.exists().then(|| read(path, LIST)).transpose()?;
        if let Some(before) = &before
            && !before.is_genuine(&signing::public(&self.pair))
        {
            return Err(RelayError::ForeignCard(path.to_owned()));
        }
        let listed = before.as_ref().map_or(&[][..], |list| &list.revocations.revoked);
        let has = |card: &Revoked| listed.iter().any(|one| says(one, card));
        let new: Vec<Revoked> = cards.iter().filter(|card| !has(card)).copied().collect();
        if new.is_empty()
            && let Some(list) = before
        {
            return Ok(Taken { list, new: Vec::new() });
        }
        let number = before.as_ref().map_or(0, |list| list.revocations.number) + 1;
        let mut revoked: Vec<Revoked> = listed.to_vec();
        revoked.retain(|one| one.until > now && new.iter().all(|card| card.serial != one.serial));
        revoked.extend(new.iter().filter(|card| card.until > now));
        if revoked.len() > MAX_REVOKED {
            return Err(RelayError::TooManyRevoked(MAX_REVOKED));
        }
        let list = Revocations {
            version: VERSION,
            number,
            issued_at: now,
            revoked,
        };
        let list = list.sign(&self.pair);
        replace(path, &list)?;
        let new = new.iter().map(|card| card.serial).collect();
        Ok(Taken { list, new })
    }
}

/// A list, after cards were put on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// As it is now.
    pub list: SignedRevocations,
    /// Which of the cards it did not take back already.
    pub new: Vec<CardSerial>,
}

/// Does a list's entry take this card back already? Until when is no matter: whoever knows the serial alone can only guess.
fn says(one: &Revoked, card: &Revoked) -> bool {
    one.serial == card.serial && (card.device.is_none() || one.device == card.device)
}

const LIST: &str = "a list of revoked cards";

/// Reads a request, and makes sure that the device it names made it.
///
/// # Errors
/// When it cannot be read, or is not genuine.
pub fn read_request(path: &Path) -> Result<SignedCardRequest, RelayError> {
    let request: SignedCardRequest = read(path, "a request for a card")?;
    if request.is_genuine() {
        Ok(request)
    } else {
        Err(RelayError::ForgedRequest(path.to_owned()))
    }
}

/// Reads a card.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn read_card(path: &Path) -> Result<SignedCard, RelayError> {
    read(path, "a technician's card")
}

/// Reads JSON of a form that `what` names.
///
/// # Errors
/// When the file cannot be read, is too large, or has another form.
pub fn read<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T, RelayError> {
    let wrong = || RelayError::WrongForm {
        path: path.to_owned(),
        what,
    };
    let size = fs::metadata(path).map_err(RelayError::file(path))?.len();
    if size > MAX_BYTES {
        return Err(wrong());
    }
    let bytes = fs::read(path).map_err(RelayError::file(path))?;
    serde_json::from_slice(&bytes).map_err(|_| wrong())
}

/// Writes JSON to a new file.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn write_new(path: &Path, value: &impl Serialize) -> Result<(), RelayError> {
    data::write_secret(path, &json(value))
}

/// Writes JSON in place of what is there: the new file is whole on disk before the old one goes.
fn replace(path: &Path, value: &impl Serialize) -> Result<(), RelayError> {
    data::replace_private(path, &json(value))
}

fn json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("cards and lists are plain JSON");
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use renfort_protocol::card::CardRequest;

    use super::*;

    struct Desk {
        folder: tempfile::TempDir,
        issuer: Issuer,
    }

    fn desk() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let org = folder.path().join("org");
        organisation::create(Name::new("Mairie").unwrap(), vec!["wss://a.example".into()], None, &org).unwrap();
        let issuer = Issuer::open(
            &org.join(organisation::KEY_FILE),
            &org.join(organisation::ORGANISATION_FILE),
        );
        Desk {
            issuer: issuer.unwrap(),
            folder,
        }
    }

    fn request() -> SignedCardRequest {
        let device = Ed25519KeyPair::from_seed_unchecked(&[2; 32]).unwrap();
        CardRequest {
            version: VERSION,
            person: PersonId(3),
            name: Name::new("Ada").unwrap(),
            level: Level::Two,
            device: signing::public(&device),
            requested_at: UnixMillis(1),
        }
        .sign(&device)
    }

    #[test]
    fn a_card_is_good_for_its_days_and_stands_in_the_ledger() {
        let desk = desk();
        let issuer = &desk.issuer;
        let now = UnixMillis(1_000_000);
        let card = issuer.card(&request(), now, 90).unwrap();
        let key = signing::public(&issuer.pair);
        assert_eq!(card.verify(&key, None, now), Ok(()));
        assert_eq!(card.card.expires_at, now.plus(90 * DAY_MS));
        let second = issuer.card(&request(), now, 1).unwrap();
        assert_ne!(card.card.serial, second.card.serial);
        let serials: Vec<_> = issuer.ledger().unwrap().cards.iter().map(|one| one.serial).collect();
        assert_eq!(serials, [card.card.serial, second.card.serial]);
    }

    #[test]
    fn a_list_grows_by_one_and_lets_go_of_what_has_expired() {
        let Desk { issuer, folder } = desk();
        let path = folder.path().join("revocations.json");
        let revoked = |serial, until| Revoked {
            serial: CardSerial([serial; 8]),
            until: UnixMillis(until),
            device: None,
        };
        let first = issuer.revoke(&path, &[revoked(1, 100)], UnixMillis(50)).unwrap();
        let first = first.list;
        assert_eq!((first.revocations.number, first.revocations.revoked.len()), (1, 1));
        let second = issuer.revoke(&path, &[revoked(2, 500)], UnixMillis(100)).unwrap();
        assert_eq!(second.new, [CardSerial([2; 8])]);
        assert_eq!(second.list.revocations.number, 2);
        assert_eq!(second.list.revocations.revoked, [revoked(2, 500)]);
        assert!(second.list.is_genuine(&signing::public(&issuer.pair)));
    }

    #[test]
    fn a_card_that_was_taken_back_already_makes_no_new_list_unless_more_is_known_of_it() {
        let Desk { issuer, folder } = desk();
        let path = folder.path().join("revocations.json");
        let by = |serial, until, device: Option<u8>| Revoked {
            serial: CardSerial([serial; 8]),
            until: UnixMillis(until),
            device: device.map(|of| DeviceKey([of; 32])),
        };
        let now = UnixMillis(50);
        issuer.revoke(&path, &[by(1, 500, None)], now).unwrap();
        let bytes = fs::read(&path).unwrap();
        let again = issuer.revoke(&path, &[by(1, 600, None)], now).unwrap();
        assert_eq!((again.new.len(), again.list.revocations.number), (0, 1));
        assert_eq!(fs::read(&path).unwrap(), bytes);
        let more = issuer
            .revoke(&path, &[by(1, 400, Some(7)), by(2, 400, None)], now)
            .unwrap();
        assert_eq!((more.new.len(), more.list.revocations.number), (2, 2));
        assert_eq!(more.list.revocations.revoked, [by(1, 400, Some(7)), by(2, 400, None)]);
        let less = issuer
            .revoke(&path, &[by(1, 900, None), by(3, 400, None)], now)
            .unwrap();
        assert_eq!(less.new, [CardSerial([3; 8])]);
        assert_eq!(
            less.list.revocations.revoked,
            [by(1, 400, Some(7)), by(2, 400, None), by(3, 400, None)],
            "and its device is not forgotten"
        );
    }

    #[test]
    fn another_organisations_list_or_key_is_refused_and_left_as_it_is() {
        let (ours, theirs) = (desk(), desk());
        let path = ours.folder.path().join("revocations.json");
        theirs.issuer.revoke(&path, &[], UnixMillis(1)).unwrap();
        let before = fs::read(&path).unwrap();
        assert!(matches!(
            ours.issuer.revoke(&path, &[], UnixMillis(2)),
            Err(RelayError::ForeignCard(_))
        ));
        assert_eq!(fs::read(&path).unwrap(), before);
        let key = theirs.folder.path().join("org").join(organisation::KEY_FILE);
        let file = ours.folder.path().join("org").join(organisation::ORGANISATION_FILE);
        assert!(matches!(
            Issuer::open(&key, &file),
            Err(RelayError::OtherOrganisationKey(_))
        ));
    }

    #[test]
    fn a_request_that_was_altered_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("request.json");
        let mut altered = request();
        write_new(&path, &altered).unwrap();
        assert_eq!(read_request(&path).unwrap(), altered);
        altered.request.level = Level::Three;
        fs::write(&path, json(&altered)).unwrap();
        assert!(matches!(read_request(&path), Err(RelayError::ForgedRequest(_))));
        fs::write(&path, "{}").unwrap();
        assert!(matches!(read_request(&path), Err(RelayError::WrongForm { .. })));
    }
}
