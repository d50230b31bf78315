//! Hears the peer's requests for a key frame, which the library does not pass on (RFC 4585, 6.3.1; RFC 5104, 4.3.1).
//!
//! A browser takes a still screen for a broken stream: after three seconds without a frame it asks for a key frame, and
//! again three seconds after that one. Each would cost as much as the whole screen and blur the text for a moment. So a
//! request is left out when the stream rests and the peer has reported the last packet as received, with nothing lost on
//! the way.
//!
//! Invariant: every packet goes on unchanged, and whoever asks again soon is heard; but nobody more often than every
//! [`APART`], for a key frame costs both ends much.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use rtc::{
    interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::{
        payload_feedbacks::{full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication},
        receiver_report::ReceiverReport,
    },
    sansio::Protocol,
    shared::error::Error,
};
use tokio::sync::mpsc;

use crate::transport::TransportEvent;

/// After its last packet a stream counts as resting; a decoder that cannot go on has asked before.
const REST: Duration = Duration::from_millis(2_500);
/// Whoever asks again within this time means it: a browser that only waits for a frame asks every three seconds.
const INSISTS: Duration = Duration::from_secs(2);
/// After a loss that was reported, every request is heard for so long.
const TROUBLE: Duration = Duration::from_secs(10);

/// Shortest time from one request that is heard to the next. Who cannot go on repeats what came too early.
const APART: Duration = Duration::from_millis(200);

/// One stream of ours, as it was sent and as the peer reports it.
#[derive(Debug)]
struct Sent {
    /// The newest packet.
    sequence: u16,
    at: Instant,
    /// The newest one that the peer has received.
    received: Option<u16>,
    lost: u32,
    lost_at: Option<Instant>,
    asked_at: Option<Instant>,
}

impl Sent {
    const fn new(sequence: u16, at: Instant) -> Self {
        Self {
            sequence,
            at,
            received: None,
            lost: 0,
            lost_at: None,
            asked_at: None,
        }
    }

    fn send(&mut self, sequence: u16, now: Instant) {
        // What is sent again is older.
        if sequence.wrapping_sub(self.sequence) < 1 << 15 {
            self.sequence = sequence;
        }
        self.at = now;
    }

    /// A reception report (RFC 3550, 6.4.1): the highest sequence number, extended, and all that was lost so far.
    fn report(&mut self, highest: u32, lost: u32, now: Instant) {
        let [.., high, low] = highest.to_be_bytes();
        self.received = Some(u16::from_be_bytes([high, low]));
        if lost > self.lost {
            self.lost_at = Some(now);
        }
        self.lost = lost;
    }

    /// A picture loss indication: is it one?
    fn ask(&mut self, now: Instant) -> bool {
        let within = |at: Option<Instant>, time| at.is_some_and(|at| now.saturating_duration_since(at) < time);
        let rests = !within(Some(self.at), REST);
        let whole = self.received == Some(self.sequence) && !within(self.lost_at, TROUBLE);
        let insists = within(self.asked_at.replace(now), INSISTS);
        !rests || !whole || insists
    }
}

pub struct KeyFrameRequests {
    events: mpsc::Sender<TransportEvent>,
    /// By their SSRC; our own only, so there are few.
    streams: HashMap<u32, Sent>,
    heard_at: Option<Instant>,
    inbound: VecDeque<TaggedPacket>,
    outbound: VecDeque<TaggedPacket>,
}

impl KeyFrameRequests {
    pub fn new(events: mpsc::Sender<TransportEvent>) -> Self {
        Self {
            events,
            streams: HashMap::new(),
            heard_at: None,
            inbound: VecDeque::new(),
            outbound: VecDeque::new(),
        }
    }

    /// Is a key frame wanted by these, and not too soon after the last?
    fn wanted(&mut self, reports: &[Box<dyn rtc::rtcp::Packet>], now: Instant) -> bool {
        // All of them are heard: a compound packet carries the report beside the request (RFC 3550, 6.1).
        let wanted = reports.iter().filter(|report| self.hear(report.as_any(), now)).count() > 0;
        let early = self
            .heard_at
            .is_some_and(|at| now.saturating_duration_since(at) < APART);
        if wanted && !early {
            self.heard_at = Some(now);
        }
        wanted && !early
    }

