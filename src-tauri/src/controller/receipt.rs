//! The user's receipt: asked of the relay, checked here, saved where the user wants it.
//!
//! Invariant: a receipt that does not hold, or contradicts what this program saw itself, is never saved; nothing is asked of the
//! person that they did not ask for.

use renfort_audit::receipt::{Against, Facts, Fault, Proof, Receipt};
use renfort_protocol::{
    error::{Code, WireError},
    ids::SessionId,
    signalling::ToRelay,
    ticket::{Language, UserTicket},
};

use super::{Controller, Effect, Turn, requests::Purpose};
use crate::view::ReceiptView;

/// Where a receipt stands.
#[derive(Debug, Default)]
pub(super) struct Saving {
    /// Minutes by which the person's clock is before UTC.
    utc_offset: i16,
    stage: Stage,
    /// Which session's was saved, and under which name.
    saved: Option<(SessionId, String)>,
}

/// What is waited for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Nothing,
    /// The answer to this request, with so many reports of this program in it.
    Relay { re: u32, due: usize },
    /// The dialog is open, or the file is being written.
    Person,
}

impl Controller {
    pub(super) fn save_receipt(&mut self, utc_offset: i16, turn: &mut Turn) {
        let Some(session) = self.receipt_session() else {
            return self.out_of_order();
        };
        if self.receipt_is_busy() {
            return;
        }
        if self.needs_relay() {
            return;
        }
        // Without its own last reports it would be found wanting.
        if !self.link.reports.all_recorded(session) {
            return self.tell(Code::NotRecorded.into());
        }
        let body = ToRelay::ShowReceipt { session };
        let re = self.link.requests.send(Purpose::Receipt(session), body, turn);
        let due = self.witness.due(session);
        self.saving.utc_offset = utc_offset;
        self.saving.stage = Stage::Relay { re, due };
    }

    /// The session that a receipt can be had of.
    fn receipt_session(&self) -> Option<SessionId> {
        // The dialog may be another program's window, which a remote hand could use.
        if self.profile.technician() || self.user.has_session() {
            return None;
        }
        Some(self.user.ticket.as_ref()?.receipt.as_ref()?.session)
    }

    fn receipt_is_busy(&self) -> bool {
        let asked = |purpose| matches!(purpose, Purpose::Receipt(_));
        self.saving.stage == Stage::Person || self.link.requests.any(asked)
    }

    pub(super) fn receipt_came(&mut self, re: u32, text: &str, turn: &mut Turn) {
        let (Some(ticket), Some(session)) = (self.user.ticket.clone(), self.receipt_session()) else {
            return;
        };
        let due = match self.saving.stage {
            Stage::Relay { re: asked, due } if asked == re => due,
            _ => return tracing::warn!("a receipt that nobody here asked for is not shown"),
        };
        // One answer a question, whatever becomes of it.
        self.saving.stage = Stage::Nothing;
        if !self.link.requests.is(re, Purpose::Receipt(session)) {
            return;
        }
        match self.checked(text, &ticket, session, due) {
            Ok((proof, facts)) => {
                let language = self.profile.language();
                let utc_offset = self.saving.utc_offset;
                let page = Receipt {
                    language,
                    proof,
                    utc_offset,
                }
                .page(&facts);
                self.saving.stage = Stage::Person;
                let name = file_name(language, &ticket);
                turn.push(Effect::SaveReceipt { name, page });
            }
            Err(fault) => {
                tracing::warn!(%fault, "the relay's receipt does not hold");
                self.tell(WireError::from(Code::BadReceipt).with("fault", fault.name()));
            }
        }
    }

    fn checked(
        &self,
        text: &str,
        ticket: &UserTicket,
        session: SessionId,
        due: usize,
    ) -> Result<(Proof, Facts), Fault> {
        let organisation = self.profile.organisation.as_ref();
        let against = Against {
            organisation: organisation.map(|file| file.organisation.key),
            device: Some(self.profile.device.public()),
            seen: self.witness.of(session, due),
            ..Against::default()
        };
        let proof = Proof::read(text)?;
        let facts = proof.check(&against)?;
        if facts.ticket != ticket.id || proof.session != session {
            return Err(Fault::NoTicket);
        }
        // Another session in the place of one that this run had.
        if against.seen.is_none() && self.witness.knows(ticket.id) {
            let mut records = proof.records.iter().map(|one| &one.record);
            if let Some(yes) = records.find(|record| record.code == "consent.granted") {
                return Err(Fault::NotAsTold { seq: yes.seq });
            }
        }
        Ok((proof, facts))
    }

    /// The dialog was answered: saved under this name, not at all, or in vain.
    pub(super) fn receipt_saved(&mut self, result: Result<Option<String>, WireError>) {
        self.saving.stage = Stage::Nothing;
        match result {
            Ok(Some(name)) => self.saving.saved = self.receipt_session().map(|session| (session, name)),
            Ok(None) => {}
            Err(error) => self.tell(error),
        }
    }

    /// The connection broke while a receipt was waited for.
    pub(super) fn receipt_lost(&mut self) {
        if self.link.requests.any(|purpose| matches!(purpose, Purpose::Receipt(_))) {
            self.tell(Code::RelayUnreachable.into());
        }
    }

    pub(super) fn receipt_view(&self) -> ReceiptView {
        let Some(session) = self.receipt_session() else {
            return ReceiptView::None;
        };
        match &self.saving.saved {
            _ if self.receipt_is_busy() => ReceiptView::Busy,
            Some((of, file)) if *of == session => ReceiptView::Saved { file: file.clone() },
            _ => ReceiptView::Ready,
        }
    }
}

fn file_name(language: Language, ticket: &UserTicket) -> String {
    match language {
        Language::En => format!("remote-help-receipt-{}.html", ticket.id),
        Language::Fr => format!("recu-assistance-{}.html", ticket.id),
    }
}
