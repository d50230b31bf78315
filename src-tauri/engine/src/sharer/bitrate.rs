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
    /// Something was lost since the last turn.
    lost: bool,
    told: Option<u32>,
}

impl Bitrate {
    pub const fn new(now: Instant) -> Self {
        Self {
            current: MOST,
            changed_at: now,
            lost: false,
            told: None,
        }
    }

    /// The viewer cannot go on: something was lost.
    pub const fn hear_of_loss(&mut self) {
        self.lost = true;
    }

    /// What the encoder is to be told now; none while it is what it was told last.
    pub fn turn(&mut self, now: Instant) -> Option<u32> {
        if std::mem::take(&mut self.lost) {
            self.lose(now);
        } else {
            self.calm(now);
        }
        (self.told.replace(self.current) != Some(self.current)).then_some(self.current)
    }

    /// A new connection begins: its first request is none for a loss.
    pub const fn begin(&mut self, now: Instant) {
        self.changed_at = now;
        self.lost = false;
    }

    fn lose(&mut self, now: Instant) {
        if now.saturating_duration_since(self.changed_at) >= QUIET {
            self.set(self.current / 3 * 2, now);
        }
    }

    fn calm(&mut self, now: Instant) {
        if self.current != MOST && now.saturating_duration_since(self.changed_at) >= CALM {
            self.set(self.current / 4 * 5, now);
        }
    }

    fn set(&mut self, rate: u32, now: Instant) {
        self.current = rate.clamp(LEAST, MOST);
        self.changed_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_lower_the_rate_and_calm_raises_it_within_bounds() {
        let start = Instant::now();
        let mut rate = Bitrate::new(start);
        let lost = |rate: &mut Bitrate, now| {
            rate.hear_of_loss();
            rate.turn(now)
        };
        assert_eq!(rate.turn(start), Some(MOST));
        assert_eq!(
            lost(&mut rate, start),
            None,
            "the first request is for the first picture"
        );
        assert_eq!(lost(&mut rate, start + QUIET), Some(MOST / 3 * 2));
        assert_eq!(lost(&mut rate, start + QUIET), None);
        let mut now = start + QUIET;
        for _ in 0..30 {
            now += QUIET;
            lost(&mut rate, now);
        }
        assert_eq!(rate.current, LEAST);
        assert_eq!(rate.turn(now + CALM / 2), None);
        for _ in 0..60 {
            now += CALM;
            rate.turn(now);
        }
        assert_eq!((rate.current, rate.turn(now + CALM)), (MOST, None));
    }
}
