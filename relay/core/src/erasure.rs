//! Erasing names and texts of tickets: which parts of a stored record go, for the store and for the desk alike.
//!
//! Flow: the caller looks up what a person has and feeds [`crate::Input::Erase`]; it waits for the tickets' turn like
//! every other work, is written, and then holds in memory too.
//!
//! Invariant: store and desk blank the same parts and count the same versions, so that whatever was planned on the record
//! as it was before does not fit any more, and cannot bring a name back.

use renfort_protocol::{
    article::Author,
    erased,
    ids::{PersonId, TicketId},
    people::{Stated, Technician},
    ticket::Note,
};

use crate::contract::{SessionRecord, TicketRecord};

/// Whose names and texts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureOf {
    /// Of whoever asked for help, with what they asked and what was written about it.
    User,
    /// Of whoever asked and of whoever helped.
    Everybody,
    /// Of one account, wherever it helped or wrote.
    Account(PersonId),
}

/// One erasure, looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The order that it carries out; what it deletes is counted under it, however often it is interrupted.
    pub order: u64,
    /// Whose.
    pub of: ErasureOf,
    /// In which tickets, with their notes and sessions.
    pub tickets: Vec<TicketId>,
    /// Names of the keys to delete, each a [`renfort_audit::actor::KeyScope`] as text.
    pub keys: Vec<String>,
    /// Saved views of the console that go, since they name the person.
    pub views: Vec<u64>,
}

impl ErasureOf {
    const fn user(self) -> bool {
        matches!(self, Self::User | Self::Everybody)
    }

    fn technician(self, id: PersonId) -> bool {
        match self {
            Self::User => false,
            Self::Everybody => true,
            Self::Account(account) => account == id,
        }
    }

    /// Does this ticket, as it stands, keep anything from being erased? What somebody still works with is not.
    #[must_use]
    pub fn is_stopped_by(self, ticket: &TicketRecord, sessions: &[SessionRecord]) -> bool {
        match self {
            Self::User | Self::Everybody => ticket.is_open() || sessions.iter().any(SessionRecord::is_open),
            Self::Account(id) => {
                let has = |technician: &Technician| technician.id == id;
                (ticket.is_open() && ticket.technician.as_ref().is_some_and(has))
                    || sessions
                        .iter()
                        .any(|session| session.is_open() && has(&session.technician))
            }
        }
    }

    /// Blanks a ticket; false when there was nothing to blank.
    #[must_use]
    pub fn blank_ticket(self, record: &mut TicketRecord) -> bool {
        let before = record.clone();
        if self.user() {
            record.user = erased::stated();
            record.summary = erased::summary();
            record.message = record.message.as_ref().map(|_| erased::text());
        }
        if let Some(technician) = &mut record.technician {
            self.blank_technician(technician);
        }
        let changed = *record != before;
        record.version += u64::from(changed);
        changed
    }

    /// Blanks a session; false when there was nothing to blank.
    #[must_use]
    pub fn blank_session(self, record: &mut SessionRecord) -> bool {
        let before: (Stated, Technician) = (record.user.clone(), record.technician.clone());
        if self.user() {
            record.user = erased::stated();
        }
        self.blank_technician(&mut record.technician);
        let changed = before != (record.user.clone(), record.technician.clone());
        record.version += u64::from(changed);
        changed
    }

    /// Blanks a note; false when there was nothing to blank.
    #[must_use]
    pub fn blank_note(self, note: &mut Note) -> bool {
        let before = note.clone();
        if self.user() {
            note.text = erased::text();
        }
        self.blank_technician(&mut note.author);
        *note != before
    }

    /// Blanks the author of an article or a canned reply; false when it is somebody else's.
    #[must_use]
    pub fn blank_author(self, author: &mut Author) -> bool {
        let theirs = matches!(self, Self::Account(id) if id == author.id) && author.name != erased::name();
        if theirs {
            author.name = erased::name();
        }
        theirs
    }

    fn blank_technician(self, technician: &mut Technician) {
        if self.technician(technician.id) {
            technician.name = erased::name();
        }
    }
}
