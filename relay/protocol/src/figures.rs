//! The team's figures over a period: what the console asks for and gets.
//!
//! | method and path (under `/v1/console/`) | body or query | answer |
//! |---|---|---|
//! | `GET figures` | [`FiguresQuery`] | [`TeamFigures`] |
//! | `GET figures.csv` | [`FiguresQuery`] | the table as a file, one line a group |
//! | `POST figures/person` | [`PersonQuery`] | [`PersonFigures`], after the purpose stands in the audit log |
//!
//! Days are those of the business hours' time zone. Durations are milliseconds; [`Clock`] says on which clock.
//!
//! Invariant: nothing here names a person but the one technician that [`PersonQuery`] names, with a purpose.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ids::PersonId,
    people::{Level, Technician},
    text::Line,
    ticket::Impact,
    time::UnixMillis,
};

/// Longest period, in days.
pub const MAX_PERIOD_DAYS: u32 = 400;
/// Shortest period for one technician's figures, in days: no single day of anybody is looked at.
pub const MIN_PERSON_DAYS: u32 = 7;
/// Of fewer tickets than this, one technician's figures are not shown: they would tell of single cases.
pub const MIN_PERSON_TICKETS: u64 = 5;
/// Shortest purpose, in characters.
pub const MIN_PURPOSE_CHARS: usize = 10;
/// Longest purpose, in characters.
pub const MAX_PURPOSE_CHARS: usize = 500;

/// A day of the Gregorian calendar, `2026-11-23`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that names no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day, such as 2026-11-23")]
pub struct DayError;

impl Day {
    /// Years that make sense here.
    const YEARS: std::ops::RangeInclusive<u16> = 1970..=9998;

    /// The day of these numbers, months and days counted from 1.
    ///
    /// # Errors
    /// When the calendar has no such day, or the year is not 1970 to 9998.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DayError> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return Err(DayError),
        };
        if Self::YEARS.contains(&year) && (1..=last).contains(&day) {
            Ok(Self { year, month, day })
        } else {
            Err(DayError)
        }
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return Err(DayError);
        }
        let number = |from: usize, to: usize| text[from..to].parse::<u16>().map_err(|_| DayError);
        let small = |from, to| number(from, to).and_then(|number| u8::try_from(number).map_err(|_| DayError));
        Self::new(number(0, 4)?, small(5, 7)?, small(8, 10)?)
    }
}

impl TryFrom<String> for Day {
    type Error = DayError;

    fn try_from(text: String) -> Result<Self, DayError> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// What one technician's figures are looked at for: one line of [`MIN_PURPOSE_CHARS`] to [`MAX_PURPOSE_CHARS`]
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Purpose(Line<MAX_PURPOSE_CHARS>);

/// Why a purpose is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PurposeError {
    /// Too little to mean anything.
    #[error("the purpose is shorter than {MIN_PURPOSE_CHARS} characters")]
    TooShort,
    /// No line of text.
    #[error(transparent)]
    Text(#[from] crate::text::TextError),
}

impl Purpose {
    /// Takes the text without the white space around it.
    ///
    /// # Errors
    /// When it is too short, too long, or holds a forbidden character.
    pub fn new(text: impl AsRef<str>) -> Result<Self, PurposeError> {
        let line = Line::new(text)?;
        if line.as_str().chars().nth(MIN_PURPOSE_CHARS - 1).is_none() {
            return Err(PurposeError::TooShort);
        }
        Ok(Self(line))
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<String> for Purpose {
    type Error = PurposeError;

    fn try_from(text: String) -> Result<Self, PurposeError> {
        Self::new(text)
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.0.into()
    }
}

/// How a period is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// By day.
    Day,
    /// By week, beginning on Monday (ISO 8601).
    Week,
    /// By month.
    Month,
}

/// Which period, and which tickets of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FiguresQuery {
    /// The first day.
    pub from: Day,
    /// The last day; at most [`MAX_PERIOD_DAYS`] days in all.
    pub to: Day,
    /// How it is divided.
    pub by: Grouping,
    /// Only tickets that are, or were last, at this level.
    #[serde(default)]
    pub level: Option<Level>,
    /// Only tickets of this impact.
    #[serde(default)]
    pub impact: Option<Impact>,
}

/// A team's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TeamFigures {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// When they were computed.
    pub at: UnixMillis,
    /// Of the whole period.
    pub whole: Figures,
    /// Of as many days just before.
    pub before: Figures,
    /// Of its parts, in order; the first and the last may be cut by the period.
    pub groups: Vec<FigureGroup>,
    /// Which hours count.
    pub hours: HoursShown,
    /// What was asked for (a level, an impact, or fewer than [`MIN_PERSON_DAYS`] days) comes down to the work of one
    /// technician, in the period or in the one before it, so it is not shown: every figure is zero.
    pub one_person: bool,
}

