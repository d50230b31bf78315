//! Where what is on the screen now stood before.
//!
//! Flow: places whose surroundings look unlike others (*landmarks*) are chosen by what they look like alone, so that the
//! same ones are found after everything has moved; those that stand once before and once now vote for how far they went.
//!
//! Invariant: what comes out is a guess. Whoever copies compares the pixels first.

use crate::pixels::{COLOUR, Picture, Rect};

/// Pixels of a row that make up a landmark.
const SPAN: usize = 24;
/// Rows below of which the same pixels belong to it, too.
const BELOW: u16 = 5;
/// One place in so many, a power of two, whose pixels differ becomes a landmark.
const CHOSEN: u32 = 32;
/// Slots for landmarks; when a slot is taken by another one, the later is left out.
const SLOTS: usize = 1 << 13;
/// Votes below which a displacement is chance.
const FEWEST: u32 = 3;
/// Different displacements that are counted.
const COUNTED: usize = 64;

/// How far something moved, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Displacement {
    /// To the right.
    pub right: i32,
    /// Down.
    pub down: i32,
}

impl Displacement {
    /// Where a rectangle came from; none when that is outside of a picture of this size, or where it is.
    #[must_use]
    pub fn origin(self, to: Rect, size: crate::Size) -> Option<Rect> {
        let x = u16::try_from(i32::from(to.x) - self.right).ok()?;
        let y = u16::try_from(i32::from(to.y) - self.down).ok()?;
        let from = Rect { x, y, ..to };
        (from != to && from.is_inside(size)).then_some(from)
    }
}

#[derive(Debug, Clone, Copy)]
struct Landmark {
    looks: u32,
    x: u16,
    y: u16,
    times: u8,
}

const NOWHERE: Landmark = Landmark {
    looks: 0,
    x: 0,
    y: 0,
    times: 0,
};

/// Searches for displacements. Keeps its memory.
pub struct Search {
    before: Box<[Landmark]>,
    now: Box<[Landmark]>,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            before: vec![NOWHERE; SLOTS].into_boxed_slice(),
            now: vec![NOWHERE; SLOTS].into_boxed_slice(),
        }
    }
}

impl Search {
    /// Displacements that much of these parts of two pictures of the same size seems to have made, the likeliest first;
    /// at most `most`.
    pub fn displacements(&mut self, before: &Picture, now: &Picture, parts: &[Rect], most: usize) -> Vec<Displacement> {
        self.before.fill(NOWHERE);
        self.now.fill(NOWHERE);
        for part in parts {
            collect(&mut self.before, before, now, *part);
            collect(&mut self.now, now, before, *part);
        }
        let mut votes: Vec<(Displacement, u32)> = Vec::new();
        for (old, new) in self.before.iter().zip(&self.now) {
            if old.times != 1 || new.times != 1 || old.looks != new.looks {
                continue;
            }
            let moved = Displacement {
                right: i32::from(new.x) - i32::from(old.x),
                down: i32::from(new.y) - i32::from(old.y),
            };
            if let Some((_, count)) = votes.iter_mut().find(|(known, _)| *known == moved) {
                *count += 1;
            } else if votes.len() < COUNTED {
                votes.push((moved, 1));
            }
        }
        votes.retain(|(_, count)| *count >= FEWEST);
        votes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        votes.into_iter().take(most).map(|(moved, _)| moved).collect()
    }
}

/// Takes in the landmarks of a part that are not where they are in the other picture.
fn collect(landmarks: &mut [Landmark], picture: &Picture, other: &Picture, part: Rect) {
    let width = usize::from(part.width);
    if width < SPAN {
        return;
    }
    let mut chosen = vec![false; width + 1 - SPAN];
    for y in part.y + 1..(part.y + part.height).saturating_sub(BELOW) {
        let row = picture.span(part.x, y, part.width);
        let above = picture.span(part.x, y - 1, part.width);
        let below = picture.span(part.x, y + BELOW, part.width);
        let there = other.span(part.x, y, part.width);
        choose(row, &mut chosen);
        for (at, _) in chosen.iter().enumerate().filter(|(_, chosen)| **chosen) {
            let pixels = &row[at..at + SPAN];
            // Of rows that are alike only the first: on a screen that is shown twice as large, all come in pairs.
            if pixels == &above[at..at + SPAN] || pixels == &there[at..at + SPAN] {
                continue;
            }
            let looks = looks_of(pixels.iter().chain(&below[at..at + SPAN]));
            let landmark = &mut landmarks[looks as usize % SLOTS];
            if landmark.times == 0 {
                *landmark = Landmark {
                    looks,
                    // Inside the part, whose sides fit.
                    x: part.x + at as u16,
                    y,
                    times: 1,
                };
            } else if landmark.looks == looks {
                landmark.times = 2;
            }
        }
    }
}

