//! Updates on their way out, piece by piece, at the sharer's.
//!
//! Flow: [`Updates::push`] cuts one; [`Updates::next`] and [`Updates::carried`] put its pieces into datagrams; those of lost
//! datagrams are due again, until all have come.
//!
//! Invariant: what is due is ordered: what is quick, then what was lost, the smallest and newest update first, then what
//! is new, in the planner's order.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    MAX_AHEAD, MAX_OUTSTANDING, PIECE, QUICK, SendError,
    datagram::{Piece, place},
};
use crate::{Planned, wire::Sequence};

/// How soon something is to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    /// Whether there is room or not.
    Quick,
    Lost,
    New,
}

/// One that is due. Its order is the order in which they leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due {
    pub urgency: Urgency,
    /// Of a lost one, its update's bytes.
    size: usize,
    /// Of a lost one, counted backwards.
    rank: u32,
    pub index: u16,
    pub sequence: Sequence,
}

#[derive(Debug, Default)]
pub(super) struct Updates {
    outstanding: BTreeMap<Sequence, Outstanding>,
    due: BTreeSet<Due>,
    /// Bytes of all that are outstanding, and of what is due.
    bytes: usize,
    due_bytes: usize,
    last: Sequence,
}

#[derive(Debug)]
struct Outstanding {
    bytes: Vec<u8>,
    pieces: Vec<State>,
    missing: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Due(Urgency),
    /// In the datagram with this number.
    Flying(u32),
    There,
}

impl Updates {
    pub fn push(&mut self, update: Planned) -> Result<(), SendError> {
        let Planned { sequence, bytes } = update;
        let length = bytes.len();
        if length == 0 || length > crate::wire::MAX_UPDATE_BYTES {
            return Err(SendError::Size);
        }
        if sequence <= self.last {
            return Err(SendError::Order);
        }
        let lowest = self
            .outstanding
            .first_key_value()
            .map_or(sequence, |(lowest, _)| *lowest);
        if self.bytes + length > MAX_OUTSTANDING || sequence - lowest >= MAX_AHEAD {
            return Err(SendError::Full);
        }
        let urgency = if length <= QUICK { Urgency::Quick } else { Urgency::New };
        let missing = length.div_ceil(PIECE);
        self.bytes += length;
        self.last = sequence;
        self.outstanding.insert(
            sequence,
            Outstanding {
                bytes,
                pieces: vec![State::There; missing],
                missing,
            },
        );
        for index in 0..missing {
            self.make_due(sequence, index as u16, urgency);
        }
        Ok(())
    }

    /// The last that was handed over.
    pub const fn last(&self) -> Sequence {
        self.last
    }

    /// Bytes that are due.
    pub const fn due_bytes(&self) -> usize {
        self.due_bytes
    }

    /// The one that leaves next.
    pub fn next(&self) -> Option<Due> {
        self.due.first().copied()
    }

    pub fn piece(&self, due: Due) -> Piece<'_> {
        let bytes = &self.outstanding[&due.sequence].bytes;
        let place = place(bytes.len(), due.index).expect("a piece that is due is one");
        Piece {
            sequence: due.sequence,
            length: bytes.len() as u32,
            index: due.index,
            bytes: &bytes[place],
        }
    }

    /// It is in the datagram with this number.
    pub fn carried(&mut self, due: Due, by: u32) {
        self.set(due.sequence, due.index, State::Flying(by));
    }

    fn make_due(&mut self, sequence: Sequence, index: u16, urgency: Urgency) {
        self.set(sequence, index, State::Due(urgency));
    }

    /// Keeps `due` true to the states.
    fn set(&mut self, sequence: Sequence, index: u16, state: State) {
        let Some(update) = self.outstanding.get_mut(&sequence) else {
            return;
        };
        let length = update.bytes.len();
        let bytes = place(length, index).map_or(0, |place| place.len());
        let key = |urgency| {
            let lost = urgency == Urgency::Lost;
            Due {
                urgency,
                size: if lost { length } else { 0 },
                rank: if lost { !sequence } else { sequence },
                index,
                sequence,
            }
        };
        let Some(place) = update.pieces.get_mut(usize::from(index)) else {
            return;
        };
        if let State::Due(urgency) = std::mem::replace(place, state) {
            self.due.remove(&key(urgency));
            self.due_bytes -= bytes;
        }
        if let State::Due(urgency) = state {
            self.due.insert(key(urgency));
            self.due_bytes += bytes;
        }
    }

    fn state(&self, sequence: Sequence, index: u16) -> Option<State> {
        let update = self.outstanding.get(&sequence)?;
        update.pieces.get(usize::from(index)).copied()
    }

    /// The datagram with this number held it and is lost, or may be. Was it due again?
    pub fn lost(&mut self, (sequence, index): (Sequence, u16), by: u32, at_once: bool) -> bool {
        if self.state(sequence, index) != Some(State::Flying(by)) {
            return false;
        }
        let quick = at_once || self.outstanding[&sequence].bytes.len() <= QUICK;
        self.make_due(sequence, index, if quick { Urgency::Quick } else { Urgency::Lost });
        true
    }

    /// It has come.
    pub fn acknowledged(&mut self, (sequence, index): (Sequence, u16)) {
        if self.state(sequence, index).is_none_or(|state| state == State::There) {
            return;
        }
        self.set(sequence, index, State::There);
        if let Some(update) = self.outstanding.get_mut(&sequence) {
            update.missing -= 1;
            if update.missing == 0 {
                self.forget(sequence);
            }
        }
    }

    /// All up to this one were carried out, so they have come.
    pub fn completed(&mut self, complete: Sequence) {
        while let Some((&lowest, _)) = self.outstanding.first_key_value()
            && lowest <= complete
        {
            self.forget(lowest);
        }
    }

    fn forget(&mut self, sequence: Sequence) {
        let pieces = self.outstanding.get(&sequence).map_or(0, |update| update.pieces.len());
        for index in 0..pieces {
            self.set(sequence, index as u16, State::There);
        }
        if let Some(update) = self.outstanding.remove(&sequence) {
            self.bytes -= update.bytes.len();
        }
    }
}
