//! What the technician's end does, step by step.

use renfort_protocol::{
    VERSION,
    error::Code,
    grant::{Capability, Grant},
    input::{Button, InputEvent},
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
        pressed: true,
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
fn a_request_while_nobody_is_there_is_answered_at_once() {
    let mut scene = Scene::new();
    let refused = ViewerEvent::Refused {
        capability: Capability::Control,
        timed_out: true,
    };
    assert_eq!(
        scene.command(ViewerCommand::Request(Capability::Control)),
        [ViewerEffect::Event(refused)]
    );
    let text = ChatText::new("Bonjour").unwrap();
    assert!(scene.command(ViewerCommand::Chat(text.clone())).is_empty());
    scene.session.handle_link(LinkEvent::Open, START);
    scene.hear(&FromSharer::Hello { version: VERSION });
    assert!(scene.effects().contains(&sends(FromViewer::Chat { text })));
}

#[test]
fn the_sharers_end_is_understood() {
    let check = |error: Option<Code>, after: u64, expected: EndReason| {
        let mut scene = Scene::greeted(&ALL);
        scene.now = START.plus(after);
        scene.hear(&FromSharer::Bye {
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
    check(None, 1_000, EndReason::StoppedByUser);
    check(None, 598_500, EndReason::Expired);
    check(None, 600_000, EndReason::Expired);
    check(Some(Code::NoScreen), 1_000, EndReason::Failed);
    check(Some(Code::PeerLost), 1_000, EndReason::Lost);
}

#[test]
fn a_sharer_that_says_what_only_a_viewer_may_say_is_left() {
    let mut scene = Scene::greeted(&ALL);
    let bytes = serde_json::to_vec(&FromViewer::Request {
        capability: Capability::Control,
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
