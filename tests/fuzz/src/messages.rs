//! Messages that are read whole: what reads must be written and read back as the same.

use renfort_protocol::{
    organisation::OrganisationFile,
    signalling::{FromRelay, Request},
};
use serde::{Serialize, de::DeserializeOwned};

fn reads_back<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<T>(bytes) else {
        return;
    };
    let written = serde_json::to_vec(&value).expect("a message is plain JSON");
    assert_eq!(serde_json::from_slice::<T>(&written).ok(), Some(value));
}

/// What an endpoint asks of the relay.
pub(crate) fn request(bytes: &[u8]) {
    reads_back::<Request>(bytes);
}

/// What the relay says to an endpoint.
pub(crate) fn from_relay(bytes: &[u8]) {
    reads_back::<FromRelay>(bytes);
}

/// An organisation file, or the link that carries one.
pub(crate) fn organisation(bytes: &[u8]) {
    if let Ok(file) = OrganisationFile::read(bytes) {
        assert_eq!(OrganisationFile::read(file.to_link().as_bytes()), Ok(file));
    }
}
