//! The code that a user reads out to a technician on the telephone, and what the technician's program makes of it.
//!
//! Flow, user: [`Controller::show_code`] opens a ticket where there is none, draws the secret part and shows both; a question
//! that comes with a code is answered by [`Controller::hear_code`]. Technician: [`Controller::take_by_code`].
//!
//! Invariant: a question costs the code a try before anything is said to it, and the first that fits ends the code. The
//! secret leaves this program on the screen and in no other way.

use renfort_protocol::{
    binding::{Ask, Credential},
    code::{self, CodeAnswer, CodeKey, CodeSecret},
    error::{Code, WireError},
    ids::{DeviceKey, Nonce, TicketId},
    limits::{CODE_MS, CODE_TRIES},
    signalling::{ConsentAnswer, EndReason},
    ticket::Summary,
    time::UnixMillis,
};

use super::{Controller, Turn, user::is_open, user_session::Consent};
use crate::view::CodeView;

/// A code on the user's screen.
#[derive(Debug)]
pub(super) struct ShownCode {
    /// Which of those that were drawn.
    number: u32,
    ticket: TicketId,
    state: State,
}

#[derive(Debug)]
enum State {
    Good {
        secret: CodeSecret,
        until: UnixMillis,
        left: u8,
    },
    Expired,
    Spent,
}

impl ShownCode {
    fn view(&self) -> CodeView {
        match &self.state {
            State::Good { secret, until, left } => CodeView::Shown {
                secret: secret.clone(),
                until: *until,
                // While the last try is under way it is not lost yet.
                left: (*left).max(1),
            },
            State::Expired => CodeView::Expired,
            State::Spent => CodeView::Spent,
        }
    }
}

impl Controller {
    // --- At the user's machine -----------------------------------------------------------------------------------------

    /// A code for the ticket there is; else for one that is opened.
    pub(super) fn show_code(&mut self, summary: Summary, turn: &mut Turn) {
        // What is over needs no help; a new call is a new ticket.
        let open = self.user.ticket.as_ref().filter(|ticket| is_open(ticket));
        if self.user.has_session() || self.profile.technician() {
            return self.out_of_order();
        }
        if !self.policy().codes {
            return self.tell(Code::AgainstPolicy.into());
        }
        match open.map(|ticket| ticket.id) {
            Some(ticket) => self.draw_code(ticket, turn),
            None => self.open_for_code(summary, turn),
        }
    }

    pub(super) fn draw_code(&mut self, ticket: TicketId, turn: &mut Turn) {
        self.end_try(turn);
        match turn.draw() {
            Ok(random) => {
                self.user.codes = self.user.codes.wrapping_add(1);
                let state = State::Good {
                    secret: CodeSecret::drawn(&random),
                    until: turn.at.plus(CODE_MS),
                    left: CODE_TRIES,
                };
                let number = self.user.codes;
                self.user.code = Some(ShownCode { number, ticket, state });
            }
            Err(error) => self.tell(error),
        }
    }

    /// It is good no more, for whoever has typed it already, too.
    pub(super) fn hide_code(&mut self, turn: &mut Turn) {
        self.user.code = None;
        self.end_try(turn);
    }

    /// A ticket that is over has no code.
    pub(super) fn end_code_of(&mut self, ticket: TicketId, turn: &mut Turn) {
        if self.user.code.as_ref().is_some_and(|code| code.ticket == ticket) {
            self.hide_code(turn);
        }
    }

    /// The organisation lets nobody in by a code from now on. A session that was allowed before goes on under the policy that it
    /// began with, as with everything else that a policy says.
    pub(super) fn forbid_codes(&mut self, turn: &mut Turn) {
        self.hide_code(turn);
        let refused = |consent: &Consent| matches!(consent.answer, Some(ConsentAnswer::Refuse { .. }));
        let by_code = |consent: &mut Consent| consent.info.ask.ask.credential.card().is_none() && !refused(consent);
        if let Some(consent) = self.user.consent.take_if(by_code) {
            // A yes that is on its way may be a grant by now, of which the relay does not believe that its code is wrong.
            let reason = match consent.answer {
                None => EndReason::WrongCode,
                Some(_) => EndReason::Failed,
            };
            self.end_at_relay(consent.info.id, reason, turn);
            self.tell(Code::AgainstPolicy.into());
        }
    }

