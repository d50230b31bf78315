//! Finds copies: what of the changed cells stood elsewhere before.
//!
//! Flow: displacements, those of last time first -> cells that are alike at one of them -> rectangles, grown to the pixel
//! -> an order in which none reads what another has overwritten.

use std::cmp::Reverse;

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
/// Displacements that are remembered: what scrolls goes by one step or two, and back.
const REMEMBERED: usize = 8;
/// Copies of one turn; the smallest beyond are sent as pixels.
const MOST: usize = 128;
/// Fruitless searches in a row after which turns are left out: 1 after one more, then 3, 7, and 15 at last.
const PATIENCE: u32 = 4;
const LONGEST: u32 = 4;
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
    /// Those of the last times, the latest and likeliest first.
    recent: Vec<Displacement>,
    /// Searches in a row that found nothing, and turns that are left out for it: a film moves nothing.
    fruitless: u32,
    idle: u32,
}

impl Moves {
    /// Copies that make part of the changed cells right. `cells` are those that were damaged, row by row from the left,
    /// and whether each has changed: one that has not, as it is empty, goes with its neighbours where it can, so that
    /// few copies are large, unless it would lose by that (`keeps`, of where from and where to). In their order, none reads
    /// what one before it has written.
    pub fn find(
        &mut self,
        before: &Picture,
        now: &Picture,
        grid: &Grid,
        cells: &[(Place, bool)],
        keeps: impl Fn(Rect, Rect) -> bool,
    ) -> Vec<Move> {
        let changed: Vec<Place> = cells
            .iter()
            .filter(|(_, changed)| *changed)
            .map(|(place, _)| *place)
            .collect();
        if changed.len() < FEWEST {
            return Vec::new();
        }
        let tried = self.displacements(before, now, grid, cells, &changed);
        if tried.is_empty() {
            return Vec::new();
        }
        let size = now.size();
        let came_by = |to: Rect, moved: Displacement| {
            let from = moved.origin(to, size);
            from.filter(|from| same(before, *from, now, to))
        };
        let (mut last, mut sure, mut stirred) = (0, Grid::new(size), Grid::new(size));
        for place in &changed {
            stirred.set(*place, true);
        }
        let goes_along = |to: Rect, moved: Displacement| {
            came_by(to, moved)
                .is_some_and(|from| keeps(from, to) || stirred.touched(to).all(|place| stirred.is_set(place)))
        };
        let moved = cells.iter().filter_map(|&(place, changed)| {
            let to = grid.pixels(place);
            if !changed {
                return goes_along(to, tried[last]).then_some((place, last));
            }
            let mut order = std::iter::once(last).chain((0..tried.len()).filter(|at| *at != last));
            last = order.find(|at| came_by(to, tried[*at]).is_some())?;
            sure.set(place, true);
            Some((place, last))
        });
        let mut moved = joined(grid, moved.collect::<Vec<_>>());
        moved.retain(|(rect, _)| sure.touched(*rect).any(|place| sure.is_set(place)));
        moved.sort_by_key(|(rect, _)| Reverse(rect.area()));
        moved.truncate(MOST);

        for at in 0..moved.len() {
            let (to, by) = moved[at];
            let moves_along = |strip: Rect| {
                let taken = moved
                    .iter()
                    .enumerate()
                    .any(|(other, (rect, _))| other != at && rect.meets(strip));
                strip.is_inside(size) && !taken && goes_along(strip, tried[by])
            };
            moved[at].0 = grown(to, moves_along);
        }

        // What moved most leads next time.
        let area = |by: usize| -> usize {
            let of = moved.iter().filter(|(_, other)| *other == by);
            of.map(|(rect, _)| rect.area()).sum()
        };
        let mut order: Vec<usize> = (0..tried.len()).filter(|by| area(*by) > 0).collect();
        order.sort_by_key(|by| Reverse(area(*by)));
        let led: Vec<Displacement> = order.into_iter().map(|by| tried[by]).collect();
        self.recent.retain(|known| !led.contains(known));
        self.recent.splice(0..0, led);
        self.recent.truncate(REMEMBERED);

        let moves = moved.into_iter().filter_map(|(to, by)| {
            let from = tried[by].origin(to, size)?;
            Some(Move { to, from })
        });
        in_order(moves)
    }

    fn displacements(
        &mut self,
        before: &Picture,
        now: &Picture,
        grid: &Grid,
        cells: &[(Place, bool)],
        changed: &[Place],
    ) -> Vec<Displacement> {
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
            return self.recent.iter().copied().take(TRIED).collect();
        }
        if self.idle > 0 {
            self.idle -= 1;
            return Vec::new();
        }
        let parts = joined(grid, cells.iter().map(|(place, _)| (*place, ())));
        let parts: Vec<Rect> = parts.into_iter().map(|(rect, ())| rect).collect();
        let found = self.search.displacements(before, now, &parts, TRIED);
        self.fruitless = if found.is_empty() { self.fruitless + 1 } else { 0 };
        self.idle = (1 << self.fruitless.saturating_sub(PATIENCE).min(LONGEST)) - 1;
        found
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
