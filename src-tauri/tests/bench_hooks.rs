//! The program that people get has nothing of what lets the bench run it without a person.

#![cfg(not(feature = "bench-hooks"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_renfort");
/// Words of the bench's command line, and what it prints.
const WORDS: [&str; 4] = ["auto-grant", "take-next", "password-file", "bench-hooks"];

#[test]
fn the_normal_program_refuses_what_the_bench_asks() {
    for arguments in [&["--auto-grant", "view,control"][..], &["--take-next"]] {
        for part in [&[][..], &["user"], &["technician"]] {
            let refused = Command::new(PROGRAM).args(part).args(arguments).output().unwrap();
            let said = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(refused.status.code(), Some(2), "{part:?} {arguments:?}: {said}");
            assert!(said.contains("unexpected argument"), "{part:?} {arguments:?}: {said}");
        }
    }
}

#[test]
fn the_normal_program_holds_none_of_its_words() {
    // grep, for the program has hundreds of megabytes before its debug information is taken out.
    let holds = |word: &str| {
        let searched = Command::new("grep").args(["-qaF", word, PROGRAM]).status().unwrap();
        searched.code() == Some(0)
    };
    assert!(holds("organisation"), "a word that it does hold is found");
    for word in WORDS {
        assert!(!holds(word), "{word}");
    }
}

#[test]
fn no_default_feature_brings_it_in() {
    let manifest = include_str!("../Cargo.toml");
    let features: Vec<&str> = manifest
        .lines()
        .skip_while(|line| *line != "[features]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#') && line.contains("bench-hooks"))
        .collect();
    assert_eq!(features, ["bench-hooks = []"], "only its own definition names it");
}
