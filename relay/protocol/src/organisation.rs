//! The organisation file: what an installation needs to know whom to trust, signed by the organisation's key.
//!
//! The file is JSON, `{"organisation": {…}, "signature": "…"}`; the signature (Ed25519, RFC 8032) covers
//! [`SIGNING_CONTEXT`] and the canonical JSON of the first member ([`Organisation::signed_bytes`]). The link
//! `renfort://import/<base64url of the file>` carries the same bytes.

use core::net::{IpAddr, Ipv6Addr};

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ids::{DeviceKey, Signature},
    people::Name,
    policy::Policy,
    time::UnixMillis,
};

/// Separates this signature from every other use of the same key.
pub const SIGNING_CONTEXT: &[u8] = b"renfort organisation v1\0";
/// Beginning of a link that carries an organisation file.
pub const LINK_PREFIX: &str = "renfort://import/";
/// Largest organisation file, in bytes.
pub const MAX_FILE_BYTES: usize = 16 * 1024;

/// What the organisation declares of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Organisation {
    /// Version of this form: 1.
    pub version: u16,
    /// As shown to users.
    pub name: Name,
    /// Addresses of the relays, `wss://host[:port]` (or `ws://` on loopback), tried in order.
    pub relays: Vec<String>,
    /// The organisation's public key; an installation pins it.
    pub key: DeviceKey,
    /// When it was signed.
    pub issued_at: UnixMillis,
    /// What its users can allow; absent: whatever they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub policy: Option<Policy>,
}

/// An organisation with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OrganisationFile {
    /// What is declared.
    pub organisation: Organisation,
    /// By the key inside.
    pub signature: Signature,
}

/// Why a file is not an organisation file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrganisationError {
    /// Not JSON of the right form, or too large.
    #[error("this is not an organisation file")]
    Malformed,
    /// Of a version this program does not know.
    #[error("this organisation file needs a newer version of the program")]
    Version,
    /// An address that is neither `wss://` nor `ws://` on loopback, or none at all.
    #[error("a relay address is neither wss:// nor ws:// on this machine itself")]
    Address,
    /// A policy under which no session can be held.
    #[error("the organisation's policy allows no view, or no time")]
    Policy,
    /// The signature does not fit.
    #[error("the organisation file was altered: its signature does not fit")]
    Signature,
}

impl Organisation {
    /// The bytes that are signed: context, then JSON with members in the order of this type and without white space.
    ///
    /// # Panics
    /// Never: the type has no member that JSON cannot hold.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = SIGNING_CONTEXT.to_vec();
        bytes.extend(serde_json::to_vec(self).expect("an organisation is plain JSON"));
        bytes
    }

    /// Signs with the organisation's key pair, whose public half becomes [`Organisation::key`].
    #[must_use]
    pub fn sign(mut self, key: &Ed25519KeyPair) -> OrganisationFile {
        use ring::signature::KeyPair;
        let public: [u8; 32] = key
            .public_key()
            .as_ref()
            .try_into()
            .expect("an Ed25519 public key has 32 bytes");
        self.key = DeviceKey(public);
        let bytes: [u8; 64] = key
            .sign(&self.signed_bytes())
            .as_ref()
            .try_into()
            .expect("an Ed25519 signature has 64 bytes");
        OrganisationFile {
            organisation: self,
            signature: Signature(bytes),
        }
    }
}

impl OrganisationFile {
    /// Reads and checks a file, or a `renfort://import/` link that carries one.
    ///
    /// # Errors
    /// When it is malformed, of another version, names an address that is not allowed, or is not rightly signed.
    pub fn read(input: &[u8]) -> Result<Self, OrganisationError> {
        if input.len() > MAX_FILE_BYTES * 2 {
            return Err(OrganisationError::Malformed);
        }
        let trimmed = input.trim_ascii();
        let decoded;
        let json = if let Some(rest) = trimmed.strip_prefix(LINK_PREFIX.as_bytes()) {
            let rest = rest.strip_suffix(b"/").unwrap_or(rest);
            decoded = BASE64URL_NOPAD.decode(rest).map_err(|_| OrganisationError::Malformed)?;
            &decoded[..]
        } else {
            trimmed
        };
        if json.len() > MAX_FILE_BYTES {
            return Err(OrganisationError::Malformed);
        }
        let file: Self = serde_json::from_slice(json).map_err(|_| OrganisationError::Malformed)?;
        file.verify()?;
        Ok(file)
    }

