//! What the user allows, takes back, and what is counted.

use super::*;

#[test]
fn input_without_control_is_refused_once_in_words_and_counted_as_often_as_it_came() {
    let mut scene = Scene::greeted(&[Capability::View]);
    for _ in 0..10 {
        scene.press();
        scene.hear(&FromViewer::Input { event: key(false) });
    }
    assert_eq!(
        scene.said(),
        [FromSharer::InputDenied {
            reason: InputDenied::NotGranted
        }]
    );
    scene.pass(REPORT_EVERY_MS);
    assert_eq!(
        scene.reports(),
        [ReportedEvent::InputDenied {
            reason: InputDenied::NotGranted,
            times: 10
        }]
    );
}

#[test]
fn control_is_asked_apart_and_brings_the_clipboard_when_the_user_chose_so() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.hear(&FromViewer::Request {
        capability: Capability::Control,
        asked_at: START,
    });
    let answer_by = START.plus(CONSENT_ANSWER_MS);
    let asked = SharerEvent::Requested {
        capability: Capability::Control,
        answer_by,
    };
    assert!(scene.effects().contains(&SharerEffect::Event(asked)));
    scene.hear(&FromViewer::Request {
        capability: Capability::Control,
        asked_at: START,
    });
    assert!(scene.effects().is_empty(), "asking twice is asking once");
    scene.command(SharerCommand::Answer {
        capability: Capability::Control,
        allow: true,
        clipboard: true,
    });
    let effects = scene.effects();
    assert!(effects.contains(&SharerEffect::WatchClipboard(true)));
    let all: Capabilities = [Capability::View, Capability::Control, Capability::Clipboard].into();
    assert!(effects.iter().any(|effect| matches!(effect,
        SharerEffect::Send(_, FromSharer::Granted { grant, .. }) if grant.capabilities == all)));
    scene.press();
    assert_eq!(scene.effects(), [SharerEffect::Input(key(true))]);
}

#[test]
fn control_without_the_clipboard_leaves_the_clipboard_alone() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let ask = |capability| FromViewer::Request {
        capability,
        asked_at: START,
    };
    let answer = |capability, allow, clipboard| SharerCommand::Answer {
        capability,
        allow,
        clipboard,
    };
    scene.hear(&ask(Capability::Control));
    scene.effects();
    scene.command(answer(Capability::Control, true, false));
    let effects = scene.effects();
    assert!(!effects.contains(&SharerEffect::WatchClipboard(true)), "{effects:?}");
    let chosen: Capabilities = [Capability::View, Capability::Control].into();
    assert!(effects.iter().any(|effect| matches!(effect,
        SharerEffect::Send(_, FromSharer::Granted { grant, .. }) if grant.capabilities == chosen)));
    scene.session.handle_copied("secret".into(), scene.now);
    scene.hear(&FromViewer::Clipboard {
        text: ClipboardText::new("x".into()).unwrap(),
    });
    let effects = scene.effects();
    assert!(!effects.iter().any(|effect| matches!(
        effect,
        SharerEffect::SetClipboard(_) | SharerEffect::Send(_, FromSharer::Clipboard { .. })
    )));
    // A no is a no to both, and the choice means nothing in another question.
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.hear(&ask(Capability::Control));
    scene.command(answer(Capability::Control, false, true));
    assert!(!scene.effects().contains(&SharerEffect::WatchClipboard(true)));
    let mut scene = Scene::greeted(&[]);
    scene.hear(&ask(Capability::View));
    scene.command(answer(Capability::View, true, true));
    assert!(!scene.effects().contains(&SharerEffect::WatchClipboard(true)));
}

#[test]
fn silence_is_a_refusal_and_an_answer_without_a_question_is_nothing() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.command(SharerCommand::Answer {
        capability: Capability::Control,
        allow: true,
        clipboard: true,
    });
    assert!(scene.effects().is_empty());
    scene.hear(&FromViewer::Request {
        capability: Capability::Control,
        asked_at: START,
    });
    scene.pass(CONSENT_ANSWER_MS);
    let effects = scene.effects();
    assert!(effects.contains(&SharerEffect::Event(SharerEvent::RequestClosed(Capability::Control))));
    let refused = FromSharer::Refused {
        capability: Capability::Control,
        timed_out: true,
    };
    assert!(effects.contains(&SharerEffect::Send(Channel::Session, refused)));
    scene.command(SharerCommand::Answer {
        capability: Capability::Control,
        allow: true,
        clipboard: true,
    });
    scene.press();
    assert!(!scene.effects().contains(&SharerEffect::Input(key(true))));
}

