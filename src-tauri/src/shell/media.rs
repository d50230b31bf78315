//! The operating system's part of a session, as the engine wants it.

use renfort_engine::{
    seams::{FrameSink, VideoDecoder, VideoEncoder},
    sharer::SharerSeams,
    viewer::ViewerSeams,
};
use renfort_platform::{
    capture::{self, Preference},
    clipboard,
    codec::{H264Decoder, H264Encoder},
    input,
};

/// Bits a second that a picture begins with; the engine changes it to what the network takes.
const FIRST_BITRATE: u32 = 4_000_000;

/// How screens are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Media {
    pub(super) capture: Preference,
}

impl Media {
    /// For a user's machine. Input never reaches this program's own windows.
    pub(super) fn sharer(self) -> SharerSeams {
        SharerSeams {
            screen: Box::new(move || capture::open(None, self.capture)),
            input: Box::new(|| input::open(None, &[std::process::id()])),
            keyboard: Box::new(|| input::layouts(None)),
            encoder: Box::new(|| Ok(Box::new(H264Encoder::new(FIRST_BITRATE)?) as Box<dyn VideoEncoder>)),
            clipboard: Box::new(clipboard::open),
        }
    }

    /// For a technician's machine.
    pub(super) fn viewer(self, sink: impl FrameSink + 'static) -> ViewerSeams {
        ViewerSeams {
            decoder: Box::new(|| Ok(Box::new(H264Decoder::new()?) as Box<dyn VideoDecoder>)),
            keyboard: Box::new(|| input::layouts(None)),
            sink: Box::new(sink),
            clipboard: Box::new(clipboard::open),
        }
    }
}
