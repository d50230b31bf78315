//! Second factors on this relay: making one, keeping its secret, and whether the organisation demands one.
//!
//! Flow: [`enrol`] draws secret and recovery codes, stores them, and gives them out this one time; [`load`] opens what is
//! stored for a sign-in.
//!
//! Invariant: the database holds the secret only as ciphertext, whose key lies in `keys.db`, and recovery codes only as
//! hashes; a backup of the database alone makes no code.

use data_encoding::BASE32_NOPAD;
use renfort_audit::personal::PersonalKey;
use renfort_core::{
    second_factor::{RECOVERY_CODES, SecondFactor, recovery_hash},
    totp::{SECRET_BYTES, Secret},
};
use renfort_protocol::{ids::PersonId, people::Name, time::UnixMillis};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{
    error::RelayError,
    keys,
    store::{Store, StoreError, orders::Ordered, second_factor::NewSecondFactor},
};

/// The setting that demands a second factor.
const REQUIRED: &str = "second_factor.required";
/// What it says when it does.
const YES: &str = "yes";
/// Separates these ciphertexts from every other.
const CONTEXT: &[u8] = b"renfort second factor v1\0";
/// Random bytes of a recovery code.
const RECOVERY_BYTES: usize = 10;
/// Characters that are shown together.
const GROUP: usize = 4;

/// What whoever enrols gets to see, once; never printed by itself.
pub struct Enrolment {
    secret: Secret,
    /// Recovery codes, in groups.
    pub recovery: Vec<String>,
}

impl Enrolment {
    /// The secret in base32, in groups, for typing it.
    #[must_use]
    pub fn secret_text(&self) -> String {
        grouped(&BASE32_NOPAD.encode(&self.secret.0), " ")
    }

    /// The address that authenticators read, from a QR code for instance (Key Uri Format).
    #[must_use]
    pub fn uri(&self, organisation: &Name, login: &Name) -> String {
        let (issuer, account) = (percent(organisation.as_str()), percent(login.as_str()));
        let secret = BASE32_NOPAD.encode(&self.secret.0);
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
    }
}

/// Gives the account a new second factor, in place of any other.
///
/// # Errors
/// When there is no such account, no randomness, or the store fails.
pub async fn enrol(store: &dyn Store, login: &Name, at: UnixMillis) -> Result<Enrolment, RelayError> {
    let known = store.credentials(login).await?.ok_or(StoreError::UnknownLogin)?;
    let person = known.account.person.id;
    let secret = Secret(keys::random::<SECRET_BYTES>()?);
    let mut recovery = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        recovery.push(grouped(&BASE32_NOPAD.encode(&keys::random::<RECOVERY_BYTES>()?), "-"));
    }
    let fresh = keys::random()?;
    let scope = [scope_of(person)];
    let key = store.keys_or_new(&scope, &mut || PersonalKey(fresh)).await?;
    let key = key.first().ok_or_else(|| StoreError::Failed("no key".to_owned()))?;
    let new = NewSecondFactor {
        sealed: seal(&secret, person, key, keys::random()?),
        recovery: recovery.iter().filter_map(|code| recovery_hash(code, person)).collect(),
    };
    store.put_second_factor(login, &new, at).await?;
    Ok(Enrolment { secret, recovery })
}

/// An account's second factor, opened.
///
/// # Errors
/// When the store fails, or when the key that opens it is gone: then it must be reset.
pub async fn load(store: &dyn Store, person: PersonId) -> Result<Option<SecondFactor>, StoreError> {
    let Some(stored) = store.second_factor(person).await? else {
        return Ok(None);
    };
    let key = store.key(&scope_of(person)).await?;
    let secret = key.and_then(|key| open(&stored.sealed, person, &key));
    Ok(Some(SecondFactor {
        secret: secret.ok_or_else(|| StoreError::Damaged("a second factor does not open".to_owned()))?,
        last_step: stored.last_step,
        wrong_codes: stored.wrong_codes,
        recovery: stored.recovery,
    }))
}

/// Does the organisation demand a second factor?
///
/// # Errors
/// When the store fails.
pub async fn is_required(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.setting(REQUIRED).await?.as_deref() == Some(YES))
}

/// Demands it from now on, or no longer. Sign-ins of accounts without one end with it.
///
/// # Errors
/// When the store fails.
pub async fn require(store: &dyn Store, required: bool, at: UnixMillis) -> Result<(), StoreError> {
    let what = Ordered::SecondFactorRequired { required };
    let value = if required { YES } else { "no" };
    store.put_ordered(REQUIRED, value, &what, at).await?;
    if required {
        store.end_sign_ins_without_second_factor().await?;
    }
    Ok(())
}

/// Name of the key in `keys.db`; not one of the log's, which erasing a person erases.
fn scope_of(person: PersonId) -> String {
    format!("second_factor:{}", person.0)
}

fn cipher(key: &PersonalKey) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key.0).expect("a ChaCha20-Poly1305 key has 32 bytes"))
}

fn place(person: PersonId) -> Aad<Vec<u8>> {
    Aad::from([CONTEXT, &person.0.to_be_bytes()].concat())
}

fn seal(secret: &Secret, person: PersonId, key: &PersonalKey, nonce: [u8; NONCE_LEN]) -> Vec<u8> {
    let mut plain = secret.0.to_vec();
    cipher(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place(person), &mut plain)
        .expect("a secret is shorter than the cipher's limit");
    [nonce.as_slice(), &plain].concat()
}

fn open(stored: &[u8], person: PersonId, key: &PersonalKey) -> Option<Secret> {
    let (nonce, sealed) = stored.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    let plain = cipher(key).open_in_place(nonce, place(person), &mut sealed).ok()?;
    Some(Secret((&*plain).try_into().ok()?))
}

fn grouped(text: &str, between: &str) -> String {
    let groups: Vec<String> = text
        .chars()
        .collect::<Vec<_>>()
        .chunks(GROUP)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(between)
}

/// Percent-encodes all but unreserved characters (RFC 3986, 2.3).
fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_for_its_own_account_and_key_only() {
        let (secret, key) = (Secret([9; SECRET_BYTES]), PersonalKey([1; 32]));
        let sealed = seal(&secret, PersonId(3), &key, [5; NONCE_LEN]);
        assert!(!sealed.windows(SECRET_BYTES).any(|part| part == secret.0));
        assert_eq!(open(&sealed, PersonId(3), &key), Some(secret));
        assert_eq!(open(&sealed, PersonId(4), &key), None);
        assert_eq!(open(&sealed, PersonId(3), &PersonalKey([2; 32])), None);
        assert_eq!(open(&sealed[..5], PersonId(3), &key), None);
    }

    #[test]
    fn an_authenticator_reads_who_and_how() {
        let enrolment = Enrolment {
            secret: Secret(*b"12345678901234567890"),
            recovery: Vec::new(),
        };
        let name = |text: &str| Name::new(text).unwrap();
        assert_eq!(
            enrolment.uri(&name("Mairie d’Évry"), &name("claire")),
            "otpauth://totp/Mairie%20d%E2%80%99%C3%89vry:claire?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Mairie%20d%E2%80%99%C3%89vry&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(enrolment.secret_text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }
}
