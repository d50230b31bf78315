//! The newest picture, and what of it the window has not got yet.
//!
//! Invariant: pixels leave from the newest picture only; what is dirty is sent once, however often it changed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renfort_engine::seams::{FrameSink, Picture, PixelFormat, Rect};
use tokio::sync::Notify;

use super::wire;

/// Dirty rectangles that are kept apart; more are joined into one that holds them all.
const RECTANGLES: usize = 32;

/// Shared by the viewer, which draws, and the window's connection, which sends.
#[derive(Clone, Default)]
pub struct SharedCanvas(Arc<Canvas>);

#[derive(Default)]
struct Canvas {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    picture: Option<Picture>,
    dirty: Vec<Rect>,
    pointer: Option<(u16, u16)>,
}

impl SharedCanvas {
    /// Another session: what the last one showed is gone.
    pub(super) fn clear(&self) {
        *self.state() = State::default();
    }

    pub(super) fn point(&self, x: u16, y: u16) {
        self.state().pointer = Some((x, y));
        self.0.changed.notify_one();
    }

    /// A window that begins needs all of it.
    pub(super) fn begin(&self) {
        let mut state = self.state();
        state.dirty = state
            .picture
            .as_ref()
            .map(|picture| picture.size().whole())
            .into_iter()
            .collect();
        drop(state);
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
        self.state().draw(picture, changed);
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
        }
        for rect in changed.iter().filter_map(|rect| rect.clipped(size)) {
            copy(picture, mine, rect);
            add(&mut self.dirty, rect);
        }
    }

    fn take(&mut self) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        // A typed letter does not wait for a film to be drawn.
        self.dirty
            .sort_by_key(|rect| u32::from(rect.width) * u32::from(rect.height));
        if let Some(picture) = &self.picture {
            messages.extend(self.dirty.drain(..).map(|rect| wire::rectangle(picture, rect)));
        }
        messages.extend(self.pointer.take().map(|(x, y)| wire::pointer(x, y)));
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
    pub(super) fn new(canvas: SharedCanvas) -> Self {
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
    use renfort_engine::seams::Size;

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
    async fn a_window_that_comes_back_gets_the_whole_picture_again() {
        let canvas = SharedCanvas::default();
        canvas.draw(&filled(1), &[]);
        assert_eq!(canvas.next().await.len(), 1);
        canvas.begin();
        assert_eq!(canvas.next().await[0].len(), 16 + 8 * 4 * 4);
    }
}
