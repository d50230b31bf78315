//! What the portable backend needs of X11.
//!
//! Flow: an own connection knows the size, the pointer and whether the display is still there, none of which the
//! capturer tells; the capturer is opened for the whole root window rather than for one monitor of it.
//!
//! Invariant: the capturer is opened only on a local display whose pixels are BGRX, since it checks neither.

use std::ffi::CString;
use std::io;
use std::rc::Rc;

use renfort_engine::seams::{ScreenError, Size};
use x11rb::protocol::shm;

use super::portable::Capturer;
use super::root::Root;

/// An own connection to the display.
pub(super) struct Host {
    root: Root,
    display: Option<String>,
}

/// What a capturer is opened for.
pub(super) struct Address {
    display: Option<String>,
    window: u32,
    size: Size,
}

impl Host {
    pub(super) fn open(display: Option<&str>) -> Result<Self, ScreenError> {
        let root = Root::open(display)?;
        if !root.has(shm::X11_EXTENSION_NAME)? {
            return Err(ScreenError::Unsupported("MIT-SHM"));
        }
        let named = display
            .map(ToOwned::to_owned)
            .or_else(|| std::env::var("DISPLAY").ok())
            .unwrap_or_default();
        let host = named.split(':').next().unwrap_or_default();
        if !(host.is_empty() || host == "unix" || host.starts_with('/')) {
            // The memory could not be shared, and the capturer would show black without saying so.
            return Err(ScreenError::Unsupported("memory shared with this program"));
        }
        Ok(Self {
            root,
            display: display.map(ToOwned::to_owned),
        })
    }

    pub(super) fn measure(&self) -> Result<Size, ScreenError> {
        self.root.measure()
    }

    pub(super) fn pointer(&self) -> Option<(u16, u16)> {
        self.root.pointer()
    }

    pub(super) fn address(&self, size: Size) -> Address {
        Address {
            display: self.display.clone(),
            window: self.root.window,
            size,
        }
    }
}

/// Opens the capturer, in the thread that will use it.
#[expect(
    unsafe_code,
    reason = "the safe constructors know only the default display and single monitors"
)]
pub(super) fn open_capturer(address: &Address) -> io::Result<impl Capturer + use<>> {
    let name = address
        .display
        .as_deref()
        .map(CString::new)
        .transpose()
        .map_err(io::Error::other)?;
    let name = name.as_ref().map_or(std::ptr::null(), |name| name.as_ptr().cast());
    let server = scrap::x11::Server::connect(name).map_err(|error| io::Error::other(format!("{error:?}")))?;
    let rect = scrap::x11::Rect {
        x: 0,
        y: 0,
        w: address.size.width,
        h: address.size.height,
    };
    // SAFETY: the connection is open and stays so as long as the display holds it; the window is the root window of
    // that display, and the rectangle is all of it.
    let display = unsafe { scrap::x11::Display::new(Rc::new(server), true, rect, address.window) };
    Ok(RootCapturer(scrap::x11::Capturer::new(display)?))
}

struct RootCapturer(scrap::x11::Capturer);

impl Capturer for RootCapturer {
    fn capture(&mut self, into: &mut Vec<u8>) -> io::Result<()> {
        // Each call gives the picture that the call before asked for, however long ago that was.
        self.0.frame();
        let frame = self.0.frame();
        into.clear();
        into.extend_from_slice(frame);
        Ok(())
    }
}
