//! That the pointer of an X11 screen begins to move.
//!
//! Flow: XInput tells of the first motion; then it is told to be silent, since a mouse moves up to a thousand times a second
//! and whoever was told looks by themselves; after [`SILENT`] the next motion is told again.
//!
//! Invariant: while the pointer rests, nothing is told and no request is sent.

use std::time::{Duration, Instant};

use renfort_engine::seams::ScreenError;
use x11rb::connection::Connection as _;
use x11rb::protocol::xinput::{self, ConnectionExt as _, EventMask, XIEventMask};

use super::root::{Root, lost, refused};

/// Shorter than the engine looks after a pointer that moved.
const SILENT: Duration = Duration::from_millis(300);
/// All master devices (`XIAllMasterDevices`): the pointer itself, whatever moves it.
const MASTERS: u16 = 1;
/// From this version on, motion is told also while a program has grabbed the pointer.
const VERSION: (u16, u16) = (2, 1);

/// Whether motion is told.
pub(super) enum Motion {
    /// This display cannot tell.
    Never,
    /// The next one.
    Told,
    /// None before that.
    Silent(Instant),
}

impl Motion {
    /// Wants to be told, where the display can.
    pub(super) fn open(root: &Root) -> Result<Self, ScreenError> {
        if !root.has(xinput::X11_EXTENSION_NAME)? {
            return Ok(Self::Never);
        }
        let version = root
            .connection
            .xinput_xi_query_version(VERSION.0, VERSION.1)
            .map_err(lost)?
            .reply()
            .map_err(refused)?;
        if (version.major_version, version.minor_version) < VERSION {
            return Ok(Self::Never);
        }
        select(root, XIEventMask::RAW_MOTION)?;
        Ok(Self::Told)
    }

    /// Can this display tell?
    pub(super) const fn is_told(&self) -> bool {
        !matches!(self, Self::Never)
    }

    /// It moved.
    pub(super) fn moved(&mut self, root: &Root, now: Instant) -> Result<(), ScreenError> {
        if matches!(self, Self::Told) {
            select(root, XIEventMask::from(0_u32))?;
            *self = Self::Silent(now + SILENT);
        }
        Ok(())
    }

    /// When it is told again.
    pub(super) const fn wakes(&self) -> Option<Instant> {
        match self {
            Self::Silent(until) => Some(*until),
            Self::Never | Self::Told => None,
        }
    }

    /// Time has passed. From now on it is told again (true): of what moved until now, it was not.
    pub(super) fn pass(&mut self, root: &Root, now: Instant) -> Result<bool, ScreenError> {
        let is_over = self.wakes().is_some_and(|until| until <= now);
        if is_over {
            select(root, XIEventMask::RAW_MOTION)?;
            *self = Self::Told;
        }
        Ok(is_over)
    }
}

fn select(root: &Root, events: XIEventMask) -> Result<(), ScreenError> {
    let mask = EventMask {
        deviceid: MASTERS,
        mask: vec![events],
    };
    // Whoever asks for too much would be answered by an error among the events.
    root.connection
        .xinput_xi_select_events(root.window, &[mask])
        .map_err(lost)?;
    // Whoever is told of motion does not sleep next, which would send it.
    root.connection.flush().map_err(lost)
}