    /// Ends a question that came with the code before and that its person has not heard of.
    fn end_try(&mut self, turn: &mut Turn) {
        if let Some(session) = self.take_hailed_by_code() {
            self.end_at_relay(session, EndReason::WrongCode, turn);
        }
    }

    /// Is this code, by which somebody asks, still the one on the screen, and good?
    pub(super) fn is_shown(&self, number: u32) -> bool {
        let shown = self.user.code.as_ref().filter(|code| code.number == number);
        let shown = shown.filter(|_| self.policy().codes);
        shown.is_some_and(|code| matches!(code.state, State::Good { .. }))
    }

    pub(super) fn end_old_code(&mut self, turn: &Turn) {
        if let Some(code) = &mut self.user.code
            && let State::Good { until, .. } = code.state
            && turn.at >= until
        {
            code.state = State::Expired;
        }
    }

    pub(super) fn code_view(&self, ticket: TicketId) -> Option<CodeView> {
        let code = self.user.code.as_ref()?;
        (code.ticket == ticket && self.policy().codes).then(|| code.view())
    }

    /// A question that comes with a code: what this machine says to it, the key that both ends have if it is right, and which
    /// code it was.
    /// None when there is no code to try, or the organisation allows none: a file that forbids them may have come while one was
    /// shown.
    pub(super) fn hear_code(
        &mut self,
        ask: &Ask,
        device: &DeviceKey,
        nonce: &Nonce,
        turn: &mut Turn,
    ) -> Result<Option<(CodeAnswer, CodeKey, u32)>, WireError> {
        self.end_old_code(turn);
        let Credential::Code { element, .. } = &ask.credential else {
            return Ok(None);
        };
        if !self.policy().codes {
            return Ok(None);
        }
        let Some(shown) = self.user.code.as_mut().filter(|code| code.ticket == ask.ticket) else {
            return Ok(None);
        };
        let number = shown.number;
        let State::Good { secret, left, .. } = &mut shown.state else {
            return Ok(None);
        };
        let Some(fewer) = left.checked_sub(1) else {
            return Ok(None);
        };
        let random = turn.draw()?;
        *left = fewer;
        let answer = code::answer(ask.ticket, secret, element, &random);
        Ok(answer.map(|(element, key)| {
            let confirmation = key.confirm_as_user(&ask.hash(), device, nonce);
            (CodeAnswer { element, confirmation }, key, number)
        }))
    }

    /// A question that came with a code is over, and its person did not hear of it.
    pub(super) fn try_is_lost(&mut self) {
        if let Some(code) = &mut self.user.code
            && matches!(code.state, State::Good { left: 0, .. })
        {
            code.state = State::Spent;
        }
    }

    /// Somebody tried a code that is wrong.
    pub(super) fn tell_wrong_code(&mut self) {
        self.try_is_lost();
        let left = match self.user.code.as_ref().map(|code| &code.state) {
            Some(State::Good { left, .. }) => *left,
            Some(State::Spent) => 0,
            // None is shown, so that nobody needs to hear of it.
            Some(State::Expired) | None => return,
        };
        self.tell(WireError::from(Code::WrongCodeTried).with("left", left));
    }

    // --- At the technician's machine -----------------------------------------------------------------------------------

    /// A code was typed. With a good card it only says which ticket, for the card shows more than the code can; unless the
    /// other machine did not believe the card.
    pub(super) fn take_by_code(&mut self, ticket: TicketId, secret: &CodeSecret, turn: &mut Turn) {
        let in_hand = self.desk.in_hand();
        if self.desk.has_session() || in_hand.is_some_and(|held| held != ticket) {
            return self.tell(Code::SessionOpen.into());
        }
        if !self.policy().codes {
            return self.tell(Code::AgainstPolicy.into());
        }
        if self.needs_relay() {
            return;
        }
        let believed = self.desk.over != Some(EndReason::Untrusted);
        let ask = if believed && self.has_good_card(turn.at) {
            self.question(ticket, turn)
        } else {
            self.question_by_code(ticket, secret, turn)
        };
        if let Some(ask) = ask {
            self.put(ask, in_hand.is_some(), turn);
        }
    }
}
