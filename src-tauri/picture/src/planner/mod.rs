//! What to send of a screen, at the sharer's.
//!
//! Flow: [`Planner::damage`] takes note of what changed; [`Planner::next`] compares it with what the viewer has, and makes
//! updates of it: first copies, then tiles that were seen before, then pixels, small places first, as much as there is
//! room for. Each goes as soon as it is made: what was coded first is seen while the rest is coded. What there is no room for stays
//! for the next call, which sends it as it is by then.
//!
//! What is shaded and changes all the time, or is more than there is room for soon, is left to video: the caller encodes a
//! frame of it and says so with [`Planner::video`]. Once it rests, it is sent as pixels like everything else, after what is
//! new.
//!
//! Invariant: between two calls, once every update was carried out, the viewer's picture is `reference` wherever it is not lossy; and
//! where nothing is stale nor lossy, that is the picture of the last call.

mod compare;
mod grid;
mod log;
mod moves;
mod shelf;
mod tiles;
mod updates;
mod video;

use std::time::Duration;

use crate::{
    composer::{MAX_AHEAD, MAX_WAITING_BYTES},
    exact::Encoder,
    pixels::{Picture, PixelFormat, Rect, Size},
    wire::{MAX_SCREEN, MAX_SIDE, MAX_VIDEO_RECTS, Operation, Sequence, Update},
};
use compare::same;
use grid::{CELL, Grid, Place};
use log::{Log, Touched};
use moves::{Move, Moves};
use shelf::Shelf;
use tiles::Tiles;
use updates::{Open, STREAM};
use video::{Lossy, Rates};

/// Updates, and their bytes, that may be on their way; with more, a turn plans nothing. Half of what a viewer lets wait.
const ON_THE_WAY: usize = MAX_AHEAD as usize / 2;
const BYTES_ON_THE_WAY: usize = MAX_WAITING_BYTES / 2;
/// Pixels that moved in one turn, from which on pictures are swapped rather than copied.
const WORTH_SWAPPING: usize = 16 * 1024;

/// An update, ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its number.
    pub sequence: Sequence,
    /// As [`Update::encode`] writes it.
    pub bytes: Vec<u8>,
}

/// What a turn may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// A time that grows from turn to turn.
    pub at: Duration,
    /// Bytes that may go now; some more are used rather than none.
    pub room: usize,
    /// Bytes that can go so soon that nobody waits for them; what is more is left to video.
    pub soon: usize,
    /// Is there a video codec?
    pub video: bool,
}

/// A screen that cannot be shared: more than 2^25 pixels, or a side above [`MAX_SIDE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the screen is too large")]
pub struct TooLarge;

/// Where the updates of a turn go, in their order.
pub type Outgoing<'a> = &'a mut dyn FnMut(Planned);

/// What there is of a turn besides its updates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What is left to video. It counts as sent once [`Planner::video`] was told of the frame, and is planned again until
    /// then.
    pub video: Vec<Rect>,
    /// Where the picture that was swapped ([`Planner::next_swapping`]) is older than the one that was given.
    pub outdated: Vec<Rect>,
}

