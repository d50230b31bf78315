//! What is left of a session: its head, signed or disputed.

use renfort_engine::peer::{SharerEvent, ViewerEvent};
use renfort_protocol::{
    binding::Transcript,
    head::{Endpoint, SessionHead},
    ids::RecordHash,
    report::ReportedEvent,
    signalling::EndReason,
};

use super::*;

fn head(role: Endpoint, reports: u64) -> SessionHead {
    SessionHead {
        last: RecordHash([5; 32]),
        records: 9,
        reports,
        role,
        session: SESSION,
        ticket: TICKET,
    }
}

/// A user whose session is over, after two reports that the relay holds.
fn ended() -> Stage {
    let mut stage = Stage::in_session();
    for after_ms in [1, 2] {
        let event = ReportedEvent::PeerBack { after_ms };
        stage.handle(Event::Sharer(SESSION, SharerEvent::Report { at: START, event }));
    }
    let reason = EndReason::EndedByTechnician;
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason,
    });
    stage.handle(Event::Sharer(SESSION, SharerEvent::Ended { reason, error: None }));
    assert!(!asked_for_head(&stage), "the reports are not recorded yet");
    stage.relay(FromRelay::Recorded {
        session: SESSION,
        number: 2,
    });
    stage
}

fn asked_for_head(stage: &Stage) -> bool {
    stage.sent().contains(&&ToRelay::ShowHead { session: SESSION })
}

/// The request in which a head is signed, by this device.
fn signed(stage: &Stage) -> Option<u32> {
    stage.effects.iter().find_map(|effect| match effect {
        Effect::Send(Request {
            id,
            body: ToRelay::SignHead { head, signature },
        }) => {
            assert_eq!(*signature, parties::device().sign_head(head));
            Some(*id)
        }
        _ => None,
    })
}

#[test]
fn a_head_that_is_what_this_end_knows_is_signed_once_everything_is_recorded() {
    let mut stage = ended();
    assert!(asked_for_head(&stage));
    let asked = stage.only_request();
    let head = head(Endpoint::Sharer, 2);
    stage.relay(FromRelay::Head { re: asked, head });
    let id = signed(&stage).unwrap();
    stage.relay(FromRelay::Done { re: asked });
    stage.relay(FromRelay::Done { re: id });
    stage.after(60_000);
    assert!(!asked_for_head(&stage), "once is enough");
}

#[test]
fn a_head_with_other_reports_or_of_the_other_end_is_disputed() {
    for wrong in [head(Endpoint::Sharer, 1), head(Endpoint::Viewer, 2)] {
        let mut stage = ended();
        let re = stage.only_request();
        stage.relay(FromRelay::Head { re, head: wrong });
        assert_eq!(signed(&stage), None);
        let (session, reports) = (SESSION, 2);
        assert_eq!(stage.sent(), [&ToRelay::DisputeHead { session, reports }]);
    }
}

#[test]
fn a_head_that_nobody_asked_for_is_not_signed() {
    let unasked = |stage: &mut Stage, re, reports| {
        let head = head(Endpoint::Sharer, reports);
        stage.relay(FromRelay::Head { re, head });
        assert_eq!(signed(stage), None);
        assert_eq!(stage.sent(), [] as [&ToRelay; 0]);
    };
    unasked(&mut Stage::user(), 9, 0);
    // Of a session that goes on: a signature over its beginning would hide the rest.
    unasked(&mut Stage::in_session(), 9, 0);
    let mut stage = ended();
    let re = stage.only_request();
    unasked(&mut stage, re + 1, 2);
    let head = head(Endpoint::Sharer, 2);
    stage.relay(FromRelay::Head { re, head });
    assert!(signed(&stage).is_some());
    // Nor a second one in answer to the same question.
    unasked(&mut stage, re, 2);
}

#[test]
fn what_a_relay_says_was_reported_before_is_not_counted_in_a_session_that_this_run_began() {
    let mut stage = Stage::user();
    let taken = || Some(ticket(TicketState::Taken));
    let mut held = session(None);
    held.reported = 40;
    stage.welcome_user(taken(), Some(held.clone()));
    stage.reveal(REVEALED);
    stage.act(Action::AnswerConsent {
        allow: true,
        capabilities: [Capability::View].into(),
        time_box_ms: GRANT_MS,
    });
    held.grant = Some(stage.grant_answered());
    stage.welcome_user(taken(), Some(held.clone()));
    assert!(stage.did(|effect| matches!(effect, Effect::StartSharer { .. })));
    stage.welcome_user(taken(), Some(held));
    let event = ReportedEvent::PeerLost;
    stage.handle(Event::Sharer(SESSION, SharerEvent::Report { at: START, event }));
    assert!(
        matches!(stage.sent()[..], [ToRelay::Report { number: 1, .. }]),
        "{:?}",
        stage.sent()
    );
}

#[test]
fn whoever_was_offline_at_the_end_signs_after_the_next_welcome() {
    let mut stage = ended();
    stage.offline();
    stage.after(10_000);
    assert!(!asked_for_head(&stage));
    stage.welcome_user(Some(ticket(TicketState::Solved)), None);
    assert!(asked_for_head(&stage));
    // It does not know yet that the session is over.
    let re = stage.only_request();
    stage.relay(refused(re, Code::OutOfOrder));
    assert_eq!(stage.notice(), None);
    stage.after(4_999);
    assert!(!asked_for_head(&stage));
    stage.after(1);
    assert!(asked_for_head(&stage));
    let re = stage.only_request();
    stage.relay(refused(re, Code::UnknownSession));
    stage.after(60_000);
    assert!(!asked_for_head(&stage) && stage.notice().is_none());
}

#[test]
fn the_technicians_end_signs_too() {
    let (mut stage, ask) = super::trust::technician_who_asked();
    let users = Ed25519KeyPair::from_seed_unchecked(&[23; 32]).unwrap();
    let ready = ready_by(&ask.ask, &users, Nonce([1; 32]));
    let said = Box::new(ready.clone());
    stage.relay(FromRelay::Ready { ready: said });
    let [ToRelay::Reveal { reveal }] = stage.sent()[..] else {
        panic!("the nonce is revealed: {:?}", stage.sent());
    };
    let session = ask.ask.session;
    let grant = Grant { session, ..grant() };
    let transcript = Transcript::new(&ask.ask, &ready, &reveal.nonce).unwrap();
    let allowance = transcript.sign_allowance(&grant, &users);
    stage.relay(FromRelay::Granted { grant, allowance });
    let reason = EndReason::StoppedByUser;
    stage.relay(FromRelay::SessionEnded { session, reason });
    stage.handle(Event::Viewer(session, ViewerEvent::Ended { reason, error: None }));
    assert_eq!(stage.sent(), [&ToRelay::ShowHead { session }]);
    let re = stage.only_request();
    let head = SessionHead {
        session,
        ..head(Endpoint::Viewer, 0)
    };
    stage.relay(FromRelay::Head { re, head });
    assert!(signed(&stage).is_some());
}

#[test]
fn a_session_that_an_earlier_run_began_goes_on_and_its_head_is_not_asked_for() {
    let mut stage = super::technician::open();
    let (reason, error) = (EndReason::StoppedByUser, None);
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason,
    });
    stage.handle(Event::Viewer(SESSION, ViewerEvent::Ended { reason, error }));
    assert!(!asked_for_head(&stage));
    stage.after(60_000);
    assert!(!asked_for_head(&stage));
}
