//! What is left of a session that has ended: its head, which both endpoints sign, and the receipt, which is the user's.
//!
//! Flow: the store is asked by [`Question`]; a head goes to whoever asked and is remembered on their connection, so that it
//! is this one, and no other, that they sign or dispute.
//!
//! Invariant: of each endpoint and session one answer to a head is recorded, and a signature only when it fits.

use renfort_audit::event::Event;
use renfort_protocol::{
    error::{Code, WireError},
    head::{Endpoint, SessionHead},
    ids::{DeviceKey, SessionId, Signature},
    limits::RATE_WINDOW_MS,
    signalling::{FromRelay, ToRelay},
    time::UnixMillis,
};
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::{
    articles::{Answer, Question},
    broker::Broker,
    commit::{Asker, Plan, Refusal},
    connections::Party,
    contract::{Conn, Effect, SessionRecord},
    requests::trespass,
    sessions::Side,
};

/// Heads and receipts that a connection may ask for in [`RATE_WINDOW_MS`]; a further one is refused with `too_fast`, and
/// the connection goes on.
pub const EVIDENCE_PER_WINDOW: u32 = 10;
/// How many of these may wait for the store at once, of one connection.
const UNDER_WAY: usize = 2;
/// A receipt can be had for so long after its session's end, in milliseconds: 30 days.
pub const RECEIPT_MS: u64 = 30 * 24 * 60 * 60_000;

/// What a connection asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    under_way: Vec<u32>,
    window: UnixMillis,
    asked: u32,
    /// The last head that it was told.
    head: Option<SessionHead>,
}

impl Evidence {
    fn admit(&mut self, now: UnixMillis) -> Result<(), Code> {
        if now.since(self.window) >= RATE_WINDOW_MS {
            self.window = now;
            self.asked = 0;
        }
        self.asked = self.asked.saturating_add(1);
        if self.asked > EVIDENCE_PER_WINDOW || self.under_way.len() >= UNDER_WAY {
            Err(Code::TooFast)
        } else {
            Ok(())
        }
    }
}

impl Party {
    const fn device(&self) -> &DeviceKey {
        match self {
            Self::User { device, .. } | Self::Technician { device, .. } => device,
        }
    }
}

impl Side {
    const fn endpoint(self) -> Endpoint {
        match self {
            Self::Sharer => Endpoint::Sharer,
            Self::Viewer => Endpoint::Viewer,
        }
    }
}

impl Broker {
    /// Asks the store for a head or a receipt, when that is what the request is for.
    pub(crate) fn asks_for_evidence(&mut self, asker: &Asker, body: &ToRelay) -> bool {
        let question = match body {
            ToRelay::ShowHead { session } => self.head_question(&asker.party, *session, body),
            ToRelay::ShowReceipt { session } => self.receipt_question(&asker.party, *session, body),
            _ => return false,
        };
        let now = self.now;
        let Some(evidence) = self.connections.evidence(asker.conn) else {
            return true;
        };
        let admitted = evidence.admit(now).map_err(Refusal::from);
        match admitted.and(question) {
            Ok(question) => {
                evidence.under_way.push(asker.re);
                self.effect(Effect::Consult {
                    conn: asker.conn,
                    re: asker.re,
                    question,
                });
            }
            Err(refusal) => self.refused(asker, refusal),
        }
        true
    }

    fn head_question(&self, party: &Party, id: SessionId, body: &ToRelay) -> Result<Question, Refusal> {
        let (session, side) = self.own_ended_session(party, id, body)?;
        Ok(Question::Head {
            ticket: session.ticket,
            session: id,
            role: side.endpoint(),
            actor: party.actor(),
        })
    }

    fn receipt_question(&self, party: &Party, id: SessionId, body: &ToRelay) -> Result<Question, Refusal> {
        let (session, _) = self.own_ended_session(party, id, body)?;
        let ended_at = session.ended_at.unwrap_or(self.now);
        if self.now.since(ended_at) > RECEIPT_MS {
            return Err(Code::UnknownSession.into());
        }
        Ok(Question::Receipt {
            ticket: session.ticket,
            session: id,
            device: session.device,
        })
    }

