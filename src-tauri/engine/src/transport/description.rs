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

#[cfg(test)]
mod tests {
    use super::*;

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
