//! *Report abuse*.

use renfort_protocol::{
    signalling::EndReason,
    ticket::{AbuseText, Receipt},
};

use super::*;
use crate::view::{ReceiptView, ReportView};
use renfort_engine::peer::{Pause, SharerCommand, SharerEvent};

fn sentence() -> Option<AbuseText> {
    Some(AbuseText::new("They asked for my bank card.").unwrap())
}

fn report() -> Action {
    Action::ReportAbuse { sentence: sentence() }
}

/// The person opens the dialog and confirms it.
fn reports(stage: &mut Stage) {
    stage.act(Action::ConsiderReport);
    stage.act(report());
}

fn rests(stage: &Stage) -> Option<Pause> {
    stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::ToSharer(SESSION, SharerCommand::Pause(pause)) => Some(*pause),
        _ => None,
    })
}

fn dialog(running: bool) -> Option<ReportView> {
    let technician = technician().name;
    Some(ReportView::Considered { technician, running })
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
    reports(&mut stage);
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
    reports(&mut stage);
    assert_eq!(stage.notice(), Some(Code::OutOfOrder), "one report is enough");
}

#[test]
fn a_report_is_sent_until_the_relay_has_it_over_a_restart_too() {
    let mut stage = Stage::in_session();
    stage.offline();
    reports(&mut stage);
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
            receipt: ReceiptView::Ready,
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
    reports(&mut stage);
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
    stage.act(Action::ConsiderReport);
    assert_eq!((stage.notice(), stage.view().report), (Some(Code::OutOfOrder), None));
    stage.act(Action::DismissNotice);
    stage.act(report());
    assert_eq!(stage.notice(), Some(Code::OutOfOrder));
    assert!(stage.sent().is_empty());
}

#[test]
fn while_the_person_thinks_about_it_everything_rests_and_dropping_it_resumes() {
    let mut stage = Stage::in_session();
    stage.act(Action::ConsiderReport);
    assert_eq!(rests(&stage), Some(Pause::Everything));
    let shown = stage
        .effects
        .iter()
        .position(|effect| matches!(effect, Effect::Emit(_)));
    let paused = stage
        .effects
        .iter()
        .position(|effect| matches!(effect, Effect::ToSharer(..)));
    assert!(paused < shown, "before the dialog is on the screen");
    assert_eq!(stage.view().report, dialog(true));
    assert!(stage.sent().is_empty(), "nobody hears of it");
    // Whatever else happens on the screen, it stays so.
    for event in [Event::Tick, Event::CloseRequested] {
        stage.handle(event);
        assert_eq!((rests(&stage), stage.view().report), (None, dialog(true)));
    }
    // A window that was loaded anew shows it again, so that it is not gone.
    stage.act(Action::ReportGone);
    stage.after(60_000);
    assert_eq!((rests(&stage), stage.view().report), (None, dialog(true)));
    stage.act(Action::DropReport);
    stage.act(Action::ReportGone);
    stage.after(300);
    assert_eq!((rests(&stage), stage.view().report), (Some(Pause::Nothing), None));
    stage.act(report());
    assert_eq!(
        stage.notice(),
        Some(Code::OutOfOrder),
        "what was dropped is not reported by a late click"
    );
    assert!(!stage.did(told));
}

#[test]
fn a_session_that_ends_meanwhile_can_still_be_reported_and_is_the_one_that_is() {
    let mut stage = Stage::in_session();
    stage.act(Action::ConsiderReport);
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason: EndReason::EndedByTechnician,
    });
    assert_eq!(stage.view().report, dialog(false));
    stage.act(report());
    assert!(stage.did(told));
    assert!(!stage.did(|effect| matches!(effect, Effect::StopSharer)));
    assert_eq!(stage.view().report, Some(ReportView::Closed));
}

/// What is shown is without the dialog, and it still rests.
fn rests_on(stage: &Stage) {
    assert_eq!((rests(stage), stage.view().report), (None, Some(ReportView::Closed)));
}

#[test]
fn everything_rests_until_the_window_was_painted_without_the_dialog_and_a_moment_longer() {
    // The window is quick, then slow.
    for (before, after) in [(20, 280), (2_000, 0)] {
        let mut stage = Stage::in_session();
        stage.act(Action::ConsiderReport);
        stage.act(Action::DropReport);
        assert!(stage.did(|effect| matches!(effect, Effect::Emit(view) if view.report == Some(ReportView::Closed))));
        rests_on(&stage);
        stage.after(before);
        rests_on(&stage);
        stage.act(Action::ReportGone);
        if after > 0 {
            rests_on(&stage);
            stage.after(after - 1);
            rests_on(&stage);
            stage.after(1);
        }
        assert_eq!((rests(&stage), stage.view().report), (Some(Pause::Nothing), None));
    }
}

#[test]
fn a_dialog_that_is_opened_again_is_not_gone_because_the_last_one_was() {
    let mut stage = Stage::in_session();
    stage.act(Action::ConsiderReport);
    stage.act(Action::DropReport);
    stage.act(Action::ConsiderReport);
    stage.act(Action::ReportGone);
    stage.act(Action::DropReport);
    stage.after(5_000);
    rests_on(&stage);
}

#[test]
fn a_window_that_never_says_so_leaves_the_screen_hidden_and_the_switch_shows_it_again() {
    let mut stage = Stage::in_session();
    stage.act(Action::ConsiderReport);
    stage.act(Action::DropReport);
    stage.after(9_999);
    rests_on(&stage);
    stage.after(1);
    let to_sharer = |effect: &Effect| match effect {
        Effect::ToSharer(SESSION, SharerCommand::Withdraw(Capability::View)) => Some("hidden"),
        Effect::ToSharer(SESSION, SharerCommand::Pause(Pause::Nothing)) => Some("resumed"),
        _ => None,
    };
    let told: Vec<_> = stage.effects.iter().filter_map(to_sharer).collect();
    assert_eq!(told, ["hidden", "resumed"], "so that nothing is given back by resuming");
    stage.act(Action::Allow {
        capability: Capability::View,
    });
    assert!(stage.did(|effect| matches!(
        effect,
        Effect::ToSharer(SESSION, SharerCommand::Allow(Capability::View))
    )));
}

#[test]
fn a_report_about_the_session_before_is_off_the_screen_before_the_next_technician_sees_it() {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket_with_receipt(TicketState::Waiting),
    });
    stage.act(Action::ConsiderReport);
    stage.begin_session();
    assert_eq!(rests(&stage), Some(Pause::Everything), "from the first moment on");
    stage.act(report());
    rests_on(&stage);
}

#[test]
fn a_program_that_dies_while_the_person_thinks_about_it_shares_nothing_when_it_is_back() {
    let mut stage = Stage::in_session();
    stage.act(Action::ConsiderReport);
    let mut stage = Stage::new(false);
    stage.welcome_user(Some(ticket(TicketState::Taken)), Some(session(Some(grant()))));
    assert!(!stage.did(|effect| matches!(effect, Effect::StartSharer { .. })));
    assert!(
        stage
            .sent()
            .iter()
            .any(|body| matches!(body, ToRelay::EndSession { session: SESSION, .. }))
    );
    assert!(matches!(stage.user_page(), UserPage::Waiting { .. }));
}
