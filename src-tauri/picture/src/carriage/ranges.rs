//! Numbers of datagrams that have come.
//!
//! Invariant: runs are apart from each other, the highest first, and at most [`KEPT`]; what is at or below the floor counts
//! as come.

use std::collections::VecDeque;

/// Runs that are remembered. What is below them counts as come: it is not acknowledged any more, and thus sent anew.
const KEPT: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Ranges {
    runs: VecDeque<(u32, u32)>,
    floor: u32,
}

impl Ranges {
    /// Takes note of one. False when it was there, or is forgotten.
    pub fn insert(&mut self, number: u32) -> bool {
        if number <= self.floor {
            return false;
        }
        // The first run that does not lie wholly above.
        let at = self.runs.partition_point(|(first, _)| *first > number);
        if self.runs.get(at).is_some_and(|(_, last)| *last >= number) {
            return false;
        }
        let joins_below = self.runs.get(at).is_some_and(|(_, last)| last + 1 == number);
        let joins_above = at > 0 && self.runs[at - 1].0 - 1 == number;
        match (joins_above, joins_below) {
            (true, true) => {
                self.runs[at - 1].0 = self.runs[at].0;
                self.runs.remove(at);
            }
            (true, false) => self.runs[at - 1].0 = number,
            (false, true) => self.runs[at].1 = number,
            (false, false) => self.runs.insert(at, (number, number)),
        }
        if self.runs.len() > KEPT
            && let Some((_, last)) = self.runs.pop_back()
        {
            self.floor = last;
        }
        true
    }

    /// The highest.
    pub fn newest(&self) -> u32 {
        self.runs.front().map_or(self.floor, |(_, last)| *last)
    }

    /// First and last of each run, the highest first.
    pub fn runs(&self) -> impl Iterator<Item = (u32, u32)> {
        self.runs.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_number_is_new_once_and_runs_are_apart() {
        let (mut ranges, mut model) = (Ranges::default(), BTreeSet::new());
        let mut chance = 1_u32;
        for _ in 0..20_000 {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = 1 + (chance >> 16) % 400;
            assert_eq!(ranges.insert(number), model.insert(number), "{number}");
            let covered: usize = ranges.runs().map(|(first, last)| (last - first + 1) as usize).sum();
            assert_eq!(covered, model.len());
            let runs: Vec<_> = ranges.runs().collect();
            assert!(runs.windows(2).all(|two| two[1].1 + 1 < two[0].0), "{runs:?}");
        }
        assert_eq!(ranges.newest(), 400);
    }

    #[test]
    fn what_is_forgotten_counts_as_come() {
        let mut ranges = Ranges::default();
        for number in 1..=300 {
            assert!(ranges.insert(number * 2));
        }
        assert_eq!(ranges.runs().count(), KEPT);
        assert!(!ranges.insert(3));
        assert!(ranges.insert(599));
    }
}
