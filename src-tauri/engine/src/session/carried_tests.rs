//! Input that comes by the carriage, beside what is said on the channel: whichever of the two is late, everything is done in
//! the order in which the technician did it.

use std::collections::VecDeque;

use proptest::prelude::*;
use renfort_protocol::{
    carried::Carried,
    error::Code,
    grant::Capability,
    input::InputEvent,
    keyboard::{KeyMode, TypedText},
    limits::PEER_LOST_MS,
    policy::Policy,
    report::InputDenied,
    session::{ChatText, ClipboardText, FromSharer, FromViewer},
    signalling::EndReason,
};

use super::{
    Channel, LinkEvent, SharerEffect, SharerSession, ViewerEffect, ViewerSession,
    sharer_tests::{START, grant},
};
use crate::peer::{Pause, SharerCommand, SharerEvent, ViewerCommand};

const EVERYTHING: [Capability; 3] = [Capability::View, Capability::Control, Capability::Clipboard];

fn key(number: u8) -> InputEvent {
    InputEvent::Key {
        code: format!("Key{number}"),
        key: "a".into(),
        how: KeyMode::Physical,
        pressed: true,
    }
}

const fn at(number: u8) -> InputEvent {
    InputEvent::Move {
        order: 0,
        x: number as u16,
        y: 0,
    }
}

fn text(number: u8) -> ClipboardText {
    ClipboardText::new(number.to_string()).unwrap()
}

/// Both ends, and what is under way between them on either way.
struct Scene {
    viewer: ViewerSession,
    sharer: SharerSession,
    carried: VecDeque<Vec<u8>>,
    said: VecDeque<(Channel, Vec<u8>)>,
    done: Vec<SharerEffect>,
}

impl Scene {
    fn new(capabilities: &[Capability]) -> Self {
        let mut scene = Self {
            viewer: ViewerSession::new(grant(capabilities), START, START),
            sharer: SharerSession::new(grant(capabilities), Policy::default(), START),
            carried: VecDeque::new(),
            said: VecDeque::new(),
            done: Vec::new(),
        };
        scene.open();
        scene
    }

    /// Over a new connection, of which the viewer has heard the sharer's hello and the sharer nothing yet.
    fn open(&mut self) {
        self.viewer.handle_link(LinkEvent::Open, START);
        self.viewer.handle_carriage();
        self.sharer.handle_link(LinkEvent::Open, START);
        self.sharer.handle_carriage();
        self.settle();
    }

    fn settle(&mut self) {
        loop {
            while let Some(effect) = self.viewer.poll_effect() {
                match effect {
                    ViewerEffect::Carry(carried) => self.carried.push_back(carried.encode()),
                    ViewerEffect::Send(channel, message) => {
                        self.said.push_back((channel, serde_json::to_vec(&message).unwrap()));
                    }
                    _ => {}
                }
            }
            let Some(effect) = self.sharer.poll_effect() else { break };
            if let SharerEffect::Send(channel, message) = &effect {
                let message = serde_json::to_vec(message).unwrap();
                self.viewer.handle_message(*channel, &message, START);
            }
            self.done.push(effect);
        }
    }

    fn deliver_carried(&mut self) -> bool {
        let Some(message) = self.carried.pop_front() else {
            return false;
        };
        self.sharer.handle_carried(&message, START);
        self.settle();
        true
    }

    fn deliver_said(&mut self) -> bool {
        let Some((channel, message)) = self.said.pop_front() else {
            return false;
        };
        self.sharer.handle_message(channel, &message, START);
        self.settle();
        true
    }

    fn deliver_all(&mut self) {
        while self.deliver_carried() || self.deliver_said() {}
    }

    fn input(&mut self, event: InputEvent) {
        self.viewer.handle_input(event, START);
        self.settle();
    }

    fn copy(&mut self, number: u8) {
        self.viewer.handle_copied(number.to_string());
        self.settle();
    }

    fn command(&mut self, command: ViewerCommand) {
        self.viewer.handle_command(command, START);
        self.settle();
    }

