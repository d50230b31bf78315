//! A user, from *Get help* to the end.

use renfort_engine::peer::{SharerCommand, SharerEvent};
use renfort_protocol::{
    limits::{CONSENT_ANSWER_MS, GRANT_MS},
    report::ReportedEvent,
    session::ChatText,
    signalling::{ConsentAnswer, EndReason},
};

use super::*;

fn get_help() -> Action {
    Action::RequestHelp {
        summary: summary(),
        impact: Impact::Person,
        urgency: Urgency::High,
    }
}

fn consent(allow: bool) -> Action {
    Action::AnswerConsent {
        allow,
        capabilities: [Capability::View, Capability::Control].into(),
        time_box_ms: GRANT_MS,
    }
}

#[test]
fn the_whole_way_from_get_help_to_finished() {
    let mut stage = Stage::user();
    assert_eq!(
        stage.user_page(),
        UserPage::Home {
            busy: false,
            help: None
        }
    );

    stage.act(get_help());
    assert_eq!(stage.user_page(), UserPage::Home { busy: true, help: None });
    let open = stage.only_request();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    stage.relay(FromRelay::Done { re: open });
    assert!(matches!(stage.user_page(), UserPage::Waiting { ticket, .. } if ticket.position == Some(1)));

    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Taken),
    });
    stage.asked();
    assert!(
        stage.did(|effect| matches!(effect, Effect::Notify(_))) && stage.did(|effect| matches!(effect, Effect::Raise))
    );
    let UserPage::Consent {
        session,
        busy: false,
        choices,
        allow_from: None,
        ..
    } = stage.user_page()
    else {
        panic!("no question")
    };
    assert_eq!(
        (session.answer_by, choices.time_box_ms),
        (START.plus(CONSENT_ANSWER_MS), GRANT_MS)
    );

    stage.act(Action::AnswerConsent {
        allow: true,
        capabilities: [Capability::View].into(),
        time_box_ms: GRANT_MS,
    });
    assert!(matches!(stage.user_page(), UserPage::Consent { busy: true, .. }));
    let granted = stage.grant_answered();
    assert_eq!(
        (granted.capabilities.len(), granted.expires_at),
        (1, START.plus(GRANT_MS))
    );
    stage.relay(granted_here(granted.clone()));
    assert!(stage.did(|effect| matches!(effect, Effect::StartSharer { grant, .. } if *grant == granted)));
    assert!(stage.did(|effect| matches!(effect, Effect::ShowBanner(true))));
    assert!(matches!(stage.user_page(), UserPage::Session { connected: false, .. }));
    stage.handle(Event::Sharer(SESSION, SharerEvent::Connected));
    assert!(matches!(stage.user_page(), UserPage::Session { connected: true, .. }));

    stage.act(Action::Stop);
    assert!(stage.did(|effect| matches!(effect, Effect::StopSharer)));
    assert!(stage.did(|effect| matches!(effect, Effect::ShowBanner(false))));
    assert!(matches!(stage.user_page(), UserPage::Waiting { .. }));
    stage.handle(Event::Sharer(
        SESSION,
        SharerEvent::Report {
            at: START,
            event: ReportedEvent::Stopped,
        },
    ));
    stage.handle(Event::Sharer(
        SESSION,
        SharerEvent::Ended {
            reason: EndReason::StoppedByUser,
            error: None,
        },
    ));
    assert_eq!(
        stage.sent(),
        [&ToRelay::EndSession {
            session: SESSION,
            reason: EndReason::StoppedByUser
        }]
    );
    let end = stage.only_request();
    stage.relay(FromRelay::Done { re: end });

    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Solved),
    });
    assert!(matches!(stage.user_page(), UserPage::Finished { busy: false, .. }));
    stage.act(Action::Feedback { solved: false });
    assert_eq!(
        stage.sent(),
        [&ToRelay::Feedback {
            ticket: TICKET,
            solved: false
        }]
    );
    assert!(matches!(stage.user_page(), UserPage::Finished { busy: true, .. }));
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    assert!(matches!(stage.user_page(), UserPage::Waiting { .. }));
}

/// Allowed, but the relay's word is still under way.
fn allowed_a_moment_ago() -> Stage {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Taken),
    });
    stage.asked();
    stage.act(consent(true));
    stage
}

