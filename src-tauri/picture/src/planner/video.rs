//! What is left to video, and what becomes of it.
//!
//! Invariant: a small change is never left to video, and what is left to it is sent as pixels once it has rested.

use std::{cmp::Reverse, collections::BTreeMap, ops::Range, time::Duration};

use super::{
    Means,
    compare::same,
    grid::{CELL, Grid, Place, joined},
};
use crate::{
    exact::is_shaded,
    pixels::{Picture, Rect, Size},
    wire::MAX_ANNOUNCED_RECTS,
};

/// How long something must rest to be sent as pixels.
const REST: Duration = Duration::from_millis(200);
/// What changes again within this time goes on changing.
const SOON: Duration = Duration::from_millis(150);
/// So many changes, each soon after the one before, make a film.
const OFTEN: u8 = 4;
/// Cells of a side of what goes one way or the other as a whole, so that few rectangles hold what is left to video.
const BLOCK: u16 = 8;
/// Rectangles of a frame.
pub(super) const MOST: usize = MAX_ANNOUNCED_RECTS;
/// One cell in so many is looked at first.
const LOOKED_AT: u32 = 4;
/// Cells of a change that is always sent as pixels: an icon, a spinner.
const SMALL: usize = 64;

/// What the viewer has out of video, pixel by pixel and as cells, and how often each cell changes.
#[derive(Debug, Default)]
pub(super) struct Lossy {
    grid: Grid,
    cells: Vec<Cell>,
    columns: u16,
    size: Size,
    /// Is a pixel lossy? A cell is when one of its pixels is. Empty until there was video.
    pixels: Vec<bool>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    painted_at: Duration,
    changed_at: Duration,
    often: u8,
}

impl Lossy {
    pub fn new(size: Size) -> Self {
        let (columns, rows) = (size.width.div_ceil(CELL), size.height.div_ceil(CELL));
        Self {
            grid: Grid::new(size),
            cells: vec![Cell::default(); usize::from(columns) * usize::from(rows)],
            columns,
            size,
            pixels: Vec::new(),
        }
    }

    fn at(&self, place: Place) -> usize {
        usize::from(place.row) * usize::from(self.columns) + usize::from(place.column)
    }

    /// Cells that are lossy.
    pub const fn count(&self) -> usize {
        self.grid.count()
    }

    pub fn is_set(&self, place: Place) -> bool {
        self.grid.count() > 0 && self.grid.is_set(place)
    }

    /// Is every cell of a rectangle lossy?
    pub fn is_lossy(&self, rect: Rect) -> bool {
        self.grid.count() > 0 && self.grid.touched(rect).all(|place| self.grid.is_set(place))
    }

    /// Is nothing of a rectangle lossy?
    pub fn is_exact(&self, rect: Rect) -> bool {
        self.grid.count() == 0
            || self.grid.touched(rect).all(|place| !self.grid.is_set(place))
            || !self.rows(rect).any(|row| self.pixels[row].contains(&true))
    }

    fn rows(&self, rect: Rect) -> impl Iterator<Item = Range<usize>> + use<> {
        let width = usize::from(self.size.width);
        (rect.y..rect.y + rect.height).map(move |y| {
            let start = usize::from(y) * width + usize::from(rect.x);
            start..start + usize::from(rect.width)
        })
    }

    fn fill(&mut self, rect: Rect, lossy: bool) {
        for row in self.rows(rect) {
            self.pixels[row].fill(lossy);
        }
    }

    pub fn clear(&mut self, place: Place) {
        if self.is_set(place) {
            self.grid.set(place, false);
            self.fill(self.grid.pixels(place), false);
        }
    }

    /// A frame of video was painted there.
    pub fn paint(&mut self, rect: Rect, at: Duration) {
        self.pixels.resize(self.size.whole().area(), false);
        self.fill(rect, true);
        for place in self.grid.touched(rect) {
            self.grid.set(place, true);
            let index = self.at(place);
            self.cells[index].painted_at = at;
        }
    }

    /// Something was copied: what was lossy is, there, as long as it has been.
    pub fn copy(&mut self, from: Rect, to: Rect) {
        if self.is_exact(from) && self.is_exact(to) {
            return;
        }
        let cells = self.grid.touched(from).filter(|place| self.grid.is_set(*place));
        let painted_at = cells.map(|place| (self.grid.pixels(place), self.cells[self.at(place)].painted_at));
        let painted_at: Vec<(Rect, Duration)> = painted_at.collect();
        let mut rows: Vec<_> = self.rows(from).zip(self.rows(to)).collect();
        if to.y > from.y {
            // What moves down begins at the bottom, so that no row is read after it was overwritten.
            rows.reverse();
        }
        for (from, to) in rows {
            self.pixels.copy_within(from, to.start);
        }
        for (cell, at) in painted_at {
            // Where its part that was copied is now.
            let Some(part) = cell.common(from) else { continue };
            let (x, y) = (part.x - from.x + to.x, part.y - from.y + to.y);
            for place in self.grid.touched(Rect { x, y, ..part }) {
                let index = self.at(place);
                self.cells[index].painted_at = self.cells[index].painted_at.max(at);
            }
        }
        for place in self.grid.touched(to) {
            let lossy = self
                .rows(self.grid.pixels(place))
                .any(|row| self.pixels[row].contains(&true));
            self.grid.set(place, lossy);
        }
    }

