//! Signed checkpoints: the form of C2SP tlog-checkpoint in a C2SP signed-note, signed with Ed25519.
//!
//! ```text
//! relay.example.org/renfort
//! 1234
//! <base64 of the root>
//!
//! — relay.example.org/renfort <base64 of key id and signature>
//! ```
//!
//! Invariant: a checkpoint that [`Checkpoint::verify`] gives was signed, byte for byte, by the key that was asked for.

use std::fmt;

use data_encoding::BASE64;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::hash::Digest;

/// Ed25519's signature type (C2SP signed-note, "Signature types").
const ED25519_TYPE: u8 = 1;
/// Begins a signature line: em dash and a space.
pub(crate) const SIGNATURE_MARK: &str = "\u{2014} ";
/// Longest origin, in bytes.
const MAX_ORIGIN: usize = 200;
/// Begins the name of a log that its relay named after its key.
const NAMED_AFTER_KEY: &str = "renfort/";
/// Digits of the key in such a name.
const KEY_DIGITS: usize = 16;

/// What a log calls itself, also the name of the key that signs its checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// Why a text is no checkpoint of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// An origin that is empty, too long, or has a character other than printable ASCII without space and plus.
    #[error("not an origin")]
    Origin,
    /// Not of the form.
    #[error("this is not a checkpoint")]
    Malformed,
    /// Of another log.
    #[error("this checkpoint is of another log")]
    OtherLog,
    /// No signature of the key that was asked for.
    #[error("this checkpoint is not signed by this key")]
    Unsigned,
    /// A signature under this key's name and id that does not fit.
    #[error("the checkpoint's signature does not fit")]
    BadSignature,
}

impl Origin {
    /// Takes a name of printable ASCII without space and plus sign (both have a meaning in signed notes).
    ///
    /// # Errors
    /// When it is not that.
    pub fn new(text: &str) -> Result<Self, CheckpointError> {
        let fits = !text.is_empty() && text.len() <= MAX_ORIGIN;
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+') {
            Ok(Self(text.to_owned()))
        } else {
            Err(CheckpointError::Origin)
        }
    }

    /// The name that a relay gives its log: the first digits of its key are in it.
    #[must_use]
    pub fn of_key(key: &LogKey) -> Self {
        Self(format!("{NAMED_AFTER_KEY}{}", &key.0.to_string()[..KEY_DIGITS]))
    }

    /// Is it named as [`Origin::of_key`] does, but after another key than this one?
    #[must_use]
    pub fn is_of_other_key(&self, key: &LogKey) -> bool {
        let digits = self.0.strip_prefix(NAMED_AFTER_KEY).filter(|digits| {
            let is_digit = |letter: u8| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter);
            digits.len() == KEY_DIGITS && digits.bytes().all(is_digit)
        });
        digits.is_some() && *self != Self::of_key(key)
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = CheckpointError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A relay's public key (Ed25519), in lower-case hexadecimal as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogKey(pub Digest);

impl LogKey {
    /// The public half of a key pair.
    ///
    /// # Panics
    /// Never: an Ed25519 public key has 32 bytes.
    #[must_use]
    pub fn of(pair: &Ed25519KeyPair) -> Self {
        Self(Digest(
            pair.public_key()
                .as_ref()
                .try_into()
                .expect("an Ed25519 public key has 32 bytes"),
        ))
    }

    /// The key's id under a name (C2SP signed-note, "Signatures"): the first four bytes of SHA-256 over name, line
    /// feed, signature type and key.
    #[must_use]
    pub fn id(&self, name: &Origin) -> [u8; 4] {
        let hash = Digest::of(&[name.0.as_bytes(), b"\n", &[ED25519_TYPE], &self.0.0]);
        [hash.0[0], hash.0[1], hash.0[2], hash.0[3]]
    }

    /// The key as other programs read it (C2SP signed-note, "Verifier keys"): `name+id+base64`.
    #[must_use]
    pub fn verifier(&self, name: &Origin) -> String {
        let mut key = vec![ED25519_TYPE];
        key.extend_from_slice(&self.0.0);
        format!(
            "{name}+{}+{}",
            data_encoding::HEXLOWER.encode(&self.id(name)),
            BASE64.encode(&key)
        )
    }
}

/// The state of a log at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// Records in it.
    pub size: u64,
    /// Merkle root over them.
    pub root: Digest,
}

