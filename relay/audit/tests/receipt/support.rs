//! A log with one session, whose two ends signed it, and the receipt of that session.

use std::{collections::BTreeMap, convert::Infallible};

use renfort_audit::{
    actor::{Actor, device_hash},
    checkpoint::{Checkpoint, LogKey, Origin},
    event::Event,
    export::ExportedRecord,
    hash::Digest,
    inclusion::{Node, prove},
    merkle::Tree,
    personal::Revealed,
    receipt::{Against, Issuer, Proof, Receipt, Seen, tells, told},
    record::{Entry, Position, seal},
};
use renfort_protocol::{
    grant::{Capabilities, Capability},
    head::{Endpoint, SessionHead},
    ids::{CardSerial, DeviceKey, PersonId, RecordHash, SessionId, Signature, TicketId},
    organisation::Organisation,
    people::{Level, Name, Stated, Technician},
    report::ReportedEvent,
    signalling::EndReason,
    ticket::{Counts, Impact, Language, Outcome, Summary, Urgency},
    time::UnixMillis,
};
use ring::signature::{Ed25519KeyPair, KeyPair};

/// The session is the one of the desktop app’s scenarios, which hold the vectors’ receipt against it.
pub(crate) const SESSION: SessionId = SessionId([7; 16]);
const TICKET: TicketId = TicketId(1042);
const TECHNICIAN: Actor = Actor::Person(PersonId(3));

pub(crate) fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

pub(crate) fn public(pair: &Ed25519KeyPair) -> DeviceKey {
    DeviceKey(pair.public_key().as_ref().try_into().unwrap())
}

/// A log that is written, record by record.
pub(crate) struct Log {
    pub(crate) records: Vec<ExportedRecord>,
    origin: Origin,
}

impl Log {
    fn add(&mut self, session: Option<SessionId>, ticket: Option<TicketId>, actor: Actor, event: Event) {
        let seq = self.records.len() as u64;
        let of_session = |one: &&ExportedRecord| one.record.session == session;
        let entry = Entry {
            at: UnixMillis(1_772_000_000_000 + seq * 10_000),
            ticket,
            session,
            actor,
            event,
        };
        let position = Position {
            seq,
            session_seq: session.map(|_| self.records.iter().filter(of_session).count() as u64),
            prev: self.records.last().map_or(Digest::ZERO, |last| last.hash),
        };
        let salt = [u8::try_from(seq).unwrap(); 32];
        let sealed = seal(&entry, position, &mut || salt);
        let shown = |open: renfort_audit::record::Opening| {
            let (salt, value) = (open.salt, open.value);
            (open.name, Revealed { salt, value })
        };
        self.records.push(ExportedRecord {
            hash: sealed.record.hash(),
            record: sealed.record,
            revealed: sealed.openings.into_iter().map(shown).collect(),
        });
    }

    fn elsewhere(&mut self, count: usize) {
        for _ in 0..count {
            self.add(None, None, TECHNICIAN, Event::SignedOut { person: PersonId(3) });
        }
    }

    pub(crate) fn of_ticket(&mut self, actor: Actor, event: Event) {
        self.add(None, Some(TICKET), actor, event);
    }

    pub(crate) fn of_session(&mut self, actor: Actor, event: Event) {
        self.add(Some(SESSION), Some(TICKET), actor, event);
    }

    pub(crate) fn report(&mut self, actor: Actor, number: u64, event: ReportedEvent) {
        let happened_at = UnixMillis(5);
        self.of_session(
            actor,
            Event::Reported {
                number,
                happened_at,
                event,
            },
        );
    }

    /// What this endpoint has to sign now.
    fn head(&self, role: Endpoint, reports: u64) -> SessionHead {
        let of_session = |one: &&ExportedRecord| one.record.session == Some(SESSION);
        SessionHead {
            last: RecordHash(self.records.iter().rfind(of_session).unwrap().hash.0),
            records: self.records.iter().filter(of_session).count() as u64,
            reports,
            role,
            session: SESSION,
            ticket: TICKET,
        }
    }

    /// `by` signs; the record names the key of `named`.
    fn sign(&mut self, actor: Actor, head: SessionHead, by: &Ed25519KeyPair, named: &Ed25519KeyPair) {
        let bytes = head.signed_bytes();
        let event = Event::SessionSigned {
            role: head.role,
            records: head.records,
            reports: head.reports,
            head: Digest::of(&[&bytes]),
            key: public(named),
            signature: Signature(by.sign(&bytes).as_ref().try_into().unwrap()),
        };
        self.of_session(actor, event);
    }

