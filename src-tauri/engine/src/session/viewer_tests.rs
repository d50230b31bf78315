//! What the technician's end does, step by step.

mod typing;

use renfort_protocol::{
    VERSION,
    error::Code,
    grant::{Capability, Grant},
    ids::Signature,
    input::{Button, InputEvent},
    keyboard::KeyMode,
    limits::{HEARTBEAT_MS, PEER_LOST_MS, SESSION_LOST_MS},
    report::{InputDenied, ReportedEvent, Withdrawn},
    session::{ChatText, ClipboardText, FromSharer, FromViewer},
    signalling::{EndReason, Sdp, Signal},
    time::UnixMillis,
};

use super::{
    Channel, LinkEvent, ViewerEffect, ViewerSession,
    link::BROKEN_MS,
    sharer_tests::{START, grant},
};
use crate::peer::{ViewerCommand, ViewerEvent};

struct Scene {
    session: ViewerSession,
    now: UnixMillis,
}

impl Scene {
    fn new() -> Self {
        Self {
            session: ViewerSession::new(grant(&[Capability::View]), START, START),
            now: START,
        }
    }

    fn greeted(capabilities: &[Capability]) -> Self {
        let mut scene = Self::new();
        scene.session.handle_link(LinkEvent::Open, START);
        scene.hear(&FromSharer::Hello { version: VERSION });
        scene.hear(&FromSharer::Granted {
            grant: grant(capabilities),
            now: START,
        });
        scene.effects();
        scene
    }

    fn effects(&mut self) -> Vec<ViewerEffect> {
        std::iter::from_fn(|| self.session.poll_effect()).collect()
    }

    fn hear(&mut self, message: &FromSharer) {
        self.session
            .handle_message(Channel::Session, &serde_json::to_vec(message).unwrap(), self.now);
    }

    /// The connection is made anew, and the sharer says hello over it.
    fn reconnect(&mut self) -> Vec<ViewerEffect> {
        self.session.handle_link(LinkEvent::Closed, self.now);
        self.session.handle_link(LinkEvent::Open, self.now);
        self.hear(&FromSharer::Hello { version: VERSION });
        self.effects()
    }

    fn input(&mut self, event: InputEvent) -> Vec<ViewerEffect> {
        self.session.handle_input(event, self.now);
        self.effects()
    }

    fn command(&mut self, command: ViewerCommand) -> Vec<ViewerEffect> {
        self.session.handle_command(command, self.now);
        self.effects()
    }
}

fn key() -> InputEvent {
    InputEvent::Key {
        code: "KeyA".into(),
        key: "a".into(),
        how: KeyMode::Character,
        pressed: true,
    }
}

fn asks(asked_at: UnixMillis) -> FromViewer {
    FromViewer::Request {
        capability: Capability::Control,
        asked_at,
    }
}

fn sends(message: FromViewer) -> ViewerEffect {
    ViewerEffect::Send(Channel::Session, message)
}

const ALL: [Capability; 3] = [Capability::View, Capability::Control, Capability::Clipboard];

#[test]
fn the_grant_is_told_on_this_machines_clock() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let there = UnixMillis(77_000_000);
    let theirs = Grant {
        expires_at: there.plus(60_000),
        ..grant(&ALL)
    };
    scene.hear(&FromSharer::Granted {
        grant: theirs.clone(),
        now: there,
    });
    let here = Grant {
        expires_at: START.plus(60_000),
        ..theirs
    };
    assert_eq!(
        scene.effects(),
        [
            ViewerEffect::WatchClipboard(true),
            ViewerEffect::Event(ViewerEvent::Granted(here))
        ]
    );
}

#[test]
fn input_is_sent_only_with_control_and_the_technician_is_reminded_now_and_then() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let denied = ViewerEffect::Event(ViewerEvent::InputDenied(InputDenied::NotGranted));
    assert_eq!(scene.input(key()), std::slice::from_ref(&denied));
    assert!(scene.input(key()).is_empty() && scene.input(InputEvent::Move { order: 1, x: 1, y: 1 }).is_empty());
    scene.now = scene.now.plus(2_000);
    assert_eq!(scene.input(key()), [denied]);
    let mut scene = Scene::greeted(&ALL);
    assert_eq!(scene.input(key()), [sends(FromViewer::Input { event: key() })]);
    scene.hear(&FromSharer::Withdrawn {
        capability: Capability::Control,
        reason: Withdrawn::ByUser,
    });
    scene.effects();
    assert!(!scene.input(key()).contains(&sends(FromViewer::Input { event: key() })));
}

#[test]
fn moves_take_the_quick_way_and_a_button_brings_its_own_place() {
    let mut scene = Scene::greeted(&ALL);
    let at = |order, x, y| FromViewer::Input {
        event: InputEvent::Move { order, x, y },
    };
    let moved = scene.input(InputEvent::Move { order: 900, x: 3, y: 4 });
    assert_eq!(moved, [ViewerEffect::Send(Channel::Pointer, at(1, 3, 4))]);
    let click = InputEvent::Button {
        button: Button::Left,
        pressed: true,
        x: 5,
        y: 6,
    };
    assert_eq!(
        scene.input(click.clone()),
        [sends(at(2, 5, 6)), sends(FromViewer::Input { event: click })]
    );
}

