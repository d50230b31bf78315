//! Questions that come with a code: what the relay can see of them, and what it can do against guessing.

use renfort_audit::{event::Event, returned::Returned};
use renfort_core::{Conn, codes};
use renfort_protocol::{
    binding::{Ask, Credential, Ready, Reveal, SignedAsk, SignedReady},
    card::CardFault,
    code::CodeAnswer,
    error::Code,
    ids::{Confirmation, PakeElement, PersonId, SessionId, TicketId},
    people::{Level, Name, Technician},
    signalling::{ConsentAnswer, EndReason, FromRelay, ToRelay},
    ticket::{NoteText, Outcome, TicketState},
};

use crate::{
    apps::{self, ADA, BOB, desk, desk_in, yes},
    harness::{World, device, device_pair},
};

fn ada() -> Technician {
    Technician {
        id: PersonId(1),
        name: Name::new("Ada").unwrap(),
        level: Level::One,
    }
}

fn by_code(session: u64, ticket: TicketId, technician: Technician, seed: u8) -> Ask {
    let card = apps::card_for(1, "Ada", ADA).sign(&apps::organisation_pair());
    Ask {
        credential: Credential::Code {
            technician,
            device: device(seed),
            element: PakeElement([3; 32]),
        },
        ..apps::ask(session, ticket, card)
    }
}

fn question(session: u64, ticket: TicketId) -> Box<SignedAsk> {
    Box::new(by_code(session, ticket, ada(), ADA).sign(&device_pair(ADA)))
}

fn signed_ready(ask: &Ask) -> SignedReady {
    let ready = Ready {
        code: Some(CodeAnswer {
            element: PakeElement([4; 32]),
            confirmation: Confirmation([5; 32]),
        }),
        ..apps::readiness(ask, 1)
    };
    ready.sign(&device_pair(1))
}

fn ready(ask: &Ask) -> ToRelay {
    ToRelay::Ready {
        ready: signed_ready(ask),
    }
}

fn reveal(ask: &Ask, confirmation: Option<Confirmation>) -> ToRelay {
    let reveal = Reveal {
        confirmation,
        ..apps::revealed(ask, &signed_ready(ask), ADA)
    };
    ToRelay::Reveal { reveal }
}

fn says_wrong(session: SessionId) -> ToRelay {
    ToRelay::EndSession {
        session,
        reason: EndReason::WrongCode,
    }
}

#[test]
fn a_question_with_a_code_is_passed_on_with_all_that_the_two_ends_say_of_it() {
    let (mut world, user, conn, ticket) = desk();
    let ask = question(1, ticket);
    let session = ask.ask.session;
    world.must(conn, ToRelay::TakeTicket { ask: ask.clone() });
    assert!(
        world
            .store
            .events
            .iter()
            .any(|entry| matches!(entry.event, Event::ConsentAsked { card: None, .. }))
    );
    // Without a code it is no answer to this question.
    let without = apps::ready(&ask.ask, 1);
    assert_eq!(
        world.ask(user, ToRelay::Ready { ready: without }),
        Some(Err(Code::BadSignature))
    );
    world.must(user, ready(&ask.ask));
    assert_eq!(world.ask(conn, reveal(&ask.ask, None)), Some(Err(Code::Malformed)));
    let said = reveal(&ask.ask, Some(Confirmation([6; 32])));
    world.must(conn, said.clone());
    let ToRelay::Reveal { reveal } = said else {
        panic!("it is one")
    };
    assert!(world.said(user).contains(&FromRelay::Reveal { reveal }));
    let record = world.store.sessions[&session].clone();
    let answer = yes(&record, &[renfort_protocol::grant::Capability::View], 1);
    world.must(user, ToRelay::AnswerConsent { session, answer });
    // From here on there is no code that could be wrong.
    for conn in [user, conn] {
        assert_eq!(world.ask(conn, says_wrong(session)), Some(Err(Code::NotAllowed)));
    }
}

