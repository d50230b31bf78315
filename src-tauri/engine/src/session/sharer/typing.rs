//! A text that is typed for the technician, character by character.
//!
//! Flow: [`SharerSession::start_typing`] -> one [`SharerEffect::Type`] at a time -> what became of it
//! ([`SharerSession::handle_typed`]) -> the next one, not before [`PACE_MS`]. So it is never faster than the system takes
//! it, and whatever ends control ends it between two characters.
//!
//! Invariant: before each character the grant is asked, as for any other input.

use std::{collections::VecDeque, mem};

use renfort_protocol::{
    keyboard::{TypedText, Typing, TypingState},
    report::InputDenied,
    session::FromSharer,
    time::UnixMillis,
};

use super::{SharerEffect, SharerSession};

/// From one character to the next, in milliseconds: quicker than anybody types, and slow enough for programs that look
/// up something at each key.
const PACE_MS: u64 = 8;
/// The technician hears of the progress so often, in milliseconds.
const TELL_EVERY_MS: u64 = 200;
/// A character that the system did not take by then is not taken at all, in milliseconds.
const PATIENCE_MS: u64 = 5_000;

/// A text under way.
#[derive(Debug)]
pub(super) struct Task {
    number: u32,
    rest: VecDeque<char>,
    of: u16,
    /// A character is with the system.
    under_way: bool,
    /// When the next character is due or, with one under way, when it is given up.
    due: UnixMillis,
    tell_at: UnixMillis,
}

impl Task {
    fn progress(&self, state: TypingState) -> Typing {
        let rest = u16::try_from(self.rest.len()).unwrap_or(u16::MAX) + u16::from(self.under_way);
        Typing {
            typed: self.of.saturating_sub(rest),
            of: self.of,
            state,
        }
    }
}

impl SharerSession {
    /// When something has to be done for the text.
    pub(super) fn typing_due(&self) -> Option<UnixMillis> {
        self.typing.as_ref().map(|task| task.due)
    }

    pub(super) fn start_typing(&mut self, text: &TypedText, now: UnixMillis) {
        self.end_typing(TypingState::Cancelled);
        self.texts = self.texts.wrapping_add(1);
        self.typing = Some(Task {
            number: self.texts,
            rest: text.as_str().chars().collect(),
            of: text.characters(),
            under_way: false,
            due: now,
            tell_at: now,
        });
        self.poll_typing(now);
    }

    /// Goes on with the text, when it is time to.
    pub(super) fn poll_typing(&mut self, now: UnixMillis) {
        let Some(task) = self.typing.as_ref().filter(|task| now >= task.due) else {
            return;
        };
        if task.under_way {
            return self.deny_typing(InputDenied::Failed, now);
        }
        if task.rest.is_empty() {
            return self.end_typing(TypingState::Done);
        }
        if let Err(reason) = self.may_control(now) {
            return self.deny_typing(reason, now);
        }
        let Some(task) = &mut self.typing else { return };
        let told = (now >= task.tell_at).then(|| {
            task.tell_at = now.plus(TELL_EVERY_MS);
            task.progress(TypingState::Going)
        });
        if let Some(character) = task.rest.pop_front() {
            task.under_way = true;
            task.due = now.plus(PATIENCE_MS);
            let number = task.number;
            self.effects.push_back(SharerEffect::Type { number, character });
        }
        if let Some(typing) = told {
            self.send(FromSharer::Typing { typing });
        }
    }

    /// What became of a [`SharerEffect::Type`].
    pub fn handle_typed(&mut self, number: u32, result: Result<(), InputDenied>, now: UnixMillis) {
        if self.ended {
            return;
        }
        if result.is_ok() {
            self.tally.count(now, |counts| counts.keys += 1);
        }
        let current = |task: &&mut Task| task.number == number && task.under_way;
        let Some(task) = self.typing.as_mut().filter(current) else {
            return;
        };
        match result {
            Ok(()) => {
                task.under_way = false;
                task.due = if task.rest.is_empty() { now } else { now.plus(PACE_MS) };
                self.poll_typing(now);
            }
            Err(reason) => self.deny_typing(reason, now),
        }
    }

    /// Whatever the technician may not do any more, they do not do by a text either.
    pub(super) fn interrupt_typing(&mut self, now: UnixMillis) {
        if self.typing.is_none() {
            return;
        }
        match self.may_control(now) {
            Ok(()) => self.end_typing(TypingState::Cancelled),
            Err(reason) => self.end_typing(TypingState::Denied { reason }),
        }
    }

    fn deny_typing(&mut self, reason: InputDenied, now: UnixMillis) {
        self.end_typing(TypingState::Denied { reason });
        self.deny(reason, now);
    }

    pub(super) fn end_typing(&mut self, state: TypingState) {
        if let Some(task) = mem::take(&mut self.typing) {
            let typing = task.progress(state);
            self.send(FromSharer::Typing { typing });
        }
    }
}
