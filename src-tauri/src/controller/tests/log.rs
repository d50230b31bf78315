//! Reports: numbered, kept, sent again until they are recorded.

use renfort_engine::peer::SharerEvent;
use renfort_protocol::report::ReportedEvent;

use super::*;

fn report(stage: &mut Stage, after_ms: u64) {
    let event = ReportedEvent::PeerBack { after_ms };
    stage.handle(Event::Sharer(SESSION, SharerEvent::Report { at: START, event }));
}

fn numbers(stage: &Stage) -> Vec<u64> {
    let number = |body: &&ToRelay| match body {
        ToRelay::Report {
            session: SESSION,
            number,
            ..
        } => Some(*number),
        _ => None,
    };
    stage.sent().iter().filter_map(number).collect()
}

fn back(stage: &mut Stage, reported: u64) {
    let info = SessionInfo {
        reported,
        ..session(Some(grant()))
    };
    stage.welcome_user(Some(ticket(TicketState::Taken)), Some(info));
}

#[test]
fn reports_are_numbered_from_one_and_only_those_not_recorded_are_sent_again() {
    let mut stage = Stage::in_session();
    for expected in 1..=3 {
        report(&mut stage, expected);
        assert_eq!(numbers(&stage), [expected]);
    }
    stage.relay(FromRelay::Recorded {
        session: SESSION,
        number: 1,
    });
    assert_eq!(numbers(&stage), [0; 0]);
    stage.offline();
    report(&mut stage, 4);
    assert_eq!(numbers(&stage), [0; 0]);
    back(&mut stage, 2);
    assert_eq!(numbers(&stage), [3, 4]);
    stage.offline();
    back(&mut stage, 2);
    assert_eq!(numbers(&stage), [3, 4]);
    stage.relay(FromRelay::Recorded {
        session: SESSION,
        number: 4,
    });
    stage.offline();
    back(&mut stage, 4);
    assert_eq!(numbers(&stage), [0; 0]);
}

#[test]
fn the_content_of_a_report_is_the_same_when_it_is_sent_again() {
    let mut stage = Stage::in_session();
    report(&mut stage, 77);
    let first = stage.sent()[0].clone();
    stage.offline();
    stage.now = stage.now.plus(5_000);
    back(&mut stage, 0);
    assert_eq!(stage.sent(), [&first]);
}

#[test]
fn the_last_reports_reach_the_relay_after_the_session_ended() {
    let mut stage = Stage::in_session();
    stage.offline();
    stage.act(Action::Stop);
    let stopped = SharerEvent::Report {
        at: START,
        event: ReportedEvent::Stopped,
    };
    stage.handle(Event::Sharer(SESSION, stopped));
    back(&mut stage, 0);
    assert!(matches!(
        stage.sent()[..],
        [ToRelay::Report { number: 1, .. }, ToRelay::EndSession { .. }]
    ));
}

#[test]
fn a_long_absence_is_caught_up_in_portions() {
    let mut stage = Stage::in_session();
    stage.offline();
    for count in 0..200 {
        report(&mut stage, count);
    }
    back(&mut stage, 0);
    assert_eq!(numbers(&stage), (1..=64).collect::<Vec<_>>());
    stage.relay(FromRelay::Recorded {
        session: SESSION,
        number: 10,
    });
    assert_eq!(numbers(&stage), (65..=74).collect::<Vec<_>>());
}

#[test]
fn a_report_that_could_not_be_written_is_sent_again_and_an_unwanted_one_is_not() {
    let mut stage = Stage::in_session();
    report(&mut stage, 1);
    let id = stage.only_request();
    stage.relay(refused(id, Code::NotRecorded));
    assert_eq!(stage.notice(), None);
    stage.after(4_999);
    assert_eq!(numbers(&stage), [0; 0]);
    stage.after(1);
    assert_eq!(numbers(&stage), [1]);
    // One that came before it did not get through.
    let id = stage.only_request();
    stage.relay(refused(id, Code::OutOfOrder));
    stage.after(5_000);
    assert_eq!(numbers(&stage), [1]);
    let id = stage.only_request();
    stage.relay(refused(id, Code::UnknownSession));
    stage.after(60_000);
    assert_eq!(numbers(&stage), [0; 0]);
}

#[test]
fn a_session_that_can_no_longer_be_recorded_ends() {
    let mut stage = Stage::in_session();
    stage.offline();
    for count in 0..2_001 {
        report(&mut stage, count);
    }
    assert!(stage.did(|effect| matches!(effect, Effect::ToSharer(SESSION, _))));
    assert!(stage.did(|effect| matches!(effect, Effect::ShowBanner(false))));
    assert_eq!(stage.notice(), Some(Code::NotRecorded));
}
