//! What ties a session to two devices, one ticket and one grant, so that a relay between them can change nothing.
//!
//! Flow: the technician's device signs an [`Ask`], with its card (or by a code, see [`crate::code`]) and a commitment to a nonce; the user's machine checks it
//! and answers with a [`Ready`] and a nonce of its own; the technician's nonce is revealed ([`Reveal`]); both
//! have the same [`Transcript`] and show the same two [`words`](Transcript::words). The user's yes is a signed
//! [`Allowance`]; every offer and answer carries a signature over a [`Described`].
//!
//! Invariant: both nonces are fixed before either side knows the other's, so nobody in between can look for a session whose
//! words happen to agree (a commitment before the exchange, as in ZRTP, RFC 6189 section 4.4.1.1).

use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    card::{CardFault, Revocations, SignedCard},
    code::{CodeAnswer, CodeKey},
    error::{Code, WireError},
    grant::{Capabilities, Grant},
    ids::{Confirmation, DeviceKey, Nonce, PakeElement, SessionId, Sha256, Signature, TicketId},
    people::{Stated, Technician},
    signal::Sdp,
    signing,
    time::UnixMillis,
    words::{Words, words_of},
};

/// Context of a technician's [`Ask`].
pub const ASK_CONTEXT: &[u8] = b"renfort ask v1\0";
/// Context of the commitment to the technician's nonce.
pub const COMMITMENT_CONTEXT: &[u8] = b"renfort commitment v1\0";
/// Context of a user's [`Ready`].
pub const READY_CONTEXT: &[u8] = b"renfort ready v1\0";
/// Context of the transcript's hash.
pub const TRANSCRIPT_CONTEXT: &[u8] = b"renfort transcript v1\0";
/// Context of a technician's [`Opened`].
pub const OPENED_CONTEXT: &[u8] = b"renfort opened v1\0";
/// Context of a user's [`Allowance`].
pub const ALLOWANCE_CONTEXT: &[u8] = b"renfort allowance v1\0";
/// Context of a [`Described`].
pub const DESCRIBED_CONTEXT: &[u8] = b"renfort description v1\0";

/// "May I?", by the technician's device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ask {
    /// [`crate::VERSION`]: a relay that names another version to one of the two changes this.
    pub version: u16,
    /// The session it would be; chosen at random by the technician's device.
    pub session: SessionId,
    /// For this ticket.
    pub ticket: TicketId,
    /// What is asked.
    pub capabilities: Capabilities,
    /// When, on the technician's clock.
    pub asked_at: UnixMillis,
    /// SHA-256 of [`COMMITMENT_CONTEXT`] and the technician's nonce.
    pub commitment: Sha256,
    /// Who asks, and which device signs.
    pub credential: Credential,
}

/// How a technician's device shows who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Credential {
    /// By a card of the organisation, which names the device.
    Card {
        /// The card.
        card: SignedCard,
    },
    /// By the code that the user's machine shows: who it is, is as they and the relay say.
    Code {
        /// As they call themselves.
        technician: Technician,
        /// Theirs.
        device: DeviceKey,
        /// Their end of SPAKE2 over the code ([`crate::code`]).
        element: PakeElement,
    },
}

impl Credential {
    /// The device that signs.
    #[must_use]
    pub const fn device(&self) -> &DeviceKey {
        match self {
            Self::Card { card } => &card.card.device,
            Self::Code { device, .. } => device,
        }
    }

    /// Who asks; with a code, as they say.
    #[must_use]
    pub fn technician(&self) -> Technician {
        match self {
            Self::Card { card } => card.card.technician(),
            Self::Code { technician, .. } => technician.clone(),
        }
    }

    /// Is nobody let in with it? A card counts by itself; whoever comes with a code counts by their device.
    #[must_use]
    pub fn is_taken_back(&self, list: &Revocations) -> bool {
        match self {
            Self::Card { card } => list.contains(card.card.serial),
            Self::Code { device, .. } => list.names(device),
        }
    }

    /// The card, where it is one.
    #[must_use]
    pub const fn card(&self) -> Option<&SignedCard> {
        match self {
            Self::Card { card } => Some(card),
            Self::Code { .. } => None,
        }
    }
}

/// An ask with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedAsk {
    /// What is asked.
    pub ask: Ask,
    /// By the device that the credential names.
    pub signature: Signature,
}

