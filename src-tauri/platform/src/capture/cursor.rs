//! What the pointer of an X11 screen looks like.
//!
//! Flow: XFixes tells whenever another cursor is displayed, each picture of an animated one, too; its image is fetched when
//! somebody asks, unless it was fetched before. One that nobody sees counts once it has lasted for [`SETTLE`]: that is what
//! the server says of an animated cursor until its second picture.
//!
//! Invariant: while the cursor stays the same, no request is sent.
//!
//! A cursor that a program hides by `XFixesHideCursor` is told by no server: it counts as it would look. Most programs hide
//! theirs by one without a visible pixel, which is [`Cursor::Hidden`].

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use renfort_engine::seams::{Cursor, ScreenError};
use renfort_protocol::cursor::CursorShape;
use renfort_protocol::limits::{CURSOR_SLOTS, MAX_CURSOR_SIDE};
use x11rb::protocol::xfixes::{ConnectionExt as _, CursorNotifyMask, GetCursorImageReply};

use super::root::{Root, lost, refused};

/// Longer than a picture of an animated cursor usually stands.
const SETTLE: Duration = Duration::from_millis(120);

/// The pointer's looks.
pub(super) struct CursorReader {
    /// By serial number, which a server gives to one cursor only; the newest last.
    known: VecDeque<(u32, Cursor)>,
    /// The serial number of what is displayed; none when that was not asked yet.
    displayed: Option<u32>,
    /// What was told last.
    told: Option<Cursor>,
    /// When it is known whether what is displayed is hidden.
    settles: Option<Instant>,
    /// When to ask for that.
    wake: Option<Instant>,
}

impl CursorReader {
    /// Wants to be told of changes.
    pub(super) fn open(root: &Root) -> Result<Self, ScreenError> {
        root.connection
            .xfixes_select_cursor_input(root.window, CursorNotifyMask::DISPLAY_CURSOR)
            .map_err(lost)?
            .check()
            .map_err(refused)?;
        Ok(Self {
            known: VecDeque::new(),
            displayed: None,
            told: None,
            settles: None,
            wake: None,
        })
    }

    /// The server displays another.
    pub(super) fn displayed(&mut self, serial: u32) {
        self.displayed = Some(serial);
        self.settles = None;
        self.wake = None;
    }

    /// When somebody is to ask again, whatever the server says.
    pub(super) fn wakes(&self) -> Option<Instant> {
        self.wake
    }

    /// Is it time to ask again? Says so once.
    pub(super) fn wake(&mut self, now: Instant) -> bool {
        self.wake.take_if(|at| *at <= now).is_some()
    }

    /// What counts as displayed. None when the server does not say it: then it may say it the next time.
    pub(super) fn read(&mut self, root: &Root, now: Instant) -> Option<Cursor> {
        match self.fetch(root)? {
            Cursor::Hidden if self.told != Some(Cursor::Hidden) => {
                let settles = *self.settles.get_or_insert(now + SETTLE);
                if now >= settles {
                    self.told = Some(Cursor::Hidden);
                } else {
                    self.wake = Some(settles);
                }
            }
            cursor => self.told = Some(cursor),
        }
        self.told.clone()
    }

    fn fetch(&mut self, root: &Root) -> Option<Cursor> {
        let seen = |serial| self.known.iter().find(move |(known, _)| *known == serial);
        if let Some((_, cursor)) = self.displayed.and_then(seen) {
            return Some(cursor.clone());
        }
        let image = root.connection.xfixes_get_cursor_image().ok()?.reply().ok()?;
        let (serial, cursor) = (image.cursor_serial, cursor(&image)?);
        self.displayed = Some(serial);
        self.known.retain(|(known, _)| *known != serial);
        if self.known.len() == CURSOR_SLOTS {
            self.known.pop_front();
        }
        self.known.push_back((serial, cursor.clone()));
        Some(cursor)
    }
}

/// Nobody sees an image without a visible pixel.
fn cursor(image: &GetCursorImageReply) -> Option<Cursor> {
    let (width, height) = (usize::from(image.width), usize::from(image.height));
    if image.cursor_image.len() != width * height {
        return None;
    }
    if image.cursor_image.iter().all(|pixel| pixel >> 24 == 0) {
        return Some(Cursor::Hidden);
    }
    // A cursor that is too large is told smaller, by a whole number.
    let scale = width.max(height).div_ceil(usize::from(MAX_CURSOR_SIDE));
    let (across, down) = (width.div_ceil(scale), height.div_ceil(scale));
    let places = (0..down).flat_map(|y| (0..across).map(move |x| (x, y)));
    let pixels = places
        .flat_map(|(x, y)| mean(image, (x * scale, y * scale), scale))
        .collect();
    let size = (u16::try_from(across).ok()?, u16::try_from(down).ok()?);
    let scale = u16::try_from(scale).ok()?;
    let hot_spot = (
        (image.xhot / scale).min(size.0 - 1),
        (image.yhot / scale).min(size.1 - 1),
    );
    let shape = CursorShape::new(size, hot_spot, pixels).ok()?;
    Some(Cursor::Shape(Arc::new(shape)))
}

