//! What a technician does with tickets: take, show, note, wrap up.
//!
//! Invariant: only whoever has a ticket changes it.

use renfort_audit::{actor::Actor, event::Event, returned::Returned};
use renfort_protocol::{
    binding::SignedAsk,
    error::{Code, WireError},
    ids::{DeviceKey, PersonId, TicketId},
    people::Technician,
    signalling::{EndReason, FromRelay, ToRelay},
    ticket::{Note, NoteText, Outcome, TicketState},
};

use crate::{
    broker::Broker,
    commit::{Plan, Refusal, Refused, Then},
    contract::{Change, SessionRecord, TicketRecord},
    desk::Ticket,
    requests::trespass,
    sessions::end,
};

fn chars(text: &NoteText) -> u64 {
    text.as_str().chars().count() as u64
}

fn taken_by(ticket: &TicketRecord) -> WireError {
    let name = ticket.technician.as_ref().map(|technician| technician.name.to_string());
    WireError::from(Code::AlreadyTaken).with("technician", name.unwrap_or_default())
}

/// Whoever was reported on a ticket has nothing more to do with it; that they tried is recorded.
fn reported(body: &ToRelay, ticket: TicketId) -> Refusal {
    Refusal {
        offence: false,
        ..trespass(body, Code::AbuseReported, Some(ticket), None)
    }
}

impl Broker {
    /// A ticket whose level the technician works on, or that is theirs. Another is as if it did not exist, but that
    /// somebody asked for it is recorded.
    pub(crate) fn known_ticket(
        &self,
        technician: &Technician,
        id: TicketId,
        body: &ToRelay,
    ) -> Result<&Ticket, Refusal> {
        let ticket = self.desk.ticket(id).ok_or(Code::UnknownTicket)?;
        let theirs = ticket
            .record
            .technician
            .as_ref()
            .is_some_and(|other| other.id == technician.id);
        if ticket.record.barred.contains(&technician.id) {
            Err(reported(body, id))
        } else if theirs || ticket.record.level <= technician.level {
            Ok(ticket)
        } else {
            Err(trespass(body, Code::UnknownTicket, Some(id), None))
        }
    }

    pub(crate) fn take_ticket(
        &self,
        technician: &Technician,
        device: &DeviceKey,
        ask: &SignedAsk,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let id = ask.ask.ticket;
        let ticket = &self.known_ticket(technician, id, body)?.record;
        self.check_ask(technician, device, ask)?;
        let denied = |error: WireError| Refusal {
            record: Some(Box::new(Refused {
                ticket: Some(id),
                session: None,
                event: Event::TakeDenied { code: error.code },
            })),
            error,
            offence: false,
        };
        match ticket.state {
            TicketState::Waiting => {}
            TicketState::Taken => return Err(denied(taken_by(ticket))),
            _ => return Err(denied(Code::TicketClosed.into())),
        }
        self.may_ask(technician, ticket).map_err(|code| denied(code.into()))?;
        let mut plan = Plan::default();
        plan.put_ticket(ticket, |ticket| {
            ticket.state = TicketState::Taken;
            ticket.technician = Some(technician.clone());
            // With a code it is taken in earnest when its user says yes.
            if ask.ask.credential.card().is_some() {
                ticket.first_taken_at.get_or_insert(self.now);
            }
        });
        let event = Event::TicketTaken {
            person: technician.id,
            level: technician.level,
            name: technician.name.clone(),
            waited_ms: self.now.since(ticket.waiting_since),
        };
        plan.record(self.now, Actor::Person(technician.id), Some(id), None, event);
        self.ask(&mut plan, technician, ticket, ask, true);
        plan.conflict = Some(Code::AlreadyTaken.into());
        Ok(plan)
    }

    /// The ticket, when this technician has it now.
    fn held_ticket(&self, technician: &Technician, id: TicketId, body: &ToRelay) -> Result<&Ticket, Refusal> {
        let ticket = self.known_ticket(technician, id, body)?;
        let theirs = ticket
            .record
            .technician
            .as_ref()
            .is_some_and(|other| other.id == technician.id);
        if !ticket.record.is_open() {
            Err(Code::TicketClosed.into())
        } else if theirs {
            Ok(ticket)
        } else {
            Err(trespass(body, Code::NotAllowed, Some(id), None))
        }
    }

    pub(crate) fn ask_again(
        &self,
        technician: &Technician,
        device: &DeviceKey,
        ask: &SignedAsk,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let ticket = &self.held_ticket(technician, ask.ask.ticket, body)?.record;
        self.check_ask(technician, device, ask)?;
        self.may_ask(technician, ticket)?;
        let mut plan = Plan::default();
        self.ask(&mut plan, technician, ticket, ask, false);
        // A session of this name that the broker has forgotten and the store has not.
        plan.conflict = Some(Code::OutOfOrder.into());
        Ok(plan)
    }

    pub(crate) fn show(&self, technician: &Technician, id: TicketId, body: &ToRelay) -> Result<Plan, Refusal> {
        let ticket = self.known_ticket(technician, id, body)?;
        let detail = Box::new(self.detail(ticket));
        Ok(Plan {
            then: vec![Then::Reply(FromRelay::Detail { detail })],
            ..Plan::default()
        })
    }