/// "I hear you", by the user's machine, before its user is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ready {
    /// The session.
    pub session: SessionId,
    /// Of the ask: SHA-256 of [`ASK_CONTEXT`] and its JSON.
    pub ask: Sha256,
    /// The user's machine.
    pub device: DeviceKey,
    /// Whose it is, in their words.
    pub user: Stated,
    /// Fresh, and this session's only.
    pub nonce: Nonce,
    /// To a question that was put with a code, and to no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<CodeAnswer>,
}

/// What the technician's device opens once the user's machine is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reveal {
    /// Of which session.
    pub session: SessionId,
    /// The nonce that the ask committed to.
    pub nonce: Nonce,
    /// With a code: that this end knows it ([`Transcript::confirmation`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confirmation: Option<Confirmation>,
    /// By the technician's device over [`Opened`]: the readiness that it answers is the only one for ever, whoever tells of
    /// the session later.
    pub signature: Signature,
}

/// What the technician's device signs when it reveals its nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Opened {
    /// Of the session that this opens.
    pub transcript: Sha256,
}

/// A readiness with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedReady {
    /// What is said.
    pub ready: Ready,
    /// By the device it names.
    pub signature: Signature,
}

/// What the user's machine signs when its user said yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Allowance {
    /// Of this session.
    pub transcript: Sha256,
    /// What is allowed.
    pub grant: Grant,
}

/// Which end of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The user's machine, which offers.
    Sharer,
    /// The technician's, which answers.
    Viewer,
}

/// What each end signs with its offer or answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Described {
    /// Of this session.
    pub transcript: Sha256,
    /// Of the allowance: SHA-256 of [`ALLOWANCE_CONTEXT`] and its JSON.
    pub allowance: Sha256,
    /// Whose description it is.
    pub end: End,
    /// The attempt.
    pub attempt: u32,
    /// SHA-256 of the description, which names the certificate of its DTLS.
    pub sdp: Sha256,
    /// In an answer: SHA-256 of the offer's description.
    pub offer: Option<Sha256>,
}

/// What is not as it was sent, or not from whom it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Tampered {
    /// The technician's question: another session, ticket, version, or a wrong signature.
    #[error("the technician's question was altered")]
    Ask,
    /// The card in it; see [`CardFault`].
    #[error("the technician's card is not good")]
    Card,
    /// A question that was put before.
    #[error("an old question was put again")]
    Replayed,
    /// The user's machine's readiness.
    #[error("the answer of the user's machine was altered")]
    Ready,
    /// The technician's nonce is not the one that was committed to, or was not revealed to this readiness.
    #[error("the technician's nonce was exchanged")]
    Reveal,
    /// The user's yes.
    #[error("what the user allowed was altered")]
    Allowance,
    /// The offer: fingerprint, attempt, role, session.
    #[error("the offer was altered")]
    Offer,
    /// The answer: fingerprint, attempt, role, session.
    #[error("the answer was altered")]
    Answer,
}

impl Tampered {
    /// As it is written on the wire and in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Card => "card",
            Self::Replayed => "replayed",
            Self::Ready => "ready",
            Self::Reveal => "reveal",
            Self::Allowance => "allowance",
            Self::Offer => "offer",
            Self::Answer => "answer",
        }
    }
}

impl From<Tampered> for WireError {
    fn from(what: Tampered) -> Self {
        Self::from(Code::Untrusted).with("what", what.name())
    }
}

impl Ask {
    /// The commitment to a nonce.
    #[must_use]
    pub fn commitment(nonce: &Nonce) -> Sha256 {
        signing::hash_of(&[COMMITMENT_CONTEXT, &nonce.0].concat())
    }

    /// Is this the nonce that was committed to?
    #[must_use]
    pub fn is_revealed_by(&self, nonce: &Nonce) -> bool {
        self.commitment == Self::commitment(nonce)
    }

    /// What a [`Ready`] names it by.
    #[must_use]
    pub fn hash(&self) -> Sha256 {
        signing::hash(ASK_CONTEXT, self)
    }

    /// Signs with the device that the credential names.
    #[must_use]
    pub fn sign(self, device: &Ed25519KeyPair) -> SignedAsk {
        let signature = signing::sign(device, ASK_CONTEXT, &self);
        SignedAsk { ask: self, signature }
    }
}

