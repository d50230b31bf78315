//! The clipboard, texts only.
//!
//! Flow: [`Clipboard::changed`] first asks `watch` whether somebody else took the clipboard over, and only then reads
//! it, because reading wakes the program that holds it. What was put in by [`Clipboard::set`] is remembered, so that it
//! is not taken for news.
//!
//! Invariant: what was in the clipboard before the first call is never read.

#[cfg_attr(target_os = "linux", path = "watch_x11.rs")]
#[cfg_attr(not(target_os = "linux"), path = "watch_reading.rs")]
mod watch;

use renfort_engine::seams::{Clipboard, ClipboardError};
use watch::Watch;

/// Opens the clipboard of the default display. On X11 the text that is put in lives as long as this program.
///
/// # Errors
/// When there is no display or it has no clipboard.
pub fn open() -> Result<Box<dyn Clipboard>, ClipboardError> {
    let system = arboard::Clipboard::new().map_err(failed)?;
    Ok(Box::new(SystemClipboard {
        system,
        watch: Watch::new()?,
        begun: false,
        own: None,
    }))
}

struct SystemClipboard {
    system: arboard::Clipboard,
    watch: Watch,
    begun: bool,
    /// What was put in last, as long as nothing else was seen.
    own: Option<String>,
}

impl Clipboard for SystemClipboard {
    fn changed(&mut self) -> Result<Option<String>, ClipboardError> {
        let begun = std::mem::replace(&mut self.begun, true);
        if !self.watch.changed(&mut self.system, begun)? || !begun {
            return Ok(None);
        }
        let text = match self.system.get_text() {
            Ok(text) => text,
            // Something that is no text, or nothing.
            Err(arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure) => return Ok(None),
            Err(arboard::Error::ClipboardOccupied) => {
                self.watch.again();
                return Ok(None);
            }
            Err(error) => return Err(failed(error)),
        };
        if self.own.as_ref() == Some(&text) {
            return Ok(None);
        }
        self.own = None;
        Ok(Some(text))
    }

    fn set(&mut self, text: &str) -> Result<(), ClipboardError> {
        self.system.set_text(text).map_err(failed)?;
        self.own = Some(text.to_owned());
        Ok(())
    }
}

fn failed(error: impl std::fmt::Display) -> ClipboardError {
    ClipboardError(error.to_string())
}
