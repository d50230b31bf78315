//! What the user's pointer looks like. It is no part of the picture: the viewer draws it where its own person points,
//! without waiting for anybody.
//!
//! Flow: the sharer tells a shape once and names it by its slot from then on; see [`Cursor`].
//!
//! Invariant: a [`CursorShape`] has the pixels that its size says, at most [`MAX_CURSOR_SIDE`] each way, and its hot spot is
//! one of them.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::limits::{CURSOR_SLOTS, MAX_CURSOR_SIDE};

/// Bytes of a pixel: red, green, blue, alpha, not multiplied by it.
const PIXEL: usize = 4;
/// Pixels that one byte announces as they are.
const MOST_LITERAL: usize = 128;
/// Pixels that one byte announces as all alike; fewer than two are no run.
const LEAST_RUN: usize = 2;
const MOST_RUN: usize = LEAST_RUN + 0x7f;
/// First byte of a run.
const RUN: u8 = 0x80;

/// Why something is no shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// A side is 0, or above [`MAX_CURSOR_SIDE`].
    #[error("a cursor of this size")]
    Size,
    /// It points at nothing of its own.
    #[error("a cursor whose hot spot lies outside")]
    HotSpot,
    /// They are not as many as the size says, or not coded as they should be.
    #[error("a cursor whose pixels are not those of its size")]
    Pixels,
    /// There is no such slot.
    #[error("a cursor in a slot that there is not")]
    Slot,
}

/// A pointer's picture and the pixel of it that points.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "Coded", into = "Coded")]
#[ts(type = "{ width: number, height: number, x: number, y: number, pixels: string }")]
pub struct CursorShape {
    width: u16,
    height: u16,
    x: u16,
    y: u16,
    pixels: Vec<u8>,
}

/// As it travels.
#[derive(Serialize, Deserialize)]
struct Coded {
    width: u16,
    height: u16,
    x: u16,
    y: u16,
    pixels: String,
}

impl CursorShape {
    /// A shape of this size (width, height) that points with this pixel of it (from the left, from the top); pixels are
    /// RGBA, not multiplied by alpha, rows from the top.
    ///
    /// # Errors
    /// When size, hot spot and pixels do not belong together.
    pub fn new(size: (u16, u16), hot_spot: (u16, u16), pixels: Vec<u8>) -> Result<Self, CursorError> {
        let ((width, height), (x, y)) = (size, hot_spot);
        let sides = 1..=MAX_CURSOR_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(CursorError::Size);
        }
        if x >= width || y >= height {
            return Err(CursorError::HotSpot);
        }
        if pixels.len() != usize::from(width) * usize::from(height) * PIXEL {
            return Err(CursorError::Pixels);
        }
        Ok(Self {
            width,
            height,
            x,
            y,
            pixels,
        })
    }

    /// Width and height.
    #[must_use]
    pub const fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// What points, from the left and from the top.
    #[must_use]
    pub const fn hot_spot(&self) -> (u16, u16) {
        (self.x, self.y)
    }

    /// How many bytes its pixels take in a message.
    #[must_use]
    pub fn coded_bytes(&self) -> usize {
        BASE64.encode_len(pack(&self.pixels).len())
    }

    /// RGBA, not multiplied by alpha, rows from the top.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

impl std::fmt::Debug for CursorShape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            width, height, x, y, ..
        } = self;
        write!(f, "CursorShape({width}x{height} at {x},{y})")
    }
}

impl From<CursorShape> for Coded {
    fn from(shape: CursorShape) -> Self {
        Self {
            width: shape.width,
            height: shape.height,
            x: shape.x,
            y: shape.y,
            pixels: BASE64.encode(&pack(&shape.pixels)),
        }
    }
}

impl TryFrom<Coded> for CursorShape {
    type Error = CursorError;

    fn try_from(coded: Coded) -> Result<Self, CursorError> {
        let Coded {
            width, height, x, y, ..
        } = coded;
        // Nothing is unpacked for a size that nobody may have.
        if width > MAX_CURSOR_SIDE || height > MAX_CURSOR_SIDE {
            return Err(CursorError::Size);
        }
        let packed = BASE64
            .decode(coded.pixels.as_bytes())
            .map_err(|_| CursorError::Pixels)?;
        let pixels = unpack(&packed, usize::from(width) * usize::from(height) * PIXEL)?;
        Self::new((width, height), (x, y), pixels)
    }
}

