//! What to send of a screen, at the sharer's.
//!
//! Flow: [`Planner::damage`] takes note of what changed; [`Planner::next`] compares it with what the viewer has, and makes
//! updates of it: first copies, then tiles that were seen before, then pixels, small places first, as much as there is
//! room for. The rest stays for the next call, which sends it as it is by then.
//!
//! Invariant: once every update was carried out, the viewer's picture is `reference`; and where nothing is stale, that is
//! the picture of the last call.

mod compare;
mod grid;
mod log;
mod moves;
mod shelf;

use std::time::Duration;

use crate::{
    exact::{Encoder, Part},
    pixels::{Picture, PixelFormat, Rect, Size},
    wire::{EXACT_PIXELS, MAX_OPERATIONS, Operation, Sequence, TILE, Update},
};
use compare::{same, tightened};
use grid::{CELL, Grid, Place, joined};
use log::{Log, Touched};
use moves::{Move, Moves};
use shelf::{REST, Shelf};

/// Bytes of pixels above which an update is closed and another one begins: what was coded first is on its way while the
/// rest is coded. Below, all of a change is shown at once.
const ENOUGH: usize = 32 * 1024;
/// Operations above which one is closed, far below [`MAX_OPERATIONS`].
const MANY: usize = 256;
/// Pixels above which a change is worth being a stream, of which each part waits for the one before.
const STREAM: usize = 16 * 1024;
/// Colours of a stream above which another one begins, so that its palette is about what is there now.
const COLOURS: usize = 3_000;

/// An update, ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its number.
    pub sequence: Sequence,
    /// As [`Update::encode`] writes it.
    pub bytes: Vec<u8>,
}

/// Plans updates for one viewer.
pub struct Planner {
    /// What the viewer has once everything that was sent has arrived.
    reference: Picture,
    /// Where the screen may differ from that.
    stale: Grid,
    moves: Moves,
    shelf: Shelf,
    tiles: Tiles,
    encoder: Encoder,
    log: Log,
    sequence: Sequence,
    /// The last part of the stream that is going on.
    stream: Option<Sequence>,
}

impl Default for Planner {
    fn default() -> Self {
        Self::new()
    }
}

impl Planner {
    /// Before the first picture.
    #[must_use]
    pub fn new() -> Self {
        Self {
            reference: Picture::new(Size::default(), PixelFormat::Bgrx),
            stale: Grid::default(),
            moves: Moves::default(),
            shelf: Shelf::default(),
            tiles: Tiles::default(),
            encoder: Encoder::new(),
            log: Log::default(),
            sequence: 0,
            stream: None,
        }
    }

    /// These parts of the screen changed. Before the first [`Planner::next`] this is of no consequence: all is new.
    pub fn damage(&mut self, rects: &[Rect]) {
        for rect in rects {
            for place in self.stale.touched(*rect) {
                self.stale.set(place, true);
            }
        }
    }

    /// Every update up to this one was carried out by the viewer.
    pub fn acknowledged(&mut self, complete: Sequence) {
        self.log.acknowledge(complete.min(self.sequence));
    }

