//! Carries updates of the picture over the datagrams of one connection, for either side.
//!
//! Flow: whoever has something to send hands it to the [`Carrier`], which sends what may leave at once, from the caller's
//! own thread; a task takes the peer's datagrams, and looks after what is due later.
//!
//! Each datagram begins with one byte that says which picture it is about: when the sharer begins anew, as after the user
//! hid the screen, it is another, and nothing of the one before leaves any more or counts.
//!
//! Invariant: after [`Carrier::rest`] has returned, nothing that was handed over before leaves.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use bytes::Bytes;
use renfort_picture::{
    Planned, Sequence,
    carriage::{CarriageError, Endpoint, Received, SendError, Side},
};
use tokio::sync::{Notify, mpsc};

use crate::{
    messages::MessageError,
    transport::{Transport, random},
};

/// Datagrams that are taken before what they call for is sent.
const BATCH: usize = 64;

/// Why the carriage cannot go on. The session is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// The peer sent what no honest peer sends.
    #[error("what came of the picture is malformed: {0}")]
    Carriage(#[from] CarriageError),
    /// An update could not be taken.
    #[error("an update of the picture could not be sent: {0}")]
    Send(#[from] SendError),
    /// The peer sent a message that no honest peer sends.
    #[error("what came of the picture is malformed: {0}")]
    Message(#[from] MessageError),
}

/// What has come of the peer.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrived {
    /// Viewer: the sharer begins this picture, with update number 1.
    Anew(u8),
    /// Viewer: an update, in any order.
    Update(Bytes),
    /// Nothing further can come.
    Broken(CarrierError),
}

/// One side of the carriage of a connection.
pub struct Carrier {
    side: Side,
    /// Its owner's to keep: whoever composes may hold on to this for longer than the connection lasts.
    transport: Weak<dyn Transport>,
    start: Instant,
    state: Mutex<State>,
    /// Something was handed over: what is due next may be earlier.
    wake: Notify,
}

struct State {
    /// Which picture this is about.
    picture: u8,
    /// None: nothing may leave until the picture begins.
    endpoint: Option<Endpoint>,
    complete: Sequence,
    broken: Option<CarrierError>,
}

impl State {
    fn endpoint_of(&mut self, picture: u8) -> Option<&mut Endpoint> {
        self.endpoint.as_mut().filter(|_| picture == self.picture)
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier")
            .field("side", &self.side)
            .finish_non_exhaustive()
    }
}

impl Carrier {
    /// Before the picture begins.
    pub fn new(side: Side, transport: &Arc<dyn Transport>) -> Arc<Self> {
        Arc::new(Self {
            side,
            transport: Arc::downgrade(transport),
            start: Instant::now(),
            state: Mutex::new(State {
                picture: 0,
                endpoint: None,
                complete: 0,
                broken: None,
            }),
            wake: Notify::new(),
        })
    }

    /// Sharer: bytes that may go now, bytes that can go soon, and up to where the viewer has carried out everything.
    pub fn room(&self) -> (usize, usize, Sequence) {
        let state = self.lock();
        match &state.endpoint {
            Some(endpoint) => (endpoint.room(), endpoint.soon(), state.complete),
            None => (0, 0, state.complete),
        }
    }

    /// Sharer: updates are to go, in their order.
    pub fn send(&self, updates: Vec<Planned>) {
        let mut state = self.lock();
        if let Some(endpoint) = &mut state.endpoint {
            let taken: Result<(), SendError> = updates.into_iter().try_for_each(|update| endpoint.send_update(update));
            if let Err(error) = taken {
                state.broken = Some(error.into());
            }
        }
        self.flush(&mut state);
        drop(state);
        self.wake.notify_one();
    }

    /// Sharer: the picture begins anew.
    pub fn begin(&self) {
        let mut state = self.lock();
        state.picture = state.picture.wrapping_add(1);
        state.endpoint = Some(self.endpoint());
        state.complete = 0;
    }

    /// Sharer: nothing leaves any more until the picture begins.
    pub fn rest(&self) {
        let mut state = self.lock();
        state.endpoint = None;
        if let Some(transport) = self.transport.upgrade() {
            transport.drop_datagrams();
        }
    }

    /// Viewer: of this picture, every update up to this one was carried out. Whoever composes may be behind: what is told of
    /// an older picture says nothing of this one.
    pub fn completed(&self, picture: u8, complete: Sequence) {
        let mut state = self.lock();
        if let Some(endpoint) = state.endpoint_of(picture) {
            endpoint.completed(complete);
        }
        self.flush(&mut state);
        drop(state);
        self.wake.notify_one();
    }

    /// Takes the peer's datagrams until there are no more, and sends what is due.
    pub async fn run(self: Arc<Self>, mut datagrams: mpsc::Receiver<Bytes>, arrived: mpsc::Sender<Arrived>) {
        loop {
            let due = self.due();
            let timer = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due.into()).await,
                    None => std::future::pending().await,
                }
            };
            let mut come = Vec::new();
            tokio::select! {
                biased;
                datagram = datagrams.recv() => match datagram {
                    Some(datagram) => {
                        self.receive(&datagram, &mut come);
                        for _ in 1..BATCH {
                            let Ok(datagram) = datagrams.try_recv() else { break };
                            self.receive(&datagram, &mut come);
                        }
                    }
                    None => return,
                },
                () = self.wake.notified() => {}
                () = timer => {}
            }
            let broken = {
                let mut state = self.lock();
                self.flush(&mut state);
                state.broken
            };
            come.extend(broken.map(Arrived::Broken));
            for one in come {
                // While whoever composes is behind, nothing is acknowledged and the sharer waits.
                if arrived.send(one).await.is_err() {
                    return;
                }
            }
            if broken.is_some() {
                return;
            }
        }
    }

    fn due(&self) -> Option<Instant> {
        let state = self.lock();
        let next = state.endpoint.as_ref()?.next_timer()?;
        Some(self.start + next)
    }

    fn receive(&self, datagram: &[u8], come: &mut Vec<Arrived>) {
        let Some((&picture, datagram)) = datagram.split_first() else {
            return;
        };
        let mut state = self.lock();
        let now = self.now();
        if picture != state.picture || state.endpoint.is_none() {
            // Only the sharer begins a picture; what is about an older one is late.
            let is_newer = picture.wrapping_sub(state.picture).cast_signed() > 0;
            if self.side == Side::Sharer || !is_newer {
                return;
            }
            state.picture = picture;
            state.endpoint = Some(self.endpoint());
            come.push(Arrived::Anew(picture));
        }
        let State {
            endpoint: Some(endpoint),
            complete,
            broken,
            ..
        } = &mut *state
        else {
            return;
        };
        match endpoint.receive(datagram, now) {
            Ok(received) => {
                for one in received {
                    match one {
                        Received::Update(update) => come.push(Arrived::Update(update.into())),
                        Received::Complete(sequence) => *complete = sequence,
                        // Nobody sends any yet.
                        Received::Message(_) => {}
                    }
                }
            }
            Err(error) => *broken = Some(error.into()),
        }
    }

    /// Sends what may leave now.
    fn flush(&self, state: &mut State) {
        let picture = state.picture;
        let now = self.now();
        let (Some(endpoint), Some(transport)) = (&mut state.endpoint, self.transport.upgrade()) else {
            return;
        };
        while let Some(datagram) = endpoint.poll(now) {
            let mut bytes = Vec::with_capacity(1 + datagram.len());
            bytes.push(picture);
            bytes.extend_from_slice(&datagram);
            // One that is not taken here is one that was lost on the way.
            let _lost = transport.send_datagram(bytes.into());
        }
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.side, u64::from(random()) << 32 | u64::from(random()))
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // After a panic in the middle nothing of the endpoint may be relied on, but its thread is gone with the session.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use renfort_picture::{Means, Picture, PixelFormat, Planner, Size};

    use super::*;
    use crate::transport::{Connection, Connector as _, Side as End, TransportEvent, UpdatePath, memory::Memory};

    /// Two ends whose updates travel as datagrams.
    async fn joined() -> (Connection, Connection) {
        let network = Memory::default().with_updates(UpdatePath::Datagrams);
        let mut sharer = network.connect(End::Sharer).await.unwrap();
        let viewer = network.connect(End::Viewer).await.unwrap();
        let offer = sharer.transport.offer().await.unwrap();
        let answer = viewer.transport.answer(&offer).await.unwrap();
        sharer.transport.accept(&answer).await.unwrap();
        while sharer.events.recv().await != Some(TransportEvent::Updates(UpdatePath::Datagrams)) {}
        (sharer, viewer)
    }

    fn updates() -> Vec<Planned> {
        let picture = Picture::new(Size { width: 64, height: 64 }, PixelFormat::Bgrx);
        let means = Means {
            at: Duration::ZERO,
            room: 100_000,
            soon: 100_000,
            video: false,
        };
        Planner::new().next(&picture, means).unwrap().updates
    }

    async fn deliver(from: &Carrier, end: &mut Connection, to: &Carrier) -> Vec<Arrived> {
        let mut come = Vec::new();
        from.flush(&mut from.lock());
        while let Ok(datagram) = end.datagrams.try_recv() {
            to.receive(&datagram, &mut come);
        }
        come
    }

    #[tokio::test]
    async fn what_was_carried_out_of_an_older_picture_says_nothing_of_the_next() {
        let (mut at_sharer, mut at_viewer) = joined().await;
        let sharer = Carrier::new(Side::Sharer, &at_sharer.transport);
        let viewer = Carrier::new(Side::Viewer, &at_viewer.transport);
        sharer.begin();
        sharer.send(updates());
        let come = deliver(&sharer, &mut at_viewer, &viewer).await;
        assert_eq!(come[0], Arrived::Anew(1));
        assert!(matches!(come[1], Arrived::Update(_)));
        // The user hides the screen and shows it again, before whoever composes has come to all that.
        sharer.rest();
        sharer.begin();
        sharer.send(updates());
        assert_eq!(deliver(&sharer, &mut at_viewer, &viewer).await[0], Arrived::Anew(2));
        viewer.completed(1, 57);
        deliver(&viewer, &mut at_sharer, &sharer).await;
        assert_eq!((sharer.room().2, sharer.lock().broken), (0, None));
        viewer.completed(2, 1);
        deliver(&viewer, &mut at_sharer, &sharer).await;
        assert_eq!((sharer.room().2, sharer.lock().broken), (1, None));
    }

    #[tokio::test]
    async fn nothing_leaves_while_it_rests_and_nothing_from_before_after_it() {
        let (mut at_sharer, mut at_viewer) = joined().await;
        let sharer = Carrier::new(Side::Sharer, &at_sharer.transport);
        let viewer = Carrier::new(Side::Viewer, &at_viewer.transport);
        sharer.begin();
        sharer.rest();
        sharer.send(updates());
        assert!(deliver(&sharer, &mut at_viewer, &viewer).await.is_empty());
        sharer.begin();
        assert!(deliver(&sharer, &mut at_viewer, &viewer).await.is_empty());
        // Who lies about a picture that has not begun is not heard.
        let mut come = Vec::new();
        sharer.receive(&[9, 0, 0, 0, 1, 0x77], &mut come);
        assert_eq!((come, sharer.lock().broken), (Vec::new(), None));
        sharer.receive(&[2, 0, 0, 0, 1, 0x77], &mut Vec::new());
        assert!(sharer.lock().broken.is_some());
        drop(at_sharer.datagrams.try_recv());
    }
}
