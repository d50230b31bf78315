//! Puts RTP packets in order and access units together.
//!
//! Flow: packets in any order -> [`Assembler::push`] -> whole access units. A gap is left open for a moment, for a
//! retransmission (RFC 4588) to fill it; then what depends on it is left out and a key frame is wanted.
//!
//! Beside updates, what rests becomes exact without a frame: then a key frame is only asked for as often as something comes
//! that cannot be shown without one.
//!
//! Invariant: every unit that is given out can be decoded: all before it, since a key frame, was given out too.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{Frame, h264::AccessUnit};

/// How long a gap may stay open.
pub const GAP: Duration = Duration::from_millis(200);
/// A wanted key frame is asked for again after this time, then after twice as long, and so on,
pub const ASK_AGAIN: Duration = Duration::from_millis(400);
/// until it is this: whoever asks less often is taken for a browser that only waits for something to happen.
pub const ASK_AT_LAST: Duration = Duration::from_millis(1_600);
/// Packets that may wait behind a gap (a key frame of 2.4 MB). When full, the gap is given up.
pub const WAITING: usize = 2_048;

/// What matters of an RTP packet (RFC 3550, 5.1).
#[derive(Debug, Clone)]
pub struct Packet {
    /// Sequence number.
    pub sequence: u16,
    /// When its access unit is of.
    pub timestamp: u32,
    /// The last of its access unit?
    pub marker: bool,
    /// Payload.
    pub payload: Bytes,
}

/// Puts packets in order and their payloads together, one access unit after the other.
#[derive(Debug)]
pub struct Assembler {
    next: Option<u64>,
    waiting: BTreeMap<u64, Packet>,
    stalled_since: Option<Instant>,
    unit: AccessUnit,
    /// The unit being put together lacks something.
    torn: bool,
    needs_key: bool,
    /// When a key frame was asked for, and how long until it is again.
    asked: Option<(Instant, Duration)>,
    /// Something has come since then.
    came: bool,
    beside_updates: bool,
}

impl Default for Assembler {
    fn default() -> Self {
        Self::new()
    }
}

impl Assembler {
    /// Before the first packet; a key frame is wanted.
    #[must_use]
    pub fn new() -> Self {
        Self {
            next: None,
            waiting: BTreeMap::new(),
            stalled_since: None,
            unit: AccessUnit::default(),
            torn: false,
            needs_key: true,
            asked: None,
            came: false,
            beside_updates: false,
        }
    }

    /// Is what rests made exact by updates?
    pub const fn beside_updates(&mut self, beside: bool) {
        self.beside_updates = beside;
    }

    /// Takes a packet and gives the access units that are whole now.
    pub fn push(&mut self, packet: Packet, now: Instant) -> Vec<Frame> {
        let sequence = self.extend(packet.sequence);
        if self.next.is_none() {
            // Every stream begins with a key frame without being asked.
            self.asked = Some((now, ASK_AGAIN));
        }
        let next = *self.next.get_or_insert(sequence);
        if sequence >= next {
            self.came = true;
            self.waiting.insert(sequence, packet);
        }
        self.drain(now)
    }

    /// Gives up gaps that have been open for too long. To be called every now and then while [`Self::is_waiting`].
    pub fn handle_timeout(&mut self, now: Instant) -> Vec<Frame> {
        self.drain(now)
    }

    /// Is there a gap, or is a key frame to be asked for?
    pub const fn is_waiting(&self) -> bool {
        self.stalled_since.is_some() || self.asks()
    }

    /// Does anything that is shown depend on a key frame?
    const fn asks(&self) -> bool {
        self.needs_key && (self.asked.is_none() || self.came || !self.beside_updates)
    }

    /// Something before the next unit was left out.
    pub fn lose(&mut self) {
        // While one was asked for, what is left out beside it changes nothing.
        if !self.needs_key || self.unit.is_key() {
            self.asked = None;
        }
        self.needs_key = true;
    }

    /// True when a key frame is to be asked for, now. Not while one is arriving.
    pub fn wants_key_frame(&mut self, now: Instant) -> bool {
        let patience = match self.asked {
            Some((at, pause)) if now.saturating_duration_since(at) < pause => return false,
            Some((_, pause)) => (pause * 2).min(ASK_AT_LAST),
            None => ASK_AGAIN,
        };
        let arriving = self.unit.is_key() && !self.torn;
        let ask = self.asks() && !arriving;
        if ask {
            self.asked = Some((now, patience));
            self.came = false;
        }
        ask
    }

