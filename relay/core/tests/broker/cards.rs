//! Attacks on cards and on what binds a session: nobody is rung by a question that is not good, and each try is in the log.

use renfort_audit::event::Event;
use renfort_core::{Conn, Input};
use renfort_protocol::{
    binding::{Ask, SignedAsk},
    card::{Card, CardFault, SignedCard},
    error::{Code, WireError},
    grant::Capability,
    ids::{Nonce, SessionId, TicketId},
    signalling::{ConsentAnswer, EndReason, FromRelay, ToRelay, Welcomed},
    time::UnixMillis,
};

use crate::{
    apps::{self, ADA, BOB, EXPIRES, card_for, card_request, desk, organisation_pair, revealed, revoking, yes},
    harness::{World, device_pair},
};

fn adas_card() -> Card {
    card_for(1, "Ada", ADA)
}

fn with(card: SignedCard, ticket: TicketId) -> Box<SignedAsk> {
    Box::new(apps::ask(1, ticket, card).sign(&device_pair(ADA)))
}

fn refusal(world: &World, conn: Conn) -> WireError {
    let refused = world.said(conn).iter().rev().find_map(|one| match one {
        FromRelay::Refused { error, .. } => Some(error.clone()),
        _ => None,
    });
    refused.expect("was refused")
}

/// The question is refused as that, recorded, and nobody hears of it.
fn refuses(world: &mut World, user: Conn, ada: Conn, ask: Box<SignedAsk>, code: Code, fault: Option<CardFault>) {
    let (ticket, before) = (ask.ask.ticket, world.said(user).len());
    assert_eq!(
        world.ask(ada, ToRelay::TakeTicket { ask }),
        Some(Err(code)),
        "{fault:?}"
    );
    let last = world.store.events.last().unwrap();
    assert!(
        matches!(&last.event, Event::AskRefused { code: told, fault: of, .. } if *told == code && *of == fault),
        "{last:?}"
    );
    assert!(last.event.denied() && last.ticket == Some(ticket));
    assert_eq!(world.said(user).len(), before, "the user was rung");
    assert!(world.store.sessions.is_empty());
    assert_eq!(world.store.tickets[&ticket].technician, None);
}

#[test]
fn a_card_that_is_not_good_rings_nobody() {
    let (mut world, user, ada, ticket) = desk();
    let key = organisation_pair();
    world.input(Input::CardsChanged {
        cards: Vec::new(),
        revocations: Some(revoking(1, &[77])),
    });
    let revoked = Card {
        serial: renfort_protocol::ids::CardSerial([77; 8]),
        ..adas_card()
    };
    let expired = Card {
        expires_at: UnixMillis(world.now),
        ..adas_card()
    };
    let newer_form = Card {
        version: 9,
        ..adas_card()
    };
    let mut promoted = adas_card().sign(&key);
    promoted.card.level = renfort_protocol::people::Level::Three;
    for (card, fault) in [
        (expired.sign(&key), CardFault::Expired),
        (revoked.sign(&key), CardFault::Revoked),
        (adas_card().sign(&device_pair(66)), CardFault::Foreign),
        (promoted, CardFault::Foreign),
        (newer_form.sign(&key), CardFault::Version),
        // Bob's card, on Ada's device; and Ada's card for another device of hers.
        (card_for(2, "Bob", BOB).sign(&key), CardFault::Stolen),
        (card_for(1, "Ada", 55).sign(&key), CardFault::Stolen),
        (card_for(2, "Bob", ADA).sign(&key), CardFault::Stolen),
    ] {
        refuses(&mut world, user, ada, with(card, ticket), Code::CardNeeded, Some(fault));
        let told = refusal(&world, ada).params["fault"].clone();
        assert_eq!(serde_json::to_value(fault).unwrap(), told);
    }
    let good = with(adas_card().sign(&key), ticket);
    world.must(ada, ToRelay::TakeTicket { ask: good });
}

