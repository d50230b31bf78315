//! The way into the X server: XTEST, through `enigo`.
//!
//! Flow: keys go by keycode, the pointer by pixels of the screen, the wheel by notches.
//!
//! Invariant: nothing is decided here, and each call has reached the server when it returns.

use enigo::{Axis, Coordinate, Direction, Enigo, Keyboard as _, Mouse as _, Settings};
use renfort_engine::seams::InputError;
use renfort_protocol::input::Button;

use super::unavailable;

/// See the module.
pub(super) struct Injector(Enigo);

impl Injector {
    pub(super) fn open(display: Option<&str>) -> Result<Self, InputError> {
        let settings = Settings {
            x11_display: display.map(ToOwned::to_owned),
            // The default would hold each event back for that many milliseconds.
            linux_delay: 0,
            ..Settings::default()
        };
        Enigo::new(&settings).map(Self).map_err(unavailable)
    }

    /// Presses or releases a key.
    pub(super) fn key(&mut self, keycode: u8, pressed: bool) -> Result<(), InputError> {
        self.0.raw(keycode.into(), direction(pressed)).map_err(unavailable)
    }

    /// Presses or releases a button.
    pub(super) fn button(&mut self, button: Button, pressed: bool) -> Result<(), InputError> {
        let button = match button {
            Button::Left => enigo::Button::Left,
            Button::Middle => enigo::Button::Middle,
            Button::Right => enigo::Button::Right,
            Button::Back => enigo::Button::Back,
            Button::Forward => enigo::Button::Forward,
        };
        self.0.button(button, direction(pressed)).map_err(unavailable)
    }

    /// Moves the pointer.
    pub(super) fn move_to(&mut self, x: u16, y: u16) -> Result<(), InputError> {
        // Coordinates of X11 have 15 bits; no screen is larger.
        let inside = |pixels: u16| i32::from(pixels).min(i32::from(i16::MAX));
        self.0
            .move_mouse(inside(x), inside(y), Coordinate::Abs)
            .map_err(unavailable)
    }

    /// Turns the wheel by whole notches; positive is right and down.
    pub(super) fn scroll(&mut self, notches: i32, sideways: bool) -> Result<(), InputError> {
        let axis = if sideways { Axis::Horizontal } else { Axis::Vertical };
        self.0.scroll(notches, axis).map_err(unavailable)
    }
}

const fn direction(pressed: bool) -> Direction {
    if pressed { Direction::Press } else { Direction::Release }
}
