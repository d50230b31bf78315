//! Is this a window of Renfort's?
//!
//! Flow: the windows under a point are walked from the root window to the deepest one; the window with the keyboard is
//! walked up to the root window. A window is ours when the process that made it is (XRes, which the server itself knows)
//! or says so (`_NET_WM_PID`). A window manager's frame counts as the window that it holds, however many windows of its own
//! the manager wraps around it, so that nobody closes one of ours by its title bar.
//!
//! Invariant: input is let through only after the walk came to its end.

use renfort_engine::seams::InputError;
use x11rb::connection::RequestConnection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::res::{self, ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, InputFocus, Window};

use super::{Display, unavailable};

/// Windows are nested less deep than this; a deeper one is treated as ours, since its owner cannot be told.
const MAX_DEPTH: usize = 64;
/// Windows in a frame are nested less deep than this: window managers wrap a window once or twice.
const MAX_FRAME_DEPTH: usize = 8;
/// Windows in a frame that are looked at, the outer ones first; window managers have a handful. What holds more is no
/// frame but a program's own window, in which nothing of ours can be.
const MAX_IN_FRAME: usize = 256;

/// What the pointer is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Only be there: frames do not matter.
    Pointing,
    /// Press a button or turn the wheel.
    Acting,
}

/// See the module.
pub(super) struct OwnWindows {
    pids: Vec<u32>,
    wm_pid: Atom,
    /// On every window that a window manager has taken in (ICCCM 4.1.3.1): no frame any more.
    wm_state: Atom,
    server_knows_pids: bool,
}

impl OwnWindows {
    pub(super) fn new(display: &Display, pids: &[u32]) -> Result<Self, InputError> {
        let connection = &display.connection;
        let atom = |name: &[u8]| -> Result<Atom, InputError> {
            let asked = connection.intern_atom(false, name).map_err(unavailable)?;
            Ok(asked.reply().map_err(unavailable)?.atom)
        };
        let (wm_pid, wm_state) = (atom(b"_NET_WM_PID")?, atom(b"WM_STATE")?);
        let has_res = connection
            .extension_information(res::X11_EXTENSION_NAME)
            .map_err(unavailable)?
            .is_some();
        let server_knows_pids = has_res && {
            let version = connection
                .res_query_version(1, 2)
                .map_err(unavailable)?
                .reply()
                .map_err(unavailable)?;
            (version.server_major, version.server_minor) >= (1, 2)
        };
        let pids = pids.iter().copied().chain([std::process::id()]).collect();
        Ok(Self {
            pids,
            wm_pid,
            wm_state,
            server_knows_pids,
        })
    }

    /// Would input at this point reach a window of ours?
    pub(super) fn is_at(&self, display: &Display, x: u16, y: u16, aim: Aim) -> Result<bool, InputError> {
        let inside = |pixels: u16| i16::try_from(pixels).unwrap_or(i16::MAX);
        let (x, y) = (inside(x), inside(y));
        let mut window = display.root;
        let mut top_level = None;
        for _ in 0..MAX_DEPTH {
            let place = display
                .connection
                .translate_coordinates(display.root, window, x, y)
                .map_err(unavailable)?;
            // It went away on the way down: what lies there now may be ours, so this one is not carried out.
            let Some(place) = existing(place.reply())? else {
                return Ok(true);
            };
            if place.child == x11rb::NONE {
                return match top_level {
                    Some(top_level) if aim == Aim::Acting => self.holds_ours(display, top_level),
                    _ => Ok(false),
                };
            }
            window = place.child;
            top_level.get_or_insert(window);
            if self.is_ours(display, window)? {
                return Ok(true);
            }
        }
        Ok(true)
    }

    /// Would a key reach a window of ours?
    pub(super) fn has_focus(&self, display: &Display) -> Result<bool, InputError> {
        let focus = display
            .connection
            .get_input_focus()
            .map_err(unavailable)?
            .reply()
            .map_err(unavailable)?
            .focus;
        if focus == u32::from(InputFocus::NONE) {
            return Ok(false);
        }
        if focus == u32::from(InputFocus::POINTER_ROOT) || focus == display.root {
            let pointer = display.connection.query_pointer(display.root).map_err(unavailable)?;
            let pointer = pointer.reply().map_err(unavailable)?;
            let inside = |pixels: i16| u16::try_from(pixels).unwrap_or(0);
            return self.is_at(display, inside(pointer.root_x), inside(pointer.root_y), Aim::Pointing);
        }
        let mut window = focus;
        for _ in 0..MAX_DEPTH {
            if self.is_ours(display, window)? {
                return Ok(true);
            }
            let tree = display.connection.query_tree(window).map_err(unavailable)?;
            let Some(tree) = existing(tree.reply())? else {
                return Ok(true);
            };
            if tree.parent == display.root {
                // The keyboard may be on the frame.
                return self.holds_ours(display, window);
            }
            if tree.parent == x11rb::NONE {
                return Ok(false);
            }
            window = tree.parent;
        }
        Ok(true)
    }

    /// Is one of the windows in this frame ours? Level by level, since what a frame is about lies near.
    fn holds_ours(&self, display: &Display, frame: Window) -> Result<bool, InputError> {
        let mut level = vec![frame];
        let mut left = MAX_IN_FRAME;
        for _ in 0..MAX_FRAME_DEPTH {
            let mut below = Vec::new();
            for window in level {
                if self.is_managed(display, window)? {
                    continue;
                }
                let tree = display.connection.query_tree(window).map_err(unavailable)?;
                // It went away meanwhile: what takes its place may be ours.
                let Some(tree) = existing(tree.reply())? else {
                    return Ok(true);
                };
                for &child in tree.children.iter().take(left) {
                    if self.is_ours(display, child)? {
                        return Ok(true);
                    }
                    below.push(child);
                }
                left = left.saturating_sub(tree.children.len());
            }
            if below.is_empty() || left == 0 {
                break;
            }
            level = below;
        }
        Ok(false)
    }

    /// Is this a program's window that a window manager has taken in, and so not the manager's own?
    fn is_managed(&self, display: &Display, window: Window) -> Result<bool, InputError> {
        let state = display
            .connection
            .get_property(false, window, self.wm_state, AtomEnum::ANY, 0, 0);
        let state = existing(state.map_err(unavailable)?.reply())?;
        Ok(state.is_some_and(|state| state.type_ != x11rb::NONE))
    }

    fn is_ours(&self, display: &Display, window: Window) -> Result<bool, InputError> {
        let property = display
            .connection
            .get_property(false, window, self.wm_pid, AtomEnum::CARDINAL, 0, 1);
        let property = property.map_err(unavailable)?;
        if self.server_knows_pids {
            let asked = [ClientIdSpec {
                client: window,
                mask: ClientIdMask::LOCAL_CLIENT_PID,
            }];
            let makers = display.connection.res_query_client_ids(&asked).map_err(unavailable)?;
            let makers = existing(makers.reply())?.map(|reply| reply.ids).unwrap_or_default();
            if makers
                .iter()
                .flat_map(|maker| &maker.value)
                .any(|pid| self.pids.contains(pid))
            {
                return Ok(true);
            }
        }
        let stated = existing(property.reply())?;
        Ok(stated
            .and_then(|reply| reply.value32()?.next())
            .is_some_and(|pid| self.pids.contains(&pid)))
    }
}

/// An answer about a window; none when the window is gone, which may happen at any time.
fn existing<T>(reply: Result<T, ReplyError>) -> Result<Option<T>, InputError> {
    match reply {
        Ok(reply) => Ok(Some(reply)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(error) => Err(unavailable(error)),
    }
}
