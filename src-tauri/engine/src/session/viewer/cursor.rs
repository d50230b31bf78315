//! What the user's pointer looks like, as the sharer tells it.
//!
//! Invariant: a sharer that names a slot into which it put nothing over this connection is not believed any more.

use std::sync::Arc;

use renfort_protocol::{
    cursor::{self, CursorShape},
    limits::CURSOR_SLOTS,
    time::UnixMillis,
};

use super::ViewerSession;
use crate::{peer::ViewerEvent, seams::Cursor};

/// What this connection's sharer told, by slot.
pub(super) type Slots = [Option<Arc<CursorShape>>; CURSOR_SLOTS];

impl ViewerSession {
    pub(super) fn cursor(&mut self, cursor: cursor::Cursor, now: UnixMillis) {
        let shape = match cursor {
            cursor::Cursor::Hidden => return self.event(ViewerEvent::Cursor(Cursor::Hidden)),
            cursor::Cursor::Shape { slot, shape } => self.cursors[slot.number()].insert(Arc::new(shape)),
            cursor::Cursor::Kept { slot } => match &self.cursors[slot.number()] {
                Some(shape) => shape,
                None => return self.handle_malformed("a cursor that was not told", now),
            },
        };
        let shape = Arc::clone(shape);
        self.event(ViewerEvent::Cursor(Cursor::Shape(shape)));
    }
}
