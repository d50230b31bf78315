//! An X server without a screen, for one test.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, Screen};
use x11rb::rust_connection::RustConnection;

/// Ends with the value.
pub struct Xvfb {
    server: Child,
    name: String,
}

impl Xvfb {
    /// Starts one on a free number. `screen` is width, height and depth, for example `640x480x24`.
    pub fn start(screen: &str, options: &[&str]) -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                screen,
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb cannot be started")?;
        let stdout = server.stdout.take().context("no output")?;
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number)?;
        let display = Self {
            server,
            name: format!(":{}", number.trim()),
        };
        ensure!(!number.trim().is_empty(), "Xvfb did not come up");
        Ok(display)
    }

    /// For example `:7`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A connection of its own and the only screen.
    pub fn connect(&self) -> Result<(RustConnection, Screen)> {
        let (connection, screen) = x11rb::connect(Some(&self.name))?;
        let screen = connection.setup().roots[screen].clone();
        Ok((connection, screen))
    }

    /// Ends the server at once.
    pub fn kill(&mut self) -> Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    /// Processor time that the server has used so far, in clock ticks (a hundredth of a second).
    pub fn ticks(&self) -> Result<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.server.id()))?;
        // The name is in parentheses and may contain anything; user and system time are fields 14 and 15.
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .context("no fields")?
            .split_whitespace()
            .collect();
        Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        // It may have been ended by the test already.
        let _ = self.kill();
    }
}

/// Waits until the server has carried out everything sent so far.
pub fn sync(connection: &RustConnection) -> Result<()> {
    connection.get_input_focus()?.reply()?;
    Ok(())
}
