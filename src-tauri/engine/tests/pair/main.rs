//! A sharer and a viewer over real WebRTC on this machine, with pretended screens and inputs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod carried;
mod cursor;
mod exact;
#[path = "../support/mod.rs"]
mod support;

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use renfort_engine::{
    peer::{Pause, SharerCommand, SharerEvent, ViewerCommand, ViewerEvent},
    transport::{TransportEvent, UpdatePath},
};
use renfort_protocol::{
    error::Code,
    grant::Capability,
    input::InputEvent,
    keyboard::{KeyboardLayout, LayoutName, TypedText, Typing, TypingState},
    report::{InputDenied, ReportedEvent},
    session::ChatText,
    signalling::EndReason,
};
use support::{
    fakes::SIZE,
    pair::{Options, Pair, eventually, set, start},
};

fn with_control() -> Options {
    Options {
        capabilities: vec![Capability::View, Capability::Control],
        ..Options::default()
    }
}

/// The sharer sends no updates: the picture is video alone.
fn as_video() -> Options {
    Options {
        updates: UpdatePath::None,
        ..Options::default()
    }
}

#[test]
fn the_picture_arrives_and_follows_the_screen() {
    picture_arrives(Options::default());
}

#[test]
fn without_updates_the_picture_arrives_as_video() {
    picture_arrives(as_video());
}

fn picture_arrives(options: Options) {
    let is_video = options.updates == UpdatePath::None;
    let pair = Pair::connected(options);
    pair.sees(|event| {
        *event
            == ViewerEvent::Screen {
                width: SIZE.width,
                height: SIZE.height,
            }
    });
    pair.hears(|event| {
        matches!(event, SharerEvent::Report { event: ReportedEvent::Connected { capture, codec }, .. }
            if capture == "fake" && codec == "fake")
    });
    pair.sees(|event| {
        matches!(
            event,
            ViewerEvent::Report {
                event: ReportedEvent::FirstPicture { .. },
                ..
            }
        )
    });
    for number in 2..20 {
        pair.user.show(number);
        pair.shows(number);
    }
    assert_eq!(pair.user.encoded.load(Ordering::SeqCst) > 0, is_video);
    *pair.user.pointer.lock().unwrap() = (3, 4);
    pair.sees(|event| *event == ViewerEvent::Pointer { x: 3, y: 4 });
}

#[test]
fn a_large_frame_arrives_whole() {
    let pair = Pair::connected(as_video());
    pair.user.padding.store(900_000, Ordering::SeqCst);
    for number in 2..6 {
        pair.user.show(number);
        pair.shows(number);
    }
}

#[test]
fn nothing_is_captured_encoded_or_sent_while_nothing_changes() {
    for options in [Options::default(), as_video()] {
        let pair = Pair::connected(options);
        // The pointer is looked after until it has rested for a while, and video repeats its last packets.
        std::thread::sleep(Duration::from_millis(1_500));
        let figures = || {
            [
                pair.user.captures.load(Ordering::SeqCst),
                pair.user.encoded.load(Ordering::SeqCst),
                pair.technician.shown.lock().unwrap().len(),
                pair.cut.sent.load(Ordering::SeqCst),
                pair.cut_at_viewer.sent.load(Ordering::SeqCst),
            ]
        };
        let waits = || [&pair.user, &pair.technician].map(|end| end.waits.load(Ordering::SeqCst));
        let (before, waited) = (figures(), waits());
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(figures(), before);
        // The screen's thread and that of the layouts look once a second.
        let woken = [waits()[0] - waited[0], waits()[1] - waited[1]];
        assert!(woken[0] <= 6 && woken[1] <= 3, "woken {woken:?} times");
        pair.user.show(2);
        pair.shows(2);
    }
}

