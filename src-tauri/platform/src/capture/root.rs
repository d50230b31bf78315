//! The root window of an X11 screen: connection, size, pixel format, pointer.
//!
//! Flow: [`Root::open`] connects and refuses pixels that are not BGRX; [`Root::measure`] asks for the size again.
//!
//! Invariant: a lost connection is always told as [`ScreenError::NoDisplay`].

use std::sync::Arc;

use renfort_engine::seams::{ScreenError, Size};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageOrder, Screen, Setup, VisualClass, Window};
use x11rb::rust_connection::RustConnection;

/// A connection to a display and the root window of its screen.
pub(super) struct Root {
    /// Ours alone.
    pub(super) connection: Arc<RustConnection>,
    /// What is captured.
    pub(super) window: Window,
}

impl Root {
    pub(super) fn open(display: Option<&str>) -> Result<Self, ScreenError> {
        let (connection, screen) = x11rb::connect(display).map_err(|error| match error {
            ConnectError::SetupFailed(_) | ConnectError::SetupAuthenticate(_) => {
                ScreenError::NotPermitted(error.to_string())
            }
            error => ScreenError::NoDisplay(error.to_string()),
        })?;
        let setup = connection.setup();
        let screen = setup
            .roots
            .get(screen)
            .ok_or_else(|| ScreenError::NoDisplay("no such screen".to_owned()))?;
        if !is_bgrx(setup, screen) {
            return Err(ScreenError::Unsupported("TrueColor pixels of 24 bits"));
        }
        let window = screen.root;
        let connection = Arc::new(connection);
        Ok(Self { connection, window })
    }

    /// The size now.
    pub(super) fn measure(&self) -> Result<Size, ScreenError> {
        let geometry = self
            .connection
            .get_geometry(self.window)
            .map_err(lost)?
            .reply()
            .map_err(refused)?;
        Ok(Size {
            width: geometry.width,
            height: geometry.height,
        })
    }

    /// Where the pointer is, when it is on this screen.
    pub(super) fn pointer(&self) -> Option<(u16, u16)> {
        let pointer = self.connection.query_pointer(self.window).ok()?.reply().ok()?;
        pointer.same_screen.then_some(())?;
        Some((u16::try_from(pointer.root_x).ok()?, u16::try_from(pointer.root_y).ok()?))
    }

    /// Is there such an extension?
    pub(super) fn has(&self, extension: &'static str) -> Result<bool, ScreenError> {
        Ok(self
            .connection
            .extension_information(extension)
            .map_err(lost)?
            .is_some())
    }
}

fn is_bgrx(setup: &Setup, screen: &Screen) -> bool {
    let four_bytes = setup
        .pixmap_formats
        .iter()
        .any(|format| format.depth == screen.root_depth && format.bits_per_pixel == 32 && format.scanline_pad == 32);
    let true_color = screen
        .allowed_depths
        .iter()
        .flat_map(|depth| &depth.visuals)
        .any(|visual| {
            visual.visual_id == screen.root_visual
                && visual.class == VisualClass::TRUE_COLOR
                && (visual.red_mask, visual.green_mask, visual.blue_mask) == (0xff_0000, 0xff00, 0xff)
        });
    matches!(screen.root_depth, 24 | 32) && four_bytes && true_color && setup.image_byte_order == ImageOrder::LSB_FIRST
}

/// A request that could not be sent, or an answer that did not come.
pub(super) fn lost(error: ConnectionError) -> ScreenError {
    ScreenError::NoDisplay(error.to_string())
}

/// A request that was not carried out.
pub(super) fn refused(error: ReplyError) -> ScreenError {
    match error {
        ReplyError::ConnectionError(error) => lost(error),
        ReplyError::X11Error(error) => ScreenError::Failed(format!("{:?}", error.error_kind)),
    }
}

/// As [`refused`], for requests that also need an identifier.
pub(super) fn refused_id(error: ReplyOrIdError) -> ScreenError {
    match error {
        ReplyOrIdError::IdsExhausted => ScreenError::Failed("no identifiers are left".to_owned()),
        ReplyOrIdError::ConnectionError(error) => lost(error),
        ReplyOrIdError::X11Error(error) => refused(ReplyError::X11Error(error)),
    }
}
