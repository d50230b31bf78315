//! The keyboard: what is held, and how a key of the technician becomes keys of the user.
//!
//! Flow: a press is resolved ([`Keys::press`]): text by character, shortcuts by letter, other keys by their place, and
//! all of them by their place where the technician says so. For
//! text the modifiers are adjusted around the key ([`Adjustment`]) and put back when it goes up, or before the next
//! press, so that a key that repeats keeps giving the same.
//!
//! Invariant: the key that a release lets go is the one that its press took, whatever it means by now.

use renfort_engine::{leg, seams::InputError};
use renfort_protocol::keyboard::KeyMode;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xkb::{ConnectionExt as _, EventType, ID, MapPart, SelectEventsAux};
use xkeysym::key as keysym;

use super::injector::Injector;
use super::keymap::{self, Keymap, modifier};
use super::locks::{Locks, lock};
use super::spare_keys::SpareKeys;
use super::stroke::{self, State, Stroke};
use super::{Display, names, unavailable};

/// Most keys held at once; a press above it is refused. People have ten fingers.
const MAX_HELD: usize = 32;

/// See the module.
pub(super) struct Keys {
    map: Keymap,
    map_is_old: bool,
    held: Vec<Held>,
    adjustment: Option<Adjustment>,
    spare: SpareKeys,
    locks: Locks,
}

/// A key of the technician that is down.
#[derive(Debug)]
struct Held {
    /// Its `code`, or its `key` where it has none.
    name: String,
    /// What is down for it on the user's side; nothing for an AltGr key that the user's layout does not have.
    keycode: Option<u8>,
    altgr: bool,
}

/// Modifiers that were changed for one key.
#[derive(Debug, Default)]
struct Adjustment {
    stroke: u8,
    pressed: Vec<u8>,
    released: Vec<u8>,
    unlocked: bool,
}

impl Keys {
    pub(super) fn new(display: &Display) -> Result<Self, InputError> {
        let connection = &display.connection;
        let xkb = connection
            .xkb_use_extension(1, 0)
            .map_err(unavailable)?
            .reply()
            .map_err(unavailable)?;
        if !xkb.supported {
            return Err(unavailable("this display has no XKB"));
        }
        let parts = MapPart::KEY_TYPES | MapPart::KEY_SYMS | MapPart::MODIFIER_MAP;
        let events = EventType::NEW_KEYBOARD_NOTIFY | EventType::MAP_NOTIFY;
        let details = SelectEventsAux::new();
        connection
            .xkb_select_events(
                ID::USE_CORE_KBD.into(),
                EventType::from(0_u16),
                events,
                parts,
                parts,
                &details,
            )
            .map_err(unavailable)?
            .check()
            .map_err(unavailable)?;
        let map = Keymap::fetch(connection)?;
        Ok(Self {
            map,
            map_is_old: false,
            held: Vec::new(),
            adjustment: None,
            spare: SpareKeys::default(),
            locks: Locks::default(),
        })
    }

    /// Keys that are down on the user's side, for keys of the technician.
    pub(super) fn held(&self) -> usize {
        self.held.iter().filter(|held| held.keycode.is_some()).count()
    }

    pub(super) fn press(
        &mut self,
        display: &Display,
        injector: &mut Injector,
        code: &str,
        key: &str,
        how: KeyMode,
    ) -> Result<(), InputError> {
        let name = name_of(code, key);
        let place = names::keycode(code).filter(|_| how == KeyMode::Physical);
        if self.held.iter().any(|held| held.name == name) {
            // The X server repeats a held key by itself.
            return Ok(());
        }
        if place.is_none() && names::is_composing(key) {
            // A dead key gives nothing until the next key, which then carries the composed character.
            return Ok(());
        }
        if self.held.len() >= MAX_HELD {
            return Err(unavailable("too many keys are held"));
        }
        self.end_stroke(display, injector)?;
        self.follow_keymap(display)?;
        let altgr = key == "AltGraph";
        let keycode = match (place, names::character(key)) {
            (Some(place), _) => {
                self.press_keycode(injector, place)?;
                Some(place)
            }
            (None, Some(character)) => Some(self.press_character(display, injector, code, character)?),
            (None, None) => {
                let keycode = self.named_key(code, key)?;
                if let Some(keycode) = keycode {
                    self.press_keycode(injector, keycode)?;
                }
                keycode
            }
        };
        self.held.push(Held {
            name: name.to_owned(),
            keycode,
            altgr,
        });
        Ok(())
    }

