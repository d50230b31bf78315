//! The store in memory, for tests and for trying things out: the same rules as on disk, gone with the process.
//!
//! Invariant: a transaction works on a copy of the state and replaces it on commit, so an abandoned one leaves nothing.

mod articles;
mod cards;
mod erasing;
mod lists;
mod orders;
mod second_factor;
mod settings;
mod supervision;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use renfort_audit::{hash::Digest, personal::PersonalKey};
use renfort_core::contract::{
    Account, FIRST_TICKET, KEPT_CLOSED_TICKETS, SessionRecord, Snapshot, StoredTicket, TicketRecord,
};
use renfort_protocol::{
    console::views::SavedView,
    ids::{DeviceKey, PersonId, SessionId, TicketId},
    people::{Name, Person, Role},
    ticket::Note,
    time::UnixMillis,
};
use tokio::sync::Mutex;

use super::{
    ConsoleSignIn, Credentials, LoggedRecord, NewAccount, Store, StoreError, StoredCheckpoint, Transaction,
    erasing::Hold,
    filter::Criteria,
    orders::{Order, Ordered, PersonChange},
    rows::{ListedSession, ListedTicket, Listing},
    second_factor::StoredSecondFactor,
};

#[derive(Debug, Clone)]
struct Token {
    person: PersonId,
    device: DeviceKey,
    expires_at: UnixMillis,
}

#[derive(Debug, Clone, Default)]
struct State {
    tickets: BTreeMap<TicketId, TicketRecord>,
    sessions: BTreeMap<SessionId, SessionRecord>,
    notes: Vec<(TicketId, Note)>,
    tokens: BTreeMap<Digest, Token>,
    console: BTreeMap<Digest, ConsoleSignIn>,
    people: Vec<Credentials>,
    records: Vec<LoggedRecord>,
    checkpoints: BTreeMap<u64, StoredCheckpoint>,
    settings: BTreeMap<String, String>,
    shelf: articles::Shelf,
    cards: cards::CardBox,
    views: Vec<(PersonId, SavedView)>,
    second_factors: BTreeMap<PersonId, StoredSecondFactor>,
    holds: Vec<Hold>,
    orders: Vec<Order>,
    last_order: u64,
    /// Tickets from which everybody's names are gone.
    erased: BTreeSet<TicketId>,
    last_view: u64,
}

