//! Why a ticket went back to its queue without having been closed or passed on.

use renfort_protocol::signalling::EndReason;

use crate::fields::Public;

/// Why nobody has it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// `signed_out`: its technician left.
    SignedOut,
    /// `account_disabled`: its technician's account can no longer sign in.
    AccountDisabled,
    /// What its technician had it by is over, and the word is that of the end: a question that was put with a code and got no
    /// yes, or a session that its user reported as abuse.
    Ended(EndReason),
}

impl Returned {
    /// With which reason a session ends that is still open on the ticket.
    #[must_use]
    pub const fn end(self) -> EndReason {
        match self {
            Self::SignedOut => EndReason::EndedByTechnician,
            Self::AccountDisabled => EndReason::Failed,
            Self::Ended(reason) => reason,
        }
    }

    pub(crate) fn field(self, to: &mut Public) -> &mut Public {
        match self {
            Self::SignedOut => to.text("reason", "signed_out"),
            Self::AccountDisabled => to.text("reason", "account_disabled"),
            Self::Ended(reason) => to.word("reason", reason),
        }
    }
}
