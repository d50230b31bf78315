//! `cargo xtask soak`: many millions of inputs, guided by coverage, for every parser of `tests/fuzz`; then many inputs for
//! every parser of the interface's pages (`ui/fuzz`), which no coverage guides.
//!
//! Invariant: what is found along the way stays in `target/soak/corpus`, so that the next soak begins where this one
//! ended; an input that breaks something is kept in `target/soak` and named.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::{
    setup,
    steps::{Output, Steps},
    workspace::{cargo, npm, root},
};

/// What libFuzzer needs of the compiler, and what a released program would not check.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";
/// Longest input, in bytes: no seed is longer.
const MAX_INPUT: u32 = 32 * 1_024;
/// Names the parsers of the interface's pages, all of them.
const PAGES: &str = "pages";
/// One of a page gets one input where one of a program gets so many: an input takes ten times as long there.
const PAGES_SHARE: u64 = 10;

/// Soaks these targets, or all.
///
/// # Errors
/// When a target is not known, or at the first input that breaks a promise.
pub fn everything(steps: &mut Steps, runs: u64, only: &[String]) -> Result<()> {
    let corpus = root().join("tests/fuzz/corpus");
    let mut known = Vec::new();
    for entry in fs::read_dir(&corpus).with_context(|| corpus.display().to_string())? {
        known.push(entry?.file_name().to_string_lossy().into_owned());
    }
    known.sort();
    known.push(PAGES.to_owned());
    let unknown = only.iter().find(|name| !known.contains(name));
    ensure!(
        unknown.is_none(),
        "{unknown:?} is no target; there are: {}",
        known.join(", ")
    );

    setup::everything(steps)?;
    known.retain(|name| only.is_empty() || only.contains(name));
    let pages = known.pop_if(|name| name == PAGES).is_some();
    if !known.is_empty() {
        programs(steps, runs, &corpus, &known)?;
    }
    if pages {
        let mut soak = npm(["run", "fuzz"]);
        soak.env("RENFORT_FUZZ_RUNS", runs.div_ceil(PAGES_SHARE).to_string());
        steps.run_showing("soak of the interface's pages", soak, Output::Live)?;
    }
    Ok(())
}

fn programs(steps: &mut Steps, runs: u64, corpus: &Path, targets: &[String]) -> Result<()> {
    let (host, folder) = (host()?, root().join("target/soak"));
    // With a target named, build scripts and macros are built without the flags.
    let mut build = cargo([
        "build",
        "--locked",
        "--package=renfort-fuzz",
        "--features=soak",
        "--bin=soak",
        "--profile=soak",
    ]);
    build.arg("--target").arg(&host).arg("--target-dir").arg(&folder);
    build.env("RUSTFLAGS", FLAGS);
    steps.run("the soak", build)?;

    let program = folder.join(&host).join("soak/soak");
    for name in targets {
        let found = folder.join("corpus").join(name);
        fs::create_dir_all(&found)?;
        let mut soak = Command::new(&program);
        soak.env("RENFORT_FUZZ_TARGET", name)
            .arg(&found)
            .arg(corpus.join(name))
            .arg(format!("-runs={runs}"))
            .arg(format!("-max_len={MAX_INPUT}"))
            .arg(format!(
                "-artifact_prefix={}",
                folder.join(format!("{name}-")).display()
            ))
            .args(["-verbosity=0", "-print_funcs=0", "-print_final_stats=1"]);
        steps.run_showing(&format!("soak of {name}"), soak, Output::Live)?;
    }
    Ok(())
}

fn host() -> Result<String> {
    let told = Command::new("rustc").arg("-vV").output().context("rustc -vV")?;
    let text = String::from_utf8(told.stdout)?;
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc does not name its host")
}
