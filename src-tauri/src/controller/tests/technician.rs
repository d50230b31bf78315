//! A technician, from signing in to wrapping up.

use renfort_engine::peer::{ViewerCommand, ViewerEvent};
use renfort_protocol::{
    report::{InputDenied, Withdrawn},
    second_factor::SecondFactorCode,
    signalling::{EndReason, Identity, Password, Signal},
    text::Line,
    ticket::{Left, NoteText, Outcome},
};

use super::*;
use crate::view::Remark;

fn sign_in() -> Action {
    Action::SignIn {
        login: name("alex"),
        password: Password(Line::new("secret").unwrap()),
        second_factor: None,
    }
}

/// A technician whose question is on the user's screen.
fn asking() -> Stage {
    let mut stage = Stage::technician();
    stage.act(Action::TakeTicket { ticket: TICKET });
    let take = stage.only_request();
    stage.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Taken, true),
    });
    stage.relay(detail(entry(TicketState::Taken, true)));
    stage.relay(FromRelay::Asked {
        session: Box::new(viewed(None)),
    });
    stage.relay(FromRelay::Done { re: take });
    stage
}

pub(super) fn open() -> Stage {
    let mut stage = asking();
    stage.relay(granted(grant()));
    stage
}

#[test]
fn the_whole_way_from_signing_in_to_wrapping_up() {
    let mut stage = Stage::with(Profile {
        settings: Settings {
            technician: true,
            ..Settings::default()
        },
        ..profile()
    });
    assert_eq!(
        stage.technician_page(),
        TechnicianPage::SignIn {
            busy: false,
            login: None,
            second_factor: false,
        }
    );
    stage.act(sign_in());
    assert!(stage.did(
        |effect| matches!(effect, Effect::Connect(target) if matches!(target.identity, Identity::Password { .. }))
    ));
    assert!(matches!(
        stage.technician_page(),
        TechnicianPage::SignIn { busy: true, .. }
    ));
    stage.welcome_technician(vec![entry(TicketState::Waiting, false)], None);
    assert!(stage.did(|effect| matches!(effect, Effect::SaveToken(Some(_)))));
    assert!(stage.did(|effect| matches!(
        effect,
        Effect::Identify {
            identity: Identity::Token { .. },
            ..
        }
    )));
    assert!(matches!(stage.technician_page(), TechnicianPage::Queue { tickets, .. } if tickets.len() == 1));

    stage.act(Action::TakeTicket { ticket: TICKET });
    assert!(matches!(
        stage.technician_page(),
        TechnicianPage::Queue { busy: true, .. }
    ));
    let take = stage.only_request();
    stage.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Taken, true),
    });
    assert_eq!(stage.sent(), [&ToRelay::ShowTicket { ticket: TICKET }]);
    stage.relay(FromRelay::Asked {
        session: Box::new(viewed(None)),
    });
    stage.relay(FromRelay::Done { re: take });
    stage.relay(detail(entry(TicketState::Taken, true)));
    assert_eq!(
        stage.technician_session(),
        TechnicianSession::Asking {
            answer_by: START.plus(70_000),
            words: words(),
        }
    );

    stage.relay(granted(grant()));
    assert!(stage.did(|effect| matches!(effect, Effect::StartViewer { .. })));
    stage.handle(Event::Viewer(
        SESSION,
        ViewerEvent::Screen {
            width: 1920,
            height: 1080,
        },
    ));
    assert!(
        matches!(stage.technician_session(), TechnicianSession::Open { screen: Some(screen), .. } if screen.width == 1920)
    );

    // The user's Stop comes from their machine first; to tell the relay of it is theirs alone.
    stage.handle(Event::Viewer(
        SESSION,
        ViewerEvent::Ended {
            reason: EndReason::StoppedByUser,
            error: None,
        },
    ));
    assert!(
        !stage
            .sent()
            .iter()
            .any(|sent| matches!(sent, ToRelay::EndSession { .. }))
    );
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason: EndReason::StoppedByUser,
    });
    assert_eq!(
        stage.technician_session(),
        TechnicianSession::Over {
            reason: Some(EndReason::StoppedByUser)
        }
    );

    let outcome = Outcome::Escalated { to: Level::Two };
    stage.act(Action::WrapUp {
        outcome,
        message: None,
        note: Some(NoteText::new("Toner").unwrap()),
    });
    assert!(matches!(stage.sent()[..], [ToRelay::WrapUp { ticket: TICKET, .. }]));
    let wrap_up = stage.only_request();
    let why = Left::Escalated { to: Level::Two };
    stage.relay(FromRelay::QueueLeft { ticket: TICKET, why });
    stage.relay(FromRelay::Done { re: wrap_up });
    assert!(
        matches!(stage.technician_page(), TechnicianPage::Queue { tickets, detail: None, busy: false, .. } if tickets.is_empty())
    );
}