    /// Checks version, addresses, policy and signature.
    ///
    /// # Errors
    /// The first of them that does not hold.
    pub fn verify(&self) -> Result<(), OrganisationError> {
        let body = &self.organisation;
        if body.version != 1 {
            return Err(OrganisationError::Version);
        }
        if body.relays.is_empty() || !body.relays.iter().all(|address| is_allowed_address(address)) {
            return Err(OrganisationError::Address);
        }
        if body.policy.as_ref().is_some_and(|policy| !policy.is_sound()) {
            return Err(OrganisationError::Policy);
        }
        UnparsedPublicKey::new(&ED25519, body.key.0)
            .verify(&body.signed_bytes(), &self.signature.0)
            .map_err(|_| OrganisationError::Signature)
    }

    /// The same as a link to click.
    #[must_use]
    pub fn to_link(&self) -> String {
        let json = serde_json::to_vec(self).expect("an organisation file is plain JSON");
        format!("{LINK_PREFIX}{}", BASE64URL_NOPAD.encode(&json))
    }
}

/// TLS everywhere; plain WebSocket on the machine itself only.
#[must_use]
pub fn is_allowed_address(address: &str) -> bool {
    if let Some(rest) = address.strip_prefix("wss://") {
        host_of(rest).is_some()
    } else if let Some(rest) = address.strip_prefix("ws://") {
        host_of(rest).is_some_and(|host| {
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        })
    } else {
        false
    }
}

