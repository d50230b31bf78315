//! How the picture goes out, in one of two ways: as video alone, or as updates with video in between.
//!
//! Flow: the screen's thread says what changed ([`Outlet::changed`]), asks when something is due ([`Outlet::wait`]), and then
//! lets it go ([`Outlet::go`]).
//!
//! Invariant: nothing goes through the [`Gate`] while nobody may see it, and nothing that was captured then goes later.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{bitrate::Bitrate, orders::PictureControl, pacing::Pacing, stop::StopSwitch};
use crate::{
    leg,
    seams::{EncodedFrame, Picture, Rect, VideoEncoder, VideoError},
    transport::Frame,
};

/// Where frames leave, as long as somebody may see them.
pub struct Gate {
    pub control: PictureControl,
    pub stop: StopSwitch,
    /// Each with the turn of the picture that it is of.
    pub frames: mpsc::Sender<(u64, Frame)>,
    /// When the video's clock began.
    pub start: Instant,
    /// What it showed then, at random (RFC 3550, 5.1).
    pub origin: u32,
}

impl Gate {
    /// May what was just made of the picture go? The user may have stopped, or hidden the screen, meanwhile.
    pub fn is_open(&self) -> bool {
        !self.stop.is_stopped() && self.control.is_still_wanted()
    }

    /// Does the network take another frame?
    pub fn has_room(&self) -> bool {
        self.frames.capacity() > 0
    }

    /// The RTP timestamp of this moment, 90,000 a second.
    pub fn timestamp(&self, now: Instant) -> u32 {
        let elapsed = now.saturating_duration_since(self.start).as_micros() * 9 / 100;
        // The RTP clock wraps round by design.
        self.origin.wrapping_add(elapsed as u32)
    }

    /// Hands a frame over, if it may go.
    pub fn send(&self, timestamp: u32, data: Vec<u8>) -> bool {
        leg::mark("picture: encoded");
        let unit = Bytes::from(data);
        let hand = |turn| self.frames.try_send((turn, Frame { timestamp, unit })).is_ok();
        !self.stop.is_stopped() && self.control.hand_over(hand)
    }
}

/// Why a picture cannot go out at all.
#[derive(Debug, thiserror::Error)]
pub enum OutletError {
    /// The codec failed.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// The screen is larger than a viewer takes.
    #[error(transparent)]
    TooLarge(#[from] renfort_picture::TooLarge),
}

/// A way out.
pub trait Outlet {
    /// Somebody may see the picture from now on, who has nothing of it, or nothing that counts.
    fn begin(&mut self, now: Instant);

    /// The viewer cannot go on without a key frame.
    fn want_key(&mut self);

    /// These parts of the picture changed.
    fn changed(&mut self, rects: &[Rect]);

    /// How long until something is due; none when nothing is.
    fn wait(&self, now: Instant, gate: &Gate) -> Option<Duration>;

    /// What is known of the network, for the way that comes next.
    fn bitrate(self: Box<Self>) -> Bitrate;

    /// Lets go what is due and has room. May put another picture in this one's place, and says where it is older then.
    ///
    /// # Errors
    /// When this picture, or any, cannot be sent.
    fn go(
        &mut self,
        picture: &mut Picture,
        encoder: &mut dyn VideoEncoder,
        gate: &Gate,
    ) -> Result<Vec<Rect>, OutletError>;
}

/// While the network is busy, it is looked after so often.
pub const BUSY_NETWORK: Duration = Duration::from_millis(4);

/// Whole frames of video, one after the other. While they wait for the network, damage adds up and nothing is encoded, so
/// that the newest picture wins.
pub struct VideoOutlet {
    pacing: Pacing,
    bitrate: Bitrate,
}

impl VideoOutlet {
    pub fn new(bitrate: Bitrate) -> Self {
        Self {
            pacing: Pacing::default(),
            bitrate,
        }
    }
}

impl Outlet for VideoOutlet {
    fn begin(&mut self, now: Instant) {
        self.bitrate.begin(now);
        self.pacing.want_key();
    }

    fn want_key(&mut self) {
        self.bitrate.hear_of_loss();
        self.pacing.want_key();
    }

    fn changed(&mut self, rects: &[Rect]) {
        self.pacing.changed(rects);
    }

    fn wait(&self, now: Instant, gate: &Gate) -> Option<Duration> {
        let due = self.pacing.wait(now)?;
        // The source brings the picture up to date once more, so that what is encoded is the newest.
        Some(if gate.has_room() { due } else { due.max(BUSY_NETWORK) })
    }

    fn bitrate(self: Box<Self>) -> Bitrate {
        self.bitrate
    }

    fn go(
        &mut self,
        picture: &mut Picture,
        encoder: &mut dyn VideoEncoder,
        gate: &Gate,
    ) -> Result<Vec<Rect>, OutletError> {
        let now = Instant::now();
        if let Some(rate) = self.bitrate.turn(now) {
            encoder.set_bitrate(rate);
        }
        if !gate.has_room() || self.pacing.wait(now) != Some(Duration::ZERO) || gate.stop.is_stopped() {
            return Ok(Vec::new());
        }
        let (damage, key) = self.pacing.begin(now);
        match encoder.encode(picture, &damage, now - gate.start, key)? {
            Some(EncodedFrame { data, settled, .. }) => {
                self.pacing.done(settled, false, now.elapsed());
                gate.send(gate.timestamp(now), data);
            }
            None => self.pacing.done(false, key, now.elapsed()),
        }
        Ok(Vec::new())
    }
}
