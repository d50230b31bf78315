//! A role doing another role's work.

use renfort_protocol::{
    binding::Tampered,
    error::Code,
    ids::{SessionId, TicketId},
    report::ReportedEvent,
    signalling::{ConsentAnswer, EndReason, ToRelay},
    ticket::{Impact, NoteText, Outcome, Urgency},
};

use crate::harness::{World, open};

#[test]
fn a_user_doing_a_technicians_work_is_refused_and_recorded() {
    let mut world = World::new();
    let user = world.user(1);
    let ticket = world.opened(user);
    let text = NoteText::new("x").unwrap();
    let (outcome, message, note) = (Outcome::Solved, None, None);
    let bodies = [
        world.take(user, ticket),
        world.again(user, ticket),
        ToRelay::ShowTicket { ticket },
        ToRelay::AddNote { ticket, text },
        ToRelay::WrapUp {
            ticket,
            outcome,
            message,
            note,
        },
        ToRelay::SignOut,
    ];
    let before = world.store.codes().len();
    let count = bodies.len();
    for body in bodies {
        assert_eq!(world.ask(user, body), Some(Err(Code::NotAllowed)));
    }
    assert_eq!(world.store.codes()[before..], vec!["message.refused"; count]);
    assert!(world.store.events[before..].iter().all(|entry| entry.event.denied()));
}

#[test]
fn a_technician_doing_a_users_work_is_refused_and_recorded() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    let bodies = [
        open(9, Impact::Person, Urgency::Low),
        ToRelay::CancelTicket { ticket },
        ToRelay::Feedback { ticket, solved: true },
        ToRelay::AnswerConsent {
            session,
            answer: ConsentAnswer::Refuse { timed_out: false },
        },
    ];
    for body in bodies {
        assert_eq!(world.ask(ada, body), Some(Err(Code::NotAllowed)));
        assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    }
    assert!(world.store.sessions[&session].is_open());
}

#[test]
fn whoever_goes_on_with_what_is_not_theirs_is_closed_out() {
    let mut world = World::new();
    let user = world.user(1);
    for _ in 0..10 {
        world.say(user, world.take(user, TicketId(1)));
    }
    assert!(!world.closed.contains_key(&user));
    world.say(user, world.take(user, TicketId(1)));
    assert_eq!(world.closed[&user].code, Code::NotAllowed);
}

#[test]
fn another_users_ticket_and_session_are_as_if_they_did_not_exist() {
    let mut world = World::new();
    let (user, other, ada) = (world.user(1), world.user(2), world.technician("Ada"));
    let ticket = world.opened(user);
    assert_eq!(
        world.ask(other, ToRelay::CancelTicket { ticket }),
        Some(Err(Code::UnknownTicket))
    );
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    let answer = world.yes(session);
    let refused = world.ask(other, ToRelay::AnswerConsent { session, answer });
    assert_eq!(refused, Some(Err(Code::UnknownSession)));
    assert!(world.store.sessions[&session].grant.is_none());
}

#[test]
fn whoever_speaks_of_a_session_that_was_never_asked_for_is_in_the_log() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let (session, reason) = (SessionId([0xee; 16]), EndReason::Untrusted);
    let what = Tampered::Ask;
    for conn in [user, ada] {
        let before = world.store.events.len();
        world.report(conn, session, 1, ReportedEvent::Tampered { what });
        let ended = world.ask(conn, ToRelay::EndSession { session, reason });
        assert_eq!(ended, Some(Err(Code::UnknownSession)));
        let codes = world.store.codes();
        assert_eq!(codes[before..], ["message.refused", "message.refused"]);
    }
}