/// Which places of a row may be landmarks, by a few of their pixels: in two colours, those side by side look like many others,
/// hence some from far and near. This is over every pixel, what follows over a few: without a branch or a product, so
/// that it is done many pixels at a time.
fn choose(row: &[u32], chosen: &mut [bool]) {
    let places = chosen.len();
    let from = |at: usize| &row[at..at + places];
    let (near, next, third, fifth) = (from(0), from(1), from(2), from(4));
    let (eighth, twelfth, middle, last) = (from(7), from(11), from(16), from(SPAN - 1));
    for at in 0..places {
        let edge = (near[at] ^ next[at]) & COLOUR;
        let mut mixed = near[at]
            .wrapping_add(next[at] << 3)
            .wrapping_add(third[at] << 5)
            .wrapping_add(fifth[at] << 7)
            .wrapping_add(eighth[at] << 8)
            .wrapping_add(twelfth[at] << 6)
            .wrapping_add(middle[at] << 4)
            .wrapping_add(last[at] << 1)
            & COLOUR;
        // Spreads what they have in the lower bits to the highest ones (Jenkins, one at a time, 1997).
        mixed = mixed.wrapping_add(mixed << 10);
        mixed ^= mixed >> 6;
        mixed = mixed.wrapping_add(mixed << 3);
        mixed ^= mixed >> 11;
        mixed = mixed.wrapping_add(mixed << 15);
        chosen[at] = (edge != 0) & (mixed >> (u32::BITS - CHOSEN.ilog2()) == 0);
    }
}

fn looks_of<'a>(pixels: impl Iterator<Item = &'a u32>) -> u32 {
    let hash = pixels.fold(0x811C_9DC5, |hash: u32, pixel| {
        (hash ^ (pixel & COLOUR)).wrapping_mul(0x0100_0193).rotate_left(7)
    });
    hash.wrapping_mul(0x9E37_79B1) >> 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::{PixelFormat, Size};

    const SIZE: Size = Size {
        width: 400,
        height: 300,
    };

    fn page(right: i32, down: i32) -> Picture {
        let mut picture = Picture::new(SIZE, PixelFormat::Bgrx);
        for y in 0..SIZE.height {
            for (x, pixel) in (0..).zip(picture.span_mut(0, y, SIZE.width)) {
                let (x, y) = ((x - right) / 3, (i32::from(y) - down) / 2);
                let mut dot = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77);
                dot = (dot ^ dot >> 15).wrapping_mul(0x2C1B_3C6D);
                *pixel = if dot >> 30 == 0 { 0x0020_2020 } else { 0xFFFF_FFFF };
            }
        }
        picture
    }

    #[test]
    fn what_moved_is_found_in_any_direction() {
        for (right, down) in [(0, 12), (0, -40), (33, 0), (-7, 5), (100, 90)] {
            let found = Search::default().displacements(&page(0, 0), &page(right, down), &[SIZE.whole()], 4);
            assert_eq!(found.first(), Some(&Displacement { right, down }));
        }
    }

    #[test]
    fn what_rests_and_what_is_plain_moves_nowhere() {
        assert_eq!(
            Search::default().displacements(&page(0, 0), &page(0, 0), &[SIZE.whole()], 4),
            []
        );
        let plain = Picture::new(SIZE, PixelFormat::Bgrx);
        assert_eq!(Search::default().displacements(&plain, &plain, &[SIZE.whole()], 4), []);
        let narrow = Rect {
            x: 3,
            y: 3,
            width: 5,
            height: 200,
        };
        assert_eq!(
            Search::default().displacements(&page(0, 0), &page(0, 9), &[narrow], 4),
            []
        );
    }

    #[test]
    fn nothing_comes_from_outside_or_from_itself() {
        let to = Rect {
            x: 10,
            y: 10,
            width: 20,
            height: 20,
        };
        let moved = |right, down| Displacement { right, down }.origin(to, SIZE);
        assert_eq!(moved(0, 0), None);
        assert_eq!(moved(11, 0), None);
        assert_eq!(moved(0, -271), None);
        assert_eq!(moved(10, -270), Some(Rect { x: 0, y: 280, ..to }));
    }
}