    pub(super) fn release(
        &mut self,
        display: &Display,
        injector: &mut Injector,
        code: &str,
        key: &str,
    ) -> Result<(), InputError> {
        let name = name_of(code, key);
        let Some(at) = self.held.iter().position(|held| held.name == name) else {
            return Ok(());
        };
        let Some(keycode) = self.held.swap_remove(at).keycode else {
            return Ok(());
        };
        if self.is_down(keycode) {
            return Ok(());
        }
        if let Some(adjustment) = &mut self.adjustment
            && let Some(at) = adjustment.released.iter().position(|&released| released == keycode)
        {
            // It is up already, and stays so.
            adjustment.released.swap_remove(at);
            return Ok(());
        }
        injector.key(keycode, false)?;
        if self
            .adjustment
            .as_ref()
            .is_some_and(|adjustment| adjustment.stroke == keycode)
        {
            self.end_stroke(display, injector)?;
        }
        Ok(())
    }

    pub(super) fn release_all(&mut self, display: &Display, injector: &mut Injector) {
        let adjustment = self.adjustment.take().unwrap_or_default();
        let held: Vec<u8> = self.held.drain(..).rev().filter_map(|held| held.keycode).collect();
        for keycode in held.into_iter().chain(adjustment.pressed) {
            if let Err(error) = injector.key(keycode, false) {
                tracing::warn!(%error, "a key could not be released");
            }
        }
        let restored = if adjustment.unlocked {
            lock(display, modifier::LOCK, modifier::LOCK)
        } else {
            Ok(())
        };
        let restored = restored.and(self.locks.restore(display));
        if let Err(error) = restored.and_then(|()| self.spare.restore(display)) {
            tracing::warn!(%error, "the keyboard could not be put back");
        }
    }

    /// Puts the modifiers back that were changed for the last key.
    pub(super) fn end_stroke(&mut self, display: &Display, injector: &mut Injector) -> Result<(), InputError> {
        let Some(adjustment) = self.adjustment.take() else {
            return Ok(());
        };
        for keycode in adjustment.pressed {
            injector.key(keycode, false)?;
        }
        for keycode in adjustment.released {
            injector.key(keycode, true)?;
        }
        if adjustment.unlocked {
            lock(display, modifier::LOCK, modifier::LOCK)
        } else {
            Ok(())
        }
    }

    /// Makes the lamps as the technician's are, until everything is released.
    pub(super) fn set_locks(&mut self, display: &Display, caps: bool, num: Option<bool>) -> Result<(), InputError> {
        self.follow_keymap(display)?;
        let num_bit = self.map.num_lock();
        self.locks.set(display, caps, num, num_bit)
    }

    fn follow_keymap(&mut self, display: &Display) -> Result<(), InputError> {
        while let Some(event) = display.connection.poll_for_event().map_err(unavailable)? {
            self.map_is_old |= matches!(
                event,
                Event::XkbMapNotify(_) | Event::XkbNewKeyboardNotify(_) | Event::MappingNotify(_)
            );
        }
        if self.map_is_old {
            self.map = Keymap::fetch(&display.connection)?;
            self.map_is_old = false;
            self.spare.forget_lost(&self.map);
        }
        Ok(())
    }

    /// The keys that are held here and set one of these modifiers.
    fn holders(&self, modifiers: u8) -> Vec<u8> {
        let held = self.held.iter().filter_map(|held| held.keycode);
        held.filter(|&keycode| self.map.modifiers_of(keycode) & modifiers != 0)
            .collect()
    }

    fn held_modifiers(&self) -> u8 {
        self.held
            .iter()
            .filter_map(|held| held.keycode)
            .fold(0, |all, keycode| all | self.map.modifiers_of(keycode))
    }

    fn is_down(&self, keycode: u8) -> bool {
        self.held.iter().any(|held| held.keycode == Some(keycode))
    }

    /// The key for a key that gives no character. None: AltGr, where the user's layout has no such key.
    fn named_key(&self, code: &str, key: &str) -> Result<Option<u8>, InputError> {
        let place = names::keycode(code);
        let symbols = names::keysyms(key);
        // What the pad gives depends on the user's Num Lock, which is not ours to turn: a key of its own is sure.
        let pad = code.starts_with("Numpad") && code != "NumpadEnter";
        if !pad && place.is_some_and(|place| self.map.symbols(place).iter().any(|symbol| symbols.contains(symbol))) {
            return Ok(place);
        }
        match self.map.key_named(symbols) {
            Some(keycode) => Ok(Some(keycode)),
            None if symbols.contains(&keysym::ISO_Level3_Shift) => Ok(None),
            None => place.map(Some).ok_or(InputError::NoSuchKey),
        }
    }

