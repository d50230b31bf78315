//! How often each account did something lately.
//!
//! Invariant: of each account at most `most` instants are kept, however often it tries.

use std::collections::{BTreeMap, VecDeque};

use renfort_protocol::{ids::PersonId, time::UnixMillis};

/// At most so many in a window that slides.
#[derive(Debug, Clone)]
pub(crate) struct Recent {
    most: usize,
    window_ms: u64,
    times: BTreeMap<PersonId, VecDeque<UnixMillis>>,
}

impl Recent {
    pub(crate) const fn new(most: usize, window_ms: u64) -> Self {
        Self {
            most,
            window_ms,
            times: BTreeMap::new(),
        }
    }

    /// Counts one more, when there is room for it.
    pub(crate) fn admits(&mut self, person: PersonId, now: UnixMillis) -> bool {
        let times = self.times.entry(person).or_default();
        while times.front().is_some_and(|at| now.since(*at) >= self.window_ms) {
            times.pop_front();
        }
        let fits = times.len() < self.most;
        if fits {
            times.push_back(now);
        }
        fits
    }
}
