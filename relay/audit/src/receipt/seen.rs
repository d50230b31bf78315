//! What the user's machine knows itself of a session: with whom it was, what was allowed, and what it reported. A relay that
//! tells another story in its receipt is found out by it.

use renfort_protocol::{
    ids::{CardSerial, DeviceKey},
    people::Technician,
};

use crate::{
    event::Event,
    fields::Fields,
    hash::Digest,
    receipt::{Fault, Included, Proof, facts::taken, parties::Parties},
};

/// Separates this hash from every other.
const TOLD_CONTEXT: &[u8] = b"renfort told v1\0";

/// What the user's machine remembers of one session.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Who asked, as their card or their question says.
    pub technician: Technician,
    /// The device that they asked with.
    pub device: DeviceKey,
    /// Its card; none when they came with a code.
    pub card: Option<CardSerial>,
    /// [`told`] of what was allowed.
    pub granted: Digest,
    /// [`told`] of this machine's reports, in their order from number 1.
    pub reports: Vec<Digest>,
    /// So many of them must be there; later ones may have been on their way.
    pub due: usize,
}

/// What a record must say of something that this machine told the relay, as one hash: SHA-256 over code and public fields.
#[must_use]
pub fn told(event: &Event) -> Digest {
    digest(event.code(), event.denied(), &event.fields())
}

fn digest(code: &str, denied: bool, fields: &Fields) -> Digest {
    let canonical = serde_json::to_vec(&(code, denied, fields)).expect("fields are plain JSON");
    Digest::of(&[TOLD_CONTEXT, &canonical])
}

impl Seen {
    pub(super) fn check(&self, proof: &Proof, parties: &Parties<'_>) -> Result<(), Fault> {
        self.check_technician(proof, parties)?;
        self.check_grant(proof)?;
        self.check_reports(proof, parties)
    }

    fn check_technician(&self, proof: &Proof, parties: &Parties<'_>) -> Result<(), Fault> {
        let other = |included: &Included| Fault::OtherTechnician {
            seq: included.record.seq,
        };
        let (asked, person) = parties.asked.ok_or_else(|| other(parties.opened))?;
        let shown = match self.card {
            Some(card) => asked.text("card") == Some(card.to_string().as_str()),
            None => asked.text("by") == Some("code"),
        };
        if asked.record.code != "consent.asked" || person != self.technician.id || !shown {
            return Err(other(asked));
        }
        let taken = taken(proof).ok_or_else(|| other(asked))?;
        let named = taken.shown("technician");
        let fits = named.is_none_or(|name| name == self.technician.name.as_str())
            && taken.number("level") == Some(u8::from(self.technician.level).into());
        if fits { Ok(()) } else { Err(other(taken)) }
    }

    fn check_grant(&self, proof: &Proof) -> Result<(), Fault> {
        let mut said_yes = false;
        for included in proof.records.iter().filter(|one| one.record.code == "consent.granted") {
            self.is(included, Some(&self.granted))?;
            said_yes = true;
        }
        if said_yes { Ok(()) } else { Err(Fault::NoYes) }
    }

    fn check_reports(&self, proof: &Proof, parties: &Parties<'_>) -> Result<(), Fault> {
        let mut expected = self.reports.iter();
        let mut found = 0;
        for included in proof.records.iter().filter(|one| parties.is_users_report(one)) {
            if included.number("report") > Some(found + 1) {
                return Err(Fault::ReportMissing { number: found + 1 });
            }
            self.is(included, expected.next())?;
            found += 1;
        }
        if found < self.due as u64 {
            return Err(Fault::ReportMissing { number: found + 1 });
        }
        Ok(())
    }

    fn is(&self, included: &Included, expected: Option<&Digest>) -> Result<(), Fault> {
        let record = &included.record;
        if expected == Some(&digest(&record.code, record.denied, &record.fields)) {
            Ok(())
        } else {
            Err(Fault::NotAsTold { seq: record.seq })
        }
    }
}
