//! Connections, silence, wrong messages and missing parts.

use super::*;

#[test]
fn a_connection_begins_with_version_grant_and_screen() {
    let mut scene = Scene::new(&[Capability::View]);
    let size = Size {
        width: 800,
        height: 600,
    };
    let ready = ScreenReady {
        capture: "x11".into(),
        codec: "h264".into(),
        size,
    };
    scene.session.handle_screen_ready(ready, START);
    assert!(scene.effects().is_empty(), "nobody is there yet");
    scene.session.handle_link(LinkEvent::Open, START);
    let said = scene.said();
    assert_eq!(said[0], FromSharer::Hello { version: VERSION });
    assert!(matches!(&said[1], FromSharer::Granted { now: START, .. }));
    assert_eq!(
        said[2],
        FromSharer::Screen {
            width: 800,
            height: 600
        }
    );
    scene.hear(&FromViewer::Hello {
        version: VERSION,
        cursor: true,
    });
    let effects = scene.effects();
    assert!(effects.contains(&SharerEffect::Picture(true)) && !effects.contains(&SharerEffect::WatchClipboard(true)));
    let connected = ReportedEvent::Connected {
        capture: "x11".into(),
        codec: "h264".into(),
    };
    assert!(effects.contains(&SharerEffect::Event(SharerEvent::Report {
        at: START,
        event: connected
    })));
    scene.session.handle_screen_size(Size {
        width: 1024,
        height: 768,
    });
    assert_eq!(
        scene.said(),
        [FromSharer::Screen {
            width: 1024,
            height: 768
        }]
    );
}

#[test]
fn no_picture_flows_before_the_viewer_has_said_its_version() {
    let mut scene = Scene::new(&[Capability::View]);
    scene.session.handle_link(LinkEvent::Open, START);
    assert!(!scene.effects().contains(&SharerEffect::Picture(true)));
}

#[test]
fn a_silent_viewer_is_released_from_and_reported_and_a_heard_one_is_back() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control]);
    scene.now = START.plus(PEER_LOST_MS);
    scene.session.handle_timeout(scene.now);
    let effects = scene.effects();
    assert_eq!(effects[0], SharerEffect::ReleaseAll);
    assert!(effects.contains(&SharerEffect::Event(SharerEvent::PeerLost(true))));
    scene.now = START.plus(3_000);
    scene.hear(&FromViewer::Heartbeat);
    assert!(scene.reports().contains(&ReportedEvent::PeerBack { after_ms: 3_000 }));
    scene.now = scene.now.plus(SESSION_LOST_MS);
    scene.session.handle_timeout(scene.now);
    assert_eq!(ended(&scene.events()), Some((EndReason::Lost, Some(Code::PeerLost))));
}

#[test]
fn a_viewer_that_never_comes_ends_the_session_after_a_minute_of_attempts() {
    let mut scene = Scene::new(&[Capability::View]);
    let mut attempts = 1;
    while let Some(next) = scene.session.poll_timeout() {
        assert!(next > scene.now, "time goes on");
        scene.now = next;
        scene.session.handle_timeout(next);
        let effects = scene.effects();
        attempts += effects
            .iter()
            .filter(|effect| matches!(effect, SharerEffect::Connect { .. }))
            .count();
    }
    assert_eq!(scene.now, START.plus(SESSION_LOST_MS));
    assert_eq!(attempts as u64, SESSION_LOST_MS / ATTEMPT_MS);
}

#[test]
fn a_broken_connection_is_made_anew_and_must_be_greeted_anew() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control]);
    scene.session.handle_link(LinkEvent::Interrupted(true), START);
    scene.session.handle_timeout(START.plus(BROKEN_MS));
    let effects = scene.effects();
    assert!(effects.contains(&SharerEffect::Connect { attempt: 2 }) && effects.contains(&SharerEffect::Picture(false)));
    let sdp = || Sdp::new("v=0".into()).unwrap();
    let answer = |attempt| Signal::Answer {
        attempt,
        sdp: sdp(),
        seal: Signature([0; 64]),
    };
    scene.command(SharerCommand::Signal(answer(1)));
    assert!(scene.effects().is_empty(), "an answer to an older offer");
    scene.command(SharerCommand::Signal(answer(2)));
    assert_eq!(scene.effects(), [SharerEffect::Accept(sdp())]);
    scene.session.handle_link(LinkEvent::Open, scene.now);
    scene.effects();
    scene.press();
    assert_eq!(
        ended(&scene.events()),
        Some((EndReason::Failed, Some(Code::OutOfOrder)))
    );
}

