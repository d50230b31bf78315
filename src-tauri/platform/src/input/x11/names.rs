//! Names of keys: W3C UI Events on one side, X11 on the other.
//!
//! Flow: [`character`] tells text from named keys; [`keysyms`] gives what a named key may be called on X11, [`keycode`]
//! where a physical key is (evdev's code plus 8, as every X server on Linux has it).
//!
//! Invariant: a key that is not in these tables has no keysym and no keycode; nothing is guessed.

use xkeysym::key;

/// The character that a `KeyboardEvent.key` is, when it is one.
pub(super) fn character(key: &str) -> Option<char> {
    let mut characters = key.chars();
    characters
        .next()
        .filter(|character| characters.next().is_none() && !character.is_control())
}

/// What a character stands for in a shortcut. The keys of the upper row stand for their digits even where those need
/// Shift, but for the two signs with which everything is made larger and smaller; letters that are not Latin for the
/// Latin letter of their place, as programs have it themselves.
pub(super) fn in_shortcut(code: &str, character: char) -> char {
    let digit = code.strip_prefix("Digit").and_then(|digit| digit.chars().next());
    let letter = code.strip_prefix("Key").and_then(|letter| letter.chars().next());
    match (digit, letter) {
        (Some(digit), _) if !matches!(character, '+' | '-') && !character.is_ascii_alphanumeric() => digit,
        (_, Some(letter)) if character.is_alphabetic() && character > LAST_LATIN => letter.to_ascii_lowercase(),
        _ => character,
    }
}

/// End of Unicode's Latin Extended-B.
const LAST_LATIN: char = '\u{24f}';

/// Is this a press that only prepares the next one, or belongs to an input method?
pub(super) fn is_composing(key: &str) -> bool {
    matches!(key, "Dead" | "Process" | "Compose")
}

/// What a named key may be called on X11, the usual name first.
pub(super) fn keysyms(name: &str) -> &'static [u32] {
    match name {
        "Enter" => &[key::Return, key::KP_Enter],
        "Tab" => &[key::Tab, key::ISO_Left_Tab, key::KP_Tab],
        "Backspace" => &[key::BackSpace],
        "Escape" => &[key::Escape],
        "Delete" => &[key::Delete, key::KP_Delete],
        "Insert" => &[key::Insert, key::KP_Insert],
        "Home" => &[key::Home, key::KP_Home],
        "End" => &[key::End, key::KP_End],
        "PageUp" => &[key::Page_Up, key::KP_Page_Up],
        "PageDown" => &[key::Page_Down, key::KP_Page_Down],
        "ArrowLeft" => &[key::Left, key::KP_Left],
        "ArrowRight" => &[key::Right, key::KP_Right],
        "ArrowUp" => &[key::Up, key::KP_Up],
        "ArrowDown" => &[key::Down, key::KP_Down],
        "Clear" => &[key::Clear, key::KP_Begin],
        "Shift" => &[key::Shift_L, key::Shift_R],
        "Control" => &[key::Control_L, key::Control_R],
        "Alt" => &[key::Alt_L, key::Alt_R, key::Meta_L],
        "AltGraph" => &[key::ISO_Level3_Shift, key::Mode_switch],
        "Meta" | "OS" | "Super" => &[key::Super_L, key::Super_R],
        "CapsLock" => &[key::Caps_Lock],
        "NumLock" => &[key::Num_Lock],
        "ScrollLock" => &[key::Scroll_Lock],
        "Pause" => &[key::Pause],
        "PrintScreen" => &[key::Print],
        "ContextMenu" => &[key::Menu],
        "Help" => &[key::Help],
        "F1" => &[key::F1],
        "F2" => &[key::F2],
        "F3" => &[key::F3],
        "F4" => &[key::F4],
        "F5" => &[key::F5],
        "F6" => &[key::F6],
        "F7" => &[key::F7],
        "F8" => &[key::F8],
        "F9" => &[key::F9],
        "F10" => &[key::F10],
        "F11" => &[key::F11],
        "F12" => &[key::F12],
        "AudioVolumeMute" => &[key::XF86_AudioMute],
        "AudioVolumeDown" => &[key::XF86_AudioLowerVolume],
        "AudioVolumeUp" => &[key::XF86_AudioRaiseVolume],
        "MediaPlayPause" => &[key::XF86_AudioPlay],
        "MediaStop" => &[key::XF86_AudioStop],
        "MediaTrackPrevious" => &[key::XF86_AudioPrev],
        "MediaTrackNext" => &[key::XF86_AudioNext],
        _ => &[],
    }
}

/// What has to be added to a code of evdev.
const EVDEV_OFFSET: u8 = 8;

/// Where a physical key is.
pub(super) fn keycode(code: &str) -> Option<u8> {
    let evdev = EVDEV.iter().find(|&&(name, _)| name == code)?.1;
    Some(evdev + EVDEV_OFFSET)
}

