//! Tickets made by hand: Paris, Monday to Friday 08:00 to 18:00, November 2026 (the 2nd is a Monday).

use jiff::{civil, tz::TimeZone};
use renfort_figures::{Calendar, Fact, Hours, HoursFile, Period, Question, Story, Tally, TicketFacts, What};
use renfort_protocol::{
    figures::{FigureGroup, Figures, Grouping},
    ids::{PersonId, TicketId},
    people::Level,
    ticket::{Impact, Urgency},
    time::UnixMillis,
};

pub const MINUTE: u64 = 60_000;
pub const HOUR: u64 = 60 * MINUTE;

/// Technicians of level 1, 1 and 2.
pub const ADA: (u64, Level) = (1, Level::One);
pub const BOB: (u64, Level) = (2, Level::One);
pub const EVE: (u64, Level) = (3, Level::Two);

pub fn zone() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

pub fn hours() -> Hours {
    Hours::new(HoursFile::default(), zone()).unwrap()
}

/// `02 09:30` is 2 November 2026, 09:30.
pub fn at(text: &str) -> UnixMillis {
    let (day, time) = text.split_once(' ').unwrap();
    let datetime: civil::DateTime = format!("2026-11-{day}T{time}").parse().unwrap();
    let timestamp = zone().to_ambiguous_timestamp(datetime).compatible().unwrap();
    UnixMillis(u64::try_from(timestamp.as_millisecond()).unwrap())
}

pub fn calendar() -> Calendar {
    Calendar::new(&hours(), at("01 00:00"), at("30 23:00"))
}

/// A ticket under way.
pub struct Made(pub TicketFacts);

pub fn ticket(number: u64, opened: &str) -> Made {
    ticket_of(number, opened, Impact::Person)
}

pub fn ticket_of(number: u64, opened: &str, impact: Impact) -> Made {
    let what = What::Opened {
        impact,
        urgency: Urgency::Medium,
        level: Level::One,
    };
    let facts = vec![Fact { at: at(opened), what }];
    Made(TicketFacts {
        id: TicketId(number),
        facts,
    })
}

impl Made {
    pub fn then(mut self, when: &str, what: What) -> Self {
        self.0.facts.push(Fact { at: at(when), what });
        self
    }

    pub fn taken(self, when: &str, (person, level): (u64, Level), waited_minutes: u64) -> Self {
        let what = What::Taken {
            person: PersonId(person),
            level,
            waited_ms: waited_minutes * MINUTE,
        };
        self.then(when, what)
    }

    pub fn closed(self, when: &str, solved: bool) -> Self {
        self.then(when, What::Closed { solved })
    }

    pub fn answered(self, when: &str, solved: bool) -> Self {
        let answered = self.then(when, What::Feedback { solved });
        if solved {
            answered
        } else {
            answered.then(when, What::Reopened)
        }
    }

    pub fn asked(self, when: &str, question: Question) -> Self {
        self.then(when, What::Asked { question })
    }

    pub fn replied(self, when: &str, question: Question) -> Self {
        self.then(when, What::Answered { question })
    }

    pub fn escalated(self, when: &str, from: Level, to: Level) -> Self {
        self.then(when, What::Escalated { from, to })
    }

    pub fn story(&self) -> Story {
        Story::of(&self.0, &calendar()).unwrap()
    }
}

pub fn period(from: &str, to: &str, by: Grouping) -> Period {
    let day = |day: &str| format!("2026-11-{day}").parse().unwrap();
    Period::new(&zone(), day(from), day(to), by).unwrap()
}

/// Whole, before and parts of these tickets over a period, as of an instant.
pub fn figures(tickets: &[Made], period: Period, now: &str) -> (Figures, Figures, Vec<FigureGroup>) {
    let mut tally = Tally::new(period, at(now), None, None);
    for made in tickets {
        tally.add(&made.story());
    }
    tally.finish()
}
