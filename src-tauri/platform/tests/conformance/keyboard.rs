//! What the engine relies on in a keyboard.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use renfort_engine::seams::InputError;
use renfort_platform::input;
use renfort_protocol::input::InputEvent;
use renfort_protocol::keyboard::KeyMode;
use x11rb::protocol::xkb::{ConnectionExt as _, Group, ID};
use x11rb::protocol::xproto::ConnectionExt as _;
use xkeysym::key as keysym;

use crate::desk::{ALT, CONTROL, Desk, LOCK, SHIFT};
use crate::window::Got;
use crate::xvfb::{Xvfb, sync};

#[test]
fn text_arrives_whatever_the_users_layout_is() -> Result<()> {
    // Codes are those of a technician's American keyboard; what counts is the character.
    let text = [
        ("KeyA", 'a'),
        ("KeyQ", 'q'),
        ("KeyZ", 'Z'),
        ("KeyM", 'm'),
        ("Digit1", '1'),
        ("Digit1", '!'),
        ("Slash", '/'),
        ("Semicolon", ':'),
        ("Period", '.'),
        ("Space", ' '),
        ("Digit2", '@'),
        ("Digit3", '#'),
        ("BracketLeft", '{'),
        ("Digit7", 'é'),
        ("KeyE", '€'),
        ("Quote", 'ù'),
        ("Digit0", 'à'),
        ("Numpad7", '7'),
        ("IntlBackslash", '<'),
    ];
    for layout in ["us", "fr", "de", "ch"] {
        let mut desk = Desk::new(layout)?;
        for (code, character) in text {
            desk.tap(code, &character.to_string())?;
        }
        let expected: String = text.iter().map(|&(_, character)| character).collect();
        assert_eq!(desk.window.typed()?, expected, "on {layout}");
        assert_eq!(desk.server_holds()?, [0_usize; 0]);
    }
    Ok(())
}

#[test]
fn characters_that_no_key_gives_arrive_and_the_keyboard_is_put_back() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    let before = desk.keymap()?;
    // More than there are keys in use at a time, and some twice.
    let text = "êëжλ中😀ôî☃я中ê中";
    for character in text.chars() {
        desk.tap("BracketLeft", "Dead")?;
        desk.tap("KeyE", &character.to_string())?;
        // The window looks at the keymap when it gets the key; give it the time that a person's typing gives.
        assert_eq!(desk.window.next()?.typed(), Some(character));
        desk.window.next()?;
    }
    assert_ne!(desk.keymap()?, before);
    desk.sink.release_all();
    assert_eq!(desk.keymap()?, before);
    Ok(())
}

#[test]
fn a_shortcut_goes_by_its_letter_on_any_layout() -> Result<()> {
    for (layout, keycode) in [("us", 38), ("fr", 24)] {
        let mut desk = Desk::new(layout)?;
        desk.key("ControlLeft", "Control", true)?;
        desk.tap("KeyA", "a")?;
        desk.key("ControlLeft", "Control", false)?;
        let got = desk.window.all()?;
        let pressed = Got::Key {
            pressed: true,
            keycode,
            modifiers: CONTROL,
            keysym: keysym::a,
        };
        assert!(got.contains(&pressed), "on {layout}: {got:?}");
        assert_eq!(got.len(), 4, "{got:?}");
    }
    Ok(())
}

#[test]
fn a_shortcut_works_on_a_layout_without_latin_letters() -> Result<()> {
    let mut desk = Desk::new("us,ru")?;
    let none = 0_u8.into();
    desk.server.xkb_use_extension(1, 0)?.reply()?;
    desk.server
        .xkb_latch_lock_state(ID::USE_CORE_KBD.into(), none, none, true, Group::M2, none, false, 0)?
        .check()?;
    desk.tap("KeyA", "ф")?;
    assert_eq!(desk.window.typed()?, "ф");
    desk.key("ControlLeft", "Control", true)?;
    desk.tap("KeyC", "c")?;
    desk.key("ControlLeft", "Control", false)?;
    let got = desk.window.all()?;
    let is_ctrl_c = |got: &Got| {
        matches!(
            got,
            Got::Key {
                pressed: true,
                keycode: 54,
                modifiers: CONTROL,
                ..
            }
        )
    };
    assert!(got.iter().any(is_ctrl_c), "{got:?}");
    Ok(())
}