/// Why an ask is not put to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AskFault {
    /// It is not what a technician's device sent.
    #[error(transparent)]
    Tampered(Tampered),
    /// The technician cannot show who they are.
    #[error(transparent)]
    Card(#[from] CardFault),
}

impl AskFault {
    /// As it is reported.
    #[must_use]
    pub const fn tampered(self) -> Tampered {
        match self {
            Self::Tampered(what) => what,
            Self::Card(_) => Tampered::Card,
        }
    }
}

impl SignedAsk {
    /// Is it a question for this session and ticket, signed by the device that its credential names and, with a card, by
    /// one of this organisation's technicians? What comes with a code is nobody's until the code is shown to be known, and
    /// never from a device that the organisation took a card back from.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(
        &self,
        session: SessionId,
        ticket: TicketId,
        organisation: &DeviceKey,
        revocations: Option<&Revocations>,
        now: UnixMillis,
    ) -> Result<(), AskFault> {
        let ask = &self.ask;
        match &ask.credential {
            Credential::Card { card } => card.verify(organisation, revocations, now)?,
            by_code @ Credential::Code { .. } if revocations.is_some_and(|list| by_code.is_taken_back(list)) => {
                return Err(CardFault::Revoked.into());
            }
            Credential::Code { .. } => {}
        }
        let same = ask.version == crate::VERSION && ask.session == session && ask.ticket == ticket;
        if same && signing::is_signed(ask.credential.device(), ASK_CONTEXT, ask, &self.signature) {
            Ok(())
        } else {
            Err(AskFault::Tampered(Tampered::Ask))
        }
    }
}

impl Ready {
    /// Signs with the user's machine's key, whose public half must be [`Ready::device`].
    #[must_use]
    pub fn sign(self, device: &Ed25519KeyPair) -> SignedReady {
        let signature = signing::sign(device, READY_CONTEXT, &self);
        SignedReady { ready: self, signature }
    }
}

impl SignedReady {
    /// Does it answer this ask, signed by the device it names?
    #[must_use]
    pub fn answers(&self, ask: &Ask) -> bool {
        let ready = &self.ready;
        ready.session == ask.session
            && ready.ask == ask.hash()
            && ready.code.is_none() == ask.credential.card().is_some()
            && signing::is_signed(&ready.device, READY_CONTEXT, ready, &self.signature)
    }
}

/// What both ends know of each other before anything is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transcript {
    hash: Sha256,
    technician: DeviceKey,
    user: DeviceKey,
}

impl Transcript {
    /// Of an ask, its answer and the technician's nonce.
    ///
    /// # Errors
    /// What does not fit together.
    pub fn new(ask: &Ask, ready: &SignedReady, nonce: &Nonce) -> Result<Self, Tampered> {
        if !ready.answers(ask) {
            return Err(Tampered::Ready);
        }
        if !ask.is_revealed_by(nonce) {
            return Err(Tampered::Reveal);
        }
        let ready_hash = signing::hash(READY_CONTEXT, &ready.ready);
        let hash = signing::hash_of(&[TRANSCRIPT_CONTEXT, &ask.hash().0, &ready_hash.0, &nonce.0].concat());
        Ok(Self {
            hash,
            technician: *ask.credential.device(),
            user: ready.ready.device,
        })
    }

    /// Of an ask, its answer and what the technician's device revealed to it.
    ///
    /// # Errors
    /// What does not fit together.
    pub fn revealed(ask: &Ask, ready: &SignedReady, reveal: &Reveal) -> Result<Self, Tampered> {
        let transcript = Self::new(ask, ready, &reveal.nonce)?;
        let opened = Opened {
            transcript: transcript.hash,
        };
        let genuine = reveal.session == ask.session
            && signing::is_signed(&transcript.technician, OPENED_CONTEXT, &opened, &reveal.signature);
        genuine.then_some(transcript).ok_or(Tampered::Reveal)
    }

    /// What the technician's device says next; `key` when the question came with a code and the user's machine knows it.
    #[must_use]
    pub fn reveal(
        &self,
        session: SessionId,
        nonce: Nonce,
        key: Option<&CodeKey>,
        technician: &Ed25519KeyPair,
    ) -> Reveal {
        let opened = Opened { transcript: self.hash };
        Reveal {
            session,
            nonce,
            confirmation: key.map(|key| self.confirmation(key)),
            signature: signing::sign(technician, OPENED_CONTEXT, &opened),
        }
    }

