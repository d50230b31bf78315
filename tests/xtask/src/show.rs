//! The demo: builds everything and hands the terminal over to the story.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{build, steps::Steps, workspace};

/// Builds, then shows.
///
/// # Errors
/// When a step fails or the demo ends with an error.
pub fn demo(steps: &mut Steps, language: &str, story: bool) -> Result<()> {
    build::programs(steps, false)?;
    let program = workspace::target().join("debug/demo");
    // Not a step: the demo talks to the person at the terminal itself and ends when they press Ctrl+C.
    let mut command = Command::new(&program);
    command.current_dir(workspace::root()).args(["--language", language]);
    if story {
        command.arg("--story");
    }
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", program.display()))?;
    if !status.success() {
        bail!("the demo did not reach its end: {status}");
    }
    Ok(())
}
