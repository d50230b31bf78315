//! What the two endpoints signed of their sessions, checked against a log that is read from its first record.
//!
//! Flow: each record that holds goes through [`Heads::see`], which makes the head of its session anew and checks a
//! signature against that; [`Heads::told`] says how many sessions are signed, and what stands in the log beside the
//! signatures.
//!
//! Invariant: an endpoint's signature counts only for the log's own records, under that endpoint's key. Whose key a
//! technician's is, a log cannot tell: it is the one that the relay wrote beside the signature.

use std::collections::HashMap;

use renfort_protocol::{
    head::{Endpoint, SessionHead},
    ids::{DeviceKey, RecordHash, SessionId, Signature, TicketId},
};
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::{
    actor::{Actor, device_hash},
    export::ExportedRecord,
    hash::Digest,
    record::Record,
    verify::Fault,
};

/// The code of a signature.
pub(crate) const SIGNED: &str = "session.signed";
/// The code of a disagreement.
pub(crate) const DISPUTED: &str = "session.head_disputed";
/// Disagreements, and reports after a signature, that are named; of further ones only the number is known.
pub const MAX_NAMED: usize = 1_000;

/// An endpoint did not agree with what the log holds of its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// Which session.
    pub session: SessionId,
    /// Which end of it.
    pub role: Endpoint,
    /// Its reports that the log holds.
    pub reports: u64,
    /// Its reports by its own count.
    pub claimed: u64,
    /// The record that tells of it.
    pub seq: u64,
}

/// A report that an endpoint is said to have made after it had signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// Of which session.
    pub session: SessionId,
    /// Which end is said to have made it.
    pub role: Endpoint,
    /// Its record.
    pub seq: u64,
}

/// What the endpoints signed. Sessions are counted that their user allowed and that have ended; signatures are checked in
/// all. One that nobody can check counts as none: whoever can sign the log could have made it up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signatures {
    /// Sessions that both ends signed.
    pub both: u64,
    /// Sessions that the user's machine alone signed.
    pub sharer_only: u64,
    /// Sessions that the technician's alone signed.
    pub viewer_only: u64,
    /// Sessions that neither signed.
    pub neither: u64,
    /// Signatures whose key is not shown, so that nobody can check them.
    pub unchecked: u64,
    /// At most [`MAX_NAMED`], in the order of the log.
    pub disagreements: Vec<Disagreement>,
    /// How many there are in all.
    pub disagreements_total: u64,
    /// At most [`MAX_NAMED`], in the order of the log.
    pub unsigned: Vec<Unsigned>,
    /// How many there are in all.
    pub unsigned_total: u64,
}

/// Which of the two is wrong with a record of a signature.
pub(crate) enum Unfit {
    /// It is for another head.
    Head,
    /// It is no signature of that head, or not of this key.
    Signature,
}

/// Does the record of a signature fit the head, and the key where that is known?
pub(crate) fn check_signature(record: &Record, head: &SessionHead, key: Option<&DeviceKey>) -> Result<(), Unfit> {
    let bytes = head.signed_bytes();
    if record.text("head") != Some(Digest::of(&[&bytes]).to_string().as_str()) {
        return Err(Unfit::Head);
    }
    let signature: Option<Signature> = record.text("signature").and_then(|text| text.parse().ok());
    let signature = signature.ok_or(Unfit::Signature)?;
    let Some(key) = key else {
        return Ok(());
    };
    let is_own = match record.actor {
        Actor::Device(hash) => device_hash(key) == hash,
        _ => true,
    };
    let fits = UnparsedPublicKey::new(&ED25519, key.0).verify(&bytes, &signature.0);
    if is_own && fits.is_ok() {
        Ok(())
    } else {
        Err(Unfit::Signature)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Signed,
    Unchecked,
    Disputed,
}

/// What a session had come to after one of its records.
#[derive(Debug, Clone)]
struct Point {
    last: Digest,
    records: u64,
    reports: [u64; 2],
    ticket: TicketId,
}

#[derive(Debug, Clone, Default)]
struct Session {
    /// The ticket's device, and whoever the first record is of.
    ends: [Option<Actor>; 2],
    reports: [u64; 2],
    answers: [Option<Answer>; 2],
    allowed: bool,
    ended: bool,
    /// After its end and each record since: what an endpoint can have been told. Empty once both have answered.
    points: Vec<Point>,
}

const ENDPOINTS: [Endpoint; 2] = [Endpoint::Sharer, Endpoint::Viewer];

impl Session {
    fn begun(record: &Record, device: Option<Actor>) -> Self {
        let asked = matches!(record.actor, Actor::Person(_)).then_some(record.actor);
        Self {
            ends: [device, asked],
            ..Self::default()
        }
    }

    /// Which end of it somebody is.
    fn end(&self, actor: Actor) -> Option<usize> {
        self.ends.iter().position(|end| *end == Some(actor))
    }

    /// As which end a record answers for the head.
    fn answering(&self, record: &Record) -> Result<usize, Fault> {
        let seq = record.seq;
        let end = self.end(record.actor).ok_or(Fault::OtherSigner { seq })?;
        let role = if end == 0 { "sharer" } else { "viewer" };
        if record.text("role") != Some(role) {
            return Err(Fault::OtherSigner { seq });
        }
        match self.answers[end] {
            None => Ok(end),
            Some(_) => Err(Fault::WrongHead { seq }),
        }
    }

    fn head(&self, session: SessionId, end: usize, records: u64) -> Option<SessionHead> {
        let point = self.points.iter().find(|point| point.records == records)?;
        Some(SessionHead {
            last: RecordHash(point.last.0),
            records,
            reports: point.reports[end],
            role: ENDPOINTS[end],
            session,
            ticket: point.ticket,
        })
    }

    fn signature(&self, session: SessionId, end: usize, exported: &ExportedRecord) -> Result<Answer, Fault> {
        let record = &exported.record;
        let seq = record.seq;
        let head = record
            .number("records")
            .and_then(|records| self.head(session, end, records))
            .filter(|head| record.number("reports") == Some(head.reports))
            .ok_or(Fault::WrongHead { seq })?;
        let key = match exported.revealed.get("key") {
            Some(shown) => Some(shown.value.parse().map_err(|_| Fault::BadSignature { seq })?),
            None => None,
        };
        check_signature(record, &head, key.as_ref()).map_err(|unfit| match unfit {
            Unfit::Head => Fault::WrongHead { seq },
            Unfit::Signature => Fault::BadSignature { seq },
        })?;
        Ok(if key.is_some() {
            Answer::Signed
        } else {
            Answer::Unchecked
        })
    }
}

/// Follows all sessions of a log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heads {
    devices: HashMap<TicketId, Actor>,
    sessions: HashMap<SessionId, Session>,
    told: Signatures,
}

