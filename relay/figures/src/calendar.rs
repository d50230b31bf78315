//! The business-hours clock: how much open time lies between two instants.
//!
//! Flow: [`Calendar::new`] writes every opening of a span of days down as a pair of instants, with the time zone's rules
//! for each day; a question is then a search.
//!
//! Invariant: open time is additive (from a to b and from b to c is from a to c), never negative and never more than the
//! time on the wall.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use renfort_protocol::time::UnixMillis;

use crate::hours::Hours;

/// Longest span of a calendar, in days, counted back from its end. What lies before has no open time.
const MAX_DAYS: i64 = 4_000;

/// One opening, with the open time before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    from: u64,
    to: u64,
    before: u64,
}

/// Open time over a span of days.
#[derive(Debug, Clone)]
pub struct Calendar {
    openings: Vec<Open>,
}

impl Calendar {
    /// Every opening that touches the time from one instant to another.
    #[must_use]
    pub fn new(hours: &Hours, from: UnixMillis, to: UnixMillis) -> Self {
        let last = date_of(&hours.zone, to);
        let mut date = date_of(&hours.zone, from).max(last.saturating_sub(jiff::Span::new().days(MAX_DAYS)));
        // An opening that began the evening before may reach into the first day.
        date = date.yesterday().unwrap_or(date);
        let mut spans = Vec::new();
        while date <= last {
            if !hours.holidays.contains(&date) {
                let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
                for one in &hours.week[weekday] {
                    let (start, end) = (instant(&hours.zone, date, one.from), instant(&hours.zone, date, one.to));
                    if let (Some(start), Some(end)) = (start, end)
                        && start < end
                    {
                        spans.push((start, end));
                    }
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        Self::of_spans(spans)
    }

    /// Where the clock is put forward, the end of one opening can come after the start of the next: they are one.
    fn of_spans(mut spans: Vec<(u64, u64)>) -> Self {
        spans.sort_unstable();
        let mut openings: Vec<Open> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match openings.last_mut() {
                Some(last) if from <= last.to => last.to = last.to.max(to),
                last => {
                    let before = last.map_or(0, |last| last.before + (last.to - last.from));
                    openings.push(Open { from, to, before });
                }
            }
        }
        Self { openings }
    }

    /// Open time between two instants, in milliseconds; zero when the second comes before the first.
    #[must_use]
    pub fn open_ms(&self, from: UnixMillis, to: UnixMillis) -> u64 {
        self.until(to).saturating_sub(self.until(from))
    }

    /// Open time from the calendar's beginning.
    fn until(&self, at: UnixMillis) -> u64 {
        let begun = self.openings.partition_point(|open| open.from <= at.0);
        match begun.checked_sub(1).map(|last| self.openings[last]) {
            Some(open) => open.before + (at.0.min(open.to) - open.from),
            None => 0,
        }
    }
}

/// The day on which an instant falls.
pub(crate) fn date_of(zone: &TimeZone, at: UnixMillis) -> Date {
    let timestamp = i64::try_from(at.0)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok())
        .unwrap_or(Timestamp::MAX);
    zone.to_datetime(timestamp).date()
}

/// The instant so many minutes into a day, as clocks show them: a time that the clock skips is taken as if it had not
/// been put forward, a time that comes twice is the first one (RFC 5545, 3.3.5).
pub(crate) fn instant(zone: &TimeZone, date: Date, minutes: u16) -> Option<u64> {
    let (date, minutes) = if minutes >= 24 * 60 {
        (date.tomorrow().ok()?, minutes - 24 * 60)
    } else {
        (date, minutes)
    };
    let hour = i8::try_from(minutes / 60).ok()?;
    let minute = i8::try_from(minutes % 60).ok()?;
    let timestamp = zone
        .to_ambiguous_timestamp(date.at(hour, minute, 0, 0))
        .compatible()
        .ok()?;
    u64::try_from(timestamp.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;
    use crate::hours::HoursFile;

    const HOUR: u64 = 3_600_000;

    fn paris() -> TimeZone {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
    }

    fn at(text: &str) -> UnixMillis {
        let datetime: civil::DateTime = text.parse().unwrap();
        let timestamp = paris().to_ambiguous_timestamp(datetime).compatible().unwrap();
        UnixMillis(u64::try_from(timestamp.as_millisecond()).unwrap())
    }

    fn calendar(file: &str) -> Calendar {
        let file: HoursFile = serde_json::from_str(file).unwrap();
        let hours = Hours::new(file, paris()).unwrap();
        Calendar::new(&hours, at("2026-01-01T00:00"), at("2026-12-31T00:00"))
    }

    fn working_week() -> Calendar {
        calendar(&serde_json::to_string(&HoursFile::default()).unwrap())
    }

    #[test]
    fn inside_one_day_it_is_the_time_on_the_wall() {
        let calendar = working_week();
        assert_eq!(
            calendar.open_ms(at("2026-11-23T09:00"), at("2026-11-23T11:30")),
            2 * HOUR + HOUR / 2
        );
    }

    #[test]
    fn nights_weekends_and_holidays_do_not_count() {
        let calendar = working_week();
        // Monday 17:00 to Tuesday 09:00.
        assert_eq!(
            calendar.open_ms(at("2026-11-23T17:00"), at("2026-11-24T09:00")),
            2 * HOUR
        );
        // Friday 17:30 to Monday 08:30.
        assert_eq!(calendar.open_ms(at("2026-11-27T17:30"), at("2026-11-30T08:30")), HOUR);
        // The whole night, the whole weekend.
        assert_eq!(calendar.open_ms(at("2026-11-23T18:00"), at("2026-11-24T08:00")), 0);
        assert_eq!(calendar.open_ms(at("2026-11-28T00:00"), at("2026-11-30T00:00")), 0);
        let with_holiday = serde_json::to_string(&HoursFile {
            holidays: vec!["2026-11-24".parse().unwrap()],
            ..HoursFile::default()
        });
        let calendar = super::tests::calendar(&with_holiday.unwrap());
        // Monday 17:00 to Wednesday 09:00, Tuesday closed.
        assert_eq!(
            calendar.open_ms(at("2026-11-23T17:00"), at("2026-11-25T09:00")),
            2 * HOUR
        );
    }

    #[test]
    fn a_day_on_which_the_clock_changes_has_its_own_length() {
        let always = r#"{"time_zone":"x","week":{"saturday":[{"from":"00:00","to":"24:00"}],"sunday":[{"from":"00:00","to":"24:00"}]}}"#;
        let calendar = calendar(always);
        let day = |from: &str, to: &str| calendar.open_ms(at(from), at(to));
        // 29 March 2026 has 23 hours, 25 October 25.
        assert_eq!(day("2026-03-29T00:00", "2026-03-30T00:00"), 23 * HOUR);
        assert_eq!(day("2026-10-25T00:00", "2026-10-26T00:00"), 25 * HOUR);
        // Business hours by day are the same as ever.
        let by_day = super::tests::calendar(r#"{"time_zone":"x","week":{"sunday":[{"from":"08:00","to":"18:00"}]}}"#);
        assert_eq!(
            by_day.open_ms(at("2026-03-29T00:00"), at("2026-03-30T00:00")),
            10 * HOUR
        );
    }

    #[test]
    fn an_opening_across_midnight_belongs_to_the_day_it_begins_on() {
        let night = calendar(
            r#"{"time_zone":"x","week":{"saturday":[{"from":"22:00","to":"06:00"}]},"holidays":["2026-11-28"]}"#,
        );
        // An ordinary night, and the nights before the clock is put forward and back.
        assert_eq!(night.open_ms(at("2026-11-21T00:00"), at("2026-11-23T00:00")), 8 * HOUR);
        assert_eq!(night.open_ms(at("2026-11-22T05:00"), at("2026-11-22T12:00")), HOUR);
        assert_eq!(night.open_ms(at("2026-03-28T12:00"), at("2026-03-29T12:00")), 7 * HOUR);
        assert_eq!(night.open_ms(at("2026-10-24T12:00"), at("2026-10-25T12:00")), 9 * HOUR);
        // Its Saturday is a holiday, so the Sunday morning is closed too.
        assert_eq!(night.open_ms(at("2026-11-28T00:00"), at("2026-11-30T00:00")), 0);
    }

    #[test]
    fn openings_around_a_skipped_hour_do_not_count_twice() {
        // On 29 March 2026 it is never 02:30: that opening runs to 03:30, as the next one does from 03:00 on.
        let calendar = calendar(
            r#"{"time_zone":"x","week":{"sunday":[{"from":"01:00","to":"02:30"},{"from":"02:40","to":"03:00"},{"from":"03:00","to":"04:00"}]}}"#,
        );
        assert_eq!(
            calendar.open_ms(at("2026-03-29T00:00"), at("2026-03-30T00:00")),
            2 * HOUR
        );
        assert_eq!(
            calendar.open_ms(at("2026-11-22T00:00"), at("2026-11-23T00:00")),
            2 * HOUR + HOUR / 2 + HOUR / 3
        );
    }

    #[test]
    fn backwards_nothing_is_open() {
        let calendar = working_week();
        assert_eq!(calendar.open_ms(at("2026-11-23T11:00"), at("2026-11-23T09:00")), 0);
    }

    #[test]
    fn before_and_after_the_calendar_nothing_is_open() {
        let calendar = working_week();
        assert_eq!(calendar.open_ms(UnixMillis(0), at("2025-12-01T00:00")), 0);
        assert_eq!(calendar.open_ms(at("2027-02-01T00:00"), UnixMillis(u64::MAX)), 0);
    }
}
