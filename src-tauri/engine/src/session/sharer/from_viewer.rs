//! What the technician's machine says, and what is done about it.
//!
//! Input comes on the channels, or by the carriage where there is one: then nowhere else, and in its order with what is said
//! on `session` ([`super::turns`]).
//!
//! Invariant: nothing but a hello is acted upon before the hello.

use renfort_protocol::{
    VERSION,
    carried::Carried,
    error::{Code, WireError},
    grant::{Capability, Denied},
    input::InputEvent,
    keyboard::TypingState,
    report::{InputDenied, Refuser, ReportedEvent, Withdrawn},
    session::{ClipboardText, FromSharer, FromViewer},
    signalling::{EndReason, Signal},
    time::UnixMillis,
};

use super::{
    SharerEffect, SharerSession, cursor,
    turns::{Next, Turns},
};
use crate::{
    peer::{Pause, SharerEvent},
    session::{Candidate, Channel, wire},
};

impl SharerSession {
    /// A message came over the current connection.
    pub fn handle_message(&mut self, channel: Channel, bytes: &[u8], now: UnixMillis) {
        // What still comes out of a closed connection belongs to nothing any more.
        if self.ended || !self.open {
            return;
        }
        if now >= self.grant.expires_at {
            return self.end(EndReason::Expired, None, now);
        }
        let message = match wire::read::<FromViewer, FromSharer>(bytes) {
            Ok(message) => message,
            Err(error) => return self.fail(error, now),
        };
        self.heard(now);
        match (channel, message) {
            // Moves may overtake the hello on their own channel.
            (
                Channel::Pointer,
                FromViewer::Input {
                    event: InputEvent::Move { .. },
                },
            ) if !self.greeted => {}
            (
                Channel::Pointer,
                FromViewer::Input {
                    event: event @ InputEvent::Move { .. },
                },
            ) if self.turns.is_none() => self.input(event, now),
            (Channel::Pointer, _) => self.fail(Code::NotAllowed.into(), now),
            (Channel::Session, FromViewer::Hello { version, cursor }) => self.greet(version, cursor, now),
            (Channel::Session, _) if !self.greeted => self.fail(Code::OutOfOrder.into(), now),
            (Channel::Session, message) => self.say(message, now),
        }
    }

    /// On the connection that has just opened, input comes by the carriage.
    pub fn handle_carriage(&mut self) {
        if self.open && !self.ended {
            self.turns = Some(Turns::default());
        }
    }

    /// A message came by the carriage of the current connection.
    pub fn handle_carried(&mut self, bytes: &[u8], now: UnixMillis) {
        if self.ended || !self.open {
            return;
        }
        if now >= self.grant.expires_at {
            return self.end(EndReason::Expired, None, now);
        }
        let may_control = self.may_control(now).is_ok();
        let Some(turns) = &mut self.turns else { return };
        let taken = match Carried::decode(bytes) {
            // Nor later, when its turn comes and they may again.
            Ok(Carried::Input(event)) if !may_control => {
                self.heard(now);
                return self.carry_out(event, now);
            }
            Ok(carried) => turns.carried(carried).map_err(|_| "too much input waits for its turn"),
            Err(_) => Err("what was carried is no input"),
        };
        self.heard(now);
        match taken {
            Ok(()) => self.take_turns(now),
            Err(reason) => self.handle_malformed(reason, now),
        }
    }

    /// Something was said on `session`, after the hello.
    fn say(&mut self, message: FromViewer, now: UnixMillis) {
        let Some(turns) = &mut self.turns else {
            return self.act(message, now);
        };
        let taken = match message {
            FromViewer::Input { .. } => return self.fail(Code::NotAllowed.into(), now),
            // Need no turn, and what comes to its end does so at once.
            FromViewer::Hello { .. } | FromViewer::Heartbeat | FromViewer::Bye => return self.act(message, now),
            message => turns.said(message),
        };
        match taken {
            Ok(()) => self.take_turns(now),
            Err(_) => self.handle_malformed("too many messages wait for their turn", now),
        }
    }

    /// Input may overtake the hello.
    fn take_turns(&mut self, now: UnixMillis) {
        while self.greeted
            && !self.ended
            && let Some(next) = self.turns.as_mut().and_then(Turns::next)
        {
            match next {
                Next::Input(event) => self.carry_out(event, now),
                Next::Said(message) => self.act(message, now),
            }
        }
    }

    /// The viewer's part in making a connection, by way of the relay.
    pub(super) fn signal(&mut self, signal: Signal, now: UnixMillis) {
        let current = self.link.attempt();
        match signal {
            Signal::Answer { attempt, sdp, .. } if attempt == current => {
                self.effects.push_back(SharerEffect::Accept(sdp))
            }
            Signal::Candidate {
                attempt,
                candidate: line,
                mid,
                index,
            } if attempt == current => {
                self.effects
                    .push_back(SharerEffect::AddCandidate(Candidate { line, mid, index }));
            }
            Signal::Restart => self.link.restart(now),
            Signal::Offer { .. } => self.fail(Code::NotAllowed.into(), now),
            Signal::Answer { .. } | Signal::Candidate { .. } => {}
        }
    }

    fn heard(&mut self, now: UnixMillis) {
        self.link.interrupted(false, now);
        if let Some(after_ms) = self.live.heard(now) {
            self.event(SharerEvent::PeerLost(false));
            self.report(ReportedEvent::PeerBack { after_ms }, now);
        }
    }

