//! The one task that owns the broker: it feeds it what happens and carries out what it decides.
//!
//! Flow: connections, password checks and changes of accounts come in by one queue, the writer's answers by another;
//! effects go out to connections, to the writer and to the store.
//!
//! Invariant: appends reach the writer in the broker's order. While one waits for room, nothing new is taken from the
//! connections; the writer's answers are always taken, so the two never wait for each other.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use renfort_audit::hash::Digest;
use renfort_core::{
    Broker,
    contract::{Account, Checked, Conn, Effect, Input},
};
use renfort_protocol::{
    console::live::Live,
    error::{Code, WireError},
    ids::{DeviceKey, Nonce},
    signalling::FromRelay,
    time::UnixMillis,
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    authenticate::Authenticator,
    clock,
    consult::Consults,
    keys,
    passwords::Passwords,
    receipts::Receipts,
    store::Store,
    writer::{Answer, BrokerAnswer, Job, WriterHandle},
};

/// Inputs that wait for the broker. When full, connections stop reading from their sockets (TCP pushes back).
pub const INPUT_QUEUE: usize = 1024;
/// Messages that wait to be sent on one connection. When full, the peer is too slow and is closed with
/// [`Code::Busy`]; it can connect again and gets the state anew.
pub const OUTGOING_QUEUE: usize = 256;
/// Longest sleep, so that a jump of the machine's clock is noticed soon.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// The sending side of a connection.
#[derive(Debug)]
pub struct Peer {
    /// Messages to send, as JSON.
    pub outgoing: mpsc::Sender<Utf8Bytes>,
    /// Ends the connection with an error.
    pub closing: oneshot::Sender<WireError>,
}

/// What the broker's task is told.
#[derive(Debug)]
pub enum ToBroker {
    /// A WebSocket was accepted.
    Opened {
        /// Its number.
        conn: Conn,
        /// The peer's address without port.
        address: String,
        /// Fresh challenge.
        nonce: Nonce,
        /// Where to send.
        peer: Peer,
    },
    /// Anything that goes to the broker as it is.
    Input(Input),
    /// What goes on now, since when the relay runs being passed on? Answered from memory.
    Live {
        /// When the relay started.
        relay_since: UnixMillis,
        /// Who asks.
        answer: oneshot::Sender<Live>,
    },
    /// Close all connections and end once everything is written.
    ShutDown,
}

/// The task's state.
pub struct BrokerTask {
    /// Decides.
    pub broker: Broker,
    /// Answers questions about passwords and tokens.
    pub store: Arc<dyn Store>,
    /// Checks passwords.
    pub passwords: Passwords,
    /// Makes heads and receipts of the log.
    pub receipts: Arc<Receipts>,
    /// Writes.
    pub writer: WriterHandle,
    /// What the writer did.
    pub answers: mpsc::Receiver<BrokerAnswer>,
    /// What happens.
    pub inputs: mpsc::Receiver<ToBroker>,
    /// For the tasks that check passwords and tokens. Weak, so that the queue ends with its other senders.
    pub back: mpsc::WeakSender<ToBroker>,
}

#[derive(Default)]
struct Outside {
    peers: HashMap<Conn, Peer>,
    /// Appends that wait for room; bounded, since no input is taken while there is one.
    appends: VecDeque<Job>,
    in_flight: usize,
    slow: Vec<Conn>,
    consults: Consults,
}

impl BrokerTask {
    /// Runs until [`ToBroker::ShutDown`] and until the writer has answered everything.
    pub async fn run(mut self) {
        let mut outside = Outside::default();
        let mut stopping = false;
        while !(stopping && outside.appends.is_empty() && outside.in_flight == 0) {
            // First, since under load the queues below are never empty and the sleep would never end.
            if self.broker.poll_timeout().is_some_and(|at| at <= clock::now()) {
                self.broker.handle(Input::Tick, clock::now(), &mut fresh);
                self.carry_out(&mut outside);
            }
            let sleep = self.broker.poll_timeout().map_or(LONGEST_SLEEP, |at| {
                Duration::from_millis(at.since(clock::now())).min(LONGEST_SLEEP)
            });
            let waiting = !outside.appends.is_empty();
            let input = tokio::select! {
                biased;
                Some((append, result)) = self.answers.recv() => {
                    outside.in_flight -= 1;
                    match result {
                        Ok(()) => Input::Committed { append },
                        Err(reason) => Input::Failed { append, reason },
                    }
                }
                permit = self.writer.reserve(), if waiting => {
                    let Some(job) = outside.appends.pop_front() else { continue };
                    match permit {
                        Ok(permit) => {
                            permit.send(job);
                            outside.in_flight += 1;
                            continue;
                        }
                        Err(reason) => match job.answer {
                            Answer::Broker(append) => Input::Failed { append, reason },
                            Answer::Waiter(_) => continue,
                        },
                    }
                }
                told = self.inputs.recv(), if !waiting && !stopping => match told {
                    Some(ToBroker::Opened { conn, address, nonce, peer }) => {
                        outside.peers.insert(conn, peer);
                        Input::Connected { conn, address, nonce }
                    }
                    Some(ToBroker::Input(input)) => input,
                    Some(ToBroker::Live { relay_since, answer }) => {
                        // Whoever asked may have given up.
                        drop(answer.send(self.broker.live(clock::now(), relay_since)));
                        continue;
                    }
                    Some(ToBroker::ShutDown) | None => {
                        stopping = true;
                        for (_, peer) in outside.peers.drain() {
                            // A connection that is already gone needs no word.
                            drop(peer.closing.send(Code::ShuttingDown.into()));
                        }
                        continue;
                    }
                },
                () = tokio::time::sleep(sleep) => Input::Tick,
            };
            if let Input::Disconnected { conn } = &input {
                outside.peers.remove(conn);
            }
            self.broker.handle(input, clock::now(), &mut fresh);
            self.carry_out(&mut outside);
        }
    }

