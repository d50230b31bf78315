//! A log to try things on.

use std::collections::BTreeMap;

use renfort_audit::{
    actor::{Actor, device_hash},
    checkpoint::{Checkpoint, LogKey, Origin},
    event::Event,
    export::{Against, ExportVerifier, ExportedRecord, Header, Proof, checkpoint_line},
    hash::Digest,
    merkle::Tree,
    personal::Revealed,
    record::{Entry, Position, Sealed, seal},
    verify::Fault,
};
use renfort_protocol::{
    ids::{DeviceKey, PersonId, SessionId, TicketId},
    people::{Level, Name, Stated},
    report::ReportedEvent,
    ticket::{Counts, Impact, Language, Summary, Urgency},
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;

pub(crate) fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[42; 32]).unwrap()
}

pub(crate) fn origin() -> Origin {
    Origin::new("relay.example.org/renfort").unwrap()
}

pub(crate) fn entries() -> Vec<Entry> {
    let device = DeviceKey([9; 32]);
    let user = Actor::Device(device_hash(&device));
    let technician = Actor::Person(PersonId(3));
    let (ticket, session) = (Some(TicketId(1001)), Some(SessionId([4; 16])));
    let entry = |ticket, session, actor, event| Entry {
        at: UnixMillis(1_700_000_000_000),
        ticket,
        session,
        actor,
        event,
    };
    let report = |number, event| Event::Reported {
        number,
        happened_at: UnixMillis(5),
        event,
    };
    vec![
        entry(
            None,
            None,
            Actor::Relay,
            Event::RelayStarted {
                version: "0.1.0".into(),
            },
        ),
        entry(
            ticket,
            None,
            user,
            Event::TicketOpened {
                impact: Impact::Team,
                urgency: Urgency::High,
                language: Language::Fr,
                level: Level::One,
                user: Stated {
                    name: Name::new("Zoé \"Z\"").unwrap(),
                    machine: Name::new("PC\\12").unwrap(),
                },
                device,
                summary: Summary::new("L'imprimante ne répond plus").unwrap(),
            },
        ),
        entry(
            ticket,
            None,
            technician,
            Event::TicketTaken {
                person: PersonId(3),
                level: Level::One,
                name: Name::new("Karim").unwrap(),
                waited_ms: 5_000,
            },
        ),
        entry(ticket, session, user, report(1, ReportedEvent::Stopped)),
        entry(
            ticket,
            session,
            user,
            report(
                2,
                ReportedEvent::Counted {
                    counts: Counts {
                        keys: u64::MAX,
                        ..Counts::default()
                    },
                },
            ),
        ),
        entry(None, None, technician, Event::SignedOut { person: PersonId(3) }),
    ]
}

pub(crate) fn write(entries: &[Entry]) -> Vec<Sealed> {
    let mut prev = Digest::ZERO;
    let mut sessions: BTreeMap<SessionId, u64> = BTreeMap::new();
    let mut drawn = 0u8;
    entries
        .iter()
        .enumerate()
        .map(|(seq, entry)| {
            let session_seq = entry.session.map(|session| {
                let next = sessions.entry(session).or_insert(0);
                *next += 1;
                *next - 1
            });
            let sealed = seal(
                entry,
                Position {
                    seq: seq as u64,
                    session_seq,
                    prev,
                },
                &mut || {
                    drawn += 1;
                    [drawn; 32]
                },
            );
            prev = sealed.record.hash();
            sealed
        })
        .collect()
}

pub(crate) fn exported(sealed: &Sealed) -> ExportedRecord {
    let revealed = sealed
        .openings
        .iter()
        .map(|open| {
            (
                open.name.clone(),
                Revealed {
                    salt: open.salt,
                    value: open.value.clone(),
                },
            )
        })
        .collect();
    ExportedRecord {
        hash: sealed.record.hash(),
        record: sealed.record.clone(),
        revealed,
    }
}

pub(crate) fn signed(records: &[ExportedRecord]) -> String {
    let mut tree = Tree::new();
    records.iter().for_each(|record| tree.push(record.record.hash()));
    Checkpoint {
        origin: origin(),
        size: tree.size(),
        root: tree.root(),
    }
    .sign(&pair())
}

/// Header, six records, checkpoint.
pub(crate) fn export() -> Vec<String> {
    export_of(&entries())
}

pub(crate) fn export_of(entries: &[Entry]) -> Vec<String> {
    let records: Vec<ExportedRecord> = write(entries).iter().map(exported).collect();
    let mut lines = vec![Header::new(origin(), LogKey::of(&pair())).line()];
    lines.extend(records.iter().map(ExportedRecord::line));
    lines.push(checkpoint_line(&signed(&records)));
    lines
}

pub(crate) fn prove(lines: &[String], against: Against) -> Result<Proof, Fault> {
    let mut verifier = ExportVerifier::new(against);
    for line in lines {
        verifier.push(line)?;
    }
    verifier.finish()
}

pub(crate) fn check(lines: &[String]) -> Result<Checkpoint, Fault> {
    let key = Some(LogKey::of(&pair()));
    prove(lines, Against { key, kept: Vec::new() }).map(|proof| proof.checkpoint)
}

/// Alters the parsed record at `seq`, and its hash with it, as somebody would who can compute hashes.
pub(crate) fn forge(lines: &mut [String], seq: usize, change: impl FnOnce(&mut ExportedRecord)) {
    let mut record: ExportedRecord = serde_json::from_str(&lines[seq + 1]).unwrap();
    change(&mut record);
    record.hash = record.record.hash();
    lines[seq + 1] = record.line();
}
