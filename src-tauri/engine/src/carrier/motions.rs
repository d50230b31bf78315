//! The pointer's last move, or the turns of the wheel in a row, until they may leave.
//!
//! Flow: [`Motions::offer`] makes one of what waits and what comes, or gives what has to go ahead of it;
//! [`Motions::take_due`] gives it when the network is not behind, and a move when enough time has passed since the one before;
//! [`Motions::take`] gives it at once, ahead of anything that must find the pointer there.
//!
//! Invariant: the newest move is never dropped, only replaced by a newer one; of the wheel's turns nothing is dropped.

use std::time::Duration;

use renfort_protocol::input::InputEvent;

/// Shortest time from one move to the next: no screen shows more than 250 pictures a second.
const APART: Duration = Duration::from_millis(4);
/// Messages that are not acknowledged, above which motions wait: with a round trip of 150 ms, a move every 5 ms goes on.
const BEHIND: usize = 32;
/// Units that one turn of the wheel has at most, once it is of several: a sharer that finds more may take it for a mistake.
const MOST_UNITS: i16 = 30 * 120;

/// Two events in a row that say no more than this one: the newer of two moves, or the wheel turned on at the same place.
pub fn joined(before: &InputEvent, next: &InputEvent) -> Option<InputEvent> {
    match (before, next) {
        (InputEvent::Move { .. }, InputEvent::Move { .. }) => Some(next.clone()),
        (
            &InputEvent::Wheel { dx, dy, x, y },
            &InputEvent::Wheel {
                dx: more_dx,
                dy: more_dy,
                x: next_x,
                y: next_y,
            },
        ) if (x, y) == (next_x, next_y) => Some(InputEvent::Wheel {
            dx: turned_on(dx, more_dx)?,
            dy: turned_on(dy, more_dy)?,
            x,
            y,
        }),
        _ => None,
    }
}

/// Turning back is not the same as having turned less: at the end of a page it is seen.
fn turned_on(units: i16, more: i16) -> Option<i16> {
    let sum = units.checked_add(more)?;
    (units.signum() == more.signum() && sum.saturating_abs() <= MOST_UNITS).then_some(sum)
}

#[derive(Debug, Default)]
pub struct Motions {
    waiting: Option<InputEvent>,
    /// When the last move left.
    left_at: Option<Duration>,
}

impl Motions {
    /// The pointer moved, or the wheel turned. Gives what waited, when it has to leave now, ahead of this.
    pub fn offer(&mut self, event: InputEvent, now: Duration) -> Option<InputEvent> {
        if let Some(one) = self.waiting.as_ref().and_then(|before| joined(before, &event)) {
            self.waiting = Some(one);
            return None;
        }
        let ahead = self.take(now);
        self.waiting = Some(event);
        ahead
    }

    /// When what waits may leave, if the network is not behind; what is acknowledged tells that it no longer is.
    pub fn due(&self, unacknowledged: usize) -> Option<Duration> {
        let waiting = self.waiting.as_ref().filter(|_| unacknowledged < BEHIND)?;
        let moved_at = self.left_at.filter(|_| is_move(waiting));
        Some(moved_at.map_or(Duration::ZERO, |left| left + APART))
    }

    /// It may leave now.
    pub fn take_due(&mut self, now: Duration, unacknowledged: usize) -> Option<InputEvent> {
        self.due(unacknowledged).filter(|due| *due <= now)?;
        self.take(now)
    }

    /// It leaves now.
    pub fn take(&mut self, now: Duration) -> Option<InputEvent> {
        let taken = self.waiting.take()?;
        if is_move(&taken) {
            self.left_at = Some(now);
        }
        Some(taken)
    }
}

