//! One person's desktop: an X server with a window manager and a session bus, and a home folder that holds nothing yet.
//!
//! Invariant: nothing of the real session (its bus, its Wayland socket, its settings) reaches a program started here.

use std::{
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::{
    picture::{Area, Picture},
    processes::Running,
    waiting::{Look, until},
    xserver::{Kind, Size, XServer},
};

/// Who the machine says is sitting there: the name that technicians see.
const PERSON: &str = "Nolwenn Riou";

/// Widest border or title that a window manager draws, in pixels.
const FRAME: i16 = 40;
/// For how many looks a window must have been where it was put.
const LOOKS_TO_STAY: u32 = 5;

/// A desktop. Fields are dropped in this order: what runs on it, then the X server, then the folder.
pub struct Desktop {
    name: String,
    bus_address: String,
    _window_manager: Running,
    _bus: Running,
    server: XServer,
    folder: TempDir,
}

impl Desktop {
    /// Starts one that nobody sees.
    ///
    /// # Errors
    /// When a part of it cannot be started.
    pub async fn on_a_virtual_screen(name: &str, size: Size) -> Result<Self> {
        Self::start(name, Kind::Virtual, size).await
    }

    /// Starts one in a window on the real display.
    ///
    /// # Errors
    /// When a part of it cannot be started.
    pub async fn in_a_window(name: &str, title: &str, size: Size) -> Result<Self> {
        Self::start(name, Kind::Window(title), size).await
    }

    async fn start(name: &str, kind: Kind<'_>, size: Size) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("renfort-story-").tempdir()?;
        for part in ["home", "run"] {
            std::fs::create_dir(folder.path().join(part))?;
        }
        std::fs::set_permissions(folder.path().join("run"), std::fs::Permissions::from_mode(0o700))?;
        let server = XServer::start(kind, size, &folder.path().join("xserver.log"))?;
        let (bus, bus_address) = start_bus(&server.display, folder.path())?;
        let mut manager = Command::new("openbox");
        manager.args(["--sm-disable"]);
        at_home(&mut manager, &server.display, &bus_address, folder.path());
        let mut manager = Running::start("the window manager", &manager, &folder.path().join("openbox.log"))?;
        until("the window manager", async || {
            manager.must_run()?;
            Ok(if server.has_window_manager()? {
                Look::There(())
            } else {
                Look::NotYet("it is starting".into())
            })
        })
        .await?;
        Ok(Self {
            name: name.to_owned(),
            bus_address,
            _window_manager: manager,
            _bus: bus,
            server,
            folder,
        })
    }

    /// Gives its keyboard a layout, in the words of `setxkbmap`.
    ///
    /// # Errors
    /// When it does not take it.
    pub fn set_keyboard(&self, layout: &str) -> Result<()> {
        let mut set = Command::new("setxkbmap");
        set.args(["-display", &self.server.display, layout]);
        let done = set.status().context("setxkbmap cannot be started")?;
        ensure!(done.success(), "the keyboard does not become {layout}");
        Ok(())
    }

    /// Whose desktop it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As in `DISPLAY`.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.server.display
    }

    /// Its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where a program's output goes.
    #[must_use]
    pub fn log(&self, program: &str) -> PathBuf {
        self.folder.path().join(format!("{program}.log"))
    }

    /// A command for a program that runs on this desktop.
    #[must_use]
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        at_home(
            &mut command,
            &self.server.display,
            &self.bus_address,
            self.folder.path(),
        );
        command
    }

    /// What the screen shows now.
    ///
    /// # Errors
    /// When the X server does not give it.
    pub fn picture(&self) -> Result<Picture> {
        let (connection, root) = self.server.connection();
        Picture::of_window(connection, root).with_context(|| format!("no picture of the screen of {}", self.name))
    }

    /// Waits for a window and puts it there. An app that has just opened may still place itself, so it is put there until
    /// it stays.
    ///
    /// # Errors
    /// When it does not come, or does not stay.
    pub async fn place(&self, title: &str, area: Area) -> Result<()> {
        let mut stayed = 0;
        until(
            format!("the window {title:?} at {area:?} of the desktop of {}", self.name),
            async || {
                let Some(window) = self.server.window(title)? else {
                    return Ok(Look::NotYet("no such window".into()));
                };
                let now = self.server.area_of(window)?;
                if !is_placed(now, area) {
                    stayed = 0;
                    self.server.place(window, area)?;
                    return Ok(Look::NotYet(format!("it is at {now:?}")));
                }
                stayed += 1;
                Ok(if stayed >= LOOKS_TO_STAY {
                    Look::There(())
                } else {
                    Look::NotYet("it has just been put there".into())
                })
            },
        )
        .await
    }

    /// Where the inside of the window with this title is.
    ///
    /// # Errors
    /// When there is none.
    pub fn area_of(&self, title: &str) -> Result<Area> {
        let window = self
            .server
            .window(title)?
            .with_context(|| format!("{} has no window {title:?}", self.name))?;
        self.server.area_of(window)
    }

    /// Is there a window with this title?
    ///
    /// # Errors
    /// When the X server does not answer.
    pub fn shows(&self, title: &str) -> Result<bool> {
        Ok(self.server.window(title)?.is_some())
    }
}

/// Is a window's inside where the window was wished, give or take its frame?
fn is_placed(inside: Area, wish: Area) -> bool {
    let near = |is: i16, wished: i16| (0..=FRAME).contains(&(is - wished));
    (inside.width, inside.height) == (wish.width, wish.height) && near(inside.x, wish.x) && near(inside.y, wish.y)
}

/// The environment of a program on a desktop.
fn at_home(command: &mut Command, display: &str, bus: &str, folder: &Path) {
    let home = folder.join("home");
    command
        .current_dir(&home)
        .env("HOME", &home)
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_DATA_HOME", home.join(".local/share"))
        .env("XDG_CACHE_HOME", home.join(".cache"))
        .env("XDG_RUNTIME_DIR", folder.join("run"))
        .env("XDG_SESSION_TYPE", "x11")
        .env("USER", PERSON)
        .env("LOGNAME", PERSON)
        .env("GDK_BACKEND", "x11")
        .env("DISPLAY", display)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env("NO_AT_BRIDGE", "1")
        // No graphics card here; WebKitGTK then draws several times faster this way.
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1");
    for real in [
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "SESSION_MANAGER",
        "DESKTOP_STARTUP_ID",
        "XDG_CURRENT_DESKTOP",
    ] {
        command.env_remove(real);
    }
}

fn start_bus(display: &str, folder: &Path) -> Result<(Running, String)> {
    let mut command = Command::new("dbus-daemon");
    command.args(["--session", "--nofork", "--nopidfile", "--print-address"]);
    at_home(&mut command, display, "", folder);
    let mut bus = Running::start_piped("the session bus", &command, &folder.join("dbus.log"))?;
    let stdout = bus.take_stdout().context("the bus's output is piped")?;
    let mut address = String::new();
    BufReader::new(stdout).read_line(&mut address)?;
    let address = address.trim().to_owned();
    ensure!(
        !address.is_empty(),
        "the session bus did not say its address:\n{}",
        bus.last_lines()
    );
    Ok((bus, address))
}
