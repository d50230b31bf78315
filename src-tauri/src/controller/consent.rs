//! What the user can choose when a technician wants in, and during the session.
//!
//! Invariant: whatever is chosen, no more comes of it than was asked and than the organisation's policy leaves.

use renfort_engine::peer::SharerCommand;
use renfort_protocol::{
    error::{Code, WireError},
    grant::{Capabilities, Capability},
    people::Technician,
    policy::Policy,
    signalling::SessionInfo,
    time::UnixMillis,
};

use super::{Controller, Effect, Turn};
use crate::view::{ConsentChoices, ConsentWarning};

/// What can be chosen.
pub(super) fn choices(asked: &Capabilities, policy: &Policy) -> ConsentChoices {
    let of_choice = |one: &&Capability| **one != Capability::View && policy.allows(**one);
    ConsentChoices {
        capabilities: asked.iter().filter(of_choice).copied().collect(),
        forbidden: policy.forbidden(),
        time_boxes_ms: policy.time_boxes(),
        time_box_ms: policy.usual_time_box(),
    }
}

/// What a yes comes to: seeing, and of what was chosen what can be chosen.
pub(super) fn chosen(asked: &Capabilities, policy: &Policy, chosen: &Capabilities) -> Capabilities {
    let mut capabilities = choices(asked, policy).capabilities;
    capabilities.retain(|one| chosen.contains(one));
    capabilities.insert(Capability::View);
    capabilities
}

/// *Allow* came before it works.
pub(super) fn too_early(from: UnixMillis, now: UnixMillis) -> WireError {
    WireError::from(Code::TooEarly).with("seconds", from.since(now).div_ceil(1_000))
}

impl Controller {
    /// The pinned organisation's rules.
    pub(super) fn policy(&self) -> Policy {
        let organisation = self.profile.organisation.as_ref();
        organisation
            .and_then(|file| file.organisation.policy.clone())
            .unwrap_or_default()
    }

    /// What the person should think of before they let whoever asks in.
    pub(super) fn warnings(&self, info: &SessionInfo) -> Vec<ConsentWarning> {
        if info.ask.ask.credential.card().is_none() {
            // It says more than the others, and they would be as true.
            return vec![ConsentWarning::NotVerified];
        }
        let organisation = self.profile.organisation.as_ref().map(|file| &file.organisation.key);
        let known = organisation.is_some_and(|key| self.profile.known.knows(key, &info.technician));
        let asked_for = self.profile.settings.asked_for == Some(info.ticket);
        let warning = |there: bool, warning| there.then_some(warning);
        [
            warning(!asked_for, ConsentWarning::NotAskedFor),
            warning(!known, ConsentWarning::FirstTime),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The person let this technician in.
    pub(super) fn learn_technician(&mut self, technician: &Technician, turn: &mut Turn) {
        if let Some(file) = &self.profile.organisation {
            self.profile.known.learn(&file.organisation.key, technician);
            turn.push(Effect::SaveKnown(self.profile.known.clone()));
        }
    }

    /// Yes or no to more.
    pub(super) fn answer_request(&mut self, capability: Capability, allow: bool, clipboard: bool, turn: &mut Turn) {
        let answer = SharerCommand::Answer {
            capability,
            allow,
            clipboard,
        };
        self.tell_sharer(answer, turn);
    }

    /// The user's switch, on.
    pub(super) fn allow(&mut self, capability: Capability, turn: &mut Turn) {
        let forbidden = |shared: &super::user_session::Shared| !shared.policy.allows(capability);
        if self.user.session.as_ref().is_some_and(forbidden) {
            return self.tell(Code::AgainstPolicy.into());
        }
        self.tell_sharer(SharerCommand::Allow(capability), turn);
    }
}
