//! The library's callbacks, turned into events.
//!
//! Flow: a callback puts its event into a queue of its own and returns; a task carries it on to the owner.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use renfort_protocol::text::Line;
use tokio::sync::{Notify, mpsc};
use webrtc::{
    data_channel::DataChannel,
    media_stream::track_remote::TrackRemote,
    peer_connection::{PeerConnectionEventHandler, RTCPeerConnectionIceEvent, RTCPeerConnectionState},
};

use super::{
    channels::{self, Channels},
    video_in,
};
use crate::{
    session::{Candidate, LinkEvent},
    transport::{Side, TransportEvent},
};

/// Candidates and state changes on their way to the owner. When full, further ones are left out with a warning: there
/// are never so many of one connection.
const CALLBACKS: usize = 256;

pub struct Handler {
    side: Side,
    callbacks: mpsc::Sender<TransportEvent>,
    frames: mpsc::Sender<Bytes>,
    channels: Arc<Channels>,
    ask: Arc<Notify>,
}

impl Handler {
    pub fn new(
        side: Side,
        events: mpsc::Sender<TransportEvent>,
        frames: mpsc::Sender<Bytes>,
        channels: Arc<Channels>,
        ask: Arc<Notify>,
    ) -> Arc<Self> {
        let (callbacks, mut waiting) = mpsc::channel(CALLBACKS);
        channels.spawn(async move {
            while let Some(event) = waiting.recv().await {
                if events.send(event).await.is_err() {
                    break;
                }
            }
        });
        Arc::new(Self {
            side,
            callbacks,
            frames,
            channels,
            ask,
        })
    }

    fn tell(&self, event: TransportEvent) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.callbacks.try_send(event) {
            tracing::warn!("a connection has more to say than is listened to");
        }
    }
}

#[async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let line = event
            .candidate
            .to_json()
            .ok()
            .and_then(|init| Line::new(init.candidate).ok());
        match line {
            // The first media section's: all share one transport (RFC 9143).
            Some(line) => self.tell(TransportEvent::Candidate(Candidate {
                line,
                mid: None,
                index: Some(0),
            })),
            None => tracing::debug!("a candidate cannot be written down"),
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        tracing::debug!(%state, "connection");
        match state {
            RTCPeerConnectionState::Connected => self.tell(TransportEvent::Link(LinkEvent::Interrupted(false))),
            RTCPeerConnectionState::Disconnected => self.tell(TransportEvent::Link(LinkEvent::Interrupted(true))),
            // Once open, the end of the session channel is the end, so that nothing said before it is overtaken.
            RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed if self.channels.are_open() => {
                self.tell(TransportEvent::Link(LinkEvent::Interrupted(true)));
            }
            RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => {
                self.tell(TransportEvent::Link(LinkEvent::Closed));
            }
            _ => {}
        }
    }

    async fn on_data_channel(&self, made: Arc<dyn DataChannel>) {
        if self.side == Side::Viewer {
            let channels = Arc::clone(&self.channels);
            // Asking for its name would wait for the task that this runs on.
            self.channels.spawn(async move {
                match made.label().await.ok().as_deref().and_then(channels::named) {
                    Some(channel) => channels.run(channel, made, true),
                    None => tracing::debug!("a channel with an unknown name is not used"),
                }
            });
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        if self.side == Side::Viewer {
            self.channels
                .spawn(video_in::receive(track, self.frames.clone(), Arc::clone(&self.ask)));
        }
    }
}
