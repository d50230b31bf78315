//! What a typed second factor is, and what becomes of it.
//!
//! Flow: [`Typed::of`] tells six digits from a recovery code; [`judge`] holds it against what is stored of the account;
//! whoever called makes a good code's use durable before anybody is signed in by it.
//!
//! Invariant: once [`MAX_WRONG_CODES`] were wrong in a row, six digits are not looked at any more, however right.

use renfort_audit::{
    event::{Event, FailedBy, Method},
    hash::Digest,
};
use renfort_protocol::{error::Code, ids::PersonId, people::Name, second_factor::SecondFactorCode, time::UnixMillis};

use crate::totp::{self, DIGITS, Secret};

/// Wrong codes in a row, each of which had the right password before it, after which only a recovery code counts
/// (NIST SP 800-63B, 5.2.2). With three steps in the window, a guesser's chance up to there is 3 in 10,000.
pub const MAX_WRONG_CODES: u32 = 100;
/// Recovery codes that are given out.
pub const RECOVERY_CODES: usize = 10;
/// Letters and digits of a recovery code: 80 bits in base32.
pub const RECOVERY_CHARS: usize = 16;

/// Separates these hashes from every other.
const RECOVERY_CONTEXT: &[u8] = b"renfort recovery code v1\0";

/// Why the second factor lets nobody in, although the password is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactorRefusal {
    /// No code was given.
    Needed,
    /// A wrong one was.
    Wrong,
    /// Too many were wrong.
    Locked,
    /// The account has none, and the organisation demands one.
    NotSetUp,
}

impl SecondFactorRefusal {
    /// As the person is told.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Needed => Code::SecondFactorNeeded,
            Self::Wrong => Code::SecondFactorWrong,
            Self::Locked => Code::SecondFactorLocked,
            Self::NotSetUp => Code::SecondFactorNeededToBeSetUp,
        }
    }

    /// As it is recorded. That a code was asked for is no failure, and still says that somebody has the password.
    #[must_use]
    pub fn event(self, method: Method, person: PersonId, login: Option<Name>, address: String) -> Event {
        let reason = match self {
            Self::Needed => {
                return Event::SecondFactorAsked {
                    method,
                    person,
                    address,
                };
            }
            Self::Wrong => FailedBy::SecondFactor,
            Self::Locked => FailedBy::SecondFactorLocked,
            Self::NotSetUp => FailedBy::SecondFactorNotSetUp,
        };
        Event::SignInFailed {
            method,
            reason,
            login,
            address,
        }
    }
}

/// What is stored of an account's second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// What its authenticator knows.
    pub secret: Secret,
    /// The last step that was accepted.
    pub last_step: Option<u64>,
    /// Wrong codes since the last right one.
    pub wrong_codes: u32,
    /// Hashes of the recovery codes that are left.
    pub recovery: Vec<Digest>,
}

/// A code as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// From an authenticator.
    Digits(u32),
    /// A recovery code, as it is stored.
    Recovery(Digest),
}

impl Typed {
    /// Reads it; none when it can be neither.
    #[must_use]
    pub fn of(code: &SecondFactorCode, person: PersonId) -> Option<Self> {
        let typed: String = code
            .0
            .as_str()
            .chars()
            .filter(|char| !matches!(char, ' ' | '\u{a0}' | '-'))
            .collect();
        if typed.len() == DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return typed.parse().ok().map(Self::Digits);
        }
        recovery_hash(&typed, person).map(Self::Recovery)
    }
}

/// What the store keeps of a recovery code; it has 80 random bits, so that a plain hash cannot be searched. Digits that
/// base32 does not have are read as the letters that they look like.
#[must_use]
pub fn recovery_hash(code: &str, person: PersonId) -> Option<Digest> {
    let canonical: String = code
        .chars()
        .filter(|char| *char != '-')
        .map(|char| match char.to_ascii_uppercase() {
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            other => other,
        })
        .collect();
    let well_formed =
        canonical.len() == RECOVERY_CHARS && canonical.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    well_formed.then(|| Digest::of(&[RECOVERY_CONTEXT, &person.0.to_be_bytes(), canonical.as_bytes()]))
}

