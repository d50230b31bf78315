//! The picture's own thread on the technician's side: compose and decode, show.
//!
//! Flow: what comes of the connection of the moment -> updates into a [`Composer`], frames of video into a
//! [`VideoDecoder`] -> [`FrameSink`]. Without updates, the frames are the picture.
//!
//! Invariant: a damaged unit is never shown, a key frame is asked for instead; and a frame that updates announce is shown
//! only where they say.

use std::{
    fmt::Debug,
    sync::Arc,
    time::{Duration, Instant},
};

use renfort_picture::{Composed, Composer, Sequence};
use tokio::sync::mpsc;

use crate::carrier::{Arrived, Carrier};
use crate::leg;
use crate::seams::{FrameSink, Opener, Picture, PixelFormat, Rect, Size, VideoDecoder, VideoError};
use crate::transport::Frame;

/// Connections whose pictures wait to be shown. When full, the thread has stood still over several connections: the
/// newest then brings no picture, only its messages.
pub const STREAMS: usize = 4;
/// Updates and frames of a connection that wait for the thread. When full, the network waits.
pub const INCOMING: usize = 4;
/// What the thread has to say and the session has not heard yet. When full, the thread waits.
pub const PICTURE_EVENTS: usize = 16;
/// How often figures go to the log.
const FIGURES_EVERY: Duration = Duration::from_secs(10);

/// What comes of a connection.
#[derive(Debug)]
pub enum Incoming {
    /// A frame of video.
    Frame(Frame),
    /// From now on the picture is composed of updates, and it is told what was carried out; none: it is video alone.
    Updates(Option<Arc<dyn CarriedOut>>),
    /// Something of these updates.
    Arrived(Arrived),
}

/// Hears what was carried out.
pub trait CarriedOut: Send + Sync + Debug {
    /// Of this picture, so many updates that came were composed, and every one up to `complete` was carried out.
    fn carried_out(&self, picture: u8, composed: u32, complete: Sequence);
}

impl CarriedOut for Carrier {
    fn carried_out(&self, picture: u8, _composed: u32, complete: Sequence) {
        self.completed(picture, complete);
    }
}

/// What the thread tells.
#[derive(Debug, PartialEq, Eq)]
pub enum PictureEvent {
    /// The first picture was shown.
    Shown,
    /// A unit could not be decoded.
    Damaged,
    /// What came of the updates is none that an honest sharer sends.
    Malformed(String),
    /// Nothing can be shown on this machine.
    Failed(String),
}

/// Shows one connection's picture after the other, until no more come.
pub fn run(
    open: Opener<dyn VideoDecoder, VideoError>,
    sink: Box<dyn FrameSink>,
    mut streams: mpsc::Receiver<mpsc::Receiver<Incoming>>,
    events: &mpsc::Sender<PictureEvent>,
) {
    let decoder = match open() {
        Ok(decoder) => decoder,
        Err(error) => {
            let _gone = events.blocking_send(PictureEvent::Failed(error.to_string()));
            return;
        }
    };
    let mut thread = Thread {
        decoder,
        decoded: Picture::new(Size::default(), PixelFormat::Rgba),
        sink,
        shown: false,
        figures: Figures::new(),
    };
    while let Some(mut incoming) = streams.blocking_recv() {
        let mut composition = None;
        while let Some(next) = incoming.blocking_recv() {
            if let Some(event) = thread.take(next, &mut composition)
                && events.blocking_send(event).is_err()
            {
                return;
            }
        }
    }
}

struct Thread {
    decoder: Box<dyn VideoDecoder>,
    /// The last frame.
    decoded: Picture,
    sink: Box<dyn FrameSink>,
    shown: bool,
    figures: Figures,
}

/// The picture of a connection that has updates.
struct Composition {
    composer: Composer,
    /// Which one it is, by the sharer's count.
    picture: u8,
    composed: u32,
    carried_out: Arc<dyn CarriedOut>,
    /// The timestamp of the last frame, which no update has announced yet.
    early: Option<u32>,
}

impl Composition {
    fn new(carried_out: Arc<dyn CarriedOut>, picture: u8) -> Self {
        Self {
            composer: Composer::new(),
            picture,
            composed: 0,
            carried_out,
            early: None,
        }
    }

    fn begin_anew(&mut self, picture: u8) {
        *self = Self::new(Arc::clone(&self.carried_out), picture);
    }
}

impl Thread {
    fn take(&mut self, incoming: Incoming, composition: &mut Option<Composition>) -> Option<PictureEvent> {
        match (incoming, composition) {
            (Incoming::Updates(carried_out), composition) => {
                *composition = carried_out.map(|carried_out| Composition::new(carried_out, 0));
                None
            }
            (Incoming::Frame(frame), composition) => self.frame(&frame, composition.as_mut()),
            (Incoming::Arrived(Arrived::Update(update)), Some(composition)) => self.update(&update, composition),
            (Incoming::Arrived(Arrived::Anew(picture)), Some(composition)) => {
                composition.begin_anew(picture);
                None
            }
            (Incoming::Arrived(Arrived::Broken(error)), _) => Some(PictureEvent::Malformed(error.to_string())),
            // Nothing comes of updates before they were told of, and messages only come to a sharer.
            (Incoming::Arrived(_), None) | (Incoming::Arrived(Arrived::Message(_)), _) => None,
        }
    }

