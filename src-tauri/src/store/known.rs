//! The technicians whom the person let see their screen before.

use std::collections::VecDeque;

use renfort_protocol::{
    ids::{DeviceKey, PersonId},
    people::{Name, Technician},
};
use serde::{Deserialize, Serialize};

/// Technicians that are kept; the one who was allowed longest ago is forgotten first, and is new again.
pub const KNOWN_TECHNICIANS: usize = 200;

/// Who they are, of one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KnownTechnicians {
    organisation: Option<DeviceKey>,
    people: VecDeque<Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    id: PersonId,
    name: Name,
}

impl KnownTechnicians {
    /// Was this technician of this organisation allowed before? Another name is another person.
    #[must_use]
    pub fn knows(&self, organisation: &DeviceKey, technician: &Technician) -> bool {
        self.organisation.as_ref() == Some(organisation)
            && self
                .people
                .iter()
                .any(|known| known.id == technician.id && known.name == technician.name)
    }

    /// From now on they are known.
    pub fn learn(&mut self, organisation: &DeviceKey, technician: &Technician) {
        if self.organisation.as_ref() != Some(organisation) {
            self.organisation = Some(*organisation);
            self.people.clear();
        }
        self.people.retain(|known| known.id != technician.id);
        self.people.push_back(Known {
            id: technician.id,
            name: technician.name.clone(),
        });
        while self.people.len() > KNOWN_TECHNICIANS {
            self.people.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use renfort_protocol::people::Level;

    use super::*;

    fn technician(id: u64, name: &str) -> Technician {
        Technician {
            id: PersonId(id),
            name: Name::new(name).unwrap(),
            level: Level::One,
        }
    }

    #[test]
    fn a_technician_is_known_by_number_name_and_organisation() {
        let (ours, theirs) = (DeviceKey([1; 32]), DeviceKey([2; 32]));
        let mut known = KnownTechnicians::default();
        let alex = technician(3, "Alex");
        assert!(!known.knows(&ours, &alex));
        known.learn(&ours, &alex);
        assert!(known.knows(&ours, &alex));
        assert!(!known.knows(&theirs, &alex) && !known.knows(&ours, &technician(3, "Alix")));
        assert!(!known.knows(&ours, &technician(4, "Alex")));
        known.learn(&theirs, &technician(3, "Alix"));
        assert!(!known.knows(&ours, &alex));
    }

    #[test]
    fn only_the_newest_are_kept() {
        let ours = DeviceKey([1; 32]);
        let mut known = KnownTechnicians::default();
        for id in 0..=KNOWN_TECHNICIANS as u64 {
            known.learn(&ours, &technician(id, "Alex"));
        }
        assert!(!known.knows(&ours, &technician(0, "Alex")) && known.knows(&ours, &technician(1, "Alex")));
        known.learn(&ours, &technician(1, "Alex"));
        known.learn(&ours, &technician(1_000, "Alex"));
        assert!(known.knows(&ours, &technician(1, "Alex")) && !known.knows(&ours, &technician(2, "Alex")));
    }
}
