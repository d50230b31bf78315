//! What a user does with tickets: open, cancel, say whether it was solved.
//!
//! Invariant: a device has at most one open ticket.

use std::collections::BTreeSet;

use renfort_audit::{
    actor::{Actor, device_hash},
    event::Event,
};
use renfort_protocol::{
    error::{Code, WireError},
    ids::{DeviceKey, RequestId, TicketId},
    people::{Level, Stated},
    signalling::{FromRelay, ToRelay},
    ticket::{Impact, Language, Summary, TicketState, Urgency},
};

use crate::{
    broker::Broker,
    commit::{Plan, Refusal, Then},
    contract::{Change, TicketRecord},
    desk::Ticket,
    requests::trespass,
};

impl Broker {
    #[expect(clippy::too_many_arguments, reason = "the members of the message, each used once")]
    pub(crate) fn open_ticket(
        &mut self,
        device: DeviceKey,
        user: &Stated,
        language: Language,
        request: RequestId,
        summary: &Summary,
        impact: Impact,
        urgency: Urgency,
    ) -> Result<Plan, Refusal> {
        let mut plan = Plan::default();
        if let Some(ticket) = self.desk.ticket_of_request(&device, &request) {
            // Sent again after a lost answer: the same answer.
            plan.then.push(Then::Reply(FromRelay::Ticket {
                ticket: self.user_ticket(ticket),
            }));
            return Ok(plan);
        }
        if let Some(open) = self.desk.open_ticket_of(&device) {
            return Err(WireError::from(Code::TicketOpen).with("ticket", open.record.id).into());
        }
        if self.desk.count_open_tickets() >= self.limits.open_tickets {
            return Err(Code::Busy.into());
        }
        let id = self.desk.draw_number();
        let record = TicketRecord {
            id,
            version: 1,
            request,
            device,
            user: user.clone(),
            language,
            summary: summary.clone(),
            impact,
            urgency,
            level: Level::One,
            state: TicketState::Waiting,
            technician: None,
            opened_at: self.now,
            waiting_since: self.now,
            first_taken_at: None,
            closed_at: None,
            reopened: 0,
            message: None,
            feedback: None,
            user_away_since: None,
            barred: BTreeSet::new(),
        };
        plan.batch.changes.push(Change::PutTicket {
            record: Box::new(record),
            expected_version: None,
        });
        let event = Event::TicketOpened {
            impact,
            urgency,
            language,
            level: Level::One,
            user: user.clone(),
            device,
            summary: summary.clone(),
        };
        plan.record(self.now, Actor::Device(device_hash(&device)), Some(id), None, event);
        Ok(plan)
    }

    /// The user's own ticket; naming another's is recorded.
    fn own_ticket(&self, device: &DeviceKey, id: TicketId, body: &ToRelay) -> Result<&Ticket, Refusal> {
        let ticket = self.desk.ticket(id).ok_or(Code::UnknownTicket)?;
        if ticket.record.device == *device {
            Ok(ticket)
        } else {
            Err(trespass(body, Code::UnknownTicket, Some(id), None))
        }
    }

    pub(crate) fn cancel(&self, device: &DeviceKey, id: TicketId, body: &ToRelay) -> Result<Plan, Refusal> {
        let ticket = &self.own_ticket(device, id, body)?.record;
        let mut plan = Plan::default();
        match ticket.state {
            TicketState::Waiting => {}
            TicketState::Cancelled => return Ok(plan),
            // Nothing goes on between the two: the user need not wait for the technician to give up.
            TicketState::Taken if self.desk.open_session_of_ticket(id).is_none() => {}
            TicketState::Taken => {
                let name = ticket.technician.as_ref().map(|technician| technician.name.to_string());
                return Err(WireError::from(Code::AlreadyTaken)
                    .with("technician", name.unwrap_or_default())
                    .into());
            }
            TicketState::Solved | TicketState::NotSolved => return Err(Code::TicketClosed.into()),
        }
        plan.put_ticket(ticket, |ticket| {
            ticket.state = TicketState::Cancelled;
            ticket.closed_at = Some(self.now);
        });
        let event = Event::TicketCancelled {
            waited_ms: self.now.since(ticket.opened_at),
        };
        plan.record(self.now, Actor::Device(device_hash(device)), Some(id), None, event);
        Ok(plan)
    }

    pub(crate) fn feedback(
        &self,
        device: &DeviceKey,
        id: TicketId,
        solved: bool,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let ticket = &self.own_ticket(device, id, body)?.record;
        let mut plan = Plan::default();
        match ticket.state {
            TicketState::Solved | TicketState::NotSolved => {}
            // Sent again after a lost answer: it has had its effect.
            TicketState::Waiting | TicketState::Taken if !solved && ticket.feedback == Some(false) => return Ok(plan),
            TicketState::Waiting | TicketState::Taken => return Err(Code::OutOfOrder.into()),
            TicketState::Cancelled => return Err(Code::TicketClosed.into()),
        }
        if solved && ticket.feedback == Some(true) {
            return Ok(plan);
        }
        if !solved && let Some(open) = self.desk.open_ticket_of(device) {
            return Err(WireError::from(Code::TicketOpen).with("ticket", open.record.id).into());
        }
        plan.put_ticket(ticket, |ticket| {
            ticket.feedback = Some(solved);
            if !solved {
                ticket.state = TicketState::Waiting;
                ticket.technician = None;
                ticket.waiting_since = self.now;
                ticket.closed_at = None;
                ticket.reopened += 1;
                // Whoever says this is there.
                ticket.user_away_since = None;
            }
        });
        let actor = Actor::Device(device_hash(device));
        plan.record(self.now, actor, Some(id), None, Event::Feedback { solved });
        if !solved {
            let event = Event::TicketReopened {
                times: ticket.reopened + 1,
            };
            plan.record(self.now, actor, Some(id), None, event);
        }
        Ok(plan)
    }
}