#[test]
fn nothing_typed_at_a_frozen_picture_is_sent_later() {
    let mut scene = Scene::greeted(&ALL);
    scene.now = START.plus(PEER_LOST_MS);
    scene.session.handle_timeout(scene.now);
    let effects = scene.effects();
    assert!(effects.contains(&ViewerEffect::Event(ViewerEvent::PeerLost(true))));
    assert!(scene.input(key()).is_empty());
    // But what is down may go up: the sharer may only be slow, and would go on holding it.
    assert_eq!(
        scene.input(InputEvent::ReleaseAll),
        [sends(FromViewer::Input {
            event: InputEvent::ReleaseAll
        })]
    );
    scene.hear(&FromSharer::Heartbeat);
    let effects = scene.effects();
    assert!(effects.contains(&ViewerEffect::Event(ViewerEvent::PeerLost(false))));
    let back = ReportedEvent::PeerBack { after_ms: PEER_LOST_MS };
    assert!(effects.contains(&ViewerEffect::Event(ViewerEvent::Report {
        at: scene.now,
        event: back
    })));
    assert_eq!(scene.input(key()).len(), 1);
    scene.now = scene.now.plus(SESSION_LOST_MS);
    scene.session.handle_timeout(scene.now);
    assert!(matches!(
        scene.effects().last(),
        Some(ViewerEffect::Event(ViewerEvent::Ended {
            reason: EndReason::Lost,
            error: Some(_)
        }))
    ));
}

#[test]
fn an_offer_is_answered_once_and_asked_for_when_none_comes() {
    let mut scene = Scene::new();
    let offer = |attempt| Signal::Offer {
        attempt,
        sdp: Sdp::new("v=0".into()).unwrap(),
        seal: Signature([0; 64]),
    };
    scene.session.handle_timeout(START.plus(BROKEN_MS));
    assert_eq!(
        scene.effects(),
        [ViewerEffect::Event(ViewerEvent::Signal(Signal::Restart))]
    );
    let effects = scene.command(ViewerCommand::Signal(offer(3)));
    assert!(matches!(effects[..], [ViewerEffect::Answer { attempt: 3, .. }]));
    assert!(scene.command(ViewerCommand::Signal(offer(3))).is_empty());
    assert!(scene.command(ViewerCommand::Signal(offer(2))).is_empty());
}

#[test]
fn the_first_picture_is_reported_once_counted_from_the_grant() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.session.handle_picture(START.plus(350));
    scene.session.handle_picture(START.plus(400));
    let event = ReportedEvent::FirstPicture { after_ms: 350 };
    assert_eq!(
        scene.effects(),
        [ViewerEffect::Event(ViewerEvent::Report {
            at: START.plus(350),
            event
        })]
    );
}

#[test]
fn heartbeats_are_sent_while_connected() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.session.handle_timeout(START.plus(HEARTBEAT_MS));
    assert_eq!(scene.effects(), [sends(FromViewer::Heartbeat)]);
}

#[test]
fn texts_are_exchanged_only_while_it_is_allowed() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let text = || ClipboardText::new("abc".into()).unwrap();
    scene.session.handle_copied("abc".into());
    scene.hear(&FromSharer::Clipboard { text: text() });
    assert!(scene.effects().is_empty());
    let mut scene = Scene::greeted(&ALL);
    scene.session.handle_copied("abc".into());
    assert_eq!(
        scene.effects(),
        [
            sends(FromViewer::Clipboard { text: text() }),
            ViewerEffect::Event(ViewerEvent::ClipboardSent { characters: 3 })
        ]
    );
    scene.hear(&FromSharer::Clipboard { text: text() });
    assert_eq!(scene.effects()[0], ViewerEffect::SetClipboard(text()));
}

#[test]
fn what_is_said_before_there_is_a_connection_is_said_as_soon_as_there_is_one() {
    let mut scene = Scene::new();
    assert!(scene.command(ViewerCommand::Request(Capability::Control)).is_empty());
    let text = ChatText::new("Bonjour").unwrap();
    assert!(scene.command(ViewerCommand::Chat(text.clone())).is_empty());
    scene.now = START.plus(2_000);
    let effects = scene.reconnect();
    assert!(effects.contains(&sends(FromViewer::Chat { text })));
    assert_eq!(effects.last(), Some(&sends(asks(START))));
}

