//! Messages between the two endpoints, on the data channel `session` (reliable, ordered), and the names of the channels.
//!
//! The sharer (the user's machine) decides everything; the viewer asks. A message from the wrong side, or one that does
//! not parse, ends the session with [`crate::error::Code::Malformed`] or [`crate::error::Code::NotAllowed`].

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    cursor::Cursor,
    error::WireError,
    grant::{Capability, Grant},
    input::InputEvent,
    keyboard::{KeyboardLayout, TypedText, Typing},
    limits::{MAX_CHAT_CHARS, MAX_CLIPBOARD_CHARS, MAX_SESSION_BYTES},
    report::{InputDenied, Withdrawn},
    signalling::EndReason,
    text::Text,
    time::UnixMillis,
};

/// Reliable, ordered: everything but pointer moves.
pub const SESSION_CHANNEL: &str = "session";
/// Unordered, never repeated: pointer moves to the sharer and the user's pointer to the viewer.
pub const POINTER_CHANNEL: &str = "pointer";
/// Reliable, unordered: updates of the picture to a viewer that takes no datagrams, and its answers to them. Another version of these has
/// another name, which a peer that does not know it closes: then there is video only.
pub const PICTURE_CHANNEL: &str = "picture-2";

/// Bytes of a message that carries a clipboard text, beside the text itself; with room to spare.
const CLIPBOARD_ENVELOPE: usize = 64;

/// A chat message.
pub type ChatText = Text<MAX_CHAT_CHARS>;
/// A clipboard text. Other than chat it may be anything, so only its size is limited: in characters, and in bytes once
/// its control characters are escaped, so that its message is never above [`MAX_SESSION_BYTES`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct ClipboardText(String);

impl ClipboardText {
    /// Takes the text as it is.
    ///
    /// # Errors
    /// Gives back its length in characters when that is above [`MAX_CLIPBOARD_CHARS`], or when there is no room for
    /// it in a message.
    pub fn new(text: String) -> Result<Self, usize> {
        let characters = text.chars().count();
        let bytes: usize = text.chars().map(json_bytes).sum();
        if characters > MAX_CLIPBOARD_CHARS || bytes > MAX_SESSION_BYTES - CLIPBOARD_ENVELOPE {
            Err(characters)
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

/// Bytes of a character in a JSON string (RFC 8259 section 7).
const fn json_bytes(character: char) -> usize {
    match character {
        '"' | '\\' | '\u{8}' | '\t' | '\n' | '\u{c}' | '\r' => 2,
        '\0'..='\u{1f}' => 6,
        other => other.len_utf8(),
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
        /// I know [`FromSharer::Cursor`], which is not said to anybody else.
        #[serde(default)]
        cursor: bool,
    },
    /// I am here, every [`crate::limits::HEARTBEAT_MS`].
    Heartbeat,
    /// May I have this too? Said again over every new connection until there is an answer.
    Request {
        /// What.
        capability: Capability,
        /// When it was first said, on the viewer's clock. The same time is the same question: it is not put to the
        /// user a second time.
        asked_at: UnixMillis,
    },
    /// I give it back. Said again over every new connection until it is gone.
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
    /// Type this. A text that is still being typed ends before it.
    Type {
        /// The text.
        text: TypedText,
    },
    /// Type no more of it.
    StopTyping,
    /// Put this into your clipboard.
    Clipboard {
        /// The text.
        text: ClipboardText,
    },
    /// The technician copied a text that is too long to be passed on, so that nobody waits for it.
    ClipboardTooLong {
        /// Its length in characters.
        characters: u32,
    },
    /// Say this.
    Chat {
        /// The text.
        text: ChatText,
    },
    /// I leave.
    Bye,
}

impl FromViewer {
    /// Must it keep its order with input, where input takes another way than this? See [`crate::carried::Carried::Turn`].
    /// What was typed before belongs to the clipboard, the text or the grant as they were before it, and what is typed after
    /// to what it makes of them.
    #[must_use]
    pub const fn keeps_turn(&self) -> bool {
        matches!(
            self,
            Self::Request { .. }
                | Self::GiveBack { .. }
                | Self::Type { .. }
                | Self::StopTyping
                | Self::Clipboard { .. }
        )
    }
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
    /// Layout of the user's keyboard; sent first, when it is known, and at every change.
    Keyboard {
        /// None when it is not known (any longer).
        layout: Option<KeyboardLayout>,
    },
    /// How far the text is that you sent to be typed; several times a second, and at its end.
    Typing {
        /// How far.
        #[serde(flatten)]
        typing: Typing,
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
    /// What the user's pointer looks like now; said at every change while the screen is seen, to a viewer that knows it.
    Cursor {
        /// What.
        #[serde(flatten)]
        cursor: Cursor,
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
    /// The user copied a text that is too long to be passed on.
    ClipboardTooLong {
        /// Its length in characters.
        characters: u32,
    },
    /// Say this.
    Chat {
        /// The text.
        text: ChatText,
    },
    /// The session is over, or cannot go on.
    Bye {
        /// Why. A viewer believes only what is the sharer's to say: stopped, expired, lost, failed.
        reason: EndReason,
        /// What went wrong, when something did.
        error: Option<WireError>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clipboard_text_is_as_long_as_fits_into_a_message_and_no_longer() {
        let check = |text: String| {
            ClipboardText::new(text).map(|text| {
                let message = FromSharer::Clipboard { text };
                assert!(serde_json::to_vec(&message).unwrap().len() <= MAX_SESSION_BYTES);
            })
        };
        assert_eq!(check("a".repeat(50_000)), Ok(()));
        assert_eq!(check("a".repeat(50_001)), Err(50_001));
        assert_eq!(check("🙂".repeat(50_000)), Ok(()));
        assert_eq!(check("\"\\\n".repeat(16_666)), Ok(()));
        // Six bytes each once escaped.
        assert_eq!(check("\u{1}".repeat(43_000)), Ok(()));
        assert_eq!(check("\u{1}".repeat(44_000)), Err(44_000));
    }
}
