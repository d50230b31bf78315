//! How much may be on its way, and how fast: the network's rate and its empty round trip, measured.
//!
//! Flow: [`Rate::sent`] marks a datagram with how things stand; [`Rate::acknowledged`] and [`Rate::settled`] make of the marks
//! how fast datagrams were delivered (after the drafts of BBR: what came between the mark and now, by the longer of the time
//! to send it and the time to hear of it). The fastest of the last rounds is the network's rate, the shortest round trip
//! its length; [`Rate::window`] is their product and a little more, so that a queue has an end whatever happens.
//!
//! A screen is idle most of the time: a rate measured while there was too little to send only counts when it is higher.
//! Loss alone changes nothing, for it says little on a radio link; what it leaves of the delivered rate does. A queue does: when
//! round trips grow, less is sent until they shrink, and when they grow by [`TOO_LONG`], what was believed is forgotten.
//!
//! This is the seam for congestion control: nobody else knows how the two figures come about.

use std::{collections::VecDeque, time::Duration};

use super::MAX_DATAGRAM;

/// Bytes that may be on their way before anything was heard, and in which time they leave.
const INITIAL: f64 = 32.0 * 1024.0;
const INITIAL_TIME: f64 = 0.020;
/// Bytes that may always be on their way, and the most.
const LEAST: f64 = 8.0 * MAX_DATAGRAM as f64;
const MOST: f64 = (4 << 20) as f64;
/// Beyond one round trip's bytes, those of another one, within these bounds, and of twice the jitter, at most the lower
/// bound: acknowledgements come in clumps, and a queue is never longer.
const SLACK: (f64, f64) = (0.010, 0.060);
/// Rounds for which the fastest rate is believed.
const BELIEVED: u64 = 10;
/// How long the shortest round trip is believed; after that, the queue is emptied once to measure it anew.
const LENGTH_BELIEVED: Duration = Duration::from_secs(10);
/// A round trip longer than the shortest one by this, an eighth of it and twice the jitter is a queue that ought to be
/// shorter.
const QUEUE: Duration = Duration::from_millis(5);
/// One that is longer by this, and half of it, is due to a rate that is not true any more.
const TOO_LONG: Duration = Duration::from_millis(40);
/// In a steady state, a little more than the rate is tried for a round, then as much less, then the rate.
const TURNS: [f64; 6] = [1.25, 0.8, 1.0, 1.0, 1.0, 1.0];

/// How things stood when a datagram was sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mark {
    sent_at: Duration,
    first_sent_at: Duration,
    delivered: u64,
    delivered_at: Duration,
    limited: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Twice as much each round, until the rate grows no more or a queue does.
    Start,
    /// Until the queue is gone.
    Drain,
    /// Around the rate, by [`TURNS`].
    Cruise(usize),
    /// Until this round, to measure the empty round trip.
    Empty(u64),
}

/// What is known of a network, and what follows from it for whoever sends. Times are those of one clock that does not go back.
#[derive(Debug)]
pub struct Rate {
    phase: Phase,
    in_flight: usize,
    delivered: u64,
    delivered_at: Duration,
    first_sent_at: Duration,
    /// Until so much was delivered, there was too little to send.
    limited_until: u64,
    /// The mark of the newest datagram that was acknowledged at once with others.
    newest: Option<Mark>,
    rates: VecDeque<(u64, f64)>,
    /// The shortest round trip, and when it was.
    shortest: Option<(Duration, Duration)>,
    /// The last round trip, and how much two that follow each other differ (RFC 3550 section 6.4.1): a queue makes them
    /// grow together, anything else each by itself.
    last: Duration,
    jitter: Duration,
    round: Round,
    /// The rate, and for how many rounds it has not grown.
    grown: (f64, u32),
}

/// From when something is sent until it is acknowledged.
#[derive(Debug, Default)]
struct Round {
    number: u64,
    /// It ends with a datagram that is sent when so much has been delivered.
    ends: u64,
    shortest: Option<Duration>,
    rate: f64,
    limited: bool,
    lost: usize,
    acknowledged: usize,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            phase: Phase::Start,
            in_flight: 0,
            delivered: 0,
            delivered_at: Duration::ZERO,
            first_sent_at: Duration::ZERO,
            limited_until: 0,
            newest: None,
            rates: VecDeque::new(),
            shortest: None,
            last: Duration::ZERO,
            jitter: Duration::ZERO,
            round: Round::default(),
            grown: (0.0, 0),
        }
    }
}