impl Checkpoint {
    /// The text that is signed.
    fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(&self.root.0))
    }

    /// The signed checkpoint, as text.
    #[must_use]
    pub fn sign(&self, pair: &Ed25519KeyPair) -> String {
        let body = self.body();
        let mut signature = LogKey::of(pair).id(&self.origin).to_vec();
        signature.extend_from_slice(pair.sign(body.as_bytes()).as_ref());
        format!(
            "{body}\n{SIGNATURE_MARK}{} {}\n",
            self.origin,
            BASE64.encode(&signature)
        )
    }

    /// Reads a signed checkpoint of `origin` that `key` signed. Signatures of other keys (witnesses) and further lines
    /// of the body (extensions) are let pass, as the specifications want it.
    ///
    /// # Errors
    /// When it is malformed, of another log, or not rightly signed.
    pub fn verify(text: &str, origin: &Origin, key: &LogKey) -> Result<Self, CheckpointError> {
        let (body, signatures) = text.split_once("\n\n").ok_or(CheckpointError::Malformed)?;
        let body = format!("{body}\n");
        let checkpoint = Self::read(&body)?;
        if checkpoint.origin != *origin {
            return Err(CheckpointError::OtherLog);
        }
        let signatures = signatures.strip_suffix('\n').ok_or(CheckpointError::Malformed)?;
        let mut signed = false;
        for line in signatures.split('\n') {
            let (name, value) = line
                .strip_prefix(SIGNATURE_MARK)
                .and_then(|rest| rest.split_once(' '))
                .ok_or(CheckpointError::Malformed)?;
            let bytes = BASE64
                .decode(value.as_bytes())
                .map_err(|_| CheckpointError::Malformed)?;
            let (id, signature) = bytes.split_first_chunk::<4>().ok_or(CheckpointError::Malformed)?;
            if name != origin.as_str() || *id != key.id(origin) {
                continue;
            }
            UnparsedPublicKey::new(&ED25519, key.0.0)
                .verify(body.as_bytes(), signature)
                .map_err(|_| CheckpointError::BadSignature)?;
            signed = true;
        }
        if signed {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Unsigned)
        }
    }

    /// The size and root that a body tells, not yet verified.
    pub(crate) fn read(body: &str) -> Result<Self, CheckpointError> {
        let mut lines = body.split('\n');
        let mut next = || lines.next().ok_or(CheckpointError::Malformed);
        let origin = Origin::new(next()?)?;
        let digits = next()?;
        let size: u64 = digits.parse().map_err(|_| CheckpointError::Malformed)?;
        let root = BASE64
            .decode(next()?.as_bytes())
            .map_err(|_| CheckpointError::Malformed)?;
        let root = root.try_into().map(Digest).map_err(|_| CheckpointError::Malformed)?;
        // `+5` and `05` parse as numbers; only one text may stand for a size.
        if size.to_string() != digits {
            return Err(CheckpointError::Malformed);
        }
        Ok(Self { origin, size, root })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: Origin::new("relay.example.org/renfort").unwrap(),
            size: 12,
            root: Digest([5; 32]),
        }
    }

    #[test]
    fn a_signed_checkpoint_has_the_lines_of_the_specification_and_verifies() {
        let text = checkpoint().sign(&pair(1));
        let lines: Vec<&str> = text.split('\n').collect();
        assert_eq!(
            lines[..4],
            ["relay.example.org/renfort", "12", &BASE64.encode(&[5; 32]), ""]
        );
        assert!(lines[4].starts_with("\u{2014} relay.example.org/renfort "));
        assert_eq!(lines[5..], [""]);
        let key = LogKey::of(&pair(1));
        assert_eq!(Checkpoint::verify(&text, &checkpoint().origin, &key), Ok(checkpoint()));
    }

    #[test]
    fn the_key_id_is_that_of_the_signed_note_example() {
        // The example key of golang.org/x/mod/sumdb/note, which the specification describes.
        let verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key = BASE64.decode(verifier.rsplit('+').next().unwrap().as_bytes()).unwrap();
        let key = LogKey(Digest(key[1..].try_into().unwrap()));
        assert_eq!(key.verifier(&Origin::new("PeterNeumann").unwrap()), verifier);
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let text = checkpoint().sign(&pair(1));
        let key = LogKey::of(&pair(1));
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                if let Ok(altered) = String::from_utf8(bytes) {
                    let read = Checkpoint::verify(&altered, &checkpoint().origin, &key);
                    assert!(read.is_err(), "byte {at}, bit {bit}");
                }
            }
        }
    }

    #[test]
    fn another_logs_and_another_keys_checkpoints_are_refused() {
        let key = LogKey::of(&pair(1));
        let other = Checkpoint {
            origin: Origin::new("elsewhere").unwrap(),
            ..checkpoint()
        }
        .sign(&pair(1));
        assert_eq!(
            Checkpoint::verify(&other, &checkpoint().origin, &key),
            Err(CheckpointError::OtherLog)
        );
        let forged = checkpoint().sign(&pair(2));
        assert_eq!(
            Checkpoint::verify(&forged, &checkpoint().origin, &key),
            Err(CheckpointError::Unsigned)
        );
    }

    #[test]
    fn a_witness_may_sign_beside_the_relay() {
        let text = checkpoint().sign(&pair(1));
        let line = format!("\u{2014} witness.example {}\n", BASE64.encode(&[0; 68]));
        let both = format!("{text}{line}");
        assert_eq!(
            Checkpoint::verify(&both, &checkpoint().origin, &LogKey::of(&pair(1))),
            Ok(checkpoint())
        );
        let only = text.split_inclusive('\n').take(4).collect::<String>() + &line;
        let read = Checkpoint::verify(&only, &checkpoint().origin, &LogKey::of(&pair(1)));
        assert_eq!(read, Err(CheckpointError::Unsigned));
    }

    #[test]
    fn an_origin_is_one_word() {
        for wrong in ["", "a b", "a+b", "a\nb", "é", &"x".repeat(201)] {
            assert_eq!(Origin::new(wrong), Err(CheckpointError::Origin), "{wrong:?}");
        }
    }
}