/// One of the [`CURSOR_SLOTS`] places in which a viewer keeps shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "u8", into = "u8")]
#[ts(type = "number")]
pub struct CursorSlot(u8);

impl CursorSlot {
    /// The slot of this number.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn new(number: usize) -> Result<Self, CursorError> {
        match u8::try_from(number) {
            Ok(slot) if number < CURSOR_SLOTS => Ok(Self(slot)),
            _ => Err(CursorError::Slot),
        }
    }

    /// Its number, from 0.
    #[must_use]
    pub const fn number(self) -> usize {
        self.0 as usize
    }
}

impl TryFrom<u8> for CursorSlot {
    type Error = CursorError;

    fn try_from(number: u8) -> Result<Self, CursorError> {
        Self::new(number.into())
    }
}

impl From<CursorSlot> for u8 {
    fn from(slot: CursorSlot) -> Self {
        slot.0
    }
}

/// What the user's pointer looks like now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "cursor", rename_all = "snake_case")]
pub enum Cursor {
    /// The user sees none.
    Hidden,
    /// This; the viewer keeps it in the slot, in the place of what was there.
    Shape {
        /// Where it is kept while the connection lasts.
        slot: CursorSlot,
        /// The shape.
        shape: CursorShape,
    },
    /// What is kept there.
    Kept {
        /// Where something was put over this connection.
        slot: CursorSlot,
    },
}

/// Runs of like pixels, and what lies between them as it is.
fn pack(pixels: &[u8]) -> Vec<u8> {
    let pixels: Vec<&[u8]> = pixels.chunks_exact(PIXEL).collect();
    let run = |at: usize| {
        let like = pixels[at..].iter().take(MOST_RUN);
        like.take_while(|&&pixel| pixel == pixels[at]).count()
    };
    let (mut packed, mut at) = (Vec::new(), 0);
    while at < pixels.len() {
        let alike = run(at);
        if alike >= LEAST_RUN {
            packed.push(RUN | u8::try_from(alike - LEAST_RUN).expect("a run ends in time"));
            packed.extend_from_slice(pixels[at]);
            at += alike;
            continue;
        }
        let end = pixels.len().min(at + MOST_LITERAL);
        let end = (at + 1..end).find(|&next| run(next) >= LEAST_RUN).unwrap_or(end);
        packed.push(u8::try_from(end - at - 1).expect("what is not alike is cut in time"));
        packed.extend(pixels[at..end].iter().copied().flatten());
        at = end;
    }
    packed
}

