//! What the command line did or wants done, until it stands in the log.
//!
//! Flow: an order is kept in the very transaction that makes the change; whoever writes the log takes orders up in their
//! order, and writes each as one batch that ends with [`renfort_core::contract::Change::SettleOrder`]. What was interrupted
//! still has its order, and is taken up again.
//!
//! Invariant: a change without its record has an order, and no order has a record.

use async_trait::async_trait;
use renfort_audit::keeping::{EraseRefusal, Erased, HoldCode};
use renfort_figures::HoursFile;
use renfort_protocol::{
    ids::{CardSerial, DeviceKey, PersonId},
    time::UnixMillis,
};
use serde::{Deserialize, Serialize};

use super::{
    StoreError,
    cards::Installed,
    erasing::{NewHold, Removal, Whom},
};

/// What was done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonChange {
    /// It is new.
    Added,
    /// It can no longer sign in.
    Disabled,
    /// It got a second factor.
    SecondFactorEnabled,
    /// It has none any more.
    SecondFactorReset,
    /// It has another password.
    PasswordChanged,
}

impl PersonChange {
    /// Did it end what the account had signed in to?
    #[must_use]
    pub const fn ends_sign_ins(self) -> bool {
        matches!(
            self,
            Self::SecondFactorEnabled | Self::SecondFactorReset | Self::PasswordChanged
        )
    }
}

/// What is to be done, or only to be written into the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ordered {
    /// Erase somebody.
    Erase(Whom),
    /// Somebody was not erased.
    EraseDenied {
        /// Who.
        of: Erased,
        /// Why not.
        reason: EraseRefusal,
        /// Tickets that stood in the way.
        tickets: u64,
    },
    /// Erase some of what is older than names are kept; the relay orders that itself.
    Retention,
    /// How long names are kept was set.
    RetentionSet {
        /// For so many months.
        months: u32,
    },
    /// A hold of the relay's own was not removed, somebody's having been meant.
    HoldRemoveDenied {
        /// What was to be removed, and why.
        #[serde(flatten)]
        removal: Removal,
        /// What the relay holds it for.
        held_for: HoldCode,
    },
    /// A hold was added.
    HoldAdded(NewHold),
    /// A hold was removed.
    HoldRemoved {
        /// Which, and why.
        #[serde(flatten)]
        removal: Removal,
        /// Since when it was there.
        since: UnixMillis,
    },
    /// Something was done to an account.
    Person {
        /// Which.
        person: PersonId,
        /// What.
        change: PersonChange,
    },
    /// An account was not disabled, being the last active administrator's.
    DisableDenied {
        /// Which.
        person: PersonId,
    },
    /// A second factor is demanded of every account, or no longer.
    SecondFactorRequired {
        /// Is it?
        required: bool,
    },
    /// A technician's card was brought.
    CardInstalled {
        /// The card.
        card: CardSerial,
        /// Whose.
        person: PersonId,
        /// The device that it is good with.
        device: DeviceKey,
        /// Until when.
        expires_at: UnixMillis,
    },
    /// A list of revoked cards was brought.
    RevocationsInstalled {
        /// Its number.
        number: u64,
        /// Cards on it.
        revoked: u64,
    },
    /// The business hours were set.
    HoursSet(HoursFile),
    /// The keys of personal fields were lost; there are new ones for what comes.
    KeysLost,
}

impl Ordered {
    /// That this was brought.
    #[must_use]
    pub const fn installed(content: &Installed) -> Self {
        match content {
            Installed::Card(signed) => Self::CardInstalled {
                card: signed.card.serial,
                person: signed.card.person,
                device: signed.card.device,
                expires_at: signed.card.expires_at,
            },
            Installed::Revocations(signed) => Self::RevocationsInstalled {
                number: signed.revocations.number,
                revoked: signed.revocations.revoked.len() as u64,
            },
        }
    }
}

/// An order that is not carried out yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its number, growing, and never given twice.
    pub id: u64,
    /// When it was given.
    pub at: UnixMillis,
    /// What.
    pub what: Ordered,
}

/// The store, as orders need it.
#[async_trait]
pub trait Orders: Send + Sync + 'static {
    /// Keeps an order; gives its number.
    ///
    /// # Errors
    /// When the store fails.
    async fn put_order(&self, what: &Ordered, at: UnixMillis) -> Result<u64, StoreError>;

    /// Orders that are not carried out, oldest first.
    ///
    /// # Errors
    /// When the store fails or is damaged.
    async fn orders(&self) -> Result<Vec<Order>, StoreError>;
}