#[test]
fn who_took_the_ticket_that_was_looked_at_is_told_until_another_one_is_looked_at() {
    let mut stage = Stage::technician();
    let gone = |stage: &Stage| match stage.technician_page() {
        TechnicianPage::Queue { gone, .. } => gone,
        other => panic!("{other:?}"),
    };
    let why = Left::Taken {
        by: Technician {
            id: PersonId(99),
            name: name("Bob"),
            level: Level::One,
        },
    };
    let left = || FromRelay::QueueLeft {
        ticket: TICKET,
        why: why.clone(),
    };
    stage.relay(left());
    assert_eq!(gone(&stage), None, "it was not looked at");
    stage.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Waiting, true),
    });
    stage.act(Action::ShowTicket { ticket: Some(TICKET) });
    stage.relay(left());
    let told = gone(&stage).expect("it was looked at");
    assert_eq!((told.id, told.why), (TICKET, why.clone()));
    stage.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Waiting, true),
    });
    assert_eq!(gone(&stage), None, "it is back");
    stage.act(Action::ShowTicket { ticket: Some(TICKET) });
    stage.relay(left());
    stage.act(Action::ShowTicket { ticket: None });
    assert_eq!(gone(&stage), None);
}

#[test]
fn a_ticket_that_was_taken_from_this_technician_is_told_of_although_it_was_in_hand() {
    let mut stage = Stage::technician();
    stage.relay(FromRelay::QueueChanged {
        entry: entry(TicketState::Taken, true),
    });
    stage.relay(FromRelay::Asked {
        session: Box::new(session(None)),
    });
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason: EndReason::AbuseReported,
    });
    let why = Left::Reassigned;
    stage.relay(FromRelay::QueueLeft { ticket: TICKET, why });
    match stage.technician_page() {
        TechnicianPage::Queue { gone: Some(gone), .. } => assert_eq!((gone.id, gone.why), (TICKET, Left::Reassigned)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wrong_password_is_told_and_not_tried_again() {
    let mut stage = Stage::with(Profile {
        settings: Settings {
            technician: true,
            ..Settings::default()
        },
        ..profile()
    });
    stage.act(sign_in());
    stage.link(LinkEvent::Rejected(Code::SignInFailed.into()));
    assert_eq!(stage.notice(), Some(Code::SignInFailed));
    assert_eq!(
        stage.technician_page(),
        TechnicianPage::SignIn {
            busy: false,
            login: Some("alex".into()),
            second_factor: false,
        }
    );
    assert!(stage.did(|effect| matches!(effect, Effect::Disconnect)));
}

#[test]
fn who_is_asked_for_a_second_factor_is_told_nothing_and_gives_it_with_the_password() {
    let mut stage = Stage::with(Profile {
        settings: Settings {
            technician: true,
            ..Settings::default()
        },
        ..profile()
    });
    let asks = |stage: &mut Stage| {
        matches!(
            stage.technician_page(),
            TechnicianPage::SignIn {
                busy: false,
                second_factor: true,
                ..
            }
        )
    };
    stage.act(sign_in());
    stage.link(LinkEvent::Rejected(Code::SecondFactorNeeded.into()));
    assert_eq!(stage.notice(), None);
    assert!(asks(&mut stage));
    let Action::SignIn { login, password, .. } = sign_in() else {
        unreachable!("that is what it makes")
    };
    let code = SecondFactorCode(Line::new("123456").unwrap());
    stage.act(Action::SignIn {
        login,
        password,
        second_factor: Some(code.clone()),
    });
    assert!(stage.did(|effect| matches!(
        effect,
        Effect::Connect(target)
            if matches!(&target.identity, Identity::Password { second_factor: Some(sent), .. } if *sent == code)
    )));
    stage.link(LinkEvent::Rejected(Code::SecondFactorWrong.into()));
    assert_eq!(stage.notice(), Some(Code::SecondFactorWrong));
    assert!(asks(&mut stage), "for another one");
}

#[test]
fn an_expired_token_is_forgotten() {
    let mut stage = Stage::new(true);
    stage.link(LinkEvent::Rejected(Code::SignInExpired.into()));
    assert!(stage.did(|effect| matches!(effect, Effect::SaveToken(None))));
    assert!(matches!(
        stage.technician_page(),
        TechnicianPage::SignIn { busy: false, .. }
    ));
}

#[test]
fn a_ticket_that_somebody_else_took_first_is_told() {
    let mut stage = Stage::technician();
    stage.act(Action::TakeTicket { ticket: TICKET });
    let take = stage.only_request();
    stage.relay(refused(take, Code::AlreadyTaken));
    assert_eq!(stage.notice(), Some(Code::AlreadyTaken));
    assert!(matches!(
        stage.technician_page(),
        TechnicianPage::Queue { busy: false, .. }
    ));
}

#[test]
fn a_new_ticket_is_notified_once_and_the_queue_is_in_order_of_work() {
    let mut stage = Stage::technician();
    let mut urgent = entry(TicketState::Waiting, false);
    urgent.id = TicketId(1043);
    urgent.impact = Impact::Organisation;
    urgent.priority = Priority::of(Impact::Organisation, Urgency::High);
    let notified = |effect: &Effect| matches!(effect, Effect::Notify(_));
    stage.relay(FromRelay::QueueChanged { entry: urgent.clone() });
    assert!(stage.did(notified));
    stage.relay(FromRelay::QueueChanged { entry: urgent });
    assert!(!stage.did(notified));
    let TechnicianPage::Queue { tickets, .. } = stage.technician_page() else {
        panic!("no queue")
    };
    assert_eq!(
        tickets.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        [TicketId(1043), TICKET]
    );
}

#[test]
fn asking_for_control_shows_what_is_open_and_how_it_was_answered() {
    let mut stage = open();
    stage.act(Action::Request {
        capability: Capability::Control,
    });
    assert!(stage.did(|effect| matches!(
        effect,
        Effect::ToViewer(SESSION, ViewerCommand::Request(Capability::Control))
    )));
    let requested = |stage: &Stage| match stage.technician_session() {
        TechnicianSession::Open { requested, remark, .. } => (requested.len(), remark),
        other => panic!("not open: {other:?}"),
    };
    assert_eq!(requested(&stage), (1, None));
    let no = ViewerEvent::Refused {
        capability: Capability::Control,
        timed_out: true,
    };
    stage.handle(Event::Viewer(SESSION, no));
    let remark = Remark::Refused {
        capability: Capability::Control,
        timed_out: true,
    };
    assert_eq!(requested(&stage), (0, Some(remark)));
    stage.act(Action::Request {
        capability: Capability::Control,
    });
    assert_eq!(requested(&stage), (1, None));
    let mut wider = grant();
    wider.capabilities.insert(Capability::Control);
    stage.handle(Event::Viewer(SESSION, ViewerEvent::Granted(wider)));
    assert_eq!(requested(&stage), (0, None));
    stage.handle(Event::Viewer(SESSION, ViewerEvent::InputDenied(InputDenied::OwnWindow)));
    assert!(requested(&stage).1.is_some());
    stage.after(5_000);
    assert_eq!(requested(&stage).1, None);
}

#[test]
fn what_is_asked_stays_asked_until_it_is_answered_or_given_up() {
    let mut stage = open();
    let requested = |stage: &Stage| match stage.technician_session() {
        TechnicianSession::Open { requested, .. } => requested.len(),
        other => panic!("not open: {other:?}"),
    };
    let (capability, reason) = (Capability::Control, Withdrawn::ByUser);
    stage.act(Action::Request { capability });
    // It was taken back just as it was asked for again: the question is open all the same.
    stage.handle(Event::Viewer(SESSION, ViewerEvent::Withdrawn { capability, reason }));
    assert_eq!(requested(&stage), 1);
    stage.act(Action::GiveBack { capability });
    assert_eq!(requested(&stage), 0);
}

#[test]
fn a_text_that_was_too_long_is_remarked_upon_for_a_while() {
    let mut stage = open();
    let remark = |stage: &Stage| match stage.technician_session() {
        TechnicianSession::Open { remark, .. } => remark,
        other => panic!("not open: {other:?}"),
    };
    let event = ViewerEvent::ClipboardTooLong {
        here: true,
        characters: 60_000,
    };
    stage.handle(Event::Viewer(SESSION, event));
    let (mine, characters) = (true, 60_000);
    assert_eq!(remark(&stage), Some(Remark::CopiedTooLong { mine, characters }));
    stage.after(15_000);
    assert_eq!(remark(&stage), None);
}

#[test]
fn what_the_relay_says_of_an_end_is_truer_than_what_was_made_of_the_other_side() {
    let mut stage = open();
    let reason = EndReason::Lost;
    stage.handle(Event::Viewer(SESSION, ViewerEvent::Ended { reason, error: None }));
    let over = |stage: &Stage| match stage.technician_session() {
        TechnicianSession::Over { reason } => reason,
        other => panic!("not over: {other:?}"),
    };
    assert_eq!(over(&stage), Some(EndReason::Lost));
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason: EndReason::StoppedByUser,
    });
    assert_eq!(over(&stage), Some(EndReason::StoppedByUser));
}

