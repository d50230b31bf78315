//! Questions, grants, signals, reports.

use renfort_protocol::{
    binding::Tampered,
    error::Code,
    grant::Capability,
    ids::Signature,
    limits::{CONSENT_ANSWER_MS, RESUME_MS},
    report::ReportedEvent,
    signalling::{ConsentAnswer, EndReason, FromRelay, Sdp, Signal, ToRelay},
    ticket::{Counts, TicketState},
    time::UnixMillis,
};

use crate::apps::yes;
use crate::harness::{World, answer, offer};

#[test]
fn the_question_asks_for_what_was_signed_and_names_the_technician() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    for conn in [user, ada] {
        let asked = world.said(conn).iter().find_map(|one| match one {
            FromRelay::Asked { session } => Some(session.clone()),
            _ => None,
        });
        let asked = asked.unwrap();
        assert_eq!(asked.asked, asked.ask.ask.capabilities);
        assert_eq!((asked.technician.name.as_str(), asked.ticket), ("Ada", ticket));
    }
}

#[test]
fn an_answer_allows_what_was_asked_and_no_more() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    let record = world.store.sessions[&session].clone();
    let answer = |capabilities: &[Capability]| ToRelay::AnswerConsent {
        session,
        answer: yes(&record, capabilities, 1),
    };
    for wrong in [
        &[][..],
        &[Capability::Control],
        &[Capability::Control, Capability::Clipboard],
    ] {
        assert_eq!(world.ask(user, answer(wrong)), Some(Err(Code::NotGranted)), "{wrong:?}");
    }
    world.must(user, answer(&[Capability::View]));
    assert_eq!(
        world.ask(user, answer(&[Capability::View])),
        Some(Err(Code::OutOfOrder))
    );
    assert!(
        world
            .said(ada)
            .iter()
            .any(|one| matches!(one, FromRelay::Granted { grant, .. } if grant.session == session))
    );
}

#[test]
fn a_refusal_ends_the_session_and_leaves_the_ticket_with_its_technician() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    world.must(
        user,
        ToRelay::AnswerConsent {
            session,
            answer: ConsentAnswer::Refuse { timed_out: false },
        },
    );
    assert!(world.said(ada).contains(&FromRelay::SessionEnded {
        session,
        reason: EndReason::Refused
    }));
    assert_eq!(world.store.tickets[&ticket].state, TicketState::Taken);
    let late = world.ask(
        user,
        ToRelay::AnswerConsent {
            session,
            answer: world.yes(session),
        },
    );
    assert_eq!(late, Some(Err(Code::OutOfOrder)));
    world.must(ada, world.again(ada, ticket));
    assert_eq!(world.ask(ada, world.again(ada, ticket)), Some(Err(Code::SessionOpen)));
}

#[test]
fn silence_is_a_refusal() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    world.wait(CONSENT_ANSWER_MS);
    assert!(world.store.sessions[&session].is_open());
    world.wait(5_000);
    assert!(world.said(ada).contains(&FromRelay::SessionEnded {
        session,
        reason: EndReason::TimedOut
    }));
    assert!(world.store.codes().ends_with(&["consent.refused", "session.ended"]));
}

#[test]
fn a_technician_has_one_session_at_a_time() {
    let mut world = World::new();
    let (first, second, ada) = (world.user(1), world.user(2), world.technician("Ada"));
    let (one, two) = (world.opened(first), world.opened(second));
    world.must(ada, world.take(ada, one));
    assert_eq!(world.ask(ada, world.take(ada, two)), Some(Err(Code::SessionOpen)));
}

#[test]
fn signals_pass_only_between_the_two_parties_of_an_allowed_session() {
    let mut world = World::new();
    let (user, other) = (world.user(1), world.user(2));
    let (ada, bob) = (world.technician("Ada"), world.technician("Bob"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    let signal = |signal| ToRelay::Signal { session, signal };
    assert_eq!(world.ask(user, signal(offer(1))), Some(Err(Code::NotGranted)));
    world.must(
        user,
        ToRelay::AnswerConsent {
            session,
            answer: world.yes(session),
        },
    );
    for stranger in [other, bob] {
        assert_eq!(
            world.ask(stranger, signal(Signal::Restart)),
            Some(Err(Code::UnknownSession))
        );
    }
    assert_eq!(world.ask(ada, signal(offer(1))), Some(Err(Code::NotAllowed)));
    assert_eq!(world.ask(user, signal(answer(1))), Some(Err(Code::NotAllowed)));
    world.must(user, signal(offer(1)));
    world.must(ada, signal(Signal::Restart));
    world.leave(ada);
    assert_eq!(world.ask(user, signal(offer(2))), Some(Err(Code::PeerLost)));
    let ada = world.technician("Ada");
    world.must(
        ada,
        ToRelay::EndSession {
            session,
            reason: EndReason::EndedByTechnician,
        },
    );
    assert_eq!(world.ask(user, signal(offer(3))), Some(Err(Code::OutOfOrder)));
}

#[test]
fn a_description_without_exactly_one_fingerprint_does_not_pass() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    for lines in ["", "a=fingerprint:sha-256 AA\r\na=fingerprint:sha-256 BB\r\n"] {
        let sdp = Sdp::new(format!("v=0\r\n{lines}")).unwrap();
        let refused = world.ask(
            user,
            ToRelay::Signal {
                session,
                signal: Signal::Offer {
                    attempt: 1,
                    sdp,
                    seal: Signature([1; 64]),
                },
            },
        );
        assert_eq!(refused, Some(Err(Code::Malformed)));
    }
    assert!(
        !world
            .said(ada)
            .iter()
            .any(|one| matches!(one, FromRelay::Signal { .. }))
    );
}

#[test]
fn reports_are_taken_once_and_in_order() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    let counted = || ReportedEvent::Counted {
        counts: Counts {
            keys: 2,
            ..Counts::default()
        },
    };
    world.report(user, session, 1, counted());
    let again = world.report(user, session, 1, counted());
    assert_eq!(world.outcome(user, again), Some(Ok(())));
    assert!(world.said(user).contains(&FromRelay::Recorded { session, number: 1 }));
    let gap = world.report(user, session, 3, counted());
    assert_eq!(world.outcome(user, gap), Some(Err(Code::OutOfOrder)));
    assert_eq!(world.store.sessions[&session].counts.keys, 2);
    // The other end counts its own reports.
    let first = world.report(ada, session, 1, ReportedEvent::FirstPicture { after_ms: 1 });
    assert_eq!(world.outcome(ada, first), Some(Ok(())));
}

