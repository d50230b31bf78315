//! Updates that come in pieces, at the viewer's.
//!
//! Invariant: each update is given once, when it is whole. What is not whole takes at most [`MAX_OUTSTANDING`] bytes, by
//! what the first piece of each says of its length, and [`MAX_AHEAD`] updates.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    CarriageError, MAX_AHEAD, MAX_OUTSTANDING, PIECE,
    datagram::{Piece, place},
};
use crate::wire::Sequence;

#[derive(Debug, Default)]
pub(super) struct Reassembly {
    /// All up to this one are whole; and those above it that are.
    floor: Sequence,
    whole: BTreeSet<Sequence>,
    partial: BTreeMap<Sequence, Partial>,
    /// Bytes of the partial ones, once they are whole.
    bytes: usize,
}

#[derive(Debug)]
struct Partial {
    bytes: Vec<u8>,
    /// Those pieces that have come.
    there: Vec<bool>,
    missing: usize,
}

impl Reassembly {
    /// Takes a piece, and gives the update when it is whole by it. One that was there changes nothing.
    pub fn take(&mut self, piece: &Piece) -> Result<Option<Vec<u8>>, CarriageError> {
        let Piece { sequence, length, .. } = *piece;
        let length = length as usize;
        if sequence <= self.floor || self.whole.contains(&sequence) {
            return Ok(None);
        }
        if sequence - self.floor > MAX_AHEAD {
            return Err(CarriageError::TooFarAhead);
        }
        if length == piece.bytes.len() && !self.partial.contains_key(&sequence) {
            self.is_whole(sequence);
            return Ok(Some(piece.bytes.to_vec()));
        }
        if !self.partial.contains_key(&sequence) {
            if self.bytes + length > MAX_OUTSTANDING {
                return Err(CarriageError::TooFarAhead);
            }
            self.bytes += length;
        }
        let pieces = length.div_ceil(PIECE);
        let partial = self.partial.entry(sequence).or_insert_with(|| Partial {
            bytes: vec![0; length],
            there: vec![false; pieces],
            missing: pieces,
        });
        if partial.bytes.len() != length {
            return Err(CarriageError::Contradiction);
        }
        let there = &mut partial.there[usize::from(piece.index)];
        if !std::mem::replace(there, true) {
            let place = place(length, piece.index).ok_or(CarriageError::Number)?;
            partial.bytes[place].copy_from_slice(piece.bytes);
            partial.missing -= 1;
        }
        if partial.missing > 0 {
            return Ok(None);
        }
        self.bytes -= length;
        self.is_whole(sequence);
        Ok(self.partial.remove(&sequence).map(|partial| partial.bytes))
    }

    fn is_whole(&mut self, sequence: Sequence) {
        self.whole.insert(sequence);
        while self.whole.remove(&(self.floor + 1)) {
            self.floor += 1;
        }
    }
}
