//! Updates as bytes.
//!
//! Flow: the sharer's [`crate::Planner`] makes an [`Update`], [`Update::encode`] writes it, [`Update::decode`] reads it
//! at the viewer's, and [`crate::Composer`] carries it out. The layout stands in the protocol's README.
//!
//! Invariant: what [`Update::decode`] gives is inside its limits, whatever the bytes; and the bytes of an update say one
//! thing only: every number is written in its shortest form.

use crate::pixels::{Rect, Size};

/// Bytes of the largest update: one [`EXACT_PIXELS`] of noise, and what names it.
pub const MAX_UPDATE_BYTES: usize = 256 * 1024;
/// Operations of an update.
pub const MAX_OPERATIONS: usize = 512;
/// Rectangles of one frame of video.
pub const MAX_VIDEO_RECTS: usize = 32;
/// Rectangles that an update announces of frames, in all its operations. None of them overlaps another.
pub const MAX_ANNOUNCED_RECTS: usize = 128;
/// Pixels of one exact rectangle, so that memory and time to decode it are small and known.
pub const EXACT_PIXELS: usize = 1 << 16;
/// Side of a tile that can be kept, in pixels.
pub const TILE: u16 = 64;
/// Tiles that a viewer keeps at most; 16 KiB each, 64 MiB in all: two whole screens of 3840x2160.
pub const SLOTS: u16 = 4096;
/// Longest side of a screen, in pixels.
pub const MAX_SIDE: u16 = 16_384;
/// Pixels of the largest screen.
pub const MAX_SCREEN: usize = 1 << 25;

/// Number of an update: 1, 2, 3 and so on; never wraps.
pub type Sequence = u32;

/// Bytes that are no update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// It ends too early.
    #[error("an update is cut off")]
    CutOff,
    /// A number is too large, or written longer than needed.
    #[error("a number of an update is out of range")]
    Number,
    /// It has no number, waits for itself, or begins a picture elsewhere than at its start or without all before it.
    #[error("an update is out of order with itself")]
    Order,
    /// An operation that is not known.
    #[error("an update holds an unknown operation")]
    Operation,
    /// More bytes, operations or rectangles than may be.
    #[error("an update is too large")]
    TooLarge,
    /// A rectangle without pixels, or a side above [`MAX_SIDE`].
    #[error("an update has a rectangle that cannot be")]
    Rectangle,
}

/// One step from a picture to the next. All of it is shown at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Its place in the order.
    pub sequence: Sequence,
    /// Every update up to this one must have been carried out before; below `sequence`, and 0 when it needs none.
    pub after: Sequence,
    /// In this order.
    pub operations: Vec<Operation>,
}

/// What an update does. Rectangles are those that it writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// The picture begins anew, black, with this size, and nothing is kept.
    Begin(Size),
    /// The pixels of `to` are those that stand at `x`, `y` now.
    Copy {
        /// Where to.
        to: Rect,
        /// Column where it comes from.
        x: u16,
        /// Row where it comes from.
        y: u16,
    },
    /// The tile at `x`, `y` is kept under this number.
    Keep {
        /// Below [`SLOTS`].
        slot: u16,
        /// Its left column.
        x: u16,
        /// Its top row.
        y: u16,
    },
    /// The tile that was kept under this number is put to `x`, `y`.
    Recall {
        /// Below [`SLOTS`].
        slot: u16,
        /// Its left column.
        x: u16,
        /// Its top row.
        y: u16,
    },
    /// These pixels.
    Exact {
        /// Where.
        rect: Rect,
        /// As [`crate::exact`] writes them.
        coded: Vec<u8>,
    },
    /// These rectangles, out of the frame of video with this RTP timestamp (RFC 3550 section 5.1), once it is there.
    Video {
        /// The frame's.
        timestamp: u32,
        /// What of it is shown.
        rects: Vec<Rect>,
    },
}

const BEGIN: u8 = 1;
const COPY: u8 = 2;
const KEEP: u8 = 3;
const RECALL: u8 = 4;
const EXACT: u8 = 5;
const VIDEO: u8 = 6;

impl Operation {
    /// Pixels that carrying it out takes at most; those of video count when its frame is there.
    #[must_use]
    pub fn pixels(&self) -> usize {
        match self {
            Self::Begin(size) => size.whole().area(),
            Self::Copy { to, .. } => to.area(),
            Self::Keep { .. } | Self::Recall { .. } => usize::from(TILE) * usize::from(TILE),
            Self::Exact { rect, .. } => rect.area(),
            Self::Video { rects, .. } => rects.iter().map(|rect| rect.area()).sum(),
        }
    }
}

