//! A technician at a keyboard, as a webview tells of it: for each key its place (`KeyboardEvent.code`) and what it means
//! on this layout (`KeyboardEvent.key`), worked out on the layout's real keymap.

use anyhow::{Context as _, Result};
use renfort_engine::seams::{InputError, InputSink};
use renfort_protocol::{input::InputEvent, keyboard::KeyMode};
use xkbcommon::xkb::{self, Keysym, compose};

use super::client::compose_table;

/// Places of the writing keys, in the order of their keycodes on X11 from the given one on.
const ROWS: [(u8, &[&str]); 5] = [
    (
        10,
        &[
            "Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8", "Digit9", "Digit0",
            "Minus", "Equal",
        ],
    ),
    (
        24,
        &[
            "KeyQ",
            "KeyW",
            "KeyE",
            "KeyR",
            "KeyT",
            "KeyY",
            "KeyU",
            "KeyI",
            "KeyO",
            "KeyP",
            "BracketLeft",
            "BracketRight",
        ],
    ),
    (
        38,
        &[
            "KeyA",
            "KeyS",
            "KeyD",
            "KeyF",
            "KeyG",
            "KeyH",
            "KeyJ",
            "KeyK",
            "KeyL",
            "Semicolon",
            "Quote",
            "Backquote",
        ],
    ),
    (
        51,
        &[
            "Backslash",
            "KeyZ",
            "KeyX",
            "KeyC",
            "KeyV",
            "KeyB",
            "KeyN",
            "KeyM",
            "Comma",
            "Period",
            "Slash",
        ],
    ),
    (65, &["Space"]),
];
/// Beside the left Shift key; only keyboards of 105 keys have it.
const EXTRA: (u8, &str) = (94, "IntlBackslash");
const SHIFT: (u8, &str, &str) = (50, "ShiftLeft", "Shift");
const ALT_GR: (u8, &str, &str) = (108, "AltRight", "AltGraph");
const CAPS: u8 = 66;
/// Keys that are typed after a dead one.
const AFTER_DEAD: [char; 14] = ['a', 'e', 'i', 'o', 'u', 'n', 'c', 'y', 'A', 'E', 'O', 'U', 'N', ' '];

/// What is held for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct With {
    pub shift: bool,
    pub alt_gr: bool,
}

/// Nothing, Shift, AltGr, both.
pub const ALL_WITH: [With; 4] = [
    With {
        shift: false,
        alt_gr: false,
    },
    With {
        shift: true,
        alt_gr: false,
    },
    With {
        shift: false,
        alt_gr: true,
    },
    With {
        shift: true,
        alt_gr: true,
    },
];

/// A key under modifiers.
#[derive(Debug, Clone, Copy)]
pub struct Press {
    pub keycode: u8,
    pub code: &'static str,
    pub with: With,
    pub keysym: Keysym,
}

impl Press {
    /// The character that it gives by itself.
    pub fn character(&self) -> Option<char> {
        self.keysym.key_char().filter(|character| !character.is_control())
    }

    pub fn is_dead(&self) -> bool {
        self.keysym
            .name()
            .is_some_and(|name| name.contains("_dead_") || name.contains("dead_"))
    }
}

/// See the module.
pub struct Technician {
    keymap: xkb::Keymap,
    has_alt_gr: bool,
    compose: compose::Table,
}

impl Technician {
    pub fn new((layout, variant): (&str, &str)) -> Result<Self> {
        let context = xkb::Context::new(xkb::CONTEXT_NO_FLAGS);
        let flags = xkb::KEYMAP_COMPILE_NO_FLAGS;
        let keymap = xkb::Keymap::new_from_names(&context, "evdev", "pc105", layout, variant, None, flags)
            .context("no such keymap")?;
        let alt_gr = keymap.key_get_syms_by_level(xkb::Keycode::new(ALT_GR.0.into()), 0, 0);
        Ok(Self {
            has_alt_gr: alt_gr == [xkb::Keysym::ISO_Level3_Shift],
            keymap,
            compose: compose_table(&context)?,
        })
    }

    /// Every writing key under everything that can be held on this layout, as far as it gives something.
    pub fn presses(&self) -> Vec<Press> {
        let rows = ROWS
            .iter()
            .flat_map(|&(first, codes)| (first..).zip(codes.iter().copied()))
            .chain([EXTRA]);
        rows.flat_map(|(keycode, code)| ALL_WITH.map(|with| (keycode, code, with)))
            .filter(|(.., with)| self.has_alt_gr || !with.alt_gr)
            .map(|(keycode, code, with)| Press {
                keycode,
                code,
                with,
                keysym: self
                    .state(with, false)
                    .key_get_one_sym(xkb::Keycode::new(keycode.into())),
            })
            .filter(|press| press.character().is_some() || press.is_dead())
            .collect()
    }

