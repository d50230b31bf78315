//! The sharer's end.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use bytes::Bytes;
use renfort_picture::Planned;
use tokio::sync::{Notify, mpsc};

use super::{Acknowledgement, MessageError, flow::Flow, with_update};
use crate::{
    carrier::Arrived,
    sharer::{Room, UpdateLine},
    transport::{Transport, TransportError},
};

/// Sends updates to one viewer, each in a message of its own.
pub struct MessageLine {
    /// Its owner's to keep.
    transport: Weak<dyn Transport>,
    start: Instant,
    state: Mutex<State>,
    /// It is over.
    wake: Notify,
}

struct State {
    /// Which picture this is about.
    picture: u8,
    /// None: nothing may leave until the picture begins.
    going: Option<Going>,
    /// It cannot go on.
    is_over: bool,
}

struct Going {
    flow: Flow,
    /// Of the turn that is not over. They go together: a browser composes on the thread that draws its page, and what came piece
    /// by piece would be drawn piece by piece.
    turn: Vec<Planned>,
    /// What the transport has no place for. It has one again when something was acknowledged: what it holds arrives.
    held: VecDeque<Planned>,
}

impl fmt::Debug for MessageLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageLine").finish_non_exhaustive()
    }
}

impl MessageLine {
    /// Before the picture begins.
    pub fn new(transport: &Arc<dyn Transport>) -> Arc<Self> {
        Arc::new(Self {
            transport: Arc::downgrade(transport),
            start: Instant::now(),
            state: Mutex::new(State {
                picture: 0,
                going: None,
                is_over: false,
            }),
            wake: Notify::new(),
        })
    }

    /// Takes the viewer's messages, until there are no more or the line is over.
    pub async fn run(self: Arc<Self>, mut messages: mpsc::Receiver<Bytes>, arrived: mpsc::Sender<Arrived>) {
        loop {
            tokio::select! {
                message = messages.recv() => {
                    let Some(message) = message else { return };
                    if let Err(error) = self.hear(&message) {
                        let _gone = arrived.send(Arrived::Broken(error.into())).await;
                        return;
                    }
                }
                () = self.wake.notified() => {}
            }
            if self.lock().is_over {
                return;
            }
        }
    }

    fn hear(&self, message: &[u8]) -> Result<(), MessageError> {
        let said = Acknowledgement::read(message)?;
        let mut state = self.lock();
        // Of an older picture, what is late says nothing of this one; of a newer one, nobody can know.
        if said.picture == state.picture
            && let Some(going) = &mut state.going
        {
            going.flow.acknowledged(said, self.now())?;
        }
        self.flush(&mut state);
        Ok(())
    }

    /// Hands over what the transport takes.
    fn flush(&self, state: &mut State) {
        let picture = state.picture;
        let (Some(going), Some(transport)) = (&mut state.going, self.transport.upgrade()) else {
            return;
        };
        let mut sent = Vec::new();
        while let Some(update) = going.held.front() {
            let message = with_update(picture, &update.bytes);
            let bytes = message.len();
            match transport.send_update_message(message) {
                Ok(()) => {}
                Err(TransportError::Full) => break,
                // The connection ends, or there are no updates on it any more; of both the owner hears.
                Err(TransportError::NotOpen) => going.held.clear(),
                Err(error) => {
                    tracing::error!(%error, "an update cannot be sent: the connection is given up");
                    state.is_over = true;
                    self.wake.notify_one();
                    return;
                }
            }
            sent.extend(going.held.pop_front().map(|update| (update.sequence, bytes)));
        }
        going.flow.sent(sent, self.now());
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // After a panic in the middle its thread is gone with the session.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UpdateLine for MessageLine {
    fn room(&self) -> Room {
        let mut state = self.lock();
        let Some(going) = &mut state.going else {
            return Room::default();
        };
        let complete = going.flow.complete();
        if !going.held.is_empty() {
            return Room {
                complete,
                ..Room::default()
            };
        }
        Room {
            now: going.flow.room(self.now()),
            soon: going.flow.soon(),
            complete,
        }
    }

    fn send(&self, update: Planned) {
        if let Some(going) = &mut self.lock().going {
            going.turn.push(update);
        }
    }

    fn turned(&self) {
        let mut state = self.lock();
        let picture = state.picture;
        if let Some(going) = &mut state.going {
            let bytes = |update: &Planned| with_update(picture, &update.bytes).len();
            going.flow.planned(going.turn.iter().map(bytes).sum());
            going.held.extend(going.turn.drain(..));
        }
        self.flush(&mut state);
    }

    fn begin(&self) {
        let mut state = self.lock();
        state.picture = state.picture.wrapping_add(1);
        state.going = Some(Going {
            flow: Flow::new(self.now()),
            turn: Vec::new(),
            held: VecDeque::new(),
        });
    }

    fn rest(&self) {
        let mut state = self.lock();
        state.going = None;
        if let Some(transport) = self.transport.upgrade() {
            transport.drop_update_messages();
        }
    }
}

#[cfg(test)]
mod tests {
    use renfort_picture::{Means, Picture, PixelFormat, Planner, Size};

