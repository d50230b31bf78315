//! Any screen that `scrap` can capture: whole pictures, compared with the one before.
//!
//! Flow: the capturer cannot be moved between threads, so it lives in one of its own; at most [`INTERVAL`] apart a
//! picture is asked for and compared tile by tile with the one the caller has. Everything that depends on the system is
//! in `portable_host`.
//!
//! Invariant: never more than one picture per [`INTERVAL`], whatever the caller asks for. Unlike the backend of X11 this
//! one works while nothing changes, because it has no way to know.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::task::Waker;
use std::time::{Duration, Instant};

use renfort_engine::seams::{Change, Cursor, Picture, Rect, ScreenError, ScreenSource, Size};

use super::portable_host::{Host, open_capturer};
use crate::region::Region;

/// Least time between two pictures: 20 a second.
const INTERVAL: Duration = Duration::from_millis(50);

/// Something that gives whole pictures, in the thread it was made in.
pub(super) trait Capturer {
    /// Writes the picture of now, rows of equal length, four bytes a pixel; leaves what is there when nothing changed.
    fn capture(&mut self, into: &mut Vec<u8>) -> io::Result<()>;
}

struct PortableScreen {
    host: Host,
    size: Size,
    worker: Worker,
    next: Instant,
    whole: bool,
    resized: bool,
}

/// Opens the screen.
pub(super) fn open(display: Option<&str>) -> Result<Box<dyn ScreenSource>, ScreenError> {
    let host = Host::open(display)?;
    let size = host.measure()?;
    let worker = Worker::start(&host, size)?;
    Ok(Box::new(PortableScreen {
        host,
        size,
        worker,
        next: Instant::now(),
        whole: true,
        resized: false,
    }))
}

impl ScreenSource for PortableScreen {
    fn name(&self) -> &'static str {
        "scrap"
    }

    fn size(&self) -> Size {
        self.size
    }

    fn wait(&mut self, timeout: Duration, picture: &mut Picture, _outdated: &[Rect]) -> Result<Change, ScreenError> {
        let deadline = Instant::now() + timeout;
        loop {
            let until = if self.whole {
                Instant::now()
            } else {
                self.next.min(deadline)
            };
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
            if !self.whole && Instant::now() < self.next {
                return Ok(Change::Nothing);
            }
            self.next = Instant::now() + INTERVAL;
            // The capturer keeps the size it was opened with, and knows nothing of a display that is gone.
            let size = self.host.measure()?;
            if size != self.size {
                self.worker = Worker::start(&self.host, size)?;
                self.size = size;
                self.whole = true;
                self.resized = true;
            }
            if picture.size() != size {
                picture.resize(size);
                self.whole = true;
            }
            let rects = self.compare(picture)?;
            if !rects.is_empty() {
                self.whole = false;
                let resized = std::mem::take(&mut self.resized);
                return Ok(if resized {
                    Change::Resized(size)
                } else {
                    Change::Damaged(rects)
                });
            }
            if Instant::now() >= deadline {
                return Ok(Change::Nothing);
            }
        }
    }

    fn waker(&self) -> Option<Waker> {
        None
    }

    fn pointer(&mut self) -> Option<(u16, u16)> {
        self.host.pointer()
    }

    fn cursor(&mut self) -> Option<Cursor> {
        None
    }
}

impl PortableScreen {
    /// Captures, and brings the picture up to date where it differs.
    fn compare(&mut self, picture: &mut Picture) -> Result<Vec<Rect>, ScreenError> {
        let size = self.size;
        let frame = self.worker.frame()?;
        let frame_stride = frame.len() / usize::from(size.height).max(1);
        let stride = picture.stride();
        if frame_stride < stride {
            return Err(ScreenError::Failed("the picture is smaller than the screen".to_owned()));
        }
        let mut region = Region::default();
        if self.whole {
            region.add(size.whole());
        } else {
            region.add_differences(size, |rect| {
                rows(rect, stride)
                    .zip(rows(rect, frame_stride))
                    .any(|(old, new)| picture.bytes()[old] != frame[new])
            });
        }
        let rects = region.into_rects();
        for &rect in &rects {
            for (old, new) in rows(rect, stride).zip(rows(rect, frame_stride)) {
                picture.bytes_mut()[old].copy_from_slice(&frame[new]);
            }
        }
        Ok(rects)
    }
}

/// Where the rows of a rectangle are in a picture of this stride.
fn rows(rect: Rect, stride: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let (left, length) = (usize::from(rect.x) * 4, usize::from(rect.width) * 4);
    let top = usize::from(rect.y);
    (top..top + usize::from(rect.height)).map(move |row| {
        let at = row * stride + left;
        at..at + length
    })
}

/// The thread that captures. It ends when this value is dropped.
struct Worker {
    /// One buffer goes back and forth; both channels hold one message, since the next picture is asked for only when the
    /// one before came.
    wanted: SyncSender<Vec<u8>>,
    captured: Receiver<io::Result<Vec<u8>>>,
    buffer: Vec<u8>,
}

impl Worker {
    fn start(host: &Host, size: Size) -> Result<Self, ScreenError> {
        let (wanted, requests) = sync_channel::<Vec<u8>>(1);
        let (pictures, captured) = sync_channel(1);
        let address = host.address(size);
        let work = move || {
            let mut capturer = match open_capturer(&address) {
                Ok(capturer) => {
                    // Nobody listens any more when the owner is gone already; then the next receive ends the thread.
                    let _ = pictures.send(Ok(Vec::new()));
                    capturer
                }
                Err(error) => {
                    let _ = pictures.send(Err(error));
                    return;
                }
            };
            while let Ok(mut buffer) = requests.recv() {
                if pictures.send(capturer.capture(&mut buffer).map(|()| buffer)).is_err() {
                    return;
                }
            }
        };
        let failed = |error: io::Error| ScreenError::Failed(error.to_string());
        std::thread::Builder::new()
            .name("screen".to_owned())
            .spawn(work)
            .map_err(failed)?;
        let mut worker = Self {
            wanted,
            captured,
            buffer: Vec::new(),
        };
        worker
            .receive()
            .map_err(|error| ScreenError::NoDisplay(error.to_string()))?;
        Ok(worker)
    }

    fn receive(&mut self) -> io::Result<()> {
        self.buffer = self.captured.recv().map_err(io::Error::other)??;
        Ok(())
    }

    fn frame(&mut self) -> Result<&[u8], ScreenError> {
        let gone = |error: &dyn std::fmt::Display| ScreenError::Failed(error.to_string());
        self.wanted
            .send(std::mem::take(&mut self.buffer))
            .map_err(|error| gone(&error))?;
        self.receive().map_err(|error| gone(&error))?;
        Ok(&self.buffer)
    }
}
