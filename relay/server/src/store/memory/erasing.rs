//! Erasing in memory: the same rules as on disk.

use async_trait::async_trait;
use renfort_audit::actor::device_hash;
use renfort_core::{
    contract::{SessionRecord, StoredTicket, TicketRecord},
    erasure::{Erasure, ErasureOf},
};
use renfort_protocol::{
    console::views::SavedView,
    erased,
    ids::{PersonId, TicketId},
    people::Name,
    time::UnixMillis,
};

use super::{MemoryStore, State};
use crate::store::{
    LoggedRecord, SealedField, StoreError,
    erasing::{ErasedKey, Erasing, Hold, HoldError, NewHold, Removal, Whom},
    orders::Ordered,
    supervision::folded,
};

impl State {
    /// False when a ticket is open or on hold, or an account still in use.
    pub(super) fn erase(&mut self, erasure: &Erasure) -> bool {
        if let ErasureOf::Account(person) = erasure.of
            && !self.erase_account(person, erasure.of)
        {
            return false;
        }
        let fits = erasure
            .tickets
            .iter()
            .all(|ticket| self.erase_ticket(*ticket, erasure.of));
        if fits {
            self.views.retain(|(_, view)| !erasure.views.contains(&view.id));
        }
        fits
    }

    fn erase_ticket(&mut self, id: TicketId, of: ErasureOf) -> bool {
        let held = self.is_held(id);
        let Some(record) = self.tickets.get_mut(&id) else {
            return false;
        };
        let open: Vec<SessionRecord> = self.sessions.values().filter(|one| one.ticket == id).cloned().collect();
        if held || of.is_stopped_by(record, &open) {
            return false;
        }
        // Whether there was anything to blank makes no difference here.
        let _ = of.blank_ticket(record);
        for session in self.sessions.values_mut().filter(|session| session.ticket == id) {
            let _ = of.blank_session(session);
        }
        for (_, note) in self.notes.iter_mut().filter(|(ticket, _)| *ticket == id) {
            let _ = of.blank_note(note);
        }
        if of == ErasureOf::Everybody {
            self.erased.insert(id);
        }
        true
    }

    fn erase_account(&mut self, id: PersonId, of: ErasureOf) -> bool {
        let account = self
            .people
            .iter_mut()
            .find(|person| person.account.person.id == id && person.account.disabled);
        let Some(person) = account else { return false };
        person.account.person.name = erased::name();
        person.hash.clear();
        if let Ok(login) = Name::new(format!("{} {}", erased::ERASED, id.0)) {
            person.login = login;
        }
        for author in self.shelf.authors() {
            let _ = of.blank_author(author);
        }
        self.second_factors.remove(&id);
        self.cards.forget(id);
        true
    }

    /// False when it is held already.
    pub(super) fn hold(&mut self, new: &NewHold, at: UnixMillis) -> bool {
        let fresh = !self.holds.iter().any(|hold| hold.what.is_same(new));
        if fresh {
            self.holds.push(Hold {
                what: new.clone(),
                since: at,
            });
        }
        fresh
    }

    fn is_held(&self, ticket: TicketId) -> bool {
        self.holds.iter().any(|hold| hold.what.ticket == ticket)
    }

    fn has(&self, ticket: &TicketRecord, whom: &Whom) -> bool {
        match whom {
            Whom::Account(person) => {
                ticket
                    .technician
                    .as_ref()
                    .is_some_and(|technician| technician.id == *person)
                    || self
                        .sessions
                        .values()
                        .any(|one| one.ticket == ticket.id && one.technician.id == *person)
                    || self
                        .notes
                        .iter()
                        .any(|(of, note)| *of == ticket.id && note.author.id == *person)
            }
            Whom::Device(device) => device_hash(&ticket.device) == *device,
            Whom::Name { name, machine } => {
                let same = |one: &Name, other: &Name| folded(one.as_str()) == folded(other.as_str());
                same(&ticket.user.name, name)
                    && machine
                        .as_ref()
                        .is_none_or(|machine| same(&ticket.user.machine, machine))
            }
        }
    }
}

#[async_trait]
impl Erasing for MemoryStore {
    async fn holds(&self) -> Result<Vec<Hold>, StoreError> {
        Ok(self.read(|state| state.holds.clone()))
    }

    async fn add_hold(&self, hold: &NewHold, at: UnixMillis) -> Result<(), HoldError> {
        self.attempt(|state| {
            let known = match hold.session {
                None => state.tickets.contains_key(&hold.ticket),
                Some(id) => state.sessions.get(&id).is_some_and(|one| one.ticket == hold.ticket),
            };
            if !known {
                return Err(HoldError::Unknown);
            }
            if !state.hold(hold, at) {
                return Err(HoldError::Already);
            }
            state.order(Ordered::HoldAdded(hold.clone()), at);
            Ok(())
        })
        .await
    }

