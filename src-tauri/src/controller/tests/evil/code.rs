//! A code read out on the telephone: a relay that does not know it gets no further at either end.

use renfort_protocol::{
    binding::{Ask, Credential, Reveal, SignedReady},
    code::{self, CodeAnswer},
    ids::{Confirmation, Nonce},
    signing,
};

use super::*;

pub(super) fn another_than(secret: &CodeSecret) -> CodeSecret {
    let digits = if String::from(secret.clone()) == "000000" {
        "000001"
    } else {
        "000000"
    };
    CodeSecret::try_from(digits.to_owned()).unwrap()
}

/// The technician types the code; whatever the user's machine says, they hear the relay's.
fn typed_at_a_relay_that_answers(answer: fn(&Ask, &CodeSecret, &SignedReady) -> SignedReady) -> World {
    let mut world = World::without_a_card();
    let secret = world.show_code();
    let (wrong, mut ask) = (another_than(&secret), None);
    world.relay.lie = Box::new(move |who, message| match message {
        FromRelay::Asked { session } => {
            ask = Some(session.ask.ask.clone());
            vec![FromRelay::Asked { session }]
        }
        FromRelay::Ready { ready } if who == Who::Technician => {
            let ask = ask.as_ref().expect("it was asked before");
            let ready = Box::new(answer(ask, &wrong, &ready));
            vec![FromRelay::Ready { ready }]
        }
        other => vec![other],
    });
    world.type_code(secret);
    world
}

/// The technician's machine keeps its nonce, says why, and the log has it.
#[track_caller]
fn hears_no_nonce(world: &World) {
    let revealed = world
        .technician
        .said()
        .any(|body| matches!(body, ToRelay::Reveal { .. }));
    assert!(!revealed && !world.user.rang());
    assert!(!world.user.began() && !world.technician.began());
    assert_eq!(world.technician.stage.notice(), Some(Code::WrongCode));
    world.is_over(EndReason::WrongCode);
}

#[test]
fn a_relay_that_plays_the_users_machine_without_the_code_hears_no_nonce() {
    hears_no_nonce(&typed_at_a_relay_that_answers(|ask, wrong, _| {
        let Credential::Code { element, .. } = &ask.credential else {
            panic!("it came with a code");
        };
        let (element, key) = code::answer(ask.ticket, wrong, element, &[5; 32]).unwrap();
        let mut ready = ready_by(ask, &pair(66), Nonce([6; 32])).ready;
        let confirmation = key.confirm_as_user(&ask.hash(), &ready.device, &ready.nonce);
        ready.code = Some(CodeAnswer { element, confirmation });
        ready.sign(&pair(66))
    }));
}

#[test]
fn a_relay_that_puts_its_machine_behind_what_the_users_says_of_the_code_hears_no_nonce() {
    hears_no_nonce(&typed_at_a_relay_that_answers(|ask, _, users| {
        let mut ready = ready_by(ask, &pair(66), users.ready.nonce).ready;
        ready.code = users.ready.code;
        ready.sign(&pair(66))
    }));
}

#[test]
fn a_relay_that_leaves_the_code_out_of_the_readiness_is_refused_by_the_technicians_machine() {
    let world = typed_at_a_relay_that_answers(|ask, _, _| ready_by(ask, &pair(66), Nonce([6; 32])));
    world.is_refused_by(Who::Technician, Tampered::Ready);
}

/// The person is not asked before the other end has shown that it knows the code.
#[test]
fn a_relay_that_changes_what_the_technicians_machine_says_of_the_code_does_not_ring() {
    let mut world = World::without_a_card();
    let secret = world.show_code();
    world.relay.lie = Box::new(|_, message| match message {
        FromRelay::Reveal { reveal } => {
            let confirmation = Some(Confirmation([7; 32]));
            vec![FromRelay::Reveal {
                reveal: Reveal { confirmation, ..reveal },
            }]
        }
        other => vec![other],
    });
    world.type_code(secret);
    assert!(!world.user.rang());
    assert!(!world.user.began() && !world.technician.began());
    assert_eq!(world.user.stage.notice(), Some(Code::WrongCodeTried));
    world.is_over(EndReason::WrongCode);
}

/// It can have the user's machine answer; the technician's sees that it is not what it asked.
#[test]
fn a_relay_that_takes_a_question_by_code_for_a_device_of_its_own_is_refused_by_the_technicians_machine() {
    let mut world = World::without_a_card();
    let secret = world.show_code();
    let own: fn(&mut SessionInfo) = |info| {
        let mut ask = info.ask.ask.clone();
        if let Credential::Code { device, .. } = &mut ask.credential {
            *device = signing::public(&pair(66));
        }
        info.ask = ask.sign(&pair(66));
    };
    world.relay.lie = of_question(Who::User, own);
    world.type_code(secret);
    let ready = world.user.said().find_map(|body| match body {
        ToRelay::Ready { ready } => Some(Box::new(ready.clone())),
        _ => None,
    });
    let ready = ready.expect("the user's machine cannot know");
    world.tell(Who::Technician, FromRelay::Ready { ready });
    world.is_refused_by(Who::Technician, Tampered::Ready);
    assert!(!world.user.rang());
}
