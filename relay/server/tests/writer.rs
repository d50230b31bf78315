//! The writer: groups, conflicts, a full disk.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::sync::Arc;

use renfort_audit::{actor::Actor, event::Event, record::Entry};
use renfort_core::contract::{AppendId, Batch, Change, FailReason, TicketRecord};
use renfort_protocol::{
    ids::{DeviceKey, RequestId, TicketId},
    people::{Level, Name, Stated},
    ticket::{Impact, Language, Summary, TicketState, Urgency},
    time::UnixMillis,
};
use renfort_relay::{
    log_reader,
    store::{Store, memory::MemoryStore},
    writer::{Answer, BrokerAnswer, Job, LogIdentity, Writer, WriterHandle},
};
use ring::signature::Ed25519KeyPair;
use tokio::{sync::mpsc, task::JoinHandle};

struct Log {
    store: Arc<MemoryStore>,
    writer: WriterHandle,
    answers: mpsc::Receiver<BrokerAnswer>,
    task: JoinHandle<()>,
}

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

impl Log {
    async fn open(store: Arc<MemoryStore>) -> Self {
        let (writer, handle, answers) = Writer::open(Arc::clone(&store) as Arc<dyn Store>, pair())
            .await
            .unwrap();
        Self {
            store,
            writer: handle,
            answers,
            task: tokio::spawn(writer.run()),
        }
    }

    async fn append(&self, number: u64, changes: Vec<Change>) {
        let batch = Batch {
            changes,
            events: vec![opened(number)],
        };
        let job = Job {
            batch,
            answer: Answer::Broker(AppendId(number)),
        };
        self.writer.reserve().await.unwrap().send(job);
    }

    async fn size_when_whole(&self) -> u64 {
        let checked = log_reader::check(&*self.store, &LogIdentity::of(&pair()))
            .await
            .unwrap();
        assert_eq!(checked.broken, None);
        checked.records
    }

    async fn close(self) -> Arc<MemoryStore> {
        drop(self.writer);
        self.task.await.unwrap();
        self.store
    }
}

fn user() -> Stated {
    Stated {
        name: Name::new("Élodie").unwrap(),
        machine: Name::new("pc").unwrap(),
    }
}

fn opened(ticket: u64) -> Entry {
    let event = Event::TicketOpened {
        impact: Impact::Person,
        urgency: Urgency::Low,
        language: Language::Fr,
        level: Level::One,
        user: user(),
        device: DeviceKey([1; 32]),
        summary: Summary::new("Imprimante").unwrap(),
    };
    Entry {
        at: UnixMillis(1),
        ticket: Some(TicketId(ticket)),
        session: None,
        actor: Actor::Relay,
        event,
    }
}

fn put(number: u64) -> Change {
    let record = TicketRecord {
        id: TicketId(number),
        version: 1,
        request: RequestId(u128::from(number).to_be_bytes()),
        device: DeviceKey([1; 32]),
        user: user(),
        language: Language::Fr,
        summary: Summary::new("Imprimante").unwrap(),
        impact: Impact::Person,
        urgency: Urgency::Low,
        level: Level::One,
        state: TicketState::Waiting,
        technician: None,
        opened_at: UnixMillis(1),
        waiting_since: UnixMillis(1),
        first_taken_at: None,
        closed_at: None,
        reopened: 0,
        message: None,
        feedback: None,
        user_away_since: None,
        barred: std::collections::BTreeSet::new(),
    };
    Change::PutTicket {
        record: Box::new(record),
        expected_version: None,
    }
}

#[tokio::test]
async fn appends_are_answered_in_their_order_and_only_the_one_that_does_not_fit_fails() {
    let mut log = Log::open(Arc::new(MemoryStore::new())).await;
    for number in [1, 2] {
        log.append(number, vec![put(number)]).await;
    }
    log.append(3, vec![put(2)]).await;
    log.append(4, vec![put(4)]).await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(log.answers.recv().await.unwrap());
    }
    let expected = [(1, Ok(())), (2, Ok(())), (3, Err(FailReason::Conflict)), (4, Ok(()))];
    assert_eq!(answers, expected.map(|(number, result)| (AppendId(number), result)));
    assert_eq!(log.size_when_whole().await, 3, "no record of what did not happen");
}

#[tokio::test]
async fn a_full_disk_fails_the_group_and_the_log_goes_on_where_it_stood() {
    let mut log = Log::open(Arc::new(MemoryStore::new())).await;
    assert_eq!(log.writer.record(vec![opened(1)]).await, Ok(()));
    log.store.set_full(true);
    log.append(2, vec![put(2)]).await;
    assert_eq!(
        log.answers.recv().await.unwrap(),
        (AppendId(2), Err(FailReason::Storage))
    );
    assert_eq!(log.writer.record(vec![opened(3)]).await, Err(FailReason::Storage));
    log.store.set_full(false);
    assert_eq!(log.size_when_whole().await, 1);
    log.append(2, vec![put(2)]).await;
    assert_eq!(log.answers.recv().await.unwrap(), (AppendId(2), Ok(())));
    assert_eq!(log.size_when_whole().await, 2);
}

#[tokio::test]
async fn a_writer_that_starts_again_continues_the_chain() {
    let store = Arc::new(MemoryStore::new());
    for round in 1..=5 {
        let log = Log::open(Arc::clone(&store)).await;
        for _ in 0..round {
            assert_eq!(log.writer.record(vec![opened(1), opened(2)]).await, Ok(()));
        }
        log.close().await;
    }
    let log = Log::open(store).await;
    assert_eq!(log.size_when_whole().await, 30);
}

#[tokio::test]
async fn personal_fields_are_stored_encrypted_only() {
    let log = Log::open(Arc::new(MemoryStore::new())).await;
    assert_eq!(log.writer.record(vec![opened(1)]).await, Ok(()));
    let records = log.store.records(0, 1).await.unwrap();
    let clear = String::from_utf8(records[0].record.canonical()).unwrap();
    assert!(!clear.contains("Imprimante") && !clear.contains("Élodie"), "{clear}");
    assert_eq!(records[0].personal.len(), 3);
    assert!(
        records[0]
            .personal
            .iter()
            .all(|field| !field.sealed.windows(5).any(|part| part == b"Impri"))
    );
}

#[tokio::test]
async fn another_relays_log_is_not_continued() {
    let store = Arc::new(MemoryStore::new());
    let log = Log::open(Arc::clone(&store)).await;
    assert_eq!(log.writer.record(vec![opened(1)]).await, Ok(()));
    log.close().await;
    let other = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
    assert!(Writer::open(store as Arc<dyn Store>, other).await.is_err());
}
