//! Business hours: which hours of the week count, in which time zone, and which days are closed.
//!
//! Flow: somebody writes a [`HoursFile`]; with its time zone, found by the caller, it becomes [`Hours`] or says what is
//! wrong with it.
//!
//! Invariant: openings of [`Hours`] never overlap, and at least one hour of the week is open.

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};
use renfort_protocol::figures::{Day, HoursShown, Opening};
use serde::{Deserialize, Serialize};

use crate::period::civil;

/// Most openings of a day.
pub const MAX_OPENINGS: usize = 6;
/// Most closed days in one file: some years of them.
pub const MAX_HOLIDAYS: usize = 500;
const DAY_MINUTES: u16 = 24 * 60;

/// One opening as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningFile {
    /// `08:00`.
    pub from: String,
    /// `18:00`; `24:00` for the end of the day. Before `from` it means the next day.
    pub to: String,
}

/// The week as it is written; a day that is left out is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the days say themselves what they are")]
pub struct WeekFile {
    pub monday: Vec<OpeningFile>,
    pub tuesday: Vec<OpeningFile>,
    pub wednesday: Vec<OpeningFile>,
    pub thursday: Vec<OpeningFile>,
    pub friday: Vec<OpeningFile>,
    pub saturday: Vec<OpeningFile>,
    pub sunday: Vec<OpeningFile>,
}

impl WeekFile {
    fn days(&self) -> [(&'static str, &[OpeningFile]); 7] {
        [
            ("monday", &self.monday),
            ("tuesday", &self.tuesday),
            ("wednesday", &self.wednesday),
            ("thursday", &self.thursday),
            ("friday", &self.friday),
            ("saturday", &self.saturday),
            ("sunday", &self.sunday),
        ]
    }
}

/// Business hours as somebody writes them down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursFile {
    /// IANA name, `Europe/Paris`.
    pub time_zone: String,
    /// Open hours.
    pub week: WeekFile,
    /// Closed days; an opening that begins on one of them does not count.
    #[serde(default)]
    pub holidays: Vec<Day>,
}

impl Default for HoursFile {
    /// Monday to Friday, 08:00 to 18:00, Europe/Paris, no holidays.
    fn default() -> Self {
        let day = || {
            vec![OpeningFile {
                from: "08:00".to_owned(),
                to: "18:00".to_owned(),
            }]
        };
        Self {
            time_zone: "Europe/Paris".to_owned(),
            week: WeekFile {
                monday: day(),
                tuesday: day(),
                wednesday: day(),
                thursday: day(),
                friday: day(),
                ..WeekFile::default()
            },
            holidays: Vec::new(),
        }
    }
}

/// What is wrong with business hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Not a time of day.
    #[error("{day}: {text:?} is not a time of day from 00:00 to 24:00, such as 08:00")]
    Time {
        /// On which day.
        day: &'static str,
        /// What was written.
        text: String,
    },
    /// An opening without length, or one that begins at midnight of the next day.
    #[error("{day}: {from}-{to} is no opening")]
    Empty {
        /// On which day.
        day: &'static str,
        /// Its start.
        from: String,
        /// Its end.
        to: String,
    },
    /// Two openings share time.
    #[error("{0}: two openings overlap")]
    Overlap(&'static str),
    /// More than [`MAX_OPENINGS`].
    #[error("{0}: more than {MAX_OPENINGS} openings")]
    TooManyOpenings(&'static str),
    /// More than [`MAX_HOLIDAYS`].
    #[error("more than {MAX_HOLIDAYS} holidays")]
    TooManyHolidays,
    /// No opening at all.
    #[error("not one hour of the week is open")]
    NeverOpen,
}

/// One opening, in minutes from the beginning of its day; an end after 1440 is on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Minutes {
    pub(crate) from: u16,
    pub(crate) to: u16,
}

/// Checked business hours.
#[derive(Debug, Clone)]
pub struct Hours {
    pub(crate) zone: TimeZone,
    pub(crate) week: [Vec<Minutes>; 7],
    pub(crate) holidays: BTreeSet<Date>,
    file: HoursFile,
}

