//! What the command line does stands in the log: each command by itself, in order, whatever happens to the relay meanwhile.

use std::{
    path::Path,
    process::Output,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use renfort_audit::export::{Against, ExportVerifier, ExportedRecord};
use renfort_figures::HoursFile;
use renfort_relay::{
    clock,
    data::DataFolder,
    erasure::retention::set_months,
    error::RelayError,
    orders::carry_out::carry_out,
    store::{
        Store, StoreError,
        orders::{Ordered, Orders},
    },
};

use crate::support::{
    ADMIN, PASSWORD, World, name,
    program::{Serving, run},
};

/// A command about this data folder.
fn command(data: &Path, arguments: &[&str]) -> Output {
    let place = arguments.iter().take_while(|one| !one.starts_with("--")).count();
    let mut all: Vec<&str> = arguments.to_vec();
    let data = ["--data", data.to_str().unwrap()];
    // Before what has no name of its own.
    all.splice(place.min(2)..place.min(2), data);
    run(&all, PASSWORD)
}

fn done(data: &Path, arguments: &[&str]) {
    let output = command(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

/// What the operator did, as the log that verifies tells it: code, a number that tells one from another, when ordered.
fn told(data: &Path) -> Vec<(String, Option<u64>, u64)> {
    let log = String::from_utf8(command(data, &["audit", "export"]).stdout).unwrap();
    let mut verifier = ExportVerifier::new(Against::default());
    log.lines().for_each(|line| verifier.push(line).unwrap());
    verifier.finish().unwrap();
    let records = log
        .lines()
        .filter_map(|line| serde_json::from_str::<ExportedRecord>(line).ok())
        .map(|exported| serde_json::to_value(exported.record).unwrap());
    let mut last = 0;
    let mut all = Vec::new();
    for record in records {
        let at = record["at"].as_u64().unwrap();
        assert!(at >= last, "the relay's clock goes on");
        last = at;
        if record["actor"] == "operator" {
            let fields = &record["fields"];
            let number = fields["months"].as_u64().or(fields["person"].as_u64());
            let ordered = fields["ordered_at"].as_u64().unwrap();
            assert!(ordered <= at + 1_000, "before it was written: {record}");
            all.push((record["code"].as_str().unwrap().to_owned(), number, ordered));
        }
    }
    all
}

fn codes(data: &Path) -> Vec<(String, Option<u64>)> {
    told(data).into_iter().map(|(code, number, _)| (code, number)).collect()
}

/// One of each kind, and two of the retention.
fn many_commands(data: &Path, hours: &str) -> Vec<(String, Option<u64>)> {
    let password = ["--password-file", "-"];
    let eve = [
        "people",
        "add",
        "--login",
        "eve",
        "--name",
        "Eve",
        "--role",
        "supervisor",
    ];
    done(data, &["retention", "set", "--audit-months", "24"]);
    done(data, &[&eve[..], &password].concat());
    done(data, &["retention", "set", "--audit-months", "6"]);
    done(data, &["people", "second-factor", "--login", "eve", "enable"]);
    done(
        data,
        &[&["people", "password", "--login", "eve"][..], &password].concat(),
    );
    done(data, &["people", "require-second-factor", "on"]);
    done(data, &["hours", "set", hours]);
    done(data, &["people", "require-second-factor", "off"]);
    done(data, &["people", "second-factor", "--login", "eve", "reset"]);
    let active = command(data, &["erase", "person", "--yes", "--account", "eve"]);
    assert!(!active.status.success(), "{active:?}");
    let last = command(data, &["people", "disable", "--login", ADMIN]);
    assert!(!last.status.success(), "{last:?}");
    done(data, &["people", "disable", "--login", "eve"]);
    done(data, &["people", "disable", "--login", "eve"]);
    done(data, &["erase", "person", "--yes", "--account", "eve"]);
    done(data, &["retention", "set", "--audit-months", "12"]);
    [
        ("retention.changed", Some(24)),
        ("person.added", Some(5)),
        ("retention.changed", Some(6)),
        ("second_factor.enabled", Some(5)),
        ("person.password_changed", Some(5)),
        ("second_factor.required", None),
        ("hours.changed", None),
        ("second_factor.required", None),
        ("second_factor.reset", Some(5)),
        ("person.erase_denied", Some(5)),
        ("person.disable_denied", Some(1)),
        ("person.disabled", Some(5)),
        ("person.erased", Some(5)),
        ("retention.changed", Some(12)),
    ]
    .map(|(code, number)| (code.to_owned(), number))
    .into()
}

fn hours(world: &World) -> String {
    let file = world.folder.path().join("hours.json");
    let text = r#"{"time_zone":"UTC","week":{"monday":[{"from":"08:00","to":"12:00"}]}}"#;
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// The accounts of the test's world.
fn first() -> Vec<(String, Option<u64>)> {
    (1..=4).map(|id| ("person.added".to_owned(), Some(id))).collect()
}

#[tokio::test]
async fn every_command_is_in_the_log_in_its_order_when_it_says_that_it_is_done() {
    for serving in [true, false] {
        let world = World::new().await;
        let relay = serving.then(|| Serving::start(&world.data()));
        let expected = many_commands(&world.data(), &hours(&world));
        assert_eq!(codes(&world.data()), [first(), expected].concat(), "serving: {serving}");
        let all = told(&world.data());
        assert!(all.is_sorted_by_key(|(_, _, ordered)| *ordered), "{all:?}");
        drop(relay);
    }
}

#[tokio::test]
async fn what_was_cut_off_after_the_change_is_told_by_the_next_command_or_start() {
    let world = World::new().await;
    let data = world.data();
    // As a command that was killed between its change and its record.
    let store = world.store().await;
    set_months(&store, 24, clock::now()).await.unwrap();
    store.disable_person(&name("bob"), false, clock::now()).await.unwrap();
    store.close().await;
    done(&data, &["retention", "set", "--audit-months", "6"]);
    let change = |months| ("retention.changed".to_owned(), Some(months));
    let mut expected = first();
    expected.extend([change(24), ("person.disabled".to_owned(), Some(4)), change(6)]);
    assert_eq!(codes(&data), expected);

    let store = world.store().await;
    set_months(&store, 36, clock::now()).await.unwrap();
    store.close().await;
    let relay = Serving::start(&data);
    expected.push(change(36));
    assert_eq!(codes(&data), expected);
    drop(relay);
    Serving::start(&data);
    assert_eq!(codes(&data), expected, "once only");
}

#[tokio::test]
async fn a_command_whose_relay_dies_before_it_took_it_up_writes_by_itself() {
    let world = World::new().await;
    let data = world.data();
    // A relay that runs, and does nothing any more.
    let folder = DataFolder::open(&data).unwrap();
    let relay = folder.lock_to_serve().unwrap();
    let given = data.clone();
    let waiting = thread::spawn(move || command(&given, &["retention", "set", "--audit-months", "24"]));
    let store = world.store().await;
    let ordered = || async { store.orders().await.unwrap().len() };
    while ordered().await < 4 && !waiting.is_finished() {
        thread::sleep(Duration::from_millis(20));
    }
    thread::sleep(Duration::from_millis(300));
    assert!(!waiting.is_finished(), "it says nothing before it is in the log");
    store.close().await;
    drop(relay);
    let output = waiting.join().unwrap();
    assert!(output.status.success(), "{output:?}");
    let change = ("retention.changed".to_owned(), Some(24));
    assert_eq!(codes(&data), [first(), vec![change]].concat());
}

#[tokio::test]
async fn an_order_that_cannot_be_taken_up_holds_up_no_other_and_is_told_to_whoever_waits_for_it() {
    for serving in [false, true] {
        let world = World::new().await;
        let store = world.store().await;
        let unknown = HoursFile {
            time_zone: "Nowhere/At_all".to_owned(),
            ..HoursFile::default()
        };
        let order = store
            .put_order(&Ordered::HoursSet(unknown), clock::now())
            .await
            .unwrap();
        let relay = serving.then(|| Serving::start(&world.data()));
        let begun = Instant::now();
        done(&world.data(), &["retention", "set", "--audit-months", "24"]);
        assert!(begun.elapsed() < Duration::from_secs(30), "serving: {serving}");
        let expected = [first(), vec![("retention.changed".to_owned(), Some(24))]].concat();
        assert_eq!(codes(&world.data()), expected);
        drop(relay);
        let folder = DataFolder::open(&world.data()).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let waited = carry_out(&folder, &store, order, false, Duration::from_secs(60)).await;
        assert!(
            matches!(waited, Err(RelayError::Store(StoreError::Damaged(_)))),
            "{waited:?}"
        );
        store.close().await;
    }
}

#[tokio::test]
async fn commands_at_once_are_each_told_once() {
    let world = World::new().await;
    for serving in [false, true] {
        let relay = serving.then(|| Serving::start(&world.data()));
        let before = codes(&world.data()).len();
        let each: Vec<u64> = (20..26).collect();
        let commands: Vec<_> = each
            .iter()
            .map(|months| {
                let (data, months) = (world.data(), months.to_string());
                thread::spawn(move || command(&data, &["retention", "set", "--audit-months", &months]))
            })
            .collect();
        for (command, months) in commands.into_iter().zip(&each) {
            let output = command.join().unwrap();
            assert!(output.status.success(), "{output:?}");
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(said.contains(&format!("kept for {months} months:")), "its own: {said}");
        }
        let all = codes(&world.data());
        let mut new: Vec<u64> = all[before..]
            .iter()
            .filter(|(code, _)| code == "retention.changed")
            .filter_map(|(_, months)| *months)
            .collect();
        let last = *new.last().unwrap();
        new.sort_unstable();
        assert_eq!(new, each);
        let store = world.store().await;
        let months = renfort_relay::erasure::retention::months(&store).await.unwrap();
        assert_eq!(u64::from(months), last, "the last one told is the one that counts");
        store.close().await;
        drop(relay);
    }
}

#[tokio::test]
async fn a_relay_that_starts_while_a_command_writes_waits_for_it() {
    let world = World::new().await;
    let folder = DataFolder::open(&world.data()).unwrap();
    let lock = folder.lock_to_serve().unwrap();
    let command = thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        drop(lock);
    });
    Serving::start(&world.data());
    command.join().unwrap();
}
