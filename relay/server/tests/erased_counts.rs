//! What the log says it erased is, value for value, what its export no longer shows: on disk, over everything that erases.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::{path::Path, sync::Arc};

use renfort_audit::{
    actor::{Actor, device_hash},
    event::{ConsoleView, Event, FailedBy, Method},
    export::{Against, ExportVerifier, ExportedRecord},
    fields::Field,
    keeping::HoldReason,
    record::Entry,
};
use renfort_core::contract::{Batch, Change, TicketRecord};
use renfort_protocol::{
    figures::Purpose,
    ids::{DeviceKey, PersonId, RequestId, SessionId, TicketId},
    people::{Level, Name, Role, Stated},
    ticket::{Impact, Language, Summary, TicketState, Urgency},
    time::UnixMillis,
};
use renfort_relay::{
    data::DataFolder,
    erasure::retention::order_run,
    log_reader::LogReader,
    orders::settle,
    reveal::opened_by,
    store::{
        NewAccount, Store,
        erasing::{NewHold, Removal, Whom},
        orders::Ordered,
        sqlite::{SqliteOptions, SqliteStore},
    },
    writer::{LogIdentity, Writer, WriterHandle},
};
use ring::signature::Ed25519KeyPair;

const DAY: u64 = 24 * 60 * 60_000;
/// 2026-11-27.
const NOW: UnixMillis = UnixMillis(1_795_737_600_000);
const USER: &str = "Zéphyrine Quenelle";

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn ago(days: u64) -> UnixMillis {
    UnixMillis(NOW.0 - days * DAY)
}

fn device(of: u8) -> DeviceKey {
    DeviceKey([of; 32])
}

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

struct Log {
    store: Arc<dyn Store>,
    writer: WriterHandle,
}

/// Of an export, how many values it shows, and how many it does not; and how many the log says were erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counted {
    shown: u64,
    hidden: u64,
    told: u64,
}

impl Log {
    async fn open(folder: &Path) -> Self {
        let folder = DataFolder::create(folder).unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder, SqliteOptions::default()).await.unwrap());
        let (writer, handle, _answers) = Writer::open(Arc::clone(&store), pair()).await.unwrap();
        tokio::spawn(writer.run());
        Self { store, writer: handle }
    }

    async fn write(&self, changes: Vec<Change>, events: Vec<Entry>) {
        self.writer.write_batch(Batch { changes, events }).await.unwrap();
    }

    /// A closed ticket of a device: its opening, its taking, and something in its session.
    async fn ticket(&self, number: u64, of: u8, days: u64) {
        let summary = Summary::new("Imprimante").unwrap();
        let user = Stated {
            name: name(USER),
            machine: name(&format!("poste-{of}")),
        };
        let record = TicketRecord {
            id: TicketId(number),
            version: 1,
            request: RequestId(u128::from(number).to_be_bytes()),
            device: device(of),
            user: user.clone(),
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
            user,
            device: device(of),
            summary,
        };
        let taken = Event::TicketTaken {
            person: PersonId(1),
            level: Level::One,
            name: name("Ada"),
            waited_ms: 1,
        };
        let put = Change::PutTicket {
            record: Box::new(record),
            expected_version: None,
        };
        let about = |actor, event| Entry {
            ticket: Some(TicketId(number)),
            ..entry(actor, days, event)
        };
        let asking = Actor::Device(device_hash(&device(of)));
        let wrote = Entry {
            session: Some(SessionId([of; 16])),
            ..about(asking, in_session())
        };
        let events = vec![about(asking, opened), about(Actor::Person(PersonId(1)), taken), wrote];
        self.write(vec![put], events).await;
    }

    async fn order(&self, what: Ordered) -> u64 {
        self.store.put_order(&what, NOW).await.unwrap()
    }

    async fn settle(&self) {
        settle(&*self.store, &self.writer, NOW).await.unwrap();
    }

    async fn count(&self) -> Counted {
        let mut reader = LogReader::open(Arc::clone(&self.store), LogIdentity::of(&pair()))
            .await
            .unwrap();
        let mut verifier = ExportVerifier::new(Against::default());
        verifier.push(&reader.header_line()).unwrap();
        let mut counted = Counted {
            shown: 0,
            hidden: 0,
            told: 0,
        };
        while let Some(records) = reader.next().await.unwrap() {
            for exported in &records {
                verifier.push(&exported.line()).unwrap();
                counted.add(exported);
            }
        }
        verifier.push(&reader.checkpoint_line()).unwrap();
        let gaps = verifier.finish().unwrap().gaps;
        assert_eq!(
            (gaps.hidden, gaps.erased),
            (counted.hidden, counted.told),
            "as a verifier counts"
        );
        counted
    }

    /// After something that hides exactly so many more values.
    async fn expect(&self, before: Counted, erased: u64, added: u64) -> Counted {
        let now = self.count().await;
        let expected = Counted {
            shown: before.shown + added - erased,
            hidden: before.hidden + erased,
            told: before.told + erased,
        };
        assert_eq!(now, expected);
        now
    }
}

