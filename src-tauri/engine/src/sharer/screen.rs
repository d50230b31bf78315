//! The screen's own thread: capture, and let go what changed.
//!
//! Flow: [`ScreenSource::wait`] -> an [`Outlet`], which says when something is due, and lets it go by the way of the
//! connection: as video alone, or as updates.
//!
//! Invariant: nothing is captured while nobody may see it, and nothing that was captured then is handed over later.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use super::{
    bitrate::Bitrate,
    orders::{Orders, PictureControl},
    outlet::{Gate, Outlet, OutletError, VideoOutlet},
    pointer::PointerWatch,
    stop::StopSwitch,
    updates::{UpdateLine, UpdateOutlet},
};
use crate::{
    leg,
    seams::{Change, Cursor, Opener, Picture, PixelFormat, ScreenError, ScreenSource, Size, VideoEncoder, VideoError},
    session::ScreenReady,
    transport::{self, Frame},
};

/// Encoded frames that wait for the network, beside the one that is being sent. When full, encoding waits.
pub const IN_FLIGHT: usize = 1;
/// What the thread has to say and the session has not heard yet. When full, the thread waits.
pub const SCREEN_EVENTS: usize = 16;

/// Longest wait for a change of a screen that cannot be woken: orders are looked after so often, and the pointer.
const OFTEN: Duration = Duration::from_millis(100);
/// And of one that can: a pointer that a program moved, which no screen tells of, is looked after so often.
const SELDOM: Duration = Duration::from_secs(1);

/// What the thread tells.
#[derive(Debug, PartialEq, Eq)]
pub enum ScreenEvent {
    /// Screen and codec are open.
    Ready(ScreenReady),
    /// The screen has another size.
    Size(Size),
    /// The pointer is here now.
    Pointer(u16, u16),
    /// It looks like this now.
    Cursor(Cursor),
    /// It cannot go on.
    Failed(String),
}

/// Why the thread ended; none: it was told to.
type Failure = Option<String>;

/// What the thread works with.
pub struct ScreenThread {
    gate: Gate,
    events: mpsc::Sender<ScreenEvent>,
}

/// The way by which the picture goes, of the connection of the moment.
struct Way {
    line: Option<Arc<dyn UpdateLine>>,
    outlet: Box<dyn Outlet>,
}

impl Way {
    fn new(orders: &Orders, swaps: bool, bitrate: Bitrate, now: Instant) -> Self {
        let line = orders.line.clone();
        let outlet: Box<dyn Outlet> = match &line {
            Some(line) => Box::new(UpdateOutlet::new(Arc::clone(line), swaps, bitrate, now)),
            None => Box::new(VideoOutlet::new(bitrate)),
        };
        Self { line, outlet }
    }

    fn is_of(&self, orders: &Orders) -> bool {
        match (&self.line, &orders.line) {
            (Some(line), Some(wanted)) => Arc::ptr_eq(line, wanted),
            (line, wanted) => line.is_none() && wanted.is_none(),
        }
    }
}

impl ScreenThread {
    /// Before it runs.
    pub fn new(
        control: PictureControl,
        stop: StopSwitch,
        frames: mpsc::Sender<(u64, Frame)>,
        events: mpsc::Sender<ScreenEvent>,
    ) -> Self {
        let gate = Gate {
            control,
            stop,
            frames,
            start: Instant::now(),
            origin: transport::random(),
        };
        Self { gate, events }
    }

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
        let waker = screen.waker();
        let longest = if waker.is_some() { SELDOM } else { OFTEN };
        self.gate.control.wakes(waker);
        self.tell(ScreenEvent::Ready(ScreenReady { capture, codec, size }))?;

        let mut picture = Picture::new(size, PixelFormat::Bgrx);
        let (mut pointer, now) = (PointerWatch::default(), Instant::now());
        let (swaps, mut outdated) = (screen.swaps(), Vec::new());
        let mut way = Way::new(&Orders::default(), swaps, Bitrate::new(now), now);
        while let Some(orders) = self.gate.control.take().filter(|_| !self.gate.stop.is_stopped()) {
            let now = Instant::now();
            if !way.is_of(&orders) {
                way = Way::new(&orders, swaps, way.outlet.bitrate(), now);
                way.outlet.changed(&[picture.size().whole()]);
            }
            if orders.begun {
                way.outlet.begin(now);
                pointer = PointerWatch::default();
            } else if orders.key {
                way.outlet.want_key();
            }
            if self.gate.frames.is_closed() {
                return Ok(());
            }
            let due = way.outlet.wait(now, &self.gate);
            let wait = [pointer.wait(now), due]
                .into_iter()
                .flatten()
                .fold(longest, Duration::min);
            match screen.wait(wait, &mut picture, &outdated).map_err(failure)? {
                Change::Nothing => {}
                Change::Pointer => pointer.stirred(),
                Change::Damaged(rects) => {
                    leg::mark("picture: captured");
                    way.outlet.changed(&rects);
                }
                Change::Resized(_) => way.outlet.changed(&[picture.size().whole()]),
            }
            if size != picture.size() {
                size = picture.size();
                self.tell(ScreenEvent::Size(size))?;
            }
            let seen = pointer.look(screen.as_mut(), Instant::now());
            // What was seen while the screen is hidden is not told, not even later.
            for event in seen
                .into_iter()
                .flatten()
                .filter(|_| self.gate.control.is_still_wanted())
            {
                self.tell(event)?;
            }
            outdated = way
                .outlet
                .go(&mut picture, encoder.as_mut(), &self.gate)
                .map_err(|error: OutletError| failure(error))?;
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