impl Rate {
    /// Bytes that may be on their way.
    #[must_use]
    pub fn window(&self) -> usize {
        let window = match (self.delivery(), self.length()) {
            (Some(rate), Some(length)) => {
                let emptying = matches!(self.phase, Phase::Empty(_));
                let slack = length.clamp(SLACK.0, SLACK.1) + 2.0 * self.jitter.as_secs_f64().min(SLACK.0);
                let window = if emptying {
                    rate * length / 2.0
                } else {
                    rate * (length + slack)
                };
                if self.phase == Phase::Start {
                    window.max(INITIAL)
                } else {
                    window
                }
            }
            _ => INITIAL,
        };
        window.clamp(LEAST, MOST) as usize
    }

    /// Bytes a second that leave.
    #[must_use]
    pub fn pace(&self) -> f64 {
        let (Some(rate), Some(length)) = (self.delivery(), self.length()) else {
            return INITIAL / INITIAL_TIME;
        };
        let pace = match self.phase {
            Phase::Start => (rate * 2.0).max(INITIAL / length.max(INITIAL_TIME)),
            Phase::Drain | Phase::Empty(_) => rate / 2.0,
            Phase::Cruise(turn) => rate * TURNS[turn],
        };
        pace.max(LEAST / (length + SLACK.1))
    }

    /// Bytes a second that the network delivers.
    fn delivery(&self) -> Option<f64> {
        self.rates.front().map(|(_, rate)| *rate)
    }

    /// Bytes a second that are to be expected.
    #[must_use]
    pub fn expected(&self) -> f64 {
        match (self.phase, self.delivery()) {
            (Phase::Start, _) | (_, None) => self.pace(),
            (_, Some(rate)) => rate,
        }
    }

    /// Seconds of the shortest round trip.
    fn length(&self) -> Option<f64> {
        self.shortest.map(|(shortest, _)| shortest.as_secs_f64())
    }

    /// Bytes on their way.
    #[must_use]
    pub const fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// So much leaves; the mark is to be given back when it has come.
    pub fn sent(&mut self, bytes: usize, now: Duration) -> Mark {
        if self.in_flight == 0 {
            self.first_sent_at = now;
            self.delivered_at = now;
        }
        self.in_flight += bytes;
        Mark {
            sent_at: now,
            first_sent_at: self.first_sent_at,
            delivered: self.delivered,
            delivered_at: self.delivered_at,
            limited: self.limited_until > self.delivered,
        }
    }

    /// There was nothing to send, although there was room.
    pub fn limited(&mut self) {
        self.limited_until = self.delivered + self.in_flight as u64 + 1;
    }

    /// A datagram has come that was on its way.
    pub fn acknowledged(&mut self, mark: Mark, bytes: usize, now: Duration) {
        self.in_flight -= bytes;
        self.round.acknowledged += bytes;
        self.delivered += bytes as u64;
        self.delivered_at = now;
        if self.newest.is_none_or(|newest| newest.sent_at <= mark.sent_at) {
            self.newest = Some(mark);
        }
    }

    /// One is lost.
    pub const fn lost(&mut self, bytes: usize) {
        self.in_flight -= bytes;
        self.round.lost += bytes;
    }

    /// That was all that one acknowledgement said, and it was so late for another reason than the network that nothing is learnt of it.
    pub fn passed(&mut self, now: Duration) {
        let Some(mark) = self.newest.take() else {
            return;
        };
        self.first_sent_at = mark.sent_at;
        if mark.delivered < self.round.ends {
            return;
        }
        self.round = Round {
            number: self.round.number + 1,
            ends: self.delivered,
            ..Round::default()
        };
        // Whoever goes slowly to learn something does so for a round or two only.
        match self.phase {
            Phase::Drain => self.phase = Phase::Cruise(2),
            Phase::Empty(until) if self.round.number >= until => {
                self.shortest = self.shortest.map(|(took, _)| (took, now));
                self.phase = Phase::Cruise(2);
            }
            Phase::Start | Phase::Cruise(_) | Phase::Empty(_) => {}
        }
    }

