//! What the two ends of a session signed, and what a relay that writes its log as it likes can do about it.

use renfort_audit::{
    actor::{Actor, device_hash},
    checkpoint::LogKey,
    event::Event,
    export::{Against, ExportedRecord, Proof},
    hash::Digest,
    heads::Signatures,
    keeping::{Erased, Keeping},
    receipt::head_of,
    record::Entry,
    verify::Fault,
};
use renfort_protocol::{
    grant::{Capabilities, Capability},
    head::{Endpoint, SessionHead},
    ids::{DeviceKey, PersonId, SessionId, Signature, TicketId},
    report::ReportedEvent,
    signalling::EndReason,
    ticket::Counts,
    time::UnixMillis,
};
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::support::{entries, export_of, exported, forge, pair, prove, write};

const SESSION: SessionId = SessionId([6; 16]);
const TECHNICIAN: Actor = Actor::Person(PersonId(3));

fn sharer() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn viewer() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap()
}

fn public(pair: &Ed25519KeyPair) -> DeviceKey {
    DeviceKey(pair.public_key().as_ref().try_into().unwrap())
}

fn user() -> Actor {
    Actor::Device(device_hash(&public(&sharer())))
}

/// A log that is written as somebody likes.
#[derive(Clone)]
pub(crate) struct Story {
    entries: Vec<Entry>,
}

impl Story {
    /// A session that its user allowed, up to its end: records 3 to 7.
    pub(crate) fn ended() -> Self {
        let mut opened = entries()[1].clone();
        opened.actor = user();
        if let Event::TicketOpened { device, .. } = &mut opened.event {
            *device = public(&sharer());
        }
        let mut story = Self {
            entries: vec![entries()[0].clone(), opened, entries()[2].clone()],
        };
        let capabilities = Capabilities::from([Capability::View]);
        let answer_by = UnixMillis(9);
        story.add(
            TECHNICIAN,
            Event::ConsentAsked {
                capabilities: capabilities.clone(),
                answer_by,
                card: None,
            },
        );
        let expires_at = UnixMillis(90);
        story.add(
            user(),
            Event::ConsentGranted {
                capabilities,
                expires_at,
            },
        );
        story.report(user(), 1);
        story.report(TECHNICIAN, 1);
        story.add(
            Actor::Relay,
            Event::SessionEnded {
                reason: EndReason::EndedByTechnician,
                viewed_ms: 1,
                controlled_ms: 0,
                counts: Counts::default(),
            },
        );
        story
    }

    /// The same, signed by both: records 8 and 9.
    pub(crate) fn signed() -> Self {
        let mut story = Self::ended();
        story.sign(Endpoint::Sharer, |_| {});
        story.sign(Endpoint::Viewer, |_| {});
        story
    }

    fn add(&mut self, actor: Actor, event: Event) {
        self.entries.push(Entry {
            at: UnixMillis(1_700_000_000_000),
            ticket: Some(TicketId(1001)),
            session: Some(SESSION),
            actor,
            event,
        });
    }

    fn report(&mut self, actor: Actor, number: u64) {
        self.add(
            actor,
            Event::Reported {
                number,
                happened_at: UnixMillis(5),
                event: ReportedEvent::Stopped,
            },
        );
    }

    fn head(&self, role: Endpoint) -> SessionHead {
        let sealed = write(&self.entries);
        let records = sealed.iter().map(|one| (&one.record, one.record.hash()));
        let actor = match role {
            Endpoint::Sharer => user(),
            Endpoint::Viewer => TECHNICIAN,
        };
        head_of(records, SESSION, role, actor).unwrap()
    }

    /// This end signs the head of what is there, or what somebody made of it.
    fn sign(&mut self, role: Endpoint, change: impl FnOnce(&mut SessionHead)) {
        let mut head = self.head(role);
        change(&mut head);
        let (actor, pair) = match role {
            Endpoint::Sharer => (user(), sharer()),
            Endpoint::Viewer => (TECHNICIAN, viewer()),
        };
        self.write_signature(&head, actor, &pair, &pair);
    }

    /// Signed by one key, recorded with another.
    fn write_signature(&mut self, head: &SessionHead, actor: Actor, by: &Ed25519KeyPair, named: &Ed25519KeyPair) {
        let bytes = head.signed_bytes();
        let event = Event::SessionSigned {
            role: head.role,
            records: head.records,
            reports: head.reports,
            head: Digest::of(&[&bytes]),
            key: public(named),
            signature: Signature(by.sign(&bytes).as_ref().try_into().unwrap()),
        };
        self.add(actor, event);
    }

    fn dispute(&mut self, role: Endpoint, actor: Actor) {
        self.add(
            actor,
            Event::HeadDisputed {
                role,
                reports: 1,
                claimed: 4,
            },
        );
    }

