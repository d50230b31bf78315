//! The picture as updates: exact pixels, copies and, for what is too much or a film, frames of video in between.
//!
//! Flow: what changed -> [`Planner`] -> the [`UpdateLine`], as much as it has room for. What the planner leaves to video is
//! encoded, announced on the line with its frame's timestamp, and sent as a frame.
//!
//! Invariant: once nothing is due any more, the viewer has, or is about to have, the last picture to the pixel.

use std::{
    fmt::Debug,
    sync::Arc,
    time::{Duration, Instant},
};

use renfort_picture::{Means, Planned, Planner, Sequence};

use super::{
    bitrate::Bitrate,
    outlet::{BUSY_NETWORK, Gate, Outlet, OutletError},
};
use crate::{
    carrier::Carrier,
    leg,
    seams::{EncodedFrame, Picture, Rect, VideoEncoder},
};

/// Shortest time from one plan to the next: an application that paints in several steps is not planned for each.
const QUICK: Duration = Duration::from_millis(4);
/// Longest, however long planning takes: 30 plans a second.
const SLOW: Duration = Duration::from_millis(33);
/// Shortest time from one frame of video to the next.
const VIDEO: Duration = Duration::from_millis(16);
/// What a line takes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// Bytes that may go now.
    pub now: usize,
    /// Bytes that can go so soon that nobody waits for them.
    pub soon: usize,
    /// The viewer has carried out every update up to this one.
    pub complete: Sequence,
}

/// How updates go to one viewer.
pub trait UpdateLine: Send + Sync + Debug {
    /// What it takes now.
    fn room(&self) -> Room;

    /// Takes an update, after those before it. A line that cannot go on ends by itself.
    fn send(&self, update: Planned);

    /// A turn is over: what was held back until then goes now, and the rest of its room is given up. Due after the last
    /// [`UpdateLine::send`] of each.
    fn turned(&self);

    /// The picture begins: the next update has number 1.
    fn begin(&self);

    /// What it holds of the picture leaves no more, nor does anything that is sent before it begins again.
    fn rest(&self);
}

impl UpdateLine for Carrier {
    fn room(&self) -> Room {
        let (now, soon, complete) = self.room();
        Room { now, soon, complete }
    }

    fn send(&self, update: Planned) {
        self.send(update);
        leg::mark("picture: to the network");
    }

    fn turned(&self) {
        // Each has gone already.
    }

    fn begin(&self) {
        self.begin();
    }

    fn rest(&self) {
        self.rest();
    }
}

/// The way out by updates.
pub struct UpdateOutlet {
    line: Arc<dyn UpdateLine>,
    planner: Planner,
    /// May the planner keep the picture, and give another one back?
    swaps: bool,
    bitrate: Bitrate,
    /// Does the codec take this screen?
    has_video: bool,
    start: Instant,
    /// Something changed, or there was no room for all of it.
    waiting: bool,
    last: Option<Instant>,
    pause: Duration,
    key: bool,
    /// The encoder may have older pixels than the screen's, from before the picture began.
    outdated: bool,
    last_frame: Option<Instant>,
}

impl UpdateOutlet {
    /// `swaps`: the screen's source takes another picture, too.
    pub fn new(line: Arc<dyn UpdateLine>, swaps: bool, bitrate: Bitrate, now: Instant) -> Self {
        Self {
            line,
            planner: Planner::new(),
            swaps,
            bitrate,
            has_video: true,
            start: now,
            waiting: true,
            last: None,
            pause: QUICK,
            key: true,
            outdated: true,
            last_frame: None,
        }
    }

    fn film(&mut self, rects: &[Rect], picture: &Picture, encoder: &mut dyn VideoEncoder, gate: &Gate, now: Instant) {
        let early = self.last_frame.is_some_and(|last| now - last < VIDEO);
        if rects.is_empty() || early || !gate.has_room() {
            return;
        }
        if let Some(rate) = self.bitrate.turn(now) {
            encoder.set_bitrate(rate);
        }
        self.last_frame = Some(now);
        // Nothing but these rectangles of the frame is shown: the encoder need not learn of the rest. But all of a first one is, in a
        // browser that has not heard yet that the picture has begun.
        let whole = [picture.size().whole()];
        let shown: &[Rect] = if self.outdated { &whole } else { rects };
        let encoded = match encoder.encode(picture, shown, now - gate.start, self.key) {
            Ok(Some(EncodedFrame { data, .. })) => data,
            // What the codec skipped is planned again.
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "there is no video: the picture goes as pixels alone");
                self.has_video = false;
                return;
            }
        };
        (self.key, self.outdated) = (false, false);
        let timestamp = gate.timestamp(now);
        let announced = self.planner.video(timestamp, rects, picture, now - self.start);
        if gate.is_open() {
            self.line.send(announced);
            self.line.turned();
            gate.send(timestamp, encoded);
        }
    }
}

impl Outlet for UpdateOutlet {
    fn begin(&mut self, now: Instant) {
        self.line.begin();
        self.planner.restart();
        self.bitrate.begin(now);
        (self.waiting, self.key, self.outdated) = (true, true, true);
    }

