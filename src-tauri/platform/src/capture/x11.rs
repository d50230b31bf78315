//! A screen of X11, captured by damage.
//!
//! Flow: XDamage tells once that the root window changed; the damage is taken out as a region, and only after that its
//! rectangles are fetched through shared memory. What is drawn in between is new damage, so nothing is missed. In
//! between the thread sleeps on the connection's socket, and on the bell that wakes it.
//!
//! Invariant: while nothing changes, no request is sent.

use std::os::fd::AsRawFd as _;
use std::task::Waker;
use std::time::{Duration, Instant};

use renfort_engine::seams::{Change, Cursor, Memory as _, Picture, Rect, ScreenError, ScreenSource, Size};
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::damage::{self, ConnectionExt as _, Damage, ReportLevel};
use x11rb::protocol::randr::{self, ConnectionExt as _, NotifyMask};
use x11rb::protocol::shm::{self, ConnectionExt as _, Seg};
use x11rb::protocol::xfixes::{self, ConnectionExt as _, Region as ServerRegion};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, ImageFormat, Rectangle};
use x11rb::protocol::{ErrorKind, Event};

use super::cursor::CursorReader;
use super::motion::Motion;
use super::root::{Root, lost, refused, refused_id};
use super::segment::Segment;
use crate::readable::{Bell, readable};
use crate::region::{Region, area};

struct X11Screen {
    root: Root,
    size: Size,
    damage: Damage,
    taken: ServerRegion,
    /// Where parts of pictures are left.
    parts: Segment,
    cursor: CursorReader,
    motion: Motion,
    bell: Bell,
    /// The pointer moves, or looks different.
    pointed: bool,
    /// There is damage on the server.
    damaged: bool,
    /// The size may have changed.
    moved: bool,
    /// Everything has to be fetched.
    whole: bool,
    /// The new size has not been told yet.
    resized: bool,
}

/// Opens the screen.
pub(super) fn open(display: Option<&str>) -> Result<Box<dyn ScreenSource>, ScreenError> {
    let root = Root::open(display)?;
    for (extension, missing) in [
        (damage::X11_EXTENSION_NAME, "XDamage"),
        (xfixes::X11_EXTENSION_NAME, "XFixes"),
        (shm::X11_EXTENSION_NAME, "MIT-SHM"),
    ] {
        if !root.has(extension)? {
            return Err(ScreenError::Unsupported(missing));
        }
    }
    let connection = &root.connection;
    // A server answers no other request of these extensions before it was asked for its version.
    connection
        .damage_query_version(1, 1)
        .map_err(lost)?
        .reply()
        .map_err(refused)?;
    connection
        .xfixes_query_version(5, 0)
        .map_err(lost)?
        .reply()
        .map_err(refused)?;
    let shm = connection.shm_query_version().map_err(lost)?.reply().map_err(refused)?;
    if (shm.major_version, shm.minor_version) < (1, 2) {
        return Err(ScreenError::Unsupported("MIT-SHM 1.2"));
    }

    // Told about changes before the size is read, so that none falls in between.
    let mask = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
    connection
        .change_window_attributes(root.window, &mask)
        .map_err(lost)?
        .check()
        .map_err(refused)?;
    if root.has(randr::X11_EXTENSION_NAME)? {
        connection
            .randr_query_version(1, 3)
            .map_err(lost)?
            .reply()
            .map_err(refused)?;
        connection
            .randr_select_input(root.window, NotifyMask::SCREEN_CHANGE)
            .map_err(lost)?;
    }
    let size = root.measure()?;
    let damage = connection.generate_id().map_err(refused_id)?;
    let level = ReportLevel::NON_EMPTY;
    connection
        .damage_create(damage, root.window, level)
        .map_err(lost)?
        .check()
        .map_err(refused)?;
    let taken = connection.generate_id().map_err(refused_id)?;
    connection
        .xfixes_create_region(taken, &[])
        .map_err(lost)?
        .check()
        .map_err(refused)?;
    let parts = Segment::new(&root.connection, size)?;
    let (cursor, motion) = (CursorReader::open(&root)?, Motion::open(&root)?);
    let bell = Bell::new().map_err(|error| ScreenError::Failed(error.to_string()))?;
    Ok(Box::new(X11Screen {
        root,
        size,
        damage,
        taken,
        parts,
        cursor,
        motion,
        bell,
        pointed: false,
        damaged: false,
        moved: false,
        whole: true,
        resized: false,
    }))
}

