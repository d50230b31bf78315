//! Frames of video that were announced and are not there yet, and where copies have taken what they will show.
//!
//! A copy out of a place where a frame is still to come takes older pixels. So that the picture is the same as if the frame
//! had been there, each pixel that was copied so remembers which pixel of which frame comes there, until it is written
//! again.
//!
//! Invariant: a pixel remembers nothing but a frame that is announced, or was given up.

use std::collections::VecDeque;

use crate::{
    pixels::{Picture, Rect, Size},
    wire::{MAX_SCREEN, Sequence},
};

/// Frames that are remembered; the one of the lowest update is given up for one more.
pub(super) const MAX_ANNOUNCED: usize = 64;
/// Frames whose pixels a copy takes along: those of the highest updates. More than that are on their way only where video stands
/// still, and a copy's cost is bounded, as no frame's rectangles overlap.
const TAKEN_ALONG: usize = 4;
/// Low bits of what a pixel remembers: the place in the frame. Above: the frame's mark.
const PLACE_BITS: u32 = 25;
const _: () = assert!(MAX_SCREEN <= 1 << PLACE_BITS);
/// Marks go from 1 to this: twice as many as there are frames, so that those given up are looked for only now and then.
const LAST_MARK: u32 = (1 << (u32::BITS - PLACE_BITS)) - 1;

/// A frame that is to come.
pub(super) struct Announced {
    pub sequence: Sequence,
    pub timestamp: u32,
    pub rects: Vec<Rect>,
    mark: u32,
}

/// What is to come.
pub(super) struct Coming {
    size: Size,
    announced: VecDeque<Announced>,
    /// The last update whose frame came.
    last: Sequence,
    mark: u32,
    /// Marks that a pixel may remember.
    marks: [bool; LAST_MARK as usize + 1],
    /// What each pixel remembers, 0: nothing. Empty until there was need of it.
    taken: Vec<u32>,
    /// Where something is remembered.
    within: Option<Rect>,
}

impl Coming {
    /// Nothing is to come of a picture of this size, nor of what came before `last`.
    pub const fn new(size: Size, last: Sequence) -> Self {
        Self {
            size,
            announced: VecDeque::new(),
            last,
            mark: 0,
            marks: [false; LAST_MARK as usize + 1],
            taken: Vec::new(),
            within: None,
        }
    }

    /// The same of a picture that begins.
    pub fn begin(&mut self, size: Size) {
        *self = Self::new(size, self.last);
    }

    /// Is a frame of this update, or of a lower one, to come?
    pub fn has_up_to(&self, sequence: Sequence) -> bool {
        self.announced.front().is_some_and(|frame| frame.sequence <= sequence)
    }

    /// Is one with this timestamp to come?
    pub fn has(&self, timestamp: u32) -> bool {
        self.announced.iter().any(|frame| frame.timestamp == timestamp)
    }

    /// One is; what an update announces of one frame is one. That of an update whose frame, had it come, would have been before
    /// one that came, is not remembered.
    pub fn announce(&mut self, sequence: Sequence, timestamp: u32, rects: &[Rect]) {
        if sequence <= self.last {
            return;
        }
        let same = |frame: &&mut Announced| (frame.sequence, frame.timestamp) == (sequence, timestamp);
        if let Some(announced) = self.announced.iter_mut().find(same) {
            announced.rects.extend_from_slice(rects);
            return;
        }
        if self.announced.len() == MAX_ANNOUNCED {
            // The new one may be the lowest itself.
            if self.announced[0].sequence > sequence {
                return;
            }
            self.announced.pop_front();
        }
        let announced = Announced {
            sequence,
            timestamp,
            rects: rects.to_vec(),
            mark: self.new_mark(),
        };
        let at = self.announced.partition_point(|frame| frame.sequence <= sequence);
        self.announced.insert(at, announced);
    }

    fn new_mark(&mut self) -> u32 {
        loop {
            self.mark = self.mark % LAST_MARK + 1;
            let alive = self.alive();
            if alive[self.mark as usize] {
                continue;
            }
            if self.marks[self.mark as usize] {
                // Pixels may remember the frame that had it before.
                self.look_through(|_, mark, _| alive[mark]);
                self.marks = alive;
            }
            return self.mark;
        }
    }

    /// Marks of the frames that are to come.
    fn alive(&self) -> [bool; LAST_MARK as usize + 1] {
        let mut alive = [false; LAST_MARK as usize + 1];
        for frame in &self.announced {
            alive[frame.mark as usize] = true;
        }
        alive
    }

    /// Keeps what `stays`, of all that is remembered: where, the frame's mark, and the place in it.
    fn look_through(&mut self, mut stays: impl FnMut((u16, u16), usize, usize) -> bool) {
        let Some(within) = self.within.take() else { return };
        let mut left: Option<Rect> = None;
        for y in within.y..within.y + within.height {
            let start = usize::from(y) * usize::from(self.size.width) + usize::from(within.x);
            let row = &mut self.taken[start..start + usize::from(within.width)];
            let mut ends: Option<(u16, u16)> = None;
            for (x, entry) in (within.x..).zip(row).filter(|(_, entry)| **entry != 0) {
                let (mark, place) = (*entry >> PLACE_BITS, *entry & ((1 << PLACE_BITS) - 1));
                if stays((x, y), mark as usize, place as usize) {
                    ends = Some((ends.map_or(x, |(first, _)| first), x));
                } else {
                    *entry = 0;
                }
            }
            if let Some(row) = ends.map(|ends| in_row(y, ends)) {
                left = Some(left.map_or(row, |left| left.union(row)));
            }
        }
        self.within = left;
    }