impl Heads {
    /// Takes the next record, which holds in all else.
    pub(crate) fn see(&mut self, exported: &ExportedRecord) -> Result<(), Fault> {
        let record = &exported.record;
        let device = match (record.ticket, record.actor) {
            (Some(ticket), Actor::Device(_)) if record.code == "ticket.opened" => {
                Some(*self.devices.entry(ticket).or_insert(record.actor))
            }
            (Some(ticket), _) => self.devices.get(&ticket).copied(),
            (None, _) => None,
        };
        let (Some(id), Some(number)) = (record.session, record.session_seq) else {
            return Ok(());
        };
        let session = self
            .sessions
            .entry(id)
            .or_insert_with(|| Session::begun(record, device));
        match record.code.as_str() {
            SIGNED => {
                let end = session.answering(record)?;
                session.answers[end] = Some(session.signature(id, end, exported)?);
            }
            DISPUTED => {
                let end = session.answering(record)?;
                session.answers[end] = Some(Answer::Disputed);
                let number = |name| record.number(name).unwrap_or(0);
                self.told.disagreements_total += 1;
                if self.told.disagreements.len() < MAX_NAMED {
                    self.told.disagreements.push(Disagreement {
                        session: id,
                        role: ENDPOINTS[end],
                        reports: number("reports"),
                        claimed: number("claimed"),
                        seq: record.seq,
                    });
                }
            }
            "consent.granted" => session.allowed = true,
            "session.ended" => session.ended = true,
            _ => {}
        }
        if let (Some(report), Some(end)) = (record.number("report"), session.end(record.actor)) {
            session.reports[end] = session.reports[end].max(report);
            if matches!(session.answers[end], Some(Answer::Signed | Answer::Unchecked)) {
                self.told.unsigned_total += 1;
                if self.told.unsigned.len() < MAX_NAMED {
                    let (session, role, seq) = (id, ENDPOINTS[end], record.seq);
                    self.told.unsigned.push(Unsigned { session, role, seq });
                }
            }
        }
        if session.answers.iter().all(Option::is_some) {
            session.points = Vec::new();
        } else if let (true, Some(ticket)) = (session.ended, record.ticket) {
            session.points.push(Point {
                last: exported.hash,
                records: number.saturating_add(1),
                reports: session.reports,
                ticket,
            });
        }
        Ok(())
    }

    /// What is signed after the last record.
    pub(crate) fn told(&self) -> Signatures {
        let mut told = self.told.clone();
        for session in self.sessions.values() {
            let unchecked = session
                .answers
                .iter()
                .filter(|answer| **answer == Some(Answer::Unchecked));
            told.unchecked += unchecked.count() as u64;
            let count = match session.answers.map(|answer| answer == Some(Answer::Signed)) {
                [true, true] => &mut told.both,
                [true, false] => &mut told.sharer_only,
                [false, true] => &mut told.viewer_only,
                [false, false] => &mut told.neither,
            };
            *count += u64::from(session.allowed && session.ended);
        }
        told
    }
}
