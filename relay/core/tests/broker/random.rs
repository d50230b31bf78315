//! Whatever anybody sends in whatever order, with a disk that is slow or fails: the rules hold. The store of the
//! harness checks them at every write, and the harness that nothing is told before it is written.

use std::collections::BTreeSet;

use proptest::prelude::*;
use renfort_core::{Conn, FailReason};
use renfort_protocol::{
    grant::Capability,
    ids::{SessionId, TicketId},
    people::Level,
    report::{ReportedEvent, Withdrawn},
    signalling::{ConsentAnswer, EndReason, Signal, ToRelay},
    ticket::{Counts, Impact, NoteText, Outcome, Urgency},
    time::UnixMillis,
};

use crate::harness::{START, World, answer, offer, open};

#[derive(Debug, Clone)]
enum Step {
    Join(u8),
    Leave(u8),
    Say(u8, Said),
    Bytes(u8, Vec<u8>),
    Commit,
    Fail(bool),
    Wait(u64),
}

/// A message with its ticket or session chosen when it is sent.
#[derive(Debug, Clone)]
enum Said {
    Open(u8),
    Cancel(u8),
    Feedback(u8, bool),
    Answer(u8, bool),
    Take(u8),
    Again(u8),
    Show(u8),
    Note(u8),
    WrapUp(u8, Outcome),
    End(u8, EndReason),
    Signal(u8, u8),
    Report(u8, u64, ReportedEvent),
    SignOut,
}

fn event() -> impl Strategy<Value = ReportedEvent> {
    let capability = Capability::Control;
    prop_oneof![
        Just(ReportedEvent::Connected {
            capture: "x11".into(),
            codec: "h264".into()
        }),
        Just(ReportedEvent::FirstPicture { after_ms: 1 }),
        Just(ReportedEvent::Allowed { capability }),
        Just(ReportedEvent::Withdrawn {
            capability,
            reason: Withdrawn::ByUser
        }),
        Just(ReportedEvent::Counted {
            counts: Counts {
                keys: u64::MAX,
                ..Counts::default()
            }
        }),
        Just(ReportedEvent::Extended {
            expires_at: UnixMillis(u64::MAX)
        }),
        Just(ReportedEvent::Stopped),
    ]
}

/// What users have to say.
fn users() -> impl Strategy<Value = Said> {
    prop_oneof![
        3 => (0u8..9).prop_map(Said::Open),
        1 => (0u8..3).prop_map(Said::Cancel),
        2 => (0u8..4, any::<bool>()).prop_map(|(n, yes)| Said::Feedback(n, yes)),
        9 => (0u8..2, prop::bool::weighted(0.8)).prop_map(|(n, yes)| Said::Answer(n, yes)),
    ]
}

/// What technicians have to say.
fn technicians() -> impl Strategy<Value = Said> {
    let outcome = prop_oneof![
        Just(Outcome::Solved),
        Just(Outcome::NotSolved),
        Just(Outcome::Escalated { to: Level::Two }),
        Just(Outcome::Escalated { to: Level::Three }),
    ];
    prop_oneof![
        9 => (0u8..3).prop_map(Said::Take),
        3 => (0u8..3).prop_map(Said::Again),
        1 => (0u8..4).prop_map(Said::Show),
        1 => (0u8..3).prop_map(Said::Note),
        3 => (0u8..3, outcome).prop_map(|(n, outcome)| Said::WrapUp(n, outcome)),
        1 => Just(Said::SignOut),
    ]
}

