//! Signatures over messages, the same way everywhere: Ed25519 (RFC 8032) over a context and the message's JSON.
//!
//! The JSON has its members in the order of the type and no white space, so that a second implementation makes the same
//! bytes. The context ends in a zero byte and belongs to one kind of message: a signature is never good for another.

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::Serialize;

use crate::ids::{DeviceKey, Sha256, Signature};

/// The bytes that are signed or hashed.
///
/// # Panics
/// Never for the types of this crate: none has a member that JSON cannot hold.
#[must_use]
pub fn bytes(context: &[u8], message: &impl Serialize) -> Vec<u8> {
    let mut bytes = context.to_vec();
    bytes.extend(serde_json::to_vec(message).expect("a message holds nothing that JSON cannot say"));
    bytes
}

/// SHA-256 (FIPS 180-4) of a context and a message.
#[must_use]
pub fn hash(context: &[u8], message: &impl Serialize) -> Sha256 {
    hash_of(&bytes(context, message))
}

/// SHA-256 of bytes.
#[must_use]
pub fn hash_of(bytes: &[u8]) -> Sha256 {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    Sha256(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
}

/// Signs.
#[must_use]
pub fn sign(key: &Ed25519KeyPair, context: &[u8], message: &impl Serialize) -> Signature {
    let signature = key.sign(&bytes(context, message));
    Signature(
        signature
            .as_ref()
            .try_into()
            .expect("an Ed25519 signature has 64 bytes"),
    )
}

/// Is this `key`'s signature?
#[must_use]
pub fn is_signed(key: &DeviceKey, context: &[u8], message: &impl Serialize, signature: &Signature) -> bool {
    UnparsedPublicKey::new(&ED25519, key.0)
        .verify(&bytes(context, message), &signature.0)
        .is_ok()
}

/// The public half.
#[must_use]
pub fn public(key: &Ed25519KeyPair) -> DeviceKey {
    let public = key.public_key().as_ref();
    DeviceKey(public.try_into().expect("an Ed25519 public key has 32 bytes"))
}
