//! What the two ends of a session tell each other through the relay to find a way to one another: offers, answers,
//! candidates.
//!
//! Flow: the sharer offers, the viewer answers, both send candidates; after a loss the next attempt begins with an offer.
//!
//! Invariant: the relay passes these on unread; a description that deserialises is bounded and printable, and never
//! printed into an operator's log.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ids::Signature,
    limits::{MAX_CANDIDATE_CHARS, MAX_SDP_CHARS},
    text::Line,
};

/// SDP or a candidate (RFC 8829, RFC 8839), passed on unread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "signal", rename_all = "snake_case")]
pub enum Signal {
    /// By the sharer, after the grant and at each new attempt.
    Offer {
        /// Counts the attempts of this session from 1; answers and candidates of an older one are dropped.
        attempt: u32,
        /// Session description.
        sdp: Sdp,
        /// By the user's machine over [`crate::binding::Described`].
        seal: Signature,
    },
    /// By the viewer.
    Answer {
        /// The offer's attempt.
        attempt: u32,
        /// Session description.
        sdp: Sdp,
        /// By the technician's device over [`crate::binding::Described`].
        seal: Signature,
    },
    /// By either.
    Candidate {
        /// The offer's attempt.
        attempt: u32,
        /// `candidate:` line.
        candidate: Line<MAX_CANDIDATE_CHARS>,
        /// Media section's id.
        mid: Option<Line<64>>,
        /// Media section's index.
        index: Option<u16>,
    },
    /// By the viewer: the connection is gone, please offer anew.
    Restart,
}

/// A session description. Its lines end in CR LF (RFC 8866, 5), which [`crate::text::Text`] would refuse.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Sdp(String);

impl Sdp {
    /// Takes a description that is ASCII-printable but for line ends, and not longer than [`MAX_SDP_CHARS`].
    ///
    /// # Errors
    /// When it is not.
    pub fn new(text: String) -> Result<Self, &'static str> {
        if text.len() > MAX_SDP_CHARS {
            Err("the session description is too long")
        } else if !text.starts_with("v=0") || text.chars().any(|c| c.is_control() && c != '\r' && c != '\n') {
            Err("this is not a session description")
        } else {
            Ok(Self(text))
        }
    }

    /// The description itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sdp {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<Sdp> for String {
    fn from(sdp: Sdp) -> Self {
        sdp.0
    }
}

impl std::fmt::Debug for Sdp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sdp({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_description_is_never_printed() {
        assert_eq!(format!("{:?}", Sdp::new("v=0\r\na=x".into()).unwrap()), "Sdp(8 bytes)");
    }

    #[test]
    fn what_is_no_session_description_is_refused() {
        assert!(Sdp::new("hello".into()).is_err());
        assert!(Sdp::new("v=0\u{7}".into()).is_err());
        assert!(Sdp::new(format!("v=0{}", "a".repeat(MAX_SDP_CHARS))).is_err());
    }
}
