//! What is kept from one start to the next: settings, organisation, token.
//!
//! Invariant: once an organisation is pinned, only a file signed by the same key and not older takes its place, or one
//! that the person chose over it by name.

use renfort_protocol::{
    card::SignedRevocations,
    error::{Code, WireError},
    ids::Token,
    organisation::OrganisationFile,
    people::{Name, Stated},
    signalling::Identity,
    ticket::Language,
};

use super::{Controller, Effect, Turn};
use crate::{
    store::{DevicePair, KnownTechnicians, Settings},
    view::Theme,
};

/// What the program found at its start.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What the person chose.
    pub settings: Settings,
    /// Whom the installation belongs to.
    pub organisation: Option<OrganisationFile>,
    /// Technicians who were allowed before.
    pub known: KnownTechnicians,
    /// Cards that the organisation took back.
    pub revocations: Option<SignedRevocations>,
    /// This installation's key.
    pub device: DevicePair,
    /// A technician's.
    pub token: Option<Token>,
    /// Who the system says the person is.
    pub by_the_system: Stated,
    /// The desktop's language.
    pub desktop_language: Language,
}

impl Profile {
    /// Is the technician's side shown?
    pub(super) fn technician(&self) -> bool {
        self.settings.technician
    }

    pub(super) fn language(&self) -> Language {
        self.settings.language.unwrap_or(self.desktop_language)
    }

    pub(super) fn stated(&self) -> Stated {
        let mut stated = self.by_the_system.clone();
        if let Some(name) = &self.settings.name {
            stated.name = name.clone();
        }
        stated
    }
}

impl Controller {
    pub(super) fn import(&mut self, content: &[u8], turn: &mut Turn) {
        let file = match OrganisationFile::read(content) {
            Ok(file) => file,
            Err(error) => return self.tell(WireError::from(Code::BadOrganisation).with("reason", error)),
        };
        if let Some(pinned) = &self.profile.organisation {
            let (old, new) = (&pinned.organisation, &file.organisation);
            if old.key != new.key {
                return self.tell(WireError::from(Code::BadOrganisation).with("reason", "another organisation"));
            }
            if new.issued_at < old.issued_at {
                return self.tell(WireError::from(Code::BadOrganisation).with("reason", "older"));
            }
            if pinned == &file {
                return;
            }
        }
        self.pin(file, turn);
    }

    /// From now on, this program belongs to this organisation.
    pub(super) fn pin(&mut self, file: OrganisationFile, turn: &mut Turn) {
        turn.push(Effect::SaveOrganisation(Box::new(file.clone())));
        // Another organisation's list says nothing of this one's cards.
        self.profile
            .revocations
            .take_if(|list| !list.is_genuine(&file.organisation.key));
        self.profile.organisation = Some(file);
        self.notice.take_if(|notice| notice.error.code == Code::BadOrganisation);
        if !self.policy().codes {
            self.forbid_codes(turn);
        }
        self.connect(turn);
    }

    pub(super) fn set_language(&mut self, language: Language, turn: &mut Turn) {
        self.profile.settings.language = Some(language);
        self.save_settings(turn);
        turn.push(Effect::Relabel(language));
        self.identify(turn);
    }

    pub(super) fn set_theme(&mut self, theme: Theme, turn: &mut Turn) {
        self.profile.settings.theme = theme;
        self.save_settings(turn);
    }

    pub(super) fn set_name(&mut self, name: Name, turn: &mut Turn) {
        if self.profile.settings.name.as_ref() == Some(&name) {
            return;
        }
        self.profile.settings.name = Some(name);
        self.save_settings(turn);
        // The relay learns it with a hello. Nothing is under way on the first page, so a new one costs nothing there.
        if self.profile.technician() || self.user.needs_the_program() {
            self.identify(turn);
        } else {
            self.connect(turn);
        }
    }

    pub(super) fn change_side(&mut self, technician: bool, turn: &mut Turn) {
        if self.profile.technician() == technician {
            return;
        }
        if self.user.has_session() || self.desk.has_session() {
            return self.out_of_order();
        }
        self.profile.settings.technician = technician;
        self.save_settings(turn);
        self.user.forget();
        self.desk.forget();
        turn.push(Effect::Side { technician });
        self.connect(turn);
    }

    pub(super) fn save_settings(&self, turn: &mut Turn) {
        turn.push(Effect::SaveSettings(self.profile.settings.clone()));
    }

    pub(super) fn keep_token(&mut self, token: Option<Token>, turn: &mut Turn) {
        if self.profile.token != token {
            self.profile.token = token;
            turn.push(Effect::SaveToken(token));
        }
    }

    /// As whom this program is known to the relay without a password; none when nobody is signed in.
    pub(super) fn identity(&self) -> Option<Identity> {
        if self.profile.technician() {
            self.profile.token.map(|token| Identity::Token { token })
        } else {
            Some(Identity::User {
                stated: self.profile.stated(),
            })
        }
    }
}
