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
//! Layout, with numbers as in [`crate::wire`]:
//!
//! ```text
//! coded     = %x00 colour                          ; all pixels alike
//!           / %x01 length packed                   ; alone
//!           / %x02 length packed                   ; begins a stream
//!           / %x03 place length packed             ; its next part; place: 1, 2, 3 and so on, as one byte, modulo 256
//! packed    = Zstandard, without the magic number; a stream is one frame, flushed after each part
//! plain     = colours kinds drawn shaded           ; length bytes once unpacked
//! colours   = number *colour                       ; put to the palette's end, which holds at most 4080
//! colour    = red green blue
//! kinds     = %x00                                 ; every cell is drawn
//!           / %x01 *byte                           ; a bit for each cell, lowest first: 1 is shaded
//! drawn     = *pixel                               ; of the drawn cells, each column by column
//! pixel     = %x00-EF                              ; the palette's first 240 colours
//!           / %xF0-FE byte                         ; 240 + (first - 240) * 256 + second
//!           / %xFF colour                          ; one that is not in the palette
//! shaded    = *byte                                ; of the shaded cells: all greens row by row, then reds, then blues
//! ```
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
