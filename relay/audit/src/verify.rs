//! Checking a log, record by record, from the first; the one checker of exports and of the relay's own store.
//!
//! Flow: [`Verifier::push`] a line of an export (or [`Verifier::push_record`]) in order, then [`Verifier::check`] the
//! signed checkpoint. [`crate::export::ExportVerifier`] does both for a whole file.
//!
//! Invariant: after a fault nothing more is taken; the fault names the first record that is wrong.

use std::collections::HashMap;

use renfort_protocol::ids::SessionId;

use crate::{
    checkpoint::{Checkpoint, CheckpointError, LogKey, Origin},
    export::ExportedRecord,
    fields::{Field, MAX_NUMBER},
    hash::Digest,
    heads::{Heads, Signatures},
    kept::KeptFault,
    merkle::Tree,
    record::RECORD_VERSION,
};

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A line that is no record in canonical form.
    #[error("record {seq} is not in canonical form")]
    Malformed {
        /// The record that should stand there.
        seq: u64,
    },
    /// The record does not fit its own hash.
    #[error("record {seq} was altered")]
    Altered {
        /// Which.
        seq: u64,
    },
    /// A record of a version that this program does not know.
    #[error("record {seq} is of version {version}, which this program does not know")]
    Version {
        /// Which.
        seq: u64,
        /// Its version.
        version: u16,
    },
    /// The record's number is not the next.
    #[error("record {seq} is missing; number {found} stands in its place")]
    Missing {
        /// The number that should be.
        seq: u64,
        /// The number that is.
        found: u64,
    },
    /// Two records stand in each other's place. [`crate::export::ExportVerifier`] says so, which reads on.
    #[error("records {seq} and {found} are swapped: each stands in the other's place")]
    Swapped {
        /// The earlier of the two.
        seq: u64,
        /// The other.
        found: u64,
    },
    /// The record stands elsewhere; said as [`Fault::Swapped`] is. Places count from 0, as the records' numbers do.
    #[error("record {seq} is not in its place: it stands at place {at}, and record {found} in its place")]
    Moved {
        /// The number that should be.
        seq: u64,
        /// The number that is.
        found: u64,
        /// Where the record stands.
        at: u64,
    },
    /// A record stands in two places; said as [`Fault::Swapped`] is.
    #[error("record {found} stands twice: at place {at}, and in the place of record {seq}")]
    Repeated {
        /// The number that should be.
        seq: u64,
        /// The number that is.
        found: u64,
        /// Its other place.
        at: u64,
    },
    /// The record does not continue the one before: either was replaced.
    #[error("record {seq} does not continue the record before it")]
    BrokenChain {
        /// Which.
        seq: u64,
    },
    /// The record's number within its session is not the next.
    #[error("record {seq} is not the next of its session")]
    SessionGap {
        /// Which.
        seq: u64,
    },
    /// A value that is shown is not what the record committed to.
    #[error("the value of {field} shown with record {seq} is not the recorded one")]
    WrongValue {
        /// Which.
        seq: u64,
        /// Which field.
        field: String,
    },
    /// Whoever signed or disputed a session's head is not that end of it.
    #[error("record {seq} answers for a session's end whose it is not")]
    OtherSigner {
        /// Which.
        seq: u64,
    },
    /// An endpoint's signature is for other records of the session than those before it, or it answered before.
    #[error("record {seq} is a signature for other records than those of its session")]
    WrongHead {
        /// Which.
        seq: u64,
    },
    /// What is recorded as an endpoint's signature is none of that endpoint's.
    #[error("the endpoint's signature in record {seq} does not fit")]
    BadSignature {
        /// Which.
        seq: u64,
    },
    /// The checkpoint is malformed, of another log, or not rightly signed.
    #[error("the checkpoint is not valid: {0}")]
    BadCheckpoint(CheckpointError),
    /// The checkpoint counts another number of records.
    #[error("the checkpoint counts {signed} records, the log has {found}")]
    WrongSize {
        /// By the checkpoint.
        signed: u64,
        /// In the log.
        found: u64,
    },
    /// The records are not those that the checkpoint was signed for.
    #[error("the records are not those that the checkpoint was signed for")]
    WrongRoot,
    /// The file is empty, or begins as no export does.
    #[error("this is no log of Renfort")]
    NoLog,
    /// The file begins with a byte order mark, its lines end as another system's do, or a blank one stands at its end. It says
    /// nothing of the log.
    #[error(
        "the file was changed on its way (line ends, blank lines or text encoding), as mail programs and editors do; export the log again and \
         hand the file over as it is"
    )]
    ChangedOnTheWay,
    /// The export's first line is not a header.
    #[error("the export does not begin with a header")]
    BadHeader,
    /// The export is of another relay than the one whose key was given.
    #[error("the export names another relay key than the one given")]
    OtherKey,
    /// The export's log is named after another key than the one that signed it: somebody signed with a key of his own.
    #[error("the log is named after another key than the one that signed it")]
    ForeignOrigin,
    /// The export does not end with its checkpoint.
    #[error("the export does not end with its checkpoint")]
    NoCheckpoint,
    /// A text that was kept from before holds no checkpoint, or one that was altered. It says nothing of the log.
    #[error("the checkpoint kept from before cannot be read: {0}")]
    UnreadableKept(CheckpointError),
    /// A checkpoint that was kept from before is of another log, or not signed by this log's key.
    #[error("the kept checkpoint is not one of this log: {0}")]
    BadKept(CheckpointError),
    /// The log has fewer records than a checkpoint that was kept from before: its tail was cut off.
    #[error("a checkpoint kept from before counts {kept} records, the log has only {found}: its end was cut off")]
    CutOff {
        /// By the kept checkpoint.
        kept: u64,
        /// In the log.
        found: u64,
    },
    /// The log's first records are not those of a checkpoint that was kept from before, although all that follows fits.
    #[error("the first {kept} records are not those of the checkpoint kept from before: the log was written anew")]
    Rewritten {
        /// Records that the kept checkpoint counts.
        kept: u64,
    },
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
            Self::Malformed { .. } => "malformed",
            Self::Altered { .. } => "altered",
            Self::Version { .. } => "version",
            Self::Missing { .. } => "missing",
            Self::Swapped { .. } => "swapped",
            Self::Moved { .. } => "moved",
            Self::Repeated { .. } => "repeated",
            Self::BrokenChain { .. } => "broken_chain",
            Self::SessionGap { .. } => "session_gap",
            Self::WrongValue { .. } => "wrong_value",
            Self::OtherSigner { .. } => "other_signer",
            Self::WrongHead { .. } => "wrong_head",
            Self::BadSignature { .. } => "bad_signature",
            Self::BadCheckpoint(_) => "bad_checkpoint",
            Self::WrongSize { .. } => "wrong_size",
            Self::WrongRoot => "wrong_root",
            Self::NoLog => "no_log",
            Self::ChangedOnTheWay => "changed_on_the_way",
            Self::BadHeader => "bad_header",
            Self::OtherKey => "other_key",
            Self::ForeignOrigin => "foreign_origin",
            Self::NoCheckpoint => "no_checkpoint",
            Self::UnreadableKept(_) => "unreadable_kept",
            Self::BadKept(_) => "bad_kept",
            Self::CutOff { .. } => "cut_off",
            Self::Rewritten { .. } => "rewritten",
        }
    }

    /// Could it not be checked? It is then no word against the log: the file is none or was changed on its way, is of another
    /// version than this program's, or what it was to be checked with is at fault.
    #[must_use]
    pub const fn is_unchecked(&self) -> bool {
        matches!(
            self,
            Self::NoLog | Self::ChangedOnTheWay | Self::Version { .. } | Self::UnreadableKept(_)
        )
    }

    /// The record that it names: for a wrong size, the first that is missing or too many; for a cut-off end, the first that
    /// is missing.
    #[must_use]
    pub fn seq(&self) -> Option<u64> {
        match self {
            Self::Malformed { seq }
            | Self::Altered { seq }
            | Self::Version { seq, .. }
            | Self::Missing { seq, .. }
            | Self::Swapped { seq, .. }
            | Self::Moved { seq, .. }
            | Self::Repeated { seq, .. }
            | Self::BrokenChain { seq }
            | Self::SessionGap { seq }
            | Self::WrongValue { seq, .. }
            | Self::OtherSigner { seq }
            | Self::WrongHead { seq }
            | Self::BadSignature { seq } => Some(*seq),
            Self::WrongSize { signed, found } => Some(*signed.min(found)),
            Self::CutOff { found, .. } => Some(*found),
            _ => None,
        }
    }

    /// The record that stands in the place of the one that it names.
    #[must_use]
    pub const fn found(&self) -> Option<u64> {
        match self {
            Self::Missing { found, .. }
            | Self::Swapped { found, .. }
            | Self::Moved { found, .. }
            | Self::Repeated { found, .. } => Some(*found),
            _ => None,
        }
    }

    /// The other place that it names, counted from 0.
    #[must_use]
    pub const fn at(&self) -> Option<u64> {
        match self {
            Self::Moved { at, .. } | Self::Repeated { at, .. } => Some(*at),
            _ => None,
        }
    }
}