#[test]
fn a_request_that_was_lost_with_its_connection_is_said_again_as_the_same_question() {
    let mut scene = Scene::greeted(&[Capability::View]);
    assert_eq!(
        scene.command(ViewerCommand::Request(Capability::Control)),
        [sends(asks(START))]
    );
    scene.now = START.plus(5_000);
    assert!(scene.reconnect().contains(&sends(asks(START))));
    scene.hear(&FromSharer::Granted {
        grant: grant(&ALL),
        now: scene.now,
    });
    assert!(!scene.reconnect().contains(&sends(asks(START))), "answered by a yes");
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.command(ViewerCommand::Request(Capability::Control));
    scene.hear(&FromSharer::Refused {
        capability: Capability::Control,
        timed_out: false,
    });
    assert!(!scene.reconnect().contains(&sends(asks(START))), "answered by a no");
}

#[test]
fn what_was_given_back_over_a_dead_connection_is_given_back_again() {
    let mut scene = Scene::greeted(&ALL);
    let back = sends(FromViewer::GiveBack {
        capability: Capability::Control,
    });
    assert_eq!(
        scene.command(ViewerCommand::GiveBack(Capability::Control)),
        std::slice::from_ref(&back)
    );
    assert!(scene.reconnect().contains(&back));
    scene.hear(&FromSharer::Withdrawn {
        capability: Capability::Control,
        reason: Withdrawn::ByTechnician,
    });
    assert!(!scene.reconnect().contains(&back));
}

#[test]
fn a_text_that_is_too_long_is_told_of_on_both_sides() {
    let mut scene = Scene::greeted(&ALL);
    scene.session.handle_copied("a".repeat(50_001));
    let characters = 50_001;
    assert_eq!(
        scene.effects(),
        [
            sends(FromViewer::ClipboardTooLong { characters }),
            ViewerEffect::Event(ViewerEvent::ClipboardTooLong {
                here: true,
                characters: 50_001
            })
        ]
    );
    scene.hear(&FromSharer::ClipboardTooLong { characters: 70_000 });
    assert_eq!(
        scene.effects(),
        [ViewerEffect::Event(ViewerEvent::ClipboardTooLong {
            here: false,
            characters: 70_000
        })]
    );
}

#[test]
fn the_sharers_end_is_understood() {
    let check = |reason: EndReason, error: Option<Code>, expected: EndReason| {
        let mut scene = Scene::greeted(&ALL);
        // A moment before the time box ends, where a clock alone cannot tell a stop from the end of the time.
        scene.now = START.plus(599_000);
        scene.hear(&FromSharer::Bye {
            reason,
            error: error.map(Into::into),
        });
        let effects = scene.effects();
        assert!(
            matches!(effects.last(), Some(ViewerEffect::Event(ViewerEvent::Ended { reason, .. }))
            if *reason == expected),
            "{effects:?}"
        );
        assert!(scene.input(key()).is_empty());
    };
    check(EndReason::StoppedByUser, None, EndReason::StoppedByUser);
    check(EndReason::Expired, None, EndReason::Expired);
    check(EndReason::Failed, Some(Code::NoScreen), EndReason::Failed);
    check(EndReason::Lost, Some(Code::PeerLost), EndReason::Lost);
    // What the technician did is not for the user's machine to say.
    check(EndReason::EndedByTechnician, None, EndReason::Lost);
    check(EndReason::Refused, None, EndReason::Lost);
}

#[test]
fn a_sharer_that_says_what_only_a_viewer_may_say_is_left() {
    let mut scene = Scene::greeted(&ALL);
    let bytes = serde_json::to_vec(&FromViewer::Request {
        capability: Capability::Control,
        asked_at: START,
    })
    .unwrap();
    scene.session.handle_message(Channel::Session, &bytes, START);
    let effects = scene.effects();
    assert!(effects.contains(&sends(FromViewer::Bye)));
    assert!(
        matches!(effects.last(), Some(ViewerEffect::Event(ViewerEvent::Ended { error: Some(error), .. }))
        if error.code == Code::NotAllowed)
    );
}

#[test]
fn a_sharer_of_another_version_is_refused() {
    let mut scene = Scene::new();
    scene.session.handle_link(LinkEvent::Open, START);
    scene.hear(&FromSharer::Hello { version: VERSION + 1 });
    assert!(
        matches!(scene.effects().last(), Some(ViewerEffect::Event(ViewerEvent::Ended { error: Some(error), .. }))
        if error.code == Code::WrongVersion)
    );
}

#[test]
fn the_users_pointer_is_followed_and_never_goes_back() {
    let mut scene = Scene::greeted(&[Capability::View]);
    let mut at = |order, x| {
        let bytes = serde_json::to_vec(&FromSharer::Pointer { order, x, y: 0 }).unwrap();
        scene.session.handle_message(Channel::Pointer, &bytes, START);
        std::iter::from_fn(|| scene.session.poll_effect()).collect::<Vec<_>>()
    };
    assert_eq!(at(2, 7), [ViewerEffect::Event(ViewerEvent::Pointer { x: 7, y: 0 })]);
    assert!(at(1, 5).is_empty());
}
