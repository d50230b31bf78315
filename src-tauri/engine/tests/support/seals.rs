//! What a sharer and a viewer agreed on before they connect.

use std::sync::Arc;

use renfort_engine::seal::Seal;
use renfort_protocol::{
    binding::{Ask, Credential, Ready, Transcript},
    card::{self, Card},
    grant::{Capability, Grant},
    ids::{CardSerial, Nonce},
    people::{Level, Name, Stated},
    signing,
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;

/// Both ends of a session that was agreed on, each with the key of its own device.
pub fn agreed(grant: &Grant) -> (Seal, Seal) {
    let key = |seed: u8| Arc::new(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("any 32 bytes are a seed"));
    let (user, technician) = (key(1), key(2));
    let nonce = Nonce([3; 32]);
    let name = |text: &str| Name::new(text).expect("a name");
    let card = Card {
        version: card::VERSION,
        serial: CardSerial([4; 8]),
        person: grant.technician,
        name: name("Ada"),
        level: Level::One,
        device: signing::public(&technician),
        issued_at: UnixMillis(1),
        expires_at: UnixMillis(u64::MAX),
    };
    let ask = Ask {
        version: renfort_protocol::VERSION,
        session: grant.session,
        ticket: grant.ticket,
        capabilities: [Capability::View].into(),
        asked_at: UnixMillis(1),
        commitment: Ask::commitment(&nonce),
        credential: Credential::Card {
            card: card.sign(&key(5)),
        },
    };
    let ready = Ready {
        session: grant.session,
        ask: ask.hash(),
        device: signing::public(&user),
        user: Stated {
            name: name("Jeanne"),
            machine: name("PC-1"),
        },
        nonce: Nonce([6; 32]),
        code: None,
    };
    let transcript = Transcript::new(&ask, &ready.sign(&user), &nonce).expect("the two fit");
    let allowance = transcript.sign_allowance(grant, &user);
    let bound = transcript.bind(grant, &allowance).expect("the two fit");
    (Seal::new(bound, user), Seal::new(bound, technician))
}
