//! The team's figures, computed from plain facts about tickets: no store, no clock, no names, no texts.
//!
//! Flow: the caller gives [`Fact`]s of one ticket after another; [`Story::of`] measures each on the business-hours clock
//! of a [`Calendar`]; a [`Tally`] adds the stories up over the parts of a [`Period`]; [`Tally::finish`] gives the figures.
//!
//! Invariant: the same facts, hours and instant give the same figures, whatever was asked before.

#![forbid(unsafe_code)]

mod calendar;
mod facts;
mod hours;
mod percentile;
mod period;
mod person;
mod story;
mod tally;

pub use self::{
    calendar::Calendar,
    facts::{Fact, Question, TicketFacts, What},
    hours::{Hours, HoursError, HoursFile, MAX_HOLIDAYS, MAX_OPENINGS, OpeningFile, WeekFile},
    percentile::{nearest_rank, spread},
    period::{Part, Period, PeriodError},
    person::PersonTally,
    story::{Closing, Moment, RETURN_MS, Story},
    tally::Tally,
};
