//! What the seam of layouts tells, and what happens when the layout changes in the middle.

use std::{
    collections::BTreeMap,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use renfort_engine::seams::KeyboardLayouts;
use renfort_platform::input;
use renfort_protocol::{input::InputEvent, keyboard::KeyMode};
use x11rb::protocol::xkb::{ConnectionExt as _, Group, ID};
use x11rb::protocol::xproto::ConnectionExt as _;

use super::client::Client;
use super::technician::{Hands, Technician};
use super::{LAYOUTS, name};
use crate::{
    desk::{Desk, LOCK, NUM},
    xvfb::Xvfb,
};

fn told(layouts: &mut dyn KeyboardLayouts) -> Result<Option<String>> {
    let layout = layouts.current()?;
    Ok(layout.map(|layout| {
        name((
            layout.layout.as_str(),
            layout.variant.as_ref().map_or("", |name| name.as_str()),
        ))
    }))
}

fn set(display: &Xvfb, arguments: &[&str]) -> Result<()> {
    let mut set = Command::new("setxkbmap");
    ensure!(
        set.args(["-display", display.name()])
            .args(arguments)
            .status()?
            .success()
    );
    Ok(())
}

#[test]
fn the_layout_is_told_by_its_name_and_every_change_is_followed() -> Result<()> {
    let display = Xvfb::start("640x480x24", &[])?;
    let mut layouts = input::layouts(Some(display.name()))?;
    assert_eq!(told(layouts.as_mut())?.as_deref(), Some("us"));
    for (layout, variant) in LAYOUTS {
        set(&display, &["-layout", layout, "-variant", variant])?;
        assert_eq!(told(layouts.as_mut())?, Some(name((layout, variant))));
    }
    set(&display, &["-layout", "us,fr", "-variant", ",oss"])?;
    assert_eq!(told(layouts.as_mut())?.as_deref(), Some("us"));
    let (server, _) = display.connect()?;
    server.xkb_use_extension(1, 0)?.reply()?;
    let none = 0_u8.into();
    server
        .xkb_latch_lock_state(ID::USE_CORE_KBD.into(), none, none, true, Group::M2, none, false, 0)?
        .check()?;
    assert_eq!(told(layouts.as_mut())?.as_deref(), Some("fr(oss)"));
    Ok(())
}

#[test]
fn whoever_waits_for_another_layout_is_woken_by_it_and_by_nothing_else() -> Result<()> {
    let display = Xvfb::start("640x480x24", &[])?;
    let mut layouts = input::layouts(Some(display.name()))?;
    assert_eq!(told(layouts.as_mut())?.as_deref(), Some("us"));
    let (quiet, long) = (Duration::from_millis(300), Duration::from_secs(10));
    let began = Instant::now();
    layouts.wait(quiet)?;
    assert!(began.elapsed() >= quiet);
    set(&display, &["fr"])?;
    let began = Instant::now();
    while told(layouts.as_mut())?.as_deref() != Some("fr") {
        layouts.wait(long)?;
    }
    assert!(began.elapsed() < long / 2);
    Ok(())
}

#[test]
fn a_keymap_that_was_not_made_by_its_name_has_none() -> Result<()> {
    let display = Xvfb::start("640x480x24", &[])?;
    set(&display, &["fr"])?;
    let mut layouts = input::layouts(Some(display.name()))?;
    assert_eq!(told(layouts.as_mut())?.as_deref(), Some("fr"));
    // Another keymap comes past the names, as a compositor's into a nested server.
    let map = Command::new("setxkbmap")
        .args(["-display", display.name(), "-print", "de"])
        .output()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("map.xkb");
    std::fs::write(&file, map.stdout)?;
    let mut compile = Command::new("xkbcomp");
    ensure!(
        compile
            .args(["-w", "0"])
            .arg(&file)
            .arg(display.name())
            .status()?
            .success()
    );
    assert_eq!(told(layouts.as_mut())?, None);
    Ok(())
}

#[test]
fn a_display_that_is_gone_is_told_as_an_error() -> Result<()> {
    let mut display = Xvfb::start("640x480x24", &[])?;
    let mut layouts = input::layouts(Some(display.name()))?;
    layouts.current()?;
    display.kill()?;
    assert!(layouts.current().is_err() || layouts.current().is_err());
    assert!(input::layouts(Some(":9999")).is_err());
    Ok(())
}

#[test]
fn another_layout_at_the_users_counts_from_the_next_key_on() -> Result<()> {
    let technician = Technician::new(("us", ""))?;
    let mut desk = Desk::new("us")?;
    let mut client = Client::new(&desk)?;
    for layout in ["fr", "de", "ru", "us", "be"] {
        desk.layout(layout)?;
        for character in "azY/@?{é€ж".chars() {
            let press = technician.press_of(character);
            let mut hands = Hands {
                sink: desk.sink.as_mut(),
                how: KeyMode::Character,
            };
            match press {
                Some(press) => hands.tap(&press)?,
                // Composed on the technician's side.
                None => {
                    let any = technician.press_of('e').context("every keyboard has an e")?;
                    hands.compose(&any, &any, &character.to_string())?;
                    let both = client.text(&desk)?;
                    assert_eq!(both, format!("e{character}"), "on {layout}");
                    continue;
                }
            }
            assert_eq!(client.text(&desk)?, character.to_string(), "on {layout}");
        }
    }
    Ok(())
}

#[test]
fn the_end_of_a_session_puts_keymap_and_lamps_back_also_after_another_layout() -> Result<()> {
    for layouts in [&["fr"][..], &["fr", "de"], &["us", "ru", "be"]] {
        let mut desk = Desk::new("us")?;
        let mut before = desk.keymap()?;
        desk.lock(NUM)?;
        let lamps = InputEvent::Locks {
            caps: true,
            num: Some(false),
        };
        for layout in layouts {
            desk.layout(layout)?;
            before = desk.keymap()?;
            desk.sink.apply(&lamps)?;
            for character in ["中", "☃", "ê"] {
                desk.tap("KeyA", character)?;
            }
            assert_ne!(desk.keymap()?, before, "{layout} has all of these");
        }
        assert_eq!(desk.server_mask()? & (LOCK | NUM), LOCK);
        // The session's own sink ends when another one takes its place.
        desk.sink = input::open(Some(desk.display.name()), &[])?;
        assert_eq!(desk.keymap()?, before, "{layouts:?}");
        assert_eq!(desk.server_mask()? & (LOCK | NUM), NUM, "{layouts:?}");
        assert_eq!(desk.server_holds()?, [0_usize; 0]);
    }
    Ok(())
}

#[test]
fn a_spare_key_that_the_user_gave_a_meaning_meanwhile_keeps_it() -> Result<()> {
    let mut desk = Desk::new("us")?;
    let before = desk.keymap()?;
    desk.tap("KeyA", "中")?;
    let after = desk.keymap()?;
    let at = before.iter().zip(&after).position(|(before, after)| before != after);
    let per_key = after.len() / 248;
    let keycode = u8::try_from(8 + at.context("nothing was put on a key")? / per_key)?;
    desk.server
        .change_keyboard_mapping(1, keycode, 1, &[xkeysym::key::F20])?
        .check()?;
    desk.sink.release_all();
    let kept = desk.server.get_keyboard_mapping(keycode, 1)?.reply()?.keysyms;
    assert_eq!(kept.first(), Some(&xkeysym::key::F20));
    Ok(())
}

/// Without modifiers, in the browser technician's table, with which a browser's meanings of keys are compared.
#[test]
fn the_interfaces_table_of_layouts_is_that_of_the_keymaps() -> Result<()> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/host/browser/layouts.json");
    let table: BTreeMap<String, Vec<String>> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    for layout in LAYOUTS {
        assert!(table.contains_key(&name(layout)), "{layout:?} is not in the table");
    }
    for (layout, rows) in table {
        let (plain, variant) = layout.split_once('(').unwrap_or((&layout, ""));
        let technician = Technician::new((plain, variant.trim_end_matches(')')))?;
        let told: String = rows.concat();
        assert_eq!(technician.base_row(), told, "{layout}");
    }
    Ok(())
}
