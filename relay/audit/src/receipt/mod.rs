//! Receipts: one session told plainly to its user, with the proof that the log holds it. One HTML page, which carries the
//! proof that it is made of.
//!
//! Flow: the relay makes a [`Proof`] of the session's records ([`Proof::pack`]); the user's app checks it ([`Proof::check`])
//! and writes the page ([`Receipt::page`]); anybody checks the page later ([`verify_page`]).
//!
//! Invariant: the page is a function of what is embedded in it. [`verify_page`] makes it anew and compares every byte, so
//! that no word of it can be changed.

mod check;
mod date;
mod details;
mod facts;
mod form;
mod heads;
mod page;
mod parties;
mod seen;
mod steps;
mod words;

use std::collections::{BTreeMap, HashMap};

use renfort_protocol::{
    ids::{DeviceKey, SessionId},
    organisation::OrganisationFile,
    ticket::Language,
};
use serde::{Deserialize, Serialize};

pub use self::{
    facts::{Covered, Facts, Signed},
    form::RECEIPT_FORM,
    heads::head_of,
    seen::{Seen, told},
};
use crate::{
    checkpoint::{CheckpointError, LogKey, Origin},
    export::ExportedRecord,
    hash::Digest,
    kept::KeptFault,
    personal::Revealed,
    record::Record,
};

/// Most records in a receipt: some hours of a busy session.
pub const MAX_RECORDS: usize = 5_000;
/// Largest proof, in bytes.
pub const MAX_PROOF_BYTES: usize = 4 * 1024 * 1024;
/// Largest page, in bytes.
pub const MAX_PAGE_BYTES: usize = 2 * MAX_PROOF_BYTES;
/// Farthest time zone from UTC, in minutes.
const MAX_OFFSET: i16 = 24 * 60;

/// A record with what shows that the log holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Included {
    /// [`Record::hash`].
    pub hash: Digest,
    /// The inclusion proof, as places in [`Proof::nodes`].
    pub path: Vec<u32>,
    /// The record.
    pub record: Record,
    /// Values of personal fields that the user may see; one whose key was erased is absent.
    pub revealed: BTreeMap<String, Revealed>,
}

/// A session's records and the proof that the log holds them. What the relay gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The signed checkpoint of the log.
    pub checkpoint: String,
    /// [`RECEIPT_FORM`].
    pub form: String,
    /// The relay's public key.
    pub key: LogKey,
    /// Hashes of the inclusion proofs, each once, in the order in which they are first used.
    pub nodes: Vec<Digest>,
    /// Who the organisation is, as it signed itself.
    pub organisation: OrganisationFile,
    /// Which log.
    pub origin: Origin,
    /// All records of the session, and those of its ticket, in order.
    pub records: Vec<Included>,
    /// Which session.
    pub session: SessionId,
}

/// What a page is made of, and what is embedded in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The page's language.
    pub language: Language,
    /// What it tells of.
    pub proof: Proof,
    /// Minutes by which the clock that times are told by is before UTC.
    pub utc_offset: i16,
}

/// What is known from elsewhere, to hold a receipt against.
#[derive(Debug, Clone, Default)]
pub struct Against {
    /// The relay's key. Without it, the receipt is only shown to be whole under the key that it names itself.
    pub key: Option<LogKey>,
    /// The organisation's key.
    pub organisation: Option<DeviceKey>,
    /// Texts with signed checkpoints of the log that were kept. They can say something only about a receipt of the same size.
    pub kept: Vec<String>,
    /// The user's device.
    pub device: Option<DeviceKey>,
    /// What that device knows itself of the session.
    pub seen: Option<Seen>,
}

