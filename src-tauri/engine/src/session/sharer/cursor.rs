//! Telling what the user's pointer looks like.
//!
//! Flow: the screen's thread says what it looks like; that is told at once, or, when the last one was told a moment ago, as
//! soon as its time has come: the newest only. A shape that the viewer keeps is named by its slot.
//!
//! Invariant: nothing is told while the screen is not seen, nor to a viewer that does not know of it.

use std::sync::Arc;

use renfort_protocol::{
    cursor::{self, CursorShape, CursorSlot},
    limits::{CURSOR_BYTES_PER_MS, CURSOR_EVERY_MS, CURSOR_SLOTS},
    session::FromSharer,
    time::UnixMillis,
};

use super::SharerSession;
use crate::seams::Cursor;

/// What this connection's viewer was told.
#[derive(Debug, Default)]
pub(super) struct Telling {
    /// Does it know of it at all?
    known: bool,
    /// What it keeps, with the time at which it was told last, by slot.
    kept: Vec<(Arc<CursorShape>, UnixMillis)>,
    /// What is to be told.
    waiting: Option<Cursor>,
    /// Nothing is told before.
    next: Option<UnixMillis>,
}

impl Telling {
    /// A viewer greets.
    pub(super) fn new(known: bool) -> Self {
        Self {
            known,
            ..Self::default()
        }
    }

    /// When something is to be told that waits.
    pub(super) fn due(&self) -> Option<UnixMillis> {
        self.waiting.as_ref().and(self.next)
    }

    /// What waits is not told any more.
    pub(super) fn forget(&mut self) {
        self.waiting = None;
    }

    fn message(&mut self, now: UnixMillis) -> Option<cursor::Cursor> {
        if self.next.is_some_and(|next| now < next) {
            return None;
        }
        let (message, bytes) = match self.waiting.take()? {
            Cursor::Hidden => (cursor::Cursor::Hidden, 0),
            Cursor::Shape(shape) => self.name(shape, now),
        };
        let pause = CURSOR_EVERY_MS.max(bytes / CURSOR_BYTES_PER_MS);
        self.next = Some(now.plus(pause));
        Some(message)
    }

    /// Names a shape; with how many bytes it takes to do so, where they count.
    fn name(&mut self, shape: Arc<CursorShape>, now: UnixMillis) -> (cursor::Cursor, u64) {
        let slot = |number| CursorSlot::new(number).expect("no more are kept than there are slots");
        if let Some(number) = self.kept.iter().position(|(kept, _)| *kept == shape) {
            self.kept[number].1 = now;
            return (cursor::Cursor::Kept { slot: slot(number) }, 0);
        }
        let oldest = || (0..self.kept.len()).min_by_key(|&number| self.kept[number].1);
        let number = match oldest() {
            Some(oldest) if self.kept.len() == CURSOR_SLOTS => oldest,
            _ => self.kept.len(),
        };
        if number == self.kept.len() {
            self.kept.push((Arc::clone(&shape), now));
        } else {
            self.kept[number] = (Arc::clone(&shape), now);
        }
        let shape = CursorShape::clone(&shape);
        let bytes = u64::try_from(shape.coded_bytes()).unwrap_or(u64::MAX);
        (
            cursor::Cursor::Shape {
                slot: slot(number),
                shape,
            },
            bytes,
        )
    }
}

impl SharerSession {
    /// The pointer looks like this now.
    pub fn handle_cursor(&mut self, cursor: Cursor, now: UnixMillis) {
        if self.picture && self.cursor.known {
            self.cursor.waiting = Some(cursor);
            self.tell_cursor(now);
        }
    }

    pub(super) fn tell_cursor(&mut self, now: UnixMillis) {
        if let Some(cursor) = self.cursor.message(now) {
            self.send(FromSharer::Cursor { cursor });
        }
    }
}
