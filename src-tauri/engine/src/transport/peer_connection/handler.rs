//! The library's callbacks, turned into events.
//!
//! Flow: a callback puts its event into a queue of its own and returns; a task carries it on to the owner.

use std::sync::Arc;

use async_trait::async_trait;
use renfort_protocol::{session::PICTURE_CHANNEL, text::Line};
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use tokio::sync::{Notify, mpsc};
use webrtc::{
    data_channel::DataChannel,
    media_stream::track_remote::TrackRemote,
    peer_connection::{PeerConnectionEventHandler, RTCPeerConnectionIceEvent, RTCPeerConnectionState},
};

use super::{
    channels::{self, Channels},
    picture_channel::PictureChannel,
    video_in,
};
use crate::{
    session::{Candidate, LinkEvent},
    transport::{Frame, Side, TransportEvent},
};

/// Candidates and state changes on their way to the owner. When full, further ones are left out with a warning: there
/// are never so many of one connection.
const CALLBACKS: usize = 256;

pub struct Handler {
    side: Side,
    callbacks: mpsc::Sender<TransportEvent>,
    frames: mpsc::Sender<Frame>,
    channels: Arc<Channels>,
    /// Where the peer may make this channel.
    picture: Option<Arc<PictureChannel>>,
    ask: Arc<Notify>,
}

impl Handler {
    pub fn new(
        side: Side,
        events: mpsc::Sender<TransportEvent>,
        frames: mpsc::Sender<Frame>,
        channels: Arc<Channels>,
        picture: Option<Arc<PictureChannel>>,
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
            picture,
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
            let (channels, picture) = (Arc::clone(&self.channels), self.picture.clone());
            // Asking for its name would wait for the task that this runs on.
            self.channels.spawn(async move {
                let label = made.label().await.unwrap_or_default();
                if let Some(channel) = channels::named(&label) {
                    return channels.run(channel, made, true);
                }
                let taken = label == PICTURE_CHANNEL
                    && !channels.datagrams().are_agreed()
                    && picture.is_some_and(|picture| picture.run(&channels, Arc::clone(&made), true));
                if !taken {
                    tracing::debug!("a channel that was not agreed upon is closed");
                    // The connection may be ending.
                    let _gone = made.close().await;
                }
            });
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        // Datagrams leave before they reach their track.
        if self.side == Side::Viewer && track.kind().await == RtpCodecKind::Video {
            let (channels, picture) = (Arc::clone(&self.channels), self.picture.clone());
            let updates =
                move || channels.datagrams().are_agreed() || picture.as_ref().is_some_and(|picture| picture.is_open());
            let (frames, ask) = (self.frames.clone(), Arc::clone(&self.ask));
            self.channels.spawn(video_in::receive(track, frames, ask, updates));
        }
    }
}
