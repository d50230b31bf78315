//! What an endpoint tells the relay about a session that runs peer to peer, so that it stands in the audit log.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{grant::Capability, ticket::Counts, time::UnixMillis};

/// Why something that was allowed stopped being so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawn {
    /// The user took it back.
    ByUser,
    /// The technician gave it back.
    ByTechnician,
    /// The time box was over.
    Expired,
    /// The session ended.
    SessionEnded,
    /// The peer was lost.
    PeerLost,
}

/// Why remote input was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InputDenied {
    /// Control was not granted.
    NotGranted,
    /// The grant had expired.
    Expired,
    /// It was aimed at one of Renfort's own windows.
    OwnWindow,
    /// A question was open on the user's screen.
    Paused,
    /// The operating system refused it.
    Failed,
}

/// Who refused something that the technician asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Refuser {
    /// The user, to whom the question was put: by a no, or by silence.
    User,
    /// The user's machine, by itself: it could not be, or the organisation does not allow it.
    Machine,
}

/// One thing that happened between the peers. The sharer reports what its machine enforced; the viewer reports what
/// only it can know (the first picture shown).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ReportedEvent {
    /// The peers are connected. By the sharer.
    Connected {
        /// Capture backend that is used (`x11`, `scrap`).
        capture: String,
        /// Video codec that is used (`h264`).
        codec: String,
    },
    /// The technician saw the first picture. By the viewer.
    FirstPicture {
        /// Milliseconds from the grant to the picture.
        after_ms: u64,
    },
    /// The peer was not heard for [`crate::limits::PEER_LOST_MS`].
    PeerLost,
    /// The peer is heard again.
    PeerBack {
        /// How long it was away, in milliseconds.
        after_ms: u64,
    },
    /// The technician asked for more. By the sharer.
    Requested {
        /// What was asked.
        capability: Capability,
    },
    /// The user allowed it. By the sharer.
    Allowed {
        /// What was allowed.
        capability: Capability,
    },
    /// It was refused, or nobody answered. By the sharer.
    Refused {
        /// What was refused.
        capability: Capability,
        /// No answer came.
        timed_out: bool,
        /// Who refused it.
        by: Refuser,
    },
    /// It is no longer allowed. By the sharer.
    Withdrawn {
        /// What.
        capability: Capability,
        /// Why.
        reason: Withdrawn,
    },
    /// The user gave more time. By the sharer.
    Extended {
        /// The new end.
        expires_at: UnixMillis,
    },
    /// Counts since the last report. By the sharer.
    Counted {
        /// How much.
        counts: Counts,
    },
    /// Input was refused since the last report; a burst is one report. By the sharer.
    InputDenied {
        /// Why.
        reason: InputDenied,
        /// How often.
        times: u64,
    },
    /// Something was not as it was sent, or not from whom it should be; nothing was shared on it. By either, also before
    /// the user was asked.
    Tampered {
        /// What.
        what: crate::binding::Tampered,
    },
    /// The user pressed *Stop*. By the sharer; the relay ends the session on it.
    Stopped,
    /// The session could not go on. By either.
    Failed {
        /// The error's code.
        code: crate::error::Code,
    },
}
