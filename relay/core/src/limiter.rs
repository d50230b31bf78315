//! Limits on signing in: after some failures, a wait that grows with each further one.
//!
//! | counted for | free failures | first wait | longest wait |
//! |---|---|---|---|
//! | a sign-in name | 5 | 30 s | 15 min |
//! | a network address (IPv6: its /64) | 20 | 30 s | 15 min |
//!
//! Each failure beyond the free ones doubles the wait; an hour without a failure forgets them. Flow: [`Limiter::begin`]
//! before a password is looked at, then [`Limiter::succeeded`] or [`Limiter::undecided`]; a failure needs no call.
//!
//! Invariant: an attempt counts as failed from its beginning, so that guesses tried at the same time cannot slip past.

use std::collections::BTreeMap;

use renfort_protocol::time::UnixMillis;

use crate::network::network;

/// Failures of one sign-in name that cost no wait.
pub const FREE_BY_LOGIN: u32 = 5;
/// Failures of one address that cost no wait; higher, since a whole site may share an address.
pub const FREE_BY_ADDRESS: u32 = 20;
/// The first wait, in milliseconds.
pub const FIRST_WAIT_MS: u64 = 30_000;
/// The longest wait, in milliseconds.
pub const LONGEST_WAIT_MS: u64 = 15 * 60_000;
/// Failures are forgotten after this long without another, in milliseconds.
pub const FORGET_MS: u64 = 60 * 60_000;
/// Names and addresses that are remembered; when full, the one whose last failure is oldest is forgotten.
pub const REMEMBERED: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Login(String),
    Address(String),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    times: u32,
    last: UnixMillis,
    /// The failure before the last one.
    before: UnixMillis,
    told: bool,
}

/// Too many failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
    /// Seconds until the next attempt is looked at.
    pub seconds: u64,
    /// Is this the first refusal since the wait began? Only that one is recorded.
    pub first: bool,
}

/// Remembers failed attempts.
#[derive(Debug, Clone, Default)]
pub struct Limiter {
    failures: BTreeMap<Key, Failures>,
}