#[test]
fn wrong_messages_end_the_session_in_words() {
    let check = |greet: bool, channel: Channel, bytes: &[u8], expected: Code| {
        let mut scene = if greet {
            Scene::greeted(&[Capability::View])
        } else {
            Scene::new(&[Capability::View])
        };
        if !greet {
            scene.session.handle_link(LinkEvent::Open, START);
        }
        scene.session.handle_message(channel, bytes, START);
        let effects = scene.effects();
        let bye = effects.iter().any(|effect| {
            matches!(effect,
            SharerEffect::Send(_, FromSharer::Bye { error: Some(error), .. }) if error.code == expected)
        });
        assert!(bye, "{expected:?} is told to the peer: {effects:?}");
        let failed = SharerEvent::Report {
            at: START,
            event: ReportedEvent::Failed { code: expected },
        };
        assert!(effects.contains(&SharerEffect::Event(failed)), "and to the log");
    };
    let session = Channel::Session;
    check(true, session, b"{", Code::Malformed);
    check(true, session, &vec![b' '; MAX_SESSION_BYTES + 1], Code::TooLarge);
    check(
        true,
        session,
        br#"{"type":"pointer","order":1,"x":1,"y":1}"#,
        Code::NotAllowed,
    );
    check(true, session, br#"{"type":"hello","version":2}"#, Code::OutOfOrder);
    check(false, session, br#"{"type":"hello","version":99}"#, Code::WrongVersion);
    check(false, session, br#"{"type":"heartbeat"}"#, Code::OutOfOrder);
    check(true, Channel::Pointer, br#"{"type":"heartbeat"}"#, Code::NotAllowed);
    let long = format!(
        r#"{{"type":"input","input":"key","code":"A","key":"{}","pressed":true}}"#,
        "a".repeat(40)
    );
    check(true, session, long.as_bytes(), Code::Malformed);
}

#[test]
fn an_older_move_is_dropped_and_a_restarted_viewer_counts_anew() {
    let mut scene = Scene::greeted(&[Capability::View, Capability::Control]);
    let at = |order| InputEvent::Move { order, x: 1, y: 1 };
    let go = |scene: &mut Scene, order| {
        let bytes = serde_json::to_vec(&FromViewer::Input { event: at(order) }).unwrap();
        scene.session.handle_message(Channel::Pointer, &bytes, START);
        scene.effects()
    };
    assert_eq!(go(&mut scene, 5), [SharerEffect::Input(at(5))]);
    assert!(go(&mut scene, 4).is_empty() && go(&mut scene, 5).is_empty());
    scene.session.handle_link(LinkEvent::Closed, START);
    scene.session.handle_link(LinkEvent::Open, START);
    scene.effects();
    assert!(go(&mut scene, 1).is_empty(), "a move may overtake the hello");
    scene.hear(&FromViewer::Hello {
        version: VERSION,
        cursor: true,
    });
    scene.effects();
    assert_eq!(go(&mut scene, 1), [SharerEffect::Input(at(1))]);
}

#[test]
fn chat_that_was_written_while_nobody_was_there_is_sent_when_they_are() {
    let mut scene = Scene::new(&[Capability::View]);
    let text = ChatText::new("Êtes-vous là ?").unwrap();
    scene.command(SharerCommand::Chat(text.clone()));
    assert!(scene.said().is_empty());
    scene.session.handle_link(LinkEvent::Open, START);
    scene.hear(&FromViewer::Hello {
        version: VERSION,
        cursor: true,
    });
    assert!(scene.said().contains(&FromSharer::Chat { text }));
}

#[test]
fn without_an_input_sink_control_is_refused_and_the_technician_is_told_why() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.session.handle_input_unavailable(START);
    scene.hear(&FromViewer::Request {
        capability: Capability::Control,
        asked_at: START,
    });
    let refused = FromSharer::Refused {
        capability: Capability::Control,
        timed_out: false,
    };
    assert_eq!(
        scene.said(),
        [
            refused,
            FromSharer::InputDenied {
                reason: InputDenied::Failed
            }
        ]
    );
    scene.hear(&FromViewer::Input {
        event: InputEvent::Button {
            button: Button::Left,
            pressed: true,
            x: 1,
            y: 1,
        },
    });
    assert!(
        scene
            .effects()
            .iter()
            .all(|effect| !matches!(effect, SharerEffect::Input(_)))
    );
}

#[test]
fn a_screen_that_cannot_be_captured_ends_the_session_with_its_reason() {
    let mut scene = Scene::greeted(&[Capability::View]);
    scene.session.handle_screen_failed("no display: :9", START);
    let events = scene.events();
    assert_eq!(ended(&events), Some((EndReason::Failed, Some(Code::NoScreen))));
    assert!(
        matches!(events.last(), Some(SharerEvent::Ended { error: Some(error), .. })
        if error.params["reason"] == "no display: :9")
    );
}
