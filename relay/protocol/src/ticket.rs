//! Tickets: what is asked, how urgent it is, where it stands.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ids::{SessionId, TicketId},
    limits::{MAX_ABUSE_CHARS, MAX_NOTE_CHARS, MAX_SUMMARY_CHARS},
    people::{Level, Stated, Technician},
    text::{Line, Text},
    time::UnixMillis,
};

/// The user's own sentence.
pub type Summary = Line<MAX_SUMMARY_CHARS>;
/// A note; once written it is never edited.
pub type NoteText = Text<MAX_NOTE_CHARS>;

/// What a user says of a session that they report as abuse.
pub type AbuseText = Text<MAX_ABUSE_CHARS>;

/// How many people are stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Only me.
    Person,
    /// My team.
    Team,
    /// A whole site or everyone.
    Organisation,
    /// Nobody was asked: the ticket was opened for a call.
    NotStated,
}

impl Impact {
    /// From 0 upwards; what nobody stated counts as one person.
    const fn weight(self) -> u8 {
        match self {
            Self::Person | Self::NotStated => 0,
            Self::Team => 1,
            Self::Organisation => 2,
        }
    }
}

/// How badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// It can wait.
    Low,
    /// I can work, but with difficulty.
    Medium,
    /// I cannot work.
    High,
    /// Nobody was asked: the ticket was opened for a call.
    NotStated,
}

impl Urgency {
    /// From 0 upwards; what nobody stated counts in the middle.
    const fn weight(self) -> u8 {
        match self {
            Self::Low => 0,
            Self::Medium | Self::NotStated => 1,
            Self::High => 2,
        }
    }
}

/// Priority 1 (first) to 5 (last).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "1 | 2 | 3 | 4 | 5")]
pub struct Priority(u8);

impl Priority {
    /// ITIL's matrix: `6 - impact - urgency`, each counted 1 to 3 upwards, so that the highest of both is 1 and the
    /// lowest of both is 5 (ITIL Service Operation, incident prioritisation).
    #[must_use]
    pub const fn of(impact: Impact, urgency: Urgency) -> Self {
        Self(5 - impact.weight() - urgency.weight())
    }

    /// 1 to 5.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// How a technician ends their work on a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The cause is gone.
    Solved,
    /// It is not, and nobody further can help.
    NotSolved,
    /// Handed to a higher level, with all its notes; the ticket waits in that level's queue.
    Escalated {
        /// The level that takes over.
        to: Level,
    },
}

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// In the queue of its level.
    Waiting,
    /// A technician has it.
    Taken,
    /// Solved, as the technician says; the user may say otherwise.
    Solved,
    /// Closed without a solution.
    NotSolved,
    /// The user took the request back while it waited, or while nobody was helping.
    Cancelled,
}

/// One note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Note {
    /// When.
    pub at: UnixMillis,
    /// Who wrote it.
    pub author: Technician,
    /// The text.
    pub text: NoteText,
}

/// A ticket as its own user sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UserTicket {
    /// Its number.
    pub id: TicketId,
    /// What was asked.
    pub summary: Summary,
    /// When it was opened.
    pub opened_at: UnixMillis,
    /// Where it stands.
    pub state: TicketState,
    /// Place in the queue, 1 is next; only while waiting.
    pub position: Option<u32>,
    /// Who has it.
    pub technician: Option<Technician>,
    /// What the technician wrote for the user at the end.
    pub message: Option<NoteText>,
    /// The last session on it, told plainly.
    pub receipt: Option<Receipt>,
    /// What the user answered to "solved?".
    pub feedback: Option<bool>,
    /// The user reported the last session as abuse.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub abuse_reported: bool,
}

