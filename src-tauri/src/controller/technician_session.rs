//! The technician's side of a session: the question to the user, the viewer, the end.
//!
//! Invariant: what is shown as allowed comes from the user's machine as soon as it speaks, and from the relay only
//! before that.

use std::sync::Arc;

use renfort_engine::{
    peer::{ViewerCommand, ViewerEvent},
    seal::Seal,
};
use renfort_protocol::{
    binding::Tampered,
    error::{Code, WireError},
    grant::{Capabilities, Capability, Grant},
    head::Endpoint,
    ids::{SessionId, Signature},
    keyboard::Typing,
    session::ChatText,
    signalling::{EndReason, SessionInfo, Signal, ToRelay},
    time::UnixMillis,
};

use super::{Controller, Effect, Turn, requests::Purpose, talk::Talk, trust::OtherEnd};
use crate::view::{KeyboardView, Remark, ScreenView, TechnicianSession};

/// How long a remark about refused input stays, in milliseconds.
const DENIAL_MS: u64 = 5_000;
/// How long a remark about a text that was not passed on stays, in milliseconds: it takes reading. Others stay until
/// something else is said.
const TOO_LONG_MS: u64 = 15_000;

/// A session that is asked for, or on.
#[derive(Debug)]
pub(super) struct Viewed {
    pub(super) info: SessionInfo,
    pub(super) other_end: OtherEnd,
    pub(super) grant: Option<Grant>,
    connected: bool,
    peer_lost: bool,
    screen: Option<ScreenView>,
    pub(super) keyboard: KeyboardView,
    pub(super) typing: Option<Typing>,
    requested: Capabilities,
    remark: Option<(Remark, UnixMillis)>,
    talk: Talk,
}

impl Viewed {
    fn new(info: SessionInfo, other_end: OtherEnd) -> Self {
        Self {
            info,
            other_end,
            grant: None,
            connected: false,
            peer_lost: false,
            screen: None,
            keyboard: KeyboardView::default(),
            typing: None,
            requested: Capabilities::new(),
            remark: None,
            talk: Talk::default(),
        }
    }

    fn remark(&mut self, remark: Remark, at: UnixMillis) {
        self.remark = Some((remark, at));
    }
}

impl Controller {
    /// How the session of the ticket in hand is shown.
    pub(super) fn technician_session(&self) -> TechnicianSession {
        let Some(viewed) = &self.desk.session else {
            return TechnicianSession::Over { reason: self.desk.over };
        };
        match &viewed.grant {
            None => TechnicianSession::Asking {
                answer_by: self.link.local(viewed.info.answer_by),
                words: viewed.other_end.words(),
            },
            Some(grant) => TechnicianSession::Open {
                grant: grant.clone(),
                words: viewed.other_end.words(),
                connected: viewed.connected,
                peer_lost: viewed.peer_lost,
                screen: viewed.screen,
                keyboard: viewed.keyboard.clone(),
                typing: viewed.typing,
                requested: viewed.requested.clone(),
                remark: viewed.remark.as_ref().map(|(remark, _)| remark.clone()),
                chat: viewed.talk.chat(),
                clipboard: viewed.talk.clipboard(),
            },
        }
    }

    pub(super) fn user_is_asked(&mut self, info: SessionInfo, turn: &mut Turn) {
        if !self.desk.is_in(info.id) {
            self.close_viewer(EndReason::Lost, turn);
            self.desk.over = None;
            match self.other_end(&info) {
                Ok(other_end) => self.desk.session = Some(Viewed::new(info, other_end)),
                Err(what) => {
                    self.desk.session = Some(Viewed::new(info, OtherEnd::default()));
                    self.distrust_at_desk(what, turn);
                }
            }
        }
    }

    /// The user's yes, as their machine signed it.
    pub(super) fn session_granted(&mut self, grant: Grant, allowance: &Signature, turn: &mut Turn) {
        let Some(viewed) = self
            .desk
            .session
            .as_mut()
            .filter(|viewed| viewed.info.id == grant.session && viewed.grant.is_none())
        else {
            return;
        };
        let ask = &viewed.info.ask.ask;
        let asked = grant.ticket == ask.ticket
            && grant.technician == ask.credential.technician().id
            && grant.capabilities.is_subset(&ask.capabilities);
        let bound = viewed
            .other_end
            .transcript
            .filter(|_| asked)
            .ok_or(Tampered::Allowance)
            .and_then(|transcript| transcript.bind(&grant, allowance));
        match bound {
            Ok(bound) => {
                viewed.grant = Some(grant.clone());
                if viewed.other_end.put_here {
                    self.link.reports.begin(grant.session);
                    self.heads.begun(&viewed.info, Endpoint::Viewer);
                } else {
                    self.heads.forget(grant.session);
                }
                turn.push(Effect::StartViewer {
                    session: grant.session,
                    grant,
                    seal: Seal::new(bound, Arc::clone(self.profile.device.pair())),
                });
            }
            Err(what) => self.distrust_at_desk(what, turn),
        }
    }

