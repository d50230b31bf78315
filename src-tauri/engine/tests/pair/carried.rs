//! Input by the carriage, over real WebRTC on this machine, of which datagrams are lost and late.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use renfort_engine::{
    peer::{Pause, SharerCommand, SharerEvent, ViewerCommand, ViewerEvent},
    transport::UpdatePath,
};
use renfort_protocol::{
    error::Code,
    grant::Capability,
    input::{Button, InputEvent},
    keyboard::{KeyMode, TypedText, TypingState},
};

use crate::{
    support::{
        canvas::Canvas,
        pair::{Options, Pair, eventually, start},
    },
    with_control,
};

const DELAY: Duration = Duration::from_millis(20);
/// What the threads of both ends, and other tests beside this one, may take.
const BUSY: Duration = Duration::from_millis(60);

fn key(number: usize, pressed: bool) -> InputEvent {
    InputEvent::Key {
        code: format!("Key{number}"),
        key: "a".into(),
        how: KeyMode::Character,
        pressed,
    }
}

const fn at(order: u64) -> InputEvent {
    InputEvent::Move {
        order,
        x: order as u16,
        y: 7,
    }
}

impl Pair {
    fn does(&self, event: InputEvent) {
        assert!(self.sharer_runtime.block_on(self.input.send(event)));
    }

    /// Keys and buttons that were carried out.
    fn strokes(&self) -> Vec<InputEvent> {
        let mut all = self.user.inputs.lock().unwrap().clone();
        all.retain(|event| !matches!(event, InputEvent::Move { .. }));
        all
    }
}

#[test]
fn keys_arrive_once_and_in_order_within_a_round_trip_and_a_half_although_one_datagram_of_seven_is_lost() {
    let pair = Pair::connected(Options {
        one_lost_of: 7,
        one_lost_of_viewers: 7,
        delay: DELAY,
        ..with_control()
    });
    let mut expected = Vec::new();
    let mut waits = Vec::new();
    for number in 0..60 {
        let pressed = Instant::now();
        expected.push(key(number / 2, number % 2 == 0));
        pair.does(key(number / 2, number % 2 == 0));
        eventually(
            "a key",
            || pair.strokes().len() == expected.len(),
            || format!("{:?}", pair.strokes()),
        );
        waits.push(pressed.elapsed());
    }
    assert_eq!(pair.strokes(), expected);
    waits.sort();
    println!("{waits:?}");
    // Some were lost, and none waited for a timer of a second.
    assert!(waits[waits.len() / 2] < DELAY + BUSY, "{waits:?}");
    assert!(waits[waits.len() - 1] < DELAY * 3 + BUSY * 2, "{waits:?}");
    assert!(waits[waits.len() - 3] > DELAY * 2, "none was lost: {waits:?}");
}

#[test]
fn moves_are_left_out_and_what_a_button_or_key_finds_there_is_not() {
    let pair = Pair::connected(Options {
        one_lost_of_viewers: 5,
        delay: DELAY,
        ..with_control()
    });
    let mut expected = Vec::new();
    for turn in 1..=20_u64 {
        for order in turn * 100..turn * 100 + 50 {
            pair.does(at(order));
        }
        let button = InputEvent::Button {
            button: Button::Left,
            pressed: turn % 2 == 1,
            x: 1,
            y: 2,
        };
        expected.push((turn * 100 + 49, button.clone()));
        pair.does(button);
    }
    pair.does(at(9_999));
    let last = |inputs: &[InputEvent]| matches!(inputs.last(), Some(InputEvent::Move { x: 9_999, .. }));
    eventually(
        "the last place",
        || last(&pair.user.inputs.lock().unwrap()),
        || format!("{:?}", pair.user.inputs.lock().unwrap()),
    );
    let inputs = pair.user.inputs.lock().unwrap();
    let mut place = 0;
    let mut found = Vec::new();
    for event in inputs.iter() {
        match event {
            InputEvent::Move { x, .. } => place = u64::from(*x),
            button => found.push((place, button.clone())),
        }
    }
    assert_eq!(found, expected);
    assert!(inputs.len() < 20 * 50 / 2, "{} of a thousand moves", inputs.len());
}

#[test]
fn turns_of_the_wheel_add_up_while_they_wait_and_none_is_lost_or_passes_a_click() {
    let pair = Pair::connected(Options {
        one_lost_of_viewers: 5,
        delay: DELAY,
        ..with_control()
    });
    let click = InputEvent::Button {
        button: Button::Left,
        pressed: true,
        x: 1,
        y: 2,
    };
    for _ in 0..2 {
        for _ in 0..300 {
            pair.does(InputEvent::Wheel {
                dx: 0,
                dy: 120,
                x: 1,
                y: 2,
            });
        }
        pair.does(click.clone());
    }
    let turned = || {
        let mut turned = vec![0];
        for event in pair.user.inputs.lock().unwrap().iter() {
            match event {
                InputEvent::Wheel { dy, .. } => *turned.last_mut().unwrap() += i32::from(*dy),
                _ => turned.push(0),
            }
        }
        turned
    };
    eventually("both", || turned().len() == 3, || format!("{:?}", turned()));
    assert_eq!(turned(), [300 * 120, 300 * 120, 0]);
    let messages = pair.user.inputs.lock().unwrap().len();
    assert!(messages < 600 / 4, "{messages} for 600 turns");
}