#[test]
fn a_question_is_taken_back_and_asked_again() {
    let mut stage = asking();
    stage.act(Action::WithdrawQuestion);
    assert_eq!(
        stage.sent(),
        [&ToRelay::EndSession {
            session: SESSION,
            reason: EndReason::Withdrawn
        }]
    );
    assert_eq!(
        stage.technician_session(),
        TechnicianSession::Over {
            reason: Some(EndReason::Withdrawn)
        }
    );
    stage.act(Action::AskAgain);
    assert!(matches!(stage.sent()[..], [ToRelay::AskAgain { ask }] if ask.ask.ticket == TICKET));
}

#[test]
fn a_program_that_was_restarted_in_a_session_asks_for_a_new_offer() {
    let mut stage = Stage::new(true);
    stage.welcome_technician(vec![entry(TicketState::Taken, true)], Some(viewed(Some(grant()))));
    assert!(stage.did(|effect| matches!(effect, Effect::StartViewer { .. })));
    assert!(stage.sent().contains(&&ToRelay::Signal {
        session: SESSION,
        signal: Signal::Restart
    }));
    stage.relay(detail(entry(TicketState::Taken, true)));
    assert!(matches!(stage.technician_session(), TechnicianSession::Open { .. }));
}

#[test]
fn a_reconnection_in_a_session_changes_nothing_between_the_peers() {
    let mut stage = open();
    stage.offline();
    assert!(matches!(stage.technician_session(), TechnicianSession::Open { .. }));
    stage.welcome_technician(vec![entry(TicketState::Taken, true)], Some(viewed(Some(grant()))));
    assert!(!stage.did(|effect| matches!(effect, Effect::StartViewer { .. } | Effect::ToViewer(..))));
    assert!(!stage.sent().iter().any(|body| matches!(body, ToRelay::Signal { .. })));
}

