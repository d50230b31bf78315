//! Messages that are read whole: what reads must be written and read back as the same.

use renfort_protocol::{
    card::{SignedCard, SignedCardRequest, SignedRevocations},
    organisation::OrganisationFile,
    signalling::{FromRelay, Request},
    signing,
    time::UnixMillis,
};
use ring::signature::Ed25519KeyPair;
use serde::{Serialize, de::DeserializeOwned};

pub(crate) fn reads_back<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(bytes: &[u8]) {
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

/// The files that go between a relay and whoever holds the organisation's key. None is good under a key that never signed.
pub(crate) fn card(bytes: &[u8]) {
    reads_back::<SignedCard>(bytes);
    reads_back::<SignedCardRequest>(bytes);
    reads_back::<SignedRevocations>(bytes);
    let nobody = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).expect("a seed of 32 bytes");
    let nobody = signing::public(&nobody);
    if let Ok(card) = serde_json::from_slice::<SignedCard>(bytes) {
        assert!(card.verify(&nobody, None, UnixMillis(0)).is_err());
    }
    if let Ok(list) = serde_json::from_slice::<SignedRevocations>(bytes) {
        assert!(!list.is_genuine(&nobody));
    }
    if let Ok(mut request) = serde_json::from_slice::<SignedCardRequest>(bytes)
        && request.is_genuine()
    {
        request.request.requested_at = request.request.requested_at.plus(1);
        assert!(!request.is_genuine() || request.request.requested_at == UnixMillis(u64::MAX));
    }
}
