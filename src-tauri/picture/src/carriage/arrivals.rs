//! What has come, and when it is acknowledged.
//!
//! Invariant: what is small, ends something or tells of a gap is acknowledged at once; anything else with the next
//! datagram or after [`DELAY`].

use std::time::Duration;

use super::ranges::Ranges;

/// How long an acknowledgement is kept for the next datagram to join it.
const DELAY: Duration = Duration::from_millis(5);
/// Datagrams that one acknowledgement answers.
const EVERY: u32 = 2;

#[derive(Debug, Default)]
pub(super) struct Arrivals {
    ranges: Ranges,
    newest_at: Duration,
    /// Datagrams that are to be acknowledged.
    pending: u32,
    due: Option<Duration>,
}

impl Arrivals {
    /// Takes note of one. False when it has come before.
    pub fn insert(&mut self, number: u32, elicits: bool, now: Duration) -> bool {
        let newest = self.ranges.newest();
        if !self.ranges.insert(number) {
            return false;
        }
        if number > newest {
            self.newest_at = now;
        }
        if elicits {
            self.pending += 1;
            let in_order = number.checked_sub(1) == Some(newest);
            let due = if in_order && self.pending < EVERY {
                now + DELAY
            } else {
                now
            };
            self.due = Some(self.due.map_or(due, |earlier| earlier.min(due)));
        }
        true
    }

    /// What came last is not to wait.
    pub fn hurry(&mut self, now: Duration) {
        self.due = self.due.map(|due| due.min(now));
    }

    /// When an acknowledgement is to leave by itself.
    pub const fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Is there something to be acknowledged?
    pub const fn is_pending(&self) -> bool {
        self.due.is_some()
    }

    /// An acknowledgement leaves: its delay in microseconds, and the runs.
    pub fn acknowledge(&mut self, now: Duration) -> (u32, impl Iterator<Item = (u32, u32)>) {
        self.pending = 0;
        self.due = None;
        let delay = now.saturating_sub(self.newest_at).as_micros();
        (u32::try_from(delay).unwrap_or(u32::MAX), self.ranges.runs())
    }
}
