//! *Report abuse*.

use renfort_protocol::{
    signalling::EndReason,
    ticket::{AbuseText, Receipt},
};

use super::*;
use renfort_engine::peer::SharerEvent;

fn sentence() -> Option<AbuseText> {
    Some(AbuseText::new("They asked for my bank card.").unwrap())
}

fn report() -> Action {
    Action::ReportAbuse { sentence: sentence() }
}

fn told(effect: &Effect) -> bool {
    matches!(effect, Effect::Send(Request { body: ToRelay::ReportAbuse { session, sentence: said, .. }, .. })
        if *session == SESSION && *said == sentence())
}

fn ticket_with_receipt(state: TicketState) -> UserTicket {
    UserTicket {
        receipt: Some(Receipt {
            session: SESSION,
            technician: technician(),
            started_at: START,
            ended_at: Some(START.plus(1_000)),
            viewed_ms: 0,
            controlled_ms: 0,
            counts: renfort_protocol::ticket::Counts::default(),
            outcome: None,
        }),
        ..ticket(state)
    }
}

#[test]
fn the_session_stops_here_before_anybody_is_told() {
    let mut stage = Stage::in_session();
    stage.act(report());
    let place = |matches: &dyn Fn(&Effect) -> bool| stage.effects.iter().position(matches);
    let stopped = place(&|effect| matches!(effect, Effect::StopSharer)).expect("the sharer stops");
    let kept = place(&|effect| matches!(effect, Effect::SaveSettings(settings) if settings.unsent_abuse.len() == 1));
    let sent = place(&told).expect("the relay is told");
    assert!(stopped < sent && kept.expect("the report is kept") < sent);
    assert!(stage.did(|effect| matches!(effect, Effect::ShowBanner(false))));
    // What the sharer tells last does not undo it.
    stage.handle(Event::Sharer(
        SESSION,
        SharerEvent::Ended {
            reason: EndReason::StoppedByUser,
            error: None,
        },
    ));
    stage.act(report());
    assert_eq!(stage.notice(), Some(Code::OutOfOrder), "one report is enough");
}

#[test]
fn a_report_is_sent_until_the_relay_has_it_over_a_restart_too() {
    let mut stage = Stage::in_session();
    stage.offline();
    stage.act(report());
    assert!(stage.did(|effect| matches!(effect, Effect::StopSharer)));
    assert!(!stage.did(told), "there is nobody to tell");
    let settings = stage.effects.iter().find_map(|effect| match effect {
        Effect::SaveSettings(settings) => Some(settings.clone()),
        _ => None,
    });
    let mut stage = Stage::with(Profile {
        settings: settings.unwrap(),
        ..profile()
    });
    stage.welcome_user(Some(ticket_with_receipt(TicketState::Waiting)), None);
    assert!(stage.did(told));
    assert!(matches!(
        stage.user_page(),
        UserPage::Waiting {
            abuse_reported: true,
            ..
        }
    ));
    let re = stage.only_request();
    stage.relay(refused(re, Code::NotRecorded));
    stage.after(6_000);
    assert!(stage.did(told), "sent again by and by");
    let re = stage.only_request();
    stage.relay(FromRelay::Done { re });
    assert!(stage.did(|effect| matches!(effect, Effect::SaveSettings(settings) if settings.unsent_abuse.is_empty())));
    stage.after(6_000);
    assert!(!stage.did(told));
}

#[test]
fn a_session_that_is_over_can_be_reported_from_its_receipt() {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket_with_receipt(TicketState::Solved),
    });
    assert!(matches!(
        stage.user_page(),
        UserPage::Finished {
            abuse_reported: false,
            ..
        }
    ));
    stage.act(report());
    assert!(stage.did(told));
    assert!(matches!(
        stage.user_page(),
        UserPage::Finished {
            abuse_reported: true,
            ..
        }
    ));
    let re = stage.only_request();
    stage.relay(refused(re, Code::TooLate));
    assert_eq!(stage.notice(), Some(Code::TooLate));
}

#[test]
fn without_a_session_there_is_nothing_to_report() {
    let mut stage = Stage::user();
    stage.act(report());
    assert_eq!(stage.notice(), Some(Code::OutOfOrder));
    assert!(stage.sent().is_empty());
}
