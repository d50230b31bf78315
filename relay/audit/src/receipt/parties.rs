//! Whose session it is: the device that asked for help, and the technician who asked to see its screen.
//!
//! Invariant: what an end of the session says is taken from that end only, whatever other names a log has.

use renfort_protocol::ids::PersonId;

use crate::{
    actor::{Actor, device_hash},
    receipt::{Against, Fault, Included, Proof},
};

/// The two, and where they first stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parties<'a> {
    /// How the ticket was opened.
    pub(super) opened: &'a Included,
    /// The user's device.
    pub(super) user: Actor,
    /// The first record of the session, and who asked in it.
    pub(super) asked: Option<(&'a Included, PersonId)>,
}

impl<'a> Parties<'a> {
    pub(super) fn of(proof: &'a Proof, against: &Against) -> Result<Self, Fault> {
        let first = proof.records.first();
        let opened = first.filter(|first| first.record.code == "ticket.opened");
        let opened = opened.ok_or(Fault::NoTicket)?;
        let Actor::Device(device) = opened.record.actor else {
            return Err(Fault::NoTicket);
        };
        if against.device.is_some_and(|own| device_hash(&own) != device) {
            return Err(Fault::OtherDevice { seq: opened.record.seq });
        }
        let asked = proof.records.iter().find(|one| one.record.session_seq == Some(0));
        let parties = Self {
            opened,
            user: opened.record.actor,
            asked: asked.and_then(|asked| match asked.record.actor {
                Actor::Person(person) => Some((asked, person)),
                _ => None,
            }),
        };
        for included in &proof.records {
            parties.check(included)?;
        }
        Ok(parties)
    }

    fn check(&self, included: &Included) -> Result<(), Fault> {
        let record = &included.record;
        let seq = record.seq;
        match record.actor {
            // Anybody may have been refused something here.
            Actor::Device(_) if record.code == "message.refused" => Ok(()),
            Actor::Device(_) if record.actor != self.user => Err(Fault::OtherDevice { seq }),
            Actor::Person(person) if is_of_an_end(included) => match self.asked {
                Some((_, asked)) if asked == person => Ok(()),
                _ => Err(Fault::OtherTechnician { seq }),
            },
            _ => Ok(()),
        }
    }

    /// Did the user's machine report this?
    pub(super) fn is_users_report(&self, included: &Included) -> bool {
        included.record.actor == self.user && included.number("report").is_some()
    }
}

/// Is it an end of the session that says this?
fn is_of_an_end(included: &Included) -> bool {
    matches!(
        included.record.code.as_str(),
        "session.signed" | "session.head_disputed"
    ) || included.number("report").is_some()
}