#[test]
fn a_stop_between_the_yes_and_the_relays_word_ends_the_session_before_it_begins() {
    let stopped = ToRelay::EndSession {
        session: SESSION,
        reason: EndReason::StoppedByUser,
    };
    let mut stage = allowed_a_moment_ago();
    let granted = stage.grant_answered();
    stage.act(Action::Stop);
    assert_eq!(stage.sent(), [&stopped]);
    assert!(matches!(stage.user_page(), UserPage::Waiting { .. }));
    stage.relay(granted_here(granted.clone()));
    assert!(!stage.did(|effect| matches!(effect, Effect::StartSharer { .. } | Effect::ShowBanner(true))));

    // The connection breaks before the relay has it: the same is said again, for the same reason.
    stage.offline();
    stage.welcome_user(Some(ticket(TicketState::Taken)), Some(session(Some(granted))));
    assert_eq!(stage.sent(), [&stopped]);
    assert!(!stage.did(|effect| matches!(effect, Effect::StartSharer { .. })));
}

#[test]
fn a_program_that_is_ended_between_the_yes_and_the_relays_word_tells_the_relay_first() {
    let mut stage = allowed_a_moment_ago();
    stage.handle(Event::Quit);
    assert!(matches!(
        stage.sent()[..],
        [ToRelay::EndSession {
            reason: EndReason::StoppedByUser,
            ..
        }]
    ));
    assert!(!stage.did(|effect| matches!(effect, Effect::Exit)));
    let end = stage.only_request();
    stage.relay(FromRelay::SessionEnded {
        session: SESSION,
        reason: EndReason::StoppedByUser,
    });
    stage.relay(FromRelay::Done { re: end - 1 });
    stage.relay(FromRelay::Done { re: end });
    assert!(stage.did(|effect| matches!(effect, Effect::Exit)));
}

#[test]
fn a_text_that_was_too_long_is_told_of_and_not_counted_as_passed() {
    let mut stage = Stage::in_session();
    stage.handle(Event::Sharer(
        SESSION,
        SharerEvent::ClipboardTooLong {
            here: true,
            characters: 60_000,
        },
    ));
    let UserPage::Session { clipboard, .. } = stage.user_page() else {
        panic!("no session")
    };
    let told = clipboard
        .last()
        .map(|line| (line.to_technician, line.characters, line.passed));
    assert_eq!(told, Some((true, 60_000, false)));
}

#[test]
fn an_app_that_was_restarted_finds_its_ticket() {
    let mut stage = Stage::new(false);
    stage.welcome_user(Some(ticket(TicketState::Waiting)), None);
    assert!(matches!(stage.user_page(), UserPage::Waiting { ticket, .. } if ticket.id == TICKET));
}

#[test]
fn a_request_for_help_that_met_a_broken_connection_is_sent_again_under_its_number() {
    let mut stage = Stage::user();
    stage.act(get_help());
    let first = stage.sent()[0].clone();
    stage.offline();
    assert_eq!(stage.user_page(), UserPage::Home { busy: true, help: None });
    stage.welcome_user(None, None);
    assert_eq!(stage.sent(), [&first]);
}

#[test]
fn without_a_relay_the_person_is_told_instead_of_waiting_for_nothing() {
    let mut stage = Stage::user();
    stage.offline();
    stage.act(get_help());
    assert!(stage.sent().is_empty());
    assert_eq!(stage.notice(), Some(Code::RelayUnreachable));
}

#[test]
fn a_refused_request_shows_why_and_the_same_twice_is_two_notices() {
    let mut stage = Stage::user();
    let mut seen = Vec::new();
    for _ in 0..2 {
        stage.act(get_help());
        let id = stage.only_request();
        stage.relay(refused(id, Code::TicketOpen));
        assert_eq!(
            stage.user_page(),
            UserPage::Home {
                busy: false,
                help: None
            }
        );
        assert_eq!(stage.notice(), Some(Code::TicketOpen));
        seen.push(stage.view().notice.unwrap().id);
    }
    assert_ne!(seen[0], seen[1]);
    stage.act(Action::DismissNotice);
    assert_eq!(stage.notice(), None);
}

