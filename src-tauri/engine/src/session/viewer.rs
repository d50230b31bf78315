//! The technician's end: asks, sends input, and believes what the sharer says about the grant.
//!
//! Flow: `handle_*` -> effects; see [`super`].
//!
//! Invariant: input is sent only while the sharer is heard and says that control is allowed: what a person typed at a
//! frozen picture is not carried out later.

mod cursor;
mod typing;

use std::collections::VecDeque;

use renfort_protocol::{
    VERSION,
    binding::Tampered,
    carried::Carried,
    error::{Code, WireError},
    grant::{Capability, Grant},
    input::InputEvent,
    keyboard::{Typing, TypingState},
    report::{InputDenied, ReportedEvent},
    session::{ChatText, ClipboardText, FromSharer, FromViewer},
    signalling::{EndReason, Sdp, Signal},
    time::UnixMillis,
};

use super::{
    Candidate, Channel, LinkEvent, UNSENT_CHAT,
    link::AnswerLink,
    liveness::{Due, Liveness},
    wire,
    wishes::Wishes,
};
use crate::peer::{ViewerCommand, ViewerEvent};

/// The technician is told once in this time that input goes nowhere, in milliseconds.
const REMIND_MS: u64 = 2_000;

/// What the viewer's owner has to do, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum ViewerEffect {
    /// Make a new connection and answer this offer; an older connection is closed.
    Answer {
        /// The offer's number.
        attempt: u32,
        /// The offer.
        offer: Sdp,
    },
    /// A candidate of the current attempt.
    AddCandidate(Candidate),
    /// Say this.
    Send(Channel, FromViewer),
    /// Have the carriage bring this, after all that it was to bring before. A move gives way to the next one while it waits.
    Carry(Carried),
    /// Put this into the clipboard.
    SetClipboard(ClipboardText),
    /// Watch the clipboard, or no longer.
    WatchClipboard(bool),
    /// Tell the shell.
    Event(ViewerEvent),
}

/// The technician's end of a session.
#[derive(Debug)]
pub struct ViewerSession {
    grant: Grant,
    granted_at: UnixMillis,
    link: AnswerLink,
    live: Liveness,
    open: bool,
    /// Input goes by the carriage of this connection.
    carried: bool,
    greeted: bool,
    announced: bool,
    pictured: bool,
    clipboard: bool,
    ended: bool,
    moves: u64,
    pointer_order: u64,
    cursors: cursor::Slots,
    reminded_at: Option<UnixMillis>,
    wishes: Wishes,
    typing: Option<Typing>,
    unsent_chat: VecDeque<ChatText>,
    effects: VecDeque<ViewerEffect>,
}

impl ViewerSession {
    /// Begins with what the relay said was allowed; an offer is awaited.
    #[must_use]
    pub fn new(grant: Grant, granted_at: UnixMillis, now: UnixMillis) -> Self {
        Self {
            grant,
            granted_at,
            link: AnswerLink::new(now),
            live: Liveness::new(now),
            open: false,
            carried: false,
            greeted: false,
            announced: false,
            pictured: false,
            clipboard: false,
            ended: false,
            moves: 0,
            pointer_order: 0,
            cursors: cursor::Slots::default(),
            reminded_at: None,
            wishes: Wishes::default(),
            typing: None,
            unsent_chat: VecDeque::new(),
            effects: VecDeque::new(),
        }
    }

    /// What is to be done next.
    pub fn poll_effect(&mut self) -> Option<ViewerEffect> {
        self.effects.pop_front()
    }

