//! Questions of the technician that the user has not answered yet.

use std::collections::BTreeMap;

use renfort_protocol::{grant::Capability, limits::CONSENT_ANSWER_MS, time::UnixMillis};

#[derive(Debug, Default)]
pub struct Requests(BTreeMap<Capability, UnixMillis>);

impl Requests {
    /// Opens a question. Gives until when it waits; none when it is open already.
    pub fn open(&mut self, capability: Capability, now: UnixMillis) -> Option<UnixMillis> {
        let answer_by = now.plus(CONSENT_ANSWER_MS);
        (!self.0.contains_key(&capability)).then(|| {
            self.0.insert(capability, answer_by);
            answer_by
        })
    }

    /// Closes a question. False when none was open.
    pub fn close(&mut self, capability: Capability) -> bool {
        self.0.remove(&capability).is_some()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn next(&self) -> Option<UnixMillis> {
        self.0.values().min().copied()
    }

    /// A question whose time is over, closed by this.
    pub fn take_overdue(&mut self, now: UnixMillis) -> Option<Capability> {
        let overdue = self
            .0
            .iter()
            .find(|(_, by)| now >= **by)
            .map(|(capability, _)| *capability)?;
        self.0.remove(&overdue);
        Some(overdue)
    }

    /// Closes all.
    pub fn take(&mut self) -> impl Iterator<Item = Capability> + use<> {
        std::mem::take(&mut self.0).into_keys()
    }
}
