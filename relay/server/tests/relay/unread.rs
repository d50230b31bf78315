//! The command line when nobody reads its output any more, as behind `| head -1`.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use crate::support::{
    World,
    http::Browser,
    program::{Serving, run, run_unread},
};

/// What a shell shows of a program that SIGPIPE ended.
const UNREAD: Option<i32> = Some(141);
const RECEIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../audit/vectors/receipt.html");

#[tokio::test]
async fn a_command_whose_output_nobody_reads_ends_quietly_and_says_so_by_its_exit_code() {
    let world = World::new().await;
    world.start().await.stop().await;
    let data = world.data().to_str().unwrap().to_owned();
    let file = world.folder.path().join("log.jsonl").to_str().unwrap().to_owned();
    assert!(
        run(&["audit", "export", "--data", &data, "--out", &file], "")
            .status
            .success()
    );
    let commands: [&[&str]; 9] = [
        &["audit", "verify", "receipt", RECEIPT],
        &["audit", "verify", &file],
        &["audit", "export", "--data", &data],
        &["people", "list", "--data", &data],
        &["card", "list", "--data", &data],
        &["hold", "list", "--data", &data],
        &["retention", "show", "--data", &data],
        &["people", "require-second-factor", "--data", &data, "off"],
        &["people", "disable", "--data", &data, "--login", "sue"],
    ];
    for command in commands {
        for errors_too in [false, true] {
            let ended = run_unread(command, errors_too);
            assert_eq!(ended.status.code(), UNREAD, "{command:?}: {ended:?}");
            assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{command:?}");
        }
    }
    // What it was asked to do, it did.
    let people = run(&["people", "list", "--data", &data], "").stdout;
    let people = String::from_utf8(people).unwrap();
    let sue = people.lines().find(|line| line.contains("sue")).unwrap();
    assert!(sue.contains("disabled"), "{people}");
}

#[tokio::test]
async fn a_second_factor_that_nobody_has_seen_is_a_failure_that_says_what_to_do() {
    let world = World::new().await;
    world.start().await.stop().await;
    let data = world.data().to_str().unwrap().to_owned();
    let ended = run_unread(
        &["people", "second-factor", "--data", &data, "--login", "sue", "enable"],
        false,
    );
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(
        said.contains("could not be shown") && said.contains("--login sue reset"),
        "{said}"
    );
    let reset = run(
        &["people", "second-factor", "--data", &data, "--login", "sue", "reset"],
        "",
    );
    assert!(String::from_utf8_lossy(&reset.stdout).contains("no second factor any more"));
}

#[tokio::test]
async fn a_question_that_nobody_reads_erases_nothing() {
    let world = World::new().await;
    world.start().await.stop().await;
    let data = world.data().to_str().unwrap().to_owned();
    assert!(
        run(&["people", "disable", "--data", &data, "--login", "bob"], "")
            .status
            .success()
    );
    let ended = run_unread(&["erase", "person", "--data", &data, "--account", "bob"], false);
    assert_eq!(ended.status.code(), UNREAD, "{ended:?}");
    let people = String::from_utf8(run(&["people", "list", "--data", &data], "").stdout).unwrap();
    assert!(people.contains("bob"), "{people}");
}

#[tokio::test]
async fn a_relay_whose_address_nobody_reads_stops_as_ever() {
    let world = World::new().await;
    let mut relay = Serving::start_unannounced(&world.data());
    let sue = Browser::signed_in(relay.address, "sue").await;
    assert_eq!(sue.get("/v1/console/tickets").await.status, 200);
    assert!(relay.terminate().success());
}

#[test]
fn a_log_or_a_receipt_that_does_not_hold_is_a_failure_whoever_reads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipt.html");
    let page = std::fs::read_to_string(RECEIPT).unwrap();
    std::fs::write(&file, page.replace("Alex Durand", "Somebody else")).unwrap();
    let receipt = ["audit", "verify", "receipt", file.to_str().unwrap()];
    let told = run_unread(&receipt, false);
    assert_eq!(told.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&told.stderr).contains("does not hold"));
    assert_eq!(run_unread(&receipt, true).status.code(), Some(1));
}

#[test]
fn a_receipt_of_another_version_is_said_to_be_that_and_not_to_be_false() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../audit/vectors/receipt-v1.html");
    let ended = run(&["audit", "verify", "receipt", file], "");
    assert_eq!(ended.status.code(), Some(3));
    assert_eq!(
        String::from_utf8_lossy(&ended.stderr),
        "error: the receipt was not checked: this receipt was made by another version of Renfort: check it with that one (version)\n"
    );
}

#[tokio::test]
async fn a_relay_serves_on_though_nobody_reads_what_it_writes() {
    let world = World::new().await;
    let mut relay = Serving::start_unread(&world.data());
    let sue = Browser::signed_in(relay.address, "sue").await;
    assert_eq!(sue.get("/v1/console/tickets").await.status, 200);
    assert!(relay.terminate().success());
}

#[test]
fn a_reader_that_leaves_after_the_first_line_has_it() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_renfort-relay"))
        .args(["audit", "verify", "receipt", RECEIPT])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    // The reader goes with this statement.
    BufReader::with_capacity(1, child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.starts_with("The receipt holds"), "{line}");
    let ended = child.wait_with_output().unwrap();
    // It may have said everything before the reader left.
    assert!([UNREAD, Some(0)].contains(&ended.status.code()), "{ended:?}");
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}
