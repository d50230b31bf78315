//! Durable first, then visible; and what happens when it does not become durable.

use renfort_core::FailReason;
use renfort_protocol::{
    error::Code,
    signalling::{EndReason, FromRelay, ToRelay},
    ticket::{Impact, NoteText, TicketState, Urgency},
};

use crate::harness::{World, offer, open};

#[test]
fn nothing_is_said_before_it_is_durable() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    world.forget();
    world.hold = true;
    let re = world.say(user, open(1, Impact::Person, Urgency::Low));
    assert!(world.heard.is_empty(), "{:?}", world.heard);
    world.commit();
    assert_eq!(world.outcome(user, re), Some(Ok(())));
    assert!(!world.said(ada).is_empty());
}

#[test]
fn a_full_disk_is_told_and_changes_nothing() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    world.hold = true;
    let re = world.say(user, open(1, Impact::Person, Urgency::Low));
    world.fail(FailReason::Storage);
    assert_eq!(world.outcome(user, re), Some(Err(Code::NotRecorded)));
    assert!(world.store.tickets.is_empty());
    assert!(
        !world
            .said(ada)
            .iter()
            .any(|one| matches!(one, FromRelay::QueueChanged { .. }))
    );
    let re = world.say(user, open(1, Impact::Person, Urgency::Low));
    world.commit();
    assert_eq!(world.outcome(user, re), Some(Ok(())));
}

#[test]
fn a_conflict_in_the_store_means_that_somebody_else_took_the_ticket() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.hold = true;
    let re = world.say(ada, world.take(ada, ticket));
    world.fail(FailReason::Conflict);
    assert_eq!(world.outcome(ada, re), Some(Err(Code::AlreadyTaken)));
    assert_eq!(world.store.tickets[&ticket].state, TicketState::Waiting);
}

#[test]
fn of_two_technicians_who_take_at_the_same_time_the_first_wins() {
    let mut world = World::new();
    let (user, ada, bob) = (world.user(1), world.technician("Ada"), world.technician("Bob"));
    let ticket = world.opened(user);
    world.hold = true;
    let first = world.say(ada, world.take(ada, ticket));
    let second = world.say(bob, world.take(bob, ticket));
    assert_eq!(world.held.len(), 1, "the second waits for the first");
    world.commit_all();
    assert_eq!(world.outcome(ada, first), Some(Ok(())));
    assert_eq!(world.outcome(bob, second), Some(Err(Code::AlreadyTaken)));
}

#[test]
fn when_the_first_of_two_fails_the_second_gets_the_ticket() {
    let mut world = World::new();
    let (user, ada, bob) = (world.user(1), world.technician("Ada"), world.technician("Bob"));
    let ticket = world.opened(user);
    world.hold = true;
    let first = world.say(ada, world.take(ada, ticket));
    let second = world.say(bob, world.take(bob, ticket));
    world.fail(FailReason::Storage);
    world.commit_all();
    assert_eq!(world.outcome(ada, first), Some(Err(Code::NotRecorded)));
    assert_eq!(world.outcome(bob, second), Some(Ok(())));
}

#[test]
fn one_technician_who_takes_two_tickets_at_once_gets_one() {
    let mut world = World::new();
    let (one, two, ada) = (world.user(1), world.user(2), world.technician("Ada"));
    let tickets = [world.opened(one), world.opened(two)];
    world.hold = true;
    let asked = tickets.map(|ticket| world.say(ada, world.take(ada, ticket)));
    world.commit_all();
    let outcomes = asked.map(|re| world.outcome(ada, re));
    assert_eq!(outcomes, [Some(Ok(())), Some(Err(Code::SessionOpen))]);
}

#[test]
fn requests_of_one_person_are_carried_out_in_their_order() {
    let mut world = World::new();
    let user = world.user(1);
    let ticket = world.opened(user);
    world.hold = true;
    let cancel = world.say(user, ToRelay::CancelTicket { ticket });
    let again = world.say(user, open(2, Impact::Person, Urgency::Low));
    world.commit_all();
    assert_eq!(world.outcome(user, cancel), Some(Ok(())));
    assert_eq!(world.outcome(user, again), Some(Ok(())));
}

#[test]
fn an_offer_passes_after_its_fingerprint_is_durable_and_candidates_keep_behind_it() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.forget();
    world.hold = true;
    let candidate = || renfort_protocol::signalling::Signal::Candidate {
        attempt: 1,
        candidate: renfort_protocol::text::Line::new("candidate:1 1 udp 1 127.0.0.1 9 typ host").unwrap(),
        mid: None,
        index: Some(0),
    };
    world.say(
        user,
        ToRelay::Signal {
            session,
            signal: offer(1),
        },
    );
    world.say(
        user,
        ToRelay::Signal {
            session,
            signal: candidate(),
        },
    );
    assert!(world.said(ada).is_empty());
    world.commit();
    let passed: Vec<_> = [offer(1), candidate()]
        .map(|signal| FromRelay::Signal { session, signal })
        .into();
    assert_eq!(world.said(ada), passed);
}

#[test]
fn a_grant_that_could_not_be_recorded_is_no_grant() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    world.hold = true;
    let yes = world.say(
        user,
        ToRelay::AnswerConsent {
            session,
            answer: world.yes(session),
        },
    );
    let early = world.say(
        user,
        ToRelay::Signal {
            session,
            signal: offer(1),
        },
    );
    world.fail(FailReason::Storage);
    assert_eq!(world.outcome(user, yes), Some(Err(Code::NotRecorded)));
    assert_eq!(world.outcome(user, early), Some(Err(Code::NotGranted)));
    assert!(
        !world
            .said(ada)
            .iter()
            .any(|one| matches!(one, FromRelay::Granted { .. }))
    );
}

#[test]
fn a_lost_session_that_could_not_be_recorded_is_tried_again() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.leave(user);
    world.hold = true;
    world.wait(renfort_protocol::limits::RESUME_MS);
    world.fail(FailReason::Storage);
    assert!(world.store.sessions[&session].is_open());
    world.wait(5_000);
    world.commit_all();
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::Lost));
}

#[test]
fn what_waits_for_the_disk_is_bounded_and_the_rest_is_told_so() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.started(user, ada, ticket);
    world.hold = true;
    let note = || ToRelay::AddNote {
        ticket,
        text: NoteText::new("Essai").unwrap(),
    };
    let mut told = Vec::new();
    for number in 0..400 {
        // Slowly enough not to be sent away for its pace.
        world.now += 100;
        let re = world.say(ada, note());
        told.push((number, world.outcome(ada, re)));
    }
    assert!(told[..257].iter().all(|(_, outcome)| outcome.is_none()));
    assert!(told[257..].iter().all(|(_, outcome)| *outcome == Some(Err(Code::Busy))));
    world.commit_all();
    assert_eq!(world.store.notes.len(), 257);
}

#[test]
fn a_refused_sign_in_record_turns_the_technician_away() {
    let mut world = World::new();
    world.hold = true;
    let ada = world.technician("Ada");
    assert!(
        !world
            .said(ada)
            .iter()
            .any(|one| matches!(one, FromRelay::Welcome { .. }))
    );
    world.fail(FailReason::Storage);
    assert_eq!(world.closed[&ada].code, Code::NotRecorded);
}
