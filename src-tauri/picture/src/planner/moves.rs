//! Finds copies: what of the changed cells stood elsewhere before.
//!
//! Flow: displacements, those of last time first -> cells that are alike at one of them -> rectangles, grown to the pixel
//! -> an order in which none reads what another has overwritten.

use std::{cmp::Reverse, time::Duration};

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
/// Pixels by which a displacement may differ from the latest to be tried before any search: one of its directions, or both.
const ALONG: i32 = 64;
const ASLANT: i32 = 6;
/// Fruitless searches in a row after which turns are left out: 1 after one more, then 3, 7, and 15 at last.
const PATIENCE: u32 = 4;
const LONGEST: u32 = 4;
/// In a row is what comes within this time: after a pause, a page that was opened may be scrolled.
const IN_A_ROW: Duration = Duration::from_millis(250);
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
    /// When something was last looked at.
    at: Duration,
}

impl Moves {
    /// Copies that make part of the changed cells right. `cells` are those that were damaged, row by row from the left,
    /// and whether each has changed: one that has not, as it is empty, goes with its neighbours where it can, so that
    /// few copies are large, unless it would lose by that (`keeps`, of where from and where to). In their order, none reads
    /// what one before it has written. `at` is a time that grows from turn to turn.
    pub fn find(
        &mut self,
        at: Duration,
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
        if at.saturating_sub(std::mem::replace(&mut self.at, at)) > IN_A_ROW {
            (self.fruitless, self.idle) = (0, 0);
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
        let mut moved = Vec::new();
        // Whole rows of cells are read far faster than one cell after the other.
        let beside = |one: Place, other: Place| one.row == other.row && one.column + 1 == other.column;
        let mut runs: Vec<&[(Place, bool)]> = cells.chunk_by(|(one, _), (other, _)| beside(*one, *other)).collect();
        runs.reverse();
        while let Some(run) = runs.pop() {
            if let &[(place, changed)] = run {
                let to = grid.pixels(place);
                let mut order = std::iter::once(last).chain((0..tried.len()).filter(|at| *at != last));
                if !changed {
                    moved.extend(goes_along(to, tried[last]).then_some((place, last)));
                } else if let Some(by) = order.find(|at| came_by(to, tried[*at]).is_some()) {
                    last = by;
                    sure.set(place, true);
                    moved.push((place, last));
                }
                continue;
            }
            let ends = [run.first(), run.last()].into_iter().flatten();
            let all = ends.map(|(place, _)| grid.pixels(*place)).reduce(Rect::union);
            if all.and_then(|all| came_by(all, tried[last])).is_none() {
                let (left, right) = run.split_at(run.len() / 2);
                runs.extend([right, left]);
                continue;
            }
            for &(place, changed) in run {
                let to = grid.pixels(place);
                let goes = changed || tried[last].origin(to, size).is_some_and(|from| keeps(from, to));
                moved.extend(goes.then_some((place, last)));
                if changed {
                    sure.set(place, true);
                }
            }
        }
        let mut moved = joined(grid, moved);
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
        let samples: Vec<Rect> = changed.iter().step_by(step).map(|place| grid.pixels(*place)).collect();
        let going_on = |moved: &Displacement| {
            let mut missed = 0;
            samples.iter().all(|to| {
                let from = moved.origin(*to, now.size());
                missed += usize::from(!from.is_some_and(|from| same(before, from, now, *to)));
                missed * 4 <= samples.len()
            })
        };
        let known = self.recent.iter().copied();
        // What is thrown becomes slower from turn to turn.
        let near = self.recent.first().into_iter().flat_map(|latest| near(*latest));
        if let Some(moved) = known.chain(near).find(going_on) {
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

/// Displacements that differ little from one, the nearest first: along the screen's sides farther than aslant.
fn near(from: Displacement) -> Vec<Displacement> {
    let aslant = (-ASLANT..=ASLANT).flat_map(|right| (-ASLANT..=ASLANT).map(move |down| (right, down)));
    let along = (ASLANT + 1..=ALONG).flat_map(|by| [(by, 0), (-by, 0), (0, by), (0, -by)]);
    let mut by: Vec<(i32, i32)> = aslant.chain(along).collect();
    by.sort_by_key(|(right, down)| right.abs() + down.abs());
    by.into_iter()
        .map(|(right, down)| Displacement {
            right: from.right + right,
            down: from.down + down,
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::{PixelFormat, Size};

    fn picture(pixel: impl Fn(u32, u32) -> u32) -> Picture {
        let size = Size {
            width: 256,
            height: 256,
        };
        let mut picture = Picture::new(size, PixelFormat::Bgrx);
        for (at, shown) in (0..).zip(picture.pixels_mut()) {
            *shown = pixel(at % 256, at / 256);
        }
        picture
    }

    /// A pattern that comes again and again, so that no place of it is a landmark.
    fn wallpaper(top: u32) -> Picture {
        picture(|x, y| (x % 40 * 6 + (y + top) % 100 * 0x0201) & 0xFF_FFFF)
    }

    /// Noise: each place of it is a landmark.
    fn page(seed: u32, top: u32) -> Picture {
        picture(|x, y| {
            let dot = x.wrapping_mul(0x9E37_79B1) ^ (y + top + seed).wrapping_mul(0x85EB_CA77);
            dot.wrapping_mul(0x2C1B_3C6D) >> 8
        })
    }

    #[test]
    fn what_is_scrolled_after_a_pause_is_found_at_once_whatever_was_seen_before() {
        let grid = Grid::new(page(0, 0).size());
        let whole = page(0, 0).size().whole();
        let cells: Vec<(Place, bool)> = grid.touched(whole).map(|place| (place, true)).collect();
        let mut moves = Moves::default();
        let mut find = |at: Duration, before: &Picture, now: &Picture| -> usize {
            moves.find(at, before, now, &grid, &cells, |_, _| true).len()
        };
        let turn = Duration::from_millis(16);
        let film: Vec<usize> = (0..40)
            .map(|at| find(turn * at, &page(at * 999, 0), &page((at + 1) * 999, 0)))
            .collect();
        assert_eq!(film, [0; 40]);
        let (begun, (before, now)) = (turn * 39, (page(7, 0), page(7, 12)));
        let after = |pause: Duration| begun + pause;
        assert_eq!(
            find(after(turn), &before, &now),
            0,
            "in the midst of a film, nothing is looked for"
        );
        assert!(find(after(turn + IN_A_ROW * 2), &before, &now) > 0);
    }

    #[test]
    fn what_goes_on_a_little_slower_is_found_without_a_search() {
        let (before, now) = (wallpaper(0), wallpaper(17));
        let grid = Grid::new(now.size());
        let cells: Vec<(Place, bool)> = (grid.touched(now.size().whole())).map(|place| (place, true)).collect();
        let find = |moves: &mut Moves| moves.find(Duration::ZERO, &before, &now, &grid, &cells, |_, _| true);
        let mut moves = Moves::default();
        assert_eq!(find(&mut moves), []);
        moves.recent.push(Displacement { right: 0, down: -21 });
        let found = find(&mut moves);
        let by = |moved: &Move| {
            (
                i32::from(moved.to.y) - i32::from(moved.from.y),
                moved.to.x == moved.from.x,
            )
        };
        assert!(
            !found.is_empty() && found.iter().all(|moved| by(moved) == (-17, true)),
            "{found:?}"
        );
    }
}