    /// That was all that one acknowledgement said, and how long the newest of it took.
    pub fn settled(&mut self, took: Option<Duration>, now: Duration) {
        if let Some(took) = took {
            if self.shortest.is_none_or(|(shortest, _)| took <= shortest) {
                self.shortest = Some((took, now));
            }
            if !self.last.is_zero() {
                self.jitter = (self.jitter * 15 + took.abs_diff(self.last)) / 16;
            }
            self.last = took;
            self.round.shortest = Some(self.round.shortest.map_or(took, |shortest| shortest.min(took)));
        }
        let Some(mark) = self.newest.take() else {
            return;
        };
        self.first_sent_at = mark.sent_at;
        let took = (mark.sent_at - mark.first_sent_at).max(now.saturating_sub(mark.delivered_at));
        if self.shortest.is_some_and(|(shortest, _)| took >= shortest) && !took.is_zero() {
            self.measured(
                (self.delivered - mark.delivered) as f64 / took.as_secs_f64(),
                mark.limited,
            );
        }
        if self.phase == Phase::Drain
            && let (Some(rate), Some(length)) = (self.delivery(), self.length())
            && self.in_flight as f64 <= (rate * length).max(LEAST)
        {
            self.phase = Phase::Cruise(2);
        }
        if mark.delivered >= self.round.ends {
            self.next_round(now);
        }
    }

    fn measured(&mut self, rate: f64, limited: bool) {
        self.round.limited |= limited;
        self.round.rate = self.round.rate.max(rate);
        if limited && self.delivery().is_some_and(|fastest| rate <= fastest) {
            return;
        }
        let number = self.round.number;
        while self.rates.pop_back_if(|(_, slower)| *slower <= rate).is_some() {}
        self.rates.push_back((number, rate));
        while self.rates.len() > 1
            && self
                .rates
                .pop_front_if(|(round, _)| *round + BELIEVED < number)
                .is_some()
        {}
    }

    fn next_round(&mut self, now: Duration) {
        let next = Round {
            number: self.round.number + 1,
            ends: self.delivered,
            ..Round::default()
        };
        let round = std::mem::replace(&mut self.round, next);
        let Some((shortest, at)) = self.shortest else {
            return;
        };
        let queue = round.shortest.map_or(Duration::ZERO, |took| took - shortest);
        let is_queue = queue > QUEUE + shortest / 8 + self.jitter * 2;
        match self.phase {
            Phase::Start => {
                let is_lossy = round.lost * 3 > round.acknowledged && round.lost > 8 * MAX_DATAGRAM;
                let rate = self.delivery().unwrap_or_default();
                if rate > self.grown.0 * 1.25 {
                    self.grown = (rate, 0);
                } else if !round.limited {
                    self.grown.1 += 1;
                }
                if !round.limited && (is_queue || is_lossy || self.grown.1 >= 3) {
                    self.phase = Phase::Drain;
                }
            }
            Phase::Cruise(turn) => {
                let rate = self.delivery().unwrap_or_default();
                let grows = turn == 0 && rate > self.grown.0 * 1.1;
                self.phase = Phase::Cruise(match turn {
                    _ if is_queue => 1,
                    0 if grows => 0,
                    _ => (turn + 1) % TURNS.len(),
                });
                self.grown.0 = rate;
            }
            Phase::Empty(until) if round.number >= until => {
                self.shortest = round.shortest.map(|took| (took, now)).or(self.shortest);
                self.phase = Phase::Cruise(2);
            }
            Phase::Drain | Phase::Empty(_) => {}
        }
        if queue > TOO_LONG + shortest / 2 && !round.limited && round.rate > 0.0 {
            self.rates.clear();
            self.rates.push_back((round.number, round.rate));
            self.phase = Phase::Drain;
        } else if now.saturating_sub(at) > LENGTH_BELIEVED && matches!(self.phase, Phase::Cruise(_)) {
            self.phase = Phase::Empty(round.number + 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn nobody_goes_slowly_for_longer_because_a_viewer_says_late_what_has_come() {
        for phase in [Phase::Drain, Phase::Empty(3)] {
            let mut rate = Rate::default();
            for round in 1..20 {
                let mark = rate.sent(10_000, MS * round * 10);
                rate.acknowledged(mark, 10_000, MS * (round * 10 + 5));
                rate.settled(Some(MS * 5), MS * (round * 10 + 5));
            }
            rate.phase = Phase::Cruise(2);
            let (pace, window, delivered) = (rate.pace(), rate.window(), rate.delivery());
            rate.phase = match phase {
                Phase::Empty(rounds) => Phase::Empty(rate.round.number + rounds),
                phase => phase,
            };
            assert!(rate.pace() < pace && rate.window() <= window);
            for round in 20..26 {
                let mark = rate.sent(10_000, MS * round * 10);
                rate.acknowledged(mark, 10_000, MS * (round * 10 + 90));
                rate.passed(MS * (round * 10 + 90));
            }
            assert_eq!((rate.pace(), rate.window()), (pace, window), "{phase:?}");
            assert_eq!(rate.delivery(), delivered, "nothing is learnt of it");
        }
    }
}
