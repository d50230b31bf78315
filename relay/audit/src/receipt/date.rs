//! Dates and times of day, told by a clock so many minutes before UTC.

use renfort_protocol::{ticket::Language, time::UnixMillis};

/// The last millisecond of the year 9999; later instants are told as this.
const LAST: u64 = 253_402_300_799_999;
const DAY_MS: u64 = 24 * 60 * 60_000;
/// The Gregorian calendar repeats itself after 400 years.
const CYCLE_DAYS: u64 = 146_097;

const EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// Reads instants as people do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub(super) language: Language,
    pub(super) utc_offset: i16,
}

impl Clock {
    fn local(self, at: UnixMillis) -> u64 {
        let shifted =
            at.0.min(LAST)
                .saturating_add_signed(i64::from(self.utc_offset) * 60_000);
        shifted.min(LAST)
    }

    /// `14:03:05`.
    pub(super) fn time(self, at: UnixMillis) -> String {
        let seconds = self.local(at) % DAY_MS / 1_000;
        format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }

    /// `12 March 2026 at 14:03:05`.
    pub(super) fn moment(self, at: UnixMillis) -> String {
        let (year, month, day) = civil(self.local(at) / DAY_MS);
        let time = self.time(at);
        match self.language {
            Language::En => format!("{day} {} {year} at {time}", EN[month]),
            Language::Fr if day == 1 => format!("1er {} {year} à {time}", FR[month]),
            Language::Fr => format!("{day} {} {year} à {time}", FR[month]),
        }
    }

    /// `UTC+01:00`.
    pub(super) fn zone(self) -> String {
        let minutes = self.utc_offset.unsigned_abs();
        let sign = if self.utc_offset < 0 { '\u{2212}' } else { '+' };
        format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// Year, month from 0, and day from 1, of a day since 1970-01-01.
fn civil(days: u64) -> (u64, usize, u64) {
    let mut year = 1970 + days / CYCLE_DAYS * 400;
    let mut left = days % CYCLE_DAYS;
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if left < length {
            break;
        }
        left -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while left >= lengths[month] {
        left -= lengths[month];
        month += 1;
    }
    (year, month, left + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_in_both_languages_and_by_the_clock_of_the_place() {
        let at = UnixMillis(1_709_247_845_000);
        let clock = |language, utc_offset| Clock { language, utc_offset };
        assert_eq!(clock(Language::En, 0).moment(at), "29 February 2024 at 23:04:05");
        assert_eq!(clock(Language::Fr, 60).moment(at), "1er mars 2024 à 00:04:05");
        assert_eq!(clock(Language::En, -330).moment(at), "29 February 2024 at 17:34:05");
        assert_eq!(clock(Language::Fr, -330).zone(), "UTC\u{2212}05:30");
        assert_eq!(
            clock(Language::En, -60).moment(UnixMillis(0)),
            "1 January 1970 at 00:00:00"
        );
        assert_eq!(
            clock(Language::En, 60).moment(UnixMillis(u64::MAX)),
            "31 December 9999 at 23:59:59"
        );
        assert_eq!(
            clock(Language::En, 0).moment(UnixMillis(4_102_444_800_000)),
            "1 January 2100 at 00:00:00"
        );
        assert_eq!(
            clock(Language::En, 0).moment(UnixMillis(4_107_542_400_000)),
            "1 March 2100 at 00:00:00"
        );
    }
}
