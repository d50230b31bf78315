//! Messages between the two endpoints, on the data channel `session` (reliable, ordered), and the names of the channels.
//!
//! The sharer (the user's machine) decides everything; the viewer asks. A message from the wrong side, or one that does
//! not parse, ends the session with [`crate::error::Code::Malformed`] or [`crate::error::Code::NotAllowed`].

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    error::WireError,
    grant::{Capability, Grant},
    input::InputEvent,
    limits::{MAX_CHAT_CHARS, MAX_CLIPBOARD_CHARS},
    report::{InputDenied, Withdrawn},
    text::Text,
    time::UnixMillis,
};

/// Reliable, ordered: everything but pointer moves.
pub const SESSION_CHANNEL: &str = "session";
/// Unordered, never repeated: pointer moves to the sharer and the user's pointer to the viewer.
pub const POINTER_CHANNEL: &str = "pointer";

/// A chat message.
pub type ChatText = Text<MAX_CHAT_CHARS>;
/// A clipboard text. Other than chat it may be anything, so only its length is limited.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct ClipboardText(String);

impl ClipboardText {
    /// Takes the text as it is.
    ///
    /// # Errors
    /// Gives back its length when that is above [`MAX_CLIPBOARD_CHARS`].
    pub fn new(text: String) -> Result<Self, usize> {
        let length = text.chars().count();
        if length > MAX_CLIPBOARD_CHARS {
            Err(length)
        } else {
            Ok(Self(text))
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClipboardText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text).map_err(|length| format!("a clipboard text of {length} characters"))
    }
}

impl From<ClipboardText> for String {
    fn from(text: ClipboardText) -> Self {
        text.0
    }
}

impl std::fmt::Debug for ClipboardText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "REDACTED({} chars)", self.0.chars().count())
    }
}

/// From the technician's machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromViewer {
    /// First message; anything else before it ends the session.
    Hello {
        /// [`crate::VERSION`].
        version: u16,
    },
    /// I am here, every [`crate::limits::HEARTBEAT_MS`].
    Heartbeat,
    /// May I have this too?
    Request {
        /// What.
        capability: Capability,
    },
    /// I give it back.
    GiveBack {
        /// What.
        capability: Capability,
    },
    /// Input.
    Input {
        /// The event.
        #[serde(flatten)]
        event: InputEvent,
    },
    /// Put this into your clipboard.
    Clipboard {
        /// The text.
        text: ClipboardText,
    },
    /// Say this.
    Chat {
        /// The text.
        text: ChatText,
    },
    /// I leave.
    Bye,
}

/// From the user's machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromSharer {
    /// First message.
    Hello {
        /// [`crate::VERSION`].
        version: u16,
    },
    /// I am here.
    Heartbeat,
    /// What is allowed now; sent first and at every change.
    Granted {
        /// The grant.
        grant: Grant,
        /// The sharer's clock, so that the viewer can show the time left without trusting its own.
        now: UnixMillis,
    },
    /// Your request was refused.
    Refused {
        /// What was asked.
        capability: Capability,
        /// The user did not answer.
        timed_out: bool,
    },
    /// It is no longer allowed.
    Withdrawn {
        /// What.
        capability: Capability,
        /// Why.
        reason: Withdrawn,
    },
    /// Size of the shared screen, in pixels; sent first and at every change.
    Screen {
        /// Width.
        width: u16,
        /// Height.
        height: u16,
    },
    /// Where the user's pointer is (on [`POINTER_CHANNEL`]).
    Pointer {
        /// Grows with each.
        order: u64,
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// Your input was not carried out.
    InputDenied {
        /// Why.
        reason: InputDenied,
    },
    /// The user copied this.
    Clipboard {
        /// The text.
        text: ClipboardText,
    },
    /// Say this.
    Chat {
        /// The text.
        text: ChatText,
    },
    /// The session is over, or cannot go on.
    Bye {
        /// Why, when it is an error.
        error: Option<WireError>,
    },
}
