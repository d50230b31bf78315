//! The bench: Renfort beside others on virtual screens, measured from outside by `tests/bench`.
//!
//! Flow: the programs are built with what lets them run without a person, and put away where nobody takes them for the
//! product; then each product is measured, and a table and plots are written into `target/bench`.
//!
//! Invariant: no program with the feature `bench-hooks` stays where a release build lies.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    build,
    setup::{self, Rights},
    steps::{Output, Steps},
    workspace::{self, PYTHON, cargo, target},
};

/// What is measured when nothing else is said: ours, and what it is compared with.
const PRODUCTS: [&str; 6] = [
    "renfort",
    "renfort-browser",
    "tigervnc",
    "x11vnc",
    "webrtc-vp8",
    "webrtc-h264",
];
/// What is measured once, and not of every product.
const LEGS: &str = "legs";
const RELAY_MEMORY: &str = "relay-memory";

/// Builds, measures and reports.
///
/// # Errors
/// When a step fails, or nobody may make network namespaces.
pub fn everything(steps: &mut Steps, quick: bool, only: &[String], products: &[String]) -> Result<()> {
    setup::bench(steps)?;
    let rights =
        Rights::find().context("the bench makes network namespaces: run it as root, or let sudo ask nothing")?;
    build::interface(steps)?;
    let programs = programs(steps)?;

    let bench = |arguments: &[&str]| {
        let mut command = rights.env();
        command
            .current_dir(workspace::root())
            .arg(format!("BENCH_PROGRAMS={}", programs.display()))
            .args([PYTHON, "-B", "tests/bench/bench.py", "--out"])
            .arg(target().join("bench"))
            .args(arguments)
            .args(if quick && arguments != ["report"] {
                &["--quick"][..]
            } else {
                &[]
            });
        command
    };
    let suites: Vec<&str> = only
        .iter()
        .map(String::as_str)
        .filter(|name| ![LEGS, RELAY_MEMORY].contains(name))
        .collect();
    // A product that fails keeps nobody from seeing what was measured.
    let mut measured = Ok(());
    if only.is_empty() || !suites.is_empty() {
        let named: Vec<&str> = products.iter().map(String::as_str).collect();
        let wanted = if named.is_empty() { &PRODUCTS[..] } else { &named };
        let list = suites.join(",");
        let choice = if suites.is_empty() {
            Vec::new()
        } else {
            vec!["--only", &list]
        };
        let run = [&["run"], wanted, &choice].concat();
        measured = steps.run_showing("products", bench(&run), Output::Live);
    }
    for once in [LEGS, RELAY_MEMORY] {
        if only.is_empty() || only.iter().any(|name| name == once) {
            measured = measured.and(steps.run_showing(once, bench(&[once]), Output::Live));
        }
    }
    measured.and(steps.run_showing("report", bench(&["report"]), Output::Live))
}

/// Builds the two programs as they are released, but with the hooks, and gives the folder they are put into.
fn programs(steps: &mut Steps) -> Result<PathBuf> {
    let hooks = "renfort/bench-hooks";
    let build: Command = cargo([
        "build",
        "--release",
        "--locked",
        "-p",
        "renfort-relay",
        "-p",
        "renfort",
        "--features",
        hooks,
    ]);
    steps.run("programs with hooks", build)?;
    let folder = target().join("bench").join("programs");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for name in ["renfort", "renfort-relay"] {
        let built = target().join("release").join(name);
        fs::rename(&built, folder.join(name)).with_context(|| format!("cannot move {}", built.display()))?;
    }
    Ok(folder)
}

/// Records screens, then compares the coding of exact pixels and copies with others, and measures its steps.
///
/// # Errors
/// When a step fails.
pub fn picture(steps: &mut Steps) -> Result<()> {
    setup::bench(steps)?;
    // The app, whose painting is measured, holds it.
    build::interface(steps)?;
    let screens = target().join("screens");
    let mut record = Command::new(PYTHON);
    record
        .current_dir(workspace::root())
        .args(["-B", "tests/bench/screens.py"])
        .arg(&screens);
    steps.run("screens", record)?;
    let with_screens = |mut command: Command| {
        command.env("RENFORT_SCREENS", &screens);
        command
    };
    let package = "renfort-picture-bench";
    let sizes = cargo(["run", "--release", "--locked", "-p", package, "--features", "peers"]);
    steps.run_showing("beside other codecs", with_screens(sizes), Output::Live)?;
    let times = cargo(["bench", "--locked", "-p", package, "--features", "peers"]);
    steps.run_showing("beside copied memory", with_screens(times), Output::Live)
}
