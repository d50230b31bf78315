//! Updates to a picture, at the viewer's.
//!
//! Flow: [`Composer::take`] reads an update, waits for those that it needs, and carries out whatever has become possible;
//! [`Composer::frame`] paints the rectangles that a frame of video was announced for.
//!
//! The rule: an update is carried out as soon as every update up to its `after` has been, the lowest first when several
//! may be. When it is carried out later than one with a higher number, it writes only where none of those has written.
//!
//! Invariant: each pixel was written by the update with the highest number of those carried out that write it, video, and
//! copies of it, as soon as its frame was there. What waits is bounded by [`MAX_AHEAD`], [`MAX_WAITING_BYTES`] and [`MAX_WAITING_PIXELS`].

mod coming;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    exact,
    pixels::{Picture, PixelFormat, Rect, Size},
    wire::{MAX_ANNOUNCED_RECTS, Operation, SLOTS, Sequence, TILE, Update, WireError},
};
use coming::Coming;

/// How far an update may be ahead of the last up to which all have been carried out. One that is farther is refused.
pub const MAX_AHEAD: u32 = 1_024;
/// Bytes of updates that wait for others. One that would have to wait beyond is refused.
pub const MAX_WAITING_BYTES: usize = 8 << 20;
/// Pixels of updates that wait for others, so that carrying them all out at once takes a fraction of a second. One that
/// would have to wait beyond is refused.
pub const MAX_WAITING_PIXELS: usize = 1 << 28;

/// An update that cannot be carried out. The picture is of no further use then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The bytes are no update.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The pixels of one are none.
    #[error(transparent)]
    Exact(#[from] exact::ExactError),
    /// Something lies outside the picture, or no picture has begun.
    #[error("an update reaches outside the picture")]
    Outside,
    /// A tile is recalled that was not kept.
    #[error("an update recalls a tile that was not kept")]
    NotKept,
    /// One update takes more than twice the picture's pixels, those of its video included.
    #[error("an update takes more pixels than twice the picture's")]
    TooMuch,
    /// One update announces more than [`MAX_ANNOUNCED_RECTS`] rectangles of frames, or some that overlap.
    #[error("an update announces too many rectangles of video, or some that overlap")]
    Announced,
    /// It is further ahead, or more wait, than a sharer may let happen.
    #[error("too many updates wait for one that is missing")]
    TooFarAhead,
    /// It was carried out without waiting for the picture that begins before it.
    #[error("an update did not wait for its picture to begin")]
    Early,
}

/// What became of an update.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Composed {
    /// What changed of the picture; may overlap.
    pub changed: Vec<Rect>,
    /// All of the picture is to be shown: it has another size, or began anew.
    pub began: bool,
}

/// Builds the picture.
pub struct Composer {
    picture: Picture,
    kept: Vec<Option<Box<[u32]>>>,
    decoder: exact::Decoder,
    /// All up to this one have been carried out.
    complete: Sequence,
    waiting: BTreeMap<Sequence, (Update, usize)>,
    waiting_bytes: usize,
    waiting_pixels: usize,
    /// The update with which this picture began.
    began: Sequence,
    /// It took another's place, which is shown until something is written to this one.
    blank: bool,
    /// Was there a picture, to be shown, before the update that came last?
    shows: bool,
    /// Does the update that is carried out announce a frame?
    has_video: bool,
    /// Those above it that have been, too.
    early: BTreeSet<Sequence>,
    /// For each pixel, the highest update that wrote it while an older one, or a frame, was still to come; else any lower
    /// number. Empty until there was need of it.
    stamps: Vec<Sequence>,
    /// The highest in there.
    highest_stamp: Sequence,
    coming: Coming,
}

impl Default for Composer {
    fn default() -> Self {
        Self::new()
    }
}

