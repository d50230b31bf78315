//! What a person chose.

use renfort_protocol::{ids::TicketId, people::Name, ticket::Language};
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
    /// The ended ticket that the person no longer wants to see.
    pub left: Option<TicketId>,
}