#[test]
fn a_digit_in_a_shortcut_keeps_the_modifiers_as_they_are() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    desk.key("AltLeft", "Alt", true)?;
    desk.tap("Digit1", "1")?;
    desk.key("AltLeft", "Alt", false)?;
    let got = desk.window.all()?;
    let is_alt_1 = |got: &Got| {
        matches!(
            got,
            Got::Key {
                pressed: true,
                keycode: 10,
                modifiers: ALT,
                ..
            }
        )
    };
    assert!(got.iter().any(is_alt_1), "{got:?}");
    Ok(())
}

#[test]
fn a_shift_that_the_technician_holds_is_let_go_where_it_is_in_the_way_and_comes_back() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.key("ShiftLeft", "Shift", true)?;
    // A German technician's Shift+7 is what an American keyboard gives without Shift.
    desk.tap("Digit7", "/")?;
    desk.tap("KeyA", "A")?;
    assert_eq!(desk.server_mask()? & SHIFT, SHIFT);
    assert_eq!(desk.window.typed()?, "/A");
    // The other way round: released while it is let go already.
    desk.key("Digit7", "/", true)?;
    desk.key("ShiftLeft", "Shift", false)?;
    desk.key("Digit7", "/", false)?;
    desk.tap("KeyA", "a")?;
    assert_eq!(desk.window.typed()?, "/a");
    assert_eq!((desk.server_holds()?.len(), desk.sink.held()), (0, 0));
    Ok(())
}

#[test]
fn altgr_of_any_system_gives_the_character_and_no_shortcut() -> Result<()> {
    for (layout, held_before) in [
        ("fr", &["ControlLeft"][..]),
        ("fr", &[]),
        ("us", &["ControlLeft"]),
        ("us", &[]),
    ] {
        let mut desk = Desk::new(layout)?;
        // Windows reports AltGr as Control and AltGraph.
        for code in held_before {
            desk.key(code, "Control", true)?;
        }
        desk.key("AltRight", "AltGraph", true)?;
        desk.tap("Digit0", "@")?;
        let got = desk.window.all()?;
        let at = got
            .iter()
            .find(|got| got.typed() == Some('@'))
            .with_context(|| format!("{layout}: {got:?}"))?;
        assert!(
            matches!(at, Got::Key { modifiers, .. } if modifiers & (CONTROL | ALT) == 0),
            "{layout}: {at:?}"
        );
        desk.key("AltRight", "AltGraph", false)?;
        for code in held_before {
            desk.key(code, "Control", false)?;
        }
        assert_eq!((desk.server_holds()?.len(), desk.sink.held()), (0, 0));
    }
    Ok(())
}

#[test]
fn the_users_caps_lock_changes_nothing_and_stays() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    desk.tap("CapsLock", "CapsLock")?;
    desk.window.all()?;
    for (code, character) in [
        ("KeyA", "a"),
        ("KeyA", "A"),
        ("Digit2", "é"),
        ("Digit7", "7"),
        ("KeyB", "b"),
    ] {
        desk.tap(code, character)?;
        assert_eq!(desk.window.typed()?, character);
    }
    assert_eq!(desk.server_mask()? & LOCK, LOCK);
    Ok(())
}

#[test]
fn keys_without_a_character_arrive_as_themselves() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    for (code, key, symbol) in [
        ("Enter", "Enter", keysym::Return),
        ("NumpadEnter", "Enter", keysym::KP_Enter),
        ("Backspace", "Backspace", keysym::BackSpace),
        ("Delete", "Delete", keysym::Delete),
        ("ArrowLeft", "ArrowLeft", keysym::Left),
        ("F5", "F5", keysym::F5),
        ("Tab", "Tab", keysym::Tab),
        ("Escape", "Escape", keysym::Escape),
        ("OSLeft", "Meta", keysym::Super_L),
        // From a menu, without a physical key.
        ("", "PrintScreen", keysym::Print),
        ("Unidentified", "ContextMenu", keysym::Menu),
    ] {
        desk.tap(code, key)?;
        let pressed = desk.window.next()?;
        assert!(
            matches!(pressed, Got::Key { pressed: true, keysym, .. } if keysym == symbol),
            "{key}: {pressed:?}"
        );
        assert!(matches!(desk.window.next()?, Got::Key { pressed: false, .. }));
    }
    Ok(())
}

