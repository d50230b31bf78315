//! Keys for characters that the user's keyboard does not have.
//!
//! Flow: [`SpareKeys::bind`] puts a character on a key that has none; [`SpareKeys::restore`] empties those keys again.
//! Programs read the new keymap a moment after they were told of it, so a key keeps its character for
//! [`SETTLE`] after its last use.
//!
//! Invariant: only keys that were empty when they were taken are changed, and at most [`MAX_BOUND`] at a time.

use std::time::{Duration, Instant};

use renfort_engine::seams::InputError;
use x11rb::protocol::xproto::ConnectionExt as _;
use xkeysym::Keysym;

use super::keymap::Keymap;
use super::{Display, unavailable};

/// Most keys in use. When all are, the one that was used longest ago gets the next character.
const MAX_BOUND: usize = 8;
/// How long programs may take to read a keymap.
const SETTLE: Duration = Duration::from_millis(150);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct SpareKeys {
    bound: Vec<Bound>,
}

#[derive(Debug)]
struct Bound {
    keycode: u8,
    character: char,
    used: Instant,
}

impl SpareKeys {
    /// A key that gives this character whatever modifiers are held. `held` are keys that must not change now.
    pub(super) fn bind(
        &mut self,
        display: &Display,
        map: &Keymap,
        character: char,
        held: impl Fn(u8) -> bool,
    ) -> Result<u8, InputError> {
        if let Some(bound) = self.bound.iter_mut().find(|bound| bound.character == character) {
            bound.used = Instant::now();
            return Ok(bound.keycode);
        }
        let symbol = Keysym::from_char(character);
        if character.is_control() || symbol == Keysym::NoSymbol {
            return Err(InputError::NoSuchKey);
        }
        let oldest = || {
            let free = self.bound.iter().filter(|bound| !held(bound.keycode));
            free.min_by_key(|bound| bound.used).map(|bound| bound.keycode)
        };
        let taken = |keycode: u8| self.bound.iter().any(|bound| bound.keycode == keycode);
        let empty = || {
            // The lowest keycodes stand for no key at all in evdev.
            let unused = |&keycode: &u8| keycode > 8 && map.symbols(keycode).iter().all(|&symbol| symbol == 0);
            map.keycodes()
                .rev()
                .filter(unused)
                .find(|&keycode| !taken(keycode) && map.modifiers_of(keycode) == 0)
        };
        let keycode = if self.bound.len() < MAX_BOUND {
            empty().or_else(oldest)
        } else {
            oldest()
        };
        let keycode = keycode.ok_or(InputError::NoSuchKey)?;
        if let Some(bound) = self.bound.iter().find(|bound| bound.keycode == keycode) {
            // Whoever got its last character must have read the keymap before it means another.
            std::thread::sleep(SETTLE.saturating_sub(bound.used.elapsed()));
        }
        change(display, keycode, symbol.raw())?;
        self.bound.retain(|bound| bound.keycode != keycode);
        self.bound.push(Bound {
            keycode,
            character,
            used: Instant::now(),
        });
        Ok(keycode)
    }

    /// Is this one of them?
    pub(super) fn holds(&self, keycode: u8) -> bool {
        self.bound.iter().any(|bound| bound.keycode == keycode)
    }

    /// Another keymap came and has no more of what was put on keys of the last one.
    pub(super) fn forget_lost(&mut self, map: &Keymap) {
        self.bound.retain(|bound| {
            let symbol = Keysym::from_char(bound.character).raw();
            map.symbols(bound.keycode).contains(&symbol)
        });
    }

    /// Empties all of them, once programs have had time to read what was typed last.
    pub(super) fn restore(&mut self, display: &Display) -> Result<(), InputError> {
        let Some(last) = self.bound.iter().map(|bound| bound.used).max() else {
            return Ok(());
        };
        std::thread::sleep(SETTLE.saturating_sub(last.elapsed()));
        // What another keymap has on one of them by now is the user's.
        self.forget_lost(&Keymap::fetch(&display.connection)?);
        for bound in std::mem::take(&mut self.bound) {
            change(display, bound.keycode, 0)?;
        }
        Ok(())
    }
}

/// The same keysym on both levels, otherwise the server would make up a capital for the second one.
fn change(display: &Display, keycode: u8, symbol: u32) -> Result<(), InputError> {
    let change = display
        .connection
        .change_keyboard_mapping(1, keycode, 2, &[symbol, symbol])
        .map_err(unavailable)?;
    change.check().map_err(unavailable)
}
