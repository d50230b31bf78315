//! The connection to the relay: one WebSocket, kept up as long as somebody wants it.
//!
//! Flow: the controller names a [`Target`]; the task connects, says hello, hands on what the relay says as
//! [`LinkEvent`]s and sends what it is given. A lost connection is made anew, later each time.
//!
//! Invariant: every event carries the epoch of the target it belongs to, so that nothing said to an earlier identity
//! is ever taken for the present one.

mod address;
mod backoff;
mod connect;
mod conversation;

use std::{sync::Arc, time::Duration};

use renfort_protocol::{
    card::SignedRevocations,
    error::{Code, WireError},
    signalling::{FromRelay, Identity, Request, SessionInfo, Welcomed},
    ticket::Language,
    time::UnixMillis,
};
use tokio::sync::mpsc;

use crate::store::DevicePair;
use backoff::Backoff;
use conversation::Ending;

pub use address::Address;
pub use connect::Trust;
pub(crate) use conversation::HELLO_ID as FIRST_REQUEST;

/// Commands that wait for the link. When full, the controller waits; the link gives up a connection that takes nothing
/// for ten seconds, so that wait ends.
pub const COMMANDS: usize = 256;

/// Pause after another program took our place: coming back at once would take it from that one again and again.
const REPLACED: Duration = Duration::from_secs(300);

/// Whom to connect to, and as whom.
#[derive(Debug, Clone)]
pub struct Target {
    /// Grows with each target.
    pub epoch: u32,
    /// Addresses, tried in order.
    pub relays: Vec<String>,
    /// Who connects.
    pub identity: Identity,
    /// Language of the interface.
    pub language: Language,
}

/// What the controller wants of the link.
#[derive(Debug)]
pub enum LinkCommand {
    /// Leave what was, and connect to this.
    Connect(Target),
    /// Say this at the next hello; the connection stays.
    Identify {
        /// Who connects.
        identity: Identity,
        /// Language of the interface.
        language: Language,
    },
    /// Close, and stay closed.
    Disconnect,
    /// To the relay; dropped when there is no connection, which the controller knows from the events.
    Send(Request),
    /// Do not wait for the next attempt.
    RetryNow,
}

/// What the link tells.
#[derive(Debug, Clone, PartialEq)]
pub enum LinkEvent {
    /// An attempt begins.
    Connecting,
    /// The relay welcomed us.
    Online {
        /// Its clock.
        now: UnixMillis,
        /// Who we are there.
        welcomed: Box<Welcomed>,
        /// A session that is still open.
        session: Option<Box<SessionInfo>>,
        /// Cards that the organisation took back.
        revocations: Option<Box<SignedRevocations>>,
    },
    /// The relay said something.
    Message(Box<FromRelay>),
    /// There is no connection; tried again by itself.
    Offline {
        /// Why.
        error: WireError,
        /// Milliseconds to the next attempt.
        retry_ms: u64,
    },
    /// The relay does not accept who we are; not tried again.
    Rejected(WireError),
}

/// Starts the link; it ends when its command channel is closed. `report` takes each event with its epoch and waits when
/// the receiver is full.
pub fn spawn(
    device: Arc<DevicePair>,
    trust: Trust,
    events: mpsc::Sender<(u32, LinkEvent)>,
) -> mpsc::Sender<LinkCommand> {
    let (commands, inbox) = mpsc::channel(COMMANDS);
    tokio::spawn(
        Link {
            device,
            trust,
            events,
            inbox,
        }
        .run(),
    );
    commands
}

struct Link {
    device: Arc<DevicePair>,
    trust: Trust,
    events: mpsc::Sender<(u32, LinkEvent)>,
    inbox: mpsc::Receiver<LinkCommand>,
}

/// What a command does to the present connection.
enum Turn {
    Stay,
    RetryNow,
    Leave,
    Close,
}

impl Link {
    async fn run(mut self) {
        let mut target: Option<Target> = None;
        let mut backoff = Backoff::default();
        loop {
            let Some(wanted) = target.clone() else {
                match self.inbox.recv().await {
                    Some(command) => drop(apply(command, &mut target)),
                    None => return,
                }
                continue;
            };
            self.tell(&wanted, LinkEvent::Connecting).await;
            let ending = conversation::converse(&mut self, &mut target, &wanted, &mut backoff).await;
            match ending {
                Ending::Retarget => backoff.reset(),
                Ending::Closed => return,
                Ending::Rejected(error) => {
                    target = None;
                    self.tell(&wanted, LinkEvent::Rejected(error)).await;
                }
                Ending::Lost(error) => {
                    let wait = if error.code == Code::Replaced {
                        REPLACED
                    } else {
                        backoff.next_wait()
                    };
                    tracing::info!(code = ?error.code, wait = ?wait, "no connection to the relay");
                    let retry_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                    self.tell(&wanted, LinkEvent::Offline { error, retry_ms }).await;
                    if self.pause(wait, &mut target, &mut backoff).await.is_none() {
                        return;
                    }
                }
            }
        }
    }

    /// Waits for the next attempt; none when the controller is gone.
    async fn pause(&mut self, wait: Duration, target: &mut Option<Target>, backoff: &mut Backoff) -> Option<()> {
        let until = tokio::time::Instant::now() + wait;
        loop {
            let command = tokio::select! {
                () = tokio::time::sleep_until(until) => return Some(()),
                command = self.inbox.recv() => command?,
            };
            match apply(command, target) {
                Turn::Stay => {}
                Turn::RetryNow => return Some(()),
                Turn::Leave | Turn::Close => {
                    backoff.reset();
                    return Some(());
                }
            }
        }
    }

    async fn tell(&self, target: &Target, event: LinkEvent) {
        // A controller that is gone closes the commands too, which ends the task.
        let _ = self.events.send((target.epoch, event)).await;
    }
}

/// Notes what a command changes; a request that has no connection is dropped.
fn apply(command: LinkCommand, target: &mut Option<Target>) -> Turn {
    match command {
        LinkCommand::Connect(wanted) => {
            *target = Some(wanted);
            Turn::Leave
        }
        LinkCommand::Disconnect => {
            *target = None;
            Turn::Close
        }
        LinkCommand::Identify { identity, language } => {
            if let Some(target) = target {
                target.identity = identity;
                target.language = language;
            }
            Turn::Stay
        }
        LinkCommand::Send(request) => {
            tracing::debug!(id = request.id, "a request met no connection");
            Turn::Stay
        }
        LinkCommand::RetryNow => Turn::RetryNow,
    }
}