    fn greet(&mut self, version: u16, cursor: bool, now: UnixMillis) {
        if self.greeted {
            return self.fail(Code::OutOfOrder.into(), now);
        }
        if version != VERSION {
            return self.fail(WireError::from(Code::WrongVersion).with("supported", VERSION), now);
        }
        self.greeted = true;
        self.last_move = 0;
        self.cursor = cursor::Telling::new(cursor);
        self.announce(now);
        self.update_flows(now);
        for text in std::mem::take(&mut self.unsent_chat) {
            self.send(FromSharer::Chat { text });
        }
        self.take_turns(now);
    }

    fn act(&mut self, message: FromViewer, now: UnixMillis) {
        match message {
            FromViewer::Hello { .. } | FromViewer::Heartbeat => {}
            FromViewer::Request { capability, asked_at } => self.request(capability, asked_at, now),
            FromViewer::GiveBack { capability } => {
                let given: &[_] = match capability {
                    // Who does nothing there any more needs no texts there either.
                    Capability::Control => &[Capability::Control, Capability::Clipboard],
                    Capability::View => &[Capability::Control, Capability::Clipboard, Capability::View],
                    Capability::Clipboard => &[Capability::Clipboard],
                };
                self.close_request(capability);
                self.withdraw(given, Withdrawn::ByTechnician, now);
            }
            FromViewer::Input { event } => self.input(event, now),
            FromViewer::Type { text } => self.start_typing(&text, now),
            FromViewer::StopTyping => self.end_typing(TypingState::Cancelled),
            FromViewer::Clipboard { text } => self.set_clipboard(text, now),
            FromViewer::ClipboardTooLong { characters } => {
                // Of interest only to someone who might paste it.
                if self.grant.allows(Capability::Clipboard, now).is_ok() {
                    let characters = characters.try_into().unwrap_or(usize::MAX);
                    self.event(SharerEvent::ClipboardTooLong {
                        here: false,
                        characters,
                    });
                }
            }
            FromViewer::Chat { text } => {
                self.tally.count(now, |counts| counts.chat += 1);
                self.event(SharerEvent::Chat(text));
            }
            FromViewer::Bye => self.end(EndReason::EndedByTechnician, None, now),
        }
    }

    fn request(&mut self, capability: Capability, asked_at: UnixMillis, now: UnixMillis) {
        let has = |wanted: &Capability| self.grant.capabilities.contains(wanted);
        if has(&capability) {
            return self.send_grant(now);
        }
        // The answer was lost with the connection it went over; the user is not asked the same thing twice.
        if let Some(timed_out) = self.requests.refused(capability, asked_at) {
            return self.send(FromSharer::Refused { capability, timed_out });
        }
        let hopeless = match capability {
            _ if !self.policy.allows(capability) => true,
            Capability::View => false,
            Capability::Control => self.input_broken || !has(&Capability::View),
            Capability::Clipboard => !has(&Capability::View),
        };
        if hopeless {
            self.report(ReportedEvent::Requested { capability }, now);
            self.refuse((capability, asked_at), Refuser::Machine, false, now);
            if self.input_broken && capability == Capability::Control {
                self.deny(InputDenied::Failed, now);
            }
        } else if let Some(answer_by) = self.requests.open(capability, asked_at, now) {
            // A question is open from now on: nobody shall answer it by remote hand.
            self.release_all(now);
            self.report(ReportedEvent::Requested { capability }, now);
            self.event(SharerEvent::Requested { capability, answer_by });
        }
    }

    fn set_clipboard(&mut self, text: ClipboardText, now: UnixMillis) {
        if let Err(denied) = self.grant.allows(Capability::Clipboard, now) {
            return self.deny(reason(denied), now);
        }
        let characters = text.as_str().chars().count();
        self.tally.count(now, |counts| counts.clipboard_to_user += 1);
        self.effects.push_back(SharerEffect::SetClipboard(text));
        self.event(SharerEvent::ClipboardReceived { characters });
    }

    fn input(&mut self, event: InputEvent, now: UnixMillis) {
        if !event.is_within_limits() {
            return self.fail(Code::Malformed.into(), now);
        }
        match event {
            InputEvent::Move { order, .. } if order <= self.last_move => return,
            InputEvent::Move { order, .. } => self.last_move = order,
            _ => {}
        }
        self.carry_out(event, now);
    }

    /// An event in its order, within its limits.
    fn carry_out(&mut self, event: InputEvent, now: UnixMillis) {
        match self.may_control(now) {
            Ok(()) => self.effects.push_back(SharerEffect::Input(event)),
            // What was held has been released already, so that a release that comes too late asks for nothing.
            Err(_) if is_release(&event) => {}
            Err(reason) => self.deny(reason, now),
        }
    }

    pub(super) fn may_control(&self, now: UnixMillis) -> Result<(), InputDenied> {
        self.grant.allows(Capability::Control, now).map_err(reason)?;
        if self.input_broken {
            Err(InputDenied::Failed)
        } else if self.pause == Pause::Control || !self.requests.is_empty() {
            Err(InputDenied::Paused)
        } else {
            Ok(())
        }
    }
}

const fn reason(denied: Denied) -> InputDenied {
    match denied {
        Denied::NotGranted => InputDenied::NotGranted,
        Denied::Expired => InputDenied::Expired,
    }
}

const fn is_release(event: &InputEvent) -> bool {
    matches!(
        event,
        InputEvent::Button { pressed: false, .. } | InputEvent::Key { pressed: false, .. } | InputEvent::ReleaseAll
    )
}
