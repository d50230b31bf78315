//! Lets datagrams go one after the other instead of at once, so that no queue of a small router overflows.
//!
//! Invariant: in any time t, at most the rate's bytes for t and one burst leave, and what may go into debt besides.

use std::time::Duration;

use super::MAX_DATAGRAM;

/// A burst lasts so long at the rate at hand, as timers are not finer than this.
const BURST: Duration = Duration::from_millis(2);
/// Bytes of the smallest and the largest burst.
const LEAST: f64 = 4.0 * MAX_DATAGRAM as f64;
const MOST: f64 = 64.0 * 1024.0;
/// Bytes that what is quick may go ahead by; what is large waits until they are paid.
const DEBT: f64 = 16.0 * MAX_DATAGRAM as f64;

#[derive(Debug)]
pub(super) struct Pacer {
    /// Bytes that may leave; negative when in debt.
    budget: f64,
    at: Duration,
}

impl Default for Pacer {
    fn default() -> Self {
        Self {
            budget: LEAST,
            at: Duration::ZERO,
        }
    }
}

impl Pacer {
    /// Time has passed, at this rate in bytes a second. True when more could have left.
    pub fn advance(&mut self, rate: f64, now: Duration) -> bool {
        let burst = (rate * BURST.as_secs_f64()).clamp(LEAST, MOST);
        let passed = now.saturating_sub(self.at).as_secs_f64();
        let budget = self.budget + passed * rate;
        self.budget = budget.min(burst);
        self.at = self.at.max(now);
        budget > burst
    }

    pub fn sent(&mut self, bytes: usize) {
        self.budget -= bytes as f64;
    }

    pub fn allows(&self) -> bool {
        self.budget >= 0.0
    }

    pub fn allows_quick(&self) -> bool {
        self.budget >= -DEBT
    }

    /// When it allows again, and when it does what is quick.
    pub fn ready_at(&self, rate: f64, quick: bool) -> Duration {
        let missing = -self.budget - if quick { DEBT } else { 0.0 };
        // A microsecond more, so that it surely does by then.
        self.at + Duration::from_secs_f64((missing / rate).clamp(0.0, 60.0)) + Duration::from_micros(1)
    }
}
