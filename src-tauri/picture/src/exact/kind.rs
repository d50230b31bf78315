//! Is a cell drawn or shaded?

use super::{CELL_HEIGHT, CELL_WIDTH, cells::Cell, palette::spread, predict::foretold_well};
use crate::pixels::{COLOUR, Picture, Rect};

/// A whole cell of more colours is a photograph; a smaller one of fewer.
const MANY: usize = 200;
/// A whole cell of fewer colours is drawn, without a closer look.
const FEW: usize = 32;
/// Slots to count a cell's colours in; a cell has at most 1024 pixels.
const COUNTS: usize = 1024;

/// Would a part of a picture, of a cell's size at most, be shaded?
pub(crate) fn is_shaded(picture: &Picture, part: Rect) -> bool {
    debug_assert!(part.width <= CELL_WIDTH && part.height <= CELL_HEIGHT, "a cell at most");
    let rows = (part.y..part.y + part.height).flat_map(|y| picture.span(part.x, y, part.width));
    let pixels: Vec<u32> = rows.map(|pixel| pixel & COLOUR).collect();
    let (width, height) = (usize::from(part.width), usize::from(part.height));
    let cell = Cell {
        x: 0,
        y: 0,
        width,
        height,
    };
    is_cell_shaded(&pixels, width, cell)
}

/// Whether its neighbours say more of a cell's pixels than a palette does.
pub(super) fn is_cell_shaded(pixels: &[u32], width: usize, cell: Cell) -> bool {
    let (many, few) = {
        let whole = usize::from(CELL_WIDTH) * usize::from(CELL_HEIGHT);
        let share = |colours: usize| (colours * cell.width * cell.height).div_ceil(whole);
        (share(MANY), share(FEW))
    };
    let rows = (cell.y..cell.y + cell.height).map(|y| &pixels[y * width + cell.x..][..cell.width]);
    let mut table = [u32::MAX; COUNTS];
    let mut colours = 0;
    let mut before = u32::MAX;
    for row in rows {
        for &pixel in row {
            if pixel == before {
                continue;
            }
            before = pixel;
            let mut slot = spread(pixel, COUNTS.ilog2());
            while table[slot] != pixel && table[slot] != u32::MAX {
                slot = (slot + 1) % COUNTS;
            }
            if table[slot] == u32::MAX {
                table[slot] = pixel;
                colours += 1;
                if colours == many {
                    return true;
                }
            }
        }
    }
    colours > few && foretold_well(pixels, width, cell)
}
