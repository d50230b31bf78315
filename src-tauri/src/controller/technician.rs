//! The technician's side outside a session: signing in, the queue, the ticket in hand.
//!
//! Invariant: a technician has at most one ticket in hand, and while there is one it is what is shown.

use std::collections::{BTreeMap, VecDeque};

use renfort_protocol::{
    binding::SignedAsk,
    card::SignedCard,
    error::{Code, WireError},
    ids::{SessionId, TicketId, Token},
    people::{Name, Person},
    reply::CannedReply,
    second_factor::SecondFactorCode,
    signalling::{EndReason, Identity, Password, SessionInfo, ToRelay},
    ticket::{Left, NoteText, QueueEntry, TicketDetail, TicketState},
    time::UnixMillis,
};

use super::{
    Controller, Effect, Notification, Turn, requests::Purpose, technician_session::Viewed, trust::Question,
    wrap_up::WrapUp,
};
use crate::view::GoneTicket;

/// Where the technician stands.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) person: Option<Person>,
    signing_in: bool,
    /// The relay has asked for the code of the second factor.
    second_factor: bool,
    pub(super) queue: BTreeMap<TicketId, QueueEntry>,
    shown: Option<TicketId>,
    /// The ticket that was looked at and left the queue; told until another one is looked at.
    pub(super) gone: Option<GoneTicket>,
    pub(super) detail: Option<Box<TicketDetail>>,
    pub(super) wrapping: Option<WrapUp>,
    pub(super) session: Option<Viewed>,
    /// Canned replies, while they are looked for.
    pub(super) replies: Option<Vec<CannedReply>>,
    /// The ticket that a draft article was made of last.
    pub(super) drafted: Option<TicketId>,
    /// How the last session of the ticket in hand ended.
    pub(super) over: Option<EndReason>,
    /// A session that ended here; the relay does not know yet.
    pub(super) ending: Option<(SessionId, EndReason)>,
    /// This device's.
    pub(super) card: Option<SignedCard>,
    /// The relay keeps our request for one.
    pub(super) card_requested: bool,
    /// The question that was put last and that the relay has not confirmed yet.
    pub(super) question: Option<Question>,
    /// Sessions that this program asked for, newest last: none is entered twice.
    pub(super) put_before: VecDeque<SessionId>,
    /// The time of the last event: whether a card is good depends on it.
    pub(super) now: UnixMillis,
}

impl Desk {
    pub(super) fn signing_in(&self) -> bool {
        self.signing_in
    }

    pub(super) fn needs_second_factor(&self) -> bool {
        self.second_factor
    }

    pub(super) fn has_session(&self) -> bool {
        self.session.is_some()
    }

    pub(super) fn is_in(&self, session: SessionId) -> bool {
        self.session.as_ref().is_some_and(|viewed| viewed.info.id == session)
    }

    pub(super) fn is_ending(&self) -> bool {
        self.ending.is_some()
    }

    /// Nobody sits here any more.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// The ticket in hand.
    pub(super) fn in_hand(&self) -> Option<TicketId> {
        let me = self.person.as_ref()?.id;
        let mine = |entry: &&QueueEntry| {
            entry.state == TicketState::Taken && entry.technician.as_ref().is_some_and(|technician| technician.id == me)
        };
        let by_session = self.session.as_ref().map(|viewed| viewed.info.ticket);
        by_session.or_else(|| self.queue.values().find(mine).map(|entry| entry.id))
    }

    /// There is nothing left to see of it.
    pub(super) fn look_away_from(&mut self, ticket: TicketId) {
        self.shown.take_if(|shown| *shown == ticket);
        self.detail.take_if(|detail| detail.entry.id == ticket);
    }

    /// The ticket that is looked at.
    pub(super) fn looked_at(&self) -> Option<TicketId> {
        self.in_hand().or(self.shown)
    }
}

impl Controller {
    pub(super) fn sign_in(
        &mut self,
        login: Name,
        password: Password,
        second_factor: Option<SecondFactorCode>,
        turn: &mut Turn,
    ) {
        if !self.profile.technician() || self.desk.person.is_some() || self.desk.signing_in {
            return self.out_of_order();
        }
        self.notice = None;
        self.desk.signing_in = true;
        self.desk.second_factor = second_factor.is_some();
        if self.profile.settings.login.as_ref() != Some(&login) {
            self.profile.settings.login = Some(login.clone());
            self.save_settings(turn);
        }
        let identity = Identity::Password {
            login,
            password,
            second_factor,
        };
        self.connect_as(identity, turn);
    }

    /// Neither name and password nor token are kept for another try. Being asked for a second factor is no failure: the
    /// page asks for it, and has the password as long as it is shown.
    pub(super) fn sign_in_failed(&mut self, error: WireError, turn: &mut Turn) {
        self.desk.signing_in = false;
        self.desk.person = None;
        if matches!(error.code, Code::SignInExpired | Code::SignInFailed) {
            self.keep_token(None, turn);
        }
        self.desk.second_factor = matches!(
            error.code,
            Code::SecondFactorNeeded | Code::SecondFactorWrong | Code::SecondFactorLocked
        );
        if error.code != Code::SecondFactorNeeded {
            self.tell(error);
        }
        self.disconnect(turn);
    }

