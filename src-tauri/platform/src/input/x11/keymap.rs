//! The keymap that the X server has now, as XKB tells it.
//!
//! Flow: fetched whole ([`Keymap::fetch`]) and again whenever the server says that it changed; then only read. A key has
//! groups (layouts) of levels; its type says which modifiers choose the level (XKB protocol, section 7.2).
//!
//! Invariant: an answer for a key never depends on anything but this map and the modifiers and group that are passed in.

use renfort_engine::seams::InputError;
use x11rb::protocol::xkb::{ConnectionExt as _, GetMapReply, ID, MapPart};
use x11rb::protocol::xproto::ModMask;
use x11rb::rust_connection::RustConnection;
use xkeysym::{Keysym, key};

use super::unavailable;

/// Real modifiers, as bits.
pub(super) mod modifier {
    pub(in super::super) const SHIFT: u8 = 1;
    pub(in super::super) const LOCK: u8 = 1 << 1;
    pub(in super::super) const CONTROL: u8 = 1 << 2;
}

/// Keysyms of keys that choose a level: Shift, the third level (AltGr), the fifth.
const LEVEL_KEYS: [&[u32]; 3] = [
    &[key::Shift_L, key::Shift_R],
    &[key::ISO_Level3_Shift, key::Mode_switch],
    &[key::ISO_Level5_Shift],
];
/// Keysyms of keys that make a shortcut.
const SHORTCUT_KEYS: [u32; 8] = [
    key::Control_L,
    key::Control_R,
    key::Alt_L,
    key::Alt_R,
    key::Meta_L,
    key::Meta_R,
    key::Super_L,
    key::Super_R,
];

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Keymap {
    first: u8,
    keys: Vec<Key>,
    types: Vec<Type>,
    /// Modifiers that a press of the key sets, by keycode; only keys that set one.
    modifiers: Vec<(u8, u8)>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Key {
    types: [u8; 4],
    group_info: u8,
    width: u8,
    symbols: Vec<u32>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Type {
    mask: u8,
    levels: Vec<Level>,
}

/// What chooses a level of a type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    /// The modifiers that are held.
    held: u8,
    level: u8,
    /// Those of them that count for clients as if they had not been used.
    preserved: u8,
}

impl Keymap {
    /// Asks for all of it.
    pub(super) fn fetch(connection: &RustConnection) -> Result<Self, InputError> {
        let parts = MapPart::KEY_TYPES | MapPart::KEY_SYMS | MapPart::MODIFIER_MAP;
        let none = MapPart::from(0_u16);
        let keyboard = ID::USE_CORE_KBD.into();
        let reply = connection
            .xkb_get_map(
                keyboard,
                parts,
                none,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0_u16.into(),
                0,
                0,
                0,
                0,
                0,
                0,
            )
            .map_err(unavailable)?
            .reply()
            .map_err(unavailable)?;
        Ok(Self::from(reply))
    }

    /// Keycodes of all keys.
    pub(super) fn keycodes(&self) -> impl DoubleEndedIterator<Item = u8> + use<> {
        let count = u8::try_from(self.keys.len()).unwrap_or(u8::MAX);
        self.first..=self.first.saturating_add(count.saturating_sub(1))
    }

    fn key(&self, keycode: u8) -> Option<&Key> {
        self.keys.get(usize::from(keycode.checked_sub(self.first)?))
    }

    /// All keysyms of a key, in all groups and levels.
    pub(super) fn symbols(&self, keycode: u8) -> &[u32] {
        self.key(keycode).map_or(&[], |key| &key.symbols)
    }

    /// The keysyms of a key in one group.
    pub(super) fn group_symbols(&self, keycode: u8, group: u8) -> &[u32] {
        let Some(key) = self.key(keycode) else { return &[] };
        let Some(group) = key.group(group) else { return &[] };
        let width = usize::from(key.width);
        key.symbols.get(group * width..(group + 1) * width).unwrap_or_default()
    }

    /// The character that a press gives with these modifiers and in this group, as clients work it out.
    pub(super) fn character(&self, keycode: u8, group: u8, modifiers: u8) -> Option<char> {
        let key = self.key(keycode)?;
        let kind = self.types.get(usize::from(key.types[key.group(group)?]))?;
        let held = modifiers & kind.mask;
        let chosen = kind.levels.iter().find(|level| level.held == held);
        let (level, preserved) = chosen.map_or((0, 0), |chosen| (chosen.level, chosen.preserved));
        let symbol = *self.group_symbols(keycode, group).get(usize::from(level))?;
        let character = Keysym::new(symbol).key_char()?;
        // Where the type has no use for Lock, clients turn letters into capitals themselves.
        if modifiers & modifier::LOCK & (!kind.mask | preserved) == 0 {
            return Some(character);
        }
        let mut capital = character.to_uppercase();
        capital.next().filter(|_| capital.next().is_none()).or(Some(character))
    }

    /// The modifiers that a press of the key sets.
    pub(super) fn modifiers_of(&self, keycode: u8) -> u8 {
        let set = self
            .modifiers
            .iter()
            .filter(|&&(key, _)| key == keycode)
            .fold(0, |all, &(_, bits)| all | bits);
        // A second AltGr key is often not in the modifier map itself, but does the same.
        let symbols = self.symbols(keycode);
        LEVEL_KEYS[1..]
            .iter()
            .filter(|names| names.contains(symbols.first().unwrap_or(&0)))
            .fold(set, |all, names| all | self.bits(names))
    }

    /// The modifiers that choose levels, each with a key that sets it.
    pub(super) fn level_keys(&self) -> Vec<(u8, u8)> {
        let key_of = |names: &&[u32]| {
            let bits = self.bits(names);
            let keycode = names.iter().find_map(|&name| {
                self.keycodes().find(|&keycode| {
                    self.symbols(keycode).first() == Some(&name) && self.modifiers_of(keycode) & bits != 0
                })
            });
            keycode
                .filter(|_| bits.count_ones() == 1)
                .map(|keycode| (bits, keycode))
        };
        LEVEL_KEYS.iter().filter_map(key_of).collect()
    }

    /// The modifiers that make a shortcut: Control, Alt, Super.
    pub(super) fn shortcut_modifiers(&self) -> u8 {
        modifier::CONTROL | self.bits(&SHORTCUT_KEYS)
    }

    /// The modifier that is Num Lock; 0 when there is none.
    pub(super) fn num_lock(&self) -> u8 {
        self.bits(&[key::Num_Lock])
    }

    /// What the keys with one of these keysyms are in the modifier map.
    fn bits(&self, names: &[u32]) -> u8 {
        let named = |keycode: u8| names.contains(self.symbols(keycode).first().unwrap_or(&0));
        self.modifiers
            .iter()
            .filter(|&&(keycode, _)| named(keycode))
            .fold(0, |all, &(_, bits)| all | bits)
    }

    /// A key with one of these keysyms without any modifier, the earliest keysym first.
    pub(super) fn key_named(&self, names: &[u32]) -> Option<u8> {
        let has =
            |keycode: u8, name: u32| (0..4).any(|group| self.group_symbols(keycode, group).first() == Some(&name));
        names
            .iter()
            .find_map(|&name| self.keycodes().find(|&keycode| has(keycode, name)))
    }
}

impl Key {
    /// The group that the key really uses (XKB protocol, section 7.2.1.1).
    fn group(&self, group: u8) -> Option<usize> {
        let count = self.group_info & 0x0f;
        let group = match self.group_info & 0xc0 {
            _ if count == 0 => return None,
            _ if group < count => group,
            0x40 => count - 1,
            0x80 => Some((self.group_info >> 4) & 3)
                .filter(|&group| group < count)
                .unwrap_or(0),
            _ => group % count,
        };
        Some(usize::from(group))
    }
}

/// The real modifiers of a mask; the rest of it are buttons.
pub(super) fn real(mask: ModMask) -> u8 {
    u16::from(mask).to_le_bytes()[0]
}

impl From<GetMapReply> for Keymap {
    fn from(reply: GetMapReply) -> Self {
        let types = reply.map.types_rtrn.unwrap_or_default().into_iter().map(|kind| Type {
            mask: real(kind.mods_mask),
            levels: {
                let preserved = kind.preserve.iter().map(|preserved| real(preserved.mask));
                // There is one for each entry, or none at all.
                kind.map
                    .iter()
                    .zip(preserved.chain(std::iter::repeat(0)))
                    .filter(|(entry, _)| entry.active)
                    .map(|(entry, preserved)| Level {
                        held: real(entry.mods_mask),
                        level: entry.level,
                        preserved,
                    })
                    .collect()
            },
        });
        let keys = reply.map.syms_rtrn.unwrap_or_default().into_iter().map(|key| Key {
            types: key.kt_index,
            group_info: key.group_info,
            width: key.width,
            symbols: key.syms,
        });
        let modifiers = reply.map.modmap_rtrn.unwrap_or_default();
        Self {
            first: reply.first_key_sym,
            keys: keys.collect(),
            types: types.collect(),
            modifiers: modifiers
                .into_iter()
                .map(|entry| (entry.keycode, real(entry.mods)))
                .collect(),
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    //! Keymaps for tests, with one group.

    use super::*;

    pub(in super::super) const SHIFT: u8 = 1;
    /// Bit of the third level.
    pub(in super::super) const LEVEL3: u8 = 1 << 7;
    pub(in super::super) const SHIFT_KEY: u8 = 50;
    pub(in super::super) const ALTGR_KEY: u8 = 92;

    /// Keys from keycode 10 on with up to four levels each, and Shift, AltGr and Control.
    pub(in super::super) fn four_levels(keys: &[[char; 4]]) -> Keymap {
        let mask = SHIFT | LEVEL3;
        let level = |(held, level)| Level {
            held,
            level,
            preserved: 0,
        };
        let four = Type {
            mask,
            levels: [(SHIFT, 1), (LEVEL3, 2), (mask, 3)].map(level).into(),
        };
        let letters = Type {
            mask: mask | modifier::LOCK,
            levels: [four.levels.clone(), vec![level((modifier::LOCK, 1))]].concat(),
        };
        let mut map = Keymap {
            first: 8,
            keys: vec![Key::default(); 248],
            types: vec![four, letters],
            modifiers: vec![],
        };
        for (keycode, levels) in (10_u8..).zip(keys) {
            let kind = u8::from(levels[0].is_ascii_lowercase());
            let symbols = levels.map(|level| {
                if level == ' ' {
                    0
                } else {
                    Keysym::from_char(level).raw()
                }
            });
            map.keys[usize::from(keycode) - 8] = Key {
                types: [kind; 4],
                group_info: 1,
                width: 4,
                symbols: symbols.into(),
            };
        }
        for (keycode, symbol, bit) in [
            (SHIFT_KEY, key::Shift_L, SHIFT),
            (ALTGR_KEY, key::ISO_Level3_Shift, LEVEL3),
            (37, key::Control_L, 4),
        ] {
            map.keys[usize::from(keycode) - 8] = Key {
                types: [0; 4],
                group_info: 1,
                width: 1,
                symbols: vec![symbol],
            };
            map.modifiers.push((keycode, bit));
        }
        map
    }
}