impl ScreenSource for X11Screen {
    fn name(&self) -> &'static str {
        "x11"
    }

    fn size(&self) -> Size {
        self.size
    }

    fn wait(&mut self, timeout: Duration, picture: &mut Picture, outdated: &[Rect]) -> Result<Change, ScreenError> {
        let deadline = Instant::now() + timeout;
        loop {
            match self.change(deadline, picture, outdated)? {
                Change::Pointer if !outdated.is_empty() => self.pointed = true,
                Change::Nothing if !outdated.is_empty() => {}
                change => return Ok(change),
            }
            // Nothing came that it could have been fetched with.
            let rects = self.few(outdated.iter().copied());
            if self.fetch(&rects, picture)? {
                return Ok(Change::Damaged(rects));
            }
        }
    }

    fn swaps(&self) -> bool {
        true
    }

    fn waker(&self) -> Option<Waker> {
        self.motion.is_told().then(|| self.bell.waker())
    }

    fn pointer(&mut self) -> Option<(u16, u16)> {
        self.root.pointer()
    }

    fn cursor(&mut self) -> Option<Cursor> {
        self.cursor.read(&self.root, Instant::now())
    }
}

impl X11Screen {
    /// Waits for a change, and fetches it with what is outdated.
    fn change(&mut self, deadline: Instant, picture: &mut Picture, outdated: &[Rect]) -> Result<Change, ScreenError> {
        loop {
            self.drain_events()?;
            self.pointed |= self.motion.pass(&self.root, Instant::now())?;
            if std::mem::take(&mut self.moved) {
                self.follow_size()?;
            }
            if picture.size() != self.size {
                picture.resize(self.size);
                self.whole = true;
            }
            self.lend(picture);
            let rects = if self.whole {
                self.discard_damage()?;
                vec![self.size.whole()]
            } else if std::mem::take(&mut self.damaged) {
                self.take_damage(outdated)?
            } else {
                Vec::new()
            };
            if !rects.is_empty() && self.fetch(&rects, picture)? {
                self.whole = false;
                let resized = std::mem::take(&mut self.resized);
                return Ok(if resized {
                    Change::Resized(self.size)
                } else {
                    Change::Damaged(rects)
                });
            }
            if std::mem::take(&mut self.pointed) || self.cursor.wake(Instant::now()) {
                return Ok(Change::Pointer);
            }
            let wakes = self.cursor.wakes().into_iter().chain(self.motion.wakes());
            let until = wakes.fold(deadline, Instant::min);
            // Events may have come with the answers to what was asked above.
            if self.moved || self.drain_events()? {
                continue;
            }
            match self.sleep(until)? {
                Slept::Woken => return Ok(Change::Nothing),
                Slept::Over if until == deadline => return Ok(Change::Nothing),
                Slept::Over | Slept::Awake => {}
            }
        }
    }

    /// Takes what the server has told; true when there was anything.
    fn drain_events(&mut self) -> Result<bool, ScreenError> {
        let mut any = false;
        while let Some(event) = self.root.connection.poll_for_event().map_err(lost)? {
            match event {
                Event::DamageNotify(_) => self.damaged = true,
                Event::ConfigureNotify(_) | Event::RandrScreenChangeNotify(_) => self.moved = true,
                Event::XfixesCursorNotify(notify) => {
                    self.cursor.displayed(notify.cursor_serial);
                    self.pointed = true;
                }
                Event::XinputRawMotion(_) => {
                    self.motion.moved(&self.root, Instant::now())?;
                    self.pointed = true;
                }
                Event::Error(error) => return Err(ScreenError::Failed(format!("{:?}", error.error_kind))),
                _ => {}
            }
            any = true;
        }
        Ok(any)
    }

