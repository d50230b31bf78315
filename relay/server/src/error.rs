//! Everything that can keep the relay from starting or going on, worded for whoever runs it.

use std::{net::SocketAddr, path::PathBuf};

/// A failure of the relay as a program. Each is said whole by itself: a `reason` is in the words, and no further source is told
/// after them. What goes to peers is [`renfort_protocol::error::WireError`].
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// A file or folder could not be read or written.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// A folder that should be new holds something.
    #[error("{0} is not empty; nothing was changed")]
    NotEmpty(PathBuf),
    /// A file that should be new is there.
    #[error("{0} exists; nothing was changed")]
    Exists(PathBuf),
    /// The data folder was never set up.
    #[error("{0} holds no relay's data; run `renfort-relay init --data {0} --organisation FILE` first")]
    NotInitialised(PathBuf),
    /// The organisation file is not a good one.
    #[error("{path}: {reason}")]
    Organisation {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: renfort_protocol::organisation::OrganisationError,
    },
    /// No organisation can be made so.
    #[error("no organisation was made: {0}")]
    NoOrganisation(renfort_protocol::organisation::OrganisationError),
    /// The organisation's private key lies where a relay can read it.
    #[error(
        "{0} is the organisation's private key: whoever breaks into this machine could speak for the organisation. \
         Move it to a machine or a medium that is not the relay, then start again"
    )]
    OrganisationKeyReadable(PathBuf),
    /// Another relay serves from this data folder now; two would each write their own continuation of the log.
    #[error("{0} is in use: another relay is running on it; stop that one first, or give this one its own data folder")]
    InUse(PathBuf),
    /// The keys of what was recorded are not where they were.
    #[error(
        "{0} is missing: without it no name in the log can be read, and nobody with a second factor can sign in. Put back the \
         copy of it that was made together with relay.db. If there is none any more, run `renfort-relay keys-lost`: those names \
         can never be read again"
    )]
    KeysMissing(PathBuf),
    /// The database was made for another organisation.
    #[error("the database in {0} belongs to another organisation; give each organisation its own data folder")]
    OtherOrganisation(PathBuf),
    /// The key is not the one in the organisation file.
    #[error("{0} is not the key of this organisation file")]
    OtherOrganisationKey(PathBuf),
    /// A file does not hold what it should.
    #[error("{path} is not {what}")]
    WrongForm {
        /// Which.
        path: PathBuf,
        /// What it should be.
        what: &'static str,
    },
    /// A request for a card was not made by the device in it.
    #[error("{0} was altered, or was not made by the device that it names; ask the technician for a new one")]
    ForgedRequest(PathBuf),
    /// A card or list of another organisation.
    #[error("{0} was not signed by this organisation, or was altered")]
    ForeignCard(PathBuf),
    /// A card that is not good.
    #[error("{path}: {reason}")]
    Card {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: renfort_protocol::card::CardFault,
    },
    /// A list that an installed one has taken the place of.
    #[error(
        "{path} is list number {number}, and a newer one or another of this number is installed; nothing was changed"
    )]
    OlderList {
        /// Which file.
        path: PathBuf,
        /// Its number.
        number: u64,
    },
    /// No more fit on the list.
    #[error("a list takes back at most {0} cards at a time")]
    TooManyRevoked(usize),
    /// Plain HTTP was asked where others could listen in.
    #[error(
        "{0} can be reached from other machines, and plain HTTP would show them passwords: give --tls-cert and \
         --tls-key, or listen on 127.0.0.1 behind a proxy that speaks TLS"
    )]
    PlainHttp(SocketAddr),
    /// A certificate or a private key of TLS is not usable.
    #[error("TLS: {0}")]
    Tls(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        reason: std::io::Error,
    },
    /// A file that should hold a private key holds none.
    #[error("{0} holds no private key; such a file is named *.key and begins with -----BEGIN PRIVATE KEY-----")]
    BadKey(PathBuf),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// The log on disk contradicts itself; writing on would hide that.
    #[error("the audit log does not continue where it ends ({0}); run `renfort-relay audit export` and `audit verify`")]
    BrokenLog(String),
    /// An account cannot be made so.
    #[error("{0}")]
    Account(String),
    /// The system gave no randomness.
    #[error("the system gives no random numbers")]
    Random,
    /// The password hash could not be computed or read.
    #[error("password hash: {0}")]
    PasswordHash(String),
}

impl RelayError {
    /// For `map_err` on file operations.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |reason| Self::File { path, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_runs_the_relay_is_told_a_reason_once() {
        let path = || PathBuf::from("card.json");
        let errors = [
            (
                RelayError::file(path())(std::io::ErrorKind::NotFound.into()),
                "entity not found",
            ),
            (
                RelayError::Organisation {
                    path: path(),
                    reason: renfort_protocol::organisation::OrganisationError::Signature,
                },
                "was altered",
            ),
            (
                RelayError::Card {
                    path: path(),
                    reason: renfort_protocol::card::CardFault::Foreign,
                },
                "was not signed by this organisation",
            ),
            (
                RelayError::Listen {
                    address: ([127, 0, 0, 1], 1).into(),
                    reason: std::io::ErrorKind::AddrInUse.into(),
                },
                "address in use",
            ),
        ];
        for (error, reason) in errors {
            // As `main` prints it.
            let said = format!("{:#}", anyhow::Error::from(error));
            assert_eq!(said.matches(reason).count(), 1, "{said}");
        }
    }
}
