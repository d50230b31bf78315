//! The one task that writes: it seals audit events and makes them durable together with the rows that they are about.
//!
//! Flow: [`Job`]s come in; all that wait are taken as one group: their changes go into one transaction, each batch of
//! changes on its own savepoint; the events of those that fit are sealed in order, their keys made durable first; a
//! signed checkpoint closes the group; after the commit each job is answered (group commit: one sync for many).
//!
//! Invariant: the chain's head in memory is that of the last committed group. After a failure it is what the store says,
//! and nothing is written before the store has said it.

use std::{collections::HashMap, sync::Arc};

use renfort_audit::{
    checkpoint::{Checkpoint, LogKey, Origin},
    hash::Digest,
    merkle::Tree,
    personal::{PersonalKey, encrypt},
    record::{Entry, Position, Sealed, seal},
};
use renfort_core::contract::{AppendId, Batch, Change, FailReason};
use renfort_protocol::ids::SessionId;
use ring::signature::Ed25519KeyPair;
use tokio::sync::{mpsc, oneshot};

use crate::{
    error::RelayError,
    hold::{hold_of, with_holds},
    keys,
    reveal::opened_by,
    store::{Applied, LoggedRecord, SealedField, Store, StoreError, StoredCheckpoint},
};

/// Jobs that wait to be written. When full, the broker stops taking messages from its connections, and console requests
/// wait: audit pushes back, nothing is dropped.
pub const WRITE_QUEUE: usize = 256;
/// Most jobs in one group. Bounds how long the first of them waits for the last.
const GROUP: usize = 128;
/// Answers that the broker has not read yet; when full, the writer waits. The broker always reads them first.
pub const ANSWER_QUEUE: usize = WRITE_QUEUE;

/// What becomes durable together.
#[derive(Debug)]
pub struct Job {
    /// Rows and events.
    pub batch: Batch,
    /// Who is told.
    pub answer: Answer,
}

/// Who waits for a job.
#[derive(Debug)]
pub enum Answer {
    /// The broker.
    Broker(AppendId),
    /// Somebody else.
    Waiter(oneshot::Sender<Result<(), FailReason>>),
}

/// What the broker is told.
pub type BrokerAnswer = (AppendId, Result<(), FailReason>);

/// Which log this is: its name and its key.
#[derive(Debug, Clone)]
pub struct LogIdentity {
    /// Its name.
    pub origin: Origin,
    /// The relay's public key.
    pub key: LogKey,
}

impl LogIdentity {
    /// The log of the relay that has this key.
    #[must_use]
    pub fn of(pair: &Ed25519KeyPair) -> Self {
        let key = LogKey::of(pair);
        Self {
            origin: Origin::of_key(&key),
            key,
        }
    }
}

/// Sends jobs to the writer.
#[derive(Debug, Clone)]
pub struct WriterHandle(mpsc::Sender<Job>);

impl WriterHandle {
    /// Writes audit events and waits until they are durable.
    ///
    /// # Errors
    /// When they are not.
    pub async fn record(&self, events: Vec<Entry>) -> Result<(), FailReason> {
        let changes = Vec::new();
        self.write_batch(Batch { changes, events }).await
    }

    /// Writes rows together with the audit events that tell of them, and waits until both are durable.
    ///
    /// # Errors
    /// When they are not, no part of them.
    pub async fn write_batch(&self, batch: Batch) -> Result<(), FailReason> {
        let (answer, written) = oneshot::channel();
        let job = Job {
            batch,
            answer: Answer::Waiter(answer),
        };
        self.0.send(job).await.map_err(|_| FailReason::Storage)?;
        written.await.unwrap_or(Err(FailReason::Storage))
    }

    /// Waits for room in the queue.
    ///
    /// # Errors
    /// When the writer has ended.
    pub async fn reserve(&self) -> Result<mpsc::Permit<'_, Job>, FailReason> {
        self.0.reserve().await.map_err(|_| FailReason::Storage)
    }
}

#[derive(Debug, Clone)]
struct Head {
    tree: Tree,
    last: Digest,
}

/// The task's state.
pub struct Writer {
    store: Arc<dyn Store>,
    pair: Ed25519KeyPair,
    identity: LogIdentity,
    /// None after a failure, until the store has said where its log ends.
    head: Option<Head>,
    jobs: mpsc::Receiver<Job>,
    answers: mpsc::Sender<BrokerAnswer>,
}

/// A group that did not commit. `attempted` is set when only the commit itself failed.
struct GroupFailure {
    error: StoreError,
    attempted: Option<(Vec<Applied>, Head)>,
}

impl From<StoreError> for GroupFailure {
    fn from(error: StoreError) -> Self {
        Self { error, attempted: None }
    }
}

