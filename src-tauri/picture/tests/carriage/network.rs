//! Two endpoints and what is between them: loss, alone or in bursts, doubles, jitter, a bottleneck with a queue. The same
//! seed gives the same run.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    time::Duration,
};

use renfort_picture::carriage::{Endpoint, Received, Side};

/// Bytes around a datagram on the wire: IPv4, UDP, RTP, SRTP's tag.
const AROUND: usize = 20 + 8 + 12 + 10;

pub fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Chance, the same for the same seed.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ value >> 31
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    fn is(&mut self, permille: u64) -> bool {
        self.below(1_000) < permille
    }
}

/// One direction.
#[derive(Debug, Clone, Default)]
pub struct Way {
    pub delay: Duration,
    /// Up to this much longer, each by itself, so that they overtake each other.
    pub jitter: Duration,
    /// Bytes a second, and bytes that wait at the bottleneck before some are dropped.
    pub bottleneck: Option<(u64, u64)>,
    /// Of a thousand: how many are lost, how many of those that follow a lost one, how many come twice.
    pub lost: u64,
    pub lost_after_lost: u64,
    pub doubled: u64,
    /// Those that are lost in any case, counted from 0; and until when all are.
    pub drops: BTreeSet<usize>,
    pub dead_until: Duration,
    pub sent: usize,
    pub bytes: usize,
    pub free_at: Duration,
    /// The longest that one waited at the bottleneck.
    pub longest: Duration,
    pub losing: bool,
}

impl Way {
    pub fn of(delay: Duration) -> Self {
        Self {
            delay,
            ..Self::default()
        }
    }

    fn arrivals(&mut self, bytes: usize, now: Duration, chance: &mut Chance) -> Vec<Duration> {
        let number = self.sent;
        self.sent += 1;
        self.bytes += bytes + AROUND;
        let rate = if self.losing {
            self.lost.max(self.lost_after_lost)
        } else {
            self.lost
        };
        self.losing = chance.is(rate);
        if self.losing || self.drops.contains(&number) || now < self.dead_until {
            return Vec::new();
        }
        let mut leaves = now;
        if let Some((rate, queue)) = self.bottleneck {
            let waits = self.free_at.saturating_sub(now);
            if waits.as_micros() as u64 * rate / 1_000_000 > queue {
                return Vec::new();
            }
            self.longest = self.longest.max(waits);
            leaves = now.max(self.free_at) + Duration::from_nanos((bytes + AROUND) as u64 * 1_000_000_000 / rate);
            self.free_at = leaves;
        }
        let times = if chance.is(self.doubled) { 2 } else { 1 };
        let jitter = self.jitter.as_micros() as u64;
        (0..times)
            .map(|_| leaves + self.delay + Duration::from_micros(chance.below(jitter + 1)))
            .collect()
    }
}

/// When, in which order, at the viewer's or not, and what.
type Arrival = (Duration, u64, bool, Vec<u8>);

/// Both ends, and the time.
pub struct World {
    pub now: Duration,
    pub sharer: Endpoint,
    pub viewer: Endpoint,
    pub to_viewer: Way,
    pub to_sharer: Way,
    pub chance: Chance,
    travelling: BinaryHeap<Reverse<Arrival>>,
    order: u64,
    /// Updates that came, above the last up to which all have.
    come: BTreeSet<u32>,
    pub complete: u32,
    /// Which picture they are of.
    pub picture: u8,
    /// How often something happened at this moment.
    at_once: usize,
}

impl World {
    pub fn new(to_viewer: Way, to_sharer: Way, seed: u64) -> Self {
        let mut sharer = Endpoint::new(Side::Sharer, seed.wrapping_mul(3) + 1);
        sharer.begin();
        Self {
            now: ms(1_000),
            sharer,
            viewer: Endpoint::new(Side::Viewer, seed.wrapping_mul(7) + 5),
            to_viewer,
            to_sharer,
            chance: Chance(seed),
            travelling: BinaryHeap::new(),
            order: 0,
            come: BTreeSet::new(),
            complete: 0,
            picture: 0,
            at_once: 0,
        }
    }

    /// The same both ways.
    pub fn symmetric(way: Way, seed: u64) -> Self {
        Self::new(way.clone(), way, seed)
    }

    pub fn send(&mut self) {
        for to_viewer in [true, false] {
            let (end, way) = if to_viewer {
                (&mut self.sharer, &mut self.to_viewer)
            } else {
                (&mut self.viewer, &mut self.to_sharer)
            };
            while let Some(datagram) = end.poll(self.now) {
                for at in way.arrivals(datagram.len(), self.now, &mut self.chance) {
                    self.order += 1;
                    self.travelling
                        .push(Reverse((at, self.order, to_viewer, datagram.clone())));
                }
            }
        }
    }

    /// The next thing that happens until then, and what somebody received by it.
    pub fn step(&mut self, until: Duration) -> Option<(Side, Vec<Received>)> {
        self.send();
        let arrival = self.travelling.peek().map(|Reverse((at, ..))| *at);
        let timers = [self.sharer.next_timer(), self.viewer.next_timer()];
        let timer = timers.into_iter().flatten().min();
        let Some(next) = arrival.into_iter().chain(timer).min().filter(|next| *next <= until) else {
            self.now = self.now.max(until);
            return None;
        };
        self.at_once = if next > self.now { 0 } else { self.at_once + 1 };
        assert!(self.at_once < 20_000, "time stands still at {:?}", self.now);
        self.now = self.now.max(next);
        if arrival != Some(next) {
            return Some((Side::Sharer, Vec::new()));
        }
        let Reverse((_, _, to_viewer, datagram)) = self.travelling.pop()?;
        let (side, end) = if to_viewer {
            (Side::Viewer, &mut self.viewer)
        } else {
            (Side::Sharer, &mut self.sharer)
        };
        let received = end.receive(&datagram, self.now);
        let mut received = received.expect("what an honest peer sends is taken");
        received.retain(|one| {
            if let Received::Begun(picture) = one {
                self.picture = *picture;
                self.complete = 0;
                self.come.clear();
            }
            !matches!(one, Received::Begun(_))
        });
        Some((side, received))
    }

    /// The viewer carries out an update, which begins with its number in four bytes.
    pub fn carry_out(&mut self, update: &[u8]) -> u32 {
        let sequence = u32::from_be_bytes([update[0], update[1], update[2], update[3]]);
        self.come.insert(sequence);
        while self.come.remove(&(self.complete + 1)) {
            self.complete += 1;
        }
        self.viewer.completed(self.picture, self.complete);
        sequence
    }

    /// Is nothing on its way, and nobody waiting?
    pub fn is_quiet(&self) -> bool {
        self.travelling.is_empty() && self.sharer.next_timer().is_none() && self.viewer.next_timer().is_none()
    }
}
