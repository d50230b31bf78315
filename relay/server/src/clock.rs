//! The one place that reads the machine's clock.
//!
//! Invariant: time never goes back and never stands still, so that no interval hangs when the machine's clock is set
//! back. The relay's time then runs slower than real time until the machine's has caught up with it.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use renfort_protocol::time::UnixMillis;

/// The machine's clock may be so far from ours without being followed: it is noise between two readings.
const NOISE: Duration = Duration::from_millis(500);
/// While ours is ahead, it goes on by this less of the time that passes: an hour is made up for in ten.
const SLOWER: u32 = 10;

/// Now.
#[must_use]
pub fn now() -> UnixMillis {
    static CLOCK: OnceLock<Mutex<Steady>> = OnceLock::new();
    let clock = CLOCK.get_or_init(|| Mutex::new(Steady::new(Reading::take())));
    // A poisoned lock holds a whole value all the same: nothing in here can stop half way.
    let mut clock = clock.lock().unwrap_or_else(PoisonError::into_inner);
    let told = clock.tell(Reading::take());
    UnixMillis(u64::try_from(told.as_millis()).unwrap_or(u64::MAX))
}

/// Both of the machine's clocks at one moment.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// Since 1970; may be set by anybody.
    wall: Duration,
    /// Never goes back, but may stand still while the machine sleeps.
    monotonic: Instant,
}

impl Reading {
    fn take() -> Self {
        Self {
            wall: SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default(),
            monotonic: Instant::now(),
        }
    }
}

/// The relay's own time.
#[derive(Debug)]
struct Steady {
    told: Duration,
    last: Instant,
}

impl Steady {
    const fn new(start: Reading) -> Self {
        Self {
            told: start.wall,
            last: start.monotonic,
        }
    }

    fn tell(&mut self, reading: Reading) -> Duration {
        let passed = reading.monotonic.saturating_duration_since(self.last);
        let expected = self.told + passed;
        self.last = reading.monotonic;
        self.told = if reading.wall > expected + NOISE {
            // The machine slept, or its clock was behind.
            reading.wall
        } else if reading.wall + NOISE < expected {
            expected - passed / SLOWER
        } else {
            expected
        };
        self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1_000_000);
    const HOUR: Duration = Duration::from_secs(3_600);

    struct Machine {
        steady: Steady,
        start: Instant,
    }

    impl Machine {
        fn new() -> Self {
            let start = Instant::now();
            let steady = Steady::new(Reading {
                wall: START,
                monotonic: start,
            });
            Self { steady, start }
        }

        /// What is told when so much has passed and the wall clock says this.
        fn at(&mut self, passed: Duration, wall: Duration) -> Duration {
            self.steady.tell(Reading {
                wall,
                monotonic: self.start + passed,
            })
        }
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_stop_time_and_is_caught_up_with() {
        let mut machine = Machine::new();
        let minute = Duration::from_secs(60);
        let first = machine.at(minute, START + minute - HOUR);
        assert!(first > START + minute * 8 / 10 && first <= START + minute, "{first:?}");
        let mut before = first;
        for minutes in 2..=11 * 60 {
            let told = machine.at(minute * minutes, START + minute * minutes - HOUR);
            assert!(told > before, "it goes on");
            before = told;
        }
        let behind = before.saturating_sub(START + HOUR * 10);
        assert!(behind <= NOISE, "caught up: {behind:?}");
    }

    #[test]
    fn a_sleep_and_a_clock_that_is_set_forward_are_followed() {
        let mut machine = Machine::new();
        let second = Duration::from_secs(1);
        assert_eq!(machine.at(second, START + HOUR), START + HOUR);
        assert_eq!(machine.at(second * 2, START + HOUR + second), START + HOUR + second);
    }

    #[test]
    fn noise_between_two_readings_is_passed_over() {
        let mut machine = Machine::new();
        let (second, little) = (Duration::from_secs(1), Duration::from_millis(300));
        assert_eq!(machine.at(second, START + second + little), START + second);
        assert_eq!(machine.at(second * 2, START + second * 2 - little), START + second * 2);
    }

    #[test]
    fn now_is_the_machines_time() {
        let wall = Reading::take().wall.as_millis();
        assert!(u128::from(now().0).abs_diff(wall) < 5_000);
    }
}