/// The record that a line holds, if the line is its one spelling.
pub(crate) fn read(line: &str) -> Option<ExportedRecord> {
    let exported: ExportedRecord = serde_json::from_str(line).ok()?;
    // Equal meaning is not enough: other spellings of the same JSON would be other bytes.
    (exported.line() == line && is_interoperable(&exported)).then_some(exported)
}

/// Is it within what every reader of JSON understands the same way (RFC 8785, RFC 7493): names in ASCII, so that there is
/// one order of them, and numbers that are exact?
fn is_interoperable(exported: &ExportedRecord) -> bool {
    let record = &exported.record;
    let names = record.fields.keys().chain(record.commitments.keys());
    let exact = |number: u64| number <= MAX_NUMBER;
    names.chain(exported.revealed.keys()).all(|name| name.is_ascii())
        && exact(record.at.0)
        && exact(record.seq)
        && record.session_seq.is_none_or(exact)
        && record
            .fields
            .values()
            .all(|field| !matches!(field, Field::Number(number) if !exact(*number)))
}

/// Checks records one after the other. Its memory grows with the number of tickets and sessions (some 300 bytes each, and
/// 64 for each record that follows a session's end until both ends have answered for it), not with the log.
#[derive(Debug, Clone, Default)]
pub struct Verifier {
    tree: Tree,
    last: Option<Digest>,
    sessions: HashMap<SessionId, u64>,
    heads: Heads,
    fault: Option<Fault>,
}

