//! Why a program failed, found in what it printed: the lines around a test's error or panic, and the names of the tests
//! that failed.
//!
//! Invariant: at most [`LINES`], so that they fit on the last page of any log; the first failures are kept, since later
//! ones often follow from them.

/// Lines that are kept in all.
const LINES: usize = 50;
/// Lines of one failure: its message, and what it was waiting for.
const LINES_OF_ONE: usize = 12;
/// Characters of one line; a page's whole text may be in one.
const CHARACTERS: usize = 300;

/// How a line begins (after white space) or what it holds where a failure is told.
const BEGINS: [&str; 7] = [
    "Error:",
    "Caused by:",
    "error:",
    "error[",
    "FAIL ",
    "AssertionError",
    "×",
];
const HOLDS: [&str; 2] = ["panicked at", "... FAILED"];
/// Where the telling of one ends.
const ENDS: [&str; 5] = [
    "stack backtrace:",
    "Stack backtrace:",
    "note: run with",
    "note: Some details",
    "test result:",
];

/// The lines that say why; none when nothing looks like a reason.
pub fn reasons(output: &str) -> Vec<String> {
    let lines: Vec<String> = output.lines().map(without_colours).collect();
    let mut kept: Vec<String> = Vec::new();
    let mut left = 0;
    for line in &lines {
        let text = line.trim_start();
        if BEGINS.iter().any(|begin| text.starts_with(begin)) || HOLDS.iter().any(|held| text.contains(held)) {
            left = LINES_OF_ONE;
        } else if ENDS.iter().any(|end| text.starts_with(end)) {
            left = 0;
        }
        if left > 0 {
            left -= 1;
            let short: String = line.chars().take(CHARACTERS).collect();
            if !short.trim().is_empty() && !kept.contains(&short) {
                kept.push(short);
            }
        }
        // The name alone is enough; what follows is another test.
        if text.ends_with("... FAILED") {
            left = 0;
        }
        if kept.len() == LINES {
            break;
        }
    }
    kept
}

/// Without the escape sequences that colour a terminal (ECMA-48).
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tests_error_and_its_panic_are_found_among_the_rest() {
        let output = "\
running 2 tests
test one ... ok
test story::two ... FAILED

failures:

---- story::two stdout ----
Error: in the window of technician, which says:
---
Queue
---

Caused by:
    waited 60 s for notes; seen instead: []

---- three stdout ----
thread 'three' panicked at src/x.rs:3:5:
assertion `left == right` failed
Stack backtrace:
   0: rust_begin_unwind
test result: FAILED. 1 passed; 2 failed
";
        let found = reasons(output);
        assert_eq!(found[0], "test story::two ... FAILED");
        assert!(
            found.iter().any(|line| line.contains("waited 60 s for notes")),
            "{found:?}"
        );
        assert!(
            found.iter().any(|line| line.contains("panicked at src/x.rs")),
            "{found:?}"
        );
        assert!(found.iter().any(|line| line.contains("left == right")), "{found:?}");
        assert!(
            !found
                .iter()
                .any(|line| line.contains("rust_begin") || line.contains("one ... ok")),
            "{found:?}"
        );
    }

    #[test]
    fn the_interfaces_tests_and_the_compiler_are_understood_too() {
        let output = "\u{1b}[31m FAIL \u{1b}[39m src/a.test.ts > it\nAssertionError: expected 1 to be 2\nerror[E0063]: missing field\n";
        let found = reasons(output);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().all(|line| !line.contains('\u{1b}')));
    }

    #[test]
    fn what_is_kept_is_bounded_and_may_be_nothing() {
        let many: String = (0..500)
            .map(|number| format!("Error: {number} {}\n", "x".repeat(1_000)))
            .collect();
        let found = reasons(&many);
        assert_eq!(found.len(), LINES);
        assert!(found.iter().all(|line| line.chars().count() <= CHARACTERS));
        assert!(reasons("all is well\n").is_empty());
    }
}
