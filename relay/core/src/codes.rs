//! Questions that are put with a code instead of a card.
//!
//! Whether the code is right only the two machines know: the relay passes on what they say to each other of it. What it can
//! do is to keep an account from trying many, and to see to it that a code alone gives nobody a ticket.
//!
//! Invariant: whoever took a ticket with a code can do nothing with it before its user said yes, and when that question ends
//! without a yes, however it ends, the ticket waits again where it waited.

use renfort_audit::{actor::Actor, returned::Returned};
use renfort_protocol::{binding::SignedAsk, error::Code, ids::TicketId, people::Technician, signalling::EndReason};

use crate::{
    broker::Broker,
    commit::{Plan, Refusal},
    contract::SessionRecord,
    sessions::end,
};

/// Questions that one account may put with codes in [`QUESTIONS_WINDOW_MS`]; the next is refused with `too_fast`. Enough for
/// a busy morning on the telephone with typing errors; of a million codes it is next to nothing.
pub const QUESTIONS: usize = 10;
/// Window of [`QUESTIONS`], in milliseconds.
pub const QUESTIONS_WINDOW_MS: u64 = 10 * 60_000;

/// Was it asked for with a code, and not allowed yet?
pub(crate) fn is_by_unproven_code(session: &SessionRecord) -> bool {
    let binding = session.binding.as_ref().filter(|_| session.grant.is_none());
    binding.is_some_and(|binding| binding.ask.ask.credential.card().is_none())
}

impl Broker {
    /// Counts a question that comes with a code, whatever becomes of it.
    pub(crate) fn admit_code(&mut self, technician: &Technician, ask: &SignedAsk) -> Result<(), Refusal> {
        if ask.ask.credential.card().is_some() || self.codes.admits(technician.id, self.now) {
            Ok(())
        } else {
            Err(Code::TooFast.into())
        }
    }

    /// Is the ticket in somebody's hands only because of a code that nobody has said yes to?
    pub(crate) fn is_provisional(&self, ticket: TicketId) -> bool {
        let open = self.desk.open_session_of_ticket(ticket);
        open.is_some_and(|session| session.provisional && session.grant.is_none())
    }

    /// Ends a session. A ticket that was taken with its question alone goes back.
    pub(crate) fn end_and_give_back(&self, plan: &mut Plan, session: &SessionRecord, reason: EndReason, actor: Actor) {
        let held = self.desk.ticket(session.ticket);
        match held.filter(|_| session.provisional && session.grant.is_none()) {
            Some(held) => {
                let why = Returned::Ended(reason);
                self.put_back(plan, &held.record, session.technician.id, why, actor);
            }
            None => end(plan, session, session.clone(), reason, actor, self.now),
        }
    }
}
