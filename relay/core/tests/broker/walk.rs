//! The whole way of one request, from the click to the log.

use renfort_protocol::{
    grant::Capability,
    report::{ReportedEvent, Withdrawn},
    signalling::{EndReason, FromRelay, ToRelay, Welcomed},
    ticket::{Counts, Impact, Left, NoteText, Outcome, TicketState, Urgency},
};

use crate::harness::{World, answer, offer, open};

#[test]
fn a_request_goes_from_the_click_to_the_log() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    world.must(user, open(1, Impact::Organisation, Urgency::High));
    let ticket = world.last_ticket(user);
    assert_eq!((ticket.id.to_string().as_str(), ticket.position), ("T-1001", Some(1)));
    assert!(
        world
            .said(ada)
            .iter()
            .any(|one| matches!(one, FromRelay::QueueChanged { entry } if entry.user_online))
    );

    world.wait(5_000);
    let session = world.started(user, ada, ticket.id);
    world.must(
        user,
        ToRelay::Signal {
            session,
            signal: offer(1),
        },
    );
    assert!(world.said(ada).contains(&FromRelay::Signal {
        session,
        signal: offer(1)
    }));
    world.must(
        ada,
        ToRelay::Signal {
            session,
            signal: answer(1),
        },
    );
    assert!(world.said(user).contains(&FromRelay::Signal {
        session,
        signal: answer(1)
    }));

    world.report(
        user,
        session,
        1,
        ReportedEvent::Connected {
            capture: "x11".into(),
            codec: "h264".into(),
        },
    );
    world.report(ada, session, 1, ReportedEvent::FirstPicture { after_ms: 300 });
    world.wait(10_000);
    world.report(
        user,
        session,
        2,
        ReportedEvent::Allowed {
            capability: Capability::Control,
        },
    );
    world.wait(20_000);
    let counts = Counts {
        keys: 12,
        clicks: 3,
        ..Counts::default()
    };
    world.report(user, session, 3, ReportedEvent::Counted { counts });
    let reason = Withdrawn::ByUser;
    world.report(
        user,
        session,
        4,
        ReportedEvent::Withdrawn {
            capability: Capability::Control,
            reason,
        },
    );
    world.wait(5_000);
    let note = |text: &str| Some(NoteText::new(text).unwrap());
    let (message, note) = (note("Le profil est réparé."), note("Profil corrompu"));
    world.must(
        ada,
        ToRelay::WrapUp {
            ticket: ticket.id,
            outcome: Outcome::Solved,
            message,
            note,
        },
    );

    let done = world.last_ticket(user);
    assert_eq!(done.state, TicketState::Solved);
    assert_eq!(done.message.unwrap().as_str(), "Le profil est réparé.");
    let receipt = done.receipt.unwrap();
    assert_eq!((receipt.viewed_ms, receipt.controlled_ms), (35_000, 20_000));
    assert_eq!((receipt.counts, receipt.outcome), (counts, Some(Outcome::Solved)));
    let ended = FromRelay::SessionEnded {
        session,
        reason: EndReason::EndedByTechnician,
    };
    assert!(world.said(user).contains(&ended) && world.said(ada).contains(&ended));
    world.must(
        user,
        ToRelay::Feedback {
            ticket: ticket.id,
            solved: true,
        },
    );

    let record = &world.store.tickets[&ticket.id];
    assert_eq!((record.waited_ms(), record.handled_ms()), (Some(5_000), Some(35_000)));
    assert_eq!(
        world.store.codes(),
        [
            "signin.succeeded",
            "ticket.opened",
            "ticket.taken",
            "consent.asked",
            "consent.granted",
            "session.offered",
            "session.answered",
            "session.connected",
            "view.first_picture",
            "control.allowed",
            "input.counted",
            "control.withdrawn",
            "session.ended",
            "ticket.note_added",
            "ticket.closed",
            "ticket.feedback",
        ]
    );
}

#[test]
fn stop_ends_the_session_and_leaves_the_ticket_with_its_technician() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.report(user, session, 1, ReportedEvent::Stopped);
    let ended = FromRelay::SessionEnded {
        session,
        reason: EndReason::StoppedByUser,
    };
    assert!(world.said(ada).contains(&ended));
    assert_eq!(world.store.tickets[&ticket].state, TicketState::Taken);
    // Both ends also say it themselves: that changes nothing.
    world.must(
        user,
        ToRelay::EndSession {
            session,
            reason: EndReason::StoppedByUser,
        },
    );
    assert_eq!(
        world
            .store
            .codes()
            .iter()
            .filter(|code| **code == "session.ended")
            .count(),
        1
    );
    // What was counted last comes after the end and is still written.
    let counts = Counts {
        keys: 1,
        ..Counts::default()
    };
    world.report(user, session, 2, ReportedEvent::Counted { counts });
    assert_eq!(world.store.sessions[&session].counts.keys, 1);
    world.must(ada, world.again(ada, ticket));
    assert_ne!(world.asked(user), session);
}

#[test]
fn an_escalated_ticket_waits_at_the_higher_level_with_its_notes_and_sessions() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.started(user, ada, ticket);
    let to = renfort_protocol::people::Level::Two;
    let note = Some(NoteText::new("Voir le pare-feu").unwrap());
    world.must(
        ada,
        ToRelay::WrapUp {
            ticket,
            outcome: Outcome::Escalated { to },
            message: None,
            note,
        },
    );
    let why = Left::Escalated { to };
    assert!(world.said(ada).contains(&FromRelay::QueueLeft { ticket, why }));
    let chloe = world.technician("Chloé");
    let Welcomed::Technician { queue, .. } = world.welcome(chloe).0 else {
        panic!("a technician")
    };
    assert_eq!(
        queue.iter().map(|entry| (entry.id, entry.level)).collect::<Vec<_>>(),
        [(ticket, to)]
    );
    world.must(chloe, ToRelay::ShowTicket { ticket });
    let detail = world.said(chloe).iter().find_map(|one| match one {
        FromRelay::Detail { detail } => Some(detail.clone()),
        _ => None,
    });
    let detail = detail.unwrap();
    assert_eq!((detail.notes.len(), detail.sessions.len()), (1, 1));
    assert_eq!(detail.sessions[0].outcome, Some(Outcome::Escalated { to }));
    world.started(user, chloe, ticket);
}

#[test]
fn not_solved_in_the_users_words_reopens_the_ticket_at_the_same_level() {
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
    world.must(user, ToRelay::Feedback { ticket, solved: false });
    let record = &world.store.tickets[&ticket];
    assert_eq!(
        (record.state, record.reopened, record.feedback),
        (TicketState::Waiting, 1, Some(false))
    );
    assert_eq!(world.last_ticket(user).position, Some(1));
    // The same answer, sent again after a lost connection.
    world.must(user, ToRelay::Feedback { ticket, solved: false });
    assert_eq!(world.store.tickets[&ticket].reopened, 1);
    world.started(user, ada, ticket);
}
