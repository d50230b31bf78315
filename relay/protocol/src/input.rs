//! Remote input, from the viewer to the sharer.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::keyboard::KeyMode;

/// A pointer button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// Primary.
    Left,
    /// Wheel.
    Middle,
    /// Secondary.
    Right,
    /// Browser back.
    Back,
    /// Browser forward.
    Forward,
}

/// One input event. Coordinates are pixels of the shared screen, from its upper left corner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum InputEvent {
    /// The pointer is here now. May be lost or overtaken: `order` grows, an older one is dropped.
    Move {
        /// Grows with each move of this session.
        order: u64,
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// A button, with the place it was pressed at.
    Button {
        /// Which.
        button: Button,
        /// Down or up.
        pressed: bool,
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// The wheel, in notches of 120 units (the unit of Windows' `WHEEL_DELTA`); positive is right and down.
    Wheel {
        /// Sideways.
        dx: i16,
        /// Up and down.
        dy: i16,
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// A key.
    Key {
        /// The physical key, `KeyboardEvent.code` (W3C UI Events KeyboardEvent code Values), for example `KeyA`.
        code: String,
        /// What it means there, `KeyboardEvent.key`: one character, or a named key, for example `a`, `Enter`.
        key: String,
        /// Which of the two counts. A key that has no `code` counts by its meaning in any case.
        how: KeyMode,
        /// Down or up.
        pressed: bool,
    },
    /// How the technician's lamps are, for keys whose place counts: the user's become the same until everything is
    /// released.
    Locks {
        /// Caps Lock.
        caps: bool,
        /// Num Lock; none where the technician's system has none.
        num: Option<bool>,
    },
    /// Every key and button that is still held goes up: the viewer lost the keyboard.
    ReleaseAll,
}

/// Longest `code` or `key`, in bytes; the longest name in use is `BrowserFavorites`, a composed character may take more.
pub const MAX_KEY_BYTES: usize = 32;

impl InputEvent {
    /// Are the names of a key within their limits?
    #[must_use]
    pub fn is_within_limits(&self) -> bool {
        match self {
            Self::Key { code, key, .. } => code.len() <= MAX_KEY_BYTES && key.len() <= MAX_KEY_BYTES && !key.is_empty(),
            _ => true,
        }
    }
}
