//! The user's or the technician's clipboard.

/// Why the clipboard cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the clipboard cannot be used: {0}")]
pub struct ClipboardError(pub String);

/// A clipboard of texts. Blocking, quick; polled a few times a second.
pub trait Clipboard: Send {
    /// A text that came into the clipboard since the last call, by another hand than [`Clipboard::set`]. The first
    /// call reports nothing: what was copied before the session is nobody's business.
    ///
    /// # Errors
    /// When the system refuses.
    fn changed(&mut self) -> Result<Option<String>, ClipboardError>;

    /// Puts a text into it.
    ///
    /// # Errors
    /// When the system refuses.
    fn set(&mut self, text: &str) -> Result<(), ClipboardError>;
}