#[test]
fn a_question_that_was_altered_or_is_of_another_version_rings_nobody() {
    let (mut world, user, ada, ticket) = desk();
    let good = || apps::ask(1, ticket, adas_card().sign(&organisation_pair()));
    let mut more = good().sign(&device_pair(ADA));
    more.ask.capabilities.insert(Capability::Control);
    refuses(&mut world, user, ada, Box::new(more), Code::BadSignature, None);
    let by_another_key = good().sign(&device_pair(BOB));
    refuses(
        &mut world,
        user,
        ada,
        Box::new(by_another_key),
        Code::BadSignature,
        None,
    );
    let version = Ask { version: 9, ..good() }.sign(&device_pair(ADA));
    refuses(&mut world, user, ada, Box::new(version), Code::WrongVersion, None);
    let blind = Ask {
        capabilities: [Capability::Control].into(),
        ..good()
    };
    let blind = blind.sign(&device_pair(ADA));
    refuses(&mut world, user, ada, Box::new(blind), Code::Malformed, None);
}

#[test]
fn an_old_question_is_not_put_again() {
    let (mut world, user, ada, ticket) = desk();
    let ask = world.question(ada, ticket);
    world.must(ada, ToRelay::TakeTicket { ask: ask.clone() });
    let session = world.asked(user);
    assert_eq!(session, ask.ask.session);
    world.must(
        user,
        ToRelay::AnswerConsent {
            session,
            answer: ConsentAnswer::Refuse { timed_out: false },
        },
    );
    assert_eq!(
        world.ask(ada, ToRelay::AskAgain { ask: ask.clone() }),
        Some(Err(Code::OutOfOrder))
    );
    assert_eq!(world.store.codes().last(), Some(&"consent.ask_refused"));
    // Nor after a restart of the relay, nor for another ticket.
    world.restart();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    assert_eq!(world.ask(ada, ToRelay::AskAgain { ask }), Some(Err(Code::OutOfOrder)));
    world.must(ada, world.again(ada, ticket));
    assert_ne!(world.asked(user), session);
}

/// As far as the question.
fn asked() -> (World, Conn, Conn, SessionId, Ask) {
    let (mut world, user, ada, ticket) = desk();
    let ask = world.question(ada, ticket);
    world.must(ada, ToRelay::TakeTicket { ask: ask.clone() });
    let session = world.asked(user);
    (world, user, ada, session, ask.ask)
}

fn says_ready(ask: &Ask, seed: u8) -> ToRelay {
    ToRelay::Ready {
        ready: apps::ready(ask, seed),
    }
}

/// To the readiness of user 1.
fn reveals(ask: &Ask) -> ToRelay {
    ToRelay::Reveal {
        reveal: revealed(ask, &apps::ready(ask, 1), ADA),
    }
}

#[test]
fn only_the_users_own_machine_is_ready() {
    let (mut world, user, ada, _, ask) = asked();
    let stranger = world.user(2);
    assert_eq!(
        world.ask(stranger, says_ready(&ask, 2)),
        Some(Err(Code::UnknownSession))
    );
    // Another device's readiness through the user's connection.
    assert_eq!(world.ask(user, says_ready(&ask, 2)), Some(Err(Code::BadSignature)));
    assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    let mut other = ask.clone();
    other.asked_at = UnixMillis(5);
    assert_eq!(world.ask(user, says_ready(&other, 1)), Some(Err(Code::BadSignature)));
    assert_eq!(world.ask(ada, says_ready(&ask, ADA)), Some(Err(Code::NotAllowed)));
    assert!(!world.said(ada).iter().any(|one| matches!(one, FromRelay::Ready { .. })));
    world.must(user, says_ready(&ask, 1));
    let ready = Box::new(apps::ready(&ask, 1));
    assert!(world.said(ada).contains(&FromRelay::Ready { ready }));
}

#[test]
fn a_readiness_may_change_until_the_nonce_is_out() {
    let (mut world, user, ada, _, ask) = asked();
    world.must(user, says_ready(&ask, 1));
    let mut other = apps::readiness(&ask, 1);
    other.nonce = Nonce([1; 32]);
    let other_ready = other.sign(&device_pair(1));
    let other = || ToRelay::Ready {
        ready: other_ready.clone(),
    };
    world.must(user, other());
    // To the one before: the technician's device could not know of the other yet.
    assert_eq!(world.ask(ada, reveals(&ask)), Some(Err(Code::Untrusted)));
    let reveal = revealed(&ask, &other_ready, ADA);
    world.must(ada, ToRelay::Reveal { reveal });
    world.must(user, other());
    assert_eq!(world.ask(user, says_ready(&ask, 1)), Some(Err(Code::OutOfOrder)));
}

