//! The picture on its way out: access units to RTP packets.
//!
//! Flow: a unit is split (RFC 6184), stamped with its time, and written in small bursts, so that a key
//! frame does not overrun the receiver's queue.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rtc::{
    media_stream::MediaStreamTrack,
    rtp::{
        Packet,
        codec::h264::H264Payloader,
        packetizer::{Packetizer, new_packetizer},
        sequence::new_random_sequencer,
    },
    rtp_transceiver::rtp_sender::{
        RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpRtxParameters, RtpCodecKind,
    },
};
use tokio::sync::Mutex;
use webrtc::media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP};

use super::settings::{CLOCK_RATE, PAYLOAD_TYPE, codec};
use crate::transport::{Frame, TransportError, random};

/// Largest RTP packet, in bytes: with SRTP, UDP and IPv6 around it, it fits every path (RFC 8831, 5).
const PACKET_BYTES: usize = 1_200;
/// Packets that are written without a pause (19 kB). Faster, a key frame overruns buffers on its way whose loss nobody
/// repairs: the library's queue to the application holds 256 packets.
const BURST: usize = 16;
/// The pause.
const PAUSE: Duration = Duration::from_millis(1);

pub struct VideoOut {
    track: Arc<TrackLocalStaticRTP>,
    state: Mutex<State>,
}

struct State {
    packetizer: Box<dyn Packetizer>,
    last: Option<Packet>,
}

impl VideoOut {
    pub fn new() -> Self {
        let ssrc = random();
        let coding = RTCRtpCodingParameters {
            ssrc: Some(ssrc),
            rtx: Some(RTCRtpRtxParameters { ssrc: random() }),
            ..Default::default()
        };
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: coding,
            codec: codec(),
            ..Default::default()
        };
        let name = || "screen".to_owned();
        let track = MediaStreamTrack::new(name(), name(), name(), RtpCodecKind::Video, vec![encoding]);
        let packetizer = new_packetizer(
            Instant::now(),
            PACKET_BYTES,
            PAYLOAD_TYPE,
            ssrc,
            Box::new(H264Payloader::default()),
            Box::new(new_random_sequencer()),
            CLOCK_RATE,
        );
        let state = State {
            packetizer: Box::new(packetizer),
            last: None,
        };
        Self {
            track: Arc::new(TrackLocalStaticRTP::new(track)),
            state: Mutex::new(state),
        }
    }

    pub fn track(&self) -> Arc<dyn TrackLocal> {
        Arc::clone(&self.track) as Arc<dyn TrackLocal>
    }

    pub async fn send(&self, frame: Frame) -> Result<(), TransportError> {
        // Held to the end: the packets of two units must not mix.
        let mut state = self.state.lock().await;
        let packets = state
            .packetizer
            .packetize(Instant::now(), &frame.unit, 0)
            .map_err(|error| TransportError::Failed {
                what: "splitting a frame",
                reason: error.to_string(),
            })?;
        for (index, mut packet) in packets.into_iter().enumerate() {
            if index > 0 && index % BURST == 0 {
                tokio::time::sleep(PAUSE).await;
            }
            packet.header.timestamp = frame.timestamp;
            packet.header.payload_type = PAYLOAD_TYPE;
            state.last = Some(packet.clone());
            // The library's error would hold the packet itself.
            self.track
                .write_rtp(packet)
                .await
                .map_err(|_| TransportError::NotOpen)?;
        }
        Ok(())
    }

    pub async fn repeat_tail(&self) {
        let last = self.state.lock().await.last.clone();
        if let Some(packet) = last {
            // Only a precaution: when the connection is gone, others notice.
            let _gone = self.track.write_rtp(packet).await;
        }
    }
}
