//! The two data channels: one task reads each, one writes each.
//!
//! Flow: both must be open before anything is read, so that the owner hears of the opening first; where updates may travel as
//! messages, of that as well, so that the picture does not begin as video to begin anew a moment later.
//!
//! Invariant: a channel is run once; a second one of the same name is not used.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
};
use std::time::Duration;

use renfort_protocol::session::{POINTER_CHANNEL, SESSION_CHANNEL};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit};

use super::datagrams::Datagrams;
use crate::{
    session::{Channel, LinkEvent},
    transport::{OUTGOING, TransportError, TransportEvent, UpdatePath},
};

const BOTH: u8 = 0b11;
/// So long a peer may leave it open whether updates travel as messages; its answer comes with that to the other channels.
const DECISION: Duration = Duration::from_millis(500);
/// How often it is looked whether everything has left.
const FLUSH_STEP: Duration = Duration::from_millis(10);

pub fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Session => SESSION_CHANNEL,
        Channel::Pointer => POINTER_CHANNEL,
    }
}

pub fn named(name: &str) -> Option<Channel> {
    [Channel::Session, Channel::Pointer]
        .into_iter()
        .find(|channel| self::name(*channel) == name)
}

pub fn options(channel: Channel) -> Option<RTCDataChannelInit> {
    match channel {
        Channel::Session => None,
        // A newer position is better than an old one repeated.
        Channel::Pointer => Some(RTCDataChannelInit {
            ordered: false,
            max_retransmits: Some(0),
            ..Default::default()
        }),
    }
}

/// One of each channel.
struct Each<T> {
    session: T,
    pointer: T,
}

impl<T> Each<T> {
    const fn of(&self, channel: Channel) -> &T {
        match channel {
            Channel::Session => &self.session,
            Channel::Pointer => &self.pointer,
        }
    }

    const fn of_mut(&mut self, channel: Channel) -> &mut T {
        match channel {
            Channel::Session => &mut self.session,
            Channel::Pointer => &mut self.pointer,
        }
    }
}

pub struct Channels {
    events: mpsc::Sender<TransportEvent>,
    datagrams: Arc<Datagrams>,
    outgoing: Each<mpsc::Sender<String>>,
    /// Taken when the channel is run.
    waiting: Mutex<Each<Option<mpsc::Receiver<String>>>>,
    session: Mutex<Option<Arc<dyn DataChannel>>>,
    /// Session messages that the library has not taken yet.
    unsent: AtomicUsize,
    opened: AtomicU8,
    stopped: AtomicBool,
    open: watch::Sender<bool>,
    /// Has the owner heard how updates travel, as far as that is told before anything is read?
    decided: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
}

impl Channels {
    pub fn new(events: mpsc::Sender<TransportEvent>, datagrams: Arc<Datagrams>) -> Arc<Self> {
        let (session_out, session_in) = mpsc::channel(OUTGOING);
        let (pointer_out, pointer_in) = mpsc::channel(OUTGOING);
        Arc::new(Self {
            events,
            datagrams,
            outgoing: Each {
                session: session_out,
                pointer: pointer_out,
            },
            waiting: Mutex::new(Each {
                session: Some(session_in),
                pointer: Some(pointer_in),
            }),
            session: Mutex::new(None),
            unsent: AtomicUsize::new(0),
            opened: AtomicU8::new(0),
            stopped: AtomicBool::new(false),
            open: watch::Sender::new(false),
            decided: watch::Sender::new(true),
            tasks: Mutex::new(JoinSet::new()),
        })
    }

    pub fn datagrams(&self) -> &Datagrams {
        &self.datagrams
    }

    /// From before the owner hears of it: it may act upon that at once.
    pub fn are_open(&self) -> bool {
        self.opened.load(Ordering::SeqCst) == BOTH
    }

    /// Neither open yet nor given up.
    pub fn are_being_made(&self) -> bool {
        !self.are_open() && !self.stopped.load(Ordering::SeqCst)
    }

    /// Waits until the owner has heard of the opening. False when it never will.
    pub async fn opened(&self) -> bool {
        self.open.subscribe().wait_for(|open| *open).await.is_ok()
    }

    /// Whether updates travel as messages is about to be seen: until then, nothing is read.
    pub fn await_decision(&self) {
        self.decided.send_replace(false);
    }

    /// The owner has heard of it.
    pub fn decide(&self) {
        self.decided.send_replace(true);
    }

    /// Waits until what the peer says may be passed on. False when it never may.
    async fn may_be_read(&self) -> bool {
        let mut decided = self.decided.subscribe();
        if !self.opened().await {
            return false;
        }
        let decision = decided.wait_for(|decided| *decided);
        if tokio::time::timeout(DECISION, decision).await.is_err() {
            tracing::debug!("the peer does not say whether it takes updates");
            self.decide();
        }
        true
    }

