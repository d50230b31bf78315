//! How much the picture may take: less while packets are lost, more again after a while.
//!
//! A request for a key frame is the sign of a loss that no retransmission repaired. The library's own estimator takes
//! a screen that does not change for a slow network, so it is not asked.

use std::time::{Duration, Instant};

/// What a picture may take at most, in bits a second.
pub const MOST: u32 = 20_000_000;
/// Below this, text is no longer readable in motion, in bits a second.
pub const LEAST: u32 = 1_000_000;
/// Requests right after a new connection or after each other say nothing new.
const QUIET: Duration = Duration::from_secs(2);
/// Without a loss for so long, it takes more.
const CALM: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Bitrate {
    current: u32,
    changed_at: Instant,
}

impl Bitrate {
    pub const fn new(now: Instant) -> Self {
        Self {
            current: MOST,
            changed_at: now,
        }
    }

    pub const fn current(&self) -> u32 {
        self.current
    }

    /// A new connection begins: its first request is none for a loss.
    pub const fn begin(&mut self, now: Instant) {
        self.changed_at = now;
    }

    /// Something was lost. Gives the new rate when it changed.
    pub fn lost(&mut self, now: Instant) -> Option<u32> {
        if now.saturating_duration_since(self.changed_at) < QUIET {
            return None;
        }
        self.set(self.current / 3 * 2, now)
    }

    /// Nothing was lost. Gives the new rate when it changed.
    pub fn calm(&mut self, now: Instant) -> Option<u32> {
        if self.current == MOST || now.saturating_duration_since(self.changed_at) < CALM {
            return None;
        }
        self.set(self.current / 4 * 5, now)
    }

    fn set(&mut self, rate: u32, now: Instant) -> Option<u32> {
        let rate = rate.clamp(LEAST, MOST);
        self.changed_at = now;
        (std::mem::replace(&mut self.current, rate) != rate).then_some(rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_lower_the_rate_and_calm_raises_it_within_bounds() {
        let start = Instant::now();
        let mut rate = Bitrate::new(start);
        assert_eq!(rate.lost(start), None, "the first request is for the first picture");
        assert_eq!(rate.lost(start + QUIET), Some(MOST / 3 * 2));
        assert_eq!(rate.lost(start + QUIET), None);
        let mut now = start + QUIET;
        for _ in 0..30 {
            now += QUIET;
            rate.lost(now);
        }
        assert_eq!(rate.current(), LEAST);
        assert_eq!(rate.calm(now + CALM / 2), None);
        for _ in 0..60 {
            now += CALM;
            rate.calm(now);
        }
        assert_eq!((rate.current(), rate.calm(now + CALM)), (MOST, None));
    }
}
