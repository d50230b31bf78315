//! How long to wait before the next attempt.

use std::time::Duration;

use ring::rand::{SecureRandom as _, SystemRandom};

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(10);

/// Doubles from attempt to attempt, up to a limit, and is spread at random so that a relay that comes back is not
/// stormed by everyone at once.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// An attempt failed.
    pub(super) fn next_wait(&mut self) -> Duration {
        let whole = SHORTEST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        spread(whole)
    }

    /// An attempt succeeded.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

/// Between half of it and all of it, but never below the shortest wait.
fn spread(whole: Duration) -> Duration {
    let mut byte = [128];
    // Without randomness the wait is still a good one.
    let _ = SystemRandom::new().fill(&mut byte);
    (whole / 2 + whole.mul_f64(f64::from(byte[0]) / 512.0)).max(SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_stay_within_their_limits_and_begin_anew() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..40).map(|_| backoff.next_wait()).collect();
        assert!(
            waits.iter().all(|wait| (SHORTEST..=LONGEST).contains(wait)),
            "{waits:?}"
        );
        assert!(waits[0] < Duration::from_secs(1));
        assert!(waits[39] >= LONGEST / 2);
        backoff.reset();
        assert!(backoff.next_wait() < Duration::from_secs(1));
    }
}
