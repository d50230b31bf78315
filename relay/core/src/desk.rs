//! The state that is durable: tickets, notes, sessions, as the last committed append left them.
//!
//! Flow: filled from the snapshot, then changed only by [`Desk::apply`] with committed changes.
//!
//! Invariant: the desk never runs ahead of the store.

use std::collections::{BTreeMap, BTreeSet};

use renfort_protocol::{
    ids::{DeviceKey, PersonId, RequestId, SessionId, TicketId},
    ticket::{Note, TicketState},
    time::UnixMillis,
};

use crate::{
    contract::{Change, Erasure, FIRST_TICKET, KEPT_CLOSED_TICKETS, SessionRecord, Snapshot, TicketRecord},
    queue::Queue,
};

/// A ticket with what belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) record: TicketRecord,
    pub(crate) notes: Vec<Note>,
    /// Oldest first.
    pub(crate) sessions: Vec<SessionId>,
}

/// What one change did, for those who must be told.
#[derive(Debug, Clone)]
pub(crate) enum Applied {
    Ticket {
        id: TicketId,
        old: Option<Box<TicketRecord>>,
    },
    Session {
        id: SessionId,
        old: Option<Box<SessionRecord>>,
    },
    Note {
        ticket: TicketId,
    },
    /// Nothing that a connection must be told: a sign-in, an article, a canned reply, a request for a card, what was
    /// erased of closed tickets.
    Aside,
}

/// All of it.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    tickets: BTreeMap<TicketId, Ticket>,
    sessions: BTreeMap<SessionId, SessionRecord>,
    open_sessions: BTreeSet<SessionId>,
    by_device: BTreeMap<DeviceKey, BTreeSet<TicketId>>,
    closed: BTreeSet<(UnixMillis, TicketId)>,
    pub(crate) queue: Queue,
    next_ticket: u64,
}

