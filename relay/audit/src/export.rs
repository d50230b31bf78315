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
    hash::Digest,
    personal::Revealed,
    record::Record,
    verify::{Fault, Verifier},
};

/// Names this form of export.
pub const EXPORT_FORM: &str = "renfort audit v1";

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

/// Checks an exported file line by line.
#[derive(Debug, Default)]
pub struct ExportVerifier {
    header: Option<Header>,
    records: Verifier,
    checkpoint: Option<String>,
    fault: Option<Fault>,
}

impl ExportVerifier {
    /// Before the first line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next line, without its line end.
    ///
    /// # Errors
    /// The first fault found so far.
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
            let header: Header = serde_json::from_str(line).map_err(|_| Fault::BadHeader)?;
            if header.export != EXPORT_FORM || header.line() != line {
                return Err(Fault::BadHeader);
            }
            self.header = Some(header);
            return Ok(());
        }
        if self.checkpoint.is_some() {
            return Err(Fault::NoCheckpoint);
        }
        if line.starts_with("{\"checkpoint\":") {
            let trailer: Trailer = serde_json::from_str(line).map_err(|_| Fault::NoCheckpoint)?;
            if checkpoint_line(&trailer.checkpoint) != line {
                return Err(Fault::NoCheckpoint);
            }
            self.checkpoint = Some(trailer.checkpoint);
            return Ok(());
        }
        self.records.push(line)
    }

    /// After the last line. With `pinned`, the relay's key as known from elsewhere, the log is that relay's; without,
    /// it is only whole in itself, signed by the key that the file names.
    ///
    /// # Errors
    /// The first fault.
    pub fn finish(self, pinned: Option<&LogKey>) -> Result<Checkpoint, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let header = self.header.ok_or(Fault::BadHeader)?;
        if pinned.is_some_and(|key| *key != header.key) {
            return Err(Fault::OtherKey);
        }
        let checkpoint = self.checkpoint.ok_or(Fault::NoCheckpoint)?;
        self.records.finish(&checkpoint, &header.origin, &header.key)
    }
}
