//! Colours and their places.

use super::{OUTSIDE, TWO};

/// Slots of the table, a power of two, so large that it is never more than half full.
const TABLE: usize = 8192;
const EMPTY: u32 = u32::MAX;

/// The place of a colour in a table of `2^bits` slots, before collisions.
pub(super) const fn spread(colour: u32, bits: u32) -> usize {
    (colour.wrapping_mul(0x9E37_79B1) >> (32 - bits)) as usize
}

/// Colours of a full palette: what one byte and what two can name.
pub(super) const MOST: usize = TWO as usize + (OUTSIDE - TWO) as usize * 256;

/// At most [`MOST`] colours, each with its place.
pub(super) struct Palette {
    colours: Vec<u32>,
    table: Box<[(u32, u16)]>,
}

impl Palette {
    pub fn new() -> Self {
        Self {
            colours: Vec::new(),
            table: vec![(EMPTY, 0); TABLE].into_boxed_slice(),
        }
    }

    pub fn clear(&mut self) {
        if !self.colours.is_empty() {
            self.colours.clear();
            self.table.fill((EMPTY, 0));
        }
    }

    pub fn colours(&self) -> &[u32] {
        &self.colours
    }

    /// The place of a colour, which is taken in when it is new; none when it finds no room.
    pub fn place(&mut self, colour: u32) -> Option<u16> {
        let mut slot = spread(colour, TABLE.ilog2());
        loop {
            let (found, place) = self.table[slot];
            if found == colour {
                return Some(place);
            }
            if found == EMPTY {
                break;
            }
            slot = (slot + 1) % TABLE;
        }
        if self.colours.len() == MOST {
            return None;
        }
        // Far below 65536.
        let place = self.colours.len() as u16;
        self.table[slot] = (colour, place);
        self.colours.push(colour);
        Some(place)
    }
}
