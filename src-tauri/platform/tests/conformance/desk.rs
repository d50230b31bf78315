//! A display with a window of another program, and pointer and keyboard under test.

use std::process::Command;

use anyhow::{Result, ensure};
use renfort_engine::seams::{InputError, InputSink};
use renfort_platform::input;
use renfort_protocol::input::{Button, InputEvent};
use renfort_protocol::keyboard::KeyMode;
use x11rb::connection::Connection as _;
use x11rb::protocol::xkb::{ConnectionExt as _, Group, ID};
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use crate::window::{Got, Window};
use crate::xvfb::Xvfb;

/// Shift in the server's mask of modifiers.
pub const SHIFT: u16 = 1;
/// Caps Lock.
pub const LOCK: u16 = 2;
/// Control.
pub const CONTROL: u16 = 4;
/// Alt.
pub const ALT: u16 = 8;
/// Num Lock.
pub const NUM: u16 = 16;

/// A display with a window of another program, and the sink under test.
pub struct Desk {
    pub display: Xvfb,
    pub server: RustConnection,
    pub root: u32,
    pub window: Window,
    pub sink: Box<dyn InputSink>,
}

impl Desk {
    pub fn new(layout: &str) -> Result<Self> {
        let display = Xvfb::start("640x480x24", &[])?;
        let (server, root) = display.connect()?;
        let sink = input::open(Some(display.name()), &[])?;
        let window = Window::open(&display)?;
        let desk = Self {
            display,
            server,
            root: root.root,
            window,
            sink,
        };
        desk.layout(layout)?;
        Ok(desk)
    }

    pub fn layout(&self, layout: &str) -> Result<()> {
        let status = Command::new("setxkbmap")
            .args(["-display", self.display.name(), layout])
            .status()?;
        ensure!(status.success(), "setxkbmap {layout}");
        Ok(())
    }

    /// Everything that reached the window of what was done so far.
    pub fn settle(&self) -> Result<Vec<Got>> {
        let event = ClientMessageEvent::new(32, self.window.id(), AtomEnum::STRING, [0; 5]);
        self.server
            .send_event(false, self.window.id(), EventMask::NO_EVENT, event)?
            .check()?;
        self.window.until_message()
    }

    /// Turns lamps of the user's keyboard on.
    pub fn lock(&self, modifiers: u16) -> Result<()> {
        self.set_locks(modifiers, modifiers)
    }

    /// Turns them off.
    pub fn unlock(&self, modifiers: u16) -> Result<()> {
        self.set_locks(modifiers, 0)
    }

    fn set_locks(&self, mask: u16, values: u16) -> Result<()> {
        self.server.xkb_use_extension(1, 0)?.reply()?;
        let (none, group) = (0_u8.into(), Group::M1);
        self.server
            .xkb_latch_lock_state(
                ID::USE_CORE_KBD.into(),
                mask.into(),
                values.into(),
                false,
                group,
                none,
                false,
                0,
            )?
            .check()?;
        Ok(())
    }

    pub fn key(&mut self, code: &str, key: &str, pressed: bool) -> Result<(), InputError> {
        self.sink.apply(&InputEvent::Key {
            code: code.to_owned(),
            key: key.to_owned(),
            how: KeyMode::Character,
            pressed,
        })
    }

    pub fn tap(&mut self, code: &str, key: &str) -> Result<(), InputError> {
        self.key(code, key, true)?;
        self.key(code, key, false)
    }

    pub fn move_to(&mut self, x: u16, y: u16) -> Result<(), InputError> {
        self.sink.apply(&InputEvent::Move { order: 0, x, y })
    }

    pub fn button(&mut self, button: Button, pressed: bool, x: u16, y: u16) -> Result<(), InputError> {
        self.sink.apply(&InputEvent::Button { button, pressed, x, y })
    }

    pub fn wheel(&mut self, dx: i16, dy: i16) -> Result<(), InputError> {
        self.sink.apply(&InputEvent::Wheel { dx, dy, x: 20, y: 20 })
    }

    /// Keys that the server takes for held.
    pub fn server_holds(&self) -> Result<Vec<usize>> {
        let keys = self.server.query_keymap()?.reply()?.keys;
        Ok((0..256)
            .filter(|keycode| keys[keycode / 8] >> (keycode % 8) & 1 == 1)
            .collect())
    }

    pub fn server_mask(&self) -> Result<u16> {
        Ok(self.server.query_pointer(self.root)?.reply()?.mask.into())
    }

    pub fn keymap(&self) -> Result<Vec<u32>> {
        Ok(self.server.get_keyboard_mapping(8, 248)?.reply()?.keysyms)
    }

    /// A window of this process.
    pub fn own_window(&self, parent: u32, x: i16, y: i16) -> Result<u32> {
        let window = self.server.generate_id()?;
        let options = CreateWindowAux::new().override_redirect(1);
        self.server
            .create_window(
                0,
                window,
                parent,
                x,
                y,
                50,
                50,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &options,
            )?
            .check()?;
        self.server.map_window(window)?.check()?;
        Ok(window)
    }
}