impl Limiter {
    /// Remembers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn keys(address: &str, login: Option<&str>) -> impl Iterator<Item = Key> {
        let login = login.map(|login| Key::Login(login.to_lowercase()));
        [Key::Address(network(address))].into_iter().chain(login)
    }

    fn wait(key: &Key, failures: Failures) -> u64 {
        let free = match key {
            Key::Login(_) => FREE_BY_LOGIN,
            Key::Address(_) => FREE_BY_ADDRESS,
        };
        match failures.times.checked_sub(free) {
            None => 0,
            Some(beyond) => FIRST_WAIT_MS.saturating_mul(1 << beyond.min(20)).min(LONGEST_WAIT_MS),
        }
    }

    /// May an attempt be looked at now? If so, it counts as failed until [`Limiter::succeeded`].
    ///
    /// # Errors
    /// When it must wait; such an attempt is not counted.
    pub fn begin(&mut self, address: &str, login: Option<&str>, now: UnixMillis) -> Result<(), Limited> {
        let mut limited: Option<Limited> = None;
        for key in Self::keys(address, login) {
            let Some(failures) = self.failures.get_mut(&key) else {
                continue;
            };
            let left = failures.last.plus(Self::wait(&key, *failures)).since(now);
            if left > 0 {
                let first = !std::mem::replace(&mut failures.told, true);
                let seconds = left.div_ceil(1_000).max(limited.map_or(0, |other| other.seconds));
                limited = Some(Limited {
                    seconds,
                    first: first || limited.is_some_and(|other| other.first),
                });
            }
        }
        if let Some(limited) = limited {
            return Err(limited);
        }
        for key in Self::keys(address, login) {
            self.make_room(&key, now);
            let failures = self.failures.entry(key).or_insert(Failures {
                times: 0,
                last: now,
                before: now,
                told: false,
            });
            if now.since(failures.last) > FORGET_MS {
                failures.times = 0;
            }
            let before = failures.last;
            *failures = Failures {
                times: failures.times.saturating_add(1),
                last: now,
                before,
                told: false,
            };
        }
        Ok(())
    }

    fn make_room(&mut self, key: &Key, now: UnixMillis) {
        if self.failures.len() < REMEMBERED || self.failures.contains_key(key) {
            return;
        }
        self.failures
            .retain(|_, failures| now.since(failures.last) <= FORGET_MS);
        if self.failures.len() >= REMEMBERED {
            let oldest = self
                .failures
                .iter()
                .min_by_key(|(_, failures)| failures.last)
                .map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                self.failures.remove(&oldest);
            }
        }
    }

    /// The attempt was right: the name's failures are forgotten. The address loses this one only, so that owning one
    /// account does not help to guess another's password.
    pub fn succeeded(&mut self, address: &str, login: Option<&str>) {
        if let Some(login) = login {
            self.failures.remove(&Key::Login(login.to_lowercase()));
        }
        self.take_back(&Key::Address(network(address)));
    }

    /// The password was right, and a second factor is asked for now: the address loses this attempt, as it would after a
    /// success. The name keeps it until the whole sign-in succeeds.
    pub fn halfway(&mut self, address: &str) {
        self.take_back(&Key::Address(network(address)));
    }

    /// The attempt could not be looked at: it does not count.
    pub fn undecided(&mut self, address: &str, login: Option<&str>) {
        for key in Self::keys(address, login) {
            self.take_back(&key);
        }
    }

    fn take_back(&mut self, key: &Key) {
        if let Some(failures) = self.failures.get_mut(key) {
            failures.times = failures.times.saturating_sub(1);
            // The wait goes on as if this attempt had never been.
            failures.last = failures.before;
            if failures.times == 0 {
                self.failures.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(limiter: &mut Limiter, times: u32, now: u64) {
        (0..times).for_each(|_| limiter.begin("a", Some("Léa"), UnixMillis(now)).unwrap());
    }

    #[test]
    fn five_failures_are_free_and_then_the_wait_doubles_up_to_fifteen_minutes() {
        let mut limiter = Limiter::new();
        fail(&mut limiter, 5, 0);
        let mut now = 0;
        for wait in [30, 60, 120, 240, 480, 900, 900] {
            let limited = limiter.begin("a", Some("léa"), UnixMillis(now)).unwrap_err();
            assert_eq!(limited.seconds, wait);
            now += wait * 1_000;
            limiter.begin("a", Some("léa"), UnixMillis(now)).unwrap();
        }
    }

    #[test]
    fn a_wait_is_first_told_once() {
        let mut limiter = Limiter::new();
        fail(&mut limiter, 5, 0);
        let told: Vec<bool> = (0..3)
            .map(|_| limiter.begin("a", Some("Léa"), UnixMillis(1)).unwrap_err().first)
            .collect();
        assert_eq!(told, [true, false, false]);
    }

    #[test]
    fn an_address_is_limited_over_many_names_and_one_right_password_does_not_free_it() {
        let mut limiter = Limiter::new();
        for number in 0..FREE_BY_ADDRESS {
            limiter.begin("a", Some(&number.to_string()), UnixMillis(0)).unwrap();
        }
        assert!(limiter.begin("a", Some("other"), UnixMillis(0)).is_err());
        assert!(limiter.begin("b", Some("other"), UnixMillis(0)).is_ok());
        limiter.begin("a", Some("mine"), UnixMillis(FIRST_WAIT_MS)).unwrap();
        limiter.succeeded("a", Some("mine"));
        assert!(limiter.begin("a", Some("other"), UnixMillis(FIRST_WAIT_MS)).is_ok());
        assert!(limiter.begin("a", Some("another"), UnixMillis(FIRST_WAIT_MS)).is_err());
    }

    #[test]
    fn the_addresses_of_one_ipv6_subscriber_are_limited_together() {
        let mut limiter = Limiter::new();
        for number in 0..FREE_BY_ADDRESS {
            let address = format!("2001:db8::{number:x}");
            limiter.begin(&address, None, UnixMillis(0)).unwrap();
        }
        assert!(limiter.begin("2001:db8::ffff", None, UnixMillis(0)).is_err());
        assert!(limiter.begin("2001:db8:0:1::1", None, UnixMillis(0)).is_ok());
    }

    #[test]
    fn success_and_an_hour_of_rest_both_forget() {
        let mut limiter = Limiter::new();
        fail(&mut limiter, 5, 0);
        limiter.succeeded("a", Some("LÉA"));
        fail(&mut limiter, 5, 0);
        assert!(limiter.begin("a", Some("Léa"), UnixMillis(1)).is_err());
        fail(&mut limiter, 5, FORGET_MS + 1);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut limiter = Limiter::new();
        for number in 0..REMEMBERED + 10 {
            let _ = limiter.begin(&number.to_string(), None, UnixMillis(number as u64));
        }
        assert_eq!(limiter.failures.len(), REMEMBERED);
    }
}
