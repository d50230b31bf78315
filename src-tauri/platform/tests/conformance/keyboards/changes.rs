//! What the seam of layouts tells, and what happens when the layout changes in the middle.

use std::{collections::BTreeMap, process::Command};

use anyhow::{Context as _, Result, ensure};
use renfort_engine::seams::KeyboardLayouts;
use renfort_platform::input;
use renfort_protocol::keyboard::KeyMode;
use x11rb::protocol::xkb::{ConnectionExt as _, Group, ID};

use super::client::Client;
use super::technician::{Hands, Technician};
use super::{LAYOUTS, name};
use crate::{desk::Desk, xvfb::Xvfb};

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
