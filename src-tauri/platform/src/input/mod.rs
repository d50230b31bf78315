//! Pointer and keyboard.
//!
//! Flow: [`open`] gives the sink of X11. Other systems have none yet: `enigo` could inject there, but nothing tells it
//! which window the input would reach, and input that might reach a window of this program is not injected.
//!
//! Invariant: whoever drops the sink leaves nothing held.

#[cfg(target_os = "linux")]
mod x11;
#[cfg(not(target_os = "linux"))]
#[path = "absent.rs"]
mod x11;

use renfort_engine::seams::{InputError, InputSink, KeyboardLayouts, LayoutsError};

/// Opens pointer and keyboard of a display, for example `:1` (none: the default one). Input that would reach a window of
/// this process, or of a process in `own_pids`, is refused.
///
/// # Errors
/// When there is no display or input cannot be injected into it.
pub fn open(display: Option<&str>, own_pids: &[u32]) -> Result<Box<dyn InputSink>, InputError> {
    x11::open(display, own_pids)
}

/// Opens the layouts of a display's keyboard (none: the default display).
///
/// # Errors
/// When there is no display, or it cannot tell.
pub fn layouts(display: Option<&str>) -> Result<Box<dyn KeyboardLayouts>, LayoutsError> {
    x11::layouts(display)
}
