//! The picture's own thread on the technician's side: decode, show.
//!
//! Flow: access units of the connection of the moment -> [`VideoDecoder`] -> [`FrameSink`].
//!
//! Invariant: a damaged unit is never shown; a key frame is asked for instead.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::leg;
use crate::seams::{FrameSink, Opener, Picture, PixelFormat, Size, VideoDecoder, VideoError};

/// Connections whose pictures wait to be decoded. When full, the decoder has stood still over several connections: the
/// newest then brings no picture, only its messages.
pub const STREAMS: usize = 4;
/// What the thread has to say and the session has not heard yet. When full, the thread waits.
pub const PICTURE_EVENTS: usize = 16;
/// How often figures go to the log.
const FIGURES_EVERY: Duration = Duration::from_secs(10);

/// What the thread tells.
#[derive(Debug, PartialEq, Eq)]
pub enum PictureEvent {
    /// The first picture was shown.
    Shown,
    /// A unit could not be decoded.
    Damaged,
    /// Nothing can be decoded on this machine.
    Failed(String),
}

/// Decodes one connection's frames after the other, until no more come.
pub fn run(
    open: Opener<dyn VideoDecoder, VideoError>,
    mut sink: Box<dyn FrameSink>,
    mut streams: mpsc::Receiver<mpsc::Receiver<Bytes>>,
    events: &mpsc::Sender<PictureEvent>,
) {
    let mut decoder = match open() {
        Ok(decoder) => decoder,
        Err(error) => {
            let _gone = events.blocking_send(PictureEvent::Failed(error.to_string()));
            return;
        }
    };
    let mut picture = Picture::new(Size::default(), PixelFormat::Rgba);
    let (mut shown, mut figures) = (false, Figures::new());
    while let Some(mut frames) = streams.blocking_recv() {
        while let Some(unit) = frames.blocking_recv() {
            leg::mark("picture: from the network");
            let begun = Instant::now();
            let event = match decoder.decode(&unit, &mut picture) {
                Ok(changed) if changed.is_empty() => None,
                Ok(changed) => {
                    leg::mark("picture: decoded");
                    sink.show(&picture, &changed);
                    figures.add(unit.len(), begun.elapsed());
                    (!std::mem::replace(&mut shown, true)).then_some(PictureEvent::Shown)
                }
                Err(error) => {
                    tracing::debug!(%error, "a frame could not be decoded");
                    Some(PictureEvent::Damaged)
                }
            };
            if let Some(event) = event
                && events.blocking_send(event).is_err()
            {
                return;
            }
        }
    }
}

struct Figures {
    since: Instant,
    frames: u32,
    bytes: usize,
    decoding: Duration,
}

impl Figures {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            frames: 0,
            bytes: 0,
            decoding: Duration::ZERO,
        }
    }

    fn add(&mut self, bytes: usize, decoding: Duration) {
        self.frames += 1;
        self.bytes += bytes;
        self.decoding += decoding;
        if self.since.elapsed() >= FIGURES_EVERY {
            let mean_ms = self.decoding.as_millis() / u128::from(self.frames);
            tracing::debug!(frames = self.frames, bytes = self.bytes, mean_ms, "picture");
            *self = Self::new();
        }
    }
}
