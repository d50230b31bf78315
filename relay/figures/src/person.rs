//! One technician's figures. They are counted for that technician alone: no other's are computed beside them, so nothing
//! here can rank people.
//!
//! Invariant: of fewer than [`MIN_PERSON_TICKETS`] tickets nothing is told.

use renfort_protocol::{
    figures::{MIN_PERSON_TICKETS, OnePerson},
    ids::PersonId,
};

use crate::{
    percentile::spread,
    period::Part,
    story::{Moment, Story},
};

/// Adds up what one technician did.
#[derive(Debug)]
pub struct PersonTally {
    person: PersonId,
    part: Part,
    sum: OnePerson,
    handling: Vec<u64>,
}

impl PersonTally {
    /// Of this technician, in this part of time.
    #[must_use]
    pub fn new(person: PersonId, part: Part) -> Self {
        Self {
            person,
            part,
            sum: OnePerson::default(),
            handling: Vec::new(),
        }
    }

    /// Adds a ticket.
    pub fn add(&mut self, story: &Story) {
        let mut took = false;
        for (at, moment) in story.moments.iter().filter(|(at, _)| self.part.has(*at)) {
            match moment {
                Moment::Taken { person, .. } if *person == self.person => took = true,
                Moment::Escalated { person, .. } if *person == Some(self.person) => self.sum.escalated += 1,
                Moment::Closed(closing) if closing.person == self.person => {
                    if closing.solved {
                        self.sum.solved += 1;
                    } else {
                        self.sum.not_solved += 1;
                    }
                    self.sum.reopened.of += 1;
                    self.sum.reopened.part += u64::from(closing.returned(*at));
                    self.sum.satisfaction.asked += 1;
                    if let Some(solved) = closing.answer {
                        self.sum.satisfaction.answered += 1;
                        self.sum.satisfaction.solved += u64::from(solved);
                    }
                    self.handling.push(closing.handling_ms);
                }
                _ => {}
            }
        }
        self.sum.tickets += u64::from(took);
    }

    /// The figures, unless they would tell of single cases.
    #[must_use]
    pub fn finish(self) -> Option<OnePerson> {
        (self.sum.tickets >= MIN_PERSON_TICKETS).then(|| OnePerson {
            handling: spread(self.handling),
            ..self.sum
        })
    }
}