/// Figures of a part of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FigureGroup {
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub to: Day,
    /// Its figures.
    pub figures: Figures,
}

/// What is counted. Each thing belongs to the part of the period in which it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Figures {
    /// Tickets opened.
    pub opened: u64,
    /// Tickets taken back by their users before anybody solved them.
    pub cancelled: u64,
    /// Time in a queue until a technician took the ticket, as the clock on the wall has it; each wait counts by itself.
    pub waiting: Spread,
    /// From opening to the first time a technician took the ticket, in business time.
    pub first_response: Spread,
    /// From opening to the last time the ticket was closed as solved, in business time without waiting for the user.
    pub resolution: Spread,
    /// Closings, by a technician, as solved.
    pub solved: u64,
    /// Closings, by a technician, as not solved.
    pub not_solved: u64,
    /// Tickets that came back from their users.
    pub reopened: u64,
    /// Of tickets closed for the first time: those solved by the first technician, not reopened within 7 days.
    pub first_contact: Share,
    /// Of [`Self::first_contact`]'s part: closed less than 7 days ago, so that they may still come back.
    pub first_contact_open: u64,
    /// Of tickets taken for the first time: those that a technician of level 1 took.
    pub handled_by_first_level: Share,
    /// Of closings as solved: those by a technician of level 1, never escalated.
    pub resolved_by_first_level: Share,
    /// Escalations to a higher level.
    pub escalations: Escalations,
    /// Tickets open at the end of the part, or now if that is earlier, by their age since opening.
    pub backlog: Backlog,
    /// What users answered to "is it solved?".
    pub satisfaction: Satisfaction,
    /// Self-help articles that solved somebody's problem, so that no ticket was opened.
    pub deflections: u64,
}

/// How durations spread. Percentiles are nearest-rank: values that occurred, never in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Spread {
    /// How many there were.
    pub count: u64,
    /// Half of them were at most this long, in milliseconds; none without any.
    pub median_ms: Option<u64>,
    /// Nine of ten were at most this long, in milliseconds; none without any.
    pub p90_ms: Option<u64>,
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Share {
    /// How many.
    pub part: u64,
    /// Of how many.
    pub of: u64,
}

/// Escalations by their levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Escalations {
    /// From level 1 to level 2.
    pub one_to_two: u64,
    /// From level 1 to level 3.
    pub one_to_three: u64,
    /// From level 2 to level 3.
    pub two_to_three: u64,
}

impl Escalations {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.one_to_two + self.one_to_three + self.two_to_three
    }
}

/// Open tickets by age since opening, as the clock on the wall has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Backlog {
    /// Under 4 hours.
    pub hours: u64,
    /// 4 hours to 1 day.
    pub day: u64,
    /// 1 to 3 days.
    pub three_days: u64,
    /// 3 to 7 days.
    pub week: u64,
    /// 7 to 30 days.
    pub month: u64,
    /// 30 days and more.
    pub older: u64,
}

/// What users answered to "is it solved?", the one question they are asked after each closing. It is a statement about
/// the ticket, not a mark for anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Satisfaction {
    /// Closings after which the question was asked.
    pub asked: u64,
    /// Those that were answered.
    pub answered: u64,
    /// Those that were answered with "solved".
    pub solved: u64,
}