    /// The two words that stand on both screens.
    #[must_use]
    pub fn words(&self) -> Words {
        words_of(&self.hash)
    }

    /// The technician's machine's confirmation that it knows the code: over
    /// [`crate::code::TECHNICIAN_CONFIRMATION_CONTEXT`] and the transcript's hash.
    #[must_use]
    pub fn confirmation(&self, key: &CodeKey) -> Confirmation {
        key.confirm_as_technician(&self.hash)
    }

    /// Does the technician's machine know the code?
    #[must_use]
    pub fn is_confirmed(&self, key: &CodeKey, said: &Confirmation) -> bool {
        key.is_confirmed_by_technician(&self.hash, said)
    }

    /// The technician's device.
    #[must_use]
    pub const fn technician(&self) -> &DeviceKey {
        &self.technician
    }

    /// The user's machine.
    #[must_use]
    pub const fn user(&self) -> &DeviceKey {
        &self.user
    }

    /// The user's signature under their yes.
    #[must_use]
    pub fn sign_allowance(&self, grant: &Grant, user: &Ed25519KeyPair) -> Signature {
        signing::sign(user, ALLOWANCE_CONTEXT, &self.allowance(grant))
    }

    /// Goes on to the connections of a session that was allowed.
    ///
    /// # Errors
    /// When the grant is not the one that the user's machine signed.
    pub fn bind(self, grant: &Grant, allowance: &Signature) -> Result<Bound, Tampered> {
        let allowed = self.allowance(grant);
        if !signing::is_signed(&self.user, ALLOWANCE_CONTEXT, &allowed, allowance) {
            return Err(Tampered::Allowance);
        }
        Ok(Bound {
            transcript: self,
            allowance: signing::hash(ALLOWANCE_CONTEXT, &allowed),
        })
    }

    fn allowance(&self, grant: &Grant) -> Allowance {
        Allowance {
            transcript: self.hash,
            grant: grant.clone(),
        }
    }
}

/// A session that is allowed: offers and answers are signed and checked with this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    transcript: Transcript,
    allowance: Sha256,
}

impl Bound {
    /// What both ends knew before.
    #[must_use]
    pub const fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Signs an offer.
    #[must_use]
    pub fn sign_offer(&self, attempt: u32, offer: &Sdp, user: &Ed25519KeyPair) -> Signature {
        signing::sign(user, DESCRIBED_CONTEXT, &self.offered(attempt, offer))
    }

    /// Is this the user's machine's offer?
    ///
    /// # Errors
    /// [`Tampered::Offer`].
    pub fn check_offer(&self, attempt: u32, offer: &Sdp, signature: &Signature) -> Result<(), Tampered> {
        let offered = self.offered(attempt, offer);
        signing::is_signed(&self.transcript.user, DESCRIBED_CONTEXT, &offered, signature)
            .then_some(())
            .ok_or(Tampered::Offer)
    }

    /// Signs the answer to an offer.
    #[must_use]
    pub fn sign_answer(&self, attempt: u32, offer: &Sdp, answer: &Sdp, technician: &Ed25519KeyPair) -> Signature {
        signing::sign(technician, DESCRIBED_CONTEXT, &self.answered(attempt, offer, answer))
    }

    /// Is this the technician's device's answer to our offer?
    ///
    /// # Errors
    /// [`Tampered::Answer`].
    pub fn check_answer(&self, attempt: u32, offer: &Sdp, answer: &Sdp, signature: &Signature) -> Result<(), Tampered> {
        let answered = self.answered(attempt, offer, answer);
        signing::is_signed(&self.transcript.technician, DESCRIBED_CONTEXT, &answered, signature)
            .then_some(())
            .ok_or(Tampered::Answer)
    }

    fn offered(&self, attempt: u32, offer: &Sdp) -> Described {
        Described {
            transcript: self.transcript.hash,
            allowance: self.allowance,
            end: End::Sharer,
            attempt,
            sdp: hash_of(offer),
            offer: None,
        }
    }

    fn answered(&self, attempt: u32, offer: &Sdp, answer: &Sdp) -> Described {
        Described {
            transcript: self.transcript.hash,
            allowance: self.allowance,
            end: End::Viewer,
            attempt,
            sdp: hash_of(answer),
            offer: Some(hash_of(offer)),
        }
    }
}

fn hash_of(sdp: &Sdp) -> Sha256 {
    signing::hash_of(sdp.as_str().as_bytes())
}
