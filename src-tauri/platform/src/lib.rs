//! What touches the operating system: screens, input, codecs, clipboard, each behind a seam of
//! [`renfort_engine::seams`].
//!
//! Flow: the shell calls [`capture::open`], [`input::open`], [`input::layouts`], [`clipboard::open`] and the constructors of [`codec`] and
//! hands the results to the engine, which knows only the traits.
//!
//! Invariant: no type of an operating system, of a codec or of a display server leaves this crate.

pub mod capture;
pub mod clipboard;
pub mod codec;
pub mod input;
#[cfg(target_os = "linux")]
mod readable;
mod region;
#[cfg(target_os = "linux")]
pub mod shortcut;