#[test]
fn a_text_that_is_typed_keeps_its_place_among_the_keys() {
    let pair = Pair::connected(Options {
        one_lost_of_viewers: 4,
        delay: DELAY,
        ..with_control()
    });
    for turn in 0..5 {
        pair.does(key(turn, true));
        pair.does(key(turn, false));
        pair.tell_viewer(ViewerCommand::Type(TypedText::new("xy").unwrap()));
        eventually(
            "the text",
            || pair.strokes().len() == (turn + 1) * 6,
            || format!("{:?}", pair.strokes()),
        );
        let strokes = pair.strokes();
        assert_eq!(strokes[turn * 6..turn * 6 + 2], [key(turn, true), key(turn, false)]);
        let done =
            |event: &&ViewerEvent| matches!(event, ViewerEvent::Typing(typing) if typing.state == TypingState::Done);
        eventually(
            "the end of the text",
            || pair.viewed.lock().unwrap().iter().filter(done).count() == turn + 1,
            || format!("{:?}", pair.viewed.lock().unwrap()),
        );
    }
}

#[test]
fn keys_go_on_while_the_screen_is_hidden_and_shown_again_and_none_is_lost_or_doubled_by_it() {
    let canvas = Canvas::new();
    let pair = start(Options {
        canvas: Some(Arc::clone(&canvas)),
        one_lost_of: 5,
        one_lost_of_viewers: 5,
        delay: DELAY / 4,
        ..with_control()
    });
    pair.sees(|event| matches!(event, ViewerEvent::Connected));
    pair.does(key(0, true));
    eventually("a key", || pair.strokes().len() == 1, || "no key".into());
    let connections = pair.cut.connections();
    let grants = || {
        let viewed = pair.viewed.lock().unwrap();
        let both = |event: &&ViewerEvent| matches!(event, ViewerEvent::Granted(grant) if grant.capabilities.len() == 2);
        viewed.iter().filter(both).count()
    };
    for round in 1..=10 {
        let before = grants();
        pair.tell_sharer(SharerCommand::Pause(Pause::Everything));
        // Goes up, whatever is allowed; it is let go of anyway.
        pair.does(key(round - 1, false));
        pair.tell_sharer(SharerCommand::Pause(Pause::Nothing));
        for capability in [Capability::View, Capability::Control] {
            pair.tell_sharer(SharerCommand::Allow(capability));
        }
        eventually(
            "control",
            || grants() > before,
            || format!("{:?}", pair.viewed.lock().unwrap()),
        );
        pair.does(key(round, true));
        eventually(
            "a key",
            || pair.strokes().contains(&key(round, true)),
            || format!("{:?}", pair.strokes()),
        );
    }
    let pressed: Vec<_> = (0..=10).map(|round| key(round, true)).collect();
    let mut strokes = pair.strokes();
    strokes.retain(|event| matches!(event, InputEvent::Key { pressed: true, .. }));
    assert_eq!(strokes, pressed);
    assert_eq!(pair.cut.connections(), connections, "all of it over one connection");
}

#[test]
fn over_a_new_connection_nothing_is_carried_out_a_second_time() {
    let pair = Pair::connected(with_control());
    for round in 0..3 {
        for number in 0..20 {
            pair.does(key(round * 100 + number, true));
        }
        eventually(
            "keys",
            || pair.strokes().len() == (round + 1) * 20,
            || format!("{:?}", pair.strokes()),
        );
        let released = || pair.user.releases.load(std::sync::atomic::Ordering::SeqCst);
        let before = released();
        pair.sharer_runtime.block_on(pair.cut.cut());
        eventually("what is held goes up", || released() > before, String::new);
        eventually(
            "another connection",
            || pair.cut.connections() == round + 2,
            String::new,
        );
        let anew = |event: &SharerEvent| matches!(event, SharerEvent::Signal(_));
        pair.hears(anew);
        // As soon as there is somebody to hear it.
        let number = round * 100 + 50;
        eventually(
            "a key",
            || {
                pair.does(key(number, true));
                std::thread::sleep(Duration::from_millis(20));
                pair.strokes().contains(&key(number, true))
            },
            || format!("{:?}", pair.strokes()),
        );
        pair.user
            .inputs
            .lock()
            .unwrap()
            .retain(|event| *event != key(number, true));
        let kept = (round + 1) * 20;
        eventually(
            "the last of them",
            || {
                std::thread::sleep(Duration::from_millis(100));
                let mut inputs = pair.user.inputs.lock().unwrap();
                inputs.retain(|event| *event != key(number, true));
                inputs.len() == kept
            },
            || format!("{:?}", pair.strokes()),
        );
    }
    let expected: Vec<_> = (0..60).map(|all| key(all / 20 * 100 + all % 20, true)).collect();
    assert_eq!(pair.strokes(), expected);
}

#[test]
fn without_datagrams_input_goes_by_the_channels() {
    let pair = Pair::connected(Options {
        updates: UpdatePath::None,
        ..with_control()
    });
    pair.does(at(1));
    pair.does(key(1, true));
    eventually(
        "a key",
        || pair.strokes() == [key(1, true)],
        || format!("{:?}", pair.strokes()),
    );
}

#[test]
fn a_message_that_is_no_input_ends_the_session_and_says_why() {
    let pair = Pair::connected(with_control());
    pair.does(key(1, true));
    pair.carries_out(1);
    // Number 200 of the viewer's: message 2, of one byte.
    let datagram = Bytes::from_static(&[1, 0, 0, 0, 200, 3, 2, 1, 1, 0x77]);
    pair.cut_at_viewer.inject(UpdatePath::Datagrams, datagram);
    pair.hears(|event| match event {
        SharerEvent::Ended { error: Some(error), .. } => error.code == Code::PeerMalformed,
        _ => false,
    });
}