    /// After a reconnection, or a restart of the program: what the relay holds of a session.
    pub(super) fn desk_session_on_return(&mut self, session: Option<SessionInfo>, turn: &mut Turn) {
        let there = session.as_ref().map(|info| info.id);
        self.desk.ending.take_if(|(ending, _)| Some(*ending) != there);
        if self
            .desk
            .session
            .as_ref()
            .is_some_and(|viewed| Some(viewed.info.id) != there)
        {
            self.close_viewer(EndReason::Lost, turn);
        }
        let Some(info) = session else { return };
        if let Some((session, reason)) = self.desk.ending {
            return self.end_viewed_at_relay(session, reason, turn);
        }
        let (grant, allowance, ready) = (info.grant.clone(), info.allowance, info.ready.clone());
        let id = info.id;
        let new_here = !self.desk.is_in(id);
        self.user_is_asked(info, turn);
        if let (Some(grant), Some(allowance)) = (grant, allowance) {
            self.session_granted(grant, &allowance, turn);
            if new_here && self.desk.is_in(id) {
                // The sharer made its offer to an earlier run of this program.
                self.send_signal(id, Signal::Restart, turn);
            }
        } else if let Some(ready) = ready {
            self.ready_came(ready, turn);
        }
    }

    pub(super) fn desk_session_ended(&mut self, session: SessionId, reason: EndReason, turn: &mut Turn) {
        if self.desk.is_in(session) {
            self.close_viewer(reason, turn);
            if reason == EndReason::WrongCode {
                self.tell(WireError::from(Code::WrongCode));
            }
        } else if self.desk.ending.take_if(|(ending, _)| *ending == session).is_some() && self.desk.session.is_none() {
            // What the log says is truer than what this end made of the other's silence.
            self.desk.over = Some(reason);
        }
    }

    fn close_viewer(&mut self, reason: EndReason, turn: &mut Turn) {
        if let Some(viewed) = self.desk.session.take() {
            if viewed.grant.is_some() {
                turn.push(Effect::ToViewer(viewed.info.id, ViewerCommand::End(reason)));
            }
            self.desk.over = Some(reason);
        }
    }

    pub(super) fn viewer_event(&mut self, session: SessionId, event: ViewerEvent, turn: &mut Turn) {
        match event {
            ViewerEvent::Report { at, event } => return self.report(session, at, event, turn),
            ViewerEvent::Signal(signal) => return self.send_signal(session, signal, turn),
            ViewerEvent::Ended { reason, error } => {
                self.heads.ended(session);
                return self.viewer_ended(session, reason, error, turn);
            }
            _ => {}
        }
        let Some(viewed) = self.desk.session.as_mut().filter(|viewed| viewed.info.id == session) else {
            return;
        };
        match event {
            ViewerEvent::Connected => viewed.connected = true,
            ViewerEvent::Granted(grant) => {
                viewed
                    .requested
                    .retain(|capability| !grant.capabilities.contains(capability));
                if viewed.requested.is_empty() && matches!(viewed.remark, Some((Remark::InputDenied { .. }, _))) {
                    viewed.remark = None;
                }
                viewed.grant = Some(grant);
            }
            ViewerEvent::Refused { capability, timed_out } => {
                viewed.requested.remove(&capability);
                viewed.remark(Remark::Refused { capability, timed_out }, turn.at);
            }
            // Who asked for it anew while it was taken still has a question open.
            ViewerEvent::Withdrawn { capability, reason } => {
                viewed.remark(Remark::Withdrawn { capability, reason }, turn.at);
            }
            ViewerEvent::Screen { width, height } => viewed.screen = Some(ScreenView { width, height }),
            ViewerEvent::Keyboard(layout) => viewed.keyboard.theirs = layout,
            ViewerEvent::OwnKeyboard(layout) => viewed.keyboard.mine = layout,
            ViewerEvent::Typing(typing) => viewed.typing = Some(typing),
            ViewerEvent::InputDenied(reason) => viewed.remark(Remark::InputDenied { reason }, turn.at),
            ViewerEvent::Chat(text) => viewed.talk.write(false, turn.at, text.as_str()),
            ViewerEvent::ClipboardReceived { characters } => viewed.talk.copied(true, turn.at, characters),
            ViewerEvent::ClipboardSent { characters } => viewed.talk.copied(false, turn.at, characters),
            ViewerEvent::ClipboardTooLong { here: mine, characters } => {
                let characters = u32::try_from(characters).unwrap_or(u32::MAX);
                viewed.remark(Remark::CopiedTooLong { mine, characters }, turn.at);
            }
            ViewerEvent::PeerLost(lost) => viewed.peer_lost = lost,
            // The pointer goes straight to the picture.
            ViewerEvent::Pointer { .. } | ViewerEvent::Cursor(_) => {}
            ViewerEvent::Report { .. } | ViewerEvent::Signal(_) | ViewerEvent::Ended { .. } => {}
        }
    }

