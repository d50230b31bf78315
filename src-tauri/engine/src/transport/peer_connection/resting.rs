//! Lets an interceptor that works by the clock rest while no picture comes: a screen is idle most of the time, and waking
//! up fifty times a second to find nothing missing costs half a per cent of a core.
//!
//! Invariant: every packet goes on unchanged, and while packets come the inner interceptor's clock is kept.

use std::time::{Duration, Instant};

use rtc::{
    interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket},
    sansio::Protocol,
    shared::error::Error,
};

/// After the last packet of a picture its clock goes on for so long: the end of a picture is sent again within that time,
/// so a loss is known by then, and has been asked for many times.
const AWAKE: Duration = Duration::from_secs(1);

pub struct Resting<I> {
    inner: I,
    awake_until: Option<Instant>,
}

impl<I> Resting<I> {
    pub const fn new(inner: I) -> Self {
        Self {
            inner,
            awake_until: None,
        }
    }
}

impl<I: Interceptor> Protocol<TaggedPacket, TaggedPacket, ()> for Resting<I> {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if matches!(packet.message.packet, Packet::Rtp(_)) {
            self.awake_until = Some(packet.now + AWAKE);
        }
        self.inner.handle_read(packet)
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inner.poll_read()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.inner.handle_write(packet)
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.inner.poll_write()
    }

    fn handle_event(&mut self, event: ()) -> Result<(), Error> {
        self.inner.handle_event(event)
    }

    fn poll_event(&mut self) -> Option<()> {
        self.inner.poll_event()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if self.awake_until.is_some_and(|until| now > until) {
            self.awake_until = None;
        }
        self.inner.handle_timeout(now)
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.awake_until?;
        self.inner.poll_timeout()
    }

    fn close(&mut self) -> Result<(), Error> {
        self.inner.close()
    }
}

impl<I: Interceptor> Interceptor for Resting<I> {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        self.inner.bind_local_stream(info);
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.inner.unbind_local_stream(info);
    }

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        self.inner.bind_remote_stream(info);
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.inner.unbind_remote_stream(info);
    }
}

#[cfg(test)]
mod tests {
    use rtc::{
        interceptor::{AttributedPacket, NackGeneratorBuilder, RTCPFeedback},
        rtp,
        shared::TransportContext,
    };

    use super::*;

    const INTERVAL: Duration = Duration::from_millis(20);
    const SSRC: u32 = 7;

    fn packet(sequence_number: u16, now: Instant) -> TaggedPacket {
        let header = rtp::header::Header {
            ssrc: SSRC,
            sequence_number,
            ..Default::default()
        };
        let packet = rtp::Packet {
            header,
            ..Default::default()
        };
        TaggedPacket {
            now,
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(packet)),
        }
    }

    #[test]
    fn the_clock_stops_when_no_picture_comes_and_goes_on_with_the_next_one() {
        let mut resting = Resting::new(NackGeneratorBuilder::new().with_interval(INTERVAL).build());
        resting.bind_remote_stream(&StreamInfo {
            ssrc: SSRC,
            rtcp_feedback: vec![RTCPFeedback {
                typ: "nack".into(),
                parameter: String::new(),
            }],
            ..Default::default()
        });
        let start = Instant::now();
        assert_eq!(resting.poll_timeout(), None);
        resting.handle_read(packet(1, start)).unwrap();
        assert_eq!(resting.poll_timeout(), Some(start + INTERVAL));
        resting.handle_timeout(start + AWAKE).unwrap();
        assert!(resting.poll_timeout().is_some());
        resting.handle_timeout(start + AWAKE + INTERVAL).unwrap();
        assert_eq!(resting.poll_timeout(), None);

        let later = start + AWAKE * 60;
        resting.handle_read(packet(3, later)).unwrap();
        assert!(resting.poll_timeout().is_some_and(|at| at <= later + INTERVAL));
        resting.handle_timeout(later + INTERVAL).unwrap();
        let asked =
            std::iter::from_fn(|| resting.poll_write()).any(|sent| matches!(sent.message.packet, Packet::Rtcp(_)));
        assert!(asked, "what was lost meanwhile is asked for");
        assert!(
            std::iter::from_fn(|| resting.poll_read()).count() == 2,
            "every packet goes on"
        );
    }
}
