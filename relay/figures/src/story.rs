//! One ticket's way, measured: what counts, when it happened, and how long it took on the business-hours clock.
//!
//! The clock of a ticket stands still while the work waits for its user:
//! - while the user is asked for consent, before a session or during it, until the answer, or until the question is over;
//! - while the user's app has been out of reach for a while;
//! - from a closing until the user says that it is not solved.
//!
//! Invariant: pauses follow each other without overlapping, so no time is taken off twice.

use std::collections::BTreeSet;

use renfort_protocol::{ids::PersonId, people::Level, ticket::Impact, time::UnixMillis};

use crate::{
    calendar::Calendar,
    facts::{Fact, Question, TicketFacts, What},
};

/// A ticket that comes back within this time after a closing was not solved by it, in milliseconds: 7 days.
pub const RETURN_MS: u64 = 7 * 24 * 3_600_000;

/// A technician closed the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// As solved, or not.
    pub solved: bool,
    /// Who.
    pub person: PersonId,
    /// Their level.
    pub level: Level,
    /// Nobody had closed it before.
    pub first: bool,
    /// Nobody else had taken the ticket before.
    pub first_technician: bool,
    /// It had been handed to a higher level before.
    pub escalated: bool,
    /// From opening, in business time without pauses, in milliseconds.
    pub resolution_ms: u64,
    /// From when this technician took it, in business time without pauses, in milliseconds.
    pub handling_ms: u64,
    /// The user's last answer to "is it solved?" after this closing.
    pub answer: Option<bool>,
    /// When the ticket came back after this closing.
    pub came_back: Option<UnixMillis>,
}

impl Closing {
    /// Did the ticket come back within [`RETURN_MS`]?
    #[must_use]
    pub fn returned(&self, closed_at: UnixMillis) -> bool {
        self.came_back.is_some_and(|back| back.since(closed_at) < RETURN_MS)
    }
}

/// Something that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The ticket was opened.
    Opened,
    /// Its user took it back.
    Cancelled,
    /// A technician took it.
    Taken {
        /// Who.
        person: PersonId,
        /// Their level.
        level: Level,
        /// How long it had waited in its queue, as the clock on the wall has it, in milliseconds.
        waited_ms: u64,
        /// For the first time: since opening, in business time without pauses, in milliseconds.
        first_ms: Option<u64>,
    },
    /// It was handed to a higher level.
    Escalated {
        /// By whom.
        person: Option<PersonId>,
        /// From.
        from: Level,
        /// To.
        to: Level,
    },
    /// A technician closed it.
    Closed(Closing),
    /// It came back.
    Reopened,
}

/// A ticket, measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// How many were stuck.
    pub impact: Impact,
    /// The level that has it, or had it last.
    pub level: Level,
    /// When it was opened.
    pub opened_at: UnixMillis,
    /// In order.
    pub moments: Vec<(UnixMillis, Moment)>,
    /// When it was open; the last span may go on.
    pub open: Vec<(UnixMillis, Option<UnixMillis>)>,
}

impl Story {
    /// Measures a ticket. None when its facts do not begin with its opening.
    #[must_use]
    pub fn of(ticket: &TicketFacts, calendar: &Calendar) -> Option<Self> {
        let (opening, rest) = ticket.facts.split_first()?;
        let What::Opened { impact, level, .. } = opening.what else {
            return None;
        };
        let mut teller = Teller {
            calendar,
            pauses: Pauses::default(),
            story: Self {
                impact,
                level,
                opened_at: opening.at,
                moments: vec![(opening.at, Moment::Opened)],
                open: vec![(opening.at, None)],
            },
            holder: None,
            handed_back: None,
            takers: BTreeSet::new(),
            escalated: false,
            last_closing: None,
        };
        for fact in rest {
            teller.tell(fact);
        }
        Some(teller.story)
    }
}

/// Whoever has the ticket, or had it last.
#[derive(Clone, Copy)]
struct Holder {
    person: PersonId,
    level: Level,
    since: UnixMillis,
}

struct Teller<'a> {
    calendar: &'a Calendar,
    pauses: Pauses,
    story: Story,
    holder: Option<Holder>,
    /// Since when it waits again, when its technician left.
    handed_back: Option<UnixMillis>,
    takers: BTreeSet<PersonId>,
    escalated: bool,
    /// Its place among the moments.
    last_closing: Option<usize>,
}

