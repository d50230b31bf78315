//! X11's own backend, on systems without X11.
//!
//! Flow: [`open`] refuses, so that [`super::open`] goes on to the portable backend.
//!
//! Invariant: it always refuses.

use renfort_engine::seams::{ScreenError, ScreenSource};

/// Refuses.
pub(super) fn open(_display: Option<&str>) -> Result<Box<dyn ScreenSource>, ScreenError> {
    Err(ScreenError::Unsupported("X11"))
}
