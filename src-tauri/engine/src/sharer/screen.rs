//! The screen's own thread: capture, encode, hand over.
//!
//! Flow: [`ScreenSource::wait`] -> damage adds up in [`Pacing`] -> [`VideoEncoder`] -> at most [`IN_FLIGHT`] frames wait
//! for the network. While they wait, damage adds up and nothing is encoded, so that the newest picture wins.
//!
//! Invariant: nothing is captured while nobody may see it, and nothing that was captured then is handed over later.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use super::{bitrate::Bitrate, pacing::Pacing, stop::StopSwitch};
use crate::{
    leg,
    seams::{
        Change, EncodedFrame, Opener, Picture, PixelFormat, ScreenError, ScreenSource, Size, VideoEncoder, VideoError,
    },
    session::ScreenReady,
};

/// Encoded frames that wait for the network, beside the one that is being sent. When full, encoding waits.
pub const IN_FLIGHT: usize = 1;
/// What the thread has to say and the session has not heard yet. When full, the thread waits.
pub const SCREEN_EVENTS: usize = 16;

/// Longest wait for a change: a wish for a key frame is looked after so often.
const WAIT: Duration = Duration::from_millis(100);
/// The pointer is looked after so often while it moves (20 times a second), and for [`MOVING`] after.
const POINTER: Duration = Duration::from_millis(50);
const MOVING: Duration = Duration::from_secs(2);
/// While the network is busy, it is looked after so often.
const BUSY_NETWORK: Duration = Duration::from_millis(4);

/// What the thread tells.
#[derive(Debug, PartialEq, Eq)]
pub enum ScreenEvent {
    /// Screen and codec are open.
    Ready(ScreenReady),
    /// The screen has another size.
    Size(Size),
    /// The pointer is here now.
    Pointer(u16, u16),
    /// It cannot go on.
    Failed(String),
}

