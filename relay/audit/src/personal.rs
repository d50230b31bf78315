//! Personal values beside the record: encrypted under one key per person and session, so that erasing the key erases
//! the value and leaves every hash as it was.
//!
//! Flow: [`encrypt`] an [`Opening`] when its record is sealed; [`decrypt`] it for whoever may read it.
//!
//! Invariant: a ciphertext opens only at the record and field that it was made for (both are authenticated).

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};

use crate::{
    hash::Digest,
    record::{Opening, Record, Salt, commitment},
};

/// Separates this use of a key from every other.
const CONTEXT: &[u8] = b"renfort audit personal v1\0";
/// Length of a salt, in bytes.
const SALT: usize = 32;

/// A key for one [`crate::actor::KeyScope`]: 256 random bits; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalKey(pub [u8; 32]);

impl std::fmt::Debug for PersonalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("REDACTED")
    }
}

/// A value with the salt of its commitment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revealed {
    /// The commitment's salt.
    pub salt: Salt,
    /// The value.
    pub value: String,
}

impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("REDACTED")
    }
}

impl Revealed {
    /// Is this what `record` committed to under `name`?
    #[must_use]
    pub fn fits(&self, record: &Record, name: &str) -> bool {
        record.commitments.get(name) == Some(&commitment(name, &self.value, &self.salt))
    }
}

/// A ciphertext that does not open: wrong key, wrong place, or altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the personal value does not open")]
pub struct PersonalError;

fn cipher(key: &PersonalKey) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key.0).expect("a ChaCha20-Poly1305 key has 32 bytes"))
}

/// Where the value belongs: context, the record's number (big-endian), the field's name.
fn place(seq: u64, name: &str) -> Aad<Vec<u8>> {
    Aad::from([CONTEXT, &seq.to_be_bytes(), name.as_bytes()].concat())
}

/// Encrypts salt and value (ChaCha20-Poly1305, RFC 8439). The result is nonce, ciphertext, tag.
///
/// `nonce` must never have been used with this key before: it is the caller's to draw or to count.
///
/// # Panics
/// Never: a field is far shorter than the cipher's limit of 256 GiB.
#[must_use]
pub fn encrypt(opening: &Opening, seq: u64, key: &PersonalKey, nonce: [u8; NONCE_LEN]) -> Vec<u8> {
    let mut plain = opening.salt.0.0.to_vec();
    plain.extend_from_slice(opening.value.as_bytes());
    cipher(key)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            place(seq, &opening.name),
            &mut plain,
        )
        .expect("a field is shorter than the cipher's limit");
    let mut stored = nonce.to_vec();
    stored.append(&mut plain);
    stored
}

/// Opens what [`encrypt`] made for field `name` of record `seq`.
///
/// # Errors
/// When the key is another, the place is another, or anything was altered.
pub fn decrypt(stored: &[u8], seq: u64, name: &str, key: &PersonalKey) -> Result<Revealed, PersonalError> {
    let (nonce, sealed) = stored.split_at_checked(NONCE_LEN).ok_or(PersonalError)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| PersonalError)?;
    let mut sealed = sealed.to_vec();
    let plain = cipher(key)
        .open_in_place(nonce, place(seq, name), &mut sealed)
        .map_err(|_| PersonalError)?;
    let (salt, value) = plain.split_first_chunk::<SALT>().ok_or(PersonalError)?;
    let value = std::str::from_utf8(value).map_err(|_| PersonalError)?.to_owned();
    Ok(Revealed {
        salt: Salt(Digest(*salt)),
        value,
    })
}

#[cfg(test)]
mod tests {
    use renfort_protocol::ids::PersonId;

    use super::*;
    use crate::actor::{Actor, KeyScope};

    fn opening() -> Opening {
        Opening {
            name: "name".into(),
            scope: KeyScope {
                subject: Actor::Person(PersonId(1)),
                session: None,
                ticket: None,
                record: 5,
            },
            value: "Jeanne Martin".into(),
            salt: Salt(Digest([7; 32])),
        }
    }

    #[test]
    fn a_value_opens_only_with_its_key_at_its_place_and_unaltered() {
        let key = PersonalKey([1; 32]);
        let stored = encrypt(&opening(), 5, &key, [9; 12]);
        let open = decrypt(&stored, 5, "name", &key).unwrap();
        assert_eq!(
            (open.value.as_str(), open.salt),
            ("Jeanne Martin", Salt(Digest([7; 32])))
        );
        assert_eq!(decrypt(&stored, 6, "name", &key), Err(PersonalError));
        assert_eq!(decrypt(&stored, 5, "machine", &key), Err(PersonalError));
        assert_eq!(decrypt(&stored, 5, "name", &PersonalKey([2; 32])), Err(PersonalError));
        for at in 0..stored.len() {
            let mut altered = stored.clone();
            altered[at] ^= 1;
            assert_eq!(decrypt(&altered, 5, "name", &key), Err(PersonalError), "byte {at}");
            assert_eq!(
                decrypt(&stored[..at], 5, "name", &key),
                Err(PersonalError),
                "cut at {at}"
            );
        }
    }

    #[test]
    fn the_ciphertext_does_not_show_the_value_and_nothing_personal_is_printed() {
        let stored = encrypt(&opening(), 5, &PersonalKey([1; 32]), [9; 12]);
        assert!(!stored.windows(6).any(|part| part == b"Jeanne"));
        assert!(!format!("{:?}", opening()).contains("Jeanne"));
        assert_eq!(format!("{:?}", PersonalKey([1; 32])), "REDACTED");
    }
}