impl Update {
    /// Pixels that carrying it out takes at most.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.operations.iter().map(Operation::pixels).sum()
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(64));
        out.number(self.sequence);
        out.number(self.sequence - self.after);
        for operation in &self.operations {
            out.operation(operation);
        }
        out.0
    }

    /// Reads it.
    ///
    /// # Errors
    /// When the bytes are no update, or above a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        if bytes.len() > MAX_UPDATE_BYTES {
            return Err(WireError::TooLarge);
        }
        let mut input = Reader(bytes);
        let sequence = input.number()?;
        let distance = input.number()?;
        if sequence == 0 || distance == 0 {
            return Err(WireError::Order);
        }
        let after = sequence.checked_sub(distance).ok_or(WireError::Order)?;
        let mut operations = Vec::new();
        while !input.0.is_empty() {
            if operations.len() == MAX_OPERATIONS {
                return Err(WireError::TooLarge);
            }
            let operation = input.operation()?;
            if matches!(operation, Operation::Begin(_)) && (!operations.is_empty() || distance != 1) {
                return Err(WireError::Order);
            }
            operations.push(operation);
        }
        Ok(Self {
            sequence,
            after,
            operations,
        })
    }
}

/// Seven bits a byte, lowest first; the highest bit says that another follows (LEB128).
pub(crate) fn write_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: u32) {
        write_number(&mut self.0, number);
    }

    fn sides(&mut self, sides: impl IntoIterator<Item = u16>) {
        for side in sides {
            self.number(side.into());
        }
    }

    fn rect(&mut self, rect: Rect) {
        self.sides([rect.x, rect.y, rect.width, rect.height]);
    }

    fn operation(&mut self, operation: &Operation) {
        match operation {
            Operation::Begin(size) => {
                self.0.push(BEGIN);
                self.sides([size.width, size.height]);
            }
            Operation::Copy { to, x, y } => {
                self.0.push(COPY);
                self.rect(*to);
                self.sides([*x, *y]);
            }
            Operation::Keep { slot, x, y } => {
                self.0.push(KEEP);
                self.sides([*slot, *x, *y]);
            }
            Operation::Recall { slot, x, y } => {
                self.0.push(RECALL);
                self.sides([*slot, *x, *y]);
            }
            Operation::Exact { rect, coded } => {
                self.0.push(EXACT);
                self.rect(*rect);
                self.number(u32::try_from(coded.len()).unwrap_or(u32::MAX));
                self.0.extend_from_slice(coded);
            }
            Operation::Video { timestamp, rects } => {
                self.0.push(VIDEO);
                self.0.extend_from_slice(&timestamp.to_be_bytes());
                self.number(u32::try_from(rects.len()).unwrap_or(u32::MAX));
                for rect in rects {
                    self.rect(*rect);
                }
            }
        }
    }
}

