//! Which parts of the screen are still to be looked at or sent.
//!
//! Invariant: a cell outside the screen is never set.

use crate::pixels::{Rect, Size};

/// Side of a cell, in pixels.
pub(super) const CELL: u16 = 16;

/// One bit for each cell of the screen.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    size: Size,
    columns: u16,
    set: Vec<bool>,
    count: usize,
}

/// Column and row of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub column: u16,
    pub row: u16,
}

impl Grid {
    pub fn new(size: Size) -> Self {
        let (columns, rows) = (size.width.div_ceil(CELL), size.height.div_ceil(CELL));
        Self {
            size,
            columns,
            set: vec![false; usize::from(columns) * usize::from(rows)],
            count: 0,
        }
    }

    /// Cells that are set.
    pub const fn count(&self) -> usize {
        self.count
    }

    fn at(&self, place: Place) -> usize {
        usize::from(place.row) * usize::from(self.columns) + usize::from(place.column)
    }

    pub fn is_set(&self, place: Place) -> bool {
        self.set[self.at(place)]
    }

    pub fn set(&mut self, place: Place, value: bool) {
        let at = self.at(place);
        match (std::mem::replace(&mut self.set[at], value), value) {
            (false, true) => self.count += 1,
            (true, false) => self.count -= 1,
            _ => {}
        }
    }

    /// Every cell that a rectangle touches.
    pub fn touched(&self, rect: Rect) -> impl Iterator<Item = Place> + use<> {
        let rect = rect.clipped(self.size).unwrap_or_default();
        let range = |near: u16, length: u16| {
            if length == 0 {
                0..0
            } else {
                near / CELL..(near + length - 1) / CELL + 1
            }
        };
        let columns = range(rect.x, rect.width);
        range(rect.y, rect.height).flat_map(move |row| columns.clone().map(move |column| Place { column, row }))
    }

    /// All that are set, row by row from the left.
    pub fn all(&self) -> Vec<Place> {
        let columns = usize::from(self.columns).max(1);
        let place = |at: usize| Place {
            column: u16::try_from(at % columns).unwrap_or(u16::MAX),
            row: u16::try_from(at / columns).unwrap_or(u16::MAX),
        };
        let set = self.set.iter().enumerate();
        set.filter(|(_, set)| **set).map(|(at, _)| place(at)).collect()
    }

    /// The pixels of a cell.
    pub fn pixels(&self, place: Place) -> Rect {
        let (x, y) = (place.column * CELL, place.row * CELL);
        Rect {
            x,
            y,
            width: CELL.min(self.size.width - x),
            height: CELL.min(self.size.height - y),
        }
    }
}

/// Joins equal cells that lie side by side, then runs that lie below each other, to rectangles. `cells` come row by row
/// from the left, each with what must be equal.
pub(super) fn joined<T: PartialEq + Copy>(grid: &Grid, cells: impl IntoIterator<Item = (Place, T)>) -> Vec<(Rect, T)> {
    let mut rows = Rows {
        done: Vec::new(),
        above: Vec::new(),
        here: Vec::new(),
    };
    let mut row = None;
    for (place, value) in cells {
        if row != Some(place.row) {
            rows.end_row();
            if row.is_none_or(|row| row + 1 != place.row) {
                rows.end_row();
            }
            row = Some(place.row);
        }
        let pixels = grid.pixels(place);
        match rows.here.last_mut() {
            Some((run, same)) if *same == value && run.right() == u32::from(pixels.x) => *run = run.union(pixels),
            _ => rows.here.push((pixels, value)),
        }
    }
    rows.end_row();
    rows.end_row();
    rows.done
}

/// Rectangles on their way.
struct Rows<T> {
    done: Vec<(Rect, T)>,
    /// Those that end at the row above.
    above: Vec<(Rect, T)>,
    /// Runs of this row.
    here: Vec<(Rect, T)>,
}

impl<T: PartialEq + Copy> Rows<T> {
    fn end_row(&mut self) {
        for run in &mut self.here {
            let same = |old: &(Rect, T)| old.0.x == run.0.x && old.0.width == run.0.width && old.1 == run.1;
            if let Some(at) = self.above.iter().position(same) {
                run.0 = self.above.swap_remove(at).0.union(run.0);
            }
        }
        self.done.append(&mut self.above);
        std::mem::swap(&mut self.above, &mut self.here);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_become_few_rectangles_that_cover_them_and_nothing_else() {
        let size = Size { width: 100, height: 90 };
        let mut grid = Grid::new(size);
        for rect in [(0, 0, 40, 40), (64, 0, 16, 90), (0, 70, 100, 20)] {
            let (x, y, width, height) = rect;
            for place in grid.touched(Rect { x, y, width, height }) {
                grid.set(place, true);
            }
        }
        let rects = joined(&grid, grid.all().into_iter().map(|place| (place, ())));
        let covered: usize = rects.iter().map(|(rect, ())| rect.area()).sum();
        let wanted: usize = grid.all().into_iter().map(|place| grid.pixels(place).area()).sum();
        assert_eq!(covered, wanted);
        assert!(rects.len() <= 4, "{rects:?}");
        for (at, (rect, ())) in rects.iter().enumerate() {
            assert!(grid.touched(*rect).all(|place| grid.is_set(place)));
            assert!(rects[at + 1..].iter().all(|(other, ())| !rect.meets(*other)));
        }
    }

    #[test]
    fn rows_that_do_not_follow_each_other_are_not_joined() {
        let grid = Grid::new(Size { width: 64, height: 64 });
        let cells = [(0, 0), (0, 2)].map(|(column, row)| (Place { column, row }, ()));
        assert_eq!(joined(&grid, cells).len(), 2);
    }
}
