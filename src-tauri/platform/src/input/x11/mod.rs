//! Pointer and keyboard of X11.
//!
//! Flow: an event first passes [`own_windows`]; then [`pointer`] or [`keys`] carries it out through [`injector`]. Keys
//! are resolved on the keymap that the server has at that moment ([`keymap`], [`stroke`]); what no key gives is put on a
//! spare one ([`spare_keys`]).
//!
//! Invariant: a release is always carried out, wherever it goes; only presses, moves and the wheel are refused.

mod injector;
mod keymap;
mod keys;
mod layouts;
mod locks;
mod names;
mod own_windows;
mod pointer;
mod spare_keys;
mod stroke;

use renfort_engine::leg;
use renfort_engine::seams::{InputError, InputSink};
use renfort_protocol::input::InputEvent;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::Window;
use x11rb::rust_connection::RustConnection;

use injector::Injector;
use keys::Keys;
pub(super) use layouts::open as layouts;
use own_windows::{Aim, OwnWindows};
use pointer::Pointer;

/// A connection for what is asked of the server; what is injected goes through [`Injector`].
struct Display {
    connection: RustConnection,
    root: Window,
}

struct X11Sink {
    display: Display,
    injector: Injector,
    own_windows: OwnWindows,
    pointer: Pointer,
    keys: Keys,
}

/// Opens both.
pub(super) fn open(display: Option<&str>, own_pids: &[u32]) -> Result<Box<dyn InputSink>, InputError> {
    let injector = Injector::open(display)?;
    let (connection, screen) = x11rb::connect(display).map_err(unavailable)?;
    let root = connection
        .setup()
        .roots
        .get(screen)
        .ok_or_else(|| unavailable("no such screen"))?
        .root;
    let display = Display { connection, root };
    let own_windows = OwnWindows::new(&display, own_pids)?;
    let keys = Keys::new(&display)?;
    Ok(Box::new(X11Sink {
        display,
        injector,
        own_windows,
        pointer: Pointer::default(),
        keys,
    }))
}

impl InputSink for X11Sink {
    fn apply(&mut self, event: &InputEvent) -> Result<(), InputError> {
        match event {
            InputEvent::Move { x, y, .. } => {
                self.refuse_own_at(*x, *y, Aim::Pointing)?;
                leg::mark("move: resolved");
                self.injector.move_to(*x, *y)
            }
            InputEvent::Button {
                button,
                pressed: true,
                x,
                y,
            } => {
                self.refuse_own_at(*x, *y, Aim::Acting)?;
                self.keys.end_stroke(&self.display, &mut self.injector)?;
                self.injector.move_to(*x, *y)?;
                self.pointer.press(&mut self.injector, *button)
            }
            InputEvent::Button {
                button,
                pressed: false,
                x,
                y,
            } => {
                // Over a window of this program the button goes up where the pointer was allowed to be last.
                if self.pointer.holds(*button) && self.refuse_own_at(*x, *y, Aim::Acting).is_ok() {
                    self.injector.move_to(*x, *y)?;
                }
                self.pointer.release(&mut self.injector, *button)
            }
            InputEvent::Wheel { dx, dy, x, y } => {
                self.refuse_own_at(*x, *y, Aim::Acting)?;
                self.keys.end_stroke(&self.display, &mut self.injector)?;
                self.injector.move_to(*x, *y)?;
                self.pointer.scroll(&mut self.injector, *dx, *dy)
            }
            InputEvent::Key {
                code,
                key,
                how,
                pressed: true,
            } => {
                if self.own_windows.has_focus(&self.display)? {
                    return Err(InputError::OwnWindow);
                }
                self.keys.press(&self.display, &mut self.injector, code, key, *how)
            }
            InputEvent::Key {
                code,
                key,
                pressed: false,
                ..
            } => self.keys.release(&self.display, &mut self.injector, code, key),
            InputEvent::Locks { caps, num } => self.keys.set_locks(&self.display, *caps, *num),
            InputEvent::ReleaseAll => {
                self.release_all();
                Ok(())
            }
        }
    }

    fn release_all(&mut self) {
        self.keys.release_all(&self.display, &mut self.injector);
        self.pointer.release_all(&mut self.injector);
    }

    fn guard(&mut self) {
        // A display that no longer answers may hold anything: let go then, too.
        if self.keys.held() > 0 && self.own_windows.has_focus(&self.display).unwrap_or(true) {
            self.release_all();
        }
    }

    fn held(&self) -> usize {
        self.keys.held() + self.pointer.held()
    }
}

impl X11Sink {
    fn refuse_own_at(&self, x: u16, y: u16, aim: Aim) -> Result<(), InputError> {
        if self.own_windows.is_at(&self.display, x, y, aim)? {
            Err(InputError::OwnWindow)
        } else {
            Ok(())
        }
    }
}

impl Drop for X11Sink {
    fn drop(&mut self) {
        self.release_all();
    }
}

/// Something the display does not do, or a display that is gone.
fn unavailable(error: impl std::fmt::Display) -> InputError {
    InputError::Unavailable(error.to_string())
}
