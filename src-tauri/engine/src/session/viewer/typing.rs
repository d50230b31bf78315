//! A text that the technician has the user's machine type.
//!
//! Invariant: one at a time, and each ends with a [`ViewerEvent::Typing`] that is not `Going`.

use renfort_protocol::{
    grant::Capability,
    keyboard::{TypedText, Typing, TypingState},
    report::InputDenied,
    session::FromViewer,
};

use super::ViewerSession;
use crate::{peer::ViewerEvent, session::Channel};

impl ViewerSession {
    /// Has a text typed. While another one is, nothing is done.
    pub(super) fn type_text(&mut self, text: TypedText) {
        if self.typing.is_some() {
            return;
        }
        let typing = Typing {
            typed: 0,
            of: text.characters(),
            state: TypingState::Going,
        };
        self.typing = Some(typing);
        if !self.grant.capabilities.contains(&Capability::Control) {
            let reason = InputDenied::NotGranted;
            self.end_typing(TypingState::Denied { reason });
        } else if !self.greeted || self.live.is_lost() {
            // Typed later, it would go wherever the user is by then.
            self.end_typing(TypingState::Cancelled);
        } else {
            self.event(ViewerEvent::Typing(typing));
            self.send(Channel::Session, FromViewer::Type { text });
        }
    }

    /// Has no more of it typed. The sharer says how far it came.
    pub(super) fn stop_typing(&mut self) {
        if self.typing.is_some() {
            self.send(Channel::Session, FromViewer::StopTyping);
        }
    }

    /// The sharer says how far it is.
    pub(super) fn typing_progress(&mut self, typing: Typing) {
        let Some(known) = &mut self.typing else { return };
        // The length is this side's to say.
        let typing = Typing {
            typed: typing.typed.min(known.of),
            of: known.of,
            ..typing
        };
        *known = typing;
        if typing.state != TypingState::Going {
            self.typing = None;
        }
        self.event(ViewerEvent::Typing(typing));
    }

    pub(super) fn end_typing(&mut self, state: TypingState) {
        if let Some(typing) = self.typing.take() {
            self.event(ViewerEvent::Typing(Typing { state, ..typing }));
        }
    }
}
