//! Adding up: the stories of many tickets become the figures of a period, of its parts and of the period before.
//!
//! Each thing belongs to the part in which it happened: a wait to the part in which it ended, a resolution to the one in
//! which the ticket was closed. The ticket's later fate (it came back, the user answered) counts there too, so figures of
//! the last days still change.
//!
//! Invariant: memory grows with the durations that are counted, never with the facts that they come from.

use std::collections::BTreeSet;

use renfort_protocol::{
    figures::{Backlog, Escalations, FigureGroup, Figures, Share},
    ids::PersonId,
    people::Level,
    ticket::Impact,
    time::UnixMillis,
};

use crate::{
    percentile::spread,
    period::{Part, Period},
    story::{Closing, Moment, RETURN_MS, Story},
};

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// One part's figures while they are counted.
#[derive(Debug, Default)]
struct Sum {
    figures: Figures,
    waiting: Vec<u64>,
    first_response: Vec<u64>,
    resolution: Vec<u64>,
}

impl Sum {
    fn finish(self) -> Figures {
        Figures {
            waiting: spread(self.waiting),
            first_response: spread(self.first_response),
            resolution: spread(self.resolution),
            ..self.figures
        }
    }

    fn add(&mut self, at: UnixMillis, moment: &Moment, now: UnixMillis) {
        let to = &mut self.figures;
        match moment {
            Moment::Opened => to.opened += 1,
            Moment::Cancelled => to.cancelled += 1,
            Moment::Taken {
                level,
                waited_ms,
                first_ms,
                ..
            } => {
                self.waiting.push(*waited_ms);
                if let Some(first_ms) = first_ms {
                    self.first_response.push(*first_ms);
                    count(&mut to.handled_by_first_level, *level == Level::One);
                }
            }
            Moment::Escalated { from, to: level, .. } => escalated(&mut to.escalations, *from, *level),
            Moment::Reopened => to.reopened += 1,
            Moment::Closed(closing) => self.close(at, closing, now),
        }
    }

    fn close(&mut self, at: UnixMillis, closing: &Closing, now: UnixMillis) {
        let to = &mut self.figures;
        to.satisfaction.asked += 1;
        if let Some(solved) = closing.answer {
            to.satisfaction.answered += 1;
            to.satisfaction.solved += u64::from(solved);
        }
        if closing.solved {
            to.solved += 1;
            let first_level = closing.level == Level::One && !closing.escalated;
            count(&mut to.resolved_by_first_level, first_level);
            if closing.came_back.is_none() {
                self.resolution.push(closing.resolution_ms);
            }
        } else {
            to.not_solved += 1;
        }
        if closing.first {
            let contact = closing.solved && closing.first_technician && !closing.escalated && !closing.returned(at);
            count(&mut to.first_contact, contact);
            to.first_contact_open += u64::from(contact && now.since(at) < RETURN_MS);
        }
    }
}

fn count(share: &mut Share, part: bool) {
    share.of += 1;
    share.part += u64::from(part);
}

fn escalated(to: &mut Escalations, from: Level, level: Level) {
    match (from, level) {
        (Level::One, Level::Two) => to.one_to_two += 1,
        (Level::One, _) => to.one_to_three += 1,
        _ => to.two_to_three += 1,
    }
}

/// Adds stories up.
#[derive(Debug)]
pub struct Tally {
    period: Period,
    now: UnixMillis,
    level: Option<Level>,
    impact: Option<Impact>,
    whole: Sum,
    before: Sum,
    parts: Vec<Sum>,
    takers: BTreeSet<PersonId>,
    takers_before: BTreeSet<PersonId>,
}

impl Tally {
    /// Of this period as things stand now, of tickets of this level and impact only.
    #[must_use]
    pub fn new(period: Period, now: UnixMillis, level: Option<Level>, impact: Option<Impact>) -> Self {
        Self {
            parts: period.parts.iter().map(|_| Sum::default()).collect(),
            period,
            now,
            level,
            impact,
            whole: Sum::default(),
            before: Sum::default(),
            takers: BTreeSet::new(),
            takers_before: BTreeSet::new(),
        }
    }

    /// Adds a ticket.
    pub fn add(&mut self, story: &Story) {
        let unwanted = self.level.is_some_and(|level| level != story.level)
            || self.impact.is_some_and(|impact| impact != story.impact);
        if unwanted {
            return;
        }
        for (at, moment) in &story.moments {
            let now = self.now;
            self.each_of(*at, |sum| sum.add(*at, moment, now));
            if let Moment::Taken { person, .. } = moment {
                for (part, takers) in [
                    (&self.period.whole, &mut self.takers),
                    (&self.period.before, &mut self.takers_before),
                ] {
                    if part.has(*at) {
                        takers.insert(*person);
                    }
                }
            }
        }
        self.add_backlog(story);
    }

    /// Adds a self-help article that solved somebody's problem.
    pub fn add_deflection(&mut self, at: UnixMillis) {
        self.each_of(at, |sum| sum.figures.deflections += 1);
    }

    /// Did a single technician take all tickets that were taken in the period, or in the one before it? The figures of
    /// both are told, so each must be a team's by itself.
    #[must_use]
    pub fn is_one_persons(&self) -> bool {
        self.takers.len() == 1 || self.takers_before.len() == 1
    }

    fn each_of(&mut self, at: UnixMillis, mut with: impl FnMut(&mut Sum)) {
        if self.period.before.has(at) {
            with(&mut self.before);
        }
        if self.period.whole.has(at) {
            with(&mut self.whole);
            let place = self.period.parts.partition_point(|part| part.to <= at);
            if let Some(sum) = self.parts.get_mut(place) {
                with(sum);
            }
        }
    }

    fn add_backlog(&mut self, story: &Story) {
        let now = self.now;
        let look = |part: &Part, sum: &mut Sum| {
            if part.from > now {
                return;
            }
            let end = part.to.min(now);
            let stands = |(from, to): &(UnixMillis, Option<UnixMillis>)| *from <= end && to.is_none_or(|to| to > end);
            if story.open.iter().any(stands) {
                aged(&mut sum.figures.backlog, end.since(story.opened_at));
            }
        };
        look(&self.period.whole, &mut self.whole);
        look(&self.period.before, &mut self.before);
        for (part, sum) in self.period.parts.iter().zip(&mut self.parts) {
            look(part, sum);
        }
    }

    /// The same form as [`Self::finish`] without any figure.
    #[must_use]
    pub fn withhold(self) -> (Figures, Figures, Vec<FigureGroup>) {
        Self::new(self.period, self.now, None, None).finish()
    }

    /// The whole, the period before, and the parts.
    #[must_use]
    pub fn finish(self) -> (Figures, Figures, Vec<FigureGroup>) {
        let group = |(part, sum): (&Part, Sum)| FigureGroup {
            from: part.first,
            to: part.last,
            figures: sum.finish(),
        };
        let groups = self.period.parts.iter().zip(self.parts).map(group).collect();
        (self.whole.finish(), self.before.finish(), groups)
    }
}

fn aged(backlog: &mut Backlog, age_ms: u64) {
    let to = match age_ms {
        age if age < 4 * HOUR_MS => &mut backlog.hours,
        age if age < DAY_MS => &mut backlog.day,
        age if age < 3 * DAY_MS => &mut backlog.three_days,
        age if age < 7 * DAY_MS => &mut backlog.week,
        age if age < 30 * DAY_MS => &mut backlog.month,
        _ => &mut backlog.older,
    };
    *to += 1;
}
