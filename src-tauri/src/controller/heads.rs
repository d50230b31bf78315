//! Signing the heads of sessions that ended here.
//!
//! Flow: a session that began in this program is remembered; when its sharer or viewer has told its last and all of that is
//! recorded, the relay is asked for the head; when it is what this program knows itself it is signed, else disputed.
//!
//! Invariant: nothing is signed that this program cannot hold against its own count: a session of an earlier run is not.

use std::collections::VecDeque;

use renfort_protocol::{
    error::Code,
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
}

impl Heads {
    /// A session begins in this program.
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
        });
    }

    /// It has told its last.
    pub(super) fn ended(&mut self, session: SessionId) {
        if let Some(one) = self.waiting.iter_mut().find(|one| one.session == session) {
            one.ended = true;
        }
    }

    fn is_done(&mut self, session: SessionId) {
        self.waiting.retain(|one| one.session != session);
    }
}

impl Controller {
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
        let mut due = self.heads.waiting.iter().filter(|one| one.ended).filter(told);
        if let Some(session) = due.find(|one| reports.all_recorded(one.session)).map(|one| one.session) {
            self.heads.retry_at = None;
            self.link
                .requests
                .send(Purpose::Head(session), ToRelay::ShowHead { session }, turn);
        }
    }

    pub(super) fn head_came(&mut self, head: SessionHead, turn: &mut Turn) {
        let Some(one) = self.heads.waiting.iter().find(|one| one.session == head.session) else {
            return tracing::warn!("a head that nobody here asked for is not signed");
        };
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
            self.heads.is_done(session);
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
            self.heads.is_done(session);
        }
    }
}
