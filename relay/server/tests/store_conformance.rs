//! One suite for every store: what the relay relies on holds on disk and in memory alike.

use std::collections::BTreeMap;

use renfort_audit::{actor::Actor, hash::Digest, personal::PersonalKey, record::Record};
use renfort_core::contract::{Change, FIRST_TICKET, SessionRecord, TicketRecord};
use renfort_protocol::{
    console::{Filter, OutcomeFilter},
    grant::Capability,
    ids::{DeviceKey, PersonId, RequestId, SessionId, TicketId},
    people::{Level, Name, Role, Stated, Technician},
    signalling::EndReason,
    ticket::{Counts, Impact, Language, Note, NoteText, Outcome, Summary, TicketState, Urgency},
    time::UnixMillis,
};
use renfort_relay::{
    data::DataFolder,
    store::{
        Applied, ConsoleSignIn, LoggedRecord, NewAccount, PeopleChangeKind, SealedField, Store, StoreError,
        StoredCheckpoint,
        filter::Criteria,
        memory::MemoryStore,
        sqlite::{SqliteOptions, SqliteStore},
    },
};

macro_rules! conformance {
    ($($name:ident)*) => {
        mod on_disk {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let data = DataFolder::create(&folder.path().join("data")).unwrap();
                let store = super::SqliteStore::open(&data, super::SqliteOptions::default()).await.unwrap();
                super::$name(&store).await;
            })*
            use super::DataFolder;
        }
        mod in_memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&super::MemoryStore::new()).await;
            })*
        }
    };
}