    use super::*;
    use crate::{
        carrier::CarrierError,
        transport::{Connection, Connector as _, Side, TransportEvent, UPDATES_IN, UpdatePath, memory::Memory},
    };

    /// Two ends whose updates travel as messages.
    async fn joined() -> (Connection, Connection) {
        let network = Memory::default().with_updates(UpdatePath::Messages);
        let mut sharer = network.connect(Side::Sharer).await.unwrap();
        let viewer = network.connect(Side::Viewer).await.unwrap();
        let offer = sharer.transport.offer().await.unwrap();
        let answer = viewer.transport.answer(&offer).await.unwrap();
        sharer.transport.accept(&answer).await.unwrap();
        while sharer.events.recv().await != Some(TransportEvent::Updates(UpdatePath::Messages)) {}
        (sharer, viewer)
    }

    fn update(sequence: u32) -> Planned {
        Planned {
            sequence,
            bytes: vec![7; 10],
        }
    }

    /// What a viewer says that carries out at once what comes.
    fn acknowledgement(picture: u8, complete: u32) -> Bytes {
        let (arrived, composed) = (complete, complete);
        Acknowledgement {
            picture,
            arrived,
            composed,
            complete,
        }
        .encode()
    }

    fn came(end: &mut Connection) -> Vec<u8> {
        std::iter::from_fn(|| end.update_messages.try_recv().ok())
            .map(|message| message[0])
            .collect()
    }

    #[tokio::test]
    async fn each_picture_has_its_own_number_and_nothing_leaves_while_it_rests() {
        let (sharer, mut viewer) = joined().await;
        let line = MessageLine::new(&sharer.transport);
        line.send(update(1));
        line.turned();
        assert_eq!((came(&mut viewer), line.room()), (vec![], Room::default()));
        line.begin();
        line.send(update(1));
        assert!(came(&mut viewer).is_empty(), "a turn goes together");
        line.turned();
        line.send(update(2));
        line.turned();
        assert_eq!(came(&mut viewer), [1, 1]);
        line.rest();
        line.send(update(3));
        line.turned();
        assert_eq!((came(&mut viewer), line.room()), (vec![], Room::default()));
        line.begin();
        line.send(update(1));
        line.turned();
        assert_eq!(came(&mut viewer), [2]);
        // What was carried out of the one before says nothing of this one, nor of one that nobody has begun.
        for picture in [1, 3, 0] {
            line.hear(&acknowledgement(picture, 2)).unwrap();
        }
        assert_eq!(line.room().complete, 0);
        line.hear(&acknowledgement(2, 1)).unwrap();
        assert_eq!(line.room().complete, 1);
    }

    #[tokio::test]
    async fn what_the_transport_has_no_place_for_goes_when_something_was_acknowledged() {
        let (sharer, mut viewer) = joined().await;
        let line = MessageLine::new(&sharer.transport);
        line.begin();
        let many = UPDATES_IN as u32 + 5;
        (1..=many).map(update).for_each(|update| line.send(update));
        line.turned();
        assert_eq!((line.room().now, came(&mut viewer).len()), (0, UPDATES_IN));
        // One that is still held here cannot have been carried out.
        assert_eq!(line.hear(&acknowledgement(1, many)), Err(MessageError::Never));
        line.hear(&acknowledgement(1, 3)).unwrap();
        assert_eq!(came(&mut viewer).len(), 5);
        assert!(line.room().now > 0);
    }

