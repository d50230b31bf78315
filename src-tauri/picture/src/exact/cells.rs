//! How a rectangle is cut.

use super::{CELL_HEIGHT, CELL_WIDTH};

/// One cell, in pixels from the rectangle's corner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// All cells of a rectangle, band by band, from the left.
pub(super) fn cells(width: usize, height: usize) -> impl Iterator<Item = Cell> {
    let (wide, high) = (usize::from(CELL_WIDTH), usize::from(CELL_HEIGHT));
    (0..height).step_by(high).flat_map(move |y| {
        (0..width).step_by(wide).map(move |x| Cell {
            x,
            y,
            width: wide.min(width - x),
            height: high.min(height - y),
        })
    })
}

/// Number of cells of a rectangle.
pub(super) fn count(width: usize, height: usize) -> usize {
    width.div_ceil(usize::from(CELL_WIDTH)) * height.div_ceil(usize::from(CELL_HEIGHT))
}
