//! The writing transaction in memory.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use renfort_core::contract::Change;
use renfort_protocol::{ids::SessionId, time::UnixMillis};
use tokio::sync::OwnedMutexGuard;

use super::{State, Token};
use crate::store::{Applied, LoggedRecord, StoreError, StoredCheckpoint, Transaction, erasing::NewHold};

pub(super) struct MemoryTransaction {
    copy: State,
    shared: Arc<RwLock<State>>,
    full: Arc<AtomicBool>,
    _writing: OwnedMutexGuard<()>,
}

impl MemoryTransaction {
    pub(super) const fn new(
        copy: State,
        shared: Arc<RwLock<State>>,
        full: Arc<AtomicBool>,
        writing: OwnedMutexGuard<()>,
    ) -> Self {
        Self {
            copy,
            shared,
            full,
            _writing: writing,
        }
    }
}

#[async_trait]
impl Transaction for MemoryTransaction {
    async fn apply(&mut self, changes: &[Change]) -> Result<Applied, StoreError> {
        let mut next = self.copy.clone();
        if changes.iter().all(|change| apply_one(&mut next, change)) {
            self.copy = next;
            Ok(Applied::All)
        } else {
            Ok(Applied::Conflict)
        }
    }

    async fn next_session_seq(&mut self, session: SessionId) -> Result<u64, StoreError> {
        let of_session = self
            .copy
            .records
            .iter()
            .filter(|logged| logged.record.session == Some(session));
        Ok(of_session
            .filter_map(|logged| logged.record.session_seq)
            .max()
            .map_or(0, |last| last + 1))
    }

    async fn add_record(&mut self, logged: &LoggedRecord) -> Result<(), StoreError> {
        if self
            .copy
            .records
            .iter()
            .any(|other| other.record.seq == logged.record.seq)
        {
            return Err(StoreError::Failed(
                "the log already has a record of this number".to_owned(),
            ));
        }
        self.copy.records.push(logged.clone());
        if let Some(ticket) = logged.tells_names_in() {
            self.copy.erased.remove(&ticket);
        }
        Ok(())
    }

    async fn add_checkpoint(&mut self, checkpoint: &StoredCheckpoint) -> Result<(), StoreError> {
        self.copy.checkpoints.insert(checkpoint.size, checkpoint.clone());
        Ok(())
    }

    async fn hold(&mut self, hold: &NewHold, at: UnixMillis) -> Result<(), StoreError> {
        self.copy.hold(hold, at);
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(StoreError::Full);
        }
        *self.shared.write().unwrap_or_else(PoisonError::into_inner) = self.copy;
        Ok(())
    }
}

/// False when what is stored is not what was expected.
fn apply_one(state: &mut State, change: &Change) -> bool {
    match change {
        Change::PutTicket {
            record,
            expected_version,
        } => {
            let fits = state.tickets.get(&record.id).map(|stored| stored.version) == *expected_version;
            let twice = state
                .tickets
                .values()
                .any(|other| other.id != record.id && other.device == record.device && other.request == record.request);
            if fits && !twice {
                state.tickets.insert(record.id, (**record).clone());
                state.erased.remove(&record.id);
            }
            fits && !twice
        }
        Change::PutSession {
            record,
            expected_version,
        } => {
            let fits = state.sessions.get(&record.id).map(|stored| stored.version) == *expected_version;
            let known = state.tickets.contains_key(&record.ticket);
            if fits && known {
                state.sessions.insert(record.id, (**record).clone());
                state.erased.remove(&record.ticket);
            }
            fits && known
        }
        Change::AddNote { ticket, note } => {
            let known = state.tickets.contains_key(ticket);
            if known {
                state.notes.push((*ticket, note.clone()));
                state.erased.remove(ticket);
            }
            known
        }
        Change::PutToken {
            hash,
            person,
            device,
            expires_at,
        } => {
            let fits = state.person(*person).is_some() && !state.tokens.contains_key(hash);
            if fits {
                state.tokens.insert(
                    *hash,
                    Token {
                        person: *person,
                        device: *device,
                        expires_at: *expires_at,
                    },
                );
            }
            fits
        }
        Change::PutArticle { text, expected_version } => state.shelf.put(text, *expected_version),
        Change::PutReply {
            reply,
            expected_version,
        } => state.shelf.put_reply(reply, *expected_version),
        Change::DeleteReply {
            reply,
            expected_version,
        } => state.shelf.delete_reply(*reply, *expected_version),
        Change::Erase(erasure) => state.erase(erasure),
        Change::SettleOrder { id } => state.settle_order(*id),
        Change::PutCardRequest { request } => {
            let known = state.person(request.request.person).is_some();
            if known {
                state.cards.put_request(request);
            }
            known
        }
        Change::DeleteToken { hash } => {
            state.tokens.remove(hash);
            true
        }
    }
}