#[test]
fn silence_is_a_refusal_by_the_app_itself() {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Taken),
    });
    stage.asked();
    stage.after(CONSENT_ANSWER_MS - 1);
    assert!(stage.sent().is_empty());
    stage.after(1);
    let answer = ConsentAnswer::Refuse { timed_out: true };
    assert_eq!(
        stage.sent(),
        [&ToRelay::AnswerConsent {
            session: SESSION,
            answer
        }]
    );
    assert!(matches!(stage.user_page(), UserPage::Waiting { .. }));
    stage.after(1_000);
    assert!(stage.sent().is_empty());
    stage.act(consent(true));
    assert!(stage.sent().is_empty());
    assert_eq!(stage.notice(), Some(Code::OutOfOrder));
}

#[test]
fn an_answer_given_while_the_relay_was_away_reaches_it() {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Taken),
    });
    stage.asked();
    stage.offline();
    stage.act(consent(false));
    assert!(stage.sent().is_empty());
    stage.welcome_user(Some(ticket(TicketState::Taken)), Some(session(None)));
    let answer = ConsentAnswer::Refuse { timed_out: false };
    assert_eq!(
        stage.sent(),
        [&ToRelay::AnswerConsent {
            session: SESSION,
            answer
        }]
    );
}

#[test]
fn nothing_that_was_not_asked_can_be_allowed() {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Taken),
    });
    stage.asked();
    let capabilities = [Capability::Control, Capability::Clipboard].into();
    stage.act(Action::AnswerConsent {
        allow: true,
        capabilities,
        time_box_ms: GRANT_MS,
    });
    assert_eq!(
        stage.grant_answered().capabilities,
        [Capability::View, Capability::Control].into()
    );
}

#[test]
fn a_grant_that_nobody_gave_here_starts_nothing_and_is_ended() {
    let mut unasked = Stage::user();
    unasked.relay(granted_here(grant()));

    let mut restarted = Stage::new(false);
    restarted.welcome_user(Some(ticket(TicketState::Taken)), Some(session(Some(grant()))));

    for stage in [unasked, restarted] {
        assert!(!stage.did(|effect| matches!(effect, Effect::StartSharer { .. })));
        assert_eq!(
            stage.sent(),
            [&ToRelay::EndSession {
                session: SESSION,
                reason: EndReason::Lost
            }]
        );
    }
}

#[test]
fn a_session_goes_on_while_the_relay_is_away_and_ends_when_the_relay_has_ended_it() {
    let mut stage = Stage::in_session();
    stage.offline();
    assert!(matches!(stage.user_page(), UserPage::Session { .. }));
    stage.welcome_user(Some(ticket(TicketState::Taken)), Some(session(Some(grant()))));
    assert!(matches!(stage.user_page(), UserPage::Session { .. }));
    assert!(!stage.did(|effect| matches!(effect, Effect::StartSharer { .. } | Effect::ToSharer(..))));
    stage.offline();
    stage.welcome_user(Some(ticket(TicketState::Taken)), None);
    assert!(stage.did(|effect| matches!(effect, Effect::ToSharer(SESSION, SharerCommand::End(EndReason::Lost)))));
    assert!(matches!(stage.user_page(), UserPage::Waiting { .. }));
}

#[test]
fn a_stop_while_the_relay_is_away_is_local_at_once_and_told_later() {
    let mut stage = Stage::in_session();
    stage.offline();
    stage.act(Action::Stop);
    assert!(stage.did(|effect| matches!(effect, Effect::StopSharer)));
    stage.handle(Event::Sharer(
        SESSION,
        SharerEvent::Ended {
            reason: EndReason::StoppedByUser,
            error: None,
        },
    ));
    assert!(stage.sent().is_empty());
    stage.welcome_user(Some(ticket(TicketState::Taken)), Some(session(Some(grant()))));
    assert!(!stage.did(|effect| matches!(effect, Effect::StartSharer { .. })));
    assert_eq!(
        stage.sent(),
        [&ToRelay::EndSession {
            session: SESSION,
            reason: EndReason::StoppedByUser
        }]
    );
}

#[test]
fn a_sharer_that_fails_ends_the_session_and_says_why() {
    let mut stage = Stage::in_session();
    let error = Some(WireError::from(Code::NoScreen));
    stage.handle(Event::Sharer(
        SESSION,
        SharerEvent::Ended {
            reason: EndReason::Failed,
            error,
        },
    ));
    assert_eq!(
        stage.sent(),
        [&ToRelay::EndSession {
            session: SESSION,
            reason: EndReason::Failed
        }]
    );
    assert!(stage.did(|effect| matches!(effect, Effect::ShowBanner(false))));
    assert_eq!(stage.notice(), Some(Code::NoScreen));
}

