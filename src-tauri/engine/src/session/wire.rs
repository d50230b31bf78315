//! Reading what a peer sent.

use renfort_protocol::{
    error::{Code, WireError},
    limits::MAX_SESSION_BYTES,
};
use serde::de::DeserializeOwned;

/// Reads a message of `Theirs`. One that only this side (`Ours`) may send is told apart from one that nobody sends.
pub fn read<Theirs: DeserializeOwned, Ours: DeserializeOwned>(bytes: &[u8]) -> Result<Theirs, WireError> {
    if bytes.len() > MAX_SESSION_BYTES {
        return Err(WireError::from(Code::TooLarge).with("limit", MAX_SESSION_BYTES));
    }
    serde_json::from_slice(bytes).map_err(|_| {
        let ours = serde_json::from_slice::<Ours>(bytes).is_ok();
        WireError::from(if ours { Code::NotAllowed } else { Code::Malformed })
    })
}

#[cfg(test)]
mod tests {
    use renfort_protocol::session::{FromSharer, FromViewer};

    use super::*;

    #[test]
    fn a_message_is_read_and_a_wrong_one_named_for_what_it_is() {
        let check = |text: &str| read::<FromViewer, FromSharer>(text.as_bytes()).map_err(|error| error.code);
        assert_eq!(check(r#"{"type":"heartbeat"}"#), Ok(FromViewer::Heartbeat));
        assert_eq!(
            check(r#"{"type":"pointer","order":1,"x":1,"y":1}"#),
            Err(Code::NotAllowed)
        );
        assert_eq!(check(r#"{"type":"format_disk"}"#), Err(Code::Malformed));
        assert_eq!(check("\u{0}"), Err(Code::Malformed));
        assert_eq!(check(&" ".repeat(MAX_SESSION_BYTES + 1)), Err(Code::TooLarge));
    }
}
