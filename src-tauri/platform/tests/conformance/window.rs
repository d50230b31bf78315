//! A window of another program, which tells what reaches it.
//!
//! Windows of the test's own process are Renfort's own windows for the sink under test. So this starts the test program
//! again; there [`the_window_program`] shows the window and prints what it gets, one line an event.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xkb::{ConnectionExt as _, EventType, ID, MapPart, SelectEventsAux};
use x11rb::protocol::xproto::{
    ConnectionExt as _, CreateWindowAux, EventMask, GetKeyboardMappingReply, InputFocus, KeyPressEvent, WindowClass,
};
use xkeysym::Keysym;

use crate::xvfb::Xvfb;

/// Set, to how many windows it holds one in the other, in the program that is only the window.
const ROLE: &str = "RENFORT_TEST_WINDOW";
const PATIENCE: Duration = Duration::from_secs(10);
const QUIET: Duration = Duration::from_millis(200);
/// What of an event's state is modifiers.
const MODIFIERS: u16 = 0xff;

/// What reached the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Got {
    /// A key, with what it means under the modifiers of that moment.
    Key {
        pressed: bool,
        keycode: u8,
        modifiers: u16,
        keysym: u32,
    },
    /// A button.
    Button { pressed: bool, button: u8, x: i16, y: i16 },
    /// The pointer.
    Moved { x: i16, y: i16 },
}

/// Its corner is that of the screen.
pub struct Window {
    program: Child,
    lines: Receiver<String>,
    mapping_changed: Cell<bool>,
    id: u32,
}

/// Its width and height.
pub const SIDES: (u16, u16) = (300, 200);
/// Where the outermost window in it lies.
pub const WRAPPER: (i16, i16) = (100, 100);

impl Window {
    /// Shows it, with the keyboard.
    pub fn open(display: &Xvfb) -> Result<Self> {
        Self::open_wrapped(display, 0)
    }

    /// The same, with so many windows in it, one in the other, at [`WRAPPER`].
    pub fn open_wrapped(display: &Xvfb, wrappers: u8) -> Result<Self> {
        let mut program = Command::new(std::env::current_exe()?)
            .args(["--exact", "window::the_window_program", "--nocapture"])
            .env(ROLE, wrappers.to_string())
            .env("DISPLAY", display.name())
            .stdout(Stdio::piped())
            // Its display goes away under it at the end of each test.
            .stderr(Stdio::null())
            .spawn()?;
        let output = BufReader::new(program.stdout.take().context("no output")?);
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some(event) = line.strip_prefix("got ")
                    && sender.send(event.to_owned()).is_err()
                {
                    return;
                }
            }
        });
        let mut window = Self {
            program,
            lines,
            mapping_changed: Cell::new(false),
            id: 0,
        };
        window.id = window.line(PATIENCE).context("it did not come up")?.parse()?;
        Ok(window)
    }

    /// Of the window.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Of its program.
    pub fn pid(&self) -> u32 {
        self.program.id()
    }

    /// What comes next.
    pub fn next(&self) -> Result<Got> {
        parse(&self.line(PATIENCE).context("nothing reached the window")?)
    }

    /// Everything until it is quiet.
    pub fn all(&self) -> Result<Vec<Got>> {
        let mut all = Vec::new();
        while let Some(line) = self.line(QUIET) {
            all.push(parse(&line)?);
        }
        Ok(all)
    }

    /// Everything until a message of another program comes.
    pub fn until_message(&self) -> Result<Vec<Got>> {
        let mut all = Vec::new();
        loop {
            let line = self.line(PATIENCE).context("the message did not reach the window")?;
            if line == "message" {
                return Ok(all);
            }
            all.push(parse(&line)?);
        }
    }

    /// Did the keyboard change since the last call, as far as the window was told?
    pub fn mapping_changed(&self) -> bool {
        self.mapping_changed.replace(false)
    }

    fn line(&self, patience: Duration) -> Option<String> {
        loop {
            let line = self.lines.recv_timeout(patience).ok()?;
            if line != "mapping" {
                return Some(line);
            }
            self.mapping_changed.set(true);
        }
    }

    /// The characters that were typed, until it is quiet.
    pub fn typed(&self) -> Result<String> {
        Ok(self.all()?.iter().filter_map(Got::typed).collect())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // It ends with its display, too.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Got {
    /// The character of a press.
    pub fn typed(&self) -> Option<char> {
        match self {
            Self::Key {
                pressed: true, keysym, ..
            } => Keysym::new(*keysym).key_char(),
            _ => None,
        }
    }
}

