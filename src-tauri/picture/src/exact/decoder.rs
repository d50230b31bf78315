//! Bytes to pixels.

use zstd::stream::raw::{DParameter, Decoder as Unpacker, InBuffer, Operation as _, OutBuffer};

use super::{
    ALONE, BEGINS, CONTINUES, MAGIC, OUTSIDE, SOLID, TWO, WINDOW_LOG,
    cells::{Cell, cells, count},
    palette::MOST,
    predict,
};
use crate::wire::{EXACT_PIXELS, Reader, WireError};

/// Bytes that are no pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExactError {
    /// A number in it is wrong.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// More pixels than [`EXACT_PIXELS`], or none.
    #[error("an exact rectangle has no size that may be")]
    Size,
    /// An unknown kind of coding.
    #[error("an exact rectangle is coded in an unknown way")]
    Kind,
    /// A part of a stream that is not its next one.
    #[error("a part of a stream of exact rectangles is missing")]
    Missing,
    /// It cannot be unpacked, or holds another number of bytes than it says.
    #[error("an exact rectangle cannot be unpacked")]
    Packed,
    /// A colour that is not in the palette, or a palette of too many.
    #[error("an exact rectangle names a colour that is not there")]
    Palette,
    /// More or fewer bytes than its cells need.
    #[error("an exact rectangle is of another length than its cells need")]
    Length,
}

/// Decodes rectangles. Keeps what the next part of a stream needs. After an error it is of no further use.
pub struct Decoder {
    alone: Unpacker<'static>,
    stream: Unpacker<'static>,
    /// Place of the next part; none before a stream begins.
    next: Option<u8>,
    palette: Vec<u32>,
    stream_palette: Vec<u32>,
    plain: Vec<u8>,
    pixels: Vec<u32>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// Ready to begin.
    #[must_use]
    pub fn new() -> Self {
        Self {
            alone: unpacker(),
            stream: unpacker(),
            next: None,
            palette: Vec::new(),
            stream_palette: Vec::new(),
            plain: Vec::new(),
            pixels: Vec::new(),
        }
    }

    /// Decodes a rectangle of `width` times `height`: its pixels row by row, the lowest three bytes of each number being
    /// red, green, blue from the highest.
    ///
    /// # Errors
    /// When the bytes are not those of such a rectangle.
    pub fn decode(&mut self, coded: &[u8], width: u16, height: u16) -> Result<&[u32], ExactError> {
        let (width, height) = (usize::from(width), usize::from(height));
        if width * height == 0 || width * height > EXACT_PIXELS {
            return Err(ExactError::Size);
        }
        let mut input = Reader(coded);
        let kind = input.byte()?;
        self.pixels.clear();
        self.pixels.resize(width * height, 0);
        if kind == SOLID {
            self.pixels.fill(colour(input.bytes(3)?));
            return if input.0.is_empty() {
                Ok(&self.pixels)
            } else {
                Err(ExactError::Length)
            };
        }
        let (unpacker, palette) = match kind {
            ALONE => (&mut self.alone, &mut self.palette),
            BEGINS | CONTINUES => (&mut self.stream, &mut self.stream_palette),
            _ => return Err(ExactError::Kind),
        };
        if kind == CONTINUES {
            let place = input.byte()?;
            if self.next != Some(place) {
                return Err(ExactError::Missing);
            }
            self.next = Some(place.wrapping_add(1));
        } else {
            palette.clear();
            unpacker.reinit().map_err(|_| ExactError::Packed)?;
            if kind == BEGINS {
                self.next = Some(1);
            }
        }
        let length = input.number()? as usize;
        if length > most_bytes(width, height) {
            return Err(ExactError::Length);
        }
        self.plain.clear();
        self.plain.resize(length, 0);
        if kind != CONTINUES {
            let mut input = InBuffer::around(&MAGIC);
            let mut none = OutBuffer::around(&mut [][..]);
            unpacker.run(&mut input, &mut none).map_err(|_| ExactError::Packed)?;
        }
        unpack(unpacker, input.0, &mut self.plain, kind == ALONE)?;
        fill(&mut self.pixels, (width, height), palette, &self.plain)?;
        Ok(&self.pixels)
    }
}

/// No plain form of a rectangle is longer: a full palette, a bit for each cell, and each pixel outside of it.
fn most_bytes(width: usize, height: usize) -> usize {
    8 + 3 * MOST + count(width, height) + 4 * width * height
}

