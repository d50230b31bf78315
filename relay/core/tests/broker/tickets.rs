//! Tickets and the queue.

use renfort_audit::event::Event;
use renfort_protocol::{
    error::Code,
    ids::TicketId,
    people::Level,
    signalling::{ConsentAnswer, EndReason, FromRelay, ToRelay, Welcomed},
    ticket::{Impact, Left, NoteText, Outcome, TicketState, Urgency},
};

use crate::harness::{World, open};

#[test]
fn a_ticket_is_opened_once_however_often_it_is_asked_for() {
    let mut world = World::new();
    let user = world.user(1);
    world.must(user, open(7, Impact::Person, Urgency::Low));
    world.must(user, open(7, Impact::Person, Urgency::Low));
    assert_eq!(world.store.tickets.len(), 1);
    assert_eq!(world.last_ticket(user).id, TicketId(1001));
    assert_eq!(
        world.ask(user, open(8, Impact::Person, Urgency::Low)),
        Some(Err(Code::TicketOpen))
    );
}

#[test]
fn after_a_restart_a_withdrawn_ticket_is_told_only_when_somebody_had_been_let_in() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    let reason = EndReason::StoppedByUser;
    world.must(user, ToRelay::EndSession { session, reason });
    world.must(user, ToRelay::CancelTicket { ticket });
    world.restart();
    let user = world.user(1);
    let told = |world: &World, user| match world.welcome(user).0 {
        Welcomed::User { ticket } => ticket,
        Welcomed::Technician { .. } => panic!("not a user"),
    };
    let before = told(&world, user).expect("its receipt can be had");
    assert_eq!((before.id, before.state), (ticket, TicketState::Cancelled));
    assert_eq!(before.receipt.map(|receipt| receipt.session), Some(session));
    // A newer one, which nobody came to, is passed over.
    let newer = world.opened(user);
    world.must(user, ToRelay::CancelTicket { ticket: newer });
    world.restart();
    let user = world.user(1);
    assert_eq!(told(&world, user).map(|told| told.id), Some(ticket));
}

#[test]
fn a_second_technician_cannot_take_a_taken_ticket() {
    let mut world = World::new();
    let (user, ada, bob) = (world.user(1), world.technician("Ada"), world.technician("Bob"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let by = world.store.tickets[&ticket].technician.clone().unwrap();
    let left = FromRelay::QueueLeft {
        ticket,
        why: Left::Taken { by },
    };
    assert!(world.said(bob).contains(&left), "Bob is told who took it");
    let re = world.say(bob, world.take(bob, ticket));
    let refused = world.said(bob).iter().find_map(|one| match one {
        FromRelay::Refused { re: of, error } if *of == re => Some(error.clone()),
        _ => None,
    });
    let refused = refused.unwrap();
    assert_eq!(
        (refused.code, refused.params["technician"].as_str()),
        (Code::AlreadyTaken, "Ada")
    );
    assert_eq!(world.store.codes().last(), Some(&"ticket.take_denied"));
}

#[test]
fn a_ticket_of_an_absent_user_cannot_be_taken() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.leave(user);
    let offline = |one: &FromRelay| matches!(one, FromRelay::QueueChanged { entry } if !entry.user_online);
    assert!(world.said(ada).last().is_some_and(offline));
    assert_eq!(world.ask(ada, world.take(ada, ticket)), Some(Err(Code::UserOffline)));
    world.user(1);
    world.must(ada, world.take(ada, ticket));
}

#[test]
fn a_technician_sees_and_takes_only_tickets_up_to_their_level() {
    let mut world = World::new();
    let (user, ada, chloe) = (world.user(1), world.technician("Ada"), world.technician("Chloé"));
    let ticket = world.opened(user);
    world.started(user, chloe, ticket);
    let outcome = Outcome::Escalated { to: Level::Two };
    world.must(
        chloe,
        ToRelay::WrapUp {
            ticket,
            outcome,
            message: None,
            note: None,
        },
    );
    assert_eq!(world.ask(ada, world.take(ada, ticket)), Some(Err(Code::UnknownTicket)));
    assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    let recorded = world.store.codes().len();
    assert_eq!(
        world.ask(ada, ToRelay::ShowTicket { ticket }),
        Some(Err(Code::UnknownTicket))
    );
    assert_eq!(
        world.store.codes()[recorded..],
        ["message.refused"],
        "as much as taking it"
    );
    let nowhere = ToRelay::ShowTicket { ticket: TicketId(77) };
    assert_eq!(world.ask(ada, nowhere), Some(Err(Code::UnknownTicket)));
    assert_eq!(
        world.store.codes().len(),
        recorded + 1,
        "there is nothing to record about no ticket"
    );
    world.must(chloe, world.take(chloe, ticket));
}

#[test]
fn escalation_goes_upwards_only() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.started(user, ada, ticket);
    let outcome = Outcome::Escalated { to: Level::One };
    let refused = world.ask(
        ada,
        ToRelay::WrapUp {
            ticket,
            outcome,
            message: None,
            note: None,
        },
    );
    assert_eq!(refused, Some(Err(Code::BadEscalation)));
    assert_eq!(world.store.tickets[&ticket].state, TicketState::Taken);
}

