//! Whatever a viewer says, in whatever order: no input and no clipboard text without the user's leave, and no panic.

use proptest::prelude::*;
use renfort_protocol::{
    VERSION,
    cursor::CursorShape,
    grant::{Capability, Grant},
    input::{Button, InputEvent},
    keyboard::{KeyMode, TypedText},
    policy::Policy,
    session::{ChatText, ClipboardText, FromSharer, FromViewer},
    signalling::EndReason,
    time::UnixMillis,
};

use super::{
    Channel, InputOutcome, LinkEvent, SharerEffect, SharerSession, ViewerSession,
    sharer_tests::{START, grant},
};
use crate::{
    peer::{Pause, SharerCommand, SharerEvent, ViewerCommand},
    seams::Cursor,
};

#[derive(Debug, Clone)]
enum Step {
    Hear(Channel, FromViewer),
    Garbage(Channel, Vec<u8>),
    Command(u8, Capability, bool),
    Link(LinkEvent),
    Outcome(InputOutcome),
    InputBroken,
    Copied,
    Looks(Option<u8>),
    Pass(u64),
}

fn shape(number: u8) -> Cursor {
    let shape = CursorShape::new((1, 1), (0, 0), vec![number; 4]).expect("one pixel");
    Cursor::Shape(shape.into())
}

fn capability() -> impl Strategy<Value = Capability> {
    prop_oneof![
        Just(Capability::View),
        Just(Capability::Control),
        Just(Capability::Clipboard)
    ]
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![8 => Just(Channel::Session), 2 => Just(Channel::Pointer)]
}

fn input() -> impl Strategy<Value = InputEvent> {
    let key = |pressed| InputEvent::Key {
        code: "KeyA".into(),
        key: "a".into(),
        how: KeyMode::Character,
        pressed,
    };
    prop_oneof![
        any::<bool>().prop_map(key),
        (0..20_u64).prop_map(|order| InputEvent::Move { order, x: 1, y: 1 }),
        any::<bool>().prop_map(|pressed| InputEvent::Button {
            button: Button::Left,
            pressed,
            x: 1,
            y: 1
        }),
        Just(InputEvent::ReleaseAll),
    ]
}

