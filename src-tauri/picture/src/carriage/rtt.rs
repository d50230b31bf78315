//! How long a datagram and its acknowledgement take: RFC 9002 section 5.

use std::time::Duration;

/// Believed before there was an acknowledgement.
const INITIAL: Duration = Duration::from_millis(100);
/// A peer's word for how long it kept an acknowledgement is believed up to this.
const MAX_DELAY: Duration = Duration::from_millis(25);
/// What timers of both ends, and the program between them and the network, may be late by.
pub(super) const GRANULARITY: Duration = Duration::from_millis(2);

#[derive(Debug, Default)]
pub(super) struct Rtt {
    known: Option<Known>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    latest: Duration,
    least: Duration,
    smoothed: Duration,
    variation: Duration,
}

impl Rtt {
    /// One took so long, of which the peer says that it kept the acknowledgement for `delay`.
    pub fn sample(&mut self, latest: Duration, delay: Duration) {
        let Some(known) = &mut self.known else {
            self.known = Some(Known {
                latest,
                least: latest,
                smoothed: latest,
                variation: latest / 2,
            });
            return;
        };
        known.latest = latest;
        known.least = known.least.min(latest);
        let delay = delay.min(MAX_DELAY);
        let adjusted = if latest >= known.least + delay {
            latest - delay
        } else {
            latest
        };
        known.variation = (known.variation * 3 + known.smoothed.abs_diff(adjusted)) / 4;
        known.smoothed = (known.smoothed * 7 + adjusted) / 8;
    }

    /// A datagram older than this, below one that was acknowledged, is lost: 9/8 of a round trip.
    pub fn threshold(&self) -> Duration {
        let known = self.known.map_or(INITIAL, |known| known.smoothed.max(known.latest));
        (known * 9 / 8).max(GRANULARITY)
    }

    /// After so long without a word, a probe is sent. The last datagram of anything is acknowledged at once, so that
    /// nothing is added for an acknowledgement that is kept.
    pub fn probe(&self) -> Duration {
        match self.known {
            Some(known) => known.smoothed + (known.variation * 4).max(GRANULARITY),
            None => INITIAL * 3,
        }
    }
}
