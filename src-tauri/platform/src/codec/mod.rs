//! Pictures to H.264 and back, by OpenH264.
//!
//! Flow: [`H264Encoder`] keeps the screen as planes (`planes`), converts what is damaged and encodes all of it (what
//! did not change costs next to nothing); [`H264Decoder`] compares what it decoded with what it decoded before and
//! converts only what differs. Both use the colour matrix ITU-R BT.709 with limited range, which the stream says too.
//!
//! Invariant: a picture that comes out has the size of the one that went in, odd sizes included, which H.264 with 4:2:0
//! cannot say by itself (`odd_size`).

mod decoder;
mod encoder;
mod odd_size;
mod planes;
mod rate;

pub use decoder::H264Decoder;
pub use encoder::H264Encoder;

use renfort_engine::seams::VideoError;
use yuv::{YuvRange, YuvStandardMatrix};

/// Of both directions.
const MATRIX: YuvStandardMatrix = YuvStandardMatrix::Bt709;
/// Of both directions.
const RANGE: YuvRange = YuvRange::Limited;

fn failed(what: &'static str, reason: impl std::fmt::Display) -> VideoError {
    VideoError {
        what,
        reason: reason.to_string(),
    }
}
