//! The way of the picture into the technician's window, and of input out of it: a WebSocket on this machine only.
//!
//! Flow: the interface asks for an address and a token, connects, sends the token as its first text message, and gets
//! the whole picture, then what changes. The messages down are those of [`wire`]. Up go [`InputEvent`]s as JSON text
//! messages, straight to the viewer, [`placed::Place`]s, where the app paints the picture itself, and empty binary messages: each
//! says that one message down was drawn.
//!
//! Invariant: one window at a time (the latest), with a token that was good once, from one of the app's own pages. A window that
//! draws slowly gets the newest picture and not those before it.

mod canvas;
mod client;
pub mod door;
pub mod placed;
mod wire;

#[cfg(test)]
mod tests;

use std::{
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use data_encoding::HEXLOWER;
use renfort_engine::{seams::Cursor, viewer::InputSender};
use renfort_protocol::input::InputEvent;
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};

use crate::view::PictureAddress;
pub use canvas::{CanvasSink, Damage, Pointer, SharedCanvas};

/// How long a token is good.
const TOKEN_LIFE: Duration = Duration::from_secs(10);
/// Connections that may wait to show their token; others are closed at once.
const UNPROVEN: usize = 4;

/// Why there is no picture to connect to.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// No session is open.
    #[error("no session is open")]
    NoSession,
    /// The system gives no randomness.
    #[error("no token could be made")]
    NoToken,
}

/// The socket. Cheap to clone.
#[derive(Clone)]
pub struct PictureSocket(Arc<Shared>);

struct Shared {
    url: String,
    canvas: SharedCanvas,
    doors: Mutex<Doors>,
    /// Held by the connection that is drawn to.
    seat: Semaphore,
    /// Changes when the connection that is drawn to must go.
    calls: watch::Sender<u64>,
    unproven: Arc<Semaphore>,
    /// Can the app paint the picture itself?
    painted: AtomicBool,
}

#[derive(Default)]
struct Doors {
    token: Option<(String, Instant)>,
    input: Option<InputSender>,
}

impl PictureSocket {
    /// Listens on a free port of the loopback address. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// When the system gives no port.
    pub async fn listen() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let socket = Self(Arc::new(Shared {
            url: format!("ws://{}/", listener.local_addr()?),
            canvas: SharedCanvas::default(),
            doors: Mutex::default(),
            seat: Semaphore::new(1),
            calls: watch::Sender::new(0),
            unproven: Arc::new(Semaphore::new(UNPROVEN)),
            painted: AtomicBool::new(false),
        }));
        tokio::spawn(client::accept(socket.clone(), listener));
        Ok(socket)
    }

    /// What is to be painted, for an app that paints it itself from now on.
    #[must_use]
    pub fn paint(&self) -> SharedCanvas {
        self.0.painted.store(true, Ordering::Relaxed);
        self.0.canvas.clone()
    }

    /// A session begins: where its picture is put, and who takes its input ([`PictureSocket::take_input`]).
    #[must_use]
    pub fn begin(&self) -> CanvasSink {
        self.0.canvas.clear();
        CanvasSink::new(self.0.canvas.clone())
    }

    /// The viewer that takes input from now on.
    pub fn take_input(&self, input: InputSender) {
        self.doors().input = Some(input);
    }

    /// The session is over: nothing more goes out, and no input goes in.
    pub fn end(&self) {
        let mut doors = self.doors();
        doors.input = None;
        doors.token = None;
        drop(doors);
        self.0.canvas.clear();
        drop(self.call());
    }

    /// The user hides the screen (true), or shows it again.
    pub fn hide(&self, hidden: bool) {
        self.0.canvas.hide(hidden);
    }

    /// Where the user's pointer is.
    pub fn pointer(&self, x: u16, y: u16) {
        self.0.canvas.point(x, y);
    }

    /// What it looks like.
    pub fn cursor(&self, cursor: Cursor) {
        self.0.canvas.look_like(cursor);
    }

    /// An address with a fresh token; an earlier token is no longer good.
    ///
    /// # Errors
    /// When there is no session.
    pub fn open(&self) -> Result<PictureAddress, PictureError> {
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| PictureError::NoToken)?;
        let token = HEXLOWER.encode(&bytes);
        let mut doors = self.doors();
        if doors.input.is_none() {
            return Err(PictureError::NoSession);
        }
        doors.token = Some((token.clone(), Instant::now()));
        Ok(PictureAddress {
            url: self.0.url.clone(),
            token,
            surface: self.0.painted.load(Ordering::Relaxed),
        })
    }

    /// Makes the present connection go; the caller's comes next and goes when another calls.
    fn call(&self) -> watch::Receiver<u64> {
        self.0.calls.send_modify(|calls| *calls += 1);
        self.0.calls.subscribe()
    }

    /// Uses the token up.
    fn admits(&self, token: &str) -> bool {
        let Some((expected, made)) = self.doors().token.take() else {
            return false;
        };
        let same = ring::digest::digest(&ring::digest::SHA256, token.as_bytes()).as_ref()
            == ring::digest::digest(&ring::digest::SHA256, expected.as_bytes()).as_ref();
        same && made.elapsed() <= TOKEN_LIFE
    }

    /// False when there is nobody to take input.
    async fn input(&self, event: InputEvent) -> bool {
        let input = self.doors().input.clone();
        match input {
            Some(input) => input.send(event).await,
            None => false,
        }
    }

    fn doors(&self) -> MutexGuard<'_, Doors> {
        // Whole values are swapped in and out: a panic elsewhere leaves none half written.
        self.0.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