/// `KeyboardEvent.code` and the code of the same key in evdev.
#[rustfmt::skip]
const EVDEV: [(&str, u8); 140] = [
    ("Escape", 1), ("Digit1", 2), ("Digit2", 3), ("Digit3", 4), ("Digit4", 5), ("Digit5", 6), ("Digit6", 7),
    ("Digit7", 8), ("Digit8", 9), ("Digit9", 10), ("Digit0", 11), ("Minus", 12), ("Equal", 13), ("Backspace", 14),
    ("Tab", 15), ("KeyQ", 16), ("KeyW", 17), ("KeyE", 18), ("KeyR", 19), ("KeyT", 20), ("KeyY", 21), ("KeyU", 22),
    ("KeyI", 23), ("KeyO", 24), ("KeyP", 25), ("BracketLeft", 26), ("BracketRight", 27), ("Enter", 28),
    ("ControlLeft", 29), ("KeyA", 30), ("KeyS", 31), ("KeyD", 32), ("KeyF", 33), ("KeyG", 34), ("KeyH", 35),
    ("KeyJ", 36), ("KeyK", 37), ("KeyL", 38), ("Semicolon", 39), ("Quote", 40), ("Backquote", 41), ("ShiftLeft", 42),
    ("Backslash", 43), ("KeyZ", 44), ("KeyX", 45), ("KeyC", 46), ("KeyV", 47), ("KeyB", 48), ("KeyN", 49),
    ("KeyM", 50), ("Comma", 51), ("Period", 52), ("Slash", 53), ("ShiftRight", 54), ("NumpadMultiply", 55),
    ("AltLeft", 56), ("Space", 57), ("CapsLock", 58), ("F1", 59), ("F2", 60), ("F3", 61), ("F4", 62), ("F5", 63),
    ("F6", 64), ("F7", 65), ("F8", 66), ("F9", 67), ("F10", 68), ("NumLock", 69), ("ScrollLock", 70),
    ("Numpad7", 71), ("Numpad8", 72), ("Numpad9", 73), ("NumpadSubtract", 74), ("Numpad4", 75), ("Numpad5", 76),
    ("Numpad6", 77), ("NumpadAdd", 78), ("Numpad1", 79), ("Numpad2", 80), ("Numpad3", 81), ("Numpad0", 82),
    ("NumpadDecimal", 83), ("IntlBackslash", 86), ("F11", 87), ("F12", 88), ("NumpadEnter", 96),
    ("ControlRight", 97), ("NumpadDivide", 98), ("PrintScreen", 99), ("AltRight", 100), ("Home", 102),
    ("ArrowUp", 103), ("PageUp", 104), ("ArrowLeft", 105), ("ArrowRight", 106), ("End", 107), ("ArrowDown", 108),
    ("PageDown", 109), ("Insert", 110), ("Delete", 111), ("AudioVolumeMute", 113), ("AudioVolumeDown", 114),
    ("AudioVolumeUp", 115), ("NumpadEqual", 117), ("Pause", 119), ("NumpadComma", 121), ("MetaLeft", 125),
    ("MetaRight", 126), ("OSLeft", 125), ("OSRight", 126), ("ContextMenu", 127), ("MediaTrackNext", 163),
    ("MediaPlayPause", 164), ("MediaTrackPrevious", 165), ("MediaStop", 166), ("IntlRo", 89), ("Convert", 92),
    ("KanaMode", 93), ("NonConvert", 94), ("Lang1", 122), ("Lang2", 123), ("IntlYen", 124), ("NumpadParenLeft", 179),
    ("NumpadParenRight", 180), ("F13", 183), ("F14", 184), ("F15", 185), ("F16", 186), ("F17", 187), ("F18", 188),
    ("F19", 189), ("F20", 190), ("F21", 191), ("F22", 192), ("F23", 193), ("F24", 194), ("BrowserBack", 158),
    ("BrowserForward", 159), ("BrowserSearch", 217),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_named_keys() {
        assert_eq!(character("a"), Some('a'));
        assert_eq!(character("€"), Some('€'));
        assert_eq!(character(" "), Some(' '));
        assert_eq!(character("Enter"), None);
        assert_eq!(character("\u{7f}"), None);
        assert_eq!(character(""), None);
    }

    #[test]
    fn in_a_shortcut_the_upper_row_is_digits_and_other_alphabets_go_by_their_place() {
        assert_eq!(in_shortcut("Digit1", '&'), '1');
        assert_eq!(in_shortcut("Digit1", '!'), '1');
        assert_eq!(in_shortcut("Digit0", 'à'), '0');
        assert_eq!(in_shortcut("Digit6", '-'), '-');
        assert_eq!(in_shortcut("Digit1", '+'), '+');
        assert_eq!(in_shortcut("Digit3", '3'), '3');
        assert_eq!(in_shortcut("KeyC", 'с'), 'c');
        assert_eq!(in_shortcut("KeyC", 'j'), 'j');
        assert_eq!(in_shortcut("Semicolon", 'ö'), 'ö');
        assert_eq!(in_shortcut("Equal", '+'), '+');
    }

    #[test]
    fn places_are_those_of_x_servers_on_linux() {
        assert_eq!(keycode("KeyA"), Some(38));
        assert_eq!(keycode("AltRight"), Some(108));
        assert_eq!(keycode("Unidentified"), None);
    }
}
