//! Passwords: argon2id (RFC 9106), a bounded number at a time.
//!
//! Parameters: 19 MiB of memory, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet, the minimum for argon2id). A check
//! takes about 30 ms of one core. Each stored hash carries its parameters, so raising them later leaves old ones valid.
//!
//! Invariant: a check of an unknown login costs the same as one of a known login.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use renfort_protocol::signalling::Password;
use tokio::sync::Semaphore;

use crate::error::RelayError;

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Hashes computed at the same time; more wait in line. Bounds memory at 2 x 19 MiB; the sign-in limiter bounds the
/// line.
const AT_A_TIME: usize = 2;
/// Shortest password of a new account, in characters.
pub const MIN_PASSWORD_CHARS: usize = 8;

/// Computes and checks password hashes.
#[derive(Debug, Clone)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    nobody: Arc<str>,
}

impl Passwords {
    /// Prepares the hash that stands in for unknown logins.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new() -> Result<Self, RelayError> {
        let nobody = hash_text(&data_encoding::HEXLOWER.encode(&crate::keys::random::<16>()?))?;
        Ok(Self {
            slots: Arc::new(Semaphore::new(AT_A_TIME)),
            nobody: nobody.into(),
        })
    }

    /// Is this the password behind `hash`? With no hash, the answer is no, after the same work.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> bool {
        let Ok(_slot) = self.slots.acquire().await else {
            return false;
        };
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let check = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash)
                .is_ok_and(|hash| argon2().verify_password(password.0.as_str().as_bytes(), &hash).is_ok())
        });
        check.await.unwrap_or(false) && known
    }
}

/// The hash of a new account's password, as a PHC string.
///
/// # Errors
/// When it is too short, or when there is no randomness.
pub fn hash(password: &Password) -> Result<String, RelayError> {
    let text = password.0.as_str();
    if text.chars().count() < MIN_PASSWORD_CHARS {
        return Err(RelayError::Account(format!(
            "a password needs at least {MIN_PASSWORD_CHARS} characters"
        )));
    }
    hash_text(text)
}

fn hash_text(text: &str) -> Result<String, RelayError> {
    let salt = crate::keys::random::<16>()?;
    argon2()
        .hash_password_with_salt(text.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| RelayError::PasswordHash(error.to_string()))
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("constant parameters within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use renfort_protocol::text::Line;

    use super::*;

    fn password(text: &str) -> Password {
        Password(Line::new(text).unwrap())
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_known_login_passes() {
        let passwords = Passwords::new().unwrap();
        let stored = hash(&password("correct horse")).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify(password("correct horse"), Some(stored.clone())).await);
        assert!(!passwords.verify(password("correct house"), Some(stored)).await);
        assert!(!passwords.verify(password("correct horse"), None).await);
        assert!(
            !passwords
                .verify(password("correct horse"), Some("rubbish".into()))
                .await
        );
    }

    #[test]
    fn a_short_password_is_refused_and_two_hashes_of_one_password_differ() {
        assert!(matches!(hash(&password("1234567")), Err(RelayError::Account(_))));
        assert_ne!(
            hash(&password("12345678")).unwrap(),
            hash(&password("12345678")).unwrap()
        );
    }
}