    /// Has the viewer, once all has arrived, what the last call was given?
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.stale.count() == 0
    }

    /// The viewer begins anew, with a connection of its own: everything is sent again, with numbers from 1.
    pub fn restart(&mut self) {
        *self = Self::new();
    }

    /// Updates that bring the viewer closer to `now` ([`PixelFormat::Bgrx`]), until about `room` bytes are full. Nothing
    /// when all is there. `at` is a time that grows from call to call.
    pub fn next(&mut self, now: &Picture, at: Duration, room: usize) -> Vec<Planned> {
        let mut planned = Vec::new();
        if now.size() != self.reference.size() {
            self.begin(now.size(), &mut planned);
        }
        if room == 0 || self.is_settled() {
            return planned;
        }
        let (reference, stale) = (&self.reference, &mut self.stale);
        let mut cells = Vec::new();
        for place in stale.all() {
            let rect = stale.pixels(place);
            let changed = !same(reference, rect, now, rect);
            stale.set(place, changed);
            cells.push((place, changed));
        }
        let mut open = Open::default();
        let moves = self.moves.find(&self.reference, now, &self.stale, &cells);
        for moved in &moves {
            self.copy(*moved, &mut open);
        }
        for moved in moves {
            for place in self.stale.touched(moved.to) {
                let rect = self.stale.pixels(place);
                let right = same(&self.reference, rect, now, rect);
                self.stale.set(place, !right);
            }
        }
        self.seen_before(now, at, &mut open);
        self.pixels(now, room, open, &mut planned);
        planned
    }

    /// Keeps tiles that rested and are about to be written over, and recalls those that are as one was.
    fn seen_before(&mut self, now: &Picture, at: Duration, open: &mut Open) {
        self.shelf.begin_turn();
        let changed = self.tiles.changed(&self.stale, at);
        let mut recalled = Vec::new();
        for (tile, _) in &changed {
            if let Some(slot) = self.shelf.find(now, *tile) {
                recalled.push((slot, *tile));
            }
        }
        for (tile, rested) in changed {
            if rested && let Some(slot) = self.shelf.keep(&self.reference, tile) {
                open.touched.reads.push(tile);
                open.touched.keeps.push(slot);
                open.operations.push(Operation::Keep {
                    slot,
                    x: tile.x,
                    y: tile.y,
                });
            }
        }
        for (slot, tile) in recalled {
            self.reference.take_from(now, tile);
            for place in self.stale.touched(tile) {
                self.stale.set(place, false);
            }
            open.touched.recalls.push(slot);
            open.touched.writes.push(tile);
            open.operations.push(Operation::Recall {
                slot,
                x: tile.x,
                y: tile.y,
            });
        }
    }

    fn begin(&mut self, size: Size, planned: &mut Vec<Planned>) {
        self.reference = Picture::new(size, PixelFormat::Bgrx);
        self.stale = Grid::new(size);
        self.shelf = Shelf::default();
        self.tiles = Tiles::new(size);
        self.damage(&[size.whole()]);
        self.stream = None;
        self.sequence += 1;
        let update = Update {
            sequence: self.sequence,
            after: self.sequence - 1,
            operations: vec![Operation::Begin(size)],
        };
        self.log.restart(self.sequence);
        planned.push(Planned {
            sequence: self.sequence,
            bytes: update.encode(),
        });
    }

    fn copy(&mut self, moved: Move, open: &mut Open) {
        self.reference.copy_within(moved.from, moved.to.x, moved.to.y);
        open.touched.reads.push(moved.from);
        open.touched.writes.push(moved.to);
        open.operations.push(Operation::Copy {
            to: moved.to,
            x: moved.from.x,
            y: moved.from.y,
        });
    }

    fn pixels(&mut self, now: &Picture, room: usize, mut open: Open, planned: &mut Vec<Planned>) {
        let places: Vec<Place> = self.stale.all();
        let mut rects: Vec<Rect> = joined(&self.stale, places.iter().map(|place| (*place, ())))
            .into_iter()
            .flat_map(|(rect, ())| pieces(rect))
            .collect();
        // A letter that was typed does not wait for a page.
        rects.sort_by_key(|rect| rect.area() / STREAM);
        let area: usize = rects.iter().map(|rect| rect.area()).sum();
        let mut used = 0;
        for rect in rects {
            if used >= room {
                break;
            }
            let tight = tightened(&self.reference, now, rect);
            if tight.area() > 0 {
                let part = self.part(area, &open);
                let coded = self.encoder.encode(now, tight, part);
                self.reference.take_from(now, tight);
                used += coded.len();
                open.bytes += coded.len();
                open.streams |= part != Part::Alone;
                open.touched.writes.push(tight);
                open.operations.push(Operation::Exact { rect: tight, coded });
            }
            for place in self.stale.touched(rect) {
                self.stale.set(place, false);
            }
            if open.bytes >= ENOUGH || open.operations.len() >= MANY.min(MAX_OPERATIONS) {
                self.close(std::mem::take(&mut open), planned);
            }
        }
        self.close(open, planned);
    }

    /// A stream that was acknowledged costs nobody a wait; a large change is worth one.
    fn part(&self, area: usize, open: &Open) -> Part {
        let young = self.encoder.colours() < COLOURS;
        match self.stream {
            _ if open.streams && young => Part::Continues,
            Some(last) if young && (area >= STREAM || self.log.is_acknowledged(last)) => Part::Continues,
            _ if area >= STREAM => Part::Begins,
            _ => Part::Alone,
        }
    }

    fn close(&mut self, open: Open, planned: &mut Vec<Planned>) {
        if open.operations.is_empty() {
            return;
        }
        self.sequence += 1;
        let mut after = self.log.after(&open.touched);
        if open.streams {
            after = after.max(self.stream.unwrap_or(0));
            self.stream = Some(self.sequence);
        }
        let update = Update {
            sequence: self.sequence,
            after,
            operations: open.operations,
        };
        self.log.add(self.sequence, open.touched);
        planned.push(Planned {
            sequence: self.sequence,
            bytes: update.encode(),
        });
    }
}