    fn update(&mut self, update: &[u8], composition: &mut Composition) -> Option<PictureEvent> {
        leg::mark("picture: from the network");
        let begun = Instant::now();
        let composer = &mut composition.composer;
        let mut composed = match composer.take(update) {
            Ok(composed) => composed,
            Err(error) => return Some(PictureEvent::Malformed(error.to_string())),
        };
        if let Some(timestamp) = composition.early.take_if(|timestamp| composer.wants(*timestamp)) {
            let painted = composer.frame(timestamp, &self.decoded);
            composed.began |= painted.began;
            composed.changed.extend(painted.changed);
        }
        leg::mark("picture: composed");
        let complete = composer.complete();
        composition.composed = composition.composed.saturating_add(1);
        (composition.carried_out).carried_out(composition.picture, composition.composed, complete);
        let event = self.show(&composed, composition);
        self.figures.add(update.len(), begun.elapsed());
        event
    }

    fn show(&mut self, composed: &Composed, composition: &mut Composition) -> Option<PictureEvent> {
        let picture = composition.composer.picture();
        let whole = [picture.size().whole()];
        let changed: &[Rect] = if composed.began { &whole } else { &composed.changed };
        if changed.is_empty() || picture.size() == Size::default() {
            return None;
        }
        self.sink.show(picture, changed);
        (!std::mem::replace(&mut self.shown, true)).then_some(PictureEvent::Shown)
    }

    fn frame(&mut self, frame: &Frame, composition: Option<&mut Composition>) -> Option<PictureEvent> {
        leg::mark("picture: from the network");
        let begun = Instant::now();
        let changed = match self.decoder.decode(&frame.unit, &mut self.decoded) {
            Ok(changed) => changed,
            Err(error) => {
                tracing::debug!(%error, "a frame could not be decoded");
                return Some(PictureEvent::Damaged);
            }
        };
        leg::mark("picture: decoded");
        let event = match composition {
            Some(composition) if composition.composer.wants(frame.timestamp) => {
                composition.early = None;
                let composed = composition.composer.frame(frame.timestamp, &self.decoded);
                self.show(&composed, composition)
            }
            Some(composition) => {
                composition.early = Some(frame.timestamp);
                None
            }
            None if changed.is_empty() => None,
            None => {
                self.sink.show(&self.decoded, &changed);
                (!std::mem::replace(&mut self.shown, true)).then_some(PictureEvent::Shown)
            }
        };
        self.figures.add(frame.unit.len(), begun.elapsed());
        event
    }
}

struct Figures {
    since: Instant,
    parts: u32,
    bytes: usize,
    working: Duration,
}

impl Figures {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            parts: 0,
            bytes: 0,
            working: Duration::ZERO,
        }
    }

    fn add(&mut self, bytes: usize, working: Duration) {
        self.parts += 1;
        self.bytes += bytes;
        self.working += working;
        if self.since.elapsed() >= FIGURES_EVERY {
            let mean_us = self.working.as_micros() / u128::from(self.parts);
            tracing::debug!(parts = self.parts, bytes = self.bytes, mean_us, "picture");
            *self = Self::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use renfort_picture::wire::{Operation, Update};

    use super::*;

    /// Every frame is of the size that its two bytes say.
    struct Sizes;

    impl VideoDecoder for Sizes {
        fn decode(&mut self, unit: &[u8], picture: &mut Picture) -> Result<Vec<Rect>, VideoError> {
            let (width, height) = (unit[0].into(), unit[1].into());
            picture.resize(Size { width, height });
            Ok(vec![picture.size().whole()])
        }
    }

    /// A size, and what changed.
    type Seen = (Size, Vec<Rect>);

    #[derive(Debug, Clone, Default)]
    struct Shown(Arc<Mutex<Vec<Seen>>>);

    impl FrameSink for Shown {
        fn show(&mut self, picture: &Picture, changed: &[Rect]) {
            self.0.lock().unwrap().push((picture.size(), changed.to_vec()));
        }
    }

    impl CarriedOut for Shown {
        fn carried_out(&self, _picture: u8, _composed: u32, _complete: Sequence) {}
    }

    #[test]
    fn a_frame_that_came_before_its_announcement_shows_all_of_a_screen_of_another_size() {
        let shown = Shown::default();
        let mut thread = Thread {
            decoder: Box::new(Sizes),
            decoded: Picture::new(Size::default(), PixelFormat::Rgba),
            sink: Box::new(shown.clone()),
            shown: false,
            figures: Figures::new(),
        };
        let mut composition = Some(Composition::new(Arc::new(shown.clone()), 1));
        let mut take = |incoming| thread.take(incoming, &mut composition);
        let update = |sequence, operation| {
            let update = Update {
                sequence,
                after: sequence - 1,
                operations: vec![operation],
            };
            Incoming::Arrived(Arrived::Update(update.encode().into()))
        };
        let (first, second) = (Size { width: 40, height: 30 }, Size { width: 20, height: 10 });
        assert_eq!(take(update(1, Operation::Begin(first))), Some(PictureEvent::Shown));
        assert_eq!(take(update(2, Operation::Begin(second))), None);
        let unit = bytes::Bytes::from_static(&[20, 10]);
        take(Incoming::Frame(Frame { timestamp: 7, unit }));
        let seen = || shown.0.lock().unwrap().clone();
        assert_eq!(seen(), [(first, vec![first.whole()])], "nothing of the second is there");
        let rects = vec![Rect {
            x: 0,
            y: 0,
            width: 8,
            height: 8,
        }];
        take(update(3, Operation::Video { timestamp: 7, rects }));
        assert_eq!(seen()[1..], [(second, vec![second.whole()])]);
    }
}
