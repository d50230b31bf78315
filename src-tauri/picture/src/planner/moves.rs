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
    /// Copies that make part of the changed cells right. `cells` are those that were damaged, row by row from the left,
    /// and whether each has changed: one that has not, as it is empty, goes with its neighbours where it can, so that
    /// few copies are large. In their order, none reads what one before it has written.
    /// Nothing comes from where `is_exact` does not hold.
    pub fn find(
        &mut self,
        before: &Picture,
        now: &Picture,
        grid: &Grid,
        cells: &[(Place, bool)],
        is_exact: impl Fn(Rect) -> bool,
    ) -> Vec<Move> {
        let changed: Vec<Place> = cells
            .iter()
            .filter(|(_, changed)| *changed)
            .map(|(place, _)| *place)
            .collect();
        if changed.len() < FEWEST {
            return Vec::new();
        }
        let tried = self.displacements(before, now, grid, &changed);
        if tried.is_empty() {
            return Vec::new();
        }
        let size = now.size();
        let came_by = |place: Place, moved: Displacement| {
            let to = grid.pixels(place);
            moved.origin(to, size).is_some_and(|from| same(before, from, now, to))
        };
        let mut last = 0;
        let mut sure = vec![false; cells.len()];
        let moved = cells.iter().zip(&mut sure).filter_map(|((place, changed), sure)| {
            if !changed {
                return came_by(*place, tried[last]).then_some((*place, last));
            }
            let order = std::iter::once(last).chain((0..tried.len()).filter(|at| *at != last));
            last = order.into_iter().find(|at| came_by(*place, tried[*at]))?;
            *sure = true;
            Some((*place, last))
        });
        let joined = joined(grid, moved.collect::<Vec<_>>());
        let is_empty = |rect: Rect| {
            let mut sure = cells.iter().zip(&sure).filter(|(_, sure)| **sure);
            !sure.any(|((place, _), _)| grid.pixels(*place).meets(rect))
        };
        let joined: Vec<_> = joined.into_iter().filter(|(rect, _)| !is_empty(*rect)).collect();
        let mut moves: Vec<(Move, usize)> = Vec::with_capacity(joined.len());
        for (at, &(to, by)) in joined.iter().enumerate() {
            let taken = |strip: Rect| {
                let later = joined[at + 1..].iter().map(|(rect, _)| *rect);
                later
                    .chain(moves.iter().map(|(earlier, _)| earlier.to))
                    .any(|other| other.meets(strip))
            };
            let moves_along = |strip: Rect| {
                strip.is_inside(size)
                    && !taken(strip)
                    && (tried[by].origin(strip, size))
                        .is_some_and(|from| is_exact(from) && same(before, from, now, strip))
            };
            let to = grown(to, moves_along);
            if let Some(from) = tried[by].origin(to, size) {
                moves.push((Move { to, from }, by));
            }
        }

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
        in_order(moves.into_iter().map(|(moved, _)| moved))
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

/// Takes in the rows and columns around it, less than a cell of each, for which `moves` holds.
fn grown(to: Rect, moves: impl Fn(Rect) -> bool) -> Rect {
    let mut rect = to;
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

/// An order in which none reads what one before it has written. They come with the largest first; one for which no order
/// is left is left out.
fn in_order(moves: impl Iterator<Item = Move>) -> Vec<Move> {
    let mut ordered: Vec<Move> = Vec::new();
    for moved in moves {
        let after = ordered.iter().rposition(|other| moved.to.meets(other.from));
        let before = ordered.iter().position(|other| other.to.meets(moved.from));
        let place = before.unwrap_or(ordered.len());
        if after.is_none_or(|after| after < place) {
            ordered.insert(place, moved);
        } else if let Some(sorted) = sorted(&ordered, moved) {
            ordered = sorted;
        }
    }
    ordered
}

/// All of them in an order of another kind; none when they go in a circle.
fn sorted(ordered: &[Move], another: Move) -> Option<Vec<Move>> {
    let mut left: Vec<Move> = ordered.iter().copied().chain([another]).collect();
    let mut sorted = Vec::with_capacity(left.len());
    while !left.is_empty() {
        // One that writes nothing that another still reads.
        let free = |one: &Move| left.iter().all(|other| one == other || !one.to.meets(other.from));
        let at = left.iter().position(free)?;
        sorted.push(left.remove(at));
    }
    Some(sorted)
}