/// Gives exactly `length` bytes, and never holds more.
fn unpack(mut packed: &[u8], length: usize) -> Result<Vec<u8>, CursorError> {
    let mut pixels = Vec::with_capacity(length);
    while let Some((&head, rest)) = packed.split_first() {
        let (stored, times) = if head >= RUN {
            (1, usize::from(head - RUN) + LEAST_RUN)
        } else {
            (usize::from(head) + 1, 1)
        };
        let (stored, rest) = rest.split_at_checked(stored * PIXEL).ok_or(CursorError::Pixels)?;
        if pixels.len() + stored.len() * times > length {
            return Err(CursorError::Pixels);
        }
        for _ in 0..times {
            pixels.extend_from_slice(stored);
        }
        packed = rest;
    }
    if pixels.len() == length {
        Ok(pixels)
    } else {
        Err(CursorError::Pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{limits::MAX_SESSION_BYTES, session::FromSharer};

    fn shape(width: u16, height: u16, pixel: impl Fn(u16, u16) -> [u8; 4]) -> CursorShape {
        let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = rows.flat_map(|(x, y)| pixel(x, y)).collect();
        CursorShape::new((width, height), (0, 0), pixels).unwrap()
    }

    fn comes_back(shape: &CursorShape) -> usize {
        let cursor = Cursor::Shape {
            slot: CursorSlot::new(31).unwrap(),
            shape: shape.clone(),
        };
        let message = FromSharer::Cursor { cursor };
        let bytes = serde_json::to_vec(&message).unwrap();
        assert_eq!(serde_json::from_slice::<FromSharer>(&bytes).unwrap(), message);
        bytes.len()
    }

    #[test]
    fn every_shape_comes_back_as_it_was_and_fits_into_a_message() {
        let noise = |x: u16, y: u16| {
            let [a, b] = (x.wrapping_mul(40_503) ^ y.wrapping_mul(30_011)).to_le_bytes();
            [a, b, a ^ b, a.wrapping_add(b)]
        };
        for (width, height) in [(1, 1), (1, 128), (128, 1), (2, 3), (24, 24), (63, 65), (128, 128)] {
            assert!(comes_back(&shape(width, height, noise)) <= MAX_SESSION_BYTES);
            comes_back(&shape(width, height, |_, _| [0; 4]));
            comes_back(&shape(width, height, |x, _| {
                if x / 2 % 2 == 0 { [1, 2, 3, 4] } else { [x as u8; 4] }
            }));
        }
    }

    #[test]
    fn a_usual_pointer_is_small() {
        let arrow = shape(24, 24, |x, y| match () {
            () if x > y || y > 18 => [0; 4],
            () if x == y || x == 0 => [255, 255, 255, 255],
            () => [0, 0, 0, 255],
        });
        let bytes = comes_back(&arrow);
        assert!(bytes < 700, "{bytes}");
    }

    #[test]
    fn what_does_not_belong_together_is_no_shape() {
        let pixels = vec![0; 16];
        let new = |size, hot_spot| CursorShape::new(size, hot_spot, pixels.clone());
        assert!(new((2, 2), (1, 1)).is_ok());
        assert_eq!(new((0, 2), (0, 0)), Err(CursorError::Size));
        assert_eq!(new((129, 1), (0, 0)), Err(CursorError::Size));
        assert_eq!(new((2, 2), (2, 0)), Err(CursorError::HotSpot));
        assert_eq!(new((2, 2), (0, 2)), Err(CursorError::HotSpot));
        assert_eq!(new((2, 3), (0, 0)), Err(CursorError::Pixels));
    }

    #[test]
    fn bytes_that_do_not_give_the_pixels_of_the_size_are_refused() {
        let read = |width: u16, packed: &[u8]| {
            let text = format!(
                r#"{{"width":{width},"height":1,"x":0,"y":0,"pixels":"{}"}}"#,
                BASE64.encode(packed)
            );
            serde_json::from_str::<CursorShape>(&text)
        };
        assert!(read(2, &[0x80, 1, 2, 3, 4]).is_ok());
        assert!(read(2, &[1, 1, 2, 3, 4, 1, 2, 3, 4]).is_ok());
        // Nothing, one too few, one too many, cut short, and far too many.
        for packed in [
            &[][..],
            &[0, 1, 2, 3, 4],
            &[0x81, 1, 2, 3, 4],
            &[0x80, 1, 2, 3],
            &[1, 1, 2, 3, 4],
            &[0xff, 1, 2, 3, 4],
            &[0x80, 1, 2, 3, 4, 0x80],
        ] {
            assert!(read(2, packed).is_err(), "{packed:?}");
        }
        assert!(read(129, &[0xfd, 1, 2, 3, 4]).is_err());
        let text = |pixels: &str| format!(r#"{{"width":2,"height":1,"x":0,"y":0,"pixels":"{pixels}"}}"#);
        assert!(serde_json::from_str::<CursorShape>(&text("gAECAwQ=")).is_ok());
        for pixels in ["gAECAwQ", "gAECAwR=", "gAECAwQ= ", "gA ECAwQ=", "gAECAwQ=gAECAwQ=", "*"] {
            assert!(serde_json::from_str::<CursorShape>(&text(pixels)).is_err(), "{pixels}");
        }
    }

    #[test]
    fn there_are_so_many_slots_and_no_more() {
        let read = |slot: u32| serde_json::from_str::<Cursor>(&format!(r#"{{"cursor":"kept","slot":{slot}}}"#));
        assert!(read(0).is_ok() && read(31).is_ok());
        assert!(read(32).is_err() && read(256).is_err());
    }
}
