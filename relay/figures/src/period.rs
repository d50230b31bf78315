//! Periods: days of the business hours' time zone, divided by day, week or month, and as many days just before.
//!
//! Invariant: the parts follow each other without gaps and cover the period exactly.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use renfort_protocol::{
    figures::{Day, Grouping, MAX_PERIOD_DAYS},
    time::UnixMillis,
};

use crate::calendar::instant;

/// What is wrong with a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It ends before it begins.
    #[error("the period ends before it begins")]
    Order,
    /// It has more than [`MAX_PERIOD_DAYS`] days.
    #[error("the period has more than {MAX_PERIOD_DAYS} days")]
    TooLong,
}

/// A part of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its first day.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// Its first instant.
    pub from: UnixMillis,
    /// The first instant after it.
    pub to: UnixMillis,
}

impl Part {
    fn of(zone: &TimeZone, first: Date, last: Date) -> Self {
        Self {
            first: day(first),
            last: day(last),
            from: start(zone, first),
            to: start(zone, last.tomorrow().unwrap_or(last)),
        }
    }

    /// Does this instant lie in it?
    #[must_use]
    pub fn has(&self, at: UnixMillis) -> bool {
        self.from <= at && at < self.to
    }
}

/// A period with its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// All of it.
    pub whole: Part,
    /// As many days just before.
    pub before: Part,
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// How many days it has.
    pub days: u32,
}

impl Period {
    /// From one day to another, both included.
    ///
    /// # Errors
    /// When that is no period, or one too long.
    pub fn new(zone: &TimeZone, from: Day, to: Day, by: Grouping) -> Result<Self, PeriodError> {
        let (first, last) = (civil(from), civil(to));
        if last < first {
            return Err(PeriodError::Order);
        }
        // Both are days of some thousand years at most.
        let days = u32::try_from(first.duration_until(last).as_hours() / 24 + 1).unwrap_or(u32::MAX);
        if days > MAX_PERIOD_DAYS {
            return Err(PeriodError::TooLong);
        }
        let mut parts = Vec::new();
        let mut begins = first;
        while begins <= last {
            let ends = end_of(begins, by).min(last);
            parts.push(Part::of(zone, begins, ends));
            let Ok(next) = ends.tomorrow() else { break };
            begins = next;
        }
        let earliest = Date::constant(1970, 1, 1);
        let before_last = first.yesterday().unwrap_or(first).max(earliest);
        let before_first = first.saturating_sub(i64::from(days).days()).max(earliest);
        Ok(Self {
            whole: Part::of(zone, first, last),
            before: Part::of(zone, before_first, before_last.max(before_first)),
            parts,
            days,
        })
    }
}

/// The last day of the part to which a day belongs.
fn end_of(date: Date, by: Grouping) -> Date {
    match by {
        Grouping::Day => date,
        Grouping::Week => {
            let to_sunday = 6 - i64::from(date.weekday().to_monday_zero_offset());
            date.saturating_add(to_sunday.days())
        }
        Grouping::Month => date.last_of_month(),
    }
}

/// The first instant of a day.
fn start(zone: &TimeZone, date: Date) -> UnixMillis {
    UnixMillis(instant(zone, date, 0).unwrap_or(0))
}

/// A day as the calendar library has it.
///
/// # Panics
/// Never: a [`Day`] exists in the calendar.
#[must_use]
pub fn civil(day: Day) -> Date {
    let number = |number: u8| i8::try_from(number).expect("months and days are below 32");
    let year = i16::try_from(day.year()).expect("years are below 9999");
    Date::new(year, number(day.month()), number(day.day())).expect("a day exists in the calendar")
}

/// Back again; days outside of [`Day`]'s years become its first one.
///
/// # Panics
/// Never: the first day of 1970 exists.
#[must_use]
pub fn day(date: Date) -> Day {
    let number = |number: i8| u8::try_from(number).unwrap_or(0);
    u16::try_from(date.year())
        .ok()
        .and_then(|year| Day::new(year, number(date.month()), number(date.day())).ok())
        .unwrap_or_else(|| Day::new(1970, 1, 1).expect("this day exists"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
    }

    fn period(from: &str, to: &str, by: Grouping) -> Result<Period, PeriodError> {
        Period::new(&paris(), from.parse().unwrap(), to.parse().unwrap(), by)
    }

    fn days(parts: &[Part]) -> Vec<(String, String)> {
        parts
            .iter()
            .map(|part| (part.first.to_string(), part.last.to_string()))
            .collect()
    }

    #[test]
    fn weeks_begin_on_monday_and_are_cut_by_the_period() {
        let period = period("2026-10-28", "2026-11-10", Grouping::Week).unwrap();
        let expected = [
            ("2026-10-28", "2026-11-01"),
            ("2026-11-02", "2026-11-08"),
            ("2026-11-09", "2026-11-10"),
        ];
        assert_eq!(days(&period.parts), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(
            (period.before.first.to_string(), period.before.last.to_string()),
            ("2026-10-14".into(), "2026-10-27".into())
        );
    }

    #[test]
    fn months_and_days_cover_the_period_without_gaps() {
        for by in [Grouping::Day, Grouping::Week, Grouping::Month] {
            let period = period("2026-01-15", "2026-04-02", by).unwrap();
            assert_eq!(period.days, 78);
            assert_eq!(period.parts[0].from, period.whole.from);
            assert_eq!(period.parts.last().unwrap().to, period.whole.to);
            assert!(period.parts.windows(2).all(|pair| pair[0].to == pair[1].from));
            assert_eq!(period.before.to, period.whole.from);
        }
        assert_eq!(
            period("2026-01-15", "2026-04-02", Grouping::Month).unwrap().parts.len(),
            4
        );
    }

    #[test]
    fn a_day_on_which_the_clock_changes_is_as_long_as_it_is() {
        let day = |day: &str| period(day, day, Grouping::Day).unwrap().whole;
        assert_eq!(day("2026-03-29").to.since(day("2026-03-29").from), 23 * 3_600_000);
        assert_eq!(day("2026-10-25").to.since(day("2026-10-25").from), 25 * 3_600_000);
        assert_eq!(day("2026-11-23").to.since(day("2026-11-23").from), 24 * 3_600_000);
    }

    #[test]
    fn a_period_backwards_or_too_long_is_refused() {
        assert_eq!(
            period("2026-02-02", "2026-02-01", Grouping::Day).unwrap_err(),
            PeriodError::Order
        );
        assert!(period("2026-01-01", "2027-02-04", Grouping::Day).is_ok(), "400 days");
        assert_eq!(
            period("2026-01-01", "2027-02-05", Grouping::Day).unwrap_err(),
            PeriodError::TooLong
        );
        assert!(period("1970-01-01", "1970-01-01", Grouping::Day).is_ok());
        assert!(period("9998-12-31", "9998-12-31", Grouping::Month).is_ok());
    }
}
