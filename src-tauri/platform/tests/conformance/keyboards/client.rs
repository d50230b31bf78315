//! A program of the user's: works out what was typed as toolkits do.

use std::{ffi::OsStr, process::Command};

use anyhow::{Context as _, Result, ensure};
use xkbcommon::xkb::{self, Keysym, compose};

use crate::{
    desk::{CONTROL, Desk},
    window::Got,
};

/// See the module.
pub struct Client {
    context: xkb::Context,
    keymap: xkb::Keymap,
    compose: compose::State,
}

/// A press as the client understands it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    pub keycode: u8,
    pub keysym: Keysym,
    /// Modifiers of the event.
    pub modifiers: u16,
}

impl Client {
    pub fn new(desk: &Desk) -> Result<Self> {
        let context = xkb::Context::new(xkb::CONTEXT_NO_FLAGS);
        let table = compose_table(&context)?;
        Ok(Self {
            keymap: fetch(&context, desk)?,
            compose: compose::State::new(&table, compose::STATE_NO_FLAGS),
            context,
        })
    }

    /// Everything that was pressed since the last call, without the modifiers themselves.
    pub fn presses(&mut self, desk: &Desk) -> Result<Vec<Read>> {
        let got = desk.settle()?;
        if desk.window.mapping_changed() {
            self.keymap = fetch(&self.context, desk)?;
        }
        let mut state = xkb::State::new(&self.keymap);
        let mut read = |keycode: u8, modifiers: u16| {
            state.update_mask(modifiers.into(), 0, 0, 0, 0, 0);
            let keysym = state.key_get_one_sym(xkb::Keycode::new(keycode.into()));
            let is_modifier = keysym.is_modifier_key() || keysym == Keysym::ISO_Level3_Shift;
            (!is_modifier).then_some(Read {
                keycode,
                keysym,
                modifiers,
            })
        };
        let presses = got.iter().filter_map(|got| match got {
            Got::Key {
                pressed: true,
                keycode,
                modifiers,
                ..
            } => read(*keycode, *modifiers),
            _ => None,
        });
        Ok(presses.collect())
    }

    /// The text that was typed since the last call, dead keys composed.
    pub fn text(&mut self, desk: &Desk) -> Result<String> {
        let mut text = String::new();
        for press in self.presses(desk)? {
            if press.modifiers & CONTROL != 0 {
                text.push_str("<Ctrl>");
            }
            self.compose.feed(press.keysym);
            match self.compose.status() {
                compose::Status::Composing => continue,
                compose::Status::Composed => text.push_str(&self.compose.utf8().unwrap_or_default()),
                compose::Status::Cancelled => text.push_str("<cancelled>"),
                compose::Status::Nothing => text.extend(press.keysym.key_char()),
            }
            self.compose.reset();
        }
        Ok(text)
    }

    /// All characters of a key, whatever is held.
    pub fn characters(&self, keycode: u8) -> Vec<char> {
        let key = xkb::Keycode::new(keycode.into());
        let levels = 0..self.keymap.num_levels_for_key(key, 0);
        levels
            .flat_map(|level| self.keymap.key_get_syms_by_level(key, 0, level))
            .filter_map(|keysym| keysym.key_char())
            .collect()
    }
}

/// The keymap that the server has, in its own words.
fn fetch(context: &xkb::Context, desk: &Desk) -> Result<xkb::Keymap> {
    let dump = Command::new("xkbcomp")
        .args(["-xkb", "-w", "0", desk.display.name(), "-"])
        .output()
        .context("xkbcomp cannot be started")?;
    ensure!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let format = xkb::KEYMAP_FORMAT_TEXT_V1;
    xkb::Keymap::new_from_string(
        context,
        String::from_utf8(dump.stdout)?,
        format,
        xkb::KEYMAP_COMPILE_NO_FLAGS,
    )
    .context("the server's keymap is not understood")
}

/// What dead keys compose, as in every European locale.
pub fn compose_table(context: &xkb::Context) -> Result<compose::Table> {
    let locale = OsStr::new("en_US.UTF-8");
    compose::Table::new_from_locale(context, locale, compose::COMPILE_NO_FLAGS)
        .map_err(|()| anyhow::anyhow!("there is no Compose file"))
}
