//! Who is who: the technician's card, the question that it comes with, the two words, and what is done when something is
//! not as it was sent.
//!
//! Flow at the user's machine: asked -> [`Controller::hail`] checks card and signature and says "ready" -> the technician's
//! nonce is revealed -> the person is asked. At the technician's: [`Controller::question`] -> asked -> ready ->
//! [`Controller::ready_came`] reveals -> granted.
//!
//! Invariant: nobody is asked, and nothing is shared or shown, on the word of the relay alone.

use renfort_protocol::{
    binding::{Ask, AskFault, Ready, SignedAsk, SignedReady, Tampered, Transcript},
    card::{self, CardFault, CardRequest, Revocations, SignedCard, SignedRevocations},
    error::{Code, WireError},
    grant::{Capabilities, Capability},
    ids::{Nonce, SessionId, TicketId},
    organisation::Organisation,
    people::Role,
    report::ReportedEvent,
    signalling::{EndReason, SessionInfo, ToRelay},
    time::UnixMillis,
    words::Words,
};

use super::{Controller, Effect, Turn, requests::Purpose};
use crate::view::CardView;

/// A card that has no longer to live is shown as expiring, in milliseconds.
const EXPIRING_MS: u64 = 14 * 24 * 60 * 60_000;
/// Sessions whose questions this program remembers, so that none is put twice; the oldest is forgotten first.
const REMEMBERED: usize = 256;

/// A question that was checked; its person hears of it when the technician's nonce is there.
#[derive(Debug)]
pub(super) struct Hailed {
    pub(super) info: SessionInfo,
    ready: SignedReady,
}

/// A question that this technician's program put.
#[derive(Debug)]
pub(super) struct Question {
    ask: SignedAsk,
    nonce: Nonce,
}

/// What a technician's program knows of the other end.
#[derive(Debug, Default)]
pub(super) struct OtherEnd {
    /// None in a program that began after the question was put.
    nonce: Option<Nonce>,
    ready: Option<SignedReady>,
    pub(super) transcript: Option<Transcript>,
}

impl OtherEnd {
    pub(super) fn words(&self) -> Option<Words> {
        self.transcript.as_ref().map(Transcript::words)
    }
}