    fn carry_out(&mut self, outside: &mut Outside) {
        loop {
            while let Some(effect) = self.broker.poll_effect() {
                self.apply(effect, outside);
            }
            let Some(conn) = outside.slow.pop() else { return };
            self.broker
                .handle(Input::Disconnected { conn }, clock::now(), &mut fresh);
        }
    }

    fn apply(&self, effect: Effect, outside: &mut Outside) {
        match effect {
            Effect::Send { conn, message } => {
                let Some(peer) = outside.peers.get(&conn) else { return };
                if peer.outgoing.try_send(to_json(&message)).is_err() {
                    tracing::info!(conn = conn.0, "a connection that does not read is closed");
                    if let Some(peer) = outside.peers.remove(&conn) {
                        drop(peer.closing.send(Code::Busy.into()));
                    }
                    outside.slow.push(conn);
                }
            }
            Effect::Close { conn, error } => {
                if let Some(peer) = outside.peers.remove(&conn) {
                    drop(peer.closing.send(error));
                }
            }
            Effect::Append { append, batch } => {
                outside.appends.push_back(Job {
                    batch,
                    answer: Answer::Broker(append),
                });
            }
            Effect::CheckPassword {
                conn,
                login,
                password,
                second_factor,
                address: _,
            } => {
                let (store, passwords) = (Arc::clone(&self.store), self.passwords.clone());
                let writer = self.writer.clone();
                self.answer_later(async move {
                    let authenticator = Authenticator {
                        store: &*store,
                        passwords: &passwords,
                        writer: &writer,
                    };
                    let result = authenticator.check(&login, password, second_factor.as_ref()).await;
                    Input::PasswordChecked { conn, result }
                });
            }
            Effect::Consult { conn, re, question } => {
                let answer = {
                    let (store, receipts) = (Arc::clone(&self.store), Arc::clone(&self.receipts));
                    outside.consults.begin(store, receipts, question)
                };
                self.answer_later(async move {
                    let answer = answer.await;
                    Input::Consulted { conn, re, answer }
                });
            }
            Effect::CheckToken { conn, hash, device } => {
                let store = Arc::clone(&self.store);
                self.answer_later(async move {
                    let result = check_token(&*store, &hash, &device).await;
                    Input::TokenChecked { conn, result }
                });
            }
        }
    }

    /// At most one such task runs for each connection: it can ask again only after the answer.
    fn answer_later(&self, check: impl Future<Output = Input> + Send + 'static) {
        let Some(back) = self.back.upgrade() else { return };
        tokio::spawn(async move {
            let input = check.await;
            // The broker has ended: nobody waits for the answer.
            drop(back.send(ToBroker::Input(input)).await);
        });
    }
}

/// Randomness for ids and tokens.
///
/// # Panics
/// Never: the system's generator does not fail once it has answered, as it has when the relay's hashes were prepared.
fn fresh() -> [u8; 32] {
    keys::random().expect("the system's random generator answered at start")
}

/// A message as it travels.
///
/// # Panics
/// Never: messages are plain JSON.
#[must_use]
pub fn to_json(message: &FromRelay) -> Utf8Bytes {
    serde_json::to_string(message).expect("a message is plain JSON").into()
}

async fn check_token(store: &dyn Store, hash: &Digest, device: &DeviceKey) -> Checked {
    match store.token(hash, device, clock::now()).await {
        Ok(Some(account)) => Checked::Good(account),
        Ok(None) => Checked::Wrong,
        Err(error) => {
            tracing::error!(%error, "a sign-in could not be read");
            Checked::Unavailable
        }
    }
}

/// Tells the broker about accounts.
pub(crate) fn accounts_changed(accounts: Vec<Account>) -> ToBroker {
    ToBroker::Input(Input::AccountsChanged { accounts })
}
