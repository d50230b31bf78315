//! What the two endpoints signed of a session: is it what its records come to, and do the signatures fit?

use renfort_protocol::{
    head::{Endpoint, SessionHead},
    ids::{DeviceKey, RecordHash, SessionId, Signature},
};
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::{
    actor::{Actor, device_hash},
    fields::Field,
    hash::Digest,
    receipt::{Fault, Included, Proof, Signed},
    record::Record,
};

/// What each endpoint says of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heads {
    pub(super) sharer: Signed,
    pub(super) viewer: Signed,
}

pub(super) fn check(proof: &Proof) -> Result<Heads, Fault> {
    let mut heads = Heads {
        sharer: Signed::Not,
        viewer: Signed::Not,
    };
    for included in &proof.records {
        let signed = match included.record.code.as_str() {
            "session.signed" => check_signature(proof, included)?,
            "session.head_disputed" => Signed::Disputed,
            _ => continue,
        };
        match role(included) {
            Some(Endpoint::Sharer) => heads.sharer = signed,
            Some(Endpoint::Viewer) => heads.viewer = signed,
            None => return Err(wrong(included)),
        }
    }
    Ok(heads)
}

fn wrong(included: &Included) -> Fault {
    Fault::WrongHead {
        seq: included.record.seq,
    }
}

fn role(included: &Included) -> Option<Endpoint> {
    match (included.text("role")?, included.record.actor) {
        ("sharer", Actor::Device(_)) => Some(Endpoint::Sharer),
        ("viewer", Actor::Person(_)) => Some(Endpoint::Viewer),
        _ => None,
    }
}

fn check_signature(proof: &Proof, included: &Included) -> Result<Signed, Fault> {
    let seq = included.record.seq;
    let head = head(proof, included).ok_or_else(|| wrong(included))?;
    let bytes = head.signed_bytes();
    if included.text("head") != Some(Digest::of(&[&bytes]).to_string().as_str()) {
        return Err(wrong(included));
    }
    let signature: Signature = included
        .text("signature")
        .and_then(|text| text.parse().ok())
        .ok_or(Fault::BadSignature { seq })?;
    // Without the key, which was erased, the record still says that there was a signature.
    let Some(shown) = included.revealed.get("key") else {
        return Ok(Signed::Unchecked);
    };
    let key: DeviceKey = shown.value.parse().map_err(|_| Fault::BadSignature { seq })?;
    let own = match included.record.actor {
        Actor::Device(hash) => device_hash(&key) == hash,
        _ => true,
    };
    let fits = UnparsedPublicKey::new(&ED25519, key.0).verify(&bytes, &signature.0);
    if own && fits.is_ok() {
        Ok(Signed::Checked)
    } else {
        Err(Fault::BadSignature { seq })
    }
}

/// The head that the endpoint must have signed, made anew of the records before.
fn head(proof: &Proof, included: &Included) -> Option<SessionHead> {
    let count = included.number("records")?;
    let covered = proof
        .records
        .iter()
        .filter(|one| one.record.session_seq.is_some_and(|number| number < count))
        .filter(|one| one.record.seq < included.record.seq)
        .map(|one| (&one.record, one.hash));
    let head = head_of(covered, proof.session, role(included)?, included.record.actor)?;
    (head.records == count && head.reports == included.number("reports")?).then_some(head)
}

/// The head of a session's records (others are passed over), in their order, for the endpoint that stands in them as
/// `actor`; none when there are none.
#[must_use]
pub fn head_of<'a>(
    records: impl Iterator<Item = (&'a Record, Digest)>,
    session: SessionId,
    role: Endpoint,
    actor: Actor,
) -> Option<SessionHead> {
    let mut head: Option<SessionHead> = None;
    let mut reports = 0;
    for (record, hash) in records.filter(|(record, _)| record.session == Some(session)) {
        if record.actor == actor
            && let Some(Field::Number(number)) = record.fields.get("report")
        {
            reports = reports.max(*number);
        }
        head = Some(SessionHead {
            last: RecordHash(hash.0),
            records: record.session_seq?.saturating_add(1),
            reports,
            role,
            session,
            ticket: record.ticket?,
        });
    }
    head
}

impl Included {
    /// A public text of the record.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.record.fields.get(name)? {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A public number of the record.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        match self.record.fields.get(name)? {
            Field::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A public answer of the record.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.record.fields.get(name)? {
            Field::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// A personal value that is shown with it.
    pub(super) fn shown(&self, name: &str) -> Option<&str> {
        self.revealed.get(name).map(|shown| shown.value.as_str())
    }
}