    /// The sequence number without its wrapping round, next to those seen last.
    fn extend(&self, sequence: u16) -> u64 {
        // Far enough from zero that nothing older than the first packet goes below it.
        let near = self.next.unwrap_or(1 << 32);
        let distance = sequence.wrapping_sub(near as u16).cast_signed();
        if self.next.is_none() {
            near + u64::from(sequence)
        } else {
            near.saturating_add_signed(i64::from(distance))
        }
    }

    fn drain(&mut self, now: Instant) -> Vec<Frame> {
        let mut units = Vec::new();
        loop {
            self.take_in_order(&mut units);
            let Some(&first) = self.waiting.keys().next() else {
                self.stalled_since = None;
                return units;
            };
            let since = *self.stalled_since.get_or_insert(now);
            if self.waiting.len() < WAITING && now.saturating_duration_since(since) < GAP {
                return units;
            }
            self.next = Some(first);
            self.stalled_since = None;
            self.tear();
        }
    }

    fn take_in_order(&mut self, units: &mut Vec<Frame>) {
        while let Some(packet) = self.next.and_then(|next| self.waiting.remove(&next)) {
            self.next = self.next.map(|next| next + 1);
            self.stalled_since = None;
            // Padding without a payload keeps a path open and belongs to no unit.
            if !packet.payload.is_empty() && self.unit.push(&packet.payload).is_err() {
                self.tear();
            }
            if packet.marker {
                self.finish(packet.timestamp, units);
            }
        }
    }

    fn tear(&mut self) {
        self.torn = true;
        self.lose();
    }

