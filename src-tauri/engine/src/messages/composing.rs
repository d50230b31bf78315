//! How fast a viewer composes what comes, and what waits for it there.
//!
//! Flow: [`Composing::sent`] what left; [`Composing::heard`] how much of it has come and how much is composed. While more has come than is
//! composed the viewer is busy, and how many bytes it composes meanwhile is measured.
//!
//! What it composes keeps it from hearing what else comes, so that this is said late. What can have come is taken for there.
//!
//! Invariant: nothing waits for a viewer that composes at once what comes, however much of it is on its way or waits for what was lost.

use std::{collections::VecDeque, time::Duration};

use renfort_picture::Sequence;

use super::Acknowledgement;

/// Turns that may wait at the viewer's: one that it composes, one that follows at once. More would only be older when they are shown.
const BEHIND: usize = 2;
/// For so long it may be given something to do, in seconds.
const MOST: f64 = 0.100;
/// Bytes that it may always be given. A copy of the whole screen is a few bytes and takes its time: what small updates take is no measure of
/// what large ones would, and a page that scrolls never uncovers as much.
const LEAST: f64 = 64.0 * 1024.0;
/// It is measured for so long, or until it has nothing more to do.
const MEASURED: Duration = Duration::from_millis(100);
/// Bytes, and their time, that tell how fast it is.
const TELLING: (usize, Duration) = (16 * 1024, Duration::from_millis(5));
/// The fastest of so many measurements is believed.
const BELIEVED: usize = 8;
/// What is said so much late is as good as said in time, beside an eighth of the round trip.
const LATE: Duration = Duration::from_millis(5);

#[derive(Debug, Default)]
pub struct Composing {
    /// What is not composed.
    updates: VecDeque<Sent>,
    /// How many have come, and how many of them are composed: what is said may overtake what was said before.
    arrived: Sequence,
    composed: Sequence,
    /// When it was said the last time that something has come, while it is busy.
    busy: Option<Duration>,
    /// From when on is measured, and how many bytes meanwhile.
    measured: (Duration, usize),
    /// Bytes a second, the last measurements.
    rates: VecDeque<f64>,
}

#[derive(Debug)]
struct Sent {
    sequence: Sequence,
    bytes: usize,
    turn: u64,
    at: Duration,
}

impl Composing {
    /// One leaves, with others of its turn.
    pub fn sent(&mut self, sequence: Sequence, bytes: usize, turn: u64, at: Duration) {
        self.updates.push_back(Sent {
            sequence,
            bytes,
            turn,
            at,
        });
    }

    /// May what is said now of what has come be late, where the round trip is so long?
    pub fn is_late(&self, round_trip: Duration, now: Duration) -> bool {
        let late = self.busy.map_or(Duration::ZERO, |said| now.saturating_sub(said));
        late > LATE + round_trip / 8
    }

    /// So much has come, and so much of it is composed.
    pub fn heard(&mut self, said: Acknowledgement, now: Duration) {
        let has_come = said.arrived > self.arrived;
        self.arrived = self.arrived.max(said.arrived);
        self.composed = self.composed.max(said.composed);
        let mut bytes = 0;
        while let Some(sent) = self.updates.pop_front_if(|sent| sent.sequence <= self.composed) {
            bytes += sent.bytes;
        }
        let is_busy = self.composed < self.arrived;
        if self.busy.is_some() {
            self.measured.1 += bytes;
            if !is_busy || now.saturating_sub(self.measured.0) >= MEASURED {
                self.measure(now);
            }
        }
        self.busy = match self.busy {
            _ if !is_busy => None,
            Some(said) => Some(if has_come { now } else { said }),
            None => {
                self.measured = (now, 0);
                Some(now)
            }
        };
    }

