//! Questions of the technician that the user has not answered yet.

use std::collections::BTreeMap;

use renfort_protocol::{grant::Capability, limits::CONSENT_ANSWER_MS, time::UnixMillis};

#[derive(Debug, Clone, Copy)]
struct Question {
    /// When the technician asked, on their clock: names the question.
    asked_at: UnixMillis,
    answer_by: UnixMillis,
}

#[derive(Debug, Default)]
pub struct Requests {
    open: BTreeMap<Capability, Question>,
    /// The last refusals: which question, and whether it was by silence. The technician may not have heard.
    refused: BTreeMap<Capability, (UnixMillis, bool)>,
}

impl Requests {
    /// Opens a question. Gives until when it waits; none when it is open already.
    pub fn open(&mut self, capability: Capability, asked_at: UnixMillis, now: UnixMillis) -> Option<UnixMillis> {
        if let Some(question) = self.open.get_mut(&capability) {
            question.asked_at = asked_at;
            return None;
        }
        let answer_by = now.plus(CONSENT_ANSWER_MS);
        self.open.insert(capability, Question { asked_at, answer_by });
        Some(answer_by)
    }

    /// Closes a question. Gives when it was asked, when it was open.
    pub fn close(&mut self, capability: Capability) -> Option<UnixMillis> {
        self.open.remove(&capability).map(|question| question.asked_at)
    }

    /// The question that was asked then was refused.
    pub fn refuse(&mut self, capability: Capability, asked_at: UnixMillis, timed_out: bool) {
        self.refused.insert(capability, (asked_at, timed_out));
    }

    /// The question that was asked then was refused before: by silence?
    pub fn refused(&self, capability: Capability, asked_at: UnixMillis) -> Option<bool> {
        let (refused, timed_out) = self.refused.get(&capability)?;
        (*refused == asked_at).then_some(*timed_out)
    }

    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub fn next(&self) -> Option<UnixMillis> {
        self.open.values().map(|question| question.answer_by).min()
    }

    /// A question whose time is over, and when it was asked; closed by this.
    pub fn take_overdue(&mut self, now: UnixMillis) -> Option<(Capability, UnixMillis)> {
        let overdue = |(_, question): &(&Capability, &Question)| now >= question.answer_by;
        let capability = *self.open.iter().find(overdue)?.0;
        self.close(capability).map(|asked_at| (capability, asked_at))
    }

    /// Closes all.
    pub fn take(&mut self) -> impl Iterator<Item = Capability> + use<> {
        std::mem::take(&mut self.open).into_keys()
    }
}
