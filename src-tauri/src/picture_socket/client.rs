//! One connection of a window.
//!
//! Invariant: when it goes, whatever is held on the user's machine through it is released.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use renfort_engine::leg;
use renfort_protocol::input::InputEvent;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use super::{
    PictureSocket,
    door::{self, Said, prove},
    placed::Place,
};

/// Handshake and token must have come by then.
const PROOF: Duration = Duration::from_secs(5);
/// Input a second above which a window is not a person's any more; its connection is closed.
const MAX_INPUT_PER_SECOND: u32 = 2_000;
/// Bytes that a window may have got and not drawn; then it gets nothing more until it has. One message is always let
/// through. Few, for what waits in there is seen late, and is old by then.
const UNDRAWN: usize = 512 * 1024;

/// Sizes that are remembered of a window that has not said yet whether it tells what it draws.
const SIZES: usize = 1_024;

type Socket = WebSocketStream<TcpStream>;

pub(super) async fn accept(pictures: PictureSocket, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let Ok(permit) = pictures.0.unproven.clone().try_acquire_owned() else {
                    continue;
                };
                let pictures = pictures.clone();
                let _ = stream.set_nodelay(true);
                tokio::spawn(async move {
                    let proof = prove(stream, |token| pictures.admits(token));
                    let proven = timeout(PROOF, proof).await.ok().flatten();
                    drop(permit);
                    match proven {
                        Some(socket) => serve(&pictures, socket).await,
                        None => tracing::debug!("a connection to the picture proved nothing"),
                    }
                });
            }
            Err(error) => {
                // Out of descriptors, most likely: that passes.
                tracing::warn!(%error, "the picture's socket cannot accept");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Shows the picture and takes input until either side is done. Input does not wait for a picture that is on its way.
async fn serve(pictures: &PictureSocket, socket: Socket) {
    let mut replaced = pictures.call();
    let Ok(_seat) = pictures.0.seat.acquire().await else {
        return;
    };
    pictures.0.canvas.begin();
    let (down, up) = socket.split();
    let undrawn = Undrawn::default();
    tokio::select! {
        _ = replaced.changed() => {}
        () = take(up, pictures, &undrawn) => {}
        () = show(down, pictures, &undrawn) => {}
    }
    pictures.0.canvas.place(Place::None);
    pictures.input(InputEvent::ReleaseAll).await;
}

/// What the window says.
async fn take(mut up: SplitStream<Socket>, pictures: &PictureSocket, undrawn: &Undrawn) {
    let mut rate = Rate::default();
    while let Some(Ok(message)) = up.next().await {
        match message {
            Message::Text(text) => {
                let event = match door::said(&text) {
                    Some(Said::Input(event)) => event,
                    Some(Said::Place(place)) if rate.allows(Instant::now()) => {
                        pictures.0.canvas.place(place);
                        continue;
                    }
                    _ => return tracing::warn!("the picture's window sent what it may not"),
                };
                match event {
                    InputEvent::Key { pressed: true, .. } => leg::mark("key: out of the window"),
                    InputEvent::Move { .. } => leg::mark("move: out of the window"),
                    _ => {}
                }
                if !rate.allows(Instant::now()) || !pictures.input(event).await {
                    return;
                }
            }
            Message::Binary(_) => {
                leg::mark("picture: drawn by the window");
                undrawn.drawn();
                pictures.0.canvas.drawn();
            }
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            Message::Close(_) => return,
        }
    }
}

/// What changes of the picture.
async fn show(mut down: SplitSink<Socket, Message>, pictures: &PictureSocket, undrawn: &Undrawn) {
    loop {
        undrawn.has_room().await;
        if !send(&mut down, pictures.0.canvas.next().await, undrawn).await {
            return;
        }
        leg::mark("picture: into the window");
    }
}

async fn send(down: &mut SplitSink<Socket, Message>, messages: Vec<Vec<u8>>, undrawn: &Undrawn) -> bool {
    // All of them before the first is drawn.
    for message in &messages {
        undrawn.sent(message.len());
    }
    for message in messages {
        if down.feed(Message::binary(message)).await.is_err() {
            return false;
        }
    }
    down.flush().await.is_ok()
}

/// Counts input by the second.
#[derive(Default)]
struct Rate {
    second: Option<Instant>,
    count: u32,
}

impl Rate {
    fn allows(&mut self, now: Instant) -> bool {
        if self
            .second
            .is_none_or(|began| now.duration_since(began) >= Duration::from_secs(1))
        {
            *self = Self {
                second: Some(now),
                count: 0,
            };
        }
        self.count += 1;
        self.count <= MAX_INPUT_PER_SECOND
    }
}

/// What the window has got and not drawn. A window that never says what it has drawn is not held back.
#[derive(Default)]
struct Undrawn {
    counted: Mutex<Counted>,
    drawn: Notify,
}

#[derive(Default)]
struct Counted {
    sizes: VecDeque<usize>,
    bytes: usize,
    tells: bool,
}

impl Undrawn {
    /// Waits until the window has room for more.
    async fn has_room(&self) {
        while !self.counted().has_room() {
            self.drawn.notified().await;
        }
    }

    fn sent(&self, bytes: usize) {
        self.counted().sent(bytes);
    }

    /// One message was.
    fn drawn(&self) {
        self.counted().drawn();
        self.drawn.notify_one();
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        // Whole after every call.
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn has_room(&self) -> bool {
        !self.tells || self.bytes < UNDRAWN
    }

    fn sent(&mut self, bytes: usize) {
        if !self.tells && self.sizes.len() == SIZES {
            self.bytes -= self.sizes.pop_front().unwrap_or_default();
        }
        self.sizes.push_back(bytes);
        self.bytes += bytes;
    }

    fn drawn(&mut self) {
        self.tells = true;
        self.bytes -= self.sizes.pop_front().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_fast_enough_and_a_flood_is_not() {
        let mut rate = Rate::default();
        let now = Instant::now();
        assert!((0..MAX_INPUT_PER_SECOND).all(|_| rate.allows(now)));
        assert!(!rate.allows(now));
        assert!(rate.allows(now + Duration::from_secs(1)));
    }

    #[test]
    fn a_window_that_does_not_draw_gets_nothing_more_and_one_that_does_goes_on() {
        let mut undrawn = Counted::default();
        undrawn.sent(1);
        undrawn.drawn();
        undrawn.sent(UNDRAWN * 2);
        assert!(!undrawn.has_room());
        undrawn.drawn();
        assert!(undrawn.has_room());
        undrawn.drawn();
        undrawn.sent(UNDRAWN);
        assert!(!undrawn.has_room());
    }

    #[test]
    fn a_window_that_never_says_what_it_draws_is_not_held_back() {
        let mut undrawn = Counted::default();
        for _ in 0..SIZES * 2 {
            undrawn.sent(UNDRAWN);
        }
        assert!(undrawn.has_room());
        assert_eq!(undrawn.sizes.len(), SIZES);
    }
}