fn message() -> impl Strategy<Value = FromViewer> {
    prop_oneof![
        4 => Just(FromViewer::Hello { version: VERSION, cursor: true }),
        2 => Just(FromViewer::Heartbeat),
        3 => (capability(), 0..4_u64).prop_map(|(capability, at)| FromViewer::Request { capability, asked_at: UnixMillis(at) }),
        1 => capability().prop_map(|capability| FromViewer::GiveBack { capability }),
        8 => input().prop_map(|event| FromViewer::Input { event }),
        3 => Just(FromViewer::Clipboard { text: ClipboardText::new("x".into()).expect("short") }),
        2 => Just(FromViewer::Type { text: TypedText::new("xyz").expect("short") }),
        1 => Just(FromViewer::StopTyping),
        1 => Just(FromViewer::Chat { text: ChatText::new("x").expect("short") }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let link = prop_oneof![
        3 => Just(LinkEvent::Open),
        1 => any::<bool>().prop_map(LinkEvent::Interrupted),
        1 => Just(LinkEvent::Closed)
    ];
    let outcome = prop_oneof![Just(InputOutcome::KeyPressed), Just(InputOutcome::ButtonPressed)];
    prop_oneof![
        12 => (channel(), message()).prop_map(|(channel, message)| Step::Hear(channel, message)),
        1 => (channel(), proptest::collection::vec(any::<u8>(), 0..60)).prop_map(|(c, bytes)| Step::Garbage(c, bytes)),
        6 => (0..8_u8, capability(), any::<bool>()).prop_map(|(what, capability, yes)| Step::Command(what, capability, yes)),
        4 => link.prop_map(Step::Link),
        1 => outcome.prop_map(Step::Outcome),
        1 => Just(Step::InputBroken),
        1 => Just(Step::Copied),
        2 => proptest::option::of(0..40_u8).prop_map(Step::Looks),
        4 => (0..40_000_u64).prop_map(Step::Pass),
        // The machine slept.
        1 => (40_000..8 * 3_600_000_u64).prop_map(Step::Pass),
    ]
}

/// What the user's shell was told, from which alone the rules are checked.
struct Told {
    policy: Policy,
    grant: Grant,
    questions: usize,
    pause: Pause,
    ended: bool,
}

impl Told {
    fn check(&mut self, effect: &SharerEffect, now: UnixMillis) -> Result<(), TestCaseError> {
        prop_assert!(!self.ended, "after the end: {effect:?}");
        match effect {
            did @ (SharerEffect::Input(_) | SharerEffect::Type { .. }) => {
                prop_assert!(
                    self.grant.allows(Capability::Control, now).is_ok(),
                    "{did:?} without control"
                );
                prop_assert!(
                    self.questions == 0 && self.pause == Pause::Nothing,
                    "{did:?} while a question is open"
                );
            }
            SharerEffect::SetClipboard(_) | SharerEffect::WatchClipboard(true) => {
                prop_assert!(self.pause != Pause::Everything, "clipboard while everything rests");
                prop_assert!(
                    self.grant.allows(Capability::Clipboard, now).is_ok(),
                    "clipboard without leave"
                );
            }
            SharerEffect::Send(_, FromSharer::Clipboard { .. }) => {
                prop_assert!(self.pause != Pause::Everything, "copied while everything rests");
                prop_assert!(
                    self.grant.allows(Capability::Clipboard, now).is_ok(),
                    "copied without leave"
                );
            }
            SharerEffect::Picture(true)
            | SharerEffect::Send(_, FromSharer::Pointer { .. } | FromSharer::Cursor { .. }) => {
                prop_assert!(self.pause != Pause::Everything, "seen while everything rests");
                prop_assert!(self.grant.allows(Capability::View, now).is_ok(), "seen without leave");
            }
            SharerEffect::Event(SharerEvent::Granted(grant)) => {
                prop_assert!(
                    grant.capabilities.is_subset(&self.policy.capabilities),
                    "more than the policy: {grant:?}"
                );
                prop_assert!(
                    self.policy
                        .latest(START)
                        .is_none_or(|latest| grant.expires_at <= latest),
                    "longer than the policy: {grant:?}"
                );
                self.grant = grant.clone();
            }
            SharerEffect::Event(SharerEvent::Requested { .. }) => self.questions += 1,
            SharerEffect::Event(SharerEvent::RequestClosed(_)) => self.questions -= 1,
            SharerEffect::Event(SharerEvent::Ended { .. }) => self.ended = true,
            _ => {}
        }
        Ok(())
    }
}

fn command(what: u8, capability: Capability, yes: bool) -> SharerCommand {
    match what {
        0 | 1 => SharerCommand::Answer {
            capability,
            allow: yes,
            clipboard: what == 1,
        },
        2 => SharerCommand::Withdraw(capability),
        3 => SharerCommand::Extend,
        6 | 7 => SharerCommand::Allow(capability),
        4 => SharerCommand::Pause(pause(capability, yes)),
        _ => SharerCommand::Chat(ChatText::new("x").expect("short")),
    }
}

fn pause(capability: Capability, yes: bool) -> Pause {
    match (yes, capability) {
        (false, _) => Pause::Nothing,
        (true, Capability::Control) => Pause::Control,
        (true, _) => Pause::Everything,
    }
}

/// Any organisation's.
fn policy() -> impl Strategy<Value = Policy> {
    let minutes = || proptest::option::weighted(0.5, 1..400_u32);
    let capabilities = proptest::collection::btree_set(capability(), 0..3);
    (capabilities, any::<bool>(), minutes(), minutes()).prop_map(
        |(some, all, longest_minutes, longest_total_minutes)| Policy {
            capabilities: if all { Policy::default().capabilities } else { some },
            longest_minutes,
            longest_total_minutes,
            ..Policy::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_happens_on_the_users_machine_that_the_grant_does_not_cover(
        given in proptest::collection::btree_set(capability(), 0..3),
        policy in policy(),
        mut steps in proptest::collection::vec(step(), 1..60),
    ) {
        let given = Grant { capabilities: given, ..grant(&[Capability::View]) };
        let mut told = Told { policy: policy.clone(), grant: policy.narrow(given.clone(), START), questions: 0, pause: Pause::Nothing, ended: false };
        let mut session = SharerSession::new(given, policy, START);
        let mut now = START;
        // Most of what matters comes after the hello.
        steps.splice(0..0, [Step::Link(LinkEvent::Open), Step::Hear(Channel::Session, FromViewer::Hello { version: VERSION, cursor: true })]);
        for step in steps {
            match step {
                Step::Hear(channel, message) => {
                    session.handle_message(channel, &serde_json::to_vec(&message).expect("plain"), now);
                }
                Step::Garbage(channel, bytes) => session.handle_message(channel, &bytes, now),
                Step::Command(what, capability, yes) => {
                    if what == 4 {
                        told.pause = pause(capability, yes);
                    }
                    session.handle_command(command(what, capability, yes), now);
                }
                Step::Link(event) => session.handle_link(event, now),
                Step::Outcome(outcome) => session.handle_input(outcome, now),
                Step::InputBroken => session.handle_input_unavailable(now),
                Step::Copied => session.handle_copied("x".into(), now),
                Step::Looks(looks) => session.handle_cursor(looks.map_or(Cursor::Hidden, shape), now),
                Step::Pass(millis) => {
                    now = now.plus(millis);
                    session.handle_timeout(now);
                }
            }
            while let Some(effect) = session.poll_effect() {
                told.check(&effect, now)?;
            }
            if !told.ended {
                session.handle_timeout(now);
                while let Some(effect) = session.poll_effect() {
                    told.check(&effect, now)?;
                }
            }
            prop_assert_eq!(session.poll_timeout().is_none(), told.ended);
            prop_assert!(session.poll_timeout().is_none_or(|at| at > now), "a timer that is always due would spin");
        }
        session.handle_command(SharerCommand::End(EndReason::EndedByTechnician), now);
        while let Some(effect) = session.poll_effect() {
            told.check(&effect, now)?;
        }
        prop_assert!(told.ended);
    }

    #[test]
    fn a_viewer_survives_whatever_it_hears(
        messages in proptest::collection::vec((channel(), proptest::collection::vec(any::<u8>(), 0..80)), 0..20),
        millis in 0..100_000_u64,
    ) {
        let mut session = ViewerSession::new(grant(&[Capability::View]), START, START);
        session.handle_link(LinkEvent::Open, START);
        for (channel, bytes) in messages {
            session.handle_message(channel, &bytes, START);
        }
        session.handle_timeout(START.plus(millis));
        session.handle_command(ViewerCommand::End(EndReason::EndedByTechnician), START.plus(millis));
        prop_assert!(session.poll_timeout().is_none());
    }
}
