//! Did the clipboard change? Where the system does not tell, it is read and compared. This compiles but was never run.
//!
//! Flow: each call reads the text and compares it with the one before.
//!
//! Invariant: the text that the first call reads never counts as a change.

use renfort_engine::seams::ClipboardError;

/// See the module.
#[derive(Default)]
pub(super) struct Watch {
    last: Option<String>,
    again: bool,
}

impl Watch {
    pub(super) fn new() -> Result<Self, ClipboardError> {
        Ok(Self::default())
    }

    /// Is there another text than at the last call?
    pub(super) fn changed(&mut self, system: &mut arboard::Clipboard, begun: bool) -> Result<bool, ClipboardError> {
        // Whatever cannot be read is told by the read that follows.
        let Ok(text) = system.get_text() else {
            return Ok(std::mem::take(&mut self.again));
        };
        let changed = self.last.as_ref() != Some(&text);
        self.last = Some(text);
        Ok(begun && (changed || std::mem::take(&mut self.again)))
    }

    /// The next call says yes.
    pub(super) const fn again(&mut self) {
        self.again = true;
    }
}
