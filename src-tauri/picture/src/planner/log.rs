//! What updates on their way read and write, so that one that needs another says so.
//!
//! Invariant: an update waits for every one that is not acknowledged and that writes what it copies, or copies what it
//! writes; and the same of slots, where two that write the same wait for each other, too. What two of them write, the viewer sorts out by their numbers.

use std::collections::VecDeque;

use crate::{pixels::Rect, wire::Sequence};

/// Updates that are remembered; a newer one waits for all that were forgotten.
const REMEMBERED: usize = 256;

/// What an update does to the picture.
#[derive(Debug, Clone, Default)]
pub(super) struct Touched {
    pub reads: Vec<Rect>,
    pub writes: Vec<Rect>,
    /// Slots that it recalls.
    pub recalls: Vec<u16>,
    /// Slots that it keeps something in.
    pub keeps: Vec<u16>,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    unacknowledged: VecDeque<(Sequence, Touched)>,
    /// The last that was forgotten or acknowledged.
    floor: Sequence,
    /// Bytes of each that is not acknowledged, and of all of them.
    sizes: VecDeque<(Sequence, usize)>,
    bytes: usize,
    last: Sequence,
}

impl Log {
    /// What an update that does this must wait for.
    pub fn after(&self, touched: &Touched) -> Sequence {
        let needs = |old: &Touched| {
            let slot = |slot: &u16| old.keeps.contains(slot);
            let place = |slot: &u16| old.recalls.contains(slot) || old.keeps.contains(slot);
            meet(&old.writes, &touched.reads)
                || meet(&old.reads, &touched.writes)
                || touched.recalls.iter().any(slot)
                || touched.keeps.iter().any(place)
        };
        self.unacknowledged
            .iter()
            .rev()
            .find(|(_, old)| needs(old))
            .map_or(self.floor, |(sequence, _)| *sequence)
    }

    pub fn add(&mut self, sequence: Sequence, touched: Touched) {
        if self.unacknowledged.len() == REMEMBERED
            && let Some((forgotten, _)) = self.unacknowledged.pop_front()
        {
            self.floor = forgotten;
        }
        self.unacknowledged.push_back((sequence, touched));
        self.last = sequence;
    }

    /// The update that was added last takes so many bytes.
    pub fn sent(&mut self, bytes: usize) {
        self.sizes.push_back((self.last, bytes));
        self.bytes += bytes;
    }

    /// Updates that are not acknowledged, and their bytes.
    pub fn on_the_way(&self) -> (usize, usize) {
        (self.sizes.len(), self.bytes)
    }

    pub fn acknowledge(&mut self, complete: Sequence) {
        while self
            .unacknowledged
            .front()
            .is_some_and(|(sequence, _)| *sequence <= complete)
        {
            self.unacknowledged.pop_front();
        }
        self.floor = self.floor.max(complete);
        while let Some((_, bytes)) = self.sizes.pop_front_if(|(sequence, _)| *sequence <= complete) {
            self.bytes -= bytes;
        }
    }

    /// Everything that follows waits for this one.
    pub fn restart(&mut self, sequence: Sequence, bytes: usize) {
        self.unacknowledged.clear();
        self.floor = sequence;
        self.last = sequence;
        self.sent(bytes);
    }

    /// Is everything up to this one surely there, or waited for by whatever follows?
    pub const fn is_waited_for(&self, sequence: Sequence) -> bool {
        sequence <= self.floor
    }
}

fn meet(some: &[Rect], others: &[Rect]) -> bool {
    some.iter().any(|one| others.iter().any(|other| one.meets(*other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Rect = Rect {
        x: 64,
        y: 0,
        width: 64,
        height: 64,
    };

    #[test]
    fn an_update_waits_for_what_it_reads_and_for_whoever_reads_what_it_writes() {
        let rects = |rect| vec![rect];
        let reads = |rect| Touched {
            reads: rects(rect),
            ..Touched::default()
        };
        let writes = |rect| Touched {
            writes: rects(rect),
            ..Touched::default()
        };
        let keeps = |slot| Touched {
            keeps: vec![slot],
            ..Touched::default()
        };
        let recalls = |slot| Touched {
            recalls: vec![slot],
            ..Touched::default()
        };
        let corner = Rect { x: 127, y: 63, ..PLACE };
        let beside = Rect { x: 128, ..PLACE };
        for (old, new, waits) in [
            (writes(PLACE), reads(corner), true),
            (reads(PLACE), writes(corner), true),
            (keeps(3), recalls(3), true),
            (recalls(3), keeps(3), true),
            (keeps(3), keeps(3), true),
            (writes(PLACE), reads(beside), false),
            (reads(PLACE), writes(beside), false),
            // The viewer sorts these out by their numbers, or nothing changes what is read.
            (writes(PLACE), writes(PLACE), false),
            (reads(PLACE), reads(PLACE), false),
            (recalls(3), recalls(3), false),
            (keeps(3), recalls(4), false),
            (recalls(3), keeps(4), false),
        ] {
            let mut log = Log::default();
            log.add(7, old.clone());
            log.add(8, Touched::default());
            assert_eq!(log.after(&new), if waits { 7 } else { 0 }, "{new:?} after {old:?}");
            log.acknowledge(7);
            assert_eq!(log.after(&new), 7, "it waits for no less than is there");
        }
    }

    #[test]
    fn an_update_waits_for_all_that_were_forgotten() {
        let mut log = Log::default();
        for sequence in 1..=300 {
            log.add(sequence, Touched::default());
        }
        assert_eq!(log.after(&Touched::default()), 300 - 256);
    }
}
