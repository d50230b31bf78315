//! Systems without X11.
//!
//! Flow: [`open`] refuses; the user can share their screen but not their pointer and keyboard.
//!
//! Invariant: it always refuses.

use renfort_engine::seams::{InputError, InputSink};

/// Refuses.
pub(super) fn open(_display: Option<&str>, _own_pids: &[u32]) -> Result<Box<dyn InputSink>, InputError> {
    Err(InputError::Unavailable("this system has no X11".to_owned()))
}
