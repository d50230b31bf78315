//! What is offered and how long is waited.
//!
//! Invariant: the only codec of the picture is H.264 in packetization mode 1, in the profile that every browser decodes.

use std::time::Duration;

use renfort_protocol::limits::MAX_SESSION_BYTES;
use rtc::{
    ice::mdns::MulticastDnsMode,
    interceptor::{NackGeneratorBuilder, NackResponderBuilder},
    peer_connection::configuration::{
        media_engine::MediaEngine,
        setting_engine::{SctpMaxMessageSize, SettingEngine, SettingEngineBuilder},
    },
    rtp_transceiver::rtp_sender::{RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind},
    shared::error::Result,
};
use tokio::sync::mpsc;
use webrtc::peer_connection::{
    RTCConfiguration, RTCConfigurationBuilder, RTCIceServer, Registry, Slot, configure_rtcp_reports,
};

use super::{
    datagrams::{self, DatagramPackets},
    key_frames::KeyFrameRequests,
    resting::Resting,
};
use crate::transport::{IceServer, TransportEvent, description::DATAGRAM_PAYLOAD_TYPE};

/// Payload type of the picture (RFC 3551, dynamic range) and, one higher, of its retransmissions.
pub const PAYLOAD_TYPE: u8 = 102;
/// Ticks of the RTP clock in a second (RFC 6184, 8.2.1).
pub const CLOCK_RATE: u32 = 90_000;
/// Bytes of a data channel that may be on their way; above it, sending waits. Bulk on one association would hold up
/// everything else for seconds.
pub const SEND_BUFFER: usize = MAX_SESSION_BYTES;

/// Packets that can be asked for again, and that are remembered for it (4.9 MB); a power of two.
const NACK_PACKETS: u16 = 4_096;
/// A missing packet is asked for after this time; the library's 100 ms are too long for a picture that one points at.
const NACK_INTERVAL: Duration = Duration::from_millis(20);
/// Every path that has not answered is tried again after this time. RFC 8445 waits for half a second at least (14.3), for checks that
/// go one at a time; these are few and small, and the library's own 200 ms pass several times before a connection is made.
const CHECK: Duration = Duration::from_millis(50);
/// And so often: for 1.4 seconds, as long as the library would.
const CHECKS: u16 = 28;
/// Nothing heard for so long is an interruption; then it is up to the session.
const INTERRUPTED: Duration = Duration::from_secs(2);
/// Nothing heard for so long ends the connection.
const FAILED: Duration = Duration::from_secs(10);
/// How often an idle path is kept open.
const KEEP_ALIVE: Duration = Duration::from_millis(500);
/// A relayed path is taken only when no direct one was found in this time.
const RELAY_WAIT: Duration = Duration::from_millis(200);

pub struct Engines {
    pub media: MediaEngine,
    pub interceptors: Registry,
}

pub fn codec() -> RTCRtpCodec {
    let feedback = |typ: &str, parameter: &str| RTCPFeedback {
        typ: typ.into(),
        parameter: parameter.into(),
    };
    RTCRtpCodec {
        mime_type: "video/H264".into(),
        clock_rate: CLOCK_RATE,
        channels: 0,
        sdp_fmtp_line: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f".into(),
        rtcp_feedback: vec![feedback("ccm", "fir"), feedback("nack", ""), feedback("nack", "pli")],
    }
}

/// `datagrams`: what turns them into packets, where they are offered or taken.
pub fn engines(events: mpsc::Sender<TransportEvent>, datagrams: Option<DatagramPackets>) -> Result<Engines> {
    let mut media = MediaEngine::default();
    let retransmission = RTCRtpCodec {
        mime_type: "video/rtx".into(),
        clock_rate: CLOCK_RATE,
        channels: 0,
        sdp_fmtp_line: format!("apt={PAYLOAD_TYPE}"),
        rtcp_feedback: Vec::new(),
    };
    for (rtp_codec, payload_type) in [(codec(), PAYLOAD_TYPE), (retransmission, PAYLOAD_TYPE + 1)] {
        media.register_codec(
            RTCRtpCodecParameters {
                rtp_codec,
                payload_type,
            },
            RtpCodecKind::Video,
        )?;
    }
    let mut interceptors = Registry::new()
        .with(
            Slot::NackResponder,
            NackResponderBuilder::new().with_size(NACK_PACKETS).build(),
        )
        .with(
            Slot::NackGenerator,
            Resting::new(
                NackGeneratorBuilder::new()
                    .with_size(NACK_PACKETS)
                    .with_interval(NACK_INTERVAL)
                    .build(),
            ),
        )
        // Nearest to the application, where nothing else takes the request out of the stream.
        .with(Slot::from(14_000), KeyFrameRequests::new(events));
    if let Some(datagrams) = datagrams {
        media.register_codec(
            RTCRtpCodecParameters {
                rtp_codec: datagrams::codec(),
                payload_type: DATAGRAM_PAYLOAD_TYPE,
            },
            RtpCodecKind::Audio,
        )?;
        // Nearest to the wire, where no other has seen what comes and goes.
        interceptors = interceptors.with(Slot::from(500), datagrams);
    }
    Ok(Engines {
        media,
        interceptors: configure_rtcp_reports(interceptors),
    })
}

pub fn configuration(servers: &[IceServer]) -> RTCConfiguration {
    let servers = servers.iter().map(|server| RTCIceServer {
        urls: server.urls.clone(),
        username: server.username.clone(),
        credential: server.credential.clone(),
    });
    RTCConfigurationBuilder::new()
        .with_ice_servers(servers.collect())
        .build()
}

pub fn ice_and_sctp() -> SettingEngine {
    let limit = u32::try_from(MAX_SESSION_BYTES).unwrap_or(SctpMaxMessageSize::MAX_MESSAGE_SIZE);
    SettingEngineBuilder::new()
        // Both endpoints may be on one machine, or on machines without any other network.
        .with_include_loopback_candidate(true)
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_ice_connection_attempts(Some(CHECK), Some(CHECKS))
        .with_ice_timeouts(Some(INTERRUPTED), Some(FAILED), Some(KEEP_ALIVE))
        .with_host_acceptance_min_wait(Some(Duration::ZERO))
        .with_srflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_relay_acceptance_min_wait(Some(RELAY_WAIT))
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(limit))
        .build()
}
