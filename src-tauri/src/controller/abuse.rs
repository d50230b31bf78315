//! *Report abuse*: stopped here first, then told to the relay until it has it, over restarts of this program too.
//!
//! Flow: the person thinks about it, and meanwhile nobody sees their screen or touches it -> they drop it, the window shows
//! that it is gone, and the screen is seen again; or they report, and the session ends.
//!
//! Invariants: a report is kept in the settings before it is sent, and until the relay answered. A screen that may still
//! show the dialog is shown to nobody.

use renfort_engine::peer::{Pause, SharerCommand};
use renfort_protocol::{
    error::WireError,
    grant::Capability,
    ids::SessionId,
    people::Name,
    signalling::ToRelay,
    ticket::{AbuseText, UserTicket},
    time::UnixMillis,
};

use super::{
    Controller, Effect, Turn,
    requests::{Purpose, is_for_good},
};
use crate::{store::UnsentAbuse, view::ReportView};

/// Reports that wait for the relay; the oldest is given up when there are more.
const UNSENT: usize = 8;
/// From the dialog's end to the first picture, at least, in milliseconds: what a window has painted takes a moment to be on
/// the screen.
const CLEAR_MS: u64 = 300;
/// A window that has not said for so long, in milliseconds, that it shows no dialog any more is stuck.
const STUCK_MS: u64 = 10_000;

/// What the person thinks of reporting.
#[derive(Debug)]
pub(super) struct Considered {
    /// Also when it is over meanwhile: the report is about it and no other.
    session: SessionId,
    technician: Name,
}

/// The dialog is closed, and may still be on the screen.
#[derive(Debug)]
pub(super) struct Closing {
    since: UnixMillis,
    /// The window said that it was painted without it.
    gone: bool,
}

impl Controller {
    pub(super) fn consider_report(&mut self) {
        let last = |ticket: &UserTicket| {
            let receipt = ticket.receipt.as_ref()?;
            Some(Considered {
                session: receipt.session,
                technician: receipt.technician.name.clone(),
            })
        };
        let considered = match &self.user.session {
            Some(shared) => Some(Considered {
                session: shared.info.id,
                technician: shared.info.technician.name.clone(),
            }),
            None => self.user.ticket.as_ref().and_then(last),
        };
        match considered.filter(|considered| !self.abuse_reported(considered.session)) {
            Some(considered) => {
                self.user.closing = None;
                self.user.considered = Some(considered);
            }
            None => self.out_of_order(),
        }
    }

    pub(super) fn report_view(&self) -> Option<ReportView> {
        match &self.user.considered {
            Some(considered) => Some(ReportView::Considered {
                technician: considered.technician.clone(),
                running: self.user.is_in(considered.session),
            }),
            None => self.user.closing.as_ref().map(|_| ReportView::Closed),
        }
    }

    pub(super) fn close_report(&mut self, turn: &Turn) -> Option<Considered> {
        let considered = self.user.considered.take()?;
        self.user.closing = Some(Closing {
            since: turn.at,
            gone: false,
        });
        Some(considered)
    }

    /// The window was painted without the dialog.
    pub(super) fn report_gone(&mut self) {
        if let Some(closing) = &mut self.user.closing {
            closing.gone = true;
        }
    }

    /// Is the dialog off the screen by now? Of a window that does not say so nothing is shown: the technician's view stays
    /// taken back until the person turns it on again by its switch.
    pub(super) fn clear_report(&mut self, turn: &mut Turn) {
        let Some(closing) = &self.user.closing else { return };
        let waited = turn.at.since(closing.since);
        if closing.gone && waited >= CLEAR_MS {
            self.user.closing = None;
        } else if waited >= STUCK_MS {
            tracing::warn!("the window does not say that the dialog is gone: the screen stays hidden");
            self.user.closing = None;
            if let Some(shared) = &self.user.session
                && shared.paused == Pause::Everything
            {
                let hide = SharerCommand::Withdraw(Capability::View);
                turn.push(Effect::ToSharer(shared.info.id, hide));
            }
        }
    }

    pub(super) fn report_abuse(&mut self, sentence: Option<AbuseText>, turn: &mut Turn) {
        let Some(Considered { session, .. }) = self.close_report(turn) else {
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
