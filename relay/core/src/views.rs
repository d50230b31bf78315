//! What each role sees of tickets and sessions.
//!
//! Invariant: a technician sees a ticket of the queue when its level is not above theirs, and one that is taken only
//! when it is theirs; never one on which they were reported.

use renfort_protocol::{
    ids::DeviceKey,
    people::Technician,
    signalling::SessionInfo,
    ticket::{EarlierTicket, QueueEntry, Receipt, TicketDetail, TicketState, UserTicket},
};

use crate::{
    broker::Broker,
    contract::{SessionRecord, TicketRecord},
    desk::Ticket,
};

/// Earlier tickets of the same device that a technician is shown.
const EARLIER: usize = 20;

/// Does the ticket stand in this technician's list?
pub(crate) fn sees(technician: &Technician, ticket: &TicketRecord) -> bool {
    match ticket.state {
        _ if ticket.barred.contains(&technician.id) => false,
        TicketState::Waiting => ticket.level <= technician.level,
        TicketState::Taken => ticket
            .technician
            .as_ref()
            .is_some_and(|other| other.id == technician.id),
        _ => false,
    }
}

impl Broker {
    fn receipts<'a>(&'a self, ticket: &'a Ticket) -> impl DoubleEndedIterator<Item = Receipt> + 'a {
        ticket
            .sessions
            .iter()
            .filter_map(|id| self.desk.session(*id)?.receipt())
    }

    fn last_is_abuse(&self, ticket: &Ticket) -> bool {
        let last = ticket.sessions.iter().rev().find_map(|id| self.desk.session(*id));
        last.is_some_and(|last| last.abuse_reported_at.is_some())
    }

    pub(crate) fn user_ticket(&self, ticket: &Ticket) -> UserTicket {
        let record = &ticket.record;
        UserTicket {
            id: record.id,
            summary: record.summary.clone(),
            opened_at: record.opened_at,
            state: record.state,
            position: self.desk.queue.position(record),
            technician: record.technician.clone(),
            message: record.message.clone(),
            receipt: self.receipts(ticket).next_back(),
            feedback: record.feedback,
            abuse_reported: self.last_is_abuse(ticket),
        }
    }

    /// The ticket that a user's app begins with: the newest, if it is open or still waits for the user's word. One that was
    /// cancelled before anybody was let in is passed over.
    pub(crate) fn latest_for_user(&self, device: &DeviceKey) -> Option<UserTicket> {
        let mut tickets = self.desk.tickets_of(device);
        let told =
            |ticket: &&Ticket| ticket.record.state != TicketState::Cancelled || self.receipts(ticket).next().is_some();
        let newest = tickets.find(told)?;
        let current = newest.record.is_open() || newest.record.feedback.is_none();
        current.then(|| self.user_ticket(newest))
    }

    pub(crate) fn entry(&self, record: &TicketRecord) -> QueueEntry {
        QueueEntry {
            id: record.id,
            summary: record.summary.clone(),
            user: record.user.clone(),
            language: record.language,
            impact: record.impact,
            urgency: record.urgency,
            priority: record.priority(),
            level: record.level,
            state: record.state,
            opened_at: record.opened_at,
            waiting_since: record.waiting_since,
            reopened: record.reopened,
            user_online: self.connections.user(&record.device).is_some(),
            technician: record.technician.clone(),
        }
    }

    pub(crate) fn detail(&self, ticket: &Ticket) -> TicketDetail {
        let earlier = self
            .desk
            .tickets_of(&ticket.record.device)
            .map(|other| &other.record)
            .filter(|other| other.id != ticket.record.id)
            .take(EARLIER)
            .map(|other| EarlierTicket {
                id: other.id,
                summary: other.summary.clone(),
                opened_at: other.opened_at,
                state: other.state,
                message: other.message.clone(),
            })
            .collect();
        TicketDetail {
            entry: self.entry(&ticket.record),
            notes: ticket.notes.clone(),
            sessions: self.receipts(ticket).collect(),
            earlier,
        }
    }

    pub(crate) fn queue_for(&self, technician: &Technician) -> Vec<QueueEntry> {
        let tickets = self.desk.open_tickets().map(|ticket| &ticket.record);
        tickets
            .filter(|record| sees(technician, record))
            .map(|record| self.entry(record))
            .collect()
    }

    /// None for a session from before there were cards, which is about to end.
    fn info(&self, session: &SessionRecord, reported: u64) -> Option<Box<SessionInfo>> {
        let binding = session.binding.as_deref()?;
        Some(Box::new(SessionInfo {
            id: session.id,
            ticket: session.ticket,
            technician: session.technician.clone(),
            user: session.user.clone(),
            asked: session.asked.clone(),
            asked_at: session.asked_at,
            answer_by: session.answer_by,
            ask: binding.ask.clone(),
            ready: binding.ready.clone(),
            reveal: binding.reveal,
            grant: binding.allowed.clone(),
            allowance: binding.allowance,
            reported,
        }))
    }

    pub(crate) fn info_for_user(&self, session: &SessionRecord) -> Option<Box<SessionInfo>> {
        self.info(session, session.reported_by_user)
    }

    pub(crate) fn info_for_technician(&self, session: &SessionRecord) -> Option<Box<SessionInfo>> {
        self.info(session, session.reported_by_technician)
    }
}
