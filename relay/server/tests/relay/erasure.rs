//! Erasing a person with the real program: what is left of them in the folder, in the console, in the log.

use std::{path::Path, process::Output, time::Duration};

use renfort_audit::{
    actor::device_hash,
    export::{Against, ExportVerifier},
    keeping::{HoldCode, HoldReason},
};
use renfort_protocol::{
    ids::{DeviceKey, TicketId},
    people::Stated,
    signalling::{Identity, ToRelay},
    ticket::{NoteText, Outcome},
};
use renfort_relay::{
    clock,
    reveal::opened_by,
    store::{
        Store,
        erasing::{Erasing, NewHold, Whom},
        orders::{Ordered, Orders},
    },
};
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::support::{
    World,
    client::{connect, technician},
    http::Browser,
    name,
    program::{Serving, run},
};

const NAME: &str = "Zéphyrine Quenelle";
const MACHINE: &str = "poste-zq-77";
const SUMMARY: &str = "Mon clavier écrit zzyzx";
const NOTE: &str = "Elle a renversé du kombucha";

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn erase(world: &World, who: &[&str]) -> Output {
    let data = world.data().to_str().unwrap().to_owned();
    let all = ["erase", "person", "--yes", "--data", &data];
    run(&[&all[..], who].concat(), "")
}

fn hold(world: &World, action: &str, rest: &[&str]) -> Output {
    let data = world.data().to_str().unwrap().to_owned();
    run(&[&["hold", action, "--data", &data], rest].concat(), "")
}

/// Files of the folder in which any of these stands, in any case of its letters that the relay writes.
fn files_with(folder: &Path, needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for needle in needles {
            for form in [(*needle).to_owned(), needle.to_lowercase()] {
                if bytes.windows(form.len()).any(|part| part == form.as_bytes()) {
                    found.push(format!("{}: {form}", path.display()));
                }
            }
        }
    }
    found
}

fn verifies(log: &str) -> bool {
    let mut verifier = ExportVerifier::new(Against::default());
    log.lines().all(|line| verifier.push(line).is_ok()) && verifier.finish().is_ok()
}

fn exported(world: &World) -> String {
    let data = world.data().to_str().unwrap().to_owned();
    String::from_utf8(run(&["audit", "export", "--data", &data], "").stdout).unwrap()
}

/// Opens a ticket as the person to be erased.
async fn asks(relay: &Serving, request: u128) -> (crate::support::client::Client, TicketId) {
    let mut client = connect(relay.address).await;
    let stated = Stated {
        name: name(NAME),
        machine: name(MACHINE),
    };
    client.welcome(1, Identity::User { stated }).await.unwrap();
    let ticket = client.open_ticket_saying(request, SUMMARY).await.unwrap().unwrap();
    (client, ticket)
}

/// A ticket of theirs from opening to closing, with a note.
async fn helped(relay: &Serving, request: u128) -> TicketId {
    let (_asking, ticket) = asks(relay, request).await;
    let mut ada = technician(relay.address, "ada", 2).await;
    ada.take(ticket).await.unwrap().unwrap();
    let text = NoteText::new(NOTE).unwrap();
    ada.ask(ToRelay::AddNote { ticket, text }).await.unwrap().unwrap();
    ada.ask(ToRelay::WrapUp {
        ticket,
        outcome: Outcome::Solved,
        message: Some(NoteText::new(format!("Bonjour {NAME}")).unwrap()),
        note: None,
    })
    .await
    .unwrap()
    .unwrap();
    ticket
}

