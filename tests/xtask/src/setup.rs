//! What must be installed before anything else works.
//!
//! Flow: system packages, then Rust's tools, then Node, then the interface's packages; for the checks cargo-deny, too.
//! Invariant: nothing is installed that is already there, so a second run does nothing and needs no network.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    steps::Steps,
    workspace::{self, npm},
};

/// The release of cargo-deny that checks the dependencies; its own are pinned by the lock file that comes with it.
const CARGO_DENY: &str = "0.20.2";

/// The lowest Node version (its major number) that the interface's build runs on.
const LOWEST_NODE: u32 = 20;

/// Debian's packages, each with its reason.
const PACKAGES: &[(&str, &str)] = &[
    ("g++", "compiles OpenH264"),
    (
        "nasm",
        "assembles OpenH264's fast paths, without which encoding takes several times as long",
    ),
    ("pkg-config", "finds the libraries below for the build"),
    ("libwebkit2gtk-4.1-dev", "the webview of the desktop app, with GTK"),
    ("libayatana-appindicator3-1", "the tray icon, loaded at run time"),
    ("libxcb1-dev", "scrap's capture links it"),
    ("libxcb-shm0-dev", "scrap's capture links it"),
    ("libxcb-randr0-dev", "scrap's capture links it"),
    ("webkit2gtk-driver", "drives the desktop app's windows in the story"),
    (
        "chromium",
        "shows the supervisor's console in the story and in the interface's tests",
    ),
    ("chromium-driver", "drives it"),
    ("xvfb", "the virtual screens that tests and story run on"),
    (
        "xserver-xephyr",
        "the user's desktop in the demo, as a window on a real display",
    ),
    ("openbox", "the window manager on these screens"),
    (
        "xterm",
        "the application on the user's screen that the technician works in",
    ),
    (
        "x11-xkb-utils",
        "setxkbmap and xkbcomp, with which the input tests change and read the keyboard's layout",
    ),
    ("xkb-data", "the layouts themselves"),
    (
        "libxkbcommon-dev",
        "reads keyboards in the input tests, as the user's programs do",
    ),
    ("libx11-data", "what dead keys compose"),
    ("procps", "kill, with which the relay's tests end it"),
    ("dbus", "a session bus for each desktop of the story"),
    (
        "at-spi2-core",
        "the accessibility bus, on which the story listens as a screen reader does",
    ),
    ("fonts-dejavu-core", "text in windows on a machine that has no fonts"),
    ("git", "brings the database of advisories about dependencies"),
    ("python3", "the bench, whose own parts are tested with everything else"),
];

/// What the bench needs beside these.
const BENCH_PACKAGES: &[(&str, &str)] = &[
    ("iproute2", "the bench's network namespaces"),
    ("openssl", "the certificate of its relay"),
    ("gcc", "compiles the probe that watches the pixels"),
    ("libc6-dev", "the probe links it"),
    ("libx11-dev", "the probe links it"),
    ("libxtst-dev", "the probe links it"),
    ("libxext-dev", "the probe links it"),
    ("libxft-dev", "the probe links it"),
    ("python3-cryptography", "signs as the users who wait at a relay"),
    ("python3-gi", "a text view of GTK scrolls, as one case"),
    ("gir1.2-gtk-3.0", "that text view"),
    ("python3-matplotlib", "draws the plots"),
    ("x11vnc", "Renfort is compared with it"),
    ("tigervnc-scraping-server", "Renfort is compared with it"),
    ("tigervnc-viewer", "shows what the two share"),
];

/// Installs everything that is missing.
///
/// # Errors
/// With what to do, when something is missing that this program may not install.
pub fn everything(steps: &mut Steps) -> Result<()> {
    system_packages(steps)?;
    rust_tools(steps)?;
    node()?;
    interface_packages(steps)
}

/// Installs what the checks need, too.
///
/// # Errors
/// With what to do, when something is missing that this program may not install.
pub fn checks(steps: &mut Steps) -> Result<()> {
    everything(steps)?;
    dependency_checker(steps)
}

/// Installs what the bench needs, too.
///
/// # Errors
/// With what to do, when something is missing that this program may not install.
pub fn bench(steps: &mut Steps) -> Result<()> {
    everything(steps)?;
    packages(steps, BENCH_PACKAGES)
}

fn system_packages(steps: &mut Steps) -> Result<()> {
    packages(steps, PACKAGES)
}

fn packages(steps: &mut Steps, wanted: &[(&str, &str)]) -> Result<()> {
    let names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
    let Some(missing) = missing_packages(&names) else {
        bail!(
            "this is not Debian: install what stands for these packages of Debian 12, then run again: {}",
            names.join(" ")
        );
    };
    if missing.is_empty() {
        steps.nothing_to_do("system packages", "all installed");
        return Ok(());
    }
    for (name, reason) in wanted.iter().filter(|(name, _)| missing.contains(name)) {
        println!("    {name}: {reason}");
    }
    let has_apt = succeeds(Command::new("apt-get").arg("--version"));
    let Some(rights) = Rights::find().filter(|_| has_apt) else {
        bail!(
            "run this, then try again: sudo apt-get install -y --no-install-recommends {}",
            missing.join(" ")
        );
    };
    steps.run("list of system packages", rights.apt_get(["update"]))?;
    let mut install = rights.apt_get(["install", "-y", "--no-install-recommends"]);
    install.args(&missing);
    steps.run("system packages", install)
}

