//! Datagrams on their way, and which of them are lost: RFC 9002 sections 5 and 6.
//!
//! Flow: [`Flight::sent`] takes note of one; [`Flight::acknowledge`] and [`Flight::expire`] tell what has come and what is
//! lost; [`Flight::probe`] names what a probe sends again.
//!
//! Small things are sent again as soon as anything that left after them has come. Where they were only overtaken, that is some
//! hundred bytes too many, and it ends once the network is seen to reorder. The window shrinks for them, as for all, only when
//! the thresholds say that they are lost.
//!
//! Invariant: each datagram that is to be acknowledged is told of as come or lost once, or as come after it was lost.

use std::{collections::VecDeque, time::Duration};

use super::{
    Acknowledgement, CarriageError,
    rate::{Mark, Rate},
    rtt::Rtt,
};
use crate::wire::Sequence;

/// Numbers by which one must be overtaken to be lost; more where the network reorders, up to the second.
const OVERTAKEN: (u32, u32) = (3, 128);
/// Probes come at least this often, as long as nothing is heard.
const MAX_PROBE: Duration = Duration::from_millis(250);
/// About one of so many numbers is left out, so that a peer who acknowledges what it never received is found out.
const LEFT_OUT: u64 = 256;

/// What a datagram held that must arrive.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub messages: Option<(u32, u32)>,
    pub pieces: Vec<(Sequence, u16)>,
    /// Is all of it small?
    pub quick: bool,
}

#[derive(Debug)]
struct Sent {
    number: u32,
    state: State,
    bytes: usize,
    at: Duration,
    mark: Mark,
    content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The number was left out.
    LeftOut,
    Flying,
    /// Sent again by suspicion, and flying still.
    Doubted,
    There,
    Lost,
}

impl State {
    const fn is_flying(self) -> bool {
        matches!(self, Self::Flying | Self::Doubted)
    }
}

/// What became of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    There,
    Lost,
}

#[derive(Debug)]
pub(super) struct Flight {
    pub rtt: Rtt,
    /// Those that are to be acknowledged, from the first of which nothing was heard, and numbers that were left out.
    sent: VecDeque<Sent>,
    /// The last number that was used.
    last: u32,
    newest_there: u32,
    overtaken: u32,
    lost_at: Option<Duration>,
    /// When the last one was sent that is to be acknowledged.
    last_at: Duration,
    flying: usize,
    probes: u32,
    chance: u64,
}

impl Flight {
    pub fn new(seed: u64) -> Self {
        Self {
            rtt: Rtt::default(),
            sent: VecDeque::new(),
            last: 0,
            newest_there: 0,
            overtaken: OVERTAKEN.0,
            lost_at: None,
            last_at: Duration::ZERO,
            flying: 0,
            probes: 0,
            // Xorshift stands still at 0.
            chance: seed | 1,
        }
    }