/// What is wrong with a receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No page with a receipt in it.
    #[error("this is not a receipt")]
    NoReceipt,
    /// The page begins with a byte order mark, or its lines end as another system's do.
    #[error(
        "the file was changed on its way (line ends or text encoding), as mail programs and editors do; hand it \
         over as it was saved"
    )]
    ChangedOnTheWay,
    /// What is embedded in the page is not written as receipts are.
    #[error("what the receipt is made of is not in its right form")]
    Malformed,
    /// Another form than this program's: what this program would make of it says nothing about it.
    #[error("this receipt was made by another version of Renfort: check it with that one")]
    Version,
    /// The receipt names another relay key than the one given.
    #[error("the receipt names another relay key than the one given")]
    OtherKey,
    /// The log is named after another key than the one that signed it: somebody signed with a key of his own.
    #[error("the log is named after another key than the one that signed it")]
    ForeignOrigin,
    /// It is of another organisation, or the organisation's signature does not fit.
    #[error("the receipt's organisation is not the one it claims to be")]
    OtherOrganisation,
    /// The checkpoint is malformed, of another log, or not rightly signed.
    #[error("the receipt's checkpoint is not valid: {0}")]
    BadCheckpoint(CheckpointError),
    /// A text that was kept holds no checkpoint, or one that was altered. It says nothing of the receipt.
    #[error("the kept checkpoint cannot be read: {0}")]
    UnreadableKept(CheckpointError),
    /// The kept checkpoint is not one of this log.
    #[error("the kept checkpoint is not one of this log: {0}")]
    BadKept(CheckpointError),
    /// The log was another one when the kept checkpoint was signed.
    #[error("the log is not the one of the kept checkpoint: it was written anew")]
    Rewritten,
    /// A record does not fit its own hash.
    #[error("record {seq} was altered")]
    Altered {
        /// Which.
        seq: u64,
    },
    /// A record of another ticket or session.
    #[error("record {seq} is not of this session or its ticket")]
    Foreign {
        /// Which.
        seq: u64,
    },
    /// A record that stands before an earlier one.
    #[error("record {seq} does not stand in its place")]
    OutOfOrder {
        /// Which.
        seq: u64,
    },
    /// A record of the session is missing before this one.
    #[error("record {seq} is not the next of its session: one is missing before it")]
    SessionGap {
        /// Which.
        seq: u64,
    },
    /// A record does not continue the one before.
    #[error("record {seq} does not continue the record before it")]
    BrokenChain {
        /// Which.
        seq: u64,
    },
    /// A value is not the recorded one.
    #[error("the value of {field} shown with record {seq} is not the recorded one")]
    WrongValue {
        /// Which.
        seq: u64,
        /// Which field.
        field: String,
    },
    /// The log of the checkpoint does not hold this record.
    #[error("the log does not hold record {seq}")]
    NotIncluded {
        /// Which.
        seq: u64,
    },
    /// The records do not tell how the ticket was opened.
    #[error("the receipt does not begin with its ticket")]
    NoTicket,
    /// The records do not tell how the session ended.
    #[error("the receipt does not tell how the session ended")]
    NoEnd,
    /// What an endpoint signed is not what the records come to.
    #[error("record {seq} says that other records were signed than these")]
    WrongHead {
        /// The record of the signature.
        seq: u64,
    },
    /// An endpoint's signature does not fit.
    #[error("the signature in record {seq} does not fit")]
    BadSignature {
        /// The record of the signature.
        seq: u64,
    },
    /// Another device than the one that opened the ticket, or another one than the user's own.
    #[error("record {seq} is of another device than the user's")]
    OtherDevice {
        /// Which.
        seq: u64,
    },
    /// Another technician, or another device or card of theirs, than the one who asked.
    #[error("record {seq} is of another technician than the one who asked")]
    OtherTechnician {
        /// Which.
        seq: u64,
    },
    /// A record says something else than the user's machine told the relay.
    #[error("record {seq} is not what the user's computer told")]
    NotAsTold {
        /// Which.
        seq: u64,
    },
    /// The user's machine made a report that is not there.
    #[error("report {number} of the user's computer is missing")]
    ReportMissing {
        /// Which.
        number: u64,
    },
    /// The user allowed something, and that is not there.
    #[error("the receipt does not tell that the user said yes")]
    NoYes,
    /// The page's words are not those that its proof gives.
    #[error("the text of the page was altered: it is not what the records say")]
    AlteredText,
}

impl From<KeptFault> for Fault {
    fn from(fault: KeptFault) -> Self {
        match fault {
            KeptFault::Unreadable(error) => Self::UnreadableKept(error),
            KeptFault::Foreign(error) => Self::BadKept(error),
        }
    }
}

impl Fault {
    /// The fault's stable name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoReceipt => "no_receipt",
            Self::ChangedOnTheWay => "changed_on_the_way",
            Self::Malformed => "malformed",
            Self::Version => "version",
            Self::OtherKey => "other_key",
            Self::ForeignOrigin => "foreign_origin",
            Self::OtherOrganisation => "other_organisation",
            Self::BadCheckpoint(_) => "bad_checkpoint",
            Self::UnreadableKept(_) => "unreadable_kept",
            Self::BadKept(_) => "bad_kept",
            Self::Rewritten => "rewritten",
            Self::Altered { .. } => "altered",
            Self::Foreign { .. } => "foreign",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::SessionGap { .. } => "session_gap",
            Self::BrokenChain { .. } => "broken_chain",
            Self::WrongValue { .. } => "wrong_value",
            Self::NotIncluded { .. } => "not_included",
            Self::NoTicket => "no_ticket",
            Self::NoEnd => "no_end",
            Self::WrongHead { .. } => "wrong_head",
            Self::BadSignature { .. } => "bad_signature",
            Self::OtherDevice { .. } => "other_device",
            Self::OtherTechnician { .. } => "other_technician",
            Self::NotAsTold { .. } => "not_as_told",
            Self::ReportMissing { .. } => "report_missing",
            Self::NoYes => "no_yes",
            Self::AlteredText => "altered_text",
        }
    }

    /// Could it not be checked? It is then no word against the receipt: the file is none or was changed on its way, is of
    /// another version than this program's, or what it was to be checked with is at fault.
    #[must_use]
    pub const fn is_unchecked(&self) -> bool {
        matches!(
            self,
            Self::NoReceipt | Self::ChangedOnTheWay | Self::Version | Self::UnreadableKept(_)
        )
    }
}

