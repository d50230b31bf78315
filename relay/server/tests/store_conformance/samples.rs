//! Records to store.

use std::collections::BTreeMap;

use renfort_audit::{actor::Actor, hash::Digest, record::Record};
use renfort_core::contract::{Change, SessionRecord, TicketRecord};
use renfort_protocol::{
    grant::Capability,
    ids::{DeviceKey, PersonId, RequestId, SessionId, TicketId},
    people::{Level, Name, Role, Stated, Technician},
    ticket::{Counts, Impact, Language, Note, NoteText, Summary, TicketState, Urgency},
    time::UnixMillis,
};
use renfort_relay::store::{Applied, LoggedRecord, NewAccount, SealedField, Store};

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn user(text: &str) -> Stated {
    Stated {
        name: name(text),
        machine: name("PC-42"),
    }
}

pub fn technician(id: u64) -> Technician {
    Technician {
        id: PersonId(id),
        name: name("Ada"),
        level: Level::One,
    }
}

pub fn ticket(number: u64) -> TicketRecord {
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
        user_away_since: None,
        barred: std::collections::BTreeSet::new(),
    }
}

pub fn session(id: u8, of: u64) -> SessionRecord {
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
        binding: None,
        provisional: false,
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
        head_answered_by_user: false,
        head_answered_by_technician: false,
        reported_by_technician: 0,
        abuse_reported_at: None,
    }
}

pub fn note(text: &str) -> Note {
    Note {
        at: UnixMillis(5),
        author: technician(7),
        text: NoteText::new(text).unwrap(),
    }
}

pub fn put(record: TicketRecord, expected_version: Option<u64>) -> Change {
    Change::PutTicket {
        record: Box::new(record),
        expected_version,
    }
}

pub fn put_session(record: SessionRecord, expected_version: Option<u64>) -> Change {
    Change::PutSession {
        record: Box::new(record),
        expected_version,
    }
}

pub fn logged(seq: u64, code: &str, ticket: Option<u64>, session: Option<(u8, u64)>) -> LoggedRecord {
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

pub async fn write(store: &dyn Store, changes: &[Change]) -> Applied {
    let mut transaction = store.begin().await.unwrap();
    let applied = transaction.apply(changes).await.unwrap();
    transaction.commit().await.unwrap();
    applied
}

pub async fn log(store: &dyn Store, records: &[LoggedRecord]) {
    let mut transaction = store.begin().await.unwrap();
    for record in records {
        transaction.add_record(record).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

pub async fn person(store: &dyn Store, login: &str) -> PersonId {
    let role = Role::Technician { level: Level::Two };
    let account = NewAccount {
        login: name(login),
        name: name("Ada"),
        role,
        hash: "hash".into(),
    };
    store.add_person(&account, UnixMillis(1)).await.unwrap()
}
