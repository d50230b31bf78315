//! How much one address, and one sign-in to the console, may ask for in a minute.
//!
//! Flow: [`by_address`] stands before every route; the WebSocket's and the console's handlers ask their own quota.
//!
//! Invariant: what is remembered is bounded. When there is no room, counting begins anew for all: an attacker with many
//! addresses wins a minute for everybody, and shuts nobody out.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use renfort_core::network::network;
use renfort_protocol::time::UnixMillis;

use super::{App, address::peer_address, console::too_fast};
use crate::clock;

/// Requests of one address (IPv6: of its /64) in a minute, of any kind. High, since a whole site may share an address.
pub const REQUESTS_PER_ADDRESS: u32 = 3_000;
/// WebSockets, and so hellos, of one address (IPv6: of its /64) in a minute: a large site comes back after a restart of
/// the relay.
pub const SOCKETS_PER_ADDRESS: u32 = 1_200;
/// Requests of one sign-in to the console in a minute. A live page asks 20 times.
pub const REQUESTS_PER_SIGN_IN: u32 = 600;
/// Over this long it is counted, in milliseconds.
pub const WINDOW_MS: u64 = 60_000;
/// Addresses or sign-ins that one quota remembers.
const REMEMBERED: usize = 20_000;

/// One quota.
#[derive(Debug)]
pub struct Quota {
    most: u32,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    since: UnixMillis,
    times: HashMap<String, u32>,
}

impl Quota {
    /// At most `most` in each window.
    #[must_use]
    pub fn new(most: u32) -> Self {
        Self {
            most,
            counted: Mutex::default(),
        }
    }

    /// Counts one more.
    ///
    /// # Errors
    /// When that is one too many: seconds until the next window.
    pub fn admit(&self, who: &str, now: UnixMillis) -> Result<(), u64> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let full = counted.times.len() >= REMEMBERED && !counted.times.contains_key(who);
        // A clock that was set back begins anew, too.
        if full || now < counted.since || now.since(counted.since) >= WINDOW_MS {
            counted.since = now;
            counted.times.clear();
        }
        let left = WINDOW_MS.saturating_sub(now.since(counted.since));
        let times = counted.times.entry(who.to_owned()).or_default();
        if *times >= self.most {
            return Err(left.div_ceil(1_000).max(1));
        }
        *times += 1;
        Ok(())
    }
}

/// All quotas.
#[derive(Debug)]
pub struct Quotas {
    /// Of [`REQUESTS_PER_ADDRESS`].
    pub requests: Quota,
    /// Of [`SOCKETS_PER_ADDRESS`].
    pub sockets: Quota,
    /// Of [`REQUESTS_PER_SIGN_IN`].
    pub sign_ins: Quota,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            requests: Quota::new(REQUESTS_PER_ADDRESS),
            sockets: Quota::new(SOCKETS_PER_ADDRESS),
            sign_ins: Quota::new(REQUESTS_PER_SIGN_IN),
        }
    }
}

/// Refuses an address that asks too much, before anything else is done for it.
pub async fn by_address(
    State(app): State<Arc<App>>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    match app
        .quotas
        .requests
        .admit(&folded(remote, request.headers()), clock::now())
    {
        Ok(()) => next.run(request).await,
        Err(seconds) => refusal(seconds),
    }
}

/// The network that a request counts for.
#[must_use]
pub fn folded(remote: SocketAddr, headers: &HeaderMap) -> String {
    network(&peer_address(remote, headers))
}

/// 429 with the seconds to wait (RFC 6585, 4).
#[must_use]
pub fn refusal(seconds: u64) -> Response {
    let mut response = too_fast(seconds).into_response();
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_the_quota_waits_for_the_next_minute_and_others_do_not() {
        let quota = Quota::new(2);
        let at = UnixMillis;
        assert_eq!(quota.admit("a", at(1_000_000)), Ok(()));
        assert_eq!(quota.admit("a", at(1_000_000)), Ok(()));
        assert_eq!(quota.admit("a", at(1_010_000)), Err(50));
        assert_eq!(quota.admit("b", at(1_010_000)), Ok(()));
        assert_eq!(quota.admit("a", at(1_060_000)), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_a_newcomer_is_served() {
        let quota = Quota::new(1);
        for number in 0..=REMEMBERED {
            assert_eq!(quota.admit(&number.to_string(), UnixMillis(5_000_000)), Ok(()));
        }
        assert!(quota.counted.lock().unwrap().times.len() <= REMEMBERED);
    }
}