    pub(super) fn sign_out(&mut self, turn: &mut Turn) {
        self.end_session_if_any(turn);
        if self.link.is_online() {
            self.link.requests.send(Purpose::SignOut, ToRelay::SignOut, turn);
        }
        self.desk.forget();
        self.keep_token(None, turn);
        self.disconnect(turn);
    }

    pub(super) fn technician_welcomed(
        &mut self,
        person: Person,
        token: Token,
        queue: Vec<QueueEntry>,
        session: Option<SessionInfo>,
        turn: &mut Turn,
    ) {
        self.desk.signing_in = false;
        self.desk.second_factor = false;
        self.keep_token(Some(token), turn);
        self.identify(turn);
        self.desk.person = Some(person);
        self.desk.queue = queue.into_iter().map(|entry| (entry.id, entry)).collect();
        self.desk_session_on_return(session, turn);
        self.send_wrap_up(turn);
        self.look(turn);
    }

    /// Asks for all about the ticket that is looked at; the relay tells every change of the one in hand by itself.
    fn look(&mut self, turn: &mut Turn) {
        if let Some(ticket) = self.desk.looked_at()
            && self.link.is_online()
        {
            self.link
                .requests
                .send(Purpose::Show, ToRelay::ShowTicket { ticket }, turn);
        }
    }

    pub(super) fn queue_changed(&mut self, entry: QueueEntry, turn: &mut Turn) {
        if !self.desk.queue.contains_key(&entry.id) && entry.state == TicketState::Waiting {
            turn.push(Effect::Notify(Notification::NewTicket(entry.summary.clone())));
        }
        let before = self.desk.in_hand();
        if let Some(detail) = self.desk.detail.as_mut().filter(|detail| detail.entry.id == entry.id) {
            detail.entry = entry.clone();
        }
        self.desk.gone.take_if(|gone| gone.id == entry.id);
        self.desk.queue.insert(entry.id, entry);
        self.hand_changed(before, turn);
    }

    pub(super) fn queue_left(&mut self, ticket: TicketId, why: Left) {
        let mine = self.desk.in_hand() == Some(ticket);
        let entry = self.desk.queue.remove(&ticket);
        if self.desk.in_hand() == Some(ticket) {
            return;
        }
        let looked_at = self.desk.shown.take_if(|shown| *shown == ticket).is_some() && !mine;
        // Who had it in hand knows where it went, unless it was taken from them.
        if (looked_at || (mine && why == Left::Reassigned))
            && let Some(entry) = entry
        {
            self.desk.gone = Some(GoneTicket {
                id: ticket,
                summary: entry.summary,
                why,
            });
        }
    }

    fn hand_changed(&mut self, before: Option<TicketId>, turn: &mut Turn) {
        if self.desk.in_hand() != before {
            self.desk.over = None;
            self.look(turn);
        }
    }

    pub(super) fn detail_came(&mut self, detail: TicketDetail) {
        if self.desk.looked_at() == Some(detail.entry.id) {
            self.desk.detail = Some(Box::new(detail));
        }
    }

    pub(super) fn show_ticket(&mut self, ticket: Option<TicketId>, turn: &mut Turn) {
        self.desk.shown = ticket;
        self.desk.gone = None;
        self.desk.detail.take_if(|detail| Some(detail.entry.id) != ticket);
        if ticket.is_some() && !self.needs_relay() {
            self.look(turn);
        }
    }

    pub(super) fn take_ticket(&mut self, ticket: TicketId, turn: &mut Turn) {
        if self.desk.in_hand().is_some() {
            return self.tell(Code::SessionOpen.into());
        }
        if !self.needs_relay()
            && let Some(ask) = self.question(ticket, turn)
        {
            self.put(ask, false, turn);
        }
    }

    /// Puts a question, for the ticket in hand or to take one.
    pub(super) fn put(&mut self, ask: Box<SignedAsk>, in_hand: bool, turn: &mut Turn) {
        self.desk.shown = Some(ask.ask.ticket);
        self.forget_notice_of(Code::WrongCode);
        let (purpose, body) = if in_hand {
            (Purpose::AskAgain, ToRelay::AskAgain { ask })
        } else {
            (Purpose::Take, ToRelay::TakeTicket { ask })
        };
        self.link.requests.send(purpose, body, turn);
    }

    pub(super) fn add_note(&mut self, text: NoteText, turn: &mut Turn) {
        let Some(ticket) = self.desk.looked_at() else {
            return self.out_of_order();
        };
        if !self.needs_relay() {
            self.link
                .requests
                .send(Purpose::Note, ToRelay::AddNote { ticket, text }, turn);
        }
    }
}
