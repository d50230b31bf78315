//! [`Transport`] on the `webrtc` crate: one peer connection for each attempt.
//!
//! Flow: [`network`] says where to listen, [`settings`] how to talk; [`handler`] receives the library's callbacks,
//! [`channels`] runs the data channels, [`video_out`] and [`video_in`] the picture, [`datagrams`] or [`picture_channel`] what
//! travels beside it.
//!
//! Invariant: a callback of the library never waits: it runs on the task that moves every packet.

mod channels;
mod datagrams;
mod handler;
mod key_frames;
mod network;
mod picture_channel;
mod resting;
mod settings;
mod video_in;
mod video_out;

#[cfg(test)]
mod loss_tests;
#[cfg(test)]
mod refusal_tests;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use renfort_protocol::{session::PICTURE_CHANNEL, signalling::Sdp};
use rtc::{peer_connection::sdp::RTCSessionDescription, rtp_transceiver::RTCRtpTransceiverDirection};
use tokio::sync::{Notify, mpsc};
use webrtc::peer_connection::{PeerConnection, PeerConnectionBuilder, RTCIceCandidateInit};

use self::{
    channels::Channels, datagrams::Datagrams, handler::Handler, picture_channel::PictureChannel, video_out::VideoOut,
};
use super::{Connection, Connector, Frame, IceServer, Side, Transport, TransportError, UpdatePath, description};
use crate::session::{Candidate, Channel};

/// Candidates that come before the description they belong to. When full, further ones are left out: the peer has sent
/// far more than any machine has addresses.
const EARLY_CANDIDATES: usize = 64;
/// For what waits to leave when a connection is closed.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// For the library to end a connection.
const CLOSING: Duration = Duration::from_secs(2);

/// Makes WebRTC connections.
#[derive(Debug, Clone)]
pub struct WebRtc {
    ice_servers: Vec<IceServer>,
    dress: network::Dress,
    updates: UpdatePath,
}

impl WebRtc {
    /// With these servers beyond the machines' own addresses; video only.
    #[must_use]
    pub const fn new(ice_servers: Vec<IceServer>) -> Self {
        Self {
            ice_servers,
            dress: |socket| socket,
            updates: UpdatePath::None,
        }
    }

    /// Updates of the picture may travel beside the video, at best like this: datagrams where the peer takes them, else messages.
    #[must_use]
    pub const fn with_updates(mut self, best: UpdatePath) -> Self {
        self.updates = best;
        self
    }
}

#[async_trait]
impl Connector for WebRtc {
    async fn connect(&self, side: Side) -> Result<Connection, TransportError> {
        self.open(side).await.map(|(_, connection)| connection)
    }
}

impl WebRtc {
    async fn open(&self, side: Side) -> Result<(Arc<PeerTransport>, Connection), TransportError> {
        let (events_in, events) = mpsc::channel(super::EVENTS);
        let (frames_in, frames) = mpsc::channel(super::FRAMES);
        let ask = Arc::new(Notify::new());
        let (datagrams, packets, datagrams_in) = Datagrams::new();
        let (picture, update_messages) = PictureChannel::new(events_in.clone());
        let channels = Channels::new(events_in.clone(), Arc::clone(&datagrams));
        let key_frames = events_in.clone();
        let handler = Handler::new(
            side,
            events_in,
            frames_in,
            Arc::clone(&channels),
            (self.updates >= UpdatePath::Messages).then(|| Arc::clone(&picture)),
            Arc::clone(&ask),
        );

        let packets = (self.updates == UpdatePath::Datagrams).then_some(packets);
        let engines = settings::engines(key_frames, packets).map_err(failed("setting up WebRTC"))?;
        let builder = PeerConnectionBuilder::new()
            .with_configuration(settings::configuration(&self.ice_servers))
            .with_media_engine(engines.media)
            .with_interceptor_registry(engines.interceptors)
            .with_setting_engine(settings::ice_and_sctp())
            .with_data_channel_send_buffer_limit(settings::SEND_BUFFER)
            .with_handler(handler)
            .with_udp_addrs(network::addresses())
            .with_runtime(network::runtime(self.dress, {
                // The library holds on to its runtime, and the channels to the library.
                let channels = Arc::downgrade(&channels);
                move || channels.upgrade().is_some_and(|channels| channels.are_being_made())
            }));
        let peer: Arc<dyn PeerConnection> = Arc::new(builder.build().await.map_err(failed("opening the network"))?);
        let mut transport = PeerTransport {
            peer,
            updates: self.updates,
            channels,
            datagrams,
            picture,
            ask,
            video: None,
            early: Mutex::new(Some(Vec::new())),
        };
        if side == Side::Sharer {
            transport.video = Some(transport.prepare_offer().await?);
        }
        let transport = Arc::new(transport);
        let connection = Connection {
            transport: Arc::clone(&transport) as Arc<dyn Transport>,
            events,
            frames,
            datagrams: datagrams_in,
            update_messages,
        };
        Ok((transport, connection))
    }
}