#[test]
fn an_order_wakes_whoever_waits_for_the_screen() {
    let pair = Pair::connected(as_video());
    std::thread::sleep(Duration::from_millis(1_500));
    let mut waited = Duration::ZERO;
    for _ in 0..6 {
        let (encoded, asked) = (pair.user.encoded.load(Ordering::SeqCst), Instant::now());
        pair.cut.happen(TransportEvent::KeyFrameWanted);
        eventually(
            "a key frame",
            || pair.user.encoded.load(Ordering::SeqCst) > encoded,
            String::new,
        );
        waited += asked.elapsed();
        std::thread::sleep(Duration::from_millis(200));
    }
    // Who is not woken looks once a second, and has looked 200 ms ago.
    assert!(waited < Duration::from_millis(2_400), "{waited:?}");
}

#[test]
fn input_is_carried_out_only_once_it_is_granted() {
    let pair = Pair::connected(Options::default());
    pair.press("a");
    pair.sees(|event| *event == ViewerEvent::InputDenied(InputDenied::NotGranted));
    pair.tell_viewer(ViewerCommand::Request(Capability::Control));
    pair.hears(|event| {
        matches!(
            event,
            SharerEvent::Requested {
                capability: Capability::Control,
                ..
            }
        )
    });
    assert!(pair.user.inputs.lock().unwrap().is_empty());
    pair.tell_sharer(SharerCommand::Answer {
        capability: Capability::Control,
        allow: true,
        clipboard: true,
    });
    pair.sees(|event| matches!(event, ViewerEvent::Granted(grant) if grant.capabilities.len() == 3));
    pair.press("b");
    pair.carries_out(2);
    pair.tell_sharer(SharerCommand::Withdraw(Capability::Control));
    pair.sees(|event| {
        matches!(
            event,
            ViewerEvent::Withdrawn {
                capability: Capability::Control,
                ..
            }
        )
    });
    pair.press("c");
    pair.hears(|event| {
        matches!(event, SharerEvent::Report { event: ReportedEvent::Counted { counts }, .. } if counts.keys == 1)
    });
    assert_eq!(pair.user.inputs.lock().unwrap().len(), 2);
}

#[test]
fn a_click_is_where_it_was_made_and_late_moves_do_not_carry_it_off() {
    let pair = Pair::connected(with_control());
    for x in 0..200 {
        let event = InputEvent::Move { order: 0, x, y: 1 };
        assert!(pair.sharer_runtime.block_on(pair.input.send(event)));
    }
    let button = renfort_protocol::input::Button::Left;
    let click = InputEvent::Button {
        button,
        pressed: true,
        x: 500,
        y: 300,
    };
    assert!(pair.sharer_runtime.block_on(pair.input.send(click.clone())));
    eventually(
        "the click",
        || pair.user.inputs.lock().unwrap().contains(&click),
        String::new,
    );
    std::thread::sleep(Duration::from_millis(300));
    let inputs = pair.user.inputs.lock().unwrap();
    assert_eq!(inputs.last(), Some(&click));
    assert!(matches!(
        inputs[inputs.len() - 2],
        InputEvent::Move { x: 199, y: 1, .. }
    ));
}

const fn is_stopped_by_the_user(event: &SharerEvent) -> bool {
    matches!(
        event,
        SharerEvent::Ended {
            reason: EndReason::StoppedByUser,
            error: None
        }
    )
}

#[test]
fn stop_acts_at_once_although_input_is_waiting() {
    let pair = Pair::connected(with_control());
    set(&pair.user.slow_input);
    for _ in 0..50 {
        pair.press("a");
    }
    pair.carries_out(2);
    pair.stop.stop();
    let done = pair.user.inputs.lock().unwrap().len();
    pair.hears(is_stopped_by_the_user);
    pair.sees(|event| {
        matches!(
            event,
            ViewerEvent::Ended {
                reason: EndReason::StoppedByUser,
                ..
            }
        )
    });
    pair.hears(|event| {
        matches!(
            event,
            SharerEvent::Report {
                event: ReportedEvent::Stopped,
                ..
            }
        )
    });
    let (encoded, inputs) = (
        pair.user.encoded.load(Ordering::SeqCst),
        pair.user.inputs.lock().unwrap().len(),
    );
    assert!(
        inputs <= done + 1,
        "only what was under way may end: {done} then {inputs}"
    );
    assert!(pair.user.releases.load(Ordering::SeqCst) > 0);
    pair.user.show(99);
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(pair.user.encoded.load(Ordering::SeqCst), encoded);
}

