//! Signs this machine's offers and answers, and checks the other's, before anything else looks at them.
//!
//! Flow: the session was agreed on ([`Bound`]); each driver seals what it sends and asks [`Seal`] of what comes.
//!
//! Invariant: a description that the other end's device did not sign for this session, grant, role and attempt is neither
//! answered nor accepted.

use std::{fmt, sync::Arc};

use renfort_protocol::{
    binding::{Bound, Tampered},
    ids::Signature,
    signalling::Sdp,
};
use ring::signature::Ed25519KeyPair;

/// What a session's two ends know of each other, with this device's key.
#[derive(Clone)]
pub struct Seal {
    bound: Bound,
    device: Arc<Ed25519KeyPair>,
}

impl Seal {
    /// `device` is the one of the two in `bound` that this machine is.
    #[must_use]
    pub const fn new(bound: Bound, device: Arc<Ed25519KeyPair>) -> Self {
        Self { bound, device }
    }

    pub(crate) fn offer(&self, attempt: u32, offer: &Sdp) -> Signature {
        self.bound.sign_offer(attempt, offer, &self.device)
    }

    pub(crate) fn check_offer(&self, attempt: u32, offer: &Sdp, seal: &Signature) -> Result<(), Tampered> {
        self.bound.check_offer(attempt, offer, seal)
    }

    pub(crate) fn answer(&self, attempt: u32, offer: &Sdp, answer: &Sdp) -> Signature {
        self.bound.sign_answer(attempt, offer, answer, &self.device)
    }

    /// The offers that this machine sealed are its own to remember.
    pub(crate) fn check_answer(&self, offered: &Offered, answer: &Sdp, seal: &Signature) -> Result<(), Tampered> {
        self.bound.check_answer(offered.attempt, &offered.sdp, answer, seal)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Seal").field(&self.bound).finish()
    }
}

/// The offer that waits for its answer, or has it.
pub(crate) struct Offered {
    pub(crate) attempt: u32,
    pub(crate) sdp: Sdp,
}