impl Writer {
    /// Finds where the log ends and prepares to write on.
    ///
    /// # Errors
    /// When the store fails, or when the log's end is not the one that was signed.
    pub async fn open(
        store: Arc<dyn Store>,
        pair: Ed25519KeyPair,
    ) -> Result<(Self, WriterHandle, mpsc::Receiver<BrokerAnswer>), RelayError> {
        let identity = LogIdentity::of(&pair);
        let head = read_head(&*store, &identity).await?;
        let (sender, jobs) = mpsc::channel(WRITE_QUEUE);
        let (answers, answered) = mpsc::channel(ANSWER_QUEUE);
        Ok((
            Self {
                store,
                pair,
                identity,
                head: Some(head),
                jobs,
                answers,
            },
            WriterHandle(sender),
            answered,
        ))
    }

    /// Writes until every [`WriterHandle`] is gone and the queue is empty.
    pub async fn run(mut self) {
        let mut group = Vec::with_capacity(GROUP);
        while self.jobs.recv_many(&mut group, GROUP).await > 0 {
            let outcomes = match self.head().await {
                Ok(head) => match self.write(&group, &head).await {
                    Ok((outcomes, head)) => {
                        self.head = Some(head);
                        Ok(outcomes)
                    }
                    Err(failure) => self.settle(failure, &head).await,
                },
                Err(error) => {
                    tracing::error!(%error, "the end of the log cannot be read");
                    Err(FailReason::Storage)
                }
            };
            for (place, job) in group.drain(..).enumerate() {
                let result = match &outcomes {
                    Ok(outcomes) => match outcomes[place] {
                        Applied::All => Ok(()),
                        Applied::Conflict => Err(FailReason::Conflict),
                    },
                    Err(reason) => Err(*reason),
                };
                match job.answer {
                    // The broker ends after the writer's last answer; a waiter may have given up. Both is no loss.
                    Answer::Broker(append) => drop(self.answers.send((append, result)).await),
                    Answer::Waiter(waiter) => drop(waiter.send(result)),
                }
            }
        }
    }

    /// Where the log ends; asked of the store when that is not certain.
    async fn head(&mut self) -> Result<Head, RelayError> {
        if let Some(head) = &self.head {
            return Ok(head.clone());
        }
        let stored = read_head(&*self.store, &self.identity).await?;
        self.head = Some(stored.clone());
        Ok(stored)
    }

    /// A commit that failed may still have reached the disk: the store itself says what is true.
    async fn settle(&mut self, failure: GroupFailure, before: &Head) -> Result<Vec<Applied>, FailReason> {
        tracing::error!(error = %failure.error, "a group of records was not written");
        self.head = None;
        let stored = self.head().await.map_err(|error| {
            tracing::error!(%error, "the end of the log cannot be read");
            FailReason::Storage
        })?;
        match failure.attempted {
            Some((outcomes, attempted))
                if attempted.tree.size() > before.tree.size() && stored.tree == attempted.tree =>
            {
                tracing::warn!("the group had reached the disk all the same");
                Ok(outcomes)
            }
            _ => Err(FailReason::Storage),
        }
    }

    async fn write(&self, group: &[Job], before: &Head) -> Result<(Vec<Applied>, Head), GroupFailure> {
        let mut transaction = self.store.begin().await?;
        let mut head = before.clone();
        let mut outcomes = Vec::with_capacity(group.len());
        let mut sealed = Vec::new();
        let mut session_seqs: HashMap<SessionId, u64> = HashMap::new();
        let mut random = Random::default();
        for job in group {
            let outcome = transaction.apply(&job.batch.changes).await?;
            outcomes.push(outcome);
            if outcome == Applied::Conflict {
                continue;
            }
            let erased = self.erase_keys(&job.batch.changes).await?;
            for entry in with_holds(&job.batch.events) {
                let mut entry = entry.into_owned();
                entry.event.count_erased(erased);
                if let Some(hold) = hold_of(&entry) {
                    transaction.hold(&hold, entry.at).await?;
                }
                let session_seq = match entry.session {
                    None => None,
                    Some(session) => {
                        let next = match session_seqs.get(&session) {
                            Some(next) => *next,
                            None => transaction.next_session_seq(session).await?,
                        };
                        session_seqs.insert(session, next + 1);
                        Some(next)
                    }
                };
                let position = Position {
                    seq: head.tree.size(),
                    session_seq,
                    prev: head.last,
                };
                let one = seal(&entry, position, &mut || random.draw());
                head.last = one.record.hash();
                head.tree.push(head.last);
                sealed.push((one, head.last));
            }
        }
        for logged in self.encrypt(sealed, &mut random).await? {
            transaction.add_record(&logged).await?;
        }
        random.check()?;
        if head.tree.size() > before.tree.size() {
            transaction.add_checkpoint(&self.checkpoint(&head)).await?;
        }
        match transaction.commit().await {
            Ok(()) => Ok((outcomes, head)),
            Err(error) => Err(GroupFailure {
                error,
                attempted: Some((outcomes, head)),
            }),
        }
    }