const fn is_move(event: &InputEvent) -> bool {
    matches!(event, InputEvent::Move { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    const fn to(x: u16) -> InputEvent {
        InputEvent::Move { order: 0, x, y: 0 }
    }

    const fn turned(dx: i16, dy: i16, x: u16) -> InputEvent {
        InputEvent::Wheel { dx, dy, x, y: 7 }
    }

    #[test]
    fn the_first_leaves_at_once_and_of_the_others_the_newest_when_it_may() {
        let mut motions = Motions::default();
        assert_eq!(motions.offer(to(1), ms(100)), None);
        assert_eq!(motions.take_due(ms(100), 0), Some(to(1)));
        motions.offer(to(2), ms(101));
        assert_eq!(motions.offer(to(3), ms(102)), None);
        assert_eq!((motions.take_due(ms(103), 0), motions.due(0)), (None, Some(ms(104))));
        assert_eq!(motions.take_due(ms(104), 0), Some(to(3)));
        assert_eq!((motions.take_due(ms(500), 0), motions.due(0)), (None, None));
    }

    #[test]
    fn while_the_network_is_behind_the_newest_waits_unless_something_needs_it() {
        let mut motions = Motions::default();
        motions.offer(to(1), ms(1));
        motions.offer(to(2), ms(2));
        assert_eq!((motions.take_due(ms(9), BEHIND), motions.due(BEHIND)), (None, None));
        assert_eq!(motions.take(ms(9)), Some(to(2)));
        motions.offer(to(3), ms(10));
        assert_eq!(motions.take_due(ms(13), BEHIND - 1), Some(to(3)));
    }

    #[test]
    fn the_wheel_waits_for_nothing_but_a_network_that_is_behind_and_is_then_one_turn() {
        let mut motions = Motions::default();
        motions.offer(to(1), ms(1));
        motions.take(ms(1));
        motions.offer(turned(0, 120, 1), ms(1));
        assert_eq!(motions.take_due(ms(1), 0), Some(turned(0, 120, 1)));
        for _ in 0..5 {
            assert_eq!(motions.offer(turned(0, 120, 1), ms(2)), None);
        }
        assert_eq!(motions.take_due(ms(2), BEHIND), None);
        assert_eq!(motions.take_due(ms(2), BEHIND - 1), Some(turned(0, 600, 1)));
    }

    #[test]
    fn what_waits_goes_ahead_of_what_is_another_thing() {
        let mut motions = Motions::default();
        let mut left = Vec::new();
        let all = [
            to(1),
            to(2),
            turned(0, 120, 2),
            turned(0, 120, 2),
            to(3),
            turned(0, 120, 3),
        ];
        for event in all {
            left.extend(motions.offer(event, ms(1)));
        }
        left.extend(motions.take(ms(1)));
        assert_eq!(left, [to(2), turned(0, 240, 2), to(3), turned(0, 120, 3)]);
    }

    #[test]
    fn only_the_wheel_turned_on_at_its_place_is_one_turn_and_no_larger_than_a_sharer_takes() {
        let join = |one: &InputEvent, other: &InputEvent| joined(one, other);
        let first = turned(-120, 0, 1);
        assert_eq!(join(&first, &turned(-240, 0, 1)), Some(turned(-360, 0, 1)));
        for other in [
            turned(-120, 0, 2),
            turned(120, 0, 1),
            turned(-120, 120, 1),
            turned(0, 120, 1),
            to(1),
            InputEvent::ReleaseAll,
        ] {
            assert_eq!((join(&first, &other), join(&other, &first)), (None, None), "{other:?}");
        }
        let most = turned(0, MOST_UNITS - 120, 1);
        assert_eq!(join(&most, &turned(0, 120, 1)), Some(turned(0, MOST_UNITS, 1)));
        assert_eq!(join(&most, &turned(0, 121, 1)), None);
        assert_eq!(join(&turned(0, i16::MAX, 1), &turned(0, i16::MAX, 1)), None);
        assert_eq!(join(&turned(0, i16::MIN, 1), &turned(0, i16::MIN, 1)), None);
        assert_eq!(join(&InputEvent::ReleaseAll, &InputEvent::ReleaseAll), None);
    }
}
