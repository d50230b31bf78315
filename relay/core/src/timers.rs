//! Whatever ends by itself: hellos that do not come, questions without an answer, sessions whose endpoint
//! stays away, or whose technician's card was taken back.
//!
//! Invariant: a timer only proposes; whether its time is really up is judged when its work is planned.

use renfort_audit::{actor::Actor, event::Event};
use renfort_protocol::{
    error::Code,
    ids::{DeviceKey, PersonId, SessionId, TicketId},
    limits::RESUME_MS,
    signalling::EndReason,
    time::UnixMillis,
};

use crate::{
    broker::{Broker, Random},
    commit::{Plan, Work},
    contract::SessionRecord,
};

/// How much longer than the user's own machine the relay waits for the answer to a question, in milliseconds: the
/// machine's own refusal is better told than the relay's.
pub const ANSWER_SLACK_MS: u64 = 5_000;
/// After this long a timer's work that was not carried out is tried again, in milliseconds.
pub const RETRY_MS: u64 = 5_000;

/// Since when the ends of a session have been away from the relay.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Absence {
    pub(crate) user: Option<UnixMillis>,
    pub(crate) technician: Option<UnixMillis>,
}

impl Absence {
    pub(crate) const fn both(now: UnixMillis) -> Self {
        Self {
            user: Some(now),
            technician: Some(now),
        }
    }

    fn lost_at(&self) -> Option<UnixMillis> {
        self.user
            .into_iter()
            .chain(self.technician)
            .min()
            .map(|since| since.plus(RESUME_MS))
    }
}

impl Broker {
    /// When [`Broker::handle`] wants [`crate::Input::Tick`] at the latest.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<UnixMillis> {
        let sessions = self
            .desk
            .open_sessions()
            .filter_map(|session| self.session_due(session))
            .min();
        let returns = self.returning.values().copied().min();
        self.connections
            .next_deadline()
            .into_iter()
            .chain(sessions)
            .chain(returns)
            .chain(self.reach_due())
            .min()
    }

    /// When, and as what, a session ends by itself as things stand.
    fn expiry(&self, session: &SessionRecord) -> Option<(UnixMillis, EndReason)> {
        if session.binding.is_none() {
            // From before there were cards: neither end can trust the other.
            return Some((session.asked_at, EndReason::Failed));
        }
        if self.cards.is_revoked(session) {
            return Some((session.asked_at, EndReason::CardRevoked));
        }
        let lost = self
            .absences
            .get(&session.id)
            .and_then(Absence::lost_at)
            .map(|at| (at, EndReason::Lost));
        let unanswered = session
            .grant
            .is_none()
            .then(|| (session.answer_by.plus(ANSWER_SLACK_MS), EndReason::TimedOut));
        lost.into_iter().chain(unanswered).min_by_key(|(at, _)| *at)
    }

    fn session_due(&self, session: &SessionRecord) -> Option<UnixMillis> {
        let (at, _) = self.expiry(session)?;
        Some(self.ending.get(&session.id).map_or(at, |retry| at.max(*retry)))
    }

    /// Does whatever is due.
    pub(crate) fn tick(&mut self, random: &mut Random<'_>) {
        for conn in self.connections.overdue(self.now) {
            self.close(conn, Code::OutOfOrder.into());
        }
        let now = self.now;
        let due: Vec<SessionId> = self
            .desk
            .open_sessions()
            .filter(|session| self.session_due(session).is_some_and(|at| at <= now))
            .map(|session| session.id)
            .collect();
        for session in due {
            self.ending.insert(session, now.plus(RETRY_MS));
            self.submit(Work::EndIfDue { session }, random);
        }
        let due: Vec<TicketId> = self
            .returning
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(id, _)| *id)
            .collect();
        for ticket in due {
            self.returning.insert(ticket, now.plus(RETRY_MS));
            self.submit(Work::Return { ticket }, random);
        }
        self.tick_reach(random);
    }

    /// Ends a session whose time is up; plans nothing when it is not, or no longer.
    pub(crate) fn end_if_due(&self, id: SessionId) -> Plan {
        let mut plan = Plan::default();
        let Some(session) = self.desk.session(id).filter(|session| session.is_open()) else {
            return plan;
        };
        let Some((_, reason)) = self.expiry(session).filter(|(at, _)| *at <= self.now) else {
            return plan;
        };
        if reason == EndReason::TimedOut {
            let event = Event::ConsentRefused { timed_out: true };
            plan.record(self.now, Actor::Relay, Some(session.ticket), Some(id), event);
        }
        self.end_and_give_back(&mut plan, session, reason, Actor::Relay);
        plan
    }

    fn absences_of(&mut self, is_theirs: impl Fn(&SessionRecord) -> bool, set: impl Fn(&mut Absence)) {
        let theirs: Vec<SessionId> = self
            .desk
            .open_sessions()
            .filter(|session| is_theirs(session))
            .map(|session| session.id)
            .collect();
        for id in theirs {
            set(self.absences.entry(id).or_default());
        }
    }

    pub(crate) fn user_left(&mut self, device: &DeviceKey) {
        let now = self.now;
        self.absences_of(|session| session.device == *device, |absence| absence.user = Some(now));
    }

    pub(crate) fn user_came(&mut self, device: &DeviceKey) {
        self.absences_of(|session| session.device == *device, |absence| absence.user = None);
    }

    pub(crate) fn technician_left(&mut self, person: PersonId) {
        let now = self.now;
        self.absences_of(
            |session| session.technician.id == person,
            |absence| absence.technician = Some(now),
        );
    }

    pub(crate) fn technician_came(&mut self, person: PersonId) {
        self.absences_of(
            |session| session.technician.id == person,
            |absence| absence.technician = None,
        );
    }
}
