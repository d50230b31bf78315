//! The rules of the house, as ARCHITECTURE.md states them: who may import whom, and which words may stand where.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Lines above which a file fails, and above which it is named as long.
const LONGEST: usize = 800;
const LONG: usize = 500;

/// Every crate of ours, its folder, and which of ours it may import.
const CRATES: &[(&str, &str, &[&str])] = &[
    ("renfort-protocol", "relay/protocol", &[]),
    ("renfort-audit", "relay/audit", &["renfort-protocol"]),
    ("renfort-core", "relay/core", &["renfort-audit", "renfort-protocol"]),
    ("renfort-figures", "relay/figures", &["renfort-protocol"]),
    (
        "renfort-relay",
        "relay/server",
        &["renfort-core", "renfort-figures", "renfort-audit", "renfort-protocol"],
    ),
    ("renfort-picture", "src-tauri/picture", &[]),
    (
        "renfort-engine",
        "src-tauri/engine",
        &["renfort-picture", "renfort-audit", "renfort-protocol"],
    ),
    (
        "renfort-platform",
        "src-tauri/platform",
        &["renfort-engine", "renfort-picture", "renfort-audit", "renfort-protocol"],
    ),
    (
        "renfort",
        "src-tauri",
        &[
            "renfort-platform",
            "renfort-engine",
            "renfort-picture",
            "renfort-audit",
            "renfort-protocol",
        ],
    ),
    (
        "renfort-fuzz",
        "tests/fuzz",
        &[
            "renfort-relay",
            "renfort-core",
            "renfort-figures",
            "renfort",
            "renfort-engine",
            "renfort-picture",
            "renfort-audit",
            "renfort-protocol",
        ],
    ),
    (
        "renfort-picture-bench",
        "tests/bench/picture",
        &["renfort", "renfort-picture"],
    ),
    ("renfort-story", "tests/story", &[]),
    ("xtask", "tests/xtask", &[]),
];

/// What a crate may import for its tests besides: the relay's own core, to stand between two programs.
const FOR_TESTS: &[(&str, &str)] = &[("renfort", "renfort-core")];

/// Words with which a core would reach for time, chance, files or sockets.
const IMPURE: &[&str] = &[
    "tokio",
    "SystemTime",
    "Instant::now",
    "rand::",
    "SystemRandom",
    "std::fs",
    "std::net",
    "std::thread",
    "std::env",
];

/// Words, and the only places in which they may stand.
const CONFINED: &[(&[&str], &[&str])] = &[
    (&["webrtc::", "rtc::"], &["src-tauri/engine/src/transport"]),
    (
        &["scrap::", "enigo::", "arboard::", "openh264::", "yuv::", "libc::"],
        &["src-tauri/platform"],
    ),
    (&["x11rb::"], &["src-tauri/platform", "tests/story/src"]),
    (&["tauri::", "tauri_plugin_"], &["src-tauri/src", "src-tauri/tests"]),
    (&["axum::", "sqlx::"], &["relay/server"]),
    (&["unsafe"], &["src-tauri/platform"]),
];

/// Places without time, chance, files and sockets.
const PURE: &[&str] = &[
    "relay/protocol/src",
    "relay/audit/src",
    "relay/core/src",
    "relay/figures/src",
    "src-tauri/picture/src",
    "src-tauri/engine/src/session",
];

/// Names of modules that say nothing.
const SHAPELESS: &[&str] = &["common", "utils", "util", "helpers", "helper", "manager", "misc"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("tests/story lies two folders below the root")
        .into()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below a folder of the checkout with one of these endings, by their path from the root.
fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                if !["target", "node_modules", "dist", "generated", "gen", ".git"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let path = path.strip_prefix(root()).expect("it was found below the root");
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

fn rust_files() -> Vec<String> {
    ["relay", "src-tauri", "tests"]
        .iter()
        .flat_map(|folder| files(folder, &[".rs"]))
        .collect()
}

/// Lines of code with their numbers, without comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(number, line)| {
        let code = line.split("//").next().unwrap_or_default();
        (!code.trim().is_empty()).then_some((number + 1, code))
    })
}

/// Does a word stand in a line, not as the end of a longer one?
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(is_part);
        let after = !word.ends_with([':', '_']) && line[at + word.len()..].chars().next().is_some_and(is_part);
        !before && !after
    })
}