/// A square of pixels as one, RGBA, not multiplied by alpha any more.
fn mean(image: &GetCursorImageReply, (left, top): (usize, usize), side: usize) -> [u8; 4] {
    let (width, height) = (usize::from(image.width), usize::from(image.height));
    let (mut sums, mut count) = ([0_u32; 4], 0);
    for y in top..height.min(top + side) {
        for pixel in &image.cursor_image[y * width + left..y * width + width.min(left + side)] {
            for (sum, byte) in sums.iter_mut().zip(pixel.to_be_bytes()) {
                *sum += u32::from(byte);
            }
            count += 1;
        }
    }
    let [alpha, red, green, blue] = sums;
    let straight = |colour: u32| rounded(colour * 255, alpha);
    [straight(red), straight(green), straight(blue), rounded(alpha, count)]
}

/// A quotient, rounded; no more than a byte holds, since a cursor's colours may be above what its alpha allows.
fn rounded(number: u32, by: u32) -> u8 {
    let quotient = (number + by / 2).checked_div(by);
    u8::try_from(quotient.unwrap_or(0)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(width: u16, height: u16, hot: (u16, u16), pixel: impl Fn(u16, u16) -> u32) -> GetCursorImageReply {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        GetCursorImageReply {
            sequence: 0,
            length: 0,
            x: 0,
            y: 0,
            width,
            height,
            xhot: hot.0,
            yhot: hot.1,
            cursor_serial: 1,
            cursor_image: places.map(|(x, y)| pixel(x, y)).collect(),
        }
    }

    fn shape(image: &GetCursorImageReply) -> Arc<CursorShape> {
        match cursor(image) {
            Some(Cursor::Shape(shape)) => shape,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn colours_are_no_longer_multiplied_by_alpha() {
        let colours = [0xff12_3456, 0x8040_2000, 0x0000_0000, 0x10ff_ffff];
        let shape = shape(&image(4, 1, (3, 0), |x, _| colours[usize::from(x)]));
        assert_eq!(shape.pixels()[..4], [0x12, 0x34, 0x56, 0xff]);
        assert_eq!(shape.pixels()[4..8], [128, 64, 0, 0x80]);
        assert_eq!(shape.pixels()[8..12], [0; 4]);
        assert_eq!(shape.pixels()[12..], [255, 255, 255, 0x10]);
        assert_eq!((shape.size(), shape.hot_spot()), ((4, 1), (3, 0)));
    }

    #[test]
    fn what_has_no_visible_pixel_is_hidden() {
        assert_eq!(cursor(&image(1, 1, (0, 0), |_, _| 0)), Some(Cursor::Hidden));
        assert_eq!(cursor(&image(16, 16, (0, 0), |_, _| 0x00ff_ffff)), Some(Cursor::Hidden));
        assert_eq!(cursor(&image(0, 0, (0, 0), |_, _| 0)), Some(Cursor::Hidden));
    }

    #[test]
    fn a_cursor_that_is_too_large_is_told_smaller() {
        let large = shape(&image(200, 130, (199, 129), |x, _| {
            if x < 100 { 0xffff_ffff } else { 0xff00_0000 }
        }));
        assert_eq!((large.size(), large.hot_spot()), ((100, 65), (99, 64)));
        assert_eq!(large.pixels()[49 * 4..51 * 4], [255, 255, 255, 255, 0, 0, 0, 255]);
        let long = shape(&image(1, 1_000, (0, 999), |_, _| 0xff80_8080));
        assert_eq!((long.size(), long.hot_spot()), ((1, 125), (0, 124)));
        // Odd sides: the last square is cut.
        let odd = shape(&image(129, 3, (128, 2), |_, _| 0x8080_8080));
        assert_eq!((odd.size(), odd.hot_spot()), ((65, 2), (64, 1)));
        assert!(odd.pixels().chunks_exact(4).all(|pixel| pixel == [255, 255, 255, 128]));
    }
}