/// The host before a path: a name or an address, with a port or without. Anything else there is refused, for two programs
/// could read two hosts out of it.
fn host_of(rest: &str) -> Option<&str> {
    let authority = rest.split('/').next()?;
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let (host, after) = v6.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, after.strip_prefix(':').or(after.is_empty().then_some("0"))?)
        }
        None => authority.split_once(':').unwrap_or((authority, "0")),
    };
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let plain = authority.starts_with('[') || (!host.is_empty() && host.bytes().all(named));
    let numbered = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    (plain && numbered).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::Capability;

    fn file() -> OrganisationFile {
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        Organisation {
            version: 1,
            name: Name::new("Mairie de Lannion").unwrap(),
            relays: vec!["wss://aide.example:8443".into()],
            key: DeviceKey([0; 32]),
            issued_at: UnixMillis(1),
            policy: None,
        }
        .sign(&key)
    }

    #[test]
    fn a_policy_is_signed_with_the_rest_and_one_that_is_not_understood_refuses_the_file() {
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let mut body = file().organisation;
        assert!(!serde_json::to_string(&body).unwrap().contains("policy"));
        body.policy = Some(Policy {
            capabilities: [Capability::View].into(),
            longest_minutes: Some(30),
            ..Policy::default()
        });
        let file = body.clone().sign(&key);
        let json = serde_json::to_string(&file).unwrap();
        assert_eq!(OrganisationFile::read(json.as_bytes()), Ok(file));
        let wider = json.replace(r#"["view"]"#, r#"["view","control"]"#);
        assert_eq!(
            OrganisationFile::read(wider.as_bytes()),
            Err(OrganisationError::Signature)
        );
        let later = json.replace(r#""longest_minutes""#, r#""recording":true,"longest_minutes""#);
        assert_eq!(
            OrganisationFile::read(later.as_bytes()),
            Err(OrganisationError::Malformed)
        );
        let without = json.replace(r#","policy":{"capabilities":["view"],"longest_minutes":30}"#, "");
        assert_eq!(
            OrganisationFile::read(without.as_bytes()),
            Err(OrganisationError::Signature)
        );
        body.policy = Some(Policy {
            longest_minutes: Some(0),
            ..Policy::default()
        });
        assert_eq!(body.sign(&key).verify(), Err(OrganisationError::Policy));
    }

    #[test]
    fn a_file_that_is_older_than_codes_is_as_it_was_and_allows_them_and_one_that_forbids_them_cannot_be_widened() {
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let body = r#"{"version":1,"name":"Mairie de Lannion","relays":["wss://aide.example:8443"],"key":"KEY","issued_at":1,"policy":{"capabilities":["view","control"],"longest_minutes":30}}"#;
        let body = body.replace("KEY", &file().organisation.key.to_string());
        let signature = key.sign(&[SIGNING_CONTEXT, body.as_bytes()].concat());
        let signature = data_encoding::HEXLOWER.encode(signature.as_ref());
        let old = format!(r#"{{"organisation":{body},"signature":"{signature}"}}"#);
        let read = OrganisationFile::read(old.as_bytes()).unwrap();
        assert!(read.organisation.policy.as_ref().unwrap().codes);

        let mut body = read.organisation;
        body.policy.as_mut().unwrap().codes = false;
        let forbids = serde_json::to_string(&body.sign(&key)).unwrap();
        let read = OrganisationFile::read(forbids.as_bytes()).unwrap();
        assert!(!read.organisation.policy.unwrap().codes);
        for wider in [
            forbids.replace(r#","codes":false"#, ""),
            forbids.replace(r#""codes":false"#, r#""codes":true"#),
        ] {
            assert_ne!(wider, forbids);
            assert_eq!(
                OrganisationFile::read(wider.as_bytes()),
                Err(OrganisationError::Signature)
            );
        }
    }

    #[test]
    fn a_file_and_its_link_read_back() {
        let file = file();
        let json = serde_json::to_vec_pretty(&file).unwrap();
        assert_eq!(OrganisationFile::read(&json).as_ref(), Ok(&file));
        assert_eq!(OrganisationFile::read(file.to_link().as_bytes()), Ok(file));
    }

    #[test]
    fn a_file_with_another_name_relay_or_key_is_refused() {
        let mut renamed = file();
        renamed.organisation.name = Name::new("Mairie de Lannion.").unwrap();
        assert_eq!(renamed.verify(), Err(OrganisationError::Signature));
        let mut moved = file();
        moved.organisation.relays = vec!["wss://evil.example".into()];
        assert_eq!(moved.verify(), Err(OrganisationError::Signature));
        let mut rekeyed = file();
        rekeyed.organisation.key = DeviceKey([1; 32]);
        assert_eq!(rekeyed.verify(), Err(OrganisationError::Signature));
    }

    #[test]
    fn plain_websocket_is_allowed_on_loopback_only() {
        for good in [
            "ws://127.0.0.1:8080",
            "ws://localhost",
            "ws://[::1]:1/x",
            "wss://a.example",
            "wss://10.0.0.1:8443",
        ] {
            assert!(is_allowed_address(good), "{good}");
        }
        for bad in [
            "ws://10.0.0.1",
            "ws://localhost.evil.example",
            "http://localhost",
            "wss://",
            "ws://127.0.0.1@evil.example",
            "wss://aide.example?x",
            "wss://aide.example#x",
            "wss://aide.example\\x",
            "wss://aide example",
            "wss://aide.example:many",
            "wss://aide.example:80:81",
            "wss://aide.example:",
            "wss://aide.example:80[::1]",
            "wss://[::1]x",
            "wss://[aide.example]",
            "",
        ] {
            assert!(!is_allowed_address(bad), "{bad}");
        }
    }

    #[test]
    fn rubbish_is_malformed_and_never_panics() {
        for rubbish in [
            &b""[..],
            b"{}",
            b"renfort://import/",
            b"renfort://import/!!!",
            b"\xff\xfe",
            b"[]",
        ] {
            assert_eq!(OrganisationFile::read(rubbish), Err(OrganisationError::Malformed));
        }
    }
}
