//! Systems without X11.
//!
//! Flow: [`open`] and [`layouts`] refuse; the user can share their screen but not their pointer and keyboard.
//!
//! Invariant: it always refuses.

use renfort_engine::seams::{InputError, InputSink, KeyboardLayouts, LayoutsError};

/// Refuses.
pub(super) fn open(_display: Option<&str>, _own_pids: &[u32]) -> Result<Box<dyn InputSink>, InputError> {
    Err(InputError::Unavailable("this system has no X11".to_owned()))
}

/// Refuses.
pub(super) fn layouts(_display: Option<&str>) -> Result<Box<dyn KeyboardLayouts>, LayoutsError> {
    Err(LayoutsError("this system has no X11".to_owned()))
}