impl Hours {
    /// Checks what was written. `zone` is the time zone that the file names.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn new(file: HoursFile, zone: TimeZone) -> Result<Self, HoursError> {
        if file.holidays.len() > MAX_HOLIDAYS {
            return Err(HoursError::TooManyHolidays);
        }
        let mut week: [Vec<Minutes>; 7] = Default::default();
        for ((name, written), openings) in file.week.days().into_iter().zip(&mut week) {
            if written.len() > MAX_OPENINGS {
                return Err(HoursError::TooManyOpenings(name));
            }
            for opening in written {
                openings.push(minutes(name, opening)?);
            }
            openings.sort_by_key(|opening| opening.from);
        }
        if week.iter().all(Vec::is_empty) {
            return Err(HoursError::NeverOpen);
        }
        if let Some(day) = overlapping(&week) {
            return Err(HoursError::Overlap(file.week.days()[day].0));
        }
        let holidays = file.holidays.iter().map(|day| civil(*day)).collect();
        Ok(Self {
            zone,
            week,
            holidays,
            file,
        })
    }

    /// The time zone.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// As it was written.
    #[must_use]
    pub const fn file(&self) -> &HoursFile {
        &self.file
    }

    /// As the console shows it, with the holidays from one day to another.
    #[must_use]
    pub fn shown(&self, from: Day, to: Day) -> HoursShown {
        let mut holidays: Vec<Day> = self
            .file
            .holidays
            .iter()
            .copied()
            .filter(|day| (from..=to).contains(day))
            .collect();
        holidays.sort_unstable();
        holidays.dedup();
        HoursShown {
            time_zone: self.file.time_zone.clone(),
            week: self.week.each_ref().map(|openings| {
                let shown = |opening: &Minutes| Opening {
                    from: clock(opening.from),
                    to: if opening.to > DAY_MINUTES {
                        clock(opening.to - DAY_MINUTES)
                    } else {
                        clock(opening.to)
                    },
                };
                openings.iter().map(shown).collect()
            }),
            holidays,
        }
    }

    /// The week in one line: `mon 08:00-18:00, tue 08:00-12:00 14:00-18:00`.
    #[must_use]
    pub fn week_text(&self) -> String {
        let days = self.file.week.days();
        let open = days.iter().zip(&self.week).filter(|(_, openings)| !openings.is_empty());
        let parts: Vec<String> = open
            .map(|((name, _), openings)| {
                let times: Vec<String> = openings
                    .iter()
                    .map(|one| {
                        let to = if one.to > DAY_MINUTES {
                            one.to - DAY_MINUTES
                        } else {
                            one.to
                        };
                        format!("{}-{}", clock(one.from), clock(to))
                    })
                    .collect();
                format!("{} {}", &name[..3], times.join(" "))
            })
            .collect();
        parts.join(", ")
    }
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn minutes(day: &'static str, opening: &OpeningFile) -> Result<Minutes, HoursError> {
    let time = |text: &str| {
        time_of_day(text).ok_or_else(|| HoursError::Time {
            day,
            text: text.chars().take(20).collect(),
        })
    };
    let (from, to) = (time(&opening.from)?, time(&opening.to)?);
    if from == to || from == DAY_MINUTES {
        return Err(HoursError::Empty {
            day,
            from: opening.from.clone(),
            to: opening.to.clone(),
        });
    }
    let to = if to < from { to + DAY_MINUTES } else { to };
    Ok(Minutes { from, to })
}

/// `08:30` in minutes; `24:00` is 1440.
fn time_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| -> Option<u16> {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if plain { text.parse().ok() } else { None }
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= DAY_MINUTES).then_some(all)
}

