//! How finely each frame is quantised, so that the stream keeps to its bitrate.
//!
//! The codec's own rate control is made for cameras: it changes the quantiser all over the picture all the time, so that
//! a typed letter costs kilobytes and moves every pixel. Here the quantiser follows what is known about a screen: how
//! much of it changed, and that it then rests.
//!
//! Flow: [`Rate::plan`] gives the quantiser of the next frame, or skips it; [`Rate::spent`] learns what it cost.
//!
//! Invariant: no clock is read; time comes in with each frame.

use std::time::Duration;

/// Quantisers of H.264 run from 0 (finest) to 51; six more halve the bits.
pub(super) type Quantiser = u8;

/// Finest for what just changed: text is sharp, and there is room to refine it afterwards.
const FINEST_NEW: Quantiser = 22;
/// Finest for a screen that rests. Nobody tells it from a finer one, and finer ones cost 4 KB for each frame of 1080p in
/// which nothing changes.
pub(super) const FINEST: Quantiser = 18;
/// Above this, text cannot be read and a skipped frame is better.
pub(super) const COARSEST: Quantiser = 42;
/// Step from one refinement to the next.
const REFINING_STEP: Quantiser = 4;
/// A refinement at the finest quantiser of at most this many bytes (headers, and one run of skipped macroblocks)
/// improved nothing.
const IDLE_BYTES: usize = 64;
/// After so many refinements at the finest quantiser the picture counts as settled, whatever they still changed.
const LAST_REFINEMENTS: u8 = 5;

/// What one frame may cost, in seconds of the bitrate, less what is still on its way.
const FRAME_SECONDS: f64 = 0.25;
/// The same for a key frame, which is needed before anything can be shown.
const KEY_SECONDS: f64 = 0.5;
/// With more than this on its way, a frame of new content is skipped.
const FULL_SECONDS: f64 = 0.35;
/// With more than this on its way, even a key frame waits: asking again does not make the last one arrive sooner.
const KEY_FULL_SECONDS: f64 = 1.0;
/// With more than this on its way, a refinement is skipped: what is new goes first.
const BUSY_SECONDS: f64 = 0.05;
/// A key frame that cost this many times what it may is coded again, more coarsely.
const OVERSHOOT: f64 = 1.5;

/// What a frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Decoding begins here.
    Key,
    /// So many pixels are new.
    New(u64),
    /// Nothing is new.
    Refining,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Rate {
    bits_per_second: f64,
    pixels: f64,
    /// Bits that were handed over and cannot have left yet at this bitrate.
    owed: f64,
    at: Duration,
    key: Cost,
    new: Cost,
    /// The quantiser that the coarsest part of the picture has, at most.
    reached: Quantiser,
    last_refinements: u8,
}

/// Bits a pixel at [`FINEST_NEW`].
#[derive(Debug, Clone, Copy)]
struct Cost(f64);

impl Cost {
    /// The finest quantiser at which so many pixels fit into so many bits.
    fn fit(self, pixels: f64, bits: f64) -> Quantiser {
        let coarser = 6.0 * (self.0 * pixels / bits.max(1.0)).log2();
        // Saturates at both ends.
        FINEST_NEW.saturating_add(coarser.ceil().max(0.0) as u8).min(COARSEST)
    }

    /// Learns from a frame: at once when it cost more, slowly when it cost less, so that one quiet frame does not make
    /// the next loud one too large.
    fn learn(&mut self, quantiser: Quantiser, pixels: f64, bits: f64) {
        let seen = bits / pixels.max(1.0) * ((f64::from(quantiser) - f64::from(FINEST_NEW)) / 6.0).exp2();
        self.0 = if seen > self.0 { seen } else { self.0 * 0.8 + seen * 0.2 };
    }
}

impl Rate {
    /// For pictures of so many pixels.
    pub(super) fn new(bits_per_second: u32, pixels: u64) -> Self {
        Self {
            bits_per_second: bits_per_second.into(),
            pixels: pixels as f64,
            owed: 0.0,
            at: Duration::ZERO,
            // What desktops usually cost.
            key: Cost(0.8),
            new: Cost(0.4),
            reached: COARSEST,
            last_refinements: 0,
        }
    }

    pub(super) fn set_bitrate(&mut self, bits_per_second: u32) {
        self.bits_per_second = bits_per_second.into();
    }

    /// The quantiser of the next frame; none when it is better skipped.
    pub(super) fn plan(&mut self, purpose: Purpose, at: Duration) -> Option<Quantiser> {
        let passed = at.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(at);
        self.owed = (self.owed - passed * self.bits_per_second).max(0.0);
        let owed_seconds = self.owed / self.bits_per_second;
        match purpose {
            Purpose::Key if owed_seconds > KEY_FULL_SECONDS => None,
            Purpose::Key => Some(self.key.fit(self.pixels, self.key_bits())),
            Purpose::New(_) if owed_seconds > FULL_SECONDS => None,
            Purpose::New(pixels) => {
                let left = (FRAME_SECONDS - owed_seconds).max(BUSY_SECONDS);
                Some(self.new.fit(pixels as f64, left * self.bits_per_second))
            }
            Purpose::Refining if owed_seconds > BUSY_SECONDS => None,
            Purpose::Refining => Some(self.reached.saturating_sub(REFINING_STEP).max(FINEST)),
        }
    }

