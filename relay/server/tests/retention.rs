//! Names are kept for some months and no longer, by a clock that the test holds.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::sync::Arc;

use renfort_audit::{actor::Actor, event::Event, keeping::HoldReason, record::Entry};
use renfort_core::contract::{Batch, Change, TicketRecord};
use renfort_protocol::{
    erased,
    figures::Purpose,
    ids::{DeviceKey, RequestId, TicketId},
    people::{Level, Name, Stated},
    ticket::{Impact, Language, Summary, TicketState, Urgency},
    time::UnixMillis,
};
use renfort_relay::{
    erasure::retention::{cutoff, order_run, set_months},
    log_reader,
    orders::settle,
    reveal::Revealer,
    store::{
        Store,
        erasing::{Erasing, NewHold, Removal},
        memory::MemoryStore,
    },
    writer::{LogIdentity, Writer, WriterHandle},
};
use ring::signature::Ed25519KeyPair;

const DAY: u64 = 24 * 60 * 60_000;
/// 2026-11-27.
const NOW: UnixMillis = UnixMillis(1_795_737_600_000);

fn user() -> Stated {
    Stated {
        name: Name::new("Élodie").unwrap(),
        machine: Name::new("pc").unwrap(),
    }
}

fn ago(days: u64) -> UnixMillis {
    UnixMillis(NOW.0 - days * DAY)
}

/// A ticket opened and closed so many days ago, and a search of that day.
fn day(number: u64, days: u64) -> Batch {
    let summary = Summary::new("Imprimante").unwrap();
    let record = TicketRecord {
        id: TicketId(number),
        version: 1,
        request: RequestId(u128::from(number).to_be_bytes()),
        device: DeviceKey([1; 32]),
        user: user(),
        language: Language::Fr,
        summary: summary.clone(),
        impact: Impact::Person,
        urgency: Urgency::Low,
        level: Level::One,
        state: TicketState::Solved,
        technician: None,
        opened_at: ago(days),
        waiting_since: ago(days),
        first_taken_at: None,
        closed_at: Some(ago(days)),
        reopened: 0,
        message: None,
        feedback: None,
        user_away_since: None,
        barred: std::collections::BTreeSet::new(),
    };
    let opened = Event::TicketOpened {
        impact: Impact::Person,
        urgency: Urgency::Low,
        language: Language::Fr,
        level: Level::One,
        user: user(),
        device: DeviceKey([1; 32]),
        summary,
    };
    let searched = Event::ConsoleViewed {
        view: renfort_audit::event::ConsoleView::Tickets,
        rows: 1,
        search: Some(format!("search {number}")),
    };
    let entry = |ticket, event| Entry {
        at: ago(days),
        ticket,
        session: None,
        actor: Actor::Relay,
        event,
    };
    Batch {
        changes: vec![Change::PutTicket {
            record: Box::new(record),
            expected_version: None,
        }],
        events: vec![entry(Some(TicketId(number)), opened), entry(None, searched)],
    }
}

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

async fn open() -> (Arc<MemoryStore>, WriterHandle) {
    let store = Arc::new(MemoryStore::new());
    let (writer, handle, _answers) = Writer::open(Arc::clone(&store) as Arc<dyn Store>, pair())
        .await
        .unwrap();
    tokio::spawn(writer.run());
    (store, handle)
}

/// Of each record, how many personal fields it committed to and how many can be read.
async fn readable(store: &MemoryStore) -> Vec<(usize, usize)> {
    let checked = log_reader::check(store, &LogIdentity::of(&pair())).await.unwrap();
    assert_eq!(checked.broken, None, "every proof holds");
    let mut revealer = Revealer::new(store);
    let mut counts = Vec::new();
    for logged in store.records(0, 1_000).await.unwrap() {
        let read = revealer.reveal(&logged).await.unwrap().len();
        counts.push((logged.record.commitments.len(), read));
    }
    counts
}

async fn names(store: &MemoryStore) -> Vec<bool> {
    let snapshot = store.snapshot().await.unwrap();
    let mut tickets: Vec<_> = snapshot.tickets.into_iter().map(|one| one.record).collect();
    tickets.sort_by_key(|ticket| ticket.id);
    tickets
        .iter()
        .map(|ticket| ticket.user.name != erased::name())
        .collect()
}

async fn last_code(store: &MemoryStore) -> String {
    store
        .records(0, 1_000)
        .await
        .unwrap()
        .last()
        .unwrap()
        .record
        .code
        .clone()
}