#[tokio::test]
async fn of_a_person_erased_while_the_relay_runs_no_byte_is_left_and_every_proof_verifies() {
    let world = World::new().await;
    let mut relay = Serving::start(&world.data());
    for request in 1..=3 {
        helped(&relay, request).await;
    }
    let sue = Browser::signed_in(relay.address, "sue").await;
    let history = "/v1/console/history?person=z%C3%A9phyrine%20quenelle";
    assert!(sue.get(history).await.text().contains(NAME));
    let body = format!(r#"{{"name":"{NAME}","list":"tickets","filter":{{"person":"{NAME}"}}}}"#);
    let kept = sue.request("POST", "/v1/console/views", &[], &body).await;
    assert_eq!(kept.status, 200, "{}", kept.text());
    assert!(!files_with(&world.data(), &[NAME, SUMMARY, NOTE]).is_empty());
    let before = exported(&world);
    assert!(before.contains(NAME) && verifies(&before));

    let erased = erase(&world, &["--name", &NAME.to_uppercase()]);
    assert!(erased.status.success(), "{}", text(&erased));
    assert!(text(&erased).contains("3 tickets with"), "{}", text(&erased));

    let needles = [NAME, MACHINE, SUMMARY, NOTE];
    assert_eq!(files_with(&world.data(), &needles), [""; 0]);
    let mut answers = Vec::new();
    for path in [
        "tickets",
        "sessions",
        "ticket/T-1001",
        "views",
        "export/tickets.csv",
        "export/sessions.csv",
        "export/audit.jsonl",
        "export/audit.csv",
    ] {
        let answer = sue.get(&format!("/v1/console/{path}")).await;
        assert_eq!(answer.status, 200, "{path}");
        answers.push(answer.text());
    }
    let live = sue.request("POST", "/v1/console/live", &[], "").await;
    answers.push(live.text());
    for needle in needles {
        assert!(!answers.iter().any(|answer| answer.contains(needle)), "{needle}");
    }
    assert!(
        answers[0].contains("[erased]") && answers[0].contains("Ada Tech"),
        "{}",
        answers[0]
    );

    let after = exported(&world);
    assert!(verifies(&after));
    let erased_line = after.lines().find(|line| line.contains("person.erased")).unwrap();
    assert!(
        erased_line.contains(r#""of":"name""#) && erased_line.contains(r#""tickets":3"#),
        "{erased_line}"
    );
    let hashes = |log: &str| -> Vec<String> {
        let lines = log
            .lines()
            .filter_map(|line| line.get(..75))
            .filter(|line| line.starts_with(r#"{"hash""#));
        lines.map(str::to_owned).collect()
    };
    let (old, new) = (hashes(&before), hashes(&after));
    assert_eq!(old, new[..old.len()], "no record changed");

    let again = erase(&world, &["--name", NAME]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again).contains("nothing was found"), "{}", text(&again));
    let device = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
    let hash = device_hash(&DeviceKey(device.public_key().as_ref().try_into().unwrap())).to_string();
    let twice = erase(&world, &["--device", &hash]);
    assert!(
        twice.status.success() && text(&twice).contains("already"),
        "{}",
        text(&twice)
    );

    // What the relay holds in memory follows: the same device asks again, and only the new ticket has its name.
    let (mut asking, ticket) = asks(&relay, 9).await;
    asking.ask(ToRelay::CancelTicket { ticket }).await.unwrap().unwrap();
    let tickets = sue.get("/v1/console/tickets").await.text();
    assert_eq!(tickets.matches(NAME).count(), 1, "{tickets}");
    assert!(relay.terminate().success());
    Serving::start(&world.data());
}

#[tokio::test]
async fn a_person_is_erased_without_a_running_relay_too() {
    let world = World::new().await;
    let mut relay = Serving::start(&world.data());
    helped(&relay, 1).await;
    assert!(relay.terminate().success());
    let elsewhere = erase(&world, &["--name", NAME, "--machine", "another"]);
    assert_eq!(elsewhere.status.code(), Some(1), "{}", text(&elsewhere));
    let erased = erase(&world, &["--name", NAME, "--machine", MACHINE]);
    assert!(erased.status.success(), "{}", text(&erased));
    assert_eq!(files_with(&world.data(), &[NAME, MACHINE, SUMMARY, NOTE]), [""; 0]);
    assert!(verifies(&exported(&world)));
}

#[tokio::test]
async fn whoever_has_an_open_ticket_is_not_erased_and_the_attempt_is_in_the_log() {
    let world = World::new().await;
    let relay = Serving::start(&world.data());
    helped(&relay, 1).await;
    let _open = asks(&relay, 2).await;
    let refused = erase(&world, &["--name", NAME]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused).contains("T-1002 is still open"), "{}", text(&refused));
    let sue = Browser::signed_in(relay.address, "sue").await;
    assert_eq!(sue.get("/v1/console/tickets").await.text().matches(NAME).count(), 2);
    let log = until(&sue, "person.erase_denied").await;
    let line = log.lines().find(|line| line.contains("person.erase_denied")).unwrap();
    assert!(
        line.contains(r#""denied":true"#) && line.contains(r#""reason":"open""#),
        "{line}"
    );
}

#[tokio::test]
async fn what_is_on_hold_stays_until_the_hold_is_removed() {
    let world = World::new().await;
    let relay = Serving::start(&world.data());
    helped(&relay, 1).await;
    helped(&relay, 2).await;
    let added = hold(
        &world,
        "add",
        &["--ticket", "T-1001", "--reason", "A complaint is examined"],
    );
    assert!(added.status.success(), "{}", text(&added));
    let twice = hold(
        &world,
        "add",
        &["--ticket", "T-1001", "--reason", "A complaint is examined"],
    );
    assert!(
        !twice.status.success() && text(&twice).contains("on hold already"),
        "{}",
        text(&twice)
    );
    let unknown = hold(
        &world,
        "add",
        &["--ticket", "T-9", "--reason", "A complaint is examined"],
    );
    assert!(
        !unknown.status.success() && text(&unknown).contains("no such"),
        "{}",
        text(&unknown)
    );

    let partly = erase(&world, &["--name", NAME]);
    assert!(
        partly.status.success() && text(&partly).contains("T-1001"),
        "{}",
        text(&partly)
    );
    let sue = Browser::signed_in(relay.address, "sue").await;
    let tickets = sue.get("/v1/console/tickets").await.text();
    assert_eq!(tickets.matches(NAME).count(), 1, "{tickets}");
    assert!(exported(&world).contains(NAME), "its keys are kept");

    let held = erase(&world, &["--name", NAME]);
    assert!(
        !held.status.success() && text(&held).contains("T-1001 is on hold"),
        "{}",
        text(&held)
    );
    let log = until(&sue, r#""reason":"held""#).await;
    assert!(log.contains("hold.added") && log.contains("A complaint is examined"));

    assert!(text(&hold(&world, "list", &[])).contains("T-1001: A complaint"));
    let why = |reason: &str| hold(&world, "remove", &["--ticket", "T-1001", "--reason", reason]);
    for (reason, said) in [
        ("", "the text is empty"),
        ("x", "shorter than 10"),
        ("a\u{1b}[2J complaint was\nexamined", "character"),
        (&"long ".repeat(1_000), "longer than"),
    ] {
        let refused = why(reason);
        assert!(
            refused.status.code() == Some(2) && text(&refused).contains(said),
            "{reason:?}: {}",
            text(&refused)
        );
    }
    let without = hold(&world, "remove", &["--ticket", "T-1001"]);
    assert!(text(&without).contains("--reason"), "{}", text(&without));
    assert!(
        text(&hold(&world, "list", &[])).contains("T-1001: A complaint"),
        "nothing was changed"
    );
    let reason = "The complaint was examined";
    let other = ["--ticket", "T-1001", "--abuse-reported", "--reason", reason];
    let refused = hold(&world, "remove", &other);
    assert!(
        !refused.status.success() && text(&refused).contains("nothing here for a report of abuse"),
        "{}",
        text(&refused)
    );
    assert!(why(reason).status.success());
    assert!(!why(reason).status.success());
    assert!(erase(&world, &["--name", NAME]).status.success());
    assert_eq!(files_with(&world.data(), &[NAME, MACHINE, SUMMARY, NOTE]), [""; 0]);
    assert!(verifies(&until(&sue, "hold.removed").await));
}

#[tokio::test]
async fn what_a_report_of_abuse_holds_is_let_go_by_its_name_only() {
    let world = World::new().await;
    let relay = Serving::start(&world.data());
    helped(&relay, 1).await;
    let store = world.store().await;
    let own = NewHold {
        ticket: TicketId(1001),
        session: None,
        reason: HoldReason::Own {
            code: HoldCode::AbuseReported,
        },
    };
    let mut transaction = store.begin().await.unwrap();
    transaction.hold(&own, clock::now()).await.unwrap();
    transaction.commit().await.unwrap();
    store.close().await;
    let of = ["--ticket", "T-1001", "--reason", "It was examined"];
    let refused = hold(&world, "remove", &of);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused).contains("the user reported abuse") && text(&refused).contains("--abuse-reported"),
        "{}",
        text(&refused)
    );
    let sue = Browser::signed_in(relay.address, "sue").await;
    let log = until(&sue, "hold.remove_denied").await;
    let line = log.lines().find(|line| line.contains("hold.remove_denied")).unwrap();
    assert!(
        line.contains(r#""denied":true"#) && line.contains("abuse_reported") && line.contains("It was examined"),
        "{line}"
    );
    // Somebody's own hold beside it comes and goes by itself.
    let also = ["--ticket", "T-1001", "--reason", "A complaint is examined"];
    assert!(hold(&world, "add", &also).status.success());
    assert!(hold(&world, "remove", &of).status.success());
    assert!(text(&hold(&world, "list", &[])).contains("T-1001: the user reported abuse"));
    assert!(!erase(&world, &["--name", NAME]).status.success());
    let named = hold(&world, "remove", &[&of[..], &["--abuse-reported"]].concat());
    assert!(named.status.success(), "{}", text(&named));
    assert!(text(&hold(&world, "list", &[])).contains("Nothing is on hold"));
    let log = until(&sue, r#""since""#).await;
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("hold.removed")).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        !lines[0].contains("abuse_reported") && lines[1].contains("It was examined"),
        "{lines:?}"
    );
    assert!(verifies(&log));
}

#[tokio::test]
async fn an_account_is_erased_once_it_is_disabled() {
    let world = World::new().await;
    let relay = Serving::start(&world.data());
    helped(&relay, 1).await;
    let active = erase(&world, &["--account", "ada"]);
    assert!(
        !active.status.success() && text(&active).contains("people disable"),
        "{}",
        text(&active)
    );
    let data = world.data().to_str().unwrap().to_owned();
    assert!(
        run(&["people", "disable", "--data", &data, "--login", "ada"], "")
            .status
            .success()
    );
    let sue = Browser::signed_in(relay.address, "sue").await;
    until(&sue, "person.disabled").await;
    let erased = erase(&world, &["--account", "ada"]);
    assert!(erased.status.success(), "{}", text(&erased));
    assert_eq!(files_with(&world.data(), &["Ada Tech"]), [""; 0]);
    let tickets = sue.get("/v1/console/tickets").await.text();
    assert!(tickets.contains(NAME) && !tickets.contains("Ada Tech"), "{tickets}");
    assert!(verifies(&exported(&world)));
    assert_eq!(erase(&world, &["--account", "ada"]).status.code(), Some(1));
}

#[tokio::test]
async fn an_erasure_that_was_cut_off_is_completed_at_the_next_start() {
    let world = World::new().await;
    let mut relay = Serving::start(&world.data());
    helped(&relay, 1).await;
    relay.kill();
    let store = world.store().await;
    let whom = Whom::Name {
        name: name(NAME),
        machine: None,
    };
    store.put_order(&Ordered::Erase(whom), clock::now()).await.unwrap();
    // As far as it came: the keys are gone, the names are not.
    let order = store.orders().await.unwrap()[0].id;
    let scopes = store.scopes_of_ticket(TicketId(1001)).await.unwrap();
    let keys = opened_by(&store, &scopes).await.unwrap();
    let fields: u64 = keys.iter().map(|key| key.fields).sum();
    store.erase_keys(order, &keys).await.unwrap();
    store.close().await;
    let relay = Serving::start(&world.data());
    let sue = Browser::signed_in(relay.address, "sue").await;
    let log = until(&sue, "person.erased").await;
    assert!(verifies(&log));
    assert_eq!(log.matches("person.erased").count(), 1);
    let line = log.lines().find(|line| line.contains("person.erased")).unwrap();
    assert!(
        line.contains(&format!(r#""fields":{fields}"#)),
        "what went before is told: {line}"
    );
    let mut left = files_with(&world.data(), &[NAME, MACHINE, SUMMARY, NOTE]);
    for _ in 0..100 {
        if left.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        left = files_with(&world.data(), &[NAME, MACHINE, SUMMARY, NOTE]);
    }
    assert_eq!(left, [""; 0]);
}

/// The log, once this stands in it.
async fn until(sue: &Browser, part: &str) -> String {
    for _ in 0..100 {
        let log = sue.get("/v1/console/export/audit.jsonl").await.text();
        if log.contains(part) {
            return log;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{part} never stood in the log");
}
