//! The desktop app: what a user and a technician see, and how it moves.
//!
//! Flow: the interface sends an [`action::Action`], the relay, the engine and the desktop send their own events; the
//! [`controller`] turns each into effects and a new [`view::View`]; the [`shell`] carries the effects out.
//!
//! Invariant: state lives in the controller and nowhere else. Whatever else runs (link, sharer, viewer, windows) can be
//! thrown away and made anew from it.

pub mod action;
pub mod arguments;
#[cfg(feature = "bench-hooks")]
pub mod bench_hooks;
pub mod controller;
pub mod picture_socket;
pub mod relaunch;
pub mod relay_link;
pub mod shell;
pub mod stated;
pub mod store;
pub mod view;
