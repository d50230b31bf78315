//! Heads and receipts of sessions, made of the log for the broker.
//!
//! Flow: the session's records are read, then the newest checkpoint, which covers them; the subtrees that their inclusion
//! proofs need come from [`Subtrees`], which follows the log, or from the one page of hashes that a record is in.
//!
//! Invariant: a receipt shows the user's own values, the technicians' names and the keys that signed, and no other value.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use renfort_audit::{
    actor::{Actor, device_hash},
    export::ExportedRecord,
    hash::Digest,
    inclusion::{Node, PAGE, Subtrees, page_of, prove, within_page},
    receipt::{Issuer, MAX_PROOF_BYTES, Proof, head_of, tells},
};
use renfort_core::{Answer, Question};
use renfort_protocol::{
    ids::{DeviceKey, SessionId, TicketId},
    organisation::OrganisationFile,
};
use tokio::sync::Mutex;

use crate::{
    reveal::Revealer,
    store::{LoggedRecord, SealedField, Store, StoreError},
    writer::LogIdentity,
};

/// Pages of hashes that are read at once while the subtrees catch up with the log.
const PAGES_AT_ONCE: u64 = 64;

/// Makes them.
#[derive(Debug)]
pub struct Receipts {
    issuer: Issuer,
    subtrees: Mutex<Subtrees>,
}

impl Receipts {
    /// Of this log and organisation.
    #[must_use]
    pub fn new(log: &LogIdentity, organisation: OrganisationFile) -> Self {
        Self {
            issuer: Issuer {
                origin: log.origin.clone(),
                key: log.key,
                organisation,
            },
            subtrees: Mutex::new(Subtrees::new()),
        }
    }

    /// Answers a question about a head or a receipt; none to any other question, or when there is nothing to tell.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn answer(&self, store: &dyn Store, question: &Question) -> Result<Option<Answer>, StoreError> {
        match question {
            Question::Head {
                ticket,
                session,
                role,
                actor,
            } => {
                let records = store.timeline(*ticket, *session).await?;
                let hashed = records.iter().map(|logged| (&logged.record, logged.hash));
                Ok(head_of(hashed, *session, *role, *actor).map(Answer::Head))
            }
            Question::Receipt {
                ticket,
                session,
                device,
            } => self.receipt(store, *ticket, *session, device).await.map(Some),
            Question::Suggest { .. } | Question::Read { .. } | Question::Replies { .. } => Ok(None),
        }
    }

    async fn receipt(
        &self,
        store: &dyn Store,
        ticket: TicketId,
        session: SessionId,
        device: &DeviceKey,
    ) -> Result<Answer, StoreError> {
        let mut told = store.timeline(ticket, session).await?;
        told.retain(|logged| tells(&logged.record, session));
        let checkpoint = store
            .checkpoint()
            .await?
            .ok_or_else(|| StoreError::Damaged("the log has no checkpoint".to_owned()))?;
        if told.len() > renfort_audit::receipt::MAX_RECORDS {
            return Ok(Answer::Receipt(None));
        }
        let seqs: Vec<u64> = told.iter().map(|logged| logged.record.seq).collect();
        let mut proofs = self.proofs(store, &seqs, checkpoint.size).await?.into_iter();
        let own = format!("{}/", Actor::Device(device_hash(device)));
        let mut revealer = Revealer::new(store);
        let mut records = Vec::with_capacity(told.len());
        for mut logged in told {
            let code = logged.record.code.clone();
            logged.personal.retain(|field| is_shown(field, &own, &code));
            let proof = proofs.next().unwrap_or_default();
            records.push((exported(&mut revealer, logged).await?, proof));
        }
        let proof = Proof::pack(self.issuer.clone(), checkpoint.text, session, records);
        let text = proof
            .map(|proof| proof.text())
            .filter(|text| text.len() <= MAX_PROOF_BYTES);
        Ok(Answer::Receipt(text))
    }

    /// The inclusion proofs of these records in the log as it was with `size` records.
    async fn proofs(&self, store: &dyn Store, seqs: &[u64], size: u64) -> Result<Vec<Vec<Digest>>, StoreError> {
        let mut wanted = BTreeSet::new();
        let mut note = |node: Node| -> Result<Digest, Infallible> {
            wanted.insert(node);
            Ok(Digest::ZERO)
        };
        for seq in seqs {
            // What it gives is of no use yet, only what it asks for.
            let Ok(_) = prove(*seq, size, &mut note);
        }
        let found = self.nodes(store, wanted, size).await?;
        let mut get = |node: Node| {
            let missing = || StoreError::Damaged("the log is shorter than its checkpoint".to_owned());
            found.get(&node).copied().ok_or_else(missing)
        };
        let mut proofs = Vec::with_capacity(seqs.len());
        for seq in seqs {
            let proof = prove(*seq, size, &mut get)?;
            proofs.push(proof.ok_or_else(|| StoreError::Damaged("a record is in no checkpoint".to_owned()))?);
        }
        Ok(proofs)
    }

    async fn nodes(
        &self,
        store: &dyn Store,
        wanted: BTreeSet<Node>,
        size: u64,
    ) -> Result<BTreeMap<Node, Digest>, StoreError> {
        let mut found = BTreeMap::new();
        let mut lower: BTreeMap<u64, Vec<Node>> = BTreeMap::new();
        {
            let mut subtrees = self.subtrees.lock().await;
            follow(&mut subtrees, store, size).await?;
            for node in wanted {
                match subtrees.get(node) {
                    Some(hash) => drop(found.insert(node, hash)),
                    None => lower.entry(page_of(node)).or_default().push(node),
                }
            }
        }
        for (page, nodes) in lower {
            let leaves = store.hashes(page * PAGE, PAGE).await?;
            for node in nodes {
                if let Some(hash) = within_page(&leaves, node) {
                    found.insert(node, hash);
                }
            }
        }
        Ok(found)
    }
}

