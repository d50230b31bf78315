//! Events about the log's own personal fields: what was erased, what is on hold, how long names are kept.
//!
//! Invariant: none of them has a name among its public fields, so that the record of an erasure is no copy of what it
//! erased.

use std::fmt;

use renfort_protocol::{figures::Purpose, ids::PersonId, time::UnixMillis};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    fields::{Personal, Public},
    hash::Digest,
};

/// Whose fields were, or should have been, erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erased {
    /// An account's.
    Account(PersonId),
    /// Those of whoever asked for help from a device, by [`crate::actor::device_hash`].
    Device(Digest),
    /// Those of everybody who asked for help under one name, which is not said.
    Name,
}

/// Why nothing was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EraseRefusal {
    /// A ticket or a session of theirs is open.
    Open,
    /// All of it is on hold.
    Held,
    /// The account can still sign in.
    Active,
}

/// What the relay itself puts something on hold for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldCode {
    /// The user reported abuse.
    AbuseReported,
}

/// What something is on hold for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum HoldReason {
    /// The relay's own reason; it is worded where it is shown.
    Own {
        /// Which.
        code: HoldCode,
    },
    /// In the words of whoever placed it.
    Stated(Purpose),
}

impl fmt::Display for HoldReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own {
                code: HoldCode::AbuseReported,
            } => formatter.write_str("the user reported abuse"),
            Self::Stated(words) => formatter.write_str(words.as_str()),
        }
    }
}

/// What happened to personal fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// `person.erased`: a person's names and texts were erased.
    PersonErased {
        /// Whose.
        of: Erased,
        /// Tickets in which something was erased.
        tickets: u64,
        /// Sessions of these tickets.
        sessions: u64,
        /// Personal fields of records that could be read before and cannot any more.
        fields: u64,
        /// Tickets that kept everything, being on hold.
        held: u64,
    },
    /// `person.erase_denied`: it was asked for and not done.
    EraseDenied {
        /// Whose.
        of: Erased,
        /// Why not.
        reason: EraseRefusal,
        /// Tickets that stood in the way.
        tickets: u64,
    },
    /// `retention.ran`: what is older than names are kept was erased, or there was nothing.
    RetentionRan {
        /// How long names are kept.
        months: u64,
        /// Tickets in which something was erased.
        tickets: u64,
        /// Sessions of these tickets.
        sessions: u64,
        /// Personal fields of records that could be read before and cannot any more.
        fields: u64,
    },
    /// `retention.changed`: how long names are kept was set on the command line.
    RetentionChanged {
        /// For so many months.
        months: u64,
    },
    /// `keys.lost`: whoever runs the relay said that the keys of the personal fields before are lost.
    KeysLost,
    /// `hold.added`: nothing of the ticket is erased from now on.
    HoldAdded {
        /// What for; personal where somebody wrote it.
        reason: HoldReason,
    },
    /// `hold.removed`: one hold of the ticket has ended.
    HoldRemoved {
        /// What the relay itself had placed it for; none where somebody had.
        cause: Option<HoldCode>,
        /// Since when it was there.
        since: UnixMillis,
        /// Why it was removed; personal.
        reason: Purpose,
    },
    /// `hold.remove_denied`: what the relay itself holds was to be removed as if somebody had placed it.
    HoldRemoveDenied {
        /// What the relay holds it for.
        cause: HoldCode,
        /// Why it was to be removed; personal.
        reason: Purpose,
    },
}

impl Keeping {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PersonErased { .. } => "person.erased",
            Self::EraseDenied { .. } => "person.erase_denied",
            Self::RetentionRan { .. } => "retention.ran",
            Self::RetentionChanged { .. } => "retention.changed",
            Self::KeysLost => "keys.lost",
            Self::HoldAdded { .. } => "hold.added",
            Self::HoldRemoved { .. } => "hold.removed",
            Self::HoldRemoveDenied { .. } => "hold.remove_denied",
        }
    }

    /// Was something asked for and not carried out?
    #[must_use]
    pub const fn denied(&self) -> bool {
        matches!(self, Self::EraseDenied { .. } | Self::HoldRemoveDenied { .. })
    }

    /// Tells how many fields nobody can read any more, where it tells of that at all.
    pub const fn count_erased(&mut self, erased: u64) {
        if let Self::PersonErased { fields, .. } | Self::RetentionRan { fields, .. } = self {
            *fields = erased;
        }
    }

    pub(crate) fn fields<'a>(&self, to: &'a mut Public) -> &'a mut Public {
        match self {
            Self::PersonErased {
                of,
                tickets,
                sessions,
                fields,
                held,
            } => whose(to, of)
                .number("tickets", *tickets)
                .number("sessions", *sessions)
                .number("fields", *fields)
                .number("held", *held),
            Self::EraseDenied { of, reason, tickets } => {
                whose(to, of).word("reason", reason).number("tickets", *tickets)
            }
            Self::RetentionRan {
                months,
                tickets,
                sessions,
                fields,
            } => to
                .number("months", *months)
                .number("tickets", *tickets)
                .number("sessions", *sessions)
                .number("fields", *fields),
            Self::RetentionChanged { months } => to.number("months", *months),
            Self::HoldAdded {
                reason: HoldReason::Own { code },
            } => to.word("cause", code),
            Self::HoldRemoveDenied { cause, .. } => to.word("cause", cause),
            Self::KeysLost | Self::HoldAdded { .. } => to,
            Self::HoldRemoved { cause, since, .. } => {
                if let Some(cause) = cause {
                    to.word("cause", cause);
                }
                to.number("since", since.0)
            }
        }
    }

    pub(crate) fn personal(&self, actor: &Actor) -> Vec<Personal> {
        match self {
            Self::HoldAdded {
                reason: HoldReason::Stated(words),
            }
            | Self::HoldRemoved { reason: words, .. }
            | Self::HoldRemoveDenied { reason: words, .. } => vec![Personal {
                name: "reason",
                subject: *actor,
                value: words.as_str().to_owned(),
            }],
            _ => Vec::new(),
        }
    }
}

fn whose<'a>(to: &'a mut Public, of: &Erased) -> &'a mut Public {
    match of {
        Erased::Account(person) => to.text("of", "account").number("person", person.0),
        Erased::Device(device) => to.text("of", "device").text("device", device),
        Erased::Name => to.text("of", "name"),
    }
}