#[test]
fn a_technician_cannot_ask_in_another_name_or_for_another_device() {
    let (mut world, user, conn, ticket) = desk();
    let before = world.said(user).len();
    let promoted = Technician {
        level: Level::Three,
        ..ada()
    };
    let renamed = Technician {
        name: Name::new("The Director").unwrap(),
        ..ada()
    };
    let another = Technician {
        id: PersonId(2),
        ..ada()
    };
    for technician in [promoted, renamed, another] {
        let ask = Box::new(by_code(1, ticket, technician, ADA).sign(&device_pair(ADA)));
        assert_eq!(
            world.ask(conn, ToRelay::TakeTicket { ask }),
            Some(Err(Code::NotAllowed))
        );
        assert!(matches!(
            world.store.events.last().unwrap().event,
            Event::AskRefused {
                code: Code::NotAllowed,
                fault: None,
                card: None
            }
        ));
    }
    let ask = Box::new(by_code(1, ticket, ada(), BOB).sign(&device_pair(BOB)));
    assert_eq!(
        world.ask(conn, ToRelay::TakeTicket { ask }),
        Some(Err(Code::NotAllowed))
    );
    let ask = Box::new(by_code(1, ticket, ada(), ADA).sign(&device_pair(BOB)));
    assert_eq!(
        world.ask(conn, ToRelay::TakeTicket { ask }),
        Some(Err(Code::BadSignature))
    );
    assert_eq!(world.said(user).len(), before, "the user was rung");
}

#[test]
fn whoever_typed_a_wrong_code_does_not_keep_the_ticket() {
    for by_user in [true, false] {
        let (mut world, user, conn, ticket) = desk();
        let waiting_since = world.store.tickets[&ticket].waiting_since;
        let ask = question(1, ticket);
        world.must(conn, ToRelay::TakeTicket { ask: ask.clone() });
        assert_eq!(world.store.tickets[&ticket].state, TicketState::Taken);
        world.must(if by_user { user } else { conn }, says_wrong(ask.ask.session));
        let record = &world.store.tickets[&ticket];
        assert_eq!(
            (record.state, record.waiting_since),
            (TicketState::Waiting, waiting_since)
        );
        assert_eq!(record.technician, None);
        assert_eq!(world.store.sessions[&ask.ask.session].end, Some(EndReason::WrongCode));
        let codes = world.store.codes();
        assert_eq!(codes[codes.len() - 2..], ["session.ended", "ticket.returned"]);
        assert_eq!(world.store.returned(), [Returned::Ended(EndReason::WrongCode)]);
        for conn in [user, conn] {
            assert!(world.said(conn).iter().any(|one| matches!(
                one,
                FromRelay::SessionEnded {
                    reason: EndReason::WrongCode,
                    ..
                }
            )));
        }
        // The next try is another question.
        world.must(
            conn,
            ToRelay::TakeTicket {
                ask: question(2, ticket),
            },
        );
    }
}

/// Ways in which a question that came with a code ends without a yes.
#[test]
fn a_ticket_that_was_taken_with_a_code_waits_again_unless_its_user_says_yes() {
    let withdrawn: fn(&mut World, Conn, Conn, SessionId) = |world, _, ada, session| {
        let reason = EndReason::Withdrawn;
        world.must(ada, ToRelay::EndSession { session, reason });
    };
    let failed: fn(&mut World, Conn, Conn, SessionId) = |world, user, _, session| {
        let reason = EndReason::Failed;
        world.must(user, ToRelay::EndSession { session, reason });
    };
    let refused: fn(&mut World, Conn, Conn, SessionId) = |world, user, _, session| {
        let answer = ConsentAnswer::Refuse { timed_out: false };
        world.must(user, ToRelay::AnswerConsent { session, answer });
    };
    let unanswered: fn(&mut World, Conn, Conn, SessionId) = |world, _, _, _| world.wait(70_000);
    let lost: fn(&mut World, Conn, Conn, SessionId) = |world, user, _, session| {
        let reason = EndReason::Lost;
        world.must(user, ToRelay::EndSession { session, reason });
    };
    let left: fn(&mut World, Conn, Conn, SessionId) = |world, _, ada, _| {
        world.leave(ada);
        world.wait(renfort_protocol::limits::RESUME_MS);
    };
    for (ends, reason) in [
        (withdrawn, EndReason::Withdrawn),
        (failed, EndReason::Failed),
        (refused, EndReason::Refused),
        (unanswered, EndReason::TimedOut),
        (lost, EndReason::Lost),
        // The question is over before anybody waits in vain for the technician.
        (left, EndReason::TimedOut),
    ] {
        let (mut world, user, ada, ticket) = desk();
        let ask = question(1, ticket);
        world.must(ada, ToRelay::TakeTicket { ask: ask.clone() });
        ends(&mut world, user, ada, ask.ask.session);
        let record = &world.store.tickets[&ticket];
        assert_eq!((record.state, &record.technician), (TicketState::Waiting, &None));
        assert_eq!(record.first_taken_at, None, "nobody had it in earnest");
        assert_eq!(world.store.codes().last(), Some(&"ticket.returned"));
        assert_eq!(world.store.returned(), [Returned::Ended(reason)]);
    }
}