impl Verifier {
    /// Before the first record.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hash of the last record that holds; zeros before the first.
    pub(crate) fn last(&self) -> Digest {
        self.last.unwrap_or(Digest::ZERO)
    }

    /// Takes the next line of an export, without its line end, and gives what it holds.
    ///
    /// # Errors
    /// The first fault found so far.
    pub fn push(&mut self, line: &str) -> Result<ExportedRecord, Fault> {
        let seq = self.tree.size();
        let Some(exported) = read(line) else {
            return Err(self.fail(Fault::Malformed { seq }));
        };
        self.push_record(&exported)?;
        Ok(exported)
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// The first fault found so far.
    pub fn push_record(&mut self, exported: &ExportedRecord) -> Result<(), Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        match self.judge(exported) {
            Ok(()) => {
                self.tree.push(exported.hash);
                self.last = Some(exported.hash);
                Ok(())
            }
            Err(fault) => Err(self.fail(fault)),
        }
    }

    fn judge(&mut self, exported: &ExportedRecord) -> Result<(), Fault> {
        let record = &exported.record;
        let seq = self.tree.size();
        if record.hash() != exported.hash {
            return Err(Fault::Altered { seq });
        }
        if record.v != RECORD_VERSION {
            return Err(Fault::Version { seq, version: record.v });
        }
        if record.seq != seq {
            return Err(Fault::Missing { seq, found: record.seq });
        }
        if record.prev != self.last() {
            return Err(Fault::BrokenChain { seq });
        }
        match (record.session, record.session_seq) {
            (None, None) => {}
            (Some(session), Some(number)) => {
                let next = self.sessions.entry(session).or_insert(0);
                if number != *next {
                    return Err(Fault::SessionGap { seq });
                }
                *next += 1;
            }
            _ => return Err(Fault::SessionGap { seq }),
        }
        if let Some((name, _)) = exported.revealed.iter().find(|(name, shown)| !shown.fits(record, name)) {
            let field = name.clone();
            return Err(Fault::WrongValue { seq, field });
        }
        self.heads.see(exported)
    }

    fn fail(&mut self, fault: Fault) -> Fault {
        self.fault.get_or_insert(fault).clone()
    }

    /// Records taken.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Merkle root over them.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    /// What the endpoints signed of the records taken so far.
    #[must_use]
    pub fn signatures(&self) -> Signatures {
        self.heads.told()
    }

    /// Are the records taken so far those of this signed checkpoint? May be asked in the middle of a log.
    ///
    /// # Errors
    /// The first fault found so far, or what is wrong with the checkpoint.
    pub fn check(&self, checkpoint: &str, origin: &Origin, key: &LogKey) -> Result<Checkpoint, Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let checkpoint = Checkpoint::verify(checkpoint, origin, key).map_err(Fault::BadCheckpoint)?;
        if checkpoint.size != self.size() {
            Err(Fault::WrongSize {
                signed: checkpoint.size,
                found: self.size(),
            })
        } else if checkpoint.root != self.root() {
            Err(Fault::WrongRoot)
        } else {
            Ok(checkpoint)
        }
    }

    /// As [`Verifier::check`], at the end of the log.
    ///
    /// # Errors
    /// As [`Verifier::check`].
    pub fn finish(self, checkpoint: &str, origin: &Origin, key: &LogKey) -> Result<Checkpoint, Fault> {
        self.check(checkpoint, origin, key)
    }
}
