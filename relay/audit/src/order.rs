//! Where a record went that does not stand in its place in an export.
//!
//! Flow: the verifier finds another number than the next one; a [`Search`] sees the lines behind it, up to the checkpoint,
//! and then says what became of the two.
//!
//! Invariant: only a record that fits its own hash counts as standing somewhere, and as the one that is looked for only if it
//! continues the chain that was verified; any other line is a place and no more. That hash is not signed: what a moved record
//! says is not vouched for.

use crate::{export::ExportedRecord, hash::Digest, record::RECORD_VERSION, verify::Fault};

/// The lines behind the first record that is out of its place.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    /// The number that should stand there.
    seq: u64,
    /// The number that stands there, a later one.
    found: u64,
    /// Hash of the last record that stood in its place, which the one that is looked for names as the one before.
    prev: Digest,
    /// Place of the next line.
    next: u64,
    /// Where the record that should stand there does.
    elsewhere: Option<u64>,
    /// Where the record that stands there does once more.
    again: Option<u64>,
}

impl Search {
    /// For the number that is out of its place. One that has been there already has nothing behind it to look for.
    ///
    /// # Errors
    /// The fault, where it is clear at once.
    pub(crate) fn begin(seq: u64, found: u64, prev: Digest) -> Result<Self, Fault> {
        if found < seq {
            return Err(Fault::Repeated { seq, found, at: found });
        }
        Ok(Self {
            seq,
            found,
            prev,
            next: seq + 1,
            elsewhere: None,
            again: None,
        })
    }

    /// Takes the next line: a record, or one that is none.
    pub(crate) fn see(&mut self, line: Option<&ExportedRecord>) {
        let place = self.next;
        self.next += 1;
        let Some(exported) = line else { return };
        let record = &exported.record;
        if record.v != RECORD_VERSION || record.hash() != exported.hash {
            return;
        }
        if record.seq == self.seq && record.prev == self.prev {
            self.elsewhere.get_or_insert(place);
        } else if record.seq == self.found {
            self.again.get_or_insert(place);
        }
    }

    /// After the last line.
    pub(crate) const fn fault(&self) -> Fault {
        let Self { seq, found, .. } = *self;
        match (self.elsewhere, self.again) {
            (None, _) => Fault::Missing { seq, found },
            (Some(_), Some(at)) => Fault::Repeated { seq, found, at },
            (Some(at), None) if at == found => Fault::Swapped { seq, found },
            (Some(at), None) => Fault::Moved { seq, found, at },
        }
    }
}
