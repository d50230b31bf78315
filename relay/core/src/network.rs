//! Which addresses count as one for limits: an IPv6 subscriber has a whole /64 (RFC 6177), and could otherwise come from
//! another address each time.
//!
//! Invariant: records keep the address itself; only limits fold it.

use core::net::{IpAddr, Ipv6Addr};

/// Bits of an IPv6 address that name the subscriber's network.
const PREFIX: u32 = 64;

/// The network that an address counts for, as text. What is no address counts for itself.
#[must_use]
pub fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let bits = address.to_bits() & (u128::MAX << (u128::BITS - PREFIX));
            format!("{}/{PREFIX}", Ipv6Addr::from_bits(bits))
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("unix"), "unix");
    }
}
