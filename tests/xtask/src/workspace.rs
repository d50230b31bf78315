//! Where things lie in the checkout.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("tests/xtask lies two folders below the root")
        .into()
}

/// The interface's folder.
pub fn ui() -> PathBuf {
    root().join("ui")
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Cargo, run from the root.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(root())
        .args(arguments)
        .env("CARGO_TERM_COLOR", "never");
    // What `cargo run` told this program about itself. Some build scripts depend on such variables, so with them all that
    // is built on those would be built again by each change between `cargo xtask` and plain cargo.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(&name);
        }
    }
    command
}

/// Debian's Python, which has Debian's modules; another one may come first on the path.
pub const PYTHON: &str = "/usr/bin/python3";

/// npm, run from the interface's folder.
pub fn npm<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new("npm");
    command
        .current_dir(ui())
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("CI", "1");
    command
}
