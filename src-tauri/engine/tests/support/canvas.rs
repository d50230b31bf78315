//! A screen that a test draws on, and what the technician sees of it.

use std::{
    sync::{Arc, Condvar, Mutex},
    task::Waker,
    time::Duration,
};

use renfort_engine::seams::*;

pub const CANVAS: Size = Size {
    width: 640,
    height: 400,
};

/// Drawn on by a test; `seen` is the technician's.
pub struct Canvas {
    drawn: Mutex<(Picture, Vec<Rect>)>,
    wake: Condvar,
    seen: Mutex<Option<Picture>>,
    /// Looked for in everything that is shown.
    pub never: Mutex<Option<u32>>,
    pub leaked: Mutex<bool>,
}

impl Canvas {
    pub fn new() -> Arc<Self> {
        let picture = Picture::new(CANVAS, PixelFormat::Bgrx);
        Arc::new(Self {
            drawn: Mutex::new((picture, Vec::new())),
            wake: Condvar::new(),
            seen: Mutex::default(),
            never: Mutex::default(),
            leaked: Mutex::default(),
        })
    }

    /// Draws, and says what changed.
    pub fn draw(&self, rect: Rect, draw: impl FnOnce(&mut Picture)) {
        let mut drawn = self.drawn.lock().unwrap();
        draw(&mut drawn.0);
        drawn.1.push(rect);
        self.wake.notify_all();
    }

    /// Pixels as the eye sees them, red in the lowest byte.
    pub fn shared(&self) -> Vec<u32> {
        let drawn = self.drawn.lock().unwrap();
        let pixels = drawn.0.pixels().iter();
        pixels.map(|pixel| (pixel & COLOUR).swap_bytes() >> 8).collect()
    }

    pub fn seen(&self) -> Vec<u32> {
        let seen = self.seen.lock().unwrap();
        let pixels = seen.iter().flat_map(|seen| seen.pixels());
        pixels.map(|pixel| pixel & COLOUR).collect()
    }
}

/// The bits of a pixel that mean something.
const COLOUR: u32 = 0x00FF_FFFF;

pub struct CanvasScreen {
    pub canvas: Arc<Canvas>,
    pub begun: bool,
}

impl ScreenSource for CanvasScreen {
    fn name(&self) -> &'static str {
        "canvas"
    }

    fn size(&self) -> Size {
        CANVAS
    }

    fn wait(&mut self, timeout: Duration, picture: &mut Picture, outdated: &[Rect]) -> Result<Change, ScreenError> {
        let mut drawn = self.canvas.drawn.lock().unwrap();
        if self.begun && drawn.1.is_empty() {
            drawn = self.canvas.wake.wait_timeout(drawn, timeout).unwrap().0;
        }
        let mut damage = std::mem::take(&mut drawn.1);
        if !std::mem::replace(&mut self.begun, true) {
            damage = vec![CANVAS.whole()];
        }
        damage.extend(outdated);
        if damage.is_empty() {
            return Ok(Change::Nothing);
        }
        for rect in &damage {
            picture.take_from(&drawn.0, *rect);
        }
        Ok(Change::Damaged(damage))
    }

    fn swaps(&self) -> bool {
        true
    }

    /// It is asked often.
    fn waker(&self) -> Option<Waker> {
        None
    }

    fn pointer(&mut self) -> Option<(u16, u16)> {
        None
    }

    fn cursor(&mut self) -> Option<Cursor> {
        None
    }
}

pub struct CanvasSink(pub Arc<Canvas>);

impl FrameSink for CanvasSink {
    /// Takes over what changed only, as a window does.
    fn show(&mut self, picture: &Picture, changed: &[Rect]) {
        let mut seen = self.0.seen.lock().unwrap();
        let seen = seen.get_or_insert_with(|| Picture::new(picture.size(), PixelFormat::Rgba));
        if seen.size() != picture.size() {
            *seen = Picture::new(picture.size(), PixelFormat::Rgba);
        }
        for rect in changed {
            seen.take_from(picture, *rect);
        }
        if let Some(never) = *self.0.never.lock().unwrap()
            && seen.pixels().iter().any(|pixel| pixel & COLOUR == never)
        {
            *self.0.leaked.lock().unwrap() = true;
        }
    }
}
