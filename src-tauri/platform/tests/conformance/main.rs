//! What the engine relies on in each of its seams, tried on the real implementations. Those of X11 each run under an X
//! server of their own, which has no screen.
//!
//! Flow: one module a seam; [`xvfb`] starts servers, [`desktop`] paints pictures.
//!
//! Invariant: no test touches the display that it was started on.

mod codec;
mod desktop;

#[cfg(target_os = "linux")]
mod clipboard;
#[cfg(target_os = "linux")]
mod cursor;
#[cfg(target_os = "linux")]
mod desk;
#[cfg(target_os = "linux")]
mod exact;
#[cfg(target_os = "linux")]
mod keyboard;
#[cfg(target_os = "linux")]
mod keyboards;
#[cfg(target_os = "linux")]
mod pointer;
#[cfg(target_os = "linux")]
mod recorded;
#[cfg(target_os = "linux")]
mod screen_source;
#[cfg(target_os = "linux")]
mod shortcut;
#[cfg(target_os = "linux")]
mod window;
#[cfg(target_os = "linux")]
mod xvfb;

#[cfg(target_os = "linux")]
#[path = "../../../engine/tests/support/seals.rs"]
mod seals;

#[cfg(target_os = "linux")]
#[path = "../../../picture/tests/composition/alike.rs"]
mod alike;
#[cfg(target_os = "linux")]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#[path = "../../../picture/tests/composition/model.rs"]
mod model;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "the tests of the carriage look at more of it, where it lies")]
#[path = "../../../picture/tests/carriage/network.rs"]
mod network;
#[cfg(target_os = "linux")]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#[path = "../../../picture/tests/carriage/session.rs"]
mod session;
