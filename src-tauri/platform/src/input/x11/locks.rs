//! The lamps of the user's keyboard, while keys go by their place.
//!
//! Flow: [`Locks::set`] makes them as the technician's are and remembers how they were; [`Locks::restore`] puts them back.
//!
//! Invariant: what was changed here is put back when everything is released.

use renfort_engine::seams::InputError;
use x11rb::protocol::xkb::{ConnectionExt as _, Group, ID};

use super::keymap::{self, modifier};
use super::{Display, unavailable};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Locks {
    /// Which modifiers were taken over, and how those were.
    before: Option<(u8, u8)>,
}

impl Locks {
    /// Caps Lock as `caps`, Num Lock (which is `num_bit` on this keyboard) as `num`, when that is said.
    pub(super) fn set(
        &mut self,
        display: &Display,
        caps: bool,
        num: Option<bool>,
        num_bit: u8,
    ) -> Result<(), InputError> {
        let mask = modifier::LOCK | if num.is_some() { num_bit } else { 0 };
        let wanted = if caps { modifier::LOCK } else { 0 } | if num == Some(true) { num_bit } else { 0 };
        let state = display.connection.xkb_get_state(ID::USE_CORE_KBD.into());
        let state = state.map_err(unavailable)?.reply().map_err(unavailable)?;
        let now = keymap::real(state.locked_mods) & mask;
        let (known, values) = self.before.unwrap_or_default();
        self.before = Some((known | mask, values | (now & !known)));
        if now == wanted {
            Ok(())
        } else {
            lock(display, mask, wanted)
        }
    }

    /// As they were before.
    pub(super) fn restore(&mut self, display: &Display) -> Result<(), InputError> {
        match self.before.take() {
            Some((mask, values)) => lock(display, mask, values),
            None => Ok(()),
        }
    }
}

/// Locks those of the modifiers in `mask` that are in `values`, and unlocks the others.
pub(super) fn lock(display: &Display, mask: u8, values: u8) -> Result<(), InputError> {
    let none = 0_u8.into();
    display
        .connection
        .xkb_latch_lock_state(
            ID::USE_CORE_KBD.into(),
            mask.into(),
            values.into(),
            false,
            Group::M1,
            none,
            false,
            0,
        )
        .map_err(unavailable)?
        .check()
        .map_err(unavailable)
}
