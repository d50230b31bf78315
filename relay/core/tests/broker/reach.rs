//! Whether a ticket's user can be reached.

use renfort_audit::event::Event;
use renfort_core::FailReason;
use renfort_protocol::{
    signalling::ToRelay,
    ticket::{Outcome, TicketState},
    time::UnixMillis,
};

use crate::harness::World;

/// Codes of the records about reach, in order.
fn told(world: &World) -> Vec<&'static str> {
    let codes = world.store.events.iter().map(|entry| entry.event.code());
    codes.filter(|code| code.starts_with("ticket.user_")).collect()
}

#[test]
fn a_user_who_is_away_for_a_minute_is_recorded_as_left_and_as_back() {
    let mut world = World::new();
    let user = world.user(1);
    let ticket = world.opened(user);
    let left = world.now;
    world.leave(user);
    world.wait(59_999);
    assert!(told(&world).is_empty(), "a restart of the app is no absence");
    world.wait(1);
    assert_eq!(told(&world), ["ticket.user_left"]);
    assert_eq!(world.store.tickets[&ticket].user_away_since, Some(UnixMillis(left)));
    let last = &world.store.events.last().unwrap().event;
    assert_eq!(
        *last,
        Event::UserLeft {
            since: UnixMillis(left)
        }
    );
    world.wait(3_600_000);
    assert_eq!(told(&world), ["ticket.user_left"], "told once");
    world.user(1);
    world.wait(0);
    assert_eq!(told(&world), ["ticket.user_left", "ticket.user_back"]);
    assert_eq!(world.store.tickets[&ticket].user_away_since, None);
}

#[test]
fn a_user_who_comes_back_in_time_was_never_away() {
    let mut world = World::new();
    let user = world.user(1);
    world.opened(user);
    for _ in 0..5 {
        let user = world.user(1);
        world.wait(30_000);
        world.leave(user);
        world.wait(30_000);
    }
    let last = world.user(1);
    world.wait(600_000);
    assert!(told(&world).is_empty());
    // A second connection takes the place of the first.
    world.user(1);
    world.leave(last);
    world.wait(600_000);
    assert!(told(&world).is_empty());
}

#[test]
fn over_a_restart_of_the_relay_what_was_recorded_is_not_recorded_again() {
    let mut world = World::new();
    let (first, second) = (world.user(1), world.user(2));
    world.opened(first);
    world.opened(second);
    world.leave(first);
    world.wait(60_000);
    assert_eq!(told(&world), ["ticket.user_left"]);
    world.restart();
    world.wait(30_000);
    world.user(1);
    world.wait(0);
    assert_eq!(told(&world), ["ticket.user_left", "ticket.user_back"]);
    let restarted = world.now - 30_000;
    world.wait(30_000);
    assert_eq!(told(&world).len(), 3, "the second user did not come back");
    let last = &world.store.events.last().unwrap().event;
    assert_eq!(
        *last,
        Event::UserLeft {
            since: UnixMillis(restarted)
        }
    );
}

#[test]
fn a_closed_ticket_misses_nobody_and_whoever_reopens_it_is_there() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    world.leave(user);
    world.wait(60_000);
    assert_eq!(told(&world), ["ticket.user_left"]);
    world.must(
        ada,
        ToRelay::WrapUp {
            ticket,
            outcome: Outcome::Solved,
            message: None,
            note: None,
        },
    );
    let user = world.user(1);
    world.wait(600_000);
    assert_eq!(
        told(&world),
        ["ticket.user_left"],
        "nobody waits for the user of a closed ticket"
    );
    world.must(user, ToRelay::Feedback { ticket, solved: false });
    world.wait(600_000);
    assert_eq!(told(&world), ["ticket.user_left"]);
    let record = &world.store.tickets[&ticket];
    assert_eq!((record.state, record.user_away_since), (TicketState::Waiting, None));
}

#[test]
fn what_could_not_be_written_is_tried_again() {
    let mut world = World::new();
    let user = world.user(1);
    world.opened(user);
    world.leave(user);
    world.hold = true;
    world.wait(60_000);
    world.fail(FailReason::Storage);
    assert!(told(&world).is_empty());
    world.hold = false;
    world.wait(5_000);
    assert_eq!(told(&world), ["ticket.user_left"]);
}

#[test]
fn a_user_who_comes_back_while_their_leaving_is_written_is_back() {
    let mut world = World::new();
    let user = world.user(1);
    world.opened(user);
    world.leave(user);
    world.hold = true;
    world.wait(60_000);
    world.user(1);
    world.hold = false;
    world.commit_all();
    world.wait(0);
    assert_eq!(told(&world), ["ticket.user_left", "ticket.user_back"]);
}

#[test]
fn after_a_restart_absences_are_recorded_some_at_a_time() {
    let mut world = World::new();
    world.limits.open_tickets = 1_000;
    world.limits.strangers_per_address = 1_000;
    for seed in 1..=250 {
        let user = world.user(seed);
        world.opened(user);
    }
    world.restart();
    world.wait(60_000);
    assert_eq!(told(&world).len(), 128);
    world.wait(1_000);
    assert_eq!(told(&world).len(), 250);
}
