//! A real application on the user's screen: a terminal with a shell in a folder of its own, in a colour that nothing else
//! on the screen has.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    desktop::Desktop,
    picture::{Area, Colour},
    processes::Running,
    waiting::{Look, until},
};

/// The terminal's background before anybody does anything in it.
pub const BEFORE: Colour = [0x70, 0x28, 0x58];
/// What the technician's command turns it into.
pub const AFTER: Colour = [0x20, 0x60, 0x38];
const TITLE: &str = "user's terminal";

/// A terminal.
pub struct Xterm {
    folder: PathBuf,
    program: Running,
}

impl Xterm {
    /// Opens one with its upper left corner there.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn open(desktop: &Desktop, x: i16, y: i16) -> Result<Self> {
        let folder = desktop.folder().join("terminal");
        std::fs::create_dir(&folder)?;
        let mut command = desktop.command("xterm");
        command
            .current_dir(&folder)
            .env("PS1", "$ ")
            .args([
                "-geometry",
                &format!("64x20+{x}+{y}"),
                "-title",
                TITLE,
                "-bg",
                &hexadecimal(BEFORE),
                "-fg",
                "white",
            ])
            .args([
                "-fa",
                "DejaVu Sans Mono",
                "-fs",
                "11",
                "-xrm",
                "XTerm*allowColorOps: true",
            ])
            .args(["-xrm", "XTerm*allowTitleOps: false", "-e", "sh"]);
        let program = Running::start("xterm", &command, &desktop.log("xterm"))?;
        let mut terminal = Self { folder, program };
        until("the terminal on the user's screen", async || {
            terminal.program.must_run()?;
            if !desktop.shows(TITLE)? {
                return Ok(Look::NotYet("no window".into()));
            }
            let share = desktop.picture()?.part(terminal.area(desktop)?)?.share_of(BEFORE, 4);
            Ok(if share > 0.8 {
                Look::There(())
            } else {
                Look::NotYet(format!("{share:.2} of it in its colour"))
            })
        })
        .await?;
        Ok(terminal)
    }

    /// Where it is on the user's screen.
    ///
    /// # Errors
    /// When it has been closed.
    pub fn area(&self, desktop: &Desktop) -> Result<Area> {
        desktop.area_of(TITLE)
    }

    /// Waits for a file in the shell's folder and reads it.
    ///
    /// # Errors
    /// When it does not come, or remains empty.
    pub async fn file(&self, name: &str) -> Result<String> {
        let path = self.folder.join(name);
        until(format!("the file {name} on the user's machine"), async || {
            Ok(match std::fs::read_to_string(&path) {
                Ok(text) if text.ends_with('\n') => Look::There(text.trim_end().to_owned()),
                Ok(text) => Look::NotYet(format!("it holds {text:?}")),
                Err(error) => Look::NotYet(error.to_string()),
            })
        })
        .await
    }

    /// Is there such a file in the shell's folder?
    #[must_use]
    pub fn has_file(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }
}

/// The shell command that makes a file.
#[must_use]
pub fn command_for_file(name: &str) -> String {
    // The product is counted by the user's shell, so the file proves that the command ran and not only that it was typed.
    format!("echo renfort-$((6*7)) > {name}")
}

/// What such a file holds.
pub const FILE_HOLDS: &str = "renfort-42";

/// The shell command that changes the terminal's background.
#[must_use]
pub fn command_for_colour(colour: Colour) -> String {
    format!("printf '\\033]11;{}\\007'; clear", hexadecimal(colour))
}

fn hexadecimal([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
