//! Being done with a ticket, also while the relay is away for a moment.
//!
//! Flow: what the technician says of the ticket is kept until the relay has answered. It goes out at once, or as soon as
//! the relay is back; when that takes longer than [`WAIT_MS`], the technician is told, and has their text still.
//!
//! Invariant: one at a time, and only about the ticket in hand: after a reconnection, a ticket that is no longer in hand
//! was wrapped up by what went out before.

use renfort_protocol::{
    error::{Code, WireError},
    ids::TicketId,
    signalling::ToRelay,
    ticket::{NoteText, Outcome},
    time::UnixMillis,
};

use super::{Controller, Effect, Turn, requests::Purpose};

/// How long it waits for the relay to come back, in milliseconds: a restart or a change of networks.
pub(super) const WAIT_MS: u64 = 20_000;

/// On its way.
#[derive(Debug)]
pub(super) struct WrapUp {
    ticket: TicketId,
    body: ToRelay,
    /// Given up then, if the relay is away.
    until: UnixMillis,
}

impl Controller {
    pub(super) fn wrap_up(
        &mut self,
        outcome: Outcome,
        message: Option<NoteText>,
        note: Option<NoteText>,
        turn: &mut Turn,
    ) {
        let Some(ticket) = self.desk.in_hand().filter(|_| self.desk.wrapping.is_none()) else {
            return self.out_of_order();
        };
        let body = ToRelay::WrapUp {
            ticket,
            outcome,
            message,
            note,
        };
        let until = turn.at.plus(WAIT_MS);
        self.desk.wrapping = Some(WrapUp { ticket, body, until });
        if !self.link.is_online() {
            turn.push(Effect::RetryNow);
        }
        self.send_wrap_up(turn);
    }

    /// Now, or after a reconnection.
    pub(super) fn send_wrap_up(&mut self, turn: &mut Turn) {
        let Some(WrapUp { ticket, body, .. }) = &self.desk.wrapping else {
            return;
        };
        let purpose = Purpose::WrapUp(*ticket);
        if !self.link.is_online() || self.link.requests.any(|other| other == purpose) {
            return;
        }
        if self.desk.in_hand() == Some(*ticket) {
            self.link.requests.send(purpose, body.clone(), turn);
        } else {
            let ticket = *ticket;
            self.wrapped_up(ticket);
        }
    }

    /// The relay has it; the ticket is out of hand, wherever it went.
    pub(super) fn wrapped_up(&mut self, ticket: TicketId) {
        self.desk.wrapping = None;
        if self.desk.session.is_none() && self.desk.in_hand() == Some(ticket) {
            self.desk.queue.remove(&ticket);
        }
        self.desk.look_away_from(ticket);
        self.desk.replies = None;
        self.desk.over = None;
    }

    pub(super) fn wrap_up_refused(&mut self, error: WireError) {
        self.desk.wrapping = None;
        self.tell(error);
    }

    /// Nobody waits for a relay for ever.
    pub(super) fn give_wrap_up_up(&mut self, turn: &Turn) {
        let away = !self.link.is_online();
        let overdue = |wrapping: &mut WrapUp| away && turn.at >= wrapping.until;
        if self.desk.wrapping.take_if(overdue).is_some() {
            self.tell(Code::RelayUnreachable.into());
        }
    }
}