/// Whose log it is.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Which log.
    pub origin: Origin,
    /// The relay's public key.
    pub key: LogKey,
    /// Whom the relay serves.
    pub organisation: OrganisationFile,
}

/// Does a receipt tell this record? All of the session, and what became of its ticket.
#[must_use]
pub fn tells(record: &Record, session: SessionId) -> bool {
    match record.session {
        Some(of) => of == session,
        None => record.code.starts_with("ticket."),
    }
}

impl Proof {
    /// Puts records and their inclusion proofs together; none when there are more records than a receipt may have.
    #[must_use]
    pub fn pack(
        issuer: Issuer,
        checkpoint: String,
        session: SessionId,
        records: Vec<(ExportedRecord, Vec<Digest>)>,
    ) -> Option<Self> {
        if records.len() > MAX_RECORDS {
            return None;
        }
        let mut nodes = Vec::new();
        let mut places: HashMap<Digest, u32> = HashMap::new();
        let mut included = Vec::with_capacity(records.len());
        for (exported, proof) in records {
            let mut path = Vec::with_capacity(proof.len());
            for node in proof {
                let next = u32::try_from(nodes.len()).ok()?;
                let place = *places.entry(node).or_insert(next);
                if place == next {
                    nodes.push(node);
                }
                path.push(place);
            }
            included.push(Included {
                hash: exported.hash,
                path,
                record: exported.record,
                revealed: exported.revealed,
            });
        }
        Some(Self {
            checkpoint,
            form: RECEIPT_FORM.to_owned(),
            key: issuer.key,
            nodes,
            organisation: issuer.organisation,
            origin: issuer.origin,
            records: included,
            session,
        })
    }

    /// Reads what [`Proof::text`] wrote.
    ///
    /// # Errors
    /// When it is nothing of the kind, or of another form.
    pub fn read(text: &str) -> Result<Self, Fault> {
        if text.len() > MAX_PROOF_BYTES {
            return Err(Fault::Malformed);
        }
        form::check_proof(text)?;
        let proof: Self = serde_json::from_str(text).map_err(|_| Fault::Malformed)?;
        if proof.text() != text {
            return Err(Fault::Malformed);
        }
        Ok(proof)
    }

    /// As it travels.
    ///
    /// # Panics
    /// Never: the type has no member that JSON cannot hold.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a proof is plain JSON")
    }

    /// Does everything in it hold? Gives what it tells.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self, against: &Against) -> Result<Facts, Fault> {
        check::check(self, against)
    }
}

impl Receipt {
    /// The page, of a proof that holds.
    #[must_use]
    pub fn page(&self, facts: &Facts) -> String {
        page::render(self, facts)
    }
}

/// Checks a page: its proof, and that its words are those of its proof.
///
/// # Errors
/// The first fault.
pub fn verify_page(page: &str, against: &Against) -> Result<(Receipt, Facts), Fault> {
    if page.len() > MAX_PAGE_BYTES {
        return Err(Fault::NoReceipt);
    }
    let (head, rest) = page.split_once(page::DATA_BEGIN).ok_or(Fault::NoReceipt)?;
    if head.starts_with('\u{feff}') || head.split('\n').next().is_some_and(|first| first.ends_with('\r')) {
        return Err(Fault::ChangedOnTheWay);
    }
    let (embedded, _) = rest.split_once(page::DATA_END).ok_or(Fault::Malformed)?;
    form::check_receipt(embedded)?;
    let receipt: Receipt = serde_json::from_str(embedded).map_err(|_| Fault::Malformed)?;
    if receipt.utc_offset.unsigned_abs() > MAX_OFFSET.unsigned_abs() {
        return Err(Fault::Malformed);
    }
    let facts = receipt.proof.check(against)?;
    if receipt.page(&facts) != page {
        return Err(Fault::AlteredText);
    }
    Ok((receipt, facts))
}