    /// The screen changed there.
    pub fn changed(&mut self, place: Place, at: Duration) {
        let index = self.at(place);
        let cell = &mut self.cells[index];
        let soon = at.saturating_sub(cell.changed_at) < SOON;
        cell.often = if soon { cell.often.saturating_add(1) } else { 1 };
        cell.changed_at = at;
    }

    /// Did the screen change there, time and again, until now?
    fn is_film(&self, place: Place, at: Duration) -> bool {
        let cell = self.cells[self.at(place)];
        cell.often >= OFTEN && at.saturating_sub(cell.changed_at) < SOON
    }

    /// When the first of it will have rested.
    pub fn rests_at(&self) -> Option<Duration> {
        let painted = self.grid.all().into_iter();
        painted.map(|place| self.cells[self.at(place)].painted_at + REST).min()
    }

    /// Cells that have rested and are not stale, the newest first: groups of those that were painted together, each row by
    /// row from the left.
    pub fn resting(&self, stale: &Grid, at: Duration) -> Vec<Vec<Place>> {
        let mut resting: Vec<(Duration, Place)> = (self.grid.all().into_iter())
            .map(|place| (self.cells[self.at(place)].painted_at, place))
            .filter(|(painted_at, place)| *painted_at + REST <= at && !stale.is_set(*place))
            .collect();
        // Stable, so that the places of a time stay in their order.
        resting.sort_by_key(|(painted_at, _)| Reverse(*painted_at));
        let groups = resting.chunk_by(|(one, _), (other, _)| one == other);
        groups
            .map(|group| group.iter().map(|(_, place)| *place).collect())
            .collect()
    }
}

/// What a pixel of each kind takes, in bytes, as far as is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    drawn: f32,
    shaded: f32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            drawn: 0.1,
            shaded: 1.2,
        }
    }
}

impl Rates {
    /// Part of a new figure that is believed.
    const BELIEVED: f32 = 0.2;
    /// Pixels of a rectangle from which something can be learnt.
    const MUCH: usize = 4096;

    /// A rectangle took this many bytes.
    pub fn learn(&mut self, picture: &Picture, rect: Rect, bytes: usize) {
        if rect.area() < Self::MUCH {
            return;
        }
        // The kind of its middle stands for all of it.
        let middle = Rect {
            x: rect.x + (rect.width - rect.width.min(CELL)) / 2,
            y: rect.y + (rect.height - rect.height.min(CELL)) / 2,
            width: rect.width.min(CELL),
            height: rect.height.min(CELL),
        };
        let rate = if is_shaded(picture, middle) {
            &mut self.shaded
        } else {
            &mut self.drawn
        };
        *rate += (bytes as f32 / rect.area() as f32 - *rate) * Self::BELIEVED;
    }

    fn bytes(self, shaded: bool, cells: usize) -> usize {
        let rate = if shaded { self.shaded } else { self.drawn };
        let pixels = cells * usize::from(CELL) * usize::from(CELL);
        (rate * pixels as f32) as usize
    }
}

