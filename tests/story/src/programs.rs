//! Where the product's programs and the story's own folders are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The programs under test.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The desktop app, `renfort`.
    pub app: PathBuf,
    /// The relay, `renfort-relay`.
    pub relay: PathBuf,
}

impl Programs {
    /// Those that were built together with the running one: beside it, or one folder up for a test.
    ///
    /// # Errors
    /// When they are not there.
    pub fn find() -> Result<Self> {
        let folder = build_folder()?;
        let programs = Self {
            app: folder.join("renfort"),
            relay: folder.join("renfort-relay"),
        };
        for program in [&programs.app, &programs.relay] {
            ensure!(
                program.is_file(),
                "{} is missing: run `cargo xtask build`",
                program.display()
            );
        }
        Ok(programs)
    }
}

fn build_folder() -> Result<PathBuf> {
    let program = std::env::current_exe().context("the system does not say which program this is")?;
    let folder = program.parent().context("a program lies in a folder")?;
    Ok(if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    }
    .to_owned())
}

/// Makes `target/<name>`, in which a run leaves what it made.
///
/// # Errors
/// When it cannot be made.
pub fn target_folder(name: &str) -> Result<PathBuf> {
    let target = build_folder()?
        .parent()
        .map(Path::to_owned)
        .context("the build's folder lies in the target folder")?;
    let folder = target.join(name);
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}
