//! Stories, histories and saved views in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use renfort_core::contract::{SessionRecord, TicketRecord};
use renfort_protocol::{
    console::{
        history::{Companion, HISTORY_COMPANIONS, HistoryTotals},
        views::{MAX_SAVED_VIEWS, NewView, SavedView, ViewName},
    },
    ids::{PersonId, TicketId},
    signalling::EndReason,
    ticket::TicketState,
};

use super::MemoryStore;
use crate::store::{
    LoggedRecord, StoreError,
    supervision::{Exactly, Supervision, ViewError, folded},
};

/// Is the ticket of this history?
pub(super) fn belongs(record: &TicketRecord, of: &Exactly) -> bool {
    match of {
        Exactly::Person(name) => folded(record.user.name.as_str()) == *name,
        Exactly::Machine(name) => folded(record.user.machine.as_str()) == *name,
    }
}

#[async_trait]
impl Supervision for MemoryStore {
    async fn story(&self, ticket: TicketId, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError> {
        Ok(self.read(|state| {
            state
                .records
                .iter()
                .filter(|logged| logged.record.ticket == Some(ticket) && logged.record.seq >= from)
                .take(limit as usize)
                .cloned()
                .collect()
        }))
    }

    async fn sessions_of(&self, tickets: &[TicketId]) -> Result<Vec<SessionRecord>, StoreError> {
        Ok(self.read(|state| {
            let mut sessions: Vec<SessionRecord> = state
                .sessions
                .values()
                .filter(|session| tickets.contains(&session.ticket))
                .cloned()
                .collect();
            sessions.sort_by_key(|session| (session.asked_at, session.id.to_string()));
            sessions
        }))
    }

    async fn history_totals(&self, of: &Exactly) -> Result<HistoryTotals, StoreError> {
        Ok(self.read(|state| {
            let tickets: Vec<&TicketRecord> = state.tickets.values().filter(|one| belongs(one, of)).collect();
            let sessions: Vec<&SessionRecord> = state
                .sessions
                .values()
                .filter(|session| tickets.iter().any(|ticket| ticket.id == session.ticket))
                .collect();
            let states = |fits: fn(TicketState) -> bool| tickets.iter().filter(|one| fits(one.state)).count() as u64;
            HistoryTotals {
                tickets: tickets.len() as u64,
                open: states(|state| matches!(state, TicketState::Waiting | TicketState::Taken)),
                solved: states(|state| state == TicketState::Solved),
                not_solved: states(|state| state == TicketState::NotSolved),
                cancelled: states(|state| state == TicketState::Cancelled),
                reopened: tickets.iter().filter(|one| one.reopened > 0).count() as u64,
                sessions: sessions.len() as u64,
                refused: sessions
                    .iter()
                    .filter(|one| matches!(one.end, Some(EndReason::Refused | EndReason::TimedOut)))
                    .count() as u64,
                first_at: tickets.iter().map(|one| one.opened_at).min(),
                last_at: tickets.iter().map(|one| one.opened_at).max(),
                companions: companions(&tickets, of),
            }
        }))
    }

    async fn saved_views(&self, person: PersonId) -> Result<Vec<SavedView>, StoreError> {
        Ok(self.read(|state| {
            let own = state.views.iter().filter(|(of, _)| *of == person);
            let mut views: Vec<SavedView> = own.map(|(_, view)| view.clone()).collect();
            views.sort_by_key(|view| folded(view.name.as_str()));
            views
        }))
    }

    async fn save_view(&self, person: PersonId, new: &NewView) -> Result<u64, ViewError> {
        self.attempt(|state| {
            let own = || state.views.iter().filter(|(of, _)| *of == person);
            if own().count() >= MAX_SAVED_VIEWS as usize {
                return Err(ViewError::TooMany);
            }
            if own().any(|(_, view)| same(&view.name, &new.name)) {
                return Err(ViewError::NameTaken);
            }
            state.last_view += 1;
            let id = state.last_view;
            let (name, list, filter) = (new.name.clone(), new.list, new.filter.clone());
            state.views.push((person, SavedView { id, name, list, filter }));
            Ok(id)
        })
        .await
    }

    async fn rename_view(&self, person: PersonId, id: u64, name: &ViewName) -> Result<(), ViewError> {
        self.attempt(|state| {
            let mine = |(of, view): &&(PersonId, SavedView)| *of == person && view.id == id;
            if !state.views.iter().any(|one| mine(&one)) {
                return Err(ViewError::Unknown);
            }
            let others = state.views.iter().filter(|(of, view)| *of == person && view.id != id);
            if others.into_iter().any(|(_, view)| same(&view.name, name)) {
                return Err(ViewError::NameTaken);
            }
            for (_, view) in state.views.iter_mut().filter(|(_, view)| view.id == id) {
                view.name = name.clone();
            }
            Ok(())
        })
        .await
    }

    async fn delete_view(&self, person: PersonId, id: u64) -> Result<(), ViewError> {
        self.attempt(|state| {
            let before = state.views.len();
            state.views.retain(|(of, view)| *of != person || view.id != id);
            if state.views.len() < before {
                Ok(())
            } else {
                Err(ViewError::Unknown)
            }
        })
        .await
    }
}

fn same(one: &ViewName, other: &ViewName) -> bool {
    folded(one.as_str()) == folded(other.as_str())
}

fn companions(tickets: &[&TicketRecord], of: &Exactly) -> Vec<Companion> {
    let mut found: BTreeMap<String, Companion> = BTreeMap::new();
    let mut oldest_first = tickets.to_vec();
    oldest_first.sort_by_key(|one| one.opened_at);
    for ticket in oldest_first {
        let name = match of {
            Exactly::Person(_) => &ticket.user.machine,
            Exactly::Machine(_) => &ticket.user.name,
        };
        let before = found.get(&folded(name.as_str())).map_or(0, |one| one.tickets);
        let (name, tickets) = (name.clone(), before + 1);
        found.insert(folded(name.as_str()), Companion { name, tickets });
    }
    let mut companions: Vec<(String, Companion)> = found.into_iter().collect();
    companions.sort_by(|(one, few), (other, many)| (many.tickets, one).cmp(&(few.tickets, other)));
    companions.truncate(HISTORY_COMPANIONS as usize);
    companions.into_iter().map(|(_, companion)| companion).collect()
}
