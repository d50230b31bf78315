//! Where the picture comes from.

use std::{sync::Arc, task::Waker, time::Duration};

use renfort_protocol::cursor::CursorShape;

use super::{Picture, Rect, Size};

/// What a [`ScreenSource`] saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing changed within the time given, or until it was woken; the picture was not touched.
    Nothing,
    /// These rectangles of the picture changed and are up to date now. Inside the picture, not empty; they may overlap.
    Damaged(Vec<Rect>),
    /// The screen has another size; the picture has it too and is wholly up to date.
    Resized(Size),
    /// The pointer may be elsewhere or look different; the picture was not touched. A source that cannot tell says
    /// [`Change::Nothing`] in its time.
    Pointer,
}

/// What the pointer looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cursor {
    /// Nobody sees it.
    Hidden,
    /// This.
    Shape(Arc<CursorShape>),
}

/// Why a screen cannot be captured.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// There is no display, or it went away.
    #[error("no display: {0}")]
    NoDisplay(String),
    /// The operating system does not allow it.
    #[error("no permission to capture the screen: {0}")]
    NotPermitted(String),
    /// The display lacks what this backend needs.
    #[error("this display has no {0}")]
    Unsupported(&'static str),
    /// Anything else.
    #[error("capture failed: {0}")]
    Failed(String),
}

/// A screen that tells when it changes. Blocking; the sharer gives each a thread of its own.
pub trait ScreenSource: Send {
    /// Stable name of the backend, for the log: `x11`, `scrap`.
    fn name(&self) -> &'static str;

    /// Size of the screen now, in pixels.
    fn size(&self) -> Size;

    /// Waits at most `timeout` for a change and brings `picture` ([`super::PixelFormat::Bgrx`]) up to date. The first
    /// call reports the whole screen at once. While nothing changes, nothing is captured.
    ///
    /// `outdated` is where the picture is older than the last call left it ([`Self::swaps`]). When this one returns, however
    /// early, that is up to date, too, and reported as changed.
    ///
    /// # Errors
    /// When the screen can no longer be captured. The source is of no further use then.
    fn wait(&mut self, timeout: Duration, picture: &mut Picture, outdated: &[Rect]) -> Result<Change, ScreenError>;

    /// May another picture of this screen, parts of which are outdated, be given to [`Self::wait`] instead of the last one? Where it
    /// may, that costs no more than a change in these parts does.
    fn swaps(&self) -> bool {
        false
    }

    /// Ends a wait from another thread: the one that goes on, or else the next. None when it cannot be woken, or does not tell
    /// of a pointer that begins to move: then whoever asks waits for short times only.
    fn waker(&self) -> Option<Waker>;

    /// Where the pointer is, where the system tells.
    fn pointer(&mut self) -> Option<(u16, u16)>;

    /// What the pointer looks like, where the system tells: as of the last [`Self::wait`] or later. The picture does not
    /// have it.
    fn cursor(&mut self) -> Option<Cursor>;
}
