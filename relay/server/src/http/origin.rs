//! Which pages may speak to the relay: its own, and none from elsewhere (RFC 6455, 10.2; RFC 6454).
//!
//! Under TLS the certificate ties the `Host` to us, so an origin that names the same host is ours. Without TLS the relay
//! is on loopback, where any web site can point a name of its own at us (DNS rebinding): there `Host` counts only when it
//! is a loopback name. Behind a proxy, the addresses of the organisation file are ours too.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Origins of the desktop app's own windows.
const DESKTOP: [&str; 3] = ["tauri://localhost", "http://tauri.localhost", "https://tauri.localhost"];

/// Decides about origins.
#[derive(Debug, Clone)]
pub struct OriginPolicy {
    tls: bool,
    declared: Vec<String>,
}

impl OriginPolicy {
    /// With the relay addresses of the organisation file.
    #[must_use]
    pub fn new(tls: bool, relays: &[String]) -> Self {
        let declared = relays
            .iter()
            .filter_map(|address| {
                let (scheme, rest) = address.split_once("://")?;
                let authority = rest.split('/').next()?.to_ascii_lowercase();
                match scheme {
                    "wss" => Some(format!("https://{}", authority.trim_end_matches(":443"))),
                    "ws" => Some(format!("http://{}", authority.trim_end_matches(":80"))),
                    _ => None,
                }
            })
            .collect();
        Self { tls, declared }
    }

    /// May this request open the endpoints' WebSocket? The desktop app sends no origin, or its own.
    #[must_use]
    pub fn allows_endpoint(&self, headers: &HeaderMap) -> bool {
        match one(headers, &header::ORIGIN) {
            Origin::Absent => true,
            Origin::Is(origin) => DESKTOP.contains(&origin) || self.is_own(origin, headers),
            Origin::Unreadable => false,
        }
    }

    /// May this request ask anything of the console? A browser always says where a POST comes from, and whether any
    /// request was made for a page of another site (Fetch Metadata, 2.3), of which a link to us is one.
    #[must_use]
    pub fn allows_console(&self, headers: &HeaderMap) -> bool {
        let site = one(headers, &HeaderName::from_static("sec-fetch-site"));
        if !matches!(site, Origin::Absent | Origin::Is("same-origin" | "none")) {
            return false;
        }
        match one(headers, &header::ORIGIN) {
            Origin::Absent => true,
            Origin::Is(origin) => self.is_own(origin, headers),
            Origin::Unreadable => false,
        }
    }

    fn is_own(&self, origin: &str, headers: &HeaderMap) -> bool {
        let origin = origin.to_ascii_lowercase();
        if self.declared.contains(&origin) {
            return true;
        }
        let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else {
            return false;
        };
        let host = host.to_ascii_lowercase();
        if self.tls {
            origin == format!("https://{host}")
        } else {
            is_loopback(&host) && origin == format!("http://{host}")
        }
    }
}

enum Origin<'a> {
    Absent,
    Is(&'a str),
    Unreadable,
}

fn one<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Origin<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (None, _) => Origin::Absent,
        (Some(Ok(origin)), None) => Origin::Is(origin),
        _ => Origin::Unreadable,
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: &str, host: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !origin.is_empty() {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        headers.insert(header::HOST, host.parse().unwrap());
        headers
    }

    #[test]
    fn on_loopback_only_the_same_loopback_address_is_own() {
        let policy = OriginPolicy::new(false, &["wss://aide.example:443".into()]);
        for (origin, host) in [
            ("", "127.0.0.1:9"),
            ("http://127.0.0.1:9", "127.0.0.1:9"),
            ("http://[::1]:9", "[::1]:9"),
            ("http://localhost:9", "localhost:9"),
            ("https://aide.example", "127.0.0.1:9"),
        ] {
            assert!(policy.allows_console(&headers(origin, host)), "{origin} to {host}");
        }
        for (origin, host) in [
            ("http://127.0.0.1:8", "127.0.0.1:9"),
            ("https://127.0.0.1:9", "127.0.0.1:9"),
            ("http://evil.example:9", "evil.example:9"),
            ("http://localhost.evil.example", "localhost.evil.example"),
            ("null", "127.0.0.1:9"),
            ("http://evil.example", "127.0.0.1:9"),
        ] {
            assert!(!policy.allows_console(&headers(origin, host)), "{origin} to {host}");
        }
    }

    #[test]
    fn under_tls_the_host_itself_is_own() {
        let policy = OriginPolicy::new(true, &[]);
        assert!(policy.allows_console(&headers("https://aide.example:8443", "aide.example:8443")));
        assert!(!policy.allows_console(&headers("http://aide.example:8443", "aide.example:8443")));
        assert!(!policy.allows_console(&headers("https://evil.example", "aide.example:8443")));
    }

    #[test]
    fn what_a_page_of_another_site_has_a_browser_ask_is_no_request_of_ours() {
        let policy = OriginPolicy::new(true, &[]);
        for (site, own) in [
            ("same-origin", true),
            ("none", true),
            ("same-site", false),
            ("cross-site", false),
        ] {
            let mut asked = headers("", "aide.example");
            asked.insert("sec-fetch-site", site.parse().unwrap());
            assert_eq!(policy.allows_console(&asked), own, "{site}");
        }
    }

    #[test]
    fn the_desktop_app_may_open_the_socket_and_not_the_console() {
        let policy = OriginPolicy::new(true, &[]);
        let app = headers("tauri://localhost", "aide.example");
        assert!(policy.allows_endpoint(&app) && !policy.allows_console(&app));
    }

    #[test]
    fn two_origins_at_once_are_refused() {
        let mut two = headers("https://a.example", "a.example");
        two.append(header::ORIGIN, "https://evil.example".parse().unwrap());
        assert!(!OriginPolicy::new(true, &[]).allows_endpoint(&two));
    }
}