    /// A key frame became too large: the quantiser to code it again with, if there is a coarser one.
    pub(super) fn recode(&mut self, quantiser: Quantiser, bytes: usize) -> Option<Quantiser> {
        let bits = bytes as f64 * 8.0;
        if bits <= self.key_bits() * OVERSHOOT {
            return None;
        }
        self.key.learn(quantiser, self.pixels, bits);
        Some(self.key.fit(self.pixels, self.key_bits())).filter(|&coarser| coarser > quantiser)
    }

    /// What was sent. Gives whether the picture is now as good as it gets.
    pub(super) fn spent(&mut self, purpose: Purpose, quantiser: Quantiser, bytes: usize) -> bool {
        let bits = bytes as f64 * 8.0;
        self.owed += bits;
        if purpose != Purpose::Refining {
            self.last_refinements = 0;
        }
        match purpose {
            Purpose::Key => {
                self.key.learn(quantiser, self.pixels, bits);
                self.reached = quantiser;
                false
            }
            Purpose::New(pixels) => {
                // Small changes say little about large ones: headers are most of their cost.
                if pixels as f64 > self.pixels / 50.0 {
                    self.new.learn(quantiser, pixels as f64, bits);
                }
                self.reached = self.reached.max(quantiser);
                false
            }
            Purpose::Refining => {
                self.reached = quantiser;
                if quantiser > FINEST {
                    return false;
                }
                self.last_refinements = self.last_refinements.saturating_add(1);
                bytes <= IDLE_BYTES || self.last_refinements >= LAST_REFINEMENTS
            }
        }
    }

    fn key_bits(&self) -> f64 {
        self.bits_per_second * KEY_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BITS_PER_SECOND: u32 = 1_000_000;
    const SCREEN: u64 = 1_000_000;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_small_change_is_fine_and_a_large_one_is_as_coarse_as_it_must_be() {
        let mut rate = Rate::new(BITS_PER_SECOND, SCREEN);
        assert_eq!(rate.plan(Purpose::New(500), seconds(1.0)), Some(FINEST_NEW));
        let coarse = rate.plan(Purpose::New(SCREEN), seconds(1.0));
        assert!(
            coarse.is_some_and(|quantiser| quantiser > FINEST_NEW && quantiser < COARSEST),
            "{coarse:?}"
        );
    }

    #[test]
    fn a_full_line_skips_frames_until_it_is_empty_again() {
        let mut rate = Rate::new(BITS_PER_SECOND, SCREEN);
        rate.spent(Purpose::New(SCREEN), 30, 100_000);
        assert_eq!(rate.plan(Purpose::New(500), seconds(0.1)), None);
        assert_eq!(rate.plan(Purpose::Refining, seconds(0.6)), None);
        assert!(rate.plan(Purpose::New(500), seconds(0.6)).is_some());
        assert!(rate.plan(Purpose::Refining, seconds(0.8)).is_some());
    }

    #[test]
    fn a_key_frame_goes_before_what_is_new_but_not_twice_into_a_full_line() {
        let mut rate = Rate::new(BITS_PER_SECOND, SCREEN);
        rate.spent(Purpose::New(SCREEN), 30, 100_000);
        assert_eq!(rate.plan(Purpose::New(500), seconds(0.0)), None);
        assert!(rate.plan(Purpose::Key, seconds(0.0)).is_some());
        rate.spent(Purpose::Key, 30, 100_000);
        assert_eq!(rate.plan(Purpose::Key, seconds(0.1)), None);
        assert!(rate.plan(Purpose::Key, seconds(0.7)).is_some());
    }

    #[test]
    fn a_key_frame_is_coded_again_when_it_is_far_too_large() {
        let mut rate = Rate::new(BITS_PER_SECOND, SCREEN);
        let first = rate.plan(Purpose::Key, seconds(0.0)).unwrap_or_default();
        let again = rate.recode(first, 200_000);
        assert!(again.is_some_and(|again| again > first), "{first} then {again:?}");
        assert_eq!(rate.recode(first, 60_000), None);
    }

    #[test]
    fn refining_ends() {
        let mut rate = Rate::new(BITS_PER_SECOND, SCREEN);
        rate.spent(Purpose::Key, 30, 1000);
        let mut at = 1.0;
        let refinements = (1..100_u8).find(|_| {
            at += 1.0;
            let quantiser = rate.plan(Purpose::Refining, seconds(at)).unwrap_or(COARSEST);
            rate.spent(Purpose::Refining, quantiser, 5000)
        });
        // To 26, 22 and 18, and then as often again as is allowed.
        assert_eq!(refinements, Some(2 + LAST_REFINEMENTS));
    }

    #[test]
    fn what_is_new_is_refined_again() {
        let mut rate = Rate::new(BITS_PER_SECOND, SCREEN);
        rate.spent(Purpose::Refining, FINEST, 10);
        rate.spent(Purpose::New(500), 30, 100);
        assert_eq!(rate.plan(Purpose::Refining, seconds(1.0)), Some(30 - REFINING_STEP));
    }
}
