//! Everything that must hold before a change is taken.
//!
//! Flow: the quick checks first, then one build of all, then the tests beside the code and the suites, at last the story
//! through real windows. Invariant: every `cargo` call covers the whole workspace, so that they share one build.

use std::process::Command;

use anyhow::Result;

use crate::{
    build, dependencies, setup,
    steps::{Output, Steps},
    workspace::{PYTHON, cargo, npm, root},
};

/// Module of the tests that drive real windows: they run apart, one at a time.
const STORY: &str = "story::";

/// All checks and tests.
///
/// # Errors
/// At the first that does not hold.
pub fn everything(steps: &mut Steps) -> Result<()> {
    setup::checks(steps)?;
    steps.run("formatting", cargo(["fmt", "--all", "--check"]))?;
    dependencies::check(steps)?;
    build::interface(steps)?;
    steps.run("interface's types", npm(["run", "check"]))?;
    steps.run("interface's tests", npm(["test"]))?;
    let mut bench = Command::new(PYTHON);
    bench
        .current_dir(root())
        .args(["-B", "-m", "unittest", "discover", "-s", "tests/bench"]);
    steps.run("bench's own parts", bench)?;
    steps.run("interface's accessibility, in a browser", npm(["run", "accessibility"]))?;
    build::workspace(steps)?;
    steps.run(
        "tests and conformance suites",
        cargo([
            "test",
            "--workspace",
            "--locked",
            "--no-fail-fast",
            "--",
            "--skip",
            STORY,
        ]),
    )?;
    steps.run_showing(
        "story through real windows",
        cargo([
            "test",
            "--workspace",
            "--locked",
            "--test",
            "walk",
            "--test",
            "browser",
            "--test",
            "articles",
            "--test",
            "screen_reader",
            "--",
            "--nocapture",
            "--test-threads=1",
            STORY,
        ]),
        Output::Live,
    )?;
    // Built otherwise only by whoever measures.
    steps.run(
        "lints of the benches",
        cargo([
            "clippy",
            "--workspace",
            "--bins",
            "--benches",
            "--features=renfort/bench-hooks,renfort-picture-bench/peers",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    steps.run(
        "lints",
        cargo([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    )
}

/// The whole matrix of keyboard layouts, of which [`everything`] tries some pairs.
///
/// # Errors
/// When something that was typed did not arrive.
pub fn keyboards(steps: &mut Steps) -> Result<()> {
    setup::everything(steps)?;
    build::workspace(steps)?;
    let mut matrix = cargo([
        "test",
        "--workspace",
        "--locked",
        "--test",
        "conformance",
        "--",
        "--nocapture",
        "keyboards::",
    ]);
    matrix.env("RENFORT_KEYBOARDS", "all");
    steps.run_showing("keyboards, 8 layouts by 8", matrix, Output::Live)
}
