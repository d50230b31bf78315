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
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 8, height: 4 };

    fn rect(x: u16, y: u16, width: u16, height: u16) -> Rect {
        Rect { x, y, width, height }
    }

    fn filled(value: u8) -> Picture {
        let mut picture = Picture::new(SIZE, PixelFormat::Rgba);
        picture.bytes_mut().fill(value);
        picture
    }

    #[test]
    fn the_first_picture_goes_out_whole_whatever_is_said_to_have_changed() {
        let mut state = State::default();
        state.draw(&filled(1), &[rect(0, 0, 1, 1)]);
        let messages = state.take();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].len(), 16 + 8 * 4 * 4);
        assert!(state.take().is_empty());
    }

    #[test]
    fn a_slow_window_gets_the_newest_pixels_once() {
        let mut state = State::default();
        state.draw(&filled(1), &[]);
        state.take();
        for value in 2..10 {
            state.draw(&filled(value), &[rect(1, 1, 2, 1)]);
        }
        let messages = state.take();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0][16..], [9; 8]);
    }

    #[test]
    fn what_is_small_goes_first() {
        let mut state = State::default();
        state.draw(&filled(1), &[]);
        state.take();
        state.draw(&filled(2), &[rect(0, 0, 8, 2), rect(0, 3, 1, 1), rect(4, 3, 2, 1)]);
        let sizes: Vec<usize> = state.take().iter().map(|message| (message.len() - 16) / 4).collect();
        assert_eq!(sizes, [1, 2, 16]);
    }

    #[test]
    fn only_what_changed_is_taken_over() {
        let mut state = State::default();
        state.draw(&filled(1), &[]);
        state.draw(&filled(2), &[rect(0, 0, 1, 1)]);
        let picture = state.picture.as_ref().unwrap();
        assert_eq!(picture.bytes()[..8], [2, 2, 2, 2, 1, 1, 1, 1]);
    }

    #[test]
    fn rectangles_outside_are_clipped_and_too_many_are_joined() {
        let mut state = State::default();
        let big = Size {
            width: 200,
            height: 200,
        };
        let picture = Picture::new(big, PixelFormat::Rgba);
        state.draw(&picture, &[]);
        state.take();
        let many: Vec<_> = (0..40).map(|step| rect(step * 5, step * 5, 2, 2)).collect();
        state.draw(&picture, &many);
        assert!(state.dirty.len() <= RECTANGLES);
        let all = state.dirty.iter().copied().reduce(Rect::union).unwrap();
        assert_eq!(all, rect(0, 0, 197, 197));
        state.dirty.clear();
        state.draw(&picture, &[rect(199, 199, 50, 50), rect(300, 0, 1, 1)]);
        assert_eq!(state.dirty, [rect(199, 199, 1, 1)]);
    }

    #[tokio::test]
    async fn where_the_app_paints_the_page_gets_the_size_and_the_painter_what_changed() {
        let canvas = SharedCanvas::default();
        canvas.draw(&filled(1), &[]);
        let placed = Placed {
            across: 8.0,
            stage: [0.0, 0.0, 8.0, 4.0],
            picture: [0.0, 0.0, 8.0, 4.0],
            pointer: false,
            covers: Vec::new(),
        };
        canvas.place(Place::Here(placed.clone()));
        assert_eq!(canvas.damaged().await, Damage::All);
        assert_eq!(canvas.next().await, [wire::size(SIZE)]);
        canvas.draw(&filled(2), &[rect(1, 1, 2, 1)]);
        canvas.draw(&filled(3), &[rect(1, 1, 2, 1), rect(7, 3, 1, 1)]);
        assert_eq!(
            canvas.damaged().await,
            Damage::Parts(vec![rect(1, 1, 2, 1), rect(7, 3, 1, 1)])
        );
        assert_eq!(canvas.look(|picture, _, _| picture.bytes()[(8 + 1) * 4]), Some(3));
        assert!(canvas.state().take().is_empty());
        // What the page has over it lies on pixels that the page has drawn, before it is seen.
        let covered = Placed {
            covers: vec![[1.0, 1.0, 2.0, 1.0]],
            ..placed
        };
        canvas.place(Place::Here(covered.clone()));
        assert_eq!(canvas.look(|_, placed, _| placed.covers.len()), Some(0));
        let messages = canvas.next().await;
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0][6..14], [0, 0, 0, 0, 5, 0, 4, 0]);
        // The size, and that.
        canvas.drawn();
        canvas.drawn();
        assert_eq!(canvas.look(|_, placed, _| placed.clone()), Some(covered));
        assert_eq!(canvas.damaged().await, Damage::All);
        // And what changes beneath it later goes to both.
        canvas.draw(&filled(4), &[rect(4, 0, 4, 1)]);
        assert_eq!(canvas.damaged().await, Damage::Parts(vec![rect(4, 0, 4, 1)]));
        assert_eq!(canvas.next().await[0][6..14], [4, 0, 0, 0, 1, 0, 1, 0]);
        // Back to the page: it gets all of it.
        canvas.place(Place::None);
        assert_eq!(canvas.next().await[0].len(), 16 + 8 * 4 * 4);
        assert_eq!(canvas.look(|_, _, _| ()), None);
    }

    /// A canvas whose picture the app paints, with something of the page that is to come over it.
    fn about_to_be_covered() -> SharedCanvas {
        let canvas = SharedCanvas::default();
        canvas.draw(&filled(1), &[]);
        canvas.place(Place::Here(placed(vec![])));
        canvas.state().take();
        canvas.place(Place::Here(placed(vec![[1.0, 1.0, 2.0, 1.0]])));
        canvas
    }

    fn placed(covers: Vec<[f64; 4]>) -> Placed {
        Placed {
            across: 8.0,
            stage: [0.0, 0.0, 8.0, 4.0],
            picture: [0.0, 0.0, 8.0, 4.0],
            covers,
            pointer: false,
        }
    }

    fn covers(canvas: &SharedCanvas) -> Option<usize> {
        canvas.look(|_, placed, _| placed.covers.len())
    }

    #[test]
    fn something_over_a_film_is_seen_when_what_lay_beneath_it_was_drawn_whatever_has_come_since() {
        let canvas = about_to_be_covered();
        // The size went first, and is drawn late.
        assert_eq!(canvas.state().take().len(), 1);
        for picture in 2..5 {
            canvas.draw(&filled(picture), &[SIZE.whole()]);
            assert_eq!(canvas.state().take().len(), 1);
        }
        canvas.drawn();
        assert_eq!(covers(&canvas), Some(0));
        canvas.drawn();
        assert_eq!(covers(&canvas), Some(1));
    }

    #[test]
    fn what_moves_over_the_picture_all_the_time_is_seen() {
        let canvas = about_to_be_covered();
        let mut seen = 0;
        for step in 0..20 {
            canvas.place(Place::Here(placed(vec![[f64::from(step % 7), 1.0, 1.0, 1.0]])));
            let messages = canvas.state().take().len();
            seen += usize::from(covers(&canvas) == Some(1));
            // Each message is drawn two steps later than it was sent.
            if step > 2 {
                canvas.drawn();
            }
            assert!(messages <= 2);
        }
        assert!(seen > 10, "{seen}");
    }

    #[test]
    fn what_the_user_hid_is_neither_painted_nor_sent_and_comes_back_whole() {
        let canvas = about_to_be_covered();
        canvas.hide(true);
        assert_eq!(covers(&canvas), None);
        // Late, or early: nobody sees it.
        canvas.draw(&filled(7), &[rect(0, 0, 1, 1)]);
        assert_eq!(covers(&canvas), None);
        assert!(canvas.state().take().is_empty());
        canvas.hide(false);
        assert_eq!(canvas.state().damage(), Some(Damage::All));
        assert_eq!(canvas.look(|picture, _, _| picture.bytes()[8 * 4]), Some(7));
    }

    #[tokio::test]
    async fn a_session_that_is_over_is_painted_over() {
        let canvas = SharedCanvas::default();
        canvas.draw(&filled(1), &[]);
        canvas.clear();
        assert_eq!(canvas.damaged().await, Damage::All);
        assert_eq!(canvas.look(|_, _, _| ()), None);
    }

    #[tokio::test]
    async fn a_window_that_comes_back_gets_the_whole_picture_again() {
        let canvas = SharedCanvas::default();
        canvas.draw(&filled(1), &[]);
        assert_eq!(canvas.next().await.len(), 1);
        canvas.begin();
        assert_eq!(canvas.next().await[0].len(), 16 + 8 * 4 * 4);
    }

    #[tokio::test]
    async fn the_newest_pointer_goes_out_once_and_again_to_a_window_that_comes_back() {
        let canvas = SharedCanvas::default();
        canvas.look_like(Cursor::Hidden);
        canvas.point(1, 2);
        canvas.point(3, 4);
        let newest = [wire::cursor(&Cursor::Hidden), wire::pointer(3, 4)];
        assert_eq!(canvas.next().await, newest);
        assert!(canvas.state().take().is_empty());
        canvas.begin();
        assert_eq!(canvas.next().await, newest);
        canvas.clear();
        assert!(canvas.state().take().is_empty());
    }

    #[tokio::test]
    async fn where_the_app_paints_a_pointer_that_moves_is_painted_where_it_was_and_where_it_is() {
        let canvas = SharedCanvas::default();
        canvas.draw(&filled(1), &[]);
        let shape = CursorShape::new((2, 2), (1, 0), vec![9; 16]).unwrap();
        canvas.look_like(Cursor::Shape(shape.into()));
        canvas.point(3, 1);
        let mut placed = Placed {
            across: 8.0,
            stage: [0.0, 0.0, 8.0, 4.0],
            picture: [0.0, 0.0, 8.0, 4.0],
            pointer: false,
            covers: Vec::new(),
        };
        canvas.place(Place::Here(placed.clone()));
        assert_eq!(canvas.damaged().await, Damage::All);
        let at = |canvas: &SharedCanvas| canvas.look(|_, _, pointer| pointer.map(|pointer| pointer.at)).flatten();
        assert_eq!(at(&canvas), None, "the page does not want it");
        canvas.point(4, 1);
        assert!(canvas.state().damage().is_none());
        placed.pointer = true;
        canvas.place(Place::Here(placed));
        assert_eq!(canvas.damaged().await, Damage::All);
        assert_eq!(at(&canvas), Some((4, 1)));
        canvas.point(0, 3);
        let parts = vec![rect(3, 1, 2, 2), rect(0, 3, 1, 1)];
        assert_eq!(canvas.damaged().await, Damage::Parts(parts));
        canvas.look_like(Cursor::Hidden);
        assert_eq!(canvas.damaged().await, Damage::Parts(vec![rect(0, 3, 1, 1)]));
        assert_eq!(at(&canvas), None);
    }
}