/// The store.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Arc<RwLock<State>>,
    keys: Mutex<BTreeMap<String, PersonalKey>>,
    /// Of each order, how many fields were erased for it that the log does not tell of yet.
    erased: Mutex<BTreeMap<u64, u64>>,
    writing: Arc<Mutex<()>>,
    full: Arc<AtomicBool>,
    without_people: AtomicBool,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on, commits fail as if the disk were full; or no longer.
    pub fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }

    /// From now on, the list of accounts cannot be read; or it can again.
    pub fn set_without_people(&self, without: bool) {
        self.without_people.store(without, Ordering::SeqCst);
    }

    fn read<T>(&self, with: impl FnOnce(&State) -> T) -> T {
        with(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn change<T>(&self, with: impl FnOnce(&mut State) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.attempt(with).await
    }

    async fn attempt<T, E>(&self, with: impl FnOnce(&mut State) -> Result<T, E>) -> Result<T, E> {
        let _writing = self.writing.lock().await;
        with(&mut self.state.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn stored_ticket(&self, record: &TicketRecord) -> StoredTicket {
        let mut sessions: Vec<_> = self
            .sessions
            .values()
            .filter(|one| one.ticket == record.id)
            .cloned()
            .collect();
        sessions.sort_by_key(|session| (session.asked_at, session.id.to_string()));
        let notes = self
            .notes
            .iter()
            .filter(|(ticket, _)| *ticket == record.id)
            .map(|(_, note)| note.clone())
            .collect();
        StoredTicket {
            record: record.clone(),
            notes,
            sessions,
        }
    }

    fn person(&self, id: PersonId) -> Option<&Credentials> {
        self.people.iter().find(|person| person.account.person.id == id)
    }

    fn by_login(&self, login: &Name) -> Option<usize> {
        self.people
            .iter()
            .position(|person| person.login.as_str().eq_ignore_ascii_case(login.as_str()))
    }

    fn note_change(&mut self, at: UnixMillis, change: PersonChange, person: PersonId) {
        self.order(Ordered::Person { person, change }, at);
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let writing = Arc::clone(&self.writing).lock_owned().await;
        let copy = self.read(State::clone);
        Ok(Box::new(write::MemoryTransaction::new(
            copy,
            Arc::clone(&self.state),
            Arc::clone(&self.full),
            writing,
        )))
    }

    async fn keys_or_new(
        &self,
        scopes: &[String],
        fresh: &mut (dyn FnMut() -> PersonalKey + Send),
    ) -> Result<Vec<PersonalKey>, StoreError> {
        let mut keys = self.keys.lock().await;
        Ok(scopes
            .iter()
            .map(|scope| keys.entry(scope.clone()).or_insert_with(&mut *fresh).clone())
            .collect())
    }

    async fn key(&self, scope: &str) -> Result<Option<PersonalKey>, StoreError> {
        Ok(self.keys.lock().await.get(scope).cloned())
    }

    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(self.read(|state| {
            let (open, mut closed): (Vec<_>, Vec<_>) = state.tickets.values().partition(|ticket| ticket.is_open());
            closed.sort_by_key(|ticket| std::cmp::Reverse(ticket.closed_at));
            closed.truncate(KEPT_CLOSED_TICKETS);
            Snapshot {
                tickets: open
                    .into_iter()
                    .chain(closed)
                    .map(|ticket| state.stored_ticket(ticket))
                    .collect(),
                next_ticket: state
                    .tickets
                    .keys()
                    .last()
                    .map_or(FIRST_TICKET, |last| (last.0 + 1).max(FIRST_TICKET)),
                accounts: state.people.iter().map(|person| person.account.clone()).collect(),
                cards: state.cards.cards(),
                revocations: state.cards.revocations(),
            }
        }))
    }

    async fn records(&self, from: u64, limit: u32) -> Result<Vec<LoggedRecord>, StoreError> {
        let until = from.saturating_add(u64::from(limit));
        Ok(self.read(|state| {
            state
                .records
                .iter()
                .filter(|logged| (from..until).contains(&logged.record.seq))
                .cloned()
                .collect()
        }))
    }

    async fn hashes(&self, from: u64, limit: u64) -> Result<Vec<Digest>, StoreError> {
        let until = from.saturating_add(limit);
        let within = |logged: &&LoggedRecord| (from..until).contains(&logged.record.seq);
        Ok(self.read(|state| state.records.iter().filter(within).map(|logged| logged.hash).collect()))
    }

    async fn timeline(&self, ticket: TicketId, session: SessionId) -> Result<Vec<LoggedRecord>, StoreError> {
        Ok(self.read(|state| {
            let belongs = |logged: &&LoggedRecord| {
                logged.record.ticket == Some(ticket) && logged.record.session.is_none_or(|of| of == session)
            };
            state.records.iter().filter(belongs).cloned().collect()
        }))
    }

    async fn checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        Ok(self.read(|state| state.checkpoints.values().last().cloned()))
    }

    async fn sessions(&self, criteria: &Criteria, limit: u32) -> Result<Listing<ListedSession>, StoreError> {
        Ok(self.read(|state| lists::sessions(state, criteria, limit)))
    }

    async fn tickets(&self, criteria: &Criteria, limit: u32) -> Result<Listing<ListedTicket>, StoreError> {
        Ok(self.read(|state| lists::tickets(state, criteria, limit)))
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        Ok(self.read(|state| state.sessions.get(&id).cloned()))
    }

    async fn ticket(&self, id: TicketId) -> Result<Option<StoredTicket>, StoreError> {
        Ok(self.read(|state| state.tickets.get(&id).map(|record| state.stored_ticket(record))))
    }

    async fn add_person(&self, new: &NewAccount, at: UnixMillis) -> Result<PersonId, StoreError> {
        self.change(|state| {
            if state.by_login(&new.login).is_some() {
                return Err(StoreError::LoginTaken);
            }
            let id = PersonId(state.people.len() as u64 + 1);
            let account = Account {
                person: Person {
                    id,
                    name: new.name.clone(),
                    role: new.role,
                },
                disabled: false,
            };
            state.people.push(Credentials {
                account,
                login: new.login.clone(),
                hash: new.hash.clone(),
            });
            state.note_change(at, PersonChange::Added, id);
            Ok(id)
        })
        .await
    }

    async fn disable_person(&self, login: &Name, even_last: bool, at: UnixMillis) -> Result<bool, StoreError> {
        self.change(|state| {
            let place = state.by_login(login).ok_or(StoreError::UnknownLogin)?;
            let is_active = |account: &Account| account.person.role == Role::Administrator && !account.disabled;
            let active = state.people.iter().filter(|person| is_active(&person.account)).count();
            if !even_last && active == 1 && is_active(&state.people[place].account) {
                return Err(StoreError::LastAdministrator);
            }
            let account = &mut state.people[place].account;
            let id = account.person.id;
            let was_active = !std::mem::replace(&mut account.disabled, true);
            if was_active {
                state.end_sign_ins(id);
                state.views.retain(|(person, _)| *person != id);
                state.note_change(at, PersonChange::Disabled, id);
            }
            Ok(was_active)
        })
        .await
    }

    async fn people(&self) -> Result<Vec<Credentials>, StoreError> {
        if self.without_people.load(Ordering::SeqCst) {
            return Err(StoreError::Failed("the accounts cannot be read".to_owned()));
        }
        Ok(self.read(|state| state.people.clone()))
    }

    async fn credentials(&self, login: &Name) -> Result<Option<Credentials>, StoreError> {
        Ok(self.read(|state| state.by_login(login).map(|place| state.people[place].clone())))
    }

    async fn account(&self, id: PersonId) -> Result<Option<Account>, StoreError> {
        Ok(self.read(|state| state.person(id).map(|person| person.account.clone())))
    }

    async fn token(&self, hash: &Digest, device: &DeviceKey, now: UnixMillis) -> Result<Option<Account>, StoreError> {
        Ok(self.read(|state| {
            let token = state
                .tokens
                .get(hash)
                .filter(|token| token.device == *device && token.expires_at > now)?;
            state.person(token.person).map(|person| person.account.clone())
        }))
    }

    async fn put_console_sign_in(&self, hash: &Digest, sign_in: &ConsoleSignIn) -> Result<(), StoreError> {
        self.change(|state| {
            state.console.insert(*hash, *sign_in);
            Ok(())
        })
        .await
    }

    async fn note_console_use(&self, hash: &Digest, at: UnixMillis) -> Result<(), StoreError> {
        self.change(|state| {
            if let Some(sign_in) = state.console.get_mut(hash) {
                sign_in.used_at = at;
            }
            Ok(())
        })
        .await
    }

    async fn console_sign_in(&self, hash: &Digest) -> Result<Option<ConsoleSignIn>, StoreError> {
        Ok(self.read(|state| state.console.get(hash).copied()))
    }

    async fn delete_console_sign_in(&self, hash: &Digest) -> Result<(), StoreError> {
        self.change(|state| {
            state.console.remove(hash);
            Ok(())
        })
        .await
    }

    async fn forget_expired(&self, now: UnixMillis, console_before: UnixMillis) -> Result<(), StoreError> {
        self.change(|state| {
            state.tokens.retain(|_, token| token.expires_at > now);
            state.cards.forget_expired(now);
            state
                .console
                .retain(|_, sign_in| sign_in.signed_in_at >= console_before);
            Ok(())
        })
        .await
    }

    async fn close(&self) {}
}
