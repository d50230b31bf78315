//! The user's side outside a session: the ticket, from *Get help* to "solved?".
//!
//! Invariant: a request for help is sent under one number until it is answered, however often the connection breaks, so
//! it opens one ticket.

use std::collections::VecDeque;

use renfort_engine::peer::Pause;
use renfort_protocol::{
    ids::{RequestId, SessionId, TicketId},
    signalling::{ConsentAnswer, EndReason, SessionInfo, ToRelay},
    ticket::{Impact, Summary, TicketState, Urgency, UserTicket},
};

use super::{
    Controller, Turn,
    abuse::{Closing, Considered},
    code::ShownCode,
    help::Help,
    requests::Purpose,
    trust::Hailed,
    user_session::{Consent, Shared},
};
use crate::view::UserPage;

/// Where the user stands.
#[derive(Debug, Default)]
pub(super) struct User {
    pub(super) ticket: Option<UserTicket>,
    pub(super) opening: Option<Opening>,
    pub(super) help: Help,
    pub(super) consent: Option<Consent>,
    pub(super) session: Option<Shared>,
    /// A session that ended here; the relay does not know yet.
    pub(super) ending: Option<(SessionId, EndReason)>,
    /// A report of abuse that the person thinks about.
    pub(super) considered: Option<Considered>,
    /// One that they are done with, and that may still be on the screen.
    pub(super) closing: Option<Closing>,
    /// Somebody asks, and the person does not hear of it yet.
    pub(super) hailed: Option<Hailed>,
    /// The code on the screen.
    pub(super) code: Option<ShownCode>,
    /// Codes that were drawn so far.
    pub(super) codes: u32,
    /// Sessions that were asked for, newest last.
    pub(super) asked_before: VecDeque<SessionId>,
}

/// A request for help on its way.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    request: RequestId,
    summary: Summary,
    impact: Impact,
    urgency: Urgency,
    /// Not the person's own request: a technician on the telephone wants a code.
    for_code: bool,
    /// Its ticket is known: the relay may tell of it more than once.
    opened: bool,
}

/// Is there something to tell of a ticket that is closed? Of one that was withdrawn only when somebody was let in before.
fn is_told(ticket: &UserTicket) -> bool {
    ticket.state != TicketState::Cancelled || ticket.receipt.is_some()
}

/// Does it wait, or does somebody have it?
pub(super) fn is_open(ticket: &UserTicket) -> bool {
    matches!(ticket.state, TicketState::Waiting | TicketState::Taken)
}

impl User {
    /// Would ending the program let someone down?
    pub(super) fn needs_the_program(&self) -> bool {
        self.opening.is_some()
            || self.consent.is_some()
            || self.session.is_some()
            || self.ticket.as_ref().is_some_and(is_open)
    }

    pub(super) fn has_session(&self) -> bool {
        self.session.is_some() || self.consent.is_some()
    }

    pub(super) fn is_in(&self, session: SessionId) -> bool {
        self.session.as_ref().is_some_and(|shared| shared.info.id == session)
    }

    /// The running session whose sharer must be told that something else rests from now on.
    pub(super) fn pause(&mut self, pause: Pause) -> Option<SessionId> {
        let shared = self.session.as_mut()?;
        (std::mem::replace(&mut shared.paused, pause) != pause).then_some(shared.info.id)
    }

    pub(super) fn is_ending(&self) -> bool {
        self.ending.is_some()
    }

    /// Another side is shown; the relay keeps the ticket.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    fn waiting_ticket(&self) -> Option<TicketId> {
        self.ticket
            .as_ref()
            .filter(|ticket| ticket.state == TicketState::Waiting)
            .map(|ticket| ticket.id)
    }
}

impl Controller {
    pub(super) fn user_welcomed(&mut self, ticket: Option<UserTicket>, session: Option<SessionInfo>, turn: &mut Turn) {
        self.user.ticket = ticket;
        if let Some(opening) = self.user.opening.clone() {
            self.send_opening(opening, turn);
        }
        self.session_on_return(session, turn);
        self.send_abuse(turn);
    }

    pub(super) fn ticket_changed(&mut self, ticket: UserTicket, turn: &mut Turn) {
        if self.profile.settings.left == Some(ticket.id) && ticket.state == TicketState::Waiting {
            // It came back: what was put away is of interest again.
            self.profile.settings.left = None;
            self.save_settings(turn);
        }
        let (id, is_open) = (ticket.id, is_open(&ticket));
        self.user.ticket = Some(ticket);
        if !is_open {
            self.end_code_of(id, turn);
        }
        // Only the first word of the ticket that this program asked for: a relay that repeats it, or tells of others, opens
        // nothing in the person's name and gives a code no more tries.
        let Some(opening) = self.user.opening.as_mut().filter(|opening| !opening.opened) else {
            return;
        };
        opening.opened = true;
        if opening.for_code {
            self.draw_code(id, turn);
        } else if self.profile.settings.asked_for != Some(id) {
            self.profile.settings.asked_for = Some(id);
            self.save_settings(turn);
        }
    }

