//! *Report abuse*: the user says that a session was one.
//!
//! Flow: recorded -> the session ends if it goes on -> its ticket leaves the technician's hands for good.
//!
//! Invariant: a session is reported once and stays so; whoever was reported never has its ticket again.

use renfort_audit::{
    actor::{Actor, device_hash},
    event::Event,
    returned::Returned,
};
use renfort_protocol::{
    error::Code,
    ids::{DeviceKey, SessionId},
    limits::ABUSE_REPORT_MS,
    signalling::{EndReason, ToRelay},
    ticket::{AbuseText, TicketState},
    time::UnixMillis,
};

use crate::{
    broker::Broker,
    commit::{Plan, Refusal},
    contract::SessionRecord,
    requests::trespass,
    sessions::end,
};

impl Broker {
    pub(crate) fn report_abuse(
        &self,
        device: &DeviceKey,
        id: SessionId,
        at: UnixMillis,
        sentence: Option<&AbuseText>,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let session = self.desk.session(id).ok_or(Code::UnknownSession)?;
        let ticket = &self.desk.ticket(session.ticket).ok_or(Code::UnknownSession)?.record;
        if session.device != *device {
            return Err(trespass(body, Code::UnknownSession, Some(session.ticket), Some(id)));
        }
        let mut plan = Plan::default();
        // Said again after a lost answer.
        if session.abuse_reported_at.is_some() {
            return Ok(plan);
        }
        if session.started_at.is_none() {
            return Err(Code::OutOfOrder.into());
        }
        if session
            .ended_at
            .is_some_and(|ended| self.now.since(ended) > ABUSE_REPORT_MS)
        {
            return Err(Code::TooLate.into());
        }
        let actor = Actor::Device(device_hash(device));
        let event = Event::AbuseReported {
            happened_at: at,
            sentence: sentence.cloned(),
        };
        plan.record(self.now, actor, Some(ticket.id), Some(id), event);
        let reported = SessionRecord {
            abuse_reported_at: Some(self.now),
            ..session.clone()
        };
        if session.is_open() {
            end(&mut plan, session, reported, EndReason::AbuseReported, actor, self.now);
        } else {
            plan.put_session(session, reported);
        }
        let person = session.technician.id;
        let theirs = ticket.technician.as_ref().is_some_and(|holder| holder.id == person);
        let returns = ticket.state == TicketState::Taken && theirs;
        plan.put_ticket(ticket, |ticket| {
            ticket.barred.insert(person);
            if returns {
                // In its old place: the user still needs help.
                ticket.state = TicketState::Waiting;
                ticket.technician = None;
            }
        });
        if returns {
            let why = Returned::Ended(EndReason::AbuseReported);
            plan.record(
                self.now,
                actor,
                Some(ticket.id),
                None,
                Event::TicketReturned { person, why },
            );
        }
        Ok(plan)
    }
}
