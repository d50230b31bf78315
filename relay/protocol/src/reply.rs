//! Canned replies: texts that technicians send again and again, with placeholders for what differs.
//!
//! Flow: kept in the console, fetched by a technician's app, filled in there and sent like any other chat message.
//!
//! Invariant: a reply that is kept uses no placeholder but those of [`Placeholder`], and however they are filled it fits
//! into one chat message. The same rules run in the interface; `placeholders.json` beside the tests is run by both.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    article::Author,
    error::{Code, WireError},
    ids::ReplyId,
    limits::{MAX_CHAT_CHARS, MAX_NAME_CHARS, MAX_REPLY_CHARS, MAX_REPLY_TITLE_CHARS},
    people::Level,
    text::{Line, Text},
    time::UnixMillis,
};

/// Replies that a relay keeps; a further one is refused with [`Code::TooMany`].
pub const MAX_REPLIES: usize = 300;

/// A reply's title.
pub type ReplyTitle = Line<MAX_REPLY_TITLE_CHARS>;
/// A reply's text in one language, with placeholders.
pub type ReplyText = Text<MAX_REPLY_CHARS>;

/// What a technician's app fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Placeholder {
    /// `{user}`: the user's name.
    User,
    /// `{technician}`: the technician's name.
    Technician,
    /// `{ticket}`: the ticket's number.
    Ticket,
    /// `{machine}`: the name of the user's machine.
    Machine,
}

impl Placeholder {
    fn of(name: &str) -> Option<Self> {
        match name {
            "user" => Some(Self::User),
            "technician" => Some(Self::Technician),
            "ticket" => Some(Self::Ticket),
            "machine" => Some(Self::Machine),
            _ => None,
        }
    }
}

/// The names in braces in a text: what stands between `{` and the next `}`, when it is there and holds neither white
/// space nor another brace. Anything else in braces is plain text.
fn braced(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        (!name.is_empty() && !name.contains(char::is_whitespace)).then_some(name)
    })
}

/// Checks one text of a reply.
///
/// # Errors
/// With [`Code::UnknownPlaceholder`] or [`Code::ReplyTooLong`].
pub fn check(text: &ReplyText) -> Result<(), WireError> {
    let mut longest = text.as_str().chars().count();
    for name in braced(text.as_str()) {
        if Placeholder::of(name).is_none() {
            return Err(WireError::from(Code::UnknownPlaceholder).with("placeholder", name));
        }
        longest += MAX_NAME_CHARS;
    }
    if longest > MAX_CHAT_CHARS {
        return Err(WireError::from(Code::ReplyTooLong).with("limit", MAX_CHAT_CHARS));
    }
    Ok(())
}

/// A reply as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CannedReply {
    /// Which.
    pub id: ReplyId,
    /// Grows by one with each change, from 1.
    pub version: u64,
    /// What it says.
    #[serde(flatten)]
    pub content: ReplyContent,
    /// Who changed it last.
    pub author: Author,
    /// When.
    pub at: UnixMillis,
}

/// What a reply says, and to whom it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplyContent {
    /// The team that it is for; none: everybody.
    pub team: Option<Level>,
    /// By which technicians find it.
    pub title: ReplyTitle,
    /// In English.
    pub en: Option<ReplyText>,
    /// In French.
    pub fr: Option<ReplyText>,
}

impl ReplyContent {
    /// Checks what cannot be said by types.
    ///
    /// # Errors
    /// When no language has a text, or when one of them is refused by [`check`].
    pub fn check(&self) -> Result<(), WireError> {
        if self.en.is_none() && self.fr.is_none() {
            return Err(WireError::from(Code::Malformed).with("member", "text"));
        }
        self.en.iter().chain(&self.fr).try_for_each(check)
    }
}

/// A reply as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveReply {
    /// The version that was edited; none for a new reply.
    pub version: Option<u64>,
    /// What it says.
    #[serde(flatten)]
    pub content: ReplyContent,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Vector {
        text: String,
        names: Vec<String>,
        unknown: Option<String>,
    }

    #[test]
    fn placeholders_are_read_as_the_interface_reads_them() {
        let vectors: Vec<Vector> = serde_json::from_str(include_str!("../tests/placeholders.json")).unwrap();
        assert!(vectors.len() > 10);
        for Vector { text, names, unknown } in vectors {
            assert_eq!(braced(&text).collect::<Vec<_>>(), names, "{text:?}");
            let refused = check(&ReplyText::new(&text).unwrap()).err();
            let placeholder = refused.and_then(|error| error.params.get("placeholder").cloned());
            assert_eq!(placeholder, unknown, "{text:?}");
        }
    }

    #[test]
    fn a_reply_fits_into_a_chat_message_however_it_is_filled() {
        let many = |times: usize| ReplyText::new("{user}".repeat(times)).unwrap();
        assert!(check(&many(MAX_CHAT_CHARS / (MAX_NAME_CHARS + 6))).is_ok());
        let error = check(&many(MAX_CHAT_CHARS / (MAX_NAME_CHARS + 6) + 1)).unwrap_err();
        assert_eq!(error.code, Code::ReplyTooLong);
    }

    #[test]
    fn a_reply_has_a_text_in_at_least_one_language() {
        let content = ReplyContent {
            team: None,
            title: ReplyTitle::new("Hello").unwrap(),
            en: None,
            fr: None,
        };
        assert_eq!(content.check().unwrap_err().code, Code::Malformed);
    }
}