#[test]
fn signing_out_ends_the_session_and_forgets_the_token() {
    let mut stage = open();
    stage.act(Action::SignOut);
    assert!(matches!(
        stage.sent()[..],
        [ToRelay::EndSession { .. }, ToRelay::SignOut]
    ));
    assert!(stage.did(|effect| matches!(effect, Effect::ToViewer(SESSION, ViewerCommand::End(_)))));
    assert!(stage.did(|effect| matches!(effect, Effect::SaveToken(None))));
    assert!(matches!(
        stage.technician_page(),
        TechnicianPage::SignIn { busy: false, .. }
    ));
}

#[test]
fn a_second_ticket_is_not_taken_beside_the_one_in_hand() {
    let mut stage = open();
    stage.act(Action::TakeTicket { ticket: TicketId(1043) });
    assert!(stage.sent().is_empty());
    assert_eq!(stage.notice(), Some(Code::SessionOpen));
}

#[test]
fn input_and_requests_without_a_session_are_told_and_sent_nowhere() {
    let mut stage = asking();
    for action in [
        Action::Request {
            capability: Capability::Control,
        },
        Action::GiveBack {
            capability: Capability::Control,
        },
    ] {
        stage.act(Action::DismissNotice);
        stage.act(action);
        assert!(!stage.did(|effect| matches!(effect, Effect::ToViewer(..))));
        assert_eq!(stage.notice(), Some(Code::OutOfOrder));
    }
}

