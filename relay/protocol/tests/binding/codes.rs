//! Vectors of the code path, as the technician's end sees it: what it sends, and whether it believes the answer.

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore as _, SeedableRng as _},
};
use renfort_protocol::{
    binding::{Ask, Credential, Ready, SignedReady, Transcript},
    code::{self, Asking, CodeAnswer, CodeSecret},
    ids::{Confirmation, Nonce, PakeElement, TicketId},
    people::Technician,
};
use serde::{Deserialize, Serialize};

use crate::vectors::{TECHNICIAN, USER, ask, card, changed, key, nonce, public, ready};

/// Random bits of the two ends.
const TECHNICIANS: [u8; 32] = [0x11; 32];
const USERS: [u8; 32] = [0x22; 32];
const TYPED: &str = "042917";

/// A question that came with a code, and the answer to it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CodeCase {
    pub(crate) name: String,
    /// As it was typed.
    pub(crate) secret: CodeSecret,
    /// 64 random bytes in hexadecimal: the technician's scalar is them, little-endian, modulo the group's order.
    pub(crate) random: String,
    pub(crate) ask: Ask,
    pub(crate) ready: SignedReady,
    pub(crate) nonce: Nonce,
    /// What the technician's machine says next; none when it does not believe that the other end knows the code.
    pub(crate) confirmation: Option<Confirmation>,
}

fn secret(digits: &str) -> CodeSecret {
    CodeSecret::try_from(digits.to_owned()).expect("these are six digits")
}

fn random() -> String {
    let mut wide = [0; 64];
    ChaCha20Rng::from_seed(TECHNICIANS).fill_bytes(&mut wide);
    data_encoding::HEXLOWER.encode(&wide)
}

fn by_code(ticket: TicketId, typed: &str) -> (Asking, Ask) {
    let (asking, element) = Asking::begin(ticket, &secret(typed), &TECHNICIANS);
    let ask = changed(&ask(), |ask| {
        ask.ticket = ticket;
        ask.credential = Credential::Code {
            technician: Technician {
                name: card().name,
                ..card().technician()
            },
            device: public(TECHNICIAN),
            element,
        };
    });
    (asking, ask)
}

/// What a user's machine that shows `shown` says to the ask.
fn answered(ask: &Ask, shown: &str) -> Ready {
    let Credential::Code { element, .. } = &ask.credential else {
        unreachable!("it came with a code")
    };
    let (element, key) = code::answer(ask.ticket, &secret(shown), element, &USERS).expect("it is a point");
    let ready = ready();
    let confirmation = key.confirm_as_user(&ask.hash(), &ready.device, &ready.nonce);
    Ready {
        ask: ask.hash(),
        code: Some(CodeAnswer { element, confirmation }),
        ..ready
    }
}

fn case(name: &str, asked: (Asking, Ask), ready: Ready) -> CodeCase {
    let (asking, ask) = asked;
    let ready = ready.sign(&key(USER));
    let believed = ready.ready.code.as_ref().and_then(|said| {
        let key = asking.finish(&said.element)?;
        let ready = &ready.ready;
        key.is_confirmed_by_user(&ask.hash(), &ready.device, &ready.nonce, &said.confirmation)
            .then_some(key)
    });
    CodeCase {
        name: name.into(),
        secret: secret(TYPED),
        random: random(),
        confirmation: believed.and_then(|key| {
            let transcript = Transcript::new(&ask, &ready, &nonce()).ok()?;
            Some(transcript.confirmation(&key))
        }),
        ask,
        ready,
        nonce: nonce(),
    }
}

pub(crate) fn codes() -> Vec<CodeCase> {
    let ticket = ask().ticket;
    let asked = || by_code(ticket, TYPED);
    let with = |change: fn(&mut CodeAnswer)| {
        changed(&answered(&asked().1, TYPED), |ready| {
            change(ready.code.as_mut().expect("it has one"));
        })
    };
    let mut off = [0; 32];
    off[0] = 2;
    let elsewhere = changed(&asked().1, |ask| ask.commitment = Ask::commitment(&Nonce([1; 32])));
    vec![
        case("the right code", asked(), answered(&asked().1, TYPED)),
        case("another code than is shown", asked(), answered(&asked().1, "042918")),
        case(
            "an answer to another question",
            asked(),
            changed(&answered(&elsewhere, TYPED), |ready| ready.ask = asked().1.hash()),
        ),
        case(
            "an answer with another confirmation",
            asked(),
            with(|code| code.confirmation.0[0] ^= 1),
        ),
        case(
            "an answer whose element is no point",
            asked(),
            changed(&answered(&asked().1, TYPED), |ready| {
                ready.code.as_mut().expect("it has one").element = PakeElement(off);
            }),
        ),
        case(
            "an answer that passes the question's element back",
            asked(),
            changed(&answered(&asked().1, TYPED), |ready| {
                let Credential::Code { element, .. } = asked().1.credential else {
                    unreachable!("it came with a code")
                };
                ready.code.as_mut().expect("it has one").element = element;
            }),
        ),
        case(
            "an answer without a code",
            asked(),
            changed(&answered(&asked().1, TYPED), |ready| ready.code = None),
        ),
        case(
            "an answer in another machine's name",
            asked(),
            changed(&answered(&asked().1, TYPED), |ready| ready.device = public(9)),
        ),
    ]
}
