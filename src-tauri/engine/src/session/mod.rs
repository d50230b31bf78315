//! Both ends of a session as state machines without I/O, clock or randomness.
//!
//! Flow: the owner calls a `handle_*` method with what happened and the time, then takes effects with `poll_effect`
//! until there are none, and calls `handle_timeout` when the instant of `poll_timeout` has come.
//!
//! Invariant: [`SharerEffect::Input`] and [`SharerEffect::SetClipboard`] are only made while the grant covers them and
//! no question is open on the user's screen, and [`SharerEffect::Picture`] is only made true while it covers the view.
//! While everything rests ([`crate::peer::Pause::Everything`]) it covers nothing.

mod liveness;
mod requests;
mod sharer;
mod tally;
mod viewer;
mod wire;
mod wishes;

pub mod link;

pub use sharer::{InputOutcome, ScreenReady, SharerEffect, SharerSession, WAITING_CARRIED};
pub use viewer::{ViewerEffect, ViewerSession};

use renfort_protocol::{limits::MAX_CANDIDATE_CHARS, text::Line};

/// Chat that a person wrote while the peers were not connected; sent as soon as they are. When full, the oldest is
/// left out: after so many unanswered lines it is no longer a conversation.
pub const UNSENT_CHAT: usize = 32;

/// The two ways between the endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// [`renfort_protocol::session::SESSION_CHANNEL`].
    Session,
    /// [`renfort_protocol::session::POINTER_CHANNEL`].
    Pointer,
}

/// An ICE candidate as the endpoints exchange it (RFC 8839).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// `candidate:` line.
    pub line: Line<MAX_CANDIDATE_CHARS>,
    /// Media section's id.
    pub mid: Option<Line<64>>,
    /// Media section's index.
    pub index: Option<u16>,
}

/// What became of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkEvent {
    /// Both channels can be used.
    Open,
    /// Nothing comes through any more (true), or again.
    Interrupted(bool),
    /// It is of no further use, or could not be made.
    Closed,
}

#[cfg(test)]
mod carried_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod sharer_tests;
#[cfg(test)]
mod sleep_tests;
#[cfg(test)]
mod viewer_tests;