impl Counted {
    fn add(&mut self, exported: &ExportedRecord) {
        let record = &exported.record;
        self.shown += exported.revealed.len() as u64;
        self.hidden += (record.commitments.len() - exported.revealed.len()) as u64;
        if matches!(record.code.as_str(), "person.erased" | "retention.ran")
            && let Some(Field::Number(fields)) = record.fields.get("fields")
        {
            self.told += fields;
        }
    }
}

fn entry(actor: Actor, days: u64, event: Event) -> Entry {
    Entry {
        at: ago(days),
        ticket: None,
        session: None,
        actor,
        event,
    }
}

/// Something personal in a session: one value.
fn in_session() -> Event {
    Event::ConsoleViewed {
        view: ConsoleView::Session,
        rows: 1,
        search: Some("quoi".to_owned()),
    }
}

/// A sign-in that failed, with what was typed: two values under the key of one record.
fn failed(login: &str, days: u64) -> Entry {
    let event = Event::SignInFailed {
        method: Method::Console,
        reason: FailedBy::Password,
        login: Some(name(login)),
        address: "192.0.2.7".into(),
    };
    entry(Actor::Relay, days, event)
}

fn searched(text: &str, days: u64) -> Entry {
    let event = Event::ConsoleViewed {
        view: ConsoleView::Tickets,
        rows: 1,
        search: Some(text.to_owned()),
    };
    entry(Actor::Person(PersonId(1)), days, event)
}

async fn ada(log: &Log) {
    let account = NewAccount {
        login: name("ada"),
        name: name("Ada Tech"),
        role: Role::Technician { level: Level::One },
        hash: "h".into(),
    };
    assert_eq!(log.store.add_person(&account, ago(900)).await.unwrap(), PersonId(1));
}

fn held(number: u64) -> NewHold {
    NewHold {
        ticket: TicketId(number),
        session: None,
        reason: HoldReason::Stated(Purpose::new("A complaint is examined").unwrap()),
    }
}

