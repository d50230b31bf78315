//! Which layout the keyboard has.

use renfort_protocol::keyboard::KeyboardLayout;

/// The system does not say which layout its keyboard has; in its own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keyboard's layout is not known: {0}")]
pub struct LayoutsError(pub String);

/// The layouts of this machine's keyboard. Blocking, quick; has a thread of its own.
pub trait KeyboardLayouts: Send {
    /// The layout that is in use now; none when the system has no name for it. Asked several times a second, so that it
    /// costs nothing while nothing changes.
    ///
    /// # Errors
    /// When nothing can be asked any more.
    fn current(&mut self) -> Result<Option<KeyboardLayout>, LayoutsError>;
}