    /// Takes over the size; true when it is another one.
    fn follow_size(&mut self) -> Result<bool, ScreenError> {
        let size = self.root.measure()?;
        if size == self.size {
            return Ok(false);
        }
        if usize::from(size.width) * usize::from(size.height) * 4 > self.parts.memory().len() {
            self.parts = Segment::new(&self.root.connection, size)?;
        }
        self.size = size;
        self.whole = true;
        self.resized = true;
        Ok(true)
    }

    /// Sees to it that the server can write into the picture itself. Where it cannot, all of it is fetched in parts.
    fn lend(&self, picture: &mut Picture) {
        if self.shared(picture).is_some() {
            return;
        }
        match Segment::new(&self.root.connection, self.size) {
            Ok(mut memory) => {
                memory.pixels_mut().copy_from_slice(picture.pixels());
                if let Some(lent) = Picture::lent(self.size, picture.format(), Box::new(memory)) {
                    *picture = lent;
                }
            }
            Err(error) => tracing::debug!(%error, "a picture has memory of its own"),
        }
    }

    /// What the server calls the picture's memory, where it shares it.
    fn shared(&self, picture: &mut Picture) -> Option<Seg> {
        picture.memory_mut::<Segment>()?.name(&self.root.connection)
    }

    fn discard_damage(&mut self) -> Result<(), ScreenError> {
        self.damaged = false;
        self.root
            .connection
            .damage_subtract(self.damage, x11rb::NONE, x11rb::NONE)
            .map_err(lost)?;
        Ok(())
    }

    /// Takes the damage out of the server, with what is outdated; empty when all of it lies outside the screen, and nothing is.
    fn take_damage(&self, outdated: &[Rect]) -> Result<Vec<Rect>, ScreenError> {
        let connection = &self.root.connection;
        connection
            .damage_subtract(self.damage, x11rb::NONE, self.taken)
            .map_err(lost)?;
        let taken = connection
            .xfixes_fetch_region(self.taken)
            .map_err(lost)?
            .reply()
            .map_err(refused)?;
        let damage = taken.rectangles.into_iter();
        let damage = damage.filter_map(|rectangle| visible(rectangle, self.size));
        Ok(self.few(damage.chain(outdated.iter().copied())))
    }

    /// Few rectangles that cover these.
    fn few(&self, rects: impl Iterator<Item = Rect>) -> Vec<Rect> {
        let mut region = Region::default();
        rects.for_each(|rect| region.add(rect));
        let rects = region.into_rects();
        // They may overlap; memory is shared for one whole picture.
        let fits = rects.iter().copied().map(area).sum::<u64>() <= area(self.size.whole());
        if fits { rects } else { vec![self.size.whole()] }
    }