impl Desk {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        let mut desk = Self {
            tickets: BTreeMap::new(),
            sessions: BTreeMap::new(),
            open_sessions: BTreeSet::new(),
            by_device: BTreeMap::new(),
            closed: BTreeSet::new(),
            queue: Queue::default(),
            next_ticket: snapshot.next_ticket.max(FIRST_TICKET),
        };
        for stored in snapshot.tickets {
            let id = stored.record.id;
            desk.next_ticket = desk.next_ticket.max(id.0.saturating_add(1));
            desk.put_ticket(stored.record);
            for session in stored.sessions {
                desk.put_session(session);
            }
            if let Some(ticket) = desk.tickets.get_mut(&id) {
                ticket.notes = stored.notes;
            }
        }
        desk
    }

    /// Applies one committed change.
    pub(crate) fn apply(&mut self, change: Change) -> Applied {
        match change {
            Change::PutTicket { record, .. } => Applied::Ticket {
                id: record.id,
                old: self.put_ticket(*record).map(Box::new),
            },
            Change::PutSession { record, .. } => Applied::Session {
                id: record.id,
                old: self.put_session(*record).map(Box::new),
            },
            Change::AddNote { ticket, note } => {
                if let Some(ticket) = self.tickets.get_mut(&ticket) {
                    ticket.notes.push(note);
                }
                Applied::Note { ticket }
            }
            Change::Erase(erasure) => {
                self.erase(&erasure);
                Applied::Aside
            }
            Change::PutToken { .. }
            | Change::SettleOrder { .. }
            | Change::DeleteToken { .. }
            | Change::PutArticle { .. }
            | Change::PutCardRequest { .. }
            | Change::PutReply { .. }
            | Change::DeleteReply { .. } => Applied::Aside,
        }
    }

    fn put_ticket(&mut self, record: TicketRecord) -> Option<TicketRecord> {
        let id = record.id;
        let old = self.tickets.get(&id).map(|ticket| ticket.record.clone());
        self.queue.put(old.as_ref(), &record);
        if let Some(closed_at) = old.as_ref().and_then(|old| old.closed_at) {
            self.closed.remove(&(closed_at, id));
        }
        if let Some(closed_at) = record.closed_at {
            self.closed.insert((closed_at, id));
        }
        self.by_device.entry(record.device).or_default().insert(id);
        match self.tickets.get_mut(&id) {
            Some(ticket) => ticket.record = record,
            None => {
                self.tickets.insert(
                    id,
                    Ticket {
                        record,
                        notes: Vec::new(),
                        sessions: Vec::new(),
                    },
                );
            }
        }
        while self.closed.len() > KEPT_CLOSED_TICKETS {
            if let Some((_, oldest)) = self.closed.pop_first() {
                self.forget(oldest);
            }
        }
        old
    }

    fn put_session(&mut self, record: SessionRecord) -> Option<SessionRecord> {
        if record.is_open() {
            self.open_sessions.insert(record.id);
        } else {
            self.open_sessions.remove(&record.id);
        }
        let (id, ticket) = (record.id, record.ticket);
        let old = self.sessions.insert(id, record);
        if old.is_none()
            && let Some(ticket) = self.tickets.get_mut(&ticket)
        {
            ticket.sessions.push(id);
        }
        old
    }

    fn erase(&mut self, erasure: &Erasure) {
        for id in &erasure.tickets {
            let Some(ticket) = self.tickets.get_mut(id) else {
                continue;
            };
            let mut record = ticket.record.clone();
            for note in &mut ticket.notes {
                // Whether there was anything to blank makes no difference here.
                let _ = erasure.of.blank_note(note);
            }
            for session in &ticket.sessions {
                if let Some(session) = self.sessions.get_mut(session) {
                    let _ = erasure.of.blank_session(session);
                }
            }
            if erasure.of.blank_ticket(&mut record) {
                self.put_ticket(record);
            }
        }
    }

    fn forget(&mut self, id: TicketId) {
        let Some(ticket) = self.tickets.remove(&id) else { return };
        for session in ticket.sessions {
            self.sessions.remove(&session);
            self.open_sessions.remove(&session);
        }
        if let Some(tickets) = self.by_device.get_mut(&ticket.record.device) {
            tickets.remove(&id);
            if tickets.is_empty() {
                self.by_device.remove(&ticket.record.device);
            }
        }
    }

    /// Gives the next ticket number; a number whose append fails is lost, never used again.
    pub(crate) fn draw_number(&mut self) -> TicketId {
        let id = TicketId(self.next_ticket);
        self.next_ticket += 1;
        id
    }

    pub(crate) fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.get(&id)
    }

    pub(crate) fn session(&self, id: SessionId) -> Option<&SessionRecord> {
        self.sessions.get(&id)
    }

    pub(crate) fn open_tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values().filter(|ticket| ticket.record.is_open())
    }

    pub(crate) fn count_open_tickets(&self) -> usize {
        self.tickets.len() - self.closed.len()
    }

    /// A device's tickets, newest first.
    pub(crate) fn tickets_of(&self, device: &DeviceKey) -> impl Iterator<Item = &Ticket> {
        self.by_device
            .get(device)
            .into_iter()
            .flatten()
            .rev()
            .filter_map(|id| self.tickets.get(id))
    }

    /// The tickets that a technician has now.
    pub(crate) fn tickets_held_by(&self, person: PersonId) -> impl Iterator<Item = &TicketRecord> {
        let theirs = move |record: &&TicketRecord| {
            let holder = record.technician.as_ref();
            record.state == TicketState::Taken && holder.is_some_and(|holder| holder.id == person)
        };
        self.open_tickets().map(|ticket| &ticket.record).filter(theirs)
    }

    pub(crate) fn open_ticket_of(&self, device: &DeviceKey) -> Option<&Ticket> {
        self.tickets_of(device).find(|ticket| ticket.record.is_open())
    }

    pub(crate) fn ticket_of_request(&self, device: &DeviceKey, request: &RequestId) -> Option<&Ticket> {
        self.tickets_of(device).find(|ticket| ticket.record.request == *request)
    }

    pub(crate) fn open_sessions(&self) -> impl Iterator<Item = &SessionRecord> {
        self.open_sessions.iter().filter_map(|id| self.sessions.get(id))
    }

    pub(crate) fn open_session_of_ticket(&self, ticket: TicketId) -> Option<&SessionRecord> {
        let ticket = self.tickets.get(&ticket)?;
        ticket
            .sessions
            .iter()
            .rev()
            .filter_map(|id| self.sessions.get(id))
            .find(|session| session.is_open())
    }

    pub(crate) fn open_session_of_person(&self, person: PersonId) -> Option<&SessionRecord> {
        self.open_sessions().find(|session| session.technician.id == person)
    }

    pub(crate) fn open_session_of_device(&self, device: &DeviceKey) -> Option<&SessionRecord> {
        self.open_sessions().find(|session| session.device == *device)
    }
}