    fn grow(&mut self, rect: Rect) {
        self.within = Some(self.within.map_or(rect, |within| within.union(rect)));
    }

    /// What comes to the pixels of a rectangle, row by row; none when nothing does. `stamps` are the highest updates that
    /// wrote each pixel of the picture; none when no stamp matters.
    pub fn of(&mut self, rect: Rect, stamps: &[Sequence]) -> Option<Vec<u32>> {
        let is_taken = self.within.is_some_and(|within| within.meets(rect));
        let newest = self.announced.iter().rev().take(TAKEN_ALONG);
        let of_frames: Vec<(&Announced, Rect)> = newest
            .flat_map(|frame| (frame.rects.iter()).filter_map(move |own| Some((frame, own.common(rect)?))))
            .collect();
        if !is_taken && of_frames.is_empty() {
            return None;
        }
        let (width, length) = (usize::from(self.size.width), usize::from(rect.width));
        let start = |x: u16, y: u16| usize::from(y) * width + usize::from(x);
        let mut coming = vec![0; rect.area()];
        // The newest first: of what comes to a pixel, it is the last.
        for (frame, common) in of_frames {
            self.marks[frame.mark as usize] = true;
            for y in common.y..common.y + common.height {
                let from = start(common.x, y);
                let to = usize::from(y - rect.y) * length + usize::from(common.x - rect.x);
                for step in 0..usize::from(common.width) {
                    if coming[to + step] == 0 && stamps.get(from + step).is_none_or(|stamp| *stamp < frame.sequence) {
                        coming[to + step] = frame.mark << PLACE_BITS | (from + step) as u32;
                    }
                }
            }
        }
        if is_taken {
            for (y, row) in (rect.y..).zip(coming.chunks_exact_mut(length)) {
                let from = start(rect.x, y);
                for (coming, taken) in row.iter_mut().zip(&self.taken[from..from + length]) {
                    if *coming == 0 {
                        *coming = *taken;
                    }
                }
            }
        }
        Some(coming)
    }

    /// The pixels of a rectangle were written by an update, wherever no higher one has: what comes there is forgotten, or,
    /// after a copy, is `coming`.
    pub fn written(&mut self, sequence: Sequence, rect: Rect, stamps: &[Sequence], coming: Option<&[u32]>) {
        let remembers = self.within.is_some_and(|within| within.meets(rect));
        if !remembers && coming.is_none() {
            return;
        }
        if self.taken.is_empty() {
            self.taken = vec![0; self.size.whole().area()];
        }
        let (width, length) = (usize::from(self.size.width), usize::from(rect.width));
        for step in 0..usize::from(rect.height) {
            let start = (usize::from(rect.y) + step) * width + usize::from(rect.x);
            for at in 0..length {
                if stamps.get(start + at).is_none_or(|stamp| *stamp <= sequence) {
                    self.taken[start + at] = coming.map_or(0, |coming| coming[step * length + at]);
                }
            }
        }
        if coming.is_some() {
            self.grow(rect);
        }
    }

    /// The frame with this timestamp is there: what was announced of it. What was announced before is given up.
    pub fn arrived(&mut self, timestamp: u32) -> Vec<Announced> {
        let Some(last) = self.announced.iter().rposition(|frame| frame.timestamp == timestamp) else {
            return Vec::new();
        };
        let until: Vec<Announced> = self.announced.drain(..=last).collect();
        self.last = until.last().map_or(self.last, |frame| frame.sequence);
        until.into_iter().filter(|frame| frame.timestamp == timestamp).collect()
    }

    /// Paints what copies have taken of a frame, and gives where that was. Nothing of what was given up is remembered any more.
    pub fn paint(&mut self, frames: &[Announced], pixels: &Picture, picture: &mut Picture) -> Option<Rect> {
        let (width, stride) = (usize::from(self.size.width), usize::from(pixels.size().width));
        let alive = self.alive();
        let mut its = [false; LAST_MARK as usize + 1];
        for frame in frames {
            its[frame.mark as usize] = true;
        }
        let mut painted: Option<Rect> = None;
        let mut row: Option<(u16, (u16, u16))> = None;
        let mut end_row = |row: Option<(u16, (u16, u16))>| {
            if let Some(row) = row.map(|(y, ends)| in_row(y, ends)) {
                painted = Some(painted.map_or(row, |painted| painted.union(row)));
            }
        };
        let shown = picture.pixels_mut();
        self.look_through(|(x, y), mark, place| {
            if its[mark] {
                // A frame may have a column more than the picture.
                let from = if stride == width {
                    place
                } else {
                    place / width * stride + place % width
                };
                shown[usize::from(y) * width + usize::from(x)] = pixels.pixels()[from];
                match &mut row {
                    Some((of, (_, last))) if *of == y => *last = x,
                    row => end_row(row.replace((y, (x, x)))),
                }
            }
            alive[mark]
        });
        end_row(row);
        painted
    }
}

/// The pixels of a row from one to another.
const fn in_row(y: u16, (first, last): (u16, u16)) -> Rect {
    Rect {
        x: first,
        y,
        width: last - first + 1,
        height: 1,
    }
}
