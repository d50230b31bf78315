//! Datagrams: RTP packets of a payload type of their own, which nobody repairs or holds back.
//!
//! Flow: a datagram waits in [`Datagrams`]; an empty packet on the track of the same stream, the *nudge*, wakes the library's task,
//! and [`DatagramPackets`], the interceptor nearest to the wire, sends in its stead what waits, many in one system call. What
//! arrives goes to the reader from there: no other interceptor sees it, so it is not asked for again, reported or counted.
//!
//! SRTP protects the packets with the keys of the connection's one DTLS handshake, and refuses what came before (RFC 3711, 3.3.2,
//! with a window of 64 packets).
//!
//! Invariant: a nudge is under way for every [`BATCH`] datagrams that wait, so that none waits for the next one; and the library's
//! task takes up other work after each.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Instant,
};

use bytes::Bytes;
use rtc::{
    interceptor::{AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket},
    media_stream::MediaStreamTrack,
    rtp,
    rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind},
    sansio::Protocol,
    shared::{TransportContext, error::Error},
};
use tokio::sync::mpsc;
use webrtc::media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP};

use crate::transport::{
    DATAGRAMS_IN, DATAGRAMS_OUT, MAX_DATAGRAM_BYTES, TransportError,
    description::{DATAGRAM_CLOCK_RATE, DATAGRAM_ENCODING, DATAGRAM_PAYLOAD_TYPE},
    random,
};

/// Datagrams that leave without a look at anything else: 37 kB, some 0.1 ms.
const BATCH: usize = 32;

/// The datagrams of one connection, on their way out; and what is told of them to the interceptor.
pub struct Datagrams {
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    /// Both ends take them.
    agreed: AtomicBool,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    datagrams: VecDeque<Bytes>,
    /// Nudges on their way.
    nudges: usize,
    closed: bool,
}

impl Datagrams {
    /// With what is to be added to the connection's interceptors, and where datagrams arrive.
    pub fn new() -> (Arc<Self>, DatagramPackets, mpsc::Receiver<Bytes>) {
        let ssrc = random();
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(ssrc),
                ..Default::default()
            },
            codec: codec(),
            ..Default::default()
        };
        let name = || "datagrams".to_owned();
        let track = MediaStreamTrack::new(name(), name(), name(), RtpCodecKind::Audio, vec![encoding]);
        let datagrams = Arc::new(Self {
            track: Arc::new(TrackLocalStaticRTP::new(track)),
            ssrc,
            agreed: AtomicBool::new(false),
            waiting: Mutex::default(),
        });
        let (arrived, arriving) = mpsc::channel(DATAGRAMS_IN);
        (
            Arc::clone(&datagrams),
            DatagramPackets::new(datagrams, arrived),
            arriving,
        )
    }

    pub fn track(&self) -> Arc<dyn TrackLocal> {
        Arc::clone(&self.track) as Arc<dyn TrackLocal>
    }

    pub fn agree(&self) {
        self.agreed.store(true, Ordering::SeqCst);
    }

    pub fn are_agreed(&self) -> bool {
        self.agreed.load(Ordering::SeqCst)
    }

    /// No more of them, in either direction.
    pub fn stop(&self) {
        let mut waiting = self.waiting();
        waiting.closed = true;
        waiting.datagrams.clear();
    }

    /// What waits is not sent.
    pub fn drop_waiting(&self) {
        self.waiting().datagrams.clear();
    }

    /// To be called while the connection is open.
    pub fn send(&self, payload: Bytes) -> Result<(), TransportError> {
        if payload.len() > MAX_DATAGRAM_BYTES {
            return Err(TransportError::TooLarge {
                bytes: payload.len(),
                limit: MAX_DATAGRAM_BYTES,
            });
        }
        if !self.are_agreed() {
            return Err(TransportError::NotOpen);
        }
        let mut waiting = self.waiting();
        if waiting.closed {
            return Err(TransportError::NotOpen);
        }
        if waiting.datagrams.len() >= DATAGRAMS_OUT {
            return Err(TransportError::Full);
        }
        // Under the lock, so that the nudge does not come before what it is for.
        if waiting.datagrams.len() >= waiting.nudges * BATCH {
            self.nudge()?;
            waiting.nudges += 1;
        }
        waiting.datagrams.push_back(payload);
        Ok(())
    }

    /// Never waits: a library that has that much to do takes no datagrams.
    fn nudge(&self) -> Result<(), TransportError> {
        let header = rtp::header::Header {
            version: 2,
            payload_type: DATAGRAM_PAYLOAD_TYPE,
            ssrc: self.ssrc,
            ..Default::default()
        };
        let nudging = pin!(self.track.write_rtp(rtp::Packet {
            header,
            payload: Bytes::new(),
        }));
        match nudging.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => Ok(()),
            Poll::Ready(Err(_)) => Err(TransportError::NotOpen),
            Poll::Pending => Err(TransportError::Full),
        }
    }

    /// What a nudge is for.
    fn take_batch(&self) -> Vec<Bytes> {
        let mut waiting = self.waiting();
        waiting.nudges = waiting.nudges.saturating_sub(1);
        let size = waiting.datagrams.len().min(BATCH);
        waiting.datagrams.drain(..size).collect()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the section of the description says of them: no feedback, hence no repair.
pub fn codec() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: format!("audio/{DATAGRAM_ENCODING}"),
        clock_rate: DATAGRAM_CLOCK_RATE,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: Vec::new(),
    }
}

