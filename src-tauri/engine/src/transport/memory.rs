//! A network inside the process: everything arrives, at once.

use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use renfort_protocol::signalling::Sdp;
use tokio::sync::mpsc;

use super::{Connection, Connector, EVENTS, FRAMES, Side, Transport, TransportError, TransportEvent, description};
use crate::session::{Candidate, Channel, LinkEvent};

#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Vec<Weak<Half>>>>);

struct Half {
    number: usize,
    network: Memory,
    events: mpsc::Sender<TransportEvent>,
    frames: mpsc::Sender<Bytes>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    peer: Option<Weak<Half>>,
    early: Vec<(Channel, String)>,
    open: bool,
    closed: bool,
}

#[async_trait]
impl Connector for Memory {
    async fn connect(&self, _side: Side) -> Result<Connection, TransportError> {
        let (events_in, events) = mpsc::channel(EVENTS);
        let (frames_in, frames) = mpsc::channel(FRAMES);
        let mut halves = self.0.lock().unwrap();
        let half = Arc::new(Half {
            number: halves.len(),
            network: self.clone(),
            events: events_in,
            frames: frames_in,
            state: Mutex::default(),
        });
        halves.push(Arc::downgrade(&half));
        Ok(Connection {
            transport: half,
            events,
            frames,
        })
    }
}

impl Half {
    fn describe(&self) -> Sdp {
        let digest = ["AB"; 32].join(":");
        Sdp::new(format!(
            "v=0\r\na=memory:{}\r\na=fingerprint:sha-256 {digest}\r\n",
            self.number
        ))
        .unwrap()
    }

    fn find(&self, sdp: &Sdp) -> Result<Arc<Half>, TransportError> {
        description::fingerprint(sdp)?;
        let number = sdp
            .as_str()
            .lines()
            .find_map(|line| line.strip_prefix("a=memory:")?.parse::<usize>().ok());
        let halves = self.network.0.lock().unwrap();
        number
            .and_then(|number| halves.get(number)?.upgrade())
            .ok_or(TransportError::Description("nobody is there"))
    }

    fn peer(&self) -> Option<Arc<Half>> {
        let state = self.state.lock().unwrap();
        state.peer.as_ref().filter(|_| state.open && !state.closed)?.upgrade()
    }

    fn open(&self, peer: &Arc<Half>) {
        let early = {
            let mut state = self.state.lock().unwrap();
            (state.peer, state.open) = (Some(Arc::downgrade(peer)), true);
            std::mem::take(&mut state.early)
        };
        self.events.try_send(TransportEvent::Link(LinkEvent::Open)).unwrap();
        for (channel, message) in early {
            peer.events
                .try_send(TransportEvent::Message(channel, message.into()))
                .unwrap();
        }
    }
}

#[async_trait]
impl Transport for Half {
    async fn offer(&self) -> Result<Sdp, TransportError> {
        Ok(self.describe())
    }

    async fn answer(&self, offer: &Sdp) -> Result<Sdp, TransportError> {
        self.find(offer)?;
        Ok(self.describe())
    }

    async fn accept(&self, answer: &Sdp) -> Result<(), TransportError> {
        let peer = self.find(answer)?;
        let this = self.network.0.lock().unwrap()[self.number].upgrade().unwrap();
        peer.events.try_send(TransportEvent::Link(LinkEvent::Open)).unwrap();
        {
            let mut state = peer.state.lock().unwrap();
            (state.peer, state.open) = (Some(Arc::downgrade(&this)), true);
        }
        this.open(&peer);
        let early = std::mem::take(&mut peer.state.lock().unwrap().early);
        for (channel, message) in early {
            this.events
                .try_send(TransportEvent::Message(channel, message.into()))
                .unwrap();
        }
        Ok(())
    }

    async fn add_candidate(&self, _candidate: Candidate) -> Result<(), TransportError> {
        Ok(())
    }

    fn send(&self, channel: Channel, message: String) -> Result<(), TransportError> {
        match self.peer() {
            Some(peer) => peer
                .events
                .try_send(TransportEvent::Message(channel, message.into()))
                .map_err(|_| TransportError::Full),
            None => {
                let mut state = self.state.lock().unwrap();
                if state.open || state.closed {
                    return Err(TransportError::NotOpen);
                }
                state.early.push((channel, message));
                Ok(())
            }
        }
    }

    async fn send_frame(&self, access_unit: Bytes) -> Result<(), TransportError> {
        if self.state.lock().unwrap().closed {
            return Err(TransportError::NotOpen);
        }
        if let Some(peer) = self.peer() {
            let _full = peer.frames.try_send(access_unit);
        }
        Ok(())
    }

    async fn repeat_tail(&self) {}

    async fn request_key_frame(&self) {
        if let Some(peer) = self.peer() {
            let _full = peer.events.try_send(TransportEvent::KeyFrameWanted);
        }
    }

    async fn close(&self) {
        if let Some(peer) = self.peer() {
            let _gone = peer.events.try_send(TransportEvent::Link(LinkEvent::Closed));
        }
        self.state.lock().unwrap().closed = true;
    }
}