fn parse(line: &str) -> Result<Got> {
    let words: Vec<&str> = line.split(' ').collect();
    Ok(match words[..] {
        ["key", pressed, keycode, modifiers, keysym] => Got::Key {
            pressed: pressed == "true",
            keycode: keycode.parse()?,
            modifiers: modifiers.parse()?,
            keysym: keysym.parse()?,
        },
        ["button", pressed, button, x, y] => Got::Button {
            pressed: pressed == "true",
            button: button.parse()?,
            x: x.parse()?,
            y: y.parse()?,
        },
        ["moved", x, y] => Got::Moved {
            x: x.parse()?,
            y: y.parse()?,
        },
        _ => bail!("{line}"),
    })
}

/// Not a test of its own: what [`Window`] runs.
#[test]
fn the_window_program() -> Result<()> {
    let Ok(wrappers) = std::env::var(ROLE) else {
        return Ok(());
    };
    let (connection, screen) = x11rb::connect(None)?;
    let (setup, root) = (connection.setup(), &connection.setup().roots[screen]);
    let window = connection.generate_id()?;
    let events = EventMask::KEY_PRESS
        | EventMask::KEY_RELEASE
        | EventMask::BUTTON_PRESS
        | EventMask::BUTTON_RELEASE
        | EventMask::POINTER_MOTION;
    let options = CreateWindowAux::new().event_mask(events).override_redirect(1);
    let (width, height) = SIDES;
    connection.create_window(
        0,
        window,
        root.root,
        0,
        0,
        width,
        height,
        0,
        WindowClass::INPUT_OUTPUT,
        0,
        &options,
    )?;
    connection.map_window(window)?.check()?;
    let (mut parent, mut place) = (window, WRAPPER);
    for _ in 0..wrappers.parse::<u8>()? {
        let wrapper = connection.generate_id()?;
        let (class, none) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        connection.create_window(0, wrapper, parent, place.0, place.1, 80, 80, 0, class, 0, &none)?;
        connection.map_window(wrapper)?.check()?;
        (parent, place) = (wrapper, (0, 0));
    }
    connection
        .set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)?
        .check()?;
    // Programs that know of XKB are told the group in an event's state, the others have it folded into the modifiers.
    connection.xkb_use_extension(1, 0)?.reply()?;
    let (parts, changes) = (
        MapPart::KEY_SYMS,
        EventType::NEW_KEYBOARD_NOTIFY | EventType::MAP_NOTIFY,
    );
    let details = SelectEventsAux::new();
    connection
        .xkb_select_events(
            ID::USE_CORE_KBD.into(),
            EventType::from(0_u16),
            changes,
            parts,
            parts,
            &details,
        )?
        .check()?;
    let first = setup.min_keycode;
    let read = || -> Result<GetKeyboardMappingReply> {
        Ok(connection
            .get_keyboard_mapping(first, setup.max_keycode - first + 1)?
            .reply()?)
    };
    let mut mapping = read()?;
    println!("\ngot {window}");
    loop {
        match connection.wait_for_event()? {
            Event::MappingNotify(_) | Event::XkbMapNotify(_) | Event::XkbNewKeyboardNotify(_) => {
                mapping = read()?;
                println!("got mapping");
            }
            Event::ClientMessage(_) => println!("got message"),
            Event::KeyPress(event) => print_key(&mapping, first, event, true),
            Event::KeyRelease(event) => print_key(&mapping, first, event, false),
            Event::ButtonPress(event) => {
                println!("got button true {} {} {}", event.detail, event.event_x, event.event_y)
            }
            Event::ButtonRelease(event) => {
                println!("got button false {} {} {}", event.detail, event.event_x, event.event_y);
            }
            Event::MotionNotify(event) => println!("got moved {} {}", event.event_x, event.event_y),
            _ => {}
        }
    }
}

/// The rules of the core protocol, as XKB translates its maps for programs that know only that: two levels of the first
/// group, two of the second, then the further levels of the first.
fn print_key(mapping: &GetKeyboardMappingReply, first: u8, event: KeyPressEvent, pressed: bool) {
    let (width, state) = (usize::from(mapping.keysyms_per_keycode), u16::from(event.state));
    let (shift, caps, level3) = (state & 1 != 0, state & 2 != 0, state & 0x80 != 0);
    let second_group = state & 0x2000 != 0;
    let column = usize::from(shift)
        + if level3 {
            4
        } else if second_group {
            2
        } else {
            0
        };
    let at = usize::from(event.detail - first) * width;
    let row = &mapping.keysyms[at..at + width];
    let mut keysym = row
        .get(column)
        .copied()
        .filter(|&keysym| keysym != 0)
        .unwrap_or(row[usize::from(shift)]);
    if caps && let Some(character) = Keysym::new(keysym).key_char() {
        let other = if shift {
            character.to_lowercase().next()
        } else {
            character.to_uppercase().next()
        };
        if character.is_alphabetic() {
            keysym = other.map_or(keysym, |other| Keysym::from_char(other).raw());
        }
    }
    if std::env::var_os("DBG").is_some() {
        println!("got moved {} {}", state, column);
    }
    println!("got key {pressed} {} {} {keysym}", event.detail, state & MODIFIERS);
}
