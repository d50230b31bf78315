//! What a person chose.

use renfort_protocol::{
    ids::{SessionId, TicketId},
    people::Name,
    ticket::{AbuseText, Language},
    time::UnixMillis,
};
use serde::{Deserialize, Serialize};

use crate::view::Theme;

/// Settings. A member that is missing has its default, so that older and newer programs read each other's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Language of the interface; none: the desktop's.
    pub language: Option<Language>,
    /// Colours of the interface.
    pub theme: Theme,
    /// What the person calls themselves; none: what the system knows.
    pub name: Option<Name>,
    /// The technician's side was shown last.
    pub technician: bool,
    /// The name that signed in last.
    pub login: Option<Name>,
    /// The ticket with which the person asked for help themselves, in their own words. The relay may speak of others.
    pub asked_for: Option<TicketId>,
    /// The ended ticket that the person no longer wants to see.
    pub left: Option<TicketId>,
    /// Reports of abuse that the relay does not have yet, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsent_abuse: Vec<UnsentAbuse>,
}

/// A report of abuse on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsentAbuse {
    /// Of which session.
    pub session: SessionId,
    /// When the person said so.
    pub at: UnixMillis,
    /// In their words.
    pub sentence: Option<AbuseText>,
}
