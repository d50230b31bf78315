//! What the two endpoints signed of a session: is it what its records come to, and do the signatures fit?

use renfort_protocol::{
    head::{Endpoint, SessionHead},
    ids::{DeviceKey, RecordHash, SessionId},
};

use crate::{
    actor::Actor,
    fields::Field,
    hash::Digest,
    heads::{self, DISPUTED, SIGNED, Unfit},
    receipt::{Against, Covered, Fault, Included, Proof, Signed},
    record::Record,
};

/// What each endpoint says of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heads {
    pub(super) sharer: Signed,
    pub(super) viewer: Signed,
}

pub(super) fn check(proof: &Proof, against: &Against) -> Result<Heads, Fault> {
    let mut heads = Heads {
        sharer: Signed::Not,
        viewer: Signed::Not,
    };
    for included in &proof.records {
        let signed = match included.record.code.as_str() {
            SIGNED => check_signature(proof, included, against)?,
            DISPUTED => Signed::Disputed,
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

fn check_signature(proof: &Proof, included: &Included, against: &Against) -> Result<Signed, Fault> {
    let seq = included.record.seq;
    let head = head(proof, included).ok_or_else(|| wrong(included))?;
    let known = match head.role {
        Endpoint::Sharer => against.device,
        Endpoint::Viewer => against.seen.as_ref().map(|seen| seen.device),
    };
    let shown = match included.shown("key") {
        Some(text) => Some(text.parse::<DeviceKey>().map_err(|_| Fault::BadSignature { seq })?),
        None => None,
    };
    if let (Some(shown), Some(known), Endpoint::Viewer) = (shown, known, head.role)
        && shown != known
    {
        return Err(Fault::OtherTechnician { seq });
    }
    heads::check_signature(&included.record, &head, shown.or(known).as_ref()).map_err(|unfit| match unfit {
        Unfit::Head => wrong(included),
        Unfit::Signature => Fault::BadSignature { seq },
    })?;
    let covered = covered(proof, included, &head);
    // What somebody knows from elsewhere is not on the page: without the key, which was erased, it only says that there was
    // a signature.
    Ok(match shown {
        Some(_) => Signed::Checked(covered),
        None => Signed::Unchecked(covered),
    })
}

/// How far a signature goes, and what came after it.
fn covered(proof: &Proof, included: &Included, head: &SessionHead) -> Covered {
    let of_session = |one: &&Included| one.record.session_seq.is_some();
    let is_covered = |one: &&Included| one.record.session_seq.is_some_and(|number| number < head.records);
    let is_answer = |one: &&Included| matches!(one.record.code.as_str(), SIGNED | DISPUTED);
    let later = || {
        let rest = proof.records.iter().filter(of_session);
        rest.filter(move |one| !is_covered(one) && !is_answer(one))
    };
    let by_it = |one: &&Included| one.record.actor == included.record.actor && one.number("report").is_some();
    Covered {
        last: proof.records.iter().rfind(is_covered).map_or(0, |one| one.record.seq),
        after: later().count() as u64,
        reports_after: later().filter(by_it).count() as u64,
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
        self.record.text(name)
    }

    /// A public number of the record.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.record.number(name)
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
