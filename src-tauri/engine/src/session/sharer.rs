//! The user's end: what the technician may do now, and what becomes of everything they ask.
//!
//! Flow: `handle_*` -> effects; see [`super`]. What the viewer says is handled in [`from_viewer`], what the user and
//! their machine do in [`from_here`].
//!
//! Invariant: after [`SharerEvent::Ended`] there are no further effects.

mod cursor;
mod from_here;
mod from_viewer;
mod turns;
mod typing;

pub use turns::WAITING_CARRIED;

use std::collections::VecDeque;

use renfort_protocol::{
    binding::Tampered,
    error::{Code, WireError},
    grant::{Capabilities, Capability, Grant},
    input::InputEvent,
    keyboard::KeyboardLayout,
    policy::Policy,
    report::{InputDenied, Refuser, ReportedEvent, Withdrawn},
    session::{ChatText, ClipboardText, FromSharer},
    signalling::{EndReason, Sdp, Signal},
    time::UnixMillis,
};

use super::{
    Candidate, Channel, LinkEvent,
    link::OfferLink,
    liveness::{Due, Liveness},
    requests::Requests,
    tally::Tally,
};
use crate::{
    peer::{Pause, SharerEvent},
    seams::{InputError, Size},
};

/// What the sharer's owner has to do, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum SharerEffect {
    /// Make a new connection and offer it; an older one is closed.
    Connect {
        /// Its number.
        attempt: u32,
    },
    /// The viewer's answer to the current attempt.
    Accept(Sdp),
    /// A candidate of the current attempt.
    AddCandidate(Candidate),
    /// Say this.
    Send(Channel, FromSharer),
    /// Carry this out.
    Input(InputEvent),
    /// Type one character, press and release, and say what became of it by [`SharerSession::handle_typed`].
    Type {
        /// Number of its text.
        number: u32,
        /// The character; a line break stands for Enter.
        character: char,
    },
    /// Forget input that was not carried out yet, and release everything that is held.
    ReleaseAll,
    /// Put this into the clipboard.
    SetClipboard(ClipboardText),
    /// Watch the clipboard, or no longer.
    WatchClipboard(bool),
    /// Send the picture, or no longer.
    Picture(bool),
    /// Tell the shell.
    Event(SharerEvent),
}

/// What was opened to capture the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenReady {
    /// Capture backend.
    pub capture: String,
    /// Video codec.
    pub codec: String,
    /// Size of the screen.
    pub size: Size,
}

/// What became of a [`SharerEffect::Input`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputOutcome {
    /// A key went down.
    KeyPressed,
    /// A button went down.
    ButtonPressed,
    /// It was not carried out.
    Denied(InputDenied),
}

impl From<&InputError> for InputDenied {
    fn from(error: &InputError) -> Self {
        match error {
            InputError::OwnWindow => Self::OwnWindow,
            InputError::Unavailable(_) | InputError::NoSuchKey => Self::Failed,
        }
    }
}

/// The user's end of a session.
#[derive(Debug)]
pub struct SharerSession {
    grant: Grant,
    /// What is put into the grant once not everything rests any more; empty otherwise.
    held_back: Capabilities,
    /// What the user's organisation lets them allow.
    policy: Policy,
    /// The moment that no extension goes beyond.
    latest: Option<UnixMillis>,
    link: OfferLink,
    open: bool,
    greeted: bool,
    announced: bool,
    ended: bool,
    picture: bool,
    clipboard: bool,
    pause: Pause,
    input_broken: bool,
    requests: Requests,
    live: Liveness,
    tally: Tally,
    screen: Option<ScreenReady>,
    keyboard: Option<KeyboardLayout>,
    /// Of a connection by whose carriage input comes.
    turns: Option<turns::Turns>,
    typing: Option<typing::Task>,
    /// Texts that were typed so far.
    texts: u32,
    pointer_order: u64,
    last_move: u64,
    cursor: cursor::Telling,
    unsent_chat: VecDeque<ChatText>,
    effects: VecDeque<SharerEffect>,
}

impl SharerSession {
    /// Begins with what the user allowed, as far as the organisation's policy goes. The first connection is due at once.
    #[must_use]
    pub fn new(grant: Grant, policy: Policy, now: UnixMillis) -> Self {
        Self {
            grant: policy.narrow(grant, now),
            held_back: Capabilities::new(),
            latest: policy.latest(now),
            policy,
            link: OfferLink::new(now),
            open: false,
            greeted: false,
            announced: false,
            ended: false,
            picture: false,
            clipboard: false,
            pause: Pause::Nothing,
            input_broken: false,
            requests: Requests::default(),
            live: Liveness::new(now),
            tally: Tally::default(),
            screen: None,
            keyboard: None,
            turns: None,
            typing: None,
            texts: 0,
            pointer_order: 0,
            last_move: 0,
            cursor: cursor::Telling::default(),
            unsent_chat: VecDeque::new(),
            effects: VecDeque::new(),
        }
    }