/// A code that fits, and what must be durable before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// This step is used up.
    Step(u64),
    /// This recovery code is used up.
    Recovery(Digest),
}

/// Holds a code against what is stored.
///
/// # Errors
/// When it does not fit, or is not looked at.
pub fn judge(
    factor: &SecondFactor,
    code: Option<&SecondFactorCode>,
    person: PersonId,
    now: UnixMillis,
) -> Result<Fits, SecondFactorRefusal> {
    let code = code.ok_or(SecondFactorRefusal::Needed)?;
    match Typed::of(code, person) {
        Some(Typed::Recovery(hash)) if factor.recovery.contains(&hash) => Ok(Fits::Recovery(hash)),
        _ if factor.wrong_codes >= MAX_WRONG_CODES => Err(SecondFactorRefusal::Locked),
        Some(Typed::Digits(digits)) => totp::accepted_step(&factor.secret, digits, now, factor.last_step)
            .map(Fits::Step)
            .ok_or(SecondFactorRefusal::Wrong),
        _ => Err(SecondFactorRefusal::Wrong),
    }
}

#[cfg(test)]
mod tests {
    use renfort_protocol::text::Line;

    use super::*;

    const PERSON: PersonId = PersonId(3);
    const NOW: UnixMillis = UnixMillis(1_700_000_000_000);
    const RECOVERY: &str = "ABCD-EFGH-IJKO-2345";

    fn code(text: &str) -> SecondFactorCode {
        SecondFactorCode(Line::new(text).unwrap())
    }

    fn factor() -> SecondFactor {
        SecondFactor {
            secret: Secret([7; 20]),
            last_step: None,
            wrong_codes: 0,
            recovery: vec![recovery_hash(RECOVERY, PERSON).unwrap()],
        }
    }

    fn digits() -> String {
        format!("{:06}", totp::code_of(&factor().secret, totp::step_at(NOW)))
    }

    #[test]
    fn digits_and_recovery_codes_are_read_as_people_type_them() {
        let spaced = format!("{} {}", &digits()[..3], &digits()[3..]);
        let step = totp::step_at(NOW);
        assert_eq!(
            judge(&factor(), Some(&code(&spaced)), PERSON, NOW),
            Ok(Fits::Step(step))
        );
        for typed in [
            RECOVERY,
            "abcd efgh ijko 2345",
            "ABCDEFGHIJK02345",
            "abcd-efgh-1jko-2345",
        ] {
            let fits = judge(&factor(), Some(&code(typed)), PERSON, NOW);
            assert!(matches!(fits, Ok(Fits::Recovery(_))), "{typed}: {fits:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_wrong_and_nothing_at_all_is_asked_for() {
        assert_eq!(judge(&factor(), None, PERSON, NOW), Err(SecondFactorRefusal::Needed));
        for typed in [
            "12345",
            "1234567",
            "ABCD-EFGH-IJKO-2346",
            "ABCD",
            "é".repeat(16).as_str(),
        ] {
            let judged = judge(&factor(), Some(&code(typed)), PERSON, NOW);
            assert_eq!(judged, Err(SecondFactorRefusal::Wrong), "{typed}");
        }
        let of_another = judge(&factor(), Some(&code(RECOVERY)), PersonId(4), NOW);
        assert_eq!(of_another, Err(SecondFactorRefusal::Wrong));
    }

    #[test]
    fn after_a_hundred_wrong_codes_only_a_recovery_code_counts() {
        let locked = SecondFactor {
            wrong_codes: MAX_WRONG_CODES,
            ..factor()
        };
        let judged = judge(&locked, Some(&code(&digits())), PERSON, NOW);
        assert_eq!(judged, Err(SecondFactorRefusal::Locked));
        assert!(judge(&locked, Some(&code(RECOVERY)), PERSON, NOW).is_ok());
    }
}
