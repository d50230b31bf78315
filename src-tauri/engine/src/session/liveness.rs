//! Heartbeats: when to send one, and since when the peer is silent.
//!
//! Invariant: a peer that was never heard is not "lost" but not there yet; for both, patience ends at the same time.

use renfort_protocol::{
    limits::{HEARTBEAT_MS, PEER_LOST_MS, SESSION_LOST_MS},
    time::UnixMillis,
};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Say that we are here.
    Beat,
    /// The peer has just been found silent.
    Lost,
    /// The peer was silent for too long.
    Gone,
}

#[derive(Debug)]
pub struct Liveness {
    heard_at: UnixMillis,
    ever_heard: bool,
    lost: bool,
    next_beat: Option<UnixMillis>,
}

impl Liveness {
    pub const fn new(now: UnixMillis) -> Self {
        Self {
            heard_at: now,
            ever_heard: false,
            lost: false,
            next_beat: None,
        }
    }

    pub const fn is_lost(&self) -> bool {
        self.lost
    }

    /// The channel can be used, or no longer.
    pub fn set_open(&mut self, open: bool, now: UnixMillis) {
        self.next_beat = open.then_some(now.plus(HEARTBEAT_MS));
    }

    /// The peer said something. Gives how long it was away, when it had been found silent.
    pub fn heard(&mut self, now: UnixMillis) -> Option<u64> {
        let away = std::mem::take(&mut self.lost).then(|| now.since(self.heard_at));
        self.ever_heard = true;
        self.heard_at = now;
        away
    }

    pub fn poll(&mut self, now: UnixMillis) -> Option<Due> {
        if now >= self.heard_at.plus(SESSION_LOST_MS) {
            return Some(Due::Gone);
        }
        if self.ever_heard && !self.lost && now >= self.heard_at.plus(PEER_LOST_MS) {
            self.lost = true;
            return Some(Due::Lost);
        }
        if self.next_beat.is_some_and(|at| now >= at) {
            self.next_beat = Some(now.plus(HEARTBEAT_MS));
            return Some(Due::Beat);
        }
        None
    }

    /// When something is due next.
    pub fn next(&self) -> UnixMillis {
        let silence = if self.ever_heard && !self.lost {
            PEER_LOST_MS
        } else {
            SESSION_LOST_MS
        };
        let end = self.heard_at.plus(silence);
        self.next_beat.map_or(end, |beat| beat.min(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_000_000);

    #[test]
    fn a_silent_peer_is_lost_within_three_seconds_and_gone_after_a_minute() {
        let mut live = Liveness::new(START);
        assert_eq!(live.heard(START), None);
        assert_eq!(live.poll(START.plus(PEER_LOST_MS - 1)), None);
        assert_eq!(live.next(), START.plus(PEER_LOST_MS));
        assert_eq!(live.poll(START.plus(PEER_LOST_MS)), Some(Due::Lost));
        assert_eq!(live.poll(START.plus(PEER_LOST_MS)), None);
        assert_eq!(live.heard(START.plus(9_000)), Some(9_000));
        assert_eq!(live.poll(START.plus(9_000 + SESSION_LOST_MS)), Some(Due::Gone));
    }

    #[test]
    fn beats_are_sent_only_while_the_channel_is_open() {
        let mut live = Liveness::new(START);
        assert_eq!(live.poll(START.plus(HEARTBEAT_MS)), None);
        live.set_open(true, START);
        assert_eq!(live.poll(START.plus(HEARTBEAT_MS)), Some(Due::Beat));
        assert_eq!(live.next(), START.plus(2 * HEARTBEAT_MS));
        live.set_open(false, START);
        assert_eq!(live.poll(START.plus(3 * HEARTBEAT_MS)), None);
    }
}
