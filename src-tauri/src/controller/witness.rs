//! What this program saw itself of the sessions that its person allowed, kept to hold the relay's receipt against.
//!
//! Flow: the person's yes begins it, each report adds to it, a receipt is checked with it.
//!
//! Invariant: only a person's yes adds a session, so that nobody else crowds one out; a report is kept as its hash.

use std::collections::VecDeque;

use renfort_audit::{
    event::Event,
    receipt::{MAX_RECORDS, Seen, told},
};
use renfort_protocol::{
    grant::Grant,
    ids::{SessionId, TicketId},
    report::ReportedEvent,
    signalling::SessionInfo,
    time::UnixMillis,
};

/// Sessions that are remembered; the oldest is forgotten when there are more.
const SESSIONS: usize = 4;

/// The sessions.
#[derive(Debug, Default)]
pub(super) struct Witness {
    sessions: VecDeque<Witnessed>,
}

#[derive(Debug)]
struct Witnessed {
    session: SessionId,
    ticket: TicketId,
    seen: Seen,
}

impl Witness {
    /// The person allowed this.
    pub(super) fn begun(&mut self, info: &SessionInfo, grant: &Grant) {
        let credential = &info.ask.ask.credential;
        let granted = Event::ConsentGranted {
            capabilities: grant.capabilities.clone(),
            expires_at: grant.expires_at,
        };
        if self.sessions.len() == SESSIONS {
            self.sessions.pop_front();
        }
        self.sessions.push_back(Witnessed {
            session: info.id,
            ticket: info.ticket,
            seen: Seen {
                technician: credential.technician(),
                device: *credential.device(),
                card: credential.card().map(|card| card.card.serial),
                granted: told(&granted),
                reports: Vec::new(),
                due: 0,
            },
        });
    }

    /// This was reported. More reports than a receipt can have records need no keeping: none holds them all.
    pub(super) fn reported(&mut self, session: SessionId, number: u64, happened_at: UnixMillis, event: &ReportedEvent) {
        let witnessed = self.sessions.iter_mut().find(|one| one.session == session);
        if let Some(Witnessed { seen, .. }) = witnessed
            && seen.reports.len() < MAX_RECORDS
        {
            let event = event.clone();
            seen.reports.push(told(&Event::Reported {
                number,
                happened_at,
                event,
            }));
        }
    }

    /// How many reports a receipt that is asked for now must have.
    pub(super) fn due(&self, session: SessionId) -> usize {
        self.find(session).map_or(0, |one| one.seen.reports.len())
    }

    /// What is known of the session, with so many reports due; none when this run of the program did not have it.
    pub(super) fn of(&self, session: SessionId, due: usize) -> Option<Seen> {
        let seen = self.find(session)?.seen.clone();
        Some(Seen { due, ..seen })
    }

    /// Did this run have a session about this ticket? Then it had every later one that its person allowed.
    pub(super) fn knows(&self, ticket: TicketId) -> bool {
        self.sessions.iter().any(|one| one.ticket == ticket)
    }

    fn find(&self, session: SessionId) -> Option<&Witnessed> {
        self.sessions.iter().find(|one| one.session == session)
    }
}
