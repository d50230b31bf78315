//! What comes from outside, checked by cargo-deny against `deny.toml`.
//!
//! Flow: what needs no database (versions, licences, sources), then the advisories. Invariant: the advisories are left
//! out only when their database cannot be reached, and then that is said with the reason; all else fails.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::{setup, steps::Steps, workspace::root};

/// Where the advisories are kept; `deny.toml` names the same.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";
/// How long its host may take to answer, in seconds: without a network some never do.
const PATIENCE: &str = "30";

/// These checks alone.
///
/// # Errors
/// As [`check`].
pub fn alone(steps: &mut Steps) -> Result<()> {
    setup::dependency_checker(steps)?;
    check(steps)
}

/// Licences, versions and sources of all dependencies, and what is known against them.
///
/// # Errors
/// When one is not allowed, or when it cannot be checked for another reason than an unreachable database.
pub fn check(steps: &mut Steps) -> Result<()> {
    steps.run(
        "dependencies: bans, licences, sources",
        cargo_deny(["bans", "licenses", "sources"]),
    )?;
    let name = "dependencies: advisories";
    match reach(DATABASE)? {
        Ok(()) => steps.run(name, cargo_deny(["advisories"])),
        Err(why) => {
            let why = format!("they were NOT checked: {DATABASE} cannot be reached ({why})");
            steps.left_out(name, &why);
            Ok(())
        }
    }
}

fn cargo_deny<const N: usize>(checks: [&str; N]) -> Command {
    let mut command = Command::new(setup::cargo_deny());
    command
        .current_dir(root())
        .args(["--locked", "--color", "never", "check"])
        .args(checks);
    command
}

/// Does a git repository answer? Else what git says of it.
fn reach(repository: &str) -> Result<Result<(), String>> {
    let output = Command::new("timeout")
        .args([PATIENCE, "git", "ls-remote", "--quiet", repository, "HEAD"])
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .context("cannot start timeout (of coreutils)")?;
    // What `timeout` ends with when there is no such program.
    ensure!(output.status.code() != Some(127), "git is not installed");
    if output.status.success() {
        return Ok(Ok(()));
    }
    let told = String::from_utf8_lossy(&output.stderr);
    // Somebody answers who is not who they should be: that is no missing network.
    ensure!(
        !told.contains("certificate"),
        "{repository} is not to be trusted: {told}"
    );
    let fatal = told.lines().find(|line| line.starts_with("fatal:"));
    Ok(Err(match fatal.or_else(|| told.lines().next()) {
        Some(line) => line.trim().to_owned(),
        None => format!("no answer in {PATIENCE} seconds"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::target;

    fn rules() -> String {
        std::fs::read_to_string(root().join("deny.toml")).unwrap()
    }

    #[test]
    fn the_database_that_is_asked_for_is_the_one_that_is_used() {
        let named = rules()
            .lines()
            .find(|line| line.starts_with("db-urls"))
            .map(str::to_owned);
        assert_eq!(named, Some(format!("db-urls = [\"{DATABASE}\"]")));
    }

    #[test]
    fn every_advisory_that_is_ignored_says_why() {
        let rules = rules();
        let (_, ignored) = rules.split_once("\nignore = [").expect("a list of ignored advisories");
        let silent: Vec<&str> = ignored
            .lines()
            .filter(|line| line.contains("RUSTSEC-"))
            .filter(|line| line.split_once("reason = \"").is_none_or(|(_, why)| why.len() <= 20))
            .collect();
        assert!(silent.is_empty(), "{silent:#?}");
    }

    #[test]
    fn a_repository_is_reached_or_git_says_why_not() {
        let folder = target().join("xtask/a-database");
        // Left by an earlier run, or not there.
        std::fs::remove_dir_all(&folder).ok();
        let path = folder.to_str().expect("a path in UTF-8");
        let why = reach(path).unwrap().unwrap_err();
        assert!(why.starts_with("fatal: "), "{why}");
        let made = Command::new("git").args(["init", "--quiet", "--bare", path]).status();
        assert!(made.unwrap().success());
        assert_eq!(reach(path).unwrap(), Ok(()));
    }
}