    pub(crate) fn add_note(
        &self,
        technician: &Technician,
        id: TicketId,
        text: &NoteText,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let ticket = &self.known_ticket(technician, id, body)?.record;
        if self.is_provisional(id) {
            return Err(Code::OutOfOrder.into());
        }
        // Also after closing: what was learnt may be written down later.
        if ticket.technician.as_ref().is_none_or(|other| other.id != technician.id) {
            return Err(trespass(body, Code::NotAllowed, Some(id), None));
        }
        let mut plan = Plan::default();
        self.note(&mut plan, technician, id, text);
        Ok(plan)
    }

    fn note(&self, plan: &mut Plan, technician: &Technician, ticket: TicketId, text: &NoteText) {
        let note = Note {
            at: self.now,
            author: technician.clone(),
            text: text.clone(),
        };
        plan.batch.changes.push(Change::AddNote { ticket, note });
        let event = Event::NoteAdded { chars: chars(text) };
        plan.record(self.now, Actor::Person(technician.id), Some(ticket), None, event);
    }

    pub(crate) fn wrap_up(
        &self,
        technician: &Technician,
        id: TicketId,
        outcome: Outcome,
        message: Option<&NoteText>,
        note: Option<&NoteText>,
        body: &ToRelay,
    ) -> Result<Plan, Refusal> {
        let held = self.held_ticket(technician, id, body)?;
        if self.is_provisional(id) {
            return Err(Code::OutOfOrder.into());
        }
        let ticket = &held.record;
        if let Outcome::Escalated { to } = outcome
            && to <= ticket.level
        {
            return Err(Code::BadEscalation.into());
        }
        let actor = Actor::Person(technician.id);
        let mut plan = Plan::default();
        if let Some(last) = self.last_session(held, technician) {
            let concluded = SessionRecord {
                outcome: Some(outcome),
                ..last.clone()
            };
            if last.is_open() {
                let reason = if last.grant.is_some() {
                    EndReason::EndedByTechnician
                } else {
                    EndReason::Withdrawn
                };
                end(&mut plan, last, concluded, reason, actor, self.now);
            } else if last.outcome.is_none() {
                plan.put_session(last, concluded);
            }
        }
        if let Some(note) = note {
            self.note(&mut plan, technician, id, note);
        }
        plan.put_ticket(ticket, |ticket| {
            if message.is_some() {
                ticket.message = message.cloned();
            }
            match outcome {
                Outcome::Solved | Outcome::NotSolved => {
                    let solved = outcome == Outcome::Solved;
                    ticket.state = if solved {
                        TicketState::Solved
                    } else {
                        TicketState::NotSolved
                    };
                    ticket.message = message.cloned();
                    ticket.closed_at = Some(self.now);
                    ticket.feedback = None;
                }
                Outcome::Escalated { to } => {
                    ticket.state = TicketState::Waiting;
                    ticket.level = to;
                    ticket.technician = None;
                    ticket.waiting_since = self.now;
                }
            }
        });
        let event = match outcome {
            Outcome::Escalated { to } => Event::TicketEscalated { from: ticket.level, to },
            Outcome::Solved | Outcome::NotSolved => Event::TicketClosed {
                outcome,
                handled_ms: ticket.first_taken_at.map_or(0, |taken| self.now.since(taken)),
                message_chars: message.map_or(0, chars),
            },
        };
        plan.record(self.now, actor, Some(id), None, event);
        Ok(plan)
    }

    /// The technician's latest session on a ticket since they took it.
    fn last_session(&self, ticket: &Ticket, technician: &Technician) -> Option<&SessionRecord> {
        let last = ticket.sessions.iter().rev().find_map(|id| self.desk.session(*id))?;
        (last.technician.id == technician.id).then_some(last)
    }

    /// The technician's account is disabled: the ticket goes back to where it waited, without losing its place.
    pub(crate) fn return_ticket(&self, id: TicketId) -> Plan {
        let mut plan = Plan::default();
        let Some(held) = self.desk.ticket(id) else { return plan };
        let ticket = &held.record;
        let Some(technician) = ticket
            .technician
            .as_ref()
            .filter(|_| ticket.state == TicketState::Taken)
        else {
            return plan;
        };
        if !self.barred.contains(&technician.id) {
            return plan;
        }
        self.put_back(
            &mut plan,
            ticket,
            technician.id,
            Returned::AccountDisabled,
            Actor::Relay,
        );
        plan
    }

    /// Ends what is open on a taken ticket and lets the ticket wait again, in its old place.
    pub(crate) fn put_back(
        &self,
        plan: &mut Plan,
        ticket: &TicketRecord,
        person: PersonId,
        why: Returned,
        actor: Actor,
    ) {
        if let Some(session) = self.desk.open_session_of_ticket(ticket.id) {
            let reason = match (why.end(), &session.grant) {
                (EndReason::EndedByTechnician, None) => EndReason::Withdrawn,
                (reason, _) => reason,
            };
            end(plan, session, session.clone(), reason, actor, self.now);
        }
        plan.put_ticket(ticket, |ticket| {
            ticket.state = TicketState::Waiting;
            ticket.technician = None;
        });
        let event = Event::TicketReturned { person, why };
        plan.record(self.now, actor, Some(ticket.id), None, event);
    }
}
