//! A relay's address, taken apart.

use renfort_protocol::organisation::is_allowed_address;

/// Where to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Encrypted?
    pub tls: bool,
    /// Name or IP address; an IPv6 address without its brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The endpoint's whole address, for the WebSocket handshake.
    pub url: String,
}

impl Address {
    /// None when the address is not one that may be used.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        if !is_allowed_address(address) {
            return None;
        }
        let (scheme, rest) = address.split_once("://")?;
        let tls = scheme == "wss";
        let authority = rest.split('/').next()?;
        let (host, port) = match authority.strip_prefix('[') {
            Some(v6) => {
                let (host, rest) = v6.split_once(']')?;
                (host, rest.strip_prefix(':'))
            }
            None => authority
                .rsplit_once(':')
                .map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let port = match port {
            Some(port) => port.parse().ok()?,
            None if tls => 443,
            None => 80,
        };
        let url = format!("{}/v1/endpoint", address.trim_end_matches('/'));
        Some(Self {
            tls,
            host: host.to_owned(),
            port,
            url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: Option<(bool, &str, u16, &str)>) {
        let parsed = Address::parse(address);
        let parsed = parsed
            .as_ref()
            .map(|it| (it.tls, it.host.as_str(), it.port, it.url.as_str()));
        assert_eq!(parsed, expected, "{address}");
    }

    #[test]
    fn addresses_are_taken_apart_and_bad_ones_refused() {
        check(
            "wss://aide.example",
            Some((true, "aide.example", 443, "wss://aide.example/v1/endpoint")),
        );
        check(
            "wss://aide.example:8443/",
            Some((true, "aide.example", 8443, "wss://aide.example:8443/v1/endpoint")),
        );
        check(
            "ws://127.0.0.1:8080",
            Some((false, "127.0.0.1", 8080, "ws://127.0.0.1:8080/v1/endpoint")),
        );
        check(
            "ws://[::1]:81/r",
            Some((false, "::1", 81, "ws://[::1]:81/r/v1/endpoint")),
        );
        check("ws://[::1]", Some((false, "::1", 80, "ws://[::1]/v1/endpoint")));
        check("ws://aide.example", None);
        check("wss://aide.example:many", None);
    }
}