/// Names of the packages that a manifest depends on, however it does, with the section's name.
fn dependencies(manifest: &str) -> Vec<(String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']').to_owned();
            // [dependencies.name]
            if let Some((kind, name)) = section.rsplit_once("dependencies.") {
                found.push((format!("{kind}dependencies"), name.to_owned()));
            }
        } else if section.ends_with("dependencies") && !line.is_empty() && !line.starts_with('#') {
            let name: String = line
                .chars()
                .take_while(|c| c.is_alphanumeric() || "-_".contains(*c))
                .collect();
            found.push((section.clone(), name));
        }
    }
    found
}

fn ours() -> BTreeSet<&'static str> {
    CRATES.iter().map(|(name, ..)| *name).collect()
}

#[track_caller]
fn check_none(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

#[test]
fn every_crate_is_known_to_these_rules() {
    let manifest = read(&root().join("Cargo.toml"));
    let members = manifest
        .split("members = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .expect("a list of members");
    let listed: BTreeSet<&str> = members.split('"').skip(1).step_by(2).collect();
    assert_eq!(listed, CRATES.iter().map(|(_, folder, _)| *folder).collect());
    for (name, folder, _) in CRATES {
        let manifest = read(&root().join(folder).join("Cargo.toml"));
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "{folder} is not {name}"
        );
    }
}

#[test]
fn a_crate_imports_only_what_its_place_in_the_house_allows() {
    let mut broken = Vec::new();
    for (name, folder, allowed) in CRATES {
        for (section, dependency) in dependencies(&read(&root().join(folder).join("Cargo.toml"))) {
            let for_tests = section == "dev-dependencies" && FOR_TESTS.contains(&(*name, dependency.as_str()));
            if ours().contains(dependency.as_str()) && !allowed.contains(&dependency.as_str()) && !for_tests {
                broken.push(format!("{name} imports {dependency} ([{section}])"));
            }
        }
    }
    check_none("arrows that the house does not have", broken);
}

#[test]
fn the_allowed_arrows_make_no_circle() {
    let mut left: BTreeMap<&str, BTreeSet<&str>> = CRATES
        .iter()
        .map(|(name, _, allowed)| (*name, allowed.iter().copied().collect()))
        .collect();
    while !left.is_empty() {
        let free: Vec<&str> = left
            .iter()
            .filter(|(_, arrows)| arrows.is_empty())
            .map(|(name, _)| *name)
            .collect();
        assert!(!free.is_empty(), "a circle among {:?}", left.keys());
        left.retain(|name, _| !free.contains(name));
        for arrows in left.values_mut() {
            arrows.retain(|name| !free.contains(name));
        }
    }
}

#[test]
fn a_core_has_no_clock_no_randomness_no_files_and_no_sockets() {
    let mut broken = Vec::new();
    for file in PURE.iter().flat_map(|folder| files(folder, &[".rs"])) {
        for (number, line) in code(&read(&root().join(&file))) {
            broken.extend(
                IMPURE
                    .iter()
                    .filter(|word| has_word(line, word))
                    .map(|word| format!("{file}:{number}: {word}")),
            );
        }
    }
    check_none("what a core must be given from outside", broken);
}

#[test]
fn words_stand_only_where_they_belong() {
    let mut broken = Vec::new();
    for file in rust_files() {
        if file == "tests/story/tests/architecture.rs" {
            continue;
        }
        let text = read(&root().join(&file));
        for (words, places) in CONFINED {
            if places.iter().any(|place| file.starts_with(place)) {
                continue;
            }
            for (number, line) in code(&text) {
                broken.extend(
                    words
                        .iter()
                        .filter(|word| has_word(line, word))
                        .map(|word| format!("{file}:{number}: {word}")),
                );
            }
        }
    }
    check_none("words outside of their place", broken);
}

#[test]
fn one_file_of_the_interface_knows_the_desktop_shell() {
    let knowing: Vec<String> = files("ui/src", &[".ts", ".svelte", ".js"])
        .into_iter()
        .filter(|file| !file.ends_with(".test.ts") && read(&root().join(file)).contains("@tauri-apps"))
        .collect();
    assert_eq!(knowing.len(), 1, "one file imports @tauri-apps, not {knowing:?}");
    assert!(
        knowing[0].starts_with("ui/src/host/"),
        "{} is not in ui/src/host",
        knowing[0]
    );
}

#[test]
fn no_file_holds_everything() {
    let mut all = rust_files();
    all.extend(files("ui/src", &[".ts", ".svelte", ".css"]));
    let lengths: Vec<(usize, String)> = all
        .into_iter()
        .map(|file| (read(&root().join(&file)).lines().count(), file))
        .collect();
    for (lines, file) in lengths.iter().filter(|(lines, _)| *lines > LONG) {
        println!("warning: {file} has {lines} lines");
    }
    check_none(
        "files that are too long",
        lengths
            .iter()
            .filter(|(lines, _)| *lines > LONGEST)
            .map(|(lines, file)| format!("{file}: {lines} lines"))
            .collect(),
    );
    let mut sorted: Vec<usize> = lengths.into_iter().map(|(lines, _)| lines).collect();
    sorted.sort_unstable();
    assert!(
        sorted[sorted.len() / 2] < 200,
        "the median file has {} lines",
        sorted[sorted.len() / 2]
    );
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    let mut all = rust_files();
    all.extend(files("ui/src", &[".ts", ".svelte"]));
    let named = |file: &String| {
        let path = Path::new(file);
        path.components().any(|part| {
            let part = part.as_os_str().to_string_lossy().to_lowercase();
            SHAPELESS.contains(&part.split('.').next().unwrap_or_default())
        })
    };
    check_none("modules without a shape", all.into_iter().filter(named).collect());
}

#[test]
fn every_crate_keeps_the_workspaces_lints() {
    let keeps = |folder: &str| {
        let manifest = read(&root().join(folder).join("Cargo.toml"));
        manifest
            .split("[lints]")
            .nth(1)
            .is_some_and(|rest| rest.trim_start().starts_with("workspace = true"))
    };
    check_none(
        "crates with lints of their own",
        CRATES
            .iter()
            .filter(|(_, folder, _)| !keeps(folder))
            .map(|(name, ..)| (*name).to_owned())
            .collect(),
    );
}

#[test]
fn nothing_is_left_to_be_done_and_no_test_is_skipped() {
    let unfinished = [
        "#[ignore",
        "todo!",
        "unimplemented!",
        "allow(dead_code)",
        ".skip(",
        ".only(",
        "it.todo",
    ];
    let mut broken = Vec::new();
    let mut all = rust_files();
    all.extend(files("ui/src", &[".ts", ".svelte"]));
    for file in all
        .into_iter()
        .filter(|file| file != "tests/story/tests/architecture.rs")
    {
        let is_rust = file.ends_with(".rs");
        for (number, line) in code(&read(&root().join(&file))) {
            for word in unfinished.iter().filter(|word| line.contains(**word)) {
                // Iterators of Rust skip too.
                if !(is_rust && word.starts_with('.')) {
                    broken.push(format!("{file}:{number}: {word}"));
                }
            }
        }
    }
    check_none("unfinished", broken);
}

#[test]
fn every_module_says_first_what_it_is() {
    check_none(
        "files that do not begin with //!",
        rust_files()
            .into_iter()
            .filter(|file| !read(&root().join(file)).starts_with("//!"))
            .collect(),
    );
}

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    // Tests stand in `tests`, sources in `src`: neither is told of.
    let short = |path: &str| format!("/{path}").replace("/src/", "/").replace("/tests/", "/");
    let mut all = rust_files();
    all.extend(files("ui/src", &[".ts"]));
    let (mut broken, mut tests) = (Vec::new(), 0);
    for row in read(&root().join("SECURITY.md"))
        .lines()
        .filter(|line| line.starts_with("| "))
    {
        let told = row
            .trim_end_matches(['|', ' '])
            .rsplit(" | ")
            .next()
            .unwrap_or_default();
        let mut place: Vec<&String> = Vec::new();
        // What stands between a mark and the next: every second part.
        for name in told.split('`').skip(1).step_by(2) {
            if name.contains('/') || name.ends_with(".rs") || name.ends_with(".ts") {
                let wanted = short(name);
                place = all.iter().filter(|file| short(file).contains(&wanted)).collect();
                if place.is_empty() {
                    broken.push(format!("{name}: no such file"));
                }
            } else if name.contains('_') {
                tests += 1;
                let begins = format!("fn {name}(");
                if !place.iter().any(|file| read(&root().join(file)).contains(&begins)) {
                    broken.push(format!("{name}: no such test where it is said to be"));
                }
            }
        }
    }
    check_none("SECURITY.md", broken);
    assert!(tests > 20, "its table was read: {tests}");
}