#[test]
fn a_refusal_that_was_lost_on_its_way_is_repeated_and_the_user_is_not_asked_again() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let ask = |asked_at| FromViewer::Request {
        capability: Capability::Control,
        asked_at,
    };
    scene.hear(&ask(START));
    scene.session.handle_link(LinkEvent::Closed, START);
    scene.command(SharerCommand::Answer {
        capability: Capability::Control,
        allow: false,
        clipboard: false,
    });
    scene.session.handle_link(LinkEvent::Open, START);
    scene.hear(&FromViewer::Hello {
        version: VERSION,
        cursor: true,
    });
    scene.effects();
    scene.hear(&ask(START));
    let refused = FromSharer::Refused {
        capability: Capability::Control,
        timed_out: false,
    };
    assert_eq!(scene.effects(), [SharerEffect::Send(Channel::Session, refused)]);
    scene.hear(&ask(START.plus(1)));
    let asked = |event: &SharerEvent| matches!(event, SharerEvent::Requested { .. });
    assert!(scene.events().iter().any(asked), "another question is another question");
}

#[test]
fn control_pauses_while_any_question_is_open_and_what_is_held_goes_up() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control]);
    scene.press();
    scene.effects();
    scene.command(SharerCommand::Pause(Pause::Control));
    assert_eq!(scene.effects(), [SharerEffect::ReleaseAll]);
    scene.press();
    assert_eq!(
        scene.said(),
        [FromSharer::InputDenied {
            reason: InputDenied::Paused
        }]
    );
    scene.command(SharerCommand::Pause(Pause::Nothing));
    scene.press();
    assert_eq!(scene.effects(), [SharerEffect::Input(key(true))]);
    scene.hear(&FromViewer::Request {
        capability: Capability::Clipboard,
        asked_at: START,
    });
    assert_eq!(scene.effects()[0], SharerEffect::ReleaseAll);
    scene.press();
    assert!(scene.effects().is_empty(), "paused, and said so a moment ago");
}

#[test]
fn what_the_user_takes_back_is_gone_at_once() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control, Capability::Clipboard]);
    scene.command(SharerCommand::Withdraw(Capability::Control));
    let effects = scene.effects();
    assert_eq!(effects[0], SharerEffect::ReleaseAll);
    let withdrawn = FromSharer::Withdrawn {
        capability: Capability::Control,
        reason: Withdrawn::ByUser,
    };
    assert_eq!(effects[1], SharerEffect::Send(Channel::Session, withdrawn));
    assert!(
        !effects.contains(&SharerEffect::WatchClipboard(false)),
        "the clipboard is a thing of its own"
    );
    scene.press();
    assert!(!scene.effects().contains(&SharerEffect::Input(key(true))));
    scene.command(SharerCommand::Withdraw(Capability::View));
    let effects = scene.effects();
    assert!(effects.contains(&SharerEffect::Picture(false)) && effects.contains(&SharerEffect::WatchClipboard(false)));
}

#[test]
fn a_technician_who_gives_control_back_gives_the_clipboard_back_too() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control, Capability::Clipboard]);
    scene.hear(&FromViewer::GiveBack {
        capability: Capability::Control,
    });
    let reason = Withdrawn::ByTechnician;
    let gone = |capability| ReportedEvent::Withdrawn { capability, reason };
    assert_eq!(
        scene.reports(),
        [gone(Capability::Control), gone(Capability::Clipboard)]
    );
}

#[test]
fn five_more_minutes_are_added_up_to_a_limit() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.command(SharerCommand::Extend);
    let expires_at = START.plus(LASTS_MS + EXTENSION_MS);
    assert_eq!(scene.reports(), [ReportedEvent::Extended { expires_at }]);
    for _ in 0..100 {
        scene.command(SharerCommand::Extend);
    }
    let last = scene.reports().pop();
    assert_eq!(
        last,
        Some(ReportedEvent::Extended {
            expires_at: START.plus(MAX_GRANT_MS)
        })
    );
}

