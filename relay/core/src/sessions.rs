//! Sessions: asking, the user's answer, the end.
//!
//! Flow: asked -> (`binding`) -> granted -> ended, or asked -> ended. Invariant: a ticket and a technician each have at most one
//! session that has not ended.

use renfort_audit::{
    actor::{Actor, device_hash},
    event::Event,
};
use renfort_protocol::{
    binding::SignedAsk,
    error::Code,
    ids::{DeviceKey, SessionId},
    limits::CONSENT_ANSWER_MS,
    people::Technician,
    signalling::{ConsentAnswer, EndReason, ToRelay},
    time::UnixMillis,
};

use crate::{
    binding::Yes,
    broker::Broker,
    codes::is_by_unproven_code,
    commit::{Plan, Refusal},
    connections::Party,
    contract::{Binding, Change, SessionRecord, TicketRecord},
    requests::trespass,
};

/// Which end of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The user's.
    Sharer,
    /// The technician's.
    Viewer,
}

/// Ends `old` as `record` (a copy of it that may have changed otherwise) and records that.
pub(crate) fn end(
    plan: &mut Plan,
    old: &SessionRecord,
    mut record: SessionRecord,
    reason: EndReason,
    actor: Actor,
    now: UnixMillis,
) {
    record.ended_at = Some(now);
    record.end = Some(reason);
    // It holds names that only the two ends needed, while it was open.
    record.binding = None;
    if let Some(since) = record.viewed_since.take() {
        record.viewed_ms += now.since(since);
    }
    if let Some(since) = record.controlled_since.take() {
        record.controlled_ms += now.since(since);
    }
    let event = Event::SessionEnded {
        reason,
        viewed_ms: record.viewed_ms,
        controlled_ms: record.controlled_ms,
        counts: record.counts,
    };
    plan.record(now, actor, Some(old.ticket), Some(old.id), event);
    plan.put_session(old, record);
}

impl Broker {
    /// Can this technician put the question to the ticket's user now?
    pub(crate) fn may_ask(&self, technician: &Technician, ticket: &TicketRecord) -> Result<(), Code> {
        let busy = self.desk.open_session_of_person(technician.id).is_some()
            || self.desk.open_session_of_ticket(ticket.id).is_some();
        if busy {
            Err(Code::SessionOpen)
        } else if self.connections.user(&ticket.device).is_none() {
            Err(Code::UserOffline)
        } else {
            Ok(())
        }
    }

    /// Puts the question, which [`Broker::check_ask`] found good.
    ///
    /// `taking`: the ticket is taken with it.
    pub(crate) fn ask(
        &self,
        plan: &mut Plan,
        technician: &Technician,
        ticket: &TicketRecord,
        signed: &SignedAsk,
        taking: bool,
    ) {
        let asked = signed.ask.capabilities.clone();
        let answer_by = self.now.plus(CONSENT_ANSWER_MS);
        let record = SessionRecord {
            id: signed.ask.session,
            version: 1,
            ticket: ticket.id,
            device: ticket.device,
            user: ticket.user.clone(),
            technician: technician.clone(),
            asked: asked.clone(),
            asked_at: self.now,
            answer_by,
            binding: Some(Box::new(Binding {
                ask: signed.clone(),
                ready: None,
                reveal: None,
                allowed: None,
                allowance: None,
            })),
            provisional: taking && signed.ask.credential.card().is_none(),
            grant: None,
            started_at: None,
            ended_at: None,
            end: None,
            outcome: None,
            viewed_ms: 0,
            controlled_ms: 0,
            viewed_since: None,
            controlled_since: None,
            counts: renfort_protocol::ticket::Counts::default(),
            reported_by_user: 0,
            reported_by_technician: 0,
            abuse_reported_at: None,
            head_answered_by_user: false,
            head_answered_by_technician: false,
        };
        let event = Event::ConsentAsked {
            capabilities: asked,
            answer_by,
            card: signed.ask.credential.card().map(|card| card.card.serial),
        };
        plan.record(
            self.now,
            Actor::Person(technician.id),
            Some(ticket.id),
            Some(record.id),
            event,
        );
        plan.batch.changes.push(Change::PutSession {
            record: Box::new(record),
            expected_version: None,
        });
    }

