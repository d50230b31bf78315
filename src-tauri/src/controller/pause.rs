//! What rests on the user's machine because of what is open on their screen.
//!
//! Invariant: it rests before the screen shows what it rests for, and until the screen shows it no more.

use renfort_engine::peer::{Pause, SharerCommand};

use super::{Controller, Effect, Turn};

impl Controller {
    /// After every event: a sharer knows what is open on the user's screen, and lets rest what must.
    pub(super) fn pause_sharer(&mut self, turn: &mut Turn) {
        self.clear_report(turn);
        let pause = if self.user.considered.is_some() || self.user.closing.is_some() {
            Pause::Everything
        } else if self.offer.is_some() {
            Pause::Control
        } else {
            Pause::Nothing
        };
        if let Some(session) = self.user.pause(pause) {
            turn.push(Effect::ToSharer(session, SharerCommand::Pause(pause)));
        }
    }
}