/// Takes what the log has more by now, as far as it fills pages.
async fn follow(subtrees: &mut Subtrees, store: &dyn Store, size: u64) -> Result<(), StoreError> {
    while subtrees.covered() + PAGE <= size {
        let pages = ((size - subtrees.covered()) / PAGE).min(PAGES_AT_ONCE);
        let hashes = store.hashes(subtrees.covered(), pages * PAGE).await?;
        for page in hashes.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
            if !subtrees.push(page) {
                return Err(StoreError::Damaged("the log is shorter than its checkpoint".to_owned()));
            }
        }
        if hashes.is_empty() {
            return Err(StoreError::Damaged("the log is shorter than its checkpoint".to_owned()));
        }
    }
    Ok(())
}

fn is_shown(field: &SealedField, own: &str, code: &str) -> bool {
    field.scope.starts_with(own) || field.name == "technician" || (field.name == "key" && code == "session.signed")
}

async fn exported(revealer: &mut Revealer<'_>, logged: LoggedRecord) -> Result<ExportedRecord, StoreError> {
    Ok(ExportedRecord {
        revealed: revealer.reveal(&logged).await?,
        hash: logged.hash,
        record: logged.record,
    })
}

/// Of some relay.
#[cfg(test)]
pub(crate) fn for_tests() -> std::sync::Arc<Receipts> {
    use renfort_protocol::{organisation::Organisation, people::Name, time::UnixMillis};

    let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
    let organisation = Organisation {
        version: 1,
        name: Name::new("Mairie").unwrap(),
        relays: vec!["wss://relay.example.org".into()],
        key: DeviceKey([0; 32]),
        issued_at: UnixMillis(1),
        policy: None,
    };
    std::sync::Arc::new(Receipts::new(&LogIdentity::of(&pair), organisation.sign(&pair)))
}

#[cfg(test)]
mod tests {
    use renfort_audit::{inclusion::root_by, merkle::Tree};

    use super::*;
    use crate::store::memory::MemoryStore;

    #[tokio::test]
    async fn proofs_are_those_of_the_log_at_every_size_that_it_had() {
        let store = MemoryStore::new();
        let leaf = |seq: u64| Digest::of(&[&seq.to_be_bytes()]);
        let receipts = for_tests();
        let mut tree = Tree::new();
        let mut written = 0;
        for size in [1_u64, 255, 256, 600, 1_100] {
            let mut transaction = store.begin().await.unwrap();
            while written < size {
                transaction.add_record(&logged(written, leaf(written))).await.unwrap();
                tree.push(leaf(written));
                written += 1;
            }
            transaction.commit().await.unwrap();
            let seqs: Vec<u64> = [0, 100, 254, 255, 256, 511, 1_099]
                .into_iter()
                .filter(|seq| *seq < size)
                .collect();
            let proofs = receipts.proofs(&store, &seqs, size).await.unwrap();
            for (seq, proof) in seqs.iter().zip(proofs) {
                assert_eq!(
                    root_by(leaf(*seq), *seq, size, &proof),
                    Some(tree.root()),
                    "{seq} of {size}"
                );
            }
        }
        assert!(
            receipts.proofs(&store, &[2_000], 3_000).await.is_err(),
            "a log that is too short"
        );
    }

    fn logged(seq: u64, hash: Digest) -> LoggedRecord {
        LoggedRecord {
            record: renfort_audit::record::Record {
                actor: Actor::Relay,
                at: renfort_protocol::time::UnixMillis(1),
                code: "x".into(),
                commitments: BTreeMap::new(),
                denied: false,
                fields: BTreeMap::new(),
                prev: Digest::ZERO,
                seq,
                session: None,
                session_seq: None,
                ticket: None,
                v: 1,
            },
            hash,
            personal: Vec::new(),
        }
    }
}
