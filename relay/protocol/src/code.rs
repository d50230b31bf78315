//! The code path: a technician without a card, on the telephone with a user, types the code that the user's machine shows.
//!
//! Flow: the code's first part is the ticket's number, which routes the question; the second part is a [`CodeSecret`] that
//! neither machine ever sends. Both ends run SPAKE2 (Abdalla and Pointcheval, CT-RSA 2005, in the form of the `spake2`
//! crate) over it: the technician's element comes with the [`Ask`](crate::binding::Ask), the user's machine's with its
//! [`Ready`](crate::binding::Ready). Each then shows the other that it has the same key, with a MAC over what was said:
//! both devices' keys, the ticket and the nonces are in it.
//!
//! Invariant: whoever does not know the secret, the relay included, has one guess for each question that is put to a user's
//! machine, which counts them, and one for each that a technician's machine puts.

use std::fmt;

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use ring::{hkdf, hmac};
use serde::{Deserialize, Serialize};
use spake2::{Ed25519Group, Identity, Password, Spake2};
use ts_rs::TS;

use crate::{
    ids::{Confirmation, DeviceKey, Nonce, PakeElement, ParseIdError, Sha256, TicketId},
    limits::CODE_DIGITS,
};

/// Names the technician's end in SPAKE2.
pub const TECHNICIAN_IDENTITY: &[u8] = b"renfort code technician v1";
/// Names the user's end in SPAKE2.
pub const USER_IDENTITY: &[u8] = b"renfort code user v1";
/// Context of the user's machine's confirmation, and of the key that makes it.
pub const USER_CONFIRMATION_CONTEXT: &[u8] = b"renfort code confirmed by user v1\0";
/// Context of the technician's machine's confirmation, and of the key that makes it.
pub const TECHNICIAN_CONFIRMATION_CONTEXT: &[u8] = b"renfort code confirmed by technician v1\0";

/// Byte before an element of the end that begins, in the messages of the `spake2` crate; not on our wire.
const SIDE_A: u8 = b'A';
/// The same of the end that answers.
const SIDE_B: u8 = b'B';

/// The part of a code that never leaves the two machines but by mouth: [`CODE_DIGITS`] decimal digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct CodeSecret([u8; CODE_DIGITS]);

impl fmt::Debug for CodeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("REDACTED")
    }
}

impl TryFrom<String> for CodeSecret {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits: [u8; CODE_DIGITS] = text.as_bytes().try_into().map_err(|_| ParseIdError("code"))?;
        let plain = digits.iter().all(u8::is_ascii_digit);
        plain.then_some(Self(digits)).ok_or(ParseIdError("code"))
    }
}

impl From<CodeSecret> for String {
    fn from(secret: CodeSecret) -> Self {
        secret.0.map(char::from).iter().collect()
    }
}

impl CodeSecret {
    /// From 256 random bits, each secret as likely as every other to one part in 2^108.
    #[must_use]
    pub fn drawn(random: &[u8; 32]) -> Self {
        let (wide, _) = random.split_first_chunk::<16>().expect("there are 32");
        let mut number = u128::from_be_bytes(*wide);
        let mut digits = [0; CODE_DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(number % 10).expect("it is below 10");
            number /= 10;
        }
        Self(digits)
    }

    /// Good for its ticket only.
    fn password(&self, ticket: TicketId) -> Password {
        Password::new([ticket.to_string().as_bytes(), b" ", &self.0].concat())
    }
}

/// What the user's machine says to a question that was put with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CodeAnswer {
    /// Of its end.
    pub element: PakeElement,
    /// That it has the key: over [`USER_CONFIRMATION_CONTEXT`], the ask's hash, its device key and its nonce.
    pub confirmation: Confirmation,
}

/// What both ends have in common once both knew the secret. Otherwise each has something else.
#[derive(Debug, Clone)]
pub struct CodeKey {
    user: hmac::Key,
    technician: hmac::Key,
}

