//! How much may be handed to a channel that keeps everything, and gives it on in its order.
//!
//! Flow: [`Flow::room`] says what may go now; [`Flow::planned`] tells what is made of it, [`Flow::sent`] and
//! [`Flow::acknowledged`] what went and what was carried out, from which the network's rate is measured.
//!
//! Invariant: what is not acknowledged is at most the window, and what one turn of the planner goes beyond it.

use std::{collections::VecDeque, time::Duration};

use renfort_picture::{
    Sequence,
    carriage::{Mark, Rate},
};

use super::MessageError;

/// A turn of the planner is for so long: what is handed over is not older when it leaves, unless the network slows down.
const TURN: f64 = 0.020;
/// What can go within this time goes soon.
const SOON: f64 = 0.100;
/// Bytes by which a planner may exceed what there is room for that is asked for a letter.
const LETTER: usize = 4 * 1024;

/// What is known of the updates of one picture on their way. Times are those of one clock that does not go back.
#[derive(Debug)]
pub struct Flow {
    rate: Rate,
    /// Bytes that may be handed over at the pace of the network; negative when more were.
    credit: f64,
    at: Duration,
    /// In their order.
    sent: VecDeque<Sent>,
    /// The last one.
    last: Sequence,
    complete: Sequence,
    /// What there was room for, and is not used yet.
    pub(super) offered: usize,
    /// The shortest time from sending to hearing of it.
    quickest: Duration,
}

#[derive(Debug)]
struct Sent {
    sequence: Sequence,
    bytes: usize,
    /// Bytes that were handed over at once, up to the end of this.
    burst: usize,
    at: Duration,
    mark: Mark,
}

impl Flow {
    /// Before the first update.
    pub fn new(now: Duration) -> Self {
        let rate = Rate::default();
        Self {
            credit: rate.pace() * TURN,
            rate,
            at: now,
            sent: VecDeque::new(),
            last: 0,
            complete: 0,
            offered: 0,
            quickest: Duration::MAX,
        }
    }

    /// Bytes that may go now.
    pub fn room(&mut self, now: Duration) -> usize {
        self.advance(now);
        let rests = self.rate.in_flight() == 0 && self.credit >= self.rate.pace() * TURN;
        if self.offered > 0 || rests {
            // What begins now, after a time with too little to send, tells less than all that the network can do.
            self.rate.limited();
        }
        let (window, in_flight) = (self.rate.window(), self.rate.in_flight());
        // Negative means none.
        let room = window.saturating_sub(in_flight).min(self.credit as usize);
        let letter = in_flight < window + LETTER && self.credit > -(LETTER as f64);
        self.offered = room.max(usize::from(letter));
        self.offered
    }

    /// Bytes that can go so soon that nobody waits for them.
    pub fn soon(&self) -> usize {
        (self.rate.expected() * SOON) as usize
    }

    /// Every update up to this one was carried out.
    pub const fn complete(&self) -> Sequence {
        self.complete
    }

    /// Of the room there is, so many bytes are used, which leave now or as soon as the channel takes them.
    pub fn planned(&mut self, bytes: usize) {
        self.offered = self.offered.saturating_sub(bytes);
        if self.offered > 0 {
            // Already these tell nothing of how much more could have gone.
            self.rate.limited();
        }
    }

    /// Updates leave, with so many bytes each.
    pub fn sent(&mut self, updates: impl IntoIterator<Item = (Sequence, usize)>, now: Duration) {
        self.advance(now);
        let mut burst = 0;
        for (sequence, bytes) in updates {
            burst += bytes;
            let mark = self.rate.sent(bytes, now);
            self.sent.push_back(Sent {
                sequence,
                bytes,
                burst,
                at: now,
                mark,
            });
            self.last = sequence;
        }
        self.credit -= burst as f64;
    }

    /// The viewer has carried out every update up to this one; it may have said of a later one already.
    ///
    /// # Errors
    /// When it was never sent.
    pub fn acknowledged(&mut self, complete: Sequence, now: Duration) -> Result<(), MessageError> {
        if complete > self.last {
            return Err(MessageError::NeverSent);
        }
        self.advance(now);
        self.complete = self.complete.max(complete);
        let mut newest = None;
        while let Some(sent) = self.sent.pop_front_if(|sent| sent.sequence <= complete) {
            self.rate.acknowledged(sent.mark, sent.bytes, now);
            newest = Some(sent);
        }
        if let Some(sent) = newest {
            let took = self.took(&sent, now);
            self.rate.settled(Some(took), now);
        }
        Ok(())
    }