#[tokio::test]
async fn what_is_older_than_a_year_is_erased_and_what_is_younger_or_on_hold_stays() {
    let (store, writer) = open().await;
    for (number, days) in [(1001, 900), (1002, 366), (1003, 364), (1004, 1)] {
        writer.write_batch(day(number, days)).await.unwrap();
    }
    let hold = NewHold {
        ticket: TicketId(1001),
        session: None,
        reason: HoldReason::Stated(Purpose::new("A complaint is examined").unwrap()),
    };
    store.add_hold(&hold, ago(300)).await.unwrap();
    order_run(&*store, NOW, true).await.unwrap();
    settle(&*store, &writer, NOW).await.unwrap();
    assert_eq!(names(&store).await, [true, false, true, true]);
    let counts = readable(&store).await;
    // Ticket and search of each day, then the hold's reason, then the run itself.
    let expected = [
        (3, 3),
        (1, 0),
        (3, 0),
        (1, 0),
        (3, 3),
        (1, 1),
        (3, 3),
        (1, 1),
        (1, 1),
        (0, 0),
    ];
    assert_eq!(counts, expected);
    assert_eq!(last_code(&store).await, "retention.ran");

    // The same day, nothing more is looked for; a day later it is, and told although there is nothing.
    let size = counts.len();
    order_run(&*store, NOW, true).await.unwrap();
    settle(&*store, &writer, NOW).await.unwrap();
    assert_eq!(readable(&store).await.len(), size);
    let tomorrow = UnixMillis(NOW.0 + DAY);
    order_run(&*store, tomorrow, false).await.unwrap();
    settle(&*store, &writer, tomorrow).await.unwrap();
    assert_eq!(readable(&store).await.len(), size + 1);

    let removal = Removal {
        ticket: TicketId(1001),
        session: None,
        cause: None,
        reason: Purpose::new("It was examined").unwrap(),
    };
    store.remove_hold(&removal, tomorrow).await.unwrap();
    let later = UnixMillis(NOW.0 + 2 * DAY);
    order_run(&*store, later, false).await.unwrap();
    settle(&*store, &writer, later).await.unwrap();
    assert_eq!(
        names(&store).await,
        [false, false, false, true],
        "a year has passed for the third one too"
    );
}

#[tokio::test]
async fn names_told_after_a_ticket_was_reopened_go_in_their_turn() {
    let (store, writer) = open().await;
    writer.write_batch(day(1001, 400)).await.unwrap();
    order_run(&*store, NOW, true).await.unwrap();
    settle(&*store, &writer, NOW).await.unwrap();
    assert_eq!(names(&store).await, [false]);

    // Reopened and closed again, with its user's name as it is known now.
    let later = UnixMillis(NOW.0 + 40 * DAY);
    let mut ticket = store.ticket(TicketId(1001)).await.unwrap().unwrap().record;
    let version = ticket.version;
    ticket.user = user();
    ticket.closed_at = Some(later);
    ticket.reopened = 1;
    ticket.version += 1;
    let mut again = day(1001, 400);
    again.changes = vec![Change::PutTicket {
        record: Box::new(ticket),
        expected_version: Some(version),
    }];
    for entry in &mut again.events {
        entry.at = later;
    }
    writer.write_batch(again).await.unwrap();
    for (days, named) in [(41, true), (400, true), (410, false)] {
        let now = UnixMillis(NOW.0 + days * DAY);
        order_run(&*store, now, false).await.unwrap();
        settle(&*store, &writer, now).await.unwrap();
        assert_eq!(names(&store).await, [named], "day {days}");
    }
    assert!(readable(&store).await.iter().all(|(_, read)| *read == 0));
}

#[tokio::test]
async fn a_longer_time_keeps_more_and_its_change_is_in_the_log() {
    let (store, writer) = open().await;
    writer.write_batch(day(1001, 700)).await.unwrap();
    set_months(&*store, 24, NOW).await.unwrap();
    order_run(&*store, NOW, true).await.unwrap();
    settle(&*store, &writer, NOW).await.unwrap();
    assert_eq!(names(&store).await, [true]);
    let codes: Vec<String> = store
        .records(2, 9)
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.record.code)
        .collect();
    assert_eq!(codes, ["retention.changed", "retention.ran"]);
    set_months(&*store, 23, NOW).await.unwrap();
    let tomorrow = UnixMillis(NOW.0 + DAY);
    assert!(ago(700) < cutoff(tomorrow, 23));
    order_run(&*store, tomorrow, false).await.unwrap();
    settle(&*store, &writer, tomorrow).await.unwrap();
    assert_eq!(names(&store).await, [false]);
}

#[tokio::test]
async fn many_old_tickets_go_some_at_a_time() {
    let (store, writer) = open().await;
    for number in 1001..1251 {
        writer.write_batch(day(number, 500)).await.unwrap();
    }
    let mut runs = 0;
    while names(&store).await.contains(&true) {
        runs += 1;
        order_run(&*store, NOW, true).await.unwrap();
        settle(&*store, &writer, NOW).await.unwrap();
    }
    assert_eq!(runs, 3);
    assert!(readable(&store).await.iter().all(|(_, read)| *read == 0));
}