    /// What was done to the user's machine, moves in a row counted as the last of them.
    fn deeds(&self) -> Vec<Deed> {
        let deeds = self.done.iter().filter_map(|effect| match effect {
            SharerEffect::Input(event) => Some(Deed::Input(event.clone())),
            SharerEffect::SetClipboard(text) => Some(Deed::Copied(text.clone())),
            SharerEffect::Type { .. } => Some(Deed::Typed),
            _ => None,
        });
        last_moves(deeds)
    }

    /// What the user was told.
    fn chat(&self) -> Vec<ChatText> {
        let said = |effect: &SharerEffect| match effect {
            SharerEffect::Event(SharerEvent::Chat(line)) => Some(line.clone()),
            _ => None,
        };
        self.done.iter().filter_map(said).collect()
    }

    fn ended(&self) -> Option<(EndReason, Option<Code>)> {
        self.done.iter().find_map(|effect| match effect {
            SharerEffect::Event(SharerEvent::Ended { reason, error }) => {
                Some((*reason, error.as_ref().map(|error| error.code)))
            }
            _ => None,
        })
    }

    /// What the user was asked for.
    fn sharer_asks(&self) -> Vec<Capability> {
        let asked = |effect: &SharerEffect| match effect {
            SharerEffect::Event(SharerEvent::Requested { capability, .. }) => Some(*capability),
            _ => None,
        };
        self.done.iter().filter_map(asked).collect()
    }

