//! A ticket with all that the log has of it: every session, escalation and return, in one story.
//!
//! `GET ticket/{id}` with [`StoryPart`] answers [`TicketStory`]. A long story comes in parts of at most [`STORY_RECORDS`]
//! records; row, sessions and notes are in each.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{SessionRow, TicketRow, TimelineEntry};
use crate::ticket::{Note, NoteText};

/// Records in one part of a story.
pub const STORY_RECORDS: u32 = 1_000;

/// Which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct StoryPart {
    /// [`TicketStory::next`] of the part before.
    pub from: Option<u64>,
}

/// The story, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TicketStory {
    /// As in the list.
    pub ticket: TicketRow,
    /// All its sessions, oldest first.
    pub sessions: Vec<SessionRow>,
    /// All its notes, oldest first.
    pub notes: Vec<Note>,
    /// What the technician last wrote for the user.
    pub message: Option<NoteText>,
    /// Records, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Number of the record that the next part begins with, when there is one.
    pub next: Option<u64>,
}
