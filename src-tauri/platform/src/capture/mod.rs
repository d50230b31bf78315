//! Screens.
//!
//! Flow: [`open`] chooses the backend once. On X11 that is `x11` (damage and shared memory); where the display lacks what
//! it needs it is `portable` (the crate `scrap`), which asks for whole pictures. Other systems have only the latter; there it
//! compiles but was never run.
//!
//! Invariant: a backend that was asked for by name is never replaced by the other one.

#[cfg(target_os = "linux")]
mod cursor;
#[cfg(target_os = "linux")]
mod motion;
#[cfg(target_os = "linux")]
mod root;
#[cfg(target_os = "linux")]
mod segment;
#[cfg(target_os = "linux")]
mod shared_memory;
#[cfg(target_os = "linux")]
mod x11;

mod portable;
#[cfg_attr(target_os = "linux", path = "portable_x11.rs")]
#[cfg_attr(not(target_os = "linux"), path = "portable_primary.rs")]
mod portable_host;
#[cfg(not(target_os = "linux"))]
#[path = "x11_absent.rs"]
mod x11;

use renfort_engine::seams::{ScreenError, ScreenSource};

/// Which way of capturing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preference {
    /// The best that this display offers.
    #[default]
    Auto,
    /// XDamage and shared memory, or an error.
    X11,
    /// The portable way, or an error.
    Scrap,
}

/// Opens the screen of a display, for example `:1` (none: the default one). All monitors of an X11 screen are one screen.
///
/// # Errors
/// When there is no display, it may not be captured, or it lacks what the backend needs.
pub fn open(display: Option<&str>, preference: Preference) -> Result<Box<dyn ScreenSource>, ScreenError> {
    match preference {
        Preference::X11 => x11::open(display),
        Preference::Scrap => portable::open(display),
        Preference::Auto => x11::open(display).or_else(|error| match error {
            ScreenError::Unsupported(missing) => {
                tracing::info!(missing, "capturing the portable way");
                portable::open(display)
            }
            error => Err(error),
        }),
    }
}