impl Composer {
    /// Without a picture, before the first update.
    #[must_use]
    pub fn new() -> Self {
        Self {
            picture: Picture::new(Size::default(), PixelFormat::Rgba),
            kept: Vec::new(),
            decoder: exact::Decoder::new(),
            complete: 0,
            waiting: BTreeMap::new(),
            waiting_bytes: 0,
            waiting_pixels: 0,
            began: 0,
            blank: false,
            shows: false,
            has_video: false,
            early: BTreeSet::new(),
            stamps: Vec::new(),
            highest_stamp: 0,
            coming: Coming::new(Size::default(), 0),
        }
    }

    /// As it is now ([`PixelFormat::Rgba`]); without pixels before the first update.
    #[must_use]
    pub const fn picture(&self) -> &Picture {
        &self.picture
    }

    /// Every update up to this one has been carried out.
    #[must_use]
    pub const fn complete(&self) -> Sequence {
        self.complete
    }

    /// Those from `complete` up to the highest that came, which have not come; at most `most`.
    #[must_use]
    pub fn missing(&self, most: usize) -> Vec<Sequence> {
        let highest = self.waiting.keys().next_back().max(self.early.last());
        let highest = highest.copied().unwrap_or(self.complete);
        (self.complete + 1..highest)
            .filter(|number| !self.has(*number))
            .take(most)
            .collect()
    }

    fn has(&self, sequence: Sequence) -> bool {
        sequence <= self.complete || self.waiting.contains_key(&sequence) || self.early.contains(&sequence)
    }