    #[tokio::test]
    async fn an_acknowledgement_between_the_question_and_the_answer_says_nothing_of_the_room() {
        let (sharer, _viewer) = joined().await;
        let line = MessageLine::new(&sharer.transport);
        line.begin();
        line.send(update(1));
        line.turned();
        let offered = || line.lock().going.as_ref().unwrap().flow.offered;
        let room = line.room().now;
        line.hear(&acknowledgement(1, 1)).unwrap();
        assert_eq!(offered(), room);
        line.send(update(2));
        line.turned();
        assert_eq!(offered(), room - with_update(1, &update(2).bytes).len());
    }

    #[tokio::test]
    async fn what_is_held_when_it_rests_goes_nowhere() {
        let (sharer, mut viewer) = joined().await;
        let line = MessageLine::new(&sharer.transport);
        line.begin();
        (1..=UPDATES_IN as u32 + 5)
            .map(update)
            .for_each(|update| line.send(update));
        line.turned();
        came(&mut viewer);
        line.rest();
        line.hear(&acknowledgement(1, 3)).unwrap();
        line.begin();
        line.hear(&acknowledgement(1, 3)).unwrap();
        assert!(came(&mut viewer).is_empty());
    }

    #[tokio::test]
    async fn a_viewer_that_says_what_cannot_be_ends_the_session() {
        let bad = [
            (&[][..], MessageError::Empty),
            (&[1], MessageError::Length),
            (&[1, 0, 0, 0, 1], MessageError::Length),
            (&[1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0], MessageError::Length),
            // A line is told what is wrong with bytes, whatever they are about.
            (&[9, 0], MessageError::Length),
            (&[1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0], MessageError::Never),
            (&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], MessageError::Never),
            (
                &[
                    1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                ],
                MessageError::Never,
            ),
        ];
        for (message, error) in bad {
            let (sharer, viewer) = joined().await;
            let line = MessageLine::new(&sharer.transport);
            let (arrived, mut arriving) = mpsc::channel(1);
            tokio::spawn(Arc::clone(&line).run(sharer.update_messages, arrived));
            line.begin();
            line.send(update(1));
            line.turned();
            let message = Bytes::from_static(message);
            viewer.transport.send_update_message(message).unwrap();
            let broken = Arrived::Broken(CarrierError::Message(error));
            assert_eq!(arriving.recv().await, Some(broken));
            assert_eq!(arriving.recv().await, None);
        }
    }

    #[tokio::test]
    async fn an_update_that_is_too_large_ends_the_line_and_not_the_program() {
        let (sharer, _viewer) = joined().await;
        let line = MessageLine::new(&sharer.transport);
        let (arrived, mut arriving) = mpsc::channel(1);
        tokio::spawn(Arc::clone(&line).run(sharer.update_messages, arrived));
        line.begin();
        let bytes = vec![0; crate::transport::MAX_UPDATE_BYTES];
        line.send(Planned { sequence: 1, bytes });
        line.turned();
        assert_eq!(arriving.recv().await, None);
    }

    /// The largest updates of all are those of noise.
    #[test]
    fn no_update_of_the_planner_is_too_large_for_a_message() {
        let size = Size {
            width: 1024,
            height: 640,
        };
        let mut picture = Picture::new(size, PixelFormat::Bgrx);
        let mut noise = 1_u32;
        for y in 0..size.height {
            for pixel in picture.span_mut(0, y, size.width) {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *pixel = noise >> 8;
            }
        }
        let mut planner = Planner::new();
        let mut sent = 0;
        for turn in 1..9 {
            planner.damage(&[size.whole()]);
            let means = Means {
                at: Duration::from_millis(turn),
                room: 4 << 20,
                soon: 4 << 20,
                video: false,
            };
            let mut updates = Vec::new();
            planner
                .next(&picture, means, &mut |update| updates.push(update))
                .unwrap();
            for update in updates {
                let bytes = with_update(1, &update.bytes).len();
                assert!(bytes <= crate::transport::MAX_UPDATE_BYTES, "{bytes}");
                sent += bytes;
                planner.acknowledged(update.sequence);
            }
        }
        assert!(sent > 1_500_000, "{sent}");
    }
}
