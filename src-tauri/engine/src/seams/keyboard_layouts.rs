//! Which layout the keyboard has.

use std::time::Duration;

use renfort_protocol::keyboard::KeyboardLayout;

/// The system does not say which layout its keyboard has; in its own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keyboard's layout is not known: {0}")]
pub struct LayoutsError(pub String);

/// The layouts of this machine's keyboard. Blocking; has a thread of its own.
pub trait KeyboardLayouts: Send {
    /// The layout that is in use now; none when the system has no name for it. Quick, and costs nothing while nothing
    /// changes.
    ///
    /// # Errors
    /// When nothing can be asked any more.
    fn current(&mut self) -> Result<Option<KeyboardLayout>, LayoutsError>;

    /// Waits until it may be another one than it was when it was last asked for, at most so long. While nothing changes, nothing
    /// is done.
    ///
    /// # Errors
    /// When nothing can be asked any more.
    fn wait(&mut self, timeout: Duration) -> Result<(), LayoutsError>;
}
