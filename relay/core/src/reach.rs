//! Whose user can be reached: while a ticket's user is away, nobody can help, which the log must know.
//!
//! Flow: whatever may change it ([`Broker::watch_reach`]) is compared with what the ticket's record says; a difference
//! that lasts becomes a work, and the work a record: `ticket.user_left` after [`AWAY_MS`], `ticket.user_back` at once.
//!
//! Invariant: between two records that a ticket's user left stands that they are back, or something that they did.

use renfort_audit::{
    actor::{Actor, device_hash},
    event::Event,
};
use renfort_protocol::{
    ids::{DeviceKey, TicketId},
    time::UnixMillis,
};

use crate::{
    broker::{Broker, Random},
    commit::{Plan, Work},
    timers::RETRY_MS,
};

/// A user whose app is not connected for this long is away, in milliseconds. Restarts and changes of network are shorter.
pub const AWAY_MS: u64 = 60_000;
/// Works about reach that begin at one tick; further ones begin a second later. After a restart of the relay all users
/// are away at first.
const AT_ONCE: usize = 128;
const LATER_MS: u64 = 1_000;

/// A difference between what is and what the ticket's record says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    /// Can the user be reached now?
    here: bool,
    since: UnixMillis,
    /// When it is recorded.
    due: UnixMillis,
}

impl Broker {
    /// Looks whether a ticket's record still says the truth.
    pub(crate) fn watch_reach(&mut self, id: TicketId) {
        let record = self.desk.ticket(id).map(|ticket| &ticket.record);
        let Some(record) = record.filter(|record| record.is_open()) else {
            self.reach.remove(&id);
            return;
        };
        let here = self.connections.user(&record.device).is_some();
        if here == record.user_away_since.is_none() {
            self.reach.remove(&id);
            return;
        }
        if self.reach.get(&id).is_none_or(|turn| turn.here != here) {
            let since = self.now;
            let due = if here { since } else { since.plus(AWAY_MS) };
            self.reach.insert(id, Turn { here, since, due });
        }
    }

    /// The same for the open ticket of a device, if there is one.
    pub(crate) fn watch_reach_of(&mut self, device: &DeviceKey) {
        if let Some(id) = self.desk.open_ticket_of(device).map(|ticket| ticket.record.id) {
            self.watch_reach(id);
        }
    }

    /// When the next difference is to be recorded.
    pub(crate) fn reach_due(&self) -> Option<UnixMillis> {
        self.reach.values().map(|turn| turn.due).min()
    }

    /// Begins the works that are due.
    pub(crate) fn tick_reach(&mut self, random: &mut Random<'_>) {
        let now = self.now;
        let mut due = Vec::new();
        for (id, turn) in self.reach.iter_mut().filter(|(_, turn)| turn.due <= now) {
            if due.len() < AT_ONCE {
                due.push(*id);
                turn.due = now.plus(RETRY_MS);
            } else {
                turn.due = now.plus(LATER_MS);
            }
        }
        for ticket in due {
            self.submit(Work::Reach { ticket }, random);
        }
    }

    /// Records that a user left or is back; plans nothing when it is not so, or no longer.
    pub(crate) fn record_reach(&self, id: TicketId) -> Plan {
        let mut plan = Plan::default();
        let (Some(turn), Some(ticket)) = (self.reach.get(&id), self.desk.ticket(id)) else {
            return plan;
        };
        let record = &ticket.record;
        let here = self.connections.user(&record.device).is_some();
        if !record.is_open() || turn.here != here || here == record.user_away_since.is_none() {
            return plan;
        }
        if here {
            plan.put_ticket(record, |ticket| ticket.user_away_since = None);
            let actor = Actor::Device(device_hash(&record.device));
            plan.record(self.now, actor, Some(id), None, Event::UserBack);
        } else {
            plan.put_ticket(record, |ticket| ticket.user_away_since = Some(turn.since));
            let event = Event::UserLeft { since: turn.since };
            plan.record(self.now, Actor::Relay, Some(id), None, event);
        }
        plan
    }
}