/// What both have to say.
fn both() -> impl Strategy<Value = Said> {
    let reason = prop_oneof![
        Just(EndReason::StoppedByUser),
        Just(EndReason::EndedByTechnician),
        Just(EndReason::Refused),
        Just(EndReason::Lost),
    ];
    prop_oneof![
        1 => (0u8..2, reason).prop_map(|(n, reason)| Said::End(n, reason)),
        2 => (0u8..2, 0u8..3).prop_map(|(n, which)| Said::Signal(n, which)),
        3 => (0u8..2, 1u64..4, event()).prop_map(|(n, number, event)| Said::Report(n, number, event)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let say = |(who, said)| Step::Say(who, said);
    prop_oneof![
        2 => (0u8..6).prop_map(Step::Join),
        1 => (0u8..6).prop_map(Step::Leave),
        10 => (0u8..3, users()).prop_map(say),
        10 => (3u8..6, technicians()).prop_map(say),
        8 => (0u8..6, both()).prop_map(say),
        1 => (0u8..6, prop_oneof![users().boxed(), technicians().boxed()]).prop_map(say),
        1 => (0u8..6, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(who, bytes)| Step::Bytes(who, bytes)),
        16 => Just(Step::Commit),
        1 => any::<bool>().prop_map(Step::Fail),
        2 => prop_oneof![4 => Just(10u64), 1 => Just(70_000), 1 => Just(130_000)].prop_map(Step::Wait),
    ]
}

/// Three users and three technicians, present or not.
struct People {
    conns: [Option<Conn>; 6],
    sent: BTreeSet<(Conn, u32)>,
}

fn body(world: &World, conn: Conn, said: Said) -> ToRelay {
    // Mostly one that is open, so that something happens to it.
    let ticket = |n: u8| {
        let open = world.store.tickets.values().filter(|ticket| ticket.is_open());
        open.map(|ticket| ticket.id)
            .nth(n.into())
            .unwrap_or(TicketId(1001 + u64::from(n)))
    };
    let session = |n: u8| {
        let sessions = world.store.order.iter().rev();
        let open = sessions.clone().filter(|id| world.store.sessions[*id].is_open());
        open.chain(sessions)
            .nth(n.into())
            .copied()
            .unwrap_or(SessionId([n; 16]))
    };
    match said {
        Said::Open(n) => open(n, Impact::Team, Urgency::Low),
        Said::Cancel(n) => ToRelay::CancelTicket { ticket: ticket(n) },
        Said::Feedback(n, solved) => ToRelay::Feedback {
            ticket: ticket(n),
            solved,
        },
        Said::Answer(n, true) => ToRelay::AnswerConsent {
            session: session(n),
            answer: world.yes(session(n)),
        },
        Said::Answer(n, false) => ToRelay::AnswerConsent {
            session: session(n),
            answer: ConsentAnswer::Refuse { timed_out: true },
        },
        Said::Take(n) => world.take(conn, ticket(n)),
        Said::Again(n) => world.again(conn, ticket(n)),
        Said::Show(n) => ToRelay::ShowTicket { ticket: ticket(n) },
        Said::Note(n) => ToRelay::AddNote {
            ticket: ticket(n),
            text: NoteText::new("x").unwrap(),
        },
        Said::WrapUp(n, outcome) => {
            let note = Some(NoteText::new("y").unwrap());
            ToRelay::WrapUp {
                ticket: ticket(n),
                outcome,
                message: None,
                note,
            }
        }
        Said::End(n, reason) => ToRelay::EndSession {
            session: session(n),
            reason,
        },
        Said::Signal(n, 0) => ToRelay::Signal {
            session: session(n),
            signal: offer(1),
        },
        Said::Signal(n, 1) => ToRelay::Signal {
            session: session(n),
            signal: answer(1),
        },
        Said::Signal(n, _) => ToRelay::Signal {
            session: session(n),
            signal: Signal::Restart,
        },
        Said::Report(n, number, event) => ToRelay::Report {
            session: session(n),
            number,
            at: UnixMillis(START),
            event,
        },
        Said::SignOut => ToRelay::SignOut,
    }
}

fn take(world: &mut World, people: &mut People, step: Step) {
    match step {
        Step::Join(who) => {
            let conn = match who {
                0..=2 => world.user(who + 1),
                3 => world.technician("Ada"),
                4 => world.technician("Bob"),
                _ => world.technician("Chloé"),
            };
            people.conns[usize::from(who)] = Some(conn);
        }
        Step::Leave(who) => {
            if let Some(conn) = people.conns[usize::from(who)].take() {
                world.leave(conn);
            }
        }
        Step::Say(who, said) => {
            if let Some(conn) = people.conns[usize::from(who)] {
                let body = body(world, conn, said);
                let re = world.say(conn, body);
                people.sent.insert((conn, re));
            }
        }
        Step::Bytes(who, bytes) => {
            if let Some(conn) = people.conns[usize::from(who)] {
                world.frame(conn, bytes);
            }
        }
        Step::Commit if !world.held.is_empty() => world.commit(),
        Step::Fail(conflict) if !world.held.is_empty() => {
            world.fail(if conflict {
                FailReason::Conflict
            } else {
                FailReason::Storage
            });
        }
        Step::Commit | Step::Fail(_) => {}
        Step::Wait(millis) => world.wait(millis),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn the_rules_hold_whatever_anybody_sends(steps in prop::collection::vec(step(), 1..200), restart_at in 0usize..300) {
        let mut world = World::new();
        let mut people = People { conns: [None; 6], sent: BTreeSet::new() };
        for who in 0..6 {
            take(&mut world, &mut people, Step::Join(who));
        }
        for who in 0..3 {
            take(&mut world, &mut people, Step::Say(who, Said::Open(who)));
        }
        world.hold = true;
        for (index, step) in steps.into_iter().enumerate() {
            if index == restart_at {
                world.restart();
                people = People { conns: [None; 6], sent: BTreeSet::new() };
                (0..6).for_each(|who| take(&mut world, &mut people, Step::Join(who)));
            }
            take(&mut world, &mut people, step);
        }
        // With a disk that writes at last, everybody still connected has an answer to everything.
        world.hold = false;
        world.commit_all();
        for (conn, re) in people.sent {
            let present = people.conns.contains(&Some(conn)) && !world.closed.contains_key(&conn);
            prop_assert!(!present || world.outcome(conn, re).is_some(), "{conn:?} has no answer to {re}");
        }
        // And the relay could start again from what it wrote.
        world.restart();
        world.wait(200_000);
        prop_assert!(world.store.sessions.values().all(|session| !session.is_open()));
    }
}