#[tokio::test]
async fn every_value_that_an_export_no_longer_shows_was_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::open(&folder.path().join("data")).await;
    ada(&log).await;
    log.ticket(1004, 4, 800).await;
    log.write(Vec::new(), vec![failed("old", 700), searched("old", 700)])
        .await;
    for (number, of, days) in [(1001, 1, 20), (1002, 2, 10), (1003, 3, 5)] {
        log.ticket(number, of, days).await;
    }
    let signed_in = Event::SignInSucceeded {
        method: Method::Password,
        person: PersonId(1),
        address: "192.0.2.8".into(),
    };
    let loose = vec![
        entry(Actor::Relay, 4, signed_in),
        failed(USER, 4),
        failed("somebody", 4),
        searched("quenelle", 4),
    ];
    log.write(Vec::new(), loose).await;
    log.store.add_hold(&held(1002), ago(9)).await.unwrap();
    log.settle().await;
    let mut counted = log.count().await;
    assert_eq!((counted.hidden, counted.told), (0, 0));

    // By device: three values of the opening and one in its session; the technician's name stays. What was typed of the name
    // goes with it: a failed sign-in's two values, and a search.
    let first = Whom::Device(device_hash(&device(1)));
    log.order(Ordered::Erase(first.clone())).await;
    log.settle().await;
    counted = log.expect(counted, 4 + 2 + 1, 0).await;
    // Something is recorded afterwards under the same keys' names: it can be read, and goes alone.
    let late = Entry {
        ticket: Some(TicketId(1001)),
        session: Some(SessionId([1; 16])),
        ..entry(Actor::Device(device_hash(&device(1))), 0, in_session())
    };
    log.write(Vec::new(), vec![late]).await;
    counted = log.expect(counted, 0, 1).await;
    log.order(Ordered::Erase(first.clone())).await;
    log.settle().await;
    counted = log.expect(counted, 1, 0).await;
    log.order(Ordered::Erase(first)).await;
    log.settle().await;
    counted = log.expect(counted, 0, 0).await;

    // By name: two tickets more, none of 1002, which is on hold.
    let named = Whom::Name {
        name: name(USER),
        machine: None,
    };
    log.order(Ordered::Erase(named.clone())).await;
    log.settle().await;
    counted = log.expect(counted, 4 + 4, 0).await;
    log.order(Ordered::Erase(named.clone())).await;
    log.settle().await;
    counted = log.expect(counted, 0, 0).await;
    let removal = Removal {
        ticket: TicketId(1002),
        session: None,
        cause: None,
        reason: Purpose::new("It was examined").unwrap(),
    };
    log.store.remove_hold(&removal, NOW).await.unwrap();
    log.order(Ordered::Erase(named)).await;
    log.settle().await;
    // The ticket's, and why it was held and is no longer.
    counted = log.expect(counted, 4 + 2, 1).await;

    // Retention: what was left of 1004, and the records of no ticket of that age.
    order_run(&*log.store, NOW, true).await.unwrap();
    log.settle().await;
    counted = log.expect(counted, 1 + 2 + 1, 0).await;

    // The account: its name in three tickets, where it signed in from, and its name and login.
    log.store.disable_person(&name("ada"), false, NOW).await.unwrap();
    log.order(Ordered::Erase(Whom::Account(PersonId(1)))).await;
    log.settle().await;
    counted = log.expect(counted, 3 + 1 + 2, 0).await;
    assert_eq!(counted.shown, 2, "what somebody else typed");
}

#[tokio::test]
async fn what_was_interrupted_between_deleting_and_telling_is_told_in_full_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::open(&folder.path().join("data")).await;
    log.ticket(1001, 1, 20).await;
    log.ticket(1002, 2, 400).await;
    let before = log.count().await;
    let whom = Whom::Device(device_hash(&device(1)));
    let order = log.order(Ordered::Erase(whom.clone())).await;
    let scopes = log.store.scopes_of_ticket(TicketId(1001)).await.unwrap();
    let keys = opened_by(&*log.store, &scopes[..1]).await.unwrap();
    log.store.erase_keys(order, &keys).await.unwrap();
    assert_ne!(log.count().await.hidden, 0, "gone, and not told yet");
    // Meanwhile somebody ordered the same, and somebody a hold, which comes too late for what is gone.
    log.order(Ordered::Erase(whom)).await;
    log.store.add_hold(&held(1001), NOW).await.unwrap();
    log.settle().await;
    let fields = keys[0].fields;
    let after = log.expect(before, fields, 1).await;

    // The same of a run of the retention; all of it had gone.
    let order = log.order(Ordered::Retention).await;
    let scopes = log.store.scopes_of_ticket(TicketId(1002)).await.unwrap();
    let keys = opened_by(&*log.store, &scopes).await.unwrap();
    log.store.erase_keys(order, &keys).await.unwrap();
    log.settle().await;
    let after = log.expect(after, 5, 0).await;
    log.settle().await;
    log.expect(after, 0, 0).await;
}
