//! A screen that a test draws on, a coarse video codec for it, and what the technician sees of it.

use std::{
    sync::{Arc, Condvar, Mutex, atomic::Ordering},
    task::Waker,
    time::Duration,
};

use renfort_engine::seams::*;

use super::fakes::World;

pub const CANVAS: Size = Size {
    width: 640,
    height: 400,
};

/// Drawn on by a test; `seen` is the technician's.
pub struct Canvas {
    drawn: Mutex<(Picture, Vec<Rect>)>,
    wake: Condvar,
    seen: Mutex<Option<Picture>>,
    /// Frames of video that came to the technician, each with the colours of its squares.
    frames: Mutex<Vec<Vec<u32>>>,
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
            frames: Mutex::default(),
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

    /// Frames of video that came to the technician so far.
    pub fn frames(&self) -> usize {
        self.frames.lock().unwrap().len()
    }

    /// Of one of them, the colours of its squares as they are drawn, whether they are shown or not.
    pub fn frame(&self, number: usize) -> Vec<u32> {
        self.frames.lock().unwrap()[number].clone()
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

/// Of a square of so many pixels a side a frame has the colour of its first pixel.
const SQUARE: u16 = 16;

fn squares() -> impl Iterator<Item = Rect> {
    let columns = move |y| {
        (0..CANVAS.width).step_by(SQUARE.into()).map(move |x| Rect {
            x,
            y,
            width: SQUARE,
            height: SQUARE,
        })
    };
    (0..CANVAS.height).step_by(SQUARE.into()).flat_map(columns)
}

/// Knows of the screen what it was told, and nothing else.
pub struct CanvasEncoder {
    pub world: Arc<World>,
    pub known: Option<Picture>,
}

impl VideoEncoder for CanvasEncoder {
    fn name(&self) -> &'static str {
        "canvas"
    }

    fn encode(
        &mut self,
        picture: &Picture,
        damage: &[Rect],
        _at: Duration,
        key: bool,
    ) -> Result<Option<EncodedFrame>, VideoError> {
        self.world.encoded.fetch_add(1, Ordering::SeqCst);
        let key = key || self.known.is_none();
        let known = self.known.get_or_insert_with(|| picture.clone());
        for rect in damage {
            known.take_from(picture, *rect);
        }
        let mut data = vec![0, 0, 0, 1, if key { 0x65 } else { 0x41 }];
        for square in squares() {
            let colour = known.span(square.x, square.y, 1)[0] & COLOUR;
            data.extend_from_slice(format!("{colour:06x}").as_bytes());
        }
        // One refinement after each change.
        let settled = damage.is_empty();
        Ok(Some(EncodedFrame { data, key, settled }))
    }

    fn set_bitrate(&mut self, _bits_per_second: u32) {}
}

/// Shows what that one knew.
pub struct CanvasDecoder {
    pub canvas: Arc<Canvas>,
    pub has_key: bool,
}

impl VideoDecoder for CanvasDecoder {
    fn decode(&mut self, unit: &[u8], picture: &mut Picture) -> Result<Vec<Rect>, VideoError> {
        self.has_key |= unit[4] == 0x65;
        if !self.has_key {
            return Err(VideoError {
                what: "decode",
                reason: "no key frame".into(),
            });
        }
        let digits = unit[5..]
            .chunks_exact(6)
            .map(|digits| std::str::from_utf8(digits).unwrap());
        let colours: Vec<u32> = digits.map(|digits| u32::from_str_radix(digits, 16).unwrap()).collect();
        picture.resize(CANVAS);
        for (square, colour) in squares().zip(&colours) {
            for y in square.y..square.y + SQUARE {
                picture.span_mut(square.x, y, SQUARE).fill(colour.swap_bytes() >> 8);
            }
        }
        self.canvas.frames.lock().unwrap().push(colours);
        Ok(vec![CANVAS.whole()])
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