/// The day of an opening that overlaps with one before it, Sunday night being before Monday morning.
fn overlapping(week: &[Vec<Minutes>; 7]) -> Option<usize> {
    let week_minutes = u32::from(DAY_MINUTES) * 7;
    let mut all: Vec<(u32, u32, usize)> = Vec::new();
    for (day, openings) in week.iter().enumerate() {
        for one in openings {
            // Seven days at most.
            let start = u32::from(DAY_MINUTES) * day as u32;
            all.push((start + u32::from(one.from), start + u32::from(one.to), day));
        }
    }
    let (first, last) = (*all.first()?, *all.last()?);
    if last.1 > first.0 + week_minutes {
        return Some(first.2);
    }
    all.windows(2).find(|pair| pair[0].1 > pair[1].0).map(|pair| pair[1].2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(week: &str) -> Result<Hours, HoursError> {
        let text = format!(r#"{{"time_zone":"UTC","week":{week}}}"#);
        Hours::new(serde_json::from_str(&text).unwrap(), TimeZone::UTC)
    }

    #[test]
    fn the_default_is_a_working_week_and_reads_back() {
        let hours = Hours::new(HoursFile::default(), TimeZone::UTC).unwrap();
        assert_eq!(
            hours.week_text(),
            "mon 08:00-18:00, tue 08:00-18:00, wed 08:00-18:00, thu 08:00-18:00, fri 08:00-18:00"
        );
        let text = serde_json::to_string(hours.file()).unwrap();
        assert_eq!(serde_json::from_str::<HoursFile>(&text).unwrap(), HoursFile::default());
    }

    #[test]
    fn openings_may_be_split_cross_midnight_and_fill_the_day() {
        let split = hours(r#"{"monday":[{"from":"14:00","to":"18:00"},{"from":"08:00","to":"12:00"}]}"#).unwrap();
        assert_eq!(split.week_text(), "mon 08:00-12:00 14:00-18:00");
        let night = hours(r#"{"sunday":[{"from":"22:00","to":"06:00"}],"monday":[{"from":"06:00","to":"08:00"}]}"#);
        assert_eq!(night.unwrap().week_text(), "mon 06:00-08:00, sun 22:00-06:00");
        assert!(hours(r#"{"monday":[{"from":"00:00","to":"24:00"}]}"#).is_ok());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (week, says) in [
            ("{}", "not one hour of the week is open"),
            (
                r#"{"monday":[{"from":"8:00","to":"18:00"}]}"#,
                "monday: \"8:00\" is not a time",
            ),
            (
                r#"{"monday":[{"from":"08:60","to":"18:00"}]}"#,
                "monday: \"08:60\" is not a time",
            ),
            (
                r#"{"monday":[{"from":"08:00","to":"24:01"}]}"#,
                "monday: \"24:01\" is not a time",
            ),
            (
                r#"{"friday":[{"from":"08:00","to":"08:00"}]}"#,
                "friday: 08:00-08:00 is no opening",
            ),
            (
                r#"{"friday":[{"from":"24:00","to":"08:00"}]}"#,
                "friday: 24:00-08:00 is no opening",
            ),
            (
                r#"{"tuesday":[{"from":"08:00","to":"12:00"},{"from":"11:59","to":"18:00"}]}"#,
                "tuesday: two openings overlap",
            ),
            (
                r#"{"sunday":[{"from":"22:00","to":"06:00"}],"monday":[{"from":"05:59","to":"08:00"}]}"#,
                "monday: two openings overlap",
            ),
            (
                r#"{"monday":[{"from":"22:00","to":"06:00"}],"tuesday":[{"from":"05:00","to":"08:00"}]}"#,
                "tuesday: two openings overlap",
            ),
        ] {
            let error = hours(week).unwrap_err().to_string();
            assert!(error.starts_with(says), "{week}: {error}");
        }
        let many = [r#"{"from":"01:00","to":"02:00"}"#; MAX_OPENINGS + 1].join(",");
        assert_eq!(
            hours(&format!(r#"{{"monday":[{many}]}}"#)).unwrap_err(),
            HoursError::TooManyOpenings("monday")
        );
        let file = HoursFile {
            holidays: vec![Day::new(2026, 12, 25).unwrap(); MAX_HOLIDAYS + 1],
            ..HoursFile::default()
        };
        assert_eq!(
            Hours::new(file, TimeZone::UTC).unwrap_err(),
            HoursError::TooManyHolidays
        );
    }

    #[test]
    fn a_misspelt_member_is_refused_instead_of_ignored() {
        for text in [
            r#"{"time_zone":"UTC","week":{"lundi":[]}}"#,
            r#"{"time_zone":"UTC","week":{},"holiday":[]}"#,
            r#"{"time_zone":"UTC","week":{},"holidays":["2026-02-30"]}"#,
            r#"{"week":{}}"#,
        ] {
            assert!(serde_json::from_str::<HoursFile>(text).is_err(), "{text}");
        }
    }
}