    fn measure(&mut self, now: Duration) {
        let (from, bytes) = std::mem::replace(&mut self.measured, (now, 0));
        let took = now.saturating_sub(from);
        // One that was slow once and is quick now shows no more than that it is no slower than this.
        if bytes < TELLING.0 || took < TELLING.1 && self.rates.is_empty() {
            return;
        }
        self.rates.push_back(bytes as f64 / took.max(TELLING.1).as_secs_f64());
        if self.rates.len() > BELIEVED {
            self.rates.pop_front();
        }
    }

    /// What has come, or can have, as what left so long ago has.
    fn waiting(&self, round_trip: Duration, now: Duration) -> impl Iterator<Item = &Sent> {
        let may_have_come = move |sent: &&Sent| {
            sent.sequence <= self.arrived || self.busy.is_some() && now.saturating_sub(sent.at) >= round_trip
        };
        self.updates.iter().take_while(may_have_come)
    }

    /// Do as many turns wait there as may?
    pub fn is_behind(&self, round_trip: Duration, now: Duration) -> bool {
        let mut turns: Vec<u64> = self.waiting(round_trip, now).map(|sent| sent.turn).collect();
        turns.dedup();
        turns.len() >= BEHIND
    }

    /// Bytes that it can compose soon; negative when more wait already.
    pub fn room(&self, round_trip: Duration, now: Duration) -> f64 {
        let waiting: usize = self.waiting(round_trip, now).map(|sent| sent.bytes).sum();
        self.soon() - waiting as f64
    }

