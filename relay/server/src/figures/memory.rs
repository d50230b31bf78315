//! The store of the figures in memory: for tests, and for a relay whose database of figures cannot be opened (everything
//! is then read from the log anew at each start).

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use renfort_figures::{Fact, TicketFacts, What};
use renfort_protocol::{ids::TicketId, time::UnixMillis};

use super::store::{Deflection, FigureStore, Noted, Progress, Told};
use crate::store::StoreError;

#[derive(Debug, Default)]
struct Ticket {
    opened_at: UnixMillis,
    last_at: UnixMillis,
    open: bool,
    facts: BTreeMap<u64, Fact>,
}

#[derive(Debug, Default)]
struct State {
    progress: Progress,
    tickets: BTreeMap<TicketId, Ticket>,
    deflections: BTreeMap<u64, Deflection>,
}

/// The store.
#[derive(Debug, Default)]
pub struct MemoryFigures(Mutex<State>);

impl MemoryFigures {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn note(&mut self, seq: u64, ticket: TicketId, fact: Fact) {
        if let What::Opened { .. } = fact.what {
            self.tickets.entry(ticket).or_insert_with(|| Ticket {
                opened_at: fact.at,
                last_at: fact.at,
                open: true,
                facts: BTreeMap::new(),
            });
        }
        let Some(known) = self.tickets.get_mut(&ticket) else {
            return;
        };
        if known.facts.insert(seq, fact).is_none() {
            known.last_at = known.last_at.max(fact.at);
            known.open = fact.what.opens().unwrap_or(known.open);
        }
    }
}

#[async_trait]
impl FigureStore for MemoryFigures {
    async fn progress(&self) -> Result<Progress, StoreError> {
        Ok(self.with(|state| state.progress))
    }

    async fn add(&self, noted: &[Noted], progress: &Progress) -> Result<(), StoreError> {
        self.with(|state| {
            for Noted { seq, what } in noted {
                match what {
                    Told::Ticket(ticket, fact) => state.note(*seq, *ticket, *fact),
                    Told::Deflection(deflection) => drop(state.deflections.insert(*seq, *deflection)),
                }
            }
            state.progress = *progress;
        });
        Ok(())
    }

    async fn reset(&self) -> Result<(), StoreError> {
        self.with(|state| *state = State::default());
        Ok(())
    }

    async fn tickets(
        &self,
        from: UnixMillis,
        to: UnixMillis,
        after: Option<TicketId>,
        limit: u32,
    ) -> Result<Vec<TicketFacts>, StoreError> {
        Ok(self.with(|state| {
            let wanted = state.tickets.iter().filter(|(id, ticket)| {
                after.is_none_or(|after| **id > after)
                    && ticket.opened_at < to
                    && (ticket.open || ticket.last_at >= from)
            });
            wanted
                .take(limit as usize)
                .map(|(id, ticket)| TicketFacts {
                    id: *id,
                    facts: ticket.facts.values().copied().collect(),
                })
                .collect()
        }))
    }

    async fn deflections(&self, from: UnixMillis, to: UnixMillis) -> Result<Vec<Deflection>, StoreError> {
        Ok(self.with(|state| {
            let all = state.deflections.values().copied();
            all.filter(|one| from <= one.at && one.at < to).collect()
        }))
    }

    async fn forget_before(&self, before: UnixMillis) -> Result<(), StoreError> {
        self.with(|state| {
            state
                .tickets
                .retain(|_, ticket| ticket.open || ticket.last_at >= before);
            state.deflections.retain(|_, one| one.at >= before);
        });
        Ok(())
    }

    async fn close(&self) {}
}