#[test]
fn stop_is_what_ended_the_session_although_the_screen_is_gone_before_the_session_hears_of_it() {
    let pair = Pair::connected(with_control());
    set(&pair.user.slow_wake);
    pair.stop.stop();
    pair.hears(is_stopped_by_the_user);
}

#[test]
fn a_peer_that_vanishes_is_reported_within_three_seconds() {
    let mut pair = Pair::connected(with_control());
    let begun = Instant::now();
    pair.viewer_runtime.take().unwrap().shutdown_background();
    pair.hears(|event| *event == SharerEvent::PeerLost(true));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(pair.user.releases.load(Ordering::SeqCst) > 0);
}

#[test]
fn an_expired_grant_ends_the_session() {
    let pair = Pair::connected(Options {
        lasts_ms: 4_000,
        ..with_control()
    });
    pair.hears(|event| {
        matches!(
            event,
            SharerEvent::Ended {
                reason: EndReason::Expired,
                error: None
            }
        )
    });
    pair.sees(|event| {
        matches!(
            event,
            ViewerEvent::Ended {
                reason: EndReason::Expired,
                ..
            }
        )
    });
}

#[test]
fn a_killed_connection_is_made_anew_and_the_picture_goes_on() {
    let pair = Pair::connected(with_control());
    pair.sharer_runtime.block_on(pair.cut.cut());
    eventually(
        "a new connection",
        || pair.cut.connections() > 1,
        || String::from("none"),
    );
    pair.user.show(2);
    pair.shows(2);
    pair.press("a");
    pair.carries_out(2);
    let connected = |event: &&ViewerEvent| matches!(event, ViewerEvent::Connected);
    assert_eq!(pair.viewed.lock().unwrap().iter().filter(connected).count(), 1);
}

#[test]
fn texts_go_through_the_clipboard_only_while_it_is_granted() {
    let pair = Pair::connected(Options::default());
    *pair.user.copied_here.lock().unwrap() = Some("before".into());
    pair.tell_viewer(ViewerCommand::Request(Capability::Control));
    pair.hears(|event| matches!(event, SharerEvent::Requested { .. }));
    pair.tell_sharer(SharerCommand::Answer {
        capability: Capability::Control,
        allow: true,
        clipboard: true,
    });
    eventually(
        "the first look",
        || pair.user.copied_here.lock().unwrap().is_none(),
        String::new,
    );
    *pair.user.copied_here.lock().unwrap() = Some("from the user".into());
    pair.sees(|event| *event == ViewerEvent::ClipboardReceived { characters: 13 });
    assert_eq!(*pair.technician.there.lock().unwrap(), ["from the user"]);
    *pair.technician.copied_here.lock().unwrap() = Some("from the technician".into());
    pair.hears(|event| *event == SharerEvent::ClipboardReceived { characters: 19 });
    eventually(
        "the text",
        || *pair.user.there.lock().unwrap() == ["from the technician"],
        String::new,
    );
}

#[test]
fn while_everything_rests_the_screen_is_neither_captured_nor_sent_and_then_it_is_there_again() {
    let pair = Pair::connected(with_control());
    pair.tell_sharer(SharerCommand::Pause(Pause::Everything));
    pair.sees(|event| matches!(event, ViewerEvent::Granted(grant) if grant.capabilities.is_empty()));
    // What was under way is out.
    std::thread::sleep(Duration::from_millis(300));
    let captures = pair.user.captures.load(Ordering::SeqCst);
    pair.user.show(2);
    pair.press("a");
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(pair.user.captures.load(Ordering::SeqCst), captures);
    assert_eq!(pair.technician.shown.lock().unwrap().last(), Some(&1));
    pair.tell_sharer(SharerCommand::Pause(Pause::Nothing));
    pair.shows(2);
    assert!(
        pair.user.inputs.lock().unwrap().is_empty(),
        "nor is it carried out later"
    );
    pair.tell_sharer(SharerCommand::Allow(Capability::Control));
    let allowed = || {
        let viewed = pair.viewed.lock().unwrap();
        let granted = |event: &ViewerEvent| match event {
            ViewerEvent::Granted(grant) => Some(grant.capabilities.len()),
            _ => None,
        };
        viewed.iter().rev().find_map(granted) == Some(2)
    };
    eventually("control", allowed, String::new);
    pair.press("a");
    pair.carries_out(2);
}