#[test]
fn questions_chat_and_clipboard_are_shown_as_they_come() {
    let mut stage = Stage::in_session();
    let asked = SharerEvent::Requested {
        capability: Capability::Control,
        answer_by: START.plus(30_000),
    };
    stage.handle(Event::Sharer(SESSION, asked));
    stage.handle(Event::Sharer(
        SESSION,
        SharerEvent::Chat(ChatText::new("Bonjour").unwrap()),
    ));
    stage.act(Action::Chat {
        text: ChatText::new("Hello").unwrap(),
    });
    for characters in 1..8 {
        stage.handle(Event::Sharer(SESSION, SharerEvent::ClipboardReceived { characters }));
    }
    let UserPage::Session {
        question,
        chat,
        clipboard,
        ..
    } = stage.user_page()
    else {
        panic!("no session")
    };
    assert_eq!(question.map(|question| question.capability), Some(Capability::Control));
    assert_eq!(
        chat.iter()
            .map(|line| (line.mine, line.text.as_str()))
            .collect::<Vec<_>>(),
        [(false, "Bonjour"), (true, "Hello")]
    );
    assert_eq!(
        clipboard.iter().map(|line| line.characters).collect::<Vec<_>>(),
        [3, 4, 5, 6, 7]
    );
    stage.act(Action::AnswerRequest {
        capability: Capability::Control,
        allow: true,
        clipboard: false,
    });
    assert!(stage.did(|effect| matches!(
        effect,
        Effect::ToSharer(
            SESSION,
            SharerCommand::Answer {
                allow: true,
                clipboard: false,
                ..
            }
        )
    )));
    stage.handle(Event::Sharer(SESSION, SharerEvent::RequestClosed(Capability::Control)));
    assert!(matches!(stage.user_page(), UserPage::Session { question: None, .. }));
}

#[test]
fn what_was_left_without_an_answer_stays_away_until_it_comes_back_to_life() {
    let mut stage = Stage::user();
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Solved),
    });
    stage.act(Action::Leave);
    assert_eq!(
        stage.user_page(),
        UserPage::Home {
            busy: false,
            help: None
        }
    );
    stage.offline();
    stage.welcome_user(Some(ticket(TicketState::Solved)), None);
    assert_eq!(
        stage.user_page(),
        UserPage::Home {
            busy: false,
            help: None
        }
    );
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    stage.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Solved),
    });
    assert!(matches!(stage.user_page(), UserPage::Finished { .. }));
}

#[test]
fn closing_the_window_puts_it_away_while_somebody_counts_on_it_and_else_ends_the_program() {
    let mut waiting = Stage::user();
    waiting.relay(FromRelay::Ticket {
        ticket: ticket(TicketState::Waiting),
    });
    for mut stage in [waiting, Stage::in_session()] {
        stage.handle(Event::CloseRequested);
        assert!(stage.did(|effect| matches!(effect, Effect::PutAway)));
        assert!(!stage.did(|effect| matches!(effect, Effect::Exit | Effect::StopSharer)));
    }
    let mut idle = Stage::user();
    idle.handle(Event::CloseRequested);
    assert!(idle.did(|effect| matches!(effect, Effect::Exit)));
}

#[test]
fn quitting_stops_the_session_first_and_does_not_wait_for_ever() {
    let mut stage = Stage::in_session();
    stage.handle(Event::Quit);
    assert!(stage.did(|effect| matches!(effect, Effect::StopSharer)));
    assert!(!stage.did(|effect| matches!(effect, Effect::Exit)));
    stage.handle(Event::Sharer(
        SESSION,
        SharerEvent::Ended {
            reason: EndReason::StoppedByUser,
            error: None,
        },
    ));
    let end = stage.only_request();
    stage.relay(FromRelay::Done { re: end });
    assert!(stage.did(|effect| matches!(effect, Effect::Exit)));

    let mut unheard = Stage::in_session();
    unheard.handle(Event::Quit);
    unheard.after(10_000);
    assert!(unheard.did(|effect| matches!(effect, Effect::Exit)));
}
