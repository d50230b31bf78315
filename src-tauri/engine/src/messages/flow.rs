//! How much may be handed to a channel that keeps everything, and gives it on in its order.
//!
//! Flow: [`Flow::room`] says what may go now; [`Flow::planned`] tells what is made of it, [`Flow::sent`] what went, and
//! [`Flow::acknowledged`] what has come, from which the network's rate is measured, and what was carried out.
//!
//! A viewer that takes long to compose is no slow network, although it hears of what comes only when it is done: what it says late is no
//! measure. It is waited for instead.
//!
//! Invariant: what is not known to have come is at most the window, and what one turn of the planner goes beyond it; and while a viewer
//! composes, few turns wait for it there.

use std::{collections::VecDeque, time::Duration};

use renfort_picture::{
    Sequence,
    carriage::{Mark, Rate},
};

use super::{Acknowledgement, MessageError, composing::Composing};

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
    composing: Composing,
    /// What there was room for, and is not used yet.
    pub(super) offered: usize,
    /// The shortest time from sending to hearing of it, and the last.
    quickest: Duration,
    recent: Duration,
    /// They are counted as they are asked for.
    turn: u64,
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
    #[must_use]
    pub fn new(now: Duration) -> Self {
        let rate = Rate::default();
        Self {
            credit: rate.pace() * TURN,
            rate,
            at: now,
            sent: VecDeque::new(),
            last: 0,
            complete: 0,
            composing: Composing::default(),
            offered: 0,
            quickest: Duration::MAX,
            recent: Duration::MAX,
            turn: 0,
        }
    }

    /// Bytes that may go now.
    pub fn room(&mut self, now: Duration) -> usize {
        self.advance(now);
        self.turn += 1;
        if self.composing.is_behind(self.recent, now) {
            self.offered = 0;
            self.rate.limited();
            return 0;
        }
        let (window, in_flight) = (self.rate.window(), self.rate.in_flight());
        let least = self.credit.min(self.composing.room(self.recent, now));
        let rests = in_flight == 0 && self.credit >= self.rate.pace() * TURN;
        if self.offered > 0 || rests || least < self.credit {
            // What begins now, after a time with too little to send, or for a slow viewer, tells less than all that the network can do.
            self.rate.limited();
        }
        // Negative means none.
        let room = window.saturating_sub(in_flight).min(least as usize);
        let letter = in_flight < window + LETTER && least > -(LETTER as f64);
        self.offered = room.max(usize::from(letter));
        self.offered
    }

    /// Bytes that can go so soon that nobody waits for them.
    #[must_use]
    pub fn soon(&self) -> usize {
        (self.rate.expected() * SOON).min(self.composing.soon()) as usize
    }

    /// Every update up to this one was carried out.
    #[must_use]
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
            self.composing.sent(sequence, bytes, self.turn, now);
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

    /// What the viewer says; it may have said more already.
    ///
    /// # Errors
    /// When so many were never sent, or more are composed than have come, or carried out than are composed.
    pub fn acknowledged(&mut self, said: Acknowledgement, now: Duration) -> Result<(), MessageError> {
        if said.arrived > self.last || said.composed > said.arrived || said.complete > said.composed {
            return Err(MessageError::Never);
        }
        self.advance(now);
        self.complete = self.complete.max(said.complete);
        let mut newest = None;
        // They are numbered from 1: so many are those up to that one, but for some that were overtaken.
        while let Some(sent) = self.sent.pop_front_if(|sent| sent.sequence <= said.arrived) {
            self.rate.acknowledged(sent.mark, sent.bytes, now);
            newest = Some(sent);
        }
        if let Some(sent) = newest {
            if self.composing.is_late(self.quickest, now) {
                self.rate.passed(now);
            } else {
                self.recent = now.saturating_sub(sent.at);
                let took = self.took(&sent, now);
                self.rate.settled(Some(took), now);
            }
        }
        self.composing.heard(said, now);
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
                flow.acknowledged(all(sequence), at).unwrap();
                // Of what is held, nothing can go.
                flow.sent([], at);
            }
        }
    }

    /// All of these have come, and were carried out at once.
    const fn all(sequence: Sequence) -> Acknowledgement {
        said(sequence, sequence, sequence)
    }

    const fn said(arrived: Sequence, composed: Sequence, complete: Sequence) -> Acknowledgement {
        Acknowledgement {
            picture: 1,
            arrived,
            composed,
            complete,
        }
    }

    const MBIT: f64 = 125_000.0;

    /// The first picture on a line of so many Mbit/s, with a round trip of so many milliseconds.
    fn begun(rate: f64, round_trip: u64) -> (Flow, Line) {
        let line = Line::new(rate * MBIT, Duration::from_millis(round_trip));
        (Flow::new(Duration::ZERO), line)
    }

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
        let (mut flow, mut line) = begun(20.0, 30);
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
        let (mut flow, mut line) = begun(20.0, 100);
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

    /// A viewer on a fast line composes what has come, for `takes`, and hears of nothing meanwhile.
    struct Slow {
        takes: Duration,
        free_at: Duration,
        arrived: Sequence,
    }

    impl Slow {
        fn hear(&mut self, flow: &mut Flow, now: Duration) {
            if self.free_at > now {
                return;
            }
            let composed = self.arrived;
            self.arrived = flow.last;
            // It is said at once what it has composed, and what came meanwhile.
            flow.acknowledged(said(self.arrived, composed, composed), now).unwrap();
            if composed < self.arrived {
                self.free_at = now + self.takes;
            }
        }
    }

    #[test]
    fn a_viewer_that_is_slow_is_waited_for_and_is_no_slow_network() {
        let (mut flow, mut line) = begun(100.0, 2);
        let second = Duration::from_secs(1);
        line.busy(&mut flow, Duration::ZERO, second);
        line.hear(&mut flow, second * 2);
        let soon = flow.soon();
        let mut viewer = Slow {
            takes: Duration::from_millis(60),
            free_at: Duration::ZERO,
            arrived: flow.last,
        };
        let (mut now, mut turns) = (second * 2, 0);
        while now < second * 6 {
            viewer.hear(&mut flow, now);
            if flow.room(now) > 0 {
                let (first, bytes) = (flow.last + 1, 4_000);
                flow.planned(2 * bytes);
                flow.sent([(first, bytes), (first + 1, bytes)], now);
                turns += 1;
                assert!(flow.last - flow.complete() <= 6, "it is no further behind");
            }
            now += STEP;
        }
        assert!(turns > 40, "{turns} turns, of 66 that it could compose one by one");
        let after = flow.soon();
        assert!(after > soon / 2, "{after} after {soon}");
    }

    #[test]
    fn what_was_never_sent_or_has_not_come_cannot_have_been_carried_out() {
        let mut flow = Flow::new(Duration::ZERO);
        assert_eq!(flow.acknowledged(said(1, 0, 0), STEP), Err(MessageError::Never));
        flow.sent([(1, 100), (2, 100)], STEP);
        flow.acknowledged(all(2), STEP * 2).unwrap();
        // What is late, or comes twice, says nothing new.
        flow.acknowledged(all(1), STEP * 2).unwrap();
        flow.acknowledged(all(2), STEP * 2).unwrap();
        assert_eq!(flow.complete(), 2);
        flow.sent([(3, 100)], STEP);
        // More than were sent, composed and not come, carried out and not composed.
        for never in [said(4, 0, 0), said(2, 3, 0), said(3, 2, 3)] {
            assert_eq!(
                flow.acknowledged(never, STEP * 3),
                Err(MessageError::Never),
                "{never:?}"
            );
        }
    }

    /// On an unordered channel everything after what was lost comes, and waits in the composer until that was sent again.
    #[test]
    fn what_waits_for_something_lost_keeps_no_viewer_busy() {
        let (mut flow, mut line) = begun(20.0, 50);
        let second = Duration::from_secs(1);
        line.busy(&mut flow, Duration::ZERO, second * 2);
        line.hear(&mut flow, second * 3);
        let (soon, lost) = (flow.soon(), flow.last);
        let mut now = second * 3;
        let (mut turns, mut acknowledgements) = (0, VecDeque::new());
        while now < second * 4 {
            while let Some((_, sequence)) = acknowledgements.pop_front_if(|(at, _)| *at <= now) {
                flow.acknowledged(said(sequence, sequence, lost), now).unwrap();
            }
            if flow.room(now) > 0 {
                flow.planned(1_000);
                flow.sent([(flow.last + 1, 1_000)], now);
                acknowledgements.push_back((now + Duration::from_millis(50), flow.last - 1));
                turns += 1;
            }
            now += STEP;
        }
        assert!(turns > 240, "{turns} turns of 250");
        assert!(flow.soon() > soon / 2, "{} after {soon}", flow.soon());
    }

    /// A viewer far away composes 10 of every 16 ms.
    #[test]
    fn far_away_a_viewer_that_keeps_up_is_not_waited_for() {
        let (mut flow, mut line) = begun(20.0, 150);
        let second = Duration::from_secs(1);
        line.busy(&mut flow, Duration::ZERO, second * 3);
        line.hear(&mut flow, second * 4);
        let soon = flow.soon();
        let (mut now, mut turns, mut heard) = (second * 4, 0, VecDeque::new());
        let ms = Duration::from_millis(1);
        for tick in 0..500 {
            now = second * 4 + ms * 16 * tick;
            while let Some((at, said)) = heard.pop_front_if(|(at, _)| *at <= now) {
                flow.acknowledged(said, at).unwrap();
            }
            if flow.room(now) > 0 {
                flow.planned(8_000);
                let sequence = flow.last + 1;
                flow.sent([(sequence, 8_000)], now);
                heard.push_back((now + ms * 150, said(sequence, sequence - 1, sequence - 1)));
                heard.push_back((now + ms * 160, all(sequence)));
                turns += 1;
            }
        }
        assert!(turns > 480, "{turns} turns of 500, until {now:?}");
        assert!(flow.soon() > soon / 2, "{} after {soon}", flow.soon());
    }
}