    /// Is a key frame wanted by this RTCP packet?
    fn hear(&mut self, report: &dyn std::any::Any, now: Instant) -> bool {
        if let Some(reports) = report.downcast_ref::<ReceiverReport>() {
            for block in &reports.reports {
                if let Some(stream) = self.streams.get_mut(&block.ssrc) {
                    stream.report(block.last_sequence_number, block.total_lost, now);
                }
            }
        }
        if let Some(loss) = report.downcast_ref::<PictureLossIndication>() {
            return self
                .streams
                .get_mut(&loss.media_ssrc)
                .is_none_or(|stream| stream.ask(now));
        }
        report.is::<FullIntraRequest>()
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for KeyFrameRequests {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(reports) = &packet.message.packet
            && self.wanted(reports, packet.now)
        {
            // When the owner is that far behind, the peer asks again before long.
            let _full = self.events.try_send(TransportEvent::KeyFrameWanted);
        }
        self.inbound.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inbound.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(rtp) = &packet.message.packet {
            let (ssrc, sequence) = (rtp.header.ssrc, rtp.header.sequence_number);
            let stream = self
                .streams
                .entry(ssrc)
                .or_insert_with(|| Sent::new(sequence, packet.now));
            stream.send(sequence, packet.now);
        }
        self.outbound.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outbound.pop_front()
    }
}

impl Interceptor for KeyFrameRequests {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A stream whose last packet was sent at that moment, and received.
    fn resting(at: Instant) -> Sent {
        let mut stream = Sent::new(u16::MAX, at);
        stream.send(0, at);
        stream.send(u16::MAX - 1, at);
        stream.report(0x0001_0000, 0, at + SECOND);
        stream
    }

    #[test]
    fn a_browser_that_only_waits_for_a_frame_gets_none_however_often_it_asks() {
        let start = Instant::now();
        let mut stream = resting(start);
        for times in 1..10 {
            assert!(!stream.ask(start + 3 * times * SECOND), "time {times}");
        }
    }

    #[test]
    fn a_request_while_the_picture_moves_is_heard() {
        let start = Instant::now();
        assert!(resting(start).ask(start + SECOND));
        let mut stream = resting(start);
        stream.send(1, start + 5 * SECOND);
        assert!(stream.ask(start + 6 * SECOND));
    }

    #[test]
    fn a_peer_that_has_not_received_everything_is_heard() {
        let start = Instant::now();
        let mut stream = resting(start);
        stream.send(1, start + SECOND);
        assert!(stream.ask(start + 4 * SECOND), "the last packet never arrived");
        stream.report(0x0001_0001, 0, start + 5 * SECOND);
        assert!(!stream.ask(start + 7 * SECOND));
        assert!(Sent::new(7, start).ask(start + 3 * SECOND), "nothing was ever reported");
    }

    #[test]
    fn a_peer_that_lost_something_is_heard_for_a_while() {
        let start = Instant::now();
        let mut stream = resting(start);
        stream.report(0x0001_0000, 1, start + 2 * SECOND);
        assert!(stream.ask(start + 4 * SECOND));
        stream.report(0x0001_0000, 1, start + 5 * SECOND);
        assert!(stream.ask(start + 11 * SECOND));
        assert!(!stream.ask(start + 14 * SECOND));
    }

    #[test]
    fn whoever_asks_again_at_once_is_heard() {
        let start = Instant::now();
        let mut stream = resting(start);
        assert!(!stream.ask(start + 3 * SECOND));
        assert!(stream.ask(start + 3 * SECOND + SECOND / 5));
    }

    #[test]
    fn a_flood_of_requests_is_heard_five_times_a_second() {
        let (events, _owner) = mpsc::channel(1);
        let (mut requests, start) = (KeyFrameRequests::new(events), Instant::now());
        let flood: [Box<dyn rtc::rtcp::Packet>; 2] = [
            Box::new(PictureLossIndication::default()),
            Box::new(FullIntraRequest::default()),
        ];
        let times = (0..1_000).map(|at| start + Duration::from_millis(at));
        assert_eq!(times.filter(|now| requests.wanted(&flood, *now)).count(), 5);
    }
}