    /// Fetches rectangles, those of the screen's width into the picture itself; false when the screen has become too small
    /// for them, which the next round finds out.
    fn fetch(&mut self, rects: &[Rect], picture: &mut Picture) -> Result<bool, ScreenError> {
        let connection = &self.root.connection;
        let mut requests = Vec::with_capacity(rects.len());
        let (own, stride) = (self.shared(picture), picture.stride());
        let parts = (self.parts.name(connection)).ok_or_else(|| ScreenError::Failed("another display".to_owned()))?;
        let mut offset = 0_usize;
        for &rect in rects {
            let bytes = usize::from(rect.width) * usize::from(rect.height) * 4;
            // The server leaves no room between rows: what is as wide as the picture lies there as in the picture.
            let own = own.filter(|_| rect.width == picture.size().width);
            let (segment, at) = own.map_or((parts, offset), |own| (own, usize::from(rect.y) * stride));
            let (x, y, start) = (coordinate(rect.x)?, coordinate(rect.y)?, u32::try_from(at));
            let start = start.map_err(|error| ScreenError::Failed(error.to_string()))?;
            let format = ImageFormat::Z_PIXMAP.into();
            let request = connection.shm_get_image(
                self.root.window,
                x,
                y,
                rect.width,
                rect.height,
                !0,
                format,
                segment,
                start,
            );
            let is_part = own.is_none().then_some(at..at + bytes);
            requests.push((rect, is_part, request.map_err(lost)?));
            offset += if own.is_none() { bytes } else { 0 };
        }
        // Every reply is waited for before the memory is read or an error is returned: none may still write into it.
        let mut fetched = Vec::with_capacity(requests.len());
        let mut outcome = Ok(());
        for (rect, part, request) in requests {
            match request.reply() {
                Ok(_) => fetched.extend(part.map(|part| (rect, part))),
                Err(error) => outcome = Err(error),
            }
        }
        match outcome {
            Ok(()) => {}
            Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Match => {
                // What was taken out of the damage is lost now.
                self.whole = true;
                if self.follow_size()? {
                    self.moved = true;
                    return Ok(false);
                }
                return Err(ScreenError::Failed("the screen cannot be read".to_owned()));
            }
            Err(error) => return Err(refused(error)),
        }
        for (rect, part) in fetched {
            let row_bytes = usize::from(rect.width) * 4;
            let first = usize::from(rect.y) * stride + usize::from(rect.x) * 4;
            for (row, source) in self.parts.memory().bytes()[part].chunks_exact(row_bytes).enumerate() {
                let at = first + row * stride;
                picture.bytes_mut()[at..at + row_bytes].copy_from_slice(source);
            }
        }
        Ok(true)
    }

    /// Sleeps until the server says something, somebody wakes it, or the time is over.
    fn sleep(&self, deadline: Instant) -> Result<Slept, ScreenError> {
        self.root.connection.flush().map_err(lost)?;
        if deadline <= Instant::now() {
            return Ok(Slept::Over);
        }
        let server = self.root.connection.stream().as_raw_fd();
        let [_, woken] =
            readable([server, self.bell.source()], deadline).map_err(|error| ScreenError::Failed(error.to_string()))?;
        if woken {
            // What it was woken for was there before: it is seen by whoever asked to wait.
            self.bell.silence();
            return Ok(Slept::Woken);
        }
        Ok(Slept::Awake)
    }
}

/// Why it sleeps no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slept {
    /// The time was over before.
    Over,
    /// Somebody woke it.
    Woken,
    /// There may be something to see.
    Awake,
}

fn coordinate(pixels: u16) -> Result<i16, ScreenError> {
    i16::try_from(pixels).map_err(|error| ScreenError::Failed(error.to_string()))
}

/// The part of a rectangle that is on the screen.
fn visible(rectangle: Rectangle, size: Size) -> Option<Rect> {
    let side = |near: i16, length: u16| {
        let far = (i32::from(near) + i32::from(length)).max(0);
        let near = near.max(0);
        (near.unsigned_abs(), u16::try_from(far - i32::from(near)).unwrap_or(0))
    };
    let ((x, width), (y, height)) = (side(rectangle.x, rectangle.width), side(rectangle.y, rectangle.height));
    Rect { x, y, width, height }.clipped(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_outside_the_screen_is_cut_off() {
        let size = Size { width: 100, height: 50 };
        let part = |x, y, width, height| visible(Rectangle { x, y, width, height }, size);
        assert_eq!(
            part(-5, -5, 10, 10),
            Some(Rect {
                x: 0,
                y: 0,
                width: 5,
                height: 5
            })
        );
        assert_eq!(
            part(90, 40, 50, 50),
            Some(Rect {
                x: 90,
                y: 40,
                width: 10,
                height: 10
            })
        );
        assert_eq!(part(-10, 0, 10, 10), None);
        assert_eq!(part(100, 0, 10, 10), None);
    }
}
