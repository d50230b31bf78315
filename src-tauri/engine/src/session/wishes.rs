//! What the technician wished of the user's machine and has no answer to yet, so that a wish outlives the connection
//! it was made over.
//!
//! Flow: a wish is noted, said, and said again over every later connection until the sharer's word settles it.
//!
//! Invariant: at most one wish a capability, and that the newest; a wish that was settled is never said again.

use std::collections::BTreeMap;

use renfort_protocol::{
    grant::{Capabilities, Capability},
    session::FromViewer,
    time::UnixMillis,
};

/// What is wished of one capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// To have it; asked at this time.
    Have(UnixMillis),
    GiveBack,
}

#[derive(Debug, Default)]
pub struct Wishes(BTreeMap<Capability, Wish>);

impl Wishes {
    /// Wishes to have it. Asking again while no answer came is the same question.
    pub fn have(&mut self, capability: Capability, now: UnixMillis) -> FromViewer {
        let asked_at = match self.0.get(&capability) {
            Some(Wish::Have(asked_at)) => *asked_at,
            _ => now,
        };
        self.note(capability, Wish::Have(asked_at))
    }

    /// Wishes to give it back.
    pub fn give_back(&mut self, capability: Capability) -> FromViewer {
        self.note(capability, Wish::GiveBack)
    }

    /// The sharer told what is allowed.
    pub fn granted(&mut self, capabilities: &Capabilities) {
        self.0.retain(|capability, wish| match wish {
            Wish::Have(_) => !capabilities.contains(capability),
            Wish::GiveBack => capabilities.contains(capability),
        });
    }

    /// The sharer said no.
    pub fn refused(&mut self, capability: Capability) {
        if matches!(self.0.get(&capability), Some(Wish::Have(_))) {
            self.0.remove(&capability);
        }
    }

    /// The sharer took it. Whoever asked for it after giving it up still waits for an answer.
    pub fn withdrawn(&mut self, capability: Capability) {
        if self.0.get(&capability) == Some(&Wish::GiveBack) {
            self.0.remove(&capability);
        }
    }

    /// Everything that is still wished, to be said over a new connection.
    pub fn messages(&self) -> Vec<FromViewer> {
        self.0
            .iter()
            .map(|(capability, wish)| message(*capability, *wish))
            .collect()
    }

    fn note(&mut self, capability: Capability, wish: Wish) -> FromViewer {
        self.0.insert(capability, wish);
        message(capability, wish)
    }
}

const fn message(capability: Capability, wish: Wish) -> FromViewer {
    match wish {
        Wish::Have(asked_at) => FromViewer::Request { capability, asked_at },
        Wish::GiveBack => FromViewer::GiveBack { capability },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTROL: Capability = Capability::Control;
    const AT: UnixMillis = UnixMillis(7);

    #[test]
    fn the_newest_wish_counts_until_it_is_settled() {
        let mut wishes = Wishes::default();
        let asked = wishes.have(CONTROL, AT);
        assert_eq!(wishes.have(CONTROL, AT.plus(900)), asked, "the same question");
        wishes.withdrawn(CONTROL);
        wishes.granted(&[Capability::View].into());
        assert_eq!(wishes.messages(), [asked]);
        let back = wishes.give_back(CONTROL);
        wishes.refused(CONTROL);
        wishes.granted(&[CONTROL].into());
        assert_eq!(wishes.messages(), [back]);
        wishes.withdrawn(CONTROL);
        assert!(wishes.messages().is_empty());
    }

    #[test]
    fn a_grant_settles_what_it_names_and_a_refusal_what_it_refuses() {
        let mut wishes = Wishes::default();
        wishes.have(CONTROL, AT);
        wishes.have(Capability::Clipboard, AT);
        wishes.granted(&[CONTROL].into());
        assert_eq!(wishes.messages().len(), 1);
        wishes.refused(Capability::Clipboard);
        assert!(wishes.messages().is_empty());
    }
}
