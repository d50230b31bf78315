//! How the two endpoints reach each other. The only part of the engine that knows WebRTC.
//!
//! Flow: a [`Connector`] makes one [`Connection`] for each attempt; offer, answer and candidates go out and come in by
//! way of the relay; then messages and frames flow from peer to peer, encrypted (DTLS 1.2, SRTP, SCTP).
//!
//! Invariant: a description with anything but exactly one certificate fingerprint is refused: see [`description`].

mod assembler;
mod description;
mod h264;
mod peer_connection;

use std::{fmt, hash::BuildHasher as _, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use renfort_protocol::{limits::MAX_SESSION_BYTES, signalling::Sdp};
use tokio::sync::mpsc;

pub use assembler::{Assembler, Packet};
pub use description::{carries_datagrams, fingerprint, without_rejected_credentials};
pub use peer_connection::WebRtc;

use crate::session::{Candidate, Channel, LinkEvent};

/// Events and messages of a connection that wait for its owner. When full, the peer's messages are held back.
pub const EVENTS: usize = 256;
/// Messages that wait to be sent. When full, the peer no longer reads: [`TransportError::Full`], and pointer messages
/// are left out.
pub const OUTGOING: usize = 256;
/// Frames received that wait to be decoded. When full, frames are left out until a new key frame.
pub const FRAMES: usize = 8;

/// Bytes of a datagram. Its packet is at most 1,200 bytes in UDP (RFC 8831, 5): an RTP header of 12, this, the tag of SRTP of
/// 16 (RFC 7714; 10 with RFC 3711), which makes 1,179, and 21 to spare for what a relay or a header extension may add.
pub const MAX_DATAGRAM_BYTES: usize = 1_151;
/// Datagrams that wait to be sent (0.3 MB). When full, the newest is refused: [`TransportError::Full`]. Whoever sends repairs
/// losses anyway, and learns of this one at once.
pub const DATAGRAMS_OUT: usize = 256;
/// Datagrams received that wait for their reader (1.2 MB). When full, the newest is dropped, as a network would.
pub const DATAGRAMS_IN: usize = 1_024;
/// Bytes of a message with updates of the picture.
pub const MAX_UPDATE_BYTES: usize = MAX_SESSION_BYTES;
/// Messages with updates that wait to be sent (4 MB). When full: [`TransportError::Full`].
pub const UPDATES_OUT: usize = 16;
/// Messages with updates received that wait for their reader (4 MB). When full, the peer's messages are held back.
pub const UPDATES_IN: usize = 16;

/// A STUN or TURN server (RFC 8489, RFC 8656).
#[derive(Clone, PartialEq, Eq)]
pub struct IceServer {
    /// `stun:` and `turn:` addresses (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// Empty when none is needed.
    pub username: String,
    /// Empty when none is needed.
    pub credential: String,
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceServer")
            .field("urls", &self.urls)
            .finish_non_exhaustive()
    }
}

/// Why a connection could not be made or used.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The session description is not acceptable.
    #[error("the session description was refused: {0}")]
    Description(&'static str),
    /// The network or the WebRTC library failed. Never holds what was to be sent.
    #[error("{what} failed: {reason}")]
    Failed {
        /// What.
        what: &'static str,
        /// In the library's words.
        reason: String,
    },
    /// Too much waits to be sent.
    #[error("too much waits to be sent")]
    Full,
    /// More than one datagram, or one message, may hold.
    #[error("{bytes} bytes are more than the {limit} that may be sent at once")]
    TooLarge {
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },
    /// The connection is closed, or not open yet.
    #[error("the connection is not open")]
    NotOpen,
}

/// Who offers and who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Offers; sends the picture.
    Sharer,
    /// Answers; receives it.
    Viewer,
}

/// How updates of the picture travel beside the video, and what answers them. In the order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum UpdatePath {
    /// Not at all: video only.
    #[default]
    None,
    /// On a reliable data channel of their own: [`Transport::send_update_message`].
    Messages,
    /// As datagrams, which may be lost, doubled or reordered: [`Transport::send_datagram`].
    Datagrams,
}

