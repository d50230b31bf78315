//! When each tile of the screen that can be kept has changed.

use std::time::Duration;

use super::{
    grid::{CELL, Grid},
    shelf::REST,
};
use crate::{
    pixels::{Rect, Size},
    wire::TILE,
};

#[derive(Debug, Default)]
pub(super) struct Tiles {
    columns: u16,
    changed_at: Vec<Option<Duration>>,
}

impl Tiles {
    /// Cells of a tile, of which at least half must have changed for it to be looked at.
    const CELLS: usize = (TILE / CELL) as usize * (TILE / CELL) as usize;

    pub fn new(size: Size) -> Self {
        let (columns, rows) = (size.width / TILE, size.height / TILE);
        Self {
            columns,
            changed_at: vec![None; usize::from(columns) * usize::from(rows)],
        }
    }

    /// Tiles that wait for room do not rest.
    pub fn mark(&mut self, stale: &Grid, at: Duration) {
        for (tile, _) in self
            .counts(stale)
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
        {
            self.changed_at[tile] = Some(at);
        }
    }

    /// Stale cells of each tile.
    fn counts(&self, stale: &Grid) -> Vec<usize> {
        let mut counts = vec![0; self.changed_at.len()];
        let per_tile = TILE / CELL;
        for place in stale.all() {
            let (column, row) = (place.column / per_tile, place.row / per_tile);
            let tile = usize::from(row) * usize::from(self.columns) + usize::from(column);
            if column < self.columns && tile < counts.len() {
                counts[tile] += 1;
            }
        }
        counts
    }

    /// Tiles of which much has changed now, and whether each had rested before. Those of which little has are marked.
    pub fn changed(&mut self, stale: &Grid, at: Duration) -> Vec<(Rect, bool)> {
        let mut changed = Vec::new();
        for (tile, count) in self.counts(stale).into_iter().enumerate() {
            if count == 0 {
                continue;
            }
            let before = self.changed_at[tile].replace(at);
            if count * 2 >= Self::CELLS {
                let columns = usize::from(self.columns);
                // Inside the screen, whose sides fit.
                let rect = Rect {
                    x: (tile % columns) as u16 * TILE,
                    y: (tile / columns) as u16 * TILE,
                    width: TILE,
                    height: TILE,
                };
                changed.push((rect, before.is_some_and(|before| at.saturating_sub(before) >= REST)));
            }
        }
        changed
    }
}
