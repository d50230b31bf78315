//! The pointer's last move, until it may leave.
//!
//! Flow: [`Moves::offer`] keeps the newest; [`Moves::take_due`] gives it when enough time has passed since the one before and
//! the network is not behind; [`Moves::take`] gives it at once, ahead of anything that must find the pointer there.
//!
//! Invariant: the newest move is never dropped, only replaced by a newer one.

use std::time::Duration;

/// Shortest time from one move to the next: no screen shows more than 250 pictures a second.
const APART: Duration = Duration::from_millis(4);
/// Messages that are not acknowledged, above which moves wait: with a round trip of 150 ms, a move every 5 ms goes on.
const BEHIND: usize = 32;

#[derive(Debug, Default)]
pub struct Moves {
    newest: Option<Vec<u8>>,
    /// When the last one left.
    left_at: Option<Duration>,
}

impl Moves {
    /// The pointer moved; this takes the place of one that waits.
    pub fn offer(&mut self, message: Vec<u8>) {
        self.newest = Some(message);
    }

    /// When the one that waits may leave, if the network is not behind; what is acknowledged tells that it no longer is.
    pub fn due(&self, unacknowledged: usize) -> Option<Duration> {
        let waits = self.newest.is_some() && unacknowledged < BEHIND;
        waits.then(|| self.left_at.map_or(Duration::ZERO, |left| left + APART))
    }

    /// It may leave now.
    pub fn take_due(&mut self, now: Duration, unacknowledged: usize) -> Option<Vec<u8>> {
        self.due(unacknowledged).filter(|due| *due <= now)?;
        self.take(now)
    }

    /// It leaves now.
    pub fn take(&mut self, now: Duration) -> Option<Vec<u8>> {
        let taken = self.newest.take()?;
        self.left_at = Some(now);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn the_first_leaves_at_once_and_of_the_others_the_newest_when_it_may() {
        let mut moves = Moves::default();
        moves.offer(vec![1]);
        assert_eq!(moves.take_due(ms(100), 0), Some(vec![1]));
        moves.offer(vec![2]);
        moves.offer(vec![3]);
        assert_eq!((moves.take_due(ms(103), 0), moves.due(0)), (None, Some(ms(104))));
        assert_eq!(moves.take_due(ms(104), 0), Some(vec![3]));
        assert_eq!((moves.take_due(ms(500), 0), moves.due(0)), (None, None));
    }

    #[test]
    fn while_the_network_is_behind_the_newest_waits_unless_something_needs_it() {
        let mut moves = Moves::default();
        moves.offer(vec![1]);
        moves.offer(vec![2]);
        assert_eq!((moves.take_due(ms(9), BEHIND), moves.due(BEHIND)), (None, None));
        assert_eq!(moves.take(ms(9)), Some(vec![2]));
        moves.offer(vec![3]);
        assert_eq!(moves.take_due(ms(13), BEHIND - 1), Some(vec![3]));
    }
}
