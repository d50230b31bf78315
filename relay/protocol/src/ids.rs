//! Identifiers. Each is a type of its own, so that a ticket can never be taken for a session.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct ParseIdError(pub &'static str);

/// A ticket's number as people say it: `T-1042`. Numbers are given by the relay, in order, and never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct TicketId(pub u64);

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T-{}", self.0)
    }
}

impl FromStr for TicketId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("T-").ok_or(ParseIdError("ticket"))?;
        let plain = !digits.is_empty() && digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || digits.starts_with('0') {
            return Err(ParseIdError("ticket"));
        }
        digits.parse().map(Self).map_err(|_| ParseIdError("ticket"))
    }
}

impl TryFrom<String> for TicketId {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TicketId> for String {
    fn from(id: TicketId) -> Self {
        id.to_string()
    }
}

/// An account of the organisation: a technician, a supervisor or an administrator. Given by the relay, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct PersonId(pub u64);

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $length:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(try_from = "String", into = "String")]
        #[ts(type = "string")]
        pub struct $name(pub [u8; $length]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| ParseIdError($what))?;
                Ok(Self(bytes.try_into().map_err(|_| ParseIdError($what))?))
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseIdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

bytes_id!(
    /// One session: 128 random bits, in lower-case hexadecimal on the wire.
    SessionId, 16, "session"
);
bytes_id!(
    /// A message that must have its effect only once, however often it is sent: 128 random bits chosen by the sender.
    RequestId, 16, "request"
);
bytes_id!(
    /// The Ed25519 public key (RFC 8032) of one installation of the app: who the user's machine is.
    DeviceKey, 32, "device key"
);
bytes_id!(
    /// The relay's challenge, signed in the hello.
    Nonce, 32, "nonce"
);
bytes_id!(
    /// An Ed25519 signature (RFC 8032).
    Signature, 64, "signature"
);
bytes_id!(
    /// A signed-in technician's or supervisor's secret of 256 random bits; the relay stores its SHA-256 only.
    Token, 32, "token"
);

bytes_id!(
    /// A SHA-256 (FIPS 180-4).
    Sha256, 32, "SHA-256"
);
bytes_id!(
    /// An element of the group in which SPAKE2 runs (edwards25519), compressed as in RFC 8032 section 5.1.2.
    PakeElement, 32, "element"
);
bytes_id!(
    /// An HMAC-SHA-256 (RFC 2104) that shows that an end knows the code.
    Confirmation, 32, "confirmation"
);
bytes_id!(
    /// One technician's card: 64 random bits.
    CardSerial, 8, "card"
);
bytes_id!(
    /// The hash of an audit record (`relay/audit/README.md`), as the head of a session names it.
    RecordHash, 32, "record hash"
);
bytes_id!(
    /// One self-help article, in all its languages: 128 random bits.
    ArticleId, 16, "article"
);
bytes_id!(
    /// One canned reply: 128 random bits.
    ReplyId, 16, "reply"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_number_reads_back_and_refuses_what_is_not_one() {
        assert_eq!("T-1042".parse(), Ok(TicketId(1042)));
        for wrong in [
            "",
            "1042",
            "T-",
            "T-01",
            "T-+1",
            "T--1",
            "t-1",
            "T-1 ",
            "T-9999999999999999",
            "T-1.5",
        ] {
            assert_eq!(wrong.parse::<TicketId>(), Err(ParseIdError("ticket")), "{wrong:?}");
        }
    }

    #[test]
    fn a_session_id_is_32_lower_case_hexadecimal_digits() {
        let id = SessionId([0xab; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("AB".repeat(16).parse::<SessionId>().is_err());
        assert!("ab".repeat(15).parse::<SessionId>().is_err());
    }
}