    fn finish(&mut self, timestamp: u32, units: &mut Vec<Frame>) {
        let (key, whole) = (
            self.unit.is_key(),
            !std::mem::take(&mut self.torn) && !self.unit.is_empty(),
        );
        let unit = self.unit.take();
        if whole && (key || !self.needs_key) {
            self.needs_key = false;
            self.asked = None;
            let unit = Bytes::from(unit);
            units.push(Frame { timestamp, unit });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: u8 = 0x65;
    const DELTA: u8 = 0x41;

    fn packet(sequence: u16, kind: u8) -> Packet {
        Packet {
            sequence,
            timestamp: u32::from(sequence) * 3_000,
            marker: true,
            payload: Bytes::from(vec![kind, sequence as u8]),
        }
    }

    fn numbers(units: &[Frame]) -> Vec<u8> {
        for Frame { timestamp, unit } in units {
            assert_eq!((timestamp / 3_000) as u8, unit[5], "each has its own time");
        }
        units.iter().map(|frame| frame.unit[5]).collect()
    }

    #[test]
    fn packets_out_of_order_are_put_in_order_across_the_wrap() {
        let (mut assembler, now) = (Assembler::new(), Instant::now());
        assert_eq!(numbers(&assembler.push(packet(65_534, KEY), now)), [254]);
        assert!(assembler.push(packet(0, DELTA), now).is_empty() && assembler.is_waiting());
        assert!(assembler.push(packet(1, DELTA), now).is_empty());
        assert_eq!(numbers(&assembler.push(packet(65_535, DELTA), now)), [255, 0, 1]);
        assert!(!assembler.is_waiting() && !assembler.wants_key_frame(now));
        assert!(assembler.push(packet(65_535, DELTA), now).is_empty(), "twice is once");
    }

    #[test]
    fn a_gap_that_stays_leaves_everything_out_until_a_key_frame() {
        let (mut assembler, now) = (Assembler::new(), Instant::now());
        assembler.push(packet(1, KEY), now);
        assert!(assembler.push(packet(3, DELTA), now).is_empty());
        assert!(assembler.handle_timeout(now + GAP / 2).is_empty() && !assembler.wants_key_frame(now));
        assert!(assembler.handle_timeout(now + GAP).is_empty());
        assert!(assembler.wants_key_frame(now + GAP) && !assembler.wants_key_frame(now + GAP));
        assert!(assembler.wants_key_frame(now + GAP + ASK_AGAIN));
        assert!(assembler.push(packet(4, DELTA), now + GAP).is_empty());
        assert_eq!(numbers(&assembler.push(packet(5, KEY), now + GAP)), [5]);
        assert_eq!(numbers(&assembler.push(packet(6, DELTA), now + GAP)), [6]);
    }

    /// When it is asked for a key frame, in the time after the last frame was lost.
    fn asked_after_the_last_was_lost(assembler: &mut Assembler) -> Vec<Duration> {
        let now = Instant::now();
        assembler.push(packet(1, KEY), now);
        assembler.push(packet(3, DELTA), now);
        assembler.handle_timeout(now + GAP);
        let times = (0..600).map(|tick| GAP + Duration::from_millis(50) * tick);
        times
            .filter(|time| assembler.is_waiting() && assembler.wants_key_frame(now + *time))
            .collect()
    }

    #[test]
    fn a_sharer_that_does_not_answer_is_asked_less_and_less_often() {
        let asked = asked_after_the_last_was_lost(&mut Assembler::new());
        let pauses: Vec<u128> = asked.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
        assert_eq!(pauses[..4], [400, 800, 1_600, 1_600]);
        assert!(pauses[4..].iter().all(|pause| *pause == 1_600) && pauses.len() > 15);
    }

    #[test]
    fn beside_updates_it_is_not_asked_again_before_something_comes() {
        let mut assembler = Assembler::new();
        assembler.beside_updates(true);
        assert_eq!(asked_after_the_last_was_lost(&mut assembler), [GAP]);
        assert!(!assembler.is_waiting(), "nobody looks after it");
        // The film goes on.
        let later = Instant::now() + Duration::from_secs(60);
        assert!(assembler.push(packet(4, DELTA), later).is_empty());
        assert!(assembler.is_waiting() && assembler.wants_key_frame(later));
        assert!(!assembler.wants_key_frame(later + ASK_AT_LAST) && !assembler.is_waiting());
        assert!(
            assembler.push(packet(4, DELTA), later).is_empty() && !assembler.is_waiting(),
            "not new"
        );
        assert_eq!(numbers(&assembler.push(packet(5, KEY), later)), [5]);
        // Without updates, it depends on one.
        assembler.lose();
        assert!(assembler.wants_key_frame(later) && !assembler.is_waiting());
        assembler.beside_updates(false);
        assert!(assembler.is_waiting() && assembler.wants_key_frame(later + ASK_AGAIN));
    }

    #[test]
    fn a_key_frame_that_is_torn_is_asked_for_at_once() {
        let (mut assembler, now) = (Assembler::new(), Instant::now());
        assembler.push(packet(1, KEY), now);
        assembler.push(packet(3, DELTA), now);
        assembler.handle_timeout(now + GAP);
        assert!(assembler.wants_key_frame(now + GAP));
        let part = Packet {
            marker: false,
            ..packet(4, KEY)
        };
        let then = now + GAP * 2;
        assembler.push(part, then);
        assembler.push(packet(6, DELTA), then);
        assert!(!assembler.wants_key_frame(then), "it may still come");
        assembler.handle_timeout(then + GAP);
        assert!(assembler.wants_key_frame(then + GAP));
    }

    #[test]
    fn nothing_is_given_out_before_the_first_key_frame() {
        let (mut assembler, now) = (Assembler::new(), Instant::now());
        assert!(assembler.push(packet(9, DELTA), now).is_empty());
        assert!(!assembler.wants_key_frame(now), "it may be on its way");
        assert!(assembler.wants_key_frame(now + ASK_AGAIN));
        assert_eq!(numbers(&assembler.push(packet(10, KEY), now)), [10]);
    }

    #[test]
    fn a_flood_behind_a_gap_is_bounded() {
        let (mut assembler, now) = (Assembler::new(), Instant::now());
        assembler.push(packet(0, KEY), now);
        for sequence in 2..(WAITING as u16 + 10) {
            assembler.push(packet(sequence, DELTA), now);
            assert!(assembler.waiting.len() <= WAITING);
        }
        assert!(assembler.wants_key_frame(now));
    }

    #[test]
    fn a_broken_payload_tears_only_its_own_unit() {
        let (mut assembler, now) = (Assembler::new(), Instant::now());
        assembler.push(packet(1, KEY), now);
        assert!(assembler.push(packet(2, 31), now).is_empty() && assembler.wants_key_frame(now));
        assert_eq!(numbers(&assembler.push(packet(3, KEY), now)), [3]);
    }
}
