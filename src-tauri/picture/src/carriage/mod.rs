//! Updates and small messages between two Rust peers, over datagrams that may be lost, doubled, delayed or reordered.
//!
//! Flow: [`Endpoint::send_update`] and [`Endpoint::send_message`] take what is to go; [`Endpoint::poll`] gives the
//! datagrams that may leave now; the peer's [`Endpoint::receive`] gives back updates as soon as they are whole, in any
//! order, and messages each once and in their order. What was lost is sent again after RFC 9002: numbers that are never used
//! twice, acknowledgements with ranges, thresholds of packets and of time, and a probe when nothing follows.
//!
//! What is small never waits for what is large: messages and letters leave at once, a page when the network has room for
//! it ([`Endpoint::room`]), which keeps the queue here short instead of calling back what is old.
//!
//! Updates are those of one picture, and the sharer begins another whenever the viewer is to begin anew ([`Endpoint::begin`]):
//! nothing of the one before is sent from then on, nor counts. Messages, and what is known of the network, go on.
//!
//! Invariant: whatever the peer sends, memory is bounded by the limits of this module. What was handed over arrives as long
//! as datagrams do, unless the session ends. The layout and the rules stand in the protocol's README.

mod arrivals;
mod datagram;
mod endpoint;
mod flight;
mod messages;
mod pacer;
mod ranges;
mod rate;
mod reassembly;
mod rtt;
mod updates;

pub use datagram::{Acknowledgement, Datagram, Messages, Piece};
pub use endpoint::{Endpoint, Received};
pub use rate::{Mark, Rate};

/// Bytes of the largest datagram.
pub const MAX_DATAGRAM: usize = 1_151;
/// Bytes of an update in one datagram; only the last piece of one is smaller.
pub const PIECE: usize = 1_024;
/// Bytes of the largest message.
pub const MAX_MESSAGE: usize = 512;
/// Messages that are on their way and not acknowledged. With more, [`SendError::Full`].
pub const MAX_MESSAGES: u32 = 256;
/// Bytes of updates that are not acknowledged, at the sharer's, or not whole, at the viewer's. With more, the sharer has
/// [`SendError::Full`] and the viewer ends the session. The planner stops at half of it.
pub const MAX_OUTSTANDING: usize = 8 << 20;
/// Updates above the last up to which all are whole. With more, as with [`MAX_OUTSTANDING`].
pub const MAX_AHEAD: u32 = 2_048;
/// Bytes of an update that is sent like a message, without waiting for the network to have room: a letter, a line of text.
pub const QUICK: usize = 4 * PIECE;
/// Runs of numbers in an acknowledgement.
pub const MAX_RUNS: usize = 32;

/// Who an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Sends updates.
    Sharer,
    /// Receives them, and says what was carried out.
    Viewer,
}

/// A datagram that no honest peer sends. The session is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarriageError {
    /// More than [`MAX_DATAGRAM`] bytes.
    #[error("a datagram is too large")]
    TooLarge,
    /// It ends too early, or holds nothing.
    #[error("a datagram is cut off")]
    CutOff,
    /// A number is 0 where none may be, too large, or written longer than needed.
    #[error("a number of a datagram is out of range")]
    Number,
    /// A part that is not known, or comes twice, or in the wrong place.
    #[error("a datagram has a part that cannot be there")]
    Part,
    /// A part that the other side may send and this one may not.
    #[error("a datagram has a part that this side may not send")]
    Side,
    /// An acknowledgement of a number that was not sent.
    #[error("a datagram was acknowledged that was never sent")]
    NeverSent,
    /// It says that an update was carried out that was not sent.
    #[error("an update was carried out that was never sent")]
    NeverPlanned,
    /// A piece does not fit to another of the same update.
    #[error("two pieces of an update contradict each other")]
    Contradiction,
    /// A message or an update is further ahead, or more bytes are not whole, than a peer may let happen.
    #[error("too much waits for what is missing")]
    TooFarAhead,
}

/// Something that cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Empty, or above its limit.
    #[error("what is to be sent is empty or too large")]
    Size,
    /// Only a sharer sends updates, each with a higher number than the one before.
    #[error("an update is sent by the wrong side or out of its order")]
    Order,
    /// Too much is not acknowledged. Nothing was taken; once acknowledgements have come, it may go.
    #[error("too much is on its way")]
    Full,
}
