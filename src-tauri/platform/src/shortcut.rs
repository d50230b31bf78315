//! A combination of keys that is heard whichever window has the keyboard: on X11, by a passive grab.
//!
//! Flow: a thread sleeps on a connection of its own until the server tells of the key; when the keymap changes the key is looked
//! for again.
//!
//! Invariant: while no such key is pressed nothing is done; nothing is heard any more once the [`Shortcut`] is dropped.

use std::{
    os::fd::AsRawFd as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use x11rb::{
    connection::Connection as _,
    errors::ReplyError,
    protocol::{
        ErrorKind, Event,
        xproto::{ConnectionExt as _, GrabMode, Keycode, Keysym, ModMask, Window},
    },
    rust_connection::RustConnection,
};
use xkeysym::key;

use crate::readable::{Bell, readable};

/// Longest sleep; nothing is done after it.
const LONGEST: Duration = Duration::from_secs(600);
/// Control, Alt and Shift.
const HELD: [ModMask; 3] = [ModMask::CONTROL, ModMask::M1, ModMask::SHIFT];
/// Caps Lock and Num Lock: a grab is for the exact modifiers, and these do not matter.
const LOCKS: [&[ModMask]; 4] = [&[], &[ModMask::LOCK], &[ModMask::M2], &[ModMask::LOCK, ModMask::M2]];

/// Why a combination is not heard.
#[derive(Debug, thiserror::Error)]
pub enum ShortcutError {
    /// Another program hears it.
    #[error("the combination is taken by another program")]
    Taken,
    /// There is no display, or it went away.
    #[error("no shortcuts: {0}")]
    Unavailable(String),
}

/// As long as it lives, the combination is heard.
#[derive(Debug)]
pub struct Shortcut {
    over: Arc<AtomicBool>,
    bell: Waker,
    thread: Option<JoinHandle<()>>,
}

impl Shortcut {
    /// Hears of Ctrl+Alt+Shift+S on a display (none: the default one): `pressed` is called, from another thread, each time.
    /// On a keyboard without an S nothing is heard until a keymap comes that has one.
    ///
    /// This, and the end of it, wait for the X server, which another program may hold.
    ///
    /// # Errors
    /// When the combination cannot be heard of.
    pub fn listen(display: Option<&str>, pressed: impl Fn() + Send + 'static) -> Result<Self, ShortcutError> {
        let (connection, screen) = x11rb::connect(display).map_err(unavailable)?;
        let roots = &connection.setup().roots;
        let root = roots.get(screen).ok_or_else(|| unavailable("no such screen"))?.root;
        let bell = Bell::new().map_err(unavailable)?;
        let over = Arc::new(AtomicBool::new(false));
        let mut grab = Grab {
            connection,
            root,
            keycode: None,
        };
        grab.grab()?;
        let waker = bell.waker();
        let thread = std::thread::Builder::new()
            .name("renfort-shortcut".to_owned())
            .spawn({
                let over = Arc::clone(&over);
                move || {
                    if let Err(error) = grab.hear(&bell, &over, &pressed) {
                        tracing::warn!(%error, "the shortcut is not heard any more");
                    }
                }
            })
            .map_err(unavailable)?;
        Ok(Self {
            over,
            bell: waker,
            thread: Some(thread),
        })
    }
}

impl Drop for Shortcut {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        self.bell.wake_by_ref();
        // Its connection ends with it, and the grab with that: the next one finds the key free.
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the shortcut's thread failed");
        }
    }
}

struct Grab {
    connection: RustConnection,
    root: Window,
    /// What is grabbed.
    keycode: Option<Keycode>,
}

impl Grab {
    fn hear(&mut self, bell: &Bell, over: &AtomicBool, pressed: &impl Fn()) -> Result<(), ShortcutError> {
        while !over.load(Ordering::SeqCst) {
            if let Some(event) = self.connection.poll_for_event().map_err(unavailable)? {
                match event {
                    Event::KeyPress(_) => pressed(),
                    Event::MappingNotify(_) => self.follow_keymap()?,
                    _ => {}
                }
                continue;
            }
            let sources = [self.connection.stream().as_raw_fd(), bell.source()];
            readable(sources, Instant::now() + LONGEST).map_err(unavailable)?;
        }
        Ok(())
    }

    /// A keymap whose key is taken may be followed by another one.
    fn follow_keymap(&mut self) -> Result<(), ShortcutError> {
        match self.grab() {
            Err(error @ ShortcutError::Taken) => {
                tracing::warn!(%error, "the shortcut is not heard with this keyboard");
                Ok(())
            }
            done => done,
        }
    }

    /// Where the key is now. A keymap without it changes nothing: another one may follow, and until then its last place is
    /// the only one that the person may know.
    fn grab(&mut self) -> Result<(), ShortcutError> {
        let Some(found) = self.find()? else {
            tracing::warn!("this keyboard has no key for the shortcut");
            return Ok(());
        };
        if self.keycode == Some(found) {
            return Ok(());
        }
        self.release()?;
        self.keycode = Some(found);
        let mut grabbed = Ok(());
        for modifiers in combinations() {
            let asynchronous = GrabMode::ASYNC;
            let answer = self
                .connection
                .grab_key(false, self.root, modifiers, found, asynchronous, asynchronous)
                .map_err(unavailable)?
                .check();
            match answer {
                Ok(()) => {}
                Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => {
                    grabbed = Err(ShortcutError::Taken);
                }
                Err(error) => return Err(unavailable(error)),
            }
        }
        if grabbed.is_err() {
            self.release()?;
        }
        grabbed
    }

    fn release(&mut self) -> Result<(), ShortcutError> {
        if let Some(keycode) = self.keycode.take() {
            for modifiers in combinations() {
                let released = self.connection.ungrab_key(keycode, self.root, modifiers);
                released.map_err(unavailable)?.check().map_err(unavailable)?;
            }
        }
        Ok(())
    }

    /// The key that has an S on it, rather in the first layout than in another one.
    ///
    /// A key with nothing but one keysym on it is not the user's: such keys are bound to type what their keyboard cannot, and
    /// a technician who types an S would draw the shortcut away from the key under the user's hand.
    fn find(&self) -> Result<Option<Keycode>, ShortcutError> {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self
            .connection
            .get_keyboard_mapping(first, last - first + 1)
            .map_err(unavailable)?
            .reply()
            .map_err(unavailable)?;
        let width = usize::from(map.keysyms_per_keycode).max(1);
        let is_s = |keysym: &Keysym| [key::s, key::S].contains(keysym);
        let keys = || {
            (first..=last)
                .zip(map.keysyms.chunks(width))
                .filter(|(_, keysyms)| is_mixed(keysyms))
        };
        let found = (0..width).find_map(|column| keys().find(|(_, keysyms)| keysyms.get(column).is_some_and(is_s)));
        Ok(found.map(|(keycode, _)| keycode))
    }
}

/// Has the key more than one keysym on it?
fn is_mixed(keysyms: &[Keysym]) -> bool {
    let mut there = keysyms.iter().filter(|&&keysym| keysym != key::NoSymbol);
    let first = there.next();
    there.any(|other| Some(other) != first)
}

fn combinations() -> impl Iterator<Item = ModMask> {
    LOCKS.iter().map(|locks| {
        HELD.iter()
            .chain(*locks)
            .fold(ModMask::from(0_u16), |all, one| all | *one)
    })
}

fn unavailable(error: impl std::fmt::Display) -> ShortcutError {
    ShortcutError::Unavailable(error.to_string())
}
