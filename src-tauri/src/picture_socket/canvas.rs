//! The newest picture, and what of it the window has not got yet.
//!
//! Flow: what changed goes to the page, as messages, or, where the app paints the picture itself, to whoever paints
//! ([`SharedCanvas::damaged`], [`SharedCanvas::look`]); the page is then only told the picture's size.
//!
//! Invariant: pixels leave from the newest picture only; what is dirty is sent once, however often it changed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renfort_engine::seams::{Cursor, FrameSink, Picture, PixelFormat, Rect, Size};
use renfort_protocol::cursor::CursorShape;
use tokio::sync::Notify;

use super::{
    placed::{Place, Placed},
    wire,
};

/// Dirty rectangles that are kept apart; more are joined into one that holds them all.
const RECTANGLES: usize = 32;

/// Shared by the viewer, which draws, and the window's connection, which sends.
#[derive(Clone, Default)]
pub struct SharedCanvas(Arc<Canvas>);

#[derive(Default)]
struct Canvas {
    state: Mutex<State>,
    /// For the page.
    changed: Notify,
    /// For whoever paints in its stead.
    damaged: Notify,
}

#[derive(Default)]
struct State {
    picture: Option<Picture>,
    dirty: Vec<Rect>,
    pointer: Fresh<(u16, u16)>,
    cursor: Fresh<Cursor>,
    /// Where the app paints it; none: the page does.
    placed: Option<Placed>,
    /// The same with other covers, from when the page has drawn what lies beneath them.
    coming: Option<Coming>,
    /// What the page has said since.
    next: Option<Placed>,
    /// Messages that went to the page of the moment, and those of them that it has drawn, in their order.
    sent: u64,
    drawn: u64,
    /// The user shows nothing: what there is, is not for anybody's eyes.
    hidden: bool,
    /// What the page is to draw of the picture, because it has something over it.
    beneath: Vec<Rect>,
    /// The size that the page was told of last.
    told: Option<Size>,
    /// All of the window's part is to be painted anew.
    moved: bool,
}

/// Covers of which the page has not drawn yet what lies beneath.
struct Coming {
    placed: Placed,
    /// The last message that it needs; none: that has not been sent.
    needs: Option<u64>,
}

/// The newest of something, and whether the window has it.
struct Fresh<T> {
    newest: Option<T>,
    sent: bool,
}

impl<T> Default for Fresh<T> {
    fn default() -> Self {
        Self {
            newest: None,
            sent: false,
        }
    }
}

impl<T> Fresh<T> {
    fn set(&mut self, newest: T) {
        *self = Self {
            newest: Some(newest),
            sent: false,
        };
    }

    fn take(&mut self) -> Option<&T> {
        let sent = std::mem::replace(&mut self.sent, true);
        self.newest.as_ref().filter(|_| !sent)
    }
}

/// What is to be painted anew.
#[derive(Debug, PartialEq, Eq)]
pub enum Damage {
    /// All of it: it lies elsewhere, or is another.
    All,
    /// These parts of the picture.
    Parts(Vec<Rect>),
}

/// The user's pointer over the picture.
#[derive(Debug, Clone, Copy)]
pub struct Pointer<'a> {
    /// What it looks like.
    pub shape: &'a CursorShape,
    /// The pixel of the picture that it points at.
    pub at: (u16, u16),
}

impl Pointer<'_> {
    /// The part of the picture that it lies on.
    fn covers(&self, size: Size) -> Option<Rect> {
        let ((width, height), (x, y)) = (self.shape.size(), self.shape.hot_spot());
        let along = |at: u16, spot: u16, length: u16| {
            let from = at.saturating_sub(spot);
            (from, at.saturating_add(length - spot) - from)
        };
        let ((x, width), (y, height)) = (along(self.at.0, x, width), along(self.at.1, y, height));
        Rect { x, y, width, height }.clipped(size)
    }
}

