//! What neighbours foretell of a pixel.
//!
//! Invariant: encoder and decoder ask the same pixels: those above and to the left, inside the rectangle.

use super::{CELL_WIDTH, cells::Cell};

/// Green, red less green, blue less green: what is grey becomes small.
type Channels = [u8; 3];

const fn channels(colour: u32) -> Channels {
    let [blue, green, red, _] = colour.to_le_bytes();
    [green, red.wrapping_sub(green), blue.wrapping_sub(green)]
}

const fn colour([green, red, blue]: Channels) -> u32 {
    u32::from_le_bytes([blue.wrapping_add(green), green, red.wrapping_add(green), 0])
}

/// ITU-T T.87 section A.4.1. Where there is nothing above, both above are 0, and it is what is to the left; and the other way round.
fn median(left: u8, up: u8, corner: u8) -> u8 {
    let (low, high) = (left.min(up), left.max(up));
    // All three are worked out, so that many pixels are at once.
    let between = left.wrapping_add(up).wrapping_sub(corner);
    let below = if corner <= low { high } else { between };
    if corner >= high { low } else { below }
}

/// A row of a cell by channels, after the pixel to the left of it; 0 where that is outside the rectangle.
struct Row([[u8; CELL_WIDTH as usize + 1]; 3]);

impl Row {
    const fn nothing() -> Self {
        Self([[0; CELL_WIDTH as usize + 1]; 3])
    }

    fn load(&mut self, pixels: &[u32], width: usize, cell: Cell, y: usize) {
        self.load_left(pixels, width, cell, y);
        let [green, red, blue] = &mut self.0;
        let row = &pixels[y * width + cell.x..][..cell.width];
        let planes = green[1..].iter_mut().zip(&mut red[1..]).zip(&mut blue[1..]);
        for (((green, red), blue), pixel) in planes.zip(row) {
            [*green, *red, *blue] = channels(*pixel);
        }
    }

    fn load_left(&mut self, pixels: &[u32], width: usize, cell: Cell, y: usize) {
        if cell.x > 0 {
            let left = channels(pixels[y * width + cell.x - 1]);
            self.0.iter_mut().zip(left).for_each(|(plane, left)| plane[0] = left);
        }
    }

    /// Of one channel: what each pixel is less what is foretold.
    fn differences<'a>(&'a self, above: &'a Self, channel: usize, width: usize) -> impl Iterator<Item = u8> {
        let (is, up) = (&self.0[channel][..=width], &above.0[channel][..=width]);
        let foretold = (is.iter().zip(&up[1..]).zip(up)).map(|((left, up), corner)| median(*left, *up, *corner));
        is[1..]
            .iter()
            .zip(foretold)
            .map(|(is, foretold)| is.wrapping_sub(foretold))
    }
}

/// The row above a cell's first.
fn above(pixels: &[u32], width: usize, cell: Cell) -> Row {
    let mut row = Row::nothing();
    if cell.y > 0 {
        row.load(pixels, width, cell, cell.y - 1);
    }
    row
}

/// Are most pixels of a cell, of those that are not just like their neighbours, close to what is foretold? Every fourth
/// row is looked at.
pub(super) fn foretold_well(pixels: &[u32], width: usize, cell: Cell) -> bool {
    const CLOSE: u8 = 12;
    let (mut close, mut far) = (0, 0);
    let (mut row, mut above) = (Row::nothing(), Row::nothing());
    for y in (cell.y + 1..cell.y + cell.height).step_by(4) {
        row.load(pixels, width, cell, y);
        above.load(pixels, width, cell, y - 1);
        let [green, red, blue] = [0, 1, 2].map(|channel| row.differences(&above, channel, cell.width));
        // The first pixel's neighbours may be another cell's.
        for ((green, red), blue) in green.zip(red).zip(blue).skip(1) {
            let differs = green | red | blue != 0;
            let is_close = |off: u8| off.wrapping_add(CLOSE) <= 2 * CLOSE;
            let all_close = is_close(green) & is_close(red) & is_close(blue);
            close += u32::from(differs & all_close);
            far += u32::from(!all_close);
        }
    }
    close > 2 * far
}

/// Appends the differences of a cell to each channel's plane.
pub(super) fn encode(pixels: &[u32], width: usize, cell: Cell, planes: &mut [Vec<u8>; 3]) {
    let (mut above, mut row) = (above(pixels, width, cell), Row::nothing());
    for y in cell.y..cell.y + cell.height {
        row.load(pixels, width, cell, y);
        for (channel, plane) in planes.iter_mut().enumerate() {
            plane.extend(row.differences(&above, channel, cell.width));
        }
        std::mem::swap(&mut above, &mut row);
    }
}

/// Writes a cell's pixels; `planes` hold its differences.
pub(super) fn decode(pixels: &mut [u32], width: usize, cell: Cell, planes: [&[u8]; 3]) {
    let (mut above, mut row) = (above(pixels, width, cell), Row::nothing());
    for (line, y) in (cell.y..cell.y + cell.height).enumerate() {
        row.load_left(pixels, width, cell, y);
        let off = planes.map(|plane| &plane[line * cell.width..][..cell.width]);
        let mut left: Channels = std::array::from_fn(|channel| row.0[channel][0]);
        let [green, red, blue] = off;
        for (x, ((green, red), blue)) in green.iter().zip(red).zip(blue).enumerate() {
            // The channels do not wait for each other, as pixels do.
            for (channel, off) in [*green, *red, *blue].into_iter().enumerate() {
                let foretold = median(left[channel], above.0[channel][x + 1], above.0[channel][x]);
                left[channel] = foretold.wrapping_add(off);
                row.0[channel][x + 1] = left[channel];
            }
        }
        let [green, red, blue] = &row.0;
        let channels = green[1..].iter().zip(&red[1..]).zip(&blue[1..]);
        let target = &mut pixels[y * width + cell.x..][..cell.width];
        for (pixel, ((green, red), blue)) in target.iter_mut().zip(channels) {
            *pixel = colour([*green, *red, *blue]);
        }
        std::mem::swap(&mut above, &mut row);
    }
}