/// When each tile of the screen that can be kept has changed.
#[derive(Debug, Default)]
struct Tiles {
    columns: u16,
    changed_at: Vec<Option<Duration>>,
}

impl Tiles {
    /// Cells of a tile, of which at least half must have changed for it to be looked at.
    const CELLS: usize = (TILE / CELL) as usize * (TILE / CELL) as usize;

    fn new(size: Size) -> Self {
        let (columns, rows) = (size.width / TILE, size.height / TILE);
        Self {
            columns,
            changed_at: vec![None; usize::from(columns) * usize::from(rows)],
        }
    }

    /// Tiles of which much has changed now, and whether each had rested before. Those of which little has are marked.
    fn changed(&mut self, stale: &Grid, at: Duration) -> Vec<(Rect, bool)> {
        let mut counts = vec![0; self.changed_at.len()];
        let per_tile = TILE / CELL;
        for place in stale.all() {
            let (column, row) = (place.column / per_tile, place.row / per_tile);
            let tile = usize::from(row) * usize::from(self.columns) + usize::from(column);
            if column < self.columns && tile < counts.len() {
                counts[tile] += 1;
            }
        }
        let mut changed = Vec::new();
        for (tile, count) in counts.into_iter().enumerate() {
            if count == 0 {
                continue;
            }
            let before = self.changed_at[tile].replace(at);
            if count * 2 >= Self::CELLS {
                let columns = usize::from(self.columns);
                // Inside the screen, whose sides fit.
                let rect = Rect {
                    x: (tile % columns) as u16 * TILE,
                    y: (tile / columns) as u16 * TILE,
                    width: TILE,
                    height: TILE,
                };
                changed.push((rect, before.is_some_and(|before| at.saturating_sub(before) >= REST)));
            }
        }
        changed
    }
}

/// An update that is being filled.
#[derive(Default)]
struct Open {
    operations: Vec<Operation>,
    touched: Touched,
    /// Of its pixels.
    bytes: usize,
    /// Does it hold a part of a stream?
    streams: bool,
}

/// Rectangles of whole cells' heights that are small enough to be sent.
fn pieces(rect: Rect) -> Vec<Rect> {
    let width = rect
        .width
        .min(u16::try_from(EXACT_PIXELS / usize::from(CELL)).unwrap_or(CELL));
    let rows = u16::try_from(EXACT_PIXELS / usize::from(width)).unwrap_or(u16::MAX);
    let height = (rows / CELL * CELL).max(CELL);
    let mut pieces = Vec::new();
    for y in (rect.y..rect.y + rect.height).step_by(usize::from(height)) {
        for x in (rect.x..rect.x + rect.width).step_by(usize::from(width)) {
            pieces.push(Rect {
                x,
                y,
                width: width.min(rect.x + rect.width - x),
                height: height.min(rect.y + rect.height - y),
            });
        }
    }
    pieces
}
