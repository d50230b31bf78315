//! Where remote input goes.

use renfort_protocol::input::InputEvent;

/// Why input was not injected.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It would have reached one of Renfort's own windows.
    #[error("the input was aimed at a window of this program")]
    OwnWindow,
    /// The operating system does not allow input to be injected, or lacks what it needs.
    #[error("input cannot be injected: {0}")]
    Unavailable(String),
    /// No key of the user's keyboard gives this.
    #[error("no key for this")]
    NoSuchKey,
}

/// The user's pointer and keyboard. Blocking, quick; the sharer gives each a thread of its own.
pub trait InputSink: Send {
    /// Carries out one event. Remembers what is held. Input that would reach a window of this program is refused.
    ///
    /// # Errors
    /// When it was not carried out. A release of something that is not held is no error and does nothing.
    fn apply(&mut self, event: &InputEvent) -> Result<(), InputError>;

    /// Releases every key and button that is held through this sink, wherever the pointer is.
    fn release_all(&mut self);

    /// Looks again whether a held key would reach a window of this program by now (the system repeats a held key by
    /// itself, and the focus may have moved since), and releases everything if so. Called while something is held.
    fn guard(&mut self);

    /// Keys and buttons that are held through this sink.
    fn held(&self) -> usize;
}
