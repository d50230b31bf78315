//! Reading the whole log: to verify it, or to export it with its checkpoint.
//!
//! Invariant: a reader covers exactly the records of one signed checkpoint, whatever is appended meanwhile.

use std::sync::Arc;

use renfort_audit::{
    export::{ExportedRecord, Header, checkpoint_line},
    hash::Digest,
    verify::{Fault, Verifier},
};

use crate::{
    reveal::Revealer,
    store::{LoggedRecord, Store, StoreError, StoredCheckpoint},
    writer::LogIdentity,
};

/// Records read at once.
const CHUNK: u32 = 500;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Records in the log.
    pub records: u64,
    /// Merkle root over those that were in order.
    pub root: Digest,
    /// The checkpoint that they were held against.
    pub checkpoint: String,
    /// The first thing that is wrong: the record, where one can be named, and the fault's stable name.
    pub broken: Option<(Option<u64>, String)>,
}

/// Checks every record, its place in the chain, its personal values and the newest checkpoint.
///
/// # Errors
/// When the store cannot be read. A log that is wrong is no error here, but the result.
pub async fn check(store: &dyn Store, identity: &LogIdentity) -> Result<Checked, StoreError> {
    let Some(checkpoint) = store.checkpoint().await? else {
        return Err(StoreError::Damaged("the log has no checkpoint".to_owned()));
    };
    let mut verifier = Verifier::new();
    let mut revealer = Revealer::new(store);
    let mut from = 0;
    let mut broken = None;
    while from < checkpoint.size && broken.is_none() {
        let chunk = chunk_size(from, checkpoint.size);
        match store.records(from, chunk).await {
            Ok(records) => {
                for logged in records {
                    let exported = export_one(&mut revealer, logged).await?;
                    if let Err(fault) = verifier.push_record(&exported) {
                        broken = Some(named(&fault));
                        break;
                    }
                }
            }
            Err(StoreError::Damaged(_)) => {
                let seq = verifier.size();
                broken = Some(named(&Fault::Malformed { seq }));
            }
            Err(error) => return Err(error),
        }
        from += u64::from(chunk);
    }
    if broken.is_none()
        && let Err(fault) = verifier.check(&checkpoint.text, &identity.origin, &identity.key)
    {
        broken = Some(named(&fault));
    }
    Ok(Checked {
        records: checkpoint.size,
        root: verifier.root(),
        checkpoint: checkpoint.text,
        broken,
    })
}

fn named(fault: &Fault) -> (Option<u64>, String) {
    (fault.seq(), fault.name().to_owned())
}

fn chunk_size(from: u64, size: u64) -> u32 {
    u32::try_from(size.saturating_sub(from)).unwrap_or(u32::MAX).min(CHUNK)
}

async fn export_one(revealer: &mut Revealer<'_>, logged: LoggedRecord) -> Result<ExportedRecord, StoreError> {
    let revealed = revealer.reveal(&logged).await?;
    Ok(ExportedRecord {
        hash: logged.hash,
        record: logged.record,
        revealed,
    })
}

/// Reads the log up to a checkpoint, some hundred records at a time.
pub struct LogReader {
    store: Arc<dyn Store>,
    identity: LogIdentity,
    checkpoint: StoredCheckpoint,
    from: u64,
}

impl LogReader {
    /// Up to the newest checkpoint.
    ///
    /// # Errors
    /// When the store cannot be read, or when there is no log yet.
    pub async fn open(store: Arc<dyn Store>, identity: LogIdentity) -> Result<Self, StoreError> {
        let checkpoint = store
            .checkpoint()
            .await?
            .ok_or_else(|| StoreError::Damaged("the log has no checkpoint".to_owned()))?;
        Ok(Self {
            store,
            identity,
            checkpoint,
            from: 0,
        })
    }

    /// Records that it will give.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// The next records; none at the end.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<ExportedRecord>>, StoreError> {
        if self.from >= self.checkpoint.size {
            return Ok(None);
        }
        let chunk = chunk_size(self.from, self.checkpoint.size);
        let mut revealer = Revealer::new(&*self.store);
        let mut exported = Vec::new();
        for logged in self.store.records(self.from, chunk).await? {
            exported.push(export_one(&mut revealer, logged).await?);
        }
        self.from += u64::from(chunk);
        Ok(Some(exported))
    }

    /// The first line of an export that can be verified.
    #[must_use]
    pub fn header_line(&self) -> String {
        Header::new(self.identity.origin.clone(), self.identity.key).line()
    }

    /// Its last line.
    #[must_use]
    pub fn checkpoint_line(&self) -> String {
        checkpoint_line(&self.checkpoint.text)
    }
}