#[test]
fn the_session_ends_with_its_time_box_even_before_the_timer_runs() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control]);
    scene.pass(LASTS_MS - 1);
    scene.effects();
    scene.now = START.plus(LASTS_MS);
    scene.press();
    let effects = scene.effects();
    assert_eq!(effects[0], SharerEffect::ReleaseAll);
    assert!(effects.contains(&SharerEffect::Picture(false)) && !effects.contains(&SharerEffect::Input(key(true))));
    let ended = SharerEvent::Ended {
        reason: EndReason::Expired,
        error: None,
    };
    assert_eq!(effects.last(), Some(&SharerEffect::Event(ended)));
    assert_eq!(scene.session.poll_timeout(), None);
}

#[test]
fn stop_releases_first_and_then_tells() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control]);
    scene.press();
    scene.session.handle_input(InputOutcome::KeyPressed, START);
    scene.effects();
    scene.command(SharerCommand::Stop);
    let effects = scene.effects();
    assert_eq!(effects[..2], [SharerEffect::ReleaseAll, SharerEffect::Picture(false)]);
    let report = |event| SharerEffect::Event(SharerEvent::Report { at: START, event });
    let counts = Counts {
        keys: 1,
        ..Counts::default()
    };
    let withdrawn = ReportedEvent::Withdrawn {
        capability: Capability::Control,
        reason: Withdrawn::ByUser,
    };
    assert_eq!(
        effects[2..],
        [
            report(withdrawn),
            report(ReportedEvent::Counted { counts }),
            report(ReportedEvent::Stopped),
            SharerEffect::Send(
                Channel::Session,
                FromSharer::Bye {
                    reason: EndReason::StoppedByUser,
                    error: None
                }
            ),
            SharerEffect::Event(SharerEvent::Ended {
                reason: EndReason::StoppedByUser,
                error: None
            }),
        ]
    );
    scene.command(SharerCommand::Stop);
    scene.press();
    scene.session.handle_timeout(START.plus(SESSION_LOST_MS));
    assert!(scene.effects().is_empty(), "an end is the end");
}

#[test]
fn what_was_done_is_counted_and_reported_together() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control, Capability::Clipboard]);
    let text = |text: &str| ClipboardText::new(text.into()).unwrap();
    scene.session.handle_input(InputOutcome::KeyPressed, START);
    scene.session.handle_input(InputOutcome::ButtonPressed, START);
    scene.session.handle_copied("abc".into(), START);
    scene.session.handle_copied("a".repeat(50_001), START);
    scene.hear(&FromViewer::Clipboard { text: text("de") });
    scene.hear(&FromViewer::Chat {
        text: ChatText::new("Bonjour").unwrap(),
    });
    scene.command(SharerCommand::Chat(ChatText::new("Merci").unwrap()));
    let effects = scene.effects();
    let (characters, here) = (50_001, true);
    let too_long = FromSharer::ClipboardTooLong { characters };
    assert!(effects.contains(&SharerEffect::Send(Channel::Session, too_long)));
    let characters = 50_001;
    assert!(effects.contains(&SharerEffect::Event(SharerEvent::ClipboardTooLong { here, characters })));
    assert!(effects.contains(&SharerEffect::SetClipboard(text("de"))));
    assert!(effects.contains(&SharerEffect::Event(SharerEvent::ClipboardSent { characters: 3 })));
    scene.pass(REPORT_EVERY_MS);
    let counts = Counts {
        keys: 1,
        clicks: 1,
        clipboard_to_user: 1,
        clipboard_from_user: 1,
        chat: 2,
    };
    assert_eq!(scene.reports(), [ReportedEvent::Counted { counts }]);
}

#[test]
fn the_clipboard_is_not_touched_without_leave() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control]);
    scene.session.handle_copied("secret".into(), START);
    scene.hear(&FromViewer::Clipboard {
        text: ClipboardText::new("x".into()).unwrap(),
    });
    assert_eq!(
        scene.effects(),
        [SharerEffect::Send(
            Channel::Session,
            FromSharer::InputDenied {
                reason: InputDenied::NotGranted
            }
        )]
    );
}