/// Plans updates for one viewer.
pub struct Planner {
    /// What the viewer has once everything that was sent has arrived; where it is lossy, what the frame was made of.
    reference: Picture,
    /// Where, in the middle of a turn, that is the turn's picture and `reference` is not yet.
    owed: Vec<Rect>,
    /// Where the screen may differ from that. After a turn, where it does: whatever is written to `reference` is cleared here, or
    /// compared again.
    stale: Grid,
    /// Where the screen was said to have changed since the last turn that looked. The rest of `stale` only waits for room.
    damaged: Grid,
    /// Where the viewer has something else, out of video.
    lossy: Lossy,
    rates: Rates,
    moves: Moves,
    shelf: Shelf,
    tiles: Tiles,
    encoder: Encoder,
    log: Log,
    sequence: Sequence,
    /// The last part of the stream that is going on.
    stream: Option<Sequence>,
    /// The picture began in another's place, which the viewer shows until something is written.
    blank: bool,
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
            owed: Vec::new(),
            stale: Grid::default(),
            damaged: Grid::default(),
            lossy: Lossy::default(),
            rates: Rates::default(),
            moves: Moves::default(),
            shelf: Shelf::default(),
            tiles: Tiles::default(),
            encoder: Encoder::new(),
            log: Log::default(),
            sequence: 0,
            stream: None,
            blank: false,
        }
    }

    /// These parts of the screen changed. Before the first [`Planner::next`] this is of no consequence: all is new.
    pub fn damage(&mut self, rects: &[Rect]) {
        for rect in rects {
            for place in self.stale.touched(*rect) {
                self.stale.set(place, true);
                self.damaged.set(place, true);
            }
        }
    }

    /// Every update up to this one was carried out by the viewer.
    pub fn acknowledged(&mut self, complete: Sequence) {
        self.log.acknowledge(complete.min(self.sequence));
    }

    /// Has the viewer, once all has arrived, what the last call was given, to the pixel?
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.stale.count() == 0 && self.lossy.count() == 0
    }

    /// Was everything that changed sent, or left to a frame of video?
    #[must_use]
    pub const fn is_planned(&self) -> bool {
        self.stale.count() == 0
    }

    /// When something that was left to video will have rested, if nothing changes until then.
    #[must_use]
    pub fn rests_at(&self) -> Option<Duration> {
        self.lossy.rests_at()
    }

    /// A frame of video with this RTP timestamp, of the `picture` of the last turn, shows these rectangles.
    ///
    /// # Panics
    /// When they are not some that a plan left to video.
    pub fn video(&mut self, timestamp: u32, rects: &[Rect], picture: &Picture, at: Duration) -> Planned {
        assert!((1..=video::MOST).contains(&rects.len()), "what a plan left to video");
        for rect in rects {
            for place in self.stale.touched(*rect) {
                self.stale.set(place, false);
            }
            self.lossy.paint(*rect, at);
            // What the viewer has is about this: enough to see what moves from there.
            self.reference.take_from(picture, *rect);
        }
        let touched = Touched {
            writes: rects.to_vec(),
            ..Touched::default()
        };
        self.finish(
            touched,
            rects
                .chunks(MAX_VIDEO_RECTS)
                .map(|rects| Operation::Video {
                    timestamp,
                    rects: rects.to_vec(),
                })
                .collect(),
            false,
        )
    }

    /// The viewer begins anew, with a connection of its own: everything is sent again, with numbers from 1.
    pub fn restart(&mut self) {
        *self = Self::new();
    }

    /// Sends what brings the viewer closer to `now` ([`PixelFormat::Bgrx`]). Nothing when all is there, or too much is on its
    /// way already.
    ///
    /// # Errors
    /// When the screen is larger than a viewer takes.
    pub fn next(&mut self, now: &Picture, means: Means, send: Outgoing<'_>) -> Result<Plan, TooLarge> {
        let plan = self.plan(now, means, send)?;
        self.pay(now, now.size().whole());
        Ok(plan)
    }

    /// The same, where the caller can do with another picture: when much has moved, `now` is kept, and one that is given back in its place
    /// is older in parts ([`Plan::outdated`]). They must be brought up to date, and be said to have changed
    /// ([`Planner::damage`]), before the next turn.
    ///
    /// A page that scrolls changes all of the screen again and again. What it was is then never copied.
    ///
    /// # Errors
    /// When the screen is larger than a viewer takes.
    pub fn next_swapping(&mut self, now: &mut Picture, means: Means, send: Outgoing<'_>) -> Result<Plan, TooLarge> {
        let mut plan = self.plan(now, means, send)?;
        let owed: usize = self.owed.iter().map(|rect| rect.area()).sum();
        if owed >= WORTH_SWAPPING && self.is_settled() {
            std::mem::swap(&mut self.reference, now);
            plan.outdated = std::mem::take(&mut self.owed);
        } else {
            self.pay(now, now.size().whole());
        }
        Ok(plan)
    }

    /// Takes what moved over into `reference`, inside this part of it.
    fn pay(&mut self, now: &Picture, part: Rect) {
        for rect in self.owed.iter().filter_map(|rect| rect.common(part)) {
            self.reference.take_from(now, rect);
        }
        if part == now.size().whole() {
            self.owed.clear();
        }
    }

    fn plan(&mut self, now: &Picture, means: Means, send: Outgoing<'_>) -> Result<Plan, TooLarge> {
        let mut plan = Plan::default();
        if now.size() != self.reference.size() {
            let Size { width, height } = now.size();
            if now.size().whole().area() > MAX_SCREEN || width.max(height) > MAX_SIDE {
                return Err(TooLarge);
            }
            self.begin(now.size(), send);
        }
        let (updates, bytes) = self.log.on_the_way();
        if means.room == 0 || updates >= ON_THE_WAY || bytes >= BYTES_ON_THE_WAY {
            return Ok(plan);
        }
        let room = means.room.min(BYTES_ON_THE_WAY - bytes);
        let mut open = Open::default();
        if self.stale.count() > 0 {
            // What only waits for room was looked at when it changed.
            if self.damaged.count() > 0 {
                let cells = self.compare(now);
                self.copies(now, means.at, &cells, &mut open);
                self.note_changes(&cells, means.at);
                self.seen_before(now, means.at, &mut open, send);
            } else {
                self.tiles.mark(&self.stale, means.at);
            }
            if means.video {
                for rect in video::chosen(now, &self.stale, &self.lossy, self.rates, means) {
                    self.pay(now, rect);
                    let rect = video::trimmed(&self.reference, now, &self.lossy, rect);
                    if rect.area() > 0 {
                        plan.video.push(rect);
                    }
                }
            }
        }
        let mut fresh = self.stale.clone();
        for place in plan.video.iter().flat_map(|rect| self.stale.touched(*rect)) {
            fresh.set(place, false);
        }
        let fresh = fresh
            .all()
            .into_iter()
            .map(|place| (place, self.lossy.is_set(place)))
            .collect();
        let mut rects = self.rects(fresh);
        // A letter that was typed does not wait for a page.
        rects.sort_by_key(|(rect, _)| rect.area() / STREAM);
        let small = rects.iter().take_while(|(rect, _)| rect.area() < STREAM).count();
        let rest = rects.split_off(small);
        let of_all = |rects: &[(Rect, bool)]| -> usize { rects.iter().map(|(rect, _)| rect.area()).sum() };
        let (little, much) = (of_all(&rects), of_all(&rest));
        let used = self.pixels(now, rects, little, room, &mut open, send);
        if little < STREAM && much >= STREAM {
            self.close(std::mem::take(&mut open), send);
        }
        let mut rects = rest;
        // What rested comes after what is new, the newest of it first, and of what was painted together the smallest.
        for resting in self.lossy.resting(&self.stale, means.at) {
            let mut together = self.rects(resting.into_iter().map(|place| (place, true)).collect());
            together.sort_by_key(|(rect, _)| rect.area());
            rects.extend(together);
        }
        let much = of_all(&rects);
        self.pixels(now, rects, much, room.saturating_sub(used), &mut open, send);
        self.close(open, send);
        if self.blank && self.is_planned() {
            // All of it is as it began, which is said by an update that does nothing.
            send(self.finish(Touched::default(), Vec::new(), false));
            self.blank = false;
        }
        Ok(plan)
    }

    /// Looks which damaged cells have changed. Those that wait for room have.
    fn compare(&mut self, now: &Picture) -> Vec<(Place, bool)> {
        let mut cells = Vec::new();
        for place in self.stale.all() {
            let rect = self.stale.pixels(place);
            let changed = !self.damaged.is_set(place) || !same(&self.reference, rect, now, rect);
            self.stale.set(place, changed);
            cells.push((place, changed));
        }
        cells
    }

    /// Counts what changed in its place. When most of what changed has moved, the rest is what it uncovered, and no film.
    fn note_changes(&mut self, cells: &[(Place, bool)], at: Duration) {
        let changed = || cells.iter().filter(|(_, changed)| *changed).map(|(place, _)| *place);
        let moved = changed().filter(|place| !self.stale.is_set(*place)).count();
        if moved * 2 < changed().count() {
            for place in changed().filter(|place| self.stale.is_set(*place) && self.damaged.is_set(*place)) {
                self.lossy.changed(place, at);
            }
        }
        self.damaged = Grid::new(self.reference.size());
    }

    /// Copies what moved, also what is lossy: what it shows there becomes exact like everything that rests.
    fn copies(&mut self, now: &Picture, at: Duration, cells: &[(Place, bool)], open: &mut Open) {
        let lossy = &self.lossy;
        let keeps_exact = |from: Rect, to: Rect| lossy.is_exact(from) || lossy.is_lossy(to);
        let moves = (self.moves).find(at, &self.reference, now, &self.stale, cells, keeps_exact);
        for moved in &moves {
            self.copy(*moved, open);
        }
        for moved in moves {
            for place in self.stale.touched(moved.to) {
                let rect = self.stale.pixels(place);
                // What lies inside was compared before it was copied, and no copy reads or writes what another wrote.
                let is_inside = moved.to.union(rect) == moved.to;
                if !is_inside {
                    self.pay(now, rect);
                }
                self.stale
                    .set(place, !is_inside && !same(&self.reference, rect, now, rect));
            }
        }
    }

    /// Keeps tiles that rested and are about to be written over, and recalls those that are as one was.
    fn seen_before(&mut self, now: &Picture, at: Duration, open: &mut Open, send: Outgoing<'_>) {
        self.shelf.begin_turn();
        let changed = self.tiles.changed(&self.stale, at);
        let mut recalled = Vec::new();
        for (tile, _) in &changed {
            if let Some(slot) = self.shelf.find(now, *tile) {
                recalled.push((slot, *tile));
            }
        }
        for (tile, rested) in changed {
            if !rested || !self.lossy.is_exact(tile) {
                continue;
            }
            self.pay(now, tile);
            if let Some(slot) = self.shelf.keep(&self.reference, tile) {
                open.touched.reads.push(tile);
                open.touched.keeps.push(slot);
                let Rect { x, y, .. } = tile;
                self.add(Operation::Keep { slot, x, y }, open, send);
            }
        }
        for (slot, tile) in recalled {
            self.reference.take_from(now, tile);
            for place in self.stale.touched(tile) {
                self.stale.set(place, false);
                self.lossy.clear(place);
            }
            open.touched.recalls.push(slot);
            open.touched.writes.push(tile);
            let Rect { x, y, .. } = tile;
            self.add(Operation::Recall { slot, x, y }, open, send);
        }
    }

    fn begin(&mut self, size: Size, send: Outgoing<'_>) {
        self.blank = self.reference.size() != Size::default();
        self.reference = Picture::new(size, PixelFormat::Bgrx);
        self.owed.clear();
        self.stale = Grid::new(size);
        self.damaged = Grid::new(size);
        self.lossy = Lossy::new(size);
        self.shelf = Shelf::new(size);
        self.tiles = Tiles::new(size);
        self.damage(&[size.whole()]);
        self.stream = None;
        self.sequence += 1;
        let update = Update {
            sequence: self.sequence,
            after: self.sequence - 1,
            operations: vec![Operation::Begin(size)],
        };
        let bytes = update.encode();
        self.log.restart(self.sequence, bytes.len());
        send(Planned {
            sequence: self.sequence,
            bytes,
        });
    }

    fn copy(&mut self, moved: Move, open: &mut Open) {
        // It is as in the picture of this turn by now, which is quicker taken over at the end than copied, or not at all.
        self.owed.push(moved.to);
        self.lossy.copy(moved.from, moved.to);
        open.touched.reads.push(moved.from);
        open.touched.writes.push(moved.to);
        open.pixels += moved.to.area();
        open.operations.push(Operation::Copy {
            to: moved.to,
            x: moved.from.x,
            y: moved.from.y,
        });
    }
}