/// Turns datagrams into packets and back; everything else goes on unchanged.
pub struct DatagramPackets {
    datagrams: Arc<Datagrams>,
    arrived: mpsc::Sender<Bytes>,
    sequence: u16,
    start: Instant,
    /// Where the RTP clock began, at random (RFC 3550, 5.1).
    origin: u32,
    inbound: VecDeque<TaggedPacket>,
    outbound: VecDeque<TaggedPacket>,
}

impl DatagramPackets {
    fn new(datagrams: Arc<Datagrams>, arrived: mpsc::Sender<Bytes>) -> Self {
        Self {
            datagrams,
            arrived,
            // In the lower half, so that a first packet that is lost is not taken for the end of a round (RFC 3711, 3.3.1).
            sequence: random() as u16 >> 1,
            start: Instant::now(),
            origin: random(),
            inbound: VecDeque::new(),
            outbound: VecDeque::new(),
        }
    }

    fn packet(&mut self, payload: Bytes, now: Instant) -> TaggedPacket {
        let elapsed =
            now.saturating_duration_since(self.start).as_micros() * u128::from(DATAGRAM_CLOCK_RATE) / 1_000_000;
        let header = rtp::header::Header {
            version: 2,
            payload_type: DATAGRAM_PAYLOAD_TYPE,
            sequence_number: self.sequence,
            // The RTP clock wraps round by design.
            timestamp: self.origin.wrapping_add(elapsed as u32),
            ssrc: self.datagrams.ssrc,
            ..Default::default()
        };
        self.sequence = self.sequence.wrapping_add(1);
        TaggedPacket {
            now,
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(rtp::Packet { header, payload })),
        }
    }
}

fn is_datagram(packet: &TaggedPacket) -> bool {
    matches!(&packet.message.packet, Packet::Rtp(rtp) if rtp.header.payload_type == DATAGRAM_PAYLOAD_TYPE)
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for DatagramPackets {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if !self.datagrams.are_agreed() || !is_datagram(&packet) {
            self.inbound.push_back(packet);
        } else if let Packet::Rtp(rtp) = packet.message.packet
            && rtp.payload.len() <= MAX_DATAGRAM_BYTES
        {
            // One that finds no room, or no reader, is as good as lost.
            let _dropped = self.arrived.try_send(rtp.payload);
        }
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inbound.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if is_datagram(&packet) {
            for payload in self.datagrams.take_batch() {
                let datagram = self.packet(payload, packet.now);
                self.outbound.push_back(datagram);
            }
        } else {
            self.outbound.push_back(packet);
        }
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outbound.pop_front()
    }
}

