//! Which key, with which modifiers, gives a character on the user's keyboard.
//!
//! Flow: [`find`] tries every key with every combination of the modifiers that may be changed, and takes the one that
//! needs the fewest changes; [`find_shortcut`] looks for the key alone, because a shortcut keeps the modifiers it has.
//!
//! Invariant: with the modifiers of a [`Stroke`], its key gives exactly the character that was asked for.

use super::keymap::{Keymap, modifier};

/// What the keyboard is doing now.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    /// The layout in use.
    pub(super) group: u8,
    /// Modifiers that stay as they are: locked ones, and keys that the user holds.
    pub(super) fixed: u8,
    /// Modifiers that are held by the technician and may be changed.
    pub(super) held: u8,
}

/// A press of a key under modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stroke {
    pub(super) keycode: u8,
    /// What has to be held, of the modifiers that choose levels.
    pub(super) modifiers: u8,
    /// Does Caps Lock have to be off?
    pub(super) unlock: bool,
}

/// The stroke for a character; `preferred` is the same key on the technician's keyboard.
pub(super) fn find(map: &Keymap, wanted: char, state: State, preferred: Option<u8>) -> Option<Stroke> {
    let level_keys = map.level_keys();
    let free = level_keys.iter().fold(0, |all, &(bit, _)| all | bit) & !state.fixed;
    let combinations: Vec<u8> = (0..=u8::MAX).filter(|&bits| bits & !free == 0).collect();
    let locked = state.fixed & modifier::LOCK != 0;
    // Caps Lock is touched only when nothing else helps.
    [false, true]
        .into_iter()
        .take(1 + usize::from(locked))
        .find_map(|unlock| {
            let fixed = if unlock {
                state.fixed & !modifier::LOCK
            } else {
                state.fixed
            };
            map.keycodes()
                .flat_map(|keycode| {
                    combinations.iter().map(move |&modifiers| Stroke {
                        keycode,
                        modifiers,
                        unlock,
                    })
                })
                .filter(|stroke| map.character(stroke.keycode, state.group, fixed | stroke.modifiers) == Some(wanted))
                .min_by_key(|stroke| {
                    let changes = (stroke.modifiers ^ (state.held & free)).count_ones();
                    (changes, Some(stroke.keycode) != preferred)
                })
        })
}

/// The key of a shortcut with a letter or digit: where the user's layout has it, otherwise where another of their
/// layouts has it, as programs look for it themselves.
pub(super) fn find_shortcut(map: &Keymap, wanted: char, group: u8, preferred: Option<u8>) -> Option<u8> {
    let wanted = wanted.to_lowercase().next()?;
    let others = (0..4).filter(move |&other| other != group);
    std::iter::once(group).chain(others).find_map(|group| {
        map.keycodes()
            .filter_map(|keycode| {
                let characters = map
                    .group_symbols(keycode, group)
                    .iter()
                    .map(|&symbol| xkeysym::Keysym::new(symbol).key_char());
                let level = characters.into_iter().position(|found| {
                    found.is_some_and(|found| found == wanted || found.to_lowercase().eq([wanted]))
                })?;
                Some((level, Some(keycode) != preferred, keycode))
            })
            .min()
            .map(|(.., keycode)| keycode)
    })
}

#[cfg(test)]
mod tests {
    use super::super::keymap::samples::{LEVEL3, SHIFT, four_levels};
    use super::*;

    const IDLE: State = State {
        group: 0,
        fixed: 0,
        held: 0,
    };

    /// A few keys of a French keyboard, from keycode 10 on.
    fn french() -> Keymap {
        four_levels(&[
            ['&', '1', ' ', ' '],
            ['à', '0', '@', ' '],
            [':', '/', ' ', ' '],
            ['a', 'A', 'æ', 'Æ'],
            ['é', '2', '~', ' '],
        ])
    }

    fn stroke(wanted: char, state: State) -> Option<(u8, u8, bool)> {
        find(&french(), wanted, state, None).map(|stroke| (stroke.keycode, stroke.modifiers, stroke.unlock))
    }

    #[test]
    fn the_modifiers_that_the_users_layout_needs_are_found() {
        assert_eq!(stroke('a', IDLE), Some((13, 0, false)));
        assert_eq!(stroke('/', IDLE), Some((12, SHIFT, false)));
        assert_eq!(stroke('@', IDLE), Some((11, LEVEL3, false)));
        assert_eq!(stroke('Æ', IDLE), Some((13, SHIFT | LEVEL3, false)));
        assert_eq!(stroke('ñ', IDLE), None);
    }

    #[test]
    fn a_modifier_that_the_technician_holds_is_let_go_when_it_is_in_the_way() {
        let shift = State { held: SHIFT, ..IDLE };
        assert_eq!(stroke('&', shift), Some((10, 0, false)));
        assert_eq!(stroke('1', shift), Some((10, SHIFT, false)));
    }

    #[test]
    fn caps_lock_is_worked_around_and_only_switched_off_where_it_must_be() {
        let caps = State {
            fixed: modifier::LOCK,
            ..IDLE
        };
        assert_eq!(stroke('A', caps), Some((13, 0, false)));
        assert_eq!(stroke('é', caps), Some((14, 0, true)));
        assert_eq!(stroke('1', caps), Some((10, SHIFT, false)));
    }

    #[test]
    fn a_modifier_that_the_user_holds_is_not_counted_on() {
        let shift = State { fixed: SHIFT, ..IDLE };
        assert_eq!(stroke('1', shift), Some((10, 0, false)));
        assert_eq!(stroke('&', shift), None);
    }

    #[test]
    fn the_same_key_is_preferred_where_several_would_do() {
        let map = four_levels(&[['7', ' ', ' ', ' '], ['7', ' ', ' ', ' ']]);
        assert_eq!(find(&map, '7', IDLE, Some(11)).map(|stroke| stroke.keycode), Some(11));
        assert_eq!(find(&map, '7', IDLE, None).map(|stroke| stroke.keycode), Some(10));
    }

    #[test]
    fn a_shortcut_takes_the_key_whatever_level_the_character_is_on() {
        assert_eq!(find_shortcut(&french(), 'A', 0, None), Some(13));
        assert_eq!(find_shortcut(&french(), '1', 0, None), Some(10));
        assert_eq!(find_shortcut(&french(), 'z', 0, None), None);
    }
}