    pub(super) fn request_help(&mut self, summary: Summary, impact: Impact, urgency: Urgency, turn: &mut Turn) {
        self.open_ticket(summary, impact, urgency, false, turn);
    }

    /// Opens a ticket on which nobody is waited for yet but whoever is on the telephone. Its person was not asked how bad it is.
    pub(super) fn open_for_code(&mut self, summary: Summary, turn: &mut Turn) {
        self.open_ticket(summary, Impact::NotStated, Urgency::NotStated, true, turn);
    }

    fn open_ticket(&mut self, summary: Summary, impact: Impact, urgency: Urgency, for_code: bool, turn: &mut Turn) {
        if self.user.needs_the_program() {
            return self.out_of_order();
        }
        if self.needs_relay() {
            return;
        }
        let opening = Opening {
            request: turn.fresh,
            summary,
            impact,
            urgency,
            for_code,
            opened: false,
        };
        self.user.opening = Some(opening.clone());
        self.user.help = Help::default();
        if self.link.hello_is_old() {
            // A ticket has the name and the language of the hello. With the next one the request goes out.
            self.connect(turn);
        } else {
            self.send_opening(opening, turn);
        }
    }

    fn send_opening(&mut self, opening: Opening, turn: &mut Turn) {
        let Opening {
            request,
            summary,
            impact,
            urgency,
            ..
        } = opening;
        let body = ToRelay::OpenTicket {
            request,
            summary,
            impact,
            urgency,
        };
        self.link.requests.send(Purpose::Open, body, turn);
    }

    /// The relay answered, one way or the other.
    pub(super) fn help_requested(&mut self) {
        self.user.opening = None;
    }

    pub(super) fn cancel_ticket(&mut self, turn: &mut Turn) {
        let Some(ticket) = self.user.waiting_ticket() else {
            return self.out_of_order();
        };
        if !self.needs_relay() {
            self.link
                .requests
                .send(Purpose::Cancel, ToRelay::CancelTicket { ticket }, turn);
        }
    }

    pub(super) fn feedback(&mut self, solved: bool, turn: &mut Turn) {
        let Some(ticket) = self.user.ticket.as_ref().map(|ticket| ticket.id) else {
            return self.out_of_order();
        };
        if !self.needs_relay() {
            self.link
                .requests
                .send(Purpose::Feedback, ToRelay::Feedback { ticket, solved }, turn);
        }
    }

    pub(super) fn leave(&mut self, turn: &mut Turn) {
        let Some(ticket) = &self.user.ticket else { return };
        if self.user.needs_the_program() {
            return self.out_of_order();
        }
        self.profile.settings.left = Some(ticket.id);
        self.save_settings(turn);
    }

    pub(super) fn user_page(&self) -> UserPage {
        let user = &self.user;
        let home = || UserPage::Home {
            busy: user.opening.is_some(),
            help: user.help.view(),
        };
        let Some(ticket) = user.ticket.clone() else {
            return home();
        };
        if let Some(shared) = &user.session {
            return shared.page(ticket);
        }
        if let Some(consent) = &user.consent
            && !matches!(consent.answer, Some(ConsentAnswer::Refuse { .. }))
        {
            return consent.page(ticket, &self.policy());
        }
        let last = ticket.receipt.as_ref().map(|receipt| receipt.session);
        let abuse_reported = last.is_some_and(|session| self.abuse_reported(session));
        match ticket.state {
            TicketState::Waiting | TicketState::Taken => UserPage::Waiting {
                code: self.code_view(ticket.id),
                ticket,
                abuse_reported,
                receipt: self.receipt_view(),
            },
            TicketState::Solved | TicketState::NotSolved | TicketState::Cancelled
                if is_told(&ticket) && self.profile.settings.left != Some(ticket.id) =>
            {
                UserPage::Finished {
                    ticket,
                    abuse_reported,
                    busy: self.link.requests.any(|purpose| purpose == Purpose::Feedback),
                    receipt: self.receipt_view(),
                }
            }
            TicketState::Solved | TicketState::NotSolved | TicketState::Cancelled => home(),
        }
    }
}
