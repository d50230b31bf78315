//! Where the technician's picture goes.

use super::{Picture, Rect};

/// Shows a picture ([`super::PixelFormat::Rgba`]). Never blocks for longer than it takes to copy the pixels: a sink that
/// is too slow for what it is given shows the newest and leaves out what lies between.
pub trait FrameSink: Send {
    /// `changed` of `picture` are new; all of it when the size is another than before.
    fn show(&mut self, picture: &Picture, changed: &[Rect]);
}