    fn press_character(
        &mut self,
        display: &Display,
        injector: &mut Injector,
        code: &str,
        character: char,
    ) -> Result<u8, InputError> {
        let server = display.connection.xkb_get_state(ID::USE_CORE_KBD.into());
        let server = server.map_err(unavailable)?.reply().map_err(unavailable)?;
        let (effective, group, held) = (keymap::real(server.mods), u8::from(server.group), self.held_modifiers());
        let place = names::keycode(code);
        let shortcut = self.map.shortcut_modifiers();
        // Windows reports AltGr as Control and Alt together: with AltGr held, they are part of it.
        let with_altgr = self.held.iter().any(|held| held.altgr);
        let levels = self.map.level_keys().iter().fold(0, |all, &(bit, _)| all | bit);
        let meant = names::in_shortcut(code, character);
        if held & shortcut != 0 && !with_altgr && meant.is_ascii_alphanumeric() {
            let keycode = stroke::find_shortcut(&self.map, meant, group, place).or(place);
            let stroke = Stroke {
                keycode: keycode.ok_or(InputError::NoSuchKey)?,
                // Where digits need Shift, that Shift is part of the digit and not of the shortcut.
                modifiers: held & levels & !if character.is_ascii_digit() { modifier::SHIFT } else { 0 },
                unlock: false,
            };
            self.adjust(display, injector, stroke, held & levels, levels, 0)?;
            self.press_keycode(injector, stroke.keycode)?;
            return Ok(stroke.keycode);
        }
        let unwanted = if with_altgr { held & shortcut } else { 0 };
        let fixed = effective & !(held & levels) & !unwanted;
        let found = stroke::find(&self.map, character, State { group, fixed, held }, place);
        // A spare key is pressed as such: what the server makes of its levels is not for sure.
        let found = found.filter(|stroke| !self.spare.holds(stroke.keycode));
        let stroke = match found {
            Some(stroke) => stroke,
            None => {
                let keycode = self.spare.bind(display, &self.map, character, |keycode| {
                    self.held.iter().any(|held| held.keycode == Some(keycode))
                })?;
                self.map_is_old = true;
                Stroke {
                    keycode,
                    modifiers: held & levels,
                    // Programs make capitals of letters themselves where a key does not say what Caps Lock does.
                    unlock: effective & modifier::LOCK != 0 && !character.to_uppercase().eq([character]),
                }
            }
        };
        self.adjust(display, injector, stroke, held & levels, levels, unwanted)?;
        self.press_keycode(injector, stroke.keycode)?;
        Ok(stroke.keycode)
    }

    /// Brings the modifiers into the state that a stroke needs.
    fn adjust(
        &mut self,
        display: &Display,
        injector: &mut Injector,
        stroke: Stroke,
        held: u8,
        levels: u8,
        unwanted: u8,
    ) -> Result<(), InputError> {
        let released = self.holders((held & levels & !stroke.modifiers) | unwanted);
        let missing = stroke.modifiers & !held;
        let pressed: Vec<u8> = self
            .map
            .level_keys()
            .into_iter()
            .filter(|&(bit, _)| missing & bit != 0)
            .map(|(_, keycode)| keycode)
            .collect();
        if released.is_empty() && pressed.is_empty() && !stroke.unlock {
            return Ok(());
        }
        // Remembered before it is done: what fails in the middle is still put back.
        let adjustment = self.adjustment.insert(Adjustment {
            stroke: stroke.keycode,
            pressed,
            released,
            unlocked: stroke.unlock,
        });
        for &keycode in &adjustment.released {
            injector.key(keycode, false)?;
        }
        for &keycode in &adjustment.pressed {
            injector.key(keycode, true)?;
        }
        if stroke.unlock {
            lock(display, modifier::LOCK, 0)
        } else {
            Ok(())
        }
    }

    fn press_keycode(&self, injector: &mut Injector, keycode: u8) -> Result<(), InputError> {
        if self.is_down(keycode) {
            // Another key of the technician's is the same one here; without a release the press would not be seen.
            injector.key(keycode, false)?;
        }
        leg::mark("key: resolved");
        injector.key(keycode, true)
    }
}

/// How a press and its release recognise each other.
fn name_of<'a>(code: &'a str, key: &'a str) -> &'a str {
    if code.is_empty() || code == "Unidentified" {
        key
    } else {
        code
    }
}