impl Teller<'_> {
    fn tell(&mut self, fact: &Fact) {
        let at = fact.at;
        self.pauses.tell(fact);
        match fact.what {
            What::Taken {
                person,
                level,
                waited_ms,
            } => {
                let first_ms = self
                    .takers
                    .is_empty()
                    .then(|| self.business_ms(self.story.opened_at, at));
                self.takers.insert(person);
                self.holder = Some(Holder {
                    person,
                    level,
                    since: at,
                });
                // A ticket that was handed back kept its place, so the log counts from when it first came into the queue.
                let waited_ms = self.handed_back.take().map_or(waited_ms, |since| at.since(since));
                let taken = Moment::Taken {
                    person,
                    level,
                    waited_ms,
                    first_ms,
                };
                self.story.moments.push((at, taken));
            }
            What::Escalated { from, to } => {
                self.escalated = true;
                self.story.level = to;
                let person = self.holder.map(|holder| holder.person);
                self.story.moments.push((at, Moment::Escalated { person, from, to }));
            }
            What::Closed { solved } => self.close(at, solved),
            What::Cancelled => {
                self.story.moments.push((at, Moment::Cancelled));
                self.shut(at);
            }
            What::Reopened => {
                if let Some(closing) = self.closing() {
                    closing.came_back.get_or_insert(at);
                }
                self.handed_back = None;
                self.story.moments.push((at, Moment::Reopened));
                self.story.open.push((at, None));
            }
            What::Feedback { solved } => {
                if let Some(closing) = self.closing() {
                    closing.answer = Some(solved);
                }
            }
            What::Returned => self.handed_back = Some(at),
            What::Opened { .. }
            | What::Asked { .. }
            | What::Answered { .. }
            | What::SessionEnded
            | What::UserLeft { .. }
            | What::UserBack => {}
        }
    }

    fn close(&mut self, at: UnixMillis, solved: bool) {
        self.shut(at);
        // Only whoever has a ticket can close it.
        let Some(holder) = self.holder else { return };
        let closing = Closing {
            solved,
            person: holder.person,
            level: holder.level,
            first: self.last_closing.is_none(),
            first_technician: self.takers.len() == 1,
            escalated: self.escalated,
            resolution_ms: self.business_ms(self.story.opened_at, at),
            handling_ms: self.business_ms(holder.since, at),
            answer: None,
            came_back: None,
        };
        self.last_closing = Some(self.story.moments.len());
        self.story.moments.push((at, Moment::Closed(closing)));
    }

    fn closing(&mut self) -> Option<&mut Closing> {
        match self.story.moments.get_mut(self.last_closing?) {
            Some((_, Moment::Closed(closing))) => Some(closing),
            _ => None,
        }
    }

    fn shut(&mut self, at: UnixMillis) {
        if let Some((_, end @ None)) = self.story.open.last_mut() {
            *end = Some(at);
        }
    }

    fn business_ms(&self, from: UnixMillis, to: UnixMillis) -> u64 {
        let all = self.calendar.open_ms(from, to);
        let waited: u64 = self
            .pauses
            .spans(to)
            .map(|(start, end)| self.calendar.open_ms(start.max(from), end.min(to)))
            .sum();
        all.saturating_sub(waited)
    }
}

/// When the work waited for the user.
#[derive(Debug, Default)]
struct Pauses {
    over: Vec<(UnixMillis, UnixMillis)>,
    since: Option<UnixMillis>,
    questions: BTreeSet<Question>,
    away: bool,
    closed: bool,
}

impl Pauses {
    fn tell(&mut self, fact: &Fact) {
        let mut from = fact.at;
        match fact.what {
            What::Asked { question } => drop(self.questions.insert(question)),
            What::Answered { question } => drop(self.questions.remove(&question)),
            What::SessionEnded | What::Returned | What::Escalated { .. } => self.questions.clear(),
            What::UserLeft { since } => {
                self.away = true;
                from = since.min(fact.at);
            }
            What::UserBack => self.away = false,
            // At the moment of closing the clock still says how long it took: the pause begins after it.
            What::Closed { .. } | What::Cancelled => {
                self.questions.clear();
                self.closed = true;
            }
            // Whoever says something is there.
            What::Reopened => (self.closed, self.away) = (false, false),
            What::Opened { .. } | What::Taken { .. } | What::Feedback { .. } => {}
        }
        let waits = self.away || self.closed || !self.questions.is_empty();
        match (self.since, waits) {
            (None, true) => {
                let free = self.over.last().map_or(UnixMillis(0), |(_, end)| *end);
                self.since = Some(from.max(free));
            }
            (Some(since), false) => {
                self.over.push((since, fact.at.max(since)));
                self.since = None;
            }
            _ => {}
        }
    }

    /// All pauses, one that goes on being cut at `to`.
    fn spans(&self, to: UnixMillis) -> impl Iterator<Item = (UnixMillis, UnixMillis)> {
        self.over.iter().copied().chain(self.since.map(|since| (since, to)))
    }
}
