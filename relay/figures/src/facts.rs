//! What the figures are made of: what happened to a ticket, when, and by whose account; nothing that anybody wrote.

use renfort_protocol::{
    ids::{PersonId, TicketId},
    people::Level,
    ticket::{Impact, Urgency},
    time::UnixMillis,
};
use serde::{Deserialize, Serialize};

/// A question to the user that holds the work up until it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// May this technician see the screen? (Before a session.)
    Session,
    /// May they see it again?
    View,
    /// May they control it?
    Control,
    /// May they use the clipboard?
    Clipboard,
}

/// What happened to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// The user opened it.
    Opened {
        /// How many are stuck.
        impact: Impact,
        /// How badly.
        urgency: Urgency,
        /// Whose queue it went to.
        level: Level,
    },
    /// A technician took it.
    Taken {
        /// Who.
        person: PersonId,
        /// Their level.
        level: Level,
        /// Time since it came into this queue, in milliseconds; whoever had it and handed it back in between counts too.
        waited_ms: u64,
    },
    /// The user was asked something.
    Asked {
        /// What.
        question: Question,
    },
    /// The question is over: answered, lapsed or taken back.
    Answered {
        /// Which.
        question: Question,
    },
    /// The session ended, and with it every question.
    SessionEnded,
    /// The user's app has been out of reach since this instant.
    UserLeft {
        /// Since when.
        since: UnixMillis,
    },
    /// The user's app can be reached again.
    UserBack,
    /// Handed to a higher level.
    Escalated {
        /// From.
        from: Level,
        /// To.
        to: Level,
    },
    /// Back to the queue, because its technician left.
    Returned,
    /// Closed by a technician.
    Closed {
        /// As solved, or not.
        solved: bool,
    },
    /// Taken back by its user.
    Cancelled,
    /// The user's answer to "is it solved?".
    Feedback {
        /// Yes or no.
        solved: bool,
    },
    /// It came back.
    Reopened,
}

impl What {
    /// Is the ticket open after this? None when this does not change it.
    #[must_use]
    pub const fn opens(&self) -> Option<bool> {
        match self {
            Self::Opened { .. } | Self::Reopened => Some(true),
            Self::Closed { .. } | Self::Cancelled => Some(false),
            _ => None,
        }
    }
}

/// One fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// When.
    pub at: UnixMillis,
    /// What.
    pub what: What,
}

/// All facts of one ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketFacts {
    /// The ticket.
    pub id: TicketId,
    /// In the order in which they happened; the first is [`What::Opened`].
    pub facts: Vec<Fact>,
}