#[test]
fn a_reveal_that_does_not_fit_is_not_passed_on() {
    let (mut world, user, ada, _, ask) = asked();
    let good = || reveals(&ask);
    assert_eq!(world.ask(ada, good()), Some(Err(Code::OutOfOrder)), "too early");
    world.must(user, says_ready(&ask, 1));
    let mut reveal = revealed(&ask, &apps::ready(&ask, 1), ADA);
    reveal.nonce = Nonce([1; 32]);
    let another_nonce = ToRelay::Reveal { reveal };
    // Signed by somebody else's device.
    let reveal = revealed(&ask, &apps::ready(&ask, 1), BOB);
    assert_eq!(world.ask(ada, ToRelay::Reveal { reveal }), Some(Err(Code::Untrusted)));
    assert_eq!(world.ask(ada, another_nonce), Some(Err(Code::Untrusted)));
    assert_eq!(refusal(&world, ada).params["what"], "reveal");
    assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    let bob = world.technician("Bob");
    assert_eq!(world.ask(bob, good()), Some(Err(Code::UnknownSession)));
    assert!(
        !world
            .said(user)
            .iter()
            .any(|one| matches!(one, FromRelay::Reveal { .. }))
    );
    world.must(ada, good());
    assert!(world.said(user).contains(&FromRelay::Reveal {
        reveal: revealed(&ask, &apps::ready(&ask, 1), ADA)
    }));
    assert_eq!(world.ask(ada, good()), Some(Err(Code::OutOfOrder)));
}

#[test]
fn a_yes_counts_with_the_signature_of_the_machine_that_was_ready_and_for_its_own_grant() {
    let (mut world, user, ada, session, ask) = asked();
    let says = |answer| ToRelay::AnswerConsent { session, answer };
    assert_eq!(
        world.ask(user, says(apps::unsigned_yes())),
        Some(Err(Code::OutOfOrder)),
        "before both nonces are known"
    );
    world.must(user, says_ready(&ask, 1));
    world.must(ada, reveals(&ask));
    let record = world.store.sessions[&session].clone();
    let another_device = yes(&record, &[Capability::View], 2);
    assert_eq!(world.ask(user, says(another_device)), Some(Err(Code::BadSignature)));
    let ConsentAnswer::Allow {
        capabilities,
        expires_at,
        signature,
    } = yes(&record, &[Capability::View], 1)
    else {
        panic!("a yes")
    };
    let longer = ConsentAnswer::Allow {
        capabilities: capabilities.clone(),
        expires_at: expires_at.plus(1),
        signature,
    };
    assert_eq!(world.ask(user, says(longer)), Some(Err(Code::BadSignature)));
    assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    assert!(world.store.sessions[&session].grant.is_none());
    let own = ConsentAnswer::Allow {
        capabilities,
        expires_at,
        signature,
    };
    world.must(user, says(own));
    for conn in [user, ada] {
        let granted = |one: &FromRelay| matches!(one, FromRelay::Granted { allowance, .. } if *allowance == signature);
        assert!(world.said(conn).iter().any(granted));
    }
}

#[test]
fn the_binding_is_there_after_a_restart() {
    let (mut world, user, ada, session, ask) = asked();
    world.must(user, says_ready(&ask, 1));
    world.must(ada, reveals(&ask));
    world.restart();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    for conn in [user, ada] {
        let info = world.welcome(conn).1.unwrap();
        assert_eq!((&info.ask.ask, info.ready), (&ask, Some(apps::ready(&ask, 1))));
        assert_eq!(
            (info.reveal, info.allowance),
            (Some(revealed(&ask, &apps::ready(&ask, 1), ADA)), None)
        );
    }
    let answer = world.yes(session);
    world.must(user, ToRelay::AnswerConsent { session, answer });
    world.restart();
    let user = world.user(1);
    assert!(world.welcome(user).1.unwrap().allowance.is_some());
}

#[test]
fn a_card_that_is_revoked_ends_its_sessions_and_rings_nobody_more() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    let list = revoking(4, &[ADA]);
    world.store.revocations = Some(list.clone());
    let change = |list| Input::CardsChanged {
        cards: Vec::new(),
        revocations: Some(list),
    };
    world.input(change(list.clone()));
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::CardRevoked));
    assert_eq!(world.store.codes().last(), Some(&"session.ended"));
    for conn in [user, ada] {
        let revocations = Box::new(list.clone());
        assert!(world.said(conn).contains(&FromRelay::Revocations { revocations }));
        let reason = EndReason::CardRevoked;
        assert!(world.said(conn).contains(&FromRelay::SessionEnded { session, reason }));
    }
    assert_eq!(world.ask(ada, world.again(ada, ticket)), Some(Err(Code::CardNeeded)));
    // An older list takes nothing back.
    world.input(change(revoking(3, &[])));
    assert_eq!(world.ask(ada, world.again(ada, ticket)), Some(Err(Code::CardNeeded)));
    assert_eq!(refusal(&world, ada).params["fault"], "revoked");
}