#[test]
fn another_layout_is_followed() -> Result<()> {
    let mut desk = Desk::new("us")?;
    for layout in ["us", "fr", "us", "de"] {
        desk.layout(layout)?;
        for character in ["a", "z", "/", "@", "y"] {
            desk.tap("KeyA", character)?;
        }
        assert_eq!(desk.window.typed()?, "az/@y", "on {layout}");
    }
    Ok(())
}

#[test]
fn a_release_lets_go_what_its_press_took_whatever_it_means_by_then() -> Result<()> {
    let mut desk = Desk::new("us")?;
    desk.key("KeyA", "a", true)?;
    desk.layout("fr")?;
    desk.key("KeyA", "A", false)?;
    assert_eq!((desk.server_holds()?.len(), desk.sink.held()), (0, 0));
    desk.key("KeyA", "a", false)?;
    desk.key("KeyX", "x", false)?;
    Ok(())
}

#[test]
fn a_press_that_is_repeated_is_not_a_second_one() -> Result<()> {
    let mut desk = Desk::new("us")?;
    for _ in 0..5 {
        desk.key("KeyA", "a", true)?;
    }
    desk.key("KeyA", "a", false)?;
    assert_eq!(desk.window.typed()?, "a");
    Ok(())
}

#[test]
fn a_key_that_does_not_exist_is_said_to_be_none() -> Result<()> {
    let mut desk = Desk::new("us")?;
    for (code, key) in [("", "Nonsense"), ("Nonsense", "Nonsense"), ("KeyA", ""), ("", "\u{1b}")] {
        let result = desk.key(code, key, true);
        let place = code == "KeyA";
        assert!(
            if place {
                result.is_ok()
            } else {
                matches!(result, Err(InputError::NoSuchKey))
            },
            "{code} {key}"
        );
        desk.sink.release_all();
    }
    Ok(())
}

#[test]
fn no_more_keys_are_held_than_fingers_could() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let refused = (0..200).find(|number| desk.key(&format!("Made{number}"), "a", true).is_err());
    assert!(refused.is_some_and(|number| number <= 64), "{refused:?}");
    desk.sink.release_all();
    assert_eq!(desk.server_holds()?.len(), 0);
    Ok(())
}

#[test]
fn a_terminal_gets_every_character_at_full_speed() -> Result<()> {
    for layout in ["us", "fr"] {
        let display = Xvfb::start("640x480x24", &[])?;
        let (server, root) = display.connect()?;
        ensure!(
            Command::new("setxkbmap")
                .args(["-display", display.name(), layout])
                .status()?
                .success()
        );
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("typed");
        let mut terminal = Command::new("xterm")
            .args(["-display", display.name(), "-u8", "-e", "sh", "-c", "cat > \"$TYPED\""])
            .env("TYPED", &file)
            .env("LC_ALL", "C.UTF-8")
            // It complains about fonts.
            .stderr(Stdio::null())
            .spawn()?;
        // It is ready when `cat` runs, which is when the file is there; the pointer over it gives it the keyboard.
        let deadline = Instant::now() + Duration::from_secs(20);
        while !file.exists() {
            ensure!(Instant::now() < deadline, "the terminal did not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
        server.warp_pointer(x11rb::NONE, root.root, 0, 0, 0, 0, 50, 50)?;
        sync(&server)?;
        let mut sink = input::open(Some(display.name()), &[])?;
        let text = "The quick brown fox: 0123456789 <>[]{}|~^@#$%&*()_+-=/\\ été à la €";
        for (key, code) in text
            .chars()
            .map(|key| (key.to_string(), "KeyA"))
            .chain([("Enter".to_owned(), "Enter")])
        {
            for pressed in [true, false] {
                sink.apply(&InputEvent::Key {
                    code: code.to_owned(),
                    key: key.clone(),
                    how: KeyMode::Character,
                    pressed,
                })?;
            }
        }
        let deadline = Instant::now() + Duration::from_secs(10);
        while std::fs::read_to_string(&file)?.trim_end() != text {
            ensure!(
                Instant::now() < deadline,
                "on {layout}: {:?}",
                std::fs::read_to_string(&file)?
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        terminal.kill()?;
        terminal.wait()?;
    }
    Ok(())
}
