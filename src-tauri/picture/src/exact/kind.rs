//! Is a cell drawn or shaded?

use super::{cells::Cell, palette::spread, predict::foretold_well};

/// A cell of more colours is a photograph.
const MANY: usize = 200;
/// A cell of fewer colours is drawn, without a closer look.
const FEW: usize = 32;
/// Slots to count a cell's colours in; a cell has at most 1024 pixels.
const COUNTS: usize = 1024;

/// Whether its neighbours say more of a cell's pixels than a palette does.
pub(super) fn is_shaded(pixels: &[u32], width: usize, cell: Cell) -> bool {
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
                if colours == MANY {
                    return true;
                }
            }
        }
    }
    colours > FEW && foretold_well(pixels, width, cell)
}
