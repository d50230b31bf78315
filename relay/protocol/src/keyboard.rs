//! Keyboards: which layout each side has, how a key is meant, and text that is typed for the technician.
//!
//! Flow: the sharer names its layout; the viewer compares it with its own and says with every key whether its place or
//! its meaning counts. A whole text is sent at once, typed by the sharer, and its progress told.
//!
//! Invariant: a name of a layout is a plain ASCII word, and a text holds nothing that is not typed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{limits::MAX_TYPED_CHARS, report::InputDenied};

/// Longest name of a layout or a variant, in bytes; the longest ones of xkeyboard-config have 24.
pub const MAX_LAYOUT_NAME_BYTES: usize = 40;

/// Name of a layout or a variant in the words of XKB's rules (xkeyboard-config), for example `fr`, `bepo`, `de_nodeadkeys`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct LayoutName(String);

impl LayoutName {
    /// Takes a name of ASCII letters, digits and `_ - . +`, up to [`MAX_LAYOUT_NAME_BYTES`].
    ///
    /// # Errors
    /// When it is none.
    pub fn new(name: impl Into<String>) -> Result<Self, &'static str> {
        let name = name.into();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte);
        if name.is_empty() || name.len() > MAX_LAYOUT_NAME_BYTES || !name.bytes().all(plain) {
            Err("this is no name of a keyboard layout")
        } else {
            Ok(Self(name))
        }
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LayoutName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(name)
    }
}

impl From<LayoutName> for String {
    fn from(name: LayoutName) -> Self {
        name.0
    }
}

/// The layout that a keyboard has now.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct KeyboardLayout {
    /// For example `ch`.
    pub layout: LayoutName,
    /// For example `fr`; none for the layout's own basic variant.
    pub variant: Option<LayoutName>,
}

/// What of a key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyMode {
    /// Its place: the user's system makes of it what it makes of its own keyboard's key.
    Physical,
    /// What it means to the technician: the user's machine finds keys that give that.
    Character,
}

/// A text to be typed. May be any text with line breaks (typed as Enter) and tabs, but no other control characters.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct TypedText(String);

/// Why a text cannot be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TypedTextError {
    /// There is nothing in it.
    #[error("there is nothing to type")]
    Empty,
    /// More than [`MAX_TYPED_CHARS`].
    #[error("the text has {0} characters")]
    TooLong(usize),
    /// A character that no key gives.
    #[error("the text holds a control character")]
    Control,
}

impl TypedText {
    /// Takes the text as it is, but for the line ends of other systems (CR LF, CR), which become LF.
    ///
    /// # Errors
    /// When it is empty, too long, or holds a control character.
    pub fn new(text: &str) -> Result<Self, TypedTextError> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let length = text.chars().count();
        if length == 0 {
            Err(TypedTextError::Empty)
        } else if length > MAX_TYPED_CHARS {
            Err(TypedTextError::TooLong(length))
        } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            Err(TypedTextError::Control)
        } else {
            Ok(Self(text))
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its length in characters, at most [`MAX_TYPED_CHARS`].
    #[must_use]
    pub fn characters(&self) -> u16 {
        u16::try_from(self.0.chars().count()).unwrap_or(u16::MAX)
    }
}

impl TryFrom<String> for TypedText {
    type Error = TypedTextError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<TypedText> for String {
    fn from(text: TypedText) -> Self {
        text.0
    }
}

impl std::fmt::Debug for TypedText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "REDACTED({} chars)", self.0.chars().count())
    }
}

/// How far a text is that is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Typing {
    /// Characters that were typed.
    pub typed: u16,
    /// Characters of the text.
    pub of: u16,
    /// Where it stands.
    #[serde(flatten)]
    pub state: TypingState,
}

/// Where the typing of a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TypingState {
    /// It goes on.
    Going,
    /// All of it was typed.
    Done,
    /// The technician ended it, or the connection was lost.
    Cancelled,
    /// It ended where it is.
    Denied {
        /// Why.
        reason: InputDenied,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layouts_name_is_a_plain_word() {
        for name in ["fr", "latin9", "de_nodeadkeys", "mac-iso", "us+x.1"] {
            assert_eq!(LayoutName::new(name).unwrap().as_str(), name);
        }
        let long = "x".repeat(MAX_LAYOUT_NAME_BYTES + 1);
        for name in ["", "f r", "fr\n", "<b>", "é", long.as_str()] {
            assert!(LayoutName::new(name).is_err(), "{name:?}");
            assert!(serde_json::from_value::<LayoutName>(name.into()).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_text_to_type_keeps_its_spaces_and_has_the_line_ends_of_one_system() {
        assert_eq!(TypedText::new(" a\r\nb\rc\t ").unwrap().as_str(), " a\nb\nc\t ");
        assert_eq!(TypedText::new("").unwrap_err(), TypedTextError::Empty);
        assert_eq!(TypedText::new("a\u{1b}[A").unwrap_err(), TypedTextError::Control);
        let most = "é".repeat(MAX_TYPED_CHARS);
        assert_eq!(
            usize::from(TypedText::new(&most).unwrap().characters()),
            MAX_TYPED_CHARS
        );
        assert_eq!(
            TypedText::new(&format!("{most}!")).unwrap_err(),
            TypedTextError::TooLong(MAX_TYPED_CHARS + 1)
        );
        assert_eq!(format!("{:?}", TypedText::new("secret").unwrap()), "REDACTED(6 chars)");
    }
}
