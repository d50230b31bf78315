//! X servers: a virtual screen, or a window on a real one that holds a whole desktop.
//!
//! Invariant: the server chooses its own display number, so that any number of stories can run at once.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::Command,
};

use anyhow::{Context, Result, bail};
use x11rb::{
    connection::Connection,
    protocol::xproto::{AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt, Window},
    rust_connection::RustConnection,
};

use crate::{picture::Area, processes::Running};

/// Colour behind all windows.
const WALLPAPER: u32 = 0x0033_5566;

/// Pixels across and down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Across.
    pub width: u16,
    /// Down.
    pub height: u16,
}

/// Where a server's screen is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Nowhere: Xvfb.
    Virtual,
    /// In a window with this title on the real display: Xephyr.
    Window(&'a str),
}

/// A running X server and a connection to look at it.
pub struct XServer {
    /// As in `DISPLAY`.
    pub display: String,
    connection: RustConnection,
    root: Window,
    _server: Running,
}

impl XServer {
    /// Starts one.
    ///
    /// # Errors
    /// When it cannot be started or reached.
    pub fn start(kind: Kind<'_>, size: Size, log: &Path) -> Result<Self> {
        let screen = format!("{}x{}", size.width, size.height);
        let mut command;
        match kind {
            Kind::Virtual => {
                command = Command::new("Xvfb");
                command.args(["-screen", "0", &format!("{screen}x24")]);
            }
            Kind::Window(title) => {
                command = Command::new("Xephyr");
                // At the edge, for the technician's window opens in the middle.
                command.args(["-screen", &format!("{screen}+0+0"), "-title", title]);
            }
        }
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-noreset"]);
        let mut server = Running::start_piped("the X server", &command, log)?;
        let stdout = server.take_stdout().context("the X server's output is piped")?;
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number)?;
        if number.trim().parse::<u32>().is_err() {
            server.must_run()?;
            bail!("the X server did not say its display:\n{}", server.last_lines());
        }
        let display = format!(":{}", number.trim());
        let (connection, screen) =
            x11rb::connect(Some(&display)).with_context(|| format!("cannot connect to display {display}"))?;
        let root = connection
            .setup()
            .roots
            .get(screen)
            .context("the X server has no screen")?
            .root;
        let paint = ChangeWindowAttributesAux::new().background_pixel(WALLPAPER);
        connection.change_window_attributes(root, &paint)?.check()?;
        connection.clear_area(false, root, 0, 0, 0, 0)?.check()?;
        Ok(Self {
            display,
            connection,
            root,
            _server: server,
        })
    }

    /// For taking pictures.
    #[must_use]
    pub fn connection(&self) -> (&RustConnection, Window) {
        (&self.connection, self.root)
    }

    /// Does a window manager keep the windows? A window that is opened while it starts may never be shown.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn has_window_manager(&self) -> Result<bool> {
        let list = self.atom("_NET_CLIENT_LIST")?;
        let reply = self
            .connection
            .get_property(false, self.root, list, AtomEnum::WINDOW, 0, 0)?
            .reply()?;
        Ok(reply.type_ == u32::from(AtomEnum::WINDOW))
    }

    /// The window whose title contains `title`, among those that the window manager keeps; the oldest of several.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn window(&self, title: &str) -> Result<Option<Window>> {
        let list = self.atom("_NET_CLIENT_LIST")?;
        let names = [self.atom("_NET_WM_NAME")?, AtomEnum::WM_NAME.into()];
        let clients = self.property(self.root, list, AtomEnum::WINDOW.into())?;
        for client in clients
            .chunks_exact(4)
            .map(|id| u32::from_ne_bytes([id[0], id[1], id[2], id[3]]))
        {
            for name in names {
                // A window may go between the two questions: then it is not the one.
                let text = self.property(client, name, AtomEnum::ANY.into()).unwrap_or_default();
                if String::from_utf8_lossy(&text).contains(title) {
                    return Ok(Some(client));
                }
            }
        }
        Ok(None)
    }

    /// Asks the window manager to put a window there.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn place(&self, window: Window, area: Area) -> Result<()> {
        let wish = ConfigureWindowAux::new()
            .x(i32::from(area.x))
            .y(i32::from(area.y))
            .width(u32::from(area.width))
            .height(u32::from(area.height));
        self.connection.configure_window(window, &wish)?.check()?;
        Ok(())
    }

    /// Where the inside of a window is on the screen.
    ///
    /// # Errors
    /// When the window has gone.
    pub fn area_of(&self, window: Window) -> Result<Area> {
        let size = self.connection.get_geometry(window)?.reply()?;
        let origin = self
            .connection
            .translate_coordinates(window, self.root, 0, 0)?
            .reply()?;
        Ok(Area {
            x: origin.dst_x,
            y: origin.dst_y,
            width: size.width,
            height: size.height,
        })
    }

    fn atom(&self, name: &str) -> Result<u32> {
        Ok(self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    fn property(&self, window: Window, property: u32, kind: u32) -> Result<Vec<u8>> {
        Ok(self
            .connection
            .get_property(false, window, property, kind, 0, 4096)?
            .reply()?
            .value)
    }
}

/// Is there a display that this program can open windows on?
#[must_use]
pub fn real_display() -> Option<String> {
    let display = std::env::var("DISPLAY").ok().filter(|name| !name.is_empty())?;
    x11rb::connect(Some(&display)).ok().map(|_| display)
}