    /// What the keys give without any modifier, row by row, dead keys as the sign that they are printed with.
    pub fn base_row(&self) -> String {
        let code_of = |code: &str| {
            let rows = ROWS
                .iter()
                .flat_map(|&(first, codes)| (first..).zip(codes.iter().copied()));
            let keycode = rows
                .into_iter()
                .find(|(_, name)| *name == code)
                .map_or(0, |(keycode, _)| keycode);
            let keysym = self
                .state(ALL_WITH[0], false)
                .key_get_one_sym(xkb::Keycode::new(keycode.into()));
            printed(keysym)
        };
        let order = ["Backquote"].into_iter().chain(ROWS[0].1.iter().copied());
        let order = order.chain(ROWS[1].1.iter().copied()).chain(["Backslash"]);
        let order = order.chain(ROWS[2].1.iter().copied().filter(|&code| code != "Backquote"));
        let order = order.chain(ROWS[3].1.iter().copied().filter(|&code| code != "Backslash"));
        order.filter_map(code_of).collect()
    }

    /// The press that gives a character, with as little held as possible.
    pub fn press_of(&self, character: char) -> Option<Press> {
        let mut presses = self.presses();
        presses.sort_by_key(|press| u8::from(press.with.shift) + 2 * u8::from(press.with.alt_gr));
        presses.into_iter().find(|press| press.character() == Some(character))
    }

    /// What a dead key and a key after it compose to, for every key after it that composes to something.
    pub fn composed(&self, dead: &Press) -> Vec<(Press, String)> {
        let all = AFTER_DEAD.iter().filter_map(|&base| {
            let press = self.press_of(base)?;
            let mut state = compose::State::new(&self.compose, compose::STATE_NO_FLAGS);
            state.feed(dead.keysym);
            state.feed(press.keysym);
            let composed = state.utf8().filter(|_| state.status() == compose::Status::Composed)?;
            Some((press, composed))
        });
        all.collect()
    }

    fn state(&self, with: With, caps: bool) -> xkb::State {
        let mut state = xkb::State::new(&self.keymap);
        let mut press = |keycode: u8| {
            state.update_key(xkb::Keycode::new(keycode.into()), xkb::KeyDirection::Down);
        };
        if caps {
            press(CAPS);
        }
        if with.shift {
            press(SHIFT.0);
        }
        if with.alt_gr {
            press(ALT_GR.0);
        }
        state
    }
}

/// What is printed on a key.
fn printed(keysym: Keysym) -> Option<char> {
    Some(match keysym {
        Keysym::dead_circumflex => '^',
        Keysym::dead_acute => '´',
        Keysym::dead_grave => '`',
        Keysym::dead_diaeresis => '¨',
        Keysym::dead_tilde => '~',
        keysym => keysym.key_char()?,
    })
}

/// Does to the sink what the technician's interface sends for a press of a person's fingers.
pub struct Hands<'a> {
    pub sink: &'a mut dyn InputSink,
    pub how: KeyMode,
}

impl Hands<'_> {
    fn key(&mut self, code: &str, key: &str, pressed: bool) -> Result<(), InputError> {
        self.sink.apply(&InputEvent::Key {
            code: code.to_owned(),
            key: key.to_owned(),
            how: self.how,
            pressed,
        })
    }

    /// Holds modifiers around something.
    fn hold(
        &mut self,
        with: With,
        shortcut: &[(&str, &str)],
        inside: impl FnOnce(&mut Self) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        let mut held: Vec<(&str, &str)> = shortcut.to_vec();
        if with.shift {
            held.push((SHIFT.1, SHIFT.2));
        }
        if with.alt_gr {
            held.push((ALT_GR.1, ALT_GR.2));
        }
        for (code, key) in &held {
            self.key(code, key, true)?;
        }
        inside(self)?;
        for (code, key) in held.iter().rev() {
            self.key(code, key, false)?;
        }
        Ok(())
    }

    /// A key with what it means; `Dead` where it is dead, which only its place can carry.
    pub fn tap(&mut self, press: &Press) -> Result<(), InputError> {
        self.shortcut(press, &[])
    }

    /// The same while the keys of a shortcut are held.
    pub fn shortcut(&mut self, press: &Press, held: &[(&str, &str)]) -> Result<(), InputError> {
        let key = press.character().map_or("Dead".to_owned(), String::from);
        self.hold(press.with, held, |hands| {
            if hands.how == KeyMode::Character && key == "Dead" {
                // It is the technician's own system that composes.
                return Ok(());
            }
            hands.key(press.code, &key, true)?;
            hands.key(press.code, &key, false)
        })
    }

    /// A dead key and the key after it. By character, what they compose comes as a text while the second one's modifiers
    /// are held; by place, both go.
    pub fn compose(&mut self, dead: &Press, press: &Press, composed: &str) -> Result<(), InputError> {
        self.tap(dead)?;
        if self.how == KeyMode::Physical {
            return self.tap(press);
        }
        self.hold(press.with, &[], |hands| {
            for character in composed.chars() {
                hands.key("Unidentified", &character.to_string(), true)?;
                hands.key("Unidentified", &character.to_string(), false)?;
            }
            Ok(())
        })
    }
}
