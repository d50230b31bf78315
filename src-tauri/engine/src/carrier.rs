//! Carries updates of the picture, and the viewer's input, over the datagrams of one connection, for either side.
//!
//! Flow: whoever has something to send hands it to the [`Carrier`], which sends what may leave at once, from the caller's
//! own thread; a task takes the peer's datagrams, and looks after what is due later.
//!
//! Input goes on whether there is a picture or not; of the pointer's moves only the newest waits, and the
//! wheel's turns as one ([`motions`]).
//!
//! Invariant: after [`Carrier::rest`] has returned, nothing of the picture that was handed over before leaves.

mod motions;

use std::{
    collections::VecDeque,
    fmt,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use bytes::Bytes;
use renfort_picture::{
    Planned, Sequence,
    carriage::{CarriageError, Endpoint, MAX_MESSAGES, Received, SendError, Side},
};
use renfort_protocol::{carried::Carried, input::InputEvent};
use tokio::sync::{Notify, mpsc};

use self::motions::Motions;
pub use self::motions::joined;
use crate::{
    messages::MessageError,
    transport::{Transport, random},
};

/// Datagrams that are taken before what they call for is sent.
const BATCH: usize = 64;
/// Messages that are not acknowledged, with which input waits. The others are for what is said meanwhile, which must keep its turn.
const INPUT_AHEAD: usize = MAX_MESSAGES as usize - 64;

/// Why the carriage cannot go on. The session is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// The peer sent what no honest peer sends.
    #[error("what came of the picture is malformed: {0}")]
    Carriage(#[from] CarriageError),
    /// An update could not be taken.
    #[error("an update of the picture could not be sent: {0}")]
    Send(#[from] SendError),
    /// The peer sent a message about the picture that no honest peer sends.
    #[error("what came of the picture is malformed: {0}")]
    Message(#[from] MessageError),
    /// Only a viewer's carriage takes messages along.
    #[error("a message came of a side that sends none")]
    NotAsked,
}

/// What has come of the peer.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrived {
    /// Viewer: the sharer begins this picture, with update number 1.
    Anew(u8),
    /// Viewer: an update, in any order.
    Update(Bytes),
    /// Sharer: a message of the viewer's, in its order.
    Message(Vec<u8>),
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
    /// Something came: messages may be acknowledged.
    heard: Notify,
}

struct State {
    endpoint: Endpoint,
    motions: Motions,
    complete: Sequence,
    broken: Option<CarrierError>,
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
                endpoint: Endpoint::new(side, u64::from(random()) << 32 | u64::from(random())),
                motions: Motions::default(),
                complete: 0,
                broken: None,
            }),
            wake: Notify::new(),
            heard: Notify::new(),
        })
    }

    /// Sharer: bytes that may go now, bytes that can go soon, and up to where the viewer has carried out everything.
    pub fn room(&self) -> (usize, usize, Sequence) {
        let state = self.lock();
        (state.endpoint.room(), state.endpoint.soon(), state.complete)
    }

    /// Sharer: an update is to go, after those before it. While nothing may leave it is dropped.
    pub fn send(&self, update: Planned) {
        let mut state = self.lock();
        // After one that could not be taken there would be a hole.
        if state.broken.is_none()
            && state.endpoint.has_begun()
            && let Err(error) = state.endpoint.send_update(update)
        {
            state.broken = Some(error.into());
        }
        self.flush(&mut state);
        drop(state);
        self.wake.notify_one();
    }

    /// Sharer: the picture begins anew.
    pub fn begin(&self) {
        let mut state = self.lock();
        state.endpoint.begin();
        state.complete = 0;
    }

    /// Sharer: nothing of the picture leaves any more until it begins.
    pub fn rest(&self) {
        let mut state = self.lock();
        state.endpoint.rest();
        // What else was in them is sent again.
        if let Some(transport) = self.transport.upgrade() {
            transport.drop_datagrams();
        }
    }

    /// Viewer: of this picture, every update up to this one was carried out. Whoever composes may be behind: what is told of
    /// an older picture says nothing of this one.
    pub fn completed(&self, picture: u8, complete: Sequence) {
        let mut state = self.lock();
        // While everything waits for what was lost, there is nothing new to say.
        if !state.endpoint.completed(picture, complete) {
            return;
        }
        self.flush(&mut state);
        drop(state);
        self.wake.notify_one();
    }

    /// Viewer: waits until the network is so little behind that further input may be carried.
    pub async fn input_room(&self) {
        loop {
            let mut heard = pin!(self.heard.notified());
            // Counted among those who wait before it is looked whether there is room.
            heard.as_mut().enable();
            if self.lock().endpoint.messages_waiting() < INPUT_AHEAD {
                return;
            }
            heard.await;
        }
    }

    /// Viewer: this is to arrive, after everything that was to arrive before.
    ///
    /// # Errors
    /// When too much is not acknowledged: the peer no longer answers.
    pub fn carry(&self, message: &[u8]) -> Result<(), SendError> {
        let mut state = self.lock();
        if let Some(ahead) = state.motions.take(self.now()) {
            state.endpoint.send_message(&encoded(ahead))?;
        }
        state.endpoint.send_message(message)?;
        self.flush(&mut state);
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    /// Viewer: the pointer moved, or the wheel turned. It becomes one with the same that waits, and leaves as soon as the network
    /// takes it.
    ///
    /// # Errors
    /// When too much is not acknowledged: the peer no longer answers.
    pub fn carry_motion(&self, event: InputEvent) -> Result<(), SendError> {
        let mut state = self.lock();
        if let Some(ahead) = state.motions.offer(event, self.now()) {
            state.endpoint.send_message(&encoded(ahead))?;
        }
        self.flush(&mut state);
        drop(state);
        self.wake.notify_one();
        Ok(())
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
            let mut come = VecDeque::new();
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
            // Input is carried out first, and acknowledged then.
            while self.side == Side::Sharer
                && let Some(one) = come.pop_front()
            {
                if arrived.send(one).await.is_err() {
                    return;
                }
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
        let moved = state.motions.due(state.endpoint.messages_waiting());
        let next = state.endpoint.next_timer().into_iter().chain(moved).min()?;
        Some(self.start + next)
    }

    fn receive(&self, datagram: &[u8], come: &mut VecDeque<Arrived>) {
        let mut state = self.lock();
        match state.endpoint.receive(datagram, self.now()) {
            Ok(received) => {
                for one in received {
                    match one {
                        Received::Begun(picture) => come.push_back(Arrived::Anew(picture)),
                        Received::Update(update) => come.push_back(Arrived::Update(update.into())),
                        Received::Complete(sequence) => state.complete = sequence,
                        Received::Message(message) if self.side == Side::Sharer => {
                            come.push_back(Arrived::Message(message));
                        }
                        Received::Message(_) => state.broken = Some(CarrierError::NotAsked),
                    }
                }
            }
            Err(error) => state.broken = Some(error.into()),
        }
        drop(state);
        self.heard.notify_waiters();
    }

    /// Sends what may leave now.
    fn flush(&self, state: &mut State) {
        let now = self.now();
        let Some(transport) = self.transport.upgrade() else {
            return;
        };
        let State { endpoint, motions, .. } = state;
        if let Some(newest) = motions.take_due(now, endpoint.messages_waiting()) {
            // There is room: see `motions`.
            let _taken = endpoint.send_message(&encoded(newest));
        }
        while let Some(datagram) = endpoint.poll(now) {
            // One that is not taken here is one that was lost on the way.
            let _lost = transport.send_datagram(datagram.into());
        }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // After a panic in the middle nothing of the endpoint may be relied on, but its thread is gone with the session.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn encoded(event: InputEvent) -> Vec<u8> {
    Carried::Input(event).encode()
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
        let mut updates = Vec::new();
        Planner::new()
            .next(&picture, means, &mut |update| updates.push(update))
            .unwrap();
        updates
    }

    async fn deliver(from: &Carrier, end: &mut Connection, to: &Carrier) -> VecDeque<Arrived> {
        let mut come = VecDeque::new();
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
        updates().into_iter().for_each(|update| sharer.send(update));
        let come = deliver(&sharer, &mut at_viewer, &viewer).await;
        assert_eq!(come[0], Arrived::Anew(1));
        assert!(matches!(come[1], Arrived::Update(_)));
        // The user hides the screen and shows it again, before whoever composes has come to all that.
        sharer.rest();
        sharer.begin();
        updates().into_iter().for_each(|update| sharer.send(update));
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
        updates().into_iter().for_each(|update| sharer.send(update));
        assert!(deliver(&sharer, &mut at_viewer, &viewer).await.is_empty());
        sharer.begin();
        assert!(deliver(&sharer, &mut at_viewer, &viewer).await.is_empty());
        // Who lies about a picture that has not begun is not heard.
        let mut come = VecDeque::new();
        sharer.receive(&[9, 0, 0, 0, 1, 2, 57], &mut come);
        assert_eq!((come, sharer.lock().broken), (VecDeque::new(), None));
        sharer.receive(&[2, 0, 0, 0, 2, 0x77], &mut VecDeque::new());
        assert!(sharer.lock().broken.is_some());
        drop(at_sharer.datagrams.try_recv());
    }

    #[tokio::test]
    async fn input_goes_on_without_a_picture_and_of_the_moves_the_newest_goes_ahead_of_what_follows() {
        let (mut at_sharer, mut at_viewer) = joined().await;
        let sharer = Carrier::new(Side::Sharer, &at_sharer.transport);
        let viewer = Carrier::new(Side::Viewer, &at_viewer.transport);
        let to = |x| InputEvent::Move { order: 0, x, y: 2 };
        for number in 1..=9 {
            viewer.carry_motion(to(number)).unwrap();
        }
        viewer.carry(b"down").unwrap();
        sharer.begin();
        sharer.rest();
        let heard = |come: VecDeque<Arrived>| -> Vec<Vec<u8>> {
            let message = |one| match one {
                Arrived::Message(message) => message,
                other => panic!("{other:?}"),
            };
            come.into_iter().map(message).collect()
        };
        let first = heard(deliver(&viewer, &mut at_sharer, &sharer).await);
        assert_eq!(first, [&encoded(to(1))[..], &encoded(to(9)), b"down"]);
        viewer.carry_motion(to(10)).unwrap();
        viewer.carry(b"up").unwrap();
        assert_eq!(
            heard(deliver(&viewer, &mut at_sharer, &sharer).await),
            [&encoded(to(10))[..], b"up"]
        );
        assert_eq!(deliver(&sharer, &mut at_viewer, &viewer).await, [Arrived::Anew(1)]);
        assert_eq!(viewer.lock().endpoint.messages_waiting(), 0, "acknowledged");
        // A sharer sends none.
        sharer.carry(b"key").unwrap();
        deliver(&sharer, &mut at_viewer, &viewer).await;
        assert_eq!(viewer.lock().broken, Some(CarrierError::NotAsked));
    }
}