    pub(crate) fn checkpoint(&self, size: usize) -> String {
        let mut tree = Tree::new();
        self.records[..size].iter().for_each(|one| tree.push(one.hash));
        let (origin, root) = (self.origin.clone(), tree.root());
        let size = size as u64;
        Checkpoint { origin, size, root }.sign(&pair(42))
    }

    pub(crate) fn proof(&self) -> Proof {
        let size = self.records.len();
        let mut get = |wanted: Node| -> Result<Digest, Infallible> {
            let first = usize::try_from(wanted.index << wanted.level).unwrap();
            let mut tree = Tree::new();
            self.records[first..first + (1 << wanted.level)]
                .iter()
                .for_each(|one| tree.push(one.hash));
            Ok(tree.root())
        };
        let told = self
            .records
            .iter()
            .filter(|one| one.record.ticket == Some(TICKET) && tells(&one.record, SESSION));
        let with_proof = told
            .map(|one| {
                (
                    one.clone(),
                    prove(one.record.seq, size as u64, &mut get).unwrap().unwrap(),
                )
            })
            .collect();
        let issuer = Issuer {
            origin: self.origin.clone(),
            key: LogKey::of(&pair(42)),
            organisation: Organisation {
                version: 1,
                name: Name::new("Mairie de Sainte-Luce & Cie").unwrap(),
                relays: vec!["wss://relay.example.org".into()],
                key: DeviceKey([0; 32]),
                issued_at: UnixMillis(1),
                policy: None,
            }
            .sign(&pair(7)),
        };
        Proof::pack(issuer, self.checkpoint(size), SESSION, with_proof).unwrap()
    }

    pub(crate) fn page(&self, language: Language) -> String {
        page(&self.proof(), language)
    }
}

pub(crate) fn page(proof: &Proof, language: Language) -> String {
    let facts = proof.check(&Against::default()).unwrap();
    Receipt {
        language,
        proof: proof.clone(),
        utc_offset: 60,
    }
    .page(&facts)
}

/// Who signs, and what is done to the signatures.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Signing {
    Both,
    None,
    /// The user's machine signs with a key that is not its own.
    Forged,
    /// The technician's machine signs that it reported more.
    OtherReports,
    /// A device signs for the user that did not open the ticket.
    InventedDevice,
    /// Somebody signs as the technician who did not ask.
    InventedTechnician,
    /// The user's machine reports, and abuse is reported, after both signed.
    Late,
    Disputed,
}

pub(crate) fn log(signing: Signing) -> Log {
    log_of(signing, Some(CardSerial([9; 8])))
}