/// Takes bytes from the front.
pub(crate) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn byte(&mut self) -> Result<u8, WireError> {
        let (&byte, rest) = self.0.split_first().ok_or(WireError::CutOff)?;
        self.0 = rest;
        Ok(byte)
    }

    pub fn bytes(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(WireError::CutOff)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub fn number(&mut self) -> Result<u32, WireError> {
        let mut number = 0_u32;
        for place in 0..5 {
            let byte = self.byte()?;
            let part = u32::from(byte & 0x7F);
            if place == 4 && part > 0xF {
                return Err(WireError::Number);
            }
            number |= part << (7 * place);
            if byte & 0x80 == 0 {
                return if byte == 0 && place > 0 {
                    Err(WireError::Number)
                } else {
                    Ok(number)
                };
            }
        }
        Err(WireError::Number)
    }

    fn side(&mut self) -> Result<u16, WireError> {
        let number = self.number()?;
        u16::try_from(number)
            .ok()
            .filter(|side| *side <= MAX_SIDE)
            .ok_or(WireError::Rectangle)
    }

    fn rect(&mut self) -> Result<Rect, WireError> {
        let rect = Rect {
            x: self.side()?,
            y: self.side()?,
            width: self.side()?,
            height: self.side()?,
        };
        if rect.area() == 0 {
            return Err(WireError::Rectangle);
        }
        Ok(rect)
    }

    fn slot(&mut self) -> Result<u16, WireError> {
        let number = self.number()?;
        u16::try_from(number)
            .ok()
            .filter(|slot| *slot < SLOTS)
            .ok_or(WireError::Number)
    }

    fn operation(&mut self) -> Result<Operation, WireError> {
        Ok(match self.byte()? {
            BEGIN => {
                let size = Size {
                    width: self.side()?,
                    height: self.side()?,
                };
                let area = size.whole().area();
                if area == 0 || area > MAX_SCREEN {
                    return Err(WireError::Rectangle);
                }
                Operation::Begin(size)
            }
            COPY => Operation::Copy {
                to: self.rect()?,
                x: self.side()?,
                y: self.side()?,
            },
            KEEP => Operation::Keep {
                slot: self.slot()?,
                x: self.side()?,
                y: self.side()?,
            },
            RECALL => Operation::Recall {
                slot: self.slot()?,
                x: self.side()?,
                y: self.side()?,
            },
            EXACT => {
                let rect = self.rect()?;
                if rect.area() > EXACT_PIXELS {
                    return Err(WireError::TooLarge);
                }
                let length = self.number()? as usize;
                Operation::Exact {
                    rect,
                    coded: self.bytes(length)?.to_vec(),
                }
            }
            VIDEO => {
                let timestamp = self.bytes(4)?.try_into().map(u32::from_be_bytes);
                let timestamp = timestamp.map_err(|_| WireError::CutOff)?;
                let count = self.number()? as usize;
                if count == 0 || count > MAX_VIDEO_RECTS {
                    return Err(WireError::TooLarge);
                }
                let rects = (0..count).map(|_| self.rect()).collect::<Result<_, _>>()?;
                Operation::Video { timestamp, rects }
            }
            _ => return Err(WireError::Operation),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: u16, y: u16, width: u16, height: u16) -> Rect {
        Rect { x, y, width, height }
    }

    fn every_operation() -> Update {
        Update {
            sequence: 300,
            after: 299,
            operations: vec![
                Operation::Begin(Size {
                    width: 1920,
                    height: 1080,
                }),
                Operation::Copy {
                    to: rect(0, 0, 1920, 1068),
                    x: 0,
                    y: 12,
                },
                Operation::Keep { slot: 7, x: 64, y: 0 },
                Operation::Recall { slot: 7, x: 0, y: 128 },
                Operation::Exact {
                    rect: rect(5, 6, 7, 8),
                    coded: vec![1, 2, 3],
                },
                Operation::Video {
                    timestamp: 0xDEAD_BEEF,
                    rects: vec![rect(1, 2, 3, 4), rect(9, 9, 1, 1)],
                },
            ],
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let update = every_operation();
        assert_eq!(Update::decode(&update.encode()), Ok(update));
    }

    #[test]
    fn an_update_that_is_cut_off_anywhere_is_refused_or_another_update() {
        let bytes = every_operation().encode();
        for length in 0..bytes.len() {
            if let Ok(update) = Update::decode(&bytes[..length]) {
                assert_eq!(update.encode(), &bytes[..length]);
            }
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let check = |bytes: &[u8], error| assert_eq!(Update::decode(bytes), Err(error), "{bytes:?}");
        check(&[0, 1], WireError::Order);
        check(&[1, 0], WireError::Order);
        check(&[1, 2], WireError::Order);
        check(&[0x80, 0, 1], WireError::Number);
        check(&[0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 1], WireError::Number);
        check(&[1, 1, 99], WireError::Operation);
        check(&[1, 1, BEGIN, 0, 5], WireError::Rectangle);
        check(&[1, 1, BEGIN, 0x80, 0x80, 1, 0x80, 0x80, 1], WireError::Rectangle);
        check(&[2, 2, BEGIN, 5, 5], WireError::Order);
        check(&[1, 1, BEGIN, 5, 5, BEGIN, 5, 5], WireError::Order);
        check(&[1, 1, COPY, 0, 0, 0, 1, 0, 0], WireError::Rectangle);
        check(&[1, 1, KEEP, 0x80, 0x20, 0, 0], WireError::Number);
        check(&[1, 1, EXACT, 0, 0, 0x80, 0x10, 0x80, 0x10, 0], WireError::TooLarge);
        check(&[1, 1, EXACT, 0, 0, 1, 1, 5, 0], WireError::CutOff);
        check(&[1, 1, VIDEO, 0, 0, 0, 0, 0], WireError::TooLarge);
        check(&vec![1; MAX_UPDATE_BYTES + 1], WireError::TooLarge);
    }
}
