//! What was asked of the relay and is not answered yet.
//!
//! Invariant: an answer is matched to its request by number once; when the connection ends, nothing is under way.

use std::collections::{BTreeMap, BTreeSet};

use renfort_protocol::{
    error::{Code, WireError},
    ids::{ArticleId, SessionId, TicketId},
    signalling::{Request, ToRelay},
};

use super::{Controller, Effect, Turn};
use crate::relay_link::FIRST_REQUEST;

/// What an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Open,
    Cancel,
    Feedback,
    Consent(SessionId),
    Show,
    Take,
    AskAgain,
    Note,
    WrapUp(TicketId),
    End(SessionId),
    Abuse(SessionId),
    Report(SessionId, u64),
    Head(SessionId),
    Receipt(SessionId),
    Suggest,
    Read(ArticleId),
    Deflected,
    Replies,
    Draft(TicketId),
    RequestCard,
    SignOut,
}

/// Requests under way.
#[derive(Debug, Default)]
pub(super) struct Requests {
    sent: u32,
    waiting: BTreeMap<u32, Purpose>,
}

impl Requests {
    /// Sends and remembers what for. Gives the number by which the answer refers to it.
    pub(super) fn send(&mut self, purpose: Purpose, body: ToRelay, turn: &mut Turn) -> u32 {
        let id = self.next_id();
        self.waiting.insert(id, purpose);
        turn.push(Effect::Send(Request { id, body }));
        id
    }

    /// Is the request of this number under way, and for this?
    pub(super) fn is(&self, id: u32, purpose: Purpose) -> bool {
        self.waiting.get(&id) == Some(&purpose)
    }

    /// Sends what nobody waits for.
    pub(super) fn send_untracked(&mut self, body: ToRelay, turn: &mut Turn) {
        let id = self.next_id();
        turn.push(Effect::Send(Request { id, body }));
    }

    /// Is such a request under way?
    pub(super) fn any(&self, matches: impl Fn(Purpose) -> bool) -> bool {
        self.waiting.values().any(|purpose| matches(*purpose))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The connection is another one.
    pub(super) fn forget(&mut self) {
        self.waiting.clear();
    }

    /// Reports up to this number are answered.
    pub(super) fn recorded(&mut self, session: SessionId, number: u64) {
        self.waiting
            .retain(|_, purpose| !matches!(purpose, Purpose::Report(of, n) if *of == session && *n <= number));
    }

    /// Reports under way.
    pub(super) fn reports(&self) -> BTreeSet<(SessionId, u64)> {
        let report = |purpose: &Purpose| match *purpose {
            Purpose::Report(session, number) => Some((session, number)),
            _ => None,
        };
        self.waiting.values().filter_map(report).collect()
    }

    fn take(&mut self, id: u32) -> Option<Purpose> {
        self.waiting.remove(&id)
    }

    fn next_id(&mut self) -> u32 {
        // Four thousand million clicks are not made in one run.
        self.sent = self.sent.wrapping_add(1);
        FIRST_REQUEST.wrapping_add(self.sent)
    }
}

impl Controller {
    pub(super) fn done(&mut self, re: u32, turn: &mut Turn) {
        match self.link.requests.take(re) {
            Some(Purpose::Open) => self.help_requested(),
            Some(Purpose::WrapUp(ticket)) => self.wrapped_up(ticket),
            Some(Purpose::End(session)) => self.end_told(session),
            Some(Purpose::Abuse(session)) => self.abuse_recorded(session, turn),
            Some(Purpose::Suggest) => self.suggested(turn),
            Some(Purpose::Head(session)) => self.head_done(session),
            Some(Purpose::Draft(ticket)) => self.drafted(ticket),
            Some(Purpose::RequestCard) => self.desk.card_requested = true,
            // Done means written, and reports are written in order.
            Some(Purpose::Report(session, number)) => {
                self.link.reports.recorded(session, number);
                self.send_reports(turn);
            }
            _ => {}
        }
        self.exit_when_told(turn);
    }

    pub(super) fn refused(&mut self, re: u32, error: WireError, turn: &mut Turn) {
        match self.link.requests.take(re) {
            Some(Purpose::Open) => {
                self.help_requested();
                self.tell(error);
            }
            Some(Purpose::Consent(session)) => {
                if self.consent_refused(session, error.code) {
                    self.tell(error);
                }
            }
            // The session is over already, which was the wish.
            Some(Purpose::End(session)) => self.end_told(session),
            Some(Purpose::Abuse(session)) => self.abuse_refused(session, error, turn),
            Some(Purpose::Report(session, _)) if is_for_good(error.code) => self.link.reports.forget(session),
            // Sent again by and by.
            Some(Purpose::Report(..)) => self.link.reports.retry_after(turn.at),
            Some(Purpose::Head(session)) => self.head_refused(session, error.code, turn),
            Some(Purpose::Suggest) => self.suggested(turn),
            Some(Purpose::Read(article)) => self.article_refused(article, error),
            // Nobody waits for either.
            Some(Purpose::SignOut | Purpose::Deflected) => {}
            Some(Purpose::WrapUp(_)) => self.wrap_up_refused(error),
            Some(_) => self.tell(error),
            None => tracing::debug!(code = ?error.code, "a signal was refused"),
        }
        self.exit_when_told(turn);
    }
}

/// Would the relay say the same to the same report again? Out of order only means that an earlier one, sent with it, did
/// not get through.
pub(super) fn is_for_good(code: Code) -> bool {
    !matches!(
        code,
        Code::NotRecorded | Code::Busy | Code::ShuttingDown | Code::TooFast | Code::OutOfOrder
    )
}