    fn own_ended_session(
        &self,
        party: &Party,
        id: SessionId,
        body: &ToRelay,
    ) -> Result<(&SessionRecord, Side), Refusal> {
        let (session, side) = self.own_session(party, id, body)?;
        if session.is_open() {
            return Err(Code::OutOfOrder.into());
        }
        Ok((session, side))
    }

    /// Is this the answer to a question about a head or a receipt?
    pub(crate) fn waits_for_evidence(&self, conn: Conn, re: u32) -> bool {
        let connection = self.connections.get(conn);
        connection.is_some_and(|connection| connection.evidence.under_way.contains(&re))
    }

    /// The store has answered.
    pub(crate) fn evidence_came(&mut self, conn: Conn, re: u32, answer: Option<Answer>) {
        let Some(evidence) = self.connections.evidence(conn) else {
            return;
        };
        evidence.under_way.retain(|waiting| *waiting != re);
        let message = match answer {
            Some(Answer::Head(head)) => {
                evidence.head = Some(head);
                FromRelay::Head { re, head }
            }
            Some(Answer::Receipt(Some(proof))) => FromRelay::Receipt { re, proof },
            Some(Answer::Receipt(None)) => {
                let limit = renfort_audit::receipt::MAX_PROOF_BYTES;
                return self.refuse(conn, re, WireError::from(Code::TooLarge).with("limit", limit));
            }
            _ => return self.refuse(conn, re, Code::Busy.into()),
        };
        self.send(conn, message);
        self.send(conn, FromRelay::Done { re });
    }

    pub(crate) fn sign_head(
        &self,
        asker: &Asker,
        head: &SessionHead,
        signature: &Signature,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let party = &asker.party;
        let (session, side) = self.own_ended_session(party, head.session, body)?;
        let mut plan = Plan::default();
        if answered(session, side) {
            return Ok(plan);
        }
        if self.head_told(asker.conn) != Some(head) {
            return Err(Code::OutOfOrder.into());
        }
        let key = *party.device();
        let bytes = head.signed_bytes();
        if UnparsedPublicKey::new(&ED25519, key.0)
            .verify(&bytes, &signature.0)
            .is_err()
        {
            let (ticket, session) = (Some(session.ticket), Some(head.session));
            return Err(trespass(body, Code::BadSignature, ticket, session));
        }
        let event = Event::SessionSigned {
            role: side.endpoint(),
            records: head.records,
            reports: head.reports,
            head: renfort_audit::hash::Digest::of(&[&bytes]),
            key,
            signature: *signature,
        };
        plan.record(self.now, party.actor(), Some(session.ticket), Some(session.id), event);
        plan.put_session(session, with_answer(session, side));
        Ok(plan)
    }

    pub(crate) fn dispute_head(
        &self,
        asker: &Asker,
        id: SessionId,
        claimed: u64,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let party = &asker.party;
        let (session, side) = self.own_ended_session(party, id, body)?;
        let mut plan = Plan::default();
        if answered(session, side) {
            return Ok(plan);
        }
        let told = self.head_told(asker.conn).filter(|head| head.session == id);
        let event = Event::HeadDisputed {
            role: side.endpoint(),
            reports: told.ok_or(Code::OutOfOrder)?.reports,
            claimed,
        };
        plan.record(self.now, party.actor(), Some(session.ticket), Some(id), event);
        plan.put_session(session, with_answer(session, side));
        Ok(plan)
    }

    fn head_told(&self, conn: Conn) -> Option<&SessionHead> {
        self.connections.get(conn)?.evidence.head.as_ref()
    }
}

const fn answered(session: &SessionRecord, side: Side) -> bool {
    match side {
        Side::Sharer => session.head_answered_by_user,
        Side::Viewer => session.head_answered_by_technician,
    }
}

fn with_answer(session: &SessionRecord, side: Side) -> SessionRecord {
    let mut record = session.clone();
    match side {
        Side::Sharer => record.head_answered_by_user = true,
        Side::Viewer => record.head_answered_by_technician = true,
    }
    record
}
