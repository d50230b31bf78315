//! Texts that people write, bounded and free of control characters.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("the text is empty")]
    Empty,
    /// More than this number of characters (Unicode scalar values).
    #[error("the text is longer than {0} characters")]
    TooLong(usize),
    /// A control character, or one that reverses the direction of the text around it (Unicode TR 36, 3.2).
    #[error("the text holds a control character")]
    Control,
}

/// Characters that change how their neighbours are read: they could make one name look like another.
const fn misleads(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(try_from = "String", into = "String")]
        #[ts(type = "string")]
        pub struct $name<const MAX: usize>(String);

        impl<const MAX: usize> $name<MAX> {
            /// Takes the text without the white space around it.
            ///
            /// # Errors
            /// When nothing is left, when it is too long, or when it holds a forbidden character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, TextError> {
                let text = text.as_ref().trim();
                let allowed: fn(char) -> bool = $allowed;
                if text.is_empty() {
                    Err(TextError::Empty)
                } else if text.chars().nth(MAX).is_some() {
                    Err(TextError::TooLong(MAX))
                } else if text.chars().any(|c| (c.is_control() && !allowed(c)) || misleads(c)) {
                    Err(TextError::Control)
                } else {
                    Ok(Self(text.to_owned()))
                }
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> TryFrom<String> for $name<MAX> {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl<const MAX: usize> From<$name<MAX>> for String {
            fn from(text: $name<MAX>) -> Self {
                text.0
            }
        }

        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// Texts of people are personal: they never reach an operator's log by accident.
        impl<const MAX: usize> fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "REDACTED({} chars)", self.0.chars().count())
            }
        }
    };
}

text!(
    /// One line of text of at most `MAX` characters, not empty.
    Line, |_| false
);
text!(
    /// Text of several lines of at most `MAX` characters, not empty.
    Text, |c| matches!(c, '\n' | '\t')
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_counted_in_characters_and_has_no_line_break() {
        assert_eq!(Line::<5>::new("  éèàùç \n").unwrap().as_str(), "éèàùç");
        assert_eq!(Line::<5>::new("123456"), Err(TextError::TooLong(5)));
        assert_eq!(Line::<5>::new(" \t "), Err(TextError::Empty));
        assert_eq!(Line::<5>::new("a\nb"), Err(TextError::Control));
        assert_eq!(Line::<9>::new("a\u{202e}b"), Err(TextError::Control));
        assert_eq!(Text::<5>::new("a\nb").unwrap().as_str(), "a\nb");
        assert_eq!(Text::<5>::new("a\u{0}b"), Err(TextError::Control));
    }

    #[test]
    fn the_debug_form_shows_no_content() {
        assert_eq!(
            format!("{:?}", Line::<50>::new("Jeanne Martin").unwrap()),
            "REDACTED(13 chars)"
        );
    }
}
