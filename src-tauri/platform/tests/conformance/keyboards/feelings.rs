//! What a keyboard feels like beyond single characters: repeats, lamps, shortcuts with named keys, texts.

use std::time::Duration;

use anyhow::Result;
use renfort_protocol::{input::InputEvent, keyboard::KeyMode};

use super::client::Client;
use crate::desk::{ALT, CONTROL, Desk, LOCK, NUM, SHIFT};

fn key(desk: &mut Desk, code: &str, key: &str, how: KeyMode, pressed: bool) -> Result<()> {
    desk.sink.apply(&InputEvent::Key {
        code: code.to_owned(),
        key: key.to_owned(),
        how,
        pressed,
    })?;
    Ok(())
}

#[test]
fn a_held_key_repeats_as_the_users_system_repeats_it_in_both_modes() -> Result<()> {
    for (how, character) in [(KeyMode::Character, 'Q'), (KeyMode::Physical, 'a')] {
        let mut desk = Desk::new("fr")?;
        let mut client = Client::new(&desk)?;
        key(&mut desk, "KeyQ", "Q", how, true)?;
        // The technician's own system repeats, too; that must not add to it.
        for _ in 0..20 {
            key(&mut desk, "KeyQ", "Q", how, true)?;
            std::thread::sleep(Duration::from_millis(50));
        }
        key(&mut desk, "KeyQ", "Q", how, false)?;
        let text = client.text(&desk)?;
        assert!(text.chars().all(|got| got == character), "{text}");
        assert!((3..=20).contains(&text.len()), "{text}");
        assert_eq!(desk.server_holds()?, [0_usize; 0]);
    }
    Ok(())
}

#[test]
fn the_lamps_are_the_technicians_until_everything_is_released() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    let mut client = Client::new(&desk)?;
    desk.lock(NUM)?;
    let lamps = |desk: &Desk| Ok::<_, anyhow::Error>(desk.server_mask()? & (LOCK | NUM));
    let locks = |caps, num| InputEvent::Locks { caps, num };
    desk.sink.apply(&locks(true, Some(false)))?;
    assert_eq!(lamps(&desk)?, LOCK);
    for pressed in [true, false] {
        key(&mut desk, "KeyQ", "A", KeyMode::Physical, pressed)?;
    }
    assert_eq!(client.text(&desk)?, "A");
    desk.sink.apply(&locks(false, Some(true)))?;
    assert_eq!(lamps(&desk)?, NUM);
    // The key itself works as at the machine.
    for pressed in [true, false] {
        key(&mut desk, "CapsLock", "CapsLock", KeyMode::Physical, pressed)?;
    }
    assert_eq!(lamps(&desk)?, LOCK | NUM);
    desk.sink.release_all();
    assert_eq!(lamps(&desk)?, NUM);
    // Where there is no Num Lock, the user's stays.
    desk.sink.apply(&locks(true, None))?;
    assert_eq!(lamps(&desk)?, LOCK | NUM);
    desk.sink.release_all();
    assert_eq!(lamps(&desk)?, NUM);
    Ok(())
}

#[test]
fn shortcuts_with_named_keys_are_the_same_in_both_modes() -> Result<()> {
    for how in [KeyMode::Character, KeyMode::Physical] {
        let mut desk = Desk::new("fr")?;
        let mut client = Client::new(&desk)?;
        for (held, (code, name), keycode, modifiers) in [
            (&[("AltLeft", "Alt")][..], ("F4", "F4"), 70, ALT),
            (
                &[("ControlLeft", "Control"), ("ShiftLeft", "Shift")],
                ("KeyT", "T"),
                28,
                CONTROL | SHIFT,
            ),
            (
                &[("ControlLeft", "Control"), ("AltLeft", "Alt")],
                ("Delete", "Delete"),
                119,
                CONTROL | ALT,
            ),
            (&[("ShiftLeft", "Shift")], ("Tab", "Tab"), 23, SHIFT),
        ] {
            for (code, name) in held {
                key(&mut desk, code, name, how, true)?;
            }
            key(&mut desk, code, name, how, true)?;
            key(&mut desk, code, name, how, false)?;
            for (code, name) in held.iter().rev() {
                key(&mut desk, code, name, how, false)?;
            }
            let got: Vec<_> = client
                .presses(&desk)?
                .iter()
                .map(|read| (read.keycode, read.modifiers))
                .collect();
            assert_eq!(got, [(keycode, modifiers)], "{code} {how:?}");
            assert_eq!(desk.server_holds()?, [0_usize; 0]);
        }
    }
    Ok(())
}

#[test]
fn a_text_that_is_typed_for_the_technician_arrives_at_full_speed() -> Result<()> {
    let text = "Mot de passe : Ünïcödé→中文字符測試統一碼 «été» €/$ {[|]}~ œuvre 😀\n\tfin";
    for layout in ["fr", "us", "ch"] {
        let mut desk = Desk::new(layout)?;
        let mut client = Client::new(&desk)?;
        let mut arrived = String::new();
        for character in text.chars() {
            let name = match character {
                '\n' => "Enter".to_owned(),
                '\t' => "Tab".to_owned(),
                character => character.to_string(),
            };
            key(&mut desk, "", &name, KeyMode::Character, true)?;
            key(&mut desk, "", &name, KeyMode::Character, false)?;
            arrived.push_str(&client.text(&desk)?.replace('\r', "\n"));
        }
        assert_eq!(arrived, text, "on {layout}");
    }
    Ok(())
}

#[test]
fn a_place_that_this_keyboard_does_not_have_goes_by_what_it_means() -> Result<()> {
    let mut desk = Desk::new("fr")?;
    let mut client = Client::new(&desk)?;
    for code in ["", "Unidentified", "Soft1"] {
        for pressed in [true, false] {
            key(&mut desk, code, "é", KeyMode::Physical, pressed)?;
        }
        assert_eq!(client.text(&desk)?, "é");
    }
    Ok(())
}
