//! Tiles that the viewer keeps, so that a window, a tab or a menu's place that was seen before is named and not sent.
//!
//! Flow: before most of a tile that has rested is written over, it is kept ([`Shelf::keep`]); when a tile becomes what one
//! of those was, it is recalled ([`Shelf::find`]). The viewer does as it is told: which tile is kept where is decided here.
//!
//! Invariant: `slots` is what the viewer keeps once everything that was sent has been carried out.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use crate::{
    pixels::{COLOUR, Picture, Rect, Size},
    wire::{SLOTS, TILE},
};

/// How long a tile must have rested to be worth keeping: what moves is not seen again.
pub(super) const REST: Duration = Duration::from_millis(500);
/// Slots that a small screen has, too.
const LEAST: usize = 1024;

struct Kept {
    looks: u64,
    pixels: Box<[u32]>,
    /// Turn in which it was kept or recalled last.
    used: u64,
}

#[derive(Default)]
pub(super) struct Shelf {
    slots: Vec<Kept>,
    /// Slots that may be used.
    room: usize,
    by_looks: HashMap<u64, u16>,
    /// Each slot after the turn in which it was used last.
    by_use: BTreeSet<(u64, u16)>,
    turn: u64,
}

impl Shelf {
    /// For a screen of this size: two pages of all of it find room.
    pub fn new(size: Size) -> Self {
        let tiles = usize::from(size.width / TILE) * usize::from(size.height / TILE);
        Self {
            room: (2 * tiles).clamp(LEAST, usize::from(SLOTS)),
            ..Self::default()
        }
    }

    /// What follows is another turn: a slot that was used in it is not given to another tile.
    pub fn begin_turn(&mut self) {
        self.turn += 1;
    }

    /// The slot in which this tile of the picture is kept.
    pub fn find(&mut self, picture: &Picture, tile: Rect) -> Option<u16> {
        if self.slots.is_empty() {
            return None;
        }
        let slot = *self.by_looks.get(&looks_of(picture, tile))?;
        let kept = self.slots.get_mut(usize::from(slot))?;
        let pixels = kept.pixels.chunks_exact(usize::from(TILE));
        let mut rows = (tile.y..).zip(pixels);
        // Two tiles may look alike and not be it.
        let same = rows.all(|(y, row)| {
            let span = picture.span(tile.x, y, TILE);
            span.iter().zip(row).all(|(one, other)| one & COLOUR == *other)
        });
        same.then(|| {
            self.by_use.remove(&(kept.used, slot));
            self.by_use.insert((self.turn, slot));
            kept.used = self.turn;
            slot
        })
    }

    /// Keeps a tile, in the place of the one that was not used for longest; none when it is kept already, is of one
    /// colour, or every slot was used in this turn.
    pub fn keep(&mut self, picture: &Picture, tile: Rect) -> Option<u16> {
        let first = picture.span(tile.x, tile.y, 1)[0] & COLOUR;
        let mut rows = (tile.y..tile.y + TILE).map(|y| picture.span(tile.x, y, TILE));
        if rows.all(|row| row.iter().all(|pixel| pixel & COLOUR == first)) || self.find(picture, tile).is_some() {
            return None;
        }
        let kept = Kept {
            looks: looks_of(picture, tile),
            pixels: (tile.y..tile.y + TILE)
                .flat_map(|y| picture.span(tile.x, y, TILE))
                .map(|pixel| pixel & COLOUR)
                .collect(),
            used: self.turn,
        };
        let looks = kept.looks;
        let number = if self.slots.len() < self.room {
            self.slots.push(kept);
            // Below SLOTS.
            (self.slots.len() - 1) as u16
        } else {
            let (used, oldest) = *self.by_use.first()?;
            if used == self.turn {
                return None;
            }
            self.by_use.remove(&(used, oldest));
            let old = std::mem::replace(&mut self.slots[usize::from(oldest)], kept);
            if self.by_looks.get(&old.looks) == Some(&oldest) {
                self.by_looks.remove(&old.looks);
            }
            oldest
        };
        self.by_use.insert((self.turn, number));
        self.by_looks.insert(looks, number);
        Some(number)
    }
}

fn looks_of(picture: &Picture, tile: Rect) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    const COLOURS: u64 = (COLOUR as u64) << 32 | COLOUR as u64;
    // Two pixels each, four at a time that do not wait for each other.
    let mut lanes = [1_u64, 2, 3, 4];
    for y in tile.y..tile.y + TILE {
        for pixels in picture.span(tile.x, y, TILE).chunks_exact(8) {
            for (lane, pair) in lanes.iter_mut().zip(pixels.chunks_exact(2)) {
                let pair = u64::from(pair[1]) << 32 | u64::from(pair[0]);
                *lane = (*lane ^ pair & COLOURS).wrapping_mul(FACTOR).rotate_left(29);
            }
        }
    }
    lanes
        .into_iter()
        .fold(0, |hash: u64, lane| (hash ^ lane).wrapping_mul(FACTOR).rotate_left(31))
}
