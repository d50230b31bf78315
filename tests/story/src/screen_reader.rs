//! What a screen reader is given of a real window: the tree of names and roles that GTK and WebKit publish on a desktop's
//! accessibility bus (AT-SPI), read over D-Bus as a screen reader reads it.
//!
//! Invariant: nothing is asked of the window itself; a page that says nothing to the bus says nothing here.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    desktop::Desktop,
    processes::Running,
    waiting::{Look, until},
};

const LAUNCHER: &str = "/usr/libexec/at-spi-bus-launcher";
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
/// Deeper than any page, so that a tree that leads into itself ends.
const MOST_LEVELS: u32 = 40;

/// What an element is: AT-SPI's own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `PUSH_BUTTON`.
    Button,
    /// `ENTRY`.
    Field,
    /// `HEADING`.
    Heading,
    /// `DOCUMENT_WEB`.
    Page,
    /// Anything else, by its number.
    Other(u64),
}

impl Role {
    fn of(number: u64) -> Self {
        match number {
            43 => Self::Button,
            79 => Self::Field,
            83 => Self::Heading,
            95 => Self::Page,
            other => Self::Other(other),
        }
    }
}

/// One element as it is read out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What it is.
    pub role: Role,
    /// What it is called; may be empty.
    pub name: String,
}

/// A desktop with its accessibility bus on. Ends it when dropped.
pub struct ScreenReader<'a> {
    desktop: &'a Desktop,
    bus: String,
    _launcher: Running,
}

impl<'a> ScreenReader<'a> {
    /// Switches the desktop's accessibility on: programs that start from now on publish what they show.
    ///
    /// # Errors
    /// When the bus does not start.
    pub async fn on(desktop: &'a Desktop) -> Result<Self> {
        let mut command = desktop.command(LAUNCHER);
        command.arg("--launch-immediately").env_remove("NO_AT_BRIDGE");
        let mut launcher = Running::start("the accessibility bus", &command, &desktop.log("accessibility"))?;
        let bus = until("the accessibility bus", async || {
            launcher.must_run()?;
            let asked = ["call", "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress"];
            Ok(match ask(desktop.command("busctl").arg("--user"), &asked) {
                Ok(answer) => match answer[0].as_str() {
                    Some(address) => Look::There(address.to_owned()),
                    None => bail!("the accessibility bus answers {answer}"),
                },
                Err(error) => Look::NotYet(error.to_string()),
            })
        })
        .await?;
        for switch in ["IsEnabled", "ScreenReaderEnabled"] {
            let set = [
                "set-property",
                "org.a11y.Bus",
                "/org/a11y/bus",
                "org.a11y.Status",
                switch,
                "b",
                "true",
            ];
            ask(desktop.command("busctl").arg("--user"), &set)?;
        }
        Ok(Self {
            desktop,
            bus,
            _launcher: launcher,
        })
    }

    /// A program that publishes what it shows.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::path::Path>) -> Command {
        let mut command = self.desktop.command(program);
        command.env_remove("NO_AT_BRIDGE");
        command
    }

    /// Everything that is on the desktop, in the order in which it is read.
    ///
    /// # Errors
    /// When the bus does not answer. An element that went away meanwhile is left out.
    pub fn reads(&self) -> Result<Vec<Heard>> {
        let mut heard = Vec::new();
        self.read(
            "org.a11y.atspi.Registry",
            "/org/a11y/atspi/accessible/root",
            0,
            &mut heard,
        )?;
        Ok(heard)
    }

    fn read(&self, owner: &str, path: &str, level: u32, heard: &mut Vec<Heard>) -> Result<()> {
        let count = self.property(owner, path, "ChildCount")?.as_u64().unwrap_or(0);
        if level >= MOST_LEVELS {
            bail!("{path} of {owner} lies {level} levels deep");
        }
        for index in 0..count {
            let index = index.to_string();
            // The page lies in a process of its own: only this call leads there from the window around it.
            let child = self.ask(&["call", owner, path, ACCESSIBLE, "GetChildAtIndex", "i", &index]);
            let Ok(child) = child else { continue };
            let (Some(owner), Some(path)) = (child[0][0].as_str(), child[0][1].as_str()) else {
                bail!("a child is said to be {child}");
            };
            let role = self.ask(&["call", owner, path, ACCESSIBLE, "GetRole"]);
            let (Ok(role), Ok(name)) = (role, self.property(owner, path, "Name")) else {
                continue;
            };
            heard.push(Heard {
                role: Role::of(role[0].as_u64().unwrap_or(0)),
                name: name.as_str().unwrap_or_default().to_owned(),
            });
            self.read(owner, path, level + 1, heard)?;
        }
        Ok(())
    }

    fn property(&self, owner: &str, path: &str, name: &str) -> Result<Value> {
        self.ask(&["get-property", owner, path, ACCESSIBLE, name])
    }

    fn ask(&self, question: &[&str]) -> Result<Value> {
        ask(
            self.desktop.command("busctl").arg(format!("--address={}", self.bus)),
            question,
        )
    }
}

/// The `data` of what `busctl` is answered.
fn ask(busctl: &mut Command, question: &[&str]) -> Result<Value> {
    let output = busctl
        .arg("--json=short")
        .args(question)
        .output()
        .context("cannot start busctl")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    // Nothing is answered when a property is set.
    if output.stdout.is_empty() {
        return Ok(Value::Null);
    }
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    Ok(answer["data"].clone())
}
