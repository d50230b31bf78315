//! What is looked at in a session description before the library sees it.
//!
//! Invariant: the certificate that DTLS will accept is named exactly once, by SHA-256 (RFC 8122, RFC 8827 section 5).

use renfort_protocol::signalling::Sdp;

use super::TransportError;

/// The one fingerprint of a description, as written in it.
///
/// # Errors
/// When there is none, when two differ, or when it is not SHA-256.
pub fn fingerprint(sdp: &Sdp) -> Result<&str, TransportError> {
    let mut values = sdp
        .as_str()
        .lines()
        .filter_map(|line| line.strip_prefix("a=fingerprint:"))
        .map(str::trim);
    let first = values
        .next()
        .ok_or(TransportError::Description("no certificate fingerprint"))?;
    if values.any(|other| !other.eq_ignore_ascii_case(first)) {
        return Err(TransportError::Description("more than one certificate fingerprint"));
    }
    let (function, digest) = first.split_once(' ').unwrap_or_default();
    let sha_256 = function.eq_ignore_ascii_case("sha-256");
    let well_formed = digest.split(':').count() == 32
        && digest
            .split(':')
            .all(|byte| byte.len() == 2 && byte.bytes().all(|digit| digit.is_ascii_hexdigit()));
    if sha_256 && well_formed {
        Ok(first)
    } else {
        Err(TransportError::Description("no SHA-256 fingerprint"))
    }
}

/// Payload type of datagrams (RFC 3551, dynamic range); both ends use this one.
pub const DATAGRAM_PAYLOAD_TYPE: u8 = 110;
/// Their name in `a=rtpmap` (RFC 8866, 6.6). They stand in an audio section, since every codec of the library's video sections could be
/// taken in any of them; what the section's word is matters to nobody else, for only a peer that knows the name takes it. Its number
/// grows with what datagrams hold: a peer that knows another takes none, and gets updates another way.
pub const DATAGRAM_ENCODING: &str = "x-renfort-2";
/// Ticks of their RTP clock in a second.
pub const DATAGRAM_CLOCK_RATE: u32 = 90_000;

/// Does this description offer, or take, datagrams in both directions? In exactly one section, which is not rejected (RFC 3264, 6).
#[must_use]
pub fn carries_datagrams(sdp: &Sdp) -> bool {
    let (mut sections, mut current) = (0, Section::default());
    for line in sdp.as_str().lines().map(str::trim_end).chain(["m="]) {
        if let Some(media) = line.strip_prefix("m=") {
            sections += usize::from(current.carries_datagrams());
            current = Section::begin(media);
        } else {
            current.read(line);
        }
    }
    sections == 1
}

/// An answer without the ICE credentials of rejected sections (port 0), which mean nothing (RFC 3264, 6). A browser gives them others
/// than the rest, and the library refuses a description for that.
#[must_use]
pub fn without_rejected_credentials(answer: &Sdp) -> String {
    let mut rejected = false;
    let mut kept = String::with_capacity(answer.as_str().len());
    for line in answer.as_str().split_inclusive('\n') {
        if let Some(media) = line.strip_prefix("m=") {
            rejected = media.split_ascii_whitespace().nth(1) == Some("0");
        }
        let credential = line.starts_with("a=ice-ufrag:") || line.starts_with("a=ice-pwd:");
        if !(rejected && credential) {
            kept.push_str(line);
        }
    }
    kept
}

/// What matters of a media section.
#[derive(Default)]
struct Section {
    /// Audio, not rejected, with the payload type among its formats.
    listed: bool,
    mapped: bool,
    one_way: bool,
}

impl Section {
    fn begin(media: &str) -> Self {
        let mut words = media.split_ascii_whitespace();
        let (kind, port, _profile) = (words.next(), words.next(), words.next());
        let listed = kind == Some("audio")
            && port.is_some_and(|port| port != "0")
            && words.any(|format| format.parse() == Ok(DATAGRAM_PAYLOAD_TYPE));
        Self {
            listed,
            ..Self::default()
        }
    }

