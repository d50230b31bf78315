//! *Report abuse*: who may, how often, how late, and what comes of it.

use renfort_audit::returned::Returned;
use renfort_protocol::{
    error::Code,
    ids::SessionId,
    limits::ABUSE_REPORT_MS,
    report::ReportedEvent,
    signalling::{EndReason, FromRelay, ToRelay},
    ticket::{AbuseText, Left, Outcome, TicketState},
    time::UnixMillis,
};

use crate::harness::{START, World};

fn abuse(session: SessionId) -> ToRelay {
    ToRelay::ReportAbuse {
        session,
        at: UnixMillis(START),
        sentence: Some(AbuseText::new("They asked for my bank card.").unwrap()),
    }
}

fn solved(ticket: renfort_protocol::ids::TicketId) -> ToRelay {
    ToRelay::WrapUp {
        ticket,
        outcome: Outcome::Solved,
        message: None,
        note: None,
    }
}

#[test]
fn a_report_ends_the_session_and_takes_the_ticket_from_the_technician_for_good() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.forget();
    world.must(user, abuse(session));
    let ended = |one: &FromRelay| matches!(one, FromRelay::SessionEnded { reason: EndReason::AbuseReported, session: of } if *of == session);
    assert!(world.said(ada).iter().any(ended) && world.said(user).iter().any(ended));
    let gone = |one: &FromRelay| {
        matches!(
            one,
            FromRelay::QueueLeft {
                why: Left::Reassigned,
                ..
            }
        )
    };
    assert!(world.said(ada).iter().any(gone));
    assert!(world.last_ticket(user).abuse_reported);
    assert_eq!(world.last_ticket(user).state, TicketState::Waiting);
    assert_eq!(world.store.returned(), [Returned::Ended(EndReason::AbuseReported)]);
    for body in [
        world.take(ada, ticket),
        world.again(ada, ticket),
        ToRelay::ShowTicket { ticket },
        solved(ticket),
    ] {
        assert_eq!(world.ask(ada, body.clone()), Some(Err(Code::AbuseReported)), "{body:?}");
    }
    // A restart changes nothing of that.
    world.restart();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let take = world.take(ada, ticket);
    assert_eq!(world.ask(ada, take), Some(Err(Code::AbuseReported)));
    let bob = world.technician("Bob");
    let take = world.take(bob, ticket);
    world.must(bob, take);
    world.asked(user);
}

#[test]
fn a_report_is_recorded_once_and_its_sentence_only_as_a_personal_field() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.must(user, abuse(session));
    world.must(user, abuse(session));
    let codes = world.store.codes();
    assert_eq!(
        codes.iter().filter(|code| **code == "session.abuse_reported").count(),
        1
    );
    // What the endpoint counted last is still taken down.
    let re = world.report(user, session, 1, ReportedEvent::Stopped);
    assert_eq!(world.outcome(user, re), Some(Ok(())));
}

#[test]
fn only_the_sessions_user_reports_it_and_not_after_a_week() {
    let mut world = World::new();
    let (user, other, ada) = (world.user(1), world.user(2), world.technician("Ada"));
    let ticket = world.opened(user);
    let take = world.take(ada, ticket);
    world.must(ada, take);
    let asked = world.asked(user);
    assert_eq!(world.ask(user, abuse(asked)), Some(Err(Code::OutOfOrder)));
    let answer = world.yes(asked);
    world.must(user, ToRelay::AnswerConsent { session: asked, answer });
    assert_eq!(world.ask(other, abuse(asked)), Some(Err(Code::UnknownSession)));
    assert_eq!(world.ask(ada, abuse(asked)), Some(Err(Code::NotAllowed)));
    let stop = ToRelay::EndSession {
        session: asked,
        reason: EndReason::AbuseReported,
    };
    assert_eq!(world.ask(user, stop), Some(Err(Code::NotAllowed)));
    world.must(ada, solved(ticket));
    world.wait(ABUSE_REPORT_MS);
    let user = world.user(1);
    world.must(user, abuse(asked));
    assert_eq!(world.last_ticket(user).state, TicketState::Solved);

    let second = {
        let ticket = world.opened(user);
        let bob = world.technician("Bob");
        let session = world.started(user, bob, ticket);
        world.must(bob, solved(ticket));
        session
    };
    world.wait(ABUSE_REPORT_MS + 1);
    let user = world.user(1);
    assert_eq!(world.ask(user, abuse(second)), Some(Err(Code::TooLate)));
}
