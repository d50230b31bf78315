//! Finds copies: what of the changed cells stood elsewhere before.
//!
//! Flow: displacements, those of last time first -> cells that are alike at one of them -> rectangles, grown to the pixel
//! -> an order in which none reads what another has overwritten.

use super::{
    compare::same,
    grid::{CELL, Grid, Place, joined},
};
use crate::{
    motion::{Displacement, Search},
    pixels::{Picture, Rect},
};

/// Changed cells below which nothing is searched: their pixels are quicker sent.
const FEWEST: usize = 24;
/// Displacements that are tried at a time.
const TRIED: usize = 4;
/// Copies of one turn; the smallest beyond are sent as pixels.
const MOST: usize = 128;
/// Cells that are looked at to see whether something moves on as it did.
const SAMPLES: usize = 48;

/// `to` of the new picture is what stood at `from` of the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Move {
    pub to: Rect,
    pub from: Rect,
}

#[derive(Default)]
pub(super) struct Moves {
    search: Search,
    /// Those of last time, the likeliest first.
    recent: Vec<Displacement>,
}

impl Moves {
    /// Copies that make part of `changed` cells right. In their order, none reads what one before it has written.
    pub fn find(&mut self, before: &Picture, now: &Picture, grid: &Grid, changed: &[Place]) -> Vec<Move> {
        if changed.len() < FEWEST {
            return Vec::new();
        }
        let tried = self.displacements(before, now, grid, changed);
        if tried.is_empty() {
            return Vec::new();
        }
        let size = now.size();
        let came_by = |place: Place, moved: Displacement| {
            let to = grid.pixels(place);
            moved.origin(to, size).is_some_and(|from| same(before, from, now, to))
        };
        let mut last = 0;
        let moved = changed.iter().filter_map(|place| {
            let order = std::iter::once(last).chain((0..tried.len()).filter(|at| *at != last));
            let found = order.into_iter().find(|at| came_by(*place, tried[*at]))?;
            last = found;
            Some((*place, found))
        });
        let mut moves: Vec<(Move, usize)> = joined(grid, moved.collect::<Vec<_>>())
            .into_iter()
            .filter_map(|(to, at)| {
                let grown = grown(before, now, to, tried[at]);
                let from = tried[at].origin(grown, size)?;
                Some((Move { to: grown, from }, at))
            })
            .collect();

        // What moved most leads next time.
        let mut areas = vec![0; tried.len()];
        for (moved, at) in &moves {
            areas[*at] += moved.to.area();
        }
        let mut order: Vec<usize> = (0..tried.len()).filter(|at| areas[*at] > 0).collect();
        order.sort_by_key(|at| std::cmp::Reverse(areas[*at]));
        self.recent = order.into_iter().map(|at| tried[at]).collect();

        moves.sort_by_key(|(moved, _)| std::cmp::Reverse(moved.to.area()));
        moves.truncate(MOST);
        let moves = moves.into_iter().map(|(moved, at)| (moved, tried[at])).collect();
        in_order(moves)
    }

    fn displacements(&mut self, before: &Picture, now: &Picture, grid: &Grid, changed: &[Place]) -> Vec<Displacement> {
        let step = changed.len().div_ceil(SAMPLES);
        let going_on = |moved: Displacement| {
            let samples = changed.iter().step_by(step).map(|place| grid.pixels(*place));
            let hits = samples.filter(|to| {
                moved
                    .origin(*to, now.size())
                    .is_some_and(|from| same(before, from, now, *to))
            });
            hits.count() * 4 >= changed.len().div_ceil(step) * 3
        };
        if let Some(moved) = self.recent.iter().copied().find(|moved| going_on(*moved)) {
            self.recent.retain(|other| *other != moved);
            self.recent.insert(0, moved);
            return self.recent.clone();
        }
        let part = changed.iter().map(|place| grid.pixels(*place)).reduce(Rect::union);
        let part = part.unwrap_or_default();
        self.search.displacements(before, now, part, TRIED)
    }
}

/// Takes in the rows and columns around it, less than a cell of each, that moved with it.
fn grown(before: &Picture, now: &Picture, to: Rect, moved: Displacement) -> Rect {
    let size = now.size();
    let mut rect = to;
    let moves = |strip: Rect| {
        strip.is_inside(size)
            && moved
                .origin(strip, size)
                .is_some_and(|from| same(before, from, now, strip))
    };
    for _ in 1..CELL {
        let Some(y) = rect.y.checked_sub(1) else { break };
        if !moves(Rect { y, height: 1, ..rect }) {
            break;
        }
        rect = Rect {
            y,
            height: rect.height + 1,
            ..rect
        };
    }
    for _ in 1..CELL {
        let y = rect.y + rect.height;
        if !moves(Rect { y, height: 1, ..rect }) {
            break;
        }
        rect.height += 1;
    }
    for _ in 1..CELL {
        let Some(x) = rect.x.checked_sub(1) else { break };
        if !moves(Rect { x, width: 1, ..rect }) {
            break;
        }
        rect = Rect {
            x,
            width: rect.width + 1,
            ..rect
        };
    }
    for _ in 1..CELL {
        let x = rect.x + rect.width;
        if !moves(Rect { x, width: 1, ..rect }) {
            break;
        }
        rect.width += 1;
    }
    rect
}

/// What goes down is copied from the bottom up, and so on; what would still read something that was overwritten by then
/// is left out.
fn in_order(mut moves: Vec<(Move, Displacement)>) -> Vec<Move> {
    moves.sort_by_key(|(moved, by)| {
        let (x, y) = (i32::from(moved.to.x), i32::from(moved.to.y));
        let along = |at: i32, way: i32| if way > 0 { -at } else { at };
        (along(y, by.down), along(x, by.right))
    });
    let mut ordered: Vec<Move> = Vec::with_capacity(moves.len());
    for (moved, _) in moves {
        if ordered.iter().all(|earlier| !earlier.to.meets(moved.from)) {
            ordered.push(moved);
        }
    }
    ordered
}
