//! Builds the interface, then the programs that carry it inside them.
//!
//! Invariant: the interface is built first, for the programs embed `ui/dist` as it is at that moment.

use anyhow::Result;

use crate::{
    setup,
    steps::Steps,
    workspace::{cargo, npm, target},
};

/// Everything that the two programs need, and they.
///
/// # Errors
/// When a step fails.
pub fn programs(steps: &mut Steps, release: bool) -> Result<()> {
    setup::everything(steps)?;
    interface(steps)?;
    if release {
        steps.run(
            "programs",
            cargo(["build", "--release", "-p", "renfort-relay", "-p", "renfort"]),
        )?;
    } else {
        workspace(steps)?;
    }
    let folder = target().join(if release { "release" } else { "debug" });
    println!("built {0}/renfort and {0}/renfort-relay", folder.display());
    Ok(())
}

/// `ui/dist`.
///
/// # Errors
/// When it does not build.
pub fn interface(steps: &mut Steps) -> Result<()> {
    steps.run("interface", npm(["run", "build"]))
}

/// All programs and tests of the workspace with one choice of features; a choice of some packages only would unify
/// features differently and build the dependencies again.
///
/// # Errors
/// When it does not build.
pub fn workspace(steps: &mut Steps) -> Result<()> {
    steps.run(
        "programs",
        cargo(["build", "--workspace", "--bins", "--tests", "--locked"]),
    )
}

/// Writes `ui/src/generated`, the vectors that the interface and the programs share, and what is signed in the corpus.
///
/// # Errors
/// When a generator does not build or cannot write.
pub fn generate(steps: &mut Steps) -> Result<()> {
    // The app's types import the protocol's, which are therefore written first.
    for package in ["renfort-protocol", "renfort"] {
        let mut generate = cargo(["test", "--package", package, "--test", "typescript"]);
        generate.env("RENFORT_GENERATE", "1");
        steps.run(&format!("types of {package}"), generate)?;
    }
    let mut vectors = cargo(["test", "--package", "renfort-protocol", "--test", "binding"]);
    vectors.env("RENFORT_GENERATE", "1");
    steps.run("vectors of a session's binding", vectors)?;
    let mut composition = cargo(["test", "--package", "renfort-picture", "--test", "vectors"]);
    composition.env("RENFORT_GENERATE", "1");
    steps.run("vectors of a picture's composition", composition)?;
    let mut conversations = cargo(["test", "--package", "renfort-fuzz", "--lib"]);
    conversations.env("RENFORT_GENERATE", "1");
    steps.run("signed conversations of the fuzz corpus", conversations)?;
    Ok(())
}