#[test]
fn a_ticket_that_was_taken_with_a_code_is_nobodys_to_close_before_its_user_says_yes() {
    let (mut world, user, ada, ticket) = desk();
    let ask = question(1, ticket);
    let session = ask.ask.session;
    world.must(ada, ToRelay::TakeTicket { ask: ask.clone() });
    let wrap_up = |outcome| ToRelay::WrapUp {
        ticket,
        outcome,
        message: None,
        note: None,
    };
    let escalated = Outcome::Escalated { to: Level::Three };
    let text = NoteText::new("mine").unwrap();
    let note = ToRelay::AddNote { ticket, text };
    for body in [wrap_up(Outcome::Solved), wrap_up(escalated), note.clone()] {
        assert_eq!(world.ask(ada, body), Some(Err(Code::OutOfOrder)));
    }
    world.must(user, ready(&ask.ask));
    world.must(ada, reveal(&ask.ask, Some(Confirmation([6; 32]))));
    let record = world.store.sessions[&session].clone();
    let answer = yes(&record, &[renfort_protocol::grant::Capability::View], 1);
    world.must(user, ToRelay::AnswerConsent { session, answer });
    assert!(world.store.tickets[&ticket].first_taken_at.is_some());
    world.must(ada, note);
    let reason = EndReason::EndedByTechnician;
    world.must(ada, ToRelay::EndSession { session, reason });
    assert_eq!(
        world.store.tickets[&ticket].state,
        TicketState::Taken,
        "it is theirs now"
    );
    world.must(ada, wrap_up(Outcome::Solved));
}

#[test]
fn a_wrong_code_that_is_told_after_the_end_is_nothing_wrong() {
    let (mut world, user, ada, ticket) = desk();
    let ask = question(1, ticket);
    let session = ask.ask.session;
    world.must(ada, ToRelay::TakeTicket { ask });
    let reason = EndReason::Withdrawn;
    world.must(ada, ToRelay::EndSession { session, reason });
    let before = world.store.events.len();
    world.must(user, says_wrong(session));
    assert_eq!(world.store.events.len(), before);
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::Withdrawn));
}

#[test]
fn a_session_by_card_does_not_end_for_a_wrong_code() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    assert_eq!(world.ask(user, says_wrong(session)), Some(Err(Code::NotAllowed)));
}

