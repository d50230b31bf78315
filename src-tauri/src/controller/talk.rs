//! What two people wrote and copied during a session, as far as it is shown.

use std::collections::VecDeque;

use renfort_protocol::time::UnixMillis;

use crate::view::{ChatLine, ClipboardLine};

/// Lines of chat that are kept; the oldest go first.
const CHAT_LINES: usize = 500;
/// Clipboard texts that are told of; the oldest go first.
const CLIPBOARD_LINES: usize = 5;

/// Chat and clipboard of one session. Gone with it.
#[derive(Debug, Default)]
pub(super) struct Talk {
    chat: VecDeque<ChatLine>,
    clipboard: VecDeque<ClipboardLine>,
    lines: u32,
}

impl Talk {
    pub(super) fn write(&mut self, mine: bool, at: UnixMillis, text: &str) {
        self.lines = self.lines.wrapping_add(1);
        self.chat.push_back(ChatLine {
            id: self.lines,
            mine,
            at,
            text: text.to_owned(),
        });
        if self.chat.len() > CHAT_LINES {
            self.chat.pop_front();
        }
    }

    pub(super) fn copied(&mut self, to_technician: bool, at: UnixMillis, characters: usize) {
        self.tell(to_technician, at, characters, true);
    }

    /// A text was too long to be passed on.
    pub(super) fn not_copied(&mut self, to_technician: bool, at: UnixMillis, characters: usize) {
        self.tell(to_technician, at, characters, false);
    }

    fn tell(&mut self, to_technician: bool, at: UnixMillis, characters: usize, passed: bool) {
        self.clipboard.push_back(ClipboardLine {
            at,
            to_technician,
            characters: u32::try_from(characters).unwrap_or(u32::MAX),
            passed,
        });
        if self.clipboard.len() > CLIPBOARD_LINES {
            self.clipboard.pop_front();
        }
    }

    pub(super) fn chat(&self) -> Vec<ChatLine> {
        self.chat.iter().cloned().collect()
    }

    pub(super) fn clipboard(&self) -> Vec<ClipboardLine> {
        self.clipboard.iter().cloned().collect()
    }
}