conformance! {
    a_write_with_the_wrong_version_leaves_nothing_and_the_transaction_goes_on
    an_abandoned_transaction_leaves_nothing
    one_request_of_a_device_opens_one_ticket
    records_come_back_in_order_with_their_personal_fields
    a_record_number_is_given_once
    the_newest_checkpoint_is_found
    a_scope_keeps_its_key
    a_start_finds_every_open_ticket_with_notes_and_sessions
    a_timeline_has_the_ticket_and_the_one_session
    lists_are_narrowed
    pages_follow_each_other_without_gaps_when_rows_arrive
    a_login_is_taken_once_whatever_its_case
    changes_of_accounts_are_told_until_they_stand_in_the_log
    a_token_is_good_on_its_device_until_it_expires_or_its_account_is_disabled
    a_console_sign_in_is_kept_until_it_is_forgotten
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn user(text: &str) -> Stated {
    Stated {
        name: name(text),
        machine: name("PC-42"),
    }
}

fn technician(id: u64) -> Technician {
    Technician {
        id: PersonId(id),
        name: name("Ada"),
        level: Level::One,
    }
}

fn ticket(number: u64) -> TicketRecord {
    TicketRecord {
        id: TicketId(number),
        version: 1,
        request: RequestId(u128::from(number).to_be_bytes()),
        device: DeviceKey([1; 32]),
        user: user("Élodie Martin"),
        language: Language::Fr,
        summary: Summary::new("Imprimante").unwrap(),
        impact: Impact::Person,
        urgency: Urgency::Low,
        level: Level::One,
        state: TicketState::Waiting,
        technician: None,
        opened_at: UnixMillis(number),
        waiting_since: UnixMillis(number),
        first_taken_at: None,
        closed_at: None,
        reopened: 0,
        message: None,
        feedback: None,
    }
}

fn session(id: u8, of: u64) -> SessionRecord {
    SessionRecord {
        id: SessionId([id; 16]),
        version: 1,
        ticket: TicketId(of),
        device: DeviceKey([1; 32]),
        user: user("Élodie Martin"),
        technician: technician(7),
        asked: [Capability::View].into(),
        asked_at: UnixMillis(u64::from(id)),
        answer_by: UnixMillis(u64::from(id) + 60),
        grant: None,
        started_at: None,
        ended_at: None,
        end: None,
        outcome: None,
        viewed_ms: 0,
        controlled_ms: 0,
        viewed_since: None,
        controlled_since: None,
        counts: Counts::default(),
        reported_by_user: 0,
        reported_by_technician: 0,
    }
}

fn note(text: &str) -> Note {
    Note {
        at: UnixMillis(5),
        author: technician(7),
        text: NoteText::new(text).unwrap(),
    }
}

fn put(record: TicketRecord, expected_version: Option<u64>) -> Change {
    Change::PutTicket {
        record: Box::new(record),
        expected_version,
    }
}

fn put_session(record: SessionRecord, expected_version: Option<u64>) -> Change {
    Change::PutSession {
        record: Box::new(record),
        expected_version,
    }
}

fn logged(seq: u64, code: &str, ticket: Option<u64>, session: Option<(u8, u64)>) -> LoggedRecord {
    let record = Record {
        actor: Actor::Relay,
        at: UnixMillis(seq),
        code: code.to_owned(),
        commitments: BTreeMap::new(),
        denied: false,
        fields: BTreeMap::new(),
        prev: Digest::ZERO,
        seq,
        session: session.map(|(id, _)| SessionId([id; 16])),
        session_seq: session.map(|(_, number)| number),
        ticket: ticket.map(TicketId),
        v: 1,
    };
    let personal = vec![
        SealedField {
            name: "login".into(),
            scope: "person:1/-".into(),
            sealed: vec![seq as u8],
        },
        SealedField {
            name: "name".into(),
            scope: "person:1/-".into(),
            sealed: vec![],
        },
    ];
    LoggedRecord {
        hash: record.hash(),
        record,
        personal,
    }
}

async fn write(store: &dyn Store, changes: &[Change]) -> Applied {
    let mut transaction = store.begin().await.unwrap();
    let applied = transaction.apply(changes).await.unwrap();
    transaction.commit().await.unwrap();
    applied
}

async fn log(store: &dyn Store, records: &[LoggedRecord]) {
    let mut transaction = store.begin().await.unwrap();
    for record in records {
        transaction.add_record(record).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

async fn person(store: &dyn Store, login: &str) -> PersonId {
    let role = Role::Technician { level: Level::Two };
    let account = NewAccount {
        login: name(login),
        name: name("Ada"),
        role,
        hash: "hash".into(),
    };
    store.add_person(&account, UnixMillis(1)).await.unwrap()
}

async fn a_write_with_the_wrong_version_leaves_nothing_and_the_transaction_goes_on(store: &dyn Store) {
    assert_eq!(write(store, &[put(ticket(1001), None)]).await, Applied::All);
    let second = TicketRecord {
        version: 2,
        state: TicketState::Taken,
        ..ticket(1001)
    };
    let mut transaction = store.begin().await.unwrap();
    let note_first = Change::AddNote {
        ticket: TicketId(1001),
        note: note("lost"),
    };
    for wrong in [
        vec![note_first.clone(), put(second.clone(), Some(2))],
        vec![note_first.clone(), put(second.clone(), None)],
        vec![note_first.clone(), put(ticket(1002), Some(1))],
        vec![note_first, put_session(session(1, 9999), None)],
        vec![Change::AddNote {
            ticket: TicketId(9999),
            note: note("of no ticket"),
        }],
    ] {
        assert_eq!(transaction.apply(&wrong).await.unwrap(), Applied::Conflict, "{wrong:?}");
    }
    assert_eq!(
        transaction.apply(&[put(second.clone(), Some(1))]).await.unwrap(),
        Applied::All
    );
    assert_eq!(
        transaction.apply(&[put(second.clone(), Some(1))]).await.unwrap(),
        Applied::Conflict,
        "done already"
    );
    transaction.commit().await.unwrap();
    let stored = store.ticket(TicketId(1001)).await.unwrap().unwrap();
    assert_eq!((stored.record, stored.notes.len()), (second, 0));
    assert_eq!(store.ticket(TicketId(1002)).await.unwrap(), None);
}

async fn an_abandoned_transaction_leaves_nothing(store: &dyn Store) {
    let mut transaction = store.begin().await.unwrap();
    transaction.apply(&[put(ticket(1001), None)]).await.unwrap();
    transaction.add_record(&logged(0, "x", None, None)).await.unwrap();
    drop(transaction);
    assert_eq!(store.ticket(TicketId(1001)).await.unwrap(), None);
    assert_eq!(store.records(0, 10).await.unwrap(), []);
    assert_eq!(
        write(store, &[put(ticket(1001), None)]).await,
        Applied::All,
        "and the next one can begin"
    );
}

async fn one_request_of_a_device_opens_one_ticket(store: &dyn Store) {
    write(store, &[put(ticket(1001), None)]).await;
    let again = TicketRecord {
        request: ticket(1001).request,
        ..ticket(1002)
    };
    assert_eq!(write(store, &[put(again.clone(), None)]).await, Applied::Conflict);
    let other_device = TicketRecord {
        device: DeviceKey([2; 32]),
        ..again
    };
    assert_eq!(write(store, &[put(other_device, None)]).await, Applied::All);
}

async fn records_come_back_in_order_with_their_personal_fields(store: &dyn Store) {
    let all: Vec<_> = (0..5).map(|seq| logged(seq, "x", Some(1001), None)).collect();
    log(store, &all).await;
    assert_eq!(store.records(0, 10).await.unwrap(), all);
    assert_eq!(store.records(1, 2).await.unwrap(), all[1..3]);
    assert_eq!(store.records(5, 10).await.unwrap(), []);
}

async fn a_record_number_is_given_once(store: &dyn Store) {
    log(store, &[logged(0, "x", None, Some((1, 0)))]).await;
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(transaction.next_session_seq(SessionId([1; 16])).await.unwrap(), 1);
    assert_eq!(transaction.next_session_seq(SessionId([2; 16])).await.unwrap(), 0);
    assert!(transaction.add_record(&logged(0, "y", None, None)).await.is_err());
    drop(transaction);
    assert_eq!(
        store.records(0, 10).await.unwrap(),
        [logged(0, "x", None, Some((1, 0)))]
    );
}

async fn the_newest_checkpoint_is_found(store: &dyn Store) {
    assert_eq!(store.checkpoint().await.unwrap(), None);
    for size in [3, 12] {
        let mut transaction = store.begin().await.unwrap();
        let checkpoint = StoredCheckpoint {
            size,
            text: format!("text {size}"),
            peaks: vec![Digest([size as u8; 32])],
        };
        transaction.add_checkpoint(&checkpoint).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(store.checkpoint().await.unwrap(), Some(checkpoint));
    }
}

async fn a_scope_keeps_its_key(store: &dyn Store) {
    let mut drawn = 0;
    let mut fresh = || {
        drawn += 1;
        PersonalKey([drawn; 32])
    };
    let (a, b, c) = (
        "person:1/-".to_owned(),
        "person:2/-".to_owned(),
        "person:3/-".to_owned(),
    );
    let first = store.keys_or_new(&[a.clone(), b.clone()], &mut fresh).await.unwrap();
    assert_eq!(first, [PersonalKey([1; 32]), PersonalKey([2; 32])]);
    let second = store.keys_or_new(&[b.clone(), c], &mut fresh).await.unwrap();
    assert_eq!(second, [PersonalKey([2; 32]), PersonalKey([3; 32])]);
    assert_eq!(store.key(&a).await.unwrap(), Some(PersonalKey([1; 32])));
    assert_eq!(store.key("person:4/-").await.unwrap(), None);
}

async fn a_start_finds_every_open_ticket_with_notes_and_sessions(store: &dyn Store) {
    assert_eq!(store.snapshot().await.unwrap().next_ticket, FIRST_TICKET);
    let closed = TicketRecord {
        state: TicketState::Solved,
        closed_at: Some(UnixMillis(9)),
        ..ticket(1003)
    };
    write(
        store,
        &[
            put(ticket(1001), None),
            put(ticket(1002), None),
            put(closed.clone(), None),
        ],
    )
    .await;
    write(
        store,
        &[put_session(session(2, 1001), None), put_session(session(1, 1001), None)],
    )
    .await;
    for text in ["first", "second"] {
        write(
            store,
            &[Change::AddNote {
                ticket: TicketId(1001),
                note: note(text),
            }],
        )
        .await;
    }
    person(store, "ada").await;
    let mut snapshot = store.snapshot().await.unwrap();
    snapshot.tickets.sort_by_key(|ticket| ticket.record.id);
    assert_eq!(
        (snapshot.next_ticket, snapshot.accounts.len(), snapshot.tickets.len()),
        (1004, 1, 3)
    );
    let first = &snapshot.tickets[0];
    assert_eq!(first.sessions, [session(1, 1001), session(2, 1001)], "oldest first");
    assert_eq!(first.notes, [note("first"), note("second")]);
    assert_eq!(snapshot.tickets[2].record, closed);
    assert_eq!(store.ticket(TicketId(1001)).await.unwrap().as_ref(), Some(first));
    assert_eq!(store.session(SessionId([2; 16])).await.unwrap(), Some(session(2, 1001)));
    assert_eq!(store.session(SessionId([9; 16])).await.unwrap(), None);
}

async fn a_timeline_has_the_ticket_and_the_one_session(store: &dyn Store) {
    let records = [
        logged(0, "ticket.opened", Some(1001), None),
        logged(1, "consent.asked", Some(1001), Some((1, 0))),
        logged(2, "consent.asked", Some(1001), Some((2, 0))),
        logged(3, "ticket.opened", Some(1002), None),
        logged(4, "ticket.closed", Some(1001), None),
    ];
    log(store, &records).await;
    let timeline = store.timeline(TicketId(1001), SessionId([1; 16])).await.unwrap();
    assert_eq!(timeline, [records[0].clone(), records[1].clone(), records[4].clone()]);
}

async fn lists_are_narrowed(store: &dyn Store) {
    let other = TicketRecord {
        user: user("Bob"),
        state: TicketState::Solved,
        technician: Some(technician(8)),
        closed_at: Some(UnixMillis(5_000)),
        ..ticket(1002)
    };
    write(
        store,
        &[put(ticket(1001), None), put(other, None), put(ticket(1003), None)],
    )
    .await;
    let refused = SessionRecord {
        ended_at: Some(UnixMillis(9)),
        end: Some(EndReason::Refused),
        ..session(1, 1001)
    };
    let escalated = SessionRecord {
        ended_at: Some(UnixMillis(9)),
        end: Some(EndReason::EndedByTechnician),
        outcome: Some(Outcome::Escalated { to: Level::Two }),
        ..session(2, 1001)
    };
    let solved = SessionRecord {
        technician: technician(8),
        user: user("Bob"),
        ended_at: Some(UnixMillis(9)),
        outcome: Some(Outcome::Solved),
        ..session(3, 1002)
    };
    let open = session(4, 1003);
    write(
        store,
        &[refused, escalated, solved, open].map(|record| put_session(record, None)),
    )
    .await;
    log(store, &[logged(0, "ticket.escalated", Some(1001), None)]).await;

    let all = Filter::default();
    let outcome = |outcome| Filter {
        outcome: Some(outcome),
        ..Filter::default()
    };
    for (filter, sessions, tickets) in [
        (all.clone(), &[4, 3, 2, 1][..], &[1003, 1002, 1001][..]),
        (
            Filter {
                ticket: Some(TicketId(1001)),
                ..all.clone()
            },
            &[2, 1],
            &[1001],
        ),
        (
            Filter {
                person: Some("ÉLODIE".into()),
                ..all.clone()
            },
            &[4, 2, 1],
            &[1003, 1001],
        ),
        (
            Filter {
                person: Some("pc-42".into()),
                ..all.clone()
            },
            &[4, 3, 2, 1],
            &[1003, 1002, 1001],
        ),
        (
            Filter {
                person: Some("%".into()),
                ..all.clone()
            },
            &[],
            &[],
        ),
        (
            Filter {
                technician: Some(8),
                ..all.clone()
            },
            &[3],
            &[1002],
        ),
        (
            Filter {
                technician: Some(7),
                ..all.clone()
            },
            &[4, 2, 1],
            &[1003, 1001],
        ),
        (
            Filter {
                from: Some(UnixMillis(3)),
                to: Some(UnixMillis(4)),
                ..all.clone()
            },
            &[3],
            &[],
        ),
        (
            Filter {
                from: Some(UnixMillis(1002)),
                to: Some(UnixMillis(1003)),
                ..all
            },
            &[],
            &[1002],
        ),
        (outcome(OutcomeFilter::Solved), &[3], &[1002]),
        (outcome(OutcomeFilter::NotSolved), &[], &[]),
        (outcome(OutcomeFilter::Escalated), &[2], &[1001]),
        (outcome(OutcomeFilter::Refused), &[1], &[1001]),
        (outcome(OutcomeFilter::Open), &[4], &[1003, 1001]),
    ] {
        let criteria = Criteria::new(&filter).unwrap();
        let listed = store.sessions(&criteria, 10).await.unwrap();
        let ids: Vec<u8> = listed.rows.iter().map(|row| row.record.id.0[0]).collect();
        assert_eq!(
            (ids.as_slice(), listed.total),
            (sessions, sessions.len() as u64),
            "sessions of {filter:?}"
        );
        let listed = store.tickets(&criteria, 10).await.unwrap();
        let ids: Vec<u64> = listed.rows.iter().map(|row| row.record.id.0).collect();
        assert_eq!(
            (ids.as_slice(), listed.total),
            (tickets, tickets.len() as u64),
            "tickets of {filter:?}"
        );
    }
    let first = store
        .tickets(
            &Criteria {
                ticket: Some(TicketId(1001)),
                ..Criteria::default()
            },
            1,
        )
        .await
        .unwrap();
    assert_eq!(first.rows[0].sessions, 2);
}

async fn pages_follow_each_other_without_gaps_when_rows_arrive(store: &dyn Store) {
    // Numbers of different length and equal instants: neither may confuse the order.
    let numbers: Vec<u64> = (9..=11).chain(99..=101).collect();
    for number in &numbers {
        write(
            store,
            &[put(
                TicketRecord {
                    opened_at: UnixMillis(50),
                    ..ticket(*number)
                },
                None,
            )],
        )
        .await;
    }
    let mut criteria = Criteria::default();
    let mut seen = Vec::new();
    loop {
        let page = store.tickets(&criteria, 2).await.unwrap();
        assert!(page.rows.len() <= 2);
        seen.extend(page.rows.iter().map(|row| row.record.id.0));
        // A newer ticket arrives between two pages.
        let newer = 1_000 + seen.len() as u64;
        write(
            store,
            &[put(
                TicketRecord {
                    opened_at: UnixMillis(60),
                    ..ticket(newer)
                },
                None,
            )],
        )
        .await;
        criteria.after = page.next;
        if criteria.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, numbers.into_iter().rev().collect::<Vec<_>>());
}

async fn a_login_is_taken_once_whatever_its_case(store: &dyn Store) {
    let id = person(store, "ada").await;
    let role = Role::Supervisor;
    let again = NewAccount {
        login: name("ADA"),
        name: name("Other"),
        role,
        hash: "h".into(),
    };
    assert!(matches!(
        store.add_person(&again, UnixMillis(2)).await,
        Err(StoreError::LoginTaken)
    ));
    assert_eq!(
        store
            .credentials(&name("Ada"))
            .await
            .unwrap()
            .unwrap()
            .account
            .person
            .id,
        id
    );
    assert_eq!(store.credentials(&name("bob")).await.unwrap(), None);
    assert_eq!(
        store.account(id).await.unwrap().unwrap().person.role,
        Role::Technician { level: Level::Two }
    );
    assert!(matches!(
        store.disable_person(&name("bob"), UnixMillis(2)).await,
        Err(StoreError::UnknownLogin)
    ));
    assert_eq!(store.people().await.unwrap().len(), 1);
}

async fn changes_of_accounts_are_told_until_they_stand_in_the_log(store: &dyn Store) {
    let id = person(store, "ada").await;
    for _ in 0..2 {
        store.disable_person(&name("ada"), UnixMillis(2)).await.unwrap();
    }
    let changes = store.people_changes().await.unwrap();
    let kinds: Vec<_> = changes
        .iter()
        .map(|change| (change.kind, change.person.account.person.id))
        .collect();
    assert_eq!(
        kinds,
        [(PeopleChangeKind::Added, id), (PeopleChangeKind::Disabled, id)],
        "disabling twice is one change"
    );
    let mut transaction = store.begin().await.unwrap();
    transaction.people_changes_logged(changes[0].id).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.people_changes().await.unwrap(), changes[1..]);
}

async fn a_token_is_good_on_its_device_until_it_expires_or_its_account_is_disabled(store: &dyn Store) {
    let id = person(store, "ada").await;
    let (hash, device) = (Digest([5; 32]), DeviceKey([6; 32]));
    let keep = Change::PutToken {
        hash,
        person: id,
        device,
        expires_at: UnixMillis(100),
    };
    assert_eq!(write(store, std::slice::from_ref(&keep)).await, Applied::All);
    let found = async |device, now| {
        store
            .token(&hash, &device, UnixMillis(now))
            .await
            .unwrap()
            .map(|who| who.person.id)
    };
    assert_eq!(found(device, 99).await, Some(id));
    assert_eq!(found(device, 100).await, None);
    assert_eq!(found(DeviceKey([7; 32]), 99).await, None);
    write(store, &[Change::DeleteToken { hash }]).await;
    assert_eq!(found(device, 99).await, None);
    write(store, &[keep]).await;
    store.disable_person(&name("ada"), UnixMillis(2)).await.unwrap();
    assert_eq!(found(device, 99).await, None);
    assert!(store.account(id).await.unwrap().unwrap().disabled);
}

async fn a_console_sign_in_is_kept_until_it_is_forgotten(store: &dyn Store) {
    let person = person(store, "sue").await;
    let (old, new) = (Digest([1; 32]), Digest([2; 32]));
    let sign_in = |at| ConsoleSignIn {
        person,
        signed_in_at: UnixMillis(at),
        used_at: UnixMillis(at),
    };
    store.put_console_sign_in(&old, &sign_in(10)).await.unwrap();
    store.put_console_sign_in(&new, &sign_in(20)).await.unwrap();
    let used = ConsoleSignIn {
        used_at: UnixMillis(30),
        ..sign_in(20)
    };
    store.put_console_sign_in(&new, &used).await.unwrap();
    store.forget_expired(UnixMillis(40), UnixMillis(15)).await.unwrap();
    assert_eq!(store.console_sign_in(&old).await.unwrap(), None);
    assert_eq!(store.console_sign_in(&new).await.unwrap(), Some(used));
    store.delete_console_sign_in(&new).await.unwrap();
    assert_eq!(store.console_sign_in(&new).await.unwrap(), None);
    store.put_console_sign_in(&new, &used).await.unwrap();
    store.disable_person(&name("sue"), UnixMillis(50)).await.unwrap();
    assert_eq!(store.console_sign_in(&new).await.unwrap(), None);
}