#[test]
fn a_pause_acts_at_once_although_the_sharer_is_stuck_and_input_is_waiting() {
    let pair = Pair::connected(with_control());
    set(&pair.user.slow_input);
    for _ in 0..50 {
        pair.press("a");
    }
    pair.carries_out(2);
    // Its shell takes no more events, so that it waits in the middle of what it does.
    let shell = pair.shared.lock().unwrap();
    for number in 0..renfort_engine::peer::EVENTS + 50 {
        pair.tell_viewer(ViewerCommand::Chat(ChatText::new("x").unwrap()));
        if number % 16 == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    std::thread::sleep(Duration::from_millis(500));
    pair.user.show(2);
    pair.shows(2);
    pair.tell_sharer(SharerCommand::Pause(Pause::Everything));
    let done = pair.user.inputs.lock().unwrap().len();
    pair.user.show(3);
    std::thread::sleep(Duration::from_millis(600));
    let nothing_left =
        |event: &ViewerEvent| matches!(event, ViewerEvent::Granted(grant) if grant.capabilities.is_empty());
    assert!(!pair.viewed.lock().unwrap().iter().any(nothing_left), "it is stuck");
    let inputs = pair.user.inputs.lock().unwrap().len();
    assert!(
        inputs <= done + 1,
        "only what was under way may end: {done} then {inputs}"
    );
    assert_eq!(pair.technician.shown.lock().unwrap().last(), Some(&2));
    drop(shell);
    pair.sees(nothing_left);
    pair.tell_sharer(SharerCommand::Pause(Pause::Nothing));
    pair.shows(3);
}

#[test]
fn a_frame_that_was_cut_short_by_the_pause_does_not_keep_the_picture_from_coming_back() {
    let pair = Pair::connected(as_video());
    pair.user.padding.store(900_000, Ordering::SeqCst);
    set(&pair.cut.middle.held_up);
    pair.user.show(2);
    let in_the_middle = || pair.cut.middle.reached.load(Ordering::SeqCst);
    eventually("the first packets", in_the_middle, String::new);
    pair.tell_sharer(SharerCommand::Pause(Pause::Everything));
    std::thread::sleep(Duration::from_millis(200));
    pair.user.padding.store(0, Ordering::SeqCst);
    pair.cut.middle.held_up.store(false, Ordering::SeqCst);
    pair.user.show(3);
    pair.tell_sharer(SharerCommand::Pause(Pause::Nothing));
    pair.shows(3);
    assert!(!pair.technician.shown.lock().unwrap().contains(&2), "it was cut short");
}

#[test]
fn chat_goes_both_ways_and_the_technician_can_leave() {
    let pair = Pair::connected(Options::default());
    let text = |text: &str| ChatText::new(text).unwrap();
    pair.tell_viewer(ViewerCommand::Chat(text("Bonjour")));
    pair.hears(|event| *event == SharerEvent::Chat(text("Bonjour")));
    pair.tell_sharer(SharerCommand::Chat(text("Merci")));
    pair.sees(|event| *event == ViewerEvent::Chat(text("Merci")));
    pair.tell_viewer(ViewerCommand::End(EndReason::EndedByTechnician));
    pair.hears(|event| {
        matches!(
            event,
            SharerEvent::Ended {
                reason: EndReason::EndedByTechnician,
                error: None
            }
        )
    });
}

#[test]
fn without_a_screen_the_session_ends_with_the_reason() {
    let pair = start(Options {
        screen: false,
        ..Options::default()
    });
    pair.hears(|event| {
        matches!(event, SharerEvent::Ended { reason: EndReason::Failed, error: Some(error) }
            if error.code == Code::NoScreen && error.params["reason"].contains("no display"))
    });
}

#[test]
fn a_screen_that_goes_away_ends_the_session_and_the_technician_is_told() {
    let pair = Pair::connected(Options::default());
    set(&pair.user.screen_breaks);
    pair.sees(|event| {
        matches!(event, ViewerEvent::Ended { reason: EndReason::Failed, error: Some(error) } if error.code == Code::NoScreen)
    });
}

#[test]
fn without_an_input_sink_control_is_refused_and_the_view_goes_on() {
    let pair = Pair::connected(Options {
        input: false,
        ..Options::default()
    });
    pair.tell_viewer(ViewerCommand::Request(Capability::Control));
    pair.sees(|event| {
        matches!(
            event,
            ViewerEvent::Refused {
                capability: Capability::Control,
                timed_out: false
            }
        )
    });
    pair.sees(|event| *event == ViewerEvent::InputDenied(InputDenied::Failed));
    pair.user.show(2);
    pair.shows(2);
}

#[test]
fn an_input_sink_that_fails_is_none_from_then_on_and_the_view_goes_on() {
    let pair = Pair::connected(with_control());
    pair.press("a");
    pair.carries_out(2);
    set(&pair.user.input_breaks);
    pair.press("b");
    pair.sees(|event| *event == ViewerEvent::InputDenied(InputDenied::Failed));
    pair.user.show(2);
    pair.shows(2);
    assert_eq!(pair.user.inputs.lock().unwrap().len(), 2);
}

#[test]
fn a_sharer_that_fails_leaves_neither_picture_nor_input_going() {
    let pair = Pair::connected(Options {
        updates: UpdatePath::None,
        ..with_control()
    });
    pair.press("a");
    pair.carries_out(2);
    let released = pair.user.releases.load(Ordering::SeqCst);
    set(&pair.cut.saying_breaks);
    // Its next word, if that was not said already.
    let _over = pair.sharer.try_send(SharerCommand::Chat(ChatText::new("x").unwrap()));
    eventually(
        "what is held goes up",
        || pair.user.releases.load(Ordering::SeqCst) > released,
        String::new,
    );
    pair.user.show(2);
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(pair.technician.shown.lock().unwrap().last(), Some(&1));
}

#[test]
fn each_side_knows_both_layouts_and_a_text_is_typed_at_the_users() {
    let layout = |name: &str| {
        Some(KeyboardLayout {
            layout: LayoutName::new(name).unwrap(),
            variant: None,
        })
    };
    let pair = Pair::connected(Options {
        capabilities: vec![Capability::View, Capability::Control],
        ..Options::default()
    });
    *pair.technician.layout.lock().unwrap() = layout("us");
    *pair.user.layout.lock().unwrap() = layout("fr");
    pair.sees(|event| *event == ViewerEvent::OwnKeyboard(layout("us")));
    pair.sees(|event| *event == ViewerEvent::Keyboard(layout("fr")));
    *pair.user.layout.lock().unwrap() = layout("be");
    pair.sees(|event| *event == ViewerEvent::Keyboard(layout("be")));

    pair.tell_viewer(ViewerCommand::Type(TypedText::new("é\n").unwrap()));
    pair.sees(|event| {
        matches!(
            event,
            ViewerEvent::Typing(Typing {
                typed: 2,
                of: 2,
                state: TypingState::Done
            })
        )
    });
    let inputs = pair.user.inputs.lock().unwrap();
    let pressed: Vec<&str> = inputs
        .iter()
        .filter_map(|event| match event {
            InputEvent::Key { key, pressed: true, .. } => Some(key.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!((pressed, inputs.len()), (vec!["é", "Enter"], 4));
}
