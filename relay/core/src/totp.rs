//! One-time passwords by time (RFC 6238 over RFC 4226), as authenticator apps make them: HMAC-SHA-1, steps of 30 seconds,
//! six digits.
//!
//! Invariant: of two codes that are accepted for one secret, the later one belongs to a later step; so a code that was
//! watched or caught is worth nothing once it was used.

use renfort_protocol::time::UnixMillis;
use ring::hmac;

/// Length of a step, in milliseconds (RFC 6238, 5.2).
pub const STEP_MS: u64 = 30_000;
/// Digits of a code.
pub const DIGITS: usize = 6;
/// Steps before and after the current one that are accepted too: clocks differ, and typing takes time.
pub const WINDOW: u64 = 1;
/// Length of a secret, in bytes (RFC 4226, 4: at least 128 bits, 160 recommended).
pub const SECRET_BYTES: usize = 20;

/// What authenticator and relay share; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub [u8; SECRET_BYTES]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("REDACTED")
    }
}

/// The step that `now` is in.
#[must_use]
pub const fn step_at(now: UnixMillis) -> u64 {
    now.0 / STEP_MS
}

/// The code of a step (RFC 4226, 5.3).
#[must_use]
pub fn code_of(secret: &Secret, step: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret.0);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes[bytes.len() - 1] & 0x0f);
    let word = bytes[offset..offset + 4]
        .iter()
        .fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
    (word & 0x7fff_ffff) % 10_u32.pow(DIGITS as u32)
}

/// The step that this code belongs to, among those that count now and come after `last`, the last one that was accepted.
#[must_use]
pub fn accepted_step(secret: &Secret, code: u32, now: UnixMillis, last: Option<u64>) -> Option<u64> {
    let current = step_at(now);
    let mut found = None;
    // All are computed, whichever fits.
    for step in current.saturating_sub(WINDOW)..=current + WINDOW {
        if code_of(secret, step) == code && last.is_none_or(|last| step > last) {
            found = found.or(Some(step));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Secret = Secret(*b"12345678901234567890");

    #[test]
    fn the_codes_are_those_of_rfc_6238_appendix_b() {
        for (seconds, eight_digits) in [
            (59, 94_287_082_u32),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let step = step_at(UnixMillis(seconds * 1_000));
            assert_eq!(code_of(&SECRET, step), eight_digits % 1_000_000, "at {seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_late_and_no_further() {
        let now = UnixMillis(10_000 * STEP_MS + 7);
        for (step, counts) in [
            (9_998, false),
            (9_999, true),
            (10_000, true),
            (10_001, true),
            (10_002, false),
        ] {
            let found = accepted_step(&SECRET, code_of(&SECRET, step), now, None);
            assert_eq!(found, counts.then_some(step), "{step}");
        }
    }

    #[test]
    fn a_step_counts_once_and_an_earlier_one_not_after_it() {
        let now = UnixMillis(10_000 * STEP_MS);
        let code = |step| code_of(&SECRET, step);
        assert_eq!(accepted_step(&SECRET, code(10_000), now, Some(10_000)), None);
        assert_eq!(accepted_step(&SECRET, code(9_999), now, Some(10_000)), None);
        assert_eq!(accepted_step(&SECRET, code(10_001), now, Some(10_000)), Some(10_001));
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{SECRET:?}"), "REDACTED");
    }
}