fn unpacker() -> Unpacker<'static> {
    let mut unpacker = Unpacker::new().expect("there is memory for a context");
    unpacker
        .set_parameter(DParameter::WindowLogMax(WINDOW_LOG))
        .expect("a parameter of its own");
    unpacker
}

/// Unpacks all of `packed` into all of `plain`, after which the frame has ended, or has not.
fn unpack(unpacker: &mut Unpacker<'static>, packed: &[u8], plain: &mut [u8], ends: bool) -> Result<(), ExactError> {
    let mut input = InBuffer::around(packed);
    let length = plain.len();
    let mut output = OutBuffer::around(plain);
    let mut hint = 1;
    while input.pos() < packed.len() || output.pos() < length {
        let before = (input.pos(), output.pos());
        hint = unpacker.run(&mut input, &mut output).map_err(|_| ExactError::Packed)?;
        // Nothing more comes out, or bytes follow the end.
        let rest = input.pos() < packed.len() || output.pos() < length;
        if rest && (hint == 0 || before == (input.pos(), output.pos())) {
            return Err(ExactError::Packed);
        }
    }
    // What does not fit is kept back for the next call; nothing may be.
    if hint != 0 {
        let mut spare = [0];
        let mut more = OutBuffer::around(&mut spare[..]);
        hint = (unpacker.run(&mut InBuffer::around(&[]), &mut more)).map_err(|_| ExactError::Packed)?;
        if more.pos() > 0 {
            return Err(ExactError::Packed);
        }
    }
    if (hint == 0) == ends {
        Ok(())
    } else {
        Err(ExactError::Packed)
    }
}

fn colour(rgb: &[u8]) -> u32 {
    u32::from_be_bytes([0, rgb[0], rgb[1], rgb[2]])
}

fn fill(
    pixels: &mut [u32],
    (width, height): (usize, usize),
    palette: &mut Vec<u32>,
    plain: &[u8],
) -> Result<(), ExactError> {
    let mut input = Reader(plain);
    let new = input.number()? as usize;
    if palette.len() + new > MOST {
        return Err(ExactError::Palette);
    }
    palette.extend(input.bytes(3 * new)?.chunks_exact(3).map(colour));
    let kinds = match input.byte()? {
        0 => &[][..],
        1 => input.bytes(count(width, height).div_ceil(8))?,
        _ => return Err(ExactError::Kind),
    };
    let is_shaded = |cell: usize| kinds.get(cell / 8).is_some_and(|bits| bits >> (cell % 8) & 1 == 1);

    let mut shaded = 0;
    for (number, cell) in cells(width, height).enumerate() {
        if is_shaded(number) {
            shaded += cell.width * cell.height;
        } else {
            draw(pixels, width, cell, palette, &mut input)?;
        }
    }
    let mut planes = [input.bytes(shaded)?, input.bytes(shaded)?, input.bytes(shaded)?];
    if !input.0.is_empty() {
        return Err(ExactError::Length);
    }
    for (number, cell) in cells(width, height).enumerate() {
        if is_shaded(number) {
            let length = cell.width * cell.height;
            predict::decode(pixels, width, cell, planes.map(|plane| &plane[..length]));
            planes = planes.map(|plane| &plane[length..]);
        }
    }
    Ok(())
}

fn draw(
    pixels: &mut [u32],
    width: usize,
    cell: Cell,
    palette: &[u32],
    input: &mut Reader<'_>,
) -> Result<(), ExactError> {
    let mut rest = input.0;
    for x in cell.x..cell.x + cell.width {
        let mut at = cell.y * width + x;
        for _ in 0..cell.height {
            let (&first, after) = rest.split_first().ok_or(WireError::CutOff)?;
            rest = after;
            let place = if first < TWO {
                usize::from(first)
            } else if first < OUTSIDE {
                let (&second, after) = rest.split_first().ok_or(WireError::CutOff)?;
                rest = after;
                usize::from(TWO) + usize::from(first - TWO) * 256 + usize::from(second)
            } else {
                let (bytes, after) = rest.split_at_checked(3).ok_or(WireError::CutOff)?;
                rest = after;
                pixels[at] = colour(bytes);
                at += width;
                continue;
            };
            pixels[at] = *palette.get(place).ok_or(ExactError::Palette)?;
            at += width;
        }
    }
    input.0 = rest;
    Ok(())
}