impl SharedCanvas {
    /// Another session: what the last one showed is gone.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        *state = State {
            moved: true,
            sent: state.sent,
            drawn: state.drawn,
            ..State::default()
        };
        drop(state);
        self.0.damaged.notify_one();
    }

    /// The user hides the screen (true), or shows it again. What was seen is gone with it.
    pub(crate) fn hide(&self, hidden: bool) {
        let mut state = self.state();
        if state.hidden == hidden {
            return;
        }
        if hidden {
            state.forget();
        } else {
            state.dirty_all();
        }
        state.hidden = hidden;
        state.moved = true;
        drop(state);
        self.0.damaged.notify_one();
        self.0.changed.notify_one();
    }

    /// The page says who paints it, and where.
    pub(crate) fn place(&self, place: Place) {
        let mut state = self.state();
        match place {
            Place::Here(placed) => state.place(placed),
            Place::None => {
                if state.placed.take().is_some() {
                    state.dirty_all();
                }
                (state.coming, state.next) = (None, None);
                state.moved = true;
            }
        }
        drop(state);
        self.0.damaged.notify_one();
        self.0.changed.notify_one();
    }

    /// The page has drawn one more of the messages that it got.
    pub(super) fn drawn(&self) {
        let mut state = self.state();
        state.drawn += 1;
        let drawn = state.drawn;
        let is_there = |coming: &mut Coming| coming.needs.is_some_and(|needs| needs <= drawn);
        if let Some(Coming { placed, .. }) = state.coming.take_if(is_there) {
            state.take_over(placed);
            drop(state);
            self.0.damaged.notify_one();
            self.0.changed.notify_one();
        }
    }

    /// Waits for something that the app has to paint. Safe to cancel.
    pub async fn damaged(&self) -> Damage {
        loop {
            if let Some(damage) = self.state().damage() {
                return damage;
            }
            self.0.damaged.notified().await;
        }
    }

    /// Shows what is to be painted now, and where; nothing when the app has nothing to paint.
    pub fn look<T>(&self, paint: impl FnOnce(&Picture, &Placed, Option<Pointer<'_>>) -> T) -> Option<T> {
        let state = self.state();
        let (Some(picture), Some(placed)) = (&state.picture, &state.placed) else {
            return None;
        };
        if state.hidden {
            return None;
        }
        Some(paint(picture, placed, state.painted_pointer()))
    }

    pub(super) fn point(&self, x: u16, y: u16) {
        self.state().repoint(|state| state.pointer.set((x, y)));
        self.0.damaged.notify_one();
        self.0.changed.notify_one();
    }

    /// What the pointer looks like.
    pub(super) fn look_like(&self, cursor: Cursor) {
        self.state().repoint(|state| state.cursor.set(cursor));
        self.0.damaged.notify_one();
        self.0.changed.notify_one();
    }

    /// A window that begins needs all of it.
    pub(super) fn begin(&self) {
        let mut state = self.state();
        // Another page says anew where it wants it.
        (state.placed, state.coming, state.next) = (None, None, None);
        (state.sent, state.drawn) = (0, 0);
        (state.pointer.sent, state.cursor.sent) = (false, false);
        state.moved = true;
        state.told = None;
        state.dirty_all();
        drop(state);
        self.0.damaged.notify_one();
        self.0.changed.notify_one();
    }

    /// Waits for something to send and takes it. Safe to cancel: nothing is taken before it is returned.
    pub(super) async fn next(&self) -> Vec<Vec<u8>> {
        loop {
            let messages = self.state().take();
            if !messages.is_empty() {
                return messages;
            }
            self.0.changed.notified().await;
        }
    }

    fn draw(&self, picture: &Picture, changed: &[Rect]) {
        let mut state = self.state();
        state.draw(picture, changed);
        let paints = state.placed.is_some();
        drop(state);
        if paints {
            self.0.damaged.notify_one();
        }
        self.0.changed.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while drawing leaves pixels half old at worst, and those rectangles are still dirty.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn draw(&mut self, picture: &Picture, changed: &[Rect]) {
        let size = picture.size();
        let whole = [size.whole()];
        let resized = self.picture.as_ref().map(Picture::size) != Some(size);
        let changed = if resized { &whole } else { changed };
        let mine = self
            .picture
            .get_or_insert_with(|| Picture::new(size, PixelFormat::Rgba));
        if resized {
            mine.resize(size);
            self.dirty.clear();
            self.beneath.clear();
        }
        for rect in changed.iter().filter_map(|rect| rect.clipped(size)) {
            copy(picture, mine, rect);
            add(&mut self.dirty, rect);
        }
        self.lay_beneath(changed);
    }

    /// What the page has over the picture shows the picture's pixels through it and around it.
    fn lay_beneath(&mut self, changed: &[Rect]) {
        let Some(size) = self.picture.as_ref().map(Picture::size) else {
            return;
        };
        for placed in self
            .placed
            .iter()
            .chain(self.coming.iter().map(|coming| &coming.placed))
        {
            for cover in placed.covered(size) {
                for part in changed.iter().filter_map(|rect| rect.common(cover)) {
                    add(&mut self.beneath, part);
                }
            }
        }
    }

    fn place(&mut self, placed: Placed) {
        // Only covers have to wait for the page.
        if let Some(now) = self.placed.as_mut().filter(|now| now.ring != placed.ring) {
            now.ring.clone_from(&placed.ring);
            self.moved = true;
        }
        let is_elsewhere = self
            .placed
            .as_ref()
            .is_none_or(|now| (now.across, now.stage, now.picture) != (placed.across, placed.stage, placed.picture));
        let adds = |now: &Placed| placed.covers.iter().any(|cover| !now.covers.contains(cover));
        if is_elsewhere || !self.placed.as_ref().is_some_and(adds) {
            (self.placed, self.coming, self.next) = (Some(placed), None, None);
            self.moved = true;
            if let Some(size) = self.picture.as_ref().map(Picture::size) {
                self.lay_beneath(&[size.whole()]);
            }
        } else if self.coming.is_some() {
            // One after the other: what moves all the time is seen now and then, and not never.
            self.next = Some(placed);
        } else {
            self.cover(placed);
        }
    }

    /// Sends the page what lies beneath covers that are to come. With nothing beneath, nothing is waited for.
    fn cover(&mut self, placed: Placed) {
        let size = self.picture.as_ref().map(Picture::size).filter(|_| !self.hidden);
        let beneath: Vec<Rect> = size.into_iter().flat_map(|size| placed.covered(size)).collect();
        if beneath.is_empty() {
            return self.take_over(placed);
        }
        for rect in beneath {
            add(&mut self.beneath, rect);
        }
        self.coming = Some(Coming { placed, needs: None });
    }

    fn take_over(&mut self, placed: Placed) {
        self.placed = Some(placed);
        self.moved = true;
        if let Some(next) = self.next.take() {
            self.place(next);
        }
    }

    fn forget(&mut self) {
        self.picture = None;
        (self.pointer, self.cursor) = (Fresh::default(), Fresh::default());
        self.dirty.clear();
        self.beneath.clear();
        if let Some(Coming { placed, .. }) = self.coming.take() {
            self.take_over(placed);
        }
    }

    /// The user's pointer, where the app paints it.
    fn painted_pointer(&self) -> Option<Pointer<'_>> {
        let (Some(Cursor::Shape(shape)), Some(at)) = (&self.cursor.newest, self.pointer.newest) else {
            return None;
        };
        let is_painted = self.placed.as_ref().is_some_and(|placed| placed.pointer);
        is_painted.then_some(Pointer { shape, at })
    }

    /// It is elsewhere or looks different: where it was and where it is are painted anew.
    fn repoint(&mut self, change: impl FnOnce(&mut Self)) {
        let covered = |state: &Self| {
            let size = state.picture.as_ref().map(Picture::size)?;
            state.painted_pointer()?.covers(size)
        };
        let before = covered(self);
        change(self);
        for rect in [before, covered(self)].into_iter().flatten() {
            add(&mut self.dirty, rect);
        }
    }

    fn dirty_all(&mut self) {
        self.dirty = self.picture.iter().map(|picture| picture.size().whole()).collect();
    }

    /// What the app has to paint.
    fn damage(&mut self) -> Option<Damage> {
        if std::mem::take(&mut self.moved) {
            if self.placed.is_some() {
                self.dirty.clear();
            }
            return Some(Damage::All);
        }
        (self.placed.is_some() && !self.hidden && !self.dirty.is_empty())
            .then(|| Damage::Parts(std::mem::take(&mut self.dirty)))
    }

    fn take(&mut self) -> Vec<Vec<u8>> {
        if self.hidden {
            return Vec::new();
        }
        let mut messages = Vec::new();
        if self.placed.is_some() {
            let size = self.picture.as_ref().map(Picture::size);
            if let Some(size) = size.filter(|_| self.told != size) {
                self.told = Some(size);
                messages.push(wire::size(size));
            }
            if let Some(picture) = &self.picture {
                messages.extend(self.beneath.drain(..).map(|rect| wire::rectangle(picture, rect)));
            }
        } else {
            self.beneath.clear();
            // A typed letter does not wait for a film to be drawn.
            self.dirty
                .sort_by_key(|rect| u32::from(rect.width) * u32::from(rect.height));
            if let Some(picture) = &self.picture {
                messages.extend(self.dirty.drain(..).map(|rect| wire::rectangle(picture, rect)));
            }
        }
        messages.extend(self.cursor.take().map(wire::cursor));
        messages.extend(self.pointer.take().map(|&(x, y)| wire::pointer(x, y)));
        self.sent += messages.len() as u64;
        if let Some(coming) = &mut self.coming {
            coming.needs.get_or_insert(self.sent);
        }
        messages
    }
}

fn copy(from: &Picture, to: &mut Picture, rect: Rect) {
    let (stride, left) = (to.stride(), usize::from(rect.x) * 4);
    let bytes = to.bytes_mut();
    for (row, pixels) in (usize::from(rect.y)..).zip(from.rows(rect)) {
        let start = row * stride + left;
        bytes[start..start + pixels.len()].copy_from_slice(pixels);
    }
}

fn add(dirty: &mut Vec<Rect>, rect: Rect) {
    if dirty.iter().any(|known| known.union(rect) == *known) {
        return;
    }
    dirty.retain(|known| known.union(rect) != rect);
    dirty.push(rect);
    if dirty.len() > RECTANGLES {
        let all = dirty.drain(..).reduce(Rect::union);
        dirty.extend(all);
    }
}

/// The viewer's end.
pub struct CanvasSink(SharedCanvas);

impl CanvasSink {
    pub(crate) fn new(canvas: SharedCanvas) -> Self {
        Self(canvas)
    }
}

impl FrameSink for CanvasSink {
    fn show(&mut self, picture: &Picture, changed: &[Rect]) {
        self.0.draw(picture, changed);
    }
}

#[cfg(test)]
mod tests;
