//! What a relay says twice: a question to the technician, guesses and tickets to the user.

use renfort_protocol::{
    binding::{Ask, Credential, Transcript},
    code::Asking,
    limits::CODE_TRIES,
    signing,
};

use super::*;

/// It knows the nonce by now, and could look for a machine whose words agree with those on the user's screen.
#[test]
fn a_relay_that_tells_the_technician_of_the_same_question_again_is_refused_by_their_machine() {
    let mut world = World::new().walk_to_the_question();
    let mut info = world.asked(Who::Technician);
    let session = info.id;
    let reason = EndReason::Lost;
    world.tell(Who::Technician, FromRelay::SessionEnded { session, reason });
    let ask = info.ask.ask.clone();
    let ready = ready_by(&ask, &pair(66), Nonce([0x77; 32]));
    let transcript = Transcript::new(&ask, &ready, &world.nonce()).unwrap();
    (info.ready, info.reveal) = (Some(ready), Some(world.reveal()));
    let info = Box::new(info);
    world.tell(Who::Technician, FromRelay::Asked { session: info });
    let grant = Grant { session, ..grant() };
    let allowance = transcript.sign_allowance(&grant, &pair(66));
    world.tell(Who::Technician, FromRelay::Granted { grant, allowance });
    assert!(!world.technician.began());
    assert_eq!(world.technician.stage.notice(), Some(Code::Untrusted));
    assert!(world.log().contains(&"session.tampered"), "{:?}", world.log());
    assert!(!world.user.began());
}

/// The relay asks with a code that it guesses, as often as it likes, in sessions of its own making.
fn guess(world: &mut World, nth: u8, secret: &CodeSecret) {
    let (_, element) = Asking::begin(TICKET, secret, &[nth; 32]);
    let ask = Ask {
        version: VERSION,
        session: SessionId([nth; 16]),
        ticket: TICKET,
        capabilities: [Capability::View].into(),
        asked_at: START,
        commitment: Ask::commitment(&REVEALED),
        credential: Credential::Code {
            technician: super::technician(),
            device: signing::public(&pair(66)),
            element,
        },
    };
    let info = SessionInfo {
        id: ask.session,
        ask: ask.sign(&pair(66)),
        ..session(None)
    };
    let session = Box::new(info);
    world.tell(Who::User, FromRelay::Asked { session });
}

/// Each tells the relay whether a guess was right.
fn answers(world: &World) -> usize {
    world
        .user
        .said()
        .filter(|body| matches!(body, ToRelay::Ready { .. }))
        .count()
}

#[track_caller]
fn is_spent(world: &World) {
    assert_eq!(answers(world), usize::from(CODE_TRIES));
    let page = world.user.stage.user_page();
    assert!(
        matches!(
            page,
            UserPage::Waiting {
                code: Some(CodeView::Spent),
                ..
            }
        ),
        "{page:?}"
    );
    assert_eq!(world.user.stage.notice(), Some(Code::WrongCodeTried));
    assert!(!world.user.rang());
    assert!(world.log().contains(&"message.refused"), "{:?}", world.log());
}

const GUESSES: u8 = CODE_TRIES + 2;

#[test]
fn a_relay_that_asks_again_and_again_with_guessed_codes_has_three_guesses() {
    for ended in [None, Some(EndReason::WrongCode), Some(EndReason::Lost)] {
        let mut world = World::without_a_card();
        let wrong = code::another_than(&world.show_code());
        for nth in 0..GUESSES {
            guess(&mut world, nth, &wrong);
            if let Some(reason) = ended {
                let session = SessionId([nth; 16]);
                world.tell(Who::User, FromRelay::SessionEnded { session, reason });
            }
        }
        is_spent(&world);
    }
}

#[test]
fn a_relay_that_repeats_one_guessed_question_has_three_guesses() {
    let mut world = World::without_a_card();
    let wrong = code::another_than(&world.show_code());
    for _ in 0..GUESSES {
        guess(&mut world, 1, &wrong);
        let (session, reason) = (SessionId([1; 16]), EndReason::Lost);
        world.tell(Who::User, FromRelay::SessionEnded { session, reason });
    }
    assert!(answers(&world) <= usize::from(CODE_TRIES));
    assert_eq!(world.user.stage.notice(), Some(Code::Untrusted));
}

/// While it keeps back that the ticket is open.
#[test]
fn a_relay_that_tells_of_a_new_ticket_again_and_again_has_three_guesses() {
    let mut world = World::without_a_card().lying(|_, message| match message {
        FromRelay::Done { .. } => Vec::new(),
        other => vec![other],
    });
    let secret = world.show_code();
    let wrong = code::another_than(&secret);
    let opened = world.relay.meant.iter().rev().find_map(|(who, message)| match message {
        FromRelay::Ticket { ticket } if *who == Who::User => Some(ticket.clone()),
        _ => None,
    });
    let ticket = opened.expect("the ticket is open");
    for nth in 0..GUESSES {
        guess(&mut world, nth, &wrong);
        let (session, reason) = (SessionId([nth; 16]), EndReason::WrongCode);
        world.tell(Who::User, FromRelay::SessionEnded { session, reason });
        let ticket = ticket.clone();
        world.tell(Who::User, FromRelay::Ticket { ticket });
        let shown = world.shown_code();
        assert!(shown.is_none_or(|(shown, _)| shown == secret), "another code is shown");
    }
    is_spent(&world);
}
