//! The one clock of the engine, handed in from outside so that tests can turn it.
//!
//! Invariant: it never goes back, and it goes on while the machine sleeps or its wall clock is set back.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use renfort_protocol::time::UnixMillis;

/// A wall clock that runs ahead of the monotonic one by more than this has been set, or the machine has slept: then
/// it is followed. Less is noise between two readings.
const STEP: Duration = Duration::from_millis(500);

/// Tells the time. Cheap to clone; all clones agree.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> UnixMillis + Send + Sync>);

impl Clock {
    /// This machine's.
    #[must_use]
    pub fn system() -> Self {
        let start = Reading {
            wall: wall(),
            monotonic: Instant::now(),
        };
        let state = Mutex::new((start.wall, start));
        Self(Arc::new(move || {
            // A poisoned lock holds a whole value all the same: nothing in here can stop half way.
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            let (told, last) = *state;
            let reading = Reading {
                wall: wall(),
                monotonic: Instant::now(),
            };
            let now = told + reading.since(last);
            *state = (now, reading);
            UnixMillis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
        }))
    }

    /// One that a test turns.
    #[must_use]
    pub fn of(now: impl Fn() -> UnixMillis + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now().0)
    }
}

#[derive(Clone, Copy)]
struct Reading {
    wall: Duration,
    monotonic: Instant,
}

impl Reading {
    fn since(self, last: Self) -> Duration {
        let monotonic = self.monotonic.saturating_duration_since(last.monotonic);
        let wall = self.wall.saturating_sub(last.wall);
        if wall > monotonic + STEP { wall } else { monotonic }
    }
}

fn wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_set_back_does_not_stop_time_and_a_sleep_counts() {
        let start = Reading {
            wall: Duration::from_secs(1_000),
            monotonic: Instant::now(),
        };
        let later = start.monotonic + Duration::from_secs(2);
        let set_back = Reading {
            wall: Duration::from_secs(10),
            monotonic: later,
        };
        assert_eq!(set_back.since(start), Duration::from_secs(2));
        let slept = Reading {
            wall: Duration::from_secs(5_000),
            monotonic: later,
        };
        assert_eq!(slept.since(start), Duration::from_secs(4_000));
        let noise = Reading {
            wall: Duration::from_millis(1_002_100),
            monotonic: later,
        };
        assert_eq!(noise.since(start), Duration::from_secs(2));
    }

    #[test]
    fn clones_tell_the_same_time_and_it_never_goes_back() {
        let clock = Clock::system();
        let other = clock.clone();
        let first = clock.now();
        assert!(other.now() >= first && clock.now() >= first);
    }
}
