//! Both ends of the scenarios' session, with their keys, as an honest relay would pass on what they say.

use renfort_protocol::{
    binding::{Ask, Credential, Ready, Reveal, SignedAsk, SignedReady, Transcript},
    card::{self, Card, SignedCard},
    ids::{CardSerial, Nonce, Signature},
    signing,
};

use super::*;
use crate::store::DevicePair;

/// The nonce that the technician's question commits to.
pub(super) const REVEALED: Nonce = Nonce([0x55; 32]);

pub(super) fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

/// The program under test, whichever side it is.
pub(super) fn device() -> DevicePair {
    pair(21).into()
}

/// A technician's other device, which the user's scenarios hear of.
fn technicians(of_the_stage: bool) -> Ed25519KeyPair {
    pair(if of_the_stage { 21 } else { 22 })
}

pub(super) fn users() -> Ed25519KeyPair {
    pair(23)
}

pub(super) fn card_of(device: &Ed25519KeyPair) -> Card {
    Card {
        version: card::VERSION,
        serial: CardSerial([9; 8]),
        person: PersonId(3),
        name: name("Alex Durand"),
        level: Level::One,
        device: signing::public(device),
        issued_at: START,
        expires_at: START.plus(90 * 24 * 3_600_000),
    }
}

/// Signed by the organisation that the program belongs to.
pub(super) fn signed(card: Card) -> SignedCard {
    card.sign(&pair(7))
}

/// The card of the program under test, when it is a technician's.
pub(super) fn own_card() -> SignedCard {
    signed(card_of(device().pair()))
}

pub(super) fn ask_with(card: SignedCard, by: &Ed25519KeyPair) -> SignedAsk {
    Ask {
        version: renfort_protocol::VERSION,
        session: SESSION,
        ticket: TICKET,
        capabilities: [Capability::View, Capability::Control].into(),
        asked_at: START,
        commitment: Ask::commitment(&REVEALED),
        credential: Credential::Card { card },
    }
    .sign(by)
}

/// What another technician's device asks the program under test.
pub(super) fn ask() -> SignedAsk {
    let device = technicians(false);
    ask_with(signed(card_of(&device)), &device)
}

/// The same device asks for everything that can be allowed.
pub(super) fn ask_for_all() -> SignedAsk {
    let device = technicians(false);
    let mut ask = ask().ask;
    ask.capabilities.insert(Capability::Clipboard);
    ask.sign(&device)
}

/// What the program under test asked, in an earlier run.
fn own_ask() -> SignedAsk {
    ask_with(own_card(), &technicians(true))
}

pub(super) fn ready_by(ask: &Ask, user: &Ed25519KeyPair, nonce: Nonce) -> SignedReady {
    Ready {
        session: ask.session,
        ask: ask.hash(),
        device: signing::public(user),
        user: Stated {
            name: name("Jeanne Martin"),
            machine: name("poste-12"),
        },
        nonce,
        code: None,
    }
    .sign(user)
}

/// What the other end's user's machine says to a question.
pub(super) fn ready(ask: &Ask) -> SignedReady {
    ready_by(ask, &users(), Nonce([0x66; 32]))
}

/// What a technician's device reveals to a readiness; what cannot be right is signed by nobody.
fn revealed(ask: &Ask, ready: Option<&SignedReady>, nonce: Nonce, device: &Ed25519KeyPair) -> Reveal {
    let transcript = ready.and_then(|ready| Transcript::new(ask, ready, &nonce).ok());
    transcript.map_or(
        Reveal {
            session: ask.session,
            nonce,
            confirmation: None,
            signature: Signature([0; 64]),
        },
        |transcript| transcript.reveal(ask.session, nonce, None, device),
    )
}

impl Stage {
    /// To the user: the technician's device opens its commitment to what this program has just said.
    pub(super) fn reveal(&mut self, nonce: Nonce) -> &[Effect] {
        let ask = self.asked.clone().expect("something was asked").ask;
        let ready = self.sent().into_iter().find_map(|body| match body {
            ToRelay::Ready { ready } => Some(ready.clone()),
            _ => None,
        });
        let reveal = revealed(&ask, ready.as_ref(), nonce, &technicians(false));
        self.relay(FromRelay::Reveal { reveal })
    }
}

/// Its signature under a grant.
pub(super) fn allowance(grant: &Grant) -> Signature {
    let ask = own_ask();
    let transcript = Transcript::new(&ask.ask, &ready(&ask.ask), &REVEALED).unwrap();
    transcript.sign_allowance(grant, &users())
}

/// On both screens of the technician's scenarios.
pub(super) fn words() -> Option<renfort_protocol::words::Words> {
    let ask = own_ask();
    Transcript::new(&ask.ask, &ready(&ask.ask), &REVEALED)
        .ok()
        .map(|transcript| transcript.words())
}

/// To a technician: the user said yes.
pub(super) fn granted(grant: Grant) -> FromRelay {
    FromRelay::Granted {
        allowance: allowance(&grant),
        grant,
    }
}

/// As a technician hears of the session that an earlier run asked for.
pub(super) fn viewed(grant: Option<Grant>) -> SessionInfo {
    let ask = own_ask();
    SessionInfo {
        ready: Some(ready(&ask.ask)),
        reveal: Some(revealed(&ask.ask, Some(&ready(&ask.ask)), REVEALED, &technicians(true))),
        allowance: grant.as_ref().map(allowance),
        ask,
        ..session(grant)
    }
}

/// What a viewer needs to begin under a grant.
pub(crate) fn seal(grant: &Grant) -> renfort_engine::seal::Seal {
    let ask = own_ask();
    let transcript = Transcript::new(&ask.ask, &ready(&ask.ask), &REVEALED).unwrap();
    let bound = transcript.bind(grant, &allowance(grant)).unwrap();
    renfort_engine::seal::Seal::new(bound, std::sync::Arc::clone(device().pair()))
}
