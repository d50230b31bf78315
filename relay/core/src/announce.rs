//! Telling everybody concerned what a committed append changed.
//!
//! Flow: ends of sessions first, then tickets, then new questions and grants, then the places in the queue that moved.
//!
//! Invariant: what is told is what the desk holds; nothing is told that is not durable.

use std::collections::BTreeSet;

use renfort_protocol::{
    ids::{DeviceKey, SessionId, TicketId},
    people::Technician,
    signalling::FromRelay,
    ticket::{Left, TicketState},
};

use crate::{
    broker::Broker,
    contract::{SessionRecord, TicketRecord},
    desk::Applied,
    timers::Absence,
    views::sees,
};

/// Where a ticket went that stands in this technician's list no more.
fn left(technician: &Technician, record: &TicketRecord) -> Left {
    match (record.state, &record.technician) {
        (TicketState::Waiting | TicketState::Taken, _) if record.barred.contains(&technician.id) => Left::Reassigned,
        (TicketState::Taken, Some(by)) => Left::Taken { by: by.clone() },
        (TicketState::Waiting, _) => Left::Escalated { to: record.level },
        (TicketState::Cancelled, _) => Left::Cancelled,
        (TicketState::Taken | TicketState::Solved | TicketState::NotSolved, _) => Left::Closed,
    }
}

impl Broker {
    pub(crate) fn announce(&mut self, applied: Vec<Applied>) {
        let mut concerned: BTreeSet<TicketId> = BTreeSet::new();
        let mut noted: BTreeSet<TicketId> = BTreeSet::new();
        let mut begun: Vec<SessionId> = Vec::new();
        let mut changed: Vec<(TicketId, Option<Box<TicketRecord>>)> = Vec::new();
        for one in applied {
            match one {
                Applied::Ticket { id, old } => {
                    concerned.insert(id);
                    changed.push((id, old));
                }
                Applied::Session { id, old } => self.session_changed(id, old.as_deref(), &mut concerned, &mut begun),
                Applied::Note { ticket } => {
                    noted.insert(ticket);
                }
                Applied::Aside => {}
            }
        }
        for (id, _) in &changed {
            self.watch_reach(*id);
        }
        for id in &concerned {
            self.tell_user(*id);
        }
        for (id, old) in &changed {
            self.tell_queue(*id, old.as_deref());
        }
        for id in concerned.union(&noted) {
            self.tell_holder(*id);
        }
        for id in begun {
            self.tell_begun(id);
        }
        if !changed.is_empty() {
            self.tell_positions(&concerned);
        }
    }

    fn session_changed(
        &mut self,
        id: SessionId,
        old: Option<&SessionRecord>,
        concerned: &mut BTreeSet<TicketId>,
        begun: &mut Vec<SessionId>,
    ) {
        let Some(session) = self.desk.session(id).cloned() else {
            return;
        };
        let is_new = old.is_none();
        let granted = session.grant.is_some() && old.is_some_and(|old| old.grant.is_none());
        let ended = !session.is_open() && old.is_some_and(SessionRecord::is_open);
        let concluded =
            old.is_some_and(|old| old.outcome != session.outcome || old.abuse_reported_at != session.abuse_reported_at);
        if is_new {
            let user = self.connections.user(&session.device).is_none();
            let technician = self.connections.technician(session.technician.id).is_none();
            let absence = Absence {
                user: user.then_some(self.now),
                technician: technician.then_some(self.now),
            };
            self.absences.insert(id, absence);
        }
        if is_new || granted {
            begun.push(id);
        }
        if granted || ended || concluded {
            concerned.insert(session.ticket);
        }
        if let (true, Some(reason)) = (ended, session.end) {
            self.absences.remove(&id);
            self.ending.remove(&id);
            self.tell_both(&session, FromRelay::SessionEnded { session: id, reason });
        }
    }

    fn tell_both(&mut self, session: &SessionRecord, message: FromRelay) {
        if let Some(conn) = self.connections.user(&session.device) {
            self.send(conn, message.clone());
        }
        if let Some(conn) = self.connections.technician(session.technician.id) {
            self.send(conn, message);
        }
    }

    /// A question was put, or a grant given.
    fn tell_begun(&mut self, id: SessionId) {
        let Some(session) = self.desk.session(id).cloned() else {
            return;
        };
        let binding = session.binding.as_ref();
        let yes = binding.and_then(|binding| binding.allowed.clone().zip(binding.allowance));
        if let Some((grant, allowance)) = yes {
            self.tell_both(&session, FromRelay::Granted { grant, allowance });
            return;
        }
        let user = self.connections.user(&session.device);
        let technician = self.connections.technician(session.technician.id);
        for (conn, info) in [
            (user, self.info_for_user(&session)),
            (technician, self.info_for_technician(&session)),
        ] {
            if let Some((conn, session)) = conn.zip(info) {
                self.send(conn, FromRelay::Asked { session });
            }
        }
    }

    fn tell_user(&mut self, id: TicketId) {
        let Some(ticket) = self.desk.ticket(id) else { return };
        if let Some(conn) = self.connections.user(&ticket.record.device) {
            let ticket = self.user_ticket(ticket);
            self.send(conn, FromRelay::Ticket { ticket });
        }
    }

    fn tell_queue(&mut self, id: TicketId, old: Option<&TicketRecord>) {
        let Some(ticket) = self.desk.ticket(id) else { return };
        let record = &ticket.record;
        self.returning.remove(&id);
        let entry = self.entry(record);
        let messages: Vec<_> = self
            .connections
            .technicians()
            .filter_map(|(conn, technician)| {
                if sees(technician, record) {
                    Some((conn, FromRelay::QueueChanged { entry: entry.clone() }))
                } else if old.is_some_and(|old| sees(technician, old)) {
                    let why = left(technician, record);
                    Some((conn, FromRelay::QueueLeft { ticket: id, why }))
                } else {
                    None
                }
            })
            .collect();
        for (conn, message) in messages {
            self.send(conn, message);
        }
    }

    fn tell_holder(&mut self, id: TicketId) {
        let Some(ticket) = self.desk.ticket(id) else { return };
        let holder = ticket
            .record
            .technician
            .as_ref()
            .and_then(|holder| self.connections.technician(holder.id));
        if let Some(conn) = holder {
            let detail = Box::new(self.detail(ticket));
            self.send(conn, FromRelay::Detail { detail });
        }
    }

    /// Tells users whose place moved, but for those who have just been told.
    fn tell_positions(&mut self, told: &BTreeSet<TicketId>) {
        let shown = self.desk.queue.positions().collect();
        let before = std::mem::replace(&mut self.shown, shown);
        let moved: Vec<TicketId> = self
            .shown
            .iter()
            .filter(|(id, place)| before.get(*id) != Some(*place) && !told.contains(*id))
            .map(|(id, _)| *id)
            .collect();
        for id in moved {
            self.tell_user(id);
        }
    }

    /// A user's app came or went: technicians who see the ticket see that too.
    pub(crate) fn announce_presence(&mut self, device: &DeviceKey) {
        let Some(record) = self.desk.open_ticket_of(device).map(|ticket| &ticket.record) else {
            return;
        };
        let entry = self.entry(record);
        let conns: Vec<_> = self
            .connections
            .technicians()
            .filter(|(_, one)| sees(one, record))
            .map(|(conn, _)| conn)
            .collect();
        for conn in conns {
            self.send(conn, FromRelay::QueueChanged { entry: entry.clone() });
        }
    }
}