    /// When [`Self::handle_timeout`] wants to be called; none once it is over.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<UnixMillis> {
        let due = [Some(self.live.next()), self.link.deadline()];
        if self.ended {
            None
        } else {
            due.into_iter().flatten().min()
        }
    }

    /// Time has passed. That the grant ends is the sharer's to say.
    pub fn handle_timeout(&mut self, now: UnixMillis) {
        while let Some(due) = self.live.poll(now).filter(|_| !self.ended) {
            match due {
                Due::Beat => self.send(Channel::Session, FromViewer::Heartbeat),
                Due::Lost => {
                    self.link.interrupted(true, now);
                    self.event(ViewerEvent::PeerLost(true));
                    self.report(ReportedEvent::PeerLost, now);
                }
                Due::Gone => return self.end(EndReason::Lost, Some(Code::PeerLost.into())),
            }
        }
        if !self.ended && self.link.poll(now) {
            self.event(ViewerEvent::Signal(Signal::Restart));
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
                self.send(
                    Channel::Session,
                    FromViewer::Hello {
                        version: VERSION,
                        cursor: true,
                    },
                );
            }
            LinkEvent::Interrupted(interrupted) => self.link.interrupted(interrupted, now),
            LinkEvent::Closed => {
                self.link.closed(now);
                self.set_open(false, now);
            }
        }
    }

    /// On the connection that has just opened, input goes by the carriage.
    pub fn handle_carriage(&mut self) {
        self.carried = self.open && !self.ended;
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
            self.event(ViewerEvent::Signal(Signal::Candidate {
                attempt,
                candidate,
                mid,
                index,
            }));
        }
    }

    /// The technician's shell wants something.
    pub fn handle_command(&mut self, command: ViewerCommand, now: UnixMillis) {
        if self.ended {
            return;
        }
        match command {
            ViewerCommand::Signal(signal) => self.signal(signal, now),
            ViewerCommand::Request(capability) => {
                let message = self.wishes.have(capability, now);
                self.ask(message);
            }
            ViewerCommand::GiveBack(capability) => {
                let message = self.wishes.give_back(capability);
                self.ask(message);
            }
            ViewerCommand::Input(event) => self.handle_input(event, now),
            ViewerCommand::Type(text) => self.type_text(text),
            ViewerCommand::StopTyping => self.stop_typing(),
            ViewerCommand::Chat(text) => self.chat(text),
            ViewerCommand::End(reason) => {
                self.send(Channel::Session, FromViewer::Bye);
                self.end(reason, None);
            }
        }
    }

    /// The technician pressed or moved something.
    pub fn handle_input(&mut self, event: InputEvent, now: UnixMillis) {
        if self.ended || !event.is_within_limits() {
            return;
        }
        // What goes up must get through, even to a peer that seems lost: it may only be slow, and would hold a key down.
        let release = matches!(
            event,
            InputEvent::Button { pressed: false, .. } | InputEvent::Key { pressed: false, .. } | InputEvent::ReleaseAll
        );
        if !self.greeted || (self.live.is_lost() && !release) {
            return;
        }
        if !self.grant.capabilities.contains(&Capability::Control) {
            return self.remind(&event, now);
        }
        match event {
            InputEvent::Move { x, y, .. } => {
                let event = self.next_move(x, y);
                self.send(Channel::Pointer, FromViewer::Input { event });
            }
            // A move that is still under way must not carry the pointer off while the button is held: a newer one
            // goes ahead of the button on its own, ordered way. What is carried is in order anyway.
            InputEvent::Button { x, y, .. } if !self.carried && !self.live.is_lost() => {
                let ahead = self.next_move(x, y);
                self.send(Channel::Session, FromViewer::Input { event: ahead });
                self.send(Channel::Session, FromViewer::Input { event });
            }
            event => self.send(Channel::Session, FromViewer::Input { event }),
        }
    }

    /// A picture was shown.
    pub fn handle_picture(&mut self, now: UnixMillis) {
        if !self.ended && !std::mem::replace(&mut self.pictured, true) {
            self.report(
                ReportedEvent::FirstPicture {
                    after_ms: now.since(self.granted_at),
                },
                now,
            );
        }
    }

    /// Pictures cannot be decoded here; `reason` is in the system's words.
    pub fn handle_decoder_failed(&mut self, reason: &str, now: UnixMillis) {
        self.fail(WireError::from(Code::Internal).with("detail", reason), now);
    }

    /// What came of the picture is none that an honest sharer sends.
    pub fn handle_malformed(&mut self, reason: &str, now: UnixMillis) {
        self.fail(WireError::from(Code::PeerMalformed).with("detail", reason), now);
    }

    /// The technician copied a text.
    pub fn handle_copied(&mut self, text: String) {
        if !self.clipboard {
            return;
        }
        match ClipboardText::new(text) {
            Ok(text) => {
                let characters = text.as_str().chars().count();
                self.send(Channel::Session, FromViewer::Clipboard { text });
                self.event(ViewerEvent::ClipboardSent { characters });
            }
            Err(characters) => {
                let told = u32::try_from(characters).unwrap_or(u32::MAX);
                self.send(Channel::Session, FromViewer::ClipboardTooLong { characters: told });
                self.event(ViewerEvent::ClipboardTooLong { here: true, characters });
            }
        }
    }

    /// A message came over the current connection.
    pub fn handle_message(&mut self, channel: Channel, bytes: &[u8], now: UnixMillis) {
        // What still comes out of a closed connection belongs to nothing any more.
        if self.ended || !self.open {
            return;
        }
        let message = match wire::read::<FromSharer, FromViewer>(bytes) {
            Ok(message) => message,
            Err(error) => return self.fail(error, now),
        };
        self.link.interrupted(false, now);
        if let Some(after_ms) = self.live.heard(now) {
            self.event(ViewerEvent::PeerLost(false));
            self.report(ReportedEvent::PeerBack { after_ms }, now);
        }
        match (channel, message) {
            (Channel::Pointer, FromSharer::Pointer { .. }) if !self.greeted => {}
            (Channel::Pointer, FromSharer::Pointer { order, x, y }) => {
                if order > self.pointer_order {
                    self.pointer_order = order;
                    self.event(ViewerEvent::Pointer { x, y });
                }
            }
            (Channel::Pointer, _) => self.fail(Code::NotAllowed.into(), now),
            (Channel::Session, FromSharer::Hello { version }) => self.greet(version, now),
            // A sharer that cannot go on may say so before anything else.
            (Channel::Session, FromSharer::Bye { reason, error }) => self.bye(reason, error),
            (Channel::Session, _) if !self.greeted => self.fail(Code::OutOfOrder.into(), now),
            (Channel::Session, message) => self.act(message, now),
        }
    }

    fn act(&mut self, message: FromSharer, now: UnixMillis) {
        match message {
            FromSharer::Granted { grant, now: there } => {
                let left = grant.expires_at.since(there);
                self.grant = Grant {
                    expires_at: now.plus(left),
                    ..grant
                };
                self.wishes.granted(&self.grant.capabilities);
                self.update_clipboard();
                self.event(ViewerEvent::Granted(self.grant.clone()));
            }
            FromSharer::Refused { capability, timed_out } => {
                self.wishes.refused(capability);
                self.event(ViewerEvent::Refused { capability, timed_out });
            }
            FromSharer::Withdrawn { capability, reason } => {
                self.grant.capabilities.remove(&capability);
                self.wishes.withdrawn(capability);
                self.update_clipboard();
                self.event(ViewerEvent::Withdrawn { capability, reason });
            }
            FromSharer::Screen { width, height } => self.event(ViewerEvent::Screen { width, height }),
            FromSharer::Keyboard { layout } => self.event(ViewerEvent::Keyboard(layout)),
            FromSharer::Typing { typing } => self.typing_progress(typing),
            FromSharer::Cursor { cursor } => self.cursor(cursor, now),
            FromSharer::InputDenied { reason } => self.event(ViewerEvent::InputDenied(reason)),
            FromSharer::Clipboard { text } => {
                // Crossed the technician's own giving back.
                if self.clipboard {
                    let characters = text.as_str().chars().count();
                    self.effects.push_back(ViewerEffect::SetClipboard(text));
                    self.event(ViewerEvent::ClipboardReceived { characters });
                }
            }
            FromSharer::ClipboardTooLong { characters } => {
                if self.clipboard {
                    let characters = characters.try_into().unwrap_or(usize::MAX);
                    self.event(ViewerEvent::ClipboardTooLong {
                        here: false,
                        characters,
                    });
                }
            }
            FromSharer::Chat { text } => self.event(ViewerEvent::Chat(text)),
            FromSharer::Pointer { .. } => self.fail(Code::NotAllowed.into(), now),
            FromSharer::Hello { .. } | FromSharer::Heartbeat | FromSharer::Bye { .. } => {}
        }
    }

    fn greet(&mut self, version: u16, now: UnixMillis) {
        if self.greeted {
            return self.fail(Code::OutOfOrder.into(), now);
        }
        if version != VERSION {
            return self.fail(WireError::from(Code::WrongVersion).with("supported", VERSION), now);
        }
        self.greeted = true;
        self.pointer_order = 0;
        self.cursors = cursor::Slots::default();
        self.moves = 0;
        if !std::mem::replace(&mut self.announced, true) {
            self.event(ViewerEvent::Connected);
        }
        self.update_clipboard();
        for text in std::mem::take(&mut self.unsent_chat) {
            self.send(Channel::Session, FromViewer::Chat { text });
        }
        // What was said over an earlier connection may never have come through.
        for message in self.wishes.messages() {
            self.send(Channel::Session, message);
        }
    }

    fn bye(&mut self, reason: EndReason, error: Option<WireError>) {
        let reason = match reason {
            EndReason::StoppedByUser
            | EndReason::Expired
            | EndReason::Lost
            | EndReason::Failed
            | EndReason::Untrusted
            | EndReason::CardRevoked => reason,
            // Not the sharer's to say: what the technician or the relay did, the relay tells this side itself.
            EndReason::EndedByTechnician
            | EndReason::Withdrawn
            | EndReason::Refused
            | EndReason::TimedOut
            | EndReason::AbuseReported
            | EndReason::WrongCode => EndReason::Lost,
        };
        self.end(reason, error);
    }

    fn signal(&mut self, signal: Signal, now: UnixMillis) {
        match signal {
            Signal::Offer {
                attempt, sdp: offer, ..
            } => {
                if self.link.offered(attempt, now) {
                    self.set_open(false, now);
                    self.effects.push_back(ViewerEffect::Answer { attempt, offer });
                }
            }
            Signal::Candidate {
                attempt,
                candidate: line,
                mid,
                index,
            } if attempt == self.link.attempt() => {
                self.effects
                    .push_back(ViewerEffect::AddCandidate(Candidate { line, mid, index }));
            }
            Signal::Candidate { .. } => {}
            Signal::Answer { .. } | Signal::Restart => self.fail(Code::NotAllowed.into(), now),
        }
    }

    fn set_open(&mut self, open: bool, now: UnixMillis) {
        self.open = open;
        self.carried = false;
        self.greeted = false;
        self.live.set_open(open, now);
        self.end_typing(TypingState::Cancelled);
        self.update_clipboard();
    }

    fn update_clipboard(&mut self) {
        let watch = self.greeted && !self.ended && self.grant.capabilities.contains(&Capability::Clipboard);
        if std::mem::replace(&mut self.clipboard, watch) != watch {
            self.effects.push_back(ViewerEffect::WatchClipboard(watch));
        }
    }

    fn next_move(&mut self, x: u16, y: u16) -> InputEvent {
        self.moves += 1;
        InputEvent::Move {
            order: self.moves,
            x,
            y,
        }
    }

    /// A wish is said now, or by [`Self::greet`] as soon as there is somebody to say it to.
    fn ask(&mut self, wish: FromViewer) {
        if self.greeted {
            self.send(Channel::Session, wish);
        }
    }

    fn chat(&mut self, text: ChatText) {
        if self.greeted {
            self.send(Channel::Session, FromViewer::Chat { text });
        } else {
            if self.unsent_chat.len() == UNSENT_CHAT {
                self.unsent_chat.pop_front();
            }
            self.unsent_chat.push_back(text);
        }
    }

    fn remind(&mut self, event: &InputEvent, now: UnixMillis) {
        let deed = matches!(
            event,
            InputEvent::Button { pressed: true, .. } | InputEvent::Key { pressed: true, .. } | InputEvent::Wheel { .. }
        );
        if deed && self.reminded_at.is_none_or(|at| now >= at.plus(REMIND_MS)) {
            self.reminded_at = Some(now);
            self.event(ViewerEvent::InputDenied(InputDenied::NotGranted));
        }
    }

    /// Something came that the user's machine did not send: nothing of it is used.
    pub fn handle_tampered(&mut self, what: Tampered, now: UnixMillis) {
        if self.ended {
            return;
        }
        self.report(ReportedEvent::Tampered { what }, now);
        self.send(Channel::Session, FromViewer::Bye);
        self.end(EndReason::Untrusted, Some(what.into()));
    }

    fn fail(&mut self, error: WireError, now: UnixMillis) {
        if self.ended {
            return;
        }
        self.report(ReportedEvent::Failed { code: error.code }, now);
        self.send(Channel::Session, FromViewer::Bye);
        self.end(EndReason::Failed, Some(error));
    }

    fn end(&mut self, reason: EndReason, error: Option<WireError>) {
        if self.ended {
            return;
        }
        self.ended = true;
        self.end_typing(TypingState::Cancelled);
        self.update_clipboard();
        self.event(ViewerEvent::Ended { reason, error });
    }

    fn send(&mut self, channel: Channel, message: FromViewer) {
        if !self.open {
            return;
        }
        match message {
            FromViewer::Input { event } if self.carried => {
                self.effects.push_back(ViewerEffect::Carry(Carried::Input(event)));
            }
            message => {
                if self.carried && message.keeps_turn() {
                    self.effects.push_back(ViewerEffect::Carry(Carried::Turn));
                }
                self.effects.push_back(ViewerEffect::Send(channel, message));
            }
        }
    }

    fn event(&mut self, event: ViewerEvent) {
        self.effects.push_back(ViewerEffect::Event(event));
    }

    fn report(&mut self, event: ReportedEvent, at: UnixMillis) {
        self.event(ViewerEvent::Report { at, event });
    }
}