#[test]
fn a_user_cancels_while_the_ticket_waits_or_nothing_goes_on_about_it() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(user, ToRelay::CancelTicket { ticket });
    let why = Left::Cancelled;
    assert!(world.said(ada).contains(&FromRelay::QueueLeft { ticket, why }));
    world.must(user, ToRelay::CancelTicket { ticket });
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    assert_eq!(
        world.ask(user, ToRelay::CancelTicket { ticket }),
        Some(Err(Code::AlreadyTaken)),
        "a question is open"
    );
    let session = world.asked(user);
    let answer = ConsentAnswer::Refuse { timed_out: false };
    world.must(user, ToRelay::AnswerConsent { session, answer });
    world.forget();
    world.must(user, ToRelay::CancelTicket { ticket });
    assert_eq!(world.store.tickets[&ticket].state, TicketState::Cancelled);
    let why = Left::Cancelled;
    assert!(world.said(ada).contains(&FromRelay::QueueLeft { ticket, why }));
    assert_eq!(world.ask(ada, world.again(ada, ticket)), Some(Err(Code::TicketClosed)));
}

#[test]
fn a_cancelled_ticket_has_waited_since_it_was_opened() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.wait(1_000);
    world.started(user, ada, ticket);
    let outcome = Outcome::Escalated { to: Level::Two };
    world.must(
        ada,
        ToRelay::WrapUp {
            ticket,
            outcome,
            message: None,
            note: None,
        },
    );
    world.wait(2_000);
    world.must(user, ToRelay::CancelTicket { ticket });
    let last = &world.store.events.last().unwrap().event;
    assert!(matches!(last, Event::TicketCancelled { waited_ms: 3_000 }), "{last:?}");
}

#[test]
fn the_queue_is_served_by_priority_and_users_learn_their_new_places() {
    let mut world = World::new();
    let (first, second, third) = (world.user(1), world.user(2), world.user(3));
    world.must(first, open(1, Impact::Person, Urgency::Low));
    world.wait(1_000);
    world.must(second, open(2, Impact::Person, Urgency::Low));
    assert_eq!(world.last_ticket(second).position, Some(2));
    world.must(third, open(3, Impact::Organisation, Urgency::High));
    let places: Vec<_> = [first, second, third]
        .map(|user| world.last_ticket(user).position)
        .into();
    assert_eq!(places, [Some(2), Some(3), Some(1)]);
    let ticket = world.last_ticket(third).id;
    world.must(third, ToRelay::CancelTicket { ticket });
    assert_eq!(
        [first, second].map(|user| world.last_ticket(user).position),
        [Some(1), Some(2)]
    );
}

#[test]
fn feedback_waits_for_the_end_and_comes_from_the_tickets_own_user() {
    let mut world = World::new();
    let (user, other, ada) = (world.user(1), world.user(2), world.technician("Ada"));
    let ticket = world.opened(user);
    let feedback = |solved| ToRelay::Feedback { ticket, solved };
    assert_eq!(world.ask(user, feedback(true)), Some(Err(Code::OutOfOrder)));
    world.started(user, ada, ticket);
    world.must(
        ada,
        ToRelay::WrapUp {
            ticket,
            outcome: Outcome::NotSolved,
            message: None,
            note: None,
        },
    );
    assert_eq!(world.ask(other, feedback(true)), Some(Err(Code::UnknownTicket)));
    assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    world.must(user, feedback(true));
}

#[test]
fn a_ticket_cannot_be_reopened_beside_another_open_one() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
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
    world.opened(user);
    assert_eq!(
        world.ask(user, ToRelay::Feedback { ticket, solved: false }),
        Some(Err(Code::TicketOpen))
    );
}

#[test]
fn only_the_technician_who_has_a_ticket_writes_to_it() {
    let mut world = World::new();
    let (user, ada, bob) = (world.user(1), world.technician("Ada"), world.technician("Bob"));
    let ticket = world.opened(user);
    world.started(user, ada, ticket);
    let note = || ToRelay::AddNote {
        ticket,
        text: NoteText::new("Essai").unwrap(),
    };
    world.must(ada, note());
    assert_eq!(world.ask(bob, note()), Some(Err(Code::NotAllowed)));
    let wrap_up = || ToRelay::WrapUp {
        ticket,
        outcome: Outcome::Solved,
        message: None,
        note: None,
    };
    assert_eq!(world.ask(bob, wrap_up()), Some(Err(Code::NotAllowed)));
    world.must(ada, wrap_up());
    assert_eq!(world.ask(ada, wrap_up()), Some(Err(Code::TicketClosed)));
    // What was learnt may be written down afterwards.
    world.must(ada, note());
    assert_eq!(world.store.notes.len(), 2);
}

#[test]
fn a_technician_sees_the_persons_earlier_tickets_newest_first() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    for _ in 0..2 {
        let ticket = world.opened(user);
        world.must(user, ToRelay::CancelTicket { ticket });
    }
    let ticket = world.opened(user);
    world.must(ada, ToRelay::ShowTicket { ticket });
    let FromRelay::Detail { detail } = &world.said(ada)[world.said(ada).len() - 2] else {
        panic!("a detail")
    };
    let earlier: Vec<u64> = detail.earlier.iter().map(|one| one.id.0).collect();
    assert_eq!(earlier, [1002, 1001]);
}