    /// Takes an update, in whatever order they come. One that was there already changes nothing.
    ///
    /// # Errors
    /// When it is none, or cannot be carried out.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Composed, ComposeError> {
        let update = Update::decode(bytes)?;
        let mut composed = Composed::default();
        if self.has(update.sequence) {
            return Ok(composed);
        }
        if update.sequence - self.complete > MAX_AHEAD {
            return Err(ComposeError::TooFarAhead);
        }
        self.waiting_bytes += bytes.len();
        self.waiting_pixels += update.pixels();
        // One that need not wait is no burden, and may be what the others wait for.
        let waits = update.after > self.complete;
        if waits && (self.waiting_bytes > MAX_WAITING_BYTES || self.waiting_pixels > MAX_WAITING_PIXELS) {
            return Err(ComposeError::TooFarAhead);
        }
        self.waiting.insert(update.sequence, (update, bytes.len()));
        self.shows = self.picture.size() != Size::default();
        // Each round carries out at least one, so this ends.
        while let Some(next) = self.possible() {
            let (update, length) = self.waiting.remove(&next).expect("it was found in there");
            self.waiting_bytes -= length;
            self.waiting_pixels -= update.pixels();
            self.carry_out(&update, &mut composed)?;
        }
        Ok(composed)
    }

    fn possible(&self) -> Option<Sequence> {
        self.waiting
            .values()
            .find(|(update, _)| update.after <= self.complete)
            .map(|(update, _)| update.sequence)
    }

    fn carry_out(&mut self, update: &Update, composed: &mut Composed) -> Result<(), ComposeError> {
        let begins = match update.operations.first() {
            Some(Operation::Begin(size)) => Some(*size),
            _ => None,
        };
        let size = begins.unwrap_or(self.picture.size());
        if update.pixels() > 2 * size.whole().area() {
            return Err(ComposeError::TooMuch);
        }
        if !are_apart(&update.operations) {
            return Err(ComposeError::Announced);
        }
        // Everything before it has been carried out; what was, and follows it, has not waited for it.
        if update.after < self.began || begins.is_some() && !self.early.is_empty() {
            return Err(ComposeError::Early);
        }
        if begins.is_some() {
            self.began = update.sequence;
        }
        // Its own pixels are not painted over by its own frame.
        let is_video = |operation: &Operation| matches!(operation, Operation::Video { .. });
        self.has_video = update.operations.iter().any(is_video);
        for operation in &update.operations {
            self.operate(update.sequence, operation, composed)?;
        }
        self.has_video = false;
        if update.operations.is_empty() && self.blank {
            self.changed(self.picture.size().whole(), composed);
        }
        self.early.insert(update.sequence);
        while self.early.remove(&(self.complete + 1)) {
            self.complete += 1;
        }
        Ok(())
    }

    fn operate(
        &mut self,
        sequence: Sequence,
        operation: &Operation,
        composed: &mut Composed,
    ) -> Result<(), ComposeError> {
        let size = self.picture.size();
        let inside = |rect: Rect| {
            if rect.is_inside(size) {
                Ok(rect)
            } else {
                Err(ComposeError::Outside)
            }
        };
        let tile = |x, y| {
            inside(Rect {
                x,
                y,
                width: TILE,
                height: TILE,
            })
        };
        let mut coming = None;
        let written = match operation {
            Operation::Begin(begun) => {
                self.blank = self.shows;
                self.picture.resize(*begun);
                self.picture.pixels_mut().fill(OPAQUE);
                self.stamps = Vec::new();
                self.highest_stamp = 0;
                self.kept.clear();
                self.coming.begin(*begun);
                composed.began = !self.blank;
                composed.changed.clear();
                self.stamp(sequence, begun.whole());
                if !self.blank {
                    composed.changed.push(begun.whole());
                }
                return Ok(());
            }
            Operation::Copy { to, x, y } => {
                let to = inside(*to)?;
                let from = inside(Rect { x: *x, y: *y, ..to })?;
                coming = self.coming.of(from, &self.stamps);
                if self.is_newest(sequence) {
                    self.picture.copy_within(from, to.x, to.y);
                } else {
                    let source = self.pixels(from);
                    self.put(sequence, to, &source);
                }
                to
            }
            Operation::Keep { slot, x, y } => {
                let pixels = self.pixels(tile(*x, *y)?);
                let slot = usize::from(*slot);
                if self.kept.len() <= slot {
                    self.kept
                        .resize(usize::from(SLOTS).min((slot + 1).next_power_of_two()), None);
                }
                self.kept[slot] = Some(pixels);
                return Ok(());
            }
            Operation::Recall { slot, x, y } => {
                let to = tile(*x, *y)?;
                let kept = self.kept.get(usize::from(*slot)).cloned().flatten();
                self.put(sequence, to, &kept.ok_or(ComposeError::NotKept)?);
                to
            }
            Operation::Exact { rect, coded } => {
                let to = inside(*rect)?;
                let newest = self.is_newest(sequence);
                // Even when all of its place is taken: a stream goes on with it.
                let pixels = self.decoder.decode(coded, to.width, to.height)?;
                // From 0RGB to the bytes R, G, B, 255.
                let rgba = |pixel: u32| pixel.swap_bytes() >> 8 | OPAQUE;
                for (y, source) in (to.y..to.y + to.height).zip(pixels.chunks_exact(usize::from(to.width))) {
                    let target = self.picture.span_mut(to.x, y, to.width);
                    if newest {
                        for (target, pixel) in target.iter_mut().zip(source) {
                            *target = rgba(*pixel);
                        }
                    } else {
                        let start = usize::from(y) * usize::from(size.width) + usize::from(to.x);
                        let stamps = &self.stamps[start..start + source.len()];
                        for ((target, pixel), stamp) in target.iter_mut().zip(source).zip(stamps) {
                            if *stamp <= sequence {
                                *target = rgba(*pixel);
                            }
                        }
                    }
                }
                to
            }
            Operation::Video { timestamp, rects } => {
                for rect in rects {
                    inside(*rect)?;
                }
                self.coming.announce(sequence, *timestamp, rects);
                return Ok(());
            }
        };
        self.changed(written, composed);
        self.coming.written(sequence, written, &self.stamps, coming.as_deref());
        self.stamp(sequence, written);
        Ok(())
    }

    /// Something is there to be shown.
    fn changed(&mut self, rect: Rect, composed: &mut Composed) {
        composed.began |= std::mem::take(&mut self.blank);
        composed.changed.push(rect);
    }

    /// Has nothing with a higher number been written anywhere?
    const fn is_newest(&self, sequence: Sequence) -> bool {
        sequence >= self.highest_stamp
    }

    /// Takes note of what was written, when something older may still come.
    fn stamp(&mut self, sequence: Sequence, rect: Rect) {
        let older_frame = self.has_video || self.coming.has_up_to(sequence);
        if sequence <= self.complete + 1 && !older_frame && self.is_newest(sequence) {
            return;
        }
        let width = usize::from(self.picture.size().width);
        self.stamps.resize(self.picture.size().whole().area(), 0);
        for y in rect.y..rect.y + rect.height {
            let start = usize::from(y) * width + usize::from(rect.x);
            for stamp in &mut self.stamps[start..start + usize::from(rect.width)] {
                *stamp = sequence.max(*stamp);
            }
        }
        self.highest_stamp = self.highest_stamp.max(sequence);
    }

    /// Is a frame of video with this timestamp announced?
    #[must_use]
    pub fn wants(&self, timestamp: u32) -> bool {
        self.coming.has(timestamp)
    }

    /// Paints what was announced of the frame with this timestamp, there and where copies have taken it. Frames come in
    /// their own order: those announced before it are given up. A frame that is smaller than the picture, or was not
    /// announced, is not painted.
    pub fn frame(&mut self, timestamp: u32, frame: &Picture) -> Composed {
        let mut composed = Composed::default();
        let (size, format) = (self.picture.size(), self.picture.format());
        let announced = self.coming.arrived(timestamp);
        // A codec can only say even sizes, so that a frame may have one line or column too many.
        let fits = frame.size().width >= size.width && frame.size().height >= size.height && frame.format() == format;
        if announced.is_empty() || !fits {
            return composed;
        }
        for announced in &announced {
            for rect in &announced.rects {
                for y in rect.y..rect.y + rect.height {
                    // What the same update writes as pixels stays.
                    self.put_row(announced.sequence - 1, rect.x, y, frame.span(rect.x, y, rect.width));
                }
                self.coming.written(announced.sequence - 1, *rect, &self.stamps, None);
                self.stamp(announced.sequence, *rect);
                self.changed(*rect, &mut composed);
            }
        }
        let elsewhere = self.coming.paint(&announced, frame, &mut self.picture);
        composed.changed.extend(elsewhere);
        composed
    }

    fn pixels(&self, rect: Rect) -> Box<[u32]> {
        (rect.y..rect.y + rect.height)
            .flat_map(|y| self.picture.span(rect.x, y, rect.width))
            .copied()
            .collect()
    }

    /// Writes pixels that fill `to`, where nothing newer stands.
    fn put(&mut self, sequence: Sequence, to: Rect, pixels: &[u32]) {
        for (y, source) in (to.y..to.y + to.height).zip(pixels.chunks_exact(usize::from(to.width))) {
            self.put_row(sequence, to.x, y, source);
        }
    }

    fn put_row(&mut self, sequence: Sequence, x: u16, y: u16, source: &[u32]) {
        let start = usize::from(y) * usize::from(self.picture.size().width) + usize::from(x);
        let newest = self.is_newest(sequence);
        let target = &mut self.picture.pixels_mut()[start..start + source.len()];
        if newest {
            target.copy_from_slice(source);
            return;
        }
        let stamps = &self.stamps[start..start + source.len()];
        for ((target, pixel), stamp) in target.iter_mut().zip(source).zip(stamps) {
            if *stamp <= sequence {
                *target = *pixel;
            }
        }
    }
}

/// Are the rectangles of frames that these announce few, and none of them over another? What a copy takes along costs no more than
/// the copy then, for each frame.
fn are_apart(operations: &[Operation]) -> bool {
    let mut announced: Vec<Rect> = Vec::new();
    for operation in operations {
        let Operation::Video { rects, .. } = operation else {
            continue;
        };
        for rect in rects {
            if announced.len() == MAX_ANNOUNCED_RECTS || announced.iter().any(|other| other.meets(*rect)) {
                return false;
            }
            announced.push(*rect);
        }
    }
    true
}

/// The fourth byte of a pixel that hides what is behind it.
const OPAQUE: u32 = 0xFF00_0000;
