//! *Report abuse*: stopped here first, then told to the relay until it has it, over restarts of this program too.
//!
//! Invariant: a report is kept in the settings before it is sent, and until the relay answered.

use renfort_protocol::{error::WireError, ids::SessionId, signalling::ToRelay, ticket::AbuseText, ticket::UserTicket};

use super::{
    Controller, Turn,
    requests::{Purpose, is_for_good},
};
use crate::store::UnsentAbuse;

/// Reports that wait for the relay; the oldest is given up when there are more.
const UNSENT: usize = 8;

impl Controller {
    pub(super) fn report_abuse(&mut self, sentence: Option<AbuseText>, turn: &mut Turn) {
        let last = |ticket: &UserTicket| ticket.receipt.as_ref().map(|receipt| receipt.session);
        let session = match &self.user.session {
            Some(shared) => Some(shared.info.id),
            None => self.user.ticket.as_ref().and_then(last),
        };
        let Some(session) = session.filter(|session| !self.abuse_reported(*session)) else {
            return self.out_of_order();
        };
        if self.user.is_in(session) {
            self.stop(turn);
        }
        let unsent = &mut self.profile.settings.unsent_abuse;
        if unsent.len() == UNSENT {
            unsent.remove(0);
        }
        unsent.push(UnsentAbuse {
            session,
            at: turn.at,
            sentence,
        });
        self.save_settings(turn);
        self.send_abuse(turn);
    }

    /// Was it reported, as far as this program knows?
    pub(super) fn abuse_reported(&self, session: SessionId) -> bool {
        let told = |ticket: &UserTicket| {
            ticket.abuse_reported
                && ticket
                    .receipt
                    .as_ref()
                    .is_some_and(|receipt| receipt.session == session)
        };
        let mut unsent = self.profile.settings.unsent_abuse.iter();
        self.user.ticket.as_ref().is_some_and(told) || unsent.any(|report| report.session == session)
    }

    /// What the relay does not have yet.
    pub(super) fn send_abuse(&mut self, turn: &mut Turn) {
        if self.profile.technician() || !self.link.is_online() {
            return;
        }
        for UnsentAbuse { session, at, sentence } in self.profile.settings.unsent_abuse.clone() {
            let purpose = Purpose::Abuse(session);
            if !self.link.requests.any(|other| other == purpose) {
                let body = ToRelay::ReportAbuse { session, at, sentence };
                self.link.requests.send(purpose, body, turn);
            }
        }
    }

    /// It is written.
    pub(super) fn abuse_recorded(&mut self, session: SessionId, turn: &mut Turn) {
        self.profile
            .settings
            .unsent_abuse
            .retain(|report| report.session != session);
        self.save_settings(turn);
    }

    pub(super) fn abuse_refused(&mut self, session: SessionId, error: WireError, turn: &mut Turn) {
        if is_for_good(error.code) {
            self.abuse_recorded(session, turn);
            self.tell(error);
        } else {
            self.link.reports.retry_after(turn.at);
        }
    }
}