    fn erased(&mut self, fields: u64) {
        self.entries.push(Entry {
            ticket: None,
            session: None,
            actor: Actor::Operator,
            at: UnixMillis(1_700_000_000_000),
            event: Event::Keeping(Keeping::PersonErased {
                of: Erased::Name,
                tickets: 1,
                sessions: 1,
                fields,
                held: 0,
            }),
        });
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        export_of(&self.entries)
    }

    /// Without the values that these records show.
    fn withholding(&self, seqs: &[usize]) -> Vec<String> {
        let mut lines = self.lines();
        for seq in seqs {
            forge(&mut lines, *seq, |exported: &mut ExportedRecord| {
                exported.revealed.clear()
            });
        }
        lines
    }

    fn proof(&self) -> Result<Proof, Fault> {
        proof(&self.lines())
    }
}

fn proof(lines: &[String]) -> Result<Proof, Fault> {
    let key = Some(LogKey::of(&pair()));
    prove(lines, Against { key, kept: Vec::new() })
}

fn signatures(story: &Story) -> Signatures {
    story.proof().unwrap().signatures
}

/// For the vectors: each with its name.
pub(crate) fn told() -> Vec<(&'static str, Vec<String>)> {
    let with = |change: &dyn Fn(&mut Story)| {
        let mut story = Story::ended();
        change(&mut story);
        story.lines()
    };
    let after_signing = |change: &dyn Fn(&mut Story)| {
        let mut story = Story::signed();
        change(&mut story);
        story.lines()
    };
    vec![
        ("a session that both ends signed", Story::signed().lines()),
        ("a session that neither end signed", Story::ended().lines()),
        (
            "a session that the user's machine alone signed",
            with(&|story| story.sign(Endpoint::Sharer, |_| {})),
        ),
        (
            "a session that the technician's machine alone signed",
            with(&|story| story.sign(Endpoint::Viewer, |_| {})),
        ),
        (
            "the same head signed by both, one after the other's signature",
            with(&|story| {
                let head = story.head(Endpoint::Viewer);
                story.sign(Endpoint::Sharer, |_| {});
                story.write_signature(&head, TECHNICIAN, &viewer(), &viewer());
            }),
        ),
        (
            "a session whose end the technician's machine disputes",
            with(&|story| {
                story.sign(Endpoint::Sharer, |_| {});
                story.dispute(Endpoint::Viewer, TECHNICIAN);
            }),
        ),
        ("signatures whose keys were erased", {
            let mut story = Story::signed();
            story.erased(2);
            story.withholding(&[8, 9])
        }),
        ("values that were left out", Story::signed().withholding(&[1, 9])),
        (
            "values that were erased and are shown",
            after_signing(&|story| story.erased(3)),
        ),
        (
            "a report made up after its end had signed",
            after_signing(&|story| story.report(user(), 2)),
        ),
        (
            "a signature for other records",
            with(&|story| story.sign(Endpoint::Sharer, |head| head.last.0[0] ^= 1)),
        ),
        (
            "a signature for fewer records than the end's",
            with(&|story| story.sign(Endpoint::Sharer, |head| head.records -= 1)),
        ),
        (
            "a signature for records that are not there yet",
            with(&|story| story.sign(Endpoint::Sharer, |head| head.records += 1)),
        ),
        (
            "a signature for fewer reports than there are",
            with(&|story| story.sign(Endpoint::Viewer, |head| head.reports = 0)),
        ),
        (
            "a signature of another session",
            with(&|story| story.sign(Endpoint::Sharer, |head| head.session.0[0] ^= 1)),
        ),
        ("a report taken out before the end signed", {
            let (mut story, whole) = (Story::ended(), Story::ended());
            story.entries.remove(5);
            story.write_signature(&whole.head(Endpoint::Sharer), user(), &sharer(), &sharer());
            story.lines()
        }),
        (
            "a signature of another key than the one shown",
            with(&|story| {
                let head = story.head(Endpoint::Viewer);
                story.write_signature(&head, TECHNICIAN, &sharer(), &viewer());
            }),
        ),
        (
            "a signature of a device that is not the user's",
            with(&|story| {
                let head = story.head(Endpoint::Sharer);
                story.write_signature(&head, user(), &viewer(), &viewer());
            }),
        ),
        (
            "a signature by somebody else",
            with(&|story| {
                let head = story.head(Endpoint::Viewer);
                story.write_signature(&head, Actor::Person(PersonId(4)), &viewer(), &viewer());
            }),
        ),
        (
            "a signature for the other end",
            with(&|story| {
                let head = story.head(Endpoint::Sharer);
                story.write_signature(&head, TECHNICIAN, &viewer(), &viewer());
            }),
        ),
        (
            "a dispute by somebody else",
            with(&|story| story.dispute(Endpoint::Viewer, Actor::Person(PersonId(4)))),
        ),
        (
            "a second signature of the same end",
            after_signing(&|story| story.sign(Endpoint::Sharer, |_| {})),
        ),
        ("a signature before the session's end", {
            let mut story = Story::ended();
            let ended = story.entries.pop().unwrap();
            story.sign(Endpoint::Sharer, |_| {});
            story.entries.push(ended);
            story.lines()
        }),
        ("a key that is none", {
            let mut lines = Story::signed().lines();
            forge(&mut lines, 8, |exported| {
                let shown = exported.revealed.get_mut("key").unwrap();
                shown.value = "00".into();
                let commitment = renfort_audit::record::commitment("key", "00", &shown.salt);
                exported.record.commitments.insert("key".into(), commitment);
            });
            lines
        }),
    ]
}