fn fault_name(fault: CardFault) -> String {
    let value = serde_json::to_value(fault).ok();
    value
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn card_needed(fault: CardFault) -> WireError {
    WireError::from(Code::CardNeeded).with("fault", fault_name(fault))
}

impl Controller {
    fn organisation(&self) -> Option<&Organisation> {
        self.profile.organisation.as_ref().map(|file| &file.organisation)
    }

    fn revocations(&self) -> Option<&Revocations> {
        self.profile.revocations.as_ref().map(|list| &list.revocations)
    }

    /// A newer list of cards that are taken back; an older one, or another's, changes nothing.
    pub(super) fn revocations_came(&mut self, list: SignedRevocations, turn: &mut Turn) {
        let genuine = self.organisation().is_some_and(|ours| list.is_genuine(&ours.key));
        let newer = self
            .revocations()
            .is_none_or(|known| list.revocations.number > known.number);
        if !genuine {
            tracing::warn!("a list of revoked cards is not this organisation's");
        } else if newer {
            turn.push(Effect::SaveRevocations(Box::new(list.clone())));
            self.profile.revocations = Some(list);
            self.end_session_of_revoked(turn);
        }
    }

    // --- At the user's machine -----------------------------------------------------------------------------------------

    /// Checks who asks, and says that this machine listens. The person is not asked yet.
    pub(super) fn hail(&mut self, mut info: SessionInfo, turn: &mut Turn) {
        if let Err(fault) = self.check_ask(&info, turn.at) {
            return self.refuse_ask(info.id, fault, turn);
        }
        let Some(nonce) = turn.nonce else {
            return self.tell(WireError::from(Code::Internal).with("detail", "no randomness"));
        };
        if self.user.asked_before.len() == REMEMBERED {
            self.user.asked_before.pop_front();
        }
        self.user.asked_before.push_back(info.id);
        let ask = &info.ask.ask;
        let ready = Ready {
            session: info.id,
            ask: ask.hash(),
            device: self.profile.device.public(),
            user: self.profile.stated(),
            nonce,
        };
        // What the person sees is what the organisation signed, whatever the relay says.
        info.technician = ask.card.card.technician();
        info.asked = ask.capabilities.clone();
        let ready = ready.sign(self.profile.device.pair());
        self.user.hailed = Some(Hailed { info, ready });
        self.say_ready(turn);
    }

    /// Said again after a reconnection.
    pub(super) fn say_ready(&mut self, turn: &mut Turn) {
        if let Some(Hailed { ready, .. }) = &self.user.hailed
            && self.link.is_online()
        {
            let ready = ready.clone();
            self.link.requests.send_untracked(ToRelay::Ready { ready }, turn);
        }
    }

    fn check_ask(&self, info: &SessionInfo, now: UnixMillis) -> Result<(), AskFault> {
        let organisation = self.organisation().ok_or(CardFault::Foreign)?;
        let of_my_ticket = self.user.ticket.as_ref().is_some_and(|mine| mine.id == info.ticket);
        if !of_my_ticket || !info.ask.ask.capabilities.contains(&Capability::View) {
            return Err(AskFault::Tampered(Tampered::Ask));
        }
        if self.user.asked_before.contains(&info.id) {
            return Err(AskFault::Tampered(Tampered::Replayed));
        }
        info.ask
            .verify(info.id, info.ticket, &organisation.key, self.revocations(), now)
    }

    /// Somebody who cannot show who they are does not ring. The person hears that it was tried, and so does the log.
    fn refuse_ask(&mut self, session: SessionId, fault: AskFault, turn: &mut Turn) {
        let error = match fault {
            AskFault::Card(card) => WireError::from(Tampered::Card).with("fault", fault_name(card)),
            AskFault::Tampered(what) => what.into(),
        };
        self.distrust_at_user(session, fault.tampered(), error, turn);
    }

    /// The technician's nonce: both words are known, the person can be asked.
    pub(super) fn revealed(&mut self, session: SessionId, nonce: &Nonce, turn: &mut Turn) {
        let Some(hailed) = self.user.hailed.take_if(|hailed| hailed.info.id == session) else {
            return;
        };
        match Transcript::new(&hailed.info.ask.ask, &hailed.ready, nonce) {
            Ok(transcript) => self.put_question(hailed.info, transcript, turn),
            Err(what) => self.distrust_at_user(session, what, what.into(), turn),
        }
    }

    /// Something was not as it was sent: it is refused, told and recorded.
    pub(super) fn distrust_at_user(&mut self, session: SessionId, what: Tampered, error: WireError, turn: &mut Turn) {
        tracing::warn!(%what, "a session is refused");
        self.report(session, turn.at, ReportedEvent::Tampered { what }, turn);
        self.end_at_relay(session, EndReason::Untrusted, turn);
        self.tell(error);
    }

    // --- At the technician's machine -----------------------------------------------------------------------------------

    /// This device's card, or why there is no good one.
    fn good_card(&self, now: UnixMillis) -> Result<&SignedCard, CardFault> {
        let card = self.desk.card.as_ref().ok_or(CardFault::Missing)?;
        let organisation = self.organisation().ok_or(CardFault::Foreign)?;
        card.verify(&organisation.key, self.revocations(), now)?;
        let mine = self.desk.person.as_ref().map(|person| person.id) == Some(card.card.person)
            && card.card.device == self.profile.device.public();
        mine.then_some(card).ok_or(CardFault::Stolen)
    }

    pub(super) fn card_view(&self) -> CardView {
        match self.good_card(self.desk.now) {
            Ok(card) if card.card.expires_at.since(self.desk.now) < EXPIRING_MS => CardView::Expiring {
                until: card.card.expires_at,
            },
            Ok(card) => CardView::Good {
                until: card.card.expires_at,
            },
            Err(fault) => CardView::Needed {
                fault,
                fingerprint: self.profile.device.public().fingerprint(),
                requested: self.desk.card_requested,
            },
        }
    }

    pub(super) fn card_came(&mut self, card: SignedCard) {
        self.desk.card = Some(card);
        self.notice.take_if(|notice| notice.error.code == Code::CardNeeded);
    }

    /// Once after each sign-in without a good card, and whenever the person wants it.
    pub(super) fn request_card(&mut self, turn: &mut Turn) {
        let Some(person) = &self.desk.person else {
            return self.out_of_order();
        };
        let Role::Technician { level } = person.role else {
            return;
        };
        let request = CardRequest {
            version: card::VERSION,
            person: person.id,
            name: person.name.clone(),
            level,
            device: self.profile.device.public(),
            requested_at: turn.at,
        };
        if self.needs_relay() {
            return;
        }
        let request = Box::new(request.sign(self.profile.device.pair()));
        self.link
            .requests
            .send(Purpose::RequestCard, ToRelay::RequestCard { request }, turn);
    }

    pub(super) fn request_card_when_needed(&mut self, turn: &mut Turn) {
        self.desk.now = turn.at;
        if self.good_card(turn.at).is_err() {
            self.request_card(turn);
        }
    }

    /// A question to the user of a ticket, signed by this device. None when the person was told why not.
    pub(super) fn question(&mut self, ticket: TicketId, turn: &Turn) -> Option<Box<SignedAsk>> {
        let card = match self.good_card(turn.at) {
            Ok(card) => card.clone(),
            Err(fault) => {
                self.tell(card_needed(fault));
                return None;
            }
        };
        let Some(nonce) = turn.nonce else {
            self.tell(WireError::from(Code::Internal).with("detail", "no randomness"));
            return None;
        };
        let ask = Ask {
            version: renfort_protocol::VERSION,
            session: SessionId(turn.fresh.0),
            ticket,
            // The user chooses among these; control and clipboard are off unless they switch them on.
            capabilities: Capabilities::from([Capability::View, Capability::Control, Capability::Clipboard]),
            asked_at: turn.at,
            commitment: Ask::commitment(&nonce),
            card,
        };
        let ask = ask.sign(self.profile.device.pair());
        self.desk.question = Some(Question {
            ask: ask.clone(),
            nonce,
        });
        Some(Box::new(ask))
    }

    /// What is known of the other end when the relay says that the user is asked.
    ///
    /// # Errors
    /// When this device put no such question.
    pub(super) fn other_end(&mut self, info: &SessionInfo) -> Result<OtherEnd, Tampered> {
        if let Some(question) = self.desk.question.take_if(|question| question.ask == info.ask) {
            return Ok(OtherEnd {
                nonce: Some(question.nonce),
                ..OtherEnd::default()
            });
        }
        // An earlier run of this program put it.
        let organisation = self.organisation().ok_or(Tampered::Ask)?;
        let own = info.ask.ask.card.card.device == self.profile.device.public()
            && info
                .ask
                .verify(info.id, info.ticket, &organisation.key, None, info.asked_at)
                .is_ok();
        if !own {
            return Err(Tampered::Ask);
        }
        let transcript = match (&info.ready, &info.reveal) {
            (Some(ready), Some(nonce)) => Some(Transcript::new(&info.ask.ask, ready, nonce)?),
            _ => None,
        };
        Ok(OtherEnd {
            nonce: info.reveal,
            ready: info.ready.clone(),
            transcript,
        })
    }

    /// The user's machine listens: the nonce is revealed, once.
    pub(super) fn ready_came(&mut self, ready: SignedReady, turn: &mut Turn) {
        let Some(viewed) = self.desk.session.as_mut() else {
            return;
        };
        let session = viewed.info.id;
        if ready.ready.session != session || viewed.grant.is_some() {
            return;
        }
        let end = &mut viewed.other_end;
        let Some(nonce) = end.nonce else {
            // An earlier run of this program kept it to itself: the question is put anew.
            return self.leave_viewed(EndReason::Failed, turn);
        };
        if end.ready.as_ref().is_some_and(|known| *known != ready) {
            // Whoever knows the nonce already could look for a machine whose words agree.
            return self.distrust_at_desk(Tampered::Ready, turn);
        }
        match Transcript::new(&viewed.info.ask.ask, &ready, &nonce) {
            Ok(transcript) => {
                end.ready = Some(ready);
                end.transcript = Some(transcript);
                self.link
                    .requests
                    .send_untracked(ToRelay::Reveal { session, nonce }, turn);
            }
            Err(what) => self.distrust_at_desk(what, turn),
        }
    }

    /// Something was not as it was sent: it is refused, told and recorded.
    pub(super) fn distrust_at_desk(&mut self, what: Tampered, turn: &mut Turn) {
        tracing::warn!(%what, "a session is refused");
        if let Some(viewed) = &self.desk.session {
            let session = viewed.info.id;
            self.report(session, turn.at, ReportedEvent::Tampered { what }, turn);
            self.leave_viewed(EndReason::Untrusted, turn);
        }
        self.tell(what.into());
    }
}
