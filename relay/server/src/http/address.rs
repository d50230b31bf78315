//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// The peer's address without port. A proxy on this machine says for whom it asks; the last entry is the one that it
/// wrote itself, earlier ones are whatever the client claimed.
#[must_use]
pub fn peer_address(remote: SocketAddr, headers: &HeaderMap) -> String {
    let address = remote.ip().to_canonical();
    let forwarded = || -> Option<IpAddr> {
        headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()?
            .to_str()
            .ok()?
            .rsplit(',')
            .next()?
            .trim()
            .parse()
            .ok()
    };
    let address = if address.is_loopback() {
        forwarded().unwrap_or(address)
    } else {
        address
    };
    address.to_canonical().to_string()
}

/// Does the browser speak TLS: to the relay itself, or to a proxy on this machine that says so? Without TLS of its own the
/// relay is on loopback only, so nobody but such a proxy can say it.
#[must_use]
pub fn is_encrypted(tls: bool, headers: &HeaderMap) -> bool {
    tls || headers
        .get("x-forwarded-proto")
        .is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_and_only_its_own_entry() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "6.6.6.6, 192.0.2.7".parse().unwrap());
        assert_eq!(peer_address("127.0.0.1:5".parse().unwrap(), &headers), "192.0.2.7");
        assert_eq!(
            peer_address("198.51.100.1:5".parse().unwrap(), &headers),
            "198.51.100.1"
        );
        assert_eq!(
            peer_address("[::ffff:198.51.100.1]:5".parse().unwrap(), &HeaderMap::new()),
            "198.51.100.1"
        );
    }
}
