//! The data channel of the picture, for a peer that takes no datagrams: updates to the viewer, and what answers them.
//!
//! Flow: the sharer makes it once the answer says that there are no datagrams; a viewer that does not take it closes it. One task
//! reads, one writes; both ends are told when it can be used and when no longer.
//!
//! Invariant: it is run once, and closed when anything but a binary message comes through it, or when nobody reads any more.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit};

use super::channels::Channels;
use crate::transport::{MAX_UPDATE_BYTES, TransportError, TransportEvent, UPDATES_IN, UPDATES_OUT, UpdatePath};

/// Updates carry numbers of their own, so that one that was lost holds up none that need not wait for it.
pub fn options() -> RTCDataChannelInit {
    RTCDataChannelInit {
        ordered: false,
        ..Default::default()
    }
}

/// A message on its way to the library, and how often what waited had been dropped when it came.
type Outgoing = (u64, Bytes);

pub struct PictureChannel {
    events: mpsc::Sender<TransportEvent>,
    outgoing: mpsc::Sender<Outgoing>,
    /// Taken when the channel is run.
    waiting: Mutex<Option<mpsc::Receiver<Outgoing>>>,
    /// How often what waited was dropped.
    drops: AtomicU64,
    arrived: mpsc::Sender<Bytes>,
    pub(super) made: Mutex<Option<Arc<dyn DataChannel>>>,
    open: AtomicBool,
}

impl PictureChannel {
    /// With where messages arrive.
    pub fn new(events: mpsc::Sender<TransportEvent>) -> (Arc<Self>, mpsc::Receiver<Bytes>) {
        let (outgoing, waiting) = mpsc::channel(UPDATES_OUT);
        let (arrived, arriving) = mpsc::channel(UPDATES_IN);
        let channel = Arc::new(Self {
            events,
            outgoing,
            waiting: Mutex::new(Some(waiting)),
            drops: AtomicU64::new(0),
            arrived,
            made: Mutex::default(),
            open: AtomicBool::new(false),
        });
        (channel, arriving)
    }

    /// Reads and writes it from now on. `announced`: the peer made it, so that it is open already. False when there is one.
    pub fn run(self: &Arc<Self>, channels: &Arc<Channels>, made: Arc<dyn DataChannel>, announced: bool) -> bool {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(waiting) = waiting else { return false };
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        let (this, link) = (Arc::clone(self), Arc::clone(channels));
        channels.spawn(async move {
            if link.opened().await {
                this.carry(&link, made, waiting, announced).await;
            }
        });
        true
    }

    pub fn send(&self, message: Bytes) -> Result<(), TransportError> {
        if message.len() > MAX_UPDATE_BYTES {
            return Err(TransportError::TooLarge {
                bytes: message.len(),
                limit: MAX_UPDATE_BYTES,
            });
        }
        if !self.is_open() {
            return Err(TransportError::NotOpen);
        }
        let room = self.outgoing.try_reserve().map_err(|error| match error {
            mpsc::error::TrySendError::Full(()) => TransportError::Full,
            mpsc::error::TrySendError::Closed(()) => TransportError::NotOpen,
        })?;
        room.send((self.drops.load(Ordering::SeqCst), message));
        Ok(())
    }

    /// Do updates travel as messages?
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::SeqCst)
    }

    /// What the library has not taken is not sent.
    pub fn drop_waiting(&self) {
        self.drops.fetch_add(1, Ordering::SeqCst);
    }

    /// The connection ends: the tasks were stopped.
    pub fn stop(&self) {
        self.open.store(false, Ordering::SeqCst);
        self.made.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    async fn carry(
        &self,
        link: &Channels,
        made: Arc<dyn DataChannel>,
        waiting: mpsc::Receiver<Outgoing>,
        announced: bool,
    ) {
        if announced {
            self.tell(true).await;
        }
        tokio::select! {
            () = self.read(link, &made) => {}
            () = self.write(&made, waiting) => {}
        }
        self.tell(false).await;
        link.decide();
        // It may be closed already.
        let _closed = made.close().await;
        self.stop();
    }

    /// Until the peer closes it, or has to be refused.
    async fn read(&self, link: &Channels, made: &Arc<dyn DataChannel>) {
        while let Some(event) = made.poll().await {
            match event {
                DataChannelEvent::OnOpen => {
                    self.tell(true).await;
                    link.decide();
                }
                DataChannelEvent::OnMessage(message) => {
                    if message.is_string || message.data.len() > MAX_UPDATE_BYTES {
                        tracing::warn!("what came is no update; the peer's updates are refused");
                        return;
                    }
                    if self.arrived.send(message.data.freeze()).await.is_err() {
                        return;
                    }
                }
                DataChannelEvent::OnClose => return,
                _ => {}
            }
        }
    }

    async fn write(&self, made: &Arc<dyn DataChannel>, mut waiting: mpsc::Receiver<Outgoing>) {
        while let Some((drops, message)) = waiting.recv().await {
            // Waits while the library's buffer is full: what is dropped meanwhile is not sent.
            if made.writable().await.is_err() {
                return;
            }
            // Its error would hold the message itself.
            if drops == self.drops.load(Ordering::SeqCst) && made.send(BytesMut::from(message)).await.is_err() {
                return;
            }
        }
    }

    async fn tell(&self, open: bool) {
        if self.open.swap(open, Ordering::SeqCst) == open {
            return;
        }
        let path = if open { UpdatePath::Messages } else { UpdatePath::None };
        // An owner that is gone has nothing to be told.
        let _gone = self.events.send(TransportEvent::Updates(path)).await;
    }
}
