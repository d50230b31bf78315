//! The relay goes and comes back; endpoints do.

use renfort_protocol::{
    limits::RESUME_MS,
    report::ReportedEvent,
    signalling::{EndReason, FromRelay, ToRelay, Welcomed},
    ticket::{Counts, Impact, Outcome, TicketState, Urgency},
};

use crate::harness::{World, offer, open};

#[test]
fn a_session_goes_on_over_a_restart_of_the_relay() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.report(
        user,
        session,
        1,
        ReportedEvent::Counted {
            counts: Counts::default(),
        },
    );
    world.restart();
    world.wait(RESUME_MS - 1);
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let (welcomed, info) = world.welcome(user);
    let info = info.unwrap();
    assert_eq!((info.id, info.reported, info.grant.is_some()), (session, 1, true));
    assert!(matches!(welcomed, Welcomed::User { ticket: Some(found) } if found.id == ticket));
    assert_eq!(
        world.welcome(ada).1.map(|info| (info.id, info.reported)),
        Some((session, 0))
    );
    world.wait(RESUME_MS);
    assert!(world.store.sessions[&session].is_open());
    world.must(
        user,
        ToRelay::Signal {
            session,
            signal: offer(2),
        },
    );
    assert!(world.said(ada).contains(&FromRelay::Signal {
        session,
        signal: offer(2)
    }));
}

#[test]
fn a_session_that_nobody_comes_back_to_ends_as_lost() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.restart();
    world.wait(RESUME_MS);
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::Lost));
    assert_eq!(world.store.tickets[&ticket].state, TicketState::Taken);
}

#[test]
fn an_unacknowledged_request_and_report_have_their_effect_once() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    world.must(user, open(1, Impact::Team, Urgency::Medium));
    world.restart();
    let (user, ada) = (world.user(1), {
        world.leave(ada);
        world.technician("Ada")
    });
    world.must(user, open(1, Impact::Team, Urgency::Medium));
    assert_eq!(world.store.tickets.len(), 1);
    let ticket = world.last_ticket(user).id;
    let session = world.started(user, ada, ticket);
    let counted = || ReportedEvent::Counted {
        counts: Counts {
            keys: 3,
            ..Counts::default()
        },
    };
    world.report(user, session, 1, counted());
    world.restart();
    let user = world.user(1);
    world.report(user, session, 1, counted());
    assert!(world.said(user).contains(&FromRelay::Recorded { session, number: 1 }));
    assert_eq!(world.store.sessions[&session].counts.keys, 3);
}

#[test]
fn a_user_finds_the_ticket_again_until_they_have_said_whether_it_is_solved() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let found = |world: &mut World| {
        let user = world.user(1);
        match world.welcome(user).0 {
            Welcomed::User { ticket } => ticket.map(|ticket| ticket.state),
            Welcomed::Technician { .. } => panic!("a user"),
        }
    };
    assert_eq!(found(&mut world), None);
    let _ = user;
    let user = world.user(1);
    let ticket = world.opened(user);
    assert_eq!(found(&mut world), Some(TicketState::Waiting));
    let user = world.user(1);
    world.started(user, ada, ticket);
    world.must(
        ada,
        ToRelay::WrapUp {
            ticket,
            outcome: Outcome::Solved,
            message: None,
            note: None,
        },
    );
    world.restart();
    assert_eq!(found(&mut world), Some(TicketState::Solved));
    let user = world.user(1);
    world.must(user, ToRelay::Feedback { ticket, solved: true });
    assert_eq!(found(&mut world), None);
}

#[test]
fn ticket_numbers_go_on_after_a_restart() {
    let mut world = World::new();
    let user = world.user(1);
    let ticket = world.opened(user);
    world.must(user, ToRelay::CancelTicket { ticket });
    world.restart();
    let user = world.user(1);
    assert_eq!(world.opened(user).0, 1002);
}

#[test]
fn the_queue_and_places_are_the_same_after_a_restart() {
    let mut world = World::new();
    let (first, second) = (world.user(1), world.user(2));
    world.opened(first);
    world.wait(10);
    world.opened(second);
    world.restart();
    let (_, second) = (world.user(1), world.user(2));
    assert!(matches!(world.welcome(second).0, Welcomed::User { ticket: Some(one) } if one.position == Some(2)));
    let ada = world.technician("Ada");
    assert!(matches!(world.welcome(ada).0, Welcomed::Technician { queue, .. } if queue.len() == 2));
}