#[test]
fn guessing_codes_stops_after_some_questions_for_a_while() {
    let (mut world, user, conn, ticket) = desk();
    for nth in 0..codes::QUESTIONS as u64 {
        let ask = question(nth + 1, ticket);
        let session = ask.ask.session;
        world.must(conn, ToRelay::TakeTicket { ask });
        world.must(user, says_wrong(session));
    }
    let again = || ToRelay::TakeTicket {
        ask: question(90, ticket),
    };
    assert_eq!(world.ask(conn, again()), Some(Err(Code::TooFast)));
    // Another account is another matter, and with a card nothing is guessed.
    let card = apps::card_for(1, "Ada", ADA).sign(&apps::organisation_pair());
    let by_card = apps::ask(91, ticket, card).sign(&device_pair(ADA));
    let session = by_card.ask.session;
    world.must(conn, ToRelay::TakeTicket { ask: Box::new(by_card) });
    world.must(
        conn,
        ToRelay::EndSession {
            session,
            reason: EndReason::Withdrawn,
        },
    );
    world.wait(codes::QUESTIONS_WINDOW_MS);
    let ask = question(92, ticket);
    world.must(conn, ToRelay::AskAgain { ask });
}

#[test]
fn an_organisation_that_allows_no_codes_has_none_passed_on_and_that_it_was_tried_is_recorded() {
    let mut world = World::new();
    world.policy.codes = false;
    world.begin();
    let (mut world, user, ada, ticket) = desk_in(world);
    let before = world.said(user).len();
    for nth in 1..=2 {
        let ask = question(nth, ticket);
        assert_eq!(
            world.ask(ada, ToRelay::TakeTicket { ask }),
            Some(Err(Code::AgainstPolicy))
        );
        let last = world.store.events.last().unwrap();
        assert!(
            matches!(
                &last.event,
                Event::AskRefused {
                    code: Code::AgainstPolicy,
                    fault: None,
                    card: None
                }
            ),
            "{last:?}"
        );
    }
    assert_eq!(world.said(user).len(), before, "nobody is rung");
    assert_eq!(world.store.tickets[&ticket].technician, None);
    // Who has a card is asked for nothing else.
    let card = apps::card_for(1, "Ada", ADA).sign(&apps::organisation_pair());
    let by_card = apps::ask(91, ticket, card).sign(&device_pair(ADA));
    world.must(ada, ToRelay::TakeTicket { ask: Box::new(by_card) });
}

#[test]
fn a_device_whose_card_was_taken_back_asks_by_no_code_and_that_it_tried_is_recorded() {
    let (mut world, user, conn, ticket) = desk();
    let before = world.said(user).len();
    world.store.revocations = Some(apps::revoking(1, &[ADA]));
    world.input(renfort_core::Input::CardsChanged {
        cards: Vec::new(),
        revocations: world.store.revocations.clone(),
    });
    let refused = world.ask(
        conn,
        ToRelay::TakeTicket {
            ask: question(1, ticket),
        },
    );
    assert_eq!(refused, Some(Err(Code::CardNeeded)));
    assert!(matches!(
        world.store.events.last().map(|entry| &entry.event),
        Some(Event::AskRefused {
            code: Code::CardNeeded,
            fault: Some(CardFault::Revoked),
            card: None
        })
    ));
    let asked = |one: &FromRelay| matches!(one, FromRelay::Asked { .. });
    assert!(!world.said(user)[before..].iter().any(asked));
    // Another device of the same account was not taken back from.
    let of_bob = by_code(2, ticket, ada(), BOB).sign(&device_pair(BOB));
    assert_ne!(
        world.ask(conn, ToRelay::TakeTicket { ask: Box::new(of_bob) }),
        Some(Err(Code::CardNeeded)),
        "the list names devices, not accounts"
    );
}

#[test]
fn a_session_by_code_ends_when_a_card_of_its_device_is_taken_back() {
    let (mut world, user, conn, ticket) = desk();
    let ask = question(1, ticket);
    let session = ask.ask.session;
    world.must(conn, ToRelay::TakeTicket { ask: ask.clone() });
    world.must(user, ready(&ask.ask));
    world.must(conn, reveal(&ask.ask, Some(Confirmation([6; 32]))));
    let record = world.store.sessions[&session].clone();
    let answer = yes(&record, &[renfort_protocol::grant::Capability::View], 1);
    world.must(user, ToRelay::AnswerConsent { session, answer });
    world.input(renfort_core::Input::CardsChanged {
        cards: Vec::new(),
        revocations: Some(apps::revoking(1, &[ADA])),
    });
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::CardRevoked));
}
