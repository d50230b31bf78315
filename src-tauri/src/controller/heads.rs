//! Signing the heads of sessions that ended here.
//!
//! Flow: a session that this program began is remembered; when its sharer or viewer has told its last and all of that is
//! recorded, the relay is asked for the head; when it is what this program knows itself it is signed, else disputed.
//!
//! Invariant: nothing is signed that this program did not ask for after its own end, or cannot hold against its own count: a
//! session that an earlier run began is not.

use std::collections::VecDeque;

use renfort_protocol::{
    error::Code,
    grant::Grant,
    head::{Endpoint, SessionHead},
    ids::{SessionId, TicketId},
    signalling::{SessionInfo, ToRelay},
    time::UnixMillis,
};

use super::{Controller, Effect, Turn, link::LinkState, requests::Purpose};

/// Sessions whose heads may wait; the oldest is given up when there are more.
const SESSIONS: usize = 4;
/// Pause before a relay that could not answer is asked again, in milliseconds.
const RETRY_MS: u64 = 5_000;

/// Sessions whose heads are not signed yet.
#[derive(Debug, Default)]
pub(super) struct Heads {
    waiting: VecDeque<Waiting>,
    retry_at: Option<UnixMillis>,
}

#[derive(Debug)]
struct Waiting {
    session: SessionId,
    ticket: TicketId,
    role: Endpoint,
    ended: bool,
    /// The request whose answer is the head; answered once.
    asked: Option<u32>,
}

impl Heads {
    /// This program begins a session: its question, or its person's yes.
    pub(super) fn begun(&mut self, info: &SessionInfo, role: Endpoint) {
        if self.waiting.iter().any(|one| one.session == info.id) {
            return;
        }
        if self.waiting.len() == SESSIONS {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting {
            session: info.id,
            ticket: info.ask.ask.ticket,
            role,
            ended: false,
            asked: None,
        });
    }

    /// Did this program begin it, and is its head not signed yet?
    pub(super) fn began(&self, session: SessionId) -> bool {
        self.waiting.iter().any(|one| one.session == session)
    }

    /// It has told its last.
    pub(super) fn ended(&mut self, session: SessionId) {
        if let Some(one) = self.waiting.iter_mut().find(|one| one.session == session) {
            one.ended = true;
        }
    }

    /// Its head is answered, or is not this program's to sign.
    pub(super) fn forget(&mut self, session: SessionId) {
        self.waiting.retain(|one| one.session != session);
    }
}

impl Controller {
    /// The person's yes begins a session: from now on this program counts, and remembers, what it reports of it.
    pub(super) fn begin_as_sharer(&mut self, info: &SessionInfo, grant: &Grant) {
        self.link.reports.begin(info.id);
        self.heads.begun(info, Endpoint::Sharer);
        self.witness.begun(info, grant);
    }

    /// Asks for the next head that is due.
    pub(super) fn ask_for_heads(&mut self, turn: &mut Turn) {
        let early = self.heads.retry_at.is_some_and(|at| turn.at < at);
        let busy = |purpose| matches!(purpose, Purpose::Head(_));
        let exits = turn.effects.iter().any(|effect| matches!(effect, Effect::Exit));
        if early || exits || !self.link.is_online() || self.link.requests.any(busy) {
            return;
        }
        let LinkState { reports, requests, .. } = &self.link;
        // The relay must have heard of the end, and hold everything that was reported.
        let told = |one: &&Waiting| !requests.any(|purpose| purpose == Purpose::End(one.session));
        let due = |one: &&mut Waiting| one.ended && told(&&**one) && reports.all_recorded(one.session);
        if let Some(one) = self.heads.waiting.iter_mut().find(due) {
            self.heads.retry_at = None;
            let session = one.session;
            let body = ToRelay::ShowHead { session };
            one.asked = Some(self.link.requests.send(Purpose::Head(session), body, turn));
        }
    }

    pub(super) fn head_came(&mut self, re: u32, head: SessionHead, turn: &mut Turn) {
        let under_way = self.link.requests.is(re, Purpose::Head(head.session));
        let asked = |one: &&mut Waiting| one.session == head.session && one.asked == Some(re);
        let Some(one) = self.heads.waiting.iter_mut().find(asked).filter(|_| under_way) else {
            return tracing::warn!("a head that nobody here asked for is not signed");
        };
        one.asked = None;
        let reports = self.link.reports.made(one.session);
        if head.holds(one.session, one.ticket, one.role, reports) {
            let signature = self.profile.device.sign_head(&head);
            let body = ToRelay::SignHead { head, signature };
            self.link.requests.send(Purpose::Head(one.session), body, turn);
        } else {
            tracing::warn!("the head of a session is not what this program knows of it");
            let session = one.session;
            let body = ToRelay::DisputeHead { session, reports };
            self.link.requests.send(Purpose::Head(session), body, turn);
        }
    }

    /// A request about a head was carried out. The answer to the first asks for another; after that, it is done.
    pub(super) fn head_done(&mut self, session: SessionId) {
        if !self.link.requests.any(|purpose| purpose == Purpose::Head(session)) {
            self.heads.forget(session);
        }
    }

    pub(super) fn head_refused(&mut self, session: SessionId, code: Code, turn: &Turn) {
        // A relay that does not know yet that the session is over says that this is out of order.
        let later = matches!(
            code,
            Code::OutOfOrder | Code::Busy | Code::TooFast | Code::NotRecorded | Code::ShuttingDown
        );
        if later {
            self.heads.retry_at = Some(turn.at.plus(RETRY_MS));
        } else {
            tracing::warn!(?code, "the head of a session is not signed");
            self.heads.forget(session);
        }
    }
}
