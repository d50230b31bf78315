//! Does a proof hold? One check after the other; the first that does not is the fault.

use crate::{
    checkpoint::Checkpoint,
    hash::Digest,
    inclusion,
    kept::signed_in,
    receipt::{Against, Facts, Fault, Included, MAX_RECORDS, Proof, form, heads, parties::Parties},
    record::{RECORD_VERSION, Record},
};

pub(super) fn check(proof: &Proof, against: &Against) -> Result<Facts, Fault> {
    let checkpoint = check_frame(proof, against)?;
    // Looked at before all else: two that were swapped are not to be taken for one that is missing.
    if let Some(pair) = proof
        .records
        .windows(2)
        .find(|pair| pair[0].record.seq >= pair[1].record.seq)
    {
        return Err(Fault::OutOfOrder {
            seq: pair[1].record.seq,
        });
    }
    let mut last: Option<&Included> = None;
    let mut next_of_session = 0;
    // Nodes are numbered in the order of their first use, so that a proof has one spelling only.
    let mut nodes_used = 0;
    let ticket = proof.records.first().and_then(|first| first.record.ticket);
    for included in &proof.records {
        let record = &included.record;
        let seq = record.seq;
        if record.hash() != included.hash {
            return Err(Fault::Altered { seq });
        }
        if record.v != RECORD_VERSION {
            return Err(Fault::Version);
        }
        if record.ticket != ticket || record.session.is_some_and(|of| of != proof.session) {
            return Err(Fault::Foreign { seq });
        }
        if let Some(before) = last
            && seq == before.record.seq.saturating_add(1)
            && record.prev != before.hash
        {
            return Err(Fault::BrokenChain { seq });
        }
        check_session_number(record, &mut next_of_session)?;
        if let Some((name, _)) = included.revealed.iter().find(|(name, shown)| !shown.fits(record, name)) {
            let field = name.clone();
            return Err(Fault::WrongValue { seq, field });
        }
        let path = path(proof, included, &mut nodes_used)?;
        if inclusion::root_by(included.hash, seq, checkpoint.size, &path) != Some(checkpoint.root) {
            return Err(Fault::NotIncluded { seq });
        }
        last = Some(included);
    }
    if nodes_used != proof.nodes.len() {
        return Err(Fault::Malformed);
    }
    let parties = Parties::of(proof, against)?;
    let signatures = heads::check(proof, against)?;
    if let Some(seen) = &against.seen {
        seen.check(proof, &parties)?;
    }
    Facts::of(proof, checkpoint.size, &parties, signatures)
}

/// What surrounds the records: form, keys, organisation, checkpoint.
fn check_frame(proof: &Proof, against: &Against) -> Result<Checkpoint, Fault> {
    form::check(&proof.form)?;
    if proof.records.len() > MAX_RECORDS {
        return Err(Fault::Malformed);
    }
    if against.key.is_some_and(|key| key != proof.key) {
        return Err(Fault::OtherKey);
    }
    if proof.origin.is_of_other_key(&proof.key) {
        return Err(Fault::ForeignOrigin);
    }
    let organisation = &proof.organisation;
    let other = |key| key != organisation.organisation.key;
    if organisation.verify().is_err() || against.organisation.is_some_and(other) {
        return Err(Fault::OtherOrganisation);
    }
    let checkpoint = Checkpoint::verify(&proof.checkpoint, &proof.origin, &proof.key).map_err(Fault::BadCheckpoint)?;
    let kept = signed_in(&against.kept, &proof.origin, &proof.key)?;
    if kept
        .iter()
        .any(|kept| kept.size == checkpoint.size && kept.root != checkpoint.root)
    {
        return Err(Fault::Rewritten);
    }
    Ok(checkpoint)
}

fn check_session_number(record: &Record, next: &mut u64) -> Result<(), Fault> {
    match (record.session, record.session_seq) {
        (None, None) => Ok(()),
        (Some(_), Some(number)) if number == *next => {
            *next += 1;
            Ok(())
        }
        _ => Err(Fault::SessionGap { seq: record.seq }),
    }
}

fn path(proof: &Proof, included: &Included, used: &mut usize) -> Result<Vec<Digest>, Fault> {
    let mut hashes = Vec::with_capacity(included.path.len());
    for place in &included.path {
        let place = usize::try_from(*place).map_err(|_| Fault::Malformed)?;
        let node = proof
            .nodes
            .get(place)
            .filter(|_| place <= *used)
            .ok_or(Fault::Malformed)?;
        *used = (*used).max(place + 1);
        hashes.push(*node);
    }
    Ok(hashes)
}