/// Which of the packages are not installed; none when this system has no `dpkg`.
fn missing_packages<'a>(names: &[&'a str]) -> Option<Vec<&'a str>> {
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(names)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let is_installed = |name: &str| {
        text.lines()
            .any(|line| line.split_once(' ') == Some((name, "installed")))
    };
    Some(names.iter().copied().filter(|name| !is_installed(name)).collect())
}

/// How something can be done as root without a question.
pub enum Rights {
    Root,
    Sudo,
}

impl Rights {
    /// None: not at all.
    pub fn find() -> Option<Self> {
        let user = Command::new("id").arg("-u").output().ok()?;
        if user.stdout.trim_ascii() == b"0" {
            Some(Self::Root)
        } else {
            succeeds(Command::new("sudo").args(["-n", "true"])).then_some(Self::Sudo)
        }
    }

    /// `env`, as root: variables and a command follow.
    pub fn env(&self) -> Command {
        match self {
            Self::Root => Command::new("env"),
            Self::Sudo => {
                let mut sudo = Command::new("sudo");
                sudo.args(["-n", "env"]);
                sudo
            }
        }
    }

    fn apt_get<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = self.env();
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"])
            .args(arguments);
        command
    }
}

fn rust_tools(steps: &mut Steps) -> Result<()> {
    let missing: Vec<&str> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(command, _)| !succeeds(workspace::cargo([*command, "--version"]).stdin(Stdio::null())))
        .map(|(_, component)| component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut add = Command::new("rustup");
    add.args(["component", "add"]).args(&missing);
    steps
        .run("Rust's tools", add)
        .with_context(|| format!("install {} for this toolchain", missing.join(" and ")))
}

/// Where cargo-deny is: this checkout's own, so that another one of the machine is neither used nor replaced.
pub fn cargo_deny() -> PathBuf {
    tools().join("bin/cargo-deny")
}

fn tools() -> PathBuf {
    workspace::target().join("tools")
}

/// Installs cargo-deny.
///
/// # Errors
/// When it does not build, mostly because crates.io cannot be reached.
pub fn dependency_checker(steps: &mut Steps) -> Result<()> {
    let told = Command::new(cargo_deny()).arg("--version").output();
    if told.is_ok_and(|told| is_cargo_deny(&told.stdout)) {
        steps.nothing_to_do("cargo-deny", "installed");
        return Ok(());
    }
    let build = tools().join("build");
    let mut install = workspace::cargo([
        "install",
        "cargo-deny",
        "--version",
        CARGO_DENY,
        "--locked",
        "--force",
        // It works for seconds and is built for minutes: unoptimised it is there in a third of the time.
        "--debug",
    ]);
    install
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .arg("--root")
        .arg(tools())
        .arg("--target-dir")
        .arg(&build);
    steps
        .run("cargo-deny, which checks the dependencies", install)
        .context("cargo-deny is built from crates.io, which must be reached for it")?;
    // Nothing else is built from it, and it is many times as large as the program.
    std::fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))
}

fn is_cargo_deny(told: &[u8]) -> bool {
    String::from_utf8_lossy(told).trim() == format!("cargo-deny {CARGO_DENY}")
}

fn node() -> Result<()> {
    let advice = format!("install Node {LOWEST_NODE} or newer with npm, for example from https://nodejs.org");
    let output = Command::new("node")
        .arg("--version")
        .output()
        .with_context(|| advice.clone())?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let major = major_version(&version).with_context(|| format!("node says its version is {version:?}; {advice}"))?;
    if major < LOWEST_NODE {
        bail!("Node {version} is too old; {advice}");
    }
    if !succeeds(Command::new("npm").arg("--version")) {
        bail!("npm is missing; {advice}");
    }
    Ok(())
}

fn major_version(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// `npm ci`, unless it ran for this same lock file and its result is still there.
fn interface_packages(steps: &mut Steps) -> Result<()> {
    let lock = workspace::ui().join("package-lock.json");
    let wanted = std::fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp = stamp_path();
    if workspace::ui().join("node_modules").is_dir() && std::fs::read(&stamp).is_ok_and(|installed| installed == wanted)
    {
        steps.nothing_to_do("interface's packages", "as locked");
        return Ok(());
    }
    steps.run("interface's packages", npm(["ci", "--no-audit", "--no-fund"]))?;
    std::fs::create_dir_all(workspace::target())?;
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

fn stamp_path() -> PathBuf {
    workspace::target().join("xtask-npm-ci.stamp")
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_major_version_is_read_from_what_it_prints() {
        assert_eq!(major_version("v20.20.2"), Some(20));
        assert_eq!(major_version("20.20.2"), None);
        assert_eq!(major_version(""), None);
    }

    #[test]
    fn another_version_of_cargo_deny_is_not_taken_for_ours() {
        assert!(is_cargo_deny(format!("cargo-deny {CARGO_DENY}\n").as_bytes()));
        assert!(!is_cargo_deny(format!("cargo-deny {CARGO_DENY}1\n").as_bytes()));
        assert!(!is_cargo_deny(b"cargo-deny 0.1.0\n"));
        assert!(!is_cargo_deny(b""));
    }

    #[test]
    fn a_package_that_is_not_installed_is_missing() {
        // Where there is no dpkg there is nothing to ask.
        if let Some(missing) = missing_packages(&["dpkg", "no-such-package-of-renfort"]) {
            assert_eq!(missing, ["no-such-package-of-renfort"]);
        }
    }
}
