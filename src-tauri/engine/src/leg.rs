//! Marks on the way from a key to a pixel, for whoever measures it: with `RUST_LOG=leg=trace` each stage writes one line
//! with its time, and `tests/bench` adds up where each millisecond goes.
//!
//! Invariant: a mark says that something passed, never what; without the filter it costs one comparison.

/// Target of all marks in the log.
const TARGET: &str = "leg";

/// Something passed here.
pub fn mark(stage: &'static str) {
    tracing::trace!(target: TARGET, stage);
}