    /// What is to be done next.
    pub fn poll_effect(&mut self) -> Option<SharerEffect> {
        self.effects.pop_front()
    }

    /// Is there something on the user's screen that is not for the technician's eyes?
    #[must_use]
    pub fn everything_rests(&self) -> bool {
        self.pause == Pause::Everything
    }

    /// When [`Self::handle_timeout`] wants to be called; none once it is over.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<UnixMillis> {
        let ends = [Some(self.grant.expires_at), Some(self.live.next())];
        let due = [
            self.requests.next(),
            self.tally.due(),
            self.link.deadline(),
            self.typing_due(),
            self.cursor.due(),
        ];
        if self.ended {
            None
        } else {
            ends.into_iter().chain(due).flatten().min()
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: UnixMillis) {
        if self.ended {
            return;
        }
        if now >= self.grant.expires_at {
            return self.end(EndReason::Expired, None, now);
        }
        while let Some((capability, asked_at)) = self.requests.take_overdue(now) {
            self.event(SharerEvent::RequestClosed(capability));
            self.refuse((capability, asked_at), Refuser::User, true, now);
        }
        if self.tally.due().is_some_and(|due| now >= due) {
            self.flush_tally(now);
        }
        self.poll_typing(now);
        self.tell_cursor(now);
        while let Some(due) = self.live.poll(now) {
            match due {
                Due::Beat => self.send(FromSharer::Heartbeat),
                Due::Lost => {
                    self.release_all(now);
                    self.link.interrupted(true, now);
                    self.event(SharerEvent::PeerLost(true));
                    self.report(ReportedEvent::PeerLost, now);
                }
                Due::Gone => return self.end(EndReason::Lost, Some(Code::PeerLost.into()), now),
            }
        }
        if let Some(attempt) = self.link.poll(now) {
            self.set_open(false, now);
            self.effects.push_back(SharerEffect::Connect { attempt });
        }
    }

    /// The current connection's state changed.
    pub fn handle_link(&mut self, event: LinkEvent, now: UnixMillis) {
        if self.ended {
            return;
        }
        match event {
            LinkEvent::Open => {
                self.link.open();
                self.set_open(true, now);
                self.effects.push_back(hello());
                self.send_grant(now);
                self.send_screen();
                if self.keyboard.is_some() {
                    self.send_keyboard();
                }
            }
            LinkEvent::Interrupted(interrupted) => self.link.interrupted(interrupted, now),
            LinkEvent::Closed => {
                self.link.closed(now);
                self.set_open(false, now);
            }
        }
    }

    /// The current connection found an address of this machine.
    pub fn handle_candidate(
        &mut self,
        Candidate {
            line: candidate,
            mid,
            index,
        }: Candidate,
    ) {
        if !self.ended {
            let attempt = self.link.attempt();
            self.event(SharerEvent::Signal(Signal::Candidate {
                attempt,
                candidate,
                mid,
                index,
            }));
        }
    }

    fn set_open(&mut self, open: bool, now: UnixMillis) {
        self.open = open;
        self.greeted = false;
        self.turns = None;
        self.live.set_open(open, now);
        if !open {
            self.release_all(now);
        }
        self.update_flows(now);
    }

    /// Picture and clipboard flow while they are allowed and there is somebody to receive them.
    fn update_flows(&mut self, now: UnixMillis) {
        let flows = |capability| self.greeted && !self.ended && self.grant.allows(capability, now).is_ok();
        let (picture, clipboard) = (flows(Capability::View), flows(Capability::Clipboard));
        if std::mem::replace(&mut self.picture, picture) != picture {
            // What it looked like before is not told later: the screen's thread tells anew when the picture begins.
            self.cursor.forget();
            self.effects.push_back(SharerEffect::Picture(picture));
        }
        if std::mem::replace(&mut self.clipboard, clipboard) != clipboard {
            self.effects.push_back(SharerEffect::WatchClipboard(clipboard));
        }
    }

    /// Once, when the peers are connected and it is known with what.
    fn announce(&mut self, now: UnixMillis) {
        if let (true, false, Some(screen)) = (self.greeted, self.announced, &self.screen) {
            let event = ReportedEvent::Connected {
                capture: screen.capture.clone(),
                codec: screen.codec.clone(),
            };
            self.announced = true;
            self.event(SharerEvent::Connected);
            self.report(event, now);
        }
    }

    fn grant_changed(&mut self, now: UnixMillis) {
        self.event(SharerEvent::Granted(self.grant.clone()));
        self.send_grant(now);
        self.update_flows(now);
    }

    fn send_grant(&mut self, now: UnixMillis) {
        self.send(FromSharer::Granted {
            grant: self.grant.clone(),
            now,
        });
    }

