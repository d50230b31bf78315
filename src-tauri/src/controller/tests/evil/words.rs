//! The two words: nobody between the ends can look for a session whose words happen to agree.

use renfort_protocol::{
    binding::{Ask, Reveal, SignedReady, Transcript},
    ids::Nonce,
};

use super::*;

/// The readiness of a machine that the relay has.
fn of_the_relays_machine(ask: &Ask) -> Box<SignedReady> {
    Box::new(ready_by(ask, &pair(66), Nonce([0x77; 32])))
}

#[test]
fn a_relay_that_swaps_the_technicians_nonce_is_refused_by_the_users_machine() {
    let world = World::new()
        .lying(|_, message| match message {
            FromRelay::Reveal { reveal } => {
                let nonce = Nonce([0x78; 32]);
                vec![FromRelay::Reveal {
                    reveal: Reveal { nonce, ..reveal },
                }]
            }
            other => vec![other],
        })
        .walk_to_the_question();
    assert!(!world.user.rang());
    world.is_refused_by(Who::User, Tampered::Reveal);
    assert!(!world.technician.began());
}

#[test]
fn a_relay_that_changes_the_commitment_to_know_the_nonce_before_does_not_ring() {
    let own: fn(&mut SessionInfo) = |info| info.ask.ask.commitment = Ask::commitment(&REVEALED);
    let world = World::new().lying(of_question(Who::User, own)).walk_to_the_question();
    assert!(!world.user.rang());
    world.is_refused_by(Who::User, Tampered::Ask);
}

/// Tells the technician of the relay's machine in place of the user's, which hears no nonce.
fn in_the_users_place() -> World {
    let mut ask = None;
    World::new()
        .lying(move |who, message| match message {
            FromRelay::Asked { session } => {
                ask = Some(session.ask.ask.clone());
                vec![FromRelay::Asked { session }]
            }
            FromRelay::Ready { .. } if who == Who::Technician => {
                let ready = of_the_relays_machine(ask.as_ref().expect("it was asked before"));
                vec![FromRelay::Ready { ready }]
            }
            FromRelay::Reveal { .. } => Vec::new(),
            other => vec![other],
        })
        .walk_to_the_question()
}

/// What the user's machine makes of the technician's nonce, and what the relay's does.
fn both_transcripts(world: &World) -> (Transcript, Transcript) {
    let ask = world.asked(Who::Technician).ask.ask;
    let users = world.user.said().find_map(|body| match body {
        ToRelay::Ready { ready } => Some(ready.clone()),
        _ => None,
    });
    let of = |ready: &SignedReady| Transcript::new(&ask, ready, &world.nonce()).unwrap();
    (of(&users.expect("it listens")), of(&of_the_relays_machine(&ask)))
}

fn said_yes(world: &World, transcript: &Transcript, by: &Ed25519KeyPair) -> FromRelay {
    let grant = Grant {
        session: world.asked(Who::Technician).id,
        ..grant()
    };
    FromRelay::Granted {
        allowance: transcript.sign_allowance(&grant, by),
        grant,
    }
}

#[test]
fn a_relay_that_put_its_machine_in_the_users_place_cannot_use_the_users_yes() {
    let mut world = in_the_users_place();
    let (users, _) = both_transcripts(&world);
    let granted = said_yes(&world, &users, &super::users());
    world.tell(Who::Technician, granted);
    world.is_refused_by(Who::Technician, Tampered::Allowance);
    assert!(!world.user.began());
}

/// The technician's device signs to which machine it reveals its nonce.
#[test]
fn a_relay_that_passes_on_what_was_revealed_to_its_machine_is_refused_by_the_users() {
    let mut world = in_the_users_place();
    let reveal = world.reveal();
    world.tell(Who::User, FromRelay::Reveal { reveal });
    assert!(!world.user.rang());
    world.is_refused_by(Who::User, Tampered::Reveal);
    assert!(!world.technician.began());
}

/// What the relay's machine signs, the technician's cannot tell from a user's yes. The two words can.
#[test]
fn a_relay_that_says_yes_with_its_own_machine_has_other_words_than_the_users() {
    let mut world = in_the_users_place();
    let (users, relays) = both_transcripts(&world);
    let granted = said_yes(&world, &relays, &pair(66));
    world.tell(Who::Technician, granted);
    let TechnicianSession::Open { words, .. } = world.technician.stage.technician_session() else {
        panic!("it plays the user's machine");
    };
    assert_eq!(words, Some(relays.words()));
    assert_ne!(words, Some(users.words()));
    // The user's own screen it sees nothing of.
    assert!(!world.user.rang() && !world.user.began());
}

#[test]
fn a_relay_that_swaps_the_readiness_after_the_reveal_is_refused_by_the_technicians_machine() {
    let mut world = World::new().walk_to_the_question();
    let ask = world.asked(Who::Technician).ask.ask;
    let ready = of_the_relays_machine(&ask);
    world.tell(Who::Technician, FromRelay::Ready { ready });
    world.is_refused_by(Who::Technician, Tampered::Ready);
    assert!(!world.user.began());
}

#[test]
fn a_relay_that_changes_the_name_of_the_user_in_the_readiness_is_refused_by_the_technicians_machine() {
    let world = World::new()
        .lying(|_, message| match message {
            FromRelay::Ready { mut ready } => {
                ready.ready.user.name = name("The Director");
                vec![FromRelay::Ready { ready }]
            }
            other => vec![other],
        })
        .walk_to_the_question();
    world.is_refused_by(Who::Technician, Tampered::Ready);
    let revealed = world
        .technician
        .said()
        .any(|body| matches!(body, ToRelay::Reveal { .. }));
    assert!(!revealed && !world.user.rang());
}