/// What a connection has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportEvent {
    /// For the peer, by way of the relay.
    Candidate(Candidate),
    /// The connection's state changed.
    Link(LinkEvent),
    /// From the peer.
    Message(Channel, Bytes),
    /// The peer cannot go on without a key frame (PLI or FIR, RFC 4585 and RFC 5104).
    KeyFrameWanted,
    /// Updates travel like this from now on. Not told while there is no way, and never before [`LinkEvent::Open`].
    Updates(UpdatePath),
}

/// An access unit of the picture: one frame of video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its RTP timestamp (RFC 3550, 5.1; 90,000 a second): what the sharer gives it, the viewer hears.
    pub timestamp: u32,
    /// In Annex B form (ITU-T H.264, annex B).
    pub unit: Bytes,
}

/// A number unlike others': the standard library's own seed. Not secret.
pub(crate) fn random() -> u32 {
    std::hash::RandomState::new().hash_one(()) as u32
}

/// One attempt to connect.
pub struct Connection {
    /// To the peer.
    pub transport: Arc<dyn Transport>,
    /// From it.
    pub events: mpsc::Receiver<TransportEvent>,
    /// Access units of the picture, in order and without gaps since the last key frame.
    pub frames: mpsc::Receiver<Frame>,
    /// Datagrams, as they arrive; see [`UpdatePath::Datagrams`].
    pub datagrams: mpsc::Receiver<Bytes>,
    /// Messages with updates; see [`UpdatePath::Messages`]. To be read or dropped: while it is full, the peer's other messages
    /// are held back, too.
    pub update_messages: mpsc::Receiver<Bytes>,
}

/// Makes connections.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Begins one.
    ///
    /// # Errors
    /// When this machine has no network that could be used.
    async fn connect(&self, side: Side) -> Result<Connection, TransportError>;
}

/// A connection being made, or made. Dropping it without [`Transport::close`] ends it without a word.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sharer: what to send to the viewer first. Candidates follow as events.
    ///
    /// # Errors
    /// When it cannot be made.
    async fn offer(&self) -> Result<Sdp, TransportError>;

    /// Viewer: takes the offer and gives the answer. Candidates follow as events.
    ///
    /// # Errors
    /// When the offer is not acceptable.
    async fn answer(&self, offer: &Sdp) -> Result<Sdp, TransportError>;

    /// Sharer: takes the answer.
    ///
    /// # Errors
    /// When it is not acceptable.
    async fn accept(&self, answer: &Sdp) -> Result<(), TransportError>;

    /// Takes a candidate of the peer; may come before the description it belongs to.
    ///
    /// # Errors
    /// When it is not one.
    async fn add_candidate(&self, candidate: Candidate) -> Result<(), TransportError>;

    /// Queues a message; at once.
    ///
    /// # Errors
    /// When the connection is not open, or does not take any more.
    fn send(&self, channel: Channel, message: String) -> Result<(), TransportError>;

    /// Sends one access unit; waits while the network is busy. Nothing happens before the connection is open.
    ///
    /// # Errors
    /// When the connection is closed.
    async fn send_frame(&self, frame: Frame) -> Result<(), TransportError>;

    /// Sends the end of the last access unit again, so that its loss is noticed although nothing follows it.
    async fn repeat_tail(&self);

    /// Viewer: asks for a key frame.
    async fn request_key_frame(&self);

    /// Sends a datagram of at most [`MAX_DATAGRAM_BYTES`]; at once, without pacing, and without knowing whether it arrives.
    ///
    /// # Errors
    /// When it is too large, when too many wait, or when updates do not travel like this.
    fn send_datagram(&self, payload: Bytes) -> Result<(), TransportError>;

    /// Datagrams that wait to be sent are not sent.
    fn drop_datagrams(&self);

    /// Queues a message of at most [`MAX_UPDATE_BYTES`] with updates, or with what answers them; at once. Messages arrive whole, and
    /// may overtake each other.
    ///
    /// # Errors
    /// When it is too large, when too many wait, or when updates do not travel like this.
    fn send_update_message(&self, message: Bytes) -> Result<(), TransportError>;

    /// Messages with updates that wait to be sent are not sent, but for what the library has taken already.
    fn drop_update_messages(&self);

    /// Gives what waits a moment to leave, then ends the connection.
    async fn close(&self);
}

#[cfg(test)]
mod conformance_tests;
#[cfg(test)]
pub(crate) mod memory;
#[cfg(test)]
mod update_tests;