    /// A session that was asked for here. Endpoints hear of no other from an honest relay, so that whoever speaks of one was
    /// lied to or lies: recorded.
    pub(crate) fn known_session(&self, id: SessionId, body: &ToRelay) -> Result<&SessionRecord, Refusal> {
        let session = self.desk.session(id);
        session.ok_or_else(|| trespass(body, Code::UnknownSession, None, None))
    }

    /// The session, and which end of it `party` is; naming another's is recorded.
    pub(crate) fn own_session(
        &self,
        party: &Party,
        id: SessionId,
        body: &ToRelay,
    ) -> Result<(&SessionRecord, Side), Refusal> {
        let session = self.desk.session(id).ok_or(Code::UnknownSession)?;
        match party {
            Party::User { device, .. } if session.device == *device => Ok((session, Side::Sharer)),
            Party::Technician { technician, .. } if session.technician.id == technician.id => {
                Ok((session, Side::Viewer))
            }
            _ => Err(trespass(body, Code::UnknownSession, Some(session.ticket), Some(id))),
        }
    }

    pub(crate) fn answer(
        &self,
        device: &DeviceKey,
        id: SessionId,
        answer: &ConsentAnswer,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let session = self.users_session(device, id, body)?;
        if !session.is_open() || session.grant.is_some() {
            return Err(Code::OutOfOrder.into());
        }
        match answer {
            ConsentAnswer::Allow {
                capabilities,
                expires_at,
                signature,
            } => {
                let yes = Yes {
                    capabilities,
                    expires_at: *expires_at,
                    signature,
                };
                self.allow(session, device, yes, body)
            }
            ConsentAnswer::Refuse { timed_out } => {
                let actor = Actor::Device(device_hash(device));
                let mut plan = Plan::default();
                let event = Event::ConsentRefused { timed_out: *timed_out };
                plan.record(self.now, actor, Some(session.ticket), Some(id), event);
                let reason = if *timed_out {
                    EndReason::TimedOut
                } else {
                    EndReason::Refused
                };
                self.end_and_give_back(&mut plan, session, reason, actor);
                Ok(plan)
            }
        }
    }

    pub(crate) fn end_session(
        &self,
        party: &Party,
        id: SessionId,
        reason: EndReason,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        self.known_session(id, body)?;
        let (session, side) = self.own_session(party, id, body)?;
        let allowed = match reason {
            // Of a card that was taken back the relay tells the technician.
            EndReason::StoppedByUser | EndReason::Expired | EndReason::CardRevoked => side == Side::Sharer,
            EndReason::EndedByTechnician | EndReason::Withdrawn => side == Side::Viewer,
            EndReason::Lost | EndReason::Failed | EndReason::Untrusted => true,
            // Of one that is over already, by another end or a timer, nobody knows any more.
            EndReason::WrongCode => !session.is_open() || is_by_unproven_code(session),
            // These are answers to the question, or follow from a report; not ends of a session.
            EndReason::Refused | EndReason::TimedOut | EndReason::AbuseReported => false,
        };
        if !allowed {
            return Err(trespass(body, Code::NotAllowed, Some(session.ticket), Some(id)));
        }
        let mut plan = Plan::default();
        // Both ends may say so, or one of them twice: the first counts.
        if session.is_open() {
            let reason = match (reason, &session.grant) {
                (EndReason::EndedByTechnician, None) => EndReason::Withdrawn,
                (EndReason::Withdrawn, Some(_)) => EndReason::EndedByTechnician,
                (reason, _) => reason,
            };
            self.end_and_give_back(&mut plan, session, reason, party.actor());
        }
        Ok(plan)
    }
}
