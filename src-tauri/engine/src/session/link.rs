//! When to make a new connection. The sharer offers; the viewer answers, and can only ask for another offer.
//!
//! Invariant: attempts are numbered upwards from 1; whatever carries another number than the current is dropped.

use renfort_protocol::time::UnixMillis;

/// A connection that is interrupted for longer is made anew, in milliseconds.
pub const BROKEN_MS: u64 = 4_000;
/// An attempt that has not opened by then is made anew, in milliseconds.
pub const ATTEMPT_MS: u64 = 10_000;
/// A connection that was closed or could not be made is made anew after this pause, in milliseconds.
pub const RETRY_MS: u64 = 500;
/// A viewer's wish for a new offer is passed over while an attempt is younger than this, in milliseconds: it crossed
/// the offer on its way.
pub const CROSSED_MS: u64 = 3_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// On its way; given up at this time.
    Trying {
        since: UnixMillis,
        until: UnixMillis,
    },
    Open,
    /// Given up at this time.
    Broken {
        until: UnixMillis,
    },
}

impl State {
    const fn trying(now: UnixMillis) -> Self {
        Self::Trying {
            since: now,
            until: now.plus(ATTEMPT_MS),
        }
    }

    const fn deadline(self) -> Option<UnixMillis> {
        match self {
            Self::Trying { until, .. } | Self::Broken { until } => Some(until),
            Self::Open => None,
        }
    }

    fn interrupted(&mut self, interrupted: bool, now: UnixMillis) {
        match (interrupted, *self) {
            (true, Self::Open) => {
                *self = Self::Broken {
                    until: now.plus(BROKEN_MS),
                }
            }
            (false, Self::Broken { .. }) => *self = Self::Open,
            _ => {}
        }
    }
}

/// The sharer's part.
#[derive(Debug)]
pub struct OfferLink {
    attempt: u32,
    state: State,
}

impl OfferLink {
    /// The first attempt is due at once.
    #[must_use]
    pub const fn new(now: UnixMillis) -> Self {
        Self {
            attempt: 0,
            state: State::Broken { until: now },
        }
    }

    /// The current attempt's number.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The connection can be used.
    pub fn open(&mut self) {
        self.state = State::Open;
    }

    /// Nothing comes through, or again.
    pub fn interrupted(&mut self, interrupted: bool, now: UnixMillis) {
        self.state.interrupted(interrupted, now);
    }

    /// The connection is of no further use.
    pub fn closed(&mut self, now: UnixMillis) {
        self.state = State::Broken {
            until: now.plus(RETRY_MS),
        };
    }

    /// The viewer wants a new offer.
    pub fn restart(&mut self, now: UnixMillis) {
        let crossed = matches!(self.state, State::Trying { since, .. } if now < since.plus(CROSSED_MS));
        if !crossed {
            self.state = State::Broken { until: now };
        }
    }

    /// A new attempt is due, and begun by this.
    pub fn poll(&mut self, now: UnixMillis) -> Option<u32> {
        self.state.deadline().filter(|deadline| now >= *deadline)?;
        self.attempt = self.attempt.saturating_add(1);
        self.state = State::trying(now);
        Some(self.attempt)
    }

    /// When to poll next.
    #[must_use]
    pub const fn deadline(&self) -> Option<UnixMillis> {
        self.state.deadline()
    }
}

/// The viewer's part.
#[derive(Debug)]
pub struct AnswerLink {
    attempt: u32,
    state: State,
}

impl AnswerLink {
    /// The first offer is awaited.
    #[must_use]
    pub const fn new(now: UnixMillis) -> Self {
        Self {
            attempt: 0,
            state: State::Broken {
                until: now.plus(BROKEN_MS),
            },
        }
    }

    /// The current attempt's number; 0 before the first offer.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// An offer came. False when it is an old one.
    pub fn offered(&mut self, attempt: u32, now: UnixMillis) -> bool {
        let newer = attempt > self.attempt;
        if newer {
            self.attempt = attempt;
            self.state = State::trying(now);
        }
        newer
    }

    /// The connection can be used.
    pub fn open(&mut self) {
        self.state = State::Open;
    }

    /// Nothing comes through, or again.
    pub fn interrupted(&mut self, interrupted: bool, now: UnixMillis) {
        self.state.interrupted(interrupted, now);
    }

    /// The connection is of no further use.
    pub fn closed(&mut self, now: UnixMillis) {
        self.state = State::Broken {
            until: now.plus(RETRY_MS),
        };
    }

    /// It is time to ask for a new offer.
    pub fn poll(&mut self, now: UnixMillis) -> bool {
        let due = self.state.deadline().is_some_and(|deadline| now >= deadline);
        if due {
            self.state = State::Broken {
                until: now.plus(ATTEMPT_MS),
            };
        }
        due
    }

    /// When to poll next.
    #[must_use]
    pub const fn deadline(&self) -> Option<UnixMillis> {
        self.state.deadline()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(5_000);

    #[test]
    fn the_first_offer_is_made_at_once_and_made_anew_when_nothing_comes_of_it() {
        let mut link = OfferLink::new(START);
        assert_eq!((link.poll(START), link.poll(START)), (Some(1), None));
        assert_eq!(link.poll(START.plus(ATTEMPT_MS - 1)), None);
        assert_eq!(link.poll(START.plus(ATTEMPT_MS)), Some(2));
    }

    #[test]
    fn an_interruption_is_waited_out_for_a_while() {
        let mut link = OfferLink::new(START);
        link.poll(START);
        link.open();
        link.interrupted(true, START);
        link.interrupted(true, START.plus(1_000));
        assert_eq!(link.deadline(), Some(START.plus(BROKEN_MS)));
        link.interrupted(false, START.plus(2_000));
        assert_eq!((link.deadline(), link.poll(START.plus(60_000))), (None, None));
        link.interrupted(true, START);
        assert_eq!(link.poll(START.plus(BROKEN_MS)), Some(2));
    }

    #[test]
    fn a_restart_that_crossed_an_offer_is_passed_over() {
        let mut link = OfferLink::new(START);
        link.poll(START);
        link.restart(START.plus(CROSSED_MS - 1));
        assert_eq!(link.poll(START.plus(CROSSED_MS - 1)), None);
        link.restart(START.plus(CROSSED_MS));
        assert_eq!(link.poll(START.plus(CROSSED_MS)), Some(2));
    }

    #[test]
    fn a_viewer_takes_each_attempt_once_and_asks_again_when_none_comes() {
        let mut link = AnswerLink::new(START);
        assert!(!link.poll(START));
        assert!(link.poll(START.plus(BROKEN_MS)));
        assert!(link.offered(2, START) && !link.offered(2, START) && !link.offered(1, START));
        link.open();
        link.closed(START);
        assert!(!link.poll(START) && link.poll(START.plus(RETRY_MS)));
        assert_eq!(link.deadline(), Some(START.plus(RETRY_MS + ATTEMPT_MS)));
    }
}