/// The session is over; the ticket is still in hand.
fn to_be_wrapped_up() -> Stage {
    let mut stage = open();
    stage.act(Action::EndSession);
    let end = stage.only_request();
    stage.relay(FromRelay::Done { re: end });
    stage
}

fn solved() -> Action {
    Action::WrapUp {
        outcome: Outcome::Solved,
        message: None,
        note: Some(NoteText::new("Toner").unwrap()),
    }
}

fn busy(stage: &Stage) -> bool {
    matches!(stage.technician_page(), TechnicianPage::Ticket { busy: true, .. })
}

#[test]
fn a_wrap_up_waits_for_a_relay_that_is_away_for_a_moment() {
    let mut stage = to_be_wrapped_up();
    stage.offline();
    stage.act(solved());
    assert!(stage.sent().is_empty() && busy(&stage) && stage.notice().is_none());
    assert!(stage.did(|effect| matches!(effect, Effect::RetryNow)));
    stage.act(solved());
    assert_eq!(stage.notice(), Some(Code::OutOfOrder), "one is on its way");
    stage.act(Action::DismissNotice);
    stage.welcome_technician(vec![entry(TicketState::Taken, true)], None);
    let wraps = |stage: &Stage| {
        stage
            .sent()
            .iter()
            .filter(|body| matches!(body, ToRelay::WrapUp { .. }))
            .count()
    };
    assert_eq!(wraps(&stage), 1);

    // The answer is lost with the connection; the ticket is still in hand, so it is said again.
    stage.offline();
    stage.welcome_technician(vec![entry(TicketState::Taken, true)], None);
    assert_eq!(wraps(&stage), 1);
    // And once more lost; but it is out of hand, so it was done.
    stage.offline();
    stage.welcome_technician(Vec::new(), None);
    assert_eq!(wraps(&stage), 0);
    assert!(matches!(
        stage.technician_page(),
        TechnicianPage::Queue { busy: false, .. }
    ));
    assert_eq!(stage.notice(), None);
}

#[test]
fn a_wrap_up_is_given_up_in_words_when_the_relay_stays_away() {
    let mut stage = to_be_wrapped_up();
    stage.offline();
    stage.act(solved());
    stage.after(19_000);
    assert!(busy(&stage));
    stage.after(1_000);
    assert_eq!((stage.notice(), busy(&stage)), (Some(Code::RelayUnreachable), false));
    // What the relay refuses may be said again, too.
    stage.welcome_technician(vec![entry(TicketState::Taken, true)], None);
    stage.act(solved());
    let wrap = stage.only_request();
    stage.relay(refused(wrap, Code::NotRecorded));
    assert_eq!((stage.notice(), busy(&stage)), (Some(Code::NotRecorded), false));
    stage.act(solved());
    assert!(busy(&stage));
}
