//! A changed part of a picture as a small number of rectangles.
//!
//! Flow: rectangles are added one at a time ([`Region::add`]) or found by comparing two pictures tile by tile
//! ([`Region::add_differences`]); those that fit together are merged on the way in.
//!
//! Invariant: never more than [`MAX_RECTANGLES`], and everything that was added is covered.

use renfort_engine::seams::{Rect, Size};

/// Most rectangles of a region. When full, a new one is joined with the one it makes grow least, so the region then
/// covers more than what changed.
pub(crate) const MAX_RECTANGLES: usize = 16;

/// Side of the tiles two pictures are compared in, in pixels: a macroblock of H.264 and its neighbour. Even.
pub(crate) const TILE: u16 = 32;

/// Rectangles that together cover what was added.
#[derive(Debug, Default)]
pub(crate) struct Region {
    rects: Vec<Rect>,
}

impl Region {
    /// Covers this rectangle too. An empty one changes nothing.
    pub(crate) fn add(&mut self, rect: Rect) {
        if area(rect) == 0 {
            return;
        }
        let mut new = rect;
        // Joining may make the result fit with another one, so it starts over; each round removes a rectangle.
        while let Some(at) = self
            .rects
            .iter()
            .position(|&old| area(old.union(new)) <= area(old) + area(new))
        {
            new = new.union(self.rects.swap_remove(at));
        }
        if self.rects.len() == MAX_RECTANGLES {
            let growth = |&old: &Rect| area(old.union(new)) - area(old);
            if let Some(at) = (0..self.rects.len()).min_by_key(|&at| growth(&self.rects[at])) {
                new = new.union(self.rects.swap_remove(at));
            }
        }
        self.rects.push(new);
    }

    /// Pixels of its rectangles; where they overlap, they count more than once.
    pub(crate) fn area(&self) -> u64 {
        self.rects.iter().copied().map(area).sum()
    }

    /// Adds every tile of a picture of this size in which `differs` holds. `differs` is asked about whole bands first,
    /// so what is the same costs one comparison a band.
    pub(crate) fn add_differences(&mut self, size: Size, differs: impl Fn(Rect) -> bool) {
        for y in (0..size.height).step_by(usize::from(TILE)) {
            let height = TILE.min(size.height - y);
            if !differs(Rect {
                x: 0,
                y,
                width: size.width,
                height,
            }) {
                continue;
            }
            let mut run: Option<Rect> = None;
            for x in (0..size.width).step_by(usize::from(TILE)) {
                let tile = Rect {
                    x,
                    y,
                    width: TILE.min(size.width - x),
                    height,
                };
                if differs(tile) {
                    run = Some(run.map_or(tile, |run| run.union(tile)));
                } else if let Some(done) = run.take() {
                    self.add(done);
                }
            }
            if let Some(done) = run {
                self.add(done);
            }
        }
    }

    /// What was added, in no order.
    pub(crate) fn into_rects(self) -> Vec<Rect> {
        self.rects
    }
}

/// Pixels of a rectangle.
pub(crate) fn area(rect: Rect) -> u64 {
    u64::from(rect.width) * u64::from(rect.height)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn rect(x: u16, y: u16, width: u16, height: u16) -> Rect {
        Rect { x, y, width, height }
    }

    fn contains(outer: Rect, inner: Rect) -> bool {
        outer.union(inner) == outer
    }

    #[test]
    fn neighbours_become_one_and_strangers_stay_two() {
        let mut region = Region::default();
        region.add(rect(0, 0, 10, 10));
        region.add(rect(100, 100, 10, 10));
        region.add(rect(10, 0, 10, 10));
        region.add(rect(2, 2, 3, 3));
        let mut rects = region.into_rects();
        rects.sort_by_key(|rect| rect.x);
        assert_eq!(rects, [rect(0, 0, 20, 10), rect(100, 100, 10, 10)]);
    }

    #[test]
    fn many_rectangles_stay_few_and_are_all_covered() {
        let scattered: Vec<Rect> = (0..200).map(|n| rect(n * 37 % 1900, n * 53 % 1000, 5, 5)).collect();
        let mut region = Region::default();
        scattered.iter().for_each(|&rect| region.add(rect));
        let rects = region.into_rects();
        assert!(rects.len() <= MAX_RECTANGLES);
        assert!(
            scattered
                .iter()
                .all(|&small| rects.iter().any(|&large| contains(large, small)))
        );
    }

    #[test]
    fn differences_are_found_up_to_the_ragged_edge() {
        let size = Size { width: 101, height: 67 };
        let spot = rect(100, 66, 1, 1);
        let mut region = Region::default();
        region.add_differences(size, |asked| contains(asked, spot));
        assert_eq!(region.into_rects(), [rect(96, 64, 5, 3)]);
    }
}
