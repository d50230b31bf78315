//! An exported log: JSON Lines of a header, the records, and the signed checkpoint.
//!
//! Flow: the relay writes [`Header::line`], one [`ExportedRecord::line`] a record and [`checkpoint_line`]; whoever
//! receives the file pushes its lines into an [`ExportVerifier`].
//!
//! Invariant: each line has one spelling only, so that a file that verifies is byte for byte the one that was written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    checkpoint::{Checkpoint, LogKey, Origin},
    gaps::{Gaps, Watch},
    hash::Digest,
    heads::Signatures,
    kept::signed_in,
    order::Search,
    personal::Revealed,
    record::Record,
    verify::{Fault, Verifier, read},
};

/// Names this form of export.
pub const EXPORT_FORM: &str = "renfort audit v1";

/// Longest line of an export, in bytes without its end; a longer one is none. The parts of a record are bounded well below.
pub const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;

/// An export's first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`EXPORT_FORM`].
    pub export: String,
    /// The relay's public key.
    pub key: LogKey,
    /// Which log.
    pub origin: Origin,
}

impl Header {
    /// The header of a log.
    #[must_use]
    pub fn new(origin: Origin, key: LogKey) -> Self {
        Self {
            export: EXPORT_FORM.to_owned(),
            key,
            origin,
        }
    }

    /// Its line, without line end.
    ///
    /// # Panics
    /// Never: the type has no member that JSON cannot hold.
    #[must_use]
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("a header is plain JSON")
    }
}

/// A record as exported: with its hash, and with the personal values that whoever exports may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRecord {
    /// [`Record::hash`] as it was computed when the record was written.
    pub hash: Digest,
    /// The record.
    pub record: Record,
    /// Values of personal fields by name; a field whose key was erased is absent.
    pub revealed: BTreeMap<String, Revealed>,
}

impl ExportedRecord {
    /// Its line, without line end.
    ///
    /// # Panics
    /// Never: the type has no member that JSON cannot hold.
    #[must_use]
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("a record is plain JSON")
    }
}

/// An export's last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    checkpoint: String,
}

/// The last line of an export, without line end.
///
/// # Panics
/// Never: the type has no member that JSON cannot hold.
#[must_use]
pub fn checkpoint_line(checkpoint: &str) -> String {
    serde_json::to_string(&Trailer {
        checkpoint: checkpoint.to_owned(),
    })
    .expect("a text is plain JSON")
}

/// What is known of a log from elsewhere, to hold an export against.
#[derive(Debug, Clone, Default)]
pub struct Against {
    /// The relay's key. Without it, the log is only shown to be whole under the key that the file itself names.
    pub key: Option<LogKey>,
    /// Texts with signed checkpoints that were kept from before: the log must have grown from each of them.
    pub kept: Vec<String>,
}

/// What a file that verifies proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The key that signed it. Whose that is, the file cannot tell.
    pub key: LogKey,
    /// Of all its records.
    pub checkpoint: Checkpoint,
    /// What the records do not tell.
    pub gaps: Gaps,
    /// What the endpoints signed of their sessions.
    pub signatures: Signatures,
}

/// Checks an exported file line by line.
#[derive(Debug, Default)]
pub struct ExportVerifier {
    against: Against,
    header: Option<Header>,
    /// Kept checkpoints, read; those that the log has reached and fits are taken out.
    kept: Vec<Checkpoint>,
    records: Verifier,
    watch: Watch,
    /// A record is out of its place: where did it go?
    search: Option<Search>,
    checkpoint: Option<String>,
    fault: Option<Fault>,
}

impl ExportVerifier {
    /// Before the first line.
    #[must_use]
    pub fn new(against: Against) -> Self {
        Self {
            against,
            ..Self::default()
        }
    }

    /// Takes the next line, without its line end.
    ///
    /// # Errors
    /// The first fault found so far. That a record is out of its place is told once all the records have been seen.
    pub fn push(&mut self, line: &str) -> Result<(), Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let taken = self.take(line);
        if let Err(fault) = &taken {
            self.fault = Some(fault.clone());
        }
        taken
    }

    fn take(&mut self, line: &str) -> Result<(), Fault> {
        if self.header.is_none() {
            return self.begin(line);
        }
        if self.checkpoint.is_some() {
            // An editor's, or a mail program's.
            let is_blank = line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
            return Err(if is_blank {
                Fault::ChangedOnTheWay
            } else {
                Fault::NoCheckpoint
            });
        }
        let is_checkpoint = line.starts_with("{\"checkpoint\":");
        if let Some(search) = &mut self.search {
            if is_checkpoint {
                return Err(search.fault());
            }
            search.see(read(line).as_ref());
            return Ok(());
        }
        if is_checkpoint {
            let trailer: Trailer = serde_json::from_str(line).map_err(|_| Fault::NoCheckpoint)?;
            if checkpoint_line(&trailer.checkpoint) != line {
                return Err(Fault::NoCheckpoint);
            }
            self.checkpoint = Some(trailer.checkpoint);
            return Ok(());
        }
        match self.records.push(line) {
            Ok(exported) => {
                self.watch.see(&exported);
                self.hold_against_kept()
            }
            Err(Fault::Missing { seq, found }) => {
                self.search = Some(Search::begin(seq, found, self.records.last())?);
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }

    fn begin(&mut self, line: &str) -> Result<(), Fault> {
        if line.starts_with('\u{feff}') || line.ends_with('\r') {
            return Err(Fault::ChangedOnTheWay);
        }
        // Whoever took the header away left the other lines.
        if !["{\"export\":", "{\"hash\":", "{\"checkpoint\":"]
            .iter()
            .any(|begin| line.starts_with(begin))
        {
            return Err(Fault::NoLog);
        }
        let header: Header = serde_json::from_str(line).map_err(|_| Fault::BadHeader)?;
        if header.export != EXPORT_FORM || header.line() != line {
            return Err(Fault::BadHeader);
        }
        if self.against.key.is_some_and(|key| key != header.key) {
            return Err(Fault::OtherKey);
        }
        if header.origin.is_of_other_key(&header.key) {
            return Err(Fault::ForeignOrigin);
        }
        self.kept = signed_in(&self.against.kept, &header.origin, &header.key)?;
        self.header = Some(header);
        self.hold_against_kept()
    }

    /// The log is as long as some kept checkpoint: is it the same log?
    fn hold_against_kept(&mut self) -> Result<(), Fault> {
        let size = self.records.size();
        let mut due = self.kept.extract_if(.., |kept| kept.size == size).peekable();
        if due.peek().is_none() {
            return Ok(());
        }
        let root = self.records.root();
        match due.find(|kept| kept.root != root) {
            Some(kept) => Err(Fault::Rewritten { kept: kept.size }),
            None => Ok(()),
        }
    }

    /// After the last line.
    ///
    /// # Errors
    /// The first fault.
    pub fn finish(self) -> Result<Proof, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if let Some(search) = self.search {
            return Err(search.fault());
        }
        let header = self.header.ok_or(Fault::NoLog)?;
        let checkpoint = self.checkpoint.ok_or(Fault::NoCheckpoint)?;
        let found = self.records.size();
        let signatures = self.records.signatures();
        let checkpoint = self.records.finish(&checkpoint, &header.origin, &header.key)?;
        match self.kept.iter().map(|kept| kept.size).max() {
            Some(kept) => Err(Fault::CutOff { kept, found }),
            None => Ok(Proof {
                key: header.key,
                checkpoint,
                gaps: self.watch.gaps(),
                signatures,
            }),
        }
    }
}