impl Interceptor for DatagramPackets {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(payload_type: u8, payload: &[u8]) -> TaggedPacket {
        let header = rtp::header::Header {
            version: 2,
            payload_type,
            ..Default::default()
        };
        let payload = Bytes::copy_from_slice(payload);
        TaggedPacket {
            now: Instant::now(),
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(rtp::Packet { header, payload })),
        }
    }

    fn sent(packets: &mut DatagramPackets) -> Vec<rtp::Packet> {
        std::iter::from_fn(|| packets.poll_write())
            .map(|sent| match sent.message.packet {
                Packet::Rtp(rtp) => rtp,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn what_was_not_agreed_upon_is_not_taken_for_a_datagram() {
        let (datagrams, mut packets, mut arriving) = Datagrams::new();
        packets.handle_read(packet(DATAGRAM_PAYLOAD_TYPE, b"early")).unwrap();
        assert!(packets.poll_read().is_some() && arriving.try_recv().is_err());
        assert!(matches!(datagrams.send(Bytes::new()), Err(TransportError::NotOpen)));
        datagrams.agree();
        packets.handle_read(packet(DATAGRAM_PAYLOAD_TYPE, b"one")).unwrap();
        packets.handle_read(packet(102, b"picture")).unwrap();
        let too_long = [0; MAX_DATAGRAM_BYTES + 1];
        packets.handle_read(packet(DATAGRAM_PAYLOAD_TYPE, &too_long)).unwrap();
        assert_eq!(arriving.try_recv().unwrap(), "one");
        assert!(arriving.try_recv().is_err());
        assert!(packets.poll_read().is_some() && packets.poll_read().is_none());
    }

    #[test]
    fn a_reader_that_is_behind_loses_the_newest() {
        let (datagrams, mut packets, mut arriving) = Datagrams::new();
        datagrams.agree();
        for number in 0..DATAGRAMS_IN + 5 {
            let read = packet(DATAGRAM_PAYLOAD_TYPE, &number.to_be_bytes());
            packets.handle_read(read).unwrap();
        }
        let kept: Vec<Bytes> = std::iter::from_fn(|| arriving.try_recv().ok()).collect();
        assert_eq!(kept.len(), DATAGRAMS_IN);
        assert_eq!(kept[0], 0_usize.to_be_bytes().as_slice());
    }

    #[test]
    fn a_nudge_becomes_a_batch_in_order_and_everything_else_passes() {
        let (datagrams, mut packets, _arriving) = Datagrams::new();
        {
            let mut waiting = datagrams.waiting();
            waiting.datagrams = (0..=BATCH as u8).map(|number| Bytes::from(vec![number])).collect();
            waiting.nudges = 2;
        }
        packets.handle_write(packet(DATAGRAM_PAYLOAD_TYPE, b"")).unwrap();
        packets.handle_write(packet(102, b"picture")).unwrap();
        let first = sent(&mut packets);
        assert_eq!(first.len(), BATCH + 1);
        assert_eq!(first[BATCH].payload, "picture");
        packets.handle_write(packet(DATAGRAM_PAYLOAD_TYPE, b"")).unwrap();
        packets.handle_write(packet(DATAGRAM_PAYLOAD_TYPE, b"")).unwrap();
        let last = sent(&mut packets);
        assert_eq!(last.len(), 1, "a nudge that finds nothing is nothing");
        for (number, packet) in first[..BATCH].iter().chain(&last).enumerate() {
            assert_eq!(packet.payload.as_ref(), [number as u8]);
            let expected = first[0].header.sequence_number.wrapping_add(number as u16);
            assert_eq!(
                (packet.header.sequence_number, packet.header.ssrc),
                (expected, datagrams.ssrc)
            );
        }
        assert_eq!(datagrams.waiting().nudges, 0);
    }
}