    /// The number of the next datagram, and whether it is to be acknowledged.
    pub fn next_number(&mut self, elicits: bool) -> u32 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.last += 1;
        if elicits && (self.chance >> 20).is_multiple_of(LEFT_OUT) {
            self.push(State::LeftOut, 0, Duration::ZERO, Mark::default(), Content::default());
            self.last += 1;
        }
        self.last
    }

    fn push(&mut self, state: State, bytes: usize, at: Duration, mark: Mark, content: Content) {
        self.sent.push_back(Sent {
            number: self.last,
            state,
            bytes,
            at,
            mark,
            content,
        });
    }

    /// The datagram with the last number left, and is to be acknowledged.
    pub fn sent(&mut self, bytes: usize, mark: Mark, content: Content, now: Duration) {
        self.last_at = now;
        self.flying += 1;
        self.push(State::Flying, bytes, now, mark, content);
    }

    /// What is on its way of updates need not arrive any more.
    pub fn forget_pieces(&mut self) {
        for sent in &mut self.sent {
            sent.content.pieces.clear();
        }
    }

    /// Takes an acknowledgement.
    ///
    /// # Errors
    /// When a number in it was never sent.
    pub fn acknowledge(
        &mut self,
        acknowledgement: &Acknowledgement,
        rate: &mut Rate,
        now: Duration,
        mut tell: impl FnMut(Fate, &Content, u32),
    ) -> Result<(), CarriageError> {
        let newest = acknowledgement.runs.first().map_or(0, |(_, last)| *last);
        if newest > self.last {
            return Err(CarriageError::NeverSent);
        }
        self.newest_there = self.newest_there.max(newest);
        let (mut took, mut any) = (None, false);
        for &(first, last) in &acknowledgement.runs {
            let place = |number: u32| self.sent.partition_point(|sent| sent.number < number);
            let places = place(first)..place(last.saturating_add(1));
            for sent in self.sent.range_mut(places) {
                let number = sent.number;
                match sent.state {
                    State::LeftOut => return Err(CarriageError::NeverSent),
                    State::There => continue,
                    State::Flying | State::Doubted => {
                        self.flying -= 1;
                        any = true;
                        rate.acknowledged(sent.mark, sent.bytes, now);
                        if number == newest {
                            took = Some(now.saturating_sub(sent.at));
                        }
                    }
                    // It was only late: the network reorders.
                    State::Lost => {
                        let distance = (self.newest_there - number).saturating_add(1);
                        self.overtaken = self.overtaken.max(distance.min(OVERTAKEN.1));
                    }
                }
                sent.state = State::There;
                tell(Fate::There, &sent.content, number);
            }
        }
        if let Some(took) = took {
            self.rtt
                .sample(took, Duration::from_micros(acknowledgement.delay.into()));
        }
        if any {
            self.probes = 0;
        }
        rate.settled(took, now);
        self.expire(rate, now, tell);
        Ok(())
    }

    /// Finds what is lost by now.
    pub fn expire(&mut self, rate: &mut Rate, now: Duration, mut tell: impl FnMut(Fate, &Content, u32)) {
        self.lost_at = None;
        let reorders = self.overtaken > OVERTAKEN.0;
        // Where they overtake each other, those that come first make the round trip look short.
        let threshold = self.rtt.threshold() * if reorders { 2 } else { 1 };
        let end = self.sent.partition_point(|sent| sent.number < self.newest_there);
        for sent in self.sent.range_mut(..end).filter(|sent| sent.state.is_flying()) {
            let number = sent.number;
            let late = sent.at + threshold;
            if late <= now || self.newest_there - number >= self.overtaken {
                sent.state = State::Lost;
                self.flying -= 1;
                rate.lost(sent.bytes);
                tell(Fate::Lost, &sent.content, number);
                continue;
            }
            if sent.content.quick && sent.state == State::Flying && !reorders {
                sent.state = State::Doubted;
                tell(Fate::Lost, &sent.content, number);
            }
            self.lost_at = Some(self.lost_at.map_or(late, |earlier| earlier.min(late)));
        }
        self.forget(now);
    }

    fn forget(&mut self, now: Duration) {
        let kept = self.rtt.probe() * 2;
        while let Some(first) = self.sent.front()
            && !first.state.is_flying()
            // It may come late, which tells that the network reorders.
            && (first.state != State::Lost || first.at + kept <= now)
            // Until a later one has come, whoever lies about it is to be found out.
            && (first.state != State::LeftOut || first.number < self.newest_there)
        {
            self.sent.pop_front();
        }
    }

    /// When [`Flight::expire`] will find something.
    pub const fn lost_at(&self) -> Option<Duration> {
        self.lost_at
    }

    /// When a probe is to be sent, if something is on its way.
    pub fn probe_at(&self) -> Option<Duration> {
        (self.flying > 0 && self.lost_at.is_none()).then(|| {
            let probe = self.rtt.probe();
            self.last_at + (probe * (1 << self.probes.min(8))).min(MAX_PROBE.max(probe))
        })
    }

    /// A probe is due: tells what is on its way, the newest first, until enough of it is due again.
    pub fn probe(&mut self, mut tell: impl FnMut(&Content, u32) -> bool) {
        self.probes += 1;
        let mut flying = self.sent.iter().rev().filter(|sent| sent.state.is_flying());
        while flying.next().is_some_and(|sent| tell(&sent.content, sent.number)) {}
    }
}
