//! Lossless pixels, made for interfaces and text.
//!
//! A rectangle is cut into bands of [`CELL_HEIGHT`] rows and these into cells of [`CELL_WIDTH`] columns. A *drawn* cell
//! (text, lines, areas) becomes one byte a pixel, or two where colours are many: its colour's place in a palette, column
//! by column. A letter that stands twice in a line is then the same bytes twice in a row, and Zstandard (RFC 8878) finds
//! it. A *shaded* cell (a photograph, a gradient) becomes differences from what its neighbours foretell (the median
//! predictor of JPEG-LS, ITU-T T.87 section A.4.1), green first and the others against it.
//!
//! A rectangle is written either alone, or as a part of a *stream*: then palette and history of the parts before it are
//! used, which halves a page of text, but it can only be read after them.
//!
//! The layout stands in the protocol's README, "The picture's updates".
//!
//! Invariant: what is decoded is what was encoded, bit for bit, but for the fourth byte of each pixel, which is 0 then.

mod cells;
mod decoder;
mod encoder;
mod kind;
mod palette;
mod predict;

#[cfg(test)]
mod tests;

pub use decoder::{Decoder, ExactError};
pub use encoder::{Encoder, Part};
pub(crate) use kind::is_shaded;

/// Columns of a cell.
pub const CELL_WIDTH: u16 = 64;
/// Rows of a cell.
pub const CELL_HEIGHT: u16 = 16;

const SOLID: u8 = 0;
const ALONE: u8 = 1;
const BEGINS: u8 = 2;
const CONTINUES: u8 = 3;

/// First byte of a pixel of two.
const TWO: u8 = 240;
/// Byte after which a colour stands that is not in the palette.
const OUTSIDE: u8 = 255;
/// Zstandard's number of its own frames (RFC 8878 section 3.1.1): every one begins with it, so it is not sent.
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// History of a stream: 1 MiB, as a power of two.
const WINDOW_LOG: u32 = 20;
