//! What an outsider does with an exported log: look into it, and try to change it unnoticed.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::relay::Relay;

/// Places in the file that are changed, one at a time.
const ATTEMPTS: usize = 5;

/// How many times an exported log has an event.
#[must_use]
pub fn times(log: &str, code: &str) -> usize {
    log.matches(&format!("\"{code}\"")).count()
}

/// The events of an exported log, in its order.
#[must_use]
pub fn codes(log: &str) -> Vec<String> {
    log.lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|line| line["record"]["code"].as_str().map(str::to_owned))
        .collect()
}

/// Changes one digit of an exported log, each time another one, and checks that no copy verifies any longer. Says what
/// the verifier said of the last.
///
/// # Errors
/// When a changed copy verifies.
pub fn check_that_a_change_is_noticed(relay: &Relay, exported: &Path) -> Result<String> {
    let bytes = std::fs::read(exported)?;
    let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
    ensure!(
        digits.len() > ATTEMPTS,
        "the exported log {} is all but empty",
        exported.display()
    );
    let mut said = None;
    for attempt in 0..ATTEMPTS {
        let at = digits[(attempt * 2 + 1) * digits.len() / (ATTEMPTS * 2)];
        let mut changed = bytes.clone();
        changed[at] = if changed[at] == b'7' { b'4' } else { b'7' };
        let copy = exported.with_extension("changed");
        std::fs::write(&copy, changed)?;
        let verdict = relay.verify_log(&copy);
        std::fs::remove_file(&copy)?;
        let refusal = verdict
            .err()
            .with_context(|| format!("the log verifies although byte {at} was changed"))?;
        said = refusal.to_string().lines().last().map(str::to_owned);
    }
    said.context("the verifier says what is wrong")
}