    fn viewer_ended(&mut self, session: SessionId, reason: EndReason, error: Option<WireError>, turn: &mut Turn) {
        if self.desk.session.take_if(|viewed| viewed.info.id == session).is_some() {
            self.desk.over = Some(reason);
            // Stop, the time box and a card taken back are the user's side's to tell: the relay takes them from nobody else.
            let theirs = matches!(
                reason,
                EndReason::StoppedByUser | EndReason::Expired | EndReason::CardRevoked
            );
            if !theirs {
                self.end_viewed_at_relay(session, reason, turn);
            }
            if let Some(error) = error {
                self.tell(error);
            }
        }
    }

    fn end_viewed_at_relay(&mut self, session: SessionId, reason: EndReason, turn: &mut Turn) {
        self.desk.ending = Some((session, reason));
        if self.link.is_online() && !self.link.requests.any(|purpose| purpose == Purpose::End(session)) {
            self.link
                .requests
                .send(Purpose::End(session), ToRelay::EndSession { session, reason }, turn);
        }
    }

    pub(super) fn end_session(&mut self, turn: &mut Turn) {
        if self.desk.session.is_none() {
            return self.out_of_order();
        }
        self.end_session_if_any(turn);
    }

    /// Ends what is asked for or on; the person leaves.
    pub(super) fn end_session_if_any(&mut self, turn: &mut Turn) {
        let Some(viewed) = &self.desk.session else { return };
        let reason = if viewed.grant.is_some() {
            EndReason::EndedByTechnician
        } else {
            EndReason::Withdrawn
        };
        self.leave_viewed(reason, turn);
    }

    /// Ends what is asked for or on.
    pub(super) fn leave_viewed(&mut self, reason: EndReason, turn: &mut Turn) {
        let Some(viewed) = &self.desk.session else { return };
        let session = viewed.info.id;
        self.close_viewer(reason, turn);
        self.end_viewed_at_relay(session, reason, turn);
    }

    pub(super) fn withdraw_question(&mut self, turn: &mut Turn) {
        match &self.desk.session {
            Some(viewed) if viewed.grant.is_none() => self.end_session_if_any(turn),
            _ => self.out_of_order(),
        }
    }

    pub(super) fn ask_again(&mut self, turn: &mut Turn) {
        let Some(ticket) = self.desk.in_hand().filter(|_| self.desk.session.is_none()) else {
            return self.out_of_order();
        };
        if !self.needs_relay()
            && let Some(ask) = self.question(ticket, turn)
        {
            self.put(ask, true, turn);
        }
    }

    pub(super) fn request(&mut self, capability: Capability, turn: &mut Turn) {
        if let Some(viewed) = &mut self.desk.session {
            viewed.requested.insert(capability);
            viewed.remark = None;
        }
        self.tell_viewer(ViewerCommand::Request(capability), turn);
    }

    pub(super) fn give_back(&mut self, capability: Capability, turn: &mut Turn) {
        if let Some(viewed) = &mut self.desk.session {
            viewed.requested.remove(&capability);
        }
        self.tell_viewer(ViewerCommand::GiveBack(capability), turn);
    }

    pub(super) fn chat_with_user(&mut self, text: ChatText, turn: &mut Turn) {
        if let Some(viewed) = &mut self.desk.session {
            viewed.talk.write(true, turn.at, text.as_str());
        }
        self.tell_viewer(ViewerCommand::Chat(text), turn);
    }

    pub(super) fn tell_viewer(&mut self, command: ViewerCommand, turn: &mut Turn) {
        match &self.desk.session {
            Some(viewed) if viewed.grant.is_some() => turn.push(Effect::ToViewer(viewed.info.id, command)),
            _ => self.out_of_order(),
        }
    }

    pub(super) fn fade_remark(&mut self, turn: &Turn) {
        if let Some(viewed) = &mut self.desk.session {
            let old = |(remark, at): &mut (Remark, UnixMillis)| {
                let stays = match remark {
                    Remark::InputDenied { .. } => DENIAL_MS,
                    Remark::CopiedTooLong { .. } => TOO_LONG_MS,
                    Remark::Refused { .. } | Remark::Withdrawn { .. } => return false,
                };
                turn.at.since(*at) >= stays
            };
            viewed.remark.take_if(old);
        }
    }
}