    async fn remove_hold(&self, removal: &Removal, at: UnixMillis) -> Result<(), HoldError> {
        self.attempt(|state| {
            let (ticket, session) = (removal.ticket, removal.session);
            let about = |hold: &&Hold| (hold.what.ticket, hold.what.session) == (ticket, session);
            let all: Vec<Hold> = state.holds.iter().filter(about).cloned().collect();
            let Some(hold) = all.iter().find(|hold| hold.what.cause() == removal.cause) else {
                let own = all.iter().find_map(|hold| hold.what.cause());
                return Err(own.map_or(HoldError::None, HoldError::Own));
            };
            state.holds.retain(|other| !other.what.is_same(&hold.what));
            let (removal, since) = (removal.clone(), hold.since);
            state.order(Ordered::HoldRemoved { removal, since }, at);
            Ok(())
        })
        .await
    }

    async fn tickets_with(&self, whom: &Whom) -> Result<Vec<StoredTicket>, StoreError> {
        Ok(self.read(|state| {
            let of = state.tickets.values().filter(|ticket| state.has(ticket, whom));
            of.map(|ticket| state.stored_ticket(ticket)).collect()
        }))
    }

    async fn tickets_due(&self, before: UnixMillis, limit: u32) -> Result<Vec<StoredTicket>, StoreError> {
        Ok(self.read(|state| {
            let mut due: Vec<&TicketRecord> = state
                .tickets
                .values()
                .filter(|ticket| ticket.closed_at.is_some_and(|at| at < before) && !ticket.is_open())
                .filter(|ticket| !state.erased.contains(&ticket.id) && !state.is_held(ticket.id))
                .collect();
            due.sort_by_key(|ticket| (ticket.closed_at, ticket.id));
            due.truncate(limit as usize);
            due.into_iter().map(|ticket| state.stored_ticket(ticket)).collect()
        }))
    }

    async fn scopes_of_ticket(&self, ticket: TicketId) -> Result<Vec<String>, StoreError> {
        Ok(self.read(|state| {
            let of = state
                .records
                .iter()
                .filter(|logged| logged.record.ticket == Some(ticket));
            of.flat_map(|logged| logged.personal.iter().map(|field| field.scope.clone()))
                .collect()
        }))
    }

    async fn scopes_of_subject(&self, subject: &str) -> Result<Vec<String>, StoreError> {
        let of = format!("{subject}/");
        let keys = self.keys.lock().await;
        Ok(keys.keys().filter(|scope| scope.starts_with(&of)).cloned().collect())
    }

    async fn scopes_of_records_before(&self, seq: u64, limit: u32) -> Result<Vec<String>, StoreError> {
        let before = |scope: &&String| {
            let number = scope
                .split_once("/#")
                .and_then(|(_, number)| number.parse::<u64>().ok());
            number.is_some_and(|number| number < seq)
        };
        let keys = self.keys.lock().await;
        Ok(keys.keys().filter(before).take(limit as usize).cloned().collect())
    }

    async fn records_of_no_ticket(&self, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError> {
        Ok(self.read(|state| {
            let of = state.records.iter().filter(|logged| {
                logged.record.ticket.is_none() && logged.record.seq >= from && !logged.personal.is_empty()
            });
            of.take(limit as usize).cloned().collect()
        }))
    }

    async fn all_saved_views(&self) -> Result<Vec<SavedView>, StoreError> {
        Ok(self.read(|state| state.views.iter().map(|(_, view)| view.clone()).collect()))
    }

    async fn fields_under(&self, scopes: &[String]) -> Result<Vec<(u64, SealedField)>, StoreError> {
        Ok(self.read(|state| {
            let fields = state.records.iter().flat_map(|logged| {
                let seq = logged.record.seq;
                logged.personal.iter().map(move |field| (seq, field.clone()))
            });
            fields.filter(|(_, field)| scopes.contains(&field.scope)).collect()
        }))
    }

    async fn erase_keys(&self, order: u64, erased: &[ErasedKey]) -> Result<(), StoreError> {
        let mut keys = self.keys.lock().await;
        let mut counted = self.erased.lock().await;
        for key in erased {
            if keys.remove(&key.scope).is_some() {
                *counted.entry(order).or_default() += key.fields;
            }
        }
        Ok(())
    }

    async fn fields_erased_for(&self, order: u64) -> Result<u64, StoreError> {
        Ok(self.erased.lock().await.get(&order).copied().unwrap_or_default())
    }

    async fn forget_erased(&self, but: &[u64]) -> Result<(), StoreError> {
        self.erased.lock().await.retain(|order, _| but.contains(order));
        Ok(())
    }

    async fn scrub(&self, _whole: bool) -> Result<bool, StoreError> {
        Ok(true)
    }
}
