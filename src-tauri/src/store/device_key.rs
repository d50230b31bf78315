//! This installation's Ed25519 key (RFC 8032), kept as PKCS#8 (RFC 8410).

use std::sync::Arc;

use renfort_protocol::{
    head::SessionHead,
    ids::{DeviceKey, Nonce, Signature},
    signalling::hello_bytes,
    signing,
};
use ring::{rand::SystemRandom, signature::Ed25519KeyPair};

/// Who this installation is.
#[derive(Clone)]
pub struct DevicePair(Arc<Ed25519KeyPair>);

impl DevicePair {
    /// A new one, with its bytes for the file. None when the system gives no randomness.
    pub(super) fn generate() -> Option<(Self, Vec<u8>)> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).ok()?;
        Some((Self::read(document.as_ref())?, document.as_ref().to_vec()))
    }

    /// From the file's bytes.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        Ed25519KeyPair::from_pkcs8(bytes).ok().map(Self::from)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> DeviceKey {
        signing::public(&self.0)
    }

    /// What signs.
    #[must_use]
    pub const fn pair(&self) -> &Arc<Ed25519KeyPair> {
        &self.0
    }

    /// Answers the relay's challenge.
    #[must_use]
    pub fn sign_hello(&self, nonce: &Nonce) -> Signature {
        self.sign(&hello_bytes(nonce, &self.public()))
    }

    /// Agrees with the head of a session.
    #[must_use]
    pub fn sign_head(&self, head: &SessionHead) -> Signature {
        self.sign(&head.signed_bytes())
    }

    fn sign(&self, bytes: &[u8]) -> Signature {
        let signature = self.0.sign(bytes);
        Signature(
            signature
                .as_ref()
                .try_into()
                .expect("an Ed25519 signature has 64 bytes"),
        )
    }
}

impl From<Ed25519KeyPair> for DevicePair {
    fn from(pair: Ed25519KeyPair) -> Self {
        Self(Arc::new(pair))
    }
}

impl std::fmt::Debug for DevicePair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DevicePair({})", self.public())
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_hello_is_signed_so_that_the_relay_can_check_it() {
        let (pair, bytes) = DevicePair::generate().unwrap();
        let again = DevicePair::read(&bytes).unwrap();
        let nonce = Nonce([9; 32]);
        let key = UnparsedPublicKey::new(&ED25519, pair.public().0);
        assert!(
            key.verify(&hello_bytes(&nonce, &pair.public()), &again.sign_hello(&nonce).0)
                .is_ok()
        );
        assert!(
            key.verify(
                &hello_bytes(&Nonce([8; 32]), &pair.public()),
                &again.sign_hello(&nonce).0
            )
            .is_err()
        );
        assert!(DevicePair::read(b"rubbish").is_none());
    }
}