#[test]
fn sessions_are_counted_by_who_signed_them() {
    let counts = |story: &Story| {
        let told = signatures(story);
        [
            told.both,
            told.sharer_only,
            told.viewer_only,
            told.neither,
            told.unchecked,
        ]
    };
    assert_eq!(counts(&Story::signed()), [1, 0, 0, 0, 0]);
    assert_eq!(counts(&Story::ended()), [0, 0, 0, 1, 0]);
    let mut story = Story::ended();
    story.sign(Endpoint::Viewer, |_| {});
    assert_eq!(counts(&story), [0, 0, 1, 0, 0]);
    story.dispute(Endpoint::Sharer, user());
    assert_eq!(counts(&story), [0, 0, 1, 0, 0]);
    let mut refused = Story::signed();
    refused.entries.remove(4);
    refused.entries.truncate(7);
    assert_eq!(counts(&refused), [0, 0, 0, 0, 0], "nothing was allowed");
}

#[test]
fn a_signature_is_for_exactly_what_its_session_had_come_to() {
    for change in [
        (|head| head.last.0[31] ^= 1) as fn(&mut SessionHead),
        |head| head.records -= 1,
        |head| head.records += 1,
        |head| head.reports += 1,
        |head| head.session.0[15] ^= 1,
        |head| head.ticket.0 += 1,
    ] {
        let mut story = Story::ended();
        story.sign(Endpoint::Sharer, change);
        assert_eq!(story.proof(), Err(Fault::WrongHead { seq: 8 }));
    }
}

#[test]
fn a_record_taken_out_or_changed_under_a_signature_is_noticed_although_the_relay_signs_the_log_anew() {
    let whole = Story::signed();
    for at in 3..8 {
        let mut story = whole.clone();
        story.entries.remove(at);
        assert!(story.proof().is_err(), "without record {at}");
        let mut story = whole.clone();
        story.entries[at].at.0 += 1;
        assert_eq!(story.proof(), Err(Fault::WrongHead { seq: 8 }), "record {at} changed");
    }
}

#[test]
fn a_signature_counts_only_under_its_own_ends_key() {
    let mut story = Story::ended();
    let head = story.head(Endpoint::Sharer);
    story.write_signature(&head, user(), &viewer(), &sharer());
    assert_eq!(story.proof(), Err(Fault::BadSignature { seq: 8 }));
    let mut story = Story::ended();
    story.write_signature(&head, user(), &viewer(), &viewer());
    assert_eq!(
        story.proof(),
        Err(Fault::BadSignature { seq: 8 }),
        "a key that is not the user's"
    );
    let mut story = Story::ended();
    story.write_signature(&head, TECHNICIAN, &viewer(), &viewer());
    assert_eq!(story.proof(), Err(Fault::OtherSigner { seq: 8 }));
}

#[test]
fn what_an_end_is_said_to_have_reported_after_it_signed_is_named() {
    let mut story = Story::signed();
    story.report(user(), 2);
    story.report(Actor::Person(PersonId(4)), 1);
    let told = signatures(&story);
    assert_eq!(told.unsigned_total, 1);
    assert_eq!((told.unsigned[0].role, told.unsigned[0].seq), (Endpoint::Sharer, 10));
}

#[test]
fn a_dispute_is_named_with_both_counts() {
    let mut story = Story::ended();
    story.dispute(Endpoint::Viewer, TECHNICIAN);
    let told = signatures(&story);
    assert_eq!((told.disagreements_total, told.neither), (1, 1));
    assert_eq!((told.disagreements[0].reports, told.disagreements[0].claimed), (1, 4));
}

#[test]
fn values_that_are_not_shown_are_counted_beside_those_that_were_erased() {
    let gaps = |lines: &[String]| proof(lines).unwrap().gaps;
    let whole = gaps(&Story::signed().lines());
    assert_eq!((whole.hidden, whole.erased), (0, 0));
    let mut story = Story::signed();
    story.erased(2);
    let kept = gaps(&story.withholding(&[8, 9]));
    assert_eq!((kept.hidden, kept.erased), (2, 2));
    let of_ticket = exported(&write(&story.entries)[1]).revealed.len() as u64;
    let cut = gaps(&story.withholding(&[1, 8, 9]));
    assert_eq!((cut.hidden, cut.erased), (2 + of_ticket, 2));
    assert!(!cut.is_empty());
}
