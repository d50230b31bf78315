//! Pixels to bytes.

use zstd::stream::raw::{CParameter, Encoder as Packer, InBuffer, Operation as _, OutBuffer};

use super::{
    ALONE, BEGINS, CONTINUES, MAGIC, OUTSIDE, SOLID, TWO, WINDOW_LOG,
    cells::{Cell, cells, count},
    kind::is_cell_shaded,
    palette::Palette,
    predict,
};
use crate::{
    pixels::{COLOUR, Picture, Rect},
    wire::{EXACT_PIXELS, write_number},
};

/// Whose history a rectangle uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Nobody's: it can be read at once.
    Alone,
    /// Nobody's, and others will use its.
    Begins,
    /// That of the parts since the last [`Part::Begins`].
    Continues,
}

/// Encodes rectangles. Keeps what the next part of a stream needs.
pub struct Encoder {
    alone: Packer<'static>,
    stream: Packer<'static>,
    alone_palette: Palette,
    stream_palette: Palette,
    /// Of the stream's last part.
    place: u8,
    pixels: Vec<u32>,
    plain: Plain,
    packed: Vec<u8>,
}

/// Buffers that are used again.
#[derive(Default)]
struct Plain {
    shaded: Vec<bool>,
    drawn: Vec<u8>,
    planes: [Vec<u8>; 3],
    out: Vec<u8>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// Ready to begin.
    #[must_use]
    pub fn new() -> Self {
        Self {
            alone: packer(3),
            stream: packer(3),
            alone_palette: Palette::new(),
            stream_palette: Palette::new(),
            place: 0,
            pixels: Vec::with_capacity(EXACT_PIXELS),
            plain: Plain::default(),
            packed: Vec::new(),
        }
    }

    /// Colours that the stream's palette holds.
    #[must_use]
    pub fn colours(&self) -> usize {
        self.stream_palette.colours().len()
    }

    /// Encodes `rect` of `picture`; it must be inside, and of [`EXACT_PIXELS`] at most. A [`Part::Continues`] must
    /// follow a [`Part::Begins`].
    pub fn encode(&mut self, picture: &Picture, rect: Rect, part: Part) -> Vec<u8> {
        self.pixels.clear();
        for y in rect.y..rect.y + rect.height {
            let span = picture.span(rect.x, y, rect.width);
            self.pixels.extend(span.iter().map(|pixel| pixel & COLOUR));
        }
        let mut coded = Vec::new();
        // A part of a stream is never left out: the next one is counted from it.
        if part == Part::Alone && self.pixels.iter().all(|pixel| *pixel == self.pixels[0]) {
            coded.push(SOLID);
            coded.extend(rgb(self.pixels[0]));
            return coded;
        }
        let (packer, palette) = match part {
            Part::Alone => (&mut self.alone, &mut self.alone_palette),
            Part::Begins | Part::Continues => (&mut self.stream, &mut self.stream_palette),
        };
        if part != Part::Continues {
            palette.clear();
            packer.reinit().expect("a context can be used again");
        }
        let size = (usize::from(rect.width), usize::from(rect.height));
        self.plain.write(&self.pixels, size, palette);
        pack(packer, &self.plain.out, part == Part::Alone, &mut self.packed);

        let packed = match part {
            Part::Continues => self.packed.as_slice(),
            Part::Alone | Part::Begins => self.packed.strip_prefix(&MAGIC).expect("a frame begins with it"),
        };
        coded.reserve(packed.len() + 8);
        match part {
            Part::Alone => coded.push(ALONE),
            Part::Begins => {
                self.place = 0;
                coded.push(BEGINS);
            }
            Part::Continues => {
                self.place = self.place.wrapping_add(1);
                coded.extend([CONTINUES, self.place]);
            }
        }
        write_number(&mut coded, u32::try_from(self.plain.out.len()).unwrap_or(u32::MAX));
        coded.extend_from_slice(packed);
        coded
    }
}

fn packer(level: i32) -> Packer<'static> {
    let mut packer = Packer::new(level).expect("there is memory for a context");
    for parameter in [
        CParameter::WindowLog(WINDOW_LOG),
        CParameter::ContentSizeFlag(false),
        CParameter::ChecksumFlag(false),
    ] {
        packer.set_parameter(parameter).expect("a parameter of its own");
    }
    packer
}

/// Packs all of `plain`; with `last` the frame ends, else it is only flushed.
fn pack(packer: &mut Packer<'static>, plain: &[u8], last: bool, packed: &mut Vec<u8>) {
    packed.clear();
    packed.reserve(zstd::zstd_safe::compress_bound(plain.len()) + 64);
    let mut input = InBuffer::around(plain);
    let mut output = OutBuffer::around(packed);
    while input.pos() < plain.len() {
        packer.run(&mut input, &mut output).expect("packing in memory");
    }
    let left = if last {
        packer.finish(&mut output, true)
    } else {
        packer.flush(&mut output)
    };
    debug_assert_eq!(left.expect("packing in memory"), 0, "there is room for all of it");
}

const fn rgb(colour: u32) -> [u8; 3] {
    let [blue, green, red, _] = colour.to_le_bytes();
    [red, green, blue]
}

impl Plain {
    fn write(&mut self, pixels: &[u32], (width, height): (usize, usize), palette: &mut Palette) {
        self.shaded.clear();
        self.drawn.clear();
        self.planes.iter_mut().for_each(Vec::clear);
        let known = palette.colours().len();
        for cell in cells(width, height) {
            let shaded = is_cell_shaded(pixels, width, cell);
            self.shaded.push(shaded);
            if shaded {
                predict::encode(pixels, width, cell, &mut self.planes);
            } else {
                draw(pixels, width, cell, palette, &mut self.drawn);
            }
        }

        let out = &mut self.out;
        out.clear();
        let new = &palette.colours()[known..];
        write_number(out, u32::try_from(new.len()).unwrap_or(u32::MAX));
        out.extend(new.iter().flat_map(|colour| rgb(*colour)));
        debug_assert_eq!(self.shaded.len(), count(width, height));
        if self.shaded.contains(&true) {
            out.push(1);
            out.extend(
                self.shaded
                    .chunks(8)
                    .map(|bits| bits.iter().rev().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit))),
            );
        } else {
            out.push(0);
        }
        out.extend_from_slice(&self.drawn);
        for plane in &self.planes {
            out.extend_from_slice(plane);
        }
    }
}

fn draw(pixels: &[u32], width: usize, cell: Cell, palette: &mut Palette, drawn: &mut Vec<u8>) {
    let mut last = u32::MAX;
    let mut code = ([0; 4], 0);
    for x in cell.x..cell.x + cell.width {
        for pixel in pixels[cell.y * width + x..].iter().step_by(width).take(cell.height) {
            if *pixel != last {
                last = *pixel;
                code = coded(last, palette);
            }
            let (bytes, length) = code;
            if length == 1 {
                drawn.push(bytes[0]);
            } else {
                drawn.extend_from_slice(&bytes[..length]);
            }
        }
    }
}

/// How a pixel is written, and its length.
fn coded(colour: u32, palette: &mut Palette) -> ([u8; 4], usize) {
    match palette.place(colour) {
        Some(place) if place < u16::from(TWO) => ([place as u8, 0, 0, 0], 1),
        Some(place) => {
            let [high, low] = (place - u16::from(TWO)).to_be_bytes();
            ([TWO + high, low, 0, 0], 2)
        }
        None => {
            let [red, green, blue] = rgb(colour);
            ([OUTSIDE, red, green, blue], 4)
        }
    }
}
