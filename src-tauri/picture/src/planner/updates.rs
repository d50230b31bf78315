//! Updates of what is to be sent: pieces of pixels are coded and fill one update after the other, each of which goes when it is
//! full, or closed.
//!
//! Invariant: none is larger, or takes more pixels, than a viewer accepts.

use std::collections::VecDeque;

use super::{
    CELL, Outgoing, Planned, Planner,
    compare::tightened,
    grid::{Place, joined},
    log::Touched,
};
use crate::{
    exact::Part,
    pixels::{Picture, Rect},
    wire::{EXACT_PIXELS, MAX_OPERATIONS, MAX_UPDATE_BYTES, Operation, Update},
};

/// Pixels of a piece however little room there is: a letter is not cut.
const PIECE: usize = 4096;
/// Bytes of pixels above which an update is closed and another one begins. Below, all of a change is shown at once.
const ENOUGH: usize = 32 * 1024;
/// Operations above which one is closed: with the copies of a turn, which are never parted, below the limit.
const MANY: usize = MAX_OPERATIONS / 2;
/// Bytes of pixels that an update holds at most, so that with everything else in it it is within [`MAX_UPDATE_BYTES`].
const FULL: usize = MAX_UPDATE_BYTES - 16 * 1024;
/// Pixels above which a change is worth being a stream, of which each part waits for the one before.
pub(super) const STREAM: usize = 16 * 1024;
/// Colours of a stream above which another one begins, so that its palette is about what is there now.
const COLOURS: usize = 3_000;

impl Planner {
    /// Rectangles of cells, and whether each is lossy.
    pub(super) fn rects(&self, cells: Vec<(Place, bool)>) -> Vec<(Rect, bool)> {
        let joined = joined(&self.stale, cells).into_iter();
        joined
            .flat_map(|(rect, lossy)| pieces(rect).into_iter().map(move |piece| (piece, lossy)))
            .collect()
    }

    /// Sends rectangles, `area` of which go together, until there is no room, and gives the bytes that it took.
    pub(super) fn pixels(
        &mut self,
        now: &Picture,
        rects: Vec<(Rect, bool)>,
        area: usize,
        room: usize,
        open: &mut Open,
        send: Outgoing<'_>,
    ) -> usize {
        let mut used = 0;
        let mut left: VecDeque<(Rect, bool)> = rects.into();
        while let Some((rect, lossy)) = left.pop_front()
            && used < room
        {
            // Were all of it noise, little more than there is room for is sent.
            let (rect, below) = cut(rect, PIECE.max((room - used) / 2));
            if let Some(below) = below {
                left.push_front((below, lossy));
            }
            // Of what is lossy, nobody knows which pixels are right by chance.
            let tight = if lossy {
                rect
            } else {
                tightened(&self.reference, now, rect)
            };
            if tight.area() > 0 {
                let part = self.part(area, open);
                let coded = self.encoder.encode(now, tight, part);
                self.reference.take_from(now, tight);
                self.rates.learn(now, tight, coded.len());
                used += coded.len();
                if open.bytes + coded.len() > FULL {
                    self.close(std::mem::take(open), send);
                }
                open.bytes += coded.len();
                open.streams |= part != Part::Alone;
                open.touched.writes.push(tight);
                self.add(Operation::Exact { rect: tight, coded }, open, send);
            }
            for place in self.stale.touched(rect) {
                self.stale.set(place, false);
                self.lossy.clear(place);
            }
        }
        used
    }

    /// Puts an operation into the update, whose `touched` says so already, and closes it when it is full.
    pub(super) fn add(&mut self, operation: Operation, open: &mut Open, send: Outgoing<'_>) {
        open.pixels += operation.pixels();
        open.operations.push(operation);
        // A viewer takes twice the picture's pixels in one; no operation of these has more than it.
        let many_pixels = open.pixels >= self.reference.size().whole().area();
        if open.bytes >= ENOUGH || open.operations.len() >= MANY || many_pixels {
            self.close(std::mem::take(open), send);
        }
    }

    /// A stream that was acknowledged costs nobody a wait; a large change is worth one.
    fn part(&self, area: usize, open: &Open) -> Part {
        let young = self.encoder.colours() < COLOURS;
        match self.stream {
            _ if open.streams && young => Part::Continues,
            Some(last) if young && (area >= STREAM || self.log.is_waited_for(last)) => Part::Continues,
            _ if area >= STREAM => Part::Begins,
            _ => Part::Alone,
        }
    }

    pub(super) fn close(&mut self, open: Open, send: Outgoing<'_>) {
        if !open.operations.is_empty() {
            send(self.finish(open.touched, open.operations, open.streams));
        }
    }

    pub(super) fn finish(&mut self, touched: Touched, operations: Vec<Operation>, streams: bool) -> Planned {
        self.sequence += 1;
        let sequence = self.sequence;
        let mut after = self.log.after(&touched);
        if streams {
            after = after.max(self.stream.unwrap_or(0));
            self.stream = Some(sequence);
        }
        self.blank &= touched.writes.is_empty();
        self.log.add(sequence, touched);
        let update = Update {
            sequence,
            after,
            operations,
        };
        let bytes = update.encode();
        let most_pixels = 2 * self.reference.size().whole().area();
        debug_assert!(
            bytes.len() <= MAX_UPDATE_BYTES && update.pixels() <= most_pixels,
            "an update that a viewer refuses"
        );
        self.log.sent(bytes.len());
        Planned { sequence, bytes }
    }
}

/// An update that is being filled.
#[derive(Default)]
pub(super) struct Open {
    pub operations: Vec<Operation>,
    pub touched: Touched,
    /// Of its pixels.
    pub bytes: usize,
    /// That it reads and writes.
    pub pixels: usize,
    /// Does it hold a part of a stream?
    pub streams: bool,
}

/// The upper part of a rectangle, of about so many pixels and whole cells' height, and what is below.
fn cut(rect: Rect, pixels: usize) -> (Rect, Option<Rect>) {
    let rows = u16::try_from(pixels / usize::from(rect.width)).unwrap_or(u16::MAX);
    let height = (rows / CELL * CELL).max(CELL);
    if height >= rect.height {
        return (rect, None);
    }
    let below = Rect {
        y: rect.y + height,
        height: rect.height - height,
        ..rect
    };
    (Rect { height, ..rect }, Some(below))
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
