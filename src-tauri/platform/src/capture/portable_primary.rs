//! What the portable backend needs of systems without X11: their primary display. It compiles there but was never run.
//!
//! Flow: the size is read from a newly opened display each time, which is also how a lost one is noticed.
//!
//! Invariant: names of displays are refused, because there are none.

use std::io;
use std::time::Duration;

use renfort_engine::seams::{ScreenError, Size};

use super::portable::Capturer;

/// Time between two attempts while the system has no first picture.
const RETRY: Duration = Duration::from_millis(4);

/// The primary display.
pub(super) struct Host;

/// The primary display.
pub(super) struct Address;

impl Host {
    pub(super) fn open(display: Option<&str>) -> Result<Self, ScreenError> {
        match display {
            None => Ok(Self),
            Some(_) => Err(ScreenError::Unsupported("displays with a name")),
        }
    }

    pub(super) fn measure(&self) -> Result<Size, ScreenError> {
        let display = scrap::Display::primary().map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => ScreenError::NotPermitted(error.to_string()),
            _ => ScreenError::NoDisplay(error.to_string()),
        })?;
        let side = |pixels: usize| u16::try_from(pixels).map_err(|error| ScreenError::Failed(error.to_string()));
        Ok(Size {
            width: side(display.width())?,
            height: side(display.height())?,
        })
    }

    pub(super) fn pointer(&self) -> Option<(u16, u16)> {
        None
    }

    pub(super) fn address(&self, _size: Size) -> Address {
        Address
    }
}

/// Opens the capturer, in the thread that will use it.
pub(super) fn open_capturer(_address: &Address) -> io::Result<impl Capturer + use<>> {
    Ok(PrimaryCapturer(scrap::Capturer::new(scrap::Display::primary()?)?))
}

struct PrimaryCapturer(scrap::Capturer);

impl Capturer for PrimaryCapturer {
    fn capture(&mut self, into: &mut Vec<u8>) -> io::Result<()> {
        loop {
            match self.0.frame() {
                Ok(frame) => {
                    into.clear();
                    into.extend_from_slice(&frame);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && into.is_empty() => std::thread::sleep(RETRY),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}