/// The technician's end between question and answer.
#[derive(Debug)]
pub struct Asking(Spake2<Ed25519Group>);

fn identities() -> (Identity, Identity) {
    (Identity::new(TECHNICIAN_IDENTITY), Identity::new(USER_IDENTITY))
}

fn element(message: &[u8]) -> PakeElement {
    let (_side, element) = message.split_first().expect("a message begins with its side");
    PakeElement(element.try_into().expect("an element of this group has 32 bytes"))
}

fn key_of(state: Spake2<Ed25519Group>, side: u8, theirs: &PakeElement) -> Option<CodeKey> {
    let message = [&[side][..], &theirs.0].concat();
    let shared = state.finish(&message).ok()?;
    let shared = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(&shared);
    let mac = |context: &'static [u8]| {
        let info = [context];
        let key = shared
            .expand(&info, hmac::HMAC_SHA256)
            .expect("a key of 32 bytes is not too long");
        hmac::Key::from(key)
    };
    Some(CodeKey {
        user: mac(USER_CONFIRMATION_CONTEXT),
        technician: mac(TECHNICIAN_CONFIRMATION_CONTEXT),
    })
}

impl Asking {
    /// Begins with the code as it was typed and fresh random bits.
    #[must_use]
    pub fn begin(ticket: TicketId, secret: &CodeSecret, random: &[u8; 32]) -> (Self, PakeElement) {
        let (technician, user) = identities();
        let random = ChaCha20Rng::from_seed(*random);
        let (state, message) = Spake2::start_a_with_rng(&secret.password(ticket), &technician, &user, random);
        (Self(state), element(&message))
    }

    /// The key, when the answer is a point of the group.
    #[must_use]
    pub fn finish(self, theirs: &PakeElement) -> Option<CodeKey> {
        key_of(self.0, SIDE_B, theirs)
    }
}

/// The user's machine's end: its element and the key, when the question's is a point of the group.
#[must_use]
pub fn answer(
    ticket: TicketId,
    secret: &CodeSecret,
    theirs: &PakeElement,
    random: &[u8; 32],
) -> Option<(PakeElement, CodeKey)> {
    let (technician, user) = identities();
    let random = ChaCha20Rng::from_seed(*random);
    let (state, message) = Spake2::start_b_with_rng(&secret.password(ticket), &technician, &user, random);
    Some((element(&message), key_of(state, SIDE_A, theirs)?))
}

impl CodeKey {
    /// By the user's machine, with its readiness.
    #[must_use]
    pub fn confirm_as_user(&self, ask: &Sha256, device: &DeviceKey, nonce: &Nonce) -> Confirmation {
        confirm(&self.user, &user_said(ask, device, nonce))
    }

    /// Does the user's machine have the key?
    #[must_use]
    pub fn is_confirmed_by_user(&self, ask: &Sha256, device: &DeviceKey, nonce: &Nonce, said: &Confirmation) -> bool {
        hmac::verify(&self.user, &user_said(ask, device, nonce), &said.0).is_ok()
    }

    /// By the technician's machine, when it reveals its nonce.
    #[must_use]
    pub fn confirm_as_technician(&self, transcript: &Sha256) -> Confirmation {
        confirm(&self.technician, &technician_said(transcript))
    }

    /// Does the technician's machine have the key?
    #[must_use]
    pub fn is_confirmed_by_technician(&self, transcript: &Sha256, said: &Confirmation) -> bool {
        hmac::verify(&self.technician, &technician_said(transcript), &said.0).is_ok()
    }
}

fn confirm(key: &hmac::Key, said: &[u8]) -> Confirmation {
    let tag = hmac::sign(key, said);
    Confirmation(tag.as_ref().try_into().expect("HMAC-SHA-256 has 32 bytes"))
}

fn user_said(ask: &Sha256, device: &DeviceKey, nonce: &Nonce) -> Vec<u8> {
    [USER_CONFIRMATION_CONTEXT, &ask.0, &device.0, &nonce.0].concat()
}