/// The hours that count as business time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HoursShown {
    /// The time zone's IANA name.
    pub time_zone: String,
    /// Monday to Sunday; each day's opening times, in order, as `08:00`; an end before its start is on the next day.
    pub week: [Vec<Opening>; 7],
    /// Closed days inside the period, in order.
    pub holidays: Vec<Day>,
}

/// From one time of day to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Opening {
    /// `08:00`.
    pub from: String,
    /// `18:00`; `24:00` is midnight at the end of the day.
    pub to: String,
}

/// One technician's figures, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PersonQuery {
    /// The technician's account.
    pub technician: PersonId,
    /// What for.
    pub purpose: Purpose,
    /// The first day.
    pub from: Day,
    /// The last day; [`MIN_PERSON_DAYS`] to [`MAX_PERIOD_DAYS`] days in all.
    pub to: Day,
}

/// One technician's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonFigures {
    /// Whose.
    pub technician: Technician,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// None when they had fewer than [`MIN_PERSON_TICKETS`] tickets in the period.
    pub figures: Option<OnePerson>,
}

/// What is counted of one technician.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct OnePerson {
    /// Different tickets that they took.
    pub tickets: u64,
    /// Closings as solved.
    pub solved: u64,
    /// Closings as not solved.
    pub not_solved: u64,
    /// Tickets that they handed to a higher level.
    pub escalated: u64,
    /// Of their closings: those after which the ticket came back within 7 days.
    pub reopened: Share,
    /// From taking a ticket to closing it, in business time without waiting for the user.
    pub handling: Spread,
    /// What users answered after their closings.
    pub satisfaction: Satisfaction,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_back_and_days_that_do_not_exist_are_refused() {
        for text in ["2026-11-23", "2028-02-29", "2000-02-29", "1970-01-01", "9998-12-31"] {
            assert_eq!(text.parse::<Day>().map(|day| day.to_string()), Ok(text.to_owned()));
        }
        for wrong in [
            "",
            "2026-02-29",
            "2100-02-29",
            "2026-04-31",
            "2026-00-10",
            "2026-13-01",
            "2026-01-00",
            "1969-12-31",
            "9999-01-01",
            "2026-1-1",
            "+026-01-01",
            "2026/01/01",
            "2026-01-01T",
            "２０２６-01-01",
            "é026-01-0",
        ] {
            assert_eq!(wrong.parse::<Day>(), Err(DayError), "{wrong:?}");
        }
    }

    #[test]
    fn days_are_ordered_as_the_calendar_has_them() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert!(day("2026-09-30") < day("2026-10-01"));
        assert!(day("2025-12-31") < day("2026-01-01"));
    }

    #[test]
    fn a_purpose_says_something_within_bounds_and_is_never_printed() {
        assert!(Purpose::new("x".repeat(MIN_PURPOSE_CHARS)).is_ok());
        assert!(Purpose::new("é".repeat(MAX_PURPOSE_CHARS)).is_ok());
        assert_eq!(Purpose::new("  too short  "), Purpose::new("too short"));
        assert_eq!(Purpose::new("   short   "), Err(PurposeError::TooShort));
        assert!(Purpose::new("x".repeat(MAX_PURPOSE_CHARS + 1)).is_err());
        assert!(Purpose::new("two lines\nof purpose").is_err());
        assert!(!format!("{:?}", Purpose::new("yearly review of Bob").unwrap()).contains("Bob"));
    }

    #[test]
    fn a_query_with_anything_unknown_or_out_of_bounds_is_refused() {
        let good = r#"{"from":"2026-01-01","to":"2026-01-31","by":"week","level":1,"impact":"team"}"#;
        assert!(serde_json::from_str::<FiguresQuery>(good).is_ok());
        for (was, becomes) in [
            ("2026-01-31", "2026-01-32"),
            ("\"week\"", "\"year\""),
            ("\"level\":1", "\"level\":4"),
            ("\"team\"", "\"nobody\""),
            ("\"impact\"", "\"person\""),
        ] {
            let bad = good.replace(was, becomes);
            assert!(serde_json::from_str::<FiguresQuery>(&bad).is_err(), "{bad}");
        }
    }
}