/// Orders to the thread.
#[derive(Debug, Clone, Default)]
pub struct PictureControl(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    orders: Mutex<Orders>,
    wake: Condvar,
    flows: watch::Sender<bool>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Orders {
    wanted: bool,
    /// Nobody may see it, wanted or not.
    rests: bool,
    /// Began to be wanted since the thread last looked.
    begun: bool,
    key: bool,
    closed: bool,
}

impl Orders {
    const fn flows(self) -> bool {
        self.wanted && !self.rests
    }
}

impl PictureControl {
    /// Somebody may see the picture, or no longer. It begins with a key frame.
    pub fn want(&self, wanted: bool) {
        self.change(|orders| orders.wanted = wanted);
    }

    /// Nobody may see it, wanted or not, until it no longer rests.
    pub fn rest(&self, rests: bool) {
        self.change(|orders| orders.rests = rests);
    }

    fn change(&self, change: impl FnOnce(&mut Orders)) {
        let mut orders = self.lock();
        let flowed = orders.flows();
        change(&mut orders);
        let flows = orders.flows();
        orders.begun |= flows && !flowed;
        self.0.flows.send_replace(flows);
        self.0.wake.notify_one();
    }

    /// Whether it is wanted, for those who carry it on.
    pub fn flows(&self) -> watch::Receiver<bool> {
        self.0.flows.subscribe()
    }

    /// Was it wanted all the time since the thread last looked?
    fn is_still_wanted(&self) -> bool {
        let orders = self.lock();
        orders.flows() && !orders.begun
    }

    /// The next frame must be a key frame.
    pub fn want_key_frame(&self) {
        self.lock().key = true;
    }

    /// Ends the thread.
    pub fn close(&self) {
        self.lock().closed = true;
        self.0.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Orders> {
        // The orders are whole after every single assignment.
        self.0.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the picture is wanted; none when it is over.
    fn take(&self) -> Option<Orders> {
        let mut orders = self.lock();
        while !orders.flows() && !orders.closed {
            orders = self.0.wake.wait(orders).unwrap_or_else(PoisonError::into_inner);
        }
        let taken = *orders;
        (orders.key, orders.begun) = (false, false);
        (!taken.closed).then_some(taken)
    }
}

/// Why the thread ended; none: it was told to.
type Failure = Option<String>;

/// What the thread works with.
pub struct ScreenThread {
    pub control: PictureControl,
    pub stop: StopSwitch,
    pub frames: mpsc::Sender<Bytes>,
    pub events: mpsc::Sender<ScreenEvent>,
}

impl ScreenThread {
    /// Runs until it is told to end, or cannot go on.
    pub fn run(self, screen: Opener<dyn ScreenSource, ScreenError>, encoder: Opener<dyn VideoEncoder, VideoError>) {
        let events = self.events.clone();
        if let Err(Some(reason)) = self.try_run(screen, encoder) {
            // An owner that is gone has nothing to be told.
            let _gone = events.blocking_send(ScreenEvent::Failed(reason));
        }
    }

    fn try_run(
        self,
        screen: Opener<dyn ScreenSource, ScreenError>,
        encoder: Opener<dyn VideoEncoder, VideoError>,
    ) -> Result<(), Failure> {
        let mut screen = screen().map_err(failure)?;
        let mut encoder = encoder().map_err(failure)?;
        let (capture, codec) = (screen.name().to_owned(), encoder.name().to_owned());
        let mut size = screen.size();
        self.tell(ScreenEvent::Ready(ScreenReady { capture, codec, size }))?;

        let start = Instant::now();
        let mut picture = Picture::new(size, PixelFormat::Bgrx);
        let (mut pacing, mut bitrate, mut pointer) = (Pacing::default(), Bitrate::new(start), Pointer::default());
        encoder.set_bitrate(bitrate.current());
        while let Some(orders) = self.control.take().filter(|_| !self.stop.is_stopped()) {
            let now = Instant::now();
            let rate = match (orders.begun, orders.key) {
                (true, _) => {
                    bitrate.begin(now);
                    None
                }
                (false, true) => bitrate.lost(now),
                (false, false) => bitrate.calm(now),
            };
            if let Some(rate) = rate {
                encoder.set_bitrate(rate);
            }
            if orders.begun || orders.key {
                pacing.want_key();
            }
            let mut wait = pointer.wait(now);
            match (pacing.wait(now), self.frames.try_reserve()) {
                (_, Err(mpsc::error::TrySendError::Closed(()))) => return Ok(()),
                // The source brings the picture up to date once more, so that what is encoded is the newest.
                (Some(due), Ok(_)) => wait = wait.min(due),
                (Some(due), Err(_)) => wait = wait.min(due.max(BUSY_NETWORK)),
                (None, _) => {}
            }
            match screen.wait(wait, &mut picture).map_err(failure)? {
                Change::Nothing => {}
                Change::Damaged(rects) => {
                    leg::mark("picture: captured");
                    pacing.changed(&rects);
                }
                Change::Resized(_) => pacing.changed(&[picture.size().whole()]),
            }
            if size != picture.size() {
                size = picture.size();
                self.tell(ScreenEvent::Size(size))?;
            }
            if let Some((x, y)) = pointer.look(screen.as_mut(), Instant::now()) {
                self.tell(ScreenEvent::Pointer(x, y))?;
            }
            self.encode(encoder.as_mut(), &picture, &mut pacing, start)?;
        }
        Ok(())
    }

    /// Encodes and hands over a frame when one is due and there is room for it.
    fn encode(
        &self,
        encoder: &mut dyn VideoEncoder,
        picture: &Picture,
        pacing: &mut Pacing,
        start: Instant,
    ) -> Result<(), Failure> {
        let now = Instant::now();
        let room = match self.frames.try_reserve() {
            Ok(room) if pacing.wait(now) == Some(Duration::ZERO) && !self.stop.is_stopped() => room,
            _ => return Ok(()),
        };
        let (damage, key) = pacing.begin(now);
        match encoder.encode(picture, &damage, now - start, key).map_err(failure)? {
            Some(EncodedFrame { data, settled, .. }) => {
                leg::mark("picture: encoded");
                pacing.done(settled, false, now.elapsed());
                // The user may have stopped, or hidden the screen, while it was encoded.
                if !self.stop.is_stopped() && self.control.is_still_wanted() {
                    room.send(Bytes::from(data));
                }
            }
            None => pacing.done(false, key, now.elapsed()),
        }
        Ok(())
    }

    fn tell(&self, event: ScreenEvent) -> Result<(), Failure> {
        self.events.blocking_send(event).map_err(|_| None)
    }
}

fn failure(error: impl std::fmt::Display) -> Failure {
    Some(error.to_string())
}

/// Where the pointer was seen last.
#[derive(Default)]
struct Pointer {
    place: Option<(u16, u16)>,
    moved_at: Option<Instant>,
    looked_at: Option<Instant>,
}

impl Pointer {
    fn wait(&self, now: Instant) -> Duration {
        let moving = self
            .moved_at
            .is_some_and(|at| now.saturating_duration_since(at) < MOVING);
        if moving { POINTER } else { WAIT }
    }

    /// Its place, when it is another.
    fn look(&mut self, screen: &mut dyn ScreenSource, now: Instant) -> Option<(u16, u16)> {
        if self
            .looked_at
            .is_some_and(|at| now.saturating_duration_since(at) < POINTER)
        {
            return None;
        }
        self.looked_at = Some(now);
        let place = screen.pointer()?;
        let moved = self.place.replace(place) != Some(place);
        if moved {
            self.moved_at = Some(now);
        }
        moved.then_some(place)
    }
}
