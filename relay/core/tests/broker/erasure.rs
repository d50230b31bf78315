//! Erasing names while others work with the same tickets.

use renfort_core::{
    Batch, Change, Input,
    erasure::{Erasure, ErasureOf},
};
use renfort_protocol::{
    erased,
    signalling::ToRelay,
    ticket::{Impact, NoteText, Outcome, TicketState, Urgency},
};

use crate::harness::{World, open};

#[test]
fn a_name_that_is_erased_does_not_come_back_with_what_is_done_meanwhile() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let take = world.take(ada, ticket);
    world.must(ada, take);
    let wrap_up = ToRelay::WrapUp {
        ticket,
        outcome: Outcome::Solved,
        message: Some(NoteText::new("C'est réparé").unwrap()),
        note: Some(NoteText::new("Il a attendu").unwrap()),
    };
    world.must(ada, wrap_up);

    world.hold = true;
    let batch = || Batch {
        changes: vec![Change::Erase(Box::new(Erasure {
            order: 1,
            of: ErasureOf::User,
            tickets: vec![ticket],
            keys: Vec::new(),
            views: Vec::new(),
        }))],
        events: Vec::new(),
    };
    world.input(Input::Erase {
        batch: Box::new(batch()),
    });
    let solved = false;
    let re = world.say(user, ToRelay::Feedback { ticket, solved });
    assert_eq!(world.held.len(), 1, "the answer waits for the erasure");
    world.commit_all();
    assert_eq!(world.outcome(user, re), Some(Ok(())));

    let stored = &world.store.tickets[&ticket];
    assert_eq!(stored.state, TicketState::Waiting, "it came back by the user's answer");
    assert_eq!((&stored.user, &stored.summary), (&erased::stated(), &erased::summary()));
    assert_eq!(world.store.notes[0].1.text, erased::text());

    // What the user asks next is a ticket like any other.
    world.hold = false;
    world.must(user, ToRelay::CancelTicket { ticket });
    world.must(user, open(9, Impact::Person, Urgency::Low));
    assert_ne!(world.store.tickets.values().last().unwrap().user, erased::stated());
}
