//! The order in which waiting tickets are served: per level, by priority, then by how long they wait.
//!
//! Invariant: holds exactly the tickets whose state is waiting.

use std::collections::BTreeSet;

use renfort_protocol::{
    ids::TicketId,
    people::Level,
    ticket::{Priority, TicketState},
    time::UnixMillis,
};

use crate::contract::TicketRecord;

type Place = (Level, Priority, UnixMillis, TicketId);

/// Waiting tickets in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue(BTreeSet<Place>);

fn place(ticket: &TicketRecord) -> Option<Place> {
    (ticket.state == TicketState::Waiting).then(|| (ticket.level, ticket.priority(), ticket.waiting_since, ticket.id))
}

impl Queue {
    /// Replaces a ticket's old place by its new one. Says whether anything moved.
    pub(crate) fn put(&mut self, old: Option<&TicketRecord>, new: &TicketRecord) -> bool {
        let (old, new) = (old.and_then(place), place(new));
        if old == new {
            return false;
        }
        if let Some(old) = old {
            self.0.remove(&old);
        }
        if let Some(new) = new {
            self.0.insert(new);
        }
        true
    }

    /// Place of a ticket in its level's queue, from 1; none when it does not wait.
    pub(crate) fn position(&self, ticket: &TicketRecord) -> Option<u32> {
        let place = place(ticket)?;
        let before = self
            .0
            .range(..place)
            .rev()
            .take_while(|other| other.0 == place.0)
            .count();
        u32::try_from(before + 1).ok()
    }

    /// All waiting tickets with their places, level by level.
    pub(crate) fn positions(&self) -> impl Iterator<Item = (TicketId, u32)> + '_ {
        let mut level = None;
        let mut number = 0;
        self.0.iter().map(move |place| {
            number = if level == Some(place.0) { number + 1 } else { 1 };
            level = Some(place.0);
            (place.3, number)
        })
    }
}