    fn denied(&self) -> Vec<InputDenied> {
        let denied = |effect: &SharerEffect| match effect {
            SharerEffect::Send(_, FromSharer::InputDenied { reason }) => Some(*reason),
            _ => None,
        };
        self.done.iter().filter_map(denied).collect()
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Deed {
    Input(InputEvent),
    Copied(ClipboardText),
    Typed,
}

fn last_moves(deeds: impl IntoIterator<Item = Deed>) -> Vec<Deed> {
    let is_move = |deed: &Deed| matches!(deed, Deed::Input(InputEvent::Move { .. }));
    let mut kept: Vec<Deed> = Vec::new();
    for deed in deeds {
        if is_move(&deed) {
            kept.pop_if(|last| is_move(last));
        }
        kept.push(deed);
    }
    kept
}

#[derive(Debug, Clone)]
enum Act {
    Key(u8),
    Move(u8),
    Copy(u8),
    Chat(u8),
    /// The connection is made anew: what is under way is lost.
    Reconnect,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => any::<u8>().prop_map(Act::Key),
        4 => any::<u8>().prop_map(Act::Move),
        4 => any::<u8>().prop_map(Act::Copy),
        2 => any::<u8>().prop_map(Act::Chat),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn everything_is_done_once_and_in_its_order_whichever_way_is_late(
        acts in proptest::collection::vec((act(), 0..4_u8), 1..60),
        ways in proptest::collection::vec(any::<bool>(), 0..200),
        anew in proptest::option::of(0..60_usize),
    ) {
        let mut scene = Scene::new(&EVERYTHING);
        let mut ways = ways.into_iter();
        let (mut expected, mut chat) = (Vec::new(), Vec::new());
        for (number, (act, deliveries)) in acts.into_iter().enumerate() {
            let act = if anew == Some(number) { Act::Reconnect } else { act };
            match act {
                Act::Key(number) => {
                    scene.input(key(number));
                    expected.push(Deed::Input(key(number)));
                }
                Act::Move(number) => {
                    scene.input(at(number));
                    expected.push(Deed::Input(at(number)));
                }
                Act::Copy(number) => {
                    scene.copy(number);
                    expected.push(Deed::Copied(text(number)));
                }
                Act::Chat(number) => {
                    let line = ChatText::new(number.to_string()).unwrap();
                    chat.push(line.clone());
                    scene.command(ViewerCommand::Chat(line));
                }
                Act::Reconnect => {
                    scene.carried.clear();
                    scene.said.clear();
                    expected = scene.deeds();
                    chat = scene.chat();
                    scene.viewer.handle_link(LinkEvent::Closed, START);
                    scene.sharer.handle_link(LinkEvent::Closed, START);
                    scene.open();
                }
            }
            for _ in 0..deliveries {
                if ways.next().unwrap_or_default() {
                    scene.deliver_said();
                } else {
                    scene.deliver_carried();
                }
            }
        }
        scene.deliver_all();
        prop_assert_eq!(scene.deeds(), last_moves(expected));
        prop_assert_eq!(scene.chat(), chat);
        prop_assert!(scene.ended().is_none() && scene.denied().is_empty());
    }

    #[test]
    fn a_sharer_survives_whatever_is_carried(
        messages in proptest::collection::vec((any::<bool>(), proptest::collection::vec(0..11_u8, 0..12)), 0..40),
    ) {
        let mut scene = Scene::new(&[Capability::View]);
        for (carried, bytes) in messages {
            if carried {
                scene.sharer.handle_carried(&bytes, START);
            } else {
                scene.deliver_said();
            }
            scene.settle();
        }
        prop_assert!(scene.deeds().is_empty(), "without control");
    }
}

#[test]
fn a_text_is_in_the_clipboard_before_the_key_that_pastes_it_and_after_the_one_before() {
    let mut scene = Scene::new(&EVERYTHING);
    scene.deliver_all();
    scene.input(key(1));
    scene.copy(2);
    scene.input(key(3));
    // The channel repeats what was lost, a second later; or it is the carriage that is late.
    let order = [Deed::Input(key(1)), Deed::Copied(text(2)), Deed::Input(key(3))];
    while scene.deliver_carried() {}
    assert_eq!(scene.deeds(), order[..1]);
    scene.deliver_said();
    assert_eq!(scene.deeds(), order);
    scene.input(key(1));
    scene.copy(2);
    scene.input(key(3));
    scene.deliver_said();
    assert_eq!(scene.deeds(), order, "the key before it has not come");
    while scene.deliver_carried() {}
    assert_eq!(scene.deeds(), [&order[..], &order].concat());
}

#[test]
fn what_was_typed_before_a_question_or_a_giving_back_is_carried_out() {
    let mut scene = Scene::new(&[Capability::View, Capability::Control]);
    scene.deliver_all();
    scene.input(key(1));
    scene.command(ViewerCommand::Request(Capability::Clipboard));
    while scene.deliver_said() {}
    while scene.deliver_carried() {}
    assert_eq!((scene.deeds(), scene.denied()), (vec![Deed::Input(key(1))], vec![]));
    assert!(!scene.sharer_asks().is_empty());
    scene.sharer.handle_command(
        SharerCommand::Answer {
            capability: Capability::Clipboard,
            allow: false,
            clipboard: false,
        },
        START,
    );
    scene.settle();
    scene.input(key(2));
    scene.command(ViewerCommand::GiveBack(Capability::Control));
    while scene.deliver_said() {}
    while scene.deliver_carried() {}
    assert_eq!(scene.deeds(), [Deed::Input(key(1)), Deed::Input(key(2))]);
    assert_eq!(scene.denied(), []);
}

#[test]
fn a_click_comes_before_the_text_that_is_typed_where_it_went() {
    let mut scene = Scene::new(&EVERYTHING);
    scene.deliver_all();
    scene.input(key(1));
    scene.command(ViewerCommand::Type(TypedText::new("x").unwrap()));
    while scene.deliver_said() {}
    assert_eq!(scene.deeds(), []);
    while scene.deliver_carried() {}
    assert_eq!(scene.deeds(), [Deed::Input(key(1)), Deed::Typed]);
}

#[test]
fn input_that_waits_while_the_user_takes_control_back_is_never_carried_out() {
    type Taken = fn(&mut SharerSession);
    let ways: [(&str, Taken, Taken); 4] = [
        (
            "pause",
            |sharer| sharer.handle_command(SharerCommand::Pause(Pause::Control), START),
            |sharer| sharer.handle_command(SharerCommand::Pause(Pause::Nothing), START),
        ),
        (
            "everything rests",
            |sharer| sharer.handle_command(SharerCommand::Pause(Pause::Everything), START),
            |sharer| {
                sharer.handle_command(SharerCommand::Pause(Pause::Nothing), START);
                sharer.handle_command(SharerCommand::Allow(Capability::Control), START);
                sharer.handle_command(SharerCommand::Allow(Capability::Clipboard), START);
            },
        ),
        (
            "withdrawal",
            |sharer| sharer.handle_command(SharerCommand::Withdraw(Capability::Control), START),
            |sharer| sharer.handle_command(SharerCommand::Allow(Capability::Control), START),
        ),
        (
            "silence",
            |sharer| sharer.handle_timeout(START.plus(PEER_LOST_MS)),
            |_| {},
        ),
    ];
    for (way, take, give) in ways {
        let mut scene = Scene::new(&EVERYTHING);
        scene.deliver_all();
        scene.copy(1);
        scene.input(key(2));
        while scene.deliver_carried() {}
        take(&mut scene.sharer);
        if way != "silence" {
            // On its way when the technician has not heard of it yet.
            scene.input(key(3));
            while scene.deliver_carried() {}
        }
        give(&mut scene.sharer);
        scene.settle();
        scene.input(key(4));
        while scene.deliver_carried() {}
        assert_eq!(scene.deeds(), [], "{way}");
        while scene.deliver_said() {}
        assert_eq!(scene.deeds(), [Deed::Copied(text(1)), Deed::Input(key(4))], "{way}");
        assert_eq!(scene.denied().is_empty(), way == "silence", "{way}");
    }
}

#[test]
fn input_that_overtakes_the_hello_waits_for_it() {
    let mut scene = Scene::new(&EVERYTHING);
    scene.input(key(1));
    while scene.deliver_carried() {}
    assert_eq!(scene.deeds(), []);
    scene.deliver_all();
    assert_eq!(scene.deeds(), [Deed::Input(key(1))]);
}

#[test]
fn who_leaves_does_not_wait_for_a_turn() {
    let mut scene = Scene::new(&EVERYTHING);
    scene.deliver_all();
    scene.copy(1);
    scene.command(ViewerCommand::End(EndReason::EndedByTechnician));
    while scene.deliver_said() {}
    assert_eq!(scene.ended(), Some((EndReason::EndedByTechnician, None)));
}

#[test]
fn input_comes_by_the_carriage_alone_where_there_is_one() {
    for (channel, event) in [(Channel::Session, key(1)), (Channel::Pointer, at(1))] {
        let mut scene = Scene::new(&EVERYTHING);
        scene.deliver_all();
        let message = serde_json::to_vec(&FromViewer::Input { event }).unwrap();
        scene.sharer.handle_message(channel, &message, START);
        scene.settle();
        assert_eq!(scene.ended(), Some((EndReason::Failed, Some(Code::NotAllowed))));
        assert_eq!(scene.deeds(), []);
    }
}

#[test]
fn what_is_no_input_ends_the_session_and_so_does_more_than_a_person_does() {
    let malformed = Some((EndReason::Failed, Some(Code::PeerMalformed)));
    let mut scene = Scene::new(&EVERYTHING);
    scene.deliver_all();
    scene.sharer.handle_carried(&[0x77], START);
    scene.settle();
    assert_eq!(scene.ended(), malformed);

    // Turns that never come to anything.
    let turn = Carried::Turn.encode();
    let mut scene = Scene::new(&EVERYTHING);
    scene.deliver_all();
    let taken = (0..5_000).find(|_| {
        scene.sharer.handle_carried(&turn, START);
        scene.settle();
        scene.ended().is_some()
    });
    assert_eq!((taken, scene.ended()), (Some(4_096), malformed));

    let copied = serde_json::to_vec(&FromViewer::Clipboard { text: text(1) }).unwrap();
    let mut scene = Scene::new(&EVERYTHING);
    scene.deliver_all();
    let taken = (0..5_000).find(|_| {
        scene.sharer.handle_message(Channel::Session, &copied, START);
        scene.settle();
        scene.ended().is_some()
    });
    assert_eq!((taken, scene.ended()), (Some(64), malformed));
    assert_eq!(scene.deeds(), []);
}
