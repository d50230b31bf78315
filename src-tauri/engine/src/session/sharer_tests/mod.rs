//! What the user's end does, step by step.

mod allowed;
mod connected;
mod cursor;
mod paused;
mod switches;
mod typing;

use renfort_protocol::{
    VERSION,
    error::Code,
    grant::{Capabilities, Capability, Grant},
    ids::{PersonId, SessionId, Signature, TicketId},
    input::{Button, InputEvent},
    keyboard::KeyMode,
    limits::{CONSENT_ANSWER_MS, EXTENSION_MS, MAX_GRANT_MS, MAX_SESSION_BYTES, PEER_LOST_MS, SESSION_LOST_MS},
    policy::Policy,
    report::{InputDenied, Refuser, ReportedEvent, Withdrawn},
    session::{ChatText, ClipboardText, FromSharer, FromViewer},
    signalling::{EndReason, Sdp, Signal},
    ticket::Counts,
    time::UnixMillis,
};

use super::{
    Channel, InputOutcome, LinkEvent, ScreenReady, SharerEffect, SharerSession,
    link::{ATTEMPT_MS, BROKEN_MS},
    tally::REPORT_EVERY_MS,
};
use crate::{
    peer::{Pause, SharerCommand, SharerEvent},
    seams::Size,
};

pub const START: UnixMillis = UnixMillis(1_000_000);
const LASTS_MS: u64 = 600_000;

pub fn grant(capabilities: &[Capability]) -> Grant {
    Grant {
        session: SessionId([1; 16]),
        ticket: TicketId(1001),
        technician: PersonId(1),
        capabilities: capabilities.iter().copied().collect(),
        expires_at: START.plus(LASTS_MS),
    }
}

struct Scene {
    session: SharerSession,
    now: UnixMillis,
}

impl Scene {
    fn new(capabilities: &[Capability]) -> Self {
        Self::under(Policy::default(), capabilities)
    }

    /// In an organisation with rules.
    fn under(policy: Policy, capabilities: &[Capability]) -> Self {
        let mut scene = Self {
            session: SharerSession::new(grant(capabilities), policy, START),
            now: START,
        };
        scene.session.handle_timeout(START);
        assert_eq!(
            scene.effects(),
            [SharerEffect::Connect { attempt: 1 },].as_slice().with_release()
        );
        scene
    }

    /// Connected and greeted.
    fn greeted(capabilities: &[Capability]) -> Self {
        Self::new(capabilities).greet()
    }

    fn greet(self) -> Self {
        let mut scene = self;
        scene.session.handle_link(LinkEvent::Open, START);
        scene.hear(&FromViewer::Hello {
            version: VERSION,
            cursor: true,
        });
        scene.effects();
        scene
    }

    fn effects(&mut self) -> Vec<SharerEffect> {
        std::iter::from_fn(|| self.session.poll_effect()).collect()
    }

    fn hear(&mut self, message: &FromViewer) {
        self.session
            .handle_message(Channel::Session, &serde_json::to_vec(message).unwrap(), self.now);
    }

    fn command(&mut self, command: SharerCommand) {
        self.session.handle_command(command, self.now);
    }

    /// Lets time pass while the viewer goes on saying that it is there.
    fn pass(&mut self, millis: u64) {
        let until = self.now.plus(millis);
        while self.now < until {
            self.now = self.now.plus(1_000).min(until);
            self.hear(&FromViewer::Heartbeat);
            self.session.handle_timeout(self.now);
        }
    }

    fn press(&mut self) {
        self.hear(&FromViewer::Input { event: key(true) });
    }

    fn said(&mut self) -> Vec<FromSharer> {
        let effects = self.effects();
        effects
            .into_iter()
            .filter_map(|effect| {
                if let SharerEffect::Send(_, said) = effect {
                    Some(said)
                } else {
                    None
                }
            })
            .collect()
    }

    fn events(&mut self) -> Vec<SharerEvent> {
        let effects = self.effects();
        effects
            .into_iter()
            .filter_map(|effect| {
                if let SharerEffect::Event(event) = effect {
                    Some(event)
                } else {
                    None
                }
            })
            .collect()
    }

    /// Who refused what, as the relay is told since the last look.
    fn refusals(&mut self) -> Vec<(Capability, Refuser)> {
        let refused = |report| match report {
            ReportedEvent::Refused { capability, by, .. } => Some((capability, by)),
            _ => None,
        };
        self.reports().into_iter().filter_map(refused).collect()
    }

    fn reports(&mut self) -> Vec<ReportedEvent> {
        let events = self.events();
        events
            .into_iter()
            .filter_map(|event| {
                if let SharerEvent::Report { event, .. } = event {
                    Some(event)
                } else {
                    None
                }
            })
            .collect()
    }
}

trait WithRelease {
    fn with_release(&self) -> Vec<SharerEffect>;
}

impl WithRelease for [SharerEffect] {
    /// A lost connection releases first.
    fn with_release(&self) -> Vec<SharerEffect> {
        [&[SharerEffect::ReleaseAll], self].concat()
    }
}

fn key(pressed: bool) -> InputEvent {
    InputEvent::Key {
        code: "KeyA".into(),
        key: "a".into(),
        how: KeyMode::Character,
        pressed,
    }
}

fn ended(events: &[SharerEvent]) -> Option<(EndReason, Option<Code>)> {
    match events.last() {
        Some(SharerEvent::Ended { reason, error }) => Some((*reason, error.as_ref().map(|error| error.code))),
        _ => None,
    }
}