    fn read(&mut self, line: &str) {
        if let Some((payload_type, encoding)) = line.strip_prefix("a=rtpmap:").and_then(|map| map.split_once(' ')) {
            let mut parts = encoding.trim().split('/');
            self.mapped |= payload_type.parse() == Ok(DATAGRAM_PAYLOAD_TYPE)
                && parts
                    .next()
                    .is_some_and(|name| name.eq_ignore_ascii_case(DATAGRAM_ENCODING))
                && parts.next().and_then(|rate| rate.parse().ok()) == Some(DATAGRAM_CLOCK_RATE);
        }
        self.one_way |= matches!(line, "a=sendonly" | "a=recvonly" | "a=inactive");
    }

    const fn carries_datagrams(&self) -> bool {
        self.listed && self.mapped && !self.one_way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_travel_only_where_one_section_takes_them_both_ways() {
        let taken =
            |lines: &[&str]| carries_datagrams(&Sdp::new(format!("v=0\r\n{}\r\n", lines.join("\r\n"))).unwrap());
        let (section, map) = ("m=audio 9 UDP/TLS/RTP/SAVPF 110", "a=rtpmap:110 X-Renfort-2/90000");
        assert!(taken(&[
            "m=video 9 UDP/TLS/RTP/SAVPF 102",
            "a=sendonly",
            section,
            map,
            "a=sendrecv",
            "m=application 9 x"
        ]));
        assert!(taken(&[section, map]), "both ways where nothing is said");
        for (why, lines) in [
            ("nothing", &["a=sendrecv"][..]),
            ("rejected", &["m=audio 0 UDP/TLS/RTP/SAVPF 110", map]),
            ("one way", &[section, map, "a=recvonly"]),
            ("resting", &[section, map, "a=inactive"]),
            (
                "another section's name",
                &[section, "m=audio 9 UDP/TLS/RTP/SAVPF 111", map],
            ),
            ("another kind", &["m=video 9 UDP/TLS/RTP/SAVPF 110", map]),
            ("another name", &[section, "a=rtpmap:110 opus/90000"]),
            ("what they held before", &[section, "a=rtpmap:110 x-renfort/90000"]),
            ("another clock", &[section, "a=rtpmap:110 x-renfort-2/48000"]),
            (
                "another number",
                &["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 x-renfort-2/90000"],
            ),
            ("twice", &[section, map, section, map]),
        ] {
            assert!(!taken(lines), "{why}");
        }
    }

    #[test]
    fn only_rejected_sections_lose_their_credentials() {
        let section = |port: u16, name: &str| {
            format!("m=audio {port} UDP/TLS/RTP/SAVPF 0\r\na=ice-ufrag:{name}\r\na=ice-pwd:{name}\r\na=mid:{name}\r\n")
        };
        let answer = |middle: &str| format!("v=0\r\n{}{middle}{}", section(9, "a"), section(9, "c"));
        let sdp = Sdp::new(answer(&section(0, "b"))).unwrap();
        let rest = "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:b\r\n";
        assert_eq!(without_rejected_credentials(&sdp), answer(rest));
    }

    fn check(lines: &[String]) -> Result<String, String> {
        let sdp = Sdp::new(format!("v=0\r\n{}\r\n", lines.join("\r\n"))).unwrap();
        fingerprint(&sdp).map(str::to_owned).map_err(|error| error.to_string())
    }

    #[test]
    fn only_a_description_with_exactly_one_fingerprint_is_taken() {
        let digest = |byte: &str| vec![byte; 32].join(":");
        let line = |byte: &str| format!("a=fingerprint:sha-256 {}", digest(byte));
        assert_eq!(check(&[line("AB")]), Ok(format!("sha-256 {}", digest("AB"))));
        assert!(check(&[line("AB"), "m=video 9".into(), line("ab")]).is_ok());
        assert!(check(&[line("AB"), line("AC")]).unwrap_err().contains("more than one"));
        assert!(check(&[]).unwrap_err().contains("no certificate"));
        assert!(
            check(&[format!("a=fingerprint:sha-1 {}", digest("AB"))])
                .unwrap_err()
                .contains("SHA-256")
        );
        assert!(
            check(&["a=fingerprint:sha-256 AB:CD".into()])
                .unwrap_err()
                .contains("SHA-256")
        );
    }
}
