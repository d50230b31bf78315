//! Errors as they travel: a code and its parameters. The interface words them in the person's language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Stable names of everything that can go wrong. A name is never reused for another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Not JSON, not a known message, or a field outside its limits.
    Malformed,
    /// Larger than the limit for this state. Parameter `limit` in bytes.
    TooLarge,
    /// More messages than allowed.
    TooFast,
    /// No common protocol version. Parameter `supported`.
    WrongVersion,
    /// A message that has no place in this state.
    OutOfOrder,
    /// This role may not do that.
    NotAllowed,
    /// Wrong name or password.
    SignInFailed,
    /// Too many attempts. Parameter `seconds` until the next.
    SignInLimited,
    /// The sign-in has expired or was ended.
    SignInExpired,
    /// The password is right, and the account has a second factor: its code is missing.
    SecondFactorNeeded,
    /// The code of the second factor is wrong, was used before, or is no longer valid.
    SecondFactorWrong,
    /// Too many wrong codes in a row: until a recovery code fits or the second factor is reset, no code is looked at.
    SecondFactorLocked,
    /// The organisation demands a second factor, and this account has none yet.
    SecondFactorNeededToBeSetUp,
    /// The device's signature does not fit its key and the challenge.
    BadSignature,
    /// No such ticket, or not yours.
    UnknownTicket,
    /// No such session, or not yours.
    UnknownSession,
    /// No such saved view, or not yours.
    UnknownView,
    /// As many of these are kept as there can be. Parameter `limit`; `of`, `articles`, when none of them can be deleted.
    TooMany,
    /// Another one of yours already has this name.
    NameTaken,
    /// Somebody else has taken this ticket. Parameter `technician`.
    AlreadyTaken,
    /// The user already has an open ticket. Parameter `ticket`.
    TicketOpen,
    /// The ticket is closed.
    TicketClosed,
    /// The user's app is not connected.
    UserOffline,
    /// The technician has another session open.
    SessionOpen,
    /// The organisation's policy excludes this.
    AgainstPolicy,
    /// *Allow* came before the warning could be read. Parameter `seconds` until it works.
    TooEarly,
    /// Too long after the session's end to report it.
    TooLate,
    /// The user reported a session of this technician on this ticket as abuse: it is in a supervisor's hands.
    AbuseReported,
    /// Escalation must go to a higher level.
    BadEscalation,
    /// The grant has expired.
    GrantExpired,
    /// The user has not allowed this.
    NotGranted,
    /// The relay could not write the record to disk, so nothing happened.
    NotRecorded,
    /// The relay has too many connections or too much waiting.
    Busy,
    /// The relay is restarting.
    ShuttingDown,
    /// This connection was replaced by a newer one of the same device.
    Replaced,
    /// The organisation file is not one, or its signature is wrong.
    BadOrganisation,
    /// The relay cannot be reached.
    RelayUnreachable,
    /// The relay's certificate is not trusted.
    RelayUntrusted,
    /// The peer is not reachable.
    PeerLost,
    /// The peer sent something of the picture that is none, so the session ended. Parameter `detail` for the log.
    PeerMalformed,
    /// No screen can be captured. Parameter `reason`.
    NoScreen,
    /// Input cannot be injected. Parameter `reason`.
    NoInput,
    /// The app's own data folder cannot be read or written. Parameter `file`.
    StoreFailed,
    /// The receipt that the relay gave does not hold, so it was not saved. Parameter `fault`.
    BadReceipt,
    /// A file could not be saved. Parameter `reason`: `full`, `denied`, `other`.
    NotSaved,
    /// No such article, or none that this person may read.
    UnknownArticle,
    /// No such canned reply.
    UnknownReply,
    /// Somebody else saved it meanwhile; nothing of theirs was overwritten. Parameter `author`, when it is known.
    ChangedMeanwhile,
    /// A canned reply uses a placeholder that does not exist. Parameter `placeholder`.
    UnknownPlaceholder,
    /// A canned reply could become longer than a chat message may be. Parameter `limit`, in characters.
    ReplyTooLong,
    /// This device has no good card, so it cannot ask anybody. Parameter `fault`, a [`crate::card::CardFault`].
    CardNeeded,
    /// To the technician: the code is wrong, or no longer good.
    WrongCode,
    /// To the user: somebody tried a code that is wrong. Parameter `left`, how often it can still be tried.
    WrongCodeTried,
    /// Something was not as it was sent, or not from whom it should be, so the session was refused. Parameter `what`, a
    /// [`crate::binding::Tampered`]; with a card, `fault`.
    Untrusted,
    /// To the user: the organisation took the card back of whoever saw their screen, so the session ended.
    CardRevoked,
    /// A defect of ours. Parameter `detail` for the log.
    Internal,
}

/// An error on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{code:?} {params:?}")]
pub struct WireError {
    /// What went wrong.
    pub code: Code,
    /// What its wording needs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(as = "Option<BTreeMap<String, String>>", optional)]
    pub params: BTreeMap<String, String>,
}

impl WireError {
    /// With one parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<Code> for WireError {
    fn from(code: Code) -> Self {
        Self {
            code,
            params: BTreeMap::new(),
        }
    }
}