    /// Bytes that it composes so soon that nobody waits for them.
    pub fn soon(&self) -> f64 {
        let rate = self.rates.iter().copied().reduce(f64::max);
        rate.map_or(f64::INFINITY, |rate| (rate * MOST).max(LEAST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    const fn said(arrived: Sequence, composed: Sequence) -> Acknowledgement {
        Acknowledgement {
            picture: 1,
            arrived,
            composed,
            complete: 0,
        }
    }

    /// It composes so many bytes for so long.
    fn composes(viewer: &mut Composing, sequence: Sequence, bytes: usize, from: Duration, takes: Duration) {
        viewer.sent(sequence, bytes, sequence.into(), from);
        viewer.heard(said(sequence, sequence - 1), from);
        viewer.heard(said(sequence, sequence), from + takes);
    }

    #[test]
    fn what_is_composed_at_once_is_waited_for_by_nobody() {
        let mut viewer = Composing::default();
        for sequence in 1..100 {
            viewer.sent(sequence, 100_000, sequence.into(), MS * sequence);
            viewer.heard(said(sequence, sequence), MS * sequence);
        }
        // Nor is what is on its way, however long.
        (100..200).for_each(|sequence| viewer.sent(sequence, 100_000, sequence.into(), MS * sequence));
        assert!(viewer.room(MS, MS * 900).is_infinite() && !viewer.is_behind(MS, MS * 900));
        assert!(!viewer.is_late(MS, MS * 900));
    }

    #[test]
    fn large_updates_tell_how_fast_it_is_and_small_ones_do_not() {
        let mut viewer = Composing::default();
        composes(&mut viewer, 1, 200, Duration::ZERO, MS * 20);
        composes(&mut viewer, 2, 200_000, MS * 50, MS);
        assert!(viewer.soon().is_infinite(), "a copy, and what was heard of at once");
        composes(&mut viewer, 3, 150_000, MS * 100, MS * 100);
        assert_eq!(viewer.soon(), 150_000.0);
        for sequence in 4..100 {
            composes(&mut viewer, sequence, 8_000, MS * 100 * sequence, MS * 20);
        }
        assert_eq!(viewer.soon(), 150_000.0, "copies, and what they uncover");
        for sequence in 100..108 {
            composes(&mut viewer, sequence, 100_000, MS * 500 * sequence, MS * 100);
        }
        assert_eq!(viewer.soon(), 100_000.0, "it became slower");
        composes(&mut viewer, 108, 50_000, MS * 60_000, MS * 10);
        assert_eq!(viewer.soon(), 500_000.0, "it is faster");
        for sequence in 109..117 {
            composes(&mut viewer, sequence, 20_000, MS * 1_000 * sequence, MS * 100);
        }
        assert_eq!(viewer.soon(), LEAST, "so much is always there for what a copy uncovers");
    }

    #[test]
    fn one_that_was_slow_once_is_believed_to_be_quick_when_it_is() {
        let mut viewer = Composing::default();
        composes(&mut viewer, 1, 20_000, Duration::ZERO, MS * 90);
        assert_eq!(viewer.soon(), LEAST);
        composes(&mut viewer, 2, 20_000, MS * 200, MS);
        assert_eq!(viewer.soon(), 400_000.0);
        composes(&mut viewer, 3, 200_000, MS * 300, MS);
        assert_eq!(viewer.soon(), 4_000_000.0);
    }

    #[test]
    fn what_was_said_before_and_is_heard_after_makes_nobody_busy() {
        let mut viewer = Composing::default();
        (1..=10).for_each(|sequence| viewer.sent(sequence, 20_000, sequence.into(), MS));
        viewer.heard(said(10, 10), MS * 20);
        viewer.heard(said(9, 8), MS * 40);
        viewer.heard(said(10, 9), MS * 41);
        assert!(!viewer.is_late(MS, MS * 100));
        viewer.sent(11, 20_000, 11, MS * 100);
        viewer.sent(12, 20_000, 12, MS * 100);
        assert!(!viewer.is_behind(MS * 5, MS * 200) && viewer.room(MS * 5, MS * 200).is_infinite());
        viewer.heard(said(12, 12), MS * 300);
        assert!(viewer.soon().is_infinite(), "nothing was measured");
    }

    #[test]
    fn one_that_never_rests_is_measured_too_and_what_waits_there_takes_its_room() {
        let mut viewer = Composing::default();
        (1..=60).for_each(|sequence| viewer.sent(sequence, 20_000, 1, MS * sequence));
        for composed in 0..40 {
            viewer.heard(said(50, composed), MS * 10 * composed);
        }
        assert_eq!(viewer.soon(), 200_000.0);
        let now = MS * 400;
        assert_eq!(
            viewer.room(MS * 400, now),
            viewer.soon() - 11.0 * 20_000.0,
            "of ten nobody knows"
        );
        assert_eq!(
            viewer.room(MS * 100, now),
            viewer.soon() - 21.0 * 20_000.0,
            "they are there"
        );
    }

    #[test]
    fn so_many_turns_wait_there_and_no_more_whether_it_said_that_they_came_or_not() {
        let mut viewer = Composing::default();
        viewer.sent(1, 100, 1, Duration::ZERO);
        viewer.heard(said(1, 0), MS * 5);
        viewer.sent(2, 100, 2, MS * 10);
        viewer.sent(3, 100, 2, MS * 12);
        assert!(!viewer.is_behind(MS * 5, MS * 14), "on their way");
        assert!(viewer.is_behind(MS * 5, MS * 15));
        viewer.heard(said(1, 1), MS * 16);
        viewer.heard(said(3, 1), MS * 16);
        assert!(!viewer.is_behind(MS * 5, MS * 30), "those of one turn count once");
    }

    #[test]
    fn what_is_said_after_long_composing_is_late_and_what_is_said_in_between_is_not() {
        let mut viewer = Composing::default();
        (1..=9).for_each(|sequence| viewer.sent(sequence, 100, 1, MS));
        viewer.heard(said(2, 0), MS * 10);
        assert!(!viewer.is_late(MS * 8, MS * 15) && viewer.is_late(MS * 8, MS * 17));
        // This says of nothing new, so that it could not have said so either.
        viewer.heard(said(2, 1), MS * 30);
        assert!(viewer.is_late(MS * 8, MS * 31));
        viewer.heard(said(3, 1), MS * 31);
        assert!(!viewer.is_late(MS * 8, MS * 33));
        viewer.heard(said(3, 3), MS * 99);
        assert!(!viewer.is_late(MS * 8, MS * 999));
    }
}