/// A ticket as technicians see it in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueEntry {
    /// Its number.
    pub id: TicketId,
    /// What was asked.
    pub summary: Summary,
    /// Who asks.
    pub user: Stated,
    /// The user's language (BCP 47), to be greeted in it.
    pub language: Language,
    /// How many are stuck.
    pub impact: Impact,
    /// How badly.
    pub urgency: Urgency,
    /// Both, as one number.
    pub priority: Priority,
    /// The level whose queue it is in.
    pub level: Level,
    /// Where it stands.
    pub state: TicketState,
    /// When it was opened.
    pub opened_at: UnixMillis,
    /// Since when it waits in this queue (an escalated ticket waits anew).
    pub waiting_since: UnixMillis,
    /// How often it came back.
    pub reopened: u32,
    /// Is the user's app connected now?
    pub user_online: bool,
    /// Who has it.
    pub technician: Option<Technician>,
}

/// A ticket with all that a technician needs to go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TicketDetail {
    /// As in the queue.
    pub entry: QueueEntry,
    /// Oldest first.
    pub notes: Vec<Note>,
    /// Sessions so far, oldest first.
    pub sessions: Vec<Receipt>,
    /// The same device's earlier tickets, newest first, at most 20.
    pub earlier: Vec<EarlierTicket>,
}

/// An earlier ticket of the same device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EarlierTicket {
    /// Its number.
    pub id: TicketId,
    /// What was asked.
    pub summary: Summary,
    /// When.
    pub opened_at: UnixMillis,
    /// How it ended, or where it stands.
    pub state: TicketState,
    /// What the technician wrote for the user.
    pub message: Option<NoteText>,
}

/// Why a ticket left a technician's queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "left", rename_all = "snake_case")]
pub enum Left {
    /// A technician took it.
    Taken {
        /// Who.
        by: Technician,
    },
    /// It was passed on to a higher level.
    Escalated {
        /// Which.
        to: Level,
    },
    /// Its user took it back.
    Cancelled,
    /// It was closed.
    Closed,
    /// Others go on with it.
    Reassigned,
}

/// Languages of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

/// What happened in a session, in figures. Contents are never counted, only how many there were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Receipt {
    /// The session.
    pub session: SessionId,
    /// Who helped.
    pub technician: Technician,
    /// When the user said yes.
    pub started_at: UnixMillis,
    /// When it ended; none while it goes on.
    pub ended_at: Option<UnixMillis>,
    /// Time the screen was seen, in milliseconds.
    pub viewed_ms: u64,
    /// Time control was held, in milliseconds.
    pub controlled_ms: u64,
    /// What was done.
    pub counts: Counts,
    /// How the technician ended it.
    pub outcome: Option<Outcome>,
}

/// How much was done by remote hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Counts {
    /// Keys pressed.
    pub keys: u64,
    /// Buttons pressed.
    pub clicks: u64,
    /// Texts the technician put into the user's clipboard.
    pub clipboard_to_user: u64,
    /// Texts the technician received from the user's clipboard.
    pub clipboard_from_user: u64,
    /// Chat messages, both ways.
    pub chat: u64,
}

impl Counts {
    /// Adds another share of the same session; saturating.
    pub fn add(&mut self, more: &Self) {
        for (sum, part) in [
            (&mut self.keys, more.keys),
            (&mut self.clicks, more.clicks),
            (&mut self.clipboard_to_user, more.clipboard_to_user),
            (&mut self.clipboard_from_user, more.clipboard_from_user),
            (&mut self.chat, more.chat),
        ] {
            *sum = sum.saturating_add(part);
        }
    }

    /// Is there nothing to report?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priority_follows_the_itil_matrix() {
        use {Impact as I, Urgency as U};
        let table = [
            (I::Organisation, U::High, 1),
            (I::Organisation, U::Medium, 2),
            (I::Organisation, U::Low, 3),
            (I::Team, U::High, 2),
            (I::Team, U::Medium, 3),
            (I::Team, U::Low, 4),
            (I::Person, U::High, 3),
            (I::Person, U::Medium, 4),
            (I::Person, U::Low, 5),
            (I::NotStated, U::NotStated, 4),
        ];
        for (impact, urgency, expected) in table {
            assert_eq!(
                Priority::of(impact, urgency).number(),
                expected,
                "{impact:?} {urgency:?}"
            );
        }
    }
}