/// With this card, or with a code.
pub(crate) fn log_of(signing: Signing, card: Option<CardSerial>) -> Log {
    let (user_key, technician_key) = (pair(21), pair(22));
    let user = Actor::Device(device_hash(&public(&user_key)));
    let mut log = Log {
        records: Vec::new(),
        origin: Origin::new("relay.example.org/renfort").unwrap(),
    };
    log.elsewhere(3);
    log.of_ticket(
        user,
        Event::TicketOpened {
            impact: Impact::Team,
            urgency: Urgency::High,
            language: Language::Fr,
            level: Level::One,
            user: Stated {
                name: Name::new("Zoé <script>alert(1)</script>").unwrap(),
                machine: Name::new("PC\\12").unwrap(),
            },
            device: public(&user_key),
            summary: Summary::new("</script> L'imprimante \"ne\" répond plus & <b>").unwrap(),
        },
    );
    let (person, level, name) = (PersonId(3), Level::One, Name::new("Alex Durand").unwrap());
    log.of_ticket(
        TECHNICIAN,
        Event::TicketTaken {
            person,
            level,
            name,
            waited_ms: 5_000,
        },
    );
    let capabilities = Capabilities::from([Capability::View]);
    let answer_by = UnixMillis(6);
    log.of_session(
        TECHNICIAN,
        Event::ConsentAsked {
            capabilities: capabilities.clone(),
            answer_by,
            card,
        },
    );
    log.of_session(
        user,
        Event::ConsentGranted {
            capabilities,
            expires_at: UnixMillis(2_800_000),
        },
    );
    log.elsewhere(2);
    log.report(
        user,
        1,
        ReportedEvent::Connected {
            capture: "x11".into(),
            codec: "h264".into(),
        },
    );
    log.report(TECHNICIAN, 1, ReportedEvent::FirstPicture { after_ms: 900 });
    log.report(
        user,
        2,
        ReportedEvent::Allowed {
            capability: Capability::Control,
        },
    );
    let counts = Counts {
        keys: 120,
        clicks: 7,
        ..Counts::default()
    };
    log.report(user, 3, ReportedEvent::Counted { counts });
    log.elsewhere(1);
    log.of_ticket(
        TECHNICIAN,
        Event::TicketClosed {
            outcome: Outcome::Solved,
            handled_ms: 1,
            message_chars: 0,
        },
    );
    let reason = EndReason::EndedByTechnician;
    log.of_session(
        TECHNICIAN,
        Event::SessionEnded {
            reason,
            viewed_ms: 65_000,
            controlled_ms: 3_725_000,
            counts,
        },
    );
    log.report(
        user,
        4,
        ReportedEvent::Counted {
            counts: Counts {
                keys: 3,
                ..Counts::default()
            },
        },
    );
    match signing {
        Signing::None => {}
        Signing::Both | Signing::Late => {
            log.sign(user, log.head(Endpoint::Sharer, 4), &user_key, &user_key);
            log.sign(
                TECHNICIAN,
                log.head(Endpoint::Viewer, 1),
                &technician_key,
                &technician_key,
            );
        }
        Signing::Forged => log.sign(user, log.head(Endpoint::Sharer, 4), &technician_key, &technician_key),
        Signing::OtherReports => {
            log.sign(
                TECHNICIAN,
                log.head(Endpoint::Viewer, 2),
                &technician_key,
                &technician_key,
            );
        }
        Signing::InventedDevice => {
            let invented = Actor::Device(device_hash(&public(&pair(6))));
            log.sign(invented, log.head(Endpoint::Sharer, 0), &pair(6), &pair(6));
        }
        Signing::InventedTechnician => {
            let invented = Actor::Person(PersonId(4));
            log.sign(invented, log.head(Endpoint::Viewer, 0), &pair(6), &pair(6));
        }
        Signing::Disputed => {
            let (role, reports, claimed) = (Endpoint::Sharer, 4, 5);
            log.of_session(user, Event::HeadDisputed { role, reports, claimed });
        }
    }
    if signing == Signing::Late {
        log.report(
            user,
            5,
            ReportedEvent::Counted {
                counts: Counts {
                    keys: 500,
                    ..Counts::default()
                },
            },
        );
        let (happened_at, sentence) = (UnixMillis(5), None);
        log.of_session(user, Event::AbuseReported { happened_at, sentence });
    }
    log.elsewhere(4);
    log
}

/// What the user's machine remembers of the session, and what its device is.
pub(crate) fn seen() -> Against {
    let counted = |keys, clicks| ReportedEvent::Counted {
        counts: Counts {
            keys,
            clicks,
            ..Counts::default()
        },
    };
    let reports = [
        ReportedEvent::Connected {
            capture: "x11".into(),
            codec: "h264".into(),
        },
        ReportedEvent::Allowed {
            capability: Capability::Control,
        },
        counted(120, 7),
        counted(3, 0),
    ];
    let reports = (1..).zip(reports).map(|(number, event)| {
        told(&Event::Reported {
            number,
            happened_at: UnixMillis(5),
            event,
        })
    });
    let granted = Event::ConsentGranted {
        capabilities: Capabilities::from([Capability::View]),
        expires_at: UnixMillis(2_800_000),
    };
    Against {
        device: Some(public(&pair(21))),
        seen: Some(Seen {
            technician: Technician {
                id: PersonId(3),
                name: Name::new("Alex Durand").unwrap(),
                level: Level::One,
            },
            device: public(&pair(22)),
            card: Some(CardSerial([9; 8])),
            granted: told(&granted),
            reports: reports.collect(),
            due: 4,
        }),
        ..Against::default()
    }
}

/// The page with its proof changed, and its words as before.
pub(crate) fn with_proof(page: &str, change: impl FnOnce(&mut serde_json::Value)) -> String {
    const BEGIN: &str = "id=\"renfort-receipt\">";
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (json, after) = rest.split_once("</script>").unwrap();
    let mut value: serde_json::Value = serde_json::from_str(json).unwrap();
    change(&mut value["proof"]);
    format!(
        "{before}{BEGIN}{}</script>{after}",
        value.to_string().replace('<', "\\u003c")
    )
}

pub(crate) type Shown = BTreeMap<String, Revealed>;