#[test]
fn a_card_reaches_its_device_at_the_welcome_and_as_soon_as_it_comes() {
    let mut world = World::new();
    let (ada, bob) = (world.technician("Ada"), world.technician("Bob"));
    let card = adas_card().sign(&organisation_pair());
    let old = Card {
        issued_at: UnixMillis(1),
        serial: renfort_protocol::ids::CardSerial([1; 8]),
        ..adas_card()
    };
    world.store.cards = vec![card.clone(), old.sign(&organisation_pair())];
    let cards = world.store.cards.clone();
    for _ in 0..2 {
        world.input(Input::CardsChanged {
            cards: cards.clone(),
            revocations: None,
        });
    }
    let told = FromRelay::Card {
        card: Box::new(card.clone()),
    };
    assert_eq!(world.said(ada).iter().filter(|one| **one == told).count(), 1);
    assert!(!world.said(bob).iter().any(|one| matches!(one, FromRelay::Card { .. })));
    world.restart();
    let ada = world.technician("Ada");
    let held = |world: &World, conn| match world.welcome(conn).0 {
        Welcomed::Technician { card, .. } => card,
        Welcomed::User { .. } => None,
    };
    assert_eq!(held(&world, ada), Some(card));
    world.now = EXPIRES;
    let ada = world.technician("Ada");
    assert_eq!(held(&world, ada), None, "it has expired");
}

#[test]
fn a_request_for_a_card_is_of_its_own_account_and_device_and_not_too_frequent() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let asks = |request| ToRelay::RequestCard {
        request: Box::new(request),
    };
    for (wrong, code) in [
        (card_request(2, "Bob", ADA), Code::NotAllowed),
        (card_request(1, "Direction", ADA), Code::NotAllowed),
        (card_request(1, "Ada", BOB), Code::NotAllowed),
        (
            renfort_protocol::card::SignedCardRequest {
                request: card_request(1, "Ada", ADA).request,
                signature: card_request(1, "Ada", BOB).signature,
            },
            Code::BadSignature,
        ),
    ] {
        assert_eq!(world.ask(ada, asks(wrong)), Some(Err(code)));
        assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    }
    let good = || asks(card_request(1, "Ada", ADA));
    assert_eq!(world.ask(user, good()), Some(Err(Code::NotAllowed)));
    for _ in 0..5 {
        world.must(ada, good());
        assert_eq!(world.store.codes().last(), Some(&"card.requested"));
    }
    assert_eq!(world.ask(ada, good()), Some(Err(Code::TooFast)));
    assert_eq!(world.store.card_requests.len(), 5);
    world.wait(60 * 60_000);
    world.must(ada, good());
}

#[test]
fn either_end_may_end_a_session_that_it_does_not_trust() {
    for by_user in [true, false] {
        let (mut world, user, ada, session, _) = asked();
        let reason = EndReason::Untrusted;
        world.must(
            if by_user { user } else { ada },
            ToRelay::EndSession { session, reason },
        );
        assert_eq!(world.store.sessions[&session].end, Some(reason));
    }
}

#[test]
fn that_a_card_was_taken_back_is_the_users_machines_to_say() {
    let reason = EndReason::CardRevoked;
    let (mut world, user, ada, session, _) = asked();
    assert_eq!(
        world.ask(ada, ToRelay::EndSession { session, reason }),
        Some(Err(Code::NotAllowed))
    );
    world.must(user, ToRelay::EndSession { session, reason });
    assert_eq!(world.store.sessions[&session].end, Some(reason));
}

#[test]
fn a_session_from_before_there_were_cards_ends_at_the_start() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.store.sessions.get_mut(&session).unwrap().binding = None;
    world.restart();
    let ada = world.technician("Ada");
    assert_eq!(world.welcome(ada).1, None, "nobody is told to go on with it");
    world.wait(1);
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::Failed));
}
