//! Saved views: named filters that follow a person from browser to browser.
//!
//! | method and path | body | answer |
//! |---|---|---|
//! | `GET views` | none | all [`SavedView`]s of whoever asks, by name |
//! | `POST views` | [`NewView`] | the [`SavedView`] |
//! | `PUT views/{id}` | [`RenameView`] | 204 |
//! | `DELETE views/{id}` | none | 204 |
//!
//! Invariant: a view holds days and never instants, so that "from 2 March" means the reader's 2 March.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::OutcomeFilter;
use crate::{figures::Day, ids::TicketId, people::Level, text::Line};

/// Views that one account can keep; one more is refused with [`crate::error::Code::TooMany`].
pub const MAX_SAVED_VIEWS: u32 = 50;
/// Longest name of a view, in characters.
pub const MAX_VIEW_NAME_CHARS: usize = 60;
/// Longest text that a filter looks for, in characters.
pub const MAX_SEARCH_CHARS: usize = 80;

/// A view's name; no account has the same one twice, whatever the case.
pub type ViewName = Line<MAX_VIEW_NAME_CHARS>;
/// A text that a filter looks for.
pub type Search = Line<MAX_SEARCH_CHARS>;

/// Which list a view narrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// The sessions.
    Sessions,
    /// The tickets.
    Tickets,
}

/// Where a ticket stands, to filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StateFilter {
    /// Waiting or taken.
    Open,
    /// In a queue.
    Waiting,
    /// A technician has it.
    Taken,
    /// Solved.
    Solved,
    /// Closed without a solution.
    NotSolved,
    /// Taken back by the user.
    Cancelled,
}

/// A stretch of days that ends today, in the reader's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// Today.
    Today,
    /// Today and the six days before.
    Week,
    /// Today and the 29 days before.
    Month,
}

/// A filter as its form shows it. Every member narrows; none means everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ViewFilter {
    /// One ticket.
    pub ticket: Option<TicketId>,
    /// Words to be found in summary, name or machine.
    pub text: Option<Search>,
    /// Part of the user's name or machine.
    pub person: Option<Search>,
    /// Part of the machine's name.
    pub machine: Option<Search>,
    /// A technician's account.
    pub technician: Option<u64>,
    /// The level that has the ticket, or had it last.
    pub level: Option<Level>,
    /// Where the ticket stands.
    pub state: Option<StateFilter>,
    /// How it ended.
    pub outcome: Option<OutcomeFilter>,
    /// Only tickets that came back.
    pub reopened: bool,
    /// Days that end today.
    pub since: Option<Since>,
    /// First day.
    pub from: Option<Day>,
    /// Last day, included.
    pub to: Option<Day>,
}

/// A view as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedView {
    /// Its number, for renaming and deleting.
    pub id: u64,
    /// Its name.
    pub name: ViewName,
    /// Which list.
    pub list: ListKind,
    /// Narrowed to this.
    pub filter: ViewFilter,
}

/// A view to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// Its name.
    pub name: ViewName,
    /// Which list.
    pub list: ListKind,
    /// Narrowed to this.
    pub filter: ViewFilter,
}

/// A view's new name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RenameView {
    /// The name.
    pub name: ViewName,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::DayError;

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for day in ["2026-02-28", "2024-02-29", "2000-02-29", "1970-01-01", "2026-12-31"] {
            assert!(Day::try_from(day.to_owned()).is_ok(), "{day}");
        }
        for wrong in [
            "",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-04-31",
            "26-01-01",
            "2026/01/01",
            "2026-1-01",
            "1969-12-31",
            "2026-01-01Z",
            "+026-01-01",
            "2026-01-é",
        ] {
            assert_eq!(Day::try_from(wrong.to_owned()), Err(DayError), "{wrong:?}");
        }
    }

    #[test]
    fn a_view_with_anything_unknown_or_too_long_is_refused() {
        let read = |json: &str| serde_json::from_str::<NewView>(json);
        assert!(read(r#"{"name":"Mine","list":"tickets","filter":{"level":2,"since":"today"}}"#).is_ok());
        let long = "x".repeat(MAX_VIEW_NAME_CHARS + 1);
        for wrong in [
            r#"{"name":"","list":"tickets","filter":{}}"#.to_owned(),
            format!(r#"{{"name":"{long}","list":"tickets","filter":{{}}}}"#),
            r#"{"name":"a","list":"people","filter":{}}"#.to_owned(),
            r#"{"name":"a","list":"tickets","filter":{"level":4}}"#.to_owned(),
            r#"{"name":"a","list":"tickets","filter":{"sql":"drop"}}"#.to_owned(),
            r#"{"name":"a","list":"tickets","filter":{"from":"yesterday"}}"#.to_owned(),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