    /// Nothing that the technician began goes on.
    fn release_all(&mut self, now: UnixMillis) {
        self.effects.push_back(SharerEffect::ReleaseAll);
        if let Some(turns) = &mut self.turns {
            turns.forget_input();
        }
        self.interrupt_typing(now);
    }

    fn send_keyboard(&mut self) {
        let layout = self.keyboard.clone();
        self.send(FromSharer::Keyboard { layout });
    }

    fn send_screen(&mut self) {
        if let Some(Size { width, height }) = self.screen.as_ref().map(|screen| screen.size) {
            self.send(FromSharer::Screen { width, height });
        }
    }

    fn refuse(&mut self, question: (Capability, UnixMillis), by: Refuser, timed_out: bool, now: UnixMillis) {
        let (capability, asked_at) = question;
        self.requests.refuse(capability, asked_at, timed_out);
        self.send(FromSharer::Refused { capability, timed_out });
        self.report(
            ReportedEvent::Refused {
                capability,
                timed_out,
                by,
            },
            now,
        );
    }

    /// Takes capabilities out of the grant, as far as they are in it.
    fn withdraw(&mut self, capabilities: &[Capability], reason: Withdrawn, now: UnixMillis) {
        let mut changed = false;
        for &capability in capabilities {
            self.held_back.remove(&capability);
            if self.grant.capabilities.remove(&capability) {
                changed = true;
                if capability == Capability::Control {
                    self.release_all(now);
                }
                self.send(FromSharer::Withdrawn { capability, reason });
                self.report(ReportedEvent::Withdrawn { capability, reason }, now);
            }
        }
        if changed {
            self.grant_changed(now);
        }
    }

    fn deny(&mut self, reason: InputDenied, now: UnixMillis) {
        if self.tally.deny(reason, now) {
            self.send(FromSharer::InputDenied { reason });
        }
    }

    fn flush_tally(&mut self, now: UnixMillis) {
        for event in self.tally.take() {
            self.report(event, now);
        }
    }

    /// Something came that the technician's device did not send: nothing of it is used.
    pub fn handle_tampered(&mut self, what: Tampered, now: UnixMillis) {
        if self.ended {
            return;
        }
        self.report(ReportedEvent::Tampered { what }, now);
        self.end(EndReason::Untrusted, Some(what.into()), now);
    }

    /// What came back of the picture is nothing that an honest viewer sends.
    pub fn handle_malformed(&mut self, reason: &str, now: UnixMillis) {
        self.fail(WireError::from(Code::PeerMalformed).with("detail", reason), now);
    }

    fn fail(&mut self, error: WireError, now: UnixMillis) {
        self.end(EndReason::Failed, Some(error), now);
    }

    /// Everything stops here first; then the others are told.
    fn end(&mut self, reason: EndReason, error: Option<WireError>, now: UnixMillis) {
        if self.ended {
            return;
        }
        self.ended = true;
        self.typing = None;
        self.effects.push_back(SharerEffect::ReleaseAll);
        self.update_flows(now);
        for capability in self.requests.take() {
            self.event(SharerEvent::RequestClosed(capability));
        }
        let withdrawn = match reason {
            EndReason::Expired => Withdrawn::Expired,
            EndReason::Lost => Withdrawn::PeerLost,
            EndReason::StoppedByUser => Withdrawn::ByUser,
            _ => Withdrawn::SessionEnded,
        };
        // That the view ends with the session goes without saying.
        for capability in [Capability::Control, Capability::Clipboard] {
            if self.grant.capabilities.remove(&capability) {
                self.report(
                    ReportedEvent::Withdrawn {
                        capability,
                        reason: withdrawn,
                    },
                    now,
                );
            }
        }
        self.flush_tally(now);
        if reason == EndReason::StoppedByUser {
            self.report(ReportedEvent::Stopped, now);
        } else if let (EndReason::Failed, Some(error)) = (reason, &error) {
            self.report(ReportedEvent::Failed { code: error.code }, now);
        }
        self.send(FromSharer::Bye {
            reason,
            error: error.clone(),
        });
        self.event(SharerEvent::Ended { reason, error });
    }

    fn send(&mut self, message: FromSharer) {
        if self.open {
            self.effects.push_back(SharerEffect::Send(Channel::Session, message));
        }
    }

    fn event(&mut self, event: SharerEvent) {
        self.effects.push_back(SharerEffect::Event(event));
    }

    fn report(&mut self, event: ReportedEvent, at: UnixMillis) {
        self.event(SharerEvent::Report { at, event });
    }
}

fn hello() -> SharerEffect {
    SharerEffect::Send(
        Channel::Session,
        FromSharer::Hello {
            version: renfort_protocol::VERSION,
        },
    )
}
