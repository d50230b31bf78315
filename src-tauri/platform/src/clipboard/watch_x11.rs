//! Did the clipboard change? On X11, XFixes tells.
//!
//! Flow: a connection of its own gets an event whenever a program takes the selection `CLIPBOARD` over.
//!
//! Invariant: the clipboard is not read to find out.

use renfort_engine::seams::ClipboardError;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{ConnectionExt as _, SelectionEventMask};
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use super::failed;

/// See the module.
pub(super) struct Watch {
    connection: RustConnection,
    again: bool,
}

impl Watch {
    pub(super) fn new() -> Result<Self, ClipboardError> {
        let (connection, screen) = x11rb::connect(None).map_err(failed)?;
        let root = connection
            .setup()
            .roots
            .get(screen)
            .ok_or_else(|| failed("no such screen"))?
            .root;
        connection
            .xfixes_query_version(5, 0)
            .map_err(failed)?
            .reply()
            .map_err(failed)?;
        let clipboard = connection
            .intern_atom(false, b"CLIPBOARD")
            .map_err(failed)?
            .reply()
            .map_err(failed)?
            .atom;
        let taken_over = SelectionEventMask::SET_SELECTION_OWNER;
        let select = connection
            .xfixes_select_selection_input(root, clipboard, taken_over)
            .map_err(failed)?;
        select.check().map_err(failed)?;
        Ok(Self {
            connection,
            again: false,
        })
    }

    /// Since the last call, did somebody take it over?
    pub(super) fn changed(&mut self, _: &mut arboard::Clipboard, _: bool) -> Result<bool, ClipboardError> {
        let mut changed = std::mem::take(&mut self.again);
        while let Some(event) = self.connection.poll_for_event().map_err(failed)? {
            changed |= matches!(event, Event::XfixesSelectionNotify(notify) if notify.owner != x11rb::NONE);
        }
        Ok(changed)
    }

    /// The next call says yes.
    pub(super) const fn again(&mut self) {
        self.again = true;
    }
}