    fn want_key(&mut self) {
        // Of the frames that nobody waits for any more, none is sent again: what rests becomes exact.
        self.key = true;
        self.bitrate.hear_of_loss();
    }

    fn changed(&mut self, rects: &[Rect]) {
        self.planner.damage(rects);
        self.waiting = true;
    }

    fn wait(&self, now: Instant, _gate: &Gate) -> Option<Duration> {
        let planned = self.last.map_or(now, |last| last + self.pause);
        let due = if self.waiting {
            planned
        } else {
            planned.max(self.start + self.planner.rests_at()?)
        };
        Some(due.saturating_duration_since(now))
    }

    fn bitrate(self: Box<Self>) -> Bitrate {
        self.bitrate
    }

    fn go(
        &mut self,
        picture: &mut Picture,
        encoder: &mut dyn VideoEncoder,
        gate: &Gate,
    ) -> Result<Vec<Rect>, OutletError> {
        let now = Instant::now();
        if self.wait(now, gate) != Some(Duration::ZERO) || gate.stop.is_stopped() {
            return Ok(Vec::new());
        }
        let room = self.line.room();
        self.planner.acknowledged(room.complete);
        let means = Means {
            at: now - self.start,
            room: room.now,
            soon: room.soon,
            video: self.has_video,
        };
        let line = &self.line;
        let mut send = |update| {
            leg::mark("picture: planned");
            if gate.is_open() {
                line.send(update);
            }
        };
        let plan = if self.swaps {
            self.planner.next_swapping(picture, means, &mut send)?
        } else {
            self.planner.next(picture, means, &mut send)?
        };
        if !gate.is_open() {
            // It begins anew.
            return Ok(plan.outdated);
        }
        line.turned();
        self.film(&plan.video, picture, encoder, gate, now);
        self.last = Some(now);
        self.waiting = !self.planner.is_planned();
        self.pause = if self.waiting && room.now == 0 {
            BUSY_NETWORK
        } else {
            (now.elapsed() * 2).clamp(QUICK, SLOW)
        };
        Ok(plan.outdated)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        seams::{PixelFormat, Size, VideoError},
        sharer::{orders::PictureControl, stop::StopSwitch},
    };

    /// The user hides the screen and shows it again while the first part of a turn leaves, if so.
    #[derive(Debug, Default)]
    struct Line {
        control: PictureControl,
        hides: bool,
        sent: AtomicUsize,
        /// Parts that had left when the turn was over.
        turned: AtomicUsize,
    }

    impl UpdateLine for Line {
        fn room(&self) -> Room {
            let (now, soon) = (usize::MAX, usize::MAX);
            Room { now, soon, complete: 0 }
        }

        fn send(&self, _update: Planned) {
            self.sent.fetch_add(1, Ordering::SeqCst);
            if self.hides {
                self.control.want(false);
                self.control.want(true);
            }
        }

        fn turned(&self) {
            self.turned.store(self.sent.load(Ordering::SeqCst), Ordering::SeqCst);
        }

        fn begin(&self) {}

        fn rest(&self) {}
    }

    struct NoVideo;

    impl VideoEncoder for NoVideo {
        fn name(&self) -> &'static str {
            "none"
        }

        fn encode(
            &mut self,
            _: &Picture,
            _: &[Rect],
            _: Duration,
            _: bool,
        ) -> Result<Option<EncodedFrame>, VideoError> {
            Ok(None)
        }

        fn set_bitrate(&mut self, _: u32) {}
    }

    /// Parts of a page that leave, and how many of them were handed over with their turn.
    fn left(hides: bool) -> (usize, usize) {
        let control = PictureControl::default();
        control.want(true);
        control.take().unwrap();
        let line = Arc::new(Line {
            control: control.clone(),
            hides,
            ..Line::default()
        });
        let now = Instant::now();
        let gate = Gate {
            control,
            stop: StopSwitch::default(),
            frames: mpsc::channel(1).0,
            start: now,
            origin: 0,
        };
        let size = Size {
            width: 640,
            height: 400,
        };
        let mut page = Picture::new(size, PixelFormat::Bgrx);
        for (at, pixel) in (0_u32..).zip(page.pixels_mut()) {
            *pixel = at.wrapping_mul(0x9E37_79B1) >> 8;
        }
        let mut outlet = UpdateOutlet::new(Arc::clone(&line) as Arc<dyn UpdateLine>, false, Bitrate::new(now), now);
        outlet.go(&mut page, &mut NoVideo, &gate).unwrap();
        (line.sent.load(Ordering::SeqCst), line.turned.load(Ordering::SeqCst))
    }

    #[test]
    fn nothing_more_of_a_turn_leaves_once_the_screen_was_hidden_although_it_is_shown_again() {
        let (sent, turned) = left(false);
        assert!(sent > 3 && turned == sent, "{sent}, {turned}");
        assert_eq!(left(true), (1, 0));
    }
}
