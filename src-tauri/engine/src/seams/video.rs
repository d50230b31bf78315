//! Pictures to bits and back.

use std::time::Duration;

use super::{Picture, Rect};

/// Why a codec failed.
#[derive(Debug, thiserror::Error)]
#[error("video {what}: {reason}")]
pub struct VideoError {
    /// What it was doing.
    pub what: &'static str,
    /// In the codec's words.
    pub reason: String,
}

/// One frame on its way: an H.264 access unit in Annex B form (ITU-T H.264, annex B).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedFrame {
    /// Its bytes.
    pub data: Vec<u8>,
    /// Can decoding begin here?
    pub key: bool,
    /// Is the picture now as good as this encoder gets, so that sending it again would not improve it?
    pub settled: bool,
}

/// Turns pictures into a stream.
pub trait VideoEncoder: Send {
    /// Stable name of the codec, for the log: `h264`.
    fn name(&self) -> &'static str;

    /// Encodes the picture as it is inside `damage` (empty: refine what is there), and elsewhere as it was when it was
    /// last named, which is as it is when `damage` names all that changed since the last call. `at` is
    /// the time since the stream began. `key` asks for a key frame. None when the codec skipped the frame; the damage
    /// then counts for the next call. A picture of another size begins the stream anew with a key frame.
    ///
    /// # Errors
    /// When the codec fails; it is of no further use then.
    fn encode(
        &mut self,
        picture: &Picture,
        damage: &[Rect],
        at: Duration,
        key: bool,
    ) -> Result<Option<EncodedFrame>, VideoError>;

    /// Bits a second that the stream may take from now on.
    fn set_bitrate(&mut self, bits_per_second: u32);
}

/// Turns a stream into pictures.
pub trait VideoDecoder: Send {
    /// Decodes one access unit into `picture` ([`super::PixelFormat::Rgba`]), which takes the stream's size, and gives
    /// the rectangles that changed. Nothing when the unit held no picture.
    ///
    /// # Errors
    /// When the unit is damaged: the viewer then asks for a key frame and goes on.
    fn decode(&mut self, access_unit: &[u8], picture: &mut Picture) -> Result<Vec<Rect>, VideoError>;
}