    /// How long an update took, without the time that it takes by itself to leave, which is no queue.
    fn took(&mut self, sent: &Sent, now: Duration) -> Duration {
        let took = now.saturating_sub(sent.at);
        self.quickest = self.quickest.min(took);
        let itself = Duration::from_secs_f64(sent.burst as f64 / self.rate.expected());
        // Were the rate taken for lower than it is, this would be less than any was.
        took.saturating_sub(itself).max(self.quickest)
    }

    fn advance(&mut self, now: Duration) {
        let pace = self.rate.pace();
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.credit = (self.credit + passed * pace).min(pace * TURN);
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A turn of the planner is no shorter.
    const STEP: Duration = Duration::from_millis(4);
    /// The least that a planner sends when it is asked for anything.
    const LEAST: usize = 600;
    const MOST: usize = 32 * 1024;

    /// A line of so many bytes a second, on which everything arrives so much later, after what left before it.
    struct Line {
        rate: f64,
        delay: Duration,
        free_at: Duration,
        acknowledgements: VecDeque<(Duration, Sequence)>,
        /// They are heard between the question for room and the answer.
        heard_late: bool,
    }

    #[derive(Debug, Default)]
    struct Seen {
        bytes: usize,
        /// The longest time from handing over to leaving.
        waited: Duration,
    }

    impl Line {
        fn new(rate: f64, round_trip: Duration) -> Self {
            Self {
                rate,
                delay: round_trip / 2,
                free_at: Duration::ZERO,
                acknowledgements: VecDeque::new(),
                heard_late: false,
            }
        }

        /// Gives the time that it waits for what was before it.
        fn carry(&mut self, sequence: Sequence, bytes: usize, now: Duration) -> Duration {
            let leaves = self.free_at.max(now);
            self.free_at = leaves + Duration::from_secs_f64(bytes as f64 / self.rate);
            self.acknowledgements
                .push_back((self.free_at + self.delay * 2, sequence));
            leaves - now
        }

        /// Somebody who always has more to send does so for a time.
        fn busy(&mut self, flow: &mut Flow, from: Duration, until: Duration) -> Seen {
            let (mut seen, mut now) = (Seen::default(), from);
            while now < until {
                if !self.heard_late {
                    self.hear(flow, now);
                }
                let room = flow.room(now);
                self.hear(flow, now);
                if room > 0 {
                    flow.planned(room.max(LEAST));
                    let (mut left, mut updates) = (room.max(LEAST), Vec::new());
                    while left > 0 {
                        let (sequence, bytes) = (flow.last + 1 + updates.len() as Sequence, left.min(MOST));
                        seen.waited = seen.waited.max(self.carry(sequence, bytes, now));
                        seen.bytes += bytes;
                        updates.push((sequence, bytes));
                        left -= bytes;
                    }
                    flow.sent(updates, now);
                }
                now += STEP;
            }
            seen
        }

        fn hear(&mut self, flow: &mut Flow, now: Duration) {
            while let Some((at, sequence)) = self.acknowledgements.pop_front_if(|(at, _)| *at <= now) {
                flow.acknowledged(sequence, at).unwrap();
                // Of what is held, nothing can go.
                flow.sent([], at);
            }
        }
    }

    const MBIT: f64 = 125_000.0;

    #[test]
    fn a_line_is_used_and_nothing_waits_long_for_what_left_before() {
        for (rate, round_trip) in [
            (0.5, 50),
            (1.0, 2),
            (1.0, 100),
            (5.0, 2),
            (5.0, 40),
            (20.0, 2),
            (20.0, 30),
            (20.0, 150),
            (100.0, 2),
            (100.0, 20),
            (600.0, 1),
        ] {
            let (second, mut flow) = (Duration::from_secs(1), Flow::new(Duration::ZERO));
            let round_trip = Duration::from_millis(round_trip);
            let mut line = Line::new(rate * MBIT, round_trip);
            let first = line.busy(&mut flow, Duration::ZERO, second * 2);
            let then = line.busy(&mut flow, second * 2, second * 6);
            let used = then.bytes as f64 / (4.0 * rate * MBIT);
            let told = format!(
                "{rate} Mbit/s, {round_trip:?}: {used:.2} used, waited {:?} at first, then {:?}",
                first.waited, then.waited
            );
            println!("{told}");
            // What may be on its way before anything was heard, and always.
            let [unheard, always] = [36.0, 12.0].map(|kilobytes| kilobytes * 1_000.0 / (rate * MBIT));
            let some = 0.075;
            assert!(used > 0.9, "{told}");
            assert!(first.waited.as_secs_f64() < unheard + some, "{told}");
            assert!(then.waited.as_secs_f64() < always + some, "{told}");
        }
    }

    #[test]
    fn a_line_that_becomes_slow_is_noticed_and_one_that_becomes_fast_too() {
        for heard_late in [false, true] {
            let (second, mut flow) = (Duration::from_secs(1), Flow::new(Duration::ZERO));
            let mut line = Line {
                heard_late,
                ..Line::new(20.0 * MBIT, Duration::from_millis(30))
            };
            line.busy(&mut flow, Duration::ZERO, second * 2);
            line.rate = 2.0 * MBIT;
            line.busy(&mut flow, second * 2, second * 4);
            let slow = line.busy(&mut flow, second * 4, second * 6);
            let told = format!("heard late: {heard_late}, {slow:?}");
            assert!(slow.waited < Duration::from_millis(130), "{told}");
            assert!(slow.bytes as f64 > 0.8 * 2.0 * 2.0 * MBIT, "{told}");
            line.rate = 20.0 * MBIT;
            line.busy(&mut flow, second * 6, second * 8);
            let fast = line.busy(&mut flow, second * 8, second * 10);
            assert!(
                fast.bytes as f64 > 0.8 * 2.0 * 20.0 * MBIT,
                "heard late: {heard_late}, {fast:?}"
            );
        }
    }

    #[test]
    fn letters_teach_nothing_wrong_of_a_line_that_has_room_for_more() {
        let (mut flow, mut line) = (
            Flow::new(Duration::ZERO),
            Line::new(20.0 * MBIT, Duration::from_millis(30)),
        );
        let mut now = Duration::ZERO;
        for sequence in 1..=100 {
            line.hear(&mut flow, now);
            let room = flow.room(now);
            assert!(room > 10_000, "{room} before letter {sequence}");
            line.carry(sequence, 200, now);
            flow.planned(200);
            flow.sent([(sequence, 200)], now);
            now += Duration::from_millis(90);
        }
        let page = line.busy(&mut flow, now, now + Duration::from_millis(200));
        assert!(page.bytes > 250_000, "{page:?}");
    }

    /// Both fill all the room there is whenever they come, and the network is at rest in between.
    #[test]
    fn now_and_then_a_page_teaches_nothing_wrong_either() {
        let (mut flow, mut line) = (
            Flow::new(Duration::ZERO),
            Line::new(20.0 * MBIT, Duration::from_millis(100)),
        );
        let second = Duration::from_secs(1);
        line.busy(&mut flow, Duration::ZERO, second * 2);
        for page in 0..30 {
            let now = second * (3 + page);
            line.hear(&mut flow, now);
            line.busy(&mut flow, now, now + STEP);
        }
        let now = second * 40;
        line.hear(&mut flow, now);
        let soon = flow.soon() as f64 / SOON;
        assert!(soon > 0.8 * 20.0 * MBIT, "{soon}");
    }

    #[test]
    fn a_viewer_that_acknowledges_nothing_gets_little() {
        let (mut flow, mut sequence, mut bytes) = (Flow::new(Duration::ZERO), 0, 0);
        for turn in 0..10_000 {
            let now = STEP * turn;
            let room = flow.room(now);
            if room > 0 {
                sequence += 1;
                let size = room.max(LEAST);
                flow.planned(size);
                flow.sent([(sequence, size)], now);
                bytes += size;
            }
        }
        assert!(bytes < 64 * 1024, "{bytes}");
    }

    #[test]
    fn what_was_never_sent_cannot_have_been_carried_out() {
        let mut flow = Flow::new(Duration::ZERO);
        assert_eq!(flow.acknowledged(1, STEP), Err(MessageError::NeverSent));
        flow.sent([(1, 100), (2, 100)], STEP);
        flow.acknowledged(2, STEP * 2).unwrap();
        // What is late, or comes twice, says nothing new.
        flow.acknowledged(1, STEP * 2).unwrap();
        flow.acknowledged(2, STEP * 2).unwrap();
        assert_eq!(flow.complete(), 2);
        assert_eq!(flow.acknowledged(3, STEP * 3), Err(MessageError::NeverSent));
    }
}
