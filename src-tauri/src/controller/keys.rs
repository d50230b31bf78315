//! The technician's keyboard in a session: how keys are sent, and texts that are typed on the user's machine.
//!
//! Invariant: a choice holds for its session and no longer.

use renfort_engine::peer::ViewerCommand;
use renfort_protocol::keyboard::{TypedText, TypingState};

use super::{Controller, Turn};
use crate::view::KeyModeChoice;

impl Controller {
    pub(super) fn choose_key_mode(&mut self, choice: KeyModeChoice) {
        match &mut self.desk.session {
            Some(viewed) => viewed.keyboard.choice = choice,
            None => self.out_of_order(),
        }
    }

    pub(super) fn type_text(&mut self, text: TypedText, turn: &mut Turn) {
        if self.is_typing() {
            return self.out_of_order();
        }
        self.tell_viewer(ViewerCommand::Type(text), turn);
    }

    /// Ends the typing or, when that is over, forgets how it ended.
    pub(super) fn stop_typing(&mut self, turn: &mut Turn) {
        if self.is_typing() {
            self.tell_viewer(ViewerCommand::StopTyping, turn);
        } else if let Some(viewed) = &mut self.desk.session {
            viewed.typing = None;
        }
    }

    fn is_typing(&self) -> bool {
        let typing = self.desk.session.as_ref().and_then(|viewed| viewed.typing);
        typing.is_some_and(|typing| typing.state == TypingState::Going)
    }
}
