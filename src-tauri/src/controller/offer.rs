//! A link to an organisation that came from outside: a web page, a message. Nothing is done with it before the person
//! said yes, knowing who it would be and who it was.
//!
//! Invariant: control pauses while the question is open, so that no remote hand answers it ([`Controller::pause_sharer`]).

use renfort_protocol::{
    error::{Code, WireError},
    organisation::OrganisationFile,
};

use super::{Controller, Effect, Turn, reports::Reports};
use crate::view::OfferView;

impl Controller {
    /// The desktop passed a link on.
    pub(super) fn offered(&mut self, content: &[u8], turn: &mut Turn) {
        let file = match OrganisationFile::read(content) {
            Ok(file) => file,
            Err(error) => return self.tell(WireError::from(Code::BadOrganisation).with("reason", error)),
        };
        let pinned = self.profile.organisation.as_ref();
        if pinned.is_some_and(|pinned| pinned.organisation.key == file.organisation.key) {
            // Signed by whom this program belongs to already: as good as its own file.
            return self.import(content, turn);
        }
        turn.push(Effect::Raise);
        if self.may_change_organisation() {
            self.offer = Some(file);
        } else {
            self.out_of_order();
        }
    }

    /// Yes or no to the link.
    pub(super) fn answer_offer(&mut self, accept: bool, turn: &mut Turn) {
        let Some(file) = self.offer.take() else {
            return self.out_of_order();
        };
        if !accept {
            return;
        }
        if !self.may_change_organisation() {
            return self.out_of_order();
        }
        if self.profile.organisation.is_some() {
            // Nothing of the one is any business of the other.
            self.keep_token(None, turn);
            self.user.forget();
            self.desk.forget();
            self.link.reports = Reports::default();
            self.link.forget_signals();
        }
        self.pin(file, turn);
    }

    /// Nobody is left alone in the middle of something.
    fn may_change_organisation(&self) -> bool {
        self.profile.organisation.is_none() || !(self.user.needs_the_program() || self.desk.has_session())
    }

    pub(super) fn offer_view(&self) -> Option<OfferView> {
        let offered = &self.offer.as_ref()?.organisation;
        let pinned = self.profile.organisation.as_ref();
        Some(OfferView {
            name: offered.name.to_string(),
            relay: offered.relays.first().cloned().unwrap_or_default(),
            replaces: pinned.map(|pinned| pinned.organisation.name.to_string()),
        })
    }
}