/// Rectangles of the stale cells that are better left to video: films, and of the rest what is more than can go soon.
pub(super) fn chosen(now: &Picture, stale: &Grid, lossy: &Lossy, rates: Rates, means: Means) -> Vec<Rect> {
    if stale.count() <= SMALL {
        return Vec::new();
    }
    let places = stale.all();
    let shaded = |place: Place| is_shaded(now, stale.pixels(place));
    let cost = |cells: &[(Place, bool)]| {
        let shaded = cells.iter().filter(|(_, shaded)| *shaded).count();
        rates.bytes(true, shaded) + rates.bytes(false, cells.len() - shaded)
    };
    if !places.iter().any(|place| lossy.is_film(*place, means.at)) {
        // A page that is opened: a part of its cells tells whether all of it fits by far.
        let some = places.iter().filter(|place| is_looked_at(**place));
        let some: Vec<(Place, bool)> = some.map(|place| (*place, shaded(*place))).collect();
        if !some.is_empty() && cost(&some) * places.len() / some.len() * 2 < means.soon {
            return Vec::new();
        }
    }
    let places: Vec<(Place, bool)> = places.into_iter().map(|place| (place, shaded(place))).collect();
    let mut film = Grid::new(now.size());
    for (place, _) in places
        .iter()
        .filter(|(place, shaded)| *shaded && lossy.is_film(*place, means.at))
    {
        film.set(*place, true);
    }
    // The cells at a film's edges hold some of what is around it.
    let in_film = |place: Place| {
        lossy.is_film(place, means.at) && film.touched(around(stale.pixels(place))).any(|near| film.is_set(near))
    };
    let (mut video, exact): (Vec<_>, Vec<_>) = (places.into_iter()).partition(|(place, _)| in_film(*place));
    if cost(&exact) > means.soon {
        // As much as can go soon goes as pixels, so that what moves on can be copied from there: what is drawn first, from
        // the top.
        let mut blocks = blocks(&exact);
        blocks.sort_by_key(|block| (is_photograph(block), block[0].0.row / BLOCK, block[0].0.column / BLOCK));
        let mut left = means.soon;
        for block in blocks {
            let bytes = cost(&block);
            left = left.checked_sub(bytes).unwrap_or_else(|| {
                video.extend(block);
                0
            });
        }
    }
    let mut places: Vec<Place> = video.into_iter().map(|(place, _)| place).collect();
    if places.len() <= SMALL {
        return Vec::new();
    }
    places.sort_by_key(|place| (place.row, place.column));
    few(joined(stale, places.into_iter().map(|place| (place, ()))))
}

/// A rectangle that is left to video, without the rows and columns at its edges that are exact and have not changed: a film rarely
/// begins where a cell does, and what is around it is not painted over.
pub(super) fn trimmed(before: &Picture, now: &Picture, lossy: &Lossy, mut rect: Rect) -> Rect {
    let stays = |part: Rect| same(before, part, now, part) && lossy.is_exact(part);
    while rect.height > 0 && stays(Rect { height: 1, ..rect }) {
        (rect.y, rect.height) = (rect.y + 1, rect.height - 1);
    }
    let bottom = |rect: Rect| Rect {
        y: rect.y + rect.height - 1,
        height: 1,
        ..rect
    };
    while rect.height > 0 && stays(bottom(rect)) {
        rect.height -= 1;
    }
    while rect.height > 0 && rect.width > 0 && stays(Rect { width: 1, ..rect }) {
        (rect.x, rect.width) = (rect.x + 1, rect.width - 1);
    }
    let right = |rect: Rect| Rect {
        x: rect.x + rect.width - 1,
        width: 1,
        ..rect
    };
    while rect.height > 0 && rect.width > 0 && stays(right(rect)) {
        rect.width -= 1;
    }
    rect
}

/// One cell in so many is looked at first, scattered, so that no pattern of a page is missed or met.
fn is_looked_at(place: Place) -> bool {
    let spread = u32::from(place.column).wrapping_mul(0x9E37_79B1) ^ u32::from(place.row).wrapping_mul(0x85EB_CA77);
    (spread ^ spread >> 15).wrapping_mul(0x2C1B_3C6D) <= u32::MAX / LOOKED_AT
}

/// Cells of a block, by blocks, each with whether it is shaded.
fn blocks(cells: &[(Place, bool)]) -> Vec<Vec<(Place, bool)>> {
    let mut blocks: BTreeMap<(u16, u16), Vec<(Place, bool)>> = BTreeMap::new();
    for cell in cells {
        let (place, _) = cell;
        blocks
            .entry((place.row / BLOCK, place.column / BLOCK))
            .or_default()
            .push(*cell);
    }
    blocks.into_values().collect()
}

/// Coloured letters are shaded here and there; a photograph is all over.
fn is_photograph(block: &[(Place, bool)]) -> bool {
    block.iter().filter(|(_, shaded)| *shaded).count() * 4 > block.len() * 3
}

/// A cell and a pixel of each around it; what is outside the screen does no harm.
fn around(cell: Rect) -> Rect {
    Rect {
        x: cell.x.saturating_sub(1),
        y: cell.y.saturating_sub(1),
        width: cell.width + 2,
        height: cell.height + 2,
    }
}

/// No more rectangles than a frame has in a turn, the largest: what is left of it goes as pixels, or waits. None is joined with
/// what lies between, so that no pixel that is exact is painted over.
fn few(rects: Vec<(Rect, ())>) -> Vec<Rect> {
    let mut few: Vec<Rect> = rects.into_iter().map(|(rect, ())| rect).collect();
    few.sort_by_key(|rect| Reverse(rect.area()));
    few.truncate(MOST);
    few
}
