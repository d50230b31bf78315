//! The corpus is replayed: each input, every prefix of it, and with one bit flipped in every byte.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::{fs, path::Path};

use renfort_fuzz::{TARGETS, Target, target};
use renfort_protocol::signalling::{FromRelay, Request};
use serde::de::DeserializeOwned;

/// Beyond this length, only so many prefixes and flipped bits are tried, evenly spread.
const TRIED: usize = 500;

fn inputs(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn no_input_of_the_corpus_and_nothing_near_it_breaks_a_parser() {
    for target in TARGETS {
        let inputs = inputs(target);
        assert!(!inputs.is_empty(), "{} has no corpus", target.name);
        for input in inputs {
            (target.run)(&input);
            for at in (0..input.len()).step_by(input.len() / TRIED + 1) {
                (target.run)(&input[..at]);
                let mut flipped = input.clone();
                flipped[at] ^= 1 << (at % 8);
                (target.run)(&flipped);
            }
        }
    }
}

fn all_read_as<T: DeserializeOwned>(name: &str) {
    for input in inputs(&target(name).unwrap()) {
        let read = serde_json::from_slice::<T>(&input);
        let refused = read.err().map(|error| error.to_string());
        assert_eq!(refused, None, "{}", String::from_utf8_lossy(&input));
    }
}

/// What begins as no message leads nowhere, and the interface's tests begin with these, too.
#[test]
fn messages_of_the_corpus_are_messages() {
    all_read_as::<FromRelay>("from_relay");
    all_read_as::<Request>("request");
}

#[test]
fn every_folder_of_the_corpus_is_that_of_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(TARGETS.iter().any(|target| target.name == name), "{name}");
    }
}
