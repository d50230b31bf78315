//! Recorded screens, and what happens on them.
//!
//! Flow: `tests/bench/screens.py` records what applications show; [`screens`] reads it; the binary compares sizes and
//! times with other codecs, and `benches/picture.rs` measures each step beside copying the same bytes.

#![cfg(feature = "peers")]

use std::{
    fs::File,
    io::BufReader,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use renfort_picture::{Composer, Means, Picture, PixelFormat, Planner, Rect, Size, wire::EXACT_PIXELS};

/// A recorded screen.
pub struct Screen {
    /// What was on it.
    pub name: String,
    /// As it was captured.
    pub picture: Picture,
    /// The same as other codecs take it: three bytes a pixel, red first.
    pub rgb: Vec<u8>,
}

/// All recorded screens, by name.
///
/// # Errors
/// When none were recorded, or one cannot be read.
pub fn screens() -> Result<Vec<Screen>> {
    let folder = PathBuf::from(std::env::var_os("RENFORT_SCREENS").context("RENFORT_SCREENS names their folder")?);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "png"));
    paths.sort();
    ensure!(!paths.is_empty(), "{} holds no screens", folder.display());
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &std::path::Path) -> Result<Screen> {
    let mut reader = png::Decoder::new(BufReader::new(File::open(path)?)).read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().context("a screen that fits into memory")?];
    let info = reader.next_frame(&mut bytes)?;
    ensure!(info.color_type == png::ColorType::Rgb, "{} is not RGB", path.display());
    let size = Size {
        width: info.width.try_into()?,
        height: info.height.try_into()?,
    };
    bytes.truncate(size.whole().area() * 3);
    let mut picture = Picture::new(size, PixelFormat::Bgrx);
    for (pixel, rgb) in picture.pixels_mut().iter_mut().zip(bytes.chunks_exact(3)) {
        *pixel = u32::from_be_bytes([0, rgb[0], rgb[1], rgb[2]]);
    }
    Ok(Screen {
        name: path
            .file_stem()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        picture,
        rgb: bytes,
    })
}

/// A whole screen in rectangles as large as may be.
#[must_use]
pub fn pieces(size: Size) -> Vec<Rect> {
    let rows = EXACT_PIXELS / usize::from(size.width) / 16 * 16;
    let rows = u16::try_from(rows.max(16)).unwrap_or(16);
    (0..size.height)
        .step_by(rows.into())
        .map(|y| Rect {
            x: 0,
            y,
            width: size.width,
            height: rows.min(size.height - y),
        })
        .collect()
}

/// Something that goes on, picture after picture.
pub trait Scene {
    /// Paints the next picture over the last one, and says where.
    fn step(&mut self, screen: &mut Picture) -> Vec<Rect>;
}

/// Everything below the top of a screen scrolls by as many rows, round and round.
pub struct Scroll {
    page: Picture,
    by: u16,
    offset: u16,
}

impl Scroll {
    /// Rows that stand still: a browser's bars.
    const TOP: u16 = 96;

    /// Of this page.
    #[must_use]
    pub fn new(page: &Picture, by: u16) -> Self {
        Self {
            page: page.clone(),
            by,
            offset: 0,
        }
    }
}

impl Scene for Scroll {
    fn step(&mut self, screen: &mut Picture) -> Vec<Rect> {
        let size = screen.size();
        let rows = size.height - Self::TOP;
        self.offset = (self.offset + self.by) % rows;
        for row in 0..rows {
            let from = Self::TOP + (row + self.offset) % rows;
            let source = self.page.span(0, from, size.width);
            screen.span_mut(0, Self::TOP + row, size.width).copy_from_slice(source);
        }
        vec![Rect {
            x: 0,
            y: Self::TOP,
            width: size.width,
            height: rows,
        }]
    }
}

/// A window of 700 times 450 pixels is dragged over a desk.
pub struct Drag {
    desk: Picture,
    window: Rect,
    turn: u16,
}

impl Drag {
    /// Over this desk.
    #[must_use]
    pub fn new(desk: &Picture) -> Self {
        Self {
            desk: desk.clone(),
            window: Rect {
                x: 200,
                y: 150,
                width: 700,
                height: 450,
            },
            turn: 0,
        }
    }
}

impl Scene for Drag {
    fn step(&mut self, screen: &mut Picture) -> Vec<Rect> {
        let old = self.window;
        screen.take_from(&self.desk, old);
        self.turn += 1;
        self.window.x = 200 + self.turn * 7 % 300;
        self.window.y = 150 + self.turn * 5 % 200;
        for row in 0..old.height {
            let content = self.desk.span(400, 200 + row, old.width);
            let target = screen.span_mut(self.window.x, self.window.y + row, old.width);
            for (pixel, content) in target.iter_mut().zip(content) {
                *pixel = content ^ 0x20_20_20;
            }
        }
        vec![old, self.window]
    }
}

/// Letters are typed, one after the other.
pub struct Typing {
    page: Picture,
    turn: u16,
}

impl Typing {
    /// On this page, of letters that it shows elsewhere.
    #[must_use]
    pub fn new(page: &Picture) -> Self {
        Self {
            page: page.clone(),
            turn: 0,
        }
    }
}

impl Scene for Typing {
    fn step(&mut self, screen: &mut Picture) -> Vec<Rect> {
        self.turn = (self.turn + 1) % 100;
        let letter = Rect {
            x: 300 + self.turn * 9,
            y: 300,
            width: 9,
            height: 15,
        };
        for row in 0..letter.height {
            let content = self.page.span(400 + self.turn * 13, 500 + row, letter.width);
            screen
                .span_mut(letter.x, letter.y + row, letter.width)
                .copy_from_slice(content);
        }
        vec![letter]
    }
}

/// A sharer and a viewer side by side, with all the room there is and no video.
pub struct Pair {
    planner: Planner,
    /// What the viewer has.
    pub composer: Composer,
    began: Instant,
}

/// What one picture took.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Of its updates.
    pub bytes: usize,
    /// To plan them.
    pub plan: Duration,
    /// To carry them out.
    pub compose: Duration,
}

impl Pair {
    /// Both have this screen.
    #[must_use]
    pub fn showing(screen: &Picture) -> Self {
        let mut pair = Self {
            planner: Planner::new(),
            composer: Composer::new(),
            began: Instant::now(),
        };
        pair.show(screen, &[]);
        pair
    }

    /// The screen, of which this was damaged, goes to the viewer.
    ///
    /// # Panics
    /// When the viewer refuses what the sharer planned.
    pub fn show(&mut self, screen: &Picture, damage: &[Rect]) -> Cost {
        let means = Means {
            at: self.began.elapsed(),
            room: usize::MAX,
            soon: usize::MAX,
            video: false,
        };
        let start = Instant::now();
        self.planner.damage(damage);
        let mut updates = Vec::new();
        self.planner
            .next(screen, means, &mut |update| updates.push(update))
            .expect("a screen that can be shared");
        let planned = start.elapsed();
        let start = Instant::now();
        for update in &updates {
            self.composer.take(&update.bytes).expect("what was planned is composed");
        }
        let compose = start.elapsed();
        self.planner.acknowledged(self.composer.complete());
        Cost {
            bytes: updates.iter().map(|update| update.bytes.len()).sum(),
            plan: planned,
            compose,
        }
    }
}