#[test]
fn without_a_grant_only_a_failure_or_something_untrue_is_reported() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    let early = world.report(ada, session, 1, ReportedEvent::FirstPicture { after_ms: 1 });
    assert_eq!(world.outcome(ada, early), Some(Err(Code::NotGranted)));
    let early = world.report(user, session, 1, ReportedEvent::Stopped);
    assert_eq!(world.outcome(user, early), Some(Err(Code::NotGranted)));
    assert_eq!(world.store.codes().last(), Some(&"message.refused"));
    assert!(world.store.sessions[&session].is_open());
    assert_eq!(world.store.sessions[&session].viewed_since, None);
    let what = Tampered::Reveal;
    for conn in [user, ada] {
        let tampered = world.report(conn, session, 1, ReportedEvent::Tampered { what });
        assert_eq!(world.outcome(conn, tampered), Some(Ok(())));
    }
    let events = &world.store.events;
    let told = events.iter().filter(|entry| entry.event.code() == "session.tampered");
    assert!(told.clone().count() == 2 && told.clone().all(|entry| entry.event.denied()));
    let failed = ReportedEvent::Failed { code: Code::Internal };
    let failed = world.report(user, session, 2, failed);
    assert_eq!(world.outcome(user, failed), Some(Ok(())));
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::Failed));
}

#[test]
fn each_end_reports_only_what_it_can_know() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    let wrong = world.report(ada, session, 1, ReportedEvent::Stopped);
    assert_eq!(world.outcome(ada, wrong), Some(Err(Code::NotAllowed)));
    let wrong = world.report(user, session, 1, ReportedEvent::FirstPicture { after_ms: 1 });
    assert_eq!(world.outcome(user, wrong), Some(Err(Code::NotAllowed)));
    assert!(world.store.sessions[&session].is_open());
    let connected = ReportedEvent::Connected {
        capture: "x".repeat(33),
        codec: "h264".into(),
    };
    let wrong = world.report(user, session, 1, connected);
    assert_eq!(world.outcome(user, wrong), Some(Err(Code::Malformed)));
}

#[test]
fn each_side_ends_a_session_in_its_own_words_only() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    let end = |reason| ToRelay::EndSession { session, reason };
    assert_eq!(
        world.ask(ada, end(EndReason::StoppedByUser)),
        Some(Err(Code::NotAllowed))
    );
    assert_eq!(
        world.ask(user, end(EndReason::EndedByTechnician)),
        Some(Err(Code::NotAllowed))
    );
    assert_eq!(world.ask(user, end(EndReason::TimedOut)), Some(Err(Code::NotAllowed)));
    world.must(user, end(EndReason::Expired));
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::Expired));
}

#[test]
fn a_question_taken_back_is_withdrawn() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    world.must(ada, world.take(ada, ticket));
    let session = world.asked(user);
    world.must(
        ada,
        ToRelay::EndSession {
            session,
            reason: EndReason::EndedByTechnician,
        },
    );
    assert!(world.said(user).contains(&FromRelay::SessionEnded {
        session,
        reason: EndReason::Withdrawn
    }));
}

#[test]
fn a_session_whose_endpoint_stays_away_ends_as_lost() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    world.leave(user);
    world.wait(RESUME_MS - 1);
    assert!(world.store.sessions[&session].is_open());
    world.user(1);
    world.wait(RESUME_MS);
    assert!(world.store.sessions[&session].is_open(), "it came back in time");
    world.leave(ada);
    world.wait(RESUME_MS);
    assert_eq!(world.store.sessions[&session].end, Some(EndReason::Lost));
}

#[test]
fn an_endpoint_with_a_wrong_clock_cannot_make_times_absurd() {
    let mut world = World::new();
    let (user, ada) = (world.user(1), world.technician("Ada"));
    let ticket = world.opened(user);
    let session = world.started(user, ada, ticket);
    let report = |world: &mut World, number, at, event| {
        world.must(
            user,
            ToRelay::Report {
                session,
                number,
                at: UnixMillis(at),
                event,
            },
        );
    };
    report(
        &mut world,
        1,
        u64::MAX,
        ReportedEvent::Allowed {
            capability: Capability::Control,
        },
    );
    world.wait(1_000);
    let reason = renfort_protocol::report::Withdrawn::Expired;
    report(
        &mut world,
        2,
        0,
        ReportedEvent::Withdrawn {
            capability: Capability::Control,
            reason,
        },
    );
    assert_eq!(world.store.sessions[&session].controlled_ms, 1_000);
}
