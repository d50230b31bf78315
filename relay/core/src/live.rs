//! What goes on now, for supervisors: who waits, who is at work, which sessions are open.
//!
//! Invariant: it only reads, and what it tells is durable but for who is connected.

use std::collections::BTreeMap;

use renfort_protocol::{
    console::live::{Doing, LIVE_ROWS, Live, LiveSession, LiveTechnician, LiveTicket},
    ids::{PersonId, TicketId},
    people::Technician,
    ticket::TicketState,
    time::UnixMillis,
};

use crate::{
    broker::Broker,
    contract::{SessionRecord, TicketRecord},
};

impl Broker {
    /// What goes on at `now`, by the relay's clock; `relay_since` is passed on.
    #[must_use]
    pub fn live(&self, now: UnixMillis, relay_since: UnixMillis) -> Live {
        let waiting = self.desk.queue.positions().filter_map(|(id, _)| self.desk.ticket(id));
        let mut sessions: Vec<&SessionRecord> = self.desk.open_sessions().collect();
        sessions.sort_by_key(|session| (session.asked_at, session.id));
        Live {
            at: now,
            relay_since,
            users_online: self.connections.users_online() as u64,
            waiting_total: self.desk.queue.positions().count() as u64,
            waiting: waiting
                .take(LIVE_ROWS)
                .map(|ticket| self.live_ticket(&ticket.record))
                .collect(),
            technicians: self.live_technicians(),
            sessions_total: sessions.len() as u64,
            sessions: sessions
                .into_iter()
                .take(LIVE_ROWS)
                .filter_map(|session| self.live_session(session))
                .collect(),
        }
    }

    fn live_ticket(&self, record: &TicketRecord) -> LiveTicket {
        LiveTicket {
            id: record.id,
            summary: record.summary.clone(),
            user: record.user.clone(),
            priority: record.priority(),
            level: record.level,
            opened_at: record.opened_at,
            waiting_since: record.waiting_since,
            reopened: record.reopened,
            user_online: self.connections.user(&record.device).is_some(),
            abuse_reported: !record.barred.is_empty(),
        }
    }

    /// Those who are connected and those who have a ticket, by name.
    fn live_technicians(&self) -> Vec<LiveTechnician> {
        let mut all: BTreeMap<PersonId, &Technician> =
            self.connections.technicians().map(|(_, one)| (one.id, one)).collect();
        let mut held: BTreeMap<PersonId, TicketId> = BTreeMap::new();
        for ticket in self.desk.open_tickets() {
            let record = &ticket.record;
            if let (TicketState::Taken, Some(holder)) = (record.state, &record.technician) {
                all.entry(holder.id).or_insert(holder);
                held.entry(holder.id).or_insert(record.id);
            }
        }
        let sessions: BTreeMap<PersonId, &SessionRecord> = self
            .desk
            .open_sessions()
            .map(|session| (session.technician.id, session))
            .collect();
        let mut all: Vec<&Technician> = all.into_values().collect();
        all.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
        all.truncate(LIVE_ROWS);
        all.into_iter()
            .map(|technician| LiveTechnician {
                online: self.connections.technician(technician.id).is_some(),
                doing: doing(sessions.get(&technician.id).copied(), held.get(&technician.id).copied()),
                technician: technician.clone(),
            })
            .collect()
    }

    fn live_session(&self, session: &SessionRecord) -> Option<LiveSession> {
        let ticket = &self.desk.ticket(session.ticket)?.record;
        let grant = session.grant.as_ref();
        Some(LiveSession {
            id: session.id,
            ticket: session.ticket,
            summary: ticket.summary.clone(),
            user: session.user.clone(),
            technician: session.technician.clone(),
            asked_at: session.asked_at,
            answer_by: session.answer_by,
            started_at: session.started_at,
            capabilities: grant.map(|grant| grant.capabilities.clone()).unwrap_or_default(),
            expires_at: grant.map(|grant| grant.expires_at),
            viewing: session.viewed_since.is_some(),
            controlling: session.controlled_since.is_some(),
            user_online: self.connections.user(&session.device).is_some(),
            technician_online: self.connections.technician(session.technician.id).is_some(),
        })
    }
}

/// What a technician with this session and this ticket does.
fn doing(session: Option<&SessionRecord>, held: Option<TicketId>) -> Doing {
    match (session, held) {
        (Some(session), _) => match session.started_at {
            Some(since) => Doing::InSession {
                ticket: session.ticket,
                session: session.id,
                since,
            },
            None => Doing::Asking {
                ticket: session.ticket,
                since: session.asked_at,
            },
        },
        (None, Some(ticket)) => Doing::Holding { ticket },
        (None, None) => Doing::Free,
    }
}