    pub fn send(&self, channel: Channel, message: String) -> Result<(), TransportError> {
        let room = self.outgoing.of(channel).try_reserve().map_err(|error| match error {
            mpsc::error::TrySendError::Full(()) => TransportError::Full,
            mpsc::error::TrySendError::Closed(()) => TransportError::NotOpen,
        })?;
        if channel == Channel::Session {
            self.unsent.fetch_add(1, Ordering::SeqCst);
        }
        room.send(message);
        Ok(())
    }

    /// Runs something until the connection ends.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
    }

    /// Ends every task of this connection.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        self.session.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Reads and writes a channel from now on. `announced`: the peer made it, so that it is open already.
    pub fn run(self: &Arc<Self>, channel: Channel, made: Arc<dyn DataChannel>, announced: bool) {
        let waiting = self
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .of_mut(channel)
            .take();
        let Some(waiting) = waiting else {
            tracing::debug!("a second channel of the same name is not used");
            return;
        };
        if channel == Channel::Session {
            *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        }
        self.spawn(Arc::clone(self).write(channel, Arc::clone(&made), waiting));
        self.spawn(Arc::clone(self).read(channel, made, announced));
    }

    async fn read(self: Arc<Self>, channel: Channel, made: Arc<dyn DataChannel>, announced: bool) {
        if announced {
            self.mark_open(channel).await;
        }
        while let Some(event) = made.poll().await {
            let told = match event {
                DataChannelEvent::OnOpen => {
                    self.mark_open(channel).await;
                    true
                }
                DataChannelEvent::OnMessage(message) => {
                    let message = TransportEvent::Message(channel, message.data.freeze());
                    self.may_be_read().await && self.events.send(message).await.is_ok()
                }
                DataChannelEvent::OnClose => break,
                _ => true,
            };
            if !told {
                return;
            }
        }
        // After everything that came through it; the end of the other channel says nothing more.
        if channel == Channel::Session {
            // An owner that is gone has nothing to be told.
            let _gone = self.events.send(TransportEvent::Link(LinkEvent::Closed)).await;
        }
    }

    async fn write(self: Arc<Self>, channel: Channel, made: Arc<dyn DataChannel>, mut waiting: mpsc::Receiver<String>) {
        if !self.opened().await {
            return;
        }
        while let Some(message) = waiting.recv().await {
            match channel {
                Channel::Session => {
                    if made.send_text(&message).await.is_err() {
                        // The reading task tells of the end, after what was still to be read.
                        return;
                    }
                    self.unsent.fetch_sub(1, Ordering::SeqCst);
                }
                Channel::Pointer => {
                    // A position that finds no room is left out.
                    let _full = made.try_send_text(&message).await;
                }
            }
        }
    }

    async fn mark_open(&self, channel: Channel) {
        let bit = match channel {
            Channel::Session => 0b01,
            Channel::Pointer => 0b10,
        };
        let before = self.opened.fetch_or(bit, Ordering::SeqCst);
        if before != BOTH && before | bit == BOTH {
            let _gone = self.events.send(TransportEvent::Link(LinkEvent::Open)).await;
            if self.datagrams.are_agreed() {
                let path = TransportEvent::Updates(UpdatePath::Datagrams);
                let _gone = self.events.send(path).await;
            }
            self.open.send_replace(true);
        }
    }

    /// Waits until everything that was to be sent has been received by the peer.
    pub async fn flush(&self) {
        if !self.are_open() {
            return;
        }
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(session) = session else { return };
        loop {
            // In this order: a message is counted as outstanding before it is no longer unsent.
            let unsent = self.unsent.load(Ordering::SeqCst);
            match session.outstanding_bytes().await {
                Ok(0) if unsent == 0 => return,
                Ok(_) => tokio::time::sleep(FLUSH_STEP).await,
                Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_read_before_it_is_known_how_updates_travel_or_the_peer_leaves_it_open() {
        let (events, _hears) = mpsc::channel(8);
        let (datagrams, ..) = Datagrams::new();
        let channels = Channels::new(events, datagrams);
        let soon = async |channels: &Channels| tokio::time::timeout(DECISION / 10, channels.may_be_read()).await;
        channels.await_decision();
        for channel in [Channel::Session, Channel::Pointer] {
            assert!(soon(&channels).await.is_err(), "before {channel:?} is open");
            channels.mark_open(channel).await;
        }
        assert!(soon(&channels).await.is_err(), "before it is decided");
        channels.decide();
        assert_eq!(soon(&channels).await, Ok(true));
        channels.await_decision();
        assert!(
            channels.may_be_read().await,
            "whoever does not answer is not waited for"
        );
        assert_eq!(soon(&channels).await, Ok(true));
    }
}