fn technician_said(transcript: &Sha256) -> Vec<u8> {
    [TECHNICIAN_CONFIRMATION_CONTEXT, &transcript.0].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: TicketId = TicketId(1042);

    fn secret(digits: &str) -> CodeSecret {
        CodeSecret::try_from(digits.to_owned()).unwrap()
    }

    /// Do the two ends have the same key?
    fn agree(asked: (TicketId, &str), shown: (TicketId, &str)) -> bool {
        let (asking, theirs) = Asking::begin(asked.0, &secret(asked.1), &[1; 32]);
        let (ours, user) = answer(shown.0, &secret(shown.1), &theirs, &[2; 32]).unwrap();
        let technician = asking.finish(&ours).unwrap();
        let (ask, device, nonce) = (Sha256([3; 32]), DeviceKey([4; 32]), Nonce([5; 32]));
        let confirmed = user.confirm_as_user(&ask, &device, &nonce);
        let by_user = technician.is_confirmed_by_user(&ask, &device, &nonce, &confirmed);
        let confirmed = technician.confirm_as_technician(&ask);
        assert_eq!(by_user, user.is_confirmed_by_technician(&ask, &confirmed));
        by_user
    }

    #[test]
    fn the_same_code_for_the_same_ticket_makes_the_same_key_and_nothing_else_does() {
        assert!(agree((TICKET, "123456"), (TICKET, "123456")));
        assert!(!agree((TICKET, "123456"), (TICKET, "123457")));
        assert!(!agree((TICKET, "123456"), (TicketId(1043), "123456")));
    }

    #[test]
    fn a_confirmation_is_good_for_one_end_and_what_it_was_made_over() {
        let (_, theirs) = Asking::begin(TICKET, &secret("000000"), &[1; 32]);
        let (_, key) = answer(TICKET, &secret("000000"), &theirs, &[2; 32]).unwrap();
        let (ask, device, nonce) = (Sha256([3; 32]), DeviceKey([4; 32]), Nonce([5; 32]));
        let said = key.confirm_as_user(&ask, &device, &nonce);
        assert!(key.is_confirmed_by_user(&ask, &device, &nonce, &said));
        assert!(!key.is_confirmed_by_user(&Sha256([9; 32]), &device, &nonce, &said));
        assert!(!key.is_confirmed_by_user(&ask, &DeviceKey([9; 32]), &nonce, &said));
        assert!(!key.is_confirmed_by_user(&ask, &device, &Nonce([9; 32]), &said));
        assert!(!key.is_confirmed_by_technician(&ask, &said));
        assert!(!key.is_confirmed_by_technician(&ask, &Confirmation([0; 32])));
    }

    #[test]
    fn what_is_no_point_of_the_group_is_no_element() {
        // y = 2 is on no point of the curve.
        let mut off = [0; 32];
        off[0] = 2;
        assert!(answer(TICKET, &secret("123456"), &PakeElement(off), &[2; 32]).is_none());
    }

    #[test]
    fn a_secret_is_six_digits_and_is_never_printed() {
        for wrong in ["", "12345", "1234567", "12345a", "１２３４５６", " 12345", "+12345"] {
            assert!(CodeSecret::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
        }
        assert_eq!(format!("{:?}", secret("123456")), "REDACTED");
        assert_eq!(String::from(secret("012345")), "012345");
    }

    #[test]
    fn secrets_are_drawn_from_all_there_are() {
        let mut random = [0; 32];
        assert_eq!(String::from(CodeSecret::drawn(&random)), "000000");
        random[15] = 7;
        assert_eq!(String::from(CodeSecret::drawn(&random)), "000007");
        random[..16].copy_from_slice(&999_999_u128.to_be_bytes());
        assert_eq!(String::from(CodeSecret::drawn(&random)), "999999");
    }
}