    /// Deletes the keys that are to be erased, before what tells of it is durable: what stands in the log as erased is
    /// erased. Gives how many fields went with them for the order that is settled, also in an attempt before this one.
    async fn erase_keys(&self, changes: &[Change]) -> Result<u64, StoreError> {
        let mut fields = 0;
        for change in changes {
            match change {
                Change::Erase(erasure) => {
                    let keys = opened_by(&*self.store, &erasure.keys).await?;
                    self.store.erase_keys(erasure.order, &keys).await?;
                }
                Change::SettleOrder { id } => fields = self.store.fields_erased_for(*id).await?,
                _ => {}
            }
        }
        Ok(fields)
    }

    /// Encrypts the personal fields; keys that did not exist are durable before this returns.
    async fn encrypt(
        &self,
        sealed: Vec<(Sealed, Digest)>,
        random: &mut Random,
    ) -> Result<Vec<LoggedRecord>, StoreError> {
        let mut scopes: Vec<String> = sealed
            .iter()
            .flat_map(|(one, _)| &one.openings)
            .map(|opening| opening.scope.to_string())
            .collect();
        scopes.sort_unstable();
        scopes.dedup();
        let keys = if scopes.is_empty() {
            Vec::new()
        } else {
            // Drawn before the store is asked, so that a key without randomness is never kept.
            let mut fresh: Vec<[u8; 32]> = scopes.iter().map(|_| random.draw()).collect();
            random.check()?;
            self.store
                .keys_or_new(&scopes, &mut || {
                    PersonalKey(fresh.pop().expect("a store asks at most once for each scope"))
                })
                .await?
        };
        let keys: HashMap<&str, &PersonalKey> = scopes.iter().map(String::as_str).zip(&keys).collect();
        let mut logged = Vec::with_capacity(sealed.len());
        for (one, hash) in sealed {
            let mut personal = Vec::with_capacity(one.openings.len());
            for opening in &one.openings {
                let scope = opening.scope.to_string();
                let key = keys
                    .get(scope.as_str())
                    .ok_or_else(|| StoreError::Failed("a key is missing".to_owned()))?;
                let sealed = encrypt(opening, one.record.seq, key, random.draw());
                personal.push(SealedField {
                    name: opening.name.clone(),
                    scope,
                    sealed,
                });
            }
            logged.push(LoggedRecord {
                record: one.record,
                hash,
                personal,
            });
        }
        Ok(logged)
    }

    fn checkpoint(&self, head: &Head) -> StoredCheckpoint {
        let checkpoint = Checkpoint {
            origin: self.identity.origin.clone(),
            size: head.tree.size(),
            root: head.tree.root(),
        };
        StoredCheckpoint {
            size: checkpoint.size,
            text: checkpoint.sign(&self.pair),
            peaks: head.tree.peaks().to_vec(),
        }
    }
}

/// The end of the stored log, checked against its signed checkpoint.
async fn read_head(store: &dyn Store, identity: &LogIdentity) -> Result<Head, RelayError> {
    let broken = |why: &str| RelayError::BrokenLog(why.to_owned());
    let Some(stored) = store.checkpoint().await? else {
        if !store.records(0, 1).await?.is_empty() {
            return Err(broken("records without a checkpoint"));
        }
        return Ok(Head {
            tree: Tree::new(),
            last: Digest::ZERO,
        });
    };
    let signed = Checkpoint::verify(&stored.text, &identity.origin, &identity.key)
        .map_err(|error| broken(&error.to_string()))?;
    let tree = Tree::resume(stored.size, stored.peaks).ok_or_else(|| broken("the tree does not fit its size"))?;
    if signed.size != tree.size() || signed.root != tree.root() {
        return Err(broken("the tree is not the one that was signed"));
    }
    let end = store.records(stored.size.saturating_sub(1), 2).await?;
    match end.as_slice() {
        [last] if last.record.seq + 1 == stored.size && last.record.hash() == last.hash => {
            Ok(Head { tree, last: last.hash })
        }
        _ => Err(broken("the last record is not the one that was signed")),
    }
}

/// Draws from the system and remembers a failure, for callers that cannot fail.
#[derive(Default)]
struct Random {
    failed: bool,
}

impl Random {
    fn draw<const N: usize>(&mut self) -> [u8; N] {
        keys::random().unwrap_or_else(|_| {
            self.failed = true;
            [0; N]
        })
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.failed {
            Err(StoreError::Failed("the system gives no random numbers".to_owned()))
        } else {
            Ok(())
        }
    }
}
