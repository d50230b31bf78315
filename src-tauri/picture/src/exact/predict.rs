//! What neighbours foretell of a pixel.
//!
//! Invariant: encoder and decoder ask the same pixels: those above and to the left, inside the rectangle.

use super::cells::Cell;

/// Green, red less green, blue less green: what is grey becomes small.
type Channels = [u8; 3];

const fn channels(colour: u32) -> Channels {
    let [blue, green, red, _] = colour.to_le_bytes();
    [green, red.wrapping_sub(green), blue.wrapping_sub(green)]
}

const fn colour([green, red, blue]: Channels) -> u32 {
    u32::from_le_bytes([blue.wrapping_add(green), green, red.wrapping_add(green), 0])
}

/// ITU-T T.87 section A.4.1.
fn median(left: u8, up: u8, corner: u8) -> u8 {
    let (low, high) = (left.min(up), left.max(up));
    if corner >= high {
        low
    } else if corner <= low {
        high
    } else {
        left.wrapping_add(up).wrapping_sub(corner)
    }
}

fn foretold(pixels: &[u32], width: usize, x: usize, y: usize) -> Channels {
    let at = y * width + x;
    match (x > 0, y > 0) {
        (false, false) => [0; 3],
        (true, false) => channels(pixels[at - 1]),
        (false, true) => channels(pixels[at - width]),
        (true, true) => {
            let left = channels(pixels[at - 1]);
            let up = channels(pixels[at - width]);
            let corner = channels(pixels[at - width - 1]);
            std::array::from_fn(|channel| median(left[channel], up[channel], corner[channel]))
        }
    }
}

/// Are most pixels of a cell, of those that are not just like their neighbours, close to what is foretold? Every fourth
/// row is looked at.
pub(super) fn foretold_well(pixels: &[u32], width: usize, cell: Cell) -> bool {
    const CLOSE: u8 = 12;
    let (mut close, mut far) = (0, 0);
    for y in (cell.y + 1..cell.y + cell.height).step_by(4) {
        for x in cell.x + 1..cell.x + cell.width {
            let (is, expected) = (channels(pixels[y * width + x]), foretold(pixels, width, x, y));
            if is == expected {
                continue;
            }
            let off = |channel: usize| is[channel].wrapping_sub(expected[channel]).wrapping_add(CLOSE) <= 2 * CLOSE;
            if (0..3).all(off) {
                close += 1;
            } else {
                far += 1;
            }
        }
    }
    close > 2 * far
}

/// Appends the differences of a cell to each channel's plane.
pub(super) fn encode(pixels: &[u32], width: usize, cell: Cell, planes: &mut [Vec<u8>; 3]) {
    for y in cell.y..cell.y + cell.height {
        for x in cell.x..cell.x + cell.width {
            let (is, expected) = (channels(pixels[y * width + x]), foretold(pixels, width, x, y));
            for channel in 0..3 {
                planes[channel].push(is[channel].wrapping_sub(expected[channel]));
            }
        }
    }
}

/// Writes a cell's pixels; `planes` hold its differences.
pub(super) fn decode(pixels: &mut [u32], width: usize, cell: Cell, planes: [&[u8]; 3]) {
    let mut at = 0;
    for y in cell.y..cell.y + cell.height {
        for x in cell.x..cell.x + cell.width {
            let expected = foretold(pixels, width, x, y);
            pixels[y * width + x] = colour(std::array::from_fn(|channel| {
                expected[channel].wrapping_add(planes[channel][at])
            }));
            at += 1;
        }
    }
}
