//! A network inside the process: everything arrives, at once, while there is room.

use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use renfort_protocol::signalling::Sdp;
use tokio::sync::mpsc;

use super::{
    Connection, Connector, DATAGRAMS_IN, EVENTS, FRAMES, Frame, MAX_DATAGRAM_BYTES, MAX_UPDATE_BYTES, Side, Transport,
    TransportError, TransportEvent, UPDATES_IN, UpdatePath,
    description::{self, DATAGRAM_CLOCK_RATE, DATAGRAM_ENCODING, DATAGRAM_PAYLOAD_TYPE, carries_datagrams},
};
use crate::session::{Candidate, Channel, LinkEvent};

#[derive(Clone, Default)]
pub struct Memory {
    halves: Arc<Mutex<Vec<Weak<Half>>>>,
    updates: UpdatePath,
}

impl Memory {
    /// The same network, for an end that can do this at best.
    pub fn with_updates(&self, best: UpdatePath) -> Self {
        Self {
            halves: Arc::clone(&self.halves),
            updates: best,
        }
    }
}

struct Half {
    number: usize,
    network: Memory,
    datagrams: mpsc::Sender<Bytes>,
    update_messages: mpsc::Sender<Bytes>,
    events: mpsc::Sender<TransportEvent>,
    frames: mpsc::Sender<Frame>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    peer: Option<Weak<Half>>,
    early: Vec<(Channel, String)>,
    path: UpdatePath,
    open: bool,
    closed: bool,
}

#[async_trait]
impl Connector for Memory {
    async fn connect(&self, _side: Side) -> Result<Connection, TransportError> {
        let (events_in, events) = mpsc::channel(EVENTS);
        let (frames_in, frames) = mpsc::channel(FRAMES);
        let (datagrams_in, datagrams) = mpsc::channel(DATAGRAMS_IN);
        let (updates_in, update_messages) = mpsc::channel(UPDATES_IN);
        let mut halves = self.halves.lock().unwrap();
        let half = Arc::new(Half {
            number: halves.len(),
            network: self.clone(),
            datagrams: datagrams_in,
            update_messages: updates_in,
            events: events_in,
            frames: frames_in,
            state: Mutex::default(),
        });
        halves.push(Arc::downgrade(&half));
        Ok(Connection {
            transport: half,
            events,
            frames,
            datagrams,
            update_messages,
        })
    }
}

impl Half {
    fn describe(&self, datagrams: bool) -> Sdp {
        let (number, digest) = (self.number, ["AB"; 32].join(":"));
        let mut sdp = format!("v=0\r\na=memory:{number}\r\na=fingerprint:sha-256 {digest}\r\n");
        if datagrams {
            sdp += &format!(
                "m=audio 9 UDP/TLS/RTP/SAVPF {DATAGRAM_PAYLOAD_TYPE}\r\n\
                 a=rtpmap:{DATAGRAM_PAYLOAD_TYPE} {DATAGRAM_ENCODING}/{DATAGRAM_CLOCK_RATE}\r\n"
            );
        }
        Sdp::new(sdp).unwrap()
    }

    fn takes_datagrams(&self, theirs: &Sdp) -> bool {
        self.network.updates == UpdatePath::Datagrams && carries_datagrams(theirs)
    }

    /// The peer, if updates travel like this.
    fn peer_by(&self, path: UpdatePath) -> Result<Arc<Half>, TransportError> {
        let agreed = self.state.lock().unwrap().path == path;
        self.peer().filter(|_| agreed).ok_or(TransportError::NotOpen)
    }

    fn find(&self, sdp: &Sdp) -> Result<Arc<Half>, TransportError> {
        description::fingerprint(sdp)?;
        let number = sdp
            .as_str()
            .lines()
            .find_map(|line| line.strip_prefix("a=memory:")?.parse::<usize>().ok());
        let halves = self.network.halves.lock().unwrap();
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
        Ok(self.describe(self.network.updates == UpdatePath::Datagrams))
    }

    async fn answer(&self, offer: &Sdp) -> Result<Sdp, TransportError> {
        self.find(offer)?;
        Ok(self.describe(self.takes_datagrams(offer)))
    }

    async fn accept(&self, answer: &Sdp) -> Result<(), TransportError> {
        let peer = self.find(answer)?;
        let this = self.network.halves.lock().unwrap()[self.number].upgrade().unwrap();
        let best = self.network.updates.min(peer.network.updates);
        let path = match best {
            UpdatePath::Datagrams if !self.takes_datagrams(answer) => UpdatePath::Messages,
            path => path,
        };
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
        if path != UpdatePath::None {
            for half in [&this, &peer] {
                half.state.lock().unwrap().path = path;
                half.events.try_send(TransportEvent::Updates(path)).unwrap();
            }
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

    async fn send_frame(&self, frame: Frame) -> Result<(), TransportError> {
        if self.state.lock().unwrap().closed {
            return Err(TransportError::NotOpen);
        }
        if let Some(peer) = self.peer() {
            let _full = peer.frames.try_send(frame);
        }
        Ok(())
    }

    async fn repeat_tail(&self) {}

    async fn request_key_frame(&self) {
        if let Some(peer) = self.peer() {
            let _full = peer.events.try_send(TransportEvent::KeyFrameWanted);
        }
    }

    fn send_datagram(&self, payload: Bytes) -> Result<(), TransportError> {
        check(payload.len(), MAX_DATAGRAM_BYTES)?;
        let _full = self.peer_by(UpdatePath::Datagrams)?.datagrams.try_send(payload);
        Ok(())
    }

    fn drop_datagrams(&self) {}

    fn send_update_message(&self, message: Bytes) -> Result<(), TransportError> {
        check(message.len(), MAX_UPDATE_BYTES)?;
        let peer = self.peer_by(UpdatePath::Messages)?;
        let sent = peer.update_messages.try_send(message);
        sent.map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => TransportError::Full,
            mpsc::error::TrySendError::Closed(_) => TransportError::NotOpen,
        })
    }

    fn drop_update_messages(&self) {}

    async fn close(&self) {
        if let Some(peer) = self.peer() {
            let _gone = peer.events.try_send(TransportEvent::Link(LinkEvent::Closed));
        }
        self.state.lock().unwrap().closed = true;
    }
}

fn check(bytes: usize, limit: usize) -> Result<(), TransportError> {
    if bytes > limit {
        return Err(TransportError::TooLarge { bytes, limit });
    }
    Ok(())
}