struct PeerTransport {
    peer: Arc<dyn PeerConnection>,
    /// What this end can do at best.
    updates: UpdatePath,
    channels: Arc<Channels>,
    datagrams: Arc<Datagrams>,
    picture: Arc<PictureChannel>,
    ask: Arc<Notify>,
    video: Option<VideoOut>,
    /// Candidates that wait for the remote description; none once it is there.
    early: Mutex<Option<Vec<Candidate>>>,
}

impl PeerTransport {
    async fn prepare_offer(&self) -> Result<VideoOut, TransportError> {
        let video = VideoOut::new();
        let init = rtc::rtp_transceiver::RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendonly,
            ..Default::default()
        };
        let track = self.peer.add_transceiver_from_track(video.track(), Some(init)).await;
        track.map_err(failed("adding the video track"))?;
        if self.updates == UpdatePath::Datagrams {
            self.add_datagrams().await?;
        }
        for channel in [Channel::Session, Channel::Pointer] {
            let (name, options) = (channels::name(channel), channels::options(channel));
            let made = self
                .peer
                .create_data_channel(name, options)
                .await
                .map_err(failed("making a data channel"))?;
            self.channels.run(channel, made, false);
        }
        Ok(video)
    }

    /// Their section of the description, in both directions.
    async fn add_datagrams(&self) -> Result<(), TransportError> {
        let init = rtc::rtp_transceiver::RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendrecv,
            ..Default::default()
        };
        let track = self.datagrams.track();
        let added = self.peer.add_transceiver_from_track(track, Some(init)).await;
        added.map(drop).map_err(failed("adding datagrams"))
    }

    /// After the answer: a peer without datagrams gets updates as messages.
    async fn make_picture_channel(&self) -> Result<(), TransportError> {
        let made = self
            .peer
            .create_data_channel(PICTURE_CHANNEL, Some(picture_channel::options()))
            .await
            .map_err(failed("making a data channel"))?;
        self.picture.run(&self.channels, made, false);
        Ok(())
    }

    async fn take_remote(&self, description: RTCSessionDescription) -> Result<(), TransportError> {
        self.peer
            .set_remote_description(description)
            .await
            .map_err(failed("taking the description"))?;
        let early = self.early.lock().unwrap_or_else(PoisonError::into_inner).take();
        for candidate in early.into_iter().flatten() {
            if let Err(error) = self.add_candidate(candidate).await {
                tracing::debug!(%error, "a candidate was left out");
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Transport for PeerTransport {
    async fn offer(&self) -> Result<Sdp, TransportError> {
        let offer = self.peer.create_offer(None).await.map_err(failed("making the offer"))?;
        let sdp = to_sdp(&offer)?;
        self.peer
            .set_local_description(offer)
            .await
            .map_err(failed("using the offer"))?;
        Ok(sdp)
    }

    async fn answer(&self, offer: &Sdp) -> Result<Sdp, TransportError> {
        description::fingerprint(offer)?;
        let datagrams = self.updates == UpdatePath::Datagrams && description::carries_datagrams(offer);
        if datagrams {
            self.add_datagrams().await?;
        }
        let offer = RTCSessionDescription::offer(offer.as_str().to_owned()).map_err(failed("reading the offer"))?;
        self.take_remote(offer).await?;
        let answer = self
            .peer
            .create_answer(None)
            .await
            .map_err(failed("making the answer"))?;
        let sdp = to_sdp(&answer)?;
        if datagrams && description::carries_datagrams(&sdp) {
            self.datagrams.agree();
        }
        self.peer
            .set_local_description(answer)
            .await
            .map_err(failed("using the answer"))?;
        Ok(sdp)
    }

    async fn accept(&self, answer: &Sdp) -> Result<(), TransportError> {
        description::fingerprint(answer)?;
        let datagrams = self.updates == UpdatePath::Datagrams && description::carries_datagrams(answer);
        if datagrams {
            self.datagrams.agree();
        }
        let messages = !datagrams && self.updates >= UpdatePath::Messages;
        if messages {
            self.channels.await_decision();
        }
        let answer = description::without_rejected_credentials(answer);
        let answer = RTCSessionDescription::answer(answer).map_err(failed("reading the answer"))?;
        self.take_remote(answer).await?;
        if messages {
            self.make_picture_channel().await?;
        }
        Ok(())
    }

    async fn add_candidate(&self, candidate: Candidate) -> Result<(), TransportError> {
        if let Some(early) = self.early.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            if early.len() < EARLY_CANDIDATES {
                early.push(candidate);
            }
            return Ok(());
        }
        let init = RTCIceCandidateInit {
            candidate: candidate.line.into(),
            sdp_mid: candidate.mid.map(String::from),
            sdp_mline_index: candidate.index,
            ..Default::default()
        };
        self.peer
            .add_ice_candidate(init)
            .await
            .map_err(failed("taking a candidate"))
    }

    fn send(&self, channel: Channel, message: String) -> Result<(), TransportError> {
        self.channels.send(channel, message)
    }

    async fn send_frame(&self, frame: Frame) -> Result<(), TransportError> {
        match &self.video {
            Some(video) if self.channels.are_open() => video.send(frame).await,
            _ => Ok(()),
        }
    }

    async fn repeat_tail(&self) {
        if let Some(video) = &self.video {
            video.repeat_tail().await;
        }
    }

    async fn request_key_frame(&self) {
        self.ask.notify_one();
    }

    fn send_datagram(&self, payload: Bytes) -> Result<(), TransportError> {
        if !self.channels.are_open() {
            return Err(TransportError::NotOpen);
        }
        self.datagrams.send(payload)
    }

    fn drop_datagrams(&self) {
        self.datagrams.drop_waiting();
    }

    fn send_update_message(&self, message: Bytes) -> Result<(), TransportError> {
        self.picture.send(message)
    }

    fn drop_update_messages(&self) {
        self.picture.drop_waiting();
    }

    async fn close(&self) {
        self.datagrams.stop();
        // Whoever never got through has nothing to say; whoever does not listen is not waited for.
        let _flushed = tokio::time::timeout(LAST_WORDS, self.channels.flush()).await;
        self.channels.stop();
        self.picture.stop();
        match tokio::time::timeout(CLOSING, self.peer.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the connection did not end cleanly"),
            Err(_) => tracing::debug!("the connection did not end in time"),
        }
    }
}

impl Drop for PeerTransport {
    fn drop(&mut self) {
        // The tasks of the channels hold the connection open, and so do the channels themselves.
        self.channels.stop();
        self.picture.stop();
    }
}

fn to_sdp(description: &RTCSessionDescription) -> Result<Sdp, TransportError> {
    Sdp::new(description.sdp.clone()).map_err(TransportError::Description)
}

fn failed<E: std::fmt::Display>(what: &'static str) -> impl FnOnce(E) -> TransportError {
    move |error| TransportError::Failed {
        what,
        reason: error.to_string(),
    }
}
