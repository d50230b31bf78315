//! One connection of a window.
//!
//! Invariant: when it goes, whatever is held on the user's machine through it is released.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use futures_util::{SinkExt as _, StreamExt as _, stream::SplitSink};
use renfort_engine::leg;
use renfort_protocol::input::InputEvent;
use tokio::{
    net::{TcpListener, TcpStream},
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

/// Shows the picture and takes input until either side is done.
async fn serve(pictures: &PictureSocket, socket: Socket) {
    let mut replaced = pictures.call();
    let Ok(_seat) = pictures.0.seat.acquire().await else {
        return;
    };
    pictures.0.canvas.begin();
    let (mut down, mut up) = socket.split();
    let mut rate = Rate::default();
    let mut undrawn = Undrawn::default();
    loop {
        tokio::select! {
            _ = replaced.changed() => break,
            message = up.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let event = match door::said(&text) {
                        Some(Said::Input(event)) => event,
                        Some(Said::Place(place)) if rate.allows(Instant::now()) => {
                            pictures.0.canvas.place(place);
                            continue;
                        }
                        _ => {
                            tracing::warn!("the picture's window sent what it may not");
                            break;
                        }
                    };
                    if matches!(event, InputEvent::Key { pressed: true, .. }) {
                        leg::mark("key: out of the window");
                    }
                    if !rate.allows(Instant::now()) || !pictures.input(event).await {
                        break;
                    }
                }
                Some(Ok(Message::Binary(_))) => {
                    leg::mark("picture: drawn by the window");
                    undrawn.drawn();
                    if undrawn.is_empty() {
                        pictures.0.canvas.drawn();
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            },
            messages = pictures.0.canvas.next(), if undrawn.has_room() => {
                if !send(&mut down, messages, &mut undrawn).await {
                    break;
                }
                leg::mark("picture: into the window");
            }
        }
    }
    pictures.0.canvas.place(Place::None);
    pictures.input(InputEvent::ReleaseAll).await;
}

async fn send(down: &mut SplitSink<Socket, Message>, messages: Vec<Vec<u8>>, undrawn: &mut Undrawn) -> bool {
    for message in messages {
        undrawn.sent(message.len());
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
    sizes: VecDeque<usize>,
    bytes: usize,
    tells: bool,
}

impl Undrawn {
    fn has_room(&self) -> bool {
        !self.tells || self.bytes < UNDRAWN
    }

    const fn is_empty(&self) -> bool {
        self.bytes == 0
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
        let mut undrawn = Undrawn::default();
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
        let mut undrawn = Undrawn::default();
        for _ in 0..SIZES * 2 {
            undrawn.sent(UNDRAWN);
        }
        assert!(undrawn.has_room());
        assert_eq!(undrawn.sizes.len(), SIZES);
    }
}
